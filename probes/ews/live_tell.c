#include "probes/ews/live_tell.h"

#include "probes/as_called.h"
#include "probes/ews/live_kinds.h"
#include "probes/ews/logon.h"
#include "probes/site.h"

#include <string.h>

enum { ITEMS_SHOWN = 5, CODES_MOST = 512 };

/* ---- words ---- */

static double seconds(int64_t microseconds)
{
    return (double)microseconds / 1e6;
}

static const char *item_name(const struct live_view *view, const struct ews_item *item)
{
    return arena_print(pass_memory(view->x), "%s %s, %.1f KB%s",
                       item->item_class ? item->item_class : "an item",
                       item->is_planted ? "(the test item)" : item->hash, (double)item->size / 1024,
                       item->has_attachments ? ", with attachments" : "");
}

static int64_t span_of(const struct ews_item *item)
{
    const struct ews_attempt *first = item->attempts, *last = first + item->attempt_count - 1;

    return item->attempt_count ? last->began + last->took - first->began : 0;
}

/* "500, ErrorServerBusy"; what there is of it. */
static const char *attempt_text(const struct live_view *view, const struct ews_attempt *attempt)
{
    struct arena *memory = pass_memory(view->x);

    if (attempt->code)
        return attempt->code;
    if (attempt->reason && attempt->http == 200)
        return attempt->reason;
    if (attempt->status == STATUS_OK)
        return "its MIME content";
    if (attempt->http == 200) /* its body, however, was no reply, or broke off */
        return arena_print(memory, "HTTP 200, %s", status_text(attempt->status));
    if (attempt->http)
        return arena_print(memory, "HTTP %u", attempt->http);
    return status_text(attempt->status);
}

/* Adds it behind a comma, once: "EX1" is not in "EX10, EX11". */
static void add_once(struct buffer *list, const char *word)
{
    size_t size = strlen(word);

    for (const char *at = list->text; size > 0 && at && (at = strstr(at, word)); at += size) {
        bool begins = at == list->text || at[-1] == ' ';

        if (begins && (at[size] == '\0' || at[size] == ','))
            return;
    }
    buffer_print(list, "%s%s", list->size ? ", " : "", word);
}

/* The front ends that took the requests, as they call themselves. */
static const char *front_ends(const struct live_view *view, const struct ews_item *item)
{
    struct arena *memory = pass_memory(view->x);
    struct buffer text;
    const char *servers;

    buffer_init(&text, CODES_MOST);
    for (size_t i = 0; i < item->attempt_count; i++) {
        if (item->attempts[i].server)
            add_once(&text, item->attempts[i].server);
    }
    servers = buffer_keep(&text, memory);
    return *servers ? arena_print(memory, " (X-FEServer %s)", servers) : "";
}

/* How many of an item's requests met with what this one did; 0: an earlier one is told of already.
 */
static size_t count_alike(const struct live_view *view, const struct ews_item *item, size_t which)
{
    const char *text = attempt_text(view, &item->attempts[which]);
    size_t count = 0;

    for (size_t i = 0; i < item->attempt_count; i++) {
        if (strcmp(attempt_text(view, &item->attempts[i]), text) != 0)
            continue;
        if (i < which)
            return 0;
        count++;
    }
    return count;
}

static void saw_mixture(struct finding *finding, const struct live_view *view,
                        const struct live_node *node, const struct ews_item *item)
{
    struct buffer text;

    buffer_init(&text, CODES_MOST);
    for (size_t i = 0; i < item->attempt_count; i++) {
        size_t count = count_alike(view, item, i);

        if (count == item->attempt_count)
            break;
        if (count == 0)
            continue;
        buffer_add_string(&text, text.size ? ", " : "of these requests ");
        if (count > 1)
            buffer_print(&text, "%zu times ", count);
        buffer_print(&text, "%s%s", count > 1 ? "" : "once ",
                     attempt_text(view, &item->attempts[i]));
    }
    if (text.size > 0)
        saw(finding, &node->survey->evidence, "%s", text.text);
    buffer_release(&text);
}

