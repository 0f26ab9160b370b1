/* What became of findings over several runs: what is fixed, new, back, and what nobody can tell. */
#include "diag/history.h"
#include "diag/history_lines.h"

#include "diag/memory.h"
#include "diag/settings.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400000, MOST = 4096 };

static const struct finding_kind kinds[] = {
    {.id = "a"}, {.id = "b"}, {.id = "c"}, {.id = "d"}, {.id = "mx-certificate"}};
static const struct probe plain = {.name = "plain"};
static const struct probe waiting = {.name = "waiting", .needs = NEEDS_NETWORK | NEEDS_PATIENCE};
static const struct probe logging = {.name = "logging", .needs = NEEDS_NETWORK | NEEDS_CREDENTIALS};
static const struct probe spf = {.name = "spf", .needs = NEEDS_NETWORK};
static const struct probe clocks = {.name = "clock", .needs = NEEDS_NETWORK};

static const struct probe shell = {.name = "shell", .needs = NEEDS_NETWORK, .logs_on = "logs on"};
static const struct probe powershell = {
    .name = "powershell", .needs = NEEDS_NETWORK, .logs_on = "logs on"};
static const struct probe ews = {.name = "ews", .needs = NEEDS_NETWORK | NEEDS_CREDENTIALS};
static const struct probe builds = {.name = "build", .needs = NEEDS_NETWORK | NEEDS_CREDENTIALS};
static const struct probe mx = {.name = "mx", .needs = NEEDS_NETWORK};

static const struct subject contoso = {.kind = SUBJECT_DOMAIN, .name = "contoso.com"};
static const struct subject fabrikam = {.kind = SUBJECT_DOMAIN, .name = "fabrikam.com"};

/* ---- a story of runs ---- */

struct story {
    struct arena arena;
    struct history_run runs[16];
    struct settings settings[16];
    size_t run_count;
    struct history_look looks[256];
    size_t look_count;
    struct finding *findings[MOST];
    size_t finding_count;
    struct history_result result;
};

/* A run of that day, on one machine, without a failing. */
static struct history_run *run_on(struct story *story, int day)
{
    size_t index = story->run_count++;
    struct history_run *run = &story->runs[index];

    *run = (struct history_run){.started = (int64_t)day * DAY + 1000,
                                .machine = "ex01.contoso.com",
                                .settings = &story->settings[index],
                                .patience = 60000,
                                .complete = true};
    return run;
}

static void add(struct story *story, const struct subject *subject, const struct probe *probe,
                char id, enum outcome outcome, const char *title)
{
    struct finding *finding = arena_new(&story->arena, 1, sizeof *finding);

    finding->kind = &kinds[id - 'a'];
    finding->probe = probe->name;
    finding->outcome = outcome;
    finding->subject = subject;
    finding->title = arena_copy_string(&story->arena, title);
    finding->run = story->run_count - 1;
    story->findings[story->finding_count++] = finding;
}

static enum outcome outcome_of(char sign)
{
    return sign == '!'   ? OUTCOME_PROBLEM
           : sign == '?' ? OUTCOME_UNKNOWN
           : sign == '=' ? OUTCOME_OK
                         : OUTCOME_NOT_APPLICABLE;
}

/* "a!title|b=" and so on: an id, ! a problem, ? unknown, = right, - not applicable, a title. */
static void look(struct story *story, const struct subject *subject, const struct probe *probe,
                 const char *said)
{
    story->looks[story->look_count++] =
        (struct history_look){.run = story->run_count - 1, .subject = subject, .probe = probe};
    while (*said) {
        size_t size = strcspn(said, "|");
        char title[128];

        snprintf(title, sizeof title, "%.*s", (int)size - 2, said + 2);
        add(story, subject, probe, said[0], outcome_of(said[1]), title);
        said += size + (said[size] == '|');
    }
}

/* The usual: the next day, contoso.com, a plain probe. */
static void day(struct story *story, int number, const char *said)
{
    run_on(story, number);
    look(story, &contoso, &plain, said);
}

static void judge(struct story *story, bool is_comparison)
{
    const struct history_input input = {.runs = story->runs,
                                        .run_count = story->run_count,
                                        .looks = story->looks,
                                        .look_count = story->look_count,
                                        .findings = story->findings,
                                        .finding_count = story->finding_count,
                                        .is_comparison = is_comparison};

    if (!is_comparison)
        history_lines(story->runs, story->run_count);
    history_judge(&input, &story->arena, &story->result);
}

static int day_of(int64_t moment)
{
    return (int)(moment / DAY);
}

