#include "probes/powershell/case.h"

#include "diag/text.h"
#include "probes/folder.h"
#include "probes/powershell/certificates.h"
#include "probes/powershell/machine.h"

#include <string.h>

/* ---- what files tell ---- */

enum { NONE = -1 };

struct gathering { /* while a case is put together */
    struct examination *x;
    const struct powershell_files *files;
    const struct http_log_digest **logs; /* of each file, as the following; or NULL */
    const struct event_log_digest **events;
    const struct bound_certificates **certificates;
    const char **said;              /* the name that it says; or NULL */
    ptrdiff_t *names;               /* that in `known`; or NONE */
    size_t *group;                  /* a file of the same machine; of one in each itself */
    const struct subject **servers; /* of the file that is a group's, where one is examined */

    const char **known; /* the different names of the run */
    size_t known_count;
};

static bool is_log(enum file_type type)
{
    return type == FILE_TYPE_IIS_LOG || type == FILE_TYPE_HTTP_PROXY_LOG;
}

static bool is_registry(enum file_type type)
{
    return type == FILE_TYPE_REGISTRY || type == FILE_TYPE_REGISTRY_QUERY;
}

static bool is_event_log(enum file_type type)
{
    return type == FILE_TYPE_EVTX || type == FILE_TYPE_EVENT_XML;
}

/* NULL if no event says, or events say several; the latter is told by *is_one. */
static const char *computer_of(const struct event_log_digest *events, bool *is_one)
{
    const char *computer = NULL;

    *is_one = true;
    for (size_t i = 0; i < events->host_group_count; i++) {
        const char *other = events->host_groups[i].computer;

        if (!*other)
            continue;
        *is_one = !computer || text_equal_fold(computer, other);
        if (!*is_one)
            return NULL;
        computer = other;
    }
    return computer;
}

bool powershell_is_own_event(const struct powershell_case *of,
                             const struct event_log_digest *events,
                             const struct host_event_group *group)
{
    bool is_one;

    computer_of(events, &is_one);
    return is_one ||
           (of->name && *group->computer && powershell_is_same_machine(of->name, group->computer));
}

/* False while it is on its way. */
static bool ask_one(struct gathering *all, size_t i)
{
    const struct powershell_file *file = &all->files->list[i];
    bool is_one;

    all->said[i] = file->host || !file->config ? file->host : file->config->config.server;
    if (is_log(file->type)) {
        const struct http_log_digest *log = ask_http_log(all->x, file->path);

        if (!log)
            return false;
        all->logs[i] = log->evidence.status == STATUS_OK ? log : NULL;
        if (all->logs[i] && !file->host)
            all->said[i] = log->log.server;
    } else if (is_event_log(file->type)) {
        const struct event_log_digest *events = ask_event_log(all->x, file->path);

        if (!events)
            return false;
        all->events[i] = events->evidence.status == STATUS_OK ? events : NULL;
        if (all->events[i] && !file->host)
            all->said[i] = computer_of(events, &is_one);
    } else if (is_registry(file->type)) {
        const struct bound_certificates *certificates = ask_bound_certificates(all->x, file->path);

        if (!certificates)
            return false;
        all->certificates[i] = certificates->evidence.status == STATUS_OK ? certificates : NULL;
    }
    return true;
}

static bool ask_all(struct gathering *all)
{
    bool is_complete = true;

    for (size_t i = 0; i < all->files->count; i++)
        is_complete = ask_one(all, i) && is_complete;
    return is_complete;
}

/* ---- names ---- */

static void know_name(struct gathering *all, const char *name)
{
    size_t i = 0;

    while (i < all->known_count && !text_equal_fold(all->known[i], name))
        i++;
    if (i == all->known_count)
        all->known[all->known_count++] = name;
}

