#include "diag/command/spf_sheet.h"

#include "diag/report/shared.h"
#include "diag/text.h"

#include <string.h>

void spf_sheet_words(struct spf_sheet *sheet, enum style style, const char *text)
{
    if (sheet->options->colours)
        style_begin(&sheet->wrap, style);
    wrap_words(&sheet->wrap, text);
    if (sheet->options->colours)
        style_end(&sheet->wrap, style);
}

void spf_sheet_print(struct spf_sheet *sheet, enum style style, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    spf_sheet_words(sheet, style, arena_print_list(sheet->page->memory, format, arguments));
    va_end(arguments);
}

void spf_sheet_end(struct spf_sheet *sheet)
{
    wrap_end(&sheet->wrap);
}

void spf_sheet_label(struct spf_sheet *sheet, size_t column, enum style style, const char *word)
{
    wrap_end(&sheet->wrap);
    wrap_to(&sheet->wrap, column);
    spf_sheet_words(sheet, style, word);
    wrap_indent(&sheet->wrap, sheet->body);
    if (sheet->narrow)
        wrap_end(&sheet->wrap);
    wrap_to(&sheet->wrap, sheet->body);
}

const char *spf_sheet_clip(const struct spf_sheet *sheet, const char *text, size_t most)
{
    if (sheet->options->verbose || text_length(text, strlen(text)) <= most)
        return text;
    return arena_print(sheet->page->memory, "%.*s...", (int)report_byte_of(text, most), text);
}
