#include "probes/powershell/cause.h"

#include "diag/clock.h"
#include "diag/read/windows_feature.h"
#include "diag/text.h"
#include "probes/as_called.h"
#include "probes/clock/field.h"
#include "probes/powershell/kinds.h"
#include "probes/powershell/live.h"
#include "probes/powershell/requests.h"

#include <string.h>

enum { LINE_MOST = 1024, STRETCHES_SHOWN = 8 };

/* ---- which piece of evidence decides ---- */

enum { PLAIN = 1 << POWERSHELL_FAILURE_PLAIN, BY_CODE = ~PLAIN, ANY = ~0 };

/* What codes point at comes first, and no clock makes these; then what is soonest had. */
static const struct {
    unsigned lacks;
    int failures; /* of which it is asked for: bits */
    enum powershell_next next;
} steps[] = {
    {POWERSHELL_KNOWS_CONFIG, BY_CODE, POWERSHELL_NEXT_CONFIG},
    {POWERSHELL_KNOWS_WEB_CONFIG, BY_CODE, POWERSHELL_NEXT_WEB_CONFIG},
    {POWERSHELL_KNOWS_CLOCK, PLAIN, POWERSHELL_NEXT_CLOCK},
    {POWERSHELL_KNOWS_CONFIG, PLAIN, POWERSHELL_NEXT_CONFIG},
    {POWERSHELL_KNOWS_EVENTS, ANY, POWERSHELL_NEXT_EVENTS},
    {POWERSHELL_KNOWS_INSTALL_PATH, ANY, POWERSHELL_NEXT_INSTALL_PATH},
    {POWERSHELL_KNOWS_WEB_CONFIG, PLAIN, POWERSHELL_NEXT_WEB_CONFIG},
    {POWERSHELL_KNOWS_SUBSTATUS, ANY, POWERSHELL_NEXT_IIS_LOG},
};

enum powershell_next powershell_next_of(unsigned causes, unsigned known,
                                        enum powershell_failure failure)
{
    if (causes)
        return POWERSHELL_NEXT_NOTHING;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if ((known & steps[i].lacks) == 0 && (steps[i].failures & 1 << failure) != 0)
            return steps[i].next;
    }
    return POWERSHELL_NEXT_TRACE;
}

/* ---- what the run knows ---- */

struct matter { /* everything about one server, while it is judged */
    struct examination *x;
    const struct powershell_case *of;
    const struct powershell_view *view; /* NULL: the server was not asked */
    struct powershell_requests requests;
    unsigned causes, known;
    enum powershell_failure failure;
    const char *controller; /* that its clock is near enough to; or NULL */
    const char *elsewhere;  /* the server that fails, where the files are not its; or NULL */
};

/* False while it is on its way. The clock probe asks for all of it anyway. */
static bool look_at_clock(struct matter *matter)
{
    struct examination *x = matter->x;
    const struct clock_comparison *comparison;
    const struct clock_field *field;
    const struct clock_host *host;
    const struct clock_pair *pair;

    if (!matter->of->server || !ask_is_selected(x, "clock"))
        return true;
    host = clock_host_of(x, matter->of->server->name, CLOCK_ROLE_SERVER, NULL);
    field = clock_field_of(x, host, clock_domain_of_server(x, host));
    if (!field)
        return false;
    comparison = field->comparison;
    pair = comparison->worst ? comparison->worst : clock_wrong_controller(comparison);
    if (!pair || pair->skew == CLOCK_TOO_WIDE)
        return true;
    matter->known |= POWERSHELL_KNOWS_CLOCK;
    if (pair->skew == CLOCK_BEYOND)
        matter->causes |= POWERSHELL_CAUSE_CLOCK;
    else
        matter->controller = pair->other->name;
    return true;
}

