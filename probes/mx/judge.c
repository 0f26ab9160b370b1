#include "probes/mx/judge.h"

#include "probes/mx/kinds.h"
#include "probes/mx/picture.h"
#include "probes/site.h"

#include <string.h>

/* ---- counting ---- */

static size_t count_calls(const struct mx_calls *calls, mx_call_test *test)
{
    size_t count = 0;

    for (size_t i = 0; i < calls->count; i++)
        count += test(&calls->list[i]);
    return count;
}

static size_t count_best(const struct mx_calls *calls, mx_call_test *test)
{
    size_t count = 0;

    for (size_t i = 0; i < calls->count; i++)
        count += calls->list[i].is_best && test(&calls->list[i]);
    return count;
}

static bool is_any(const struct mx_call *call)
{
    return call->verdict != MX_VERDICT_COUNT;
}

static bool is_silent(const struct mx_call *call)
{
    return call->verdict == MX_STALL || call->verdict == MX_SILENT;
}

static bool is_stalled(const struct mx_call *call)
{
    return call->verdict == MX_STALL;
}

static bool is_inconclusive(const struct mx_call *call)
{
    return call->verdict == MX_INCONCLUSIVE;
}

static bool is_slow(const struct mx_call *call)
{
    return call->verdict == MX_SLOW;
}

static bool is_closing(const struct mx_call *call)
{
    return call->verdict == MX_CLOSES;
}

static bool is_refusing(const struct mx_call *call)
{
    return call->verdict == MX_REFUSED;
}

static bool is_refused_in_words(const struct mx_call *call)
{
    return call->verdict == MX_GREETING_REFUSED;
}

static bool took_time(const struct mx_call *call)
{
    return mx_waited(call->conversation) >= MX_PROMPT;
}

static bool is_unreachable(const struct mx_call *call)
{
    return call->verdict == MX_UNREACHABLE;
}

static bool is_unknown(const struct mx_call *call)
{
    return call->verdict == MX_UNKNOWN;
}

static bool is_v6_connected(const struct mx_call *call)
{
    return call->address->ip.family == IP_V6 && mx_call_connected(call);
}

/* ---- telling ---- */

static bool is_online(const struct mx_call *call)
{
    return site_online(call->exchanger->name) != SITE_NOT_ONLINE;
}

/* What Microsoft runs nobody repairs here, nor is it to be taken out of DNS. */
static void set_online(struct finding *finding, const struct mx_calls *calls, mx_call_test *test)
{
    size_t count = 0;

    for (size_t i = 0; i < calls->count; i++) {
        const char *name = calls->list[i].exchanger->name;

        if (!test(&calls->list[i]) || !is_online(&calls->list[i]))
            continue;
        if (count++ == 0)
            set_value(finding, VALUE_NAME, "online", name, strlen(name));
    }
    if (count > 0 && count == count_calls(calls, test))
        repaired_by(finding, "online",
                    "Find out if your network or Exchange Online keeps mail out; leave its MX "
                    "record as it is.");
}

static void show_calls(struct examination *x, struct finding *finding, const struct mx_calls *calls,
                       mx_call_test *test)
{
    mx_set_subject(x, finding, calls->subject);
    set_number(finding, "port", calls->list[0].conversation->address.port);
    if (calls->list[0].service == SERVICE_SMTP)
        mx_set_senders(finding, NULL); /* nobody else has another exchanger to go to */
    if (count_calls(calls, mx_call_connected) == 0)
        set_text(finding, "nobody-connected", "yes");
    mx_set_way_out(finding, calls, test);
    set_online(finding, calls, test);
    for (size_t i = 0; i < calls->count; i++) {
        const struct mx_call *call = &calls->list[i];

        if (!test(call))
            continue;
        mx_saw_call(finding, calls, call);
        mx_set_call(finding, call);
    }
}

bool mx_lets_nobody_in(const struct mx_calls *calls)
{
    return count_calls(calls, mx_call_is_away) == calls->count;
}

