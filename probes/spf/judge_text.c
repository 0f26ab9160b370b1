/* What is wrong with a record as it is written: grammar, spaces, letters, length. */
#include "diag/text.h"
#include "probes/spf/charge.h"
#include "probes/spf/intent.h"
#include "probes/spf/kinds.h"
#include "probes/spf/words.h"

#include <string.h>

enum { DEFAULT_EDNS_MOST = 1232 };

/* ---- faults of words and characters ---- */

/* What to write instead, under the record with the offending characters marked. */
static void show_fault(struct finding *finding, const struct spf_case *at,
                       const struct spf_fault *fault)
{
    const char *former =
        arena_copy(pass_memory(at->x), at->record->text + fault->start, fault->size);

    if (fault->size == 0)
        saw(finding, NULL, "a space belongs here: %s", fault->reason);
    else if (!fault->instead)
        saw(finding, NULL, "%s: %s", former, fault->reason);
    else if (!*fault->instead)
        saw(finding, NULL, "leave out %s: %s", former, fault->reason);
    else if (strcmp(fault->instead, " ") == 0)
        saw(finding, NULL, "write a space instead of %s: it is %s", former, fault->reason);
    else
        saw(finding, NULL, "write %s instead of %s: %s", fault->instead, former, fault->reason);
}

/* What differs between the words and what was meant; one character where something is missing. */
static void mark_fault(struct finding *finding, const struct spf_case *at,
                       const struct spf_fault *fault, const struct spf_term *shown)
{
    const char *former = at->record->text + fault->start, *instead = fault->instead;
    size_t size = fault->size, head = 0, tail = 0, least, length = instead ? strlen(instead) : 0;

    least = length < size ? length : size;
    while (head < least && former[head] == instead[head])
        head++;
    while (tail < least - head && former[size - 1 - tail] == instead[length - 1 - tail])
        tail++;
    size -= head + tail;
    if (shown && shown->error_start == fault->start + head && shown->error_size == size)
        return;
    spf_show(finding, at->top, fault->start + head, size ? size : 1);
}

static bool is_inside(const struct spf_fault *fault, const struct spf_term *term)
{
    return fault->start >= term->start && fault->start < term->start + term->size;
}

/* What to do about a term, where that is known. */
static bool show_fault_of(struct spf_case *at, struct finding *finding, const struct spf_term *term)
{
    const struct spf_fix *fix = spf_fix_of(at);

    for (size_t i = 0; i < fix->fault_count; i++) {
        if (is_inside(&fix->faults[i], term)) {
            show_fault(finding, at, &fix->faults[i]);
            return true;
        }
    }
    return false;
}

/* ---- grammar ---- */

static void show_faults(struct spf_case *at, struct finding *finding)
{
    const struct spf_fix *fix = spf_fix_of(at);

    for (size_t i = 0; i < fix->fault_count; i++) {
        if (i == SPF_SHOWN_MOST) {
            saw(finding, NULL, "and %zu more", fix->fault_count - i);
            return;
        }
        mark_fault(finding, at, &fix->faults[i], i == 0 ? at->record->error : NULL);
        show_fault(finding, at, &fix->faults[i]);
    }
}

static void judge_grammar(struct spf_case *at)
{
    const struct spf_term *error = at->record->error;
    struct finding *finding;

    if (!error) {
        healthy(at->x, &spf_syntax, "the record keeps to the grammar of RFC 7208");
        return;
    }
    finding = spf_charge(at, &spf_syntax);
    spf_show(finding, at->top, error->error_start, error->error_size);
    saw(finding, NULL, "%s: %s", spf_quote(at, at->top, error), error->error);
    show_faults(at, finding);
    spf_offer_fix(at, finding);
}

/* ---- spaces ---- */

