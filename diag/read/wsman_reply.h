/*
 * Replies of WS-Management (DSP0226 11 and 14, MS-WSMV 2.2.4.43): who answers, or a SOAP 1.2 fault
 * with the number by which Windows names the cause, whatever its language. Read by namespaces, so
 * that prefixes do not matter. Fuzz target: tests/fuzz/wsman_reply.c.
 *
 * Pages of IIS, which are no SOAP, have their codes in web_exchange's `codes`.
 */
#ifndef EXDIAG_READ_WSMAN_REPLY_H
#define EXDIAG_READ_WSMAN_REPLY_H

#include "diag/read/xml.h"

#include <stdbool.h>

enum {
    WSMAN_TOKEN_MOST = 80, /* bytes of a token */
    WSMAN_TEXT_MOST = 512  /* of everything else */
};

/* X(NAME, "word in evidence") */
#define WSMAN_REPLY_LIST(X)                                                                        \
    X(FAULT, "fault")                                                                              \
    X(IDENTITY, "identity") /* IdentifyResponse */                                                 \
    X(SHELL, "shell")       /* one was created */                                                  \
    X(OTHER, "other")       /* another envelope of SOAP 1.2 */

enum wsman_reply_kind {
#define X(name, word) WSMAN_REPLY_##name,
    WSMAN_REPLY_LIST(X)
#undef X
        WSMAN_REPLY_COUNT
};

const char *wsman_reply_word(enum wsman_reply_kind kind);

/* Texts are printable, NULL where there is none, and shortened to the limits above. */
struct wsman_reply {
    enum wsman_reply_kind kind;

    /* of a fault */
    const char *code;          /* "Sender", "Receiver": without its prefix, as the next */
    const char *subcode;       /* the innermost: "InvalidSelectors", "AccessDenied" */
    const char *detail;        /* of FaultDetail, the last part: "UnexpectedSelectors" */
    bool has_number;           /* there is a WSManFault with a Code */
    uint32_t number;           /* the innermost: 2150858770, which is 0x80338012; 5 */
    const char *machine;       /* whose fault it is, as it calls itself */
    const char *provider;      /* "microsoft.powershell": the plug-in that failed */
    const char *provider_path; /* "C:\WINDOWS\system32\pwrshplugin.dll" */
    const char *text;          /* for people, in the server's language: judge nothing by it */

    /* of an identity */
    const char *vendor;  /* "Microsoft Corporation" */
    const char *version; /* "OS: 10.0.17763 SP: 0.0 Stack: 3.0" */

    /* of a shell */
    const char *shell; /* its ShellId */
};

/* Numbers that tell one cause from another (wsmerror.h, winerror.h, MS-PSRP 3.2.5.3.2). */
#define WSMAN_ACCESS_DENIED           UINT32_C(5)
#define WSMAN_RESOURCE_UNKNOWN        UINT32_C(0x80338000) /* by its URI and selectors */
#define WSMAN_DESTINATION_UNREACHABLE UINT32_C(0x80338012) /* whom a server passes it on to */
#define WSMAN_URI_UNKNOWN             UINT32_C(0x8033803B) /* it is in no catalog */
#define WSMAN_PSRP_VERSION            UINT32_C(0x80540BC5) /* of wsman_write_create(): good */

/* The number is of PowerShell's plug-in (facility 0x54): all before it in the row did their part.
 */
bool wsman_number_is_of_powershell(uint32_t number);

/*
 * STATUS_OK, with texts in `arena`; STATUS_NOT_FOUND: it is XML and no SOAP 1.2; else as
 * xml_parse(): HTML, or what was cut off, is STATUS_MALFORMED. `out` is cleared then.
 */
enum status wsman_read_reply(const struct xml_library *library, const char *bytes, size_t size,
                             struct arena *arena, struct wsman_reply *out);

#endif
