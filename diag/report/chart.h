/* What the formats for people have in common of charts (diag/scale.h). */
#ifndef EXDIAG_REPORT_CHART_H
#define EXDIAG_REPORT_CHART_H

#include "diag/finding.h"

#include <stdbool.h>

/* "zero" for the origin; for others "critical", "warning", "unsure", "ok". */
const char *chart_word(const struct chart *chart, const struct chart_row *row);

/*
 * "0 is dc1.contoso.com (PDC emulator); warning from 1 min on, critical from 5 min on, the limit
 * of Kerberos". Names are cut to `most` columns.
 */
void chart_caption(const struct chart *chart, size_t most, const char *ellipsis,
                   struct buffer *out);

/* `text`, or so much of it that it takes `most` columns together with `ellipsis` behind it. */
void chart_cut(const char *text, size_t most, const char *ellipsis, struct buffer *out);

/*
 * The rows to show if `most` are shown: of more than these the origin and those that are not right
 * come before the others. Gives their number; `shown` has room for the smaller of the two.
 */
size_t chart_pick(const struct chart *chart, size_t most, const struct chart_row **shown);

struct chart_label { /* of a stop, or of 0 */
    const char *sign;
    const char *text;
    int64_t start;     /* where the label begins */
    uint32_t position; /* of the stop */
    bool is_limit;     /* from here on a span is critical */
    bool is_shown;     /* false: there is no room for it */
};

enum { CHART_LABELS_MOST = 64 };

/*
 * From the lower end to the upper one, on an axis of `length` of which a character takes
 * `character`; labels stand out at its ends by up to `overhang`. 0 comes first, then the limits,
 * then the ends and what is between, inwards. Gives their number.
 */
size_t chart_labels(const struct chart *chart, uint32_t length, uint32_t character,
                    uint32_t overhang, struct chart_label labels[CHART_LABELS_MOST]);

#endif
