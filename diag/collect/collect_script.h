/* collect.ps1 as bytes: the script that `exdiag collect-script` prints. */
#ifndef EXDIAG_COLLECT_COLLECT_SCRIPT_H
#define EXDIAG_COLLECT_COLLECT_SCRIPT_H

#include <stddef.h>

/* ASCII; lines end as they do in the source. Not ended by a zero. */
const char *collect_script_text(size_t *size);

#endif
