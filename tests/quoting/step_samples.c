/*
 * Every step that any finding can have, filled with hostile values, for readers of each shell to
 * judge:  step_samples templates|random SEED COUNT
 *
 * templates: each template of each kind of finding, all its placeholders filled with one value
 * after the other of hostile.h, and with COUNT random ones. random: COUNT random values in a plain
 * command of each shell.
 *
 * A line holds, between tabs: the shell, the type of the values, where the template is from, the
 * kind of step, and in hexadecimal behind x the value, the command, and the same command of
 * harmless values: "zq", the placeholder's name, "qz".
 *
 * The random values are those of SEED on every machine.
 */
#include "diag/probe.h"
#include "diag/remedy.h"
#include "diag/text.h"
#include "tests/quoting/hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- random values ---- */

static uint64_t random_state;

static uint64_t random_next(void) /* xorshift64 */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static uint32_t random_below(uint32_t bound)
{
    return (uint32_t)(random_next() >> 32) % bound;
}

static void add_ascii(struct buffer *out)
{
    buffer_add_char(out, (char)(' ' + random_below('~' - ' ' + 1)));
}

static void add_control(struct buffer *out)
{
    text_encode(out, random_below(2) ? random_below(0x20) : 0x7F + random_below(0x21));
}

static void add_alive(struct buffer *out)
{
    static const char alive[] = "'\"`$%!^&|<>(){}[];,#@*?~=\\/-+:. \n";

    buffer_add_char(out, alive[random_below(sizeof alive - 1)]);
}

/* Quotes, dashes, percents and slashes of all scripts, which one shell or code page takes for its
 * own. */
static void add_lookalike(struct buffer *out)
{
    static const uint32_t list[] = {
        0x2018, 0x2019, 0x201A, 0x201B, 0x201C, 0x201D, 0x201E, 0x201F, 0x00AB, 0x00BB, 0x2039,
        0x203A, 0x300C, 0x300D, 0x301D, 0x301E, 0x301F, 0xFF02, 0xFF07, 0x02BC, 0x02B9, 0x2032,
        0x2033, 0x055A, 0x05F3, 0x05F4, 0x2010, 0x2013, 0x2014, 0x2015, 0x2212, 0xFF05, 0xFF3C,
        0x00A5, 0x20A9, 0xFF5C, 0xFF06, 0xFF1B, 0xFF04, 0xFF40, 0x037E, 0x29F5, 0x2216, 0x0060};

    text_encode(out, list[random_below(sizeof list / sizeof *list)]);
}

/* What has no glyph, joins, combines, or turns the direction of writing. */
static void add_unseen(struct buffer *out)
{
    static const uint32_t list[] = {0x200B, 0x200C,  0x200D, 0x200E, 0x200F, 0x202A,
                                    0x202E, 0x2066,  0x2069, 0x2028, 0x2029, 0xFEFF,
                                    0x00A0, 0x00AD,  0x3000, 0x034F, 0x0301, 0x20DD,
                                    0xFE0F, 0xE0061, 0xFFFE, 0xFFFF, 0xE000, 0x1160};

    text_encode(out, list[random_below(sizeof list / sizeof *list)]);
}

static void add_any(struct buffer *out) /* of all planes */
{
    text_encode(out, random_below(0x110000));
}

static void add_script(struct buffer *out)
{
    static const uint32_t starts[] = {0x00C0, 0x0400, 0x05D0, 0x0620,  0x0900, 0x0E00,
                                      0x3040, 0x4E00, 0xAC00, 0x1F300, 0x20000};

    text_encode(out, starts[random_below(sizeof starts / sizeof *starts)] + random_below(40));
}

static void add_broken(struct buffer *out) /* no UTF-8: any byte, or a lone surrogate */
{
    if (random_below(2)) {
        buffer_add_char(out, (char)random_below(256));
        return;
    }
    buffer_add_char(out, (char)0xED);
    buffer_add_char(out, (char)(0xA0 + random_below(32)));
    buffer_add_char(out, (char)(0x80 + random_below(64)));
}

static void add_spell(struct buffer *out)
{
    static const char *const spells[] = {"$(touch owned)",
                                         "`touch owned`",
                                         "; touch owned #",
                                         "' ; touch owned ; '",
                                         "\" & echo owned & \"",
                                         "%COMSPEC%",
                                         "--%",
                                         "@'",
                                         "'@",
                                         "\"@",
                                         "<<E",
                                         "\\\"",
                                         "\\'",
                                         "^\"",
                                         "\\000",
                                         "\\;",
                                         "$INCLUDE x",
                                         "\\\\",
                                         "'\\''",
                                         "''",
                                         "\"\"",
                                         "$env:x",
                                         "${x}",
                                         "!x!",
                                         "%~1",
                                         "\\256",
                                         "@(",
                                         "&&",
                                         "||"};

    buffer_add_string(out, spells[random_below(sizeof spells / sizeof *spells)]);
}