/* Its place in `known`: of a name without a domain the place of the only one that has one. */
static ptrdiff_t number_of(const struct gathering *all, const char *name)
{
    bool has_domain = strchr(name, '.') != NULL;
    ptrdiff_t own = NONE, full = NONE;
    size_t full_count = 0;

    for (size_t i = 0; i < all->known_count; i++) {
        if (text_equal_fold(all->known[i], name)) {
            own = (ptrdiff_t)i;
        } else if (!has_domain && powershell_is_same_machine(all->known[i], name)) {
            full = (ptrdiff_t)i;
            full_count++;
        }
    }
    return full_count == 1 ? full : own;
}

static void find_names(struct gathering *all, const struct subject_list *servers)
{
    for (size_t i = 0; i < all->files->count; i++) {
        if (all->said[i])
            know_name(all, all->said[i]);
    }
    for (size_t i = 0; i < servers->count; i++)
        know_name(all, servers->list[i]->name);
    for (size_t i = 0; i < all->files->count; i++)
        all->names[i] = all->said[i] ? number_of(all, all->said[i]) : NONE;
}

/* ---- which are of one machine ---- */

/* A file of the machine of a file, the same for all. */
static size_t group_of(const struct gathering *all, size_t file)
{
    while (all->group[file] != file) {
        all->group[file] = all->group[all->group[file]];
        file = all->group[file];
    }
    return file;
}

static void join(struct gathering *all, size_t one, size_t other)
{
    size_t kept = group_of(all, one), gone = group_of(all, other);

    all->group[kept > gone ? kept : gone] = kept > gone ? gone : kept;
}

struct set { /* files that have something in common */
    bool has_file, is_of_several;
    size_t first;
    ptrdiff_t name; /* that they say; or NONE */
    const struct powershell_file *host;
};

static void add_to_set(struct set *set, const struct gathering *all, size_t i)
{
    const struct powershell_file *host = all->files->list[i].of;
    ptrdiff_t name = all->names[i];

    if (!set->has_file)
        *set = (struct set){.has_file = true, .first = i, .name = name, .host = host};
    if ((name != NONE && set->name != NONE && name != set->name) ||
        (host && set->host && host != set->host))
        set->is_of_several = true;
    if (set->name == NONE)
        set->name = name;
    if (!set->host)
        set->host = host;
}

/* Files of one key, which is below `count` or NONE, are of one machine unless they tell of two. */
static void join_sets(struct gathering *all, const ptrdiff_t *keys, size_t count)
{
    struct set *sets = arena_new(pass_memory(all->x), count + 1, sizeof *sets);

    for (size_t i = 0; i < all->files->count; i++) {
        if (keys[i] != NONE)
            add_to_set(&sets[keys[i]], all, i);
    }
    for (size_t i = 0; i < all->files->count; i++) {
        if (keys[i] != NONE && !sets[keys[i]].is_of_several)
            join(all, sets[keys[i]].first, i);
    }
}

static void join_by_host(struct gathering *all)
{
    const struct powershell_files *files = all->files;
    ptrdiff_t *keys = arena_new(pass_memory(all->x), files->count + 1, sizeof *keys);

    for (size_t i = 0; i < files->count; i++)
        keys[i] = files->list[i].of ? files->list[i].of - files->list : NONE;
    join_sets(all, keys, files->count);
}

/* Files of a folder mostly follow each other. */
static void join_by_folder(struct gathering *all)
{
    const struct powershell_files *files = all->files;
    ptrdiff_t *keys = arena_new(pass_memory(all->x), files->count + 1, sizeof *keys);

    for (size_t i = 0; i < files->count; i++) {
        size_t other = i;

        while (other > 0 && !folders_are_one(files->list[other - 1].path, files->list[i].path))
            other--;
        keys[i] = other > 0 ? keys[other - 1] : (ptrdiff_t)i;
    }
    join_sets(all, keys, files->count);
}

static void join_by_name(struct gathering *all)
{
    ptrdiff_t *first = arena_new(pass_memory(all->x), all->known_count + 1, sizeof *first);

    for (size_t i = 0; i < all->known_count; i++)
        first[i] = NONE;
    for (size_t i = 0; i < all->files->count; i++) {
        ptrdiff_t name = all->names[i];

        if (name != NONE && first[name] == NONE)
            first[name] = (ptrdiff_t)i;
        if (name != NONE)
            join(all, (size_t)first[name], i);
    }
}