/* "a new title" and so on, what is there first, as of the days: since/before/earlier. */
static const char *told(struct story *story)
{
    struct buffer out;
    const char *text;

    buffer_init(&out, 65536);
    for (size_t i = 0; i < story->result.finding_count; i++) {
        const struct finding *finding = story->result.findings[i];
        const struct history *history = &finding->history;

        if (finding->outcome != OUTCOME_PROBLEM)
            continue;
        buffer_print(&out, "%s%s", out.size ? "; " : "", finding->kind->id);
        if (*finding->title)
            buffer_print(&out, " %s", finding->title);
        buffer_print(&out, " %s", change_word(history->change));
        if (history->change != CHANGE_NONE)
            buffer_print(&out, " %d/%d/%d x%zu", day_of(history->since), day_of(history->before),
                         day_of(history->earlier), history->runs);
    }
    for (size_t i = 0; i < story->result.past_count; i++) {
        const struct past *past = &story->result.past[i];

        buffer_print(&out, "%s%s", out.size ? "; " : "", past->finding->kind->id);
        if (*past->finding->title)
            buffer_print(&out, " %s", past->finding->title);
        buffer_print(&out, " %s %d-%d, %d", past_word(past->state), day_of(past->first_seen),
                     day_of(past->last_seen), day_of(past->gone));
    }
    text = buffer_keep(&out, &story->arena);
    return text;
}

static const char *only_why(const struct story *story)
{
    assert_int_equal(story->result.past_count, 1);
    return story->result.past[0].why ? story->result.past[0].why : "";
}

static void expect(struct story *story, const char *wanted)
{
    judge(story, false);
    assert_string_equal(told(story), wanted);
    arena_release(&story->arena);
}

/* ---- what is told of one thing ---- */

static void one_run_has_no_history(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b=");
    judge(&story, false);
    assert_string_equal(told(&story), "a none");
    assert_false(story.result.is_history);
    assert_int_equal(story.result.finding_count, 2);
    assert_false(story.result.is_superseded[0]);
    arena_release(&story.arena);
}

static void what_is_right_now_is_fixed(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b=");
    day(&story, 2, "a=|b=");
    judge(&story, false);
    assert_string_equal(told(&story), "a fixed 1-1, 2");
    assert_true(story.result.is_superseded[0]);
    assert_false(story.result.is_superseded[1]);
    assert_true(story.result.is_history);
    arena_release(&story.arena);
}

static void silence_is_fixed_where_all_else_is_told(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b=|c=");
    day(&story, 2, "b=|c=");
    expect(&story, "a fixed 1-1, 2");
}

static void what_is_still_there_is_there_since(void **state)
{
    struct story older = {.run_count = 0}, seen = {.run_count = 0};

    (void)state;
    day(&older, 1, "a!");
    day(&older, 2, "a!");
    day(&older, 5, "a!");
    expect(&older, "a still 1/0/0 x3");
    day(&seen, 1, "a=");
    day(&seen, 2, "a!");
    day(&seen, 5, "a!");
    expect(&seen, "a still 2/1/0 x2");
}

static void what_was_right_before_is_new(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a=|b=");
    day(&story, 4, "a!|b=");
    expect(&story, "a new 4/1/0 x1");
}

static void what_was_fixed_may_be_back(void **state)
{
    struct story story = {.run_count = 0}, still = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    day(&story, 2, "a=");
    day(&story, 3, "a=");
    day(&story, 4, "a!");
    expect(&story, "a back 4/3/1 x1");
    day(&still, 1, "a!");
    day(&still, 2, "a=");
    day(&still, 4, "a!");
    day(&still, 5, "a!");
    expect(&still, "a still 4/2/1 x2");
}

/* ---- what nobody can tell ---- */

static void unknown_is_not_fixed(void **state)
{
    struct story same = {.run_count = 0}, other = {.run_count = 0}, as_before = {.run_count = 0};

    (void)state;
    day(&same, 1, "a!|b=");
    day(&same, 2, "a?no answer|b=");
    judge(&same, false);
    assert_string_equal(told(&same), "a unknown 1-1, 2");
    assert_string_equal(only_why(&same), "it could not tell: no answer");
    arena_release(&same.arena);
    day(&other, 1, "a!|b=");
    day(&other, 2, "c?no answer|b=");
    expect(&other, "a unknown 1-1, 2");
    day(&as_before, 1, "a!|b=|c?no answer within 10 s");
    day(&as_before, 2, "b=|c?no answer within 12 s");
    expect(&as_before, "a fixed 1-1, 2");
}

static void one_that_says_nothing_knows_nothing(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    day(&story, 2, "");
    judge(&story, false);
    assert_string_equal(told(&story), "a unknown 1-1, 2");
    assert_string_equal(only_why(&story), "it says nothing of it");
    arena_release(&story.arena);
}

static void unknown_between_is_a_gap(void **state)
{
    struct story story = {.run_count = 0}, gone = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b=");
    day(&story, 2, "a?|b=");
    day(&story, 3, "a!|b=");
    expect(&story, "a still 1/0/0 x2");
    day(&gone, 1, "a!|b=");
    day(&gone, 2, "a?|b=");
    day(&gone, 3, "a=|b=");
    expect(&gone, "a fixed 1-1, 3");
}

