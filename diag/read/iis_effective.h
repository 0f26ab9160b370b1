/*
 * What holds for one virtual directory of IIS, made of applicationHost.config and the web.config
 * files on its way, as IIS 7 and later inherit it: along the path from the server to the
 * directory; at each step the <location> tags of the files above come first, those of
 * applicationHost.config before all, then the folder's own web.config. Lists are edited by add,
 * remove and clear; settings are replaced by whoever says something last.
 *
 * The .NET Framework's own root web.config is not looked at: it has no section of system.webServer.
 */
#ifndef EXDIAG_READ_IIS_EFFECTIVE_H
#define EXDIAG_READ_IIS_EFFECTIVE_H

#include "diag/read/iis_config.h"

enum { IIS_FILES_MOST = 16, IIS_DIFFERENCES_MOST = 64, IIS_FAULTS_MOST = 32, IIS_LIST_MOST = 1024 };

struct iis_file {
    const struct iis_config *config;
    const char *place; /* where its folder is: "" of applicationHost.config, "Default Web Site" */
};

struct iis_view {                 /* a virtual directory, and what is known on its way */
    const struct iis_file *files; /* at most IIS_FILES_MOST, in any order */
    size_t file_count;
    const char *path;        /* "Default Web Site/EWS" */
    const char *application; /* the path of the application that it is in: the same, mostly */
};

/* X(NAME, "word"): what IIS answers with 500.19 or 500.21, or what cannot take effect. */
#define IIS_FAULT_LIST(X)                                                                          \
    X(DUPLICATE, "duplicate")     /* a name is added that is there already */                      \
    X(LOCKED, "locked")           /* a section that a file above has locked */                     \
    X(LOCKED_ITEM, "locked-item") /* a locked item is removed */                                   \
    X(NO_IMAGE, "no-image")       /* a module without type that globalModules does not have */

enum iis_fault_kind {
#define X(name, word) IIS_FAULT_##name,
    IIS_FAULT_LIST(X)
#undef X
        IIS_FAULT_COUNT
};

const char *iis_fault_word(enum iis_fault_kind kind);

struct iis_fault {
    enum iis_fault_kind kind;
    enum iis_section_kind section;
    const char *name; /* of the item; NULL: the whole section */
    const struct iis_file *file;
    uint32_t line;
    bool is_inherited; /* it was said above the directory */
};

struct iis_origin {              /* where something was said */
    const struct iis_file *file; /* NULL: nowhere */
    const struct iis_location *location;
    bool is_inherited; /* it was said above the directory */
};

struct iis_entry {
    const struct iis_item *item;
    struct iis_origin origin;
    uint32_t hash; /* of its name in lower case: lists are long */
};

struct iis_list {
    struct iis_entry *entries; /* handlers: in the order in which they are tried */
    size_t count;
};

struct iis_effective {
    struct iis_list modules;
    struct iis_list handlers;
    struct iis_list providers; /* of Windows authentication */
    struct iis_list global_modules;
    enum iis_setting enabled[IIS_SECTION_COUNT];    /* IIS_UNSET: no file says */
    const char *texts[IIS_SECTION_COUNT];           /* NULL: no file says */
    struct iis_origin origins[IIS_SECTION_COUNT];   /* of these two */
    struct iis_origin elsewhere[IIS_SECTION_COUNT]; /* a section that is not in its file; or NULL */
    bool is_redirect_child_only;                    /* childOnly stands at the redirect */
    struct iis_fault faults[IIS_FAULTS_MOST];
    size_t fault_count;
    bool more;       /* than IIS_LIST_MOST of a list, or IIS_FAULTS_MOST: what is in no list may be
                        in the document, and NO_IMAGE is not told */
    bool has_server; /* applicationHost.config is there */
    bool has_own;    /* the web.config of the application itself is */
};

/* In `arena`, but for what the view points to. */
void iis_effective_read(const struct iis_view *view, struct arena *arena,
                        struct iis_effective *out);

/* By name, any case; NULL if there is none. */
const struct iis_entry *iis_entry_of(const struct iis_list *list, const char *name);

/* The tokenChecking of Windows authentication: "None" where no file says. */
const char *iis_token_checking(const struct iis_effective *effective);

/* A handler of CgiModule or FastCgiModule. */
bool iis_is_cgi(const struct iis_item *handler);

/* True if sslFlags, a list of words, hold this one; "SslRequireCert" is not "Ssl". */
bool iis_has_flag(const char *flags, const char *flag);

/* X(NAME, "word") */
#define IIS_ASPECT_LIST(X)                                                                         \
    X(MODULE, "module")                                                                            \
    X(HANDLER, "handler")                                                                          \
    X(AUTHENTICATION, "authentication")                                                            \
    X(PROVIDERS, "providers")                                                                      \
    X(EXTENDED_PROTECTION, "extendedProtection")                                                   \
    X(SSL_FLAGS, "sslFlags")                                                                       \
    X(REDIRECT, "redirect")

enum iis_aspect {
#define X(name, word) IIS_ASPECT_##name,
    IIS_ASPECT_LIST(X)
#undef X
        IIS_ASPECT_COUNT
};

const char *iis_aspect_word(enum iis_aspect aspect);

struct iis_difference {
    enum iis_aspect aspect;
    const char *name; /* of the module, handler or section; "" for the whole */
    const char *left; /* what the one has; NULL: not there, or not said */
    const char *right;
};

/*
 * What differs between the same directory of two servers, at most IIS_DIFFERENCES_MOST, in the
 * order of the aspects and then of the left one's; gives how many. Folders of an installation do
 * not count: of an image or a script processor its file's name is compared, of a type its class.
 * Extended Protection that nobody speaks of is None.
 * Two that were made of different files (has_server, has_own) do not compare: 0.
 */
size_t iis_compare(const struct iis_effective *left, const struct iis_effective *right,
                   struct arena *arena, struct iis_difference *out);

#endif
