#include "diag/report/report.h"

#include <string.h>

const struct report_format report_formats[] = {
    {"text", "to read on a terminal or in a mail", report_text, NULL},
    {"html", "a page to pass on", report_html, NULL},
    {"json", "for other programs", report_json, NULL},
    {"markdown", "a checklist for a ticket", report_markdown, NULL},
    {"junit", "XML for pipelines", report_junit, NULL},
    {"nagios", "one line, as a plugin of Nagios or Icinga", report_nagios, report_nagios_status},
    {"prometheus", "metrics for node_exporter's textfile collector", report_prometheus, NULL},
    {NULL, NULL, NULL, NULL},
};

const struct report_format *report_format_find(const char *name)
{
    for (const struct report_format *format = report_formats; format->name; format++) {
        if (strcmp(format->name, name) == 0)
            return format;
    }
    return NULL;
}

int report_format_status(const struct report_format *format, const struct report *report)
{
    return format->exit_status ? format->exit_status(report) : report_exit_status(report);
}
