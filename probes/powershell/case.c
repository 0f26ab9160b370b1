#include "probes/powershell/case.h"

#include "diag/text.h"
#include "probes/folder.h"
#include "probes/powershell/at_hand.h"

#include <string.h>

/* ---- names ---- */

bool powershell_is_same_machine(const char *one, const char *other)
{
    size_t size = strcspn(one, "."), other_size = strcspn(other, ".");

    if (one[size] && other[other_size])
        return text_equal_fold(one, other);
    return text_equal_fold_sized(one, size, other, other_size);
}

/* ---- what files tell ---- */

struct gathering { /* while a case is put together */
    struct examination *x;
    const struct powershell_files *files;
    const struct http_log_digest *logs[POWERSHELL_FILES_MOST];
    const struct event_log_digest *events[POWERSHELL_FILES_MOST];
    const char *names[POWERSHELL_FILES_MOST];                   /* that a file says; or NULL */
    const struct powershell_file *hosts[POWERSHELL_FILES_MOST]; /* powershell_host_of() */
    size_t group[POWERSHELL_FILES_MOST]; /* of each the first file of its machine */
};

static bool is_log(enum file_type type)
{
    return type == FILE_TYPE_IIS_LOG || type == FILE_TYPE_HTTP_PROXY_LOG;
}

static bool is_event_log(enum file_type type)
{
    return type == FILE_TYPE_EVTX || type == FILE_TYPE_EVENT_XML;
}

/* Events of several computers were forwarded to one that collects them. */
static const char *computer_of(const struct event_log_digest *events)
{
    const char *computer = NULL;

    for (size_t i = 0; i < events->host_group_count; i++) {
        const char *other = events->host_groups[i].computer;

        if (computer && !text_equal_fold(computer, other))
            return NULL;
        computer = *other ? other : computer;
    }
    return computer;
}

