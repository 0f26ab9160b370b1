/* Tables of builds: what is accepted keeps the rules, and every row is found by its own build. */
#include "diag/read/build_table.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_row(const struct build_table *table, const struct build_row *row)
{
    struct build_place place = build_table_find(table, &row->number, BUILD_OF_UPDATE);
    struct build_number beside = row->number;

    check(place.match == BUILD_KNOWN);
    check(place.row == row || row->number.count < BUILD_PARTS);
    check(build_table_newest_of_level(table, row)->level == row->level);
    check(build_table_newest_of_product(table, row)->product == row->product);
    check(build_table_base_of_level(table, row) <= row);
    beside.parts[2]++;
    place = build_table_find(table, &beside, BUILD_OF_LEVEL);
    check(place.match != BUILD_NOT_EXCHANGE);
    check(!place.level_first == !place.level_last && (!place.level_first || place.product));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    struct arena arena = {0};
    struct build_table table;
    struct build_table_fault fault;

    check(text != NULL);
    memcpy(text, data, size);
    if (build_table_read(text, size, &arena, &table, &fault) == STATUS_OK) {
        check(table.count > 0 && table.count <= BUILD_TABLE_ROWS_MOST && table.as_of);
        for (size_t i = 0; i < table.count && i < 50; i++) {
            check(i == 0 ||
                  build_number_compare(&table.rows[i - 1].number, &table.rows[i].number) < 0);
            check_row(&table, &table.rows[i]);
        }
    } else {
        check(table.count == 0 && strlen(fault.reason) > 0);
    }
    free(text);
    arena_release(&arena);
    return 0;
}