static void look_at_file(struct matter *matter, const struct powershell_file *file)
{
    const struct windows_setup *setup = NULL;

    if (file->config && (file->config->config.role == IIS_ROLE_POWERSHELL_FRONT ||
                         file->config->config.role == IIS_ROLE_POWERSHELL_BACK))
        matter->known |= POWERSHELL_KNOWS_WEB_CONFIG;
    if (file->type == FILE_TYPE_REGISTRY || file->type == FILE_TYPE_REGISTRY_QUERY ||
        file->type == FILE_TYPE_ENVIRONMENT)
        setup = ask_windows_setup(matter->x, file->path);
    if (setup && setup->evidence.status == STATUS_OK && setup->exchange_path.known)
        matter->known |= POWERSHELL_KNOWS_INSTALL_PATH;
}

/* It is of no files. */
static void look_at_machine(struct matter *matter)
{
    struct powershell_server *server = arena_new(pass_memory(matter->x), 1, sizeof *server);
    const struct powershell_case *of = matter->of;
    size_t own = 0;

    if (!powershell_server_ask(matter->x, of->files, of->host, server))
        return;
    for (size_t i = 0; i < server->count; i++)
        own += server->directories[i].effective.has_own;
    if (own > 0 && own == server->count)
        matter->known |= POWERSHELL_KNOWS_WEB_CONFIG;
    if (server->facts.exchange_path.source)
        matter->known |= POWERSHELL_KNOWS_INSTALL_PATH;
}

static void look_at_files(struct matter *matter)
{
    const struct powershell_case *of = matter->of;

    if (of->host)
        matter->known |= POWERSHELL_KNOWS_CONFIG;
    if (of->host && of->host->is_machine)
        look_at_machine(matter);
    if (of->event_count > 0)
        matter->known |= POWERSHELL_KNOWS_EVENTS;
    for (size_t i = 0; i < of->own_count; i++)
        look_at_file(matter, of->own[i]);
}

static void note_sign(struct matter *matter, const struct powershell_sign *sign)
{
    enum powershell_symptom symptom = powershell_sign_points_at(sign);

    if (symptom == POWERSHELL_BAD_CONFIG)
        matter->failure = POWERSHELL_FAILURE_CONFIG;
    else if (symptom == POWERSHELL_BAD_MODULE && matter->failure == POWERSHELL_FAILURE_PLAIN)
        matter->failure = POWERSHELL_FAILURE_MODULE;
    else if (powershell_is_clock(symptom))
        matter->causes |= POWERSHELL_CAUSE_CLOCK;
}

static void look_at_codes(struct matter *matter)
{
    for (size_t i = 0; i < matter->requests.count; i++) {
        const struct powershell_stretch *stretch = &matter->requests.list[i];
        const struct http_log_row *row = stretch->most;
        struct powershell_sign sign;

        if (stretch->digest->log.type == FILE_TYPE_IIS_LOG)
            matter->known |= POWERSHELL_KNOWS_SUBSTATUS;
        if (!row || stretch->course < POWERSHELL_COURSE_OFTEN)
            continue;
        sign = powershell_sign_of_status(row->status, row->substatus, row->win32);
        note_sign(matter, &sign);
    }
    for (size_t i = 0; matter->view && i < matter->view->count; i++) {
        for (size_t k = 0; k < POWERSHELL_LOOK_COUNT; k++) {
            if (matter->view->nodes[i].looks[k].exchange)
                note_sign(matter, &matter->view->nodes[i].looks[k].sign);
        }
    }
}

/* By X-FEServer. Neither the name asked for nor a file need be its own: then nothing is known. */
static bool may_be_its_files(const struct powershell_case *of, const char *node)
{
    struct ip_address literal;

    if ((of->host && of->host->is_machine) || powershell_is_same_machine(of->name, node) ||
        ip_parse(of->name, strlen(of->name), &literal) == STATUS_OK)
        return true;
    for (size_t i = 0; i < of->own_count; i++) {
        const struct powershell_file *file = of->own[i];

        if (file->config && file->config->config.server &&
            powershell_is_same_machine(file->config->config.server, node))
            return true;
    }
    return false;
}

