#include "probes/ews/host.h"

#include "diag/clock.h"
#include "diag/read/iis_names.h"
#include "diag/read/machine_path.h"
#include "diag/text.h"
#include "probes/ews/directory.h"
#include "probes/ews/kinds.h"
#include "probes/machine.h"

#include <string.h>

struct host_view {
    struct examination *x;
    const struct iis_config_file *file;
    const struct event_log_digest *events; /* of the same machine; NULL of a file */
    struct ews_configs configs;
    struct ews_directory directories[EWS_DIRECTORIES_MOST];
    size_t count;
};

/* A web site or its EWS. Names that setup gives are this program's own, any other is the file's. */
static void set_name(struct finding *finding, const char *name, const char *text)
{
    static const char *const by_setup[] = {"Default Web Site", "Default Web Site/EWS",
                                           "Exchange Back End", "Exchange Back End/EWS"};

    for (size_t i = 0; i < sizeof by_setup / sizeof *by_setup; i++) {
        if (strcmp(text, by_setup[i]) == 0) {
            set_vouched(finding, VALUE_TEXT, name, text, strlen(text));
            return;
        }
    }
    set_text(finding, name, text);
}

/* Whose server it is, for people; and the directory, which a web.config by itself does not tell. */
static void name_directory(struct host_view *view, struct finding *finding,
                           const struct ews_directory *directory)
{
    const char *machine = ews_machine_of(&view->configs, view->file);

    if (machine && view->events)
        set_vouched(finding, VALUE_NAME, "own-server", machine, strlen(machine));
    machine = machine ? machine : "the server that the file is of";
    set_vouched(finding, VALUE_TEXT, "machine", machine, strlen(machine));
    if (directory && directory->path)
        set_name(finding, "directory", directory->path);
}

/*
 * Of what was seen nothing is wrong; of a directory whose own web.config was denied that says
 * nothing, and why is told.
 */
static bool is_partly_read(const struct host_view *view)
{
    return view->configs.obstacle != NULL;
}

/*
 * A section that judging takes, and that is in a file of its own, or encrypted: what it says is
 * not known. True if that was told.
 */
static bool is_open(struct host_view *view, const struct finding_kind *kind, unsigned first,
                    unsigned last)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct ews_directory *directory = &view->directories[i];

        for (unsigned section = first; section <= last; section++) {
            const struct iis_origin *origin = &directory->effective.elsewhere[section];
            struct finding *finding;

            if (!origin->file)
                continue;
            finding = unknown(view->x, kind, "<%s> is not in this file, or it is encrypted",
                              iis_section_path((enum iis_section_kind)section));
            name_directory(view, finding, directory);
            saw(finding, ews_source_of(directory, origin->file),
                "configSource or configProtectionProvider stands in its place; the file that it "
                "names is not opened");
            return true;
        }
    }
    return false;
}

/* ---- CGI ---- */

static const char *level_of(const struct iis_origin *origin, struct arena *arena)
{
    const char *path = origin->location->path;

    if (!origin->is_inherited)
        return "mapped on it itself";
    if (*origin->file->place || *path)
        return arena_print(arena, "inherited from %s%s%s", origin->file->place,
                           *origin->file->place && *path ? "/" : "", path);
    return "inherited from the server";
}

static void tell_cgi(struct host_view *view, struct finding **finding,
                     const struct ews_directory *directory, const struct iis_entry *entry)
{
    const struct iis_item *handler = entry->item;

    if (!*finding) {
        *finding = found(view->x, &ews_cgi_handler);
        name_directory(view, *finding, directory);
        set_text(*finding, "handler", handler->name);
    }
    saw(*finding, ews_source_of(directory, entry->origin.file),
        "%s: %s for %s by %s%s%s, %s (line %lu)", directory->name, handler->name,
        handler->path ? handler->path : "anything", handler->modules,
        handler->script_processor ? ", " : "",
        handler->script_processor ? handler->script_processor : "",
        level_of(&entry->origin, pass_memory(view->x)), (unsigned long)handler->line);
}

