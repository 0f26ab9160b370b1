/*
 * The names that a mail server goes by: what it announces, what the directory has it announce, and
 * its own.
 */
#ifndef EXDIAG_PROBES_SPN_NAMES_H
#define EXDIAG_PROBES_SPN_NAMES_H

#include "diag/evidence/smtp.h"
#include "probes/spn/judge.h"

enum { SPN_NAMES_MOST = 24, SPN_NAME_LISTENERS_MOST = 8, SPN_NAME_OTHERS_MOST = 8 };

struct spn_name {
    const char *host;              /* folded */
    unsigned reasons;              /* enum spn_reason */
    bool is_vouched;               /* by the user or the directory */
    const char *greeting;          /* the line that announces it, or NULL */
    const struct evidence *source; /* of that line, else of the configuration; or NULL */
    const struct spn_listener *listeners[SPN_NAME_LISTENERS_MOST]; /* configured to be called so */
    size_t listener_count;
    const struct spn_server *others[SPN_NAME_OTHERS_MOST]; /* seen to go by it, too */
    size_t other_count;
    bool is_spread; /* others come by it, and it has several addresses */
};

struct spn_names {
    struct spn_name list[SPN_NAMES_MOST];
    size_t count;
    size_t left_out;                    /* there are more, that often */
    const struct spn_listener *strange; /* is to call itself what is no name of a host; or NULL */
};

/* It may be the name of a host: what DNS takes, of the characters that hosts are named with. */
bool spn_is_host(const char *name);

/*
 * What is no name of a host is left out, and so is what is one too many. NULL then, else where it
 * stands now.
 */
struct spn_name *spn_names_add(struct spn_names *names, struct arena *arena, const char *host,
                               enum spn_reason reason, bool is_vouched,
                               const struct evidence *source);

/* Its own full and short name, and what its virtual servers and connectors are called. */
void spn_names_add_server(struct spn_names *names, struct arena *arena,
                          const struct spn_server *server, const struct evidence *source);

/* Those of SMTP that its account has beside them. True if there are any. */
bool spn_names_add_held(struct spn_names *names, struct arena *arena,
                        const struct spn_account *account);

/* It greets so, or replies so to EHLO. */
bool spn_announces(const struct smtp_conversation *conversation, const char *host);

/* What it calls itself in its greeting and in its reply to EHLO. */
void spn_names_add_announced(struct spn_names *names, struct arena *arena,
                             const struct smtp_conversation *conversation);

#endif
