/*
 * Evidence of kind "iis-config": what a configuration file of IIS says (read/iis_config.h), from a
 * file, or, on Windows, of the machine at hand ("" for a path). No password, key or connection
 * string is in the model, so none is in evidence.
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

    /* the question */
    const char *path;  /* of a file; "" is the machine at hand */
    const char *place; /* of that: "" is its applicationHost.config, "Default Web Site/PowerShell"
                          the web.config of the application there; "" or NULL with a path */

    /*
     * The observation. Of the machine at hand, STATUS_NOT_FOUND: IIS is not installed, or has no
     * such application, or that has no web.config; STATUS_NOT_FOLLOWED: its folder is not looked
     * into, or IIS takes its configuration from elsewhere.
     */
    struct iis_config config;
};

extern const struct evidence_kind evidence_iis_config;

#endif
