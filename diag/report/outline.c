#include "diag/report/outline.h"

#include "diag/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHORT_NAME_SIZE = 16,
    LOOK_BACK = 32 /* steps before one, whose notes it need not repeat */
};

/* Where a finding stands. */
struct place {
    const struct finding *finding;
    size_t position; /* in the report */
    size_t ordinal;  /* among those of its sort at its subject */
    size_t entry;    /* its index */
};

/* The entries as they are found, before they are put in order. */
struct draft {
    const struct report *report;
    struct arena *arena;
    struct place *places; /* by entries; from link_entries() on by address */
    size_t place_count;
    struct outline_entry *entries;
    size_t *positions; /* of the first member */
    size_t count;
};

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_strings(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static bool is_same(const char *a, const char *b)
{
    return compare_strings(a, b) == 0;
}

/* ---- who belongs together ---- */

/* Steps of one template are the same step, whatever values fill it. */
static int compare_origins(const struct step *a, const struct step *b)
{
    int order = compare_sizes((uintptr_t)a->from, (uintptr_t)b->from);

    if (!order)
        order = compare_sizes(a->or, b->or);
    if (order || a->from)
        return order;
    order = compare_sizes(a->shell, b->shell);
    if (!order)
        order = compare_strings(a->risk, b->risk);
    return order ? order : compare_strings(a->note, b->note);
}

static int compare_steps(const struct steps *a, const struct steps *b)
{
    int order = compare_sizes(a->count, b->count);

    for (size_t i = 0; i < a->count && !order; i++)
        order = compare_origins(&a->list[i], &b->list[i]);
    return order;
}

static int compare_causes(const struct finding *a, const struct finding *b)
{
    int order = compare_sizes(a->explained_by_count, b->explained_by_count);

    for (size_t i = 0; i < a->explained_by_count && !order; i++)
        order = strcmp(a->explained_by[i]->kind->id, b->explained_by[i]->kind->id);
    return order;
}

static int compare_acceptances(const struct acceptance *a, const struct acceptance *b)
{
    int order = compare_sizes(a != NULL, b != NULL);

    if (order || !a)
        return order;
    order = compare_strings(a->expires, b->expires);
    return order ? order : compare_strings(a->reason, b->reason);
}

/* What has no steps is told by its title alone. */
static int compare_titles(const struct finding *a, const struct finding *b)
{
    return a->fix.count ? 0 : compare_strings(a->title, b->title);
}

static int compare_sorts(const struct finding *a, const struct finding *b)
{
    int order = compare_sizes(report_part_of(a), report_part_of(b));

    if (!order)
        order = strcmp(a->kind->id, b->kind->id);
    if (!order)
        order = compare_strings(a->probe, b->probe);
    if (!order && a->outcome == OUTCOME_PROBLEM)
        order = compare_sizes(a->severity, b->severity);
    if (!order)
        order = compare_acceptances(a->accepted, b->accepted);
    if (!order)
        order = compare_causes(a, b);
    if (!order)
        order = compare_titles(a, b);
    if (!order)
        order = compare_steps(&a->fix, &b->fix);
    if (!order)
        order = compare_steps(&a->verify, &b->verify);
    return order ? order : compare_steps(&a->undo, &b->undo);
}

static int by_subject(const void *first, const void *second)
{
    const struct place *a = first, *b = second;
    int order = compare_sorts(a->finding, b->finding);

    if (!order)
        order = subject_compare(a->finding->subject, b->finding->subject);
    return order ? order : compare_sizes(a->position, b->position);
}

static int by_ordinal(const void *first, const void *second)
{
    const struct place *a = first, *b = second;
    int order = compare_sorts(a->finding, b->finding);

    if (!order)
        order = compare_sizes(a->ordinal, b->ordinal);
    return order ? order : compare_sizes(a->position, b->position);
}

static int by_address(const void *first, const void *second)
{
    const struct place *a = first, *b = second;

    return compare_sizes((uintptr_t)a->finding, (uintptr_t)b->finding);
}

/* Two findings of a sort at one subject are two things to tell. */
static void number_within_subjects(struct draft *draft)
{
    qsort(draft->places, draft->place_count, sizeof *draft->places, by_subject);
    for (size_t i = 1; i < draft->place_count; i++) {
        struct place *place = &draft->places[i];
        const struct finding *a = place[-1].finding, *b = place->finding;

        if (subject_compare(a->subject, b->subject) == 0 && compare_sorts(a, b) == 0)
            place->ordinal = place[-1].ordinal + 1;
    }
}

static void gather_places(struct draft *draft)
{
    const struct report *report = draft->report;

    draft->place_count = report->finding_count;
    draft->places = arena_new(draft->arena, report->finding_count + 1, sizeof *draft->places);
    for (size_t i = 0; i < report->finding_count; i++) {
        draft->places[i].finding = report->findings[i];
        draft->places[i].position = i;
    }
    if (draft->place_count == 0)
        return;
    number_within_subjects(draft);
    qsort(draft->places, draft->place_count, sizeof *draft->places, by_ordinal);
}

/* ---- what is told of all ---- */

static bool is_of_one_kind(const struct outline_entry *entry)
{
    for (size_t i = 1; i < entry->member_count; i++) {
        if (entry->members[i]->subject->kind != entry->members[0]->subject->kind)
            return false;
    }
    return true;
}

static bool are_machines(const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->member_count; i++) {
        enum subject_kind kind = entry->members[i]->subject->kind;

        if (kind != SUBJECT_SERVER && kind != SUBJECT_DC)
            return false;
    }
    return true;
}

