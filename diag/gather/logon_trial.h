/*
 * What became of the password of --user, in a run that shows it to several: to directories, and to
 * web servers. Servers count wrong passwords by account, wherever they are tried, and lock it; so
 * until somebody has taken it, it is tried at one place at a time, and once it was refused nobody
 * is shown it any more but those who had taken it before. Who says nothing may have counted it,
 * too: after LOGON_SILENCES_MOST of those, before anybody took it, it is shown no more. Those who
 * refuse what they had taken get it once more, for whoever has to clean up behind the run: it was
 * no guess. For all threads.
 */
#ifndef EXDIAG_GATHER_LOGON_TRIAL_H
#define EXDIAG_GATHER_LOGON_TRIAL_H

#include "diag/buffer.h"

#include <stdbool.h>

enum logon_place { LOGON_AT_DIRECTORIES, LOGON_AT_WEB_SERVERS, LOGON_PLACES };

/* SILENT: it was shown, and no answer came. UNDECIDED: it was not, or the answer says nothing. */
enum logon_verdict { LOGON_UNDECIDED, LOGON_SILENT, LOGON_TAKEN, LOGON_REFUSED };

enum { LOGON_SILENCES_MOST = 4 /* fewer than lock an account, and soon waited for */ };

struct logon_trial;

struct logon_trial *logon_trial_new(void);
struct logon_trial *logon_trial_share(struct logon_trial *trial);
void logon_trial_leave(struct logon_trial *trial); /* NULL is allowed */

/*
 * Waits while it is tried elsewhere. True: it may be shown, and logon_trial_end() is to follow.
 * False: it was refused; `why` has by whom, for people.
 */
bool logon_trial_begin(struct logon_trial *trial, enum logon_place place, bool cleans_up,
                       struct buffer *why);

/* `reason`: what the server said that refused it, or NULL. */
void logon_trial_end(struct logon_trial *trial, enum logon_place place, enum logon_verdict verdict,
                     const char *reason);

#endif
