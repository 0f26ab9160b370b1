/* Any bytes are bounded accounts with names, or no text of setspn. */
#include "diag/read/setspn_text.h"
#include "diag/read/ldap_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_account(const struct setspn_account *account, struct arena *memory)
{
    check(ldap_dn_domain(account->dn, memory) != NULL);
    for (size_t i = 0; i < account->name_count; i++)
        check(strchr(account->names[i], '/') != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena memory = {0};
    struct setspn_text text;
    enum status status = setspn_read((const char *)data, size, &memory, &text);

    check((status == STATUS_OK) == (text.account_count + text.place_count > 0));
    check((status == STATUS_OK) == setspn_is((const char *)data, size));
    for (size_t i = 0; i < text.account_count; i++)
        check_account(&text.accounts[i], &memory);
    for (size_t i = 0; i < text.place_count; i++)
        check(ldap_dn_domain(text.places[i], &memory) != NULL);
    arena_release(&memory);
    return 0;
}
