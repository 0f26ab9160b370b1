/* What the directories of directory_peer.h say: messages of LDAP, right or wrong on purpose. */
#ifndef EXDIAG_TESTS_LAB_DIRECTORY_ANSWER_H
#define EXDIAG_TESTS_LAB_DIRECTORY_ANSWER_H

#include "diag/buffer.h"
#include "diag/read/ber.h"
#include "tests/lab/directory_peer.h"
#include "tests/lab/directory_tree.h"

struct directory_talk { /* one connection, as far as its answers go by it */
    bool has_tls;
    bool is_bound;
    bool starts_tls; /* once the answer is sent */
    bool ends;       /* likewise */
    struct directory_peer_account heard;
};

/* Appends what one message is answered with; nothing where there is nothing to say. */
void directory_answer(const struct directory_peer *peer, const struct directory_tree *tree,
                      struct directory_talk *talk, struct ber message, int64_t now,
                      struct buffer *out);

#endif