static void judge_cgi(struct host_view *view)
{
    struct finding *finding = NULL;

    for (size_t i = 0; i < view->count; i++) {
        const struct iis_list *handlers = &view->directories[i].effective.handlers;

        for (size_t j = 0; j < handlers->count; j++) {
            if (iis_is_cgi(handlers->entries[j].item))
                tell_cgi(view, &finding, &view->directories[i], &handlers->entries[j]);
        }
    }
    if (!finding && !is_partly_read(view) &&
        !is_open(view, &ews_cgi_handler, IIS_HANDLERS, IIS_HANDLERS))
        healthy(view->x, &ews_cgi_handler, "no CGI or FastCGI handler reaches %s%s%s",
                view->directories[0].name, view->count > 1 ? " or " : "",
                view->count > 1 ? view->directories[1].name : "");
}

/* ---- modules ---- */

static const char *fault_text(const struct iis_fault *fault, struct arena *arena)
{
    static const char *const texts[IIS_FAULT_COUNT] = {
        [IIS_FAULT_DUPLICATE] = "is added twice: IIS answers 500.19",
        [IIS_FAULT_LOCKED] = "is locked above, and said here: IIS answers 500.19",
        [IIS_FAULT_LOCKED_ITEM] = "is locked above, and removed here: IIS answers 500.19",
        [IIS_FAULT_NO_IMAGE] = "is native by its form, without an image: IIS answers 500.21",
    };

    return arena_print(
        arena, "%s %s (%s, line %lu)", fault->name ? fault->name : iis_section_path(fault->section),
        texts[fault->kind], iis_section_path(fault->section), (unsigned long)fault->line);
}

/* A native one without an image is none, and told as a fault. */
static bool is_foreign(const struct iis_effective *effective, const struct iis_item *module)
{
    if (module->type)
        return !iis_is_own_type(module->type);
    return !iis_is_own_name(module->name) &&
           (!effective->has_server || iis_entry_of(&effective->global_modules, module->name));
}

static void tell_foreign(struct finding *finding, const struct ews_directory *directory,
                         const struct iis_entry *entry)
{
    const struct iis_item *module = entry->item;
    const struct iis_entry *global =
        iis_entry_of(&directory->effective.global_modules, module->name);
    const char *image = global && global->item->image ? global->item->image : "native";

    saw(finding, ews_source_of(directory, entry->origin.file),
        "%s: module %s (%s) is neither of IIS nor of Exchange, line %lu", directory->name,
        module->name, module->type ? module->type : image, (unsigned long)module->line);
}

static size_t tell_modules(struct host_view *view, struct finding **finding,
                           const struct ews_directory *directory)
{
    const struct iis_effective *effective = &directory->effective;

    for (size_t i = 0; i < effective->fault_count; i++) {
        const struct iis_fault *fault = &effective->faults[i];

        if (!*finding)
            *finding = found(view->x, &ews_directory_modules);
        saw(*finding, ews_source_of(directory, fault->file), "%s: %s", directory->name,
            fault_text(fault, pass_memory(view->x)));
    }
    for (size_t i = 0; i < effective->modules.count; i++) {
        const struct iis_entry *entry = &effective->modules.entries[i];

        if (!is_foreign(effective, entry->item))
            continue;
        if (!*finding)
            *finding = found(view->x, &ews_directory_modules);
        tell_foreign(*finding, directory, entry);
    }
    return effective->fault_count;
}

static bool is_of_module(enum host_event_kind kind)
{
    return kind == HOST_EVENT_MODULE_NOT_LOADED || kind == HOST_EVENT_MODULE_OF_OTHER_BITS ||
           kind == HOST_EVENT_MODULE_REFUSES || kind == HOST_EVENT_MODULE_IS_NONE;
}

static bool is_pool_of(const struct host_view *view, const char *name)
{
    for (size_t i = 0; i < view->count; i++) {
        const struct iis_site *site = view->directories[i].site;
        const struct iis_application *application = site ? iis_application_of(site, "/EWS") : NULL;
        const char *pool = application ? iis_pool_name_of(&view->file->config, application) : NULL;

        if (pool && text_equal_fold(pool, name))
            return true;
    }
    return false;
}

