/* Features in what Export-Clixml writes: read/windows_feature.h says of which commands. */
#ifndef EXDIAG_READ_FEATURE_CLIXML_H
#define EXDIAG_READ_FEATURE_CLIXML_H

#include "diag/read/feature_collect.h"

/* True if text begins as such a document does. */
bool feature_clixml_is_text(const char *text, size_t size);

/* What is damaged, and objects in objects deeper than a feature's, are passed by. */
void feature_clixml_read(const char *text, size_t size, struct feature_collector *collector);

#endif
