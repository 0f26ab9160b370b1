/*
 * What a run shows of who it is: the password of --user, from --password-file, EXDIAG_PASSWORD, or
 * a prompt, in this order; and the token of --token-file.
 */
#ifndef EXDIAG_COMMAND_PASSWORD_H
#define EXDIAG_COMMAND_PASSWORD_H

#include "diag/command/options.h"

enum { PASSWORD_SIZE = 1024, TOKEN_SIZE = 32768 /* bytes, and its NUL among them */ };

struct secrets {
    char password[PASSWORD_SIZE]; /* empty without --user, */
    char token[TOKEN_SIZE];       /* without --token-file */
};

/* Whether the options for logons go together; STATUS_INVALID after a message on stderr. */
enum status secrets_check(const struct options *options);

/* STATUS_INVALID after a message on stderr. Wipe what was read with secrets_wipe(). */
enum status secrets_read(const struct options *options, struct secrets *secrets);
void secrets_wipe(struct secrets *secrets);

#endif