/* What Windows logged of modules, which all directories share, and of the pools of EWS. */
static void tell_events(struct host_view *view, struct finding **finding)
{
    size_t count = view->events && view->events->evidence.status == STATUS_OK
                       ? view->events->host_group_count
                       : 0;

    for (size_t i = 0; i < count; i++) {
        const struct host_event_group *group = &view->events->host_groups[i];
        const struct host_event *event = &group->event;
        char last[CLOCK_TEXT_SIZE] = "";

        if (!is_of_module(event->kind) && !is_pool_of(view, event->pool))
            continue;
        if (!*finding) {
            *finding = found(view->x, &ews_directory_modules);
            set_text(*finding, "how", "failed, by the event log");
        }
        if (group->last)
            clock_format(group->last, last);
        saw(*finding, &view->events->evidence, "%s%s%s, %llu time%s, last at %s",
            host_event_text(event->kind), *event->file || *event->pool ? ": " : "",
            *event->file ? event->file : event->pool, (unsigned long long)group->count,
            group->count == 1 ? "" : "s", *last ? last : "a time that is not told");
    }
}

/* What IIS cannot load is a fault; what somebody else made is worth knowing. */
static void judge_modules(struct host_view *view)
{
    struct finding *finding = NULL;
    size_t faults = 0;

    for (size_t i = 0; i < view->count; i++)
        faults += tell_modules(view, &finding, &view->directories[i]);
    if (finding)
        set_text(finding, "how", "differ from those of a healthy server");
    tell_events(view, &finding);
    if (!finding) {
        if (!is_partly_read(view) &&
            !is_open(view, &ews_directory_modules, IIS_GLOBAL_MODULES, IIS_MODULES))
            healthy(view->x, &ews_directory_modules, "all modules of %s are of IIS and Exchange",
                    view->directories[0].name);
        return;
    }
    name_directory(view, finding, &view->directories[0]);
    if (faults == 0)
        finding_severity(finding, SEVERITY_INFO);
}

/* ---- authentication and SSL ---- */

/*
 * What setup makes of it; what no file says is left open. The values that its steps take: of the
 * site where Exchange's own commands put it right, of the directory where those of IIS do.
 */
static const struct {
    enum iis_section_kind kind;
    enum iis_setting healthy;
    const char *of_site, *of_directory;
    const char *text;
} expected[] = {
    {IIS_ANONYMOUS, IIS_TRUE, NULL, "anonymous-off",
     "anonymousAuthentication is off: federation and OAuth need it on"},
    {IIS_WINDOWS, IIS_TRUE, "windows-off", NULL,
     "windowsAuthentication is off: no NTLM, no Negotiate"},
    {IIS_BASIC, IIS_FALSE, "basic-on", NULL, "basicAuthentication is on; setup leaves it off"},
    {IIS_DIGEST, IIS_FALSE, "digest-on", NULL, "digestAuthentication is on; setup leaves it off"},
    {IIS_REDIRECT, IIS_FALSE, NULL, "redirected",
     "httpRedirect is on: every request goes elsewhere"},
};

struct settings_told {
    struct host_view *view;
    struct finding *finding; /* NULL until something is wrong */
    const char *ssl_before;  /* the flags that were wrong; "" where they were several */
};

static void begin_settings(struct settings_told *told, const struct ews_directory *directory)
{
    if (told->finding)
        return;
    told->finding = found(told->view->x, &ews_directory_settings);
    name_directory(told->view, told->finding, directory);
}

/* A web.config by itself tells no site: those of setup, unvouched, are to be checked. */
static void set_place(struct settings_told *told, const char *of_site, const char *of_directory,
                      const struct ews_directory *directory)
{
    const char *site = directory->is_front ? "Default Web Site" : "Exchange Back End";

    if (of_site && directory->site)
        set_name(told->finding, of_site, directory->site->name);
    else if (of_site)
        set_text(told->finding, of_site, site);
    if (of_directory && directory->path)
        set_name(told->finding, of_directory, directory->path);
    else if (of_directory)
        set_text(told->finding, of_directory,
                 arena_print(pass_memory(told->view->x), "%s/EWS", site));
}

static const struct evidence *said_by(const struct ews_directory *directory,
                                      enum iis_section_kind kind)
{
    return ews_source_of(directory, directory->effective.origins[kind].file);
}

static void tell_authentication(struct settings_told *told, const struct ews_directory *directory)
{
    const enum iis_setting *enabled = directory->effective.enabled;

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        enum iis_section_kind kind = expected[i].kind;

        if (enabled[kind] == IIS_UNSET || enabled[kind] == expected[i].healthy)
            continue;
        begin_settings(told, directory);
        set_place(told, expected[i].of_site, expected[i].of_directory, directory);
        if (kind != IIS_REDIRECT)
            set_text(told->finding, "authentication", "yes");
        saw(told->finding, said_by(directory, kind), "%s: %s", directory->name, expected[i].text);
    }
}