static void after_unknown_nobody_knows_what_is_new(void **state)
{
    struct story story = {.run_count = 0}, known = {.run_count = 0};

    (void)state;
    day(&story, 1, "a?|b=");
    day(&story, 2, "a!|b=");
    expect(&story, "a none");
    day(&known, 1, "a=|b=");
    day(&known, 2, "a?|b=");
    day(&known, 3, "a!|b=");
    expect(&known, "a new 3/1/0 x1");
}

static void another_problem_may_hide_it(void **state)
{
    struct story hidden = {.run_count = 0}, told_right = {.run_count = 0},
                 revealed = {.run_count = 0};

    (void)state;
    day(&hidden, 1, "a!|b=");
    day(&hidden, 2, "c!unreachable|b=");
    judge(&hidden, false);
    assert_string_equal(told(&hidden), "c unreachable none; a unknown 1-1, 2");
    assert_string_equal(only_why(&hidden), "what is wrong then may hide it: unreachable");
    arena_release(&hidden.arena);
    day(&told_right, 1, "a!|b=|c=");
    day(&told_right, 2, "a=|b=|c!");
    expect(&told_right, "c new 2/1/0 x1; a fixed 1-1, 2");
    day(&revealed, 1, "c!|b=");
    day(&revealed, 2, "c=|a!|b=");
    expect(&revealed, "a none; c fixed 1-1, 2");
}

static void what_was_right_must_be_told_again(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b=|c=");
    day(&story, 2, "b=");
    judge(&story, false);
    assert_string_equal(told(&story), "a unknown 1-1, 2");
    assert_string_equal(only_why(&story), "it does not say how c stands, which was right");
    arena_release(&story.arena);
}

static void right_beside_a_problem_of_its_kind_is_no_proof(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!host a.example is silent|a=1 of 2 greet");
    day(&story, 2, "c!host a.example is away|a=1 of 1 greet");
    expect(&story, "c host a.example is away none; a host a.example is silent unknown 1-1, 2");
}

static void what_does_not_apply_any_more_is_not_fixed(void **state)
{
    struct story story = {.run_count = 0}, all = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b=");
    day(&story, 2, "a-it takes no mail|b=");
    expect(&story, "a not-applicable 1-1, 2");
    day(&all, 1, "a!|b=");
    day(&all, 2, "b-it takes no mail");
    expect(&all, "a not-applicable 1-1, 2");
}

static void a_run_that_is_not_whole_proves_little(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b=|c?");
    day(&story, 2, "b=|c?");
    story.runs[1].complete = false;
    expect(&story, "a unknown 1-1, 2");
}

static void what_came_from_a_file_takes_a_file(void **state)
{
    static const struct seen read = {.text = "line 7", .is_read = true};
    struct story story = {.run_count = 0}, again = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    story.findings[0]->seen = &read;
    story.findings[0]->seen_count = 1;
    day(&story, 2, "b=");
    judge(&story, false);
    assert_string_equal(told(&story), "a unknown 1-1, 2");
    assert_string_equal(only_why(&story), "it was seen in a file, and no such file was read then");
    arena_release(&story.arena);
    day(&again, 1, "a!");
    again.findings[0]->seen = &read;
    again.findings[0]->seen_count = 1;
    day(&again, 2, "b=");
    again.findings[1]->seen = &read;
    again.findings[1]->seen_count = 1;
    expect(&again, "a fixed 1-1, 2");
}

/* ---- what was not looked at ---- */

static void what_is_not_examined_again_stays(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    run_on(&story, 2);
    look(&story, &fabrikam, &plain, "a!");
    judge(&story, false);
    assert_string_equal(told(&story), "a none; a none");
    assert_false(story.result.is_history);
    assert_false(story.result.is_superseded[0]);
    arena_release(&story.arena);
}

static void another_probe_says_nothing_of_it(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    run_on(&story, 2);
    look(&story, &contoso, &waiting, "b=");
    expect(&story, "a none");
}

static void dates_with_gaps(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b!|c=");
    run_on(&story, 2);
    look(&story, &fabrikam, &plain, "a!");
    day(&story, 3, "a!|b=|c!");
    run_on(&story, 4);
    look(&story, &fabrikam, &plain, "a=");
    judge(&story, false);
    assert_string_equal(told(&story), "a still 1/0/0 x2; c new 3/1/0 x1; b fixed 1-1, 3; a fixed "
                                      "2-2, 4");
    assert_true(story.result.is_superseded[0] && story.result.is_superseded[1]);
    assert_false(story.result.is_superseded[2] || story.result.is_superseded[3]);
    arena_release(&story.arena);
}

/* ---- how thoroughly ---- */

static void differ(void (*change)(struct story *story), const struct probe *probe,
                   const char *forwards, const char *backwards)
{
    struct story less = {.run_count = 0}, more = {.run_count = 0};

    run_on(&less, 1);
    look(&less, &contoso, probe, "a!|b=");
    run_on(&less, 2);
    look(&less, &contoso, probe, "a=|b!");
    change(&less);
    expect(&less, forwards);
    run_on(&more, 1);
    look(&more, &contoso, probe, "a!|b=");
    run_on(&more, 2);
    look(&more, &contoso, probe, "a=|b!");
    change(&more);
    {
        struct history_run kept = more.runs[0];
        int64_t first = kept.started, second = more.runs[1].started;

        more.runs[0] = more.runs[1];
        more.runs[1] = kept;
        more.runs[0].started = first;
        more.runs[1].started = second;
    }
    expect(&more, backwards);
}

