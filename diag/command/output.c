#include "diag/command/output.h"

#include "diag/command/command.h"
#include "diag/platform.h"
#include "diag/report/changes.h"
#include "diag/report/wrap.h"
#include "diag/verdict.h"

#include <string.h>

enum { COLUMNS_USUAL = 80, COLUMNS_LEAST = 40, COLUMNS_MOST = 120 };

bool is_evidence_file(const char *path)
{
    unsigned char head[FILE_TYPE_HEAD];
    enum text_encoding encoding;
    FILE *file;
    size_t size;

    if (platform_file_kind(path) != PLATFORM_FILE || platform_file_open(path, &file) != STATUS_OK)
        return false;
    size = fread(head, 1, sizeof head, file);
    fclose(file);
    return file_type_of(head, size, &encoding) == FILE_TYPE_EVIDENCE;
}

static bool is_output(const struct options *options, const char *path)
{
    if (!path || !platform_file_is_same(options->output, path))
        return false;
    complain("--output: '%s' is a file that this run reads, and is not written over",
             options->output);
    return true;
}

bool output_spares_input(const struct options *options)
{
    const char *const named[] = {options->ca_file, options->password_file, options->token_file};
    bool spares = true;

    if (!options->output)
        return true;
    for (size_t i = 0; i < sizeof named / sizeof *named && spares; i++)
        spares = !is_output(options, named[i]);
    for (size_t i = 0; i < options->subject_count && spares; i++)
        spares = options->subjects[i].kind != SUBJECT_FILE ||
                 !is_output(options, options->subjects[i].name);
    return spares;
}

/* Where the locale names another character set than UTF-8; one that names none may have it. */
static bool is_ascii_alone(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = platform_environment(variables[i]);

        if (value && *value)
            return !strstr(value, "UTF-8") && !strstr(value, "utf8") && !strstr(value, "UTF8") &&
                   !strstr(value, "utf-8");
    }
    return false;
}

static struct report_options style_for(const struct options *options, FILE *stream)
{
    struct report_options style = {.verbose = options->verbose, .quiet = options->quiet};
    const char *no_color = platform_environment("NO_COLOR");
    unsigned columns = platform_terminal_columns(stream);

    style.columns = columns ? columns : COLUMNS_USUAL;
    if (style.columns < COLUMNS_LEAST)
        style.columns = COLUMNS_LEAST;
    if (style.columns > COLUMNS_MOST)
        style.columns = COLUMNS_MOST;
    style.colours = !options->no_color && !(no_color && *no_color) &&
                    platform_is_terminal(stream) && platform_terminal_colours(stream);
    style.ascii = is_ascii_alone();
    return style;
}

static enum status open_and_write(enum status (*write)(const void *page,
                                                       const struct report_options *style,
                                                       const struct options *options, FILE *stream),
                                  const void *page, const struct options *options)
{
    struct report_options style;
    FILE *stream = stdout;
    enum status status;

    if (options->output) {
        status = platform_file_write(options->output, &stream);
        if (status != STATUS_OK)
            return status;
    }
    style = style_for(options, stream);
    status = write(page, &style, options, stream);
    if (stream == stdout) {
        if (fflush(stdout) != 0 && status == STATUS_OK)
            status = platform_write_error();
    } else if (fclose(stream) != 0 && status == STATUS_OK) {
        status = platform_write_error();
    }
    return status;
}

int output_page(enum status (*write)(const void *page, const struct report_options *style,
                                     const struct options *options, FILE *stream),
                const void *page, const struct options *options)
{
    enum status status;

    /* What cannot be had again must not be lost to a slip of the hand. */
    if (options->output && is_evidence_file(options->output))
        return complain("--output: '%s' is an evidence file; evidence is never written over",
                        options->output);
    status = open_and_write(write, page, options);
    if (status == STATUS_OK)
        return EXIT_FINE;
    return complain("the report could not be written%s%s: %s", options->output ? " to " : "",
                    options->output ? options->output : "", status_text(status));
}

static enum status write_report(const void *report, const struct report_options *style,
                                const struct options *options, FILE *stream)
{
    return report_format_find(options->format)->write(report, style, stream);
}

int output_report(const struct run *runs, size_t count, const struct options *options)
{
    struct arena memory = {0};
    struct report report;
    int exit_status;

    verdict(runs, count, options->title, &memory, &report);
    exit_status = output_page(write_report, &report, options);
    if (exit_status == EXIT_FINE)
        exit_status = report_format_status(report_format_find(options->format), &report);
    arena_release(&memory);
    return exit_status;
}

static enum status write_comparison(const void *report, const struct report_options *style,
                                    const struct options *options, FILE *stream)
{
    if (strcmp(options->format, "text") == 0)
        return report_changes_text(report, style, stream);
    return write_report(report, style, options, stream);
}

int output_comparison(const struct run runs[2], const struct options *options)
{
    struct arena memory = {0};
    struct report report;
    int exit_status;

    verdict_compare(runs, options->title, &memory, &report);
    exit_status = output_page(write_comparison, &report, options);
    if (exit_status == EXIT_FINE)
        exit_status = report_exit_status(&report);
    arena_release(&memory);
    return exit_status;
}

/* Each line of the text begins at the column. */
static void put_lines(struct wrap *wrap, size_t column, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");
        struct buffer line;

        buffer_init(&line, size + 1);
        buffer_add(&line, text, size);
        wrap_to(wrap, column);
        wrap_words(wrap, line.text);
        wrap_end(wrap);
        buffer_release(&line);
        text += size + (text[size] == '\n');
    }
}

size_t output_columns(void)
{
    unsigned columns = platform_terminal_columns(stdout);

    if (columns > 0 && columns < COLUMNS_LEAST)
        columns = COLUMNS_LEAST;
    return columns < COLUMNS_MOST ? columns : COLUMNS_MOST;
}

void output_prose(const char *label, size_t column, const char *text)
{
    size_t columns = output_columns();
    struct wrap wrap;

    wrap_init(&wrap, stdout, columns > 0 ? columns : SIZE_MAX);
    wrap_verbatim(&wrap, label, strlen(label));
    wrap_indent(&wrap, column);
    put_lines(&wrap, column, text);
    wrap_release(&wrap);
}
