/* Event logs that Windows wrote, where they are at hand, beside what libevtx prints of them. */
#include "tests/unit/unit.h"

#include "diag/read/event_xml.h"
#include "diag/read/evtx.h"
#include "diag/text.h"
#include "diag/xml_library.h"

#include <stdio.h>
#include <string.h>

enum { EVENTS_MOST = 64, FILE_MOST = 1 << 20 };

static const struct event_wish wishes[] = {{"ESENT", 0},
                                           {"Microsoft-Windows-Search", 0},
                                           {"Microsoft-Windows-Security-Auditing", 0},
                                           {"Microsoft-Windows-Security-SPP", 0},
                                           {"Microsoft-Windows-User Profiles Service", 0},
                                           {"Microsoft-Windows-WMI", 0},
                                           {"Microsoft-Windows-Winlogon", 0},
                                           {"SecurityCenter", 0},
                                           {NULL, 0}};

struct log {
    struct windows_event events[EVENTS_MOST];
    size_t count;
    struct arena memory;
};

static void keep(void *context, const struct windows_event *event)
{
    struct log *log = context;
    struct windows_event *kept = &log->events[log->count++];

    assert_true(log->count < EVENTS_MOST);
    *kept = *event;
    kept->provider = arena_copy_string(&log->memory, event->provider);
    kept->channel = arena_copy_string(&log->memory, event->channel);
    kept->computer = arena_copy_string(&log->memory, event->computer);
    for (size_t i = 0; i < event->string_count; i++)
        kept->strings[i] = arena_copy_string(&log->memory, event->strings[i]);
}

static bool load(const char *name, struct buffer *out)
{
    struct buffer path;
    FILE *file;
    char piece[4096];
    size_t size;

    buffer_init(&path, 4096);
    buffer_init(out, FILE_MOST);
    buffer_print(&path, "%s/../shared/samples/evtx/%s", EXDIAG_SOURCE, name);
    file = fopen(path.text, "rb");
    buffer_release(&path);
    while (file && (size = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(out, piece, size);
    if (file)
        fclose(file);
    return file != NULL;
}

static void read_log(const struct buffer *file, struct log *log)
{
    struct evtx *reader = evtx_new(wishes, keep, log);
    struct event_log_account account;

    for (size_t at = EVTX_HEADER_SIZE; at < file->size; at += EVTX_CHUNK_SIZE) {
        size_t left = file->size - at;

        evtx_chunk(reader, (const unsigned char *)file->text + at,
                   left < EVTX_CHUNK_SIZE ? left : EVTX_CHUNK_SIZE);
    }
    evtx_end(reader, &account);
    assert_int_equal(account.damaged, 0);
    assert_false(account.cut_off);
}

static void read_oracle(const struct xml_library *library, const struct buffer *file,
                        struct log *log)
{
    struct event_xml *reader = event_xml_new(library, wishes, keep, log);
    struct event_log_account account;

    event_xml_feed(reader, file->text, file->size);
    event_xml_end(reader, &account);
}

/* libevtx fills hex up with zeros, which Windows does not; XML has "\n" for an end of a line. */
static const char *normal(struct arena *memory, const char *text)
{
    struct buffer out;

    buffer_init(&out, FILE_MOST);
    if (text_starts_fold(text, strlen(text), "0x")) {
        buffer_add_string(&out, "0x");
        text += 2 + strspn(text + 2, "0");
    }
    text += strspn(text, "\r\n ");
    for (; *text; text++) {
        if (*text != '\r')
            buffer_add_char(&out, *text);
    }
    return buffer_keep(&out, memory);
}

static void expect_same_strings(const struct windows_event *got, const struct windows_event *wanted)
{
    struct arena memory = {0};

    assert_int_equal(got->string_count, wanted->string_count);
    for (size_t i = 0; i < got->string_count; i++)
        assert_string_equal(normal(&memory, got->strings[i]), normal(&memory, wanted->strings[i]));
    arena_release(&memory);
}

static void expect_same(const struct windows_event *got, const struct windows_event *wanted)
{
    assert_string_equal(got->provider, wanted->provider);
    assert_int_equal(got->id, wanted->id);
    assert_int_equal(got->level, wanted->level);
    assert_int_equal(got->record, wanted->record);
    assert_int_equal(got->time, wanted->time);
    assert_string_equal(got->channel, wanted->channel);
    assert_string_equal(got->computer, wanted->computer);
    expect_same_strings(got, wanted);
}

static void expect_file(const char *evtx, const char *xml, size_t count)
{
    struct log log = {.count = 0}, oracle = {.count = 0};
    struct buffer of_windows, of_libevtx;
    struct xml_library library;
    const char *reason;
    bool is_there = load(evtx, &of_windows);

    is_there = load(xml, &of_libevtx) && is_there;
    if (!is_there || xml_library_load(&library, &reason) != STATUS_OK) {
        buffer_release(&of_windows);
        buffer_release(&of_libevtx);
        print_message("no file %s beside the source, or no libxml2: skipped\n", evtx);
        skip();
    }
    read_log(&of_windows, &log);
    read_oracle(&library, &of_libevtx, &oracle);
    assert_int_equal(log.count, count);
    assert_int_equal(oracle.count, count);
    for (size_t i = 0; i < count; i++)
        expect_same(&log.events[i], &oracle.events[i]);
    buffer_release(&of_windows);
    buffer_release(&of_libevtx);
    arena_release(&log.memory);
    arena_release(&oracle.memory);
}

static void test_security(void **state)
{
    (void)state;
    expect_file("new-user-security.evtx", "new-user-security.libevtx.xml", 4);
}

/* Its chunks say that they have no checksums. */
static void test_application(void **state)
{
    (void)state;
    expect_file("Application_no_crc32.evtx", "Application_no_crc32.libevtx.xml", 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_security),
        cmocka_unit_test(test_application),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
