/* The EWS virtual directories of a run's configuration files, each put together of its files. */
#ifndef EXDIAG_PROBES_EWS_DIRECTORY_H
#define EXDIAG_PROBES_EWS_DIRECTORY_H

#include "diag/probe.h"
#include "diag/read/iis_effective.h"

enum { EWS_CONFIGS_MOST = 64, EWS_DIRECTORIES_MOST = 8 };

struct ews_configs { /* all configuration files of the run, in report order */
    const struct iis_config_file *list[EWS_CONFIGS_MOST];
    size_t count;
    size_t servers; /* of these, applicationHost.config */
};

/* False while one of them is on its way. What could not be read is left out. */
bool ews_configs_ask(struct examination *x, struct ews_configs *out);

struct ews_directory {
    const char *name; /* "Default Web Site/EWS"; of a web.config by itself, whose it is */
    struct iis_effective effective;
    struct iis_file files[2]; /* applicationHost.config first, if it is there */
    const struct evidence *sources[2];
    size_t file_count;
};

/* Those that a file has, in `arena`; gives how many, at most EWS_DIRECTORIES_MOST. */
size_t ews_directories_of(const struct ews_configs *configs, const struct iis_config_file *file,
                          struct arena *arena, struct ews_directory *out);

/* The applicationHost.config that a web.config belongs to; NULL if none, or several may. */
const struct iis_config_file *ews_host_of(const struct ews_configs *configs,
                                          const struct iis_config_file *web);

/* The evidence that a file of a directory is from. */
const struct evidence *ews_source_of(const struct ews_directory *directory,
                                     const struct iis_file *file);

#endif
