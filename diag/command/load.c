#include "diag/command/load.h"

#include "diag/command/command.h"
#include "diag/platform.h"
#include "diag/read/utf16.h"

/* Options of this call come on top of what the file's run was given. */
static void add_settings(struct run *run, const struct options *options)
{
    struct settings *settings = &run->about.settings;
    const struct settings *more = &options->settings;

    if (more->only_count) {
        settings->only = more->only;
        settings->only_count = more->only_count;
    }
    if (more->skip_count) {
        settings->skip = more->skip;
        settings->skip_count = more->skip_count;
    }
    if (more->severity_count) {
        settings->severities = more->severities;
        settings->severity_count = more->severity_count;
    }
    if (more->accepted_count) {
        settings->accepted = more->accepted;
        settings->accepted_count = more->accepted_count;
    }
    if (more->builds)
        settings->builds = more->builds;
}

/* Opening a pipe that nobody writes to would wait for ever. */
static int refuse_kind(const char *path, enum platform_file_kind kind)
{
    if (kind == PLATFORM_FOLDER)
        return complain("'%s' is a folder, not an evidence file", path);
    return complain("'%s' is a device, a pipe or a socket, or may not be looked at: name an "
                    "evidence file",
                    path);
}

/* As it is once it has been through PowerShell's >. */
static bool is_utf16(const char *path)
{
    struct utf16 utf16;
    char head[2];
    size_t size;
    FILE *file;

    if (platform_file_open(path, &file) != STATUS_OK)
        return false;
    size = fread(head, 1, sizeof head, file);
    fclose(file);
    return utf16_begins(head, size, &utf16);
}

int load_evidence(struct run *run, const char *path, const struct options *options)
{
    enum platform_file_kind kind = platform_file_kind(path);
    enum status status;

    if (kind == PLATFORM_FOLDER || kind == PLATFORM_OTHER_FILE)
        return refuse_kind(path, kind);
    status = run_load(run, path);
    if (status == STATUS_NOT_SUPPORTED)
        return complain("'%s' was written by a newer exdiag, in a form that this one does not read",
                        path);
    if (status == STATUS_MALFORMED && is_utf16(path))
        return complain("'%s' is UTF-16, as PowerShell's > writes it, and evidence is UTF-8: save "
                        "it as that",
                        path);
    if (status == STATUS_MALFORMED)
        return complain("'%s' is not an evidence file: its first line is no header", path);
    if (status != STATUS_OK)
        return complain("'%s': %s", path, status_text(status));
    add_settings(run, options);
    return EXIT_FINE;
}

int judge_evidence(struct run *runs, size_t count, const struct options *options)
{
    if (options->redact && run_redact(runs, count) != STATUS_OK)
        return complain("no random numbers could be had for --redact");
    for (size_t i = 0; i < count; i++)
        run_replay(&runs[i]);
    return EXIT_FINE;
}
