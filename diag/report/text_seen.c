/* What was seen, in the report for terminals. */
#include "diag/report/text_page.h"
#include "diag/report/text_picture.h"
#include "diag/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIKE_MOST = 3 }; /* members that have seen alike and are told each */

/* Carets beneath the bytes of `line` from `start` to `end`; the line begins at `indent`. */
static void carets(struct text_page *page, size_t indent, const char *line, size_t start,
                   size_t end)
{
    size_t columns = text_columns(line + start, end - start);

    wrap_to(&page->wrap, indent + text_columns(line, start));
    text_page_begin_style(page, STYLE_RED);
    do
        wrap_words(&page->wrap, "^");
    while (columns-- > 1);
    text_page_end_style(page, STYLE_RED);
    wrap_end(&page->wrap);
}

/* A line of what was seen, without the spaces at its end. */
static void exhibit_line(struct text_page *page, size_t indent, const char *line, size_t size)
{
    while (size > 0 && line[size - 1] == ' ')
        size--;
    text_page_at(page, indent);
    wrap_verbatim(&page->wrap, line, size);
    wrap_end(&page->wrap);
}

/* Text as it was seen, every space of it, with carets beneath what is marked. */
static void exhibit(struct text_page *page, const struct seen *seen, size_t indent)
{
    const char *text = seen->text;
    size_t size = strlen(text);
    size_t mark_start = report_byte_of(text, seen->mark_start);
    size_t mark_end = report_byte_of(text, seen->mark_end);

    for (size_t at = 0, end; at < size; at = end) {
        size_t first = mark_start > at ? mark_start : at, last;

        end = at + report_line_size(text + at, size - at, page->wrap.columns - indent);
        exhibit_line(page, indent, text + at, end - at);
        last = mark_end < end ? mark_end : end;
        if (first < last)
            carets(page, indent, text + at, first - at, last - at);
        if (at == 0)
            indent += 2;
    }
}

static bool shows_time(const struct text_page *page, int64_t time)
{
    return report_tells_moment(page->report, time, page->options->verbose);
}

static bool has_source(const struct text_page *page, const struct seen *seen)
{
    return seen->source || shows_time(page, seen->time);
}

/* "TXT example.com, 2026-11-22 09:05:07 UTC" */
static void source_words(struct text_page *page, const struct seen *seen)
{
    struct buffer moment;

    buffer_init(&moment, 64);
    if (seen->source)
        wrap_words(&page->wrap, seen->source);
    if (shows_time(page, seen->time)) {
        report_show_time(seen->time, &moment);
        wrap_words(&page->wrap, !seen->source ? "" : seen->is_read ? ", read " : ", ");
        wrap_words(&page->wrap, moment.text);
    }
    wrap_end(&page->wrap);
    buffer_release(&moment);
}

static void source_line(struct text_page *page, const struct seen *seen, size_t column)
{
    text_page_at(page, column);
    source_words(page, seen);
}

static bool is_new_source(const struct text_page *page, const struct finding *finding, size_t index)
{
    const struct seen *seen = &finding->seen[index];

    return has_source(page, seen) &&
           (index == 0 ||
            !report_tells_one_source(page->report, seen - 1, seen, page->options->verbose));
}

static void seen_at(struct text_page *page, const struct finding *finding, size_t index,
                    size_t column)
{
    const struct seen *seen = &finding->seen[index];

    if (is_new_source(page, finding, index))
        source_line(page, seen, column);
    exhibit(page, seen, column + (has_source(page, seen) ? 2 : 0));
}

static void seen_of(struct text_page *page, const struct finding *finding, size_t column)
{
    for (size_t i = 0; i < finding->seen_count; i++)
        seen_at(page, finding, i, column);
    text_pictures(&page->wrap, page->options, column, finding);
}

/* ---- of several members ---- */

static bool is_same_text(const struct seen *a, const struct seen *b)
{
    return a->mark_start == b->mark_start && a->mark_end == b->mark_end &&
           strcmp(a->text, b->text) == 0;
}

/* True where all members have seen the same, each at its own place. */
static bool have_seen_the_same(const struct outline_entry *entry)
{
    const struct finding *first = entry->first;

    for (size_t i = 0; i < entry->member_count; i++) {
        const struct finding *member = entry->members[i];

        if (member->seen_count != first->seen_count || text_has_pictures(member))
            return false;
        for (size_t j = 0; j < first->seen_count; j++) {
            if (!is_same_text(&member->seen[j], &first->seen[j]))
                return false;
        }
    }
    return true;
}

