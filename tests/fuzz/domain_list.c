/* A list in pieces: names stay within their line, and pieces of any size make the same lines. */
#include "diag/read/domain_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

struct sum {
    uint64_t hash;
    size_t lines;
};

static void add(struct sum *sum, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum->hash = (sum->hash ^ (unsigned char)bytes[i]) * 1099511628211u;
}

static void take_lines(struct domain_list *list, struct sum *sum)
{
    struct domain_line line;

    while (domain_list_next(list, &line)) {
        check(line.size > 0 && line.size <= DOMAIN_LINE_MOST && !line.name != !line.fault);
        check(!line.name || strlen(line.name) <= line.size);
        add(sum, line.text, line.size);
        add(sum, line.name ? line.name : line.fault, strlen(line.name ? line.name : line.fault));
        sum->lines++;
    }
}

static struct sum read_all(const uint8_t *data, size_t size, size_t step)
{
    struct domain_list *list = calloc(1, sizeof *list);
    struct sum sum = {0};

    check(list != NULL);
    for (size_t at = 0; at < size; at += step) {
        size_t piece = size - at < step ? size - at : step;
        char *copy = malloc(piece);

        check(copy != NULL);
        memcpy(copy, data + at, piece);
        domain_list_add(list, copy, piece);
        take_lines(list, &sum);
        free(copy);
    }
    domain_list_add(list, NULL, 0);
    take_lines(list, &sum);
    free(list);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sum whole = read_all(data, size, size ? size : 1), pieces = read_all(data, size, 3);

    check(whole.lines == pieces.lines && whole.hash == pieces.hash);
    return 0;
}