static const char *subjects_word(const struct outline_entry *entry, bool is_plural)
{
    if (is_of_one_kind(entry))
        return report_kind_word(entry->members[0]->subject->kind, is_plural);
    if (are_machines(entry))
        return is_plural ? "machines" : "machine";
    return is_plural ? "names" : "name";
}

const char *outline_subjects(const struct outline_entry *entry)
{
    return subjects_word(entry, entry->member_count > 1);
}

const char *outline_turns(const struct outline_entry *entry)
{
    const struct finding *first = entry->first;

    return first->subject->kind == SUBJECT_FILE && is_of_one_kind(entry) ? "servers"
                                                                         : outline_subjects(entry);
}

static bool is_of_name(char character)
{
    return text_is_letter(character) || text_is_digit(character) || (character & 0x80) != 0 ||
           (character != '\0' && strchr("-_@", character));
}

/* True where no longer name has the one of `size` bytes at `at` in it. */
static bool stands_alone(const char *text, const char *at, size_t size)
{
    const char *end = at + size;

    if (at > text && (is_of_name(at[-1]) || at[-1] == '.'))
        return false;
    return !is_of_name(*end) && !(*end == '.' && is_of_name(end[1]));
}

/* The next place in `text`, from `from` on, where it names the subject; or NULL. */
static const char *next_name(const char *text, const char *from, const char *name)
{
    const size_t size = strlen(name);
    const char *at = size ? strstr(from, name) : NULL;

    while (at && !stands_alone(text, at, size))
        at = strstr(at + 1, name);
    return at;
}

/* "EX01" of ex01.contoso.com, as machines call themselves: at most 15 characters, in capitals. */
static void upper_name(const struct subject *subject, char out[SHORT_NAME_SIZE])
{
    size_t size = strcspn(subject->name, ".");

    out[0] = '\0';
    if ((subject->kind != SUBJECT_SERVER && subject->kind != SUBJECT_DC) || size < 2)
        return;
    size = size < SHORT_NAME_SIZE ? size : SHORT_NAME_SIZE - 1;
    for (size_t i = 0; i < size; i++) {
        char letter = subject->name[i];

        out[i] = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
    }
    out[size] = '\0';
}

bool outline_names(const char *text, const struct subject *subject)
{
    char label[SHORT_NAME_SIZE];

    upper_name(subject, label);
    return next_name(text, text, subject->shown) || next_name(text, text, subject->name) ||
           next_name(text, text, label);
}

