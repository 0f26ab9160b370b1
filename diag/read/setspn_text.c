#include "diag/read/setspn_text.h"

#include "diag/read/ldap_text.h"
#include "diag/read/spn.h"
#include "diag/read/utf16.h"
#include "diag/text.h"

#include <string.h>

enum { LINE_MOST = 8192, TRIES_MOST = 4 };

struct line {
    const char *text; /* without the blanks around it */
    size_t size;
    bool is_indented;
};

/* What a line is, by the part of it that says so. */
enum shape {
    OTHER,
    BLANK,
    NAME,       /* an SPN */
    ACCOUNT,    /* the distinguished name of one */
    LISTED,     /* words, the same, a colon: -L */
    DUPLICATED, /* words around an SPN, a colon: -X */
    SEARCHED    /* words around the distinguished name of a domain: -Q, -S, -X */
};

/* ---- lines ---- */

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

/* Ends at LF, CR or both: progress is printed over and over with CR alone. */
static bool take_line(const char **text, const char *end, struct line *out)
{
    const char *from = *text, *to = from;

    if (from == end)
        return false;
    while (to < end && *to != '\n' && *to != '\r')
        to++;
    *text = to < end ? to + 1 : to;
    out->is_indented = from < to && is_blank(*from);
    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    out->text = from;
    out->size = (size_t)(to - from);
    return true;
}

/*
 * The colon that ends a line, with what stands before it in some languages: blanks that do not
 * break (French), in UTF-8 or a code page, or the wide colon (Japanese, Chinese). Bytes without
 * it; 0 if there is none.
 */
static size_t before_colon(const struct line *line)
{
    static const char *const endings[] = {
        "\xc2\xa0:", "\xe2\x80\xaf:", "\xa0:", "\xff:", " :", "\xef\xbc\x9a", ":"};

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t size = strlen(endings[i]);

        if (line->size > size && memcmp(line->text + line->size - size, endings[i], size) == 0)
            return line->size - size;
    }
    return 0;
}

/* ---- what is in a line ---- */

static bool has_no_control(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return false;
    }
    return true;
}

/* "class/host"; how it is spelt in detail is not for us to refuse. */
static bool is_name(const char *text, size_t size)
{
    const char *slash = memchr(text, '/', size);

    return slash && slash > text && slash + 1 < text + size && slash[1] != '/' &&
           size <= SPN_MOST && (text_is_letter(*text) || text_is_digit(*text)) &&
           !memchr(text, ' ', (size_t)(slash - text)) && !memchr(text, '"', size) &&
           !memchr(text, '\\', size) && has_no_control(text, size);
}

/* A distinguished name that ends in a domain; `type` is what it has to begin with. */
static bool is_dn(const char *text, size_t size, const char *type, struct arena *arena)
{
    return text_starts_fold(text, size, type) && has_no_control(text, size) &&
           ldap_dn_domain(arena_copy(arena, text, size), arena) != NULL;
}

/* Where the last "DC=label" ends, for words may stand behind a name; 0 if there is none. */
static size_t domain_end(const char *text, size_t size)
{
    for (size_t at = size; at-- > 0;) {
        size_t end = at + 3;

        if (!text_starts_fold(text + at, size - at, "DC="))
            continue;
        while (end < size && (text_is_letter(text[end]) || text_is_digit(text[end]) ||
                              text[end] == '-' || text[end] == '_'))
            end++;
        return end;
    }
    return 0;
}

static bool begins_word(const char *text, size_t at)
{
    return at == 0 || text[at - 1] == ' ' || text[at - 1] == '?' || text[at - 1] & 0x80;
}

/* The distinguished name among words; few tries, for who writes such a line has one in it. */
static bool find_dn(const char *text, size_t size, const char *type, struct arena *arena,
                    struct line *out)
{
    size_t end = domain_end(text, size);
    unsigned tries = 0;

    for (size_t i = 0; i < size && tries < TRIES_MOST; i++) {
        if (!begins_word(text, i) || !text_starts_fold(text + i, size - i, type))
            continue;
        tries++;
        *out = (struct line){text + i, size - i, false};
        if (is_dn(out->text, out->size, type, arena))
            return true;
        out->size = end > i ? end - i : 0;
        if (is_dn(out->text, out->size, type, arena))
            return true;
    }
    return false;
}

