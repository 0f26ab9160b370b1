#include "probes/spn/event_logs.h"

#include "probes/machine.h"

const struct event_log_digest *spn_event_log_at(struct examination *x, const char *path)
{
    const struct file_digest *digest = ask_file(x, path);
    const struct event_log_digest *log;

    if (!digest || digest->evidence.status != STATUS_OK ||
        !(SPN_EVENT_FILES & PROBE_READS(digest->type)))
        return NULL;
    log = ask_event_log(x, path);
    return log && log->evidence.status == STATUS_OK ? log : NULL;
}

const struct event_log_digest *spn_event_log_of_machine(struct examination *x,
                                                        const struct subject *server)
{
    const char *machine;

    if (!machine_of(x, server, &machine) || !machine)
        return NULL;
    return ask_event_log(x, machine);
}

static void add(struct spn_event_logs *logs, const struct event_log_digest *log,
                const struct subject *server)
{
    if (!log || log->evidence.status != STATUS_OK)
        return;
    logs->of[logs->count] = server;
    logs->list[logs->count++] = log;
}

static const void *find_logs(struct examination *x)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);
    struct spn_event_logs *logs = arena_new(pass_memory(x), 1, sizeof *logs);
    size_t room = files.count + servers.count;

    logs->list = arena_new(pass_memory(x), room, sizeof *logs->list);
    logs->of = arena_new(pass_memory(x), room, sizeof *logs->of);
    for (size_t i = 0; i < files.count; i++)
        add(logs, spn_event_log_at(x, files.list[i]->name), NULL);
    for (size_t i = 0; i < servers.count; i++)
        add(logs, spn_event_log_of_machine(x, servers.list[i]), servers.list[i]);
    return logs;
}

struct spn_event_logs spn_event_logs_of(struct examination *x)
{
    const struct spn_event_logs *logs = ask_shared(x, find_logs);

    return logs ? *logs : (struct spn_event_logs){.count = 0};
}
