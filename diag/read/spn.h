/*
 * Service principal names as Active Directory has them: service/host[:port][/name], [MS-KILE]
 * 3.1.1.11, [MS-ADTS] 5.1.1.4. Case is folded; nothing else is.
 * Fuzz target: tests/fuzz/spn.c.
 */
#ifndef EXDIAG_READ_SPN_H
#define EXDIAG_READ_SPN_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>

enum { SPN_MOST = 1024 }; /* bytes of one */

struct spn {
    const char *service;  /* "SMTPSVC", as written */
    const char *host;     /* IPv6 addresses in brackets */
    unsigned port;        /* 0: none */
    const char *instance; /* behind the colon instead: "MSSQLSvc/host:INSTANCE"; or NULL */
    const char *name;     /* behind the second slash, or NULL; may have slashes of its own */
};

/* STATUS_MALFORMED for what is none; every part not empty, no control characters, UTF-8. */
enum status spn_parse(const char *text, struct arena *arena, struct spn *out);

bool spn_equal(const char *one, const char *other); /* as texts, case folded: case_fold.h */

#endif
