/*
 * Features of Windows and their states, as its tools print them, of one machine: Get-WindowsFeature
 * (its tree of check boxes, `| Format-List`, `| Format-Table`, Export-Csv, ConvertTo-Csv,
 * Export-Clixml), Get-WindowsOptionalFeature, `dism /online /get-features` (both formats) and
 * /get-featureinfo. With prompts and other text around.
 *
 * States are told by the boxes "[X]", "[ ]", "[R]", by the words that PowerShell prints in every
 * language, and by dism's in the languages that are known (feature_state_of()); with any other
 * word a state is unknown. Names of features are the same everywhere. Server Manager and dism have
 * different names for the same feature. Fuzz target: tests/fuzz/windows_feature.c.
 */
#ifndef EXDIAG_READ_WINDOWS_FEATURE_H
#define EXDIAG_READ_WINDOWS_FEATURE_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>

/* X(NAME, "word in evidence") */
#define FEATURE_STATE_LIST(X)                                                                      \
    X(UNKNOWN, "unknown")                                                                          \
    X(INSTALLED, "installed")                                                                      \
    X(AVAILABLE, "available")     /* not installed, its files are there */                         \
    X(REMOVED, "removed")         /* not installed, its files are not there either */              \
    X(PENDING_ON, "pending-on")   /* installed once Windows was started again */                   \
    X(PENDING_OFF, "pending-off") /* the reverse */

enum feature_state {
#define X(name, word) FEATURE_##name,
    FEATURE_STATE_LIST(X)
#undef X
        FEATURE_STATE_COUNT
};

const char *feature_state_word(enum feature_state state);
enum feature_state feature_state_from_word(const char *word); /* FEATURE_UNKNOWN: none */

/* Whose names they are. X(NAME, "word in evidence") */
#define FEATURE_NAMES_LIST(X)                                                                      \
    X(SERVER_MANAGER, "server-manager") /* Get-WindowsFeature: "WinRM-IIS-Ext" */                  \
    X(DISM, "dism")                     /* dism, Get-WindowsOptionalFeature: "IIS-WebServerRole" */

enum feature_names {
#define X(name, word) FEATURE_OF_##name,
    FEATURE_NAMES_LIST(X)
#undef X
        FEATURE_NAMES_COUNT
};

enum {
    FEATURE_LIST_BYTES_MOST = 4 << 20, /* of a text; what is behind is not read */
    FEATURE_LIST_MOST = 2000,
    FEATURE_NAME_MOST = 255
};

/* Of WinRM's extension for IIS, which Server Manager calls "WinRM-IIS-Ext". */
#define FEATURE_WINRM_IIS_EXT_OF_DISM "Microsoft-Windows-Web-Services-for-Management-IIS-Extension"

struct windows_feature {
    const char *name; /* printable ASCII, as written */
    enum feature_names names;
    enum feature_state state;
};

struct windows_feature_list {
    struct windows_feature *features; /* in the order of the text; of one that comes twice with
                                         different states the state is unknown */
    size_t count;
    bool is_cut;          /* there were more */
    const char *computer; /* PSComputerName, where the text tells one; or NULL */
};

/*
 * UTF-8, or a code page's bytes. STATUS_NOT_FOUND where none of its features is known to be one
 * (windows_feature_is_known()). Of several computers no state is known. In `arena`.
 */
enum status windows_feature_read(const char *text, size_t size, struct arena *arena,
                                 struct windows_feature_list *out);

/* Any case; NULL if it is not there. */
const struct windows_feature *windows_feature_find(const struct windows_feature_list *list,
                                                   enum feature_names names, const char *name);

/* True if text that begins like this tells features: for file_type_of(). */
bool windows_feature_is_text(const char *head, size_t size);

/* Whether a feature can be called so, and whether Windows calls some like this. */
bool windows_feature_is_name(const char *text, size_t size);
bool windows_feature_is_known(const char *name, size_t size);

/*
 * What a tool says of a state, in any language and letter case: "Installed", "Enabled",
 * "Deaktiviert"; of a code page that is not UTF-8, only ASCII has to fit. FEATURE_UNKNOWN for all
 * else.
 */
enum feature_state feature_state_of(const char *word, size_t size);

#endif
