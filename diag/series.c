#include "diag/series.h"

int64_t series_most(const struct series *series)
{
    int64_t most = 0;

    for (size_t i = 0; i < series->count; i++)
        most = series->values[i] > most ? series->values[i] : most;
    return most;
}

/* In parts so coarse that nothing overflows. */
uint32_t series_height(const struct series *series, int64_t value, uint32_t levels)
{
    int64_t most = series_most(series), height;

    if (value <= 0 || most <= 0)
        return 0;
    while (most > INT64_MAX / 4 / levels) {
        most /= 2;
        value /= 2;
    }
    height = (value * levels + most / 2) / most;
    return height > 0 ? (uint32_t)height : 1;
}
