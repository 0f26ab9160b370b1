/*
 * Evidence of kind "iis-config": what a configuration file of IIS says (read/iis_config.h). No
 * password, key or connection string is in the model, so none is in evidence.
 *
 * Redacted, what Windows, IIS and Exchange name themselves stays (modules, handlers, types,
 * folders of an installation, authentication); other names become labels, hosts and addresses the
 * pseudonyms that they have everywhere (redact.h).
 */
#ifndef EXDIAG_EVIDENCE_IIS_CONFIG_H
#define EXDIAG_EVIDENCE_IIS_CONFIG_H

#include "diag/evidence/evidence.h"
#include "diag/read/iis_config.h"

struct iis_config_file {
    struct evidence evidence;
    const char *path;         /* the question */
    struct iis_config config; /* the observation */
};

extern const struct evidence_kind evidence_iis_config;

#endif