static const char both[] = "b new 2/1/0 x1; a fixed 1-1, 2";
static const char not_gone[] = "b new 2/1/0 x1; a not-comparable 1-1, 2";
static const char not_new[] = "b none; a fixed 1-1, 2";
static const char neither[] = "b none; a not-comparable 1-1, 2";

/* Of the second run; the first is as run_on() makes it. */
static void less_patience(struct story *story)
{
    story->runs[1].patience = 30000;
}

static void unknown_patience(struct story *story)
{
    story->runs[1].patience = 0;
}

static void no_logon(struct story *story)
{
    story->runs[0].logs_on = true;
}

static void no_authenticate(struct story *story)
{
    story->settings[0].authenticate = true;
}

static void no_test_item(struct story *story)
{
    story->settings[0].plants = true;
}

static void impersonating(struct story *story)
{
    story->settings[0].impersonates = true;
}

static void another_user(struct story *story)
{
    story->runs[0].logs_on = story->runs[1].logs_on = true;
    story->runs[0].user = "CORP\\alice";
    story->runs[1].user = "CORP\\bob";
}

static void the_same_user(struct story *story)
{
    another_user(story);
    story->runs[1].user = "corp\\Alice";
}

static void a_user_who_is_not_told(struct story *story)
{
    another_user(story);
    story->runs[0].user = NULL;
}

static void no_token(struct story *story)
{
    story->runs[0].logs_on = story->runs[0].shows_token = true;
}

static void a_token_for_a_user(struct story *story)
{
    the_same_user(story);
    story->runs[1].shows_token = true;
}

static void ntlm_of_a_user(struct story *story)
{
    the_same_user(story);
    story->runs[1].uses_ntlm = true;
}

static void another_user_at_a_logon(struct story *story)
{
    another_user(story);
    story->settings[0].authenticate = story->settings[1].authenticate = true;
}

static void ntlm_at_a_logon(struct story *story)
{
    ntlm_of_a_user(story);
    story->settings[0].authenticate = story->settings[1].authenticate = true;
}

static void more_care(struct story *story)
{
    story->runs[0].is_insecure = true;
}

static void other_authorities(struct story *story)
{
    story->runs[0].authorities = "0badcafe";
}

static void an_older_table(struct story *story)
{
    story->runs[0].builds_as_of = 2;
    story->runs[1].builds_as_of = 1;
}

static void an_unread_table(struct story *story)
{
    story->runs[0].builds_as_of = 2;
}

static void another_name(struct story *story)
{
    story->settings[1].helo = "mail.contoso.com";
}

static void another_message(struct story *story)
{
    static struct ip_address sender = {IP_V4, {192, 0, 2, 25}};

    another_name(story);
    for (size_t i = 0; i < 2; i++) {
        story->settings[i].senders = &sender;
        story->settings[i].sender_count = 1;
    }
}

static void less_deep(struct story *story)
{
    story->settings[0].deep = true;
}

static void other_servers(struct story *story)
{
    static struct net_address own = {.ip = {IP_V4, {192, 0, 2, 53}}, .port = 53};

    story->settings[0].dns = &own;
    story->settings[0].dns_count = 1;
}

static void the_same_server_at_another_port(struct story *story)
{
    static struct net_address one = {.ip = {IP_V4, {127, 0, 0, 1}}, .port = 53};
    static struct net_address other = {.ip = {IP_V4, {127, 0, 0, 1}}, .port = 5353};

    story->settings[0].dns = &one;
    story->settings[1].dns = &other;
    story->settings[0].dns_count = story->settings[1].dns_count = 1;
}

static void fewer_senders(struct story *story)
{
    static struct ip_address sender = {IP_V4, {192, 0, 2, 25}};

    story->settings[0].senders = &sender;
    story->settings[0].sender_count = 1;
}

static void fewer_references(struct story *story)
{
    static const char *const reference = "ntp.example";

    story->settings[0].references = &reference;
    story->settings[0].reference_count = 1;
}

static void a_finding_left_out(struct story *story)
{
    static const char *const id = "a";

    story->settings[1].skip = &id;
    story->settings[1].skip_count = 1;
}

static void one_finding_only(struct story *story)
{
    static const char *const id = "b";

    story->settings[1].only = &id;
    story->settings[1].only_count = 1;
}

static void nothing_different(struct story *story)
{
    (void)story;
}

