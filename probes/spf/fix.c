#include "probes/spf/fix.h"

#include "diag/text.h"
#include "probes/spf/characters.h"
#include "probes/spf/network.h"
#include "probes/spf/words.h"

#include <string.h>

enum {
    FORMER_MOST = 8000, /* bytes beyond which a record is not looked through for a better one */
    CHANGES_MOST = 4000 /* bytes that tell of changes */
};

struct drafting {
    const struct spf_record *former;
    const struct spf_tree *tree;
    struct spf_record record; /* in the words that were meant */
    struct arena *arena;
    struct buffer text; /* of the corrected record */
    struct buffer changes;
    const char *obstacle;
};

static void say(struct drafting *drafting, const char *format, ...) PRINTF_LIKE(2, 3);

static void say(struct drafting *drafting, const char *format, ...)
{
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = arena_print_list(drafting->arena, format, arguments);
    va_end(arguments);
    if (drafting->changes.size > 0)
        buffer_add_string(&drafting->changes, "; ");
    text_show(&drafting->changes, text, strlen(text));
}

static const char *quote(struct drafting *drafting, const struct spf_term *term)
{
    return arena_copy(drafting->arena, drafting->record.text + term->start, term->size);
}

/* ---- what the tree knows of a term: the same word, at the top ---- */

static const struct spf_place *place_of(const struct drafting *drafting,
                                        const struct spf_term *term)
{
    const struct spf_node *top = drafting->tree ? drafting->tree->top : NULL;

    for (size_t i = 0; top && i < top->record->term_count; i++) {
        if (spf_same_term(top->record, &top->record->terms[i], &drafting->record, term))
            return &top->places[i];
    }
    return NULL;
}

static bool leads_to(const struct drafting *drafting, const struct spf_term *term,
                     enum spf_node_state state)
{
    const struct spf_place *place = term->kind == SPF_INCLUDE ? place_of(drafting, term) : NULL;

    return place && place->node && place->node->state == state;
}

/* ---- terms that are left out ---- */

static bool stood_before(const struct drafting *drafting, const struct spf_term *term)
{
    const struct spf_record *record = &drafting->record;

    for (const struct spf_term *earlier = record->terms; earlier < term; earlier++) {
        if (spf_same_term(record, earlier, record, term))
            return spf_is_mechanism(term->kind);
    }
    return false;
}

/* An earlier term with the same qualifier whose network holds all of this one's; or NULL. */
static const struct spf_term *find_cover(const struct drafting *drafting,
                                         const struct spf_term *term)
{
    for (const struct spf_term *earlier = drafting->record.terms; earlier < term; earlier++) {
        if (spf_covers(earlier, term))
            return earlier;
    }
    return NULL;
}

/* A term behind `all` that counts once `all` stands at the end, and does no harm there. */
static bool may_move(const struct drafting *drafting, const struct spf_term *term)
{
    if (term->qualifier != '+' || !spf_is_mechanism(term->kind) || term->kind == SPF_ALL ||
        term->kind == SPF_PTR)
        return false;
    if (term->kind == SPF_IP4 || term->kind == SPF_IP6)
        return true;
    if (!drafting->tree || drafting->tree->lookups > SPF_LOOKUPS_MOST)
        return false;
    return term->kind != SPF_INCLUDE || leads_to(drafting, term, SPF_NODE_VALID);
}

