#include "diag/report/html_causes.h"

void html_causes(struct page *page, html_number_of *number_of)
{
    (void)page;
    (void)number_of;
}
