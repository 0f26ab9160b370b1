/* What every probe and every kind of finding must bring along: the tables, walked. */
#include "diag/probe.h"
#include "diag/text.h"
#include "tests/unit/unit.h"

#include <string.h>

static void each_probe(void (*check)(const struct probe *probe))
{
    assert_non_null(probes[0]);
    for (const struct probe *const *probe = probes; *probe; probe++)
        check(*probe);
}

static void each_kind(void (*check)(const struct finding_kind *kind))
{
    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++)
            check(*kind);
    }
}

static bool is_lower_or_digit(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
}

/* Lower-case words with one hyphen between two. */
static bool is_kebab_case(const char *text)
{
    for (const char *at = text; *at; at++) {
        if (!is_lower_or_digit(*at) && (*at != '-' || at == text || at[-1] == '-' || !at[1]))
            return false;
    }
    return *text != '\0';
}

static bool is_there(const char *text)
{
    return text && *text;
}

/* ---- probes ---- */

static void check_probe(const struct probe *probe)
{
    if (!is_there(probe->name) || strchr(probe->name, '-') || !is_kebab_case(probe->name))
        fail_msg("\"%s\" is no name of a probe: one word, lower case", probe->name);
    if (!is_there(probe->summary) || strchr(probe->summary, '\n') || !is_there(probe->touches) ||
        !is_there(probe->noticed))
        fail_msg("%s does not say what it is, touches, or leaves in logs", probe->name);
    if (!probe->needs || !probe->subjects || !probe->kinds || !probe->kinds[0] || !probe->examine)
        fail_msg("%s needs nothing, examines nothing or finds nothing", probe->name);
    if (probe->subjects >= PROBE_EXAMINES(SUBJECT_KIND_COUNT))
        fail_msg("%s examines what there is not", probe->name);
}

static void probes_are_described(void **state)
{
    (void)state;
    each_probe(check_probe);
}

static size_t count_name(const char *name)
{
    size_t count = 0;

    for (const struct probe *const *probe = probes; *probe; probe++)
        count += strcmp((*probe)->name, name) == 0;
    return count;
}

static size_t count_id(const char *id)
{
    size_t count = 0;

    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++)
            count += strcmp((*kind)->id, id) == 0;
    }
    return count;
}

static void check_name_is_unique(const struct probe *probe)
{
    if (count_name(probe->name) != 1 || count_id(probe->name) != 0)
        fail_msg("%s names more than one thing in --only", probe->name);
}

static void check_id_is_unique(const struct finding_kind *kind)
{
    if (count_id(kind->id) != 1)
        fail_msg("%s is the id of more than one kind", kind->id);
    if (!is_kebab_case(kind->id))
        fail_msg("\"%s\" is no id: kebab-case", kind->id);
}

/* --only and --skip take both, so a name or an id means one thing. */
static void names_and_ids_are_unique(void **state)
{
    (void)state;
    each_probe(check_name_is_unique);
    each_kind(check_id_is_unique);
}

/* ---- kinds ---- */

static bool begins_lower(const char *title)
{
    return *title == '{' || is_lower_or_digit(*title);
}

static void check_texts(const struct finding_kind *kind)
{
    if (!is_there(kind->title) || !is_there(kind->why) || !is_there(kind->symptom) ||
        !is_there(kind->cause) || !is_there(kind->applies_to))
        fail_msg("%s lacks a text", kind->id);
    if (strchr(kind->title, '\n') || !begins_lower(kind->title) ||
        kind->title[strlen(kind->title) - 1] == '.')
        fail_msg("%s: \"%s\" is no title: one line, lower case, no full stop", kind->id,
                 kind->title);
    if (kind->severity >= SEVERITY_COUNT)
        fail_msg("%s has no severity", kind->id);
}

static void kinds_have_texts(void **state)
{
    (void)state;
    each_kind(check_texts);
}

/* A sentence for people who do not know the words of the trade. */
static void check_cost(const struct finding_kind *kind)
{
    enum { MOST = 120 };
    static const char *const jargon[] = {"SPF", "DNS",  "SMTP", "EWS",      "SPN",    "TLS",
                                         "MX ", "HTTP", "IIS",  "Kerberos", "record "};
    const size_t size = kind->cost ? strlen(kind->cost) : 0;

    if (!kind->cost && !kind->fix)
        return; /* it never is a problem */
    if (size < 2 || size > MOST || kind->cost[size - 1] != '.' || is_lower_or_digit(*kind->cost) ||
        strpbrk(kind->cost, "{}\n") || strstr(kind->cost, ". "))
        fail_msg("%s: \"%s\" is no sentence of at most %d characters", kind->id,
                 kind->cost ? kind->cost : "", MOST);
    for (size_t i = 0; i < sizeof jargon / sizeof *jargon; i++) {
        if (strstr(kind->cost, jargon[i]))
            fail_msg("%s: a manager is not told of \"%s\"", kind->id, jargon[i]);
    }
}

