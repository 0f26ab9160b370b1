/* Features in what tools print for people, line by line: read/windows_feature.h says which. */
#ifndef EXDIAG_READ_FEATURE_LINES_H
#define EXDIAG_READ_FEATURE_LINES_H

#include "diag/read/feature_collect.h"

void feature_lines_read(const char *text, size_t size, struct feature_collector *collector);

#endif
