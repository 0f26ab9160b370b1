#include "diag/read/build_table.h"

#include "diag/clock.h"
#include "diag/text.h"

#include <stdio.h>
#include <string.h>

enum { FIELDS = 6, YEAR_FIRST = 1990, YEAR_LAST = 2099, DAY_TEXT_SIZE = 11 };

#define DAY ((int64_t)86400 * 1000)

static const char first_line[] = "exdiag-builds 1";
static const char as_of_word[] = "as-of ";
static const char ended_word[] = "ended";

struct piece {
    const char *bytes;
    size_t size;
};

struct reading {
    struct arena *arena;
    struct build_table *table;
    struct build_table_fault *fault;
    struct build_row *rows;
    size_t room;
    size_t line;
    bool is_begun; /* the first line was there */
};

static enum status fail(struct reading *reading, enum status status, const char *format, ...)
    PRINTF_LIKE(3, 4);

static enum status fail(struct reading *reading, enum status status, const char *format, ...)
{
    va_list arguments;

    reading->fault->line = reading->line;
    va_start(arguments, format);
    vsnprintf(reading->fault->reason, sizeof reading->fault->reason, format, arguments);
    va_end(arguments);
    return status;
}

/* ---- fields ---- */

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

static struct piece trim(struct piece piece)
{
    while (piece.size > 0 && is_space(*piece.bytes)) {
        piece.bytes++;
        piece.size--;
    }
    while (piece.size > 0 && is_space(piece.bytes[piece.size - 1]))
        piece.size--;
    return piece;
}

static bool is_text(struct piece piece, const char *text)
{
    return piece.size == strlen(text) && memcmp(piece.bytes, text, piece.size) == 0;
}

/* Up to the first `character`, which is taken off too. */
static struct piece cut(struct piece *rest, char character)
{
    struct piece piece = *rest;
    const char *end = rest->size > 0 ? memchr(rest->bytes, character, rest->size) : NULL;

    if (end) {
        piece.size = (size_t)(end - rest->bytes);
        rest->bytes = end + 1;
        rest->size -= piece.size + 1;
    } else {
        rest->bytes += rest->size;
        rest->size = 0;
    }
    return piece;
}

/* "2026-04-02" to its first moment. */
static bool read_day(struct piece piece, int64_t *moment)
{
    char text[DAY_TEXT_SIZE];
    int year;

    if (piece.size != sizeof text - 1)
        return false;
    memcpy(text, piece.bytes, piece.size);
    text[piece.size] = '\0';
    if (clock_parse_day(text, moment) != STATUS_OK)
        return false;
    year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
    return year >= YEAR_FIRST && year <= YEAR_LAST;
}

/* "2026-04-02" or "2026-04". */
static bool is_release(struct piece piece)
{
    char text[DAY_TEXT_SIZE];
    int64_t moment;

    if (piece.size != sizeof "2026-04" - 1)
        return read_day(piece, &moment);
    snprintf(text, sizeof text, "%.7s-01", piece.bytes);
    return read_day((struct piece){text, sizeof text - 1}, &moment);
}

static bool is_name(struct piece piece)
{
    return piece.size > 0 && piece.size <= BUILD_TABLE_NAME_MOST &&
           text_is_printable(piece.bytes, piece.size);
}

/* ---- rows ---- */

/* The text of an earlier row, so that one pointer stands for one name; or a copy. */
static const char *name_of(struct reading *reading, struct piece name, const char *before)
{
    if (before && is_text(name, before))
        return before;
    return arena_copy(reading->arena, name.bytes, name.size);
}

static enum status read_names(struct reading *reading, const struct piece *fields,
                              const struct build_row *before, struct build_row *row)
{
    bool is_same;

    if (!is_name(fields[1]) || !is_name(fields[2]) || !is_name(fields[3]))
        return fail(reading, STATUS_INVALID,
                    "product, level and update are 1 to %d printable bytes each",
                    BUILD_TABLE_NAME_MOST);
    row->product = name_of(reading, fields[1], before ? before->product : NULL);
    is_same = before && row->product == before->product;
    row->level = name_of(reading, fields[2], is_same ? before->level : NULL);
    if (!is_text(fields[3], "-"))
        row->update = name_of(reading, fields[3], NULL);
    return STATUS_OK;
}

