#include "diag/gather/machine_events.h"

#include "diag/gather/machine.h"
#include "diag/platform.h"
#include "diag/read/event_xml.h"
#include "diag/text.h"
#include "diag/xml_library.h"

/* ---- the question ---- */

static bool is_first_of_provider(const struct event_wish *wishes, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (text_equal_fold(wishes[i].provider, wishes[index].provider))
            return false;
    }
    return true;
}

/* What setup of Windows did may be years ago, and its log is a small one. */
static const struct {
    const char *name;
    bool is_long; /* read for the last days alone */
} logs[] = {{"System", true}, {"Application", true}, {"Setup", false}};

static void add_select(const struct event_wish *wishes, const struct event_wish *first, size_t log,
                       struct buffer *out)
{
    const char *joint = "";

    buffer_print(out, "<Select Path=\"%s\">*[System[Provider[@Name='%s'] and (", logs[log].name,
                 first->provider);
    for (const struct event_wish *wish = wishes; wish->provider; wish++) {
        if (!text_equal_fold(wish->provider, first->provider))
            continue;
        buffer_print(out, "%sEventID=%lu", joint, (unsigned long)wish->id);
        joint = " or ";
    }
    buffer_add_string(out, ")");
    if (logs[log].is_long)
        buffer_print(out, " and TimeCreated[timediff(@SystemTime) &lt;= %lld]",
                     (long long)MACHINE_EVENTS_DAYS * 24 * 3600 * 1000);
    buffer_add_string(out, "]]</Select>");
}

void machine_events_query(const struct event_wish *wishes, struct buffer *out)
{
    buffer_add_string(out, "<QueryList><Query Id=\"0\">");
    for (size_t i = 0; wishes[i].provider; i++) {
        if (!is_first_of_provider(wishes, i))
            continue;
        for (size_t j = 0; j < sizeof logs / sizeof *logs; j++)
            add_select(wishes, &wishes[i], j, out);
    }
    buffer_add_string(out, "</Query></QueryList>");
}

/* ---- the answer ---- */

static void take_xml(void *context, const char *xml, size_t size)
{
    event_xml_feed(context, xml, size);
    event_xml_feed(context, "\n", 1);
}

enum status machine_events_read(const char *machine, const struct event_wish *wishes,
                                event_take *take, void *context, struct event_log_account *account,
                                bool *more, const char **reason)
{
    const struct platform_events_limit limit = {
        MACHINE_EVENTS_MOST,
        (*machine ? MACHINE_EVENTS_PATIENCE : MACHINE_EVENTS_AT_HAND) / MACHINE_EVENTS_QUESTIONS};
    struct xml_library library;
    enum status status = xml_library_load(&library, reason);
    struct event_xml *reader;
    struct buffer query;

    if (status != STATUS_OK)
        return status;
    reader = event_xml_new(&library, wishes, take, context);
    buffer_init(&query, MACHINE_EVENTS_QUERY_MOST);
    machine_events_query(wishes, &query);
    status = platform_events_query(machine, query.text, &limit, take_xml, reader, more);
    buffer_release(&query);
    event_xml_end(reader, account);
    *reason = status == STATUS_INVALID ? "Windows does not take the question"
                                       : machine_reason(machine, MACHINE_EVENTS, status);
    return status;
}