/* Part of an address, a path or the like, in whose place no words may stand. */
static bool is_in_a_token(const char *text, const char *at, size_t size)
{
    char before = at > text ? at[-1] : ' ', after = at[size];

    return before == '/' || before == '\\' || before == '=' || after == '/' || after == '\\' ||
           (after == ':' && text_is_digit(at[size + 1]));
}

/* "ex01"; a word like any other ("mail") that only a comparison may take for the name. */
static void lower_name(const struct subject *subject, char out[SHORT_NAME_SIZE])
{
    upper_name(subject, out);
    for (; *out; out++)
        *out = *out >= 'A' && *out <= 'Z' ? (char)(*out - 'A' + 'a') : *out;
}

/* What stands for a name; in front of "'s" another. */
struct generic {
    const char *word;       /* "each of these servers" */
    const char *possessive; /* "each server" */
    bool is_prose;          /* it is to be read, and not only compared */
    bool with_lower;        /* "ex01" is the name, too */
};

static bool without_name(const char *text, const char *name, const struct generic *generic,
                         struct buffer *out)
{
    const size_t size = strlen(name);
    const char *from = text;

    for (const char *at; (at = next_name(text, from, name)); from = at + size) {
        bool is_owner = at[size] == '\'' && at[size + 1] == 's' && !is_of_name(at[size + 2]);

        if (generic->is_prose && is_in_a_token(text, at, size))
            return false;
        buffer_add(out, from, (size_t)(at - from));
        buffer_add_string(out, is_owner ? generic->possessive : generic->word);
    }
    buffer_add_string(out, from);
    return true;
}

/* "the zone of each of these domains"; false where words cannot stand for the name. */
static bool add_generic(const char *text, const struct finding *member,
                        const struct generic *generic, struct buffer *out)
{
    const struct subject *subject = member->subject;
    char upper[SHORT_NAME_SIZE], lower[SHORT_NAME_SIZE];
    const char *const names[] = {subject->shown, subject->name, upper, lower};
    struct buffer texts[2];
    bool is_right = true;

    buffer_init(&texts[0], SIZE_MAX / 2);
    buffer_init(&texts[1], SIZE_MAX / 2);
    upper_name(subject, upper);
    lower_name(subject, lower);
    buffer_add_string(&texts[0], text);
    for (size_t i = 0; i < (generic->with_lower ? 4 : 3) && is_right; i++) {
        buffer_clear(&texts[(i + 1) % 2]);
        is_right = without_name(texts[i % 2].text, names[i], generic, &texts[(i + 1) % 2]);
    }
    buffer_add_string(out, texts[generic->with_lower ? 0 : 1].text);
    buffer_release(&texts[0]);
    buffer_release(&texts[1]);
    return is_right;
}

static bool is_the_same_of_all(const struct outline_entry *entry, outline_get *get,
                               const void *context)
{
    const char *first = get(entry->members[0], context);
    size_t same = 1;

    while (same < entry->member_count && is_same(first, get(entry->members[same], context)))
        same++;
    return same == entry->member_count;
}

static const struct generic prose = {.is_prose = true}, comparison = {0},
                            wide_comparison = {.with_lower = true};

/* The text with words for the names where it is the same of all then; or NULL. */
static const char *without_names(const struct outline_entry *entry, outline_get *get,
                                 const void *context, const struct generic *form,
                                 struct arena *arena)
{
    struct generic generic = *form;
    const char *result = NULL;
    struct buffer all, own;
    size_t alike = 0;

    generic.word = arena_print(arena, "each of these %s", subjects_word(entry, true));
    generic.possessive = arena_print(arena, "each %s", subjects_word(entry, false));
    buffer_init(&all, SIZE_MAX / 2);
    buffer_init(&own, SIZE_MAX / 2);
    for (; alike < entry->member_count; alike++) {
        const char *text = get(entry->members[alike], context);
        struct buffer *out = alike ? &own : &all;

        buffer_clear(out);
        if (!text || !add_generic(text, entry->members[alike], &generic, out) ||
            strcmp(out->text, all.text) != 0)
            break;
    }
    if (alike == entry->member_count)
        result = arena_copy(arena, all.text, all.size);
    buffer_release(&all);
    buffer_release(&own);
    return result;
}

