/* Who may send, block by block, with the terms of the top record that let it. */
#include "diag/command/spf_sheet.h"
#include "diag/text.h"

#include <string.h>

enum { BLOCKS_SHOWN = 40, BRANCHES_SHOWN = 4 };

static uint64_t count_v4(const struct spf_senders *senders)
{
    uint64_t count = 0;

    for (size_t i = 0; i < senders->block_count; i++) {
        if (senders->blocks[i].ip.family == IP_V4)
            count += (uint64_t)1 << (32 - senders->blocks[i].length);
    }
    return count;
}

/* 1,234,567 */
static void write_number(uint64_t number, struct buffer *out)
{
    if (number >= 1000) {
        write_number(number / 1000, out);
        buffer_print(out, ",%03u", (unsigned)(number % 1000));
    } else {
        buffer_add_number(out, number);
    }
}

static void sum_up(struct spf_sheet *sheet, const struct spf_senders *senders)
{
    struct buffer number;

    if (senders->is_everybody) {
        spf_sheet_words(sheet, STYLE_RED, "everybody: the record lets the whole Internet pass");
        spf_sheet_end(sheet);
        return;
    }
    if (senders->block_count == 0) {
        spf_sheet_words(sheet, STYLE_PLAIN,
                        senders->is_conditional || senders->is_cut ? "no fixed network" : "nobody");
        spf_sheet_end(sheet);
        return;
    }
    buffer_init(&number, 64);
    write_number(count_v4(senders), &number);
    spf_sheet_print(sheet, STYLE_LOUD, "%zu network%s", senders->block_count,
                    senders->block_count == 1 ? "" : "s");
    spf_sheet_print(sheet, STYLE_PLAIN, ", %s IPv4 address%s", number.text,
                    strcmp(number.text, "1") == 0 ? "" : "es");
    spf_sheet_end(sheet);
    buffer_release(&number);
}

static size_t widest(const struct spf_senders *senders, size_t count)
{
    char text[IP_NETWORK_TEXT_SIZE];
    size_t most = 0;

    for (size_t i = 0; i < count; i++) {
        ip_format_network(&senders->blocks[i].ip, senders->blocks[i].length, text);
        if (strlen(text) > most)
            most = strlen(text);
    }
    return most;
}

static void show_block(struct spf_sheet *sheet, const struct spf_network *block, size_t column)
{
    size_t count = block->branch_count;
    char text[IP_NETWORK_TEXT_SIZE];

    ip_format_network(&block->ip, block->length, text);
    wrap_to(&sheet->wrap, sheet->body);
    wrap_indent(&sheet->wrap, column);
    spf_sheet_words(sheet, STYLE_PLAIN, text);
    wrap_to(&sheet->wrap, column);
    if (count > BRANCHES_SHOWN && !sheet->options->verbose)
        count = BRANCHES_SHOWN;
    for (size_t i = 0; i < count; i++) {
        const struct spf_place *branch = block->branches[i];

        spf_sheet_print(sheet, STYLE_FAINT, "%s%s%s", i > 0 ? " " : "",
                        spf_page_show_term(sheet->page, branch->in->record, branch->term),
                        i + 1 < count ? "," : "");
    }
    if (count < block->branch_count && !block->has_more_branches)
        spf_sheet_print(sheet, STYLE_FAINT, " and %zu more", block->branch_count - count);
    else if (block->has_more_branches)
        spf_sheet_words(sheet, STYLE_FAINT, " and others");
    wrap_end(&sheet->wrap);
}

static void remark(struct spf_sheet *sheet, enum style style, const char *text)
{
    wrap_to(&sheet->wrap, sheet->body);
    wrap_indent(&sheet->wrap, sheet->body);
    spf_sheet_words(sheet, style, text);
    wrap_end(&sheet->wrap);
}

void spf_sheet_senders(struct spf_sheet *sheet)
{
    const struct spf_view *view = sheet->page->view;
    const struct spf_senders *senders = &view->senders;
    size_t count = senders->block_count, column;

    if (!view->tree.top)
        return;
    wrap_free_line(&sheet->wrap);
    spf_sheet_label(sheet, 0, STYLE_FAINT, "may send");
    sum_up(sheet, senders);
    if (count > BLOCKS_SHOWN && !sheet->options->verbose)
        count = BLOCKS_SHOWN;
    column = sheet->body + widest(senders, count) + 2;
    for (size_t i = 0; i < count; i++)
        show_block(sheet, &senders->blocks[i], column);
    if (count < senders->block_count)
        remark(sheet, STYLE_FAINT,
               arena_print(sheet->page->memory, "... %zu more (--verbose)",
                           senders->block_count - count));
    if (senders->is_conditional)
        remark(sheet, STYLE_PLAIN,
               "and others, depending on the message: macros, exists and ptr have a say");
    if (senders->is_cut)
        remark(sheet, STYLE_YELLOW, "and maybe others: parts of the tree are not known");
    if (spf_tree_has_error(&view->tree))
        remark(sheet, STYLE_RED,
               "as the terms say: a receiver that comes to a permanent error lets nobody pass");
}
