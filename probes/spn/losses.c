#include "probes/spn/losses.h"

#include "probes/spn/events.h"
#include "probes/spn/exports.h"
#include "probes/spn/exps.h"
#include "probes/spn/kinds.h"

#include <string.h>

enum {
    LINES_BEING_WRITTEN = 1, /* of a log in use, the last */
    SIZE_LIMIT_EXCEEDED = 4  /* RFC 4511 4.1.9 */
};

struct losses {
    const struct finding_kind *kind;
    const struct evidence *evidence; /* NULL: on its way, or another probe's */
    const char *what;                /* was damaged: "entry" */
    uint64_t damaged;
    bool is_cut;      /* in the middle of one */
    bool is_crowded;  /* there was more than there is room for */
    int result;       /* of the search that made it (RFC 4511 4.1.9); 0 or less: it was whole */
    uint64_t strange; /* events with other strings than theirs */
};

static struct losses losses_of_export(const struct directory_file *file)
{
    return (struct losses){.kind = &smtp_spn_missing,
                           .evidence = file ? &file->evidence : NULL,
                           .what = "entries",
                           .damaged = file ? file->damaged : 0,
                           .is_cut = file && file->cut_off,
                           .is_crowded = file && file->more,
                           .result = file ? file->result : 0};
}

static struct losses losses_of_events(const struct event_log_digest *log)
{
    return (struct losses){.kind = &exps_events,
                           .evidence = log ? &log->evidence : NULL,
                           .what = "events or blocks of them",
                           .damaged = log ? log->account.damaged : 0,
                           .is_cut = log && log->account.cut_off,
                           .is_crowded = log && log->more,
                           .strange = log ? log->strange : 0};
}

static struct losses losses_of_log(const struct auth_log_digest *log)
{
    return (struct losses){
        .kind = &exps_refused,
        .evidence = log ? &log->evidence : NULL,
        .what = "lines",
        .damaged = log && log->log.damaged > LINES_BEING_WRITTEN ? log->log.damaged : 0};
}

static bool is_whole(const struct losses *losses)
{
    return losses->damaged == 0 && !losses->is_cut && !losses->is_crowded && losses->result <= 0 &&
           losses->strange == 0;
}

static void saw_losses(struct finding *finding, const struct losses *losses)
{
    if (losses->damaged > 0)
        saw(finding, losses->evidence, "damaged %s: %llu; the others are judged", losses->what,
            (unsigned long long)losses->damaged);
    if (losses->is_cut)
        saw(finding, losses->evidence, "it breaks off in the middle; what comes before is judged");
    if (losses->result > 0)
        saw(finding, losses->evidence,
            "the search that made it ended with LDAP result %d%s; what it had found is judged",
            losses->result, losses->result == SIZE_LIMIT_EXCEEDED ? ", sizeLimitExceeded" : "");
    if (losses->is_crowded)
        saw(finding, losses->evidence,
            "there is more of mail in it than is kept; what came first is judged");
    if (losses->strange > 0)
        saw(finding, losses->evidence,
            "%llu events whose ids are of mail have other strings than Exchange gives them: "
            "nothing is concluded from those",
            (unsigned long long)losses->strange);
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
    if (is_whole(&losses))
        return;
    finding = unknown(x, losses.kind, "not all of it could be read");
    saw_losses(finding, &losses);
    set_vouched(finding, VALUE_TEXT, "not-whole", "yes", strlen("yes"));
}