/* A site without a binding of http is reached by TLS alone, whatever its flags are. */
static bool takes_plain_http(const struct ews_directory *directory)
{
    const struct iis_site *site = directory->site;

    for (size_t i = 0; site && i < site->binding_count; i++) {
        if (text_equal_fold(site->bindings[i].protocol, "http"))
            return true;
    }
    return false;
}

static void tell_ssl(struct settings_told *told, const struct ews_directory *directory)
{
    const char *flags = directory->effective.texts[IIS_ACCESS];

    if (!flags || (iis_has_flag(flags, "Ssl") && !iis_has_flag(flags, "SslRequireCert")))
        return;
    begin_settings(told, directory);
    set_place(told, NULL, "ssl-wrong", directory);
    if (!told->ssl_before)
        told->ssl_before = *flags ? flags : "None";
    else if (!text_equal_fold(told->ssl_before, flags))
        told->ssl_before = "";
    saw(told->finding, said_by(directory, IIS_ACCESS),
        "%s: sslFlags=\"%s\"; setup requires SSL and no client certificate", directory->name,
        flags);
    if (iis_has_flag(flags, "Ssl") || directory->effective.enabled[IIS_BASIC] != IIS_TRUE ||
        !takes_plain_http(directory))
        return;
    finding_severity(told->finding, SEVERITY_WARNING);
    saw(told->finding, said_by(directory, IIS_ACCESS),
        "%s: with Basic and without SSL passwords cross the network as plain text",
        directory->name);
}

static void tell_protection(struct settings_told *told, const struct ews_directory *directory)
{
    if (!directory->is_front ||
        !text_equal_fold(iis_token_checking(&directory->effective), "Require"))
        return;
    begin_settings(told, directory);
    set_place(told, "protected-site", "protected", directory);
    saw(told->finding, said_by(directory, IIS_WINDOWS),
        "%s: tokenChecking=\"Require\" of extendedProtection; Exchange's own script makes it "
        "Allow on the front end: clients that cannot do it, or whose TLS ends before the "
        "server, get 401",
        directory->name);
}

static void judge_settings(struct host_view *view)
{
    struct settings_told told = {.view = view};

    for (size_t i = 0; i < view->count; i++) {
        tell_authentication(&told, &view->directories[i]);
        tell_ssl(&told, &view->directories[i]);
        tell_protection(&told, &view->directories[i]);
    }
    if (told.ssl_before && *told.ssl_before)
        set_text(told.finding, "ssl-before", told.ssl_before);
    if (!told.finding && !is_partly_read(view) &&
        !is_open(view, &ews_directory_settings, IIS_AUTHENTICATION_FIRST, IIS_REDIRECT) &&
        view->directories[0].effective.has_server)
        healthy(view->x, &ews_directory_settings,
                "authentication and SSL of %s are as setup makes them", view->directories[0].name);
}

/* ---- two servers ---- */

static const struct ews_directory *same_of(const struct ews_directory *list, size_t count,
                                           const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].name, name) == 0)
            return &list[i];
    }
    return NULL;
}

static const char *or_absent(const char *text)
{
    return text ? text : "not there";
}

static void tell_differences(struct host_view *view, struct finding **finding,
                             const struct ews_directory *own, const struct ews_directory *other)
{
    struct iis_difference *list =
        arena_new(pass_memory(view->x), IIS_DIFFERENCES_MOST, sizeof *list);
    size_t count = iis_compare(&own->effective, &other->effective, pass_memory(view->x), list);

    for (size_t i = 0; i < count; i++) {
        if (!*finding)
            *finding = found(view->x, &ews_directory_differs);
        saw(*finding, own->sources[0], "%s: %s%s%s: %s; the other server: %s", own->name,
            iis_aspect_word(list[i].aspect), *list[i].name ? " " : "", list[i].name,
            or_absent(list[i].left), or_absent(list[i].right));
    }
}

struct other_server { /* what a file is held against */
    const struct iis_config_file *file;
    struct ews_directory *directories;
    size_t count;
};