static enum status read_days(struct reading *reading, const struct piece *fields,
                             struct build_row *row)
{
    struct piece day = fields[5];
    bool has_ended = day.size > sizeof ended_word && day.bytes[sizeof ended_word - 1] == ' ' &&
                     memcmp(day.bytes, ended_word, sizeof ended_word - 1) == 0;
    int64_t last;

    if (!is_release(fields[4]))
        return fail(reading, STATUS_INVALID,
                    "the release is a day or month from %d to %d, 2026-04-02 or 2026-04",
                    YEAR_FIRST, YEAR_LAST);
    row->released = arena_copy(reading->arena, fields[4].bytes, fields[4].size);
    if (is_text(fields[5], ended_word))
        return STATUS_OK;
    if (has_ended) {
        day.bytes += sizeof ended_word;
        day.size -= sizeof ended_word;
    }
    if (!read_day(day, &last))
        return fail(reading, STATUS_INVALID,
                    "the end of support is a day, as 2035-12-31, or the word ended, with or "
                    "without its day behind it");
    row->supported_to = arena_copy(reading->arena, day.bytes, day.size);
    row->support_ends = has_ended ? 0 : last + DAY;
    return STATUS_OK;
}

/* A product or level that was left cannot be come back to. */
static enum status check_order(struct reading *reading, const struct build_row *row)
{
    size_t count = reading->table->count;
    const struct build_row *before = count > 0 ? &reading->rows[count - 1] : NULL;

    if (!before)
        return STATUS_OK;
    if (build_number_compare(&before->number, &row->number) == 0)
        return fail(reading, STATUS_INVALID, "this build is there twice");
    if (build_number_compare(&before->number, &row->number) > 0)
        return fail(reading, STATUS_INVALID,
                    "builds are to ascend; this one is below that of the "
                    "row before");
    if (before->number.count < BUILD_PARTS &&
        build_number_shares_build(&before->number, &row->number))
        return fail(reading, STATUS_INVALID,
                    "this build is there twice: the row before stands for "
                    "every fourth part");
    for (size_t i = 0; i + 1 < count && before->product != row->product; i++) {
        if (strcmp(reading->rows[i].product, row->product) == 0)
            return fail(reading, STATUS_INVALID, "rows of %s are to stand together", row->product);
    }
    for (size_t i = 0; i + 1 < count && before->level != row->level; i++) {
        if (reading->rows[i].product == row->product &&
            strcmp(reading->rows[i].level, row->level) == 0)
            return fail(reading, STATUS_INVALID, "rows of %s %s are to stand together",
                        row->product, row->level);
    }
    return STATUS_OK;
}

static enum status read_row(struct reading *reading, struct piece line)
{
    size_t count = reading->table->count;
    struct piece fields[FIELDS], rest = line;
    struct build_row row = {0};
    enum status status;

    for (size_t i = 0; i < FIELDS; i++) {
        if (rest.size == 0)
            return fail(reading, STATUS_INVALID, "a row has %d fields parted by |, not %d", FIELDS,
                        (int)i);
        fields[i] = trim(cut(&rest, '|'));
    }
    if (rest.size > 0)
        return fail(reading, STATUS_INVALID, "a row has %d fields parted by |, not more", FIELDS);
    if (build_number_parse(fields[0].bytes, fields[0].size, &row.number) != STATUS_OK)
        return fail(reading, STATUS_INVALID, "a row begins with a build of three or four parts");
    if (count == BUILD_TABLE_ROWS_MOST)
        return fail(reading, STATUS_TOO_LARGE, "more than %d rows", BUILD_TABLE_ROWS_MOST);
    status = read_names(reading, fields, count > 0 ? &reading->rows[count - 1] : NULL, &row);
    if (status == STATUS_OK)
        status = read_days(reading, fields, &row);
    if (status == STATUS_OK)
        status = check_order(reading, &row);
    if (status != STATUS_OK)
        return status;
    reading->rows = arena_grow(reading->arena, reading->rows, &reading->room, count, sizeof row);
    reading->rows[reading->table->count++] = row;
    return STATUS_OK;
}