/* A balancer, or a record that leads elsewhere: causes in files are none of what fails there. */
static const char *who_fails_elsewhere(const struct matter *matter)
{
    const char *elsewhere = NULL;

    for (size_t i = 0; i < matter->view->count; i++) {
        const struct powershell_node *node = &matter->view->nodes[i];

        for (size_t k = 0; k < POWERSHELL_LOOK_COUNT; k++) {
            if (!powershell_look_fails(node, k))
                continue;
            elsewhere = node->looks[k].sign.node;
            if (!elsewhere || may_be_its_files(matter->of, elsewhere))
                return NULL;
        }
    }
    return elsewhere;
}

static void leave_out_files_of_others(struct matter *matter)
{
    matter->elsewhere = who_fails_elsewhere(matter);
    if (matter->elsewhere && (matter->causes || matter->known)) {
        matter->causes = matter->known = 0;
        return;
    }
    matter->elsewhere = NULL;
}

/* ---- telling ---- */

/* Of features that came and went, the one that brings WSMan. */
static bool is_of_matter(const struct host_event *event)
{
    return !*event->feature || text_equal_fold(event->feature, FEATURE_WINRM_IIS_EXT_OF_DISM);
}

static void tell_event(const struct matter *matter, const struct event_log_digest *events,
                       const struct host_event_group *group, struct finding *finding)
{
    const struct host_event *event = &group->event;
    char last[CLOCK_TEXT_SIZE] = "";

    if (group->last)
        clock_format(group->last, last);
    saw(finding, &events->evidence, "%llu x %s%s%s%s%s%s%s%s%s%s", (unsigned long long)group->count,
        host_event_text(event->kind), *event->file ? ": " : "", event->file,
        *event->pool ? ": " : "", event->pool, *event->feature ? ": " : "", event->feature,
        *event->error ? ", error " : "", event->error,
        *last ? arena_print(pass_memory(matter->x), ", last at %s", last) : "");
}

static void tell_events(const struct matter *matter, struct finding *finding)
{
    for (size_t i = 0; i < matter->of->event_count; i++) {
        const struct event_log_digest *events = matter->of->events[i];

        for (size_t k = 0; k < events->host_group_count; k++) {
            const struct host_event_group *group = &events->host_groups[k];

            if (is_of_matter(&group->event) && powershell_is_own_event(matter->of, events, group))
                tell_event(matter, events, group, finding);
        }
    }
}

static const struct {
    unsigned bit;
    const char *text;
} places[] = {
    {POWERSHELL_KNOWS_CLOCK, "the clock"},
    {POWERSHELL_KNOWS_CONFIG, "applicationHost.config"},
    {POWERSHELL_KNOWS_WEB_CONFIG, "web.config of the directory"},
    {POWERSHELL_KNOWS_EVENTS, "event logs"},
    {POWERSHELL_KNOWS_INSTALL_PATH, "the variable ExchangeInstallPath"},
};

/* "the clock, event logs": those that were looked at, or were not, behind what is said of them. */
static void write_places(const char *what, unsigned known, bool is_known, struct buffer *out)
{
    const char *before = what;

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (((known & places[i].bit) != 0) != is_known)
            continue;
        buffer_print(out, "%s%s", before, places[i].text);
        before = ", ";
    }
}

/* What is excluded helps as much as what is seen. */
static void tell_excluded(const struct matter *matter, struct finding *finding)
{
    struct buffer text;

    if (matter->causes)
        return;
    buffer_init(&text, LINE_MOST);
    buffer_add_string(&text, "no cause is found yet");
    write_places(". Looked at without finding it: ", matter->known, true, &text);
    write_places(". Not looked at: ", matter->known, false, &text);
    saw(finding, NULL, "%s", text.text);
    buffer_release(&text);
    if (matter->controller)
        saw(finding, NULL, "its clock is no further from that of %s than Kerberos bears",
            matter->controller);
}