/* The two are known, and not alike. */
static bool is_of_other_version(const char *own, const char *other)
{
    return own && other && strcmp(own, other) != 0;
}

/*
 * The first file of the same kind and version of Exchange: at it nothing is said. What is of
 * another version is set up in another way.
 */
static struct other_server first_like(struct host_view *view, const char **other_version)
{
    struct arena *memory = pass_memory(view->x);
    struct other_server other = {.file = view->file};

    for (size_t i = 0; i < view->configs.count && view->configs.list[i] != view->file; i++) {
        const struct iis_config_file *file = view->configs.list[i];
        const char *version = ews_version_of(&file->config);

        if (file->config.role != view->file->config.role)
            continue;
        if (is_of_other_version(ews_version_of(&view->file->config), version)) {
            *other_version = version;
            continue;
        }
        other.file = file;
        other.directories = arena_new(memory, EWS_DIRECTORIES_MOST, sizeof *other.directories);
        other.count = ews_directories_of(&view->configs, file, memory, other.directories);
        return other;
    }
    return other;
}

/* "EX19A", or the file of a server that nobody has named. */
static const char *name_of_other(const struct host_view *view, const struct other_server *other)
{
    const char *machine = ews_machine_of(&view->configs, other->file);

    if (machine && machine_in_path(other->file->path))
        return machine;
    return machine ? arena_print(pass_memory(view->x), "%s (%s)", machine, other->file->path)
                   : other->file->path;
}

/* Where both were read of the machines themselves, these are asked again. */
static void name_other_server(const struct host_view *view, const struct other_server *other,
                              struct finding *finding)
{
    const char *machine = ews_machine_of(&view->configs, other->file);

    if (view->events && machine && machine_in_path(other->file->path))
        set_vouched(finding, VALUE_NAME, "other-server", machine, strlen(machine));
}

struct compared {
    struct finding *finding;
    size_t directories;
    size_t partly; /* of these, without the web.config that one of the two has */
};

static void compare_directory(struct host_view *view, const struct ews_directory *own,
                              const struct ews_directory *other, struct compared *compared)
{
    struct arena *memory = pass_memory(view->x);
    struct ews_directory own_alone, other_alone;

    compared->directories++;
    if (own->file_count == other->file_count) {
        tell_differences(view, &compared->finding, own, other);
        return;
    }
    compared->partly++;
    own_alone = ews_directory_alone(own, memory);
    other_alone = ews_directory_alone(other, memory);
    tell_differences(view, &compared->finding, &own_alone, &other_alone);
}

static void tell_compared(struct host_view *view, const struct other_server *other,
                          const struct compared *compared)
{
    const char *name = name_of_other(view, other);

    if (compared->finding) {
        name_directory(view, compared->finding, &view->directories[0]);
        name_other_server(view, other, compared->finding);
        set_text(compared->finding, "other", name);
        if (compared->partly > 0)
            saw(compared->finding, NULL,
                "without the web.config files, which are not there of both servers");
        return;
    }
    if (compared->directories == 0 ||
        is_open(view, &ews_directory_differs, IIS_GLOBAL_MODULES, IIS_REDIRECT))
        return;
    if (compared->partly > 0)
        name_directory(view,
                       unknown(view->x, &ews_directory_differs,
                               "applicationHost.config is as in %s, but only one of the two has "
                               "its web.config here",
                               name),
                       NULL);
    else
        healthy(view->x, &ews_directory_differs, "EWS is set up as in %s", name);
}

static void judge_differences(struct host_view *view)
{
    const char *other_version = NULL;
    struct other_server other = first_like(view, &other_version);
    struct compared compared = {NULL, 0, 0};

    if (other.file == view->file) {
        if (other_version)
            not_applicable(view->x, &ews_directory_differs,
                           "no file before it is of the same version: %s, and not %s",
                           ews_version_of(&view->file->config), other_version);
        return;
    }
    for (size_t i = 0; i < view->count; i++) {
        const struct ews_directory *like =
            same_of(other.directories, other.count, view->directories[i].name);

        if (like)
            compare_directory(view, &view->directories[i], like, &compared);
    }
    tell_compared(view, &other, &compared);
}

/* ---- EWS that is not there ---- */

