#include "diag/read/feature_lines.h"

#include "diag/text.h"

#include <string.h>

struct piece {
    const char *bytes;
    size_t size;
};

enum { COLUMNS_MOST = 8 };

struct column {
    size_t at; /* characters from the line's beginning */
    struct piece head;
};

struct reading {
    struct feature_collector *collector;
    bool has_package; /* dism named the package whose features it lists */

    /* of PowerShell's lists */
    struct feature_record record;

    /* of dism's paragraphs: "label : value", labels in any language */
    struct piece first, last;
    size_t lines;
    bool is_mixed; /* it has other lines too */

    /* of tables */
    struct piece before; /* the line before this one */
    struct column columns[COLUMNS_MOST];
    size_t column_count;
    bool is_dism_table;
};

/* ---- pieces of a line ---- */

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

static struct piece behind(struct piece text, size_t size)
{
    return (struct piece){text.bytes + size, text.size - size};
}

static struct piece trim(struct piece text)
{
    while (text.size > 0 && is_blank(*text.bytes))
        text = behind(text, 1);
    while (text.size > 0 && is_blank(text.bytes[text.size - 1]))
        text.size--;
    return text;
}

static bool is_name(struct piece text)
{
    return windows_feature_is_name(text.bytes, text.size);
}

static enum feature_state state_of(struct piece text)
{
    return feature_state_of(text.bytes, text.size);
}

static void collect(struct reading *reading, struct piece name, enum feature_names names,
                    enum feature_state state)
{
    feature_collect(reading->collector, name.bytes, name.size, names, state);
}

/* Takes the last word off a line. */
static struct piece take_last(struct piece *line)
{
    struct piece word;
    size_t begin;

    *line = trim(*line);
    begin = line->size;
    while (begin > 0 && !is_blank(line->bytes[begin - 1]))
        begin--;
    word = behind(*line, begin);
    line->size = begin;
    return word;
}

/* ---- Server Manager's tree ---- */

/* "[X]", "[ ]", "[R]", behind the blanks of its depth. */
static bool take_box(struct piece *line, enum feature_state *state)
{
    struct piece text = trim(*line);

    if (text.size < 4 || text.bytes[0] != '[' || text.bytes[2] != ']' || text.bytes[3] != ' ')
        return false;
    *state = text.bytes[1] == 'X'   ? FEATURE_INSTALLED
             : text.bytes[1] == ' ' ? FEATURE_AVAILABLE
             : text.bytes[1] == 'R' ? FEATURE_REMOVED
                                    : FEATURE_UNKNOWN;
    *line = behind(text, 3);
    return true;
}

/* What the column of states says beside a box: that it is to change with the next start. */
static enum feature_state together(enum feature_state box, enum feature_state said)
{
    if (said == FEATURE_PENDING_ON || said == FEATURE_PENDING_OFF || said == box)
        return said;
    return box == FEATURE_AVAILABLE && said == FEATURE_REMOVED ? said : FEATURE_UNKNOWN;
}

/* "[X] Web Server (IIS)   Web-Server   Installed": the last column is not there before 2012. */
static bool read_box(struct reading *reading, struct piece line)
{
    enum feature_state state, said;
    struct piece word;

    if (!take_box(&line, &state))
        return false;
    word = take_last(&line);
    said = state_of(word);
    if (said != FEATURE_UNKNOWN) {
        state = together(state, said);
        word = take_last(&line);
    }
    if (trim(line).size > 0)
        collect(reading, word, FEATURE_OF_SERVER_MANAGER, state);
    return true;
}

/* ---- tables ---- */

/* Dashes and blanks, or bars as dism has them, and nothing else. */
static bool is_rule(struct piece line)
{
    size_t dashes = 0;

    for (size_t i = 0; i < line.size; i++) {
        if (line.bytes[i] != '-' && line.bytes[i] != '|' && !is_blank(line.bytes[i]))
            return false;
        dashes += line.bytes[i] == '-';
    }
    return dashes >= 4;
}

static size_t bars_of(struct piece line)
{
    size_t bars = 0;

    for (size_t i = 0; i < line.size; i++)
        bars += line.bytes[i] == '|';
    return bars;
}

/*
 * Where the word begins that stands at this character or reaches over it, for cells of numbers and
 * states end where their column does; the line's size if it is shorter.
 */
static size_t byte_of(struct piece line, size_t character)
{
    size_t at = 0;

    if (character == SIZE_MAX)
        return line.size;
    while (character-- > 0 && at < line.size)
        at += text_next(line.bytes + at, line.size - at);
    while (at > 0 && at < line.size && !is_blank(line.bytes[at]) && !is_blank(line.bytes[at - 1]))
        at--;
    return at < line.size ? at : line.size;
}

static struct piece between(struct piece line, size_t from, size_t to)
{
    size_t begin = byte_of(line, from), end = byte_of(line, to);

    return trim((struct piece){line.bytes + begin, end - begin});
}

/* A column begins where its dashes do; its head is what stands above them. */
static void begin_table(struct reading *reading, struct piece rule)
{
    reading->is_dism_table = bars_of(rule) == 1;
    reading->column_count = 0;
    if (bars_of(rule) > 0)
        return;
    for (size_t i = 0; i < rule.size && reading->column_count < COLUMNS_MOST; i++) {
        if (rule.bytes[i] == '-' && (i == 0 || is_blank(rule.bytes[i - 1])))
            reading->columns[reading->column_count++].at = i;
    }
    for (size_t i = 0; i < reading->column_count; i++) {
        struct column *column = &reading->columns[i];

        column->head = between(reading->before, column->at,
                               i + 1 < reading->column_count ? column[1].at : SIZE_MAX);
    }
}

