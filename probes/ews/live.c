#include "probes/ews/live.h"

#include "probes/ews/kinds.h"
#include "probes/ews/live_kinds.h"
#include "probes/ews/live_tell.h"

#include <string.h>

enum { SERVERS_MOST = 1024 /* bytes of their names */ };

/* ---- asking ---- */

/* False while it is on its way. */
static bool find_address(struct examination *x, struct live_node *node, struct ip_address *ip)
{
    const char *host = node->server->name;
    const struct dns_answer *v4, *v6;
    const struct dns_record *record;

    if (ip_parse(host, strlen(host), ip) == STATUS_OK)
        return true;
    v4 = ask_dns(x, host, DNS_A);
    v6 = ask_dns(x, host, DNS_AAAA);
    if (!v4 || !v6)
        return false;
    record = dns_answer_next(v4, NULL);
    if (!record)
        record = dns_answer_next(v6, NULL);
    if (record)
        *ip = record->data.ip;
    else
        node->obstacle = v4->evidence.status != STATUS_OK ? &v4->evidence : &v6->evidence;
    return true;
}

/* False while it is on its way. */
static bool ask_through(struct live_view *view, struct live_node *node)
{
    struct ews_question question = {.host = node->server->name, .mailbox = view->mailbox->name};

    if (!find_address(view->x, node, &question.ip))
        return false;
    if (node->obstacle)
        return true;
    node->survey = ask_ews(view->x, &question);
    return node->survey != NULL;
}

/*
 * Through all servers side by side; but where something is planted one after another, for each
 * begins by deleting what was left.
 */
static bool ask_all(struct live_view *view)
{
    bool one_by_one = ask_settings(view->x)->plants, is_there = true;
    struct subject_list servers = ask_subjects(view->x, SUBJECT_SERVER);

    for (size_t i = 0; i < servers.count && view->count < LIVE_NODES_MOST; i++) {
        struct live_node *node = &view->nodes[view->count];

        if (!servers.list[i]->given)
            continue;
        view->count++;
        node->server = servers.list[i];
        is_there = ask_through(view, node) && is_there;
        if (!is_there && one_by_one)
            break;
    }
    return is_there;
}

/* ---- what it comes to ---- */

static bool is_transient(const struct ews_attempt *attempt)
{
    return ews_class_of(attempt->code) == EWS_CLASS_TRANSIENT;
}

static const char *last_transient(const struct ews_item *item)
{
    for (size_t i = item->attempt_count; i > 0; i--) {
        if (is_transient(&item->attempts[i - 1]))
            return item->attempts[i - 1].code;
    }
    return NULL;
}

static bool lasts(const struct ews_item *item)
{
    size_t count = 0;

    for (size_t i = 0; i < item->attempt_count; i++)
        count += is_transient(&item->attempts[i]);
    return count >= EWS_LASTS;
}

/* At last, the server said so itself: it did not just fall silent. */
static bool ended_in_failure(const struct ews_item *item)
{
    return item->attempt_count > 0 && item->attempts[item->attempt_count - 1].http / 100 == 5;
}

static const struct finding_kind *kind_of_transient(const char *code)
{
    return code && strcmp(code, "ErrorInternalServerTransientError") == 0 ? &ews_mime_transient
                                                                          : &ews_unavailable;
}

const struct finding_kind *live_kind_of(const struct ews_item *item)
{
    switch (item->outcome) {
    case EWS_OUTCOME_RECOVERED:
        return &ews_mime_recovered;
    case EWS_OUTCOME_PERSISTENT:
        return kind_of_transient(last_transient(item));
    case EWS_OUTCOME_CUT_SHORT:
        return lasts(item) ? kind_of_transient(last_transient(item)) : NULL;
    case EWS_OUTCOME_THROTTLED:
        return &ews_throttled;
    case EWS_OUTCOME_DENIED:
        return &ews_denied;
    case EWS_OUTCOME_CONVERSION:
        return &ews_mime_conversion;
    case EWS_OUTCOME_GONE:
        return &ews_item_gone;
    case EWS_OUTCOME_UNANSWERED:
        return ended_in_failure(item) ? &ews_unavailable : NULL;
    case EWS_OUTCOME_OTHER:
        return &ews_failed;
    default:
        return NULL;
    }
}

/* As of one that is in Exchange Online, where a hybrid organisation's own servers have but its
 * name. */
