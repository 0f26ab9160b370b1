#include "diag/report/html_entry.h"

#include "diag/report/history.h"
#include "diag/report/html_picture.h"
#include "diag/report/html_steps.h"
#include "diag/text.h"

#include <string.h>

enum { TITLE_MOST = 4096, NAME_MOST = 255, NOTE_MOST = 1 << 14 };

/* ---- names ---- */

/* A word like any other, not a name, which is written as it is. */
static bool begins_with_word(const char *text)
{
    while (*text >= 'a' && *text <= 'z')
        text++;
    return *text == ' ' || *text == ',';
}

void html_entry_title(struct page *page, const struct outline_entry *entry, size_t most)
{
    html_put(page, begins_with_word(entry->first->title) ? "<span class=\"say\">" : "<span>");
    html_cut(page, entry->first->title, most);
    if (!entry->title && entry->member_count > 1)
        html_put(page, ", and %u alike", (unsigned)entry->member_count - 1);
    html_put(page, "</span>");
}

void html_entry_subjects(struct page *page, const struct outline_entry *entry, size_t most)
{
    size_t count = entry->member_count, shown = count > most ? most : count;

    for (size_t i = 0; i < shown; i++) {
        if (i)
            html_put(page, i + 1 == count ? " and " : ", ");
        html_put(page, "<bdi>");
        html_cut(page, entry->members[i]->subject->shown, NAME_MOST);
        html_put(page, "</bdi>");
    }
    if (count > shown)
        html_put(page, " and %u more", (unsigned)(count - shown));
}

/* With what several runs say of it. The script finds the subjects of an entry by their elements. */
static void put_subject(struct page *page, const struct finding *finding)
{
    struct buffer words;

    html_put(page, "<bdi>%s</bdi>", finding->subject->shown);
    buffer_init(&words, NOTE_MOST);
    report_history_words(finding, &words);
    if (words.size)
        html_put(page, " <span class=\"change\">%s</span>", words.text);
    buffer_release(&words);
}

/* ---- causes and what follows ---- */

static void put_links(struct page *page, const char *name, const struct outline_entry *of,
                      const size_t *numbers, size_t count)
{
    if (count == 0)
        return;
    html_start_row(page, name);
    html_put(page, "<ul class=\"plain\">\n");
    for (size_t i = 0; i < count; i++) {
        const struct outline_entry *entry = &page->outline->entries[numbers[i] - 1];

        html_put(page, "<li><a href=\"#finding-%u\">%u. ", (unsigned)numbers[i],
                 (unsigned)numbers[i]);
        html_entry_title(page, entry, TITLE_MOST);
        html_put(page, "</a> <small>");
        if (outline_is_worse(page->outline, of, numbers[i]))
            html_put(page, "%s; ", report_standing(entry->first));
        html_entry_subjects(page, entry, 3);
        html_put(page, "</small>\n");
    }
    html_put(page, "</ul>\n");
    html_end_row(page);
}

/* ---- what was seen ---- */

static void put_exhibit(struct page *page, const struct seen *seen)
{
    size_t size = strlen(seen->text);
    size_t start = report_byte_of(seen->text, seen->mark_start);
    size_t end = report_byte_of(seen->text, seen->mark_end);

    if (start >= end)
        start = end = size;
    html_put(page, "<pre>");
    html_code(page, seen->text, start);
    if (start < end) {
        html_put(page, "<mark>");
        html_code(page, seen->text + start, end - start);
        html_put(page, "</mark>");
    }
    html_code(page, seen->text + end, size - end);
    html_put(page, "</pre>\n");
}

static void put_source(struct page *page, const struct seen *seen)
{
    const bool tells = report_tells_moment(page->report, seen->time, false);

    if (!seen->source && !tells)
        return;
    html_put(page, "<figcaption>");
    if (seen->source)
        html_put(page, tells ? "<bdi>%s</bdi>" : "%s", seen->source);
    if (seen->source && tells)
        html_put(page, seen->is_read ? ", read " : ", ");
    if (tells)
        html_time(page, seen->time);
    html_put(page, "</figcaption>\n");
}

