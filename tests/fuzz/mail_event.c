/*
 * Any strings as an event of mail: what is told of it are texts within their bounds, which say the
 * same when they are read as strings again, and of which groups lose none.
 */
#include "diag/read/event_groups.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(const char *text)
{
    size_t size = strlen(text);

    check(size <= MAIL_EVENT_TEXT_MOST && text_is_utf8(text, size));
}

static void check_event(const struct mail_event *event)
{
    bool is_reply = *event->reply != '\0';

    check(event->kind < MAIL_EVENT_KIND_COUNT);
    check_text(event->host);
    check_text(event->error);
    check_text(event->command);
    check_text(event->reply);
    check_text(event->connector);
    check_text(event->mechanism);
    check_text(event->address);
    check_text(event->target);
    check(is_reply == (mail_event_codes(event->reply) > 0) && is_reply == (*event->command != 0));
    check(!strpbrk(event->error, " \r\n<>%") && !strpbrk(event->mechanism, " \r\n<>%"));
    check(!strchr(event->address, ']'));
}

/* The strings of the same event, cut to what is told of it. */
static void check_again(const struct windows_event *windows, const struct mail_event *event,
                        struct arena *memory)
{
    struct windows_event shown = *windows;
    struct mail_event again;

    if (event->kind == MAIL_EVENT_INBOUND_FAILED || event->kind == MAIL_EVENT_OUTBOUND_FAILED) {
        shown.strings[0] = event->error;
        shown.strings[1] = event->connector;
        shown.strings[2] = event->mechanism;
        shown.strings[3] =
            event->kind == MAIL_EVENT_INBOUND_FAILED ? event->address : event->target;
        shown.string_count = 4;
    } else if (*event->reply) {
        shown.strings[0] = event->connector;
        shown.strings[2] = event->host;
        shown.strings[3] = event->command;
        shown.strings[4] = event->reply;
    } else {
        return;
    }
    check(mail_event_read(&shown, memory, &again));
    check(strcmp(again.error, event->error) == 0 && strcmp(again.reply, event->reply) == 0);
    check(strcmp(again.command, event->command) == 0);
    check(strcmp(again.mechanism, event->mechanism) == 0);
}

static void add(struct event_groups *groups, const struct windows_event *windows,
                struct arena *memory, uint64_t *taken)
{
    struct mail_event event;

    if (!mail_event_read(windows, memory, &event))
        return;
    check_event(&event);
    check_again(windows, &event, memory);
    event_groups_add(groups, &event, windows->computer, (int64_t)windows->record << 20);
    ++*taken;
}

static void check_groups(struct event_groups *groups, uint64_t taken, struct arena *memory)
{
    struct event_group *list;
    uint64_t sum = 0;
    size_t count;

    check(!event_groups_end(groups, memory, &list, &count));
    for (size_t i = 0; i < count; i++) {
        check(i == 0 || list[i - 1].first <= list[i].first);
        check(list[i].first <= list[i].last);
        sum += list[i].count;
    }
    check(sum == taken);
}

/* Lines: one for each string, a line that begins with NUL ends an event and says which it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event_groups *groups = event_groups_new();
    struct windows_event windows = {0};
    struct arena memory = {0};
    uint64_t taken = 0;

    for (size_t at = 0; at < size && taken < EVENT_GROUPS_MOST;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t line = end ? (size_t)(end - data) - at : size - at;
        const char *text = arena_copy(&memory, data + at, line);

        if (line > 1 && data[at] == 0) {
            windows.provider = mail_event_wishes[data[at + 1] % 9].provider;
            windows.id = mail_event_wishes[data[at + 1] % 9].id;
            windows.binary = line > 2 ? text + 2 : "";
            windows.computer = windows.string_count > 0 ? windows.strings[0] : "";
            windows.record = data[at + 1];
            add(groups, &windows, &memory, &taken);
            windows.string_count = 0;
        } else if (windows.string_count < EVENT_STRINGS_MOST && text_is_utf8(text, strlen(text))) {
            windows.strings[windows.string_count++] = text;
        }
        at += line + 1;
    }
    check_groups(groups, taken, &memory);
    arena_release(&memory);
    return 0;
}
