/*
 * Evidence of kind "http-log": how web requests ended, by one log of IIS or of Exchange
 * (read/http_log.h): a bounded digest that holds no user, query or address.
 *
 * Redacted, the server becomes the pseudonym that it has everywhere, and of clients the words of
 * those that are known stay (MailStore, ExchangeServicesClient, Outlook …).
 */
#ifndef EXDIAG_EVIDENCE_HTTP_LOG_H
#define EXDIAG_EVIDENCE_HTTP_LOG_H

#include "diag/evidence/evidence.h"
#include "diag/read/http_log.h"

struct http_log_digest {
    struct evidence evidence;
    const char *path;    /* the question */
    struct http_log log; /* the observation */
};

extern const struct evidence_kind evidence_http_log;

#endif