/* Why a term is left out, said; false if it stays. */
static bool is_left_out(struct drafting *drafting, const struct spf_term *term)
{
    const struct spf_term *all = drafting->record.all;
    const char *text = quote(drafting, term), *reserved = spf_term_reserved_for(term);

    if (all && term == all)
        return false;
    if (stood_before(drafting, term))
        say(drafting, "%s stood there twice", text);
    else if (find_cover(drafting, term))
        say(drafting, "%s is left out: %s covers it", text,
            quote(drafting, find_cover(drafting, term)));
    else if (all && term->kind == SPF_REDIRECT)
        say(drafting, "%s is left out: beside all it is ignored", text);
    else if (all && term->kind == SPF_ALL)
        say(drafting, "%s is left out: the first all is the one that counts", text);
    else if (all && term > all && spf_is_mechanism(term->kind) && !may_move(drafting, term))
        say(drafting, "%s is left out: it stood behind all and never counted", text);
    else if (leads_to(drafting, term, SPF_NODE_NONE))
        say(drafting,
            "%s is left out: there is no SPF record at that name, which made it an error; if that "
            "service sends for you, ask it for the right name",
            text);
    else if (leads_to(drafting, term, SPF_NODE_LOOP))
        say(drafting, "%s is left out: it leads back to this very record", text);
    else if (reserved)
        say(drafting,
            "%s is left out: such addresses are %s, and no mail on the Internet comes "
            "from them",
            text, reserved);
    else
        return false;
    return true;
}

/* ---- terms that stay ---- */

static bool has_capitals(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] >= 'A' && text[i] <= 'Z')
            return true;
    }
    return false;
}

/* Its name in small letters, its network without host bits; the rest as it is. */
static void add_term(struct drafting *drafting, const struct spf_term *term)
{
    const char *text = quote(drafting, term);
    size_t name = strcspn(text, ":=/");
    char network[IP_NETWORK_TEXT_SIZE];

    buffer_add_char(&drafting->text, ' ');
    if (term->kind == SPF_OTHER_MODIFIER) {
        buffer_add_string(&drafting->text, text);
        return;
    }
    for (size_t i = 0; i < name; i++)
        buffer_add_char(&drafting->text, text_lower(text[i]));
    if (spf_has_host_bits(term)) {
        spf_format_network(term, network);
        buffer_print(&drafting->text, ":%s", network);
        say(drafting, "%s is written as the network that it is, %s", text, network);
        return;
    }
    buffer_add_string(&drafting->text, text + name);
}

/* Terms behind all that may count stand before it now. */
static void add_terms(struct drafting *drafting)
{
    const struct spf_record *record = &drafting->record;
    const struct spf_term *all = record->all;

    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];

        if ((all && term == all) || is_left_out(drafting, term))
            continue;
        add_term(drafting, term);
        if (all && term > all && spf_is_mechanism(term->kind))
            say(drafting,
                "%s stood behind all, where it never counted, and counts now: check that "
                "it is a sender of yours",
                quote(drafting, term));
    }
}

static bool names_senders(const struct spf_record *record)
{
    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];

        if (spf_is_mechanism(term->kind) && term->kind != SPF_ALL && term->qualifier == '+')
            return true;
    }
    return false;
}

/* What becomes of all other senders. */
static void add_end(struct drafting *drafting)
{
    const struct spf_term *all = drafting->record.all;

    if (all && (all->qualifier != '+' || !names_senders(&drafting->record))) {
        buffer_print(&drafting->text, " %call", all->qualifier);
    } else if (all) {
        buffer_add_string(&drafting->text, " ~all");
        say(drafting, "+all, which lets everybody pass, is ~all now: senders that the record does "
                      "not name no longer pass, so name all of yours first");
    } else if (!drafting->record.redirect && names_senders(&drafting->record)) {
        buffer_add_string(&drafting->text, " ~all");
        say(drafting, "~all is added: senders that the record does not name were treated as if "
                      "nothing were published, and are doubted now");
    }
}

/* ---- the whole ---- */

static void say_faults(struct drafting *drafting, const struct spf_fix *fix)
{
    for (size_t i = 0; i < fix->fault_count; i++) {
        const struct spf_fault *fault = &fix->faults[i];
        const char *former =
            arena_copy(drafting->arena, drafting->former->text + fault->start, fault->size);

        if (fault->size == 0)
            say(drafting, "a space is inserted: %s", fault->reason);
        else if (!*fault->instead)
            say(drafting, "%s is left out: %s", former, fault->reason);
        else if (fault->size < 4 && strlen(fault->instead) == 1)
            say(drafting, "%s is \"%s\" now: it was %s", former, fault->instead, fault->reason);
        else
            say(drafting, "%s is %s now: %s", former, fault->instead, fault->reason);
    }
}

