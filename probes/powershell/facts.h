/*
 * What is known of a server beside its configuration: where Exchange and Windows are, which
 * features and files there are, and what Windows it was before.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_FACTS_H
#define EXDIAG_PROBES_POWERSHELL_FACTS_H

#include "diag/probe.h"

enum { POWERSHELL_LISTS_MOST = 8 };

/* The files that they are in. */
#define POWERSHELL_FACT_FILES                                                                      \
    (PROBE_READS(FILE_TYPE_REGISTRY) | PROBE_READS(FILE_TYPE_REGISTRY_QUERY) |                     \
     PROBE_READS(FILE_TYPE_ENVIRONMENT) | PROBE_READS(FILE_TYPE_WINDOWS_FEATURES) |                \
     PROBE_READS(FILE_TYPE_FILE_LIST))

struct powershell_fact { /* a text, and where it is from */
    struct setup_text said;
    const struct evidence *source; /* NULL: nobody tells */
};

struct powershell_facts {
    struct powershell_fact exchange_path;    /* the variable ExchangeInstallPath */
    struct powershell_fact msi_path;         /* MsiInstallPath of the registry */
    const char *windows_path;                /* or NULL */
    const struct windows_setup *upgraded;    /* what tells of an upgrade in place; or NULL */
    const struct windows_features *features; /* that tell of WinRM-IIS-Ext; or NULL */
    const struct installed_files *lists[POWERSHELL_LISTS_MOST];
    size_t list_count;
};

/* Adds what one file of the server tells, or its own machine. False while it is on its way. */
bool powershell_facts_add(struct examination *x, struct powershell_facts *facts, const char *path,
                          enum file_type type, bool is_2010);

/* The same of one file of that machine, as the setting has it that names it. */
bool powershell_facts_add_image(struct examination *x, struct powershell_facts *facts,
                                const char *machine, const char *image);

/* Whether a file exists, as far as lists tell; `source` of the one that does. */
enum file_presence powershell_presence_of(const struct powershell_facts *facts, const char *path,
                                          const struct evidence **source);

#endif