static const char *source_at(const struct finding *member, const void *context)
{
    return member->seen[*(const size_t *)context].source;
}

/* From the first to the last of the moments at which the members have seen this. */
static void span_of_all(struct text_page *page, const struct outline_entry *entry, size_t index)
{
    struct report_span span = {entry->first->seen[index].time, entry->first->seen[index].time,
                               true};
    struct buffer text;

    for (size_t i = 1; i < entry->member_count; i++) {
        int64_t time = entry->members[i]->seen[index].time;

        span.started = time < span.started ? time : span.started;
        span.finished = time > span.finished ? time : span.finished;
    }
    if (!shows_time(page, span.started) && !shows_time(page, span.finished))
        return;
    buffer_init(&text, 128);
    if (span.finished - span.started < 1000)
        report_show_time(span.started, &text);
    else
        report_show_span(&span, &text);
    wrap_words(&page->wrap, ", ");
    wrap_words(&page->wrap, text.text);
    buffer_release(&text);
}

/* True where the sources of what all have seen differ in the members' names alone. */
static bool source_of_all(struct text_page *page, const struct outline_entry *entry, size_t index)
{
    const char *source = outline_tell_once(entry, source_at, &index, page->arena);
    int64_t time = entry->first->seen[index].time;

    for (size_t i = 0; i < entry->member_count && source; i++) {
        if (!entry->members[i]->seen[index].time != !time)
            return false;
    }
    if (!source)
        return false;
    text_page_at(page, page->body);
    wrap_words(&page->wrap, source);
    span_of_all(page, entry, index);
    wrap_end(&page->wrap);
    return true;
}

/* Where each member's is from; whose it is, where that line does not say so. */
static void sources_of_all(struct text_page *page, const struct outline_entry *entry, size_t index)
{
    if (!is_new_source(page, entry->first, index) || source_of_all(page, entry, index))
        return;
    for (size_t i = 0; i < entry->member_count; i++) {
        const struct finding *member = entry->members[i];
        const struct seen *seen = &member->seen[index];

        if (!has_source(page, seen))
            continue;
        if (!seen->source || !outline_names(seen->source, member->subject))
            text_page_owner(page, &entry->members[i], 1, page->body);
        source_line(page, seen, page->body);
    }
}

/* What many have seen needs no list of where each has it from. */
static bool have_sources_of_all(const struct text_page *page, const struct outline_entry *entry)
{
    if (page->options->verbose || entry->member_count <= ALIKE_MOST)
        return true;
    for (size_t i = 0; i < entry->first->seen_count; i++) {
        if (is_new_source(page, entry->first, i) && entry->first->seen[i].source &&
            !outline_tell_once(entry, source_at, &i, page->arena))
            return false;
    }
    return true;
}

static void seen_of_all(struct text_page *page, const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->first->seen_count; i++) {
        sources_of_all(page, entry, i);
        exhibit(page, &entry->first->seen[i],
                page->body + (has_source(page, &entry->first->seen[i]) ? 2 : 0));
    }
}

static const char *text_at(const struct finding *member, const void *context)
{
    return member->seen[*(const size_t *)context].text;
}

/* True where what members have seen differs in their names alone. */
static bool have_seen_alike(const struct text_page *page, const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->member_count; i++) {
        if (entry->members[i]->seen_count != entry->first->seen_count ||
            text_has_pictures(entry->members[i]))
            return false;
    }
    for (size_t i = 0; i < entry->first->seen_count; i++) {
        if (!outline_differ_in_names(entry, text_at, &i, page->arena))
            return false;
    }
    return true;
}

/* Where members behind the first have theirs from, where that differs in more than their names. */
static void other_sources(struct text_page *page, const struct outline_entry *entry)
{
    const size_t count = entry->first->seen_count;
    bool *is_told = memory_new(count + 1, sizeof *is_told);
    const char *separator = ", from ";

    for (size_t j = 0; j < count; j++)
        is_told[j] = outline_differ_in_names(entry, source_at, &j, page->arena);
    for (size_t i = 1; i < entry->member_count; i++) {
        for (size_t j = 0; j < count; j++) {
            const char *source = entry->members[i]->seen[j].source;

            if (is_told[j] || !source || !is_new_source(page, entry->members[i], j))
                continue;
            wrap_words(&page->wrap, separator);
            wrap_words(&page->wrap, source);
            separator = ", ";
        }
    }
    free(is_told);
}

