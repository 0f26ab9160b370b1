#include "diag/remedy.h"

#include "diag/text.h"

#include <stdint.h>
#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* Templates are ours and values are bounded where they are read; nothing is cut off here. */
#define FILLED_MOST (SIZE_MAX / 2)

const char *shell_word(enum shell shell)
{
    static const char *const words[SHELL_COUNT] = {
#define X(name, word) [SHELL_##name] = word,
        SHELL_LIST(X)
#undef X
    };

    return shell < SHELL_COUNT ? words[shell] : "unknown-shell";
}

const char *step_kind_word(enum step_kind kind)
{
    static const char *const words[STEP_KIND_COUNT] = {
#define X(name, word) [STEP_##name] = word,
        STEP_KIND_LIST(X)
#undef X
    };

    return kind < STEP_KIND_COUNT ? words[kind] : "unknown-step-kind";
}

/* A template is literal text and placeholders by turns. */
struct piece {
    const char *text; /* of a placeholder: its name */
    size_t size;
    bool is_placeholder;
    const char *words; /* before the value, each time: it may have several, or none; or NULL */
    size_t words_size;
};

/* "{+ --option name}" */
static bool read_repeated(const char *text, struct piece *piece)
{
    const char *end = strpbrk(text + 1, "{}");
    const char *name = end;

    if (text[0] != '{' || text[1] != '+' || !end || *end != '}')
        return false;
    while (name[-1] != ' ' && name[-1] != '+')
        name--;
    *piece = (struct piece){name, (size_t)(end - name), true, text + 2, (size_t)(name - text) - 2};
    return piece->size > 0 && strspn(name, NAME_CHARACTERS) == piece->size;
}

/* A brace that neither is doubled nor encloses a name stands for itself. */
static bool next_piece(const char **template, struct piece *piece)
{
    const char *text = *template;
    size_t name_size = text[0] == '{' ? strspn(text + 1, NAME_CHARACTERS) : 0;

    if (text[0] == '\0')
        return false;
    if (name_size > 0 && text[1 + name_size] == '}') {
        *piece = (struct piece){text + 1, name_size, true, NULL, 0};
        *template = text + name_size + 2;
        return true;
    }
    if (read_repeated(text, piece)) {
        *template = piece->text + piece->size + 1;
        return true;
    }
    if ((text[0] == '{' || text[0] == '}') && text[1] == text[0]) {
        *piece = (struct piece){text, 1, false, NULL, 0};
        *template = text + 2;
        return true;
    }
    *piece = (struct piece){text, 1 + strcspn(text + 1, "{}"), false, NULL, 0};
    *template = text + piece->size;
    return true;
}

/* The values at hand; `current` stands for all of its name while a line is repeated. */
struct filling {
    const struct value *values;
    size_t value_count;
    const struct value *current; /* or NULL */
};

static bool is_name(const char *name, const struct piece *piece)
{
    return strncmp(name, piece->text, piece->size) == 0 && name[piece->size] == '\0';
}

static const struct value *find_value(const struct filling *filling, const struct piece *piece)
{
    if (filling->current && is_name(filling->current->name, piece))
        return filling->current;
    for (size_t i = 0; i < filling->value_count; i++) {
        if (is_name(filling->values[i].name, piece))
            return &filling->values[i];
    }
    return NULL;
}

static void add_missing(struct buffer *out, const struct piece *piece)
{
    buffer_add_char(out, '<');
    buffer_add(out, piece->text, piece->size);
    buffer_add_char(out, '>');
}

static const char *fill_text(const char *template, const struct filling *filling,
                             struct arena *arena)
{
    struct buffer out;
    struct piece piece;

    if (!template)
        return NULL;
    buffer_init(&out, FILLED_MOST);
    while (next_piece(&template, &piece)) {
        const struct value *value = piece.is_placeholder ? find_value(filling, &piece) : NULL;

        if (value)
            text_show(&out, value->bytes, value->size);
        else if (piece.is_placeholder)
            add_missing(&out, &piece);
        else
            buffer_add(&out, piece.text, piece.size);
    }
    return buffer_keep(&out, arena);
}

