/*
 * What one answer of a PowerShell virtual directory shows, live or in a log: told by status,
 * substatus, error code and token alone, never by a sentence, which every language has its own of.
 * A symptom is no verdict: how a healthy front end answers somebody who does not show who he is,
 * is documented nowhere.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_SYMPTOM_H
#define EXDIAG_PROBES_POWERSHELL_SYMPTOM_H

#include "diag/evidence/web.h"

/* X(NAME, "in words, behind the name of whoever answers") */
#define POWERSHELL_SYMPTOM_LIST(X)                                                                 \
    X(OTHER, "answers something that means nothing here")                                          \
    X(NOT_KNOWN, "was not asked")                                                                  \
    X(NO_TICKET, "was not asked: there is no ticket for it")                                       \
    X(NOT_TRUSTED, "was not asked: its certificate is not trusted")                                \
    X(SHELL, "lets a remote PowerShell begin, and refuses what was asked wrong on purpose")        \
    X(IDENTIFIED, "answers as WS-Management")                                                      \
    X(UNTYPED, "answers a remote PowerShell with something else")                                  \
    X(SERVED, "serves it")                                                                         \
    X(REDIRECTED, "sends elsewhere")                                                               \
    X(CHALLENGED, "asks who one is")                                                               \
    X(SKEWED, "refuses the ticket, for the clocks are too far apart")                              \
    X(EARLY, "refuses the ticket, for its time has not come there")                                \
    X(WRONG_KEY, "refuses the ticket, for it was made with another key")                           \
    X(TICKET_REFUSED, "refuses the ticket")                                                        \
    X(FORBIDDEN, "forbids it")                                                                     \
    X(SSL_REQUIRED, "forbids it without SSL")                                                      \
    X(NOT_FOUND, "has no such directory")                                                          \
    X(NOT_ALLOWED, "is there, and takes no such request")                                          \
    X(DENIED, "answers as WS-Management and denies access")                                        \
    X(FAULTED, "answers with a fault")                                                             \
    X(FAILED, "fails")                                                                             \
    X(BAD_CONFIG, "fails, for its configuration cannot be used")                                   \
    X(BAD_MODULE, "fails, for a module of its list is none")                                       \
    X(UNAVAILABLE, "is not available")                                                             \
    X(TLS_FAILED, "completes no TLS handshake")                                                    \
    X(REFUSED, "refuses the connection")                                                           \
    X(CLOSED, "closes the connection in place of an answer")                                       \
    X(SILENT, "does not answer in time")                                                           \
    X(UNREACHABLE, "cannot be reached")                                                            \
    X(NOT_HTTP, "answers no HTTP")

enum powershell_symptom {
#define X(name, text) POWERSHELL_##name,
    POWERSHELL_SYMPTOM_LIST(X)
#undef X
        POWERSHELL_SYMPTOM_COUNT
};

struct powershell_sign {
    enum powershell_symptom symptom;
    unsigned code;         /* of HTTP; 0: no answer */
    unsigned substatus;    /* of IIS: 19 of 500.19; 0: not told */
    uint32_t error;        /* of Windows, an HRESULT or the low word of one; 0: not told */
    uint32_t fault;        /* the number of WS-Management's; 0: none */
    int32_t kerberos;      /* RFC 4120 7.5.9; 0: none */
    int64_t server_time;   /* with that: microseconds since 1970 UTC; 0: not told */
    int64_t seconds_ahead; /* by that its clock, before the one of whoever asked */
    const char *node;      /* which server answered, by X-FEServer; or NULL */
};

/* In words: "fails". */
const char *powershell_symptom_text(enum powershell_symptom symptom);

/* Of an exchange that is settled; what it points to is the exchange's. */
struct powershell_sign powershell_sign_of(const struct web_exchange *exchange);

/* Of a line of a log of IIS: sc-status, sc-substatus, sc-win32-status. */
struct powershell_sign powershell_sign_of_status(unsigned code, unsigned substatus,
                                                 uint32_t win32_status);

/* The directory itself answers 500, whatever with: FAILED, BAD_CONFIG, BAD_MODULE. */
bool powershell_is_500(enum powershell_symptom symptom);

/*
 * What its codes point at: BAD_CONFIG or BAD_MODULE of a 500 whose error is one of IIS'
 * configuration or of a DLL that does not load, whatever its substatus; else the sign's own.
 */
enum powershell_symptom powershell_sign_points_at(const struct powershell_sign *sign);

/* WS-Management itself spoke, so its modules are there: SHELL, IDENTIFIED, DENIED, FAULTED. */
bool powershell_is_wsman(enum powershell_symptom symptom);

/* The clocks: SKEWED, EARLY. */
bool powershell_is_clock(enum powershell_symptom symptom);

/* Something spoke HTTP. */
bool powershell_is_answer(enum powershell_symptom symptom);

/*
 * What the sign's codes tell, "500.19, 0x80070021 (a section is locked)", into `out`; nothing
 * where there is only a status.
 */
void powershell_sign_write(const struct powershell_sign *sign, struct buffer *out);

#endif
