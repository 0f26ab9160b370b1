#include "diag/report/style.h"

#include "diag/report/shared.h"

#include <string.h>

void style_begin(struct wrap *wrap, enum style style)
{
    static const char *const escapes[STYLE_COUNT] = {
        [STYLE_LOUD] = "\x1b[1m",       [STYLE_FAINT] = "\x1b[2m",    [STYLE_RED] = "\x1b[1;31m",
        [STYLE_YELLOW] = "\x1b[1;33m",  [STYLE_BLUE] = "\x1b[1;36m",  [STYLE_GREEN] = "\x1b[32m",
        [STYLE_MAGENTA] = "\x1b[1;35m", [STYLE_COMMAND] = "\x1b[36m",
    };

    if (escapes[style])
        wrap_escape(wrap, escapes[style]);
}

void style_end(struct wrap *wrap, enum style style)
{
    if (style != STYLE_PLAIN)
        wrap_escape(wrap, "\x1b[0m");
}

enum style style_of_severity(enum severity severity)
{
    static const enum style styles[SEVERITY_COUNT] = {STYLE_RED, STYLE_YELLOW, STYLE_BLUE};

    return severity < SEVERITY_COUNT ? styles[severity] : STYLE_PLAIN;
}

void style_put(struct wrap *wrap, bool colours, enum style style, const char *text)
{
    if (colours)
        style_begin(wrap, style);
    wrap_verbatim(wrap, text, strlen(text));
    if (colours)
        style_end(wrap, style);
}

enum style style_of_finding(const struct finding *finding)
{
    static const enum style of_parts[PART_COUNT] = {
        [PART_UNKNOWN] = STYLE_MAGENTA,
        [PART_ACCEPTED] = STYLE_FAINT,
        [PART_OK] = STYLE_GREEN,
        [PART_NOT_APPLICABLE] = STYLE_FAINT,
    };
    enum report_part part = report_part_of(finding);

    return part == PART_PROBLEMS ? style_of_severity(finding->severity) : of_parts[part];
}