static size_t count_placeholders(const char *template)
{
    struct piece piece;
    size_t count = 0;

    while (template && next_piece(&template, &piece))
        count += piece.is_placeholder;
    return count;
}

/* A step whose list of placeholders is still being written. */
struct draft {
    struct step step;
    bool also_powershell;
    const char **placeholders;
    struct arena *arena;
};

static void leave_open(struct draft *draft, const struct piece *piece)
{
    struct step *step = &draft->step;

    if (step->kind == STEP_EXACT)
        step->kind = STEP_FILL_IN;
    for (size_t i = 0; i < step->placeholder_count; i++) {
        if (is_name(draft->placeholders[i], piece))
            return;
    }
    draft->placeholders[step->placeholder_count++] =
        arena_copy(draft->arena, piece->text, piece->size);
}

static bool is_command_line(enum shell shell)
{
    return shell != SHELL_DNS && shell != SHELL_MANUAL;
}

/*
 * Quoting makes a value one argument of the shell, yet a program may take the argument for
 * an option, and Windows PowerShell hands " and a last \ to programs without escaping them.
 */
static bool is_mistakable(const struct draft *draft, const struct value *value)
{
    const enum shell shell = draft->step.shell;
    const char *bytes = value->bytes;

    if (!is_command_line(shell) || value->size == 0)
        return false;
    if (value->type != VALUE_TXT && (bytes[0] == '-' || bytes[0] == '/'))
        return true;
    return (shell == SHELL_POWERSHELL || shell == SHELL_EMS || draft->also_powershell) &&
           (memchr(bytes, '"', value->size) || bytes[value->size - 1] == '\\');
}

/* Text that is safe in one shell may be alive in another, which ends its strings otherwise. */
static bool is_same_in_powershell(const struct value *value, const char *quoted)
{
    struct buffer other;
    bool is_same;

    if (quoted[0] != '\'')
        return true; /* which sh writes so that it is alike in all of them */
    buffer_init(&other, FILLED_MOST);
    is_same = remedy_quote(SHELL_POWERSHELL, value->type, value->bytes, value->size, &other) ==
                  STATUS_OK &&
              strcmp(other.text, quoted) == 0;
    buffer_release(&other);
    return is_same;
}

/* False, with `out` as it was, where the value must not be printed. */
static bool add_quoted(const struct draft *draft, const struct value *value, struct buffer *out)
{
    struct buffer quoted;
    bool is_safe;

    buffer_init(&quoted, FILLED_MOST);
    is_safe = remedy_quote(draft->step.shell, value->type, value->bytes, value->size, &quoted) ==
                  STATUS_OK &&
              (!draft->also_powershell || is_same_in_powershell(value, quoted.text));
    if (is_safe)
        buffer_add(out, quoted.text, quoted.size);
    buffer_release(&quoted);
    return is_safe;
}

/* In cmd < and > between quotes are text that programs take; without them no program is run. */
static void add_placeholder(enum shell shell, const struct piece *piece, struct buffer *out)
{
    struct buffer missing;

    buffer_init(&missing, FILLED_MOST);
    add_missing(&missing, piece);
    if (shell == SHELL_CMD)
        buffer_add(out, missing.text, missing.size);
    else
        remedy_quote(shell, VALUE_TEXT, missing.text, missing.size, out);
    buffer_release(&missing);
}

static void add_argument(struct draft *draft, const struct value *value, const struct piece *piece,
                         struct buffer *out)
{
    if (value && add_quoted(draft, value, out)) {
        if (!value->vouched || is_mistakable(draft, value))
            leave_open(draft, piece);
    } else {
        add_placeholder(draft->step.shell, piece, out);
        leave_open(draft, piece);
    }
}