/* Remove- without New- leaves a site of Exchange's without EWS. */
static void judge_presence(struct host_view *view)
{
    const struct iis_site *site = ews_site_without(&view->file->config);
    struct finding *finding;

    if (!site)
        return;
    finding = found(view->x, &ews_directory_missing);
    name_directory(view, finding, NULL);
    set_text(finding, "site", site->name);
    saw(finding, &view->file->evidence,
        "%s has PowerShell and the others that setup makes, and no application /EWS (line %lu)",
        site->name, (unsigned long)site->line);
}

/* ---- the whole ---- */

static void tell_elsewhere(struct host_view *view)
{
    enum iis_role role = view->file->config.role;
    const struct iis_config_file *host = ews_host_of(&view->configs, view->file);

    if (role == IIS_ROLE_SERVER && ews_site_without(&view->file->config))
        return;
    if (role == IIS_ROLE_SERVER)
        not_applicable(view->x, &ews_cgi_handler, "this server has no EWS virtual directory");
    else if (role != IIS_ROLE_EWS_FRONT && role != IIS_ROLE_EWS_BACK)
        not_applicable(view->x, &ews_cgi_handler, "it is not of the EWS virtual directory");
    else if (host)
        not_applicable(view->x, &ews_cgi_handler, "judged together with %s", host->path);
    else
        name_directory(view,
                       unknown(view->x, &ews_cgi_handler,
                               "which applicationHost.config it belongs to is open"),
                       NULL);
}

static void judge(struct host_view *view)
{
    judge_presence(view);
    view->count =
        ews_directories_of(&view->configs, view->file, pass_memory(view->x), view->directories);
    if (view->count == 0) {
        tell_elsewhere(view);
        return;
    }
    judge_cgi(view);
    judge_modules(view);
    judge_settings(view);
    judge_differences(view);
}

void ews_judge_host(struct examination *x, const struct subject *file)
{
    const struct iis_config_file *config = ask_iis_config(x, file->name);
    struct host_view *view = arena_new(pass_memory(x), 1, sizeof *view);

    view->x = x;
    view->file = config;
    if (!ews_configs_ask(x, &view->configs) || !config)
        return;
    if (config->evidence.status != STATUS_OK) {
        struct finding *finding =
            unknown(x, &ews_cgi_handler, "the configuration could not be read");

        name_directory(view, finding, NULL);
        saw_failure(finding, &config->evidence);
        return;
    }
    judge(view);
}

/* Where there is no IIS, nothing is said: the PowerShell directory says that. */
static bool tell_unread(struct examination *x, const struct subject *server,
                        const struct iis_config_file *config)
{
    if (config->evidence.status == STATUS_OK)
        return false;
    if (machine_is_unread(&config->evidence) && machine_is_told_by(x, MACHINE_SOURCE_IIS, "ews") &&
        !machine_is_for_elevated(x, server, &config->evidence))
        machine_saw_unread(
            unknown(x, &ews_cgi_handler, "its own configuration of IIS could not be read"), server,
            &config->evidence);
    return true;
}

static void tell_unread_events(struct examination *x, const struct subject *server,
                               const struct event_log_digest *events)
{
    if (machine_is_unread(&events->evidence) &&
        machine_is_told_by(x, MACHINE_SOURCE_EVENTS, "ews") &&
        !machine_is_for_elevated(x, server, &events->evidence))
        machine_saw_unread(
            unknown(x, &ews_directory_modules, "its own event logs could not be read"), server,
            &events->evidence);
}

void ews_judge_machine(struct examination *x, const struct subject *server)
{
    struct host_view *view = arena_new(pass_memory(x), 1, sizeof *view);
    const char *machine;

    if (!machine_of(x, server, &machine) || !machine)
        return;
    view->x = x;
    view->file = ask_iis_config(x, machine);
    view->events = ask_event_log(x, machine);
    if (!ews_machines_ask(x, server, &view->configs) || !view->file || !view->events)
        return;
    tell_unread_events(x, server, view->events);
    if (tell_unread(x, server, view->file))
        return;
    if (view->configs.obstacle && !machine_is_for_elevated(x, server, view->configs.obstacle))
        machine_saw_unread(
            unknown(x, &ews_cgi_handler, "a web.config of its EWS could not be read"), server,
            view->configs.obstacle);
    judge(view);
}
