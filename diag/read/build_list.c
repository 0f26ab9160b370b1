#include "diag/read/build_list.h"

#include "diag/text.h"

#include <string.h>

enum { NAME_MOST = 255, DISPLAY_MOST = 80 };

struct piece {
    const char *bytes;
    size_t size;
};

/* What names a server, what says it best last: a database has a name too, beside its server's. */
enum label { LABEL_NONE, LABEL_IDENTITY, LABEL_NAME, LABEL_COMPUTER, LABEL_SERVER, LABEL_FQDN };

struct reading {
    struct arena *arena;
    struct build_list *list;

    /* of a table: which column names the server, and where it begins, in characters */
    bool is_table;     /* AdminDisplayVersion is one of its columns */
    enum label column; /* LABEL_NONE: none does */
    size_t column_at;

    /* of a list: what the record at hand has said so far */
    unsigned seen; /* bits of labels[]: what comes again begins another record */
    enum label label;
    struct piece name;
    bool is_setup; /* it names ExSetup.exe */
    bool has_version;
    bool has_display;
    struct build_number version, display;
};

/* ---- words ---- */

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

static struct piece trim(struct piece text)
{
    while (text.size > 0 && is_blank(*text.bytes))
        text = (struct piece){text.bytes + 1, text.size - 1};
    while (text.size > 0 && is_blank(text.bytes[text.size - 1]))
        text.size--;
    return text;
}

static struct piece behind(struct piece text, size_t size)
{
    return (struct piece){text.bytes + size, text.size - size};
}

static size_t word_size(struct piece text)
{
    size_t size = 0;

    while (size < text.size && text_is_letter(text.bytes[size]))
        size++;
    return size;
}

static size_t blanks(struct piece text)
{
    size_t size = 0;

    while (size < text.size && is_blank(text.bytes[size]))
        size++;
    return size;
}

static bool is_word(struct piece word, const char *text)
{
    return text_equal_fold_sized(word.bytes, word.size, text, strlen(text));
}

static const struct {
    const char *word;
    enum label label;
} labels[] = {{"Identity", LABEL_IDENTITY},       {"Name", LABEL_NAME},
              {"PSComputerName", LABEL_COMPUTER}, {"Server", LABEL_SERVER},
              {"ServerName", LABEL_SERVER},       {"Fqdn", LABEL_FQDN}};

enum { LABELS = sizeof labels / sizeof *labels };

/* LABELS: none of them. */
static unsigned index_of(struct piece word)
{
    unsigned i = 0;

    while (i < LABELS && !is_word(word, labels[i].word))
        i++;
    return i;
}

static enum label label_of(struct piece word)
{
    unsigned i = index_of(word);

    return i < LABELS ? labels[i].label : LABEL_NONE;
}

static bool names_setup(struct piece line)
{
    for (; line.size > 0; line = behind(line, 1)) {
        if (text_starts_fold(line.bytes, line.size, "ExSetup.exe"))
            return true;
    }
    return false;
}

static bool is_letter(char character)
{
    return text_is_letter(character) || (unsigned char)character >= 0x80;
}

/* "Version 15.2 (Build 1544.4)", wherever in a line it stands. */
static bool find_display(struct piece line, struct build_number *number)
{
    char before = ' ';

    for (; line.size > 0; before = *line.bytes, line = behind(line, 1)) {
        const char *end;

        if (!is_letter(*line.bytes) || is_letter(before))
            continue;
        end = memchr(line.bytes, ')', line.size < DISPLAY_MOST ? line.size : DISPLAY_MOST);
        if (end && build_number_parse_display(line.bytes, (size_t)(end + 1 - line.bytes), number) ==
                       STATUS_OK)
            return true;
    }
    return false;
}

/* ---- what was found ---- */

/* A name, up to where it cannot be that of a server any more. */
static const char *server_of(struct piece name, struct arena *arena)
{
    size_t size = 0;

    while (size < name.size && (text_is_letter(name.bytes[size]) ||
                                text_is_digit(name.bytes[size]) || strchr("-._", name.bytes[size])))
        size++;
    return size > 0 && size == name.size && size <= NAME_MOST ? arena_copy(arena, name.bytes, size)
                                                              : NULL;
}

static bool is_same(const struct build_entry *entry, enum build_way way,
                    const struct build_number *number, const char *server)
{
    if (entry->way != way || build_number_compare(&entry->number, number) != 0)
        return false;
    return entry->server && server ? text_equal_fold(entry->server, server)
                                   : entry->server == server;
}

static void add_entry(struct reading *reading, struct piece name, enum build_way way,
                      const struct build_number *number)
{
    struct build_list *list = reading->list;
    const char *server = server_of(name, reading->arena);

    for (size_t i = 0; i < list->count; i++) {
        if (is_same(&list->entries[i], way, number, server))
            return;
    }
    if (list->count == BUILD_LIST_MOST) {
        list->is_cut = true;
        return;
    }
    list->entries[list->count++] = (struct build_entry){server, way, *number};
}

/* ---- lists ---- */

static void end_record(struct reading *reading)
{
    if (reading->has_display)
        add_entry(reading, reading->name, BUILD_BY_ADMIN_DISPLAY, &reading->display);
    if (reading->has_version && reading->is_setup)
        add_entry(reading, reading->name, BUILD_BY_SETUP, &reading->version);
    reading->seen = 0;
    reading->label = LABEL_NONE;
    reading->name = (struct piece){0};
    reading->is_setup = reading->has_version = reading->has_display = false;
}

