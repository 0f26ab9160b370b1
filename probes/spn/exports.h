/* The exports of a directory that the user gave: ldifde, ldapsearch, setspn. */
#ifndef EXDIAG_PROBES_SPN_EXPORTS_H
#define EXDIAG_PROBES_SPN_EXPORTS_H

#include "diag/probe.h"
#include "probes/spn/accounts.h"
#include "probes/spn/servers.h"

#define SPN_EXPORT_FILES (PROBE_READS(FILE_TYPE_LDIF) | PROBE_READS(FILE_TYPE_SETSPN))

struct spn_exports {
    bool is_pending;
    const struct directory_file **files;
    size_t count, room;
    struct spn_library library;
    /* Of Exchange's configuration; where an export has none of it, the computers with names of
     * SMTP. */
    struct spn_servers servers;
    const struct evidence *servers_source;
    const struct directory_attribute *mappings; /* sPNMappings, or NULL */
    const struct directory_file *cut;           /* one that is not whole, or NULL */
    const struct directory_file *fewer; /* one that had more computers than are kept, or NULL */
};

/* Something of what it was to hold is not there: of it nothing can be said to be missing. */
bool spn_export_is_cut(const struct directory_file *file);

/* Of all files among the subjects; in pass memory. */
const struct spn_exports *spn_exports_of(struct examination *x);

#endif
