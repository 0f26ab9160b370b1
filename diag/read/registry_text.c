#include "diag/read/registry_text.h"

#include "diag/read/utf16.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_MOST = 4096,                       /* bytes; Windows has 255 characters a part of it */
    PENDING_MOST = 4 * REGISTRY_VALUE_MOST /* a byte takes three characters, and a name some */
};

enum state {
    AT_LINE,  /* the next line begins something */
    IN_HEX,   /* a backslash ended the line: its data goes on */
    IN_STRING /* no quotation mark did: the line break is part of the text */
};

struct registry_text {
    const char *const *wanted;
    bool is_ansi; /* REGEDIT4: strings in hex data are of a code page, not UTF-16 */
    bool is_in_parts, is_flat;
    bool is_wanted;
    struct buffer key;
    const char *kept_key; /* the same in the arena, once a value is kept */
    enum state state;
    bool keeps;            /* the value at hand */
    struct buffer pending; /* its lines put together */
    size_t data_at;        /* where its data begins there */
    uint64_t line, begun_at;
    uint64_t bytes; /* of all lines and keys of which values are looked at */
    registry_filter *filter;
    struct registry_export export;
    size_t room;
    struct arena arena;
};

/* ---- keys ---- */

struct part { /* of a key's path, between backslashes */
    const char *text;
    size_t size;
};

#define PART(text)                                                                                 \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

static const struct {
    struct part name, stands_for;
} aliases[] = {
    {PART("HKLM"), PART("HKEY_LOCAL_MACHINE")},  {PART("HKCU"), PART("HKEY_CURRENT_USER")},
    {PART("HKCR"), PART("HKEY_CLASSES_ROOT")},   {PART("HKU"), PART("HKEY_USERS")},
    {PART("HKCC"), PART("HKEY_CURRENT_CONFIG")}, {PART("ControlSet001"), PART("CurrentControlSet")},
};

/* The next part; an empty one at the end of the path. */
static struct part take_part(const char **path)
{
    struct part part = {*path, strcspn(*path, "\\")};

    *path += part.size;
    if (**path)
        ++*path;
    return part;
}

static struct part without_alias(struct part part)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (text_equal_fold_sized(part.text, part.size, aliases[i].name.text, aliases[i].name.size))
            return aliases[i].stands_for;
    }
    return part;
}

static bool is_same_part(struct part a, struct part b)
{
    if (text_equal_fold_sized(a.text, a.size, b.text, b.size))
        return true;
    a = without_alias(a);
    b = without_alias(b);
    return text_equal_fold_sized(a.text, a.size, b.text, b.size);
}

bool registry_is_key(const char *key, const char *wanted, bool or_below)
{
    while (*key && *wanted) {
        if (!is_same_part(take_part(&key), take_part(&wanted)))
            return false;
    }
    return !*wanted && (!*key || or_below);
}

static bool is_wanted_key(const struct registry_text *reader, const char *key)
{
    for (const char *const *wanted = reader->wanted; *wanted; wanted++) {
        if (registry_is_key(key, *wanted, !reader->is_flat))
            return true;
    }
    return false;
}

static bool is_key_line(const char *line, size_t size)
{
    return size > 2 && line[0] == '[' && line[size - 1] == ']';
}

/* What is never part of a value: there what came before it is broken off. */
static bool starts_key(const char *line, size_t size)
{
    return is_key_line(line, size) && text_starts_fold(line, size, "[HKEY_");
}

/* An export begins with the line of its topmost key, and has all below it. */
static void cover(struct registry_text *reader, const char *key)
{
    enum { BITS = 64 };

    for (unsigned i = 0; i < BITS && reader->wanted[i]; i++) {
        if (registry_is_key(key, reader->wanted[i], true))
            reader->export.present |= UINT64_C(1) << i;
        if (!reader->is_in_parts && registry_is_key(reader->wanted[i], key, true))
            reader->export.covered |= UINT64_C(1) << i;
    }
}

