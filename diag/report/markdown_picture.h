/* Pictures of findings in the checklist, as blocks of text. */
#ifndef EXDIAG_REPORT_MARKDOWN_PICTURE_H
#define EXDIAG_REPORT_MARKDOWN_PICTURE_H

#include "diag/report/report.h"

/* What terminals get (text_picture.h), fenced, behind `indent` spaces; nothing where that is. */
void markdown_put_pictures(FILE *stream, unsigned indent, const struct finding *finding);

#endif
