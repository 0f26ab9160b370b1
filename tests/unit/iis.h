/* Configurations of tests/iis and of one's own, read for a test. */
#ifndef EXDIAG_TESTS_IIS_H
#define EXDIAG_TESTS_IIS_H

#include "diag/read/iis_effective.h"
#include "diag/xml_library.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena iis_memory;
static struct xml_problem iis_problem;

static inline enum status read_config(const char *bytes, size_t size, struct iis_config *out)
{
    static struct xml_library library;
    char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */
    const char *reason;
    enum status status;

    assert_int_equal(xml_library_load(&library, &reason), STATUS_OK);
    assert_non_null(copy);
    if (size > 0)
        memcpy(copy, bytes, size);
    status = iis_config_read(&library, copy, size, &iis_memory, out, &iis_problem);
    free(copy);
    return status;
}

static inline struct iis_config config_of(const char *text)
{
    struct iis_config config;

    assert_int_equal(read_config(text, strlen(text), &config), STATUS_OK);
    return config;
}

static inline struct buffer file_of(const char *path)
{
    char whole[1000], piece[4096];
    struct buffer text;
    FILE *file;
    size_t size;

    snprintf(whole, sizeof whole, EXDIAG_SOURCE "/tests/iis/%s", path);
    file = fopen(whole, "rb");
    assert_non_null(file);
    buffer_init(&text, 1 << 20);
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(&text, piece, size);
    fclose(file);
    return text;
}

/* One of tests/iis. */
static inline struct iis_config config_of_file(const char *path)
{
    struct buffer text = file_of(path);
    struct iis_config config;

    assert_int_equal(read_config(text.text, text.size, &config), STATUS_OK);
    buffer_release(&text);
    return config;
}

static inline int forget_configs(void **state)
{
    (void)state;
    arena_release(&iis_memory);
    return 0;
}

#endif
