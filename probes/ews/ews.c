/* Messages over Exchange Web Services: whether their MIME content can be had. */
#include "probes/ews/job.h"
#include "probes/ews/kinds.h"

#define JOB_LOGS PROBE_READS(FILE_TYPE_MAILSTORE_LOG)

static void examine(struct examination *x, const struct subject *file)
{
    const struct file_digest *digest = ask_file(x, file->name);

    if (digest && digest->evidence.status == STATUS_OK && (JOB_LOGS & PROBE_READS(digest->type)))
        ews_judge_job(x, file);
}

static const struct finding_kind *const kinds[] = {
    &ews_mime_transient, &ews_unavailable, &ews_mime_conversion, &ews_throttled,
    &ews_denied,         &ews_item_gone,   &ews_failed,          NULL,
};

const struct probe probe_ews = {
    .name = "ews",
    .summary = "messages over EWS: whether an archiver can fetch them, and what it gets instead",
    .needs = NEEDS_FILE,
    .subjects = PROBE_EXAMINES(SUBJECT_FILE),
    .reads = JOB_LOGS,
    .touches = "MailStore job logs given with --file",
    .noticed = "nothing",
    .kinds = kinds,
    .examine = examine,
};