static bool has_no_mailbox(const struct ews_survey *survey)
{
    return survey->evidence.status == STATUS_OK && survey->item_count == 0 && survey->last.code &&
           strcmp(survey->last.code, "ErrorNonExistentMailbox") == 0;
}

const struct finding_kind *live_kind_of_search(const struct ews_survey *survey)
{
    if (survey->evidence.status != STATUS_OK || survey->item_count > 0 || !survey->last.code ||
        has_no_mailbox(survey))
        return NULL;
    switch (ews_class_of(survey->last.code)) {
    case EWS_CLASS_TRANSIENT:
        return &ews_unavailable;
    case EWS_CLASS_THROTTLED:
        return &ews_throttled;
    case EWS_CLASS_DENIED:
        return &ews_denied;
    default:
        return &ews_failed;
    }
}

/* ---- judging ---- */

static bool is_seen(const struct live_view *view, const struct finding_kind *kind)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct ews_survey *survey = view->nodes[i].survey;

        if (!survey)
            continue;
        if (live_kind_of_search(survey) == kind)
            return true;
        for (size_t j = 0; j < survey->item_count; j++) {
            if (live_kind_of(&survey->items[j]) == kind)
                return true;
        }
    }
    return false;
}

/* The fault itself, to the last request of an archiver. */
static bool has_lasted(const struct live_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct ews_survey *survey = view->nodes[i].survey;

        for (size_t j = 0; survey && j < survey->item_count; j++) {
            const struct ews_item *item = &survey->items[j];

            if (item->outcome == EWS_OUTCOME_PERSISTENT &&
                live_kind_of(item) == &ews_mime_transient)
                return true;
        }
    }
    return false;
}

/*
 * What this run does not tell of an archiver is unknown: who asks here is mostly another account,
 * which needs no right to others' mailboxes; and what was cut short may have come a moment later,
 * unless it came through another server.
 */
static struct finding *begin(const struct live_view *view, const struct finding_kind *kind)
{
    struct finding *finding;

    if (kind == &ews_denied) {
        finding = unknown(view->x, kind,
                          "whoever asked here has no right to this mailbox over "
                          "EWS, which says nothing of an archiver's account");
        live_reason(finding, "caller-refused");
        return finding;
    }
    if (kind != &ews_mime_transient || has_lasted(view))
        return found(view->x, kind);
    if (live_place(view, kind) == EWS_PLACE_ONE_NODE) {
        finding = found(view->x, kind);
        finding_severity(finding, SEVERITY_WARNING);
        return finding;
    }
    finding = unknown(view->x, kind,
                      "transient errors until the time for it was over, which does "
                      "not tell whether they last");
    live_reason(finding, "cut-short");
    return finding;
}

static void judge_items(const struct live_view *view)
{
    static const struct finding_kind *const all[] = {
        &ews_mime_transient, &ews_unavailable, &ews_mime_conversion, &ews_throttled,
        &ews_denied,         &ews_item_gone,   &ews_failed,          &ews_mime_recovered};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (is_seen(view, all[i]))
            live_tell(begin(view, all[i]), view, all[i]);
    }
}

static void tell_no_address(struct finding *finding, const struct evidence *obstacle)
{
    bool is_answered = obstacle->status == STATUS_OK;

    if (is_answered)
        saw(finding, obstacle, "it has no address");
    else
        saw_failure(finding, obstacle);
    live_reason(finding, is_answered ? "no-address" : "no-resolver");
    set_text(finding, "name", "yes");
}

static void tell_obstacle(const struct live_view *view, const struct live_node *node,
                          const char *servers)
{
    struct finding *finding =
        unknown(view->x, &ews_mime_transient, "the mailbox could not be asked through %s", servers);

    live_name(finding, view, node);
    if (node->survey)
        live_tell_obstacle(finding, node->survey);
    else
        tell_no_address(finding, node->obstacle);
}

/* A ticket that the caller lacks is lacking at every server: told once. */
static void judge_tickets(const struct live_view *view)
{
    const struct live_node *first = NULL;
    struct buffer servers;

    buffer_init(&servers, SERVERS_MOST);
    for (size_t i = 0; i < view->count; i++) {
        const struct live_node *node = &view->nodes[i];

        if (!live_lacks_ticket(node->survey))
            continue;
        buffer_print(&servers, "%s%s", first ? ", " : "", node->server->shown);
        if (!first)
            first = node;
    }
    if (first)
        tell_obstacle(view, first, buffer_keep(&servers, pass_memory(view->x)));
    else
        buffer_release(&servers);
}

