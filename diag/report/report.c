#include "diag/report/report.h"

#include <string.h>

const struct report_format report_formats[] = {
    {"text", report_text},
    {"html", report_html},
    {"json", report_json},
    {NULL, NULL},
};

const struct report_format *report_format_find(const char *name)
{
    for (const struct report_format *format = report_formats; format->name; format++) {
        if (strcmp(format->name, name) == 0)
            return format;
    }
    return NULL;
}
