/*
 * What Windows and IIS write into the System, Application and Setup logs about web applications
 * that do not start, understood by provider, id and data, never by sentences.
 */
#ifndef EXDIAG_READ_HOST_EVENT_H
#define EXDIAG_READ_HOST_EVENT_H

#include "diag/memory.h"
#include "diag/read/windows_event.h"

/* X(NAME, "word in evidence", "provider", id, "in words") */
#define HOST_EVENT_LIST(X)                                                                         \
    X(WINRM_CANNOT_LOAD, "winrm-cannot-load", "Microsoft-Windows-WinRM", 10113,                    \
      "WinRM cannot load a DLL")                                                                   \
    X(MODULE_NOT_LOADED, "module-not-loaded", "Microsoft-Windows-IIS-W3SVC-WP", 2280,              \
      "IIS cannot load a module")                                                                  \
    X(MODULE_OF_OTHER_BITS, "module-of-other-bits", "Microsoft-Windows-IIS-W3SVC-WP", 2282,        \
      "IIS cannot load a module of other bitness")                                                 \
    X(MODULE_REFUSES, "module-refuses", "Microsoft-Windows-IIS-W3SVC-WP", 2293,                    \
      "a module of IIS failed to start")                                                           \
    X(MODULE_IS_NONE, "module-is-none", "Microsoft-Windows-IIS-W3SVC-WP", 2295,                    \
      "a DLL is no module of IIS")                                                                 \
    X(MODULES_NOT_READ, "modules-not-read", "Microsoft-Windows-IIS-W3SVC-WP", 2297,                \
      "IIS cannot read its list of modules")                                                       \
    X(POOL_DISABLED, "pool-disabled", "Microsoft-Windows-WAS", 5002,                               \
      "an application pool was turned off")                                                        \
    X(POOL_PROCESS_ENDED, "pool-process-ended", "Microsoft-Windows-WAS", 5009,                     \
      "the process of an application pool ended")                                                  \
    X(POOL_PROCESS_FAILED, "pool-process-failed", "Microsoft-Windows-WAS", 5011,                   \
      "the process of an application pool failed")                                                 \
    X(POOL_DISABLED_STARTING, "pool-disabled-starting", "Microsoft-Windows-WAS", 5059,             \
      "an application pool was turned off")                                                        \
    X(FEATURE_ON, "feature-on", "Microsoft-Windows-Servicing", 9,                                  \
      "a feature of Windows was turned on")                                                        \
    X(FEATURE_OFF, "feature-off", "Microsoft-Windows-Servicing", 10,                               \
      "a feature of Windows was turned off")                                                       \
    X(FEATURE_REMOVED, "feature-removed", "Microsoft-Windows-Servicing", 15,                       \
      "a feature of Windows was removed")

enum host_event_kind {
#define X(name, word, provider, id, text) HOST_EVENT_##name,
    HOST_EVENT_LIST(X)
#undef X
        HOST_EVENT_KIND_COUNT
};

const char *host_event_word(enum host_event_kind kind);
const char *host_event_text(enum host_event_kind kind); /* "event 2280, IIS cannot load a module" */
enum host_event_kind host_event_from_word(const char *word); /* HOST_EVENT_KIND_COUNT: none */

enum { HOST_EVENT_TEXT_MOST = 512 }; /* bytes of one text; cut off beyond, at a whole character */

/* Texts are as the log has them; absent ones "". */
struct host_event {
    enum host_event_kind kind;
    const char *file;    /* 10113, 2280 to 2295: of the DLL, variables unexpanded; 2297: the
                            configuration */
    const char *error;   /* 2280 to 5059, where data tell: "0x8007007e" */
    const char *pool;    /* 2297, 5002 to 5059: the application pool */
    const char *feature; /* of Servicing: dism's name, of IIS' features and WinRM's extension */
};

/* The events that are any use here: for the readers of logs. */
extern const struct event_wish host_event_wishes[];

/* False for an event that is none of these, or tells none of what its kind does. In `arena`. */
bool host_event_read(const struct windows_event *event, struct arena *arena,
                     struct host_event *out);

#endif