/* Senders come to it first: there is nobody better who would let them in. */
static bool comes_first(const struct mx_calls *calls, const struct mx_call *call)
{
    for (size_t i = 0; i < calls->count; i++) {
        const struct mx_call *better = &calls->list[i];

        if (better->exchanger->preference < call->exchanger->preference && !mx_call_is_away(better))
            return false;
    }
    return true;
}

static size_t count_first(const struct mx_calls *calls, mx_call_test *test)
{
    size_t count = 0;

    for (size_t i = 0; i < calls->count; i++)
        count += test(&calls->list[i]) && comes_first(calls, &calls->list[i]);
    return count;
}

/* Ways that senders may take first: an address counts for each exchanger that has it. */
static size_t count_ways(const struct mx_calls *calls, mx_call_test *test)
{
    const struct mx_exchanger *best = calls->list[0].exchanger;
    size_t count = 0;

    for (size_t i = 0; i < calls->count; i++) {
        for (size_t j = 0; j < calls->mx->count; j++) {
            const struct mx_exchanger *exchanger = &calls->mx->list[j];

            count += exchanger->preference == best->preference &&
                     mx_leads_to(exchanger, &calls->list[i].address->ip) && test(&calls->list[i]);
        }
    }
    return count;
}

static void show_refusal(struct finding *finding, const struct mx_calls *calls)
{
    if (calls->serves_submission)
        saw(finding, NULL,
            "it lets mail programs connect at port 587 or 465: a server that takes no mail from "
            "other servers needs no port 25");
    else
        saw(finding, NULL,
            "no connection was made from here: this network may refuse port %u by itself, and "
            "others get in",
            calls->list[0].conversation->address.port);
}

/* What it does to mail, as far as this is the domain's; says nothing of a single server. */
static void show_effect(struct finding *finding, const struct mx_calls *calls, mx_call_test *test)
{
    size_t best = count_best(calls, is_any), at_best = count_best(calls, test);
    size_t all = count_calls(calls, test);

    if (test == is_refusing && count_calls(calls, mx_call_connected) == 0)
        show_refusal(finding, calls);
    else if (calls->subject->kind != SUBJECT_DOMAIN)
        return;
    else if (calls->count == 1)
        saw(finding, NULL, "it is the only address: no mail gets in");
    else if (all == calls->count)
        saw(finding, NULL, "all %zu addresses are like this: no mail gets in", all);
    else if (mx_lets_nobody_in(calls))
        saw(finding, NULL, "none of the %zu addresses lets senders in: no mail gets in",
            calls->count);
    else if (at_best == best)
        saw(finding, NULL,
            "every exchanger with the best preference is like this (%zu of %zu addresses in all): "
            "mail gets in only if the sender moves on to the next",
            all, calls->count);
    else if (at_best > 0)
        saw(finding, NULL,
            "%zu of %zu addresses with the best preference: about %zu in %zu messages come here "
            "first, and %s",
            at_best, best, count_ways(calls, test), count_ways(calls, is_any),
            test == is_silent ? "each of those waits until its sender gives up and moves on"
                              : "go on to the next");
    else if (count_first(calls, test))
        saw(finding, NULL, "the exchangers before it let nobody in, so every sender comes here");
    else
        saw(finding, NULL,
            "only an exchanger with a worse preference: senders notice when the better ones are "
            "away");
}

/* Nobody has to have an SMTP server at the address of a domain without MX records. */
static enum severity weighed(const struct mx_calls *calls, enum severity severity)
{
    return calls->mx->is_implicit ? SEVERITY_INFO : severity;
}

static struct finding *tell_calls(struct examination *x, const struct finding_kind *kind,
                                  const struct mx_calls *calls, mx_call_test *test)
{
    struct finding *finding = found(x, kind);

    show_effect(finding, calls, test);
    show_calls(x, finding, calls, test);
    return finding;
}

/* ---- each in turn ---- */

