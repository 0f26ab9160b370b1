#include "diag/read/file_list.h"

#include "diag/read/csv.h"
#include "diag/text.h"

#include <string.h>

/* ---- words ---- */

static const char *const presence_words[] = {
#define X(name, word) [FILE_##name] = word,
    FILE_PRESENCE_LIST(X)
#undef X
};

const char *file_presence_word(enum file_presence presence)
{
    return presence_words[presence < FILE_PRESENCE_COUNT ? presence : FILE_UNKNOWN];
}

enum file_presence file_presence_from_word(const char *word)
{
    for (unsigned i = 0; i < FILE_PRESENCE_COUNT; i++) {
        if (strcmp(presence_words[i], word) == 0)
            return (enum file_presence)i;
    }
    return FILE_UNKNOWN;
}

/* ---- rows ---- */

enum { PATH, EXISTS, LENGTH, VERSION, COLUMNS };

struct columns {
    size_t of[COLUMNS];
};

/* Without a path and whether it exists it is another list. */
static bool find_columns(const struct csv_row *names, struct columns *columns)
{
    static const char *const words[COLUMNS] = {"Path", "Exists", "Length", "Version"};

    for (unsigned i = 0; i < COLUMNS; i++)
        columns->of[i] = csv_column(names, words[i]);
    return columns->of[PATH] < names->count && columns->of[EXISTS] < names->count;
}

static bool read_size(const char *text, uint64_t *size)
{
    enum { DIGITS_MOST = 18 };
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > DIGITS_MOST || text[digits])
        return false;
    *size = 0;
    for (size_t i = 0; i < digits; i++)
        *size = 10 * *size + (uint64_t)(text[i] - '0');
    return true;
}

/* "10.0.17763.1 (WinBuild.160101.0800)", "6,3,9600,16384": its four numbers with dots. */
static const char *version_of(const char *text, struct arena *arena)
{
    enum { PARTS = 4, DIGITS_MOST = 10 };
    char version[PARTS * (DIGITS_MOST + 1)];
    size_t size = 0;

    for (unsigned i = 0; i < PARTS; i++) {
        size_t digits = strspn(text, "0123456789");

        if (digits == 0 || digits > DIGITS_MOST)
            return NULL;
        memcpy(version + size, text, digits);
        size += digits;
        text += digits;
        if (i + 1 == PARTS)
            break;
        if (*text != '.' && *text != ',')
            return NULL;
        version[size++] = '.';
        text++;
        text += strspn(text, " ");
    }
    return !*text || *text == ' ' ? arena_copy(arena, version, size) : NULL;
}

static enum file_presence presence_of(const char *text)
{
    if (text_equal_fold(text, "True"))
        return FILE_PRESENT;
    return text_equal_fold(text, "False") ? FILE_ABSENT : FILE_UNKNOWN;
}

/* Of a file that is not there nothing else is so, whatever the row says. */
static bool read_row(const struct csv_row *row, const struct columns *columns, struct arena *arena,
                     struct listed_file *file)
{
    *file = (struct listed_file){.path = csv_text(row, columns->of[PATH], arena)};
    if (!*file->path || strlen(file->path) > FILE_LIST_PATH_MOST)
        return false;
    file->path = text_printable(arena, file->path, strlen(file->path));
    file->presence = presence_of(csv_text(row, columns->of[EXISTS], arena));
    if (file->presence == FILE_ABSENT)
        return true;
    file->has_size = read_size(csv_text(row, columns->of[LENGTH], arena), &file->size);
    file->version = version_of(csv_text(row, columns->of[VERSION], arena), arena);
    return true;
}

enum status file_list_read(const char *text, size_t size, struct arena *arena,
                           struct file_list *out)
{
    struct columns columns;
    struct csv_row *row = arena_new(arena, 1, sizeof *row);
    struct listed_file file;
    struct csv csv;

