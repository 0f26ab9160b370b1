/* One question to a KDC and its answer (RFC 4120 7.2), over UDP or TCP. */
#ifndef EXDIAG_POSIX_KDC_H
#define EXDIAG_POSIX_KDC_H

#include "diag/buffer.h"
#include "diag/read/net_address.h"
#include "diag/status.h"

#include <stdint.h>

enum { KDC_ANSWER_MOST = 1 << 20 };

/*
 * Asks over UDP where the request fits a datagram and nobody has said that the answer does not
 * (`over_tcp`), and over TCP where that has no answer. `answer`: of KDC_ANSWER_MOST.
 */
enum status kdc_ask(const struct net_address *kdc, const void *request, size_t size, bool over_tcp,
                    int64_t deadline, struct buffer *answer);

#endif
