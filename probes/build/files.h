/*
 * Builds in files: ExSetup.exe, what PowerShell prints of servers, logs of Exchange (#Version),
 * applicationHost.config (customMetadata), exports of the registry (Setup) and of a directory
 * (serialNumber).
 */
#ifndef EXDIAG_PROBES_BUILD_FILES_H
#define EXDIAG_PROBES_BUILD_FILES_H

#include "probes/build/machines.h"

#define BUILD_FILES                                                                                \
    (PROBE_READS(FILE_TYPE_SMTP_RECEIVE_LOG) | PROBE_READS(FILE_TYPE_SMTP_SEND_LOG) |              \
     PROBE_READS(FILE_TYPE_TRACKING_LOG) | PROBE_READS(FILE_TYPE_EWS_LOG) |                        \
     PROBE_READS(FILE_TYPE_HTTP_PROXY_LOG) | PROBE_READS(FILE_TYPE_IIS_CONFIG) |                   \
     PROBE_READS(FILE_TYPE_REGISTRY) | PROBE_READS(FILE_TYPE_REGISTRY_QUERY) |                     \
     PROBE_READS(FILE_TYPE_LDIF) | PROBE_READS(FILE_TYPE_PROGRAM) |                                \
     PROBE_READS(FILE_TYPE_BUILD_LIST))

/* Adds what the file tells; sets `is_pending` where that is on its way. */
void build_read_file(struct examination *x, const struct subject *file,
                     struct build_organisation *organisation);

enum { BUILD_SETUP_KEYS = 2, BUILD_SETUP_NUMBERS = 2 };

/* Where setup of Exchange has noted its build: the newer ones first. */
extern const char *const build_setup_keys[BUILD_SETUP_KEYS];

/* The builds that such a key tells; gives how many. */
size_t build_of_setup(const struct registry_answer *setup,
                      struct build_number numbers[BUILD_SETUP_NUMBERS]);

/* The build of a server as an entry of the configuration partition has it. */
bool build_of_entry(const struct directory_entry *entry, struct build_number *number);

#endif
