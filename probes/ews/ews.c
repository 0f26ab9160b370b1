/* Messages over Exchange Web Services: whether their MIME content can be had. */
#include "probes/ews/job.h"
#include "probes/ews/kinds.h"
#include "probes/ews/live.h"
#include "probes/ews/live_kinds.h"

#define JOB_LOGS PROBE_READS(FILE_TYPE_MAILSTORE_LOG)

static void examine_file(struct examination *x, const struct subject *file)
{
    const struct file_digest *digest = ask_file(x, file->name);

    if (digest && digest->evidence.status == STATUS_OK && (JOB_LOGS & PROBE_READS(digest->type)))
        ews_judge_job(x, file);
}

static void examine(struct examination *x, const struct subject *subject)
{
    if (subject->kind == SUBJECT_MAILBOX)
        ews_judge_mailbox(x, subject);
    else
        examine_file(x, subject);
}

static const struct finding_kind *const kinds[] = {
    &ews_mime_transient, &ews_unavailable, &ews_mime_conversion, &ews_throttled, &ews_denied,
    &ews_item_gone,      &ews_failed,      &ews_mime_recovered,  &ews_test_item, NULL,
};

const struct probe probe_ews = {
    .name = "ews",
    .summary = "messages over EWS: whether an archiver can fetch them, and what it gets instead",
    .needs = NEEDS_FILE | NEEDS_NETWORK | NEEDS_CREDENTIALS,
    .subjects = PROBE_EXAMINES(SUBJECT_FILE) | PROBE_EXAMINES(SUBJECT_MAILBOX),
    .reads = JOB_LOGS,
    .touches = "MailStore job logs given with --file\n"
               "each mailbox, at /EWS/Exchange.asmx of each --server, over TLS: as the bearer of "
               "--token-file, as --user, or as the caller with a ticket; ten items are searched "
               "for and fetched, each up to 16 times while it fails; only --plant-test-item makes "
               "and deletes one",
    .noticed = "of mailboxes: logons and requests in the logs of IIS and EWS, and in the audit log "
               "of a mailbox that is another one's",
    .kinds = kinds,
    .examine = examine,
};