static void runs_that_ask_otherwise_do_not_compare(void **state)
{
    (void)state;
    differ(nothing_different, &waiting, both, both);
    differ(less_patience, &waiting, not_gone, not_new);
    differ(less_patience, &plain, both, both);
    differ(unknown_patience, &waiting, both, both);
    differ(no_logon, &logging, not_gone, not_new);
    differ(no_logon, &plain, both, both);
    differ(no_authenticate, &shell, not_gone, not_new);
    differ(no_authenticate, &ews, both, both);
    differ(no_test_item, &ews, not_gone, not_new);
    differ(no_test_item, &logging, both, both);
    differ(impersonating, &ews, neither, neither);
    differ(impersonating, &logging, both, both);
    differ(less_deep, &spf, not_gone, not_new);
    differ(other_servers, &waiting, neither, neither);
    differ(other_servers, &plain, both, both);
    differ(the_same_server_at_another_port, &waiting, both, both);
    differ(fewer_senders, &spf, not_gone, not_new);
    differ(another_user, &logging, neither, neither);
    differ(another_user, &plain, both, both);
    differ(the_same_user, &logging, both, both);
    differ(a_user_who_is_not_told, &logging, both, both);
    differ(no_token, &ews, not_gone, not_new);
    differ(no_token, &logging, both, both);
    differ(a_token_for_a_user, &ews, neither, neither);
    differ(a_token_for_a_user, &logging, both, both);
    differ(ntlm_of_a_user, &ews, neither, neither);
    differ(ntlm_of_a_user, &logging, both, both);
    differ(another_user, &powershell, both, both);
    differ(another_user_at_a_logon, &powershell, neither, neither);
    differ(ntlm_at_a_logon, &powershell, neither, neither);
    differ(ntlm_at_a_logon, &shell, both, both);
    differ(more_care, &ews, not_gone, not_new);
    differ(more_care, &mx, both, both);
    differ(other_authorities, &mx, both, both);
    differ(an_older_table, &builds, not_gone, not_new);
    differ(an_older_table, &logging, both, both);
    differ(an_unread_table, &builds, both, both);
    differ(another_message, &spf, neither, neither);
    differ(another_name, &spf, both, both);
    differ(fewer_references, &clocks, not_gone, not_new);
    differ(fewer_references, &spf, both, both);
}

/* Whom a machine trusts is of moment to certificates, and to nothing else that exchangers do. */
static void a_rule_may_be_of_one_finding(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    run_on(&story, 1);
    look(&story, &contoso, &mx, "e!|a!|b=");
    run_on(&story, 2);
    look(&story, &contoso, &mx, "e=|a=|b=");
    other_authorities(&story);
    expect(&story, "a fixed 1-1, 2; mx-certificate not-comparable 1-1, 2");
}

static void what_is_left_out_is_not_fixed(void **state)
{
    struct story story = {.run_count = 0}, only = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b=");
    day(&story, 2, "b=");
    a_finding_left_out(&story);
    judge(&story, false);
    assert_string_equal(told(&story), "a not-comparable 1-1, 2");
    assert_string_equal(only_why(&story), "it left this out (--only, --skip)");
    arena_release(&story.arena);
    day(&only, 1, "a!|b=");
    day(&only, 2, "b=");
    one_finding_only(&only);
    expect(&only, "a not-comparable 1-1, 2");
}

static void a_reason_names_both_patiences(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    run_on(&story, 1);
    look(&story, &contoso, &waiting, "a!|b=");
    run_on(&story, 2)->patience = 500;
    look(&story, &contoso, &waiting, "a=|b=");
    judge(&story, false);
    assert_string_equal(only_why(&story),
                        "it waited 0.5 s for servers to speak, not 60 s (--patience)");
    arena_release(&story.arena);
}

/* ---- several of one kind ---- */

static void several_of_a_kind_are_told_apart(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!mx1.example is silent for 60 s|a!mx2.example is silent for 61 s|b=");
    day(&story, 2, "a!mx2.example is silent for 300 s|a!mx3.example is silent for 60 s|b=");
    expect(&story, "a mx2.example is silent for 300 s still 1/0/0 x2; a mx3.example is silent for "
                   "60 s new 2/1/0 x1; a mx1.example is silent for 60 s fixed 1-1, 2");
}

static void equal_ones_are_counted(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!x|a!x|a!x|b=");
    day(&story, 2, "a!x|a!x|b=");
    expect(&story, "a x still 1/0/0 x2; a x still 1/0/0 x2; a x fixed 1-1, 2");
}

static void the_only_one_of_its_kind_is_the_same(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!7 min behind dc1.contoso.com");
    day(&story, 2, "a!8 min 30 s behind dc2.contoso.com");
    expect(&story, "a 8 min 30 s behind dc2.contoso.com still 1/0/0 x2");
}

static void figures_of_a_title_change(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!421 s ahead|a!12 of 40 requests fail");
    day(&story, 2, "a!419.5 s ahead|a!1,200 of 4000 requests fail|a!wholly else");
    expect(&story, "a 419.5 s ahead still 1/0/0 x2; a 1,200 of 4000 requests fail still 1/0/0 x2; "
                   "a wholly else new 2/1/0 x1");
}

