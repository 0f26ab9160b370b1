/* The password of --user: from --password-file, EXDIAG_PASSWORD, or a prompt, in this order. */
#ifndef EXDIAG_COMMAND_PASSWORD_H
#define EXDIAG_COMMAND_PASSWORD_H

#include "diag/command/options.h"

enum { PASSWORD_SIZE = 1024 /* bytes, and its NUL among them */ };

/*
 * STATUS_OK without --user too: then it is empty. STATUS_INVALID after a message on stderr. Wipe
 * what was read with password_wipe().
 */
enum status password_read(const struct options *options, char password[PASSWORD_SIZE]);
void password_wipe(char password[PASSWORD_SIZE]);

#endif