static void saw_item(struct finding *finding, const struct live_view *view,
                     const struct live_node *node, const struct ews_item *item)
{
    const struct ews_attempt *last = item->attempts + item->attempt_count - 1;

    if (item->attempt_count == 0) {
        saw(finding, &node->survey->evidence, "%s: not asked for any more", item_name(view, item));
        return;
    }
    saw(finding, &node->survey->evidence, "%s: %zu request%s in %.1f s through %s%s, at last %s%s",
        item_name(view, item), item->attempt_count, item->attempt_count == 1 ? "" : "s",
        seconds(span_of(item)), node->server->shown, front_ends(view, item),
        attempt_text(view, last),
        item->outcome == EWS_OUTCOME_CUT_SHORT ? "; then the time for it was over" : "");
    saw_mixture(finding, view, node, item);
    if (last->has_back_off)
        saw(finding, &node->survey->evidence, "the server asks to be left alone for %.1f s",
            (double)last->back_off / 1000);
}

/* ---- the same item elsewhere ---- */

static const struct ews_item *same_item(const struct live_node *node, const struct ews_item *item)
{
    const struct ews_survey *survey = node->survey;

    for (size_t i = 0; survey && i < survey->item_count; i++) {
        if (!item->is_planted && strcmp(survey->items[i].hash, item->hash) == 0)
            return &survey->items[i];
    }
    return NULL;
}

static bool came(const struct ews_item *item)
{
    return item->outcome == EWS_OUTCOME_FINE || item->outcome == EWS_OUTCOME_RECOVERED;
}

/* The items that fail so through one node and were asked for through the other. */
struct comparison {
    size_t shared, good;
    size_t alike; /* of those that fail so through both */
};

static struct comparison compare(const struct live_node *node, const struct live_node *other,
                                 const struct finding_kind *kind)
{
    struct comparison result = {0};

    for (size_t i = 0; node != other && node->survey && i < node->survey->item_count; i++) {
        const struct ews_item *item = &node->survey->items[i], *same = same_item(other, item);

        if (live_kind_of(item) != kind || !same || same->attempt_count == 0)
            continue;
        result.shared++;
        result.good += came(same);
        result.alike += live_kind_of(same) == kind;
    }
    return result;
}

enum ews_place live_place(const struct live_view *view, const struct finding_kind *kind)
{
    struct comparison sum = {0};

    for (size_t i = 0; i < view->count; i++) {
        for (size_t j = 0; j < view->count; j++) {
            struct comparison one = compare(&view->nodes[i], &view->nodes[j], kind);

            sum.shared += one.shared;
            sum.good += one.good;
        }
    }
    if (sum.good > 0)
        return EWS_PLACE_ONE_NODE;
    return sum.shared > 0 ? EWS_PLACE_EVERYWHERE : EWS_PLACE_OPEN;
}

/* The server through which most of those came that fail so through another; or NULL. */
static const struct subject *came_through(const struct live_view *view,
                                          const struct finding_kind *kind)
{
    const struct subject *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < view->count; i++) {
        size_t good = 0;

        for (size_t j = 0; j < view->count; j++)
            good += compare(&view->nodes[j], &view->nodes[i], kind).good;
        if (good > most) {
            most = good;
            best = view->nodes[i].server;
        }
    }
    return best;
}

/* How many items that fail through one node come through another; not what that says of itself. */
static void saw_comparison(struct finding *finding, const struct live_view *view,
                           const struct live_node *node, const struct finding_kind *kind)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct live_node *other = &view->nodes[i];
        struct comparison result = compare(node, other, kind);

        if (result.shared > result.alike)
            saw(finding, &other->survey->evidence, "the same through %s: %zu of %zu came",
                other->server->shown, result.good, result.shared);
    }
}

/* ---- values ---- */

static void set_user(struct finding *finding, const char *name, const char *user)
{
    if (user)
        set_vouched(finding, VALUE_TEXT, name, user, strlen(user));
    else
        set_text(finding, name, "<user>");
}

/* How one logged on, as far as a command line names it: never with the secret itself. */
static void name_logon(struct finding *finding, const struct ews_survey *survey)
{
    if (survey->scheme == WEB_BEARER)
        set_text(finding, "token-file", "<token-file>");
    else if (survey->scheme == WEB_NTLM)
        set_user(finding, "ntlm-user", survey->caller);
    else if (survey->scheme == WEB_BASIC)
        set_user(finding, "basic-user", survey->caller);
    if (survey->caller && (survey->scheme == WEB_NTLM || survey->scheme == WEB_BASIC))
        set_user(finding, "user", survey->caller);
}

