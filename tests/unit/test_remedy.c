#include "tests/unit/unit.h"

#include "diag/read/dns_name.h"
#include "diag/remedy.h"
#include "diag/text.h"
#include "tests/quoting/hostile.h"
#include "tests/quoting/unquote.h"

#include <string.h>

enum { ROOM = 1 << 20, RANDOM_VALUES = 5000 };

static const enum shell command_lines[] = {SHELL_POWERSHELL, SHELL_EMS, SHELL_CMD, SHELL_SH};

enum { COMMAND_LINE_COUNT = sizeof command_lines / sizeof *command_lines };

static void assert_quoted(enum shell shell, enum value_type type, const char *value,
                          const char *expected)
{
    struct buffer out;

    buffer_init(&out, ROOM);
    assert_int_equal(remedy_quote(shell, type, value, strlen(value), &out), STATUS_OK);
    assert_string_equal(out.text, expected);
    buffer_release(&out);
}

static void assert_refused(enum shell shell, enum value_type type, const char *bytes, size_t size)
{
    struct buffer out;

    buffer_init(&out, ROOM);
    buffer_add_string(&out, "before ");
    assert_int_equal(remedy_quote(shell, type, bytes, size, &out), STATUS_INVALID);
    assert_string_equal(out.text, "before ");
    assert_int_equal(out.size, strlen("before "));
    buffer_release(&out);
}

static void assert_read_back(enum shell shell, enum value_type type, const struct buffer *quoted,
                             const char *bytes, size_t size)
{
    struct buffer read;
    uint8_t wire[DNS_NAME_WIRE_MOST];

    if (shell == SHELL_DNS && type == VALUE_NAME) {
        assert_int_equal(dns_name_to_wire(bytes, wire, &size), STATUS_OK);
        bytes = (const char *)wire;
    }
    buffer_init(&read, ROOM);
    assert_true(text_is_printable(quoted->text, quoted->size));
    assert_true(unquote(shell, type, quoted->text, quoted->size, &read));
    assert_int_equal(read.size, size);
    assert_memory_equal(read.text, bytes, size);
    buffer_release(&read);
}

/* A value is either refused, or its shell's rules give the same NUL-terminated bytes back. */
static enum status quote_and_read_back(enum shell shell, enum value_type type, const char *bytes,
                                       size_t size)
{
    struct buffer quoted;
    enum status status;

    buffer_init(&quoted, ROOM);
    status = remedy_quote(shell, type, bytes, size, &quoted);
    if (status == STATUS_OK)
        assert_read_back(shell, type, &quoted, bytes, size);
    else
        assert_int_equal(quoted.size, 0);
    buffer_release(&quoted);
    return status;
}

/* The exact form for each shell, harmless values included: nothing is left bare. */
static void test_every_value_is_quoted(void **state)
{
    (void)state;
    assert_quoted(SHELL_POWERSHELL, VALUE_TEXT, "EX01", "'EX01'");
    assert_quoted(SHELL_EMS, VALUE_NAME, "mail.contoso.com", "'mail.contoso.com'");
    assert_quoted(SHELL_CMD, VALUE_TEXT, "EX01", "\"EX01\"");
    assert_quoted(SHELL_SH, VALUE_TEXT, "EX01", "EX01");
    assert_quoted(SHELL_MANUAL, VALUE_NAME, "EX01", "\"EX01\"");
    assert_quoted(SHELL_DNS, VALUE_TEXT, "EX01", "\"EX01\"");
    assert_quoted(SHELL_DNS, VALUE_NAME, "mail.contoso.com", "mail.contoso.com.");
    for (enum shell shell = 0; shell < SHELL_COUNT; shell++) {
        bool single = shell == SHELL_POWERSHELL || shell == SHELL_EMS || shell == SHELL_SH;

        assert_quoted(shell, VALUE_TEXT, "", single ? "''" : "\"\"");
    }
}