static void judge_obstacles(const struct live_view *view)
{
    judge_tickets(view);
    for (size_t i = 0; i < view->count; i++) {
        const struct live_node *node = &view->nodes[i];
        bool has_failed = node->survey && node->survey->evidence.status != STATUS_OK;

        if (node->obstacle || (has_failed && !live_lacks_ticket(node->survey)))
            tell_obstacle(view, node, node->server->shown);
    }
}

struct tally {
    size_t surveys, items, fine, recovered;
    size_t with_items, least, most; /* surveys that found any, and how many items these found */
    size_t repeated; /* of those that are fine, after throttling or a broken answer */
    bool is_part;    /* not all folders were searched */
};

static struct tally count(const struct live_view *view)
{
    struct tally tally = {0};

    for (size_t i = 0; i < view->count; i++) {
        const struct ews_survey *survey = view->nodes[i].survey;

        if (!survey || survey->evidence.status != STATUS_OK)
            continue;
        if (has_no_mailbox(survey))
            continue;
        tally.surveys++;
        tally.items += survey->item_count;
        if (survey->item_count > 0) {
            bool is_first = tally.with_items++ == 0;

            if (is_first || survey->item_count < tally.least)
                tally.least = survey->item_count;
            if (survey->item_count > tally.most)
                tally.most = survey->item_count;
        }
        tally.is_part = tally.is_part || survey->folders_failed > 0;
        for (size_t j = 0; j < survey->item_count; j++) {
            tally.fine += survey->items[j].outcome == EWS_OUTCOME_FINE;
            tally.repeated +=
                survey->items[j].outcome == EWS_OUTCOME_FINE && survey->items[j].attempt_count > 1;
            tally.recovered += survey->items[j].outcome == EWS_OUTCOME_RECOVERED;
        }
    }
    return tally;
}

/* Too few requests to tell whether it comes or not. */
static bool is_open(const struct ews_item *item)
{
    return item->outcome == EWS_OUTCOME_UNASKED ||
           ((item->outcome == EWS_OUTCOME_UNANSWERED || item->outcome == EWS_OUTCOME_CUT_SHORT) &&
            !live_kind_of(item));
}

static void tell_open(struct finding *finding, const struct ews_survey *survey)
{
    if (survey->last.status == STATUS_OK) {
        saw(finding, &survey->evidence, "the time for it was over; --patience gives more");
        live_reason(finding, "cut-short");
    } else if (survey->last.status == STATUS_DENIED) {
        saw(finding, &survey->evidence, "no more were asked for: the logon was refused");
        live_reason(finding, "logon-refused");
    } else {
        saw(finding, &survey->evidence,
            "no more were asked for after three answers in a row that were none of EWS");
        live_reason(finding, "once-more");
    }
}

static void judge_open(const struct live_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct live_node *node = &view->nodes[i];
        const struct ews_survey *survey = node->survey;
        struct finding *finding;
        size_t open = 0;

        if (!survey || survey->evidence.status != STATUS_OK)
            continue;
        for (size_t j = 0; j < survey->item_count; j++)
            open += is_open(&survey->items[j]);
        if (open == 0)
            continue;
        finding =
            unknown(view->x, &ews_mime_transient,
                    "of %zu items %zu %s not asked for to the end "
                    "through %s",
                    survey->item_count, open, open == 1 ? "was" : "were", node->server->shown);
        live_name(finding, view, node);
        tell_open(finding, survey);
    }
}

static void judge_absence(const struct live_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct live_node *node = &view->nodes[i];

        if (!node->survey || !has_no_mailbox(node->survey))
            continue;
        saw(not_applicable(view->x, &ews_mime_transient,
                           "%s has no such mailbox: it is a remote one, in Exchange Online, or the "
                           "address is misspelt",
                           node->server->shown),
            &node->survey->evidence, "the search: %s", node->survey->last.code);
    }
}