static void find_servers(struct gathering *all, const struct subject_list *servers)
{
    const struct subject **by_name =
        arena_new(pass_memory(all->x), all->known_count + 1, sizeof *by_name);

    for (size_t i = servers->count; i > 0; i--)
        by_name[number_of(all, servers->list[i - 1]->name)] = servers->list[i - 1];
    for (size_t i = 0; i < all->files->count; i++) {
        size_t group = group_of(all, i);

        if (all->names[i] != NONE && !all->servers[group])
            all->servers[group] = by_name[all->names[i]];
    }
}

static void sort_by_machine(struct gathering *all)
{
    struct subject_list servers = ask_subjects(all->x, SUBJECT_SERVER);

    all->known =
        arena_new(pass_memory(all->x), all->files->count + servers.count + 1, sizeof *all->known);
    for (size_t i = 0; i < all->files->count; i++)
        all->group[i] = i;
    find_names(all, &servers);
    join_by_host(all);
    join_by_folder(all);
    join_by_name(all);
    find_servers(all, &servers);
}

/* ---- the case ---- */

static bool has_requests(const struct http_log *log)
{
    for (size_t i = 0; i < log->row_count; i++) {
        if (log->rows[i].place == HTTP_PLACE_POWERSHELL)
            return true;
    }
    return false;
}

static void take_file(const struct gathering *all, size_t i, struct powershell_case *out)
{
    const struct powershell_file *file = &all->files->list[i];

    out->is_of[i] = true;
    if (!out->host && file->of == file)
        out->host = file;
    if (file->host && !out->is_vouched) {
        out->name = file->host;
        out->is_vouched = true;
    }
    if (!out->name)
        out->name = all->said[i];
    if (all->logs[i] && has_requests(&all->logs[i]->log))
        out->logs[out->log_count++] = all->logs[i];
    if (all->events[i])
        out->events[out->event_count++] = all->events[i];
    if (all->certificates[i])
        out->certificates[out->certificate_count++] = all->certificates[i];
}

static bool has_own(const struct powershell_case *of, const struct event_log_digest *events)
{
    bool has_any = events->host_group_count == 0;

    for (size_t i = 0; i < events->host_group_count; i++)
        has_any = has_any || powershell_is_own_event(of, events, &events->host_groups[i]);
    return has_any;
}

static void drop_events_of_others(struct powershell_case *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < out->event_count; i++) {
        if (has_own(out, out->events[i]))
            out->events[kept++] = out->events[i];
    }
    out->event_count = kept;
}

static void take_group(const struct gathering *all, size_t group, struct powershell_case *out)
{
    for (size_t i = 0; i < all->files->count; i++) {
        if (group_of(all, i) == group)
            take_file(all, i, out);
    }
    drop_events_of_others(out);
}

/* A name with its domain says more than the one that files have. */
static void take_server(const struct gathering *all, const struct subject *server,
                        struct powershell_case *out)
{
    out->server = server;
    for (size_t i = 0; i < all->files->count; i++) {
        if (all->servers[group_of(all, i)] == server)
            take_file(all, i, out);
    }
    out->name = server->name;
    out->is_vouched = server->given;
    drop_events_of_others(out);
}

typedef bool choice(const struct gathering *all, size_t i);

static bool is_web_config(const struct gathering *all, size_t i)
{
    return powershell_is_web_config(&all->files->list[i]);
}

static bool shows_something(const struct gathering *all, size_t i)
{
    return (all->logs[i] && has_requests(&all->logs[i]->log)) ||
           (all->events[i] && all->events[i]->host_group_count > 0) ||
           (all->certificates[i] && powershell_binds_back_end(all->certificates[i]));
}

static const char *first_of(const struct gathering *all, const struct powershell_case *of,
                            choice *is_chosen)
{
    for (size_t i = 0; i < all->files->count; i++) {
        if (of->is_of[i] && is_chosen(all, i))
            return all->files->list[i].path;
    }
    return NULL;
}