static void test_quotes_of_each_shell(void **state)
{
    (void)state;
    assert_quoted(SHELL_POWERSHELL, VALUE_TEXT,
                  "'\xE2\x80\x98\xE2\x80\x99\xE2\x80\x9A\xE2\x80\x9B\xE2\x80\x9C",
                  "'''\xE2\x80\x98\xE2\x80\x98\xE2\x80\x99\xE2\x80\x99\xE2\x80\x9A\xE2\x80\x9A"
                  "\xE2\x80\x9B\xE2\x80\x9B\xE2\x80\x9C'");
    assert_quoted(SHELL_SH, VALUE_TEXT, "it's", "'it'\\''s'");
    assert_quoted(SHELL_SH, VALUE_TEXT, "a.b_c/d:e@f-g", "a.b_c/d:e@f-g");
    assert_quoted(SHELL_SH, VALUE_TEXT, "-a", "\"-a\"");
    assert_quoted(SHELL_SH, VALUE_TEXT, "@a", "\"@a\"");
    assert_quoted(SHELL_SH, VALUE_TEXT, "C:\\a (b)\\c", "\"C:\\a (b)\\c\"");
    assert_quoted(SHELL_SH, VALUE_TEXT, "\\\\a\\c", "'\\\\a\\c'");
    assert_quoted(SHELL_SH, VALUE_TEXT, "C:\\", "'C:\\'");
    assert_quoted(SHELL_SH, VALUE_TEXT, "%a%", "'%a%'");
    assert_quoted(SHELL_SH, VALUE_TEXT, "$a\\b", "'$a\\b'");
    assert_quoted(SHELL_CMD, VALUE_TEXT, "C:\\a\\", "\"C:\\a\\\\\"");
    assert_quoted(SHELL_CMD, VALUE_TEXT, "C:\\a\\b", "\"C:\\a\\b\"");
    assert_quoted(SHELL_CMD, VALUE_TEXT, "EX01$", "\"EX01$\"");
    assert_quoted(SHELL_CMD, VALUE_NAME, "dc-1_a.contoso.com", "\"dc-1_a.contoso.com\"");
    assert_refused(SHELL_CMD, VALUE_NAME, "dc$(id).contoso.com", 19);
    assert_refused(SHELL_CMD, VALUE_NAME, "dc`n.contoso.com", 16);
    assert_quoted(SHELL_CMD, VALUE_TEXT, "a & b ^| !c!", "\"a & b ^| !c!\"");
    assert_quoted(SHELL_DNS, VALUE_TXT, "a\"b\\c;\x7F\xC3\xBC", "\"a\\\"b\\\\c;\\127\\195\\188\"");
}

static void test_what_no_shell_can_quote(void **state)
{
    static const struct hostile values[] = {
        HOSTILE("percent", "%PATH%"),
        HOSTILE("double quote", "a\"b"),
        HOSTILE("fullwidth double quote", "a\xEF\xBC\x82"),
        HOSTILE("yen, a backslash in Japanese code pages", "a\xC2\xA5"),
    };

    (void)state;
    for (size_t i = 0; i < HOSTILE_COUNT(values); i++)
        assert_refused(SHELL_CMD, VALUE_TEXT, values[i].bytes, values[i].size);
    assert_refused(SHELL_MANUAL, VALUE_TEXT, "a\"b", 3);
    for (enum shell shell = 0; shell < SHELL_COUNT; shell++) {
        if (shell == SHELL_DNS)
            continue;
        assert_refused(shell, VALUE_TEXT, "a\nb", 3);
        assert_refused(shell, VALUE_TEXT, "a\0b", 3);
        assert_refused(shell, VALUE_TEXT, "\x1B[2J", 4);
        assert_refused(shell, VALUE_NAME, "a\xE2\x80\xAE", 4);
        assert_refused(shell, VALUE_TXT, "a\xFF", 2);
    }
}

