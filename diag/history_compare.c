#include "diag/history_compare.h"

#include "diag/exam.h"
#include "diag/memory.h"
#include "diag/settings.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { UNANSWERED_MOST = 512 };

/* ---- a view ---- */

static bool is_name(const char *word, size_t size)
{
    struct ip_address ip;
    size_t letters = 0, signs = 0;

    if (ip_parse(word, size, &ip) == STATUS_OK)
        return true;
    for (size_t i = 0; i < size; i++) {
        letters += text_is_letter(word[i]);
        signs += memchr(".@\\/", word[i], 4) != NULL;
    }
    return letters > 2 && signs > 0;
}

static bool is_figure(const char *word, size_t size)
{
    bool has_digit = false;

    for (size_t i = 0; i < size; i++)
        has_digit = has_digit || text_is_digit(word[i]);
    return has_digit && !is_name(word, size);
}

/* The words of a title that are no figures. */
static const char *skeleton_of(const char *title, struct arena *arena)
{
    char *out = arena_new(arena, strlen(title) + 2, 1);
    size_t written = 0;

    while (*title) {
        size_t start = strspn(title, " ,;()"), size = strcspn(title + start, " ,;()");

        title += start;
        if (size && !is_figure(title, size)) {
            memcpy(out + written, title, size);
            written += size;
            out[written++] = ' ';
        }
        title += size;
    }
    out[written] = '\0';
    return out;
}

int told_compare_skeletons(const struct told *a, const struct told *b)
{
    int order = strcmp(a->finding->kind->id, b->finding->kind->id);

    return order ? order : strcmp(a->skeleton, b->skeleton);
}

static int compare_seen(const struct finding *a, const struct finding *b)
{
    for (size_t i = 0; i < a->seen_count && i < b->seen_count; i++) {
        int order = strcmp(a->seen[i].text, b->seen[i].text);

        if (order)
            return order;
    }
    return (a->seen_count > b->seen_count) - (a->seen_count < b->seen_count);
}

int told_compare(const struct told *a, const struct told *b)
{
    int order = told_compare_skeletons(a, b);

    if (order == 0)
        order = strcmp(a->finding->title, b->finding->title);
    return order ? order : compare_seen(a->finding, b->finding);
}

static int compare_told(const void *a, const void *b)
{
    return told_compare(a, b);
}

static struct told *tell(const struct view *view, enum outcome outcome, size_t *count,
                         struct arena *arena)
{
    struct told *list = arena_new(arena, view->count + 1, sizeof *list);

    *count = 0;
    for (size_t i = 0; i < view->count; i++) {
        struct finding *finding = view->list[i];

        if (finding->outcome == outcome)
            list[(*count)++] = (struct told){finding, skeleton_of(finding->title, arena)};
    }
    qsort(list, *count, sizeof *list, compare_told);
    return list;
}

static int compare_mentions(const void *a, const void *b)
{
    return strcmp(((const struct mention *)a)->id, ((const struct mention *)b)->id);
}

static void merge_mention(struct mention *into, const struct mention *other)
{
    into->is_problem = into->is_problem || other->is_problem;
    into->is_unknown = into->is_unknown || other->is_unknown;
    into->is_ok = into->is_ok || other->is_ok;
    into->is_not_applicable = into->is_not_applicable || other->is_not_applicable;
}

static void collect_mentions(struct view *view, struct arena *arena)
{
    struct mention *list = arena_new(arena, view->count + 1, sizeof *list);
    size_t kept = 0;

    for (size_t i = 0; i < view->count; i++) {
        enum outcome outcome = view->list[i]->outcome;

        list[i] = (struct mention){.id = view->list[i]->kind->id,
                                   .is_problem = outcome == OUTCOME_PROBLEM,
                                   .is_unknown = outcome == OUTCOME_UNKNOWN,
                                   .is_ok = outcome == OUTCOME_OK,
                                   .is_not_applicable = outcome == OUTCOME_NOT_APPLICABLE};
    }
    qsort(list, view->count, sizeof *list, compare_mentions);
    for (size_t i = 0; i < view->count; i++) {
        if (kept && strcmp(list[kept - 1].id, list[i].id) == 0)
            merge_mention(&list[kept - 1], &list[i]);
        else
            list[kept++] = list[i];
    }
    view->mentions = list;
    view->mention_count = kept;
}

