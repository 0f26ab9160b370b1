/*
 * One server and all that a run has of it: what it answers, its files, its logs. Everything that
 * the powershell probe says of a server it says at one subject, so that a symptom and its causes
 * meet: at the server itself where that is a subject, else at its applicationHost.config, else at
 * the first of its files that shows something.
 *
 * Of one machine are files that say the same name, by the user's word or by themselves; that have
 * one applicationHost.config (server.h); that lie side by side. Where the latter two would join
 * files of several names, or of several configurations, they join none. A name without its domain
 * that fits several of the run is none of theirs.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_CASE_H
#define EXDIAG_PROBES_POWERSHELL_CASE_H

#include "probes/powershell/server.h"

struct powershell_case {
    const struct subject *server; /* where it is told, if that is a subject; or NULL */
    const char *teller;           /* else the file where it is; NULL: nothing shows anything */
    const struct powershell_files *files;
    const struct powershell_file *host; /* its applicationHost.config; or NULL */
    const char *name;                   /* of the machine, any; or NULL: nothing tells */
    bool is_vouched;                    /* the user's word for the name */
    const struct powershell_file **own; /* of `files`: those of this machine */
    size_t own_count;
    const struct http_log_digest **logs; /* with requests to /PowerShell */
    size_t log_count;
    const struct event_log_digest **events; /* that could be read, and have its own */
    size_t event_count;
    const struct bound_certificates **certificates; /* that are bound or stored, as far as read */
    size_t certificate_count;
};

/*
 * The case of a server, or that a file belongs to. NULL while something is on its way, and of a
 * file that is of none.
 */
const struct powershell_case *powershell_case_of(struct examination *x,
                                                 const struct subject *subject);

/* It is told at this subject. */
bool powershell_is_told_at(const struct powershell_case *of, const struct subject *subject);

/*
 * It logged these events. Logs of several computers are of one that collects what others forward:
 * of those only what is logged under the machine's name is its own.
 */
bool powershell_is_own_event(const struct powershell_case *of,
                             const struct event_log_digest *events,
                             const struct host_event_group *group);

/* {machine} of a finding: the name, or words for it. */
void powershell_name_machine(const struct powershell_case *of, struct finding *finding);

#endif