static void end_table(struct reading *reading)
{
    reading->is_dism_table = false;
    reading->column_count = 0;
}

/* "IIS-WebServer   | Enabled": state words are in the language of Windows. */
static void read_dism_row(struct reading *reading, struct piece line)
{
    const char *bar = memchr(line.bytes, '|', line.size);
    struct piece name, state;

    if (!bar || bars_of(line) != 1)
        return;
    name = trim((struct piece){line.bytes, (size_t)(bar - line.bytes)});
    state = trim(behind(line, (size_t)(bar - line.bytes) + 1));
    if (state_of(state) != FEATURE_UNKNOWN || windows_feature_is_known(name.bytes, name.size))
        collect(reading, name, FEATURE_OF_DISM, state_of(state));
}

static void read_row(struct reading *reading, struct piece line)
{
    struct feature_record record = {0};

    for (size_t i = 0; i < reading->column_count; i++) {
        const struct column *column = &reading->columns[i];
        struct piece cell =
            between(line, column->at, i + 1 < reading->column_count ? column[1].at : SIZE_MAX);

        feature_record_take(&record, column->head.bytes, column->head.size, cell.bytes, cell.size);
    }
    feature_record_end(&record, reading->collector);
}

/* ---- lists ---- */

/* "label : value"; the value goes to the end of the line, whatever is in it. */
static bool take_property(struct piece line, struct piece *label, struct piece *value)
{
    const char *colon = memchr(line.bytes, ':', line.size);
    size_t size = colon ? (size_t)(colon - line.bytes) : 0;

    if (!colon)
        return false;
    *label = trim((struct piece){line.bytes, size});
    *value = trim(behind(line, size + 1));
    return label->size > 0;
}

/*
 * In any language: of dism's list a name and a state; of one feature name, name for people,
 * description, restart and state.
 */
static void end_paragraph(struct reading *reading)
{
    enum { OF_LIST = 2, OF_INFO = 5 };
    struct piece name = reading->first;
    enum feature_state state = reading->lines > 0 ? state_of(reading->last) : FEATURE_UNKNOWN;
    bool is_other = reading->record.has_name && reading->record.names != FEATURE_OF_DISM;
    size_t lines = reading->is_mixed || is_other ? 0 : reading->lines;
    bool is_known = is_name(name) && windows_feature_is_known(name.bytes, name.size);

    reading->lines = 0;
    reading->is_mixed = false;
    if (reading->record.has_name && reading->record.has_state)
        feature_record_end(&reading->record, reading->collector);
    else if (lines == OF_LIST && (is_known || (reading->has_package && state != FEATURE_UNKNOWN)))
        collect(reading, name, FEATURE_OF_DISM, state);
    else if (lines == OF_INFO && is_known && state != FEATURE_UNKNOWN)
        collect(reading, name, FEATURE_OF_DISM, state);
    reading->record = (struct feature_record){0};
}

static void read_property(struct reading *reading, struct piece label, struct piece value)
{
    if (feature_record_begins(&reading->record, label.bytes, label.size))
        end_paragraph(reading);
    if (text_equal_fold_sized(label.bytes, label.size, "PSComputerName", 14))
        feature_collect_computer(reading->collector, value.bytes, value.size);
    feature_record_take(&reading->record, label.bytes, label.size, value.bytes, value.size);
    if (reading->lines++ == 0)
        reading->first = value;
    reading->last = value;
}

/* ---- all of it ---- */

/* Part of every package's identity: the public key of whoever signs Windows. */
static bool names_package(struct piece line)
{
    static const char token[] = "~31bf3856ad364e35~";

    for (; line.size >= sizeof token - 1; line = behind(line, 1)) {
        if (*line.bytes == '~' && text_starts_fold(line.bytes, line.size, token))
            return true;
    }
    return false;
}

static void read_line(struct reading *reading, struct piece line)
{
    struct piece label, value;

    if (trim(line).size == 0) {
        end_paragraph(reading);
        end_table(reading);
        return;
    }
    reading->has_package = reading->has_package || names_package(line);
    if (read_box(reading, line))
        return;
    if (is_rule(line))
        begin_table(reading, line);
    else if (reading->is_dism_table)
        read_dism_row(reading, line);
    else if (reading->column_count > 0)
        read_row(reading, line);
    else if (take_property(line, &label, &value))
        read_property(reading, label, value);
    else
        reading->is_mixed = true;
}

/*
 * dism's table has a rule above its heads and one below: the second begins it again. Its rows end
 * with an empty line, and so does every paragraph.
 */
void feature_lines_read(const char *text, size_t size, struct feature_collector *collector)
{
    struct reading reading = {
        .collector = collector, .before = {"", 0}, .first = {"", 0}, .last = {"", 0}};
    struct piece rest = {text, size};

    while (rest.size > 0) {
        const char *end = memchr(rest.bytes, '\n', rest.size);
        struct piece line = {rest.bytes, end ? (size_t)(end - rest.bytes) : rest.size};

        read_line(&reading, line);
        reading.before = line;
        rest = behind(rest, end ? line.size + 1 : line.size);
    }
    end_paragraph(&reading);
}
