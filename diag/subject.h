/*
 * What is examined: a domain, a server, a domain controller, a mailbox, a file. Subjects are named
 * by the user or found by a probe; they are only ever added.
 */
#ifndef EXDIAG_SUBJECT_H
#define EXDIAG_SUBJECT_H

#include <stdbool.h>

/* X(NAME, "word", "--option that names one") */
#define SUBJECT_KIND_LIST(X)                                                                       \
    X(DOMAIN, "domain", "--domain")                                                                \
    X(SERVER, "server", "--server")                                                                \
    X(DC, "dc", "--dc") /* a domain controller */                                                  \
    X(MAILBOX, "mailbox", "--mailbox")                                                             \
    X(FILE, "file", "--file")

enum subject_kind {
#define X(name, word, option) SUBJECT_##name,
    SUBJECT_KIND_LIST(X)
#undef X
        SUBJECT_KIND_COUNT
};

struct subject {
    enum subject_kind kind;
    const char *name;  /* canonical: a lower-case A-label name without trailing dot, an address, a
                          path;  of a mailbox all of it in lower case */
    const char *shown; /* for people: the same, the name in its own script (IDN), or a path with the
                          machine that it is of */
    bool given;        /* named by the user rather than found by a probe */
    const char *host;  /* of a file: the machine that it is of, by the user's word; canonical, or a
                          single label; NULL: it may tell itself */
};

const char *subject_kind_word(enum subject_kind kind);

/* SUBJECT_KIND_COUNT if there is no such word. */
enum subject_kind subject_kind_from_word(const char *word);

/* The order of reports: by kind, then by name. For qsort-like comparisons. */
int subject_compare(const struct subject *a, const struct subject *b);

#endif
