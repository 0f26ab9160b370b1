#include "probes/powershell/case.h"

#include "diag/text.h"
#include "probes/folder.h"
#include "probes/powershell/certificates.h"
#include "probes/powershell/machine.h"

#include <stdlib.h>
#include <string.h>

/* ---- what files tell ---- */

enum { NONE = -1 };

struct gathering { /* of all files and servers; made once for all that ask */
    struct examination *x;
    const struct powershell_files *files;
    struct subject_list servers;
    const struct http_log_digest **logs; /* of each file, as the following; or NULL */
    const struct event_log_digest **events;
    const struct bound_certificates **certificates;
    const char **said;    /* the name that it says; or NULL */
    ptrdiff_t *names;     /* that in `known`; or NONE */
    size_t *group;        /* a file of the same machine; of one in each itself */
    ptrdiff_t *server_of; /* of the file that is a group's: a server that is examined; or NONE */

    const char **known; /* the different names of the run, in order */
    size_t known_count;

    size_t *place; /* of a file in `cases` */
    struct powershell_case *
        *cases; /* of groups without a server, behind them of servers; or NULL */
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

static int compare_folded(const char *one, size_t size, const char *other, size_t other_size)
{
    size_t i = 0;

    while (i < size && i < other_size && text_lower(one[i]) == text_lower(other[i]))
        i++;
    if (i == size || i == other_size)
        return (i < size) - (i < other_size);
    return text_lower(one[i]) < text_lower(other[i]) ? -1 : 1;
}

/* By first labels: behind a name without a domain stand those that it may be short for. */
static int compare_names(const void *a, const void *b)
{
    const char *one = *(const char *const *)a, *other = *(const char *const *)b;
    size_t size = strcspn(one, "."), other_size = strcspn(other, ".");
    int order = compare_folded(one, size, other, other_size);

    if (order != 0)
        return order;
    return compare_folded(one + size, strlen(one + size), other + other_size,
                          strlen(other + other_size));
}

static bool is_short_for(const struct gathering *all, const char *name, size_t i)
{
    return i < all->known_count && powershell_is_same_machine(all->known[i], name);
}

/* Its place in `known`: of a name without a domain the place of the only one that has one. */
static ptrdiff_t number_of(const struct gathering *all, const char *name)
{
    const char **found =
        bsearch(&name, all->known, all->known_count, sizeof *all->known, compare_names);
    size_t own = (size_t)(found - all->known);

    if (!strchr(name, '.') && is_short_for(all, name, own + 1) && !is_short_for(all, name, own + 2))
        own++;
    return (ptrdiff_t)own;
}

static void find_names(struct gathering *all)
{
    size_t count = 0;

    for (size_t i = 0; i < all->files->count; i++) {
        if (all->said[i])
            all->known[count++] = all->said[i];
    }
    for (size_t i = 0; i < all->servers.count; i++)
        all->known[count++] = all->servers.list[i]->name;
    qsort(all->known, count, sizeof *all->known, compare_names);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !text_equal_fold(all->known[i], all->known[all->known_count - 1]))
            all->known[all->known_count++] = all->known[i];
    }
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

struct lying { /* a file and its folder, which is the beginning of its path */
    const char *path;
    size_t folder_size, file;
};

static int compare_folders(const void *a, const void *b)
{
    const struct lying *one = a, *other = b;
    size_t shorter = one->folder_size < other->folder_size ? one->folder_size : other->folder_size;
    int order = memcmp(one->path, other->path, shorter);

    if (order == 0)
        order = (one->folder_size > other->folder_size) - (one->folder_size < other->folder_size);
    return order ? order : (one->file > other->file) - (one->file < other->file);
}