    *out = (struct file_list){.is_cut = size > FILE_LIST_BYTES_MOST};
    csv_begin(&csv, text, size < FILE_LIST_BYTES_MOST ? size : FILE_LIST_BYTES_MOST);
    if (!csv_next(&csv, row) || !find_columns(row, &columns))
        return STATUS_NOT_FOUND;
    out->files = arena_new(arena, FILE_LIST_MOST, sizeof *out->files);
    while (csv_next(&csv, row)) {
        if (out->count == FILE_LIST_MOST) {
            out->is_cut = true;
            break;
        }
        if (read_row(row, &columns, arena, &file))
            out->files[out->count++] = file;
    }
    return STATUS_OK;
}

bool file_list_is_text(const char *head, size_t size)
{
    struct columns columns;
    struct csv_row row;
    struct csv csv;

    csv_begin(&csv, head, size);
    return csv_next(&csv, &row) && find_columns(&row, &columns);
}

/* ---- finding one ---- */

static bool is_separator(char character)
{
    return character == '\\' || character == '/';
}

/* The character at `at` of a path as it is compared, and where the next one begins. */
static char next_of(const char **at)
{
    char character = text_lower(**at);

    if (!is_separator(character)) {
        *at += character != '\0';
        return character;
    }
    while (is_separator(**at))
        (*at)++;
    return '\\';
}

static bool is_same(const char *a, const char *b)
{
    char one, other;

    do {
        one = next_of(&a);
        other = next_of(&b);
    } while (one && one == other);
    return one == other;
}

/* What is behind "%windir%", or behind the separator after it; NULL where there is no variable. */
static const char *behind_variable(const char *path)
{
    const char *end = *path == '%' ? strchr(path + 1, '%') : NULL;

    if (!end)
        return NULL;
    end++;
    return end + strspn(end, "\\/");
}

/* The same backwards: `size` bytes are left before. */
static char last_of(const char *path, size_t *size)
{
    char character = *size > 0 ? text_lower(path[*size - 1]) : '\0';

    if (!is_separator(character)) {
        *size -= *size > 0;
        return character;
    }
    while (*size > 0 && is_separator(path[*size - 1]))
        (*size)--;
    return '\\';
}

/* `path` has whole parts before `rest`. */
static bool ends_with(const char *path, const char *rest)
{
    size_t left = strlen(path), rest_left = strlen(rest);

    while (rest_left > 0) {
        if (last_of(path, &left) != last_of(rest, &rest_left))
            return false;
    }
    return left > 0 && is_separator(path[left - 1]);
}

static bool fits(const char *a, const char *b)
{
    const char *rest_a = behind_variable(a), *rest_b = behind_variable(b);

    if (rest_a && !rest_b && *rest_a)
        return ends_with(b, rest_a);
    return rest_b && !rest_a && *rest_b && ends_with(a, rest_b);
}

static bool says_the_same(const struct listed_file *a, const struct listed_file *b)
{
    return a->presence == b->presence && a->has_size == b->has_size && a->size == b->size &&
           (a->version && b->version ? strcmp(a->version, b->version) == 0
                                     : a->version == b->version);
}

/* False if no row fits; `out` is NULL if rows that differ do. */
static bool find_by(const struct file_list *list, const char *path,
                    bool (*is)(const char *a, const char *b), const struct listed_file **out)
{
    const struct listed_file *found = NULL;

    for (size_t i = 0; i < list->count; i++) {
        const struct listed_file *file = &list->files[i];

        if (!is(file->path, path))
            continue;
        *out = found ? *out : file;
        if (found && !says_the_same(found, file))
            *out = NULL;
        found = file;
    }
    return found != NULL;
}

const struct listed_file *file_list_find(const struct file_list *list, const char *path)
{
    const struct listed_file *found = NULL;

    if (!find_by(list, path, is_same, &found))
        (void)find_by(list, path, fits, &found);
    return found;
}
