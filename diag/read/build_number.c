#include "diag/read/build_number.h"

#include "diag/text.h"

#include <stdio.h>
#include <string.h>

enum {
    DIGITS_MOST = 5,     /* of a part, padding included */
    SETUP_BEFORE = 512,  /* bytes in front of ExSetup.exe that may hold its version */
    SETUP_BEHIND = 1024, /* and behind it */
    TAG_MOST = 1024      /* bytes of an element's tag */
};

static const struct {
    enum build_precision precision;
    const char *text;
} ways[] = {
#define X(name, precision, text) {BUILD_OF_##precision, text},
    BUILD_WAY_LIST(X)
#undef X
};

const char *build_way_text(enum build_way way)
{
    return ways[way].text;
}

/* ---- numbers ---- */

int build_number_compare(const struct build_number *a, const struct build_number *b)
{
    for (size_t i = 0; i < BUILD_PARTS; i++) {
        if (a->parts[i] != b->parts[i])
            return a->parts[i] < b->parts[i] ? -1 : 1;
    }
    return a->count < b->count ? -1 : a->count > b->count;
}

bool build_number_shares_build(const struct build_number *a, const struct build_number *b)
{
    return a->parts[0] == b->parts[0] && a->parts[1] == b->parts[1] && a->parts[2] == b->parts[2];
}

void build_number_format(const struct build_number *number, char out[BUILD_NUMBER_TEXT_SIZE])
{
    int size = snprintf(out, BUILD_NUMBER_TEXT_SIZE, "%d.%d.%d", number->parts[0], number->parts[1],
                        number->parts[2]);

    if (number->count == BUILD_PARTS)
        snprintf(out + size, BUILD_NUMBER_TEXT_SIZE - (size_t)size, ".%d", number->parts[3]);
}

enum build_precision build_number_precision(enum build_way way, const struct build_number *number)
{
    if (number->parts[2] == 0)
        return BUILD_OF_VERSION;
    if (number->count < BUILD_PARTS && ways[way].precision == BUILD_OF_UPDATE)
        return BUILD_OF_LEVEL;
    return ways[way].precision;
}

enum status build_number_make(const uint64_t *parts, size_t count, struct build_number *out)
{
    struct build_number number = {.count = (unsigned)count};

    if (count < BUILD_PARTS - 1 || count > BUILD_PARTS || parts[0] == 0)
        return STATUS_INVALID;
    for (size_t i = 0; i < count; i++) {
        if (parts[i] > BUILD_PART_MOST)
            return STATUS_INVALID;
        number.parts[i] = (uint16_t)parts[i];
    }
    *out = number;
    return STATUS_OK;
}

/* ---- decimal ---- */

/* One part at `*at`, which is moved behind it. */
static bool take_part(const char **at, const char *end, uint64_t *part)
{
    const char *start = *at;

    *part = 0;
    while (*at < end && text_is_digit(**at)) {
        if (*at - start == DIGITS_MOST)
            return false;
        *part = 10 * *part + (uint64_t)(*(*at)++ - '0');
    }
    return *at > start;
}

/* Up to four parts, as many as there are; 0 where there is none, or one is none. */
static size_t take_parts(const char **at, const char *end, uint64_t parts[BUILD_PARTS])
{
    size_t count = 0;

    while (count < BUILD_PARTS) {
        if (!take_part(at, end, &parts[count++]))
            return 0;
        if (*at == end || **at != '.' || *at + 1 == end || !text_is_digit((*at)[1]))
            break;
        if (count < BUILD_PARTS)
            (*at)++;
    }
    return count;
}

/* What may stand behind a number, and is no part of a longer one. */
static bool is_ended(const char *at, const char *end)
{
    return at == end || !(text_is_digit(*at) || text_is_letter(*at) || *at == '_' ||
                          (*at == '.' && at + 1 < end && text_is_digit(at[1])));
}

static enum status take_number(const char **at, const char *end, struct build_number *out)
{
    uint64_t parts[BUILD_PARTS];
    size_t count = take_parts(at, end, parts);

