/*
 * Configuration of IIS 7 and later: applicationHost.config and the web.config of folders, as a
 * bounded model of what decides how a virtual directory of Exchange answers. Only what is named
 * here is copied from a document: passwords, keys and connection strings stay where they are.
 *
 * What a document refers to (configSource, childSource, file=, linkedConfiguration) is told and
 * never opened. What it does not say is unset, and never guessed. iis_effective.h makes one
 * virtual directory's configuration of several documents. Fuzz target: tests/fuzz/iis_config.c.
 */
#ifndef EXDIAG_READ_IIS_CONFIG_H
#define EXDIAG_READ_IIS_CONFIG_H

#include "diag/memory.h"
#include "diag/read/xml.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    IIS_ITEMS_MOST = 32768, /* of all sections together */
    IIS_LOCATIONS_MOST = 1024,
    IIS_SECTIONS_MOST = 64, /* of one location */
    IIS_SITES_MOST = 256,
    IIS_PARTS_MOST = 4096, /* applications, virtual directories and bindings of all sites */
    IIS_POOLS_MOST = 512,
    IIS_DECLARATIONS_MOST = 512,
    IIS_REFERENCES_MOST = 64,
    IIS_BUILDS_MOST = 256,
    IIS_TEXT_MOST = 1024 /* bytes of any text; what is longer is cut off and `more` is set */
};

/* X(NAME, "path below configuration/system.webServer") */
#define IIS_SECTION_LIST(X)                                                                        \
    X(GLOBAL_MODULES, "globalModules") /* items: name, image */                                    \
    X(MODULES, "modules")              /* name, type */                                            \
    X(HANDLERS, "handlers")            /* name, path, verb, modules, script_processor, type */     \
    X(FAST_CGI, "fastCgi")             /* name: fullPath */                                        \
    X(CGI_RESTRICTION, "security/isapiCgiRestriction") /* name: path; type: groupId; allowed */    \
    X(ANONYMOUS, "security/authentication/anonymousAuthentication")                                \
    X(BASIC, "security/authentication/basicAuthentication")                                        \
    X(WINDOWS, "security/authentication/windowsAuthentication") /* name: a provider; text:         \
                                                  tokenChecking of extendedProtection */           \
    X(DIGEST, "security/authentication/digestAuthentication")                                      \
    X(CLIENT_CERTIFICATE, "security/authentication/clientCertificateMappingAuthentication")        \
    X(IIS_CERTIFICATE, "security/authentication/iisClientCertificateMappingAuthentication")        \
    X(ACCESS, "security/access")                      /* text: sslFlags */                         \
    X(REDIRECT, "httpRedirect")                       /* text: destination */                      \
    X(WSMAN, "system.management.wsmanagement.config") /* plug-ins: name, image */

enum iis_section_kind {
#define X(name, path) IIS_##name,
    IIS_SECTION_LIST(X)
#undef X
        IIS_SECTION_COUNT
};

enum { IIS_AUTHENTICATION_FIRST = IIS_ANONYMOUS, IIS_AUTHENTICATION_LAST = IIS_IIS_CERTIFICATE };

const char *iis_section_path(enum iis_section_kind kind);
enum iis_section_kind iis_section_from_path(const char *path); /* IIS_SECTION_COUNT: none */

enum iis_setting { IIS_UNSET, IIS_FALSE, IIS_TRUE };

enum iis_edit { IIS_ADD, IIS_REMOVE, IIS_CLEAR }; /* what an item does to the list above it */

struct iis_item { /* of a list; NULL where an attribute is absent */
    enum iis_edit edit;
    const char *name; /* the key; NULL of IIS_CLEAR, and of what has none */
    const char *type; /* of what is managed */
    const char *image;
    const char *path;
    const char *verb;
    const char *modules;
    const char *script_processor; /* without arguments, and so is a name that is a path */
    const char *precondition;
    enum iis_setting allowed;
    bool is_locked; /* lockItem: lists below may not remove it */
    uint32_t line;
};

struct iis_section {
    enum iis_section_kind kind;
    enum iis_setting enabled;
    const char *text; /* sslFlags, destination, tokenChecking; or NULL */
    const struct iis_item *items;
    size_t item_count;
    uint32_t line;
    bool is_elsewhere;  /* what it says is in another file (configSource), or encrypted */
    bool is_child_only; /* of httpRedirect */
};

enum iis_override { IIS_OVERRIDE_INHERIT, IIS_OVERRIDE_ALLOW, IIS_OVERRIDE_DENY };

struct iis_location { /* sections that hold for a path below the document's own place */
    const char
        *path; /* "" is that place itself; without slashes at its ends: "Default Web Site/EWS" */
    enum iis_override override;
    bool is_not_inherited; /* inheritInChildApplications="false" */
    const struct iis_section *sections;
    size_t section_count;
    uint32_t line; /* 0: outside of any <location> */
};