/* A sentence that says what is to be done. */
static void check_repair(const struct finding_kind *kind)
{
    enum { MOST = 110 };
    const size_t size = kind->repair ? strlen(kind->repair) : 0;

    if (!kind->fix && !kind->repair)
        return;
    if (size < 2 || size > MOST || kind->repair[size - 1] != '.' ||
        is_lower_or_digit(*kind->repair) || strpbrk(kind->repair, "{}\n") ||
        strstr(kind->repair, ". "))
        fail_msg("%s: \"%s\" is no sentence of at most %d characters", kind->id,
                 kind->repair ? kind->repair : "", MOST);
}

static void kinds_say_what_is_to_be_done(void **state)
{
    (void)state;
    each_kind(check_repair);
}

static void kinds_say_what_they_cost(void **state)
{
    (void)state;
    each_kind(check_cost);
}

/* A line of printable text that ends as a title does, and no address. */
static bool is_reference_title(const char *title)
{
    size_t size = strlen(title);

    return size > 3 && title[0] != ' ' && !strchr(" .,:;", title[size - 1]) &&
           strstr(title, "://") == NULL && text_is_printable(title, size);
}

/* https, a host with a dot, and nothing that an address cannot hold or a text would put behind it.
 */
static bool is_address(const char *url)
{
    static const char scheme[] = "https://";
    const char *host = url + sizeof scheme - 1;
    size_t size = strlen(url), host_size;

    if (strncmp(url, scheme, sizeof scheme - 1) != 0)
        return false;
    host_size = strcspn(host, "/");
    for (size_t i = 0; i < size; i++) {
        if (url[i] <= ' ' || url[i] > '~' || strchr("\"<>\\^`{|}", url[i]))
            return false;
    }
    return host_size > 3 && memchr(host, '.', host_size) && host[host_size] == '/' &&
           !strchr(".,:;#?", url[size - 1]);
}

static void addresses_are_told_from_others(void **state)
{
    (void)state;
    assert_true(is_address("https://www.rfc-editor.org/rfc/rfc7208#section-3.2"));
    assert_false(is_address("http://www.rfc-editor.org/rfc/rfc7208"));
    assert_false(is_address("https://rfc/7208"));
    assert_false(is_address("https://www.rfc-editor.org/rfc 7208"));
    assert_false(is_address("https://www.rfc-editor.org/rfc7208."));
    assert_true(is_reference_title("RFC 7208"));
    assert_false(is_reference_title("RFC 7208."));
    assert_false(is_reference_title(""));
}

static void check_references(const struct finding_kind *kind)
{
    if (!kind->references || !kind->references[0].title)
        fail_msg("%s refers to nothing", kind->id);
    for (const struct reference *one = kind->references; one->title; one++) {
        if (!is_reference_title(one->title) || (one->url && !is_address(one->url)))
            fail_msg("%s: \"%s\" is no reference", kind->id, one->title);
    }
}

static void kinds_refer_to_a_source(void **state)
{
    (void)state;
    each_kind(check_references);
}

static size_t count_steps(const struct step_template *steps)
{
    size_t count = 0;

    while (steps && steps[count].command)
        count++;
    return count;
}

static void check_remedy(const struct finding_kind *kind)
{
    if (!count_steps(kind->make_known))
        fail_msg("%s does not say what would make it known", kind->id);
    if (!count_steps(kind->undo) == !is_there(kind->no_undo))
        fail_msg("%s needs steps that undo, or a reason why there are none", kind->id);
    if (is_there(kind->cost) && !count_steps(kind->verify))
        fail_msg("%s is verified by nothing", kind->id);
    if (kind->fix && !count_steps(kind->fix))
        fail_msg("%s is repaired by nothing", kind->id);
}

static void problems_have_a_way_out_and_back(void **state)
{
    (void)state;
    each_kind(check_remedy);
}

/* ---- steps ---- */

static void each_step(void (*check)(const struct finding_kind *kind,
                                    const struct step_template *step))
{
    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++) {
            const struct step_template *const lists[] = {(*kind)->fix, (*kind)->verify,
                                                         (*kind)->undo, (*kind)->make_known};

            for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
                for (size_t step = 0; step < count_steps(lists[i]); step++)
                    check(*kind, &lists[i][step]);
            }
        }
    }
}

