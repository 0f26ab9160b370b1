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

static bool shows_no_credentials(const struct asked *seer, const struct asked *other)
{
    return seer->run->logs_on && !other->run->logs_on;
}

static bool tries_no_logon(const struct asked *seer, const struct asked *other)
{
    return seer->run->settings->authenticate && !other->run->settings->authenticate;
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

/* Of probes that need one of these, or of all; `about` the run that falls short. */
static const struct {
    unsigned needs;
    const char *probe;
    falls_short *falls_short;
    const char *why;
} rules[] = {
    {NEEDS_NETWORK, NULL, asks_other_servers, "it asked other name servers (--dns)"},
    {NEEDS_NETWORK, NULL, asks_other_ports, "it asked at other ports (--port)"},
    {NEEDS_CREDENTIALS, NULL, shows_no_credentials,
     "it had no credentials to show (--user, --token-file)"},
    {NEEDS_CREDENTIALS, NULL, tries_no_logon, "it tried no logon (--authenticate)"},
    {NEEDS_CREDENTIALS, NULL, plants_nothing, "it made no test item (--plant-test-item)"},
    {NEEDS_CREDENTIALS, NULL, impersonates_nobody, "it asked as somebody else (--impersonate)"},
    {0, "spf", asks_less, "it asked less (--deep)"},
    {0, "spf", lacks_senders, "it was not told of the same senders (--ip)"},
    {0, "clock", lacks_references, "it was not given the same clocks outside (--reference)"},
};

static const char *patience_words(const struct asked *seer, const struct asked *other,
                                  struct arena *arena)
{
    return arena_print(arena, "it waited %g s for servers to speak, not %g s (--patience)",
                       other->run->patience / 1000.0, seer->run->patience / 1000.0);
}

/* Why it cannot be held against the seer; NULL if it can. */
static const char *shortcoming(const struct view *seer_view, const struct view *other_view,
                               struct arena *arena)
{
    const struct asked seer = {seer_view->run, seer_view->look, seer_view->look->probe};
    const struct asked other = {other_view->run, other_view->look, other_view->look->probe};

    if (seer.probe->needs & NEEDS_PATIENCE && waits_less(&seer, &other))
        return patience_words(&seer, &other, arena);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        bool is_meant = rules[i].probe ? strcmp(rules[i].probe, seer.probe->name) == 0
                                       : (seer.probe->needs & rules[i].needs) != 0;

        if (is_meant && rules[i].falls_short(&seer, &other))
            return rules[i].why;
    }
    return NULL;
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
    if (comparison->shortcoming) {
        *why = comparison->shortcoming;
        return PAST_NOT_COMPARABLE;
    }
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