static void figures_change_over_a_gap_too(void **state)
{
    struct story lost = {.run_count = 0}, gone = {.run_count = 0};

    (void)state;
    day(&lost, 1, "a!x 1 s|a!y 1 s|b=");
    day(&lost, 2, "a?|b=");
    day(&lost, 3, "a!x 2 s|a!y 2 s|b=");
    expect(&lost, "a x 2 s still 1/0/0 x2; a y 2 s still 1/0/0 x2");
    day(&gone, 1, "a!x 1 s|b=");
    day(&gone, 2, "a=|b=");
    day(&gone, 3, "a!x 2 s|b=");
    day(&gone, 4, "a=|b=");
    day(&gone, 5, "a!y 2 s|b=");
    expect(&gone, "a y 2 s new 5/4/0 x1; a x 2 s fixed 3-3, 4");
}

static void addresses_are_no_figures(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!192.0.2.1 refuses|a!192.0.2.2 refuses");
    day(&story, 2, "a!192.0.2.2 refuses|a!192.0.2.3 refuses");
    expect(&story, "a 192.0.2.2 refuses still 1/0/0 x2; a 192.0.2.3 refuses new 2/1/0 x1; "
                   "a 192.0.2.1 refuses fixed 1-1, 2");
}

/* ---- which runs compare ---- */

/* Repaired in the morning, examined again at noon. */
static void runs_of_one_day_compare(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b!");
    day(&story, 1, "a=|b!");
    story.runs[1].started += 3600000;
    expect(&story, "b still 1/0/0 x2; a fixed 1-1, 1");
}

/* On one day several machines see it as it is where they stand. */
static void machines_of_one_day_stand_side_by_side(void **state)
{
    static struct subject named[2];
    struct story story = {.run_count = 0};

    (void)state;
    named[0] = named[1] = contoso;
    day(&story, 1, "a!");
    day(&story, 1, "a=");
    for (size_t i = 0; i < 2; i++) {
        story.runs[i].machine = i ? "ex02.contoso.com" : "ex01.contoso.com";
        story.runs[i].subjects = &named[i];
        story.runs[i].subject_count = 1;
    }
    story.runs[1].started += 3600000;
    judge(&story, false);
    assert_string_equal(told(&story), "a none");
    assert_int_equal(story.result.finding_count, 2);
    assert_false(story.result.is_history);
    arena_release(&story.arena);
}

/* Only who looked at the same is told that neither is the newer one. */
static void runs_of_one_moment_are_told_of_where_they_clash(void **state)
{
    struct story clash = {.run_count = 0}, apart = {.run_count = 0};

    (void)state;
    day(&clash, 1, "a!");
    day(&clash, 1, "a=");
    judge(&clash, false);
    assert_non_null(clash.result.run_remarks[1]);
    assert_non_null(strstr(clash.result.run_remarks[1], "same moment"));
    arena_release(&clash.arena);
    day(&apart, 1, "a!");
    run_on(&apart, 1);
    look(&apart, &fabrikam, &plain, "a!");
    judge(&apart, false);
    assert_null(apart.result.run_remarks[1]);
    arena_release(&apart.arena);
}

static void within_days_the_last_run_counts(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    day(&story, 2, "a!");
    day(&story, 2, "a=");
    story.runs[2].started += 3600000;
    expect(&story, "a fixed 1-2, 2");
}

static void the_order_of_files_does_not_matter(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 3, "a!");
    day(&story, 1, "a!");
    day(&story, 2, "a=");
    expect(&story, "a back 3/2/1 x1");
}

static void machines_stand_side_by_side(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    day(&story, 2, "a=");
    story.runs[1].machine = "ex02.contoso.com";
    judge(&story, false);
    assert_string_equal(told(&story), "a none");
    assert_false(story.result.is_history);
    arena_release(&story.arena);
}

static void machines_that_ask_the_same_compare(void **state)
{
    static struct subject named[2][2];
    struct story story = {.run_count = 0};

    (void)state;
    named[0][0] = named[1][1] = contoso;
    named[0][1] = named[1][0] = fabrikam;
    day(&story, 1, "a!");
    day(&story, 2, "a=");
    story.runs[1].machine = "laptop";
    for (size_t i = 0; i < 2; i++) {
        story.runs[i].subjects = named[i];
        story.runs[i].subject_count = 2;
    }
    expect(&story, "a fixed 1-1, 2");
}

static void one_that_does_not_know_its_machine_compares(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    day(&story, 2, "a=");
    story.runs[0].machine = NULL;
    expect(&story, "a fixed 1-1, 2");
}

static void pseudonyms_do_not_compare(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    day(&story, 2, "a=");
    story.runs[0].has_own_names = story.runs[1].has_own_names = true;
    judge(&story, false);
    assert_string_equal(told(&story), "a none");
    assert_non_null(strstr(story.result.run_remarks[0], "pseudonyms"));
    assert_false(story.result.is_superseded[0]);
    arena_release(&story.arena);
}