static bool reads_file(const struct finding *finding)
{
    for (size_t i = 0; i < finding->seen_count; i++) {
        if (finding->seen[i].is_read)
            return true;
    }
    return false;
}

void view_read(struct view *view, struct arena *arena)
{
    view->problems = tell(view, OUTCOME_PROBLEM, &view->problem_count, arena);
    view->unknowns = tell(view, OUTCOME_UNKNOWN, &view->unknown_count, arena);
    collect_mentions(view, arena);
    view->is_idle = view->count > view->unknown_count;
    for (size_t i = 0; i < view->count; i++) {
        enum outcome outcome = view->list[i]->outcome;

        view->is_conclusive = view->is_conclusive || outcome != OUTCOME_UNKNOWN;
        if (outcome == OUTCOME_OK || outcome == OUTCOME_PROBLEM)
            view->is_idle = false;
        view->reads_files = view->reads_files || reads_file(view->list[i]);
    }
}

/* NULL if it says nothing under this id. */
static const struct mention *mention_of(const struct view *view, const char *id)
{
    const struct mention wanted = {.id = id};

    if (view->mention_count == 0)
        return NULL;
    return bsearch(&wanted, view->mentions, view->mention_count, sizeof wanted, compare_mentions);
}

/* ---- how thoroughly it looked ---- */

struct asked { /* a run, and what it looked at by which probe */
    const struct history_run *run;
    const struct history_look *look;
    const struct probe *probe;
};

/* True where `other` did not look as well as `seer`. */
typedef bool falls_short(const struct asked *seer, const struct asked *other);

static bool waits_less(const struct asked *seer, const struct asked *other)
{
    return seer->run->patience && other->run->patience &&
           other->run->patience < seer->run->patience;
}

/* Older evidence does not say as whom it logged on, nor whether by a token alone. */
static bool is_a_user(const struct history_run *run)
{
    return run->user || (run->logs_on && !run->shows_token);
}

/* As whoever is named, wherever it is allowed to. */
static bool logs_on(const struct asked *seer)
{
    return seer->probe->needs & NEEDS_CREDENTIALS ||
           (seer->probe->logs_on && seer->run->settings->authenticate);
}

/* That is where a token, NTLM and TLS that does not verify come in. */
static bool logs_on_to_web(const struct asked *seer)
{
    return strcmp(seer->probe->name, "ews") == 0 ||
           (strcmp(seer->probe->name, "powershell") == 0 && seer->run->settings->authenticate);
}

static bool is_no_user(const struct asked *seer, const struct asked *other)
{
    return logs_on(seer) && is_a_user(seer->run) && !is_a_user(other->run);
}

static bool is_another_user(const struct asked *seer, const struct asked *other)
{
    const char *one = seer->run->user, *two = other->run->user;

    return logs_on(seer) && one && two && !text_equal_fold(one, two);
}

static bool shows_no_token(const struct asked *seer, const struct asked *other)
{
    return logs_on_to_web(seer) && seer->run->shows_token && !other->run->logs_on;
}

enum means { MEANS_OTHER, MEANS_BASIC, MEANS_NTLM, MEANS_TOKEN };

/* A token goes before a user. */
static enum means means_of(const struct history_run *run)
{
    if (run->shows_token)
        return MEANS_TOKEN;
    if (run->user)
        return run->uses_ntlm ? MEANS_NTLM : MEANS_BASIC;
    return MEANS_OTHER;
}

