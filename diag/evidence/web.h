/*
 * Evidence of kind "web": one exchange with a web server. One request of a fixed kind, as nobody or
 * as whom the options say, and what came back: status, the fields that tell something, the
 * beginning of the body. Redirects are not followed. Nothing that shows who one is enters this.
 *
 * STATUS_OK: an answer's head was read, whatever it says. Else `step` is where it ended, with the
 * statuses of gather/http_session.h.
 */
#ifndef EXDIAG_EVIDENCE_WEB_H
#define EXDIAG_EVIDENCE_WEB_H

#include "diag/evidence/certificate.h"
#include "diag/read/net_address.h"
#include "diag/read/wsman_reply.h"

/* X(NAME, "word in evidence"): in the order in which they happen */
#define WEB_STEP_LIST(X)                                                                           \
    X(TICKET, "ticket")                                                                            \
    X(CONNECT, "connect")                                                                          \
    X(HANDSHAKE, "handshake")                                                                      \
    X(ANSWER, "answer") /* from the request to the answer's head */                                \
    X(BODY, "body")

enum web_step {
#define X(name, word) WEB_##name,
    WEB_STEP_LIST(X)
#undef X
        WEB_STEP_COUNT
};

/* X(NAME, "word in evidence", "name of the scheme"): how one shows who one is */
#define WEB_SCHEME_LIST(X)                                                                         \
    X(ANONYMOUS, "none", "")                                                                       \
    X(NEGOTIATE, "negotiate", "Negotiate") /* Kerberos alone */                                    \
    X(NTLM, "ntlm", "NTLM")                                                                        \
    X(BASIC, "basic", "Basic")                                                                     \
    X(BEARER, "bearer", "Bearer")

enum web_scheme {
#define X(name, word, text) WEB_##name,
    WEB_SCHEME_LIST(X)
#undef X
        WEB_SCHEME_COUNT
};

/*
 * X(NAME, "word in evidence"): what is asked. The last three are POSTs of WS-Management:
 *
 * - IDENTIFY: who answers (DSP0226 11). As nobody with the field WSMANIDENTIFY: unauthenticated,
 *   as somebody without it; a version is told to somebody alone.
 * - LOGON: without a body, as the clients of Windows begin a conversation, so that what comes
 *   next can be sealed. 200 without a body is the good answer of WinRM's own listener; that of
 *   a directory in IIS is written down nowhere.
 * - SHELL: the Create of a shell of Exchange that is to be refused (read/wsman_request.h says
 *   why, and what the good answer is: 500 with a fault of the number WSMAN_PSRP_VERSION). Where a
 *   shell is made all the same, its Delete follows in the same session: `shell`.
 *
 * WinRM answers 500 to content as somebody that is neither sealed nor within TLS (AllowUnencrypted
 * is usually false), and that 500 is no fault. So IDENTIFY and SHELL as somebody are not sent
 * without TLS: STATUS_NOT_SUPPORTED. GET and LOGON, which have no content, are.
 */
#define WEB_REQUEST_LIST(X)                                                                        \
    X(GET, "get")                                                                                  \
    X(IDENTIFY, "identify")                                                                        \
    X(LOGON, "logon")                                                                              \
    X(SHELL, "shell")

enum web_request {
#define X(name, word) WEB_##name,
    WEB_REQUEST_LIST(X)
#undef X
        WEB_REQUEST_COUNT
};

/* X(NAME, "word in evidence"): what became of the shell of SHELL */
#define WEB_SHELL_LIST(X)                                                                          \
    X(NONE, "none")       /* nothing says that there was one */                                    \
    X(DELETED, "deleted") /* it was made, and deleted again */                                     \
    X(LEFT, "left")       /* it was made, and goes after WSMAN_SHELL_SECONDS */

enum web_shell {
#define X(name, word) WEB_SHELL_##name,
    WEB_SHELL_LIST(X)
#undef X
        WEB_SHELL_COUNT
};