static const struct mx_call *first_of(const struct mx_calls *calls, mx_call_test *test)
{
    for (size_t i = 0; i < calls->count; i++) {
        if (test(&calls->list[i]))
            return &calls->list[i];
    }
    return NULL;
}

/* `slowest`: one that greeted, to begin with. */
static void tell_greetings(struct examination *x, const struct mx_calls *calls,
                           const struct mx_call *slowest)
{
    for (size_t i = 0; i < calls->count; i++) {
        const struct mx_call *call = &calls->list[i];

        if (mx_call_greeted(call) &&
            mx_waited(call->conversation) > mx_waited(slowest->conversation))
            slowest = call;
    }
    if (calls->count == 1)
        healthy(x, &mx_banner_stall, "%s", mx_call_text(x, slowest));
    else
        healthy(x, &mx_banner_stall, "%zu of %zu addresses greet, the slowest after %.1f s",
                count_calls(calls, mx_call_greeted), calls->count,
                (double)mx_waited(slowest->conversation) / 1000);
}

static void tell_inconclusive(struct examination *x, const struct mx_calls *calls)
{
    const struct mx_call *call = first_of(calls, is_inconclusive);
    int64_t tenths;

    if (!call)
        return;
    tenths = mx_waited(call->conversation) / 100;
    show_calls(
        x, unknown(x, &mx_banner_stall, "inconclusive, no greeting in %g s", (double)tenths / 10),
        calls, is_inconclusive);
}

/* Of a server that a file named nobody says that senders come to it first. */
static enum severity severity_of_silence(const struct mx_calls *calls)
{
    if (calls->subject->kind == SUBJECT_SERVER && !calls->subject->given)
        return SEVERITY_WARNING;
    return count_first(calls, is_stalled) ? SEVERITY_CRITICAL : SEVERITY_WARNING;
}

/* Why what may keep all mail out is no more than a warning. */
static void show_doubt(struct finding *finding, const struct mx_calls *calls)
{
    if (calls->subject->kind == SUBJECT_SERVER && !calls->subject->given)
        saw(finding, NULL,
            "a warning, because it is not known whether senders have a better exchanger to go to");
    else if (count_first(calls, is_silent) && !count_first(calls, is_stalled))
        saw(finding, NULL,
            "a warning, because a silence of less than 300 s is no proof: --patience proof waits "
            "as long as senders do");
}

static void judge_silence(struct examination *x, const struct mx_calls *calls)
{
    const struct mx_call *greeted = first_of(calls, mx_call_greeted);

    if (count_calls(calls, is_silent)) {
        struct finding *finding = tell_calls(x, &mx_banner_stall, calls, is_silent);
        enum severity severity = weighed(calls, severity_of_silence(calls));

        mx_draw_calls(x, finding, calls);
        finding_severity(finding, severity);
        if (severity == SEVERITY_WARNING)
            show_doubt(finding, calls);
    } else if (greeted && !first_of(calls, is_inconclusive)) {
        tell_greetings(x, calls, greeted);
    }
    tell_inconclusive(x, calls);
}

static void judge_slowness(struct examination *x, const struct mx_calls *calls)
{
    struct finding *finding;

    if (!count_calls(calls, is_slow))
        return;
    finding = found(x, &mx_banner_slow);
    show_calls(x, finding, calls, is_slow);
    mx_draw_calls(x, finding, calls);
}

/* A network that refuses port 25 to all looks the same; and not every server is a relay. */
static enum severity severity_of_refusal(const struct mx_calls *calls)
{
    bool is_server = calls->subject->kind == SUBJECT_SERVER;

    if (is_server && calls->serves_submission)
        return SEVERITY_INFO;
    if (is_server || count_calls(calls, mx_call_connected) == 0 || !mx_lets_nobody_in(calls))
        return SEVERITY_WARNING;
    return SEVERITY_CRITICAL;
}