/* A step that asks the server again does it as the one who asked. */
static void set_run(const struct matter *matter, struct finding *finding, const char *value)
{
    bool as_somebody = ask_settings(matter->x)->authenticate;

    set_text(finding,
             as_somebody ? arena_print(pass_memory(matter->x), "%s-as-somebody", value) : value,
             "yes");
}

static void choose_steps(const struct matter *matter, struct finding *finding)
{
    static const char *const ids[] = {
#define X(name, id) [POWERSHELL_NUMBER_##name] = id,
        POWERSHELL_CAUSE_LIST(X)
#undef X
    };
    static const char *const values[] = {
#define X(name, id) [POWERSHELL_NUMBER_##name] = "cause-" id,
        POWERSHELL_CAUSE_LIST(X)
#undef X
    };
    static const char *const nexts[] = {
#define X(name, value) [POWERSHELL_NEXT_##name] = value,
        POWERSHELL_NEXT_LIST(X)
#undef X
    };
    enum powershell_next next = powershell_next_of(matter->causes, matter->known, matter->failure);
    const char *seen[POWERSHELL_CAUSE_COUNT];
    size_t count = 0;

    for (size_t i = 0; i < POWERSHELL_CAUSE_COUNT; i++) {
        if ((matter->causes & 1u << i) == 0)
            continue;
        set_text(finding, values[i], "yes");
        seen[count++] = ids[i];
    }
    explained_only_by(finding, seen, count);
    set_text(finding, matter->causes ? "cause" : nexts[next], "yes");
    if (next >= POWERSHELL_NEXT_CONFIG && next < POWERSHELL_NEXT_TRACE)
        set_run(matter, finding, "fetched");
    if (next == POWERSHELL_NEXT_CLOCK && matter->of->server)
        set_run(matter, finding,
                ask_is_selected(matter->x, "clock") ? "clock-unknown" : "clock-unasked");
    if (next == POWERSHELL_NEXT_CLOCK && !matter->of->server)
        set_text(finding, "clock-there", "yes");
}

static void name_all(const struct matter *matter, struct finding *finding)
{
    static const enum service services[] = {SERVICE_DNS, SERVICE_HTTP, SERVICE_HTTPS,
                                            SERVICE_BACKEND, SERVICE_KERBEROS};
    const struct powershell_case *of = matter->of;

    powershell_name_machine(of, finding);
    if (of->server && of->server->given)
        set_vouched(finding, VALUE_NAME, "server", of->server->name, strlen(of->server->name));
    else if (of->server)
        set_value(finding, VALUE_NAME, "server", of->server->name, strlen(of->server->name));
    set_text(finding, "file",
             arena_print(pass_memory(matter->x), "%s=<file>",
                         of->server ? of->server->name : "<server>"));
    set_as_called(matter->x, finding, services, sizeof services / sizeof *services);
    if (matter->view) {
        set_text(finding, "live", "yes");
        set_run(matter, finding, "again");
    }
    if (matter->requests.worst >= POWERSHELL_COURSE_OFTEN)
        set_text(finding, "log", "yes");
}

typedef bool stretch_wish(const struct powershell_stretch *stretch);

static bool is_failing(const struct powershell_stretch *stretch)
{
    return stretch->course >= POWERSHELL_COURSE_OFTEN;
}

static bool has_failures(const struct powershell_stretch *stretch)
{
    return stretch->failed > 0;
}

/* The latest of them. */
static void tell_stretches(const struct matter *matter, struct finding *finding,
                           stretch_wish *is_wished)
{
    size_t count = 0;

    for (size_t i = 0; i < matter->requests.count; i++) {
        const struct powershell_stretch *stretch = &matter->requests.list[i];

        if (is_wished(stretch) && count++ < STRETCHES_SHOWN)
            powershell_tell_stretch(matter->x, finding, stretch);
    }
    if (count > STRETCHES_SHOWN)
        saw(finding, NULL, "so do %u logs before these", (unsigned)(count - STRETCHES_SHOWN));
}

