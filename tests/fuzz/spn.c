/* Any text is a name whose parts make it up again, or none; it is equal to itself. */
#include "diag/read/spn.h"
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

static void check_parts(const char *text, const struct spn *spn)
{
    size_t size = strlen(spn->service) + 1 + strlen(spn->host);

    check(*spn->service && *spn->host && spn->port <= 65535);
    check(!(spn->port && spn->instance));
    check(!spn->instance || *spn->instance);
    check(!spn->name || *spn->name);
    check(strncmp(text, spn->service, strlen(spn->service)) == 0);
    check((text[size] == ':') == (spn->port || spn->instance));
    check(text_is_utf8(text, strlen(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena memory = {0};
    char *text = arena_copy(&memory, data, size);
    struct spn spn;

    check(spn_equal(text, text));
    if (spn_parse(text, &memory, &spn) == STATUS_OK)
        check_parts(text, &spn);
    arena_release(&memory);
    return 0;
}
