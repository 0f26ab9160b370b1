#include "diag/gather/event_log.h"

#include "diag/gather/file.h"
#include "diag/gather/machine_events.h"
#include "diag/gather/text_file.h"
#include "diag/read/event_xml.h"
#include "diag/read/evtx.h"
#include "diag/read/machine_path.h"
#include "diag/xml_library.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    struct event_groups *groups;
    struct host_event_groups *host_groups;
    const struct event_wish *wishes;
    struct arena scratch; /* of one event */
    uint64_t strange;
};

static void take_event(void *context, const struct windows_event *event)
{
    struct reading *reading = context;
    struct host_event host;
    struct mail_event mail;

    if (mail_event_read(event, &reading->scratch, &mail))
        event_groups_add(reading->groups, &mail, event->computer, event->time);
    else if (host_event_read(event, &reading->scratch, &host))
        host_event_groups_add(reading->host_groups, &host, event->computer, event->time);
    else
        reading->strange += event_is_wished(mail_event_wishes, event);
    arena_reset(&reading->scratch);
}

static size_t count_of(const struct event_wish *wishes)
{
    size_t count = 0;

    while (wishes[count].provider)
        count++;
    return count;
}

/* Of both readers; to be freed. */
static struct event_wish *all_wishes(void)
{
    size_t mail = count_of(mail_event_wishes), host = count_of(host_event_wishes);
    struct event_wish *wishes = memory_new(mail + host + 1, sizeof *wishes);

    memcpy(wishes, mail_event_wishes, mail * sizeof *wishes);
    memcpy(wishes + mail, host_event_wishes, host * sizeof *wishes);
    return wishes;
}

static enum status read_xml(struct text_file *text, struct reading *reading,
                            struct event_log_account *account, const char **reason)
{
    struct xml_library library;
    enum status status = xml_library_load(&library, reason);
    struct event_xml *reader;
    const char *piece;
    size_t size;

    if (status != STATUS_OK)
        return status;
    reader = event_xml_new(&library, reading->wishes, take_event, reading);
    while ((size = text_file_next(text, &piece)) > 0)
        event_xml_feed(reader, piece, size);
    event_xml_end(reader, account);
    return STATUS_OK;
}

/* A last chunk may be cut off; the reader is told how much there is of it. */
static void read_evtx(FILE *file, struct reading *reading, struct event_log_account *account)
{
    struct evtx *reader = evtx_new(reading->wishes, take_event, reading);
    unsigned char *chunk = memory_new(1, EVTX_CHUNK_SIZE);
    bool has_header;
    size_t size;

    rewind(file);
    has_header = fread(chunk, 1, EVTX_HEADER_SIZE, file) == EVTX_HEADER_SIZE;
    while (has_header && (size = fread(chunk, 1, EVTX_CHUNK_SIZE, file)) > 0)
        evtx_chunk(reader, chunk, size);
    evtx_end(reader, account);
    account->cut_off = account->cut_off || !has_header;
    free(chunk);
}

static struct reading begin_groups(void)
{
    return (struct reading){.groups = event_groups_new(), .host_groups = host_event_groups_new()};
}

static void end_groups(struct reading *reading, struct event_log_digest *log)
{
    log->strange = reading->strange;
    log->more =
        event_groups_end(reading->groups, &log->evidence.memory, &log->groups, &log->group_count);
    log->more_host = host_event_groups_end(reading->host_groups, &log->evidence.memory,
                                           &log->host_groups, &log->host_group_count);
    arena_release(&reading->scratch);
}

static enum status read_log(FILE *file, struct text_file *text, struct event_log_digest *log,
                            const char **reason)
{
    struct event_wish *wishes = all_wishes();
    struct reading reading = begin_groups();
    enum status status = STATUS_OK;

    reading.wishes = wishes;
    if (log->type == FILE_TYPE_EVTX)
        read_evtx(file, &reading, &log->account);
    else
        status = read_xml(text, &reading, &log->account, reason);
    end_groups(&reading, log);
    free(wishes);
    return ferror(file) ? STATUS_IO : status;
}

static enum status read_file(FILE *file, struct event_log_digest *log, const char **reason)
{
    struct text_file *text = text_file_new(file);
    enum status status = STATUS_INVALID;

    log->type = text_file_type(text);
    if (log->type == FILE_TYPE_EVTX || log->type == FILE_TYPE_EVENT_XML)
        status = read_log(file, text, log, reason);
    else
        *reason = "it is no Windows event log, neither .evtx nor exported as XML";
    text_file_free(text);
    return status;
}

/* Of mail there may be so much that nothing else would be read beside it: each is asked alone. */
static enum status read_machine(const char *machine, struct event_log_digest *log,
                                const char **reason)
{
    struct reading reading = begin_groups();
    struct event_log_account mail = {0};
    bool more = false, more_host = false;
    enum status status = machine_events_read(machine, host_event_wishes, take_event, &reading,
                                             &log->account, &more_host, reason);

    if (status == STATUS_OK)
        status = machine_events_read(machine, mail_event_wishes, take_event, &reading, &mail, &more,
                                     reason);
    log->type = FILE_TYPE_EVENT_XML;
    log->account.events += mail.events;
    log->account.damaged += mail.damaged;
    end_groups(&reading, log);
    log->more = log->more || more;
    log->more_host = log->more_host || more_host;
    return status;
}

static enum status read_path(struct event_log_digest *log, const char **reason)
{
    FILE *file;
    enum status status = gather_file_open(log->path, &file, reason);

    if (status != STATUS_OK)
        return status;
    status = read_file(file, log, reason);
    fclose(file);
    return status;
}

void gather_event_log(struct evidence *item)
{
    struct event_log_digest *log = (struct event_log_digest *)item;
    const char *machine = machine_in_path(log->path), *reason = NULL;
    enum status status = machine ? read_machine(machine, log, &reason) : read_path(log, &reason);

    item->settled = true;
    if (status == STATUS_OK)
        return;
    log->type = FILE_TYPE_UNKNOWN;
    log->account = (struct event_log_account){0};
    log->groups = NULL;
    log->group_count = 0;
    log->strange = 0;
    log->more = false;
    log->host_groups = NULL;
    log->host_group_count = 0;
    log->more_host = false;
    evidence_fail(item, status, reason);
}
