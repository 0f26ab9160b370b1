/* exdiag collect-script: the script that gathers on a server what exdiag reads, where it cannot
 * run. */
#include "diag/collect/collect_script.h"
#include "diag/command/command.h"
#include "diag/command/output.h"

#include <string.h>

/* Lines end as Windows' own do, whichever system prints them. */
static enum status write_script(const void *page, const struct report_options *style,
                                const struct options *options, FILE *stream)
{
    const char *text = page, *end;

    (void)style;
    (void)options;
    for (; *text; text = end + (*end == '\n')) {
        end = text + strcspn(text, "\n");
        fwrite(text, 1, strcspn(text, "\r\n"), stream);
        fputs("\r\n", stream);
    }
    return ferror(stream) ? STATUS_IO : STATUS_OK;
}

static int collect_script(struct options *options)
{
    size_t size;
    const char *text = collect_script_text(&size);

    return output_page(write_script, arena_copy(&options->memory, text, size), options);
}

const struct command command_collect_script = {
    .name = "collect-script",
    .summary = "prints a PowerShell script that gathers on a server what exdiag reads of it",
    .usage = "[--output FILE]",
    .flag = FOR_COLLECT_SCRIPT,
    .run = collect_script,
    .more = "It runs on an Exchange server in PowerShell 2.0 or later, makes one new folder and\n"
            "changes nothing else; better as administrator:\n\n"
            "  powershell -NoProfile -ExecutionPolicy Bypass -File collect.ps1\n\n"
            "At your desk: exdiag check --file FOLDER",
};
