/*
 * Service principal names as Active Directory has them: service/host[:port][/name], [MS-KILE]
 * 3.1.1.11, [MS-ADTS] 5.1.1.4. Case is folded; nothing else is.
 */
#ifndef EXDIAG_READ_SPN_H
#define EXDIAG_READ_SPN_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>

enum { SPN_MOST = 1024 }; /* bytes of one */

struct spn {
    const char *service; /* "SMTPSVC", as written */
    const char *host;
    unsigned port;    /* 0: none */
    const char *name; /* behind the second slash, or NULL */
};

/* STATUS_MALFORMED for what is none; every part not empty, no control characters, UTF-8. */
enum status spn_parse(const char *text, struct arena *arena, struct spn *out);

bool spn_equal(const char *one, const char *other); /* as texts, ASCII and Unicode case folded */

#endif
