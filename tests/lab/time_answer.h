/* What the hosts of time_peer.h say: bytes of each protocol, right or wrong on purpose. */
#ifndef EXDIAG_TESTS_LAB_TIME_ANSWER_H
#define EXDIAG_TESTS_LAB_TIME_ANSWER_H

#include "diag/buffer.h"
#include "tests/lab/time_peer.h"

struct time_question {
    const unsigned char *bytes;
    size_t size;
    bool is_stream;
    unsigned asked;   /* questions heard before this one */
    int64_t received; /* by the host's clock: microseconds since 1970 UTC, as is the next */
    int64_t now;
    const struct time_peer_refusal *refusals; /* of a KDC; or NULL */
};

/* Appends the answer; nothing where there is none. */
void time_answer(const struct time_peer *peer, const struct time_question *question,
                 struct buffer *out);

/* "220 EX01.contoso.com ... ready at Sun, 22 Nov 2026 09:05:07 +0000" and its end. */
void time_answer_greeting(const struct time_peer *peer, int64_t now, struct buffer *out);

#endif
