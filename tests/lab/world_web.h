/*
 * The web servers of the demonstration's Exchange servers: Outlook on the web, which shows a build,
 * EWS, through which one mailbox is read, and PowerShell, of a front end and a back end.
 */
#ifndef EXDIAG_TESTS_LAB_WORLD_WEB_H
#define EXDIAG_TESTS_LAB_WORLD_WEB_H

#include "diag/settings.h"
#include "tests/lab/world_builds.h"

struct world_web;

/* What DNS says of those that only they make known, inside, as records of a lab_zone. */
#define WORLD_WEB_RECORDS                                                                          \
    {"mbx1.contoso.com", "A", "127.0.0.51", 0}, {"mbx2.contoso.com", "A", "127.0.0.52", 0},        \
    {                                                                                              \
        "ex13.contoso.com", "A", "127.0.0.53", 0                                                   \
    }

/*
 * Starts them: over TLS at one port, their back ends at another, and without TLS at the one for
 * HTTP, where others listen already. `builds` is borrowed until it is stopped.
 */
enum status world_web_start(const struct world_builds *builds, uint16_t ports[SERVICE_COUNT],
                            struct world_web **web);

/* NULL is allowed. STATUS_TIMED_OUT: a thread did not end, and nothing is freed. */
enum status world_web_stop(struct world_web *web);

/* The PEM text of the authorities that signed their certificates. */
const char *world_web_authority(const struct world_web *web);

#endif
