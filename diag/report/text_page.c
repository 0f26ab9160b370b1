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

const char *text_page_after_subject(const struct outline_entry *entry)
{
    static const char each[] = "each of these ";
    const char *subjects = outline_subjects(entry);

    if (!entry->title || strncmp(entry->title, each, sizeof each - 1) != 0 ||
        strncmp(entry->title + sizeof each - 1, subjects, strlen(subjects)) != 0)
        return NULL;
    return entry->title + sizeof each - 1 + strlen(subjects);
}

void text_page_title(struct text_page *page, const struct finding *finding)
{
    wrap_words(&page->wrap, finding->subject->shown);
    wrap_words(&page->wrap, ": ");
    wrap_words(&page->wrap, finding->title);
}

void text_page_title_of_all(struct text_page *page, const struct outline_entry *entry)
{
    const char *rest = text_page_after_subject(entry);
    char text[64];

    snprintf(text, sizeof text, "each of %zu %s", entry->member_count, outline_subjects(entry));
    if (rest) {
        wrap_words(&page->wrap, text);
        wrap_words(&page->wrap, rest);
        return;
    }
    if (entry->member_count > TEXT_NAMES_MOST)
        wrap_words(&page->wrap, text);
    else
        text_page_names(page, entry->members, entry->member_count, TEXT_NAMES_MOST);
    wrap_words(&page->wrap, ": ");
    wrap_words(&page->wrap, entry->title);
}

void text_page_worse(struct text_page *page, const struct outline_entry *cause, size_t number)
{
    if (!outline_is_worse(page->outline, cause, number))
        return;
    wrap_words(&page->wrap, " (");
    wrap_words(&page->wrap, report_standing(page->outline->entries[number - 1].first));
    wrap_words(&page->wrap, ")");
}
