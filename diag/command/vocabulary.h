/*
 * The words that the command line knows: commands, probes, findings, services, formats. One place
 * for whoever completes them, guesses at a mistyped one, or prints them.
 */
#ifndef EXDIAG_COMMAND_VOCABULARY_H
#define EXDIAG_COMMAND_VOCABULARY_H

#include "diag/finding.h"
#include "diag/memory.h"

#include <stddef.h>

struct word {
    const char *text;
    const char *help; /* one line; never NULL */
};

struct words {
    struct word *list;
    size_t count;
    size_t room;
};

/* How the words of a vocabulary make a value. */
enum word_shape {
    SHAPE_WORD,      /* WORD */
    SHAPE_LIST,      /* WORD,WORD,... */
    SHAPE_ASSIGNMENT /* WORD=VALUE */
};

/* X(NAME, "name in scripts", shape): what stands as an argument, or as the value of an option */
#define VOCABULARY_LIST(X)                                                                         \
    X(NONE, "none", WORD)               /* nothing stands there */                                 \
    X(TEXT, "text", WORD)               /* text that nobody can guess: a name, a number */         \
    X(FILE, "file", WORD)               /* a file or folder */                                     \
    X(SOURCE, "source", WORD)           /* [HOST=]FILE */                                          \
    X(CHECKS, "checks", LIST)           /* probes and findings */                                  \
    X(SEVERITY, "severity", ASSIGNMENT) /* FINDING=LEVEL */                                        \
    X(PORT, "port", ASSIGNMENT)         /* SERVICE=N */                                            \
    X(PATIENCE, "patience", WORD)                                                                  \
    X(FORMAT, "format", WORD)                                                                      \
    X(SPF_FORMAT, "spf_format", WORD)                                                              \
    X(KNOWLEDGE, "knowledge", WORD) /* findings and topics of `exdiag explain` */                  \
    X(SHELL, "shell", WORD)                                                                        \
    X(COMMAND, "command", WORD)

enum vocabulary_kind {
#define X(name, word, shape) VOCABULARY_##name,
    VOCABULARY_LIST(X)
#undef X
        VOCABULARY_COUNT
};

struct vocabulary {
    const char *name;
    enum word_shape shape;
    struct words words;  /* none of TEXT, FILE and SOURCE */
    struct words values; /* of SHAPE_ASSIGNMENT what may stand behind the =; none: text */
};

/*
 * What the value of an option may be, by the name that the help gives it (`value` of
 * option_table.h); VOCABULARY_COUNT for a name that is not known here.
 */
enum vocabulary_kind vocabulary_of_value(const char *value);

/* Its words, in `memory`, with what they mean. */
struct vocabulary vocabulary_read(enum vocabulary_kind kind, struct arena *memory);

/* What a finding is, without its values, on one line. */
const char *vocabulary_headline(const struct finding_kind *kind, struct arena *memory);

void words_add(struct words *words, struct arena *memory, const char *text, const char *help);

/* The word that is most like a mistyped one; NULL if none is. */
const char *words_nearest(const struct words *words, const char *typed);

#endif