/* ---- the file ---- */

static enum status read_head(struct reading *reading, struct piece line)
{
    struct build_table *table = reading->table;
    struct piece day;

    if (!reading->is_begun) {
        if (!is_text(line, first_line))
            return fail(reading, STATUS_INVALID, "a table of builds begins with \"%s\"",
                        first_line);
        reading->is_begun = true;
        return STATUS_OK;
    }
    if (!text_starts_fold(line.bytes, line.size, as_of_word))
        return fail(reading, STATUS_INVALID, "the second line is \"%sYYYY-MM-DD\"", as_of_word);
    day = trim(
        (struct piece){line.bytes + sizeof as_of_word - 1, line.size - (sizeof as_of_word - 1)});
    if (!read_day(day, &table->as_of_moment))
        return fail(reading, STATUS_INVALID,
                    "the table's day is to be one from %d to %d, as "
                    "2026-04-02",
                    YEAR_FIRST, YEAR_LAST);
    table->as_of = arena_copy(reading->arena, day.bytes, day.size);
    return STATUS_OK;
}

static enum status read_lines(struct reading *reading, struct piece rest)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && rest.size > 0) {
        struct piece line = trim(cut(&rest, '\n'));

        reading->line++;
        if (line.size == 0 || *line.bytes == '#')
            continue;
        status = reading->table->as_of ? read_row(reading, line) : read_head(reading, line);
    }
    return status;
}

enum status build_table_read(const char *bytes, size_t size, struct arena *arena,
                             struct build_table *out, struct build_table_fault *fault)
{
    struct reading reading = {.arena = arena, .table = out, .fault = fault};
    struct piece rest = {bytes, size};
    enum status status;

    *out = (struct build_table){0};
    *fault = (struct build_table_fault){0};
    if (size > BUILD_TABLE_BYTES_MOST)
        return fail(&reading, STATUS_TOO_LARGE, "more than %d bytes", BUILD_TABLE_BYTES_MOST);
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        rest = (struct piece){bytes + 3, size - 3};
    status = read_lines(&reading, rest);
    reading.line = 0;
    if (status == STATUS_OK && out->count == 0)
        status = fail(&reading, STATUS_INVALID, "it has no rows");
    out->rows = reading.rows;
    if (status != STATUS_OK)
        *out = (struct build_table){0};
    return status;
}

/* ---- looking up ---- */

static bool shares_version(const struct build_number *a, const struct build_number *b)
{
    return a->parts[0] == b->parts[0] && a->parts[1] == b->parts[1];
}

/* A row of three parts stands for every fourth one; a number of three parts is every row's. */
static bool is_row_of(const struct build_row *row, const struct build_number *number)
{
    return build_number_compare(&row->number, number) == 0 ||
           (row->number.count < BUILD_PARTS && build_number_shares_build(&row->number, number));
}

static bool is_same_level(const struct build_row *a, const struct build_row *b)
{
    return a->product == b->product && a->level == b->level;
}

/* The last row that is not above the number: rows up to it may be its. */
static const struct build_row *find_below(const struct build_table *table,
                                          const struct build_number *number)
{
    const struct build_row *below = NULL;

    for (size_t i = 0; i < table->count; i++) {
        const struct build_row *row = &table->rows[i];

        if (shares_version(&row->number, number) &&
            (build_number_compare(&row->number, number) <= 0 || is_row_of(row, number)))
            below = row;
    }
    return below;
}

static const struct build_row *next_of_version(const struct build_table *table,
                                               const struct build_number *number,
                                               const struct build_row *below)
{
    for (size_t i = below ? (size_t)(below - table->rows) + 1 : 0; i < table->count; i++) {
        if (shares_version(&table->rows[i].number, number))
            return &table->rows[i];
    }
    return NULL;
}