static void runs_without_a_time_or_of_one_moment_do_not_compare(void **state)
{
    struct story timeless = {.run_count = 0}, twins = {.run_count = 0};

    (void)state;
    day(&timeless, 1, "a!");
    day(&timeless, 2, "a=");
    timeless.runs[0].started = 0;
    judge(&timeless, false);
    assert_string_equal(told(&timeless), "a none");
    assert_non_null(strstr(timeless.result.run_remarks[0], "beside the others"));
    arena_release(&timeless.arena);
    day(&twins, 1, "a=");
    day(&twins, 2, "a!");
    day(&twins, 2, "a=");
    judge(&twins, false);
    assert_string_equal(told(&twins), "a new 2/1/0 x1");
    assert_non_null(strstr(twins.result.run_remarks[2], "same moment"));
    assert_int_equal(twins.result.finding_count, 2);
    arena_release(&twins.arena);
}

/* ---- a comparison of two ---- */

static void a_comparison_says_what_the_new_one_says(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 2, "a!|b=|c!");
    look(&story, &fabrikam, &plain, "a!|b=");
    day(&story, 1, "a!|b!|c=");
    judge(&story, true);
    assert_string_equal(told(&story), "a still 2/0/0 x2; b new 1/2/0 x1; c fixed 2-2, 1; a "
                                      "not-examined 2-2, 1");
    assert_int_equal(story.result.finding_count, 3);
    arena_release(&story.arena);
}

/* They are compared in the order given, whenever they were. */
static void a_comparison_of_one_that_is_not_dated_compares(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a=|b!|c!");
    story.runs[0].started = 0;
    day(&story, 9, "a!|b=|c!");
    judge(&story, true);
    assert_string_equal(told(&story), "a new 9/0/0 x1; c still 0/0/0 x2; b fixed 0-0, 9");
    arena_release(&story.arena);
}

/* ---- who is at fault by now ---- */

/* "1,2": in what the last finding of the story was seen; "#1" is a file, "@1" a directory. */
static void seen_in(struct story *story, const char *keys)
{
    struct finding *finding = story->findings[story->finding_count - 1];
    const struct evidence **items =
        arena_new(&story->arena, strlen(keys) + 1, sizeof(const struct evidence *));

    for (finding->sources = items; *keys; keys += *keys == ',') {
        size_t size = strcspn(keys, ",");
        struct evidence *item = arena_new(&story->arena, 1, sizeof *item);

        item->kind = *keys == '@'   ? &evidence_directory
                     : *keys == '#' ? &evidence_mailstore_log
                                    : &evidence_smtp;
        item->key = arena_copy(&story->arena, keys, size);
        items[finding->source_count++] = item;
        keys += size;
    }
}

static void expect_move(const char *first, const char *between, const char *now, const char *wanted)
{
    const char *const days[] = {first, between, now};
    struct story story = {.run_count = 0};
    const struct history *history;
    struct buffer out;

    for (int i = 0; i < 3; i++) {
        day(&story, i + 1, "a!");
        seen_in(&story, days[i]);
    }
    judge(&story, false);
    assert_string_equal(told(&story), "a still 1/0/0 x3");
    history = &story.result.findings[0]->history;
    buffer_init(&out, 256);
    for (size_t i = 0; history->entered && history->entered[i]; i++)
        buffer_print(&out, "+%s", history->entered[i]);
    for (size_t i = 0; history->left && history->left[i]; i++)
        buffer_print(&out, "-%s", history->left[i]);
    assert_string_equal(out.text, wanted);
    buffer_release(&out);
    arena_release(&story.arena);
}

static void another_culprit_is_named(void **state)
{
    (void)state;
    expect_move("x", "x", "x", "");
    expect_move("x", "x", "y", "+y-x");
    expect_move("x", "y", "y", "+y-x");
    expect_move("x", "y", "x", "");
    expect_move("x,x,y", "x", "z,y,z,w", "+z+w-x");
    expect_move("x", "x", "x,y", "");
    expect_move("x,y", "x", "y", "");
    expect_move("", "x", "y", "");
    expect_move("#monday.log", "x", "#friday.log", "");
    expect_move("@dc1", "@dc1", "@dc2", "");
    expect_move("@dc1,x", "@dc1", "y,@dc2", "+y-x");
}

static void a_look_that_a_newer_one_follows_is_superseded(void **state)
{
    static const bool wanted[] = {true, false, false, true, false};
    struct story story = {.run_count = 0};

    (void)state;
    run_on(&story, 1);
    look(&story, &contoso, &plain, "a!");
    look(&story, &contoso, &spf, "b!");
    look(&story, &fabrikam, &plain, "a!");
    run_on(&story, 2);
    look(&story, &contoso, &plain, "a?");
    run_on(&story, 3);
    look(&story, &contoso, &plain, "a?");
    judge(&story, false);
    for (size_t i = 0; i < story.look_count; i++)
        assert_int_equal(story.result.look_is_superseded[i], wanted[i]);
    arena_release(&story.arena);
}

static void a_comparison_of_one_day_compares(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!");
    day(&story, 1, "a=");
    judge(&story, true);
    assert_string_equal(told(&story), "a fixed 1-1, 1");
    arena_release(&story.arena);
}

