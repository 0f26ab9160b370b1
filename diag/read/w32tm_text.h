/*
 * What `w32tm /query /status /verbose`, `/query /configuration`, `/query /source` and
 * `/query /peers` print, in any language: labels are translated, so lines are known by their
 * place, and by what stands behind the colon or in brackets. Fuzz target: tests/fuzz/w32tm_text.c.
 */
#ifndef EXDIAG_READ_W32TM_TEXT_H
#define EXDIAG_READ_W32TM_TEXT_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { W32TM_TEXT_MOST = 1024 * 1024, W32TM_SETTINGS_MOST = 512, W32TM_PEERS_MOST = 64 };

/*
 * X(NAME, "word"): where a value of the configuration comes from (MS-W32T 2.2.6). The words are
 * translated, so they are learnt from where they stand: the registry alone can say DllName, no
 * policy says TimeJumpAuditOffset, and a policy sets all values of its group. What cannot be
 * learnt so is unknown, unless it is English.
 */
#define W32TM_ORIGIN_LIST(X)                                                                       \
    X(UNKNOWN, "unknown")                                                                          \
    X(LOCAL, "local")                                                                              \
    X(POLICY, "policy")                                                                            \
    X(DEFAULT, "default")

enum w32tm_origin {
#define X(name, word) W32TM_##name,
    W32TM_ORIGIN_LIST(X)
#undef X
        W32TM_ORIGIN_COUNT
};

/* X(NAME, "word in evidence", "what w32tm calls it", in every language) */
#define W32TM_SOURCE_LIST(X)                                                                       \
    X(SOURCE_UNKNOWN, "unknown", "")                                                               \
    X(SOURCE_PEER, "peer", "")                                                                     \
    X(SOURCE_LOCAL_CMOS, "local-cmos", "Local CMOS Clock")                                         \
    X(SOURCE_FREE_RUNNING, "free-running", "Free-running System Clock")                            \
    X(SOURCE_VM_IC, "vm-ic", "VM IC Time Synchronization Provider")

enum w32tm_source {
#define X(name, word, text) W32TM_##name,
    W32TM_SOURCE_LIST(X)
#undef X
        W32TM_SOURCE_COUNT
};

struct w32tm_setting {
    const char *name;  /* "NtpServer", "Type", "AnnounceFlags": never translated */
    const char *value; /* as printed, without the origin */
    enum w32tm_origin origin;
    const char *provider; /* the section it stands in, "NtpClient", or NULL */
};

struct w32tm_status {
    bool has_status; /* the text holds one */
    int leap;        /* -1: not said; so are the next */
    int stratum;
    uint32_t reference_id;
    enum w32tm_source source;
    const char *source_name; /* of SOURCE_PEER, without flags; else as printed */
    double root_delay;       /* seconds; negative: not said, as is the next */
    double root_dispersion;
    double phase_offset; /* seconds; NaN: not said */
    int last_error;      /* the number in front of the text; -1 */

    struct w32tm_setting *settings;
    size_t setting_count;
    const char **peers; /* without flags */
    size_t peer_count;

    uint32_t error; /* the HRESULT that stands in place of an answer, 0 without */
};

#define W32TM_SERVICE_NOT_STARTED UINT32_C(0x80070426)

/*
 * The whole text, UTF-8, any of the four or several of them, of which the last status counts.
 * STATUS_MALFORMED if it is none.
 */
enum status w32tm_read(const char *text, size_t size, struct arena *arena,
                       struct w32tm_status *out);

/*
 * True if text that begins like this is w32tm's, in any language and encoding: for
 * file_type_of(). A host name alone may be one that /query /source printed, or not.
 */
bool w32tm_is_text(const char *head, size_t size);

#endif