/* Every hostile value, in every shell and as every type. */
static void test_hostile_values_stay_inside(void **state)
{
    (void)state;
    for (enum shell shell = 0; shell < SHELL_COUNT; shell++) {
        for (size_t i = 0; i < HOSTILE_COUNT(hostile_values); i++) {
            const struct hostile *value = &hostile_values[i];
            bool printable = text_is_printable(value->bytes, value->size);
            enum status status = quote_and_read_back(shell, VALUE_TEXT, value->bytes, value->size);

            quote_and_read_back(shell, VALUE_TXT, value->bytes, value->size);
            if (shell == SHELL_DNS)
                assert_int_equal(status, STATUS_OK);
            else if (shell != SHELL_CMD && shell != SHELL_MANUAL)
                assert_int_equal(status, printable ? STATUS_OK : STATUS_INVALID);
            else if (!printable)
                assert_int_equal(status, STATUS_INVALID);
        }
    }
}

static void test_large_values(void **state)
{
    static const char *const fillers[] = {"'", "\"", "\\", "a", "\xE2\x80\x99"};
    struct buffer value;

    (void)state;
    buffer_init(&value, ROOM);
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) {
        buffer_clear(&value);
        while (value.size + strlen(fillers[i]) <= REMEDY_VALUE_MOST)
            buffer_add_string(&value, fillers[i]);
        for (enum shell shell = 0; shell < SHELL_COUNT; shell++) {
            enum status status = quote_and_read_back(shell, VALUE_TEXT, value.text, value.size);

            if (shell == SHELL_POWERSHELL || shell == SHELL_SH)
                assert_int_equal(status, STATUS_OK);
            if (shell == SHELL_CMD || shell == SHELL_DNS)
                assert_int_equal(status, STATUS_INVALID);
        }
        buffer_add_string(&value, "aaa");
        assert_refused(SHELL_SH, VALUE_TEXT, value.text, value.size);
    }
    buffer_release(&value);
}

/* No half of a quoted value is left behind: it would swallow what follows it. */
static void test_value_that_does_not_fit(void **state)
{
    struct buffer out;

    (void)state;
    buffer_init(&out, 10);
    buffer_add_string(&out, "abc ");
    for (enum shell shell = 0; shell < SHELL_COUNT; shell++) {
        assert_int_equal(remedy_quote(shell, VALUE_TEXT, "1234567", 7, &out), STATUS_TOO_LARGE);
        assert_string_equal(out.text, "abc ");
        assert_false(out.truncated);
    }
    assert_int_equal(remedy_quote(SHELL_SH, VALUE_TEXT, "1234", 4, &out), STATUS_OK);
    assert_string_equal(out.text, "abc 1234");
    buffer_release(&out);
}

/* Zone file text: names are absolute, and their escapes are neither lost nor doubled. */
static void test_zone_names(void **state)
{
    (void)state;
    assert_quoted(SHELL_DNS, VALUE_NAME, ".", ".");
    assert_quoted(SHELL_DNS, VALUE_NAME, "contoso.com.", "contoso.com.");
    assert_quoted(SHELL_DNS, VALUE_NAME, "a\\.b.com", "a\\.b.com.");
    assert_quoted(SHELL_DNS, VALUE_NAME, "a\\\\.com", "a\\\\.com.");
    assert_quoted(SHELL_DNS, VALUE_NAME, "a\\010b.com", "a\\010b.com.");
    assert_quoted(SHELL_DNS, VALUE_NAME, "a\\097b.com", "aab.com.");
    assert_quoted(SHELL_DNS, VALUE_NAME, "a b.com", "a\\032b.com.");
    assert_quoted(SHELL_DNS, VALUE_NAME, "@", "\\@.");
    assert_quoted(SHELL_DNS, VALUE_NAME, "$a;\"()", "\\$a\\;\\\"\\(\\).");
    assert_quoted(SHELL_DNS, VALUE_NAME, "\\#.com", "#.com.");
    for (size_t i = 0; i < HOSTILE_COUNT(hostile_names); i++) {
        const struct hostile *name = &hostile_names[i];

        assert_int_equal(quote_and_read_back(SHELL_DNS, VALUE_NAME, name->bytes, name->size),
                         STATUS_OK);
    }
    for (size_t i = 0; i < HOSTILE_COUNT(hostile_non_names); i++)
        assert_refused(SHELL_DNS, VALUE_NAME, hostile_non_names[i].bytes,
                       hostile_non_names[i].size);
}