/* One of several files that do not say whose they are: each is of a server of its own. */
static const char *of_each_file(const struct outline_entry *entry, const char *text,
                                struct arena *arena)
{
    static const char one[] = "the file is of", each[] = "each of these files is of";
    const char *at = text ? strstr(text, one) : NULL;

    if (!at || entry->member_count < 2 || entry->first->subject->kind != SUBJECT_FILE)
        return text;
    return arena_print(arena, "%.*s%s%s", (int)(at - text), text, each, at + sizeof one - 1);
}

const char *outline_tell_once(const struct outline_entry *entry, outline_get *get,
                              const void *context, struct arena *arena)
{
    const char *first = get(entry->members[0], context);

    if (!first || is_the_same_of_all(entry, get, context))
        return of_each_file(entry, first, arena);
    return without_names(entry, get, context, &prose, arena);
}

bool outline_differ_in_names(const struct outline_entry *entry, outline_get *get,
                             const void *context, struct arena *arena)
{
    return is_the_same_of_all(entry, get, context) ||
           without_names(entry, get, context, &comparison, arena) ||
           without_names(entry, get, context, &wide_comparison, arena);
}

static const char *title_of(const struct finding *member, const void *context)
{
    (void)context;
    return member->title;
}

static const char *why_of(const struct finding *member, const void *context)
{
    (void)context;
    return member->why;
}

/* ---- steps ---- */

static int compare_before(const struct step *a, const struct step *b)
{
    int order = compare_sizes(a->kind, b->kind);

    if (!order)
        order = compare_sizes(a->placeholder_count, b->placeholder_count);
    for (size_t i = 0; i < a->placeholder_count && !order; i++)
        order = strcmp(a->placeholders[i], b->placeholders[i]);
    return order;
}

static bool is_same_before(const struct step *a, const struct step *b)
{
    return compare_before(a, b) == 0;
}

/* All that is printed of a step but its shell. */
static int compare_texts(const struct step *a, const struct step *b)
{
    int order = compare_strings(a->command, b->command);

    if (!order)
        order = compare_strings(a->where, b->where);
    if (!order)
        order = compare_before(a, b);
    if (!order)
        order = compare_strings(a->risk, b->risk);
    return order ? order : compare_strings(a->note, b->note);
}

static const struct steps *steps_of(const struct finding *finding, enum outline_list which)
{
    const struct steps *const lists[] = {&finding->fix, &finding->verify, &finding->undo};

    return lists[which];
}

/* A step of a list, whoever's. */
struct step_place {
    enum outline_list which;
    size_t at;
};

static const struct step *step_at(const struct finding *member, const void *context)
{
    const struct step_place *place = context;

    return &steps_of(member, place->which)->list[place->at];
}

static const char *command_of(const struct finding *member, const void *context)
{
    return step_at(member, context)->command;
}

static const char *where_of(const struct finding *member, const void *context)
{
    return step_at(member, context)->where;
}

static const char *risk_of(const struct finding *member, const void *context)
{
    return step_at(member, context)->risk;
}

static const char *note_of(const struct finding *member, const void *context)
{
    return step_at(member, context)->note;
}

/* A member's step, on the way to variants. */
struct telling {
    const struct step *step;
    const struct finding *member;
    size_t index; /* of the member in its entry */
    size_t first; /* of the members that have the same */
};

static int by_text(const void *first, const void *second)
{
    const struct telling *a = first, *b = second;
    int order = compare_texts(a->step, b->step);

    return order ? order : compare_sizes(a->index, b->index);
}

static int by_first_member(const void *first, const void *second)
{
    const struct telling *a = first, *b = second;
    int order = compare_sizes(a->first, b->first);

    return order ? order : compare_sizes(a->index, b->index);
}

static void note_sameness(struct outline_step *step, const struct step *other)
{
    step->same_where = step->same_where && is_same(step->step->where, other->where);
    step->same_command = step->same_command && is_same(step->step->command, other->command);
    step->same_before = step->same_before && is_same_before(step->step, other);
    step->same_risk = step->same_risk && is_same(step->step->risk, other->risk);
    step->same_note = step->same_note && is_same(step->step->note, other->note);
}