/* What most values are made of can be printed, or hardly any would come to be quoted. */
static void random_value(struct buffer *out)
{
    static void (*const printable[])(struct buffer *) = {add_ascii, add_alive, add_lookalike,
                                                         add_script, add_spell};
    static void (*const others[])(struct buffer *) = {add_control, add_unseen, add_any, add_broken};
    static const uint32_t lengths[] = {1, 4, 12, 40, 300};
    const uint32_t length = 1 + random_below(lengths[random_below(5)]);
    const bool is_wild = random_below(4) == 0;

    buffer_clear(out);
    for (uint32_t i = 0; i < length; i++) {
        if (is_wild && random_below(8) == 0)
            others[random_below(4)](out);
        else
            printable[random_below(5)](out);
    }
}

/* Up to the lengths at which each shell gives up, and one beyond. */
static void long_value(struct buffer *out, uint32_t nth)
{
    static const size_t lengths[] = {254, 255, 256, 4096, 7999, 8000, 8001, 32767, 65535, 65536};

    buffer_clear(out);
    while (out->size < lengths[nth % 10])
        add_alive(out);
    for (size_t i = 0; i < out->size; i++) {
        if (out->text[i] == '\n' || (nth % 3 == 0 && strchr("\"%", out->text[i])))
            out->text[i] = '\'';
    }
}

/* ---- samples ---- */

static const char *const type_words[] = {"text", "name", "txt", "data"};

static void print_hex(const char *bytes, size_t size)
{
    fputs("\tx", stdout);
    for (size_t i = 0; i < size; i++)
        printf("%02x", (unsigned)(unsigned char)bytes[i]);
}

enum { PLACEHOLDERS_MOST = 32 };

/* The names of a template's placeholders, in its own words: by asking what it lacks. */
static size_t find_placeholders(const struct step_template *template, struct arena *arena,
                                const char *names[PLACEHOLDERS_MOST])
{
    struct step_template alone[] = {*template, {.command = NULL}};
    struct steps steps;
    size_t count = 0;

    alone[0].where = alone[0].condition = alone[0].when = alone[0].each = NULL;
    steps = remedy_steps(alone, NULL, 0, arena);
    for (; count < steps.list[0].placeholder_count && count < PLACEHOLDERS_MOST; count++)
        names[count] = steps.list[0].placeholders[count];
    return count;
}

/* "{+ --option name}" is nothing without a value, so it is looked for by its form. */
static size_t find_repeated(const char *command, struct arena *arena,
                            const char *names[PLACEHOLDERS_MOST], size_t count)
{
    for (const char *at = command; (at = strstr(at, "{+")); at++) {
        const char *end = strchr(at, '}'), *name = end;

        while (name && name[-1] != ' ' && name[-1] != '+')
            name--;
        if (name && count < PLACEHOLDERS_MOST)
            names[count++] = arena_copy(arena, name, (size_t)(end - name));
    }
    return count;
}

struct sample {
    const struct step_template *template;
    const char *from;
    const char *names[PLACEHOLDERS_MOST];
    size_t count;
};

static const struct step *fill(const struct sample *sample, const struct value *values,
                               struct arena *arena)
{
    struct step_template alone[] = {*sample->template, {.command = NULL}};

    alone[0].where = alone[0].condition = alone[0].when = alone[0].each = NULL;
    return remedy_steps(alone, values, sample->count, arena).list;
}

static void print_sample(const struct sample *sample, enum value_type type, const char *bytes,
                         size_t size)
{
    struct value values[PLACEHOLDERS_MOST], plain[PLACEHOLDERS_MOST];
    struct arena arena = {0};
    const struct step *step, *harmless;

    for (size_t i = 0; i < sample->count; i++) {
        const char *word = arena_print(&arena, "zq%sqz", sample->names[i]);

        values[i] = (struct value){sample->names[i], bytes, size, type, true};
        plain[i] = (struct value){sample->names[i], word, strlen(word),
                                  type == VALUE_TXT_DATA ? VALUE_TXT : type, true};
    }
    step = fill(sample, values, &arena);
    harmless = fill(sample, plain, &arena);
    printf("%s\t%s\t%s\t%s", sample->template->also_powershell ? "both" : shell_word(step->shell),
           type_words[type], sample->from, step_kind_word(step->kind));
    print_hex(bytes, size);
    print_hex(step->command, strlen(step->command));
    print_hex(harmless->command, strlen(harmless->command));
    putchar('\n');
    arena_release(&arena);
}