/* "[-key]" deletes one, in files that people write: what stands below it is nothing. */
static void begin_key(struct registry_text *reader, const char *line, size_t size)
{
    buffer_clear(&reader->key);
    buffer_add(&reader->key, line + 1, size - 2);
    reader->kept_key = NULL;
    reader->export.keys++;
    reader->is_wanted =
        line[1] != '-' && !reader->key.truncated && strlen(reader->key.text) == reader->key.size;
    if (!reader->is_wanted)
        return;
    cover(reader, reader->key.text);
    reader->is_wanted = is_wanted_key(reader, reader->key.text);
}

/* ---- text within a line ---- */

static size_t blanks(const char *text, size_t size)
{
    size_t count = 0;

    while (count < size && (text[count] == ' ' || text[count] == '\t'))
        count++;
    return count;
}

/*
 * Behind the closing quotation mark of what begins at `at`, 0 if there is none; a backslash
 * stands before each quotation mark and backslash within.
 */
static size_t quoted_end(const char *text, size_t size, size_t at)
{
    for (; at < size && text[at] != '"'; at++) {
        if (text[at] == '\\')
            at++;
    }
    return at < size ? at + 1 : 0;
}

/* A copy in UTF-8: bytes of a code page become U+FFFD. */
static char *copy_utf8(struct arena *arena, const char *text, size_t size, bool is_escaped)
{
    struct buffer out;

    buffer_init(&out, 3 * size);
    for (size_t i = 0, used; i < size; i += used ? used : 1) {
        uint32_t code_point = 0xFFFD;

        if (is_escaped && text[i] == '\\' && i + 1 < size)
            i++;
        used = text_decode(text + i, size - i, &code_point);
        text_encode(&out, used ? code_point : 0xFFFD);
    }
    return buffer_keep(&out, arena);
}

/* ---- data ---- */