/* `tellings` stand by their first member: each run of them is a variant. */
static void make_variants(struct telling *tellings, size_t count, struct arena *arena,
                          struct outline_step *out)
{
    const struct finding **members = arena_new(arena, count, sizeof *members);
    struct outline_variant *variants;
    size_t made = 0;

    for (size_t i = 0; i < count; i++)
        made += i == 0 || tellings[i].first != tellings[i - 1].first;
    variants = arena_new(arena, made, sizeof *variants);
    made = 0;
    for (size_t i = 0; i < count; i++) {
        members[i] = tellings[i].member;
        if (i == 0 || tellings[i].first != tellings[i - 1].first)
            variants[made++] = (struct outline_variant){tellings[i].step, &members[i], 0};
        variants[made - 1].member_count++;
    }
    out->variants = variants;
    out->variant_count = made;
}

static void merge_step(const struct outline_entry *entry, enum outline_list which, size_t at,
                       struct arena *arena, struct outline_step *out)
{
    const struct step_place place = {which, at};
    struct telling *tellings = memory_new(entry->member_count, sizeof *tellings);

    *out = (struct outline_step){.step = &steps_of(entry->first, which)->list[at],
                                 .same_where = true,
                                 .same_command = true,
                                 .same_before = true,
                                 .same_risk = true,
                                 .same_note = true,
                                 .where = outline_tell_once(entry, where_of, &place, arena),
                                 .risk = outline_tell_once(entry, risk_of, &place, arena),
                                 .note = outline_tell_once(entry, note_of, &place, arena)};
    for (size_t i = 0; i < entry->member_count; i++) {
        const struct finding *member = entry->members[i];

        tellings[i] = (struct telling){&steps_of(member, which)->list[at], member, i, i};
        note_sameness(out, tellings[i].step);
    }
    out->by_name = !out->same_command && outline_differ_in_names(entry, command_of, &place, arena);
    qsort(tellings, entry->member_count, sizeof *tellings, by_text);
    for (size_t i = 1; i < entry->member_count; i++) {
        if (compare_texts(tellings[i - 1].step, tellings[i].step) == 0)
            tellings[i].first = tellings[i - 1].first;
    }
    qsort(tellings, entry->member_count, sizeof *tellings, by_first_member);
    make_variants(tellings, entry->member_count, arena, out);
    free(tellings);
}

const struct steps *outline_own_steps(const struct outline_steps *steps,
                                      const struct finding *member)
{
    return steps_of(member, steps->which);
}

bool outline_is_note_told(const struct outline_steps *steps, size_t index)
{
    const char *note = steps->list[index].note;

    for (size_t i = index > LOOK_BACK ? index - LOOK_BACK : 0; i < index && note; i++) {
        if (steps->list[i].note && strcmp(steps->list[i].note, note) == 0)
            return true;
    }
    return false;
}

/* All but the command. */
static bool is_else_told_once(const struct outline_step *step)
{
    return step->same_before && (step->same_where || step->where) &&
           (step->same_risk || step->risk) && (step->same_note || step->note);
}

bool outline_is_told_once(const struct outline_step *step)
{
    return step->same_command && is_else_told_once(step);
}

/* The same line is run at each of them, though it reads the same. */
static bool is_done_at_each(const struct outline_entry *entry, const struct step *step)
{
    static const char *const shared[] = {"any ", "Any ", "a ",       "A ",
                                         "an ",  "An ",  "another ", "the machine that exdiag ran"};
    enum subject_kind kind = entry->first->subject->kind;

    if (entry->member_count < 2 ||
        (!are_machines(entry) && (kind != SUBJECT_FILE || !is_of_one_kind(entry))))
        return false;
    for (size_t i = 0; step->where && i < sizeof shared / sizeof *shared; i++) {
        if (strncmp(step->where, shared[i], strlen(shared[i])) == 0)
            return false;
    }
    return true;
}