static void join_by_folder(struct gathering *all)
{
    const struct powershell_files *files = all->files;
    struct lying *list = arena_new(pass_memory(all->x), files->count + 1, sizeof *list);
    ptrdiff_t *keys = arena_new(pass_memory(all->x), files->count + 1, sizeof *keys);

    for (size_t i = 0; i < files->count; i++) {
        const char *path = files->list[i].path;

        list[i] = (struct lying){path, folders_shared(path, path), i};
    }
    qsort(list, files->count, sizeof *list, compare_folders);
    for (size_t i = 0; i < files->count; i++) {
        bool is_same = i > 0 && folders_are_one(list[i - 1].path, list[i].path);

        keys[list[i].file] = is_same ? keys[list[i - 1].file] : (ptrdiff_t)list[i].file;
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

static void find_servers(struct gathering *all)
{
    ptrdiff_t *by_name = arena_new(pass_memory(all->x), all->known_count + 1, sizeof *by_name);

    for (size_t i = 0; i < all->known_count; i++)
        by_name[i] = NONE;
    for (size_t i = all->servers.count; i > 0; i--)
        by_name[number_of(all, all->servers.list[i - 1]->name)] = (ptrdiff_t)(i - 1);
    for (size_t i = 0; i < all->files->count; i++)
        all->server_of[i] = NONE;
    for (size_t i = 0; i < all->files->count; i++) {
        ptrdiff_t *server = &all->server_of[group_of(all, i)];

        if (all->names[i] != NONE && *server == NONE)
            *server = by_name[all->names[i]];
    }
}

static void sort_by_machine(struct gathering *all)
{
    for (size_t i = 0; i < all->files->count; i++)
        all->group[i] = i;
    find_names(all);
    join_by_host(all);
    join_by_folder(all);
    join_by_name(all);
    find_servers(all);
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

    out->own[out->own_count++] = file;
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

typedef bool choice(const struct gathering *all, const struct powershell_file *file);

static bool is_web_config(const struct gathering *all, const struct powershell_file *file)
{
    (void)all;
    return powershell_is_web_config(file);
}

static bool shows_something(const struct gathering *all, const struct powershell_file *file)
{
    size_t i = (size_t)(file - all->files->list);

    return (all->logs[i] && has_requests(&all->logs[i]->log)) ||
           (all->events[i] && all->events[i]->host_group_count > 0) ||
           (all->certificates[i] && powershell_binds_back_end(all->certificates[i]));
}

static const char *first_of(const struct gathering *all, const struct powershell_case *of,
                            choice *is_chosen)
{
    for (size_t i = 0; i < of->own_count; i++) {
        if (is_chosen(all, of->own[i]))
            return of->own[i]->path;
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

static struct powershell_case *case_new(struct arena *memory, const struct powershell_files *files,
                                        size_t room)
{
    struct powershell_case *out = arena_new(memory, 1, sizeof *out);

    out->files = files;
    out->own = arena_new(memory, room, sizeof *out->own);
    out->logs = arena_new(memory, room, sizeof *out->logs);
    out->events = arena_new(memory, room, sizeof *out->events);
    out->certificates = arena_new(memory, room, sizeof *out->certificates);
    return out;
}

/* A name with its domain says more than the one that files have. */
static void name_server(struct powershell_case *out, const struct subject *server)
{
    out->server = server;
    out->name = server->name;
    out->is_vouched = server->given;
}

static void end_case(const struct gathering *all, size_t place)
{
    struct powershell_case *of = all->cases[place];

    if (of && place >= all->files->count)
        name_server(of, all->servers.list[place - all->files->count]);
    if (of)
        drop_events_of_others(of);
    if (of && !of->server)
        of->teller = teller_of(all, of);
}

static void make_cases(struct gathering *all)
{
    struct arena *memory = pass_memory(all->x);
    size_t count = all->files->count, places = count + all->servers.count;
    size_t *counts = arena_new(memory, places, sizeof *counts);

    for (size_t i = 0; i < count; i++) {
        size_t group = group_of(all, i);

        all->place[i] =
            all->server_of[group] == NONE ? group : count + (size_t)all->server_of[group];
        counts[all->place[i]]++;
    }
    for (size_t i = 0; i < count; i++) {
        struct powershell_case **of = &all->cases[all->place[i]];

        if (!*of)
            *of = case_new(memory, all->files, counts[all->place[i]]);
        take_file(all, i, *of);
    }
    for (size_t i = 0; i < places; i++)
        end_case(all, i);
}

static struct gathering *gathering_new(struct examination *x, const struct powershell_files *files)
{
    struct arena *memory = pass_memory(x);
    struct gathering *all = arena_new(memory, 1, sizeof *all);
    size_t room = files->count + 1;

    all->x = x;
    all->files = files;
    all->servers = ask_subjects(x, SUBJECT_SERVER);
    all->logs = arena_new(memory, room, sizeof *all->logs);
    all->events = arena_new(memory, room, sizeof *all->events);
    all->certificates = arena_new(memory, room, sizeof *all->certificates);
    all->said = arena_new(memory, room, sizeof *all->said);
    all->names = arena_new(memory, room, sizeof *all->names);
    all->group = arena_new(memory, room, sizeof *all->group);
    all->server_of = arena_new(memory, room, sizeof *all->server_of);
    all->place = arena_new(memory, room, sizeof *all->place);
    all->known = arena_new(memory, room + all->servers.count, sizeof *all->known);
    all->cases = arena_new(memory, room + all->servers.count, sizeof *all->cases);
    return all;
}

static const void *gather(struct examination *x)
{
    struct powershell_files *files = arena_new(pass_memory(x), 1, sizeof *files);
    bool is_complete = powershell_files_ask(x, files);
    struct gathering *all = gathering_new(x, files);

    if (!is_complete || !ask_all(all))
        return all;
    sort_by_machine(all);
    make_cases(all);
    return all;
}

/* ---- a server's own machine ---- */

/* What the user gives of the same machine is taken first. */
static void take_machine(struct examination *x, const struct powershell_machine *machine,
                         struct powershell_case *out)
{
    struct arena *memory = pass_memory(x);
    const struct event_log_digest **events =
        arena_new(memory, out->event_count + 1, sizeof *events);
    const struct bound_certificates **certificates =
        arena_new(memory, out->certificate_count + 1, sizeof *certificates);

    for (size_t i = 0; i < out->event_count; i++)
        events[i] = out->events[i];
    for (size_t i = 0; i < out->certificate_count; i++)
        certificates[i] = out->certificates[i];
    out->events = events;
    out->certificates = certificates;
    if (!out->host && machine->server && machine->server->evidence.status == STATUS_OK)
        out->host = &machine->file;
    if (machine->events && machine->events->evidence.status == STATUS_OK)
        out->events[out->event_count++] = machine->events;
    if (machine->certificates)
        out->certificates[out->certificate_count++] = machine->certificates;
}

static int compare_subjects(const void *a, const void *b)
{
    return subject_compare(*(const struct subject *const *)a, *(const struct subject *const *)b);
}

static const struct powershell_case *
case_of_server(struct examination *x, const struct gathering *all, const struct subject *server)
{
    const struct powershell_machine *machine = powershell_machine_of(x, server);
    struct powershell_case *out = arena_new(pass_memory(x), 1, sizeof *out);
    const struct subject *const *found;

    if (!all || machine->is_pending)
        return NULL;
    found =
        bsearch(&server, all->servers.list, all->servers.count, sizeof *found, compare_subjects);
    if (found && all->cases[all->files->count + (size_t)(found - all->servers.list)])
        *out = *all->cases[all->files->count + (size_t)(found - all->servers.list)];
    out->files = all->files;
    name_server(out, server);
    take_machine(x, machine, out);
    return out;
}

const struct powershell_case *powershell_case_of(struct examination *x,
                                                 const struct subject *subject)
{
    const struct gathering *all = ask_shared(x, gather);
    const struct powershell_file *own;

    if (subject->kind == SUBJECT_SERVER)
        return case_of_server(x, all, subject);
    own = all ? powershell_file_at(all->files, subject->name) : NULL;
    return own ? all->cases[all->place[own - all->files->list]] : NULL;
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