/* What was not searched may hold what fails. */
static void judge_search(const struct live_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct live_node *node = &view->nodes[i];
        const struct ews_survey *survey = node->survey;
        struct finding *finding;

        if (!survey || survey->evidence.status != STATUS_OK || survey->folders_failed == 0 ||
            live_kind_of_search(survey) || has_no_mailbox(survey))
            continue;
        finding = unknown(view->x, &ews_mime_transient,
                          "%u of %u folders could not be searched through %s",
                          survey->folders_failed, EWS_FOLDERS, node->server->shown);
        live_name(finding, view, node);
        saw(finding, &survey->evidence, "the search: %s",
            survey->folder_code ? survey->folder_code : "no code");
        live_reason(finding, "once-more");
    }
}

static const char *how_often(const struct live_view *view, const struct tally *tally)
{
    if (tally->repeated == 0)
        return "each at the first request";
    if (tally->repeated == tally->items)
        return "after requests that were throttled or not answered";
    return arena_print(pass_memory(view->x),
                       "%zu of %zu after requests that were throttled or not answered",
                       tally->repeated, tally->items);
}

/* The servers that found items, by name. */
static const char *servers_text(const struct live_view *view)
{
    struct buffer text;

    buffer_init(&text, SERVERS_MOST);
    for (size_t i = 0; i < view->count; i++) {
        const struct live_node *node = &view->nodes[i];

        if (node->survey && node->survey->evidence.status == STATUS_OK &&
            node->survey->item_count > 0)
            buffer_print(&text, "%s%s", text.size ? ", " : "", node->server->shown);
    }
    return buffer_keep(&text, pass_memory(view->x));
}

static const char *items_text(const struct live_view *view, const struct tally *tally)
{
    struct arena *memory = pass_memory(view->x);

    if (tally->least < tally->most)
        return arena_print(memory, "%zu to %zu items came with their MIME content", tally->least,
                           tally->most);
    return tally->most == 1
               ? "1 item came with its MIME content"
               : arena_print(memory, "%zu items came with their MIME content", tally->most);
}

/* Where others found items, one that found none was not tried. */
static void judge_empty(const struct live_view *view, const struct tally *tally)
{
    for (size_t i = 0; i < view->count && tally->most > 0; i++) {
        const struct live_node *node = &view->nodes[i];
        const struct ews_survey *survey = node->survey;
        struct finding *finding;

        if (!survey || survey->evidence.status != STATUS_OK || survey->item_count > 0 ||
            survey->folders_failed > 0 || live_kind_of_search(survey))
            continue;
        finding = unknown(view->x, &ews_mime_transient,
                          "no items were found through %s, though through another server",
                          node->server->shown);
        live_name(finding, view, node);
        saw(finding, &survey->evidence, "the search found nothing; other servers found %zu",
            tally->most);
        live_reason(finding, "once-more");
    }
}

/* Of the finding that all of this is about, where it is not one. */
static void judge_health(const struct live_view *view)
{
    struct tally tally = count(view);

    judge_empty(view, &tally);
    if (tally.surveys == 0 || tally.is_part)
        return;
    if (tally.items == 0 && !is_seen(view, &ews_denied) && !is_seen(view, &ews_throttled) &&
        !is_seen(view, &ews_unavailable) && !is_seen(view, &ews_failed))
        not_applicable(view->x, &ews_mime_transient,
                       "the mailbox has no meeting request and nothing in RTF to ask for; "
                       "--plant-test-item makes one for the time of the test");
    else if (tally.fine == tally.items && tally.items > 0)
        healthy(view->x, &ews_mime_transient, "%s through %s, %s", items_text(view, &tally),
                servers_text(view), how_often(view, &tally));
    else if (tally.fine + tally.recovered == tally.items && tally.items > 0)
        healthy(view->x, &ews_mime_transient, "%s through %s; %zu of %zu at once",
                items_text(view, &tally), servers_text(view), tally.fine, tally.items);
}

void ews_judge_mailbox(struct examination *x, const struct subject *mailbox)
{
    struct live_view view = {.x = x, .mailbox = mailbox};
    struct finding *finding;

    if (!ask_all(&view))
        return;
    if (view.count == 0) {
        finding = unknown(x, &ews_mime_transient,
                          "no server was named through which the mailbox could be asked");
        live_name(finding, &view, NULL);
        saw(finding, NULL, "name each with --server: the fault lives on one of them");
        return;
    }
    judge_items(&view);
    judge_obstacles(&view);
    if (!is_seen(&view, &ews_mime_transient))
        judge_open(&view);
    judge_absence(&view);
    judge_search(&view);
    judge_health(&view);
    live_tell_test_item(&view);
}