/* The run as it was, so that a step can repeat it: every server, and who asked. */
static void name_run(struct finding *finding, const struct live_view *view)
{
    static const enum service asked[] = {SERVICE_DNS, SERVICE_HTTPS, SERVICE_KERBEROS};
    const struct ews_survey *survey = NULL;

    for (size_t i = 0; i < view->count; i++) {
        const char *name = view->nodes[i].server->name;

        set_vouched(finding, VALUE_NAME, "node", name, strlen(name));
        if (!survey)
            survey = view->nodes[i].survey;
    }
    set_vouched(finding, VALUE_TEXT, survey && survey->impersonates ? "owner" : "asked",
                view->mailbox->name, strlen(view->mailbox->name));
    if (survey)
        name_logon(finding, survey);
    set_as_called(view->x, finding, asked, sizeof asked / sizeof *asked);
}

void live_name(struct finding *finding, const struct live_view *view, const struct live_node *node)
{
    set_vouched(finding, VALUE_TEXT, "mailbox", view->mailbox->name, strlen(view->mailbox->name));
    if (node)
        set_vouched(finding, VALUE_NAME, "server", node->server->name, strlen(node->server->name));
    if (view->count > 0)
        name_run(finding, view);
}

static bool was_seen_before(const struct live_view *view, size_t node, const struct ews_item *item,
                            const struct finding_kind *kind)
{
    for (size_t i = 0; i < node; i++) {
        const struct ews_item *same = same_item(&view->nodes[i], item);

        if (same && live_kind_of(same) == kind)
            return true;
    }
    return false;
}

static void add_code(struct buffer *codes, const char *code)
{
    if (code)
        add_once(codes, code);
}

struct sum {
    size_t items;
    struct buffer codes;
    const struct live_node *first; /* the node that it is seen through first */
    unsigned major;                /* of Exchange; 0: not known, or of several */
    struct buffer front_ends;      /* that took the requests which failed */
};

static void add_node(struct sum *sum, const struct live_node *node)
{
    if (!sum->first) {
        sum->first = node;
        sum->major = node->survey->version.major;
    } else if (sum->major != node->survey->version.major) {
        sum->major = 0;
    }
}

static void add_items(struct sum *sum, const struct live_view *view, size_t node,
                      const struct finding_kind *kind)
{
    const struct ews_survey *survey = view->nodes[node].survey;

    for (size_t i = 0; i < survey->item_count; i++) {
        const struct ews_item *item = &survey->items[i];

        if (live_kind_of(item) != kind)
            continue;
        sum->items += !was_seen_before(view, node, item, kind);
        for (size_t j = 0; j < item->attempt_count; j++) {
            add_code(&sum->codes, item->attempts[j].code);
            add_code(&sum->front_ends, item->attempts[j].server);
        }
        if (sum->codes.size == 0 && item->attempt_count > 0)
            add_code(&sum->codes, attempt_text(view, &item->attempts[item->attempt_count - 1]));
        add_node(sum, &view->nodes[node]);
    }
}

static void sum_up(struct sum *sum, const struct live_view *view, const struct finding_kind *kind)
{
    *sum = (struct sum){.items = 0};
    buffer_init(&sum->codes, CODES_MOST);
    buffer_init(&sum->front_ends, CODES_MOST);
    for (size_t i = 0; i < view->count; i++) {
        const struct ews_survey *survey = view->nodes[i].survey;

        if (!survey)
            continue;
        add_items(sum, view, i, kind);
        if (live_kind_of_search(survey) == kind) {
            add_code(&sum->codes, survey->last.code);
            add_node(sum, &view->nodes[i]);
        }
    }
}

/* By the name that they give themselves: the user's may be one of a balancer. */
static const char *failing_text(const struct live_view *view, const struct sum *sum)
{
    struct arena *memory = pass_memory(view->x);

    if (sum->front_ends.size > 0)
        return arena_print(memory, strchr(sum->front_ends.text, ',') ? "on each of %s" : "%s",
                           sum->front_ends.text);
    return arena_print(memory, "the server that answers as %s",
                       sum->first ? sum->first->server->shown : "the one named");
}

