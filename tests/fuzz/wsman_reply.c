/* Whatever a server answers: a reply within its limits, printable, or a reason why it is none. */
#include "diag/read/wsman_reply.h"
#include "diag/text.h"
#include "tests/fuzz/xml_library.h"

#include <string.h>

static void check_text(const char *text, size_t most)
{
    check(!text || (*text && strlen(text) <= most && text_is_printable(text, strlen(text))));
}

static void check_token(const char *token)
{
    check_text(token, WSMAN_TOKEN_MOST);
    for (; token && *token; token++)
        check(text_is_letter(*token) || text_is_digit(*token));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct wsman_reply reply;
    enum status status = wsman_read_reply(library(), (const char *)data, size, &arena, &reply);

    check(reply.kind < WSMAN_REPLY_COUNT);
    check(status == STATUS_OK || reply.kind == WSMAN_REPLY_OTHER);
    check(reply.has_number || reply.number == 0);
    check(reply.kind == WSMAN_REPLY_FAULT || (!reply.has_number && !reply.code && !reply.machine));
    check(reply.kind == WSMAN_REPLY_SHELL || !reply.shell);
    check(reply.kind == WSMAN_REPLY_IDENTITY || !reply.vendor);
    check_token(reply.code);
    check_token(reply.subcode);
    check_token(reply.detail);
    check_text(reply.machine, WSMAN_TEXT_MOST);
    check_text(reply.provider, WSMAN_TEXT_MOST);
    check_text(reply.provider_path, WSMAN_TEXT_MOST);
    check_text(reply.text, WSMAN_TEXT_MOST);
    check_text(reply.vendor, WSMAN_TEXT_MOST);
    check_text(reply.version, WSMAN_TEXT_MOST);
    check_text(reply.shell, WSMAN_TEXT_MOST);
    arena_release(&arena);
    return 0;
}