struct iis_binding {
    const char *protocol; /* "http", "https", "net.pipe" */
    const char *ip;       /* as written; "" and "*" are any */
    uint16_t port;        /* 0: none could be read */
    const char *host;     /* "" for any */
    uint32_t line;
};

struct iis_directory {
    const char *path; /* "/" is the application's own */
    const char *physical_path;
};

struct iis_application {
    const char *path; /* "/EWS" */
    const char *pool; /* NULL: the default one */
    const struct iis_directory *directories;
    size_t directory_count;
    uint32_t line;
};

struct iis_site {
    const char *name;
    uint32_t id; /* 0: none */
    enum iis_setting auto_start;
    const struct iis_application *applications;
    size_t application_count;
    const struct iis_binding *bindings;
    size_t binding_count;
    uint32_t line;
};

struct iis_pool {
    const char *name;
    const char *identity; /* "LocalSystem", "SpecificUser"; NULL: the default */
    const char *runtime;  /* "v4.0", "v2.0", "" */
    const char *pipeline; /* "Integrated", "Classic" */
    enum iis_setting auto_start;
    enum iis_setting enable_32_bit;
    uint32_t line;
};

struct iis_declaration {        /* of <configSections> */
    const char *path;           /* "system.webServer/handlers" */
    enum iis_override override; /* overrideModeDefault; absent is Allow */
    bool is_of_server;          /* allowDefinition is AppHostOnly or MachineOnly */
};

struct iis_reference { /* to another file; it was not opened */
    const char *element;
    const char *attribute;
    const char *target; /* any text: see iis_path_climbs() */
    uint32_t line;
};

/* X(NAME, "word in evidence"): whose web.config it is, by what only that one says. */
#define IIS_ROLE_LIST(X)                                                                           \
    X(UNKNOWN, "unknown")                                                                          \
    X(SERVER, "server") /* applicationHost.config */                                               \
    X(EWS_FRONT, "ews-front-end")                                                                  \
    X(EWS_BACK, "ews-back-end") /* of Exchange 2007 and 2010 the only one */                       \
    X(POWERSHELL_FRONT, "powershell-front-end")                                                    \
    X(POWERSHELL_BACK, "powershell-back-end") /* the same */

enum iis_role {
#define X(name, word) IIS_ROLE_##name,
    IIS_ROLE_LIST(X)
#undef X
        IIS_ROLE_COUNT
};

const char *iis_role_word(enum iis_role role);
enum iis_role iis_role_from_word(const char *word); /* IIS_ROLE_UNKNOWN if there is none */

struct iis_config {
    enum iis_role role;
    const char *server; /* that X-FEServer, X-BEServer or X-DiagInfo names; or NULL */
    const struct iis_location *locations; /* the first is the document's own: "" */
    size_t location_count;
    const struct iis_site *sites;
    size_t site_count;
    const struct iis_pool *pools;
    size_t pool_count;
    const char *default_pool; /* of applicationDefaults; or NULL */
    const struct iis_declaration *declarations;
    size_t declaration_count;
    const struct iis_reference *references;
    size_t reference_count;
    const char *const *builds; /* that customMetadata knows below owa: "15.2.1118.7" */
    size_t build_count;
    bool more; /* than the limits above allow */
};

/*
 * Of a document whose root is <configuration>; everything lives in `arena`. Errors are those of
 * xml_parse(), and STATUS_INVALID for another root; `problem` has line and reason.
 */
enum status iis_config_read(const struct xml_library *library, const char *bytes, size_t size,
                            struct arena *arena, struct iis_config *out,
                            struct xml_problem *problem);

/* The first section of a kind that a location has; NULL if it has none. */
const struct iis_section *iis_section_of(const struct iis_location *location,
                                         enum iis_section_kind kind);

/* Names in any case; NULL if there is none. `path`: "/EWS". */
const struct iis_site *iis_site_of(const struct iis_config *config, const char *name);
const struct iis_application *iis_application_of(const struct iis_site *site, const char *path);
const struct iis_pool *iis_pool_of(const struct iis_config *config, const char *name);

/* The pool that an application runs in, by name; NULL if no document says. */
const char *iis_pool_name_of(const struct iis_config *config,
                             const struct iis_application *application);

struct iis_variable {
    const char *name; /* "windir", of any case; NULL ends a list */
    const char *value;
};

/*
 * A text with its %variables% replaced, in `arena`; NULL where one is not known or the result is
 * longer than IIS_TEXT_MOST. A percent sign without a partner stays.
 */
const char *iis_expand(const char *text, const struct iis_variable *variables, struct arena *arena);

/* A path with "..", of another machine (UNC), or of a device: not to be followed. */
bool iis_path_climbs(const char *path);

#endif
