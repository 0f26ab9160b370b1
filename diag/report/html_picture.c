#include "diag/report/html_picture.h"

#include "diag/report/html_series.h"

void html_pictures(struct page *page, const struct finding *finding)
{
    for (size_t i = 0; i < finding->series_count; i++)
        html_series(page, &finding->series[i]);
}