/* The first and last row of its three parts. */
static void find_build(const struct build_table *table, const struct build_number *number,
                       struct build_place *place)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct build_row *row = &table->rows[i];

        if (!build_number_shares_build(&row->number, number))
            continue;
        if (!place->level_first)
            place->level_first = row;
        place->level_last = row;
    }
}

/* A number that has no row, or is several: what its three parts say, or its neighbours do. */
static void place_beside(const struct build_table *table, const struct build_number *number,
                         struct build_place *place)
{
    find_build(table, number, place);
    if (place->level_first) {
        place->match = number->count < BUILD_PARTS ? BUILD_KNOWN : BUILD_INTERIM;
        if (!place->row || !build_number_shares_build(&place->row->number, number))
            place->row = place->level_first;
        return;
    }
    place->match = place->above ? BUILD_BETWEEN : BUILD_NEWER;
    if (place->row && place->above && is_same_level(place->row, place->above)) {
        place->level_first = place->row;
        place->level_last = place->row;
    }
}

static const char *product_of(const struct build_place *place)
{
    if (place->level_first)
        return place->level_first->product;
    if (place->row && place->above && place->row->product == place->above->product)
        return place->row->product;
    return NULL;
}

struct build_place build_table_find(const struct build_table *table,
                                    const struct build_number *number,
                                    enum build_precision precision)
{
    struct build_place place = {.match = BUILD_NOT_EXCHANGE};

    place.row = find_below(table, number);
    place.above = next_of_version(table, number, place.row);
    if (!place.row && !place.above)
        return place;
    if (place.row && is_row_of(place.row, number)) {
        place.match = BUILD_KNOWN;
        place.level_first = place.level_last = place.row;
    } else {
        place_beside(table, number, &place);
    }
    if (place.level_last && precision != BUILD_OF_UPDATE)
        place.level_last = build_table_newest_of_level(table, place.level_last);
    place.product = product_of(&place);
    return place;
}

static const struct build_row *end_of(const struct build_table *table)
{
    return table->rows + table->count;
}

const struct build_row *build_table_newest_of_level(const struct build_table *table,
                                                    const struct build_row *row)
{
    while (row + 1 < end_of(table) && is_same_level(row, row + 1))
        row++;
    return row;
}

const struct build_row *build_table_newest_of_product(const struct build_table *table,
                                                      const struct build_row *row)
{
    while (row + 1 < end_of(table) && row[1].product == row->product)
        row++;
    return row;
}

const struct build_row *build_table_base_of_level(const struct build_table *table,
                                                  const struct build_row *row)
{
    while (row > table->rows && is_same_level(row, row - 1))
        row--;
    return row;
}

/* ---- telling ---- */

/* "Apr24HU": behind month and year. */
bool build_row_is_hotfix(const struct build_row *row)
{
    size_t size = row->update ? strlen(row->update) : 0;

    for (size_t i = 1; i + 1 < size; i++) {
        if (text_is_digit(row->update[i - 1]) && strncmp(row->update + i, "HU", 2) == 0)
            return true;
    }
    return false;
}

/* Days and months compare as text; the month of the last day is not after it. */
bool build_row_is_extended(const struct build_row *row)
{
    size_t size = strlen(row->released);

    return row->support_ends > 0 && strncmp(row->released, row->supported_to, size) > 0;
}

void build_row_name(const struct build_row *row, struct buffer *out)
{
    buffer_print(out, "%s %s", row->product, row->level);
    if (row->update)
        buffer_print(out, " %s", row->update);
}

unsigned build_table_age(const struct build_table *table, int64_t now)
{
    return now > table->as_of_moment ? (unsigned)((now - table->as_of_moment) / DAY) : 0;
}

bool build_table_is_ahead(const struct build_table *table, int64_t now)
{
    return table->as_of_moment - DAY > now;
}
