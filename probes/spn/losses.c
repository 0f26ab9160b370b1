#include "probes/spn/losses.h"

#include "probes/spn/events.h"
#include "probes/spn/exports.h"
#include "probes/spn/exps.h"
#include "probes/spn/kinds.h"

enum { LINES_BEING_WRITTEN = 1 /* of a log in use, the last */ };

struct losses {
    const struct finding_kind *kind;
    const struct evidence *evidence; /* NULL: on its way, or another probe's */
    const char *what;                /* was damaged: "entry" */
    uint64_t damaged;
    bool is_cut; /* in the middle of one */
};

static struct losses losses_of_export(const struct directory_file *file)
{
    return (struct losses){.kind = &smtp_spn_missing,
                           .evidence = file ? &file->evidence : NULL,
                           .what = "entries",
                           .damaged = file ? file->damaged : 0,
                           .is_cut = file && file->cut_off};
}

static struct losses losses_of_events(const struct event_log_digest *log)
{
    return (struct losses){.kind = &exps_events,
                           .evidence = log ? &log->evidence : NULL,
                           .what = "events or blocks of them",
                           .damaged = log ? log->account.damaged : 0,
                           .is_cut = log && log->account.cut_off};
}

static struct losses losses_of_log(const struct auth_log_digest *log)
{
    return (struct losses){
        .kind = &exps_refused,
        .evidence = log ? &log->evidence : NULL,
        .what = "lines",
        .damaged = log && log->log.damaged > LINES_BEING_WRITTEN ? log->log.damaged : 0};
}

void spn_tell_losses(struct examination *x, const struct subject *file, uint64_t type)
{
    struct losses losses = {.evidence = NULL};
    struct finding *finding;

    if (type & SPN_EXPORT_FILES)
        losses = losses_of_export(ask_directory_file(x, file->name));
    else if (type & SPN_EVENT_FILES)
        losses = losses_of_events(ask_event_log(x, file->name));
    else if (type & SPN_AUTH_FILES)
        losses = losses_of_log(ask_auth_log(x, file->name));
    if (!losses.evidence || losses.evidence->status == STATUS_NOT_RECORDED)
        return;
    if (losses.evidence->status != STATUS_OK) {
        saw_failure(unknown(x, losses.kind, "it could not be read"), losses.evidence);
        return;
    }
    if (losses.damaged == 0 && !losses.is_cut)
        return;
    finding = unknown(x, losses.kind, "not all of it could be read");
    if (losses.damaged > 0)
        saw(finding, losses.evidence, "damaged %s: %llu; the others are judged", losses.what,
            (unsigned long long)losses.damaged);
    if (losses.is_cut)
        saw(finding, losses.evidence, "it breaks off in the middle; what comes before is judged");
}
