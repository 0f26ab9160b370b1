#include "diag/report/report.h"

#include <string.h>

const struct report_format report_formats[] = {
    {"text", "to read on a terminal or in a mail", report_text},
    {"html", "a page to pass on", report_html},
    {"json", "for other programs", report_json},
    {NULL, NULL, NULL},
};

const struct report_format *report_format_find(const char *name)
{
    for (const struct report_format *format = report_formats; format->name; format++) {
        if (strcmp(format->name, name) == 0)
            return format;
    }
    return NULL;
}
