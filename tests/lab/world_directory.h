/*
 * The directory of the demonstration's world: three domain controllers of contoso.com, the first
 * of them a global catalog, that hold six Exchange servers with their connectors and accounts; and
 * what two of these servers say of logging on, in files.
 */
#ifndef EXDIAG_TESTS_LAB_WORLD_DIRECTORY_H
#define EXDIAG_TESTS_LAB_WORLD_DIRECTORY_H

#include "diag/settings.h"
#include "tests/lab/world_builds.h"
#include "tests/lab/world_files.h"

struct world_directory;

/* What DNS says of its mail servers, inside, as records of a lab_zone. */
#define WORLD_DIRECTORY_RECORDS                                                                    \
    {"ex02.contoso.com", "A", "127.0.0.26", 0}, {"ex03.contoso.com", "A", "127.0.0.47", 0},        \
        {"ex04.contoso.com", "A", "127.0.0.48", 0}, {"relay.contoso.com", "A", "127.0.0.48", 0},   \
        {"ex05.contoso.com", "A", "127.0.0.49", 0}, {"ex06.contoso.com", "A", "127.0.0.50", 0},    \
    {                                                                                              \
        "internal.contoso.com", "A", "127.0.0.50", 0                                               \
    }

/* What they do at their port of SMTP: { address, behaviour } each (smtp_behaviour.h). */
#define WORLD_DIRECTORY_EXCHANGERS                                                                 \
    {"127.0.0.26", "exchange@mail.contoso.com"}, {"127.0.0.47", "exchange@ex03.contoso.com"},      \
        {"127.0.0.48", "exchange@relay.contoso.com"}, {"127.0.0.49", "exchange@ex05.contoso.com"}, \
    {                                                                                              \
        "127.0.0.50", "healthy-tls@internal.contoso.com"                                           \
    }

/* Ended by one without a name. */
extern const struct world_file world_directory_files[];

/* Starts it: LDAP, with the time that its controllers tell, and the global catalog. */
enum status world_directory_start(const struct world_builds *builds, uint16_t ports[SERVICE_COUNT],
                                  struct world_directory **out);

/* NULL is allowed. STATUS_TIMED_OUT: a thread did not end, and nothing is freed. */
enum status world_directory_stop(struct world_directory *directory);

#endif