static void set_values(struct finding *finding, const struct live_view *view,
                       const struct finding_kind *kind)
{
    const struct subject *better = came_through(view, kind);
    struct sum sum;
    const char *fails;

    sum_up(&sum, view, kind);
    fails = failing_text(view, &sum);
    live_name(finding, view, sum.first);
    set_text(finding, "messages",
             sum.items == 0 ? "the search for messages"
                            : arena_print(pass_memory(view->x), "%zu message%s", sum.items,
                                          sum.items == 1 ? "" : "s"));
    set_text(finding, "codes", sum.codes.size ? sum.codes.text : "no code");
    set_vouched(finding, VALUE_TEXT, "server-that-fails", fails, strlen(fails));
    if (better)
        set_vouched(finding, VALUE_NAME, "came-through", better->name, strlen(better->name));
    if (sum.first && site_online(sum.first->server->name) != SITE_NOT_ONLINE)
        set_text(finding, "online", "yes");
    else if (sum.codes.size > 0 && strcmp(sum.codes.text, "HTTP 429") != 0) {
        set_text(finding, "on-premises", "yes");
        ews_choose_steps(finding, sum.major, live_place(view, kind));
    }
    buffer_release(&sum.codes);
    buffer_release(&sum.front_ends);
}

/* ---- the picture ---- */

static void write_seconds(int64_t value, struct buffer *out)
{
    buffer_print(out, "%.2f s", (double)value / 1000);
}

static const struct series_kind delays_kind = {
    .id = "retry-delays",
    .title = "the wait before each further request",
    .unit = "ms",
    .step = "request",
    .write = write_seconds,
};

static void plot_delays(struct finding *finding, const struct ews_item *item)
{
    int64_t values[EWS_ATTEMPTS] = {0};

    for (size_t i = 1; i < item->attempt_count; i++)
        values[i - 1] = (item->attempts[i].began - item->attempts[i - 1].began) / 1000;
    if (item->attempt_count >= EWS_LASTS)
        plot(finding, &delays_kind, NULL, 2, values, item->attempt_count - 1);
}

/* ---- findings ---- */

void live_tell(struct finding *finding, const struct live_view *view,
               const struct finding_kind *kind)
{
    const struct ews_item *longest = NULL;

    set_values(finding, view, kind);
    for (size_t i = 0; i < view->count; i++) {
        const struct live_node *node = &view->nodes[i];
        size_t count = 0;

        for (size_t j = 0; node->survey && j < node->survey->item_count; j++) {
            const struct ews_item *item = &node->survey->items[j];

            if (live_kind_of(item) != kind)
                continue;
            if (count++ < ITEMS_SHOWN)
                saw_item(finding, view, node, item);
            if (!longest || item->attempt_count > longest->attempt_count)
                longest = item;
        }
        if (count > ITEMS_SHOWN)
            saw(finding, &node->survey->evidence, "and %zu more", count - ITEMS_SHOWN);
        if (node->survey && live_kind_of_search(node->survey) == kind)
            saw(finding, &node->survey->evidence, "the search for items through %s: %s",
                node->server->shown, node->survey->last.code);
        if (count > 0)
            saw_comparison(finding, view, node, kind);
    }
    if (live_place(view, kind) == EWS_PLACE_EVERYWHERE)
        saw(finding, NULL, "none of these came through another of the servers that were asked");
    if (longest)
        plot_delays(finding, longest);
}

void live_reason(struct finding *finding, const char *reason)
{
    set_text(finding, reason, "yes");
    set_text(finding, "reason", "yes");
}

bool live_lacks_ticket(const struct ews_survey *survey)
{
    return survey && survey->evidence.status == STATUS_NOT_FOUND && survey->web_step == WEB_TICKET;
}

static bool is_unverified(const struct ews_survey *survey)
{
    return survey->evidence.status == STATUS_DENIED && survey->last.http == 0 &&
           survey->web_step == WEB_HANDSHAKE;
}

/* No server was reached at all. */
static bool has_no_listener(const struct ews_survey *survey)
{
    return survey->web_step == WEB_CONNECT && (survey->evidence.status == STATUS_REFUSED ||
                                               survey->evidence.status == STATUS_UNREACHABLE ||
                                               survey->evidence.status == STATUS_TIMED_OUT);
}

/* What would help: of several reasons the one that stands first in the way. */
static const char *reason_of(const struct ews_survey *survey)
{
    const struct ews_attempt *last = &survey->last;

    if (live_lacks_ticket(survey))
        return "no-ticket";
    if (last->http == 401)
        return survey->scheme == WEB_BASIC ? "basic-refused" : "logon-refused";
    if (last->http == 403)
        return "forbidden";
    if (last->http / 100 == 3 || last->kind == EWS_REPLY_HTML)
        return "another";
    if (has_no_listener(survey))
        return "no-listener";
    return is_unverified(survey) ? "certificate" : "once-more";
}