/* Looks need no order, and text for zones has none. */
static enum outline_order order_of(const struct outline_entry *entry, enum outline_list which,
                                   const struct outline_step *list, size_t count)
{
    size_t several = 0, own = 0;

    if (entry->part != PART_PROBLEMS || which == OUTLINE_VERIFY)
        return OUTLINE_STEP_BY_STEP;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = list[i].step;

        if (step->or || step->shell == SHELL_DNS ||
            (list[i].variant_count == 1 && !is_done_at_each(entry, step)))
            continue;
        several++;
        own += !outline_is_told_once(&list[i]);
    }
    if (several < 2)
        return OUTLINE_STEP_BY_STEP;
    return own < 2 ? OUTLINE_IN_TURN : OUTLINE_BY_MEMBER;
}

static bool differ_by_name(const struct outline_step *list, size_t count)
{
    size_t i = 0;

    while (i < count && (list[i].same_command || list[i].by_name) && is_else_told_once(&list[i]))
        i++;
    return i == count;
}

static struct outline_steps merge_steps(const struct outline_entry *entry, enum outline_list which,
                                        struct arena *arena)
{
    size_t count = steps_of(entry->first, which)->count;
    struct outline_step *list = arena_new(arena, count + 1, sizeof *list);

    for (size_t i = 0; i < count; i++)
        merge_step(entry, which, i, arena, &list[i]);
    return (struct outline_steps){
        .which = which,
        .list = list,
        .count = count,
        .order = order_of(entry, which, list, count),
        .by_name = differ_by_name(list, count),
    };
}

/* ---- entries ---- */

static void complete_entry(struct outline_entry *entry, struct arena *arena)
{
    entry->first = entry->members[0];
    entry->part = report_part_of(entry->first);
    entry->title = outline_tell_once(entry, title_of, NULL, arena);
    entry->why = outline_tell_once(entry, why_of, NULL, arena);
    entry->fix = merge_steps(entry, OUTLINE_FIX, arena);
    entry->verify = merge_steps(entry, OUTLINE_VERIFY, arena);
    entry->undo = merge_steps(entry, OUTLINE_UNDO, arena);
}

static bool begins_entry(const struct place *place)
{
    return place->ordinal != place[-1].ordinal ||
           compare_sorts(place->finding, place[-1].finding) != 0;
}

static void make_entries(struct draft *draft)
{
    const struct finding **members =
        arena_new(draft->arena, draft->place_count + 1, sizeof *members);

    draft->entries = arena_new(draft->arena, draft->place_count + 1, sizeof *draft->entries);
    draft->positions = arena_new(draft->arena, draft->place_count + 1, sizeof *draft->positions);
    for (size_t i = 0; i < draft->place_count; i++) {
        struct place *place = &draft->places[i];

        if (i == 0 || begins_entry(place)) {
            draft->positions[draft->count] = place->position;
            draft->entries[draft->count++].members = &members[i];
        }
        members[i] = place->finding;
        place->entry = draft->count - 1;
        draft->entries[place->entry].member_count++;
    }
    for (size_t i = 0; i < draft->count; i++)
        complete_entry(&draft->entries[i], draft->arena);
}

/* ---- causes ---- */

static const struct place *place_of(const struct draft *draft, const struct finding *finding)
{
    const struct place key = {.finding = finding};

    return draft->place_count
               ? bsearch(&key, draft->places, draft->place_count, sizeof *draft->places, by_address)
               : NULL;
}

static int by_number(const void *first, const void *second)
{
    return compare_sizes(*(const size_t *)first, *(const size_t *)second);
}

static size_t sort_and_unite(size_t *list, size_t count)
{
    size_t kept = 0;

    if (count)
        qsort(list, count, sizeof *list, by_number);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || list[i] != list[kept - 1])
            list[kept++] = list[i];
    }
    return kept;
}

