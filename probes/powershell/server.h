/*
 * One server's evidence, put together: its applicationHost.config, the web.config files of its
 * PowerShell virtual directories, and what else the run has of the same machine. Of one machine
 * are files that the user says are (--file HOST=PATH), else those beside its
 * applicationHost.config, or in folders above or below.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_SERVER_H
#define EXDIAG_PROBES_POWERSHELL_SERVER_H

#include "diag/probe.h"
#include "diag/read/iis_effective.h"
#include "probes/powershell/facts.h"

/* Types of files that tell something of such a server. */
#define POWERSHELL_LOGS                                                                            \
    (PROBE_READS(FILE_TYPE_IIS_LOG) | PROBE_READS(FILE_TYPE_HTTP_PROXY_LOG) |                      \
     PROBE_READS(FILE_TYPE_EVTX) | PROBE_READS(FILE_TYPE_EVENT_XML))
#define POWERSHELL_FILES                                                                           \
    (PROBE_READS(FILE_TYPE_IIS_CONFIG) | POWERSHELL_LOGS | POWERSHELL_FACT_FILES)

struct powershell_file { /* of the run, in report order */
    const char *path;    /* or a machine's (probes/machine.h) */
    const char *host;    /* by the user's word; or NULL */
    enum file_type type;
    const struct iis_config_file *config; /* of FILE_TYPE_IIS_CONFIG that could be read; or NULL */
    const struct powershell_file *of; /* the applicationHost.config of its server, itself included;
                                         NULL: none is in the run, or several may be */
    bool is_machine;                  /* it is what the server's own machine says, and of no file */
};

struct powershell_files {
    struct powershell_file *list;
    size_t count;
};

/* Those of POWERSHELL_FILES, in pass memory. False while one of them is on its way. */
bool powershell_files_ask(struct examination *x, struct powershell_files *out);

/* NULL if there is none. */
const struct powershell_file *powershell_file_at(const struct powershell_files *files,
                                                 const char *path);

/* It may be one machine by two names, of any case, with their domain or without. */
bool powershell_is_same_machine(const char *one, const char *other);

/* The web.config of a PowerShell virtual directory. */
bool powershell_is_web_config(const struct powershell_file *file);

/* Where a PowerShell virtual directory is: Exchange 2010 has one, later ones have two. */
enum powershell_end {
    POWERSHELL_FRONT, /* takes requests, with kerbauth, and passes them on */
    POWERSHELL_BACK,  /* serves them, with WSMan */
    POWERSHELL_ONLY,  /* of Exchange 2010: both */
    POWERSHELL_END_COUNT
};

enum { POWERSHELL_DIRECTORY_FILES_MOST = 3 };

struct powershell_directory {
    const char *name; /* "Default Web Site/PowerShell"; of a web.config by itself, whose it is */
    const char *path; /* the same for commands; NULL of a web.config by itself */
    enum powershell_end end;
    const struct iis_site *site; /* NULL of a web.config by itself, as the next */
    const struct iis_application *application;
    struct iis_effective effective;
    const struct evidence *obstacle; /* why its own web.config is not among these; or NULL */
    struct iis_file files[POWERSHELL_DIRECTORY_FILES_MOST]; /* applicationHost.config first,
                                                               its own web.config last */
    const struct evidence *sources[POWERSHELL_DIRECTORY_FILES_MOST];
    size_t file_count;
};

/* Where Exchange is installed. */
struct powershell_install {
    const char *root; /* "C:\Program Files\Microsoft\Exchange Server\V15"; NULL: nobody says */
    const char *by;   /* who says, in words */
    const struct evidence *source;
};

struct powershell_server {
    const struct iis_config *config; /* applicationHost.config; NULL of a web.config by itself */
    const struct evidence *source;   /* of that, or of the web.config */
    const char *machine;             /* its name, or who it is, in words */
    bool is_own;                     /* by its own machine, and not by files */
    bool is_2010;
    const struct iis_site *front; /* where clients come in; NULL: there is none */
    const struct iis_site *back;  /* of Exchange 2013 and later; NULL: there is none */
    struct powershell_directory directories[POWERSHELL_END_COUNT];
    size_t count;
    struct powershell_install install;
    struct powershell_facts facts;
};

/*
 * The server of this file, which is of `files`: an applicationHost.config, or a web.config of
 * PowerShell to which none belongs. What the server's own machine says is of no `files`. False
 * while evidence is on its way.
 */
bool powershell_server_ask(struct examination *x, const struct powershell_files *files,
                           const struct powershell_file *file, struct powershell_server *out);

/* NULL if there is none. */
const struct powershell_directory *powershell_directory_of(const struct powershell_server *server,
                                                           enum powershell_end end);

/* The evidence that a file of a directory is from. */
const struct evidence *powershell_source_of(const struct powershell_directory *directory,
                                            const struct iis_file *file);

/* The physical path of an application, as written; NULL if no file says. */
const char *powershell_folder_of(const struct iis_application *application);

/* A path with variables as the server has them, tidy (paths.h); NULL if one has no value there. */
const char *powershell_expand(struct examination *x, const struct powershell_server *server,
                              const char *path);

/*
 * Sets {machine}: whose server it is, in words; {own-server}, where its own machine tells; "2010";
 * and "has-host", where its applicationHost.config is there.
 */
void powershell_name_host(const struct powershell_server *server, struct finding *finding);

/* Why a configuration was not read: no copy of what was denied here is asked for. */
void powershell_saw_obstacle(struct finding *finding, const struct evidence *obstacle);

/*
 * A web site, pool or directory of IIS as a value. Names that setup gives are this program's own,
 * any other is the file's.
 */
void powershell_set_name(struct finding *finding, const char *value, const char *name);

#endif