static void tell_problem(struct matter *matter, bool fails_live)
{
    struct finding *finding = found(matter->x, &powershell_vdir_500);
    const struct subject *server = matter->of->server;

    if (!fails_live && matter->requests.worst == POWERSHELL_COURSE_OFTEN)
        finding_severity(finding, SEVERITY_WARNING);
    name_all(matter, finding);
    choose_steps(matter, finding);
    if (matter->causes & POWERSHELL_CAUSE_CLOCK)
        due_to(finding, server->kind, server->name);
    tell_excluded(matter, finding);
    if (fails_live)
        powershell_tell_failing(finding, matter->view);
    tell_stretches(matter, finding, is_failing);
    if (matter->elsewhere)
        saw(finding, NULL,
            "%s answered, and nothing says that the files are its: what they show explains nothing "
            "there, collect on %s",
            matter->elsewhere, matter->elsewhere);
    else
        tell_events(matter, finding);
}

/* Of logs alone: what was asked live says by itself how it is. */
static void tell_good(const struct matter *matter)
{
    uint64_t answered = 0, failed = 0;
    struct finding *finding;
    bool is_over = false;

    for (size_t i = 0; i < matter->requests.count; i++) {
        answered += matter->requests.list[i].answered;
        failed += matter->requests.list[i].failed;
        is_over = is_over || matter->requests.list[i].is_over;
    }
    finding = healthy(matter->x, &powershell_vdir_500,
                      "%llu requests to /PowerShell were answered, %llu ended with 500%s",
                      (unsigned long long)answered, (unsigned long long)failed,
                      is_over ? ", and the latest do no more" : "");
    name_all(matter, finding);
    tell_stretches(matter, finding, has_failures);
}

/* ---- logs in which nothing is answered for another reason ---- */

/* The kinds and values are those of a server that is asked live: live_tell.c. */
static const struct other_end {
    unsigned status, substatus; /* substatus 0: any */
    const struct finding_kind *kind;
    const char *front, *back; /* values that print the steps */
    const char *text;         /* as {what} and {where}, behind the name of the end */
} other_ends[] = {
    {403, 4, &powershell_forbidden, "ssl", "ssl", " forbids requests without SSL"},
    {404, 0, &powershell_not_found, "gone-http", "gone-back", ""},
    {503, 0, &powershell_unavailable, "pool-front", "pool-back", "'s directory answers 503"},
};

static const struct other_end *other_end_of(const struct powershell_stretch *stretch)
{
    const struct http_log_row *row = stretch->most;

    if (stretch->course != POWERSHELL_COURSE_OTHER || !row)
        return NULL;
    for (size_t i = 0; i < sizeof other_ends / sizeof *other_ends; i++) {
        if (row->status == other_ends[i].status &&
            (!other_ends[i].substatus || row->substatus == other_ends[i].substatus))
            return &other_ends[i];
    }
    return NULL;
}

static void tell_other_end(const struct matter *matter, const struct powershell_stretch *stretch,
                           const struct other_end *end)
{
    const char *place = stretch->is_back_end ? "the back end" : "the front end";
    const char *text = arena_print(pass_memory(matter->x), "%s%s", place, end->text);
    struct finding *finding = found(matter->x, end->kind);

    powershell_name_machine(matter->of, finding);
    set_text(finding, stretch->is_back_end ? end->back : end->front, "yes");
    set_text(finding, "what", text);
    set_text(finding, "where", text);
    powershell_tell_stretch(matter->x, finding, stretch);
}

