#include "diag/evidence/evidence.h"

#include "diag/evidence/auth_log.h"
#include "diag/evidence/bound_certificates.h"
#include "diag/evidence/build_file.h"
#include "diag/evidence/clock.h"
#include "diag/evidence/digest.h"
#include "diag/evidence/directory.h"
#include "diag/evidence/directory_file.h"
#include "diag/evidence/dns.h"
#include "diag/evidence/event_log.h"
#include "diag/evidence/ews.h"
#include "diag/evidence/http_log.h"
#include "diag/evidence/iis_config.h"
#include "diag/evidence/installed_files.h"
#include "diag/evidence/machine.h"
#include "diag/evidence/mail_log.h"
#include "diag/evidence/mailstore_log.h"
#include "diag/evidence/registry.h"
#include "diag/evidence/smtp.h"
#include "diag/evidence/smtp_logon.h"
#include "diag/evidence/ticket.h"
#include "diag/evidence/time_settings.h"
#include "diag/evidence/trace.h"
#include "diag/evidence/web.h"
#include "diag/evidence/windows_features.h"
#include "diag/evidence/windows_setup.h"
#include "diag/json.h"

#include <stdlib.h>
#include <string.h>

const struct evidence_kind *const evidence_kinds[] = {&evidence_auth_log,
                                                      &evidence_bound_certificates,
                                                      &evidence_build_file,
                                                      &evidence_clock,
                                                      &evidence_digest,
                                                      &evidence_directory,
                                                      &evidence_directory_file,
                                                      &evidence_dns,
                                                      &evidence_event_log,
                                                      &evidence_http_log,
                                                      &evidence_iis_config,
                                                      &evidence_ews,
                                                      &evidence_machine,
                                                      &evidence_mail_log,
                                                      &evidence_mailstore_log,
                                                      &evidence_registry,
                                                      &evidence_smtp,
                                                      &evidence_smtp_logon,
                                                      &evidence_ticket,
                                                      &evidence_time_settings,
                                                      &evidence_trace,
                                                      &evidence_web,
                                                      &evidence_installed_files,
                                                      &evidence_windows_features,
                                                      &evidence_windows_setup,
                                                      NULL};

void evidence_free(struct evidence *item)
{
    if (!item)
        return;
    arena_release(&item->memory);
    free(item);
}

static struct evidence *new_item(const struct evidence_kind *kind)
{
    struct evidence *item = memory_new(1, kind->size);

    item->kind = kind;
    return item;
}

struct evidence *evidence_new(const struct evidence_kind *kind, const struct evidence *question)
{
    struct evidence *item = new_item(kind);

    kind->copy_question(item, question);
    return item;
}

void evidence_adopt(struct evidence *item, struct evidence *found)
{
    struct evidence kept = *item;

    memcpy(item, found, item->kind->size);
    memset(found, 0, found->kind->size);
    item->key = arena_copy_string(&item->memory, kept.key);
    item->settled = true;
    item->saved = kept.saved;
    item->next = kept.next;
    item->place = kept.place;
    item->waiters = kept.waiters;
    arena_release(&kept.memory);
}

void evidence_fail(struct evidence *item, enum status status, const char *reason)
{
    item->status = status;
    item->reason = reason ? arena_copy_string(&item->memory, reason) : NULL;
    item->settled = true;
}

const void *evidence_read(const struct evidence *item, evidence_reader *reader)
{
    struct evidence *kept = (struct evidence *)item;

    if (item->reader != reader) {
        kept->reading = reader(item, &kept->memory);
        kept->reader = reader;
    }
    return item->reading;
}

json_t *evidence_to_json(const struct evidence *item)
{
    json_t *object = json_object();

    json_put_text(object, "key", item->key);
    json_put_text(object, "status", status_token(item->status));
    if (item->reason)
        json_put_text(object, "reason", item->reason);
    json_put_time(object, "time", item->time);
    json_put_microseconds(object, "took_ms", item->took);
    item->kind->save(item, object);
    return object;
}

static const struct evidence_kind *kind_of_key(const char *key)
{
    size_t size = strcspn(key, " ");

    for (const struct evidence_kind *const *kind = evidence_kinds; *kind; kind++) {
        if (strlen((*kind)->name) == size && memcmp((*kind)->name, key, size) == 0)
            return *kind;
    }
    return NULL;
}

/* A status this version does not know is a failure all the same. */
static enum status read_status(const json_t *object)
{
    const char *token = json_get_text(object, "status");
    enum status status = token ? status_from_token(token) : STATUS_COUNT;

    return status == STATUS_COUNT ? STATUS_MALFORMED : status;
}

/* The key itself is made anew from the question; it may hold any bytes. */
static enum status read_kind(const json_t *object, const struct evidence_kind **kind)
{
    struct arena memory = {0};
    const char *key = json_copy_text(object, "key", &memory);

    *kind = key ? kind_of_key(key) : NULL;
    arena_release(&memory);
    if (*kind)
        return STATUS_OK;
    return key ? STATUS_NOT_SUPPORTED : STATUS_MALFORMED;
}

static enum status load(const json_t *object, struct evidence **out)
{
    const struct evidence_kind *kind;
    struct evidence *item;
    enum status status = read_kind(object, &kind);

    if (status != STATUS_OK)
        return status;
    item = new_item(kind);
    item->status = read_status(object);
    item->settled = true;
    item->time = json_get_time(object, "time");
    item->took = json_get_microseconds(object, "took_ms");
    item->reason = json_copy_text(object, "reason", &item->memory);
    status = kind->load(item, object);
    if (status == STATUS_OK)
        *out = item;
    else
        evidence_free(item);
    return status;
}

enum status evidence_from_json(struct evidence_store *store, const json_t *object)
{
    struct evidence *item;
    enum status status = load(object, &item);

    return status == STATUS_OK ? evidence_store_insert(store, item) : status;
}

/* By way of JSON: what a file can hold is all there is to copy. */
enum status evidence_add_redacted(struct evidence_store *store, const struct evidence *item,
                                  const struct redactor *redactor, struct evidence **copy)
{
    json_t *object = evidence_to_json(item);
    enum status status = load(object, copy);

    json_decref(object);
    if (status != STATUS_OK)
        return status;
    (*copy)->reason = NULL;
    item->kind->redact(*copy, redactor);
    return evidence_store_insert(store, *copy);
}
