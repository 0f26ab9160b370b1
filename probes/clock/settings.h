/*
 * Host evidence: registry exports, what w32tm and VMware print, security templates. Files in one
 * folder that name no two machines are of one host and are judged together, told at the one
 * that says most of the settings. Where they name several, where exports without a name contradict
 * others, or where there are more than 64, each is judged alone. Whose a file is that does not say
 * so is the user's word (--file HOST=PATH). Beside an export of what the local security authority
 * is told, which is asked for because of service principal names, nobody expects anything of time,
 * nor of an export of what setup of Exchange noted, which is asked for because of builds.
 */
#ifndef EXDIAG_PROBES_CLOCK_SETTINGS_H
#define EXDIAG_PROBES_CLOCK_SETTINGS_H

#include "diag/probe.h"
#include "probes/clock/hierarchy.h"

#define CLOCK_REGISTRY_FILES                                                                       \
    (PROBE_READS(FILE_TYPE_REGISTRY) | PROBE_READS(FILE_TYPE_REGISTRY_QUERY))
#define CLOCK_SETTINGS_FILES                                                                       \
    (CLOCK_REGISTRY_FILES | PROBE_READS(FILE_TYPE_W32TM) | PROBE_READS(FILE_TYPE_SECURITY_INF) |   \
     PROBE_READS(FILE_TYPE_VMWARE_TIME))

/*
 * time-hierarchy, time-pdc-source and time-vm-sync of the host that a file is of. Where that host
 * is examined itself, as a domain controller or a server that the user named, they are told there.
 */
void clock_settings_judge(struct examination *x, const struct subject *file);

/*
 * The same of a server or domain controller, from the files that are of it and from its own
 * machine, where that may be asked (probes/machine.h); without either nothing is told.
 * `told_forest`: the forest that it says it is in, or NULL.
 */
void clock_settings_judge_host(struct examination *x, const struct subject *host,
                               const char *told_forest);

/* What this evidence says together, in pass memory; NULL: there is none, or it is on its way. */
const struct time_plan *clock_settings_plan_of(struct examination *x, const char *host);

/* How much Kerberos is told to bear. */
struct clock_tolerance {
    int minutes;                   /* -1: not told */
    const struct evidence *source; /* which says so, or NULL */
};

/*
 * The least that is told: of the policy of a domain, which counts for all its machines, or of the
 * registry of one of `hosts` (full names), from files or its own machine. False while that is on
 * its way.
 */
bool clock_settings_tolerance(struct examination *x, const char *const *hosts, size_t count,
                              struct clock_tolerance *out);

#endif