/* ---- what took whose place ---- */

static void the_newest_takes_the_place_of_all_before(void **state)
{
    struct story story = {.run_count = 0};

    (void)state;
    day(&story, 1, "a!|b!");
    day(&story, 2, "a!|b=");
    day(&story, 3, "a!|b=");
    judge(&story, false);
    for (size_t i = 0; i < story.finding_count; i++) {
        const struct finding *finding = story.findings[i];
        const struct finding *now = history_successor(&story.result, finding);

        if (finding->run < 2 && finding->kind == &kinds[0])
            assert_ptr_equal(now, story.findings[4]);
        else
            assert_null(now);
    }
    arena_release(&story.arena);
}

/* ---- many ---- */

static void many_of_one_subject(void **state)
{
    struct story *story = memory_new(1, sizeof *story);
    size_t counts[CHANGE_COUNT] = {0};

    (void)state;
    for (int number = 1; number <= 2; number++) {
        run_on(story, number);
        look(story, &contoso, &plain, "b=");
        for (int i = 0; i < 1500; i++) {
            char title[64];

            snprintf(title, sizeof title, "host%c%c%c%c.example is silent", 'a' + i % 26,
                     'a' + i / 26 % 26, 'a' + i / 676 % 26, 'a' + (i < 750 ? 0 : number));
            add(story, &contoso, &plain, 'a', OUTCOME_PROBLEM, title);
        }
    }
    judge(story, false);
    for (size_t i = 0; i < story->result.finding_count; i++) {
        if (story->result.findings[i]->outcome == OUTCOME_PROBLEM)
            counts[story->result.findings[i]->history.change]++;
    }
    assert_int_equal(counts[CHANGE_STILL], 750);
    assert_int_equal(counts[CHANGE_NEW], 750);
    assert_int_equal(story->result.past_count, 750);
    arena_release(&story->arena);
    free(story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_run_has_no_history),
        cmocka_unit_test(what_is_right_now_is_fixed),
        cmocka_unit_test(silence_is_fixed_where_all_else_is_told),
        cmocka_unit_test(what_is_still_there_is_there_since),
        cmocka_unit_test(what_was_right_before_is_new),
        cmocka_unit_test(what_was_fixed_may_be_back),
        cmocka_unit_test(unknown_is_not_fixed),
        cmocka_unit_test(one_that_says_nothing_knows_nothing),
        cmocka_unit_test(unknown_between_is_a_gap),
        cmocka_unit_test(after_unknown_nobody_knows_what_is_new),
        cmocka_unit_test(another_problem_may_hide_it),
        cmocka_unit_test(what_was_right_must_be_told_again),
        cmocka_unit_test(right_beside_a_problem_of_its_kind_is_no_proof),
        cmocka_unit_test(what_does_not_apply_any_more_is_not_fixed),
        cmocka_unit_test(a_run_that_is_not_whole_proves_little),
        cmocka_unit_test(what_came_from_a_file_takes_a_file),
        cmocka_unit_test(what_is_not_examined_again_stays),
        cmocka_unit_test(another_probe_says_nothing_of_it),
        cmocka_unit_test(dates_with_gaps),
        cmocka_unit_test(runs_that_ask_otherwise_do_not_compare),
        cmocka_unit_test(a_rule_may_be_of_one_finding),
        cmocka_unit_test(what_is_left_out_is_not_fixed),
        cmocka_unit_test(a_reason_names_both_patiences),
        cmocka_unit_test(several_of_a_kind_are_told_apart),
        cmocka_unit_test(equal_ones_are_counted),
        cmocka_unit_test(the_only_one_of_its_kind_is_the_same),
        cmocka_unit_test(figures_of_a_title_change),
        cmocka_unit_test(figures_change_over_a_gap_too),
        cmocka_unit_test(addresses_are_no_figures),
        cmocka_unit_test(runs_of_one_day_compare),
        cmocka_unit_test(machines_of_one_day_stand_side_by_side),
        cmocka_unit_test(runs_of_one_moment_are_told_of_where_they_clash),
        cmocka_unit_test(within_days_the_last_run_counts),
        cmocka_unit_test(the_order_of_files_does_not_matter),
        cmocka_unit_test(machines_stand_side_by_side),
        cmocka_unit_test(machines_that_ask_the_same_compare),
        cmocka_unit_test(one_that_does_not_know_its_machine_compares),
        cmocka_unit_test(pseudonyms_do_not_compare),
        cmocka_unit_test(runs_without_a_time_or_of_one_moment_do_not_compare),
        cmocka_unit_test(a_comparison_says_what_the_new_one_says),
        cmocka_unit_test(a_comparison_of_one_that_is_not_dated_compares),
        cmocka_unit_test(another_culprit_is_named),
        cmocka_unit_test(a_look_that_a_newer_one_follows_is_superseded),
        cmocka_unit_test(a_comparison_of_one_day_compares),
        cmocka_unit_test(the_newest_takes_the_place_of_all_before),
        cmocka_unit_test(many_of_one_subject),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