/* TXT data is split after every 255 bytes, counted before they are escaped. */
static void test_zone_strings(void **state)
{
    char value[511];
    struct buffer out;

    (void)state;
    buffer_init(&out, ROOM);
    memset(value, '"', sizeof value);
    for (size_t size = 254; size <= 511; size++) {
        size_t strings = (size + 254) / 255;

        buffer_clear(&out);
        assert_int_equal(remedy_quote(SHELL_DNS, VALUE_TXT, value, size, &out), STATUS_OK);
        assert_int_equal(out.size, 2 * size + 2 * strings + (strings - 1));
        assert_int_equal(quote_and_read_back(SHELL_DNS, VALUE_TXT, value, size), STATUS_OK);
    }
    buffer_release(&out);
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Code points that matter to some shell, among any others. */
static uint32_t random_code_point(uint32_t *state)
{
    static const uint32_t telling[] = {'\'', '"',    '\\',   '`',    '$',    '%',    '&',
                                       ';',  '-',    '/',    '^',    '!',    '(',    '.',
                                       ' ',  0x2018, 0x2019, 0x201A, 0x201B, 0x201C, 0x2032};
    uint32_t code_point;

    switch (next_random(state) % 8) {
    case 0:
        do
            code_point = next_random(state) % 0x110000;
        while (text_is_invisible(code_point) && next_random(state) % 16);
        return code_point;
    case 1:
    case 2:
        return 0x21 + next_random(state) % 0x5E;
    default:
        return telling[next_random(state) % (sizeof telling / sizeof *telling)];
    }
}

/* The property behind it all, over random strings from a fixed seed. */
static void test_any_value_reads_back(void **state)
{
    size_t quoted[SHELL_COUNT] = {0};
    uint32_t seed = 0x5EED1234;
    struct buffer value;

    (void)state;
    buffer_init(&value, ROOM);
    for (unsigned i = 0; i < RANDOM_VALUES; i++) {
        buffer_clear(&value);
        for (uint32_t left = next_random(&seed) % 24; left > 0; left--)
            text_encode(&value, random_code_point(&seed));
        for (enum shell shell = 0; shell < SHELL_COUNT; shell++)
            quoted[shell] +=
                quote_and_read_back(shell, VALUE_TEXT, value.text, value.size) == STATUS_OK;
        quote_and_read_back(SHELL_DNS, VALUE_TXT, value.text, value.size);
        quote_and_read_back(SHELL_DNS, VALUE_NAME, value.text, value.size);
    }
    buffer_release(&value);
    for (enum shell shell = 0; shell < SHELL_COUNT; shell++)
        assert_true(quoted[shell] > RANDOM_VALUES / 10);
    assert_int_equal(quoted[SHELL_DNS], RANDOM_VALUES);
}

#define VALUE(name, literal, type, vouched)                                                        \
    {                                                                                              \
        name, literal, sizeof literal - 1, type, vouched                                           \
    }
#define VALUE_COUNT(list) (sizeof(list) / sizeof *(list))

static struct step one_step(struct step_template template, const struct value *values,
                            size_t value_count, struct arena *arena)
{
    const struct step_template templates[] = {template, {.command = NULL}};
    struct steps steps = remedy_steps(templates, values, value_count, arena);

    assert_int_equal(steps.count, 1);
    return steps.list[0];
}

static void assert_open(const struct step *step, enum step_kind kind, const char *placeholder)
{
    assert_int_equal(step->kind, kind);
    assert_int_equal(step->placeholder_count, placeholder ? 1 : 0);
    if (placeholder)
        assert_string_equal(step->placeholders[0], placeholder);
}

static void test_step_with_vouched_values_is_exact(void **state)
{
    const struct value values[] = {
        VALUE("server", "EX01", VALUE_NAME, true),
        VALUE("connector", "Bob's\tconnector", VALUE_TEXT, false),
        VALUE("limit", "25MB", VALUE_TEXT, true),
    };
    struct arena arena = {0};
    struct step step = one_step(
        (struct step_template){.shell = SHELL_EMS,
                               .kind = STEP_EXACT,
                               .where = "on {server}",
                               .command = "Set-X {server} | ForEach-Object {{ $_.Name }} {limit}",
                               .risk = "mail over {limit} is refused",
                               .note = "seen at {connector}"},
        values, VALUE_COUNT(values), &arena);

    (void)state;
    assert_open(&step, STEP_EXACT, NULL);
    assert_int_equal(step.shell, SHELL_EMS);
    assert_string_equal(step.where, "on EX01");
    assert_string_equal(step.command, "Set-X 'EX01' | ForEach-Object { $_.Name } '25MB'");
    assert_string_equal(step.risk, "mail over 25MB is refused");
    assert_string_equal(step.note, "seen at Bob's\\x09connector");
    arena_release(&arena);
}

/* In cmd unquoted: a line that is pasted without filling it in must not set "<a>" as a value. */
static void test_missing_value_leaves_placeholder(void **state)
{
    static const char *const expected[SHELL_COUNT] = {
        [SHELL_POWERSHELL] = "x '<a>' '<a>'",
        [SHELL_EMS] = "x '<a>' '<a>'",
        [SHELL_CMD] = "x <a> <a>",
        [SHELL_SH] = "x '<a>' '<a>'",
        [SHELL_DNS] = "x \"<a>\" \"<a>\"",
        [SHELL_MANUAL] = "x \"<a>\" \"<a>\"",
    };
    struct arena arena = {0};

    (void)state;
    for (enum shell shell = 0; shell < SHELL_COUNT; shell++) {
        struct step_template template = {.shell = shell, .command = "x {a} {a}", .where = "here"};
        struct step step = one_step(template, NULL, 0, &arena);

        assert_open(&step, STEP_FILL_IN, "a");
        assert_string_equal(step.command, expected[shell]);
        assert_null(step.risk);
        assert_null(step.note);
    }
    arena_release(&arena);
}

static void test_value_a_shell_cannot_quote_is_not_printed(void **state)
{
    const struct value values[] = {VALUE("a", "%PATH%", VALUE_TEXT, true)};
    struct arena arena = {0};
    struct step step =
        one_step((struct step_template){.shell = SHELL_CMD, .command = "x {a}", .where = "here"},
                 values, 1, &arena);

    (void)state;
    assert_open(&step, STEP_FILL_IN, "a");
    assert_string_equal(step.command, "x <a>");
    arena_release(&arena);
}

/* Text from outside never fills an exact step, wherever in the step it stands. */
static void test_unvouched_value_makes_fill_in(void **state)
{
    const struct value values[] = {VALUE("a", "evil.example", VALUE_NAME, false)};
    struct arena arena = {0};

    (void)state;
    for (enum shell shell = 0; shell < SHELL_COUNT; shell++) {
        struct step_template in_command = {.shell = shell, .command = "x {a}", .where = "here"};
        struct step_template in_where = {.shell = shell, .command = "x", .where = "on {a}"};
        struct step step = one_step(in_command, values, 1, &arena);

        assert_open(&step, STEP_FILL_IN, "a");
        assert_non_null(strstr(step.command, "evil.example"));
        step = one_step(in_where, values, 1, &arena);
        assert_open(&step, STEP_FILL_IN, "a");
        assert_string_equal(step.where, "on evil.example");
    }
    arena_release(&arena);
}

/* Programs take -x and /x for options, however they are quoted. */
static void test_value_a_program_could_mistake(void **state)
{
    static const char *const options[] = {"-Confirm", "/commit:apphost", "-", "/"};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < COMMAND_LINE_COUNT; i++) {
        struct step_template template = {
            .shell = command_lines[i], .command = "x {a}", .where = "here"};

        for (size_t j = 0; j < sizeof options / sizeof *options; j++) {
            struct value value = {"a", options[j], strlen(options[j]), VALUE_TEXT, true};
            struct step step = one_step(template, &value, 1, &arena);

            assert_open(&step, STEP_FILL_IN, "a");
            assert_non_null(strstr(step.command, options[j]));
            value.type = VALUE_TXT;
            step = one_step(template, &value, 1, &arena);
            assert_open(&step, STEP_EXACT, NULL);
        }
    }
    arena_release(&arena);
}

