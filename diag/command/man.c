#include "diag/command/command.h"
#include "diag/command/output.h"
static enum status write_page(const void *page, const struct report_options *style,
                              const struct options *options, FILE *stream)
{
    (void)page;
    (void)style;
    (void)options;
    fputs(".TH exdiag 1\n", stream);
    return ferror(stream) ? STATUS_IO : STATUS_OK;
}
static int print_man(struct options *options)
{
    return output_page(write_page, NULL, options);
}
const struct command command_man = {
    .name = "man",
    .summary = "prints the manual page exdiag(1)",
    .usage = "[--output FILE]",
    .flag = FOR_MAN,
    .run = print_man,
    .more = "To read it: exdiag man --output exdiag.1 && man ./exdiag.1",
};