/* The configuration, else the first log or event log that shows something. */
static const char *teller_of(const struct gathering *all, const struct powershell_case *of)
{
    const char *web_config = first_of(all, of, is_web_config);

    if (of->host)
        return of->host->path;
    return web_config ? web_config : first_of(all, of, shows_something);
}

static bool take_file_case(const struct gathering *all, const struct subject *file,
                           struct powershell_case *out)
{
    const struct powershell_file *own = powershell_file_at(all->files, file->name);
    size_t group;

    if (!own)
        return false;
    group = group_of(all, (size_t)(own - all->files->list));
    if (all->servers[group]) {
        take_server(all, all->servers[group], out);
        return true;
    }
    take_group(all, group, out);
    out->teller = teller_of(all, out);
    return true;
}

/* False while it is on its way. What the user gives of the same machine is taken first. */
static bool take_machine(struct examination *x, const struct subject *server,
                         struct powershell_case *out)
{
    const struct powershell_machine *machine = powershell_machine_of(x, server);

    if (machine->is_pending)
        return false;
    if (!out->host && machine->server && machine->server->evidence.status == STATUS_OK)
        out->host = &machine->file;
    if (machine->events && machine->events->evidence.status == STATUS_OK)
        out->events[out->event_count++] = machine->events;
    if (machine->certificates)
        out->certificates[out->certificate_count++] = machine->certificates;
    return true;
}

static struct gathering *gathering_new(struct examination *x, const struct powershell_files *files)
{
    struct arena *memory = pass_memory(x);
    struct gathering *all = arena_new(memory, 1, sizeof *all);
    size_t room = files->count + 1;

    all->x = x;
    all->files = files;
    all->logs = arena_new(memory, room, sizeof *all->logs);
    all->events = arena_new(memory, room, sizeof *all->events);
    all->certificates = arena_new(memory, room, sizeof *all->certificates);
    all->said = arena_new(memory, room, sizeof *all->said);
    all->names = arena_new(memory, room, sizeof *all->names);
    all->group = arena_new(memory, room, sizeof *all->group);
    all->servers = arena_new(memory, room, sizeof *all->servers);
    return all;
}

/* With room for what its own machine has. */
static struct powershell_case *case_new(struct examination *x, const struct powershell_files *files)
{
    struct arena *memory = pass_memory(x);
    struct powershell_case *out = arena_new(memory, 1, sizeof *out);
    size_t room = files->count + 1;

    out->files = files;
    out->is_of = arena_new(memory, room, sizeof *out->is_of);
    out->logs = arena_new(memory, room, sizeof *out->logs);
    out->events = arena_new(memory, room, sizeof *out->events);
    out->certificates = arena_new(memory, room, sizeof *out->certificates);
    return out;
}

const struct powershell_case *powershell_case_of(struct examination *x,
                                                 const struct subject *subject)
{
    struct powershell_files *files = arena_new(pass_memory(x), 1, sizeof *files);
    struct powershell_case *out;
    struct gathering *all;

    if (!powershell_files_ask(x, files))
        return NULL;
    all = gathering_new(x, files);
    out = case_new(x, files);
    if (!ask_all(all))
        return NULL;
    sort_by_machine(all);
    if (subject->kind == SUBJECT_SERVER) {
        take_server(all, subject, out);
        return take_machine(x, subject, out) ? out : NULL;
    }
    return take_file_case(all, subject, out) ? out : NULL;
}

bool powershell_is_told_at(const struct powershell_case *of, const struct subject *subject)
{
    if (of->server)
        return of->server == subject;
    return of->teller && strcmp(of->teller, subject->name) == 0;
}

void powershell_name_machine(const struct powershell_case *of, struct finding *finding)
{
    static const char unnamed[] = "the server that the files are of";

    if (!of->name)
        set_vouched(finding, VALUE_TEXT, "machine", unnamed, sizeof unnamed - 1);
    else if (of->is_vouched)
        set_vouched(finding, VALUE_TEXT, "machine", of->name, strlen(of->name));
    else
        set_text(finding, "machine", of->name);
}