/* Windows PowerShell starts programs with " and a last \ as they are. */
static void test_value_windows_powershell_hands_on_badly(void **state)
{
    const struct value values[] = {VALUE("quote", "a\" b", VALUE_TEXT, true),
                                   VALUE("folder", "C:\\a b\\", VALUE_TXT, true)};
    struct arena arena = {0};
    struct step step;

    (void)state;
    step = one_step((struct step_template){.shell = SHELL_POWERSHELL, .command = "x {quote}"},
                    values, 2, &arena);
    assert_open(&step, STEP_FILL_IN, "quote");
    step = one_step((struct step_template){.shell = SHELL_EMS, .command = "x {folder}"}, values, 2,
                    &arena);
    assert_open(&step, STEP_FILL_IN, "folder");
    step = one_step((struct step_template){.shell = SHELL_SH, .command = "x {quote} {folder}"},
                    values, 2, &arena);
    assert_open(&step, STEP_EXACT, NULL);
    arena_release(&arena);
}

static void test_decision_stays_a_decision(void **state)
{
    struct arena arena = {0};
    struct step step = one_step(
        (struct step_template){.shell = SHELL_SH, .kind = STEP_DECIDE, .command = "x {a} {b} {a}"},
        NULL, 0, &arena);

    (void)state;
    assert_int_equal(step.kind, STEP_DECIDE);
    assert_int_equal(step.placeholder_count, 2);
    assert_string_equal(step.placeholders[0], "a");
    assert_string_equal(step.placeholders[1], "b");
    arena_release(&arena);
}