static void check_step(const struct finding_kind *kind, const struct step_template *step)
{
    if (!*step->command || !is_there(step->where) || step->shell >= SHELL_COUNT ||
        step->kind >= STEP_KIND_COUNT)
        fail_msg("%s: \"%s\" does not say where", kind->id, step->command);
    if (step->condition && (step->kind != STEP_DECIDE || !is_there(step->condition)))
        fail_msg("%s: \"%s\" has a condition, which a person must judge", kind->id, step->command);
    if (step->shell != SHELL_MANUAL && strchr(step->command, '\n'))
        fail_msg("%s: \"%s\" is more than a line", kind->id, step->command);
}

static void steps_say_where(void **state)
{
    (void)state;
    each_step(check_step);
}

/* A place is a machine, and a console there: for whom the step is, and when, stands before it. */
static void check_place(const struct finding_kind *kind, const struct step_template *step)
{
    static const char *const words[] = {"if ",     "only ",   "once ",         "instead",
                                        "unless ", "before",  "the way round", "the repair",
                                        "an hour", ", where "};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strstr(step->where, words[i]))
            fail_msg("%s: \"%s\" is no place", kind->id, step->where);
    }
}

static void places_are_places(void **state)
{
    (void)state;
    each_step(check_place);
}

/*
 * Who passed over the step that opens a window, or fills a variable, is not to meet the next ones
 * as though they were for him: they have a condition, too.
 */
static void check_dependent(const struct finding_kind *kind, const struct step_template *opens,
                            const struct step_template *step)
{
    const bool is_in_window = strcmp(step->where, "the same window") == 0;
    const bool is_of_variable = strstr(step->command, "$ews.") != NULL;

    if (opens->condition && (is_in_window || is_of_variable) && !step->condition)
        fail_msg("%s: \"%s\" is for who did \"%s\" alone", kind->id, step->command, opens->command);
}

static bool opens_something(const struct step_template *step)
{
    return strncmp(step->command, "Add-PSSnapin", strlen("Add-PSSnapin")) == 0 ||
           strncmp(step->command, "$ews = ", strlen("$ews = ")) == 0;
}

static void what_depends_has_a_condition(void **state)
{
    (void)state;
    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++) {
            const struct step_template *opens = NULL;

            for (size_t i = 0; i < count_steps((*kind)->fix); i++) {
                if (opens_something(&(*kind)->fix[i]))
                    opens = &(*kind)->fix[i];
                else if (opens)
                    check_dependent(*kind, opens, &(*kind)->fix[i]);
            }
        }
    }
}

/* A reader who goes on line by line takes nothing down without having been asked when. */
static void check_interruption(const struct finding_kind *kind, const struct step_template *step)
{
    static const char *const words[] = {"iisreset",
                                        "Restart-",
                                        "Stop-",
                                        "Suspend-",
                                        "-State Draining",
                                        "-State Inactive",
                                        "net stop",
                                        "stop apppool",
                                        "restore backup",
                                        "Move-ActiveMailbox",
                                        "AndMoveNow $true",
                                        "DagServerMaintenance",
                                        "VirtualDirectory -Identity",
                                        "shutdown",
                                        "rmdir",
                                        "Uninstall-",
                                        "Remove-WindowsFeature"};

    if (step->kind == STEP_DECIDE)
        return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *at = strstr(step->command, words[i]);

        if (at && strncmp(step->command, "Get-", 4) != 0)
            fail_msg("%s: \"%s\" interrupts, and nobody is asked", kind->id, step->command);
    }
}

static void what_interrupts_is_decided(void **state)
{
    (void)state;
    each_step(check_interruption);
}

/* The size of a placeholder such as "{merged-record}", or 0. */
static size_t placeholder_size(const char *text)
{
    size_t name = 0;

    if (*text != '{')
        return 0;
    while (is_lower_or_digit(text[1 + name]) || text[1 + name] == '-')
        name++;
    return name > 0 && text[1 + name] == '}' ? name + 2 : 0;
}

/* The offset of a placeholder between quotes, or SIZE_MAX. Prose has apostrophes, zone files too.
 */
static size_t find_quoted_placeholder(const struct step_template *step)
{
    bool single_quotes =
        step->shell != SHELL_MANUAL && step->shell != SHELL_DNS && step->shell != SHELL_CMD;
    const char *text = step->command;
    char quote = 0;

    for (size_t at = 0; text[at]; at++) {
        if (text[at] == '{' && text[at + 1] == '{')
            at++;
        else if (quote && placeholder_size(text + at))
            return at;
        else if (quote)
            quote = text[at] == quote ? 0 : quote;
        else if (text[at] == '"' || (single_quotes && text[at] == '\''))
            quote = text[at];
    }
    return SIZE_MAX;
}

