/* Any bytes as a value: of a filter, and of a name that gives them back. Any text as a name. */
#include "diag/read/ldap_text.h"
#include "diag/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_filter(const char *bytes, size_t size)
{
    struct buffer out;

    buffer_init(&out, 3 * size);
    ldap_filter_value(bytes, size, &out);
    check(!out.truncated && strlen(out.text) == out.size && text_is_utf8(out.text, out.size));
    check(!strpbrk(out.text, "()*"));
    buffer_release(&out);
}

static void check_value(const char *bytes, size_t size, struct arena *memory)
{
    struct ldap_rdn *rdns;
    struct buffer dn;
    size_t count;

    buffer_init(&dn, 3 * size + 20);
    buffer_add_string(&dn, "CN=");
    ldap_dn_value(bytes, size, &dn);
    buffer_add_string(&dn, ",DC=x");
    if (dn.size <= LDAP_DN_MOST) {
        check(ldap_dn_parse(dn.text, memory, &rdns, &count) == STATUS_OK && count == 2);
        check(rdns[0].value_size == size && memcmp(rdns[0].value, bytes, size) == 0);
        check(ldap_dn_equal(dn.text, dn.text));
        check(strcmp(ldap_dn_domain(dn.text, memory), "x") == 0);
    }
    buffer_release(&dn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena memory = {0};
    char *text = arena_copy(&memory, data, size);
    struct ldap_rdn *rdns;
    size_t count;

    check_filter(text, size);
    check_value(text, size, &memory);
    if (ldap_dn_parse(text, &memory, &rdns, &count) == STATUS_OK)
        check(count <= strlen(text) && ldap_dn_equal(text, text));
    else
        check(!ldap_dn_equal(text, text) && !ldap_dn_domain(text, &memory));
    arena_release(&memory);
    return 0;
}