static void put_exhibits(struct page *page, const struct finding *finding)
{
    for (size_t i = 0; i < finding->seen_count; i++) {
        const struct seen *seen = &finding->seen[i];
        bool again = i > 0 && report_tells_one_source(page->report, seen - 1, seen, false);

        if (!again) {
            html_put(page, i ? "</figure>\n<figure>\n" : "<figure>\n");
            put_source(page, seen);
        }
        put_exhibit(page, seen);
    }
    if (finding->seen_count)
        html_put(page, "</figure>\n");
    html_pictures(page, finding);
}

static bool has_pictures(const struct finding *finding)
{
    return finding->series_count || finding->tree || finding->timeline;
}

static void put_member(struct page *page, const struct outline_entry *entry,
                       const struct finding *member)
{
    html_put(page, "<div class=\"member\">\n<p class=\"of\">");
    put_subject(page, member);
    if (!entry->title)
        html_put(page, ": %s", member->title);
    html_put(page, "</p>\n");
    put_exhibits(page, member);
    html_put(page, "</div>\n");
}

static void put_seen(struct page *page, const struct outline_entry *entry)
{
    if (entry->member_count == 1 && !entry->first->seen_count && !has_pictures(entry->first))
        return;
    html_start_row(page, "Seen");
    if (entry->member_count == 1) {
        put_exhibits(page, entry->first);
    } else {
        for (size_t i = 0; i < entry->member_count; i++)
            put_member(page, entry, entry->members[i]);
    }
    html_end_row(page);
}

/* ---- words ---- */

static bool says_same(const struct finding *a, const struct finding *b)
{
    return a->why && b->why && strcmp(a->why, b->why) == 0;
}

/* Of members that say the same in a row, once. */
static void put_reasons(struct page *page, const struct outline_entry *entry)
{
    if (entry->why || entry->member_count == 1) {
        html_row(page, "Why it matters", entry->why ? entry->why : entry->first->why);
        return;
    }
    html_start_row(page, "Why it matters");
    for (size_t i = 0; i < entry->member_count; i++) {
        const struct finding *member = entry->members[i];
        bool last = i + 1 == entry->member_count || !says_same(member, entry->members[i + 1]);

        if (!member->why)
            continue;
        if (i == 0 || !says_same(member, entry->members[i - 1]))
            html_put(page, "<p class=\"of\">");
        html_put(page, "<bdi>%s</bdi>%s", member->subject->shown, last ? "" : ", ");
        if (last)
            html_put(page, "</p>\n<p>%s</p>\n", member->why);
    }
    html_end_row(page);
}

static bool is_web_address(const char *url)
{
    return text_starts_fold(url, strlen(url), "https://") ||
           text_starts_fold(url, strlen(url), "http://");
}

static bool is_same_list(const struct reference *a, const struct reference *b)
{
    if (a == b)
        return true;
    while (a->title && b->title && strcmp(a->title, b->title) == 0)
        a++, b++;
    return !a->title && !b->title;
}

/* The number of the entry that has these sources already; 0, and from now on this one has. */
static unsigned sources_are_at(struct page *page, const struct outline_entry *entry)
{
    const struct reference *list = entry->first->kind->references;

    for (size_t i = 0; i < page->source_count; i++) {
        if (is_same_list(page->sources[i].list, list))
            return page->sources[i].number;
    }
    if (page->source_count < HTML_SOURCES_MOST)
        page->sources[page->source_count++] = (struct html_sources){list, (unsigned)entry->number};
    return 0;
}

static void put_references(struct page *page, const struct outline_entry *entry)
{
    const struct reference *reference = entry->first->kind->references;
    unsigned at;

    if (!reference || !reference->title)
        return;
    at = sources_are_at(page, entry);
    if (at) {
        html_start_row(page, "See also");
        html_put(page, "<p>the sources of <a href=\"#see-%u\">%u</a></p>\n", at, at);
        html_end_row(page);
        return;
    }
    html_put(page, "<h4 id=\"see-%u\">See also</h4>\n<div>\n<ul class=\"plain\">\n",
             (unsigned)entry->number);
    for (; reference->title; reference++) {
        if (reference->url && is_web_address(reference->url))
            html_put(page, "<li><a href=\"%s\">%s</a>\n", reference->url, reference->title);
        else
            html_put(page, "<li>%s\n", reference->title);
    }
    html_put(page, "</ul>\n");
    html_end_row(page);
}