/* False while it is on its way. */
static bool ask_one(struct gathering *all, size_t i)
{
    const struct powershell_file *file = &all->files->list[i];

    all->names[i] = file->host || !file->config ? file->host : file->config->config.server;
    if (is_log(file->type)) {
        const struct http_log_digest *log = ask_http_log(all->x, file->path);

        if (!log)
            return false;
        all->logs[i] = log->evidence.status == STATUS_OK ? log : NULL;
        if (all->logs[i] && !file->host)
            all->names[i] = log->log.server;
    } else if (is_event_log(file->type)) {
        const struct event_log_digest *events = ask_event_log(all->x, file->path);

        if (!events)
            return false;
        all->events[i] = events->evidence.status == STATUS_OK ? events : NULL;
        if (all->events[i] && !file->host)
            all->names[i] = computer_of(events);
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

/* ---- which are of one machine ---- */

static void join(struct gathering *all, size_t one, size_t other)
{
    size_t kept = all->group[one], gone = all->group[other];

    if (kept > gone) {
        kept = gone;
        gone = all->group[one];
    }
    for (size_t i = 0; i < all->files->count; i++) {
        if (all->group[i] == gone)
            all->group[i] = kept;
    }
}

typedef bool relation(const struct gathering *all, size_t one, size_t other);

static bool have_one_host(const struct gathering *all, size_t one, size_t other)
{
    return all->hosts[one] && all->hosts[one] == all->hosts[other];
}

static bool lie_side_by_side(const struct gathering *all, size_t one, size_t other)
{
    return folders_are_one(all->files->list[one].path, all->files->list[other].path);
}

/* Files so related say at most one name, and are of at most one configuration. */
static bool are_of_one_machine(const struct gathering *all, size_t one, relation *is_related)
{
    const struct powershell_file *host = NULL;
    const char *name = NULL;

    for (size_t i = 0; i < all->files->count; i++) {
        if (!is_related(all, one, i))
            continue;
        if (host && all->hosts[i] && host != all->hosts[i])
            return false;
        host = all->hosts[i] ? all->hosts[i] : host;
        if (!all->names[i])
            continue;
        if (name && !powershell_is_same_machine(name, all->names[i]))
            return false;
        name = all->names[i];
    }
    return true;
}

static void join_related(struct gathering *all, relation *is_related)
{
    for (size_t i = 0; i < all->files->count; i++) {
        if (!are_of_one_machine(all, i, is_related))
            continue;
        for (size_t j = i + 1; j < all->files->count; j++) {
            if (all->group[i] != all->group[j] && is_related(all, i, j))
                join(all, i, j);
        }
    }
}

static bool have_one_name(const struct gathering *all, size_t one, size_t other)
{
    return all->names[one] && all->names[other] &&
           powershell_is_same_machine(all->names[one], all->names[other]);
}

static void sort_by_machine(struct gathering *all)
{
    for (size_t i = 0; i < all->files->count; i++) {
        all->group[i] = i;
        all->hosts[i] = powershell_host_of(all->files, all->files->list[i].path);
    }
    join_related(all, have_one_host);
    join_related(all, lie_side_by_side);
    for (size_t i = 0; i < all->files->count; i++) {
        for (size_t j = i + 1; j < all->files->count; j++) {
            if (all->group[i] != all->group[j] && have_one_name(all, i, j))
                join(all, i, j);
        }
    }
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
    if (!out->host && all->hosts[i] == file)
        out->host = file;
    if (file->host && !out->is_vouched) {
        out->name = file->host;
        out->is_vouched = true;
    }
    if (!out->name)
        out->name = all->names[i];
    if (all->logs[i] && has_requests(&all->logs[i]->log))
        out->logs[out->log_count++] = all->logs[i];
    if (all->events[i])
        out->events[out->event_count++] = all->events[i];
}

static void take_group(const struct gathering *all, size_t group, struct powershell_case *out)
{
    for (size_t i = 0; i < all->files->count; i++) {
        if (all->group[i] == group && !out->is_of[i])
            take_file(all, i, out);
    }
}

static bool is_of_group(const struct gathering *all, size_t group, const char *name)
{
    for (size_t i = 0; i < all->files->count; i++) {
        if (all->group[i] == group && all->names[i] &&
            powershell_is_same_machine(all->names[i], name))
            return true;
    }
    return false;
}

static const struct subject *server_of(const struct gathering *all, size_t group)
{
    struct subject_list servers = ask_subjects(all->x, SUBJECT_SERVER);

    for (size_t i = 0; i < servers.count; i++) {
        if (is_of_group(all, group, servers.list[i]->name))
            return servers.list[i];
    }
    return NULL;
}

/* A name with its domain says more than the one that files have. */
static void take_server(const struct gathering *all, const struct subject *server,
                        struct powershell_case *out)
{
    out->server = server;
    for (size_t i = 0; i < all->files->count; i++) {
        if (all->group[i] == i && is_of_group(all, i, server->name) && server_of(all, i) == server)
            take_group(all, i, out);
    }
    out->name = server->name;
    out->is_vouched = server->given;
}

typedef bool choice(const struct gathering *all, size_t i);

static bool is_web_config(const struct gathering *all, size_t i)
{
    return powershell_is_web_config(&all->files->list[i]);
}

static bool shows_something(const struct gathering *all, size_t i)
{
    return (all->logs[i] && has_requests(&all->logs[i]->log)) ||
           (all->events[i] && all->events[i]->host_group_count > 0);
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
    const struct subject *server;

    for (size_t i = 0; i < all->files->count; i++) {
        if (strcmp(all->files->list[i].path, file->name) != 0)
            continue;
        server = server_of(all, all->group[i]);
        if (server) {
            take_server(all, server, out);
            return true;
        }
        take_group(all, all->group[i], out);
        out->teller = teller_of(all, out);
        return true;
    }
    return false;
}

/* False while it is on its way. What the user gives of the same machine is taken first. */
static bool take_at_hand(struct examination *x, const struct subject *server,
                         struct powershell_case *out)
{
    const struct powershell_at_hand *at_hand = powershell_at_hand_of(x, server);

    if (at_hand->is_pending)
        return false;
    if (!out->host && at_hand->server && at_hand->server->evidence.status == STATUS_OK)
        out->host = &at_hand->file;
    if (at_hand->events && at_hand->events->evidence.status == STATUS_OK &&
        out->event_count < POWERSHELL_FILES_MOST)
        out->events[out->event_count++] = at_hand->events;
    return true;
}

const struct powershell_case *powershell_case_of(struct examination *x,
                                                 const struct subject *subject)
{
    struct arena *memory = pass_memory(x);
    struct powershell_files *files = arena_new(memory, 1, sizeof *files);
    struct gathering *all = arena_new(memory, 1, sizeof *all);
    struct powershell_case *out = arena_new(memory, 1, sizeof *out);

    all->x = x;
    all->files = files;
    out->files = files;
    if (!powershell_files_ask(x, files) || !ask_all(all))
        return NULL;
    sort_by_machine(all);
    if (subject->kind == SUBJECT_SERVER)
        take_server(all, subject, out);
    else if (!take_file_case(all, subject, out))
        return NULL;
    return subject->kind != SUBJECT_SERVER || take_at_hand(x, subject, out) ? out : NULL;
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
