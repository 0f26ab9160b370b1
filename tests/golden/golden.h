/*
 * Reports compared byte for byte with files in tests/golden. With
 * EXDIAG_UPDATE_GOLDEN in the environment the files are written instead: look at
 * the difference before you keep it.
 */
#ifndef EXDIAG_TESTS_GOLDEN_GOLDEN_H
#define EXDIAG_TESTS_GOLDEN_GOLDEN_H

#include "diag/buffer.h"
#include "diag/report/report.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOLDEN_MOST = 1 << 24 };

static inline void golden_read(FILE *file, struct buffer *out)
{
    char block[4096];
    size_t size;

    while ((size = fread(block, 1, sizeof block, file)) > 0)
        buffer_add(out, block, size);
}

/* What the format makes of the report; release the buffer. */
static inline void golden_render(const char *format, const struct report *report,
                                 const struct report_options *options, struct buffer *out)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    buffer_init(out, GOLDEN_MOST);
    assert_int_equal(report_format_find(format)->write(report, options, file), STATUS_OK);
    rewind(file);
    golden_read(file, out);
    fclose(file);
}

static inline void golden_compare(const char *name, const struct buffer *actual)
{
    bool update = getenv("EXDIAG_UPDATE_GOLDEN") != NULL;
    struct buffer expected;
    char path[1024];
    FILE *file;

    snprintf(path, sizeof path, "%s/tests/golden/%s", EXDIAG_SOURCE, name);
    file = fopen(path, update ? "wb" : "rb");
    assert_non_null(file);
    buffer_init(&expected, GOLDEN_MOST);
    if (update)
        fwrite(actual->text, 1, actual->size, file);
    else
        golden_read(file, &expected);
    fclose(file);
    if (!update)
        assert_string_equal(actual->text, expected.text);
    buffer_release(&expected);
}

/* The rendering of the report is that of the golden file `name`. */
static inline void golden_check(const char *name, const char *format, const struct report *report,
                                const struct report_options *options)
{
    struct buffer actual;

    golden_render(format, report, options, &actual);
    golden_compare(name, &actual);
    buffer_release(&actual);
}

/* Of HTML what is between <main> and </main>: style and script are held by report.html. */
static inline void golden_check_main(const char *name, const struct report *report,
                                     const struct report_options *options)
{
    struct buffer page, part;
    const char *start, *end;

    golden_render("html", report, options, &page);
    start = strstr(page.text, "<main");
    end = start ? strstr(start, "</main>") : NULL;
    assert_non_null(end);
    buffer_init(&part, GOLDEN_MOST);
    buffer_add(&part, start, (size_t)(end - start));
    buffer_add_string(&part, "</main>\n");
    golden_compare(name, &part);
    buffer_release(&part);
    buffer_release(&page);
}

#endif