/* Whoever accepted it is to know that this no longer holds. */
static void put_expired(struct page *page, const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->member_count; i++) {
        const struct finding *member = entry->members[i];
        struct buffer words;

        if (!member->expired)
            continue;
        buffer_init(&words, NOTE_MOST);
        report_expired_words(member, &words);
        html_put(page, "<p class=\"expired\">");
        if (entry->member_count > 1)
            html_put(page, "<bdi>%s</bdi>: ", member->subject->shown);
        html_put(page, "%s</p>\n", words.text);
        buffer_release(&words);
    }
}

/* ---- an entry ---- */

static void start_article(struct page *page, const struct outline_entry *entry)
{
    unsigned number = (unsigned)entry->number;

    html_put(page, "<article id=\"finding-%u\" data-probe=\"%s\">\n<header>\n", number,
             entry->first->probe ? entry->first->probe : "");
    html_put(page, "<p class=\"about\">");
    html_standing(page, entry->first);
    html_put(page, " ");
    if (entry->member_count == 1)
        put_subject(page, entry->first);
    else
        html_put(page, "<span>%u %s</span>", (unsigned)entry->member_count,
                 outline_subjects(entry));
    html_put(page, " <code>%s</code></p>\n<h3><span class=\"number\">%u</span> ",
             entry->first->kind->id, number);
    html_entry_title(page, entry, TITLE_MOST);
    html_put(page, "</h3>\n</header>\n");
}

static void put_problem(struct page *page, const struct outline_entry *entry)
{
    start_article(page, entry);
    put_expired(page, entry);
    put_links(page, "Caused by", entry, entry->causes, entry->cause_count);
    put_seen(page, entry);
    put_reasons(page, entry);
    html_steps(page, "Fix", entry, &entry->fix);
    html_steps(page, "Verify", entry, &entry->verify);
    html_steps(page, "Undo", entry, &entry->undo);
    if (entry->undo.count == 0)
        html_row(page, "Undo", entry->first->kind->no_undo);
    put_links(page, "Explains", entry, entry->effects, entry->effect_count);
    put_references(page, entry);
    html_put(page, "</article>\n");
}

static void put_unknown(struct page *page, const struct outline_entry *entry)
{
    start_article(page, entry);
    put_seen(page, entry);
    if (entry->fix_as) {
        html_start_row(page, "To know");
        html_put(page, "<p>the same as for <a href=\"#fix-%u\">%u</a></p>\n",
                 (unsigned)entry->fix_as, (unsigned)entry->fix_as);
        html_end_row(page);
    } else {
        html_steps(page, "To know", entry, &entry->fix);
    }
    html_put(page, "</article>\n");
}

static void put_accepted(struct page *page, const struct outline_entry *entry)
{
    const struct acceptance *accepted = entry->first->accepted;

    start_article(page, entry);
    html_put(page, "<p>Accepted until %s: %s</p>\n", accepted->expires, accepted->reason);
    if (entry->member_count > 1)
        put_seen(page, entry);
    html_put(page, "</article>\n");
}

/* One line: who, and what is in order. */
static void put_brief(struct page *page, const struct outline_entry *entry)
{
    html_put(page, "<div class=\"brief\" data-probe=\"%s\">",
             entry->first->probe ? entry->first->probe : "");
    html_standing(page, entry->first);
    if (entry->title)
        html_put(page, " %s", entry->title);
    html_put(page, " <code>%s</code><p>", entry->first->kind->id);
    for (size_t i = 0; i < entry->member_count; i++) {
        html_put(page, i ? ", " : "");
        put_subject(page, entry->members[i]);
        if (!entry->title)
            html_put(page, ": %s", entry->members[i]->title);
    }
    html_put(page, "</div>\n");
}

void html_entry(struct page *page, const struct outline_entry *entry)
{
    static void (*const puts[PART_COUNT])(struct page *, const struct outline_entry *) = {
        [PART_PROBLEMS] = put_problem,     [PART_UNKNOWN] = put_unknown,
        [PART_ACCEPTED] = put_accepted,    [PART_OK] = put_brief,
        [PART_NOT_APPLICABLE] = put_brief,
    };

    puts[entry->part](page, entry);
}
