/* The EWS virtual directories of a run's configuration files, each put together of its files. */
#ifndef EXDIAG_PROBES_EWS_DIRECTORY_H
#define EXDIAG_PROBES_EWS_DIRECTORY_H

#include "diag/probe.h"
#include "diag/read/iis_effective.h"

enum { EWS_CONFIGS_MOST = 64, EWS_DIRECTORIES_MOST = 8 };

struct ews_configs { /* configuration files of the run, in report order */
    const struct iis_config_file *list[EWS_CONFIGS_MOST];
    const char *hosts[EWS_CONFIGS_MOST]; /* of each, by the user's word; or NULL */
    size_t count;
    size_t servers;                  /* of these, applicationHost.config */
    const struct evidence *obstacle; /* of machines: why the last one's web.config is not here */
};

/* False while one of them is on its way. What could not be read is left out. */
bool ews_configs_ask(struct examination *x, struct ews_configs *out);

/*
 * The same of the machines of servers (probes/machine.h), in report order up to this one, under
 * their names.
 */
bool ews_machines_ask(struct examination *x, const struct subject *server, struct ews_configs *out);

struct ews_directory {
    const char *name; /* "Default Web Site/EWS"; of a web.config by itself, whose it is */
    const char *path; /* the same for commands; NULL of a web.config by itself */
    const struct iis_site *site; /* that it is in; NULL of a web.config by itself */
    bool is_front;               /* of Exchange 2013 and later, which has a back end behind it */
    struct iis_effective effective;
    struct iis_file files[2]; /* applicationHost.config first, if it is there */
    const struct evidence *sources[2];
    size_t file_count;
};

/* Those that a file has, in `arena`; gives how many, at most EWS_DIRECTORIES_MOST. */
size_t ews_directories_of(const struct ews_configs *configs, const struct iis_config_file *file,
                          struct arena *arena, struct ews_directory *out);

/*
 * "Exchange 2016", by the folders of Outlook on the web: the highest, since an upgrade leaves the
 * old ones there. 2019 and SE are one, of the same code and set up alike. NULL if none tells.
 */
const char *ews_version_of(const struct iis_config *config);

/* What its server's file alone says of a directory, in `arena`: without its web.config. */
struct ews_directory ews_directory_alone(const struct ews_directory *directory,
                                         struct arena *arena);

/* A web site that setup of Exchange has made, and that has no EWS; NULL if there is none. */
const struct iis_site *ews_site_without(const struct iis_config *config);

/* The machine that a file is of, by the user's word; or NULL. */
const char *ews_machine_of(const struct ews_configs *configs, const struct iis_config_file *file);

/*
 * The applicationHost.config that a web.config belongs to: of the same machine by the user's word,
 * else the nearest by folders; NULL if none, or several may.
 */
const struct iis_config_file *ews_host_of(const struct ews_configs *configs,
                                          const struct iis_config_file *web);

/* The evidence that a file of a directory is from. */
const struct evidence *ews_source_of(const struct ews_directory *directory,
                                     const struct iis_file *file);

#endif
