#include "diag/command/output.h"

#include "diag/command/command.h"
#include "diag/platform.h"
#include "diag/report/changes.h"
#include "diag/report/runbook.h"
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

/* What an option writes, for messages. */
struct target {
    const char *option;
    const char *what;
    const char *path; /* NULL: stdout */
    bool is_text;     /* for people, who open it in an editor */
};

/* Programs read the other forms, scripts and the manual's page. */
static bool is_text_page(const struct options *options)
{
    const unsigned of_other_files = FOR_COLLECT_SCRIPT | FOR_COMPLETION | FOR_MAN;

    return !(options->flag & of_other_files) && strcmp(options->format, "text") == 0;
}

static struct target output_of(const struct options *options)
{
    return (struct target){"--output", "report", options->output, is_text_page(options)};
}

static struct target runbook_of(const struct options *options)
{
    bool is_stdout = options->runbook && strcmp(options->runbook, "-") == 0;

    return (struct target){"--runbook", "runbook", is_stdout ? NULL : options->runbook, true};
}

static bool is_target(const struct target *target, const char *path)
{
    if (!path || !platform_file_is_same(target->path, path))
        return false;
    complain("%s: '%s' is a file that this run reads, and is not written over", target->option,
             target->path);
    return true;
}

/* A slip of the hand that is known before anything is asked. */
static bool is_file_name(const struct target *target)
{
    if (!*target->path)
        complain("%s: no file is named", target->option);
    else if (platform_file_kind(target->path) == PLATFORM_FOLDER)
        complain("%s: '%s' is a folder; name a file in it", target->option, target->path);
    else
        return true;
    return false;
}

static bool spares_input(const struct options *options, const struct target *target)
{
    const char *const named[] = {options->ca_file, options->password_file, options->token_file};
    bool spares = true;

    if (!target->path)
        return true;
    if (!is_file_name(target))
        return false;
    for (size_t i = 0; i < sizeof named / sizeof *named && spares; i++)
        spares = !is_target(target, named[i]);
    for (size_t i = 0; i < options->input_count && spares; i++)
        spares = !is_target(target, options->inputs[i]);
    for (size_t i = 0; i < options->subject_count && spares; i++)
        spares = options->subjects[i].kind != SUBJECT_FILE ||
                 !is_target(target, options->subjects[i].name);
    return spares;
}

static bool is_one_file(const char *option, const char *path, const char *other_option,
                        const char *other)
{
    if (!path || !other || !*path || !*other || !platform_path_is_same(path, other))
        return false;
    complain("%s and %s name the same file: '%s'", option, other_option, other);
    return true;
}

/* One file for two things would lose one of them, whatever it is called. */
static bool is_written_once(const struct options *options)
{
    struct target runbook = runbook_of(options);

    if (options->runbook && !runbook.path && !options->output) {
        complain("--runbook -: the report goes to stdout as well; give it a file with --output");
        return false;
    }
    return !is_one_file("--runbook", runbook.path, "--output", options->output) &&
           !is_one_file("--runbook", runbook.path, "--save", options->save) &&
           !is_one_file("--output", options->output, "--save", options->save);
}

static bool is_save_sound(const struct options *options)
{
    if (!options->save || strcmp(options->save, "-") != 0)
        return true;
    complain("--save: evidence goes to a file alone, not to stdout");
    return false;
}

bool output_spares_input(const struct options *options)
{
    struct target output = output_of(options), runbook = runbook_of(options);

    return is_save_sound(options) && spares_input(options, &output) &&
           spares_input(options, &runbook) && is_written_once(options);
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

typedef enum status page_writer(const void *page, const struct report_options *style,
                                const struct options *options, FILE *stream);

static enum status write_to_stdout(page_writer *write, const void *page,
                                   const struct options *options)
{
    struct report_options style = style_for(options, stdout);
    enum status status = write(page, &style, options, stdout);

    if (fflush(stdout) != 0 && status == STATUS_OK)
        status = platform_write_error();
    return status;
}

/* Whoever reads the file meanwhile has the former one, or this one, and never a part. */
static enum status write_to_file(page_writer *write, const void *page,
                                 const struct options *options, const struct target *target)
{
    struct platform_new_file file;
    struct report_options style;
    enum status status = platform_new_file(target->path, &file);

    if (status != STATUS_OK)
        return status;
    if (target->is_text)
        platform_new_file_is_text(&file);
    style = style_for(options, file.stream);
    status = write(page, &style, options, file.stream);
    return platform_new_file_end(&file, target->path, status);
}

static int write_page(page_writer *write, const void *page, const struct options *options,
                      const struct target *target)
{
    enum status status;

    if (target->path && !is_file_name(target))
        return EXIT_TROUBLE;
    /* What cannot be had again must not be lost to a slip of the hand. */
    if (target->path && is_evidence_file(target->path))
        return complain("%s: '%s' is an evidence file; evidence is never written over",
                        target->option, target->path);
    status = target->path ? write_to_file(write, page, options, target)
                          : write_to_stdout(write, page, options);
    if (status == STATUS_OK)
        return EXIT_FINE;
    return complain("the %s could not be written%s%s: %s", target->what, target->path ? " to " : "",
                    target->path ? target->path : "", status_text(status));
}

int output_page(page_writer *write, const void *page, const struct options *options)
{
    struct target target = output_of(options);

    return write_page(write, page, options, &target);
}

static enum status write_report(const void *report, const struct report_options *style,
                                const struct options *options, FILE *stream)
{
    return report_format_find(options->format)->write(report, style, stream);
}

static int status_of(const struct report *report, const struct options *options)
{
    int exit_status = report_format_status(report_format_find(options->format), report);

    return exit_status == EXIT_TROUBLE ? EXIT_CRITICAL : exit_status;
}

static enum status write_runbook(const void *report, const struct report_options *style,
                                 const struct options *options, FILE *stream)
{
    (void)style;
    (void)options;
    return report_runbook(report, stream);
}

/* The runbook first: what is on stdout is what a run ends with. */
static int write_all(const struct report *report, const struct options *options)
{
    struct target runbook = runbook_of(options);
    int exit_status = EXIT_FINE;

    if (options->runbook)
        exit_status = write_page(write_runbook, report, options, &runbook);
    if (exit_status == EXIT_FINE)
        exit_status = output_page(write_report, report, options);
    return exit_status;
}

/* What was saved is held against the clock by those who take it for the state of today. */
static void set_age(struct report *report, const struct run *runs, const struct options *options)
{
    if (!runs->source)
        return;
    report->now = platform_wall_clock();
    report->max_age = (int64_t)options->max_age * 1000;
}

int output_report(const struct run *runs, size_t count, const struct options *options)
{
    struct arena memory = {0};
    struct report report;
    int exit_status;

    verdict(runs, count, options->title, &memory, &report);
    set_age(&report, runs, options);
    exit_status = write_all(&report, options);
    if (exit_status == EXIT_FINE)
        exit_status = status_of(&report, options);
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
    set_age(&report, runs, options);
    exit_status = output_page(write_comparison, &report, options);
    if (exit_status == EXIT_FINE)
        exit_status = status_of(&report, options);
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