static void check_quoting(const struct finding_kind *kind, const struct step_template *step)
{
    size_t at = find_quoted_placeholder(step);

    if (at != SIZE_MAX)
        fail_msg("%s: the value at \"%s\" would be quoted twice", kind->id, step->command + at);
}

/* Values bring their own quotes: within others they could get out of them. */
static void placeholders_stand_outside_quotes(void **state)
{
    static const struct {
        enum shell shell;
        const char *command;
        bool quoted;
    } rows[] = {
        {SHELL_SH, "dig -q {name} 'a b' {x}", false},
        {SHELL_SH, "dig -q '{name}'", true},
        {SHELL_SH, "dig -q '{host-name}'", true},
        {SHELL_POWERSHELL, "Get-X -Name \"{name}\"", true},
        {SHELL_POWERSHELL, "Get-X \"{{name}}\" {name}", false},
        {SHELL_CMD, "echo don't {name}", false},
        {SHELL_DNS, "{name} TXT \"{text}\"", true},
        {SHELL_MANUAL, "Don't touch {name}.", false},
        {SHELL_SH, "awk '{ print }' {file}", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct step_template step = {.shell = rows[i].shell, .command = rows[i].command};

        assert_int_equal(find_quoted_placeholder(&step) != SIZE_MAX, rows[i].quoted);
    }
    each_step(check_quoting);
}

/* ---- explanations ---- */

static void explanations_name_findings(void **state)
{
    (void)state;
    for (const struct explanation *row = explanations; row->cause; row++) {
        if (!is_there(row->effect) || count_id(row->cause) != 1 || count_id(row->effect) != 1)
            fail_msg("%s does not explain %s: there is no such finding", row->cause, row->effect);
    }
}

/* ---- alternatives ---- */

/* The first step of a list stands instead of nothing. */
static void check_first(const struct finding_kind *kind, const struct step_template *first)
{
    if (first && first->is_alternative)
        fail_msg("%s: \"%s\" is an alternative to nothing", kind->id, first->command);
}

static void check_alternatives(const struct finding_kind *kind)
{
    check_first(kind, kind->fix);
    check_first(kind, kind->verify);
    check_first(kind, kind->undo);
    check_first(kind, kind->make_known);
}

static void alternatives_have_a_step_before_them(void **state)
{
    (void)state;
    each_kind(check_alternatives);
}

/* ---- topics ---- */

static size_t count_topics(const char *name)
{
    size_t count = 0;

    for (const struct topic *const *topic = topics; *topic; topic++)
        count += strcmp((*topic)->name, name) == 0;
    return count;
}

static void check_has_topic(const struct probe *probe)
{
    if (count_topics(probe->name) != 1)
        fail_msg("exdiag explain %s has no page", probe->name);
}

static void topics_are_told(void **state)
{
    (void)state;
    each_probe(check_has_topic);
    for (const struct topic *const *topic = topics; *topic; topic++) {
        if (count_name((*topic)->name) != 1 || count_id((*topic)->name) != 0)
            fail_msg("%s is not the name of a probe", (*topic)->name);
        if (!begins_lower((*topic)->title) || !(*topic)->references[0].title)
            fail_msg("%s has no title or refers to nothing", (*topic)->name);
        for (const struct paragraph *one = (*topic)->paragraphs; one->heading; one++) {
            if (!begins_lower(one->heading) || !is_there(one->text))
                fail_msg("%s: \"%s\" is no paragraph", (*topic)->name, one->heading);
        }
        for (const struct reference *one = (*topic)->references; one->title; one++) {
            if (!is_reference_title(one->title) || (one->url && !is_address(one->url)))
                fail_msg("%s: \"%s\" is no reference", (*topic)->name, one->title);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probes_are_described),
        cmocka_unit_test(names_and_ids_are_unique),
        cmocka_unit_test(kinds_have_texts),
        cmocka_unit_test(kinds_say_what_they_cost),
        cmocka_unit_test(kinds_say_what_is_to_be_done),
        cmocka_unit_test(addresses_are_told_from_others),
        cmocka_unit_test(kinds_refer_to_a_source),
        cmocka_unit_test(problems_have_a_way_out_and_back),
        cmocka_unit_test(steps_say_where),
        cmocka_unit_test(places_are_places),
        cmocka_unit_test(what_depends_has_a_condition),
        cmocka_unit_test(what_interrupts_is_decided),
        cmocka_unit_test(placeholders_stand_outside_quotes),
        cmocka_unit_test(explanations_name_findings),
        cmocka_unit_test(alternatives_have_a_step_before_them),
        cmocka_unit_test(topics_are_told),
    };

    return cmocka_run_group_tests_name("knowledge", tests, NULL, NULL);
}