/* By the latest log of each end. */
static void tell_other_ends(const struct matter *matter)
{
    bool is_told[2] = {false, false};

    for (size_t i = 0; i < matter->requests.count; i++) {
        const struct powershell_stretch *stretch = &matter->requests.list[i];
        const struct other_end *end = other_end_of(stretch);

        if (!end || is_told[stretch->is_back_end])
            continue;
        is_told[stretch->is_back_end] = true;
        tell_other_end(matter, stretch, end);
    }
}

/* ---- what events alone tell ---- */

typedef bool wish(const struct host_event *event);

static const struct host_event_group *event_of(const struct powershell_case *of, wish *is_wished,
                                               const struct evidence **source)
{
    for (size_t i = 0; i < of->event_count; i++) {
        for (size_t k = 0; k < of->events[i]->host_group_count; k++) {
            const struct host_event_group *group = &of->events[i]->host_groups[k];

            if (is_wished(&group->event) && powershell_is_own_event(of, of->events[i], group)) {
                *source = &of->events[i]->evidence;
                return group;
            }
        }
    }
    return NULL;
}

/* A variable that has no value is left in the path as it stands. */
static bool lacks_install_path(const struct host_event *event)
{
    static const char variable[] = "%ExchangeInstallPath%";

    return event->kind == HOST_EVENT_WINRM_CANNOT_LOAD &&
           text_starts_fold(event->file, strlen(event->file), variable);
}

static bool cannot_load_kerbauth(const struct host_event *event)
{
    static const char name[] = "kerbauth.dll";
    size_t size = strlen(event->file);

    return event->kind == HOST_EVENT_MODULE_NOT_LOADED && size >= sizeof name - 1 &&
           text_equal_fold(event->file + size - (sizeof name - 1), name);
}

/* Only where what says more is not here: the variable, and the configuration. */
static void judge_events(struct matter *matter)
{
    const struct evidence *source = NULL;
    const struct host_event_group *group = event_of(matter->of, lacks_install_path, &source);
    struct finding *finding;

    if (group && (matter->known & POWERSHELL_KNOWS_INSTALL_PATH) == 0) {
        matter->causes |= POWERSHELL_CAUSE_INSTALL_PATH;
        finding = found(matter->x, &exchange_install_path);
        powershell_name_machine(matter->of, finding);
        saw(finding, source,
            "WinRM cannot load %s (event 10113, %llu times): the variable had no value there",
            group->event.file, (unsigned long long)group->count);
    }
    group = event_of(matter->of, cannot_load_kerbauth, &source);
    if (group && (matter->known & POWERSHELL_KNOWS_CONFIG) == 0) {
        finding = unknown(matter->x, &kerbauth_path,
                          "IIS could not load kerbauth.dll (event 2280): whether its path is wrong "
                          "or the file is gone is in applicationHost.config, which is not here");
        powershell_name_machine(matter->of, finding);
        saw(finding, source, "%s, %llu times", group->event.file, (unsigned long long)group->count);
    }
}

bool powershell_judge_500(struct examination *x, const struct powershell_case *of,
                          const struct powershell_view *view, unsigned causes)
{
    struct matter *matter = arena_new(pass_memory(x), 1, sizeof *matter);
    bool fails_live = view && powershell_fails_live(view);

    matter->x = x;
    matter->of = of;
    matter->view = view;
    matter->causes = causes;
    powershell_requests_of(of, pass_memory(x), &matter->requests);
    look_at_files(matter);
    judge_events(matter);
    if (!fails_live && matter->requests.worst < POWERSHELL_COURSE_OFTEN) {
        if (!view && matter->requests.worst == POWERSHELL_COURSE_GOOD)
            tell_good(matter);
        else if (!view)
            tell_other_ends(matter);
        return false;
    }
    if (fails_live && matter->requests.worst < POWERSHELL_COURSE_OFTEN)
        leave_out_files_of_others(matter);
    look_at_codes(matter);
    if (look_at_clock(matter))
        tell_problem(matter, fails_live);
    return true;
}
