/* The stream of an audit: lines of standard input in, lines of standard output out. */
#ifndef EXDIAG_COMMAND_AUDIT_RUN_H
#define EXDIAG_COMMAND_AUDIT_RUN_H

#include "diag/command/audit_done.h"
#include "diag/gather/gather.h"
#include "diag/probe.h"

enum { AUDIT_CACHE_SIZE = 8 << 20 /* bytes of evidence that no domain in flight uses */ };

struct audit_plan {
    const struct settings *settings;
    const struct probe *const *probes; /* ended by NULL */
    struct gather_options gather;
    struct audit_done *done; /* domains that have a line already, or NULL; used up */
    unsigned shard;          /* of shard_count, from 0 */
    unsigned shard_count;    /* 1: every domain is ours */
    bool shows_progress;
};

struct audit_outcome {
    bool interrupted;   /* domains in flight then have no line */
    enum status input;  /* why reading standard input ended early */
    enum status output; /* why writing standard output did */
    uint64_t lines;     /* written */
};

/* STATUS_OK, or why nothing could be begun. */
enum status audit_run(const struct audit_plan *plan, struct audit_outcome *outcome);

#endif