static void test_when_and_each(void **state)
{
    const struct value values[] = {
        VALUE("server", "EX01", VALUE_NAME, true),
        VALUE("site", "HQ", VALUE_TEXT, true),
        VALUE("server", "EX02", VALUE_NAME, false),
        VALUE("server", "EX03", VALUE_NAME, true),
    };
    static const struct step_template templates[] = {
        {.shell = SHELL_EMS, .command = "a {server}", .where = "w"},
        {.shell = SHELL_EMS, .command = "b", .where = "w", .when = "site"},
        {.shell = SHELL_EMS, .command = "c", .where = "w", .when = "forest"},
        {.shell = SHELL_EMS, .command = "d", .where = "w", .when = "!site"},
        {.shell = SHELL_EMS, .command = "e", .where = "w", .when = "!forest"},
        {.shell = SHELL_EMS,
         .command = "f {server} {site}",
         .where = "on {server}",
         .each = "server"},
        {.shell = SHELL_EMS, .command = "g {forest}", .where = "w", .each = "forest"},
        {.shell = SHELL_EMS, .command = "h", .where = "w", .each = "server", .when = "!site"},
        {.command = NULL},
    };
    static const char *const expected[] = {"a 'EX01'", "b", "e",
                                           "f 'EX01' 'HQ'\nf 'EX02' 'HQ'\nf 'EX03' 'HQ'"};
    struct arena arena = {0};
    struct steps steps = remedy_steps(templates, values, VALUE_COUNT(values), &arena);

    (void)state;
    assert_int_equal(steps.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < steps.count; i++)
        assert_string_equal(steps.list[i].command, expected[i]);
    assert_string_equal(steps.list[3].where, "on EX01");
    assert_open(&steps.list[3], STEP_FILL_IN, "server");
    assert_int_equal(remedy_steps(NULL, values, VALUE_COUNT(values), &arena).count, 0);
    arena_release(&arena);
}