/* ---- member by member ---- */

static size_t most_seen(const struct outline_entry *entry)
{
    size_t most = 0;

    for (size_t i = 0; i < entry->member_count; i++) {
        if (entry->members[i]->seen_count > most)
            most = entry->members[i]->seen_count;
    }
    return most;
}

/*
 * What all members have seen in the same words stands in front of what each has: a flag for each
 * that any of them has seen. None is set where one has seen more than another.
 */
static bool *find_common(const struct text_page *page, const struct outline_entry *entry)
{
    const size_t count = entry->first->seen_count;
    bool *is_common = memory_new(most_seen(entry) + 1, sizeof *is_common);

    for (size_t i = 0; i < entry->member_count; i++) {
        if (entry->members[i]->seen_count != count)
            return is_common;
    }
    for (size_t i = 0; i < count; i++) {
        const struct seen *seen = &entry->first->seen[i];
        size_t same = 1;

        while (same < entry->member_count && !has_source(page, seen) &&
               !has_source(page, &entry->members[same]->seen[i]) &&
               is_same_text(&entry->members[same]->seen[i], seen))
            same++;
        is_common[i] = same == entry->member_count;
    }
    return is_common;
}

/* "ex01: smtp 192.0.2.1:25", and what was seen there. */
static void seen_of_member(struct text_page *page, const struct finding *member,
                           const bool *is_common)
{
    size_t first = 0;

    text_page_at(page, page->body);
    text_page_begin_style(page, STYLE_LOUD);
    wrap_words(&page->wrap, member->subject->shown);
    wrap_words(&page->wrap, ":");
    text_page_end_style(page, STYLE_LOUD);
    while (first < member->seen_count && is_common[first])
        first++;
    if (first < member->seen_count && has_source(page, &member->seen[first])) {
        wrap_indent(&page->wrap, page->body + 2);
        wrap_words(&page->wrap, " ");
        source_words(page, &member->seen[first]);
        exhibit(page, &member->seen[first++], page->body + 4);
    }
    for (size_t i = first; i < member->seen_count; i++) {
        if (!is_common[i])
            seen_at(page, member, i, page->body + 2);
    }
    text_pictures(&page->wrap, page->options, page->body + 2, member);
}

static bool has_own(const struct finding *member, const bool *is_common)
{
    for (size_t i = 0; i < member->seen_count; i++) {
        if (!is_common[i])
            return true;
    }
    return text_has_pictures(member);
}

/* One of many that have seen alike stands for all. */
static void seen_by_first(struct text_page *page, const struct outline_entry *entry)
{
    char text[128];

    text_page_owner(page, &entry->members[0], 1, page->body);
    seen_of(page, entry->members[0], page->body + 2);
    text_page_at(page, page->body);
    snprintf(text, sizeof text, "the same of the other %zu, with their names (each: --verbose)",
             entry->member_count - 1);
    wrap_words(&page->wrap, text);
    other_sources(page, entry);
    wrap_end(&page->wrap);
}

static void seen_by_member(struct text_page *page, const struct outline_entry *entry)
{
    bool *is_common;

    if (!page->options->verbose && entry->member_count > ALIKE_MOST &&
        have_seen_alike(page, entry)) {
        seen_by_first(page, entry);
        return;
    }
    is_common = find_common(page, entry);
    for (size_t i = 0; i < entry->first->seen_count; i++) {
        if (is_common[i])
            exhibit(page, &entry->first->seen[i], page->body);
    }
    for (size_t i = 0; i < entry->member_count; i++) {
        if (has_own(entry->members[i], is_common))
            seen_of_member(page, entry->members[i], is_common);
    }
    free(is_common);
}

static bool has_seen(const struct finding *finding)
{
    return finding->seen_count || text_has_pictures(finding);
}

static bool has_anything(const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->member_count; i++) {
        if (has_seen(entry->members[i]))
            return true;
    }
    return false;
}

void text_seen(struct text_page *page, const struct outline_entry *entry)
{
    if (!has_anything(entry))
        return;
    text_page_label(page, "seen", page->body);
    if (entry->member_count == 1) {
        seen_of(page, entry->first, page->body);
    } else if (have_seen_the_same(entry) && have_sources_of_all(page, entry)) {
        seen_of_all(page, entry);
    } else {
        seen_by_member(page, entry);
    }
    wrap_end(&page->wrap);
}
