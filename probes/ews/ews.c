/* Messages over Exchange Web Services: whether their MIME content can be had. */
#include "probes/ews/host.h"
#include "probes/ews/job.h"
#include "probes/ews/kinds.h"
#include "probes/ews/live.h"
#include "probes/ews/live_kinds.h"
#include "probes/ews/requests.h"

static const struct {
    enum file_type type;
    void (*judge)(struct examination *x, const struct subject *file);
} judges[] = {
    {FILE_TYPE_MAILSTORE_LOG, ews_judge_job},       {FILE_TYPE_IIS_CONFIG, ews_judge_host},
    {FILE_TYPE_IIS_LOG, ews_judge_requests},        {FILE_TYPE_EWS_LOG, ews_judge_requests},
    {FILE_TYPE_HTTP_PROXY_LOG, ews_judge_requests},
};

static void examine_file(struct examination *x, const struct subject *file)
{
    const struct file_digest *digest = ask_file(x, file->name);

    if (!digest || digest->evidence.status != STATUS_OK)
        return;
    for (size_t i = 0; i < sizeof judges / sizeof *judges; i++) {
        if (judges[i].type == digest->type)
            judges[i].judge(x, file);
    }
}

static void examine(struct examination *x, const struct subject *subject)
{
    if (subject->kind == SUBJECT_MAILBOX)
        ews_judge_mailbox(x, subject);
    else if (subject->kind == SUBJECT_SERVER)
        ews_judge_machine(x, subject);
    else
        examine_file(x, subject);
}

static const struct finding_kind *const kinds[] = {
    &ews_mime_transient,
    &ews_unavailable,
    &ews_mime_conversion,
    &ews_throttled,
    &ews_denied,
    &ews_item_gone,
    &ews_failed,
    &ews_mime_recovered,
    &ews_test_item,
    &ews_cgi_handler,
    &ews_directory_modules,
    &ews_directory_settings,
    &ews_directory_differs,
    &ews_directory_missing,
    &ews_requests_failed,
    &ews_requests_refused,
    NULL,
};

const struct probe probe_ews = {
    .name = "ews",
    .summary = "messages over EWS: whether an archiver can fetch them, and what it gets instead",
    .needs = NEEDS_FILE | NEEDS_NETWORK | NEEDS_CREDENTIALS | NEEDS_HOST,
    .subjects = PROBE_EXAMINES(SUBJECT_SERVER) | PROBE_EXAMINES(SUBJECT_FILE) |
                PROBE_EXAMINES(SUBJECT_MAILBOX),
    .reads = PROBE_READS(FILE_TYPE_MAILSTORE_LOG) | PROBE_READS(FILE_TYPE_IIS_CONFIG) |
             PROBE_READS(FILE_TYPE_IIS_LOG) | PROBE_READS(FILE_TYPE_EWS_LOG) |
             PROBE_READS(FILE_TYPE_HTTP_PROXY_LOG),
    .touches =
        "MailStore job logs, applicationHost.config and web.config of IIS, logs of IIS and "
        "of Exchange's web services given with --file. From Windows, of each --server below "
        "this machine's own domain or forest, as far as its machine lets this user: the configuration of IIS, event logs\n"
        "each mailbox, at /EWS/Exchange.asmx of each --server, over TLS: as the bearer of "
        "--token-file, as --user, or as the caller with a ticket; ten items are searched "
        "for and fetched, each up to 16 times while it fails; only --plant-test-item makes "
        "and deletes one",
    .noticed = "of mailboxes: logons and requests in the logs of IIS and EWS, and in the audit log "
               "of a mailbox that is another one's",
    .kinds = kinds,
    .examine = examine,
};