/* Only what stands for a name can swallow the term behind it and still be right. */
static bool may_hold_two(const struct spf_term *term)
{
    if (term->error || !term->value || term->kind == SPF_IP4 || term->kind == SPF_IP6)
        return false;
    return memchr(term->value, ':', term->value_size) ||
           memchr(term->value, '=', term->value_size) ||
           (term->value_size > 4 && memcmp(term->value + term->value_size - 4, "-all", 4) == 0);
}

static void tell_missing_space(struct spf_case *at, struct finding **finding,
                               const struct spf_term *term, size_t middle, const char *what)
{
    if (!*finding)
        *finding = spf_charge(at, &spf_split_term);
    if (at->record->error)
        finding_severity(*finding, SEVERITY_CRITICAL);
    spf_show(*finding, at->top, term->start + middle, 1);
    saw(*finding, NULL, "%s", what);
}

static void judge_spaces(struct spf_case *at)
{
    const struct dns_record *source = spf_source_of(at);
    bool has_strings = source && source->data.txt.count > 1;
    struct arena *arena = pass_memory(at->x);
    struct finding *finding = NULL;

    for (size_t i = 0; i < at->record->term_count; i++) {
        const struct spf_term *term = &at->record->terms[i];
        const char *text = at->record->text + term->start;
        size_t middle = 0;

        if (has_strings && (middle = spf_find_lost_space(at->record, term, source, arena)))
            tell_missing_space(at, &finding, term, middle,
                               "one string of the record ends here, and the next one begins: "
                               "receivers join them with nothing between (RFC 7208 section 3.3)");
        else if (may_hold_two(term) && (middle = spf_find_missing_space(text, term->size, arena)))
            tell_missing_space(
                at, &finding, term, middle,
                "a second term begins here, but no space stands before it: all of it "
                "is read as one name");
    }
    spf_offer_fix(at, finding);
}

/* ---- names ---- */

static void judge_names(struct spf_case *at)
{
    struct finding *finding = NULL;

    for (size_t i = 0; i < at->record->term_count; i++) {
        const struct spf_term *term = &at->record->terms[i];
        const char *text = at->record->text + term->start;
        size_t odd;

        if (term->error || !term->value || term->kind == SPF_IP4 || term->kind == SPF_IP6 ||
            term->kind == SPF_OTHER_MODIFIER)
            continue;
        odd = spf_find_odd_character(term->value, term->value_size);
        if (odd == term->value_size ||
            spf_find_missing_space(text, term->size, pass_memory(at->x)) > 0)
            continue;
        if (!finding)
            finding = spf_charge(at, &spf_odd_name);
        if (finding->seen_count >= SPF_SEEN_MOST)
            break;
        spf_show(finding, at->top, (size_t)(term->value - at->record->text) + odd, 1);
        show_fault_of(at, finding, term);
    }
    spf_offer_fix(at, finding);
}

/* ---- modifiers ---- */

static void show_modifier(struct spf_case *at, struct finding *finding, const struct spf_term *term)
{
    const struct spf_fix *fix = spf_fix_of(at);

    for (size_t i = 0; i < fix->fault_count; i++) {
        if (!is_inside(&fix->faults[i], term))
            continue;
        finding_severity(finding, SEVERITY_WARNING);
        mark_fault(finding, at, &fix->faults[i], NULL);
        show_fault(finding, at, &fix->faults[i]);
        return;
    }
    spf_show_term(finding, at->top, term);
    saw(finding, NULL, "nothing that receivers know has this name: it is ignored");
}

static void judge_modifiers(struct spf_case *at)
{
    struct finding *finding = NULL;

    for (size_t i = 0, shown = 0; i < at->record->term_count && shown < SPF_SHOWN_MOST; i++) {
        const struct spf_term *term = &at->record->terms[i];
        const char *text = at->record->text + term->start;

        if (term->kind != SPF_OTHER_MODIFIER || term->error)
            continue;
        if (spf_is_registered_modifier(text, (size_t)(term->value - 1 - text)))
            continue;
        if (!finding)
            finding = spf_charge(at, &spf_unknown_modifier);
        show_modifier(at, finding, term);
        shown++;
    }
    spf_offer_fix(at, finding);
}