static int digit_of(char character)
{
    if (text_is_digit(character))
        return character - '0';
    character = text_lower(character);
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

/* All of the text, 1 to 8 digits. */
static bool read_hex_number(const char *text, size_t size, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < size; i++) {
        int digit = digit_of(text[i]);

        if (digit < 0)
            return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return size > 0 && size <= 8;
}

/* "12,34,ab": bytes of two digits and commas between them; blanks where lines were joined. */
static bool read_hex_bytes(const char *text, size_t size, struct buffer *out)
{
    size_t at = 0;

    while (at < size) {
        int high = digit_of(text[at]), low = at + 1 < size ? digit_of(text[at + 1]) : -1;

        if (high < 0 || low < 0)
            return false;
        buffer_add_char(out, (char)(high << 4 | low));
        at += 2;
        if (at < size && text[at++] != ',')
            return false;
    }
    return true;
}

/* As UTF-8, as far as the first zero; of a code page only ASCII is known. */
static char *read_string(struct registry_text *reader, const char *bytes, size_t size, size_t *used)
{
    struct utf16 utf16 = {0};
    struct buffer out;
    size_t unit = reader->is_ansi ? 1 : 2, end = 0;

    while (end + unit <= size && (bytes[end] || (unit == 2 && bytes[end + 1])))
        end += unit;
    *used = end + unit <= size ? end + unit : size;
    buffer_init(&out, 3 * end + 4);
    if (!reader->is_ansi)
        utf16_to_utf8(&utf16, bytes, end, &out);
    for (size_t i = 0; reader->is_ansi && i < end; i++)
        text_encode(&out, (unsigned char)bytes[i] < 0x80 ? (unsigned char)bytes[i] : 0xFFFDu);
    return buffer_keep(&out, &reader->arena);
}

/* Strings that each end with a zero, and an empty one behind them. */
static void read_list(struct registry_text *reader, const struct buffer *bytes,
                      struct registry_value *out)
{
    const char **list = NULL;
    size_t room = 0;

    for (size_t at = 0, used; at < bytes->size; at += used) {
        const char *text = read_string(reader, bytes->text + at, bytes->size - at, &used);

        if (!*text)
            break;
        list = arena_grow(&reader->arena, list, &room, out->list_count, sizeof *list);
        list[out->list_count++] = text;
    }
    out->list = list;
}

static bool read_number(const struct buffer *bytes, size_t size, uint64_t *out)
{
    *out = 0;
    for (size_t i = bytes->size; i > 0 && bytes->size == size; i--)
        *out = *out << 8 | (unsigned char)bytes->text[i - 1];
    return bytes->size == size;
}

/* The bytes of hex data, as its type has them; false if they are not of its size. */
static bool use_bytes(struct registry_text *reader, const struct buffer *bytes,
                      struct registry_value *out)
{
    size_t used;

    switch (out->type) {
    case REGISTRY_DWORD:
        return read_number(bytes, 4, &out->number);
    case REGISTRY_QWORD:
        return read_number(bytes, 8, &out->number);
    case REGISTRY_SZ:
    case REGISTRY_EXPAND_SZ:
        out->text = read_string(reader, bytes->text, bytes->size, &used);
        return true;
    case REGISTRY_MULTI_SZ:
        read_list(reader, bytes, out);
        return true;
    default:
        out->bytes = (unsigned char *)arena_copy(&reader->arena, bytes->text, bytes->size);
        out->size = bytes->size;
        return true;
    }
}

/* "hex:..." and "hex(7):...". */
static enum status read_hex(struct registry_text *reader, const char *text, size_t size,
                            struct registry_value *out)
{
    const char *colon = memchr(text, ':', size);
    size_t head = colon ? (size_t)(colon - text) : 0;
    enum status status = STATUS_OK;
    struct buffer bytes;

    out->type = REGISTRY_BINARY;
    if (head < 3 || (head > 3 && (head < 6 || text[3] != '(' || text[head - 1] != ')' ||
                                  !read_hex_number(text + 4, head - 5, &out->type))))
        return STATUS_MALFORMED;
    buffer_init(&bytes, REGISTRY_VALUE_MOST);
    if (!read_hex_bytes(text + head + 1, size - head - 1, &bytes))
        status = STATUS_MALFORMED;
    else if (bytes.truncated)
        status = STATUS_TOO_LARGE;
    else if (!use_bytes(reader, &bytes, out))
        status = STATUS_MALFORMED;
    buffer_release(&bytes);
    return status;
}

static enum status read_quoted(struct registry_text *reader, const char *text, size_t size,
                               struct registry_value *out)
{
    if (quoted_end(text, size, 1) != size)
        return STATUS_MALFORMED;
    if (size - 2 > REGISTRY_VALUE_MOST)
        return STATUS_TOO_LARGE;
    out->type = REGISTRY_SZ;
    out->text = copy_utf8(&reader->arena, text + 1, size - 2, true);
    return STATUS_OK;
}

static enum status read_dword(const char *text, size_t size, struct registry_value *out)
{
    uint32_t number;

    if (!read_hex_number(text, size, &number))
        return STATUS_MALFORMED;
    out->type = REGISTRY_DWORD;
    out->number = number;
    return STATUS_OK;
}

static enum status read_data(struct registry_text *reader, const char *text, size_t size,
                             struct registry_value *out)
{
    while (size > 0 && text[size - 1] == ' ')
        size--;
    if (text_starts_fold(text, size, "\""))
        return read_quoted(reader, text, size, out);
    if (text_starts_fold(text, size, "dword:"))
        return read_dword(text + 6, size - 6, out);
    if (text_starts_fold(text, size, "hex"))
        return read_hex(reader, text, size, out);
    return STATUS_MALFORMED;
}

/* ---- values ---- */

static bool is_full(const struct registry_text *reader)
{
    return reader->export.count == REGISTRY_VALUES_MOST || reader->bytes >= REGISTRY_BYTES_MOST;
}

/* `bytes`: what it takes of the text of all. */
static void keep_value(struct registry_text *reader, struct registry_value value, size_t bytes)
{
    struct registry_export *export = &reader->export;

    reader->bytes += bytes;
    if (!reader->kept_key) {
        reader->kept_key = copy_utf8(&reader->arena, reader->key.text, reader->key.size, false);
        reader->bytes += reader->key.size;
    }
    value.key = reader->kept_key;
    if (reader->filter && !reader->filter(&value))
        return;
    export->values = memory_grow(export->values, &reader->room, export->count, sizeof value);
    export->values[export->count++] = value;
}

/* What stands before the data of a whole one. */
static const char *copy_name(struct registry_text *reader)
{
    const struct buffer *line = &reader->pending;

    if (line->text[0] != '"')
        return "";
    return copy_utf8(&reader->arena, line->text + 1, quoted_end(line->text, line->size, 1) - 2,
                     true);
}

/* A whole one. "name"=- deletes a value, in files that people write. */
static void end_value(struct registry_text *reader)
{
    const struct buffer *line = &reader->pending;
    const char *data = line->text + reader->data_at;
    size_t size = line->size - reader->data_at;
    struct registry_value value = {.line = reader->begun_at};
    enum status status;

    if (!reader->keeps || (size == 1 && data[0] == '-'))
        return;
    status = line->truncated                        ? STATUS_TOO_LARGE
             : memchr(line->text, '\0', line->size) ? STATUS_MALFORMED
                                                    : read_data(reader, data, size, &value);
    if (status == STATUS_OK) {
        value.name = copy_name(reader);
        keep_value(reader, value, line->size);
    } else if (status == STATUS_TOO_LARGE) {
        reader->export.is_cut = true;
    } else {
        reader->export.damaged++;
    }
}

/* "name"= or @=: where the data begins; 0 where the line is no value. */
static size_t data_begin(const char *line, size_t size)
{
    size_t at = line[0] == '@' ? 1 : line[0] == '"' ? quoted_end(line, size, 1) : 0;

    if (at == 0)
        return 0;
    at += blanks(line + at, size - at);
    if (at == size || line[at++] != '=')
        return 0;
    return at + blanks(line + at, size - at);
}

static void add_pending(struct registry_text *reader, const char *line, size_t size)
{
    if (reader->keeps)
        buffer_add(&reader->pending, line, size);
}

/* A line of hex data, which goes on after a backslash. */
static void add_hex(struct registry_text *reader, const char *line, size_t size)
{
    bool goes_on = size > 0 && line[size - 1] == '\\';
    size_t from = blanks(line, size - goes_on);

    add_pending(reader, line + from, size - goes_on - from);
    reader->state = goes_on ? IN_HEX : AT_LINE;
}

static void begin_value(struct registry_text *reader, const char *line, size_t size)
{
    size_t at = data_begin(line, size);

    if (at == 0) {
        reader->export.damaged++;
        return;
    }
    if (reader->is_wanted && is_full(reader))
        reader->export.is_cut = true;
    reader->keeps = reader->is_wanted && !is_full(reader);
    reader->begun_at = reader->line;
    reader->data_at = at;
    buffer_clear(&reader->pending);
    add_pending(reader, line, at);
    if (at == size || line[at] != '"') {
        add_hex(reader, line + at, size - at);
    } else {
        add_pending(reader, line + at, size - at);
        reader->state = quoted_end(line, size, at + 1) ? AT_LINE : IN_STRING;
    }
    if (reader->state == AT_LINE)
        end_value(reader);
}

static void continue_value(struct registry_text *reader, const char *line, size_t size)
{
    if (reader->state == IN_HEX) {
        add_hex(reader, line, size);
    } else {
        add_pending(reader, "\n", 1);
        add_pending(reader, line, size);
        reader->state = quoted_end(line, size, 0) ? AT_LINE : IN_STRING;
    }
    if (reader->state == AT_LINE)
        end_value(reader);
}

/* ---- lines ---- */

static bool begins_export(struct registry_text *reader, const char *line, size_t size)
{
    static const char version5[] = "Windows Registry Editor Version 5.00", version4[] = "REGEDIT4";
    bool is_version4;

    if (text_starts_fold(line, size, "\xEF\xBB\xBF")) {
        line += 3;
        size -= 3;
    }
    is_version4 = text_equal_fold_sized(line, size, version4, sizeof version4 - 1);
    if (!is_version4 && !text_equal_fold_sized(line, size, version5, sizeof version5 - 1))
        return false;
    reader->is_ansi = is_version4;
    return true;
}

static void begin_line(struct registry_text *reader, const char *line, size_t size)
{
    if (size == 0 || line[0] == ';')
        return;
    if (is_key_line(line, size))
        begin_key(reader, line, size);
    else if (reader->export.keys > 0 && (line[0] == '"' || line[0] == '@'))
        begin_value(reader, line, size);
    else if (!begins_export(reader, line, size))
        reader->export.damaged++;
}

void registry_text_add(struct registry_text *reader, const char *line, size_t size)
{
    reader->line++;
    if (size > 0 && line[size - 1] == '\r')
        size--;
    if (reader->state != AT_LINE && !starts_key(line, size)) {
        continue_value(reader, line, size);
        return;
    }
    if (reader->state != AT_LINE)
        reader->export.damaged++;
    reader->state = AT_LINE;
    begin_line(reader, line, size);
}

void registry_text_only(struct registry_text *reader, registry_filter *filter)
{
    reader->filter = filter;
}

void registry_text_flat(struct registry_text *reader)
{
    reader->is_flat = true;
}

void registry_text_in_parts(struct registry_text *reader)
{
    reader->is_in_parts = true;
}

/* ---- values of a registry itself ---- */

/* False for a key that is too long to be one. */
static bool enter_key(struct registry_text *reader, const char *key)
{
    if (reader->export.keys > 0 && strcmp(reader->key.text, key) == 0)
        return true;
    buffer_clear(&reader->key);
    buffer_add_string(&reader->key, key);
    reader->kept_key = NULL;
    reader->export.keys++;
    return !reader->key.truncated;
}

void registry_text_take(struct registry_text *reader, const char *key, const char *name,
                        uint32_t type, const void *bytes, size_t size)
{
    struct registry_value value = {.type = type};
    struct buffer data;

    if (!is_wanted_key(reader, key))
        return;
    if (is_full(reader) || size > REGISTRY_VALUE_MOST || !enter_key(reader, key)) {
        reader->export.is_cut = true;
        return;
    }
    buffer_init(&data, REGISTRY_VALUE_MOST);
    buffer_add(&data, bytes, size);
    if (use_bytes(reader, &data, &value)) {
        value.name = copy_utf8(&reader->arena, name, strlen(name), false);
        keep_value(reader, value, strlen(name) + size);
    } else {
        reader->export.damaged++;
    }
    buffer_release(&data);
}

/* ---- the beginning and the end ---- */

struct registry_text *registry_text_new(const char *const *wanted)
{
    struct registry_text *reader = memory_new(1, sizeof *reader);

    reader->wanted = wanted;
    buffer_init(&reader->key, KEY_MOST);
    buffer_init(&reader->pending, PENDING_MOST);
    return reader;
}

static const char *copy_text(struct arena *arena, const char *text)
{
    return text ? arena_copy_string(arena, text) : NULL;
}

static void copy_value(struct arena *arena, struct registry_value *value)
{
    const char **list = NULL;

    value->name = copy_text(arena, value->name);
    value->text = copy_text(arena, value->text);
    if (value->size > 0)
        value->bytes = (unsigned char *)arena_copy(arena, value->bytes, value->size);
    if (value->list_count > 0)
        list = arena_new(arena, value->list_count, sizeof *list);
    for (size_t i = 0; i < value->list_count; i++)
        list[i] = copy_text(arena, value->list[i]);
    value->list = list;
}

void registry_text_end(struct registry_text *reader, struct arena *arena,
                       struct registry_export *out)
{
    struct registry_value *values = reader->export.values;
    const char *key = NULL, *copied = NULL;

    if (reader->state != AT_LINE)
        reader->export.damaged++;
    *out = reader->export;
    out->values = arena_new(arena, out->count, sizeof *values);
    for (size_t i = 0; i < out->count; i++) {
        if (values[i].key != key)
            copied = copy_text(arena, key = values[i].key);
        out->values[i] = values[i];
        out->values[i].key = copied;
        copy_value(arena, &out->values[i]);
    }
    free(values);
    arena_release(&reader->arena);
    buffer_release(&reader->pending);
    buffer_release(&reader->key);
    free(reader);
}

const struct registry_value *registry_find(const struct registry_export *export, const char *key,
                                           const char *name)
{
    for (size_t i = 0; i < export->count; i++) {
        const struct registry_value *value = &export->values[i];

        if (text_equal_fold(value->name, name) && registry_is_key(value->key, key, false))
            return value;
    }
    return NULL;
}
