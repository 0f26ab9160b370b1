/*
 * Everything a scripted name server can do wrong, as data; and one question turned
 * into the bytes of its reply under such faults.
 */
#ifndef EXDIAG_TESTS_LAB_DNS_FAULT_H
#define EXDIAG_TESTS_LAB_DNS_FAULT_H

#include "tests/lab/dns_zone.h"

/* X(NAME, bit, word in files of lab_name_server) */
#define LAB_FAULT_LIST(X)                                                                          \
    /* What is answered instead of what the records say. */                                        \
    X(NXDOMAIN, 0, "nxdomain")                                                                     \
    X(NODATA, 1, "nodata")                                                                         \
    X(FORMERR, 2, "formerr")                                                                       \
    X(SERVFAIL, 3, "servfail")                                                                     \
    X(NOTIMP, 4, "notimp")                                                                         \
    X(REFUSED, 5, "refused")                                                                       \
    X(ALIAS_ONLY, 6, "alias-only")     /* the first CNAME record, its target left out */           \
    X(NO_AUTHORITY, 7, "no-authority") /* AA clear, though the data is its own */                  \
                                                                                                   \
    /* What is not answered. */                                                                    \
    X(SILENT, 8, "silent")                                                                         \
    X(UDP_SILENT, 9, "udp-silent")                                                                 \
                                                                                                   \
    /* Servers older than EDNS: FORMERR to a question with OPT, or no answer to it. */             \
    X(OLD, 10, "old")                                                                              \
    X(DROPS_EDNS, 11, "drops-edns")                                                                \
                                                                                                   \
    /* Over UDP only TC, no records; and what then comes over TCP. */                              \
    X(TRUNCATE, 12, "truncate")                                                                    \
    X(TCP_SILENT, 13, "tcp-silent")   /* nothing */                                                \
    X(TCP_STALL, 14, "tcp-stall")     /* half a message, then nothing */                           \
    X(TCP_CLOSE, 15, "tcp-close")     /* the end of the connection */                              \
    X(TCP_CUT, 16, "tcp-cut")         /* half a message, then the end */                           \
    X(TCP_GARBAGE, 17, "tcp-garbage") /* bytes that are no message */                              \
    X(TCP_DRIBBLE, 18, "tcp-dribble") /* the right message, a byte at a time */                    \
                                                                                                   \
    /* Damage to the reply, over UDP and TCP. */                                                   \
    X(WRONG_ID, 19, "wrong-id")                                                                    \
    X(WRONG_QUESTION, 20, "wrong-question") /* the first letter is another in the question */      \
    X(WRONG_OWNER, 21, "wrong-owner")       /* the records answered are another name's */          \
    X(WRONG_SOURCE, 22, "wrong-source")     /* UDP: sent from another port */                      \
    X(NAME_LOOP, 23, "name-loop")           /* a compression pointer into its own name */          \
    X(GARBAGE, 24, "garbage")               /* bytes that are no message */                        \
    X(GARBLED, 25, "garbled")               /* header and question, then bytes without sense */    \
    X(SHORT, 26, "short")                   /* ends in the middle of a record, TC clear */         \
    X(BARE, 27, "bare")                     /* the header alone */                                 \
                                                                                                   \
    /* Several replies to one question over UDP. */                                                \
    X(THEN_TRUTH, 28, "then-truth") /* the damaged one, then the same without damage */            \
    X(TWICE, 29, "twice")

enum lab_fault {
#define X(name, bit, word) LAB_##name = 1 << (bit),
    LAB_FAULT_LIST(X)
#undef X
};

/* The bit of a word, 0 if there is none of that name. */
unsigned lab_fault_from_word(const char *word);

struct lab_question {
    struct lab_name name; /* case as received */
    uint16_t id;
    uint16_t type;
    uint16_t flags; /* as in the header */
    bool edns;
    size_t udp_size; /* the largest reply the other side takes over UDP */
    bool over_tcp;
};

/*
 * Reads a question: QR clear, one question of class IN, perhaps one OPT record.
 * STATUS_MALFORMED for anything else, which a server drops.
 */
enum status lab_question_read(const uint8_t *bytes, size_t size, bool over_tcp,
                              struct lab_question *out);

/* Writes the whole reply to a question. `faults` are bits of enum lab_fault. */
void lab_reply_write(const struct lab_zone *zone, bool authoritative,
                     const struct lab_question *question, unsigned faults,
                     struct lab_writer *writer);

/* The faults that are left when a reply is sent undamaged. */
unsigned lab_faults_without_damage(unsigned faults);

#endif
