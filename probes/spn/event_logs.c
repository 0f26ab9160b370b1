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

struct spn_event_logs spn_event_logs_of(struct examination *x)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);
    size_t room = files.count + servers.count;
    struct spn_event_logs logs = {.list = arena_new(pass_memory(x), room, sizeof *logs.list),
                                  .of = arena_new(pass_memory(x), room, sizeof *logs.of)};

    for (size_t i = 0; i < files.count; i++)
        add(&logs, spn_event_log_at(x, files.list[i]->name), NULL);
    for (size_t i = 0; i < servers.count; i++)
        add(&logs, spn_event_log_of_machine(x, servers.list[i]), servers.list[i]);
    return logs;
}