/* The indices of the entries that explain this one; not itself. */
static void find_causes(const struct draft *draft, size_t index)
{
    struct outline_entry *entry = &draft->entries[index];
    size_t most = 0, count = 0;
    size_t *list;

    for (size_t i = 0; i < entry->member_count; i++)
        most += entry->members[i]->explained_by_count;
    list = arena_new(draft->arena, most + 1, sizeof *list);
    for (size_t i = 0; i < entry->member_count; i++) {
        for (size_t j = 0; j < entry->members[i]->explained_by_count; j++) {
            const struct place *place = place_of(draft, entry->members[i]->explained_by[j]);

            if (place && place->entry != index)
                list[count++] = place->entry;
        }
    }
    entry->causes = list;
    entry->cause_count = sort_and_unite(list, count);
}

static void link_entries(struct draft *draft)
{
    if (draft->place_count)
        qsort(draft->places, draft->place_count, sizeof *draft->places, by_address);
    for (size_t i = 0; i < draft->count; i++)
        find_causes(draft, i);
}

/* ---- order ---- */

struct rank {
    enum report_part part;
    size_t position;
    size_t entry;
};

static int by_rank(const void *first, const void *second)
{
    const struct rank *a = first, *b = second;
    int order = compare_sizes(a->part, b->part);

    return order ? order : compare_sizes(a->position, b->position);
}

/* An entry on the way to its place, and the causes that went before it. */
struct visit {
    size_t entry;
    size_t causes_done;
};

struct ordering {
    const struct draft *draft;
    struct visit *stack;
    bool *is_seen;
    size_t *order; /* indices of entries as they are told */
    size_t count;
};

/* The causes of an entry in its part, then the entry. Where causes go round, one is cut. */
static void tell(struct ordering *ordering, size_t start)
{
    size_t depth = 0;

    if (ordering->is_seen[start])
        return;
    ordering->is_seen[start] = true;
    ordering->stack[depth++] = (struct visit){start, 0};
    while (depth > 0) {
        struct visit *top = &ordering->stack[depth - 1];
        const struct outline_entry *entry = &ordering->draft->entries[top->entry];
        size_t cause;

        if (top->causes_done == entry->cause_count) {
            ordering->order[ordering->count++] = top->entry;
            depth--;
            continue;
        }
        cause = entry->causes[top->causes_done++];
        if (ordering->is_seen[cause] || ordering->draft->entries[cause].part != entry->part)
            continue;
        ordering->is_seen[cause] = true;
        ordering->stack[depth++] = (struct visit){cause, 0};
    }
}

static void put_in_order(const struct draft *draft, struct ordering *ordering)
{
    struct rank *ranks = memory_new(draft->count + 1, sizeof *ranks);

    for (size_t i = 0; i < draft->count; i++)
        ranks[i] = (struct rank){draft->entries[i].part, draft->positions[i], i};
    qsort(ranks, draft->count, sizeof *ranks, by_rank);
    for (size_t i = 0; i < draft->count; i++)
        tell(ordering, ranks[i].entry);
    free(ranks);
}

/* Indices of the draft become numbers. */
static void renumber(const struct draft *draft, const size_t *numbers)
{
    for (size_t i = 0; i < draft->count; i++) {
        struct outline_entry *entry = &draft->entries[i];
        size_t *causes = arena_new(draft->arena, entry->cause_count + 1, sizeof *causes);

        for (size_t j = 0; j < entry->cause_count; j++)
            causes[j] = numbers[entry->causes[j]];
        entry->cause_count = sort_and_unite(causes, entry->cause_count);
        entry->causes = causes;
        entry->number = numbers[i];
    }
}

/* In the order of the entries, so that each list is in order, too. */
static void find_effects(struct outline_entry *entries, size_t count, struct arena *arena)
{
    size_t **lists = memory_new(count + 1, sizeof *lists);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < entries[i].cause_count; j++)
            entries[entries[i].causes[j] - 1].effect_count++;
    }
    for (size_t i = 0; i < count; i++) {
        lists[i] = arena_new(arena, entries[i].effect_count + 1, sizeof **lists);
        entries[i].effects = lists[i];
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < entries[i].cause_count; j++)
            *lists[entries[i].causes[j] - 1]++ = i + 1;
    }
    free(lists);
}