static bool logs_on_otherwise(const struct asked *seer, const struct asked *other)
{
    enum means one = means_of(seer->run), two = means_of(other->run);

    return logs_on_to_web(seer) && one && two && one != two;
}

static bool is_more_careful(const struct asked *seer, const struct asked *other)
{
    return logs_on_to_web(seer) && seer->run->is_insecure && !other->run->is_insecure;
}

static bool trusts_others(const struct asked *seer, const struct asked *other)
{
    const char *one = seer->run->authorities, *two = other->run->authorities;

    return strcmp(one ? one : "", two ? two : "") != 0;
}

static bool knows_older_builds(const struct asked *seer, const struct asked *other)
{
    return other->run->builds_as_of && other->run->builds_as_of < seer->run->builds_as_of;
}

static bool is_same_text(const char *one, const char *two)
{
    return one && two ? strcmp(one, two) == 0 : one == two;
}

/* What a message says of itself matters where one is judged. */
static bool judges_another_message(const struct asked *seer, const struct asked *other)
{
    const struct settings *one = seer->run->settings, *two = other->run->settings;

    return one->sender_count && two->sender_count &&
           !(is_same_text(one->helo, two->helo) &&
             is_same_text(one->sender_local, two->sender_local));
}

static bool tries_no_logon(const struct asked *seer, const struct asked *other)
{
    return seer->probe->logs_on && seer->run->settings->authenticate &&
           !other->run->settings->authenticate;
}

static bool plants_nothing(const struct asked *seer, const struct asked *other)
{
    return seer->run->settings->plants && !other->run->settings->plants;
}

static bool impersonates_nobody(const struct asked *seer, const struct asked *other)
{
    return seer->run->settings->impersonates != other->run->settings->impersonates;
}

/* What it asks besides DNS goes to any of the services, as far as is known here. */
static bool asks_but_dns(const struct history_look *look)
{
    for (size_t i = 0; i < look->given_count; i++) {
        for (size_t j = 0; j < look->given[i].count; j++) {
            if (look->given[i].list[j]->kind != &evidence_dns)
                return true;
        }
    }
    return look->given_count == 0;
}

static bool asks_other_ports(const struct asked *seer, const struct asked *other)
{
    for (int i = 0; i < SERVICE_COUNT; i++) {
        enum service service = (enum service)i;

        if (service_port(seer->run->settings, service) !=
                service_port(other->run->settings, service) &&
            (service == SERVICE_DNS || asks_but_dns(seer->look)))
            return true;
    }
    return false;
}

static bool asks_less(const struct asked *seer, const struct asked *other)
{
    return seer->run->settings->deep && !other->run->settings->deep;
}

static bool has_server(const struct settings *settings, const struct ip_address *ip)
{
    for (size_t i = 0; i < settings->dns_count; i++) {
        if (ip_equal(&settings->dns[i].ip, ip))
            return true;
    }
    return false;
}

static bool asks_all_of(const struct settings *one, const struct settings *other)
{
    for (size_t i = 0; i < one->dns_count; i++) {
        if (!has_server(other, &one->dns[i].ip))
            return false;
    }
    return true;
}

static bool asks_other_servers(const struct asked *seer, const struct asked *other)
{
    const struct settings *one = seer->run->settings, *two = other->run->settings;

    return !asks_all_of(one, two) || !asks_all_of(two, one);
}

static bool lacks_senders(const struct asked *seer, const struct asked *other)
{
    const struct settings *one = seer->run->settings, *two = other->run->settings;

    for (size_t i = 0; i < one->sender_count; i++) {
        size_t j = 0;

        while (j < two->sender_count && !ip_equal(&one->senders[i], &two->senders[j]))
            j++;
        if (j == two->sender_count)
            return true;
    }
    return false;
}

static bool lacks_references(const struct asked *seer, const struct asked *other)
{
    const struct settings *one = seer->run->settings, *two = other->run->settings;

    for (size_t i = 0; i < one->reference_count; i++) {
        size_t j = 0;

        while (j < two->reference_count && strcmp(one->references[i], two->references[j]) != 0)
            j++;
        if (j == two->reference_count)
            return true;
    }
    return false;
}

