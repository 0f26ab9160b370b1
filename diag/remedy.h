/*
 * Remedies: the steps that repair, verify and undo, and the quoting that makes
 * them safe to paste.
 *
 * A step is written once, as a template beside the finding kind. Values enter it
 * at {placeholders} and are always quoted for the step's shell as one argument:
 * so a placeholder stands outside quotes, and takes a whole argument, what follows
 * the : or = of an option, or the end of a name in zone file text. {{ and }} stand
 * for braces; a brace that is neither doubled nor around a name stands for itself.
 * In a command {+ --option placeholder} stands for the words and the value, once for
 * every value of that name, and for nothing where there is none.
 *
 * A value that is missing, or that its shell cannot quote, leaves a quoted
 * '<placeholder>' and makes the step STEP_FILL_IN; in cmd it stands without quotes, so
 * that a line that was not filled in runs nothing ("The system cannot find the file
 * specified"), where "<placeholder>" would be taken for the value. So do these, though they are
 * printed, quoted: a value whose text nobody vouched for (it came from a banner,
 * a record, a reply), in `command` as in `where`; and in a command line a value
 * that a program could mistake: one that begins with - or / and is no VALUE_TXT,
 * and in the two PowerShells one that holds " or ends with \, which Windows
 * PowerShell does not escape for the programs it starts. In sh, names and plain paths stand bare
 * or between ", as every shell takes them: the Command Prompt knows no '. In a line of sh that is
 * said to be the same in PowerShell, a value that both do not quote alike (it holds ', which ends
 * the string in one of them) is not printed, and its <placeholder> stands instead.
 */
#ifndef EXDIAG_REMEDY_H
#define EXDIAG_REMEDY_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <stdbool.h>

/* X(NAME, "word in JSON") */
#define SHELL_LIST(X)                                                                              \
    X(POWERSHELL, "powershell")                                                                    \
    X(EMS, "ems") /* Exchange Management Shell */                                                  \
    X(CMD, "cmd")                                                                                  \
    X(SH, "sh")                                                                                    \
    X(DNS, "dns") /* zone file text, RFC 1035 5 */                                                 \
    X(MANUAL, "manual")

enum shell {
#define X(name, word) SHELL_##name,
    SHELL_LIST(X)
#undef X
        SHELL_COUNT
};

/* X(NAME, "word in JSON"): run as printed; fill in first; a person must choose */
#define STEP_KIND_LIST(X)                                                                          \
    X(EXACT, "exact")                                                                              \
    X(FILL_IN, "fill-in")                                                                          \
    X(DECIDE, "decide")

enum step_kind {
#define X(name, word) STEP_##name,
    STEP_KIND_LIST(X)
#undef X
        STEP_KIND_COUNT
};

const char *shell_word(enum shell shell);
const char *step_kind_word(enum step_kind kind);

/* How a value is written into a command. */
enum value_type {
    VALUE_TEXT,    /* any text */
    VALUE_NAME,    /* a domain or host name; zone file text gives it its trailing dot */
    VALUE_TXT,     /* the text of a TXT record; zone file text splits it, at spaces if it can,
                      into strings of at most 255 bytes */
    VALUE_TXT_DATA /* the same as RFC 1035 3.3.14 has it, a length octet before each string; for
                      zone file text alone, which keeps the strings */
};

struct value {
    const char *name; /* the placeholder it fills */
    const char *bytes;
    size_t size;
    enum value_type type;
    bool vouched; /* from the user or a trusted directory, not from unauthenticated text */
};

struct step_template {
    enum shell shell;
    enum step_kind kind;
    const char *where;     /* on which machine, in which console; text with placeholders */
    const char *condition; /* for whom it is, or which way it belongs to: "if it is a member of a
                              DAG", "the way round"; NULL: always. A condition is a person's to
                              judge: its step is STEP_DECIDE. Text with placeholders */
    const char *command;   /* with placeholders; for SHELL_MANUAL: what to do, in words */
    const char *risk;      /* what it changes and what may go wrong, or NULL; text */
    const char *note;      /* or NULL; text */
    const char *when; /* printed only if there is a value of this name; "!name": if there is none */
    const char *each; /* the command is a line for every value of this name; none without one */
    bool also_powershell; /* of SHELL_SH: the line is said to be the same in PowerShell */
    bool is_alternative;  /* instead of the step before: either will do, or the next that says so */
    bool is_gate;         /* what it shows or keeps is to be seen before the next is run: the two
                             are never told as lines to be pasted together */
    bool alone;           /* not where others claim the same (struct claim of finding.h); */
    bool rival;           /* there alone */
};

/* A step as it is printed. All strings are printable text (text.h). */
struct step {
    enum shell shell;
    enum step_kind kind;
    const char *where;
    const char *condition;           /* or NULL: always */
    const char *command;             /* several lines where the template has `each` */
    const char *risk;                /* or NULL */
    const char *note;                /* or NULL */
    const char *const *placeholders; /* what is left to fill in or to check */
    size_t placeholder_count;
    bool is_alternative; /* an alternative to the step before, which is there; never of the first
                            step */
    const struct step_template *from; /* what it was made of; NULL: nobody knows */
};

struct steps {
    const struct step *list;
    size_t count;
};

enum { REMEDY_VALUE_MOST = 65536 }; /* bytes of a value in a command */

/*
 * Appends `value` as one argument of `shell`. STATUS_INVALID, with `out` as it
 * was, if the shell has no safe way to write it: over REMEDY_VALUE_MOST bytes;
 * control and invisible characters (text_is_invisible()) and bytes that are not
 * UTF-8, zone file text excepted, which has \DDD. STATUS_TOO_LARGE, with `out` as
 * it was, if it does not fit there.
 *
 *   powershell, ems   in single quotes, with ' and U+2018 to U+201B doubled
 *   sh                in single quotes, with ' as '\''
 *   cmd               in double quotes, with trailing backslashes doubled, as the C
 *                     runtime reads them. Invalid: " and %, which cmd expands inside
 *                     quotes too; characters that become " % \ where a program asks
 *                     for its arguments in a code page; what no line of cmd can hold;
 *                     in VALUE_NAME $ and `, which PowerShell would expand.
 *                     ! is allowed: variables of that form are off unless asked for,
 *                     and their text is not parsed again
 *   dns               VALUE_NAME, itself presentation text (read/dns_name.h): with its
 *                     trailing dot and RFC 1035 5.1 escapes; invalid if it is no
 *                     name. Others: strings of up to 255 bytes in double quotes
 *   manual            in double quotes, for people. Invalid: "
 */
enum status remedy_quote(enum shell shell, enum value_type type, const char *bytes, size_t size,
                         struct buffer *out);

/* Fills the templates (ended by one without a command) with values; all in `arena`. */
struct steps remedy_steps(const struct step_template *templates, const struct value *values,
                          size_t value_count, struct arena *arena);

/* Fills {placeholders} of prose; values appear in their printable form (text.h). */
const char *remedy_text(const char *template, const struct value *values, size_t value_count,
                        struct arena *arena);

#endif
