/*
 * Response codes of Exchange Web Services ("ErrorServerBusy"), told apart by what they mean to
 * whoever asks for a message. Codes are tokens and the same in every language; the sentences
 * around them are not.
 */
#ifndef EXDIAG_READ_EWS_CODE_H
#define EXDIAG_READ_EWS_CODE_H

#include <stdbool.h>
#include <stddef.h>

enum { EWS_CODE_MOST = 80 }; /* bytes of a code */

/* X(NAME, "word in evidence") */
#define EWS_CLASS_LIST(X)                                                                          \
    X(NONE, "none")             /* no code at all */                                               \
    X(TRANSIENT, "transient")   /* the server's own trouble: to be tried again */                  \
    X(THROTTLED, "throttled")   /* the caller's budget, or the server's: to be tried later */      \
    X(CONVERSION, "conversion") /* this one message cannot be made MIME */                         \
    X(DENIED, "denied")         /* the caller may not */                                           \
    X(GONE, "gone")             /* the message, folder or mailbox is not there */                  \
    X(OTHER, "other")

enum ews_class {
#define X(name, word) EWS_CLASS_##name,
    EWS_CLASS_LIST(X)
#undef X
        EWS_CLASS_COUNT
};

const char *ews_class_word(enum ews_class class);

/*
 * Of a code, or of an HTTP status written "HTTP 503"; NULL is EWS_CLASS_NONE. Case matters, as in
 * XML.
 */
enum ews_class ews_class_of(const char *code);

/* How many known codes begin so; `*one` is the last of them. For a log that ends amid a code. */
size_t ews_code_complete(const char *start, const char **one);

/*
 * The first code in a text that this program has a class for; if none is known, the first that
 * is spelled like one: "Error", a capital, then letters and digits, as a whole word of at most
 * EWS_CODE_MOST bytes. Its size, 0 if there is none; `*start` is where it begins.
 */
size_t ews_code_find(const char *text, size_t size, size_t *start);

#endif
