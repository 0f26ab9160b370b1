#include "diag/command/output.h"

#include "diag/command/command.h"
#include "diag/platform.h"
#include "diag/report/report.h"
#include "diag/verdict.h"

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
    return style;
}

static enum status write_report(const struct report *report, const struct options *options)
{
    const struct report_format *format = report_format_find(options->format);
    struct report_options style;
    FILE *stream = stdout;
    enum status status;

    if (options->output) {
        status = platform_file_write(options->output, &stream);
        if (status != STATUS_OK)
            return status;
    }
    style = style_for(options, stream);
    status = format->write(report, &style, stream);
    if (stream == stdout) {
        if (fflush(stdout) != 0 && status == STATUS_OK)
            status = platform_write_error();
    } else if (fclose(stream) != 0 && status == STATUS_OK) {
        status = platform_write_error();
    }
    return status;
}

/* What cannot be had again must not be lost to a slip of the hand. */
static int refuse_evidence(const char *path)
{
    return complain("--output: '%s' is an evidence file; evidence is never written over", path);
}

int output_report(const struct run *runs, size_t count, const struct options *options)
{
    struct arena memory = {0};
    struct report report;
    int exit_status;
    enum status status;

    if (options->output && is_evidence_file(options->output))
        return refuse_evidence(options->output);
    verdict(runs, count, options->title, &memory, &report);
    exit_status = report_exit_status(&report);
    status = write_report(&report, options);
    if (status != STATUS_OK)
        exit_status =
            complain("the report could not be written%s%s: %s", options->output ? " to " : "",
                     options->output ? options->output : "", status_text(status));
    arena_release(&memory);
    return exit_status;
}