/* ---- letters ---- */

static size_t find_capital(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && !(text[at] >= 'A' && text[at] <= 'Z'))
        at++;
    return at;
}

/* A capital letter in the name of a term, or of a macro, where it means something (RFC 7208 7.3);
 * the size if there is none. */
static size_t find_term_capital(const char *text, const struct spf_term *term, bool *is_macro)
{
    size_t name = 0, at;

    while (name < term->size && !strchr(":=/", text[name]))
        name++;
    *is_macro = false;
    at = find_capital(text, name);
    if (at < name)
        return at;
    for (at = name; at + 2 < term->size; at++) {
        *is_macro = text[at] == '%' && text[at + 1] == '{' && find_capital(text + at + 2, 1) == 0;
        if (*is_macro)
            return at + 2;
    }
    return term->size;
}

static struct finding *tell_capital(struct spf_case *at, struct finding *finding, size_t start,
                                    const char *what)
{
    if (!finding)
        finding = spf_charge(at, &spf_upper_case);
    spf_show(finding, at->top, start, 1);
    saw(finding, NULL, "%s", what);
    return finding;
}

static void judge_letters(struct spf_case *at)
{
    const char *text = at->record->text;
    size_t capital = find_capital(text, SPF_VERSION_SIZE), names = 0, macros = 0;
    struct finding *finding = NULL;

    if (find_capital(text, at->record->size) == at->record->size)
        return;
    if (capital < SPF_VERSION_SIZE)
        finding = tell_capital(at, NULL, capital, "any case is right; some receivers want v=spf1");
    for (size_t i = 0; i < at->record->term_count && names + macros < SPF_SHOWN_MOST; i++) {
        const struct spf_term *term = &at->record->terms[i];
        bool is_macro;

        if (term->error || term->kind == SPF_OTHER_MODIFIER)
            continue;
        capital = find_term_capital(text + term->start, term, &is_macro);
        if (capital == term->size)
            continue;
        if (is_macro && macros++ == 0)
            finding = tell_capital(at, finding, term->start + capital,
                                   "a capital letter of a macro has what it stands for written in "
                                   "URL form: @ becomes %40 (RFC 7208 section 7.3)");
        else if (!is_macro && names++ == 0)
            finding = tell_capital(at, finding, term->start + capital,
                                   "names of mechanisms are written in small letters; receivers "
                                   "take either");
    }
    spf_offer_fix(at, finding);
}

/* ---- length ---- */

/* Bytes of the text of all TXT records of the answer that brings the record. */
static size_t answer_size(const struct spf_case *at)
{
    const struct dns_record *record = NULL;
    size_t size = 0;

    if (!at->top->answer)
        return at->record->size;
    while ((record = dns_answer_next(at->top->answer, record))) {
        for (size_t i = 0; i < record->data.txt.count; i++)
            size += record->data.txt.strings[i].size + 1;
    }
    return size;
}

static void judge_length(struct spf_case *at)
{
    struct finding *finding;

    if (at->record->size <= SPF_LONG_RECORD)
        return;
    finding = spf_charge(at, &spf_long_record);
    finding->title =
        arena_print(pass_memory(at->x), "the SPF record has %zu bytes", at->record->size);
    if (at->record->size > DEFAULT_EDNS_MOST)
        finding_severity(finding, SEVERITY_WARNING);
    spf_show(finding, at->top, SPF_LONG_RECORD, at->record->size - SPF_LONG_RECORD);
    saw(finding, NULL,
        "%zu bytes; with the other TXT records of the name an answer holds %zu bytes of text",
        at->record->size, answer_size(at));
}

void spf_judge_text(struct spf_case *at)
{
    judge_grammar(at);
    judge_spaces(at);
    judge_names(at);
    judge_modifiers(at);
    judge_letters(at);
    judge_length(at);
}
