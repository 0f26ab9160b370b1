/*
 * A security template: GptTmpl.inf, in which SYSVOL holds the security settings of a Group
 * Policy, and what `secedit /export` writes (MS-GPSB 2.2). Sections and names are the same in every
 * language. Fuzz target: tests/fuzz/security_inf.c.
 */
#ifndef EXDIAG_READ_SECURITY_INF_H
#define EXDIAG_READ_SECURITY_INF_H

#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SECURITY_INF_MOST = 1024 * 1024, CLOCK_SKEW_MOST = 99999 };

struct security_inf {
    bool has_clock_skew;
    uint32_t clock_skew; /* [Kerberos Policy] MaxClockSkew: minutes, up to CLOCK_SKEW_MOST */
    uint64_t line;       /* where it stands, from 1 */
};

/*
 * The whole text, UTF-8; of several values of one name the first counts, as it does in Windows.
 * STATUS_MALFORMED if it is no security template, or the value is none that a policy can have;
 * STATUS_TOO_LARGE.
 */
enum status security_inf_read(const char *text, size_t size, struct security_inf *out);

/* True if text that begins like this is a security template: for file_type_of(). */
bool security_inf_is_text(const char *head, size_t size);

#endif