static void print_types(const struct sample *sample, const char *bytes, size_t size)
{
    for (enum value_type type = VALUE_TEXT; type <= VALUE_TXT_DATA; type++) {
        if (type != VALUE_TXT_DATA || sample->template->shell == SHELL_DNS)
            print_sample(sample, type, bytes, size);
    }
}

static void print_templates_of(const char *id, const char *list,
                               const struct step_template *templates, unsigned count)
{
    struct buffer value;

    buffer_init(&value, REMEDY_VALUE_MOST + 1);
    for (size_t at = 0; templates && templates[at].command; at++) {
        struct arena arena = {0};
        struct sample sample = {.template = &templates[at],
                                .from = arena_print(&arena, "%s %s %zu", id, list, at + 1)};

        sample.count = find_placeholders(sample.template, &arena, sample.names);
        sample.count = find_repeated(sample.template->command, &arena, sample.names, sample.count);
        for (size_t i = 0; sample.count > 0 && i < HOSTILE_COUNT(hostile_values); i++)
            print_types(&sample, hostile_values[i].bytes, hostile_values[i].size);
        for (size_t i = 0; sample.count > 0 && i < HOSTILE_COUNT(hostile_names); i++)
            print_sample(&sample, VALUE_NAME, hostile_names[i].bytes, hostile_names[i].size);
        for (unsigned i = 0; sample.count > 0 && i < count; i++) {
            random_value(&value);
            print_types(&sample, value.text, value.size);
        }
        if (sample.count == 0)
            print_sample(&sample, VALUE_TEXT, "", 0);
        arena_release(&arena);
    }
    buffer_release(&value);
}

static void print_templates(unsigned count)
{
    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++) {
            print_templates_of((*kind)->id, "fix", (*kind)->fix, count);
            print_templates_of((*kind)->id, "verify", (*kind)->verify, count);
            print_templates_of((*kind)->id, "undo", (*kind)->undo, count);
            print_templates_of((*kind)->id, "make_known", (*kind)->make_known, count);
        }
    }
}

static void print_random(unsigned count)
{
    static const struct step_template plain[] = {
        {.shell = SHELL_POWERSHELL, .command = "Get-One {a} | Set-Two -Banner:{b} -Name {a}"},
        {.shell = SHELL_EMS, .command = "Get-One {a}; Set-Two -Banner {b}"},
        {.shell = SHELL_CMD, .command = "one {a} /x:{b} & two {a}"},
        {.shell = SHELL_SH, .command = "one {a} --x={b} && two {a}"},
        {.shell = SHELL_SH, .command = "one {a} --x {b}", .also_powershell = true},
        {.shell = SHELL_DNS, .command = "h IN TXT {a}"},
        {.shell = SHELL_MANUAL, .command = "Write {a} there, and {b} here."},
    };
    struct buffer value;

    buffer_init(&value, REMEDY_VALUE_MOST + 1);
    for (unsigned i = 0; i < count; i++) {
        const struct step_template *template = &plain[i % 7];
        const struct sample sample = {
            template, "random", {"a", "b"}, template->shell == SHELL_DNS ? 1 : 2};

        if (i % 97 == 0)
            long_value(&value, i / 97);
        else
            random_value(&value);
        print_sample(&sample, (enum value_type)(i / 7 % (template->shell == SHELL_DNS ? 4 : 3)),
                     value.text ? value.text : "", value.size);
    }
    buffer_release(&value);
}

int main(int argument_count, char **arguments)
{
    const char *what = argument_count == 4 ? arguments[1] : "";
    const unsigned count = argument_count == 4 ? (unsigned)strtoul(arguments[3], NULL, 10) : 0;

    if (argument_count == 4)
        random_state = strtoull(arguments[2], NULL, 10) * 2 + 1;
    for (int i = 0; i < 10; i++)
        random_next();
    if (strcmp(what, "templates") == 0) {
        print_templates(count);
    } else if (strcmp(what, "random") == 0) {
        print_random(count);
    } else {
        fprintf(stderr, "usage: step_samples templates|random SEED COUNT\n");
        return 2;
    }
    return 0;
}