static const char *obstacle_of_faults(struct drafting *drafting, const struct spf_fix *fix)
{
    for (size_t i = 0; i < fix->fault_count; i++) {
        const struct spf_fault *fault = &fix->faults[i];
        const char *former =
            text_printable(drafting->arena, drafting->former->text + fault->start, fault->size);

        if (!fault->instead)
            return arena_print(drafting->arena,
                               "what %s is to mean has to be decided by a person (%s)", former,
                               fault->reason);
    }
    return "what is wrong in it has to be decided by a person";
}

/* A person may paste the record into a shell after all. */
static bool has_odd_characters(const char *text, size_t size)
{
    static const char usual[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                " .:/_-+=,%{}~?@";

    for (size_t i = 0; i < size; i++) {
        if (!memchr(usual, text[i], sizeof usual - 1))
            return true;
    }
    return false;
}

/* A term that no correction may publish anew. */
static const struct spf_term *find_open_term(const struct spf_record *record)
{
    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];

        if (term->qualifier == '+' &&
            (term->kind == SPF_ALL || spf_width_of(term) == SPF_WIDTH_EVERYBODY))
            return term;
    }
    return NULL;
}

/* What the corrected record would do, although nothing in it is wrong by itself. */
static const char *find_danger(struct drafting *drafting, const struct spf_record *read)
{
    const struct spf_record *former = &drafting->record;
    const struct spf_term *open = find_open_term(read);

    if (open)
        return arena_print(
            drafting->arena,
            "%s lets everybody pass: what is to stand in its place has to be decided "
            "by a person",
            arena_copy(drafting->arena, read->text + open->start, open->size));
    if ((names_senders(former) || former->redirect) && !names_senders(read) && !read->redirect)
        return "it would let nobody send any more: which senders it is to name has to be decided "
               "by a person";
    return NULL;
}

static const char *find_obstacle(struct drafting *drafting, const char *text, size_t size)
{
    struct spf_record read;

    if (size > SPF_PROPOSED_MOST)
        return arena_print(drafting->arena,
                           "it would have %zu bytes, and a record beyond %d is not received "
                           "everywhere",
                           size, (int)SPF_LONG_RECORD);
    if (has_odd_characters(text, size))
        return "it holds characters that no mail host's name has";
    spf_read(text, size, drafting->arena, &read);
    if (read.error)
        return arena_print(drafting->arena, "%s in it is not valid (%s)",
                           arena_copy(drafting->arena, text + read.error->start, read.error->size),
                           read.error->error);
    return find_danger(drafting, &read);
}

static void draft_record(struct drafting *drafting)
{
    const struct spf_record *former = drafting->former;

    buffer_add_string(&drafting->text, "v=spf1");
    for (size_t i = 0; i < drafting->record.term_count; i++) {
        const struct spf_term *term = &drafting->record.terms[i];
        size_t name = strcspn(quote(drafting, term), ":=/");

        if (term->kind != SPF_OTHER_MODIFIER &&
            has_capitals(drafting->record.text + term->start, name)) {
            say(drafting, "names are in small letters");
            break;
        }
    }
    if (has_capitals(former->text, SPF_VERSION_SIZE))
        say(drafting, "the version is in small letters");
    add_terms(drafting);
    add_end(drafting);
}

static bool is_changed(const struct drafting *drafting)
{
    const struct spf_record *former = drafting->former;

    return drafting->text.size != former->size ||
           memcmp(drafting->text.text, former->text, former->size) != 0;
}

