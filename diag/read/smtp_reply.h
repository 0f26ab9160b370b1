/*
 * SMTP replies (RFC 5321 4.2): a three-digit code and lines, of which only the last has
 * a space, or nothing, behind its code. Bytes come in pieces of any size, at times that
 * the caller names; what a peer sends beyond a limit is counted and not kept.
 * Fuzz target: tests/fuzz/smtp_reply.c.
 */
#ifndef EXDIAG_READ_SMTP_REPLY_H
#define EXDIAG_READ_SMTP_REPLY_H

#include "diag/memory.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SMTP_LINE_KEPT = 512,         /* bytes of a line (RFC 5321 4.5.3.1.5) */
    SMTP_TOKEN_LINE_KEPT = 12288, /* the same in a logon (RFC 4954 4) */
    SMTP_LINES_KEPT = 64,         /* of a reply */
    SMTP_REPLY_MOST = 128 * 1024  /* bytes; a reply that is longer is none */
};

struct smtp_line {
    int64_t at;       /* when its last byte came: microseconds since the conversation began */
    const char *text; /* as received, without CR LF or LF; any bytes, a NUL behind the last */
    size_t size;
};

/*
 * X(NAME, "word in evidence"): how far a reply got. A line that a firewall has written
 * over counts as the last one: see smtp_is_masked().
 */
#define SMTP_REPLY_STATE_LIST(X)                                                                   \
    X(PARTIAL, "partial")   /* more is to come: no byte yet, teaser lines, half a line */          \
    X(COMPLETE, "complete") /* its last line is there */                                           \
    X(STRANGE, "strange")   /* a line is none of a reply, or its code is neither the first's       \
                               nor a refusal; half a line too, if nothing can make it one */       \
    X(TOO_LARGE, "too-large")

enum smtp_reply_state {
#define X(name, word) SMTP_REPLY_##name,
    SMTP_REPLY_STATE_LIST(X)
#undef X
        SMTP_REPLY_STATE_COUNT
};

const char *smtp_reply_state_word(enum smtp_reply_state state);
enum smtp_reply_state smtp_reply_state_from_word(const char *word); /* PARTIAL if it is none */

struct smtp_reply {
    enum smtp_reply_state state;
    /*
     * 200 to 599, of the first line that had one; 0: none had. 4xx or 5xx from a later line
     * on, which takes back what was begun: "220-mail", then "521 blocked" of postscreen.
     */
    unsigned code;
    uint64_t bytes;          /* received for this reply, kept or not */
    int64_t first_byte;      /* as smtp_line.at; -1: none came */
    int64_t last_byte;       /* the same */
    struct smtp_line *lines; /* complete ones; the last may be cut off where the peer fell silent */
    size_t line_count;       /* kept */
    bool is_cut;             /* more lines, or longer ones, came than are kept */
};

struct smtp_reply_reader; /* in smtp_reply.c */

/* Reads one reply after another; lines live in `arena`. */
struct smtp_reply_reader *smtp_reply_reader_new(struct arena *arena);

/* The same with lines as long as a logon's: SMTP_TOKEN_LINE_KEPT. */
struct smtp_reply_reader *smtp_reply_reader_new_for_tokens(struct arena *arena);

/*
 * Begins the next reply. Bytes that came behind the last one's end are its first; the rest
 * of a line that is still under way is no part of it, and counts for SMTP_REPLY_MOST alone.
 */
void smtp_reply_begin(struct smtp_reply_reader *reader);

/*
 * Takes what came at the time `at`, until the reply ends. Bytes behind its end wait
 * for smtp_reply_begin(): a peer that sends those speaks out of turn.
 */
void smtp_reply_add(struct smtp_reply_reader *reader, const char *bytes, size_t size, int64_t at);

/* True if no more can be added: it is complete, strange, or too large. */
bool smtp_reply_is_over(const struct smtp_reply_reader *reader);

/* The reply so far, half a line included. Valid until more of it is added; then ask again. */
struct smtp_reply smtp_reply_of(const struct smtp_reply_reader *reader);

/*
 * Bytes that wait for the next reply: after STARTTLS there must be none (RFC 3207 6). At
 * most SMTP_REPLY_MOST are kept.
 */
size_t smtp_reply_left(const struct smtp_reply_reader *reader);

/* Forgets them: they answer nothing that will be asked. */
void smtp_reply_drop(struct smtp_reply_reader *reader);

/* ---- what a reply says ---- */

/* The text of a line behind its code and the character after it; "" without one. */
const char *smtp_line_text(const struct smtp_line *line);

/* The enhanced status code of a line, "4.3.2" (RFC 3463), copied into `arena`; NULL without one. */
const char *smtp_enhanced_code(const struct smtp_line *line, struct arena *arena);

/*
 * The parameters behind an EHLO keyword, "" if it has none; NULL if it is not offered.
 * Keywords in any case; the first line greets and offers nothing (RFC 5321 4.1.1.1).
 */
const char *smtp_keyword(const struct smtp_reply *ehlo, const char *keyword);

/*
 * True for a greeting or a reply that a firewall has written over. Asterisks where text
 * stood, as Mailguard of Cisco's PIX and ASA makes them: every line has some, and beside
 * them digits and spaces alone ("220 ****", "2002***2***0*00"); "220 SMTP/cmap____ read";
 * or EHLO keywords made X ("250-XXXXXXXA").
 */
bool smtp_is_masked(const struct smtp_reply *reply);

#endif
