/* Telling what a machine's build comes to, and how it stands to others of its organisation. */
#ifndef EXDIAG_PROBES_BUILD_TELL_H
#define EXDIAG_PROBES_BUILD_TELL_H

#include "probes/build/judge.h"

struct build_case { /* a machine with a build */
    const struct build_machine *machine;
    struct build_verdict verdict;
};

void build_tell_support(struct examination *x, const struct build_case *one);
void build_tell_state(struct examination *x, const struct build_case *one);

/* `cases`: all of the organisation, `one` among them. */
void build_tell_mixed(struct examination *x, const struct build_case *one,
                      const struct build_case *cases, size_t count);

/* A file that is for this alone shows none. */
void build_tell_barred(struct examination *x, const struct build_machine *machine);

/* What was asked barred the way, or answered nothing of itself; false where it answered. */
bool build_tell_unseen(struct examination *x, const struct build_machine *machine);

/* It is Exchange's, and nothing shows a build. */
/* Of an Edge Transport server, which only the directory tells of. */
void build_tell_subscribed(struct examination *x, const struct build_machine *machine);

void build_tell_hidden(struct examination *x, const struct build_machine *machine);

#endif
