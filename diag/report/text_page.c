#include "diag/report/text_page.h"

#include <stdio.h>
#include <string.h>

void text_page_begin_style(struct text_page *page, enum style style)
{
    if (page->options->colours)
        style_begin(&page->wrap, style);
}

void text_page_end_style(struct text_page *page, enum style style)
{
    if (page->options->colours)
        style_end(&page->wrap, style);
}

void text_page_styled(struct text_page *page, enum style style, const char *text)
{
    text_page_begin_style(page, style);
    wrap_words(&page->wrap, text);
    text_page_end_style(page, style);
}

void text_page_upper_case(struct text_page *page, const char *word)
{
    for (; *word; word++) {
        char letter[2] = {*word, '\0'};

        if (*word >= 'a' && *word <= 'z')
            letter[0] = (char)(*word - 'a' + 'A');
        wrap_words(&page->wrap, letter);
    }
}

void text_page_at(struct text_page *page, size_t column)
{
    if (!page->after_label)
        wrap_end(&page->wrap);
    page->after_label = false;
    wrap_indent(&page->wrap, column);
    wrap_to(&page->wrap, column);
}

void text_page_label(struct text_page *page, const char *word, size_t body)
{
    wrap_end(&page->wrap);
    wrap_indent(&page->wrap, body);
    text_page_styled(page, STYLE_LOUD, word);
    if (page->narrow)
        wrap_end(&page->wrap);
    wrap_to(&page->wrap, body);
    page->after_label = true;
}

void text_page_names(struct text_page *page, const struct finding *const *members, size_t count,
                     size_t most)
{
    size_t shown = count > most + 1 ? most : count;

    for (size_t i = 0; i < shown; i++) {
        if (i > 0)
            wrap_words(&page->wrap, i + 1 == count ? " and " : ", ");
        wrap_words(&page->wrap, members[i]->subject->shown);
    }
    if (shown < count) {
        char more[64];

        snprintf(more, sizeof more, " and %zu more", count - shown);
        wrap_words(&page->wrap, more);
    }
}

void text_page_owner(struct text_page *page, const struct finding *const *members, size_t count,
                     size_t column)
{
    text_page_at(page, column);
    text_page_begin_style(page, STYLE_LOUD);
    text_page_names(page, members, count, count);
    wrap_words(&page->wrap, ":");
    text_page_end_style(page, STYLE_LOUD);
    wrap_end(&page->wrap);
}
