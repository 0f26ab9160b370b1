/* The style sheet of HTML reports, one rule a string, ended by NULL. No rule loads anything. */
#ifndef EXDIAG_REPORT_HTML_STYLE_H
#define EXDIAG_REPORT_HTML_STYLE_H

extern const char *const html_style[];

#endif