/* The first word that is an SPN. */
static bool find_name(const char *text, size_t size, struct line *out)
{
    for (size_t i = 0, word; i < size; i += word + 1) {
        const char *end = memchr(text + i, ' ', size - i);

        word = end ? (size_t)(end - text) - i : size - i;
        *out = (struct line){text + i, word, false};
        if (word > 0 && is_name(out->text, out->size))
            return true;
    }
    return false;
}

/* Words of any language and no more: '?' stands for what was no ASCII. */
static bool is_words(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!text_is_letter(text[i]) && !(text[i] & 0x80) && !memchr(" .?'", text[i], 4))
            return false;
    }
    return true;
}

/* "Checking domain DC=contoso,DC=com", or with the words on both sides. */
static bool is_search(const struct line *line, struct arena *arena, struct line *out)
{
    size_t before, behind;

    if (text_starts_fold(line->text, line->size, "DC=") ||
        !find_dn(line->text, line->size, "DC=", arena, out))
        return false;
    before = (size_t)(out->text - line->text);
    behind = before + out->size;
    return is_words(line->text, before) && is_words(line->text + behind, line->size - behind);
}

/* `out`: the account, the name or the place. */
static enum shape shape_of(const struct line *line, struct arena *arena, struct line *out)
{
    size_t before = before_colon(line);

    *out = *line;
    if (line->size == 0)
        return BLANK;
    if (line->size > LINE_MOST)
        return OTHER;
    if (before > 0) {
        if (find_dn(line->text, before, "CN=", arena, out))
            return LISTED;
        return find_name(line->text, before, out) ? DUPLICATED : OTHER;
    }
    if (is_dn(line->text, line->size, "CN=", arena))
        return ACCOUNT;
    if (is_name(line->text, line->size) &&
        (line->is_indented || !memchr(line->text, ' ', line->size)))
        return NAME;
    return is_search(line, arena, out) ? SEARCHED : OTHER;
}

/* ---- accounts ---- */

struct reader {
    struct arena *arena;
    struct setspn_account *accounts;
    const char **names; /* of the last account */
    const char **places;
    size_t account_room, name_room, place_room, name_total;
    enum shape under;  /* what the lines that follow belong to */
    const char *found; /* an account of -Q that has no names yet: it has some, or is none */
    const char *duplicate;
    struct setspn_text text;
};

static const char *keep(struct reader *reader, const struct line *part)
{
    return arena_copy(reader->arena, part->text, part->size);
}

static bool begin_account(struct reader *reader, const char *dn, bool is_whole)
{
    struct setspn_text *text = &reader->text;

    if (text->account_count == SETSPN_ACCOUNTS_MOST) {
        text->more = true;
        return false;
    }
    reader->accounts = arena_grow(reader->arena, reader->accounts, &reader->account_room,
                                  text->account_count, sizeof *reader->accounts);
    reader->accounts[text->account_count++] =
        (struct setspn_account){.dn = dn, .is_whole = is_whole};
    reader->names = NULL;
    reader->name_room = 0;
    return true;
}

static void add_name(struct reader *reader, const char *name)
{
    struct setspn_account *account = &reader->accounts[reader->text.account_count - 1];

    if (reader->name_total == SETSPN_NAMES_MOST) {
        reader->text.more = true;
        account->is_whole = false;
        return;
    }
    reader->names = arena_grow(reader->arena, reader->names, &reader->name_room,
                               account->name_count, sizeof *reader->names);
    reader->names[account->name_count++] = name;
    account->names = reader->names;
    reader->name_total++;
}

static void add_place(struct reader *reader, const struct line *place)
{
    struct setspn_text *text = &reader->text;

    if (text->place_count == SETSPN_PLACES_MOST) {
        text->more = true;
        return;
    }
    reader->places = arena_grow(reader->arena, reader->places, &reader->place_room,
                                text->place_count, sizeof *reader->places);
    reader->places[text->place_count++] = keep(reader, place);
}

