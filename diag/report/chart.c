#include "diag/report/chart.h"

#include "diag/text.h"

#include <string.h>

const char *chart_word(const struct chart *chart, const struct chart_row *row)
{
    if (row == chart->rows)
        return "zero";
    return row->standing == SPAN_RIGHT ? "ok" : span_standing_word(row->standing);
}

void chart_cut(const char *text, size_t most, const char *ellipsis, struct buffer *out)
{
    size_t size = strlen(text), at = 0, columns = 0;
    size_t room = most - text_columns(ellipsis, strlen(ellipsis));

    if (text_columns(text, size) <= most) {
        buffer_add(out, text, size);
        return;
    }
    while (at < size) {
        size_t taken = text_next(text + at, size - at);

        columns += text_columns(text + at, taken);
        if (columns > room)
            break;
        at += taken;
    }
    buffer_add(out, text, at);
    buffer_add_string(out, ellipsis);
}

/* "1 min" */
static void add_bound(const struct chart *chart, int64_t bound, struct buffer *out)
{
    struct buffer text;

    buffer_init(&text, 256);
    chart->scale->write(bound, bound, &text);
    buffer_add_string(out, text.text + (text.text[0] == '+'));
    buffer_release(&text);
}

void chart_caption(const struct chart *chart, size_t most, const char *ellipsis, struct buffer *out)
{
    const struct span *origin = &chart->rows->span;
    bool has_limit = chart->critical != SPAN_NEVER_CRITICAL;

    buffer_add_string(out, "0 is ");
    chart_cut(origin->name, most, ellipsis, out);
    if (origin->role)
        buffer_print(out, " (%s)", origin->role);
    buffer_add_string(out, "; ");
    if (!has_limit || chart->scale->warning < chart->critical) {
        buffer_add_string(out, "warning from ");
        add_bound(chart, chart->scale->warning, out);
        buffer_add_string(out, has_limit ? " on, " : " on");
    }
    if (has_limit) {
        buffer_add_string(out, "critical from ");
        add_bound(chart, chart->critical, out);
        buffer_print(out, " on, %s", chart->scale->limit);
    }
}

size_t chart_pick(const struct chart *chart, size_t most, const struct chart_row **shown)
{
    size_t wrong = 1, right, count = 0;

    for (size_t i = 1; i < chart->row_count; i++)
        wrong += chart->rows[i].standing != SPAN_RIGHT;
    right = wrong < most ? most - wrong : 0;
    for (size_t i = 0; i < chart->row_count && count < most; i++) {
        const struct chart_row *row = &chart->rows[i];

        if (i > 0 && row->standing == SPAN_RIGHT && right-- == 0)
            right = 0;
        else
            shown[count++] = row;
    }
    return count;
}

/* ---- labels ---- */

struct labelling {
    struct chart_label *labels;
    size_t count;
    int64_t least, most; /* between these they stand */
    int64_t character;
};

static int64_t width_of(const struct labelling *all, const struct chart_label *label)
{
    return (int64_t)(strlen(label->sign) + text_columns(label->text, strlen(label->text))) *
           all->character;
}

/* Centred beneath its stop, if it can be; shown if that leaves a character free on either side. */
static void show(const struct labelling *all, size_t index)
{
    struct chart_label *label = &all->labels[index];
    int64_t width = width_of(all, label);

    if (label->is_shown)
        return;
    label->start = label->position - (*label->sign == '+' ? (width - 1) / 2 : width / 2);
    if (label->start + width > all->most)
        label->start = all->most - width;
    if (label->start < all->least)
        label->start = all->least;
    for (size_t i = 0; i < all->count; i++) {
        const struct chart_label *other = &all->labels[i];

        if (other->is_shown &&
            label->start < other->start + width_of(all, other) + all->character &&
            other->start < label->start + width + all->character)
            return;
    }
    label->is_shown = true;
}

static void choose(const struct labelling *all, size_t below)
{
    size_t above = all->count - 1 - below;

    show(all, below);
    for (size_t i = 0; i < all->count; i++) {
        if (all->labels[i].is_limit)
            show(all, i);
    }
    for (size_t i = 0; i < below || i < above; i++) {
        if (i < below)
            show(all, i);
        if (i < above)
            show(all, all->count - 1 - i);
    }
}

size_t chart_labels(const struct chart *chart, uint32_t length, uint32_t character,
                    uint32_t overhang, struct chart_label labels[CHART_LABELS_MOST])
{
    size_t below = chart->below, count = below + chart->above + 1;
    struct labelling all = {labels, count, -(int64_t)overhang,
                            (int64_t)length + character + overhang, character};

    if (count > CHART_LABELS_MOST)
        return 0;
    for (size_t i = 0; i < count; i++) {
        size_t steps = i < below ? below - i : i - below;
        int64_t at = steps ? chart->scale->stops[steps - 1].at : 0;

        labels[i] = (struct chart_label){
            .sign = i < below ? "-"
                    : steps   ? "+"
                              : "",
            .text = steps ? chart->scale->stops[steps - 1].label : "0",
            .position = chart_position(chart, i < below ? -at : at, length),
            .is_limit = steps && at == chart->critical,
        };
    }
    choose(&all, below);
    return count;
}
