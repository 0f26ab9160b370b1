/*
 * How a machine is told to take connections from itself by names that are not its own: KB 896861,
 * KB 914137 method 2.
 */
#ifndef EXDIAG_PROBES_SPN_LOOPBACK_H
#define EXDIAG_PROBES_SPN_LOOPBACK_H

#include "probes/spn/view.h"

#define SPN_REGISTRY_FILES (PROBE_READS(FILE_TYPE_REGISTRY) | PROBE_READS(FILE_TYPE_REGISTRY_QUERY))

enum { SPN_LOOPBACK_NAMES_MOST = SPN_NAMES_MOST };

enum spn_loopback_state {
    SPN_LOOPBACK_RIGHT,      /* all names are listed, or there is none to list */
    SPN_LOOPBACK_ABSENT,     /* there is no list */
    SPN_LOOPBACK_WRONG_TYPE, /* a value of another type than REG_MULTI_SZ: Windows reads past it */
    SPN_LOOPBACK_WRONG_KEY,  /* below Lsa, where nobody looks for it */
    SPN_LOOPBACK_LACKING,    /* a list without some of the names */
    SPN_LOOPBACK_OPEN        /* the export does not hold that key */
};

struct spn_loopback {
    enum spn_loopback_state state;
    bool is_off;                         /* DisableLoopbackCheck is 1 */
    const struct registry_value *value;  /* BackConnectionHostNames below MSV1_0, or NULL */
    const struct registry_value *astray; /* the same below Lsa, or NULL */
    const char *lacking[SPN_LOOPBACK_NAMES_MOST];
    size_t lacking_count;
};

/* The values of Lsa\MSV1_0 and of Lsa, and the names that have to be listed. */
void spn_loopback_judge(const struct registry_answer *msv1_0, const struct registry_answer *lsa,
                        const char *const *names, size_t count, struct spn_loopback *out);

/* back-connection-host-names of a server, from the exports that are of it, or of the machine at
 * hand. */
void spn_tell_loopback(struct examination *x, const struct subject *server,
                       const struct spn_view *view);

/* The same of a registry export that is of no server known: what is wrong whatever the names. */
void spn_tell_loopback_of_file(struct examination *x, const struct subject *file);

#endif
