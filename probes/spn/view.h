/* A mail server as it is seen: in the directory, in exports, at its port 25. */
#ifndef EXDIAG_PROBES_SPN_VIEW_H
#define EXDIAG_PROBES_SPN_VIEW_H

#include "probes/spn/exports.h"
#include "probes/spn/forest.h"
#include "probes/spn/names.h"
#include "probes/spn/ticket.h"

enum { SPN_CASES_MOST = 2 * SPN_NAMES_MOST };

struct spn_view {
    const char *host; /* the subject's name */
    bool is_pending;
    const struct spn_forest *forest;
    const struct spn_exports *exports;
    const struct spn_server *server; /* as the configuration has it, or NULL */
    const struct evidence *server_source;
    bool is_given;        /* the user named it */
    bool is_logged;       /* a log says that it did not let another log on */
    bool is_idle;         /* no other server logs on to it: nothing else is told of it */
    bool is_stranger;     /* nothing but a log has it be of the organisation: the same */
    bool wants_logon;     /* it is to be logged on to, where that can be */
    bool is_sure;         /* by the word of the user, or of a directory that showed who it is */
    struct ip_address ip; /* of the conversation */
    const struct smtp_conversation *conversation; /* NULL: none was held */
    const struct evidence *no_conversation;       /* why */
    struct spn_names names;

    /* accounts */
    struct spn_library library;
    const struct spn_account *own; /* or NULL */
    bool is_everywhere;
    bool is_hidden; /* the directory tells the caller nothing of the server's own account */
    const struct evidence *accounts_source, *accounts_obstacle;
    const struct evidence *accounts_cut; /* that ends before its end, or NULL */

    struct spn_case cases[SPN_CASES_MOST]; /* judged; SMTPSVC of each name, then SMTP */
    const struct spn_name *case_names[SPN_CASES_MOST];
    const struct ticket_answer *tickets[SPN_CASES_MOST]; /* for it; NULL: not asked for */
    const struct smtp_logon *logons[SPN_CASES_MOST];     /* by it; the same */
    size_t case_count;
};

/* In pass memory; complete unless `is_pending`. */
struct spn_view *spn_view_of(struct examination *x, const struct subject *server);

/* The same by the exports alone: of one of their servers. */
struct spn_view *spn_view_of_export(struct examination *x, const struct spn_exports *exports,
                                    const struct spn_server *server);

/* It is called so that not all of it could be looked at. */
bool spn_view_is_partial(const struct spn_view *view);

/* A name of the view has an account too many, none, or the wrong one. */
bool spn_view_is_wrong(const struct spn_view *view);

/*
 * Another server whose name this is, although nothing but its account has this one have it: there
 * it belongs, and there it is judged if that one is examined, too. NULL for other names.
 */
const struct spn_server *spn_view_owner(const struct spn_view *view, const struct spn_name *name);

/* The account is that of another mail server. */
bool spn_view_is_of_server(const struct spn_view *view, const struct spn_account *account);

/* Something is known of who holds names. */
bool spn_view_has_accounts(const struct spn_view *view);

#endif