static enum severity severity_of_closing(const struct mx_calls *calls)
{
    return mx_lets_nobody_in(calls) ? SEVERITY_CRITICAL : SEVERITY_WARNING;
}

/* The code may be meant for this caller alone. */
static enum severity severity_of_words(const struct mx_calls *calls)
{
    (void)calls;
    return SEVERITY_WARNING;
}

static void judge_refusals(struct examination *x, const struct mx_calls *calls)
{
    static const struct {
        const struct finding_kind *kind;
        mx_call_test *test;
        enum severity (*severity)(const struct mx_calls *calls);
    } rows[] = {{&mx_closes, is_closing, severity_of_closing},
                {&mx_refuses, is_refusing, severity_of_refusal},
                {&mx_greeting_refused, is_refused_in_words, severity_of_words}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct finding *finding;

        if (!count_calls(calls, rows[i].test))
            continue;
        finding = tell_calls(x, rows[i].kind, calls, rows[i].test);
        if (rows[i].test == is_closing && count_calls(calls, took_time))
            mx_draw_calls(x, finding, calls);
        finding_severity(finding, weighed(calls, rows[i].severity(calls)));
        if (rows[i].test == is_refused_in_words && mx_lets_nobody_in(calls))
            saw(finding, NULL, "others may get in: the code may be meant for this caller alone");
    }
}

static bool is_unreachable_v4(const struct mx_call *call)
{
    return is_unreachable(call) && !mx_call_has_no_way(call);
}

static void judge_way(struct examination *x, const struct mx_calls *calls)
{
    bool has_no_v6 = count_calls(calls, mx_call_has_no_way) && !count_calls(calls, is_v6_connected);
    mx_call_test *test = has_no_v6 ? is_unreachable_v4 : is_unreachable;
    struct finding *finding;

    if (count_calls(calls, test) && count_calls(calls, mx_call_connected) == 0) {
        finding = unknown(x, &mx_unreachable,
                          "nothing was reached from here: this network may block port %u",
                          calls->list[0].conversation->address.port);
        show_calls(x, finding, calls, is_unreachable);
        return;
    }
    if (has_no_v6) {
        finding = unknown(x, &mx_unreachable, "this machine has no way to IPv6");
        show_calls(x, finding, calls, mx_call_has_no_way);
    }
    if (count_calls(calls, test)) {
        bool is_all =
            count_best(calls, test) > 0 && count_best(calls, test) == count_best(calls, is_any);

        finding_severity(tell_calls(x, &mx_unreachable, calls, test),
                         weighed(calls, is_all ? SEVERITY_CRITICAL : SEVERITY_WARNING));
    } else if (!has_no_v6 && count_calls(calls, mx_call_connected) == calls->count) {
        healthy(x, &mx_unreachable, "every address accepts connections");
    }
}

static void judge_untried(struct examination *x, const struct mx_calls *calls)
{
    size_t untried = count_calls(calls, is_unknown);

    if (untried)
        show_calls(x,
                   unknown(x, &mx_banner_stall, "%zu of %zu addresses could not be tried", untried,
                           calls->count),
                   calls, is_unknown);
}

void mx_judge_calls(struct examination *x, const struct mx_calls *calls)
{
    if (calls->count == 0)
        return;
    judge_silence(x, calls);
    judge_slowness(x, calls);
    judge_refusals(x, calls);
    judge_way(x, calls);
    judge_untried(x, calls);
}

void mx_judge_submission(struct examination *x, const struct mx_calls *calls)
{
    static const struct {
        const struct finding_kind *kind;
        mx_call_test *test;
    } rows[] = {{&mx_banner_stall, is_silent},
                {&mx_closes, is_closing},
                {&mx_banner_slow, is_slow},
                {&mx_greeting_refused, is_refused_in_words}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (count_calls(calls, rows[i].test))
            finding_severity(tell_calls(x, rows[i].kind, calls, rows[i].test), SEVERITY_WARNING);
    }
    tell_inconclusive(x, calls);
}