void spf_fix(const struct spf_record *record, const struct spf_tree *tree,
             const struct dns_record *published, struct arena *arena, struct spf_fix *out)
{
    struct drafting drafting = {.former = record, .tree = tree, .arena = arena};
    struct spf_words words;

    memset(out, 0, sizeof *out);
    spf_mend_words(record, published, arena, &words);
    out->faults = words.faults;
    out->fault_count = words.fault_count;
    if (!words.text) {
        out->obstacle = obstacle_of_faults(&drafting, out);
        return;
    }
    if (strlen(words.text) > FORMER_MOST) {
        out->obstacle = "it is far too long: what to keep has to be decided by a person";
        return;
    }
    spf_read(words.text, strlen(words.text), arena, &drafting.record);
    buffer_init(&drafting.text, 65535);
    buffer_init(&drafting.changes, CHANGES_MOST);
    say_faults(&drafting, out);
    draft_record(&drafting);
    if (drafting.changes.size > 0 && is_changed(&drafting)) {
        out->obstacle = find_obstacle(&drafting, drafting.text.text, drafting.text.size);
        if (!out->obstacle) {
            out->text = arena_copy(arena, drafting.text.text, drafting.text.size);
            out->changes = arena_copy(arena, drafting.changes.text, drafting.changes.size);
        }
    }
    buffer_release(&drafting.text);
    buffer_release(&drafting.changes);
}

/* ---- texts that are no record ---- */

/* Quotation marks, spaces and what cannot be seen, before the version. */
static size_t skip_padding(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size) {
        struct spf_slip slip = spf_slip_at(text + at, size - at);

        if (slip.size == 0 && text[at] != ' ')
            break;
        at += slip.size ? slip.size : 1;
    }
    return at;
}

/* How far a misspelt version goes; 0 if it is none, or another version. */
static size_t version_size(const char *text, size_t size)
{
    static const char *const versions[] = {"v=spf1",   "v=sfp1",  "v= spf1", "v =spf1",
                                           "v = spf1", "v=spf 1", "v-spf1",  "v:spf1",
                                           "vspf1",    "=spf1",   "spf1",    "v=spf "};

    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        size_t end = strlen(versions[i]);

        if (text_starts_fold(text, size, versions[i]))
            return end < size && (text_is_digit(text[end]) || text[end] == '.') ? 0 : end;
    }
    return 0;
}

/* Strings in quotation marks, as a zone file has them, are joined with nothing between. */
static void add_strings(struct buffer *out, const char *text, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        size_t next = at + 1;

        while (text[at] == '"' && next < size && (text[next] == ' ' || text[next] == '\t'))
            next++;
        if (text[at] == '"' && next < size && text[next] == '"')
            at = next;
        else
            buffer_add_char(out, text[at]);
    }
}

void spf_fix_look_alike(const char *text, size_t size, struct arena *arena, struct spf_fix *out)
{
    static const char change[] = "it begins with v=spf1 and a space now, and is a record";
    const char *what;
    size_t preface = spf_preface(text, size, &what), version;
    size_t start = preface ? preface : skip_padding(text, size);
    struct spf_record record;
    struct buffer meant;

    memset(out, 0, sizeof *out);
    version = version_size(text + start, size - start);
    if (version == 0)
        return;
    for (start += version; start < size && strchr(" ;,:", text[start]);)
        start++;
    buffer_init(&meant, SPF_PROPOSED_MOST);
    buffer_add_string(&meant, "v=spf1 ");
    add_strings(&meant, text + start, size - start);
    spf_read(meant.text, meant.size, arena, &record);
    if (!meant.truncated && record.term_count > 0) {
        spf_fix(&record, NULL, NULL, arena, out);
        if (out->text) {
            out->changes = arena_print(arena, "%s; %s", change, out->changes);
        } else if (!out->obstacle && !has_odd_characters(meant.text, meant.size)) {
            out->text = arena_copy(arena, meant.text, meant.size);
            out->changes = change;
        }
        out->faults = NULL; /* they are places of another text */
        out->fault_count = 0;
    }
    buffer_release(&meant);
}
