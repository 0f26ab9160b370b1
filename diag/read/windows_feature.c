#include "diag/read/windows_feature.h"

#include "diag/read/csv.h"
#include "diag/read/feature_clixml.h"
#include "diag/read/feature_collect.h"
#include "diag/read/feature_lines.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- CSV ---- */

/* A row of names that PowerShell gives features' properties. */
static bool is_head(const struct csv_row *row)
{
    size_t server = csv_column(row, "Name"), dism = csv_column(row, "FeatureName");

    if (dism < row->count && csv_column(row, "State") < row->count)
        return true;
    return server < row->count && (csv_column(row, "InstallState") < row->count ||
                                   csv_column(row, "Installed") < row->count);
}

static void read_row(const struct csv_row *head, const struct csv_row *row,
                     struct feature_collector *collector)
{
    struct feature_record record = {0};

    for (size_t i = 0; i < row->count && i < head->count; i++) {
        const struct csv_field *name = &head->fields[i], *value = &row->fields[i];

        if (text_equal_fold_sized(name->bytes, name->size, "PSComputerName", 14))
            feature_collect_computer(collector, value->bytes, value->size);
        feature_record_take(&record, name->bytes, name->size, value->bytes, value->size);
    }
    feature_record_end(&record, collector);
}

/* False for text that is none. */
static bool read_csv(const char *text, size_t size, struct feature_collector *collector)
{
    struct csv_row head, row;
    struct csv csv;

    csv_begin(&csv, text, size);
    if (!csv_next(&csv, &head) || !is_head(&head))
        return false;
    while (csv_next(&csv, &row))
        read_row(&head, &row, collector);
    return true;
}

/* ---- all of it ---- */

/* Whose state is whose is not told then. */
static void forget_states(struct windows_feature_list *list)
{
    list->computer = NULL;
    for (size_t i = 0; i < list->count; i++)
        list->features[i].state = FEATURE_UNKNOWN;
}

enum status windows_feature_read(const char *text, size_t size, struct arena *arena,
                                 struct windows_feature_list *out)
{
    struct feature_collector *collector = memory_new(1, sizeof *collector);
    bool has_known;

    *out = (struct windows_feature_list){
        .features = arena_new(arena, FEATURE_LIST_MOST, sizeof *out->features),
        .is_cut = size > FEATURE_LIST_BYTES_MOST};
    if (size > FEATURE_LIST_BYTES_MOST)
        size = FEATURE_LIST_BYTES_MOST;
    collector->arena = arena;
    collector->list = out;
    if (feature_clixml_is_text(text, size))
        feature_clixml_read(text, size, collector);
    else if (!read_csv(text, size, collector))
        feature_lines_read(text, size, collector);
    if (collector->is_of_several)
        forget_states(out);
    has_known = collector->has_known;
    free(collector);
    return has_known ? STATUS_OK : STATUS_NOT_FOUND;
}

const struct windows_feature *windows_feature_find(const struct windows_feature_list *list,
                                                   enum feature_names names, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->features[i].names == names && text_equal_fold(list->features[i].name, name))
            return &list->features[i];
    }
    return NULL;
}

bool windows_feature_is_text(const char *head, size_t size)
{
    struct arena memory = {0};
    struct windows_feature_list list;
    bool is = windows_feature_read(head, size, &memory, &list) == STATUS_OK;

    arena_release(&memory);
    return is;
}
