/*
 * Accounts of the directory and the service principal names that they hold, from an answer of a
 * directory or an export: read once for each piece of evidence, looked up by name. Exchange's
 * servers are read with them, for an export has both.
 */
#ifndef EXDIAG_PROBES_SPN_ACCOUNTS_H
#define EXDIAG_PROBES_SPN_ACCOUNTS_H

#include "diag/evidence/directory.h"
#include "diag/evidence/directory_file.h"
#include "probes/spn/servers.h"

struct spn_account {
    const char *dn;
    const char *name;          /* as setspn takes it: "EX01" of a computer, "svc-mail" of a user */
    bool is_guessed;           /* `name` is that of its entry, for nothing tells the account's */
    const char *domain;        /* "contoso.com", or NULL */
    const char *host;          /* its dNSHostName, else what its HOST/ names call it; or NULL */
    bool is_computer, is_user; /* neither: an export does not tell */
    bool is_managed;           /* a managed service account: a computer's by class alone */
    bool is_whole; /* all of its names are here, so that what is not here it does not have */
    const char *const *names;
    size_t name_count;
    const struct evidence *source;
};

enum { SPN_HOLDERS_MOST = 16 /* of one name, that are told apart */ };

struct spn_holders {
    const struct spn_account *list[SPN_HOLDERS_MOST]; /* in the order of their names */
    size_t count;
    bool more; /* accounts than there is room for hold it */
};

struct spn_book; /* of one piece of evidence */

/* Of settled evidence with STATUS_OK; kept with it. */
const struct spn_book *spn_book_of_answer(const struct directory_answer *answer);
const struct spn_book *spn_book_of_file(const struct directory_file *file);

/* All accounts, in the order of the evidence. */
const struct spn_account *spn_book_accounts(const struct spn_book *book, size_t *count);

/* Of all its accounts; NULL: they are of several, or none tells one. */
const char *spn_book_domain(const struct spn_book *book);

const struct spn_servers *spn_book_servers(const struct spn_book *book);

/* Several pieces of evidence, looked at as one: an account that is in two of them is one. */
struct spn_library {
    const struct spn_book **books;
    size_t count, room;
};

void spn_library_add(struct spn_library *library, const struct spn_book *book, struct arena *arena);

/* The names that accounts of it hold, folded, each once, in their order: `*at` is 0 at first. NULL
 * ends them. */
const char *spn_book_next_name(const struct spn_book *book, size_t *at);

/* Who holds "service/host", in any case. */
void spn_find_holders(const struct spn_library *library, const char *service, const char *host,
                      struct arena *arena, struct spn_holders *out);

/* Where there are more holders than are kept, one that holds the name and counts is among them. */
void spn_keep_holder(struct spn_holders *holders, const struct spn_account *account,
                     const char *service, const char *host);

/*
 * The account of a computer: by its full name and the name of its account, else by either, within
 * the domain first. `host` or `name` may be NULL. NULL: none, or several, or one has the full name
 * and another one the account's.
 */
const struct spn_account *spn_find_computer(const struct spn_library *library, const char *host,
                                            const char *name);

/* Some account may be this computer's, whether or not one of several can be chosen. */
bool spn_has_computer(const struct spn_library *library, const char *host, const char *name);

/* Accounts of more than one domain are in it. */
bool spn_spans_domains(const struct spn_library *library);

/*
 * The same account: by its DN, or, in two exports, as the only one of its name in its domain (its
 * entry may have been moved between them, and setspn writes a DN in the code page of a console).
 */
bool spn_account_is(const struct spn_account *one, const struct spn_account *other);

/* The account holds this name itself. */
bool spn_account_has(const struct spn_account *account, const char *service, const char *host);

/* Folded as the directory compares names (case_fold.h). */
char *spn_folded(struct arena *arena, const char *text);

#endif