/* Of probes that need one of these, of one probe, or of one finding; `why` of the other run. */
static const struct rule {
    unsigned needs;
    const char *name; /* of a probe, or of a finding; NULL: by its needs */
    falls_short *falls_short;
    const char *why;
} rules[] = {
    {NEEDS_NETWORK, NULL, asks_other_servers, "it asked other name servers (--dns)"},
    {NEEDS_NETWORK, NULL, asks_other_ports, "it asked at other ports (--port)"},
    {NEEDS_NETWORK, NULL, logs_on_otherwise,
     "it logged on by other means (--user, --ntlm, --token-file)"},
    {NEEDS_NETWORK, NULL, shows_no_token, "it had no credentials to show (--token-file)"},
    {NEEDS_NETWORK, NULL, is_no_user, "it had no credentials to show (--user)"},
    {NEEDS_NETWORK, NULL, is_another_user, "it asked as another user (--user)"},
    {NEEDS_NETWORK, NULL, is_more_careful,
     "it showed credentials over TLS that verifies alone (--insecure)"},
    {0, "mx-certificate", trusts_others, "it trusted other authorities (--ca-file)"},
    {NEEDS_NETWORK, NULL, tries_no_logon, "it tried no logon (--authenticate)"},
    {0, "ews", plants_nothing, "it made no test item (--plant-test-item)"},
    {0, "ews", impersonates_nobody, "it asked as somebody else (--impersonate)"},
    {0, "spf", asks_less, "it asked less (--deep)"},
    {0, "spf", lacks_senders, "it was not told of the same senders (--ip)"},
    {0, "spf", judges_another_message, "it judged another message (--helo, --sender)"},
    {0, "build", knows_older_builds, "it knew an older table of builds (--builds)"},
    {0, "clock", lacks_references, "it was not given the same clocks outside (--reference)"},
};

static const char *patience_words(const struct asked *seer, const struct asked *other,
                                  struct arena *arena)
{
    return arena_print(arena, "it waited %g s for servers to speak, not %g s (--patience)",
                       other->run->patience / 1000.0, seer->run->patience / 1000.0);
}

static bool is_meant(const struct rule *rule, const struct probe *probe, const char *id)
{
    if (id || rule->name)
        return rule->name && strcmp(rule->name, id ? id : probe->name) == 0;
    return (probe->needs & rule->needs) != 0;
}

static struct asked asked_of(const struct view *view)
{
    return (struct asked){view->run, view->look, view->look->probe};
}

/* Of the rules of a finding, or, where the id is NULL, of those of a probe; NULL: none forbids. */
static const char *forbidden(const struct asked *seer, const struct asked *other, const char *id)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (is_meant(&rules[i], seer->probe, id) && rules[i].falls_short(seer, other))
            return rules[i].why;
    }
    return NULL;
}

/* Why it cannot be held against the seer, whatever it finds; NULL if it can. */
static const char *shortcoming(const struct view *seer_view, const struct view *other_view,
                               struct arena *arena)
{
    const struct asked seer = asked_of(seer_view), other = asked_of(other_view);

    if (seer.probe->needs & NEEDS_PATIENCE && waits_less(&seer, &other))
        return patience_words(&seer, &other, arena);
    return forbidden(&seer, &other, NULL);
}

/* The same of one finding alone. */
static const char *shortcoming_of(const struct view *seer_view, const struct view *other_view,
                                  const char *id)
{
    const struct asked seer = asked_of(seer_view), other = asked_of(other_view);

    return forbidden(&seer, &other, id);
}

/* ---- two views ---- */

struct comparison {
    const struct view *seer, *other;
    struct arena *arena;
    const char *shortcoming;
    const struct finding *obstacle; /* unknown to the other alone */
    const struct finding *screen;   /* a problem of the other alone, which may hide others */
    const char *silent;             /* an id that was right, and of which the other says nothing */
    const struct evidence *unanswered; /* which the other asked for in vain, and the seer had */
};