/* ---- fixes that read the same ---- */

static int compare_members(const struct outline_variant *a, const struct outline_variant *b)
{
    int order = compare_sizes(a->member_count, b->member_count);

    for (size_t i = 0; i < a->member_count && !order; i++)
        order = subject_compare(a->members[i]->subject, b->members[i]->subject);
    return order;
}

/* With one variant whom it is for stands at its entry. */
static int compare_variants(const struct outline_step *a, const struct outline_step *b)
{
    int order = compare_sizes(a->variant_count, b->variant_count);

    for (size_t i = 0; i < a->variant_count && !order; i++) {
        const struct step *one = a->variants[i].step, *other = b->variants[i].step;

        order = compare_texts(one, other);
        if (!order)
            order = compare_sizes(one->shell, other->shell);
        if (!order)
            order = compare_sizes(one->or, other->or);
        if (!order && a->variant_count > 1)
            order = compare_members(&a->variants[i], &b->variants[i]);
    }
    return order;
}

static int by_fix(const void *first, const void *second)
{
    const struct outline_entry *a = *(const struct outline_entry *const *)first;
    const struct outline_entry *b = *(const struct outline_entry *const *)second;
    int order = compare_sizes(a->part, b->part);

    if (!order)
        order = compare_sizes(a->fix.count, b->fix.count);
    for (size_t i = 0; i < a->fix.count && !order; i++)
        order = compare_variants(&a->fix.list[i], &b->fix.list[i]);
    return order;
}

static int by_fix_and_number(const void *first, const void *second)
{
    const struct outline_entry *a = *(const struct outline_entry *const *)first;
    const struct outline_entry *b = *(const struct outline_entry *const *)second;
    int order = by_fix(first, second);

    return order ? order : compare_sizes(a->number, b->number);
}

static void find_same_fixes(struct outline_entry *entries, size_t count)
{
    struct outline_entry **list = memory_new(count + 1, sizeof *list);
    size_t first = 0;

    for (size_t i = 0; i < count; i++)
        list[i] = &entries[i];
    if (count)
        qsort(list, count, sizeof *list, by_fix_and_number);
    for (size_t i = 1; i < count; i++) {
        if (list[i]->fix.count == 0 || by_fix(&list[first], &list[i]) != 0)
            first = i;
        else
            list[i]->fix_as = list[first]->number;
    }
    free(list);
}

static void write_outline(const struct draft *draft, const size_t *order, struct outline *outline)
{
    struct outline_entry *entries = arena_new(draft->arena, draft->count + 1, sizeof *entries);
    size_t part = 0;

    for (size_t i = 0; i < draft->count; i++) {
        entries[i] = draft->entries[order[i]];
        while (part <= entries[i].part)
            outline->starts[part++] = i;
    }
    while (part <= PART_COUNT)
        outline->starts[part++] = draft->count;
    find_effects(entries, draft->count, draft->arena);
    find_same_fixes(entries, draft->count);
    outline->entries = entries;
    outline->count = draft->count;
}

static void arrange(struct draft *draft, struct outline *outline)
{
    size_t room = draft->count + 1;
    struct ordering ordering = {.draft = draft,
                                .stack = memory_new(room, sizeof(struct visit)),
                                .is_seen = memory_new(room, sizeof(bool)),
                                .order = memory_new(room, sizeof(size_t))};
    size_t *numbers = memory_new(room, sizeof *numbers);

    put_in_order(draft, &ordering);
    for (size_t i = 0; i < draft->count; i++)
        numbers[ordering.order[i]] = i + 1;
    renumber(draft, numbers);
    write_outline(draft, ordering.order, outline);
    free(ordering.stack);
    free(ordering.is_seen);
    free(ordering.order);
    free(numbers);
}

void outline_make(const struct report *report, struct arena *arena, struct outline *outline)
{
    struct draft draft = {.report = report, .arena = arena};

    memset(outline, 0, sizeof *outline);
    gather_places(&draft);
    make_entries(&draft);
    link_entries(&draft);
    arrange(&draft, outline);
}