    return count > 0 && is_ended(*at, end) ? build_number_make(parts, count, out) : STATUS_INVALID;
}

enum status build_number_parse(const char *text, size_t size, struct build_number *out)
{
    const char *at = text, *end = text + size;
    struct build_number number;

    if (take_number(&at, end, &number) != STATUS_OK || at != end)
        return STATUS_INVALID;
    *out = number;
    return STATUS_OK;
}

/* ---- looking for words ---- */

/* Where `word` begins, in any case; or NULL. */
static const char *find_word(const char *at, const char *end, const char *word)
{
    size_t size = strlen(word);

    for (; (size_t)(end - at) >= size; at++) {
        if (text_starts_fold(at, (size_t)(end - at), word))
            return at;
    }
    return NULL;
}

static void skip_spaces(const char **at, const char *end)
{
    while (*at < end && (**at == ' ' || **at == '\t'))
        (*at)++;
}

static bool take_char(const char **at, const char *end, char character)
{
    if (*at == end || **at != character)
        return false;
    (*at)++;
    return true;
}

/* ---- the directory ---- */

/* "Version ", "Build ": letters of any script. */
static bool take_word(const char **at, const char *end)
{
    const char *start = *at;

    while (*at < end && (text_is_letter(**at) || (unsigned char)**at >= 0x80))
        (*at)++;
    if (*at == start)
        return false;
    skip_spaces(at, end);
    return true;
}

static bool take_display(const char **at, const char *end, uint64_t parts[BUILD_PARTS])
{
    if (!take_word(at, end) || !take_part(at, end, &parts[0]) || !take_char(at, end, '.') ||
        !take_part(at, end, &parts[1]))
        return false;
    skip_spaces(at, end);
    return take_char(at, end, '(') && take_word(at, end) && take_part(at, end, &parts[2]) &&
           take_char(at, end, '.') && take_part(at, end, &parts[3]);
}

enum status build_number_parse_display(const char *text, size_t size, struct build_number *out)
{
    const char *at = text, *end = text + size;
    uint64_t parts[BUILD_PARTS];

    if (!take_display(&at, end, parts) || at == end || (*at != ')' && *at != ':') || end[-1] != ')')
        return STATUS_INVALID;
    if (parts[2] >= BUILD_DIRECTORY_OFFSET)
        parts[2] -= BUILD_DIRECTORY_OFFSET;
    return build_number_make(parts, BUILD_PARTS, out);
}

/* ---- packed ---- */

enum status build_number_unpack(uint64_t packed, struct build_number *out)
{
    const uint64_t parts[] = {packed >> 22 & 63, packed >> 16 & 63, packed & 32767};

    if (packed >> 28 != 7 || !(packed & 32768))
        return STATUS_INVALID;
    return build_number_make(parts, sizeof parts / sizeof *parts, out);
}

/* ---- greetings ---- */

enum status build_number_parse_banner(const char *text, size_t size, struct build_number *out)
{
    static const struct {
        const char *words;
        enum status status;
    } wordings[] = {{"Microsoft Exchange Internet Mail Service ", STATUS_OK},
                    {"Microsoft Exchange Internet Mail Connector ", STATUS_OK},
                    {"Microsoft ESMTP MAIL Service, Version: ", STATUS_NOT_SUPPORTED},
                    {"Microsoft SMTP MAIL Service, Version: ", STATUS_NOT_SUPPORTED}};
    const char *end = text + size;

    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++) {
        const char *at = find_word(text, end, wordings[i].words);

        if (!at)
            continue;
        at += strlen(wordings[i].words);
        return take_number(&at, end, out) == STATUS_OK ? wordings[i].status : STATUS_NOT_FOUND;
    }
    return STATUS_NOT_FOUND;
}

/* ---- pages ---- */

enum status build_number_parse_page(const char *text, size_t size, struct build_number *out)
{
    static const char *const folders[] = {"auth/", "prem/", ""};
    const char *end = text + size, *at = text;
    struct build_number found;