static void read_name(struct reader *reader, const struct line *part)
{
    if (reader->under == ACCOUNT && reader->found) {
        if (!begin_account(reader, reader->found, true))
            reader->under = OTHER;
        reader->found = NULL;
    }
    if (reader->under == ACCOUNT || reader->under == LISTED)
        add_name(reader, keep(reader, part));
}

static void read_account(struct reader *reader, const struct line *part)
{
    if (reader->under != DUPLICATED) {
        reader->under = ACCOUNT;
        reader->found = keep(reader, part);
    } else if (begin_account(reader, keep(reader, part), false)) {
        add_name(reader, reader->duplicate);
    }
}

static void read_line(struct reader *reader, enum shape shape, const struct line *part)
{
    switch (shape) {
    case BLANK:
        break;
    case NAME:
        read_name(reader, part);
        break;
    case ACCOUNT:
        read_account(reader, part);
        break;
    case LISTED:
        reader->under = begin_account(reader, keep(reader, part), true) ? LISTED : OTHER;
        break;
    case DUPLICATED:
        reader->duplicate = keep(reader, part);
        reader->under = DUPLICATED;
        break;
    case SEARCHED:
        add_place(reader, part);
        reader->under = OTHER;
        break;
    default:
        reader->under = OTHER;
        break;
    }
}

/* ---- texts ---- */

/* Where the last line has no end, there may have been more of it, and after it. */
static void note_cut(struct reader *reader, enum shape shape, const struct line *line)
{
    if (reader->text.account_count > 0 && (shape == LISTED || shape == NAME || line->is_indented))
        reader->accounts[reader->text.account_count - 1].is_whole = false;
}

static void read_text(struct reader *reader, const char *text, size_t size)
{
    const char *end = text + size;
    struct arena scratch = {0};
    enum shape shape = BLANK;
    struct line line = {text, 0, false}, part;

    while (take_line(&text, end, &line)) {
        shape = shape_of(&line, &scratch, &part);
        read_line(reader, shape, &part);
        arena_reset(&scratch);
    }
    if (size > 0 && end[-1] != '\n' && end[-1] != '\r')
        note_cut(reader, shape, &line);
    arena_release(&scratch);
    reader->text.accounts = reader->accounts;
    reader->text.places = reader->places;
}

/* By its mark, or by the zero byte that one of the first two letters has. */
static bool is_utf16(const char *bytes, size_t size, struct utf16 *utf16)
{
    *utf16 = (struct utf16){.is_big_endian = false};
    if (size < 2 || utf16_begins(bytes, size, utf16))
        return size >= 2;
    utf16->is_big_endian = bytes[0] == '\0';
    return (bytes[0] == '\0') != (bytes[1] == '\0');
}

static const char *without_mark(const char *text, size_t *size)
{
    size_t mark = *size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    *size -= mark;
    return text + mark;
}

static void read_bytes(struct reader *reader, const char *bytes, size_t size)
{
    struct utf16 utf16;

    if (is_utf16(bytes, size, &utf16)) {
        struct buffer text;
        const char *from;
        size_t left;

        buffer_init(&text, 2 * size);
        utf16_to_utf8(&utf16, bytes, size, &text);
        left = text.size;
        from = without_mark(text.text, &left);
        read_text(reader, from, left);
        buffer_release(&text);
    } else {
        bytes = without_mark(bytes, &size);
        read_text(reader, bytes, size);
    }
}

enum status setspn_read(const char *bytes, size_t size, struct arena *arena,
                        struct setspn_text *out)
{
    struct reader reader = {.arena = arena};

    read_bytes(&reader, bytes, size);
    *out = reader.text;
    return out->account_count > 0 || out->place_count > 0 ? STATUS_OK : STATUS_MALFORMED;
}

bool setspn_is(const char *bytes, size_t size)
{
    struct arena arena = {0};
    struct setspn_text text;
    bool is = setspn_read(bytes, size, &arena, &text) == STATUS_OK;

    arena_release(&arena);
    return is;
}
