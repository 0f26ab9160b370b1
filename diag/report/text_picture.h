/* Pictures of findings in the report for terminals, as one call. */
#ifndef EXDIAG_REPORT_TEXT_PICTURE_H
#define EXDIAG_REPORT_TEXT_PICTURE_H

#include "diag/report/report.h"
#include "diag/report/wrap.h"

/* All that belong to this finding, a free line before each. `body`: where the text begins. */
void text_pictures(struct wrap *wrap, const struct report_options *options, size_t body,
                   const struct finding *finding);

/* There are some that it draws: of trees and timelines those that say more than lines do. */
bool text_has_pictures(const struct finding *finding);

#endif