    while ((at = find_word(at, end, "/owa/"))) {
        at += strlen("/owa/");
        for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
            const char *number = at + strlen(folders[i]);

            if (text_starts_fold(at, (size_t)(end - at), folders[i]) &&
                take_number(&number, end, &found) == STATUS_OK && number < end && *number == '/') {
                *out = found;
                return STATUS_OK;
            }
        }
    }
    return STATUS_NOT_FOUND;
}

/* The attribute's value, between quotes; NULL where the tag has none. */
static const char *find_version(const char *at, const char *end)
{
    while ((at = find_word(at, end, "version"))) {
        char before = at[-1];

        at += strlen("version");
        if (!strchr(" \t\r\n", before))
            continue;
        skip_spaces(&at, end);
        if (!take_char(&at, end, '='))
            continue;
        skip_spaces(&at, end);
        if (at < end && (*at == '"' || *at == '\''))
            return at + 1;
    }
    return NULL;
}

enum status build_number_parse_manifest(const char *text, size_t size, struct build_number *out)
{
    const char *end = text + size, *at = find_word(text, end, "assemblyIdentity"), *tag;
    struct build_number number;

    if (!at)
        return STATUS_NOT_FOUND;
    if (end - at > TAG_MOST)
        end = at + TAG_MOST;
    tag = memchr(at, '>', (size_t)(end - at));
    at = find_version(at, tag ? tag : end);
    if (!at || !tag || take_number(&at, tag, &number) != STATUS_OK || at == tag ||
        (*at != '"' && *at != '\''))
        return STATUS_NOT_FOUND;
    *out = number;
    return STATUS_OK;
}

/* ---- logs and files ---- */

enum status build_number_parse_software(const char *text, size_t size, struct build_number *out)
{
    static const char name[] = "Microsoft Exchange";
    const char *last = text + size;

    if (!text_starts_fold(text, size, name))
        return STATUS_INVALID;
    while (last > text && last[-1] != ' ')
        last--;
    return build_number_parse(last, (size_t)(text + size - last), out);
}

/* The last number of four parts in a piece; the list form has the version in front of the name. */
static bool find_number(const char *at, const char *end, struct build_number *out)
{
    bool is_found = false;

    while (at < end) {
        const char *next = at;
        struct build_number number;

        if (text_is_digit(*at) && take_number(&next, end, &number) == STATUS_OK &&
            number.count == BUILD_PARTS) {
            *out = number;
            is_found = true;
            at = next;
        } else {
            do {
                at++;
            } while (at < end && (text_is_digit(at[-1]) || at[-1] == '.') &&
                     (text_is_digit(*at) || *at == '.'));
        }
    }
    return is_found;
}

/* The field of a list, "FileVersion : 15.02.1544.014". */
static bool find_field(const char *at, const char *end, struct build_number *out)
{
    struct build_number number;

    while ((at = find_word(at, end, "FileVersion"))) {
        at += strlen("FileVersion");
        skip_spaces(&at, end);
        if (!take_char(&at, end, ':'))
            continue;
        skip_spaces(&at, end);
        if (take_number(&at, end, &number) != STATUS_OK || number.count != BUILD_PARTS)
            return false;
        *out = number;
        return true;
    }
    return false;
}

enum status build_number_parse_setup(const char *text, size_t size, struct build_number *out)
{
    const char *end = text + size, *name = find_word(text, end, "ExSetup.exe"), *line, *last;

    if (!name)
        return STATUS_NOT_FOUND;
    line = name - text > SETUP_BEFORE ? name - SETUP_BEFORE : text;
    last = end - name > SETUP_BEHIND ? name + SETUP_BEHIND : end;
    if (find_field(line, last, out))
        return STATUS_OK;
    for (const char *at = name; at > line; at--) {
        if (at[-1] == '\n')
            line = at;
    }
    return find_number(line, name, out) ? STATUS_OK : STATUS_NOT_FOUND;
}