/* ---- what was answered ---- */

static bool is_answer(const struct evidence *item)
{
    return item->status == STATUS_OK || item->status == STATUS_NOT_FOUND;
}

/* Nothing outside is to blame for it: the run itself did not come to it. */
static bool was_not_reached(const struct evidence *item)
{
    return item->status == STATUS_NOT_RECORDED || item->status == STATUS_CANCELLED ||
           item->status == STATUS_LIMIT || item->status == STATUS_EXHAUSTED;
}

/* The same question in a run; NULL where it was not asked. */
static const struct evidence *same_in(const struct history_run *run, const struct evidence *item)
{
    return run->store ? evidence_store_find(run->store, item->kind, item) : NULL;
}

static bool is_unanswered_alone(const struct evidence *item, const struct view *seer)
{
    const struct evidence *before;

    if (is_answer(item))
        return false;
    before = same_in(seer->run, item);
    return before ? is_answer(before) : was_not_reached(item);
}

static const struct evidence *find_unanswered(const struct view *seer, const struct view *other)
{
    const struct history_look *look = other->look;

    for (size_t i = 0; i < look->given_count; i++) {
        for (size_t j = 0; j < look->given[i].count; j++) {
            if (is_unanswered_alone(look->given[i].list[j], seer))
                return look->given[i].list[j];
        }
    }
    return NULL;
}

static bool was_given(const struct history_look *look, const struct evidence *item)
{
    for (size_t i = 0; i < look->given_count; i++) {
        for (size_t j = 0; j < look->given[i].count; j++) {
            if (look->given[i].list[j] == item)
                return true;
        }
    }
    return false;
}

/* The answers in which something was seen, asked for again. */
struct again {
    const struct evidence *failed; /* one that was not had this time; or NULL */
    bool is_whole;                 /* all were */
};

static struct again ask_again(const struct finding *finding, const struct view *other)
{
    struct again again = {.is_whole = true};

    for (size_t i = 0; i < finding->source_count && !again.failed; i++) {
        const struct evidence *now = same_in(other->run, finding->sources[i]);

        if (now && !was_given(other->look, now))
            now = NULL;
        again.is_whole = again.is_whole && now && is_answer(now);
        if (now && !is_answer(now))
            again.failed = now;
    }
    return again;
}

static const char *print_unanswered(const struct evidence *item, struct arena *arena)
{
    const char *name;
    struct buffer text;

    buffer_init(&text, UNANSWERED_MOST);
    item->kind->describe(item, &text);
    name = text_printable(arena, text.text, text.size);
    buffer_release(&text);
    return arena_print(arena, "it could not tell: %s: %s", name, status_text(item->status));
}

/* The first that is unknown to the other alone; where its run is not whole, the first of all. */
static const struct finding *find_obstacle(const struct view *seer, const struct view *other)
{
    size_t i = 0;

    for (size_t j = 0; j < other->unknown_count; j++) {
        int order = 1;

        while (i < seer->unknown_count &&
               (order = told_compare_skeletons(&seer->unknowns[i], &other->unknowns[j])) < 0)
            i++;
        if (i == seer->unknown_count || order != 0 || !other->run->complete)
            return other->unknowns[j].finding;
    }
    return NULL;
}

static const struct finding *find_screen(const struct view *seer, const struct view *other)
{
    for (size_t i = 0; i < other->problem_count; i++) {
        const struct finding *finding = other->problems[i].finding;
        const struct mention *mention = mention_of(seer, finding->kind->id);

        if (!mention || !mention->is_problem)
            return finding;
    }
    return NULL;
}

