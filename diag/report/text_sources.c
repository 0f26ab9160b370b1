#include "diag/report/text_sources.h"

#include "diag/report/text_page.h"

#include <stdio.h>
#include <string.h>

/* In a paragraph; with --verbose a line each, with addresses. */
static void put_titles(struct text_page *page, const struct reference *references)
{
    const bool verbose = page->options->verbose;

    for (const struct reference *at = references; at->title; at++) {
        if (verbose)
            text_page_at(page, page->body);
        wrap_words(&page->wrap, at->title);
        if (verbose && at->url) {
            wrap_words(&page->wrap, " ");
            wrap_unbroken(&page->wrap, at->url);
        }
        if (!verbose && at[1].title)
            wrap_words(&page->wrap, "; ");
    }
}

/* From 1. */
static size_t number_of(struct text_page *page, const struct reference *reference)
{
    struct text_sources *sources = page->sources;
    size_t at = 0;

    while (at < sources->count && strcmp(sources->list[at]->title, reference->title) != 0)
        at++;
    if (at == sources->count) {
        sources->list =
            arena_grow(page->arena, sources->list, &sources->room, at, sizeof *sources->list);
        sources->list[sources->count++] = reference;
    }
    return at + 1;
}

static void put_numbers(struct text_page *page, const struct reference *references)
{
    char figure[32];

    for (const struct reference *at = references; at->title; at++) {
        snprintf(figure, sizeof figure, "%sS%zu", at == references ? "" : ", ",
                 number_of(page, at));
        wrap_words(&page->wrap, figure);
    }
}

void text_sources(struct text_page *page, const struct reference *references)
{
    if (!references || !references->title)
        return;
    text_page_label(page, "sources", page->body);
    if (page->sources)
        put_numbers(page, references);
    else
        put_titles(page, references);
    page->after_label = false;
    wrap_end(&page->wrap);
}

void text_sources_list(struct text_page *page)
{
    const struct text_sources *sources = page->sources;
    char figure[32];

    if (!sources || !sources->count)
        return;
    wrap_free_line(&page->wrap);
    wrap_indent(&page->wrap, 0);
    text_page_styled(page, STYLE_LOUD, "sources");
    wrap_words(&page->wrap, " (addresses: --verbose)");
    for (size_t i = 0; i < sources->count; i++) {
        const size_t column = page->narrow ? page->body : page->body - 3;

        wrap_end(&page->wrap);
        wrap_indent(&page->wrap, column);
        snprintf(figure, sizeof figure, "S%zu", i + 1);
        wrap_words(&page->wrap, figure);
        wrap_to(&page->wrap, column);
        wrap_words(&page->wrap, sources->list[i]->title);
    }
    wrap_end(&page->wrap);
}