/* Of a status the word that says what it was here. */
static const char *end_text(const struct ews_survey *survey)
{
    if (live_lacks_ticket(survey))
        return "no Kerberos ticket";
    if (is_unverified(survey))
        return "the certificate does not verify";
    if (survey->evidence.status == STATUS_DENIED && survey->last.http == 401)
        return "the logon was refused";
    return status_text(survey->evidence.status);
}

static void saw_end(struct finding *finding, const struct ews_survey *survey)
{
    const char *reason = survey->evidence.reason;

    saw(finding, &survey->evidence, "%s%s%s", end_text(survey), reason ? ": " : "",
        reason ? reason : "");
}

/* What was heard of a server that is there. */
static void tell_answer(struct finding *finding, const struct ews_survey *survey)
{
    const struct ews_attempt *last = &survey->last;

    saw(finding, &survey->evidence, "it answered HTTP %u%s", last->http,
        last->kind == EWS_REPLY_HTML ? ", with a page for people in place of EWS" : "");
    if (survey->challenges)
        saw(finding, &survey->evidence, "logons that it takes: %s; %s was tried",
            survey->challenges, web_scheme_name(survey->scheme));
    if (survey->location)
        saw(finding, &survey->evidence,
            "it sends to %s, where nobody went: who one is, is shown to nobody else",
            survey->location);
}

void live_tell_obstacle(struct finding *finding, const struct ews_survey *survey)
{
    live_reason(finding, reason_of(survey));
    if (has_no_listener(survey))
        set_text(finding, "once-more", "yes"); /* then the run again */
    saw_end(finding, survey);
    if (survey->last.http != 0)
        tell_answer(finding, survey);
    ews_tell_logon(finding, survey);
}

/* ---- the test item ---- */

static const char *form_text(enum ews_test_item form)
{
    return form == EWS_TEST_ITEM_REQUEST ? "a meeting request in Drafts"
                                         : "an appointment in the calendar";
}

/* What was heard last of its making, or its deletion. */
static const char *plant_text(const struct live_view *view, const struct ews_attempt *plant)
{
    bool is_error = plant->status != STATUS_OK || plant->code || plant->reason;

    return is_error ? attempt_text(view, plant) : "no error";
}

static void tell_left(const struct live_view *view, const struct live_node *node)
{
    const struct ews_survey *survey = node->survey;
    struct finding *finding = found(view->x, &ews_test_item);

    live_name(finding, view, node);
    if (survey->evidence.status == STATUS_CANCELLED)
        saw(finding, &survey->evidence, "the run was ended before the server was done");
    else if (survey->evidence.status == STATUS_EXHAUSTED)
        saw(finding, &survey->evidence, "what asks the server did not come to its end in time");
    else
        saw(finding, &survey->evidence, "%s, made through %s; the last that was heard: %s",
            form_text(survey->test_item), node->server->shown, plant_text(view, &survey->plant));
    if (survey->cleared > 0)
        saw(finding, &survey->evidence, "%u of earlier runs were deleted", survey->cleared);
}

static void tell_refused(const struct live_view *view, const struct live_node *node)
{
    const struct ews_survey *survey = node->survey;
    struct finding *finding =
        unknown(view->x, &ews_test_item, "%s makes no test item", node->server->shown);

    live_name(finding, view, node);
    live_reason(finding, "once-more");
    saw(finding, &survey->evidence, "CreateItem: %s", plant_text(view, &survey->plant));
}

/* A worker that did not come back in time is one that may have left something. */
static bool is_left(const struct ews_survey *survey)
{
    if (!survey->plants)
        return false;
    return survey->planted == EWS_PLANTED_LEFT || survey->evidence.status == STATUS_CANCELLED ||
           survey->evidence.status == STATUS_EXHAUSTED;
}

void live_tell_test_item(const struct live_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct live_node *node = &view->nodes[i];
        const struct ews_survey *survey = node->survey;

        if (!survey)
            continue;
        if (is_left(survey))
            tell_left(view, node);
        else if (survey->planted == EWS_PLANTED_REFUSED)
            tell_refused(view, node);
        else if (survey->planted == EWS_PLANTED_DELETED)
            healthy(view->x, &ews_test_item, "%s was made through %s and is deleted again%s",
                    form_text(survey->test_item), node->server->shown,
                    survey->cleared == 0
                        ? ""
                        : arena_print(pass_memory(view->x), ", and %u of earlier runs with it",
                                      survey->cleared));
    }
}