static void find_silent(struct comparison *comparison)
{
    const struct view *seer = comparison->seer;

    for (size_t i = 0; i < seer->mention_count && !comparison->silent; i++) {
        const struct mention *now;

        if (!seer->mentions[i].is_ok)
            continue;
        now = mention_of(comparison->other, seer->mentions[i].id);
        if (!now || !(now->is_ok || now->is_problem || now->is_not_applicable))
            comparison->silent = seer->mentions[i].id;
    }
}

struct comparison *comparison_make(const struct view *seer, const struct view *other,
                                   struct arena *arena)
{
    struct comparison *comparison = arena_new(arena, 1, sizeof *comparison);

    comparison->seer = seer;
    comparison->other = other;
    comparison->arena = arena;
    comparison->shortcoming = shortcoming(seer, other, arena);
    comparison->obstacle = find_obstacle(seer, other);
    comparison->screen = find_screen(seer, other);
    comparison->unanswered = find_unanswered(seer, other);
    find_silent(comparison);
    return comparison;
}

/* It says that this is right, where it said the opposite before. */
static bool is_refuted(const struct mention *before, const struct mention *now)
{
    return now && now->is_ok && !now->is_problem && !now->is_unknown && !(before && before->is_ok);
}

static const char *print_why(const struct comparison *comparison, const char *format,
                             const char *text)
{
    return arena_print(comparison->arena, format, text);
}

/* Why nothing can be said of what was right once, whatever the other says by now; or NULL. */
static const char *hindrance(const struct comparison *comparison)
{
    if (comparison->obstacle)
        return print_why(comparison, "it could not tell: %s", comparison->obstacle->title);
    if (comparison->unanswered)
        return print_unanswered(comparison->unanswered, comparison->arena);
    if (!comparison->other->is_conclusive)
        return "it says nothing of it";
    if (comparison->screen)
        return print_why(comparison, "what is wrong then may hide it: %s",
                         comparison->screen->title);
    return NULL;
}

static enum past_state tell_by_silence(const struct comparison *comparison, const struct told *told,
                                       const char **why)
{
    const struct view *other = comparison->other;

    if (other->is_conclusive && other->is_idle && !comparison->obstacle && !comparison->unanswered)
        return PAST_NOT_APPLICABLE;
    *why = hindrance(comparison);
    if (!*why && reads_file(told->finding) && !other->reads_files)
        *why = "it was seen in a file, and no such file was read then";
    if (!*why && comparison->silent)
        *why = print_why(comparison, "it does not say how %s stands, which was right",
                         comparison->silent);
    return *why ? PAST_UNKNOWN : PAST_FIXED;
}

static enum past_state tell_of_refuted(const struct comparison *comparison, bool is_seen_again,
                                       const char **why)
{
    *why = is_seen_again && !comparison->unanswered ? NULL : hindrance(comparison);
    return *why ? PAST_UNKNOWN : PAST_FIXED;
}

enum past_state comparison_tell(const struct comparison *comparison, const struct told *told,
                                const char **why)
{
    const char *id = told->finding->kind->id;
    const struct view *other = comparison->other;
    const struct mention *before = mention_of(comparison->seer, id), *now = mention_of(other, id);
    struct again again;

    *why = NULL;
    if (!exam_is_finding_selected(other->run->settings, other->look->probe, id)) {
        *why = "it left this out (--only, --skip)";
        return PAST_NOT_COMPARABLE;
    }
    *why = comparison->shortcoming ? comparison->shortcoming
                                   : shortcoming_of(comparison->seer, other, id);
    if (*why)
        return PAST_NOT_COMPARABLE;
    again = ask_again(told->finding, other);
    if (again.failed) {
        *why = print_unanswered(again.failed, comparison->arena);
        return PAST_UNKNOWN;
    }
    if (is_refuted(before, now))
        return tell_of_refuted(comparison, again.is_whole, why);
    if (now && now->is_not_applicable && !now->is_ok && !now->is_problem && !now->is_unknown &&
        !comparison->unanswered)
        return PAST_NOT_APPLICABLE;
    return tell_by_silence(comparison, told, why);
}