/* What is left out is no step that another could stand instead of. */
static void test_alternatives(void **state)
{
    const struct value values[] = {VALUE("site", "HQ", VALUE_TEXT, true)};
    static const struct step_template templates[] = {
        {.shell = SHELL_SH, .command = "a", .where = "w", .when = "forest"},
        {.shell = SHELL_SH, .command = "b", .where = "w", .is_alternative = true},
        {.shell = SHELL_SH, .command = "c", .where = "w", .when = "forest", .is_alternative = true},
        {.shell = SHELL_SH, .command = "d", .where = "w", .is_alternative = true},
        {.shell = SHELL_SH, .command = "e", .where = "w"},
        {.shell = SHELL_SH, .command = "f", .where = "w", .when = "forest"},
        {.shell = SHELL_SH, .command = "g", .where = "w", .is_alternative = true},
        {.command = NULL},
    };
    static const bool expected[] = {false, true, false, true}; /* b d e g */
    struct arena arena = {0};
    struct steps steps = remedy_steps(templates, values, VALUE_COUNT(values), &arena);

    (void)state;
    assert_int_equal(steps.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < steps.count; i++)
        assert_int_equal(steps.list[i].is_alternative, expected[i]);
    arena_release(&arena);
}

/* A zone file step is one template with several lines; values cannot add any. */
static void test_zone_file_step(void **state)
{
    const struct value values[] = {
        VALUE("domain", "contoso.com", VALUE_NAME, true),
        VALUE("spf", "v=spf1 -all\n@ IN A 192.0.2.1", VALUE_TXT, true),
    };
    struct arena arena = {0};
    struct step step =
        one_step((struct step_template){.shell = SHELL_DNS,
                                        .command = "{domain} IN TXT {spf}\n_dmarc.{domain} IN TXT"},
                 values, 2, &arena);

    (void)state;
    assert_open(&step, STEP_EXACT, NULL);
    assert_string_equal(step.command, "contoso.com. IN TXT \"v=spf1 -all\\010@ IN A 192.0.2.1\"\n"
                                      "_dmarc.contoso.com. IN TXT");
    arena_release(&arena);
}

static void test_braces_and_prose(void **state)
{
    static const struct {
        const char *template, *expected;
    } cases[] = {
        {"", ""},
        {"{a}", "x\\x1by"},
        {"{{a}}", "{a}"},
        {"{{{a}}}", "{x\\x1by}"},
        {"{", "{"},
        {"}", "}"},
        {"{}", "{}"},
        {"{a", "{a"},
        {"{ $_ }", "{ $_ }"},
        {"a}b{c", "a}b{c"},
        {"{b} and {a-b_9}", "<b> and <a-b_9>"},
    };
    const struct value values[] = {VALUE("a", "x\x1By", VALUE_TEXT, false)};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(remedy_text(cases[i].template, values, 1, &arena), cases[i].expected);
    assert_null(remedy_text(NULL, values, 1, &arena));
    arena_release(&arena);
}