static void add_repeated(struct draft *draft, const struct filling *filling,
                         const struct piece *piece, struct buffer *out)
{
    for (size_t i = 0; i < filling->value_count; i++) {
        if (!is_name(filling->values[i].name, piece))
            continue;
        buffer_add(out, piece->words, piece->words_size);
        add_argument(draft, &filling->values[i], piece, out);
    }
}

static void fill_line(struct draft *draft, const struct filling *filling, const char *template,
                      struct buffer *out)
{
    struct piece piece;

    while (next_piece(&template, &piece)) {
        if (piece.words)
            add_repeated(draft, filling, &piece, out);
        else if (piece.is_placeholder)
            add_argument(draft, find_value(filling, &piece), &piece, out);
        else
            buffer_add(out, piece.text, piece.size);
    }
}

static void fill_command(struct draft *draft, const struct filling *filling,
                         const struct step_template *template)
{
    struct filling line = *filling;
    struct buffer out;

    buffer_init(&out, FILLED_MOST);
    if (!template->each)
        fill_line(draft, filling, template->command, &out);
    for (size_t i = 0; template->each && i < filling->value_count; i++) {
        if (strcmp(filling->values[i].name, template->each) != 0)
            continue;
        if (out.size > 0)
            buffer_add_char(&out, '\n');
        line.current = &filling->values[i];
        fill_line(draft, &line, template->command, &out);
    }
    draft->step.command = buffer_keep(&out, draft->arena);
}

/* Where to run a step, and whether, is part of it: what nobody vouches for leaves it open too. */
static void check_text(struct draft *draft, const struct filling *filling, const char *template)
{
    struct piece piece;

    while (template && next_piece(&template, &piece)) {
        const struct value *value = piece.is_placeholder ? find_value(filling, &piece) : NULL;

        if (piece.is_placeholder && (!value || !value->vouched))
            leave_open(draft, &piece);
    }
}

static struct step fill_step(const struct step_template *template, const struct filling *filling,
                             struct arena *arena)
{
    const size_t most = count_placeholders(template->command) +
                        count_placeholders(template->where) +
                        count_placeholders(template->condition);
    struct draft draft = {
        .step = {.shell = template->shell, .kind = template->kind, .from = template},
        .also_powershell = template->also_powershell,
        .placeholders = arena_new(arena, most, sizeof *draft.placeholders),
        .arena = arena,
    };

    fill_command(&draft, filling, template);
    check_text(&draft, filling, template->where);
    check_text(&draft, filling, template->condition);
    draft.step.where = fill_text(template->where, filling, arena);
    draft.step.condition = fill_text(template->condition, filling, arena);
    draft.step.risk = fill_text(template->risk, filling, arena);
    draft.step.note = fill_text(template->note, filling, arena);
    draft.step.placeholders = draft.placeholders;
    return draft.step;
}

static bool has_value(const struct filling *filling, const char *name)
{
    const struct piece piece = {name, strlen(name), true, NULL, 0};

    return find_value(filling, &piece) != NULL;
}

static bool is_printed(const struct step_template *template, const struct filling *filling)
{
    const char *when = template->when;

    if (when && has_value(filling, when[0] == '!' ? when + 1 : when) == (when[0] == '!'))
        return false;
    return !template->each || has_value(filling, template->each);
}

struct steps remedy_steps(const struct step_template *templates, const struct value *values,
                          size_t value_count, struct arena *arena)
{
    const struct filling filling = {values, value_count, NULL};
    size_t most = 0, made = 0;
    struct step *list;

    for (const struct step_template *at = templates; at && at->command; at++)
        most++;
    list = arena_new(arena, most, sizeof *list);
    for (const struct step_template *at = templates; at && at->command; at++) {
        if (!is_printed(at, &filling))
            continue;
        list[made] = fill_step(at, &filling, arena);
        list[made].is_alternative = at->is_alternative && made > 0;
        made++;
    }
    return (struct steps){list, made};
}

const char *remedy_text(const char *template, const struct value *values, size_t value_count,
                        struct arena *arena)
{
    const struct filling filling = {values, value_count, NULL};

    return fill_text(template, &filling, arena);
}