/* "Edition : Standard", "FileVersion:      15.02.1544.014" */
static bool take_property(struct piece line, struct piece *word, struct piece *value)
{
    size_t size, gap;

    line = trim(line);
    size = word_size(line);
    gap = blanks(behind(line, size));
    if (size == 0 || size + gap == line.size || line.bytes[size + gap] != ':')
        return false;
    *word = (struct piece){line.bytes, size};
    *value = trim(behind(line, size + gap + 1));
    return true;
}

static void take_label(struct reading *reading, struct piece word, struct piece value)
{
    unsigned bit = 1u << index_of(word);

    if (index_of(word) == LABELS)
        return;
    if (reading->seen & bit)
        end_record(reading);
    reading->seen |= bit;
    if (label_of(word) > reading->label) {
        reading->label = label_of(word);
        reading->name = value;
    }
}

static void read_property(struct reading *reading, struct piece word, struct piece value)
{
    struct build_number number;

    if (is_word(word, "FileVersionInfo"))
        take_property(value, &word, &value);
    take_label(reading, word, value);
    if (is_word(word, "AdminDisplayVersion") && find_display(value, &number)) {
        reading->has_display = true;
        reading->display = number;
    }
    if (is_word(word, "FileVersion") &&
        build_number_parse(value.bytes, value.size, &number) == STATUS_OK &&
        number.count == BUILD_PARTS) {
        reading->has_version = true;
        reading->version = number;
    }
}

/* ---- tables ---- */

/* A line of words and nothing else, one of which is of builds. */
static bool take_header(struct reading *reading, struct piece line)
{
    bool is_table = false, is_setup = false;
    enum label column = LABEL_NONE;
    size_t at = 0, column_at = 0;

    while (at += blanks(behind(line, at)), at < line.size) {
        struct piece word = {line.bytes + at, word_size(behind(line, at))};

        if (word.size == 0)
            return false;
        is_table = is_table || is_word(word, "AdminDisplayVersion");
        is_setup = is_setup || is_word(word, "FileVersion");
        if (label_of(word) > column) {
            column = label_of(word);
            column_at = at;
        }
        at += word.size;
    }
    if (!is_table && !is_setup)
        return false;
    reading->is_table = is_table;
    reading->column = column;
    reading->column_at = column_at;
    return true;
}

/* The word that stands below the column's head, or reaches below it. */
static struct piece name_in(const struct reading *reading, struct piece row)
{
    size_t at = 0, size = 0;

    if (reading->column == LABEL_NONE)
        return (struct piece){0};
    for (size_t characters = 0; characters < reading->column_at && at < row.size; characters++) {
        do {
            at++;
        } while (at < row.size && ((unsigned char)row.bytes[at] & 0xc0) == 0x80);
    }
    while (at > 0 && at < row.size && !is_blank(row.bytes[at - 1]))
        at--;
    row = behind(row, at);
    while (size < row.size && !is_blank(row.bytes[size]))
        size++;
    return (struct piece){row.bytes, size};
}

static void read_row(struct reading *reading, struct piece row)
{
    struct build_number number;

    if (build_number_parse_setup(row.bytes, row.size, &number) == STATUS_OK)
        add_entry(reading, name_in(reading, row), BUILD_BY_SETUP, &number);
    else if (reading->is_table && find_display(row, &number))
        add_entry(reading, name_in(reading, row), BUILD_BY_ADMIN_DISPLAY, &number);
}

/* ---- all of it ---- */

static struct piece take_line(struct piece *rest)
{
    const char *end = rest->size ? memchr(rest->bytes, '\n', rest->size) : NULL;
    struct piece line = {rest->bytes, end ? (size_t)(end - rest->bytes) : rest->size};

    *rest = behind(*rest, end ? line.size + 1 : line.size);
    while (line.size > 0 && is_blank(line.bytes[line.size - 1]))
        line.size--;
    return line;
}

static void read_line(struct reading *reading, struct piece line)
{
    struct piece word, value;

    if (line.size == 0) {
        end_record(reading);
        return;
    }
    if (take_property(line, &word, &value))
        read_property(reading, word, value);
    else if (!reading->has_version && !take_header(reading, line))
        read_row(reading, line);
    reading->is_setup = reading->is_setup || names_setup(line);
}

enum status build_list_read(const char *text, size_t size, struct arena *arena,
                            struct build_list *out)
{
    struct reading reading = {.arena = arena, .list = out};
    struct piece rest = {text, size < BUILD_LIST_BYTES_MOST ? size : BUILD_LIST_BYTES_MOST};

    *out = (struct build_list){.entries = arena_new(arena, BUILD_LIST_MOST, sizeof *out->entries),
                               .is_cut = size > BUILD_LIST_BYTES_MOST};
    while (rest.size > 0)
        read_line(&reading, take_line(&rest));
    end_record(&reading);
    return out->count > 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

/* Text of another kind may hold such words within its lines, but none that is a build's own. */
bool build_list_is_text(const char *head, size_t size)
{
    struct arena memory = {0};
    struct build_list list;
    bool is = build_list_read(head, size, &memory, &list) == STATUS_OK;

    arena_release(&memory);
    return is;
}