const char *web_step_word(enum web_step step);
const char *web_scheme_word(enum web_scheme scheme);
const char *web_scheme_name(enum web_scheme scheme);
const char *web_request_word(enum web_request request);
const char *web_shell_word(enum web_shell shell);

/* What a challenge's token holds (read/spnego.h). */
enum web_token { WEB_NO_TOKEN, WEB_KERBEROS_ERROR, WEB_NTLM_CHALLENGE, WEB_OTHER_TOKEN };

struct web_challenge {  /* one of WWW-Authenticate */
    const char *scheme; /* as the server writes it: "Negotiate" */
    enum web_token token;
    int32_t error_code;  /* of WEB_KERBEROS_ERROR (RFC 4120 7.5.9) */
    int64_t server_time; /* of both, where they say: microseconds since 1970 UTC; 0 */
};

struct web_field {
    const char *name;  /* as web_fields[] writes it */
    const char *value; /* as the server did; up to WEB_VALUE_MOST bytes */
};

/* The fields that are kept, ended by NULL. */
extern const char *const web_fields[];

enum {
    WEB_BODY_MOST = 16384,        /* bytes of a body that are kept */
    WEB_BODY_READ_MOST = 1 << 20, /* that are read, and counted */
    WEB_VALUE_MOST = 2048,
    WEB_CHALLENGES_MOST = 16,
    WEB_FIELDS_MOST = 32, /* one field may come several times */
    WEB_CODES_MOST = 16
};

struct web_exchange {
    struct evidence evidence;

    /* the question */
    struct net_address address;
    bool over_tls;
    /* The user's or the directory's word, for requests as somebody; or NULL: the address. */
    const char *host;
    const char *path; /* "/PowerShell/" */
    enum web_request request;
    bool as_somebody; /* the bearer of --token-file, --user, or the caller with a ticket */
    /* Who is asked for the ticket: no part of the key. Port 0: whom the system finds. */
    struct net_address kdc;
    const char *realm; /* of the host, upper case; NULL: the caller's own */

    /* the observation */
    enum web_step step; /* the last that was begun */
    enum web_scheme scheme;
    const char *caller;       /* "alice@CONTOSO.COM", of Kerberos and --user; or NULL */
    int32_t error_code;       /* of the KDC, which gave no ticket; 0 */
    int64_t server_time;      /* of its KRB-ERROR: microseconds since 1970 UTC; 0 */
    unsigned code;            /* 200 to 599; 0: no answer */
    const char *phrase;       /* behind it, "Unauthorized" */
    struct web_field *fields; /* in the order of web_fields[] */
    size_t field_count;
    struct web_challenge *challenges;
    size_t challenge_count;
    enum status body_status; /* OK: all of it was read; else what ended that, LIMIT among them */
    uint64_t body_size;      /* of it that was read, decoded */
    const char *body;        /* its beginning, any bytes, with a NUL behind it; or NULL */
    size_t body_kept;        /* bytes of that */
    const char **codes;      /* in all that was read: read/http_head.h, http_next_code() */
    size_t code_count;
    const struct wsman_reply
        *wsman;           /* the body, where it is SOAP 1.2, whatever was asked; or NULL */
    enum web_shell shell; /* of WEB_SHELL */
    /* Microseconds since it began; -1: it was not come to that, or TLS failed behind it. */
    int64_t connected, secured, answered, ended;
    struct certificate *chain; /* of TLS; none: there was no handshake to see any */
    size_t chain_count;
    long verify_code;        /* X509_V_OK (0), or why the chain is not trusted */
    const char *verify_text; /* the same for people; NULL without a chain */
};

extern const struct evidence_kind evidence_web;

/* The first value of a field that is kept, in any case; or NULL. */
const char *web_field_of(const struct web_exchange *exchange, const char *name);

/* The first challenge of a scheme, in any case; or NULL. */
const struct web_challenge *web_challenge_of(const struct web_exchange *exchange,
                                             const char *scheme);

#endif