/* A quotation mark that sh escapes ends the string in PowerShell: $( ) would come alive there. */
static void test_a_line_for_two_shells(void **state)
{
    static const struct step_template templates[] = {{.shell = SHELL_SH,
                                                      .kind = STEP_EXACT,
                                                      .command = "exdiag check --domain {name}",
                                                      .also_powershell = true},
                                                     {.command = NULL}};
    static const struct {
        const char *name, *command;
        enum step_kind kind;
    } cases[] = {
        {"contoso.com", "exdiag check --domain contoso.com", STEP_EXACT},
        {"a$(calc)`b", "exdiag check --domain 'a$(calc)`b'", STEP_EXACT},
        {"a'$(calc)'b", "exdiag check --domain '<name>'", STEP_FILL_IN},
        {"a\xE2\x80\x99$(calc)", "exdiag check --domain '<name>'", STEP_FILL_IN},
        {"a\"b", "exdiag check --domain 'a\"b'", STEP_FILL_IN},
        {"a\\", "exdiag check --domain 'a\\'", STEP_FILL_IN},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct value value = {"name", cases[i].name, strlen(cases[i].name), VALUE_NAME, true};
        struct steps steps = remedy_steps(templates, &value, 1, &arena);

        assert_string_equal(steps.list[0].command, cases[i].command);
        assert_int_equal(steps.list[0].kind, cases[i].kind);
    }
    arena_release(&arena);
}

/* An option that is kept where it was given: as often as it was, or not at all. */
static void test_options_that_are_repeated(void **state)
{
    static const struct {
        const char *template, *expected;
    } cases[] = {
        {"run{+ --dns resolver}{+ --port port}", "run --dns 192.0.2.1 --dns 192.0.2.2"},
        {"run{+ -x=resolver}", "run{+ -x=resolver}"},
        {"run{+resolver}", "run192.0.2.1192.0.2.2"},
        {"{+ }", "{+ }"},
        {"{+", "{+"},
        {"{+}", "{+}"},
        {"{+ {resolver}}", "{+ 192.0.2.1}"},
    };
    const struct value values[] = {VALUE("resolver", "192.0.2.1", VALUE_TEXT, true),
                                   VALUE("resolver", "192.0.2.2", VALUE_TEXT, true)};
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct step_template templates[] = {
            {.shell = SHELL_SH, .kind = STEP_EXACT, .command = cases[i].template},
            {.command = NULL}};
        struct steps steps = remedy_steps(templates, values, 2, &arena);

        assert_string_equal(steps.list[0].command, cases[i].expected);
        assert_int_equal(steps.list[0].kind, STEP_EXACT);
    }
    arena_release(&arena);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(shell_word(SHELL_EMS), "ems");
    assert_string_equal(shell_word(SHELL_MANUAL), "manual");
    assert_string_equal(step_kind_word(STEP_FILL_IN), "fill-in");
    assert_string_equal(step_kind_word(STEP_DECIDE), "decide");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_value_is_quoted),
        cmocka_unit_test(test_quotes_of_each_shell),
        cmocka_unit_test(test_what_no_shell_can_quote),
        cmocka_unit_test(test_hostile_values_stay_inside),
        cmocka_unit_test(test_large_values),
        cmocka_unit_test(test_value_that_does_not_fit),
        cmocka_unit_test(test_zone_names),
        cmocka_unit_test(test_zone_strings),
        cmocka_unit_test(test_any_value_reads_back),
        cmocka_unit_test(test_step_with_vouched_values_is_exact),
        cmocka_unit_test(test_missing_value_leaves_placeholder),
        cmocka_unit_test(test_value_a_shell_cannot_quote_is_not_printed),
        cmocka_unit_test(test_unvouched_value_makes_fill_in),
        cmocka_unit_test(test_value_a_program_could_mistake),
        cmocka_unit_test(test_value_windows_powershell_hands_on_badly),
        cmocka_unit_test(test_decision_stays_a_decision),
        cmocka_unit_test(test_when_and_each),
        cmocka_unit_test(test_alternatives),
        cmocka_unit_test(test_zone_file_step),
        cmocka_unit_test(test_braces_and_prose),
        cmocka_unit_test(test_a_line_for_two_shells),
        cmocka_unit_test(test_options_that_are_repeated),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
