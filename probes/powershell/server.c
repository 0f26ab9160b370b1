#include "probes/powershell/server.h"

#include "diag/text.h"
#include "probes/folder.h"
#include "probes/machine.h"
#include "probes/powershell/paths.h"

#include <string.h>

bool powershell_is_same_machine(const char *one, const char *other)
{
    size_t size = strcspn(one, "."), other_size = strcspn(other, ".");

    if (one[size] && other[other_size])
        return text_equal_fold(one, other);
    return text_equal_fold_sized(one, size, other, other_size);
}

static bool is_server(const struct powershell_file *file)
{
    return file->config && file->config->config.role == IIS_ROLE_SERVER;
}

const struct powershell_file *powershell_file_at(const struct powershell_files *files,
                                                 const char *path)
{
    size_t low = 0, high = files->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(files->list[middle].path, path);

        if (order == 0)
            return &files->list[middle];
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

bool powershell_is_web_config(const struct powershell_file *file)
{
    return file && file->config &&
           (file->config->config.role == IIS_ROLE_POWERSHELL_FRONT ||
            file->config->config.role == IIS_ROLE_POWERSHELL_BACK);
}

/* ---- whose a file is ---- */

/* One lies where the folder of the other is, or below. */
static bool is_beside(const struct powershell_file *file, const struct powershell_file *host)
{
    size_t shared = folders_shared(file->path, host->path);

    return !strpbrk(file->path + shared, "/\\") || !strpbrk(host->path + shared, "/\\");
}

static bool is_said_to_be_of(const struct powershell_file *own, const struct powershell_file *host)
{
    return own->host && host->host && text_equal_fold(own->host, host->host);
}

/*
 * The one that the user says, of several the nearest; else the nearest of those that may be, if it
 * lies beside. An only one elsewhere is no nearer: evidence of several servers often has the
 * configuration of one alone.
 */
static const struct powershell_file *
host_of(const struct powershell_file *own, const struct powershell_file *const *hosts, size_t count)
{
    const struct powershell_file *nearest = NULL, *said = NULL;
    bool is_one = false;
    size_t most = 0;

    if (is_server(own))
        return own;
    for (size_t i = 0; i < count; i++) {
        size_t common = folders_shared(hosts[i]->path, own->path);

        if (is_said_to_be_of(own, hosts[i])) {
            if (!said || common > folders_shared(said->path, own->path))
                said = hosts[i];
            continue;
        }
        if ((own->host && hosts[i]->host) || (nearest && common < most))
            continue;
        is_one = !nearest || common > most;
        nearest = hosts[i];
        most = common;
    }
    if (said)
        return said;
    return is_one && is_beside(own, nearest) ? nearest : NULL;
}

/* ---- the files ---- */

/* False while it is on its way; *is_wanted: it is of a type that tells something. */
static bool ask_file_of(struct examination *x, const struct subject *subject,
                        struct powershell_file *out, bool *is_wanted)
{
    const char *path = subject->name;
    const struct file_digest *digest = ask_file(x, path);

    *is_wanted = digest && digest->evidence.status == STATUS_OK &&
                 (PROBE_READS(digest->type) & POWERSHELL_FILES) != 0;
    if (!*is_wanted)
        return digest;
    *out = (struct powershell_file){.path = path, .host = subject->host, .type = digest->type};
    if (out->type != FILE_TYPE_IIS_CONFIG)
        return true;
    out->config = ask_iis_config(x, path);
    if (!out->config)
        return false;
    if (out->config->evidence.status != STATUS_OK)
        out->config = NULL;
    return true;
}

static bool names_another(const struct powershell_file *web, const char *name)
{
    return !web->host && name && web->config->config.server &&
           !powershell_is_same_machine(name, web->config->config.server);
}

/* Whose it is, is open, of a web.config that names another server than what lies beside it does. */
static bool is_contradicted(const struct powershell_files *files, const struct powershell_file *web)
{
    if (names_another(web, web->of->host))
        return true;
    for (size_t i = 0; i < files->count; i++) {
        const struct powershell_file *other = &files->list[i];

        if (powershell_is_web_config(other) && other->of == web->of &&
            names_another(web, other->config->config.server))
            return true;
    }
    return false;
}

static void find_hosts(const struct powershell_files *files, struct arena *arena)
{
    const struct powershell_file **hosts = arena_new(arena, files->count + 1, sizeof *hosts);
    bool *is_open = arena_new(arena, files->count + 1, sizeof *is_open);
    size_t count = 0;

    for (size_t i = 0; i < files->count; i++) {
        if (is_server(&files->list[i]))
            hosts[count++] = &files->list[i];
    }
    for (size_t i = 0; i < files->count; i++)
        files->list[i].of = host_of(&files->list[i], hosts, count);
    for (size_t i = 0; i < files->count; i++)
        is_open[i] = powershell_is_web_config(&files->list[i]) && files->list[i].of &&
                     is_contradicted(files, &files->list[i]);
    for (size_t i = 0; i < files->count; i++) {
        if (is_open[i])
            files->list[i].of = NULL;
    }
}

bool powershell_files_ask(struct examination *x, struct powershell_files *out)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    bool is_complete = true, is_wanted;

    out->list = arena_new(pass_memory(x), files.count + 1, sizeof *out->list);
    out->count = 0;
    for (size_t i = 0; i < files.count; i++) {
        is_complete =
            ask_file_of(x, files.list[i], &out->list[out->count], &is_wanted) && is_complete;
        out->count += is_wanted;
    }
    find_hosts(out, pass_memory(x));
    return is_complete;
}

/* ---- the sites ---- */

enum { BACK_END_PORT = 444, ROOTS_MOST = 16 };

static const char default_site[] = "Default Web Site";
static const char back_end_site[] = "Exchange Back End";

static bool has_port(const struct iis_site *site, uint16_t port)
{
    for (size_t i = 0; i < site->binding_count; i++) {
        if (site->bindings[i].port == port)
            return true;
    }
    return false;
}

/* Setup's name, else the port that front ends pass requests on to. */
static const struct iis_site *back_end_of(const struct iis_config *config)
{
    const struct iis_site *site = iis_site_of(config, back_end_site);

    for (size_t i = 0; !site && i < config->site_count; i++) {
        if (has_port(&config->sites[i], BACK_END_PORT) &&
            iis_application_of(&config->sites[i], "/PowerShell"))
            site = &config->sites[i];
    }
    return site;
}

static const struct iis_site *front_end_of(const struct iis_config *config,
                                           const struct iis_site *back)
{
    const struct iis_site *site = iis_site_of(config, default_site);

    for (size_t i = 0; !site && i < config->site_count; i++) {
        if (&config->sites[i] != back && iis_application_of(&config->sites[i], "/PowerShell"))
            site = &config->sites[i];
    }
    return site == back ? NULL : site;
}

const char *powershell_folder_of(const struct iis_application *application)
{
    for (size_t i = 0; i < application->directory_count; i++) {
        if (strcmp(application->directories[i].path, "/") == 0)
            return application->directories[i].physical_path;
    }
    return NULL;
}

/* Front ends, and a site of its own behind them, came with Exchange 2013. */
static bool is_2010(const struct iis_config *config, const struct iis_site *back,
                    struct arena *arena)
{
    for (size_t i = 0; i < config->build_count; i++) {
        if (text_starts_fold(config->builds[i], strlen(config->builds[i]), "15."))
            return false;
    }
    for (size_t i = 0; i < config->site_count; i++) {
        const struct iis_site *site = &config->sites[i];

        for (size_t k = 0; k < site->application_count; k++) {
            const char *folder = powershell_folder_of(&site->applications[k]);

            if (folder && path_before(path_tidy(folder, arena), "HttpProxy", arena))
                return false;
        }
    }
    return !back;
}

/* ---- where Exchange is ---- */

struct votes {
    const char *roots[ROOTS_MOST];
    size_t counts[ROOTS_MOST];
    size_t count;
};

static void vote(struct votes *votes, const char *root)
{
    size_t at = 0;

    while (at < votes->count && !path_is(votes->roots[at], root))
        at++;
    if (at == ROOTS_MOST)
        return;
    if (at == votes->count)
        votes->roots[votes->count++] = root;
    votes->counts[at]++;
}

static void vote_by_folder(struct votes *votes, const struct iis_application *application,
                           struct arena *arena)
{
    const char *folder = powershell_folder_of(application), *root;

    if (!folder || strchr(folder, '%'))
        return;
    folder = path_tidy(folder, arena);
    root = path_before(folder, "FrontEnd\\HttpProxy", arena);
    root = root ? root : path_before(folder, "ClientAccess", arena);
    if (root)
        vote(votes, root);
}

/* Most of Exchange's own applications are where setup has put them. */
static void find_root_in_sites(const struct powershell_server *server,
                               struct powershell_install *install, struct arena *arena)
{
    const struct iis_config *config = server->config;
    struct votes votes = {.count = 0};
    size_t best = 0;

    for (size_t i = 0; config && i < config->site_count; i++) {
        for (size_t k = 0; k < config->sites[i].application_count; k++)
            vote_by_folder(&votes, &config->sites[i].applications[k], arena);
    }
    for (size_t i = 1; i < votes.count; i++)
        best = votes.counts[i] > votes.counts[best] ? i : best;
    if (votes.count > 0)
        *install = (struct powershell_install){
            votes.roots[best], "the folders of Exchange's other applications", server->source};
}

static bool take_root(struct powershell_install *install, const struct powershell_fact *fact,
                      const char *by, struct arena *arena)
{
    if (!fact->source || !fact->said.text || !*fact->said.text || strchr(fact->said.text, '%'))
        return false;
    *install = (struct powershell_install){path_tidy(fact->said.text, arena), by, fact->source};
    return true;
}

static void find_root(struct powershell_server *server, struct arena *arena)
{
    struct powershell_install *install = &server->install;

    if (take_root(install, &server->facts.msi_path, "MsiInstallPath of the registry", arena))
        return;
    find_root_in_sites(server, install, arena);
    if (!install->root)
        take_root(install, &server->facts.exchange_path, "the variable ExchangeInstallPath", arena);
}

/* ---- its files ---- */

/* The web.config of this role that belongs to a server's file; NULL if none, or several do. */
static const struct powershell_file *web_of(const struct powershell_files *files,
                                            const struct powershell_file *host, enum iis_role role)
{
    const struct powershell_file *found = NULL;

    for (size_t i = 0; i < files->count; i++) {
        const struct powershell_file *file = &files->list[i];

        if (!file->config || file->config->config.role != role || file->of != host)
            continue;
        if (found)
            return NULL;
        found = file;
    }
    return found;
}

static bool ask_facts_of_machine(struct examination *x, const char *machine,
                                 struct powershell_server *server)
{
    bool is_complete =
        powershell_facts_add(x, &server->facts, machine, FILE_TYPE_REGISTRY, server->is_2010);

    return powershell_facts_add(x, &server->facts, machine, FILE_TYPE_WINDOWS_FEATURES,
                                server->is_2010) &&
           is_complete;
}

static bool ask_facts(struct examination *x, const struct powershell_files *files,
                      const struct powershell_file *host, struct powershell_server *server)
{
    bool is_complete = true;

    if (host->is_machine)
        return ask_facts_of_machine(x, host->path, server);
    for (size_t i = 0; i < files->count; i++) {
        const struct powershell_file *file = &files->list[i];

        if (!(POWERSHELL_FACT_FILES & PROBE_READS(file->type)) || file->of != host)
            continue;
        is_complete =
            powershell_facts_add(x, &server->facts, file->path, file->type, server->is_2010) &&
            is_complete;
    }
    return is_complete;
}

/* ---- its directories ---- */

static void add_file(struct powershell_directory *directory, const struct iis_config *config,
                     const struct evidence *source, const char *place)
{
    directory->files[directory->file_count] = (struct iis_file){config, place};
    directory->sources[directory->file_count++] = source;
}

static void read_effective(struct powershell_directory *directory, const char *path,
                           struct arena *arena)
{
    const struct iis_view view = {directory->files, directory->file_count, path, path};

    iis_effective_read(&view, arena, &directory->effective);
}

/* False while it is on its way; `out` is NULL where there is none, or it could not be read. */
static bool ask_web_config(struct examination *x, const struct powershell_files *files,
                           const struct powershell_file *host,
                           const struct powershell_directory *directory,
                           const struct iis_config_file **out)
{
    enum iis_role role =
        directory->end == POWERSHELL_FRONT ? IIS_ROLE_POWERSHELL_FRONT : IIS_ROLE_POWERSHELL_BACK;
    const struct powershell_file *web;

    if (host->is_machine) {
        *out = ask_iis_config_of(x, host->path, directory->path);
        return *out;
    }
    web = web_of(files, host, role);
    *out = web ? web->config : NULL;
    return true;
}

/* By its name, which the script that collects gives it: nothing in it says whose it is. */
static bool is_of_site(const struct powershell_file *file, const struct iis_site *site,
                       struct arena *arena)
{
    const char *name = arena_print(arena, "web-of-site-%lu.config", (unsigned long)site->id);
    size_t size = strlen(name), whole = strlen(file->path);

    return file->config && whole >= size && text_equal_fold(file->path + whole - size, name) &&
           (whole == size || strchr("/\\", file->path[whole - size - 1]));
}

static const struct iis_config_file *site_file_of(const struct powershell_files *files,
                                                  const struct powershell_file *host,
                                                  const struct iis_site *site, struct arena *arena)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct powershell_file *file = &files->list[i];

        if (file->of == host && is_of_site(file, site, arena))
            return file->config;
    }
    return NULL;
}

/*
 * The web.config of the whole site, to which IIS Manager writes redirects and modules. False while
 * it is on its way.
 */
static bool add_site_file(struct examination *x, const struct powershell_files *files,
                          const struct powershell_file *host,
                          struct powershell_directory *directory)
{
    const struct iis_config_file *web =
        host->is_machine ? ask_iis_config_of(x, host->path, directory->site->name)
                         : site_file_of(files, host, directory->site, pass_memory(x));

    if (web && web->evidence.status == STATUS_OK)
        add_file(directory, &web->config, &web->evidence, directory->site->name);
    return web || !host->is_machine;
}

static bool add_directory(struct examination *x, struct powershell_server *server,
                          const struct powershell_files *files, const struct powershell_file *host,
                          enum powershell_end end)
{
    const struct iis_site *site = end == POWERSHELL_BACK ? server->back : server->front;
    const struct iis_application *application =
        site ? iis_application_of(site, "/PowerShell") : NULL;
    struct powershell_directory *directory = &server->directories[server->count];
    const struct iis_config_file *web;

    if (!application)
        return true;
    *directory = (struct powershell_directory){
        .name = arena_print(pass_memory(x), "%s%s", site->name, application->path),
        .end = end,
        .site = site,
        .application = application};
    directory->path = directory->name;
    add_file(directory, server->config, server->source, "");
    if (!add_site_file(x, files, host, directory) ||
        !ask_web_config(x, files, host, directory, &web))
        return false;
    if (web && web->evidence.status == STATUS_OK)
        add_file(directory, &web->config, &web->evidence, directory->name);
    else if (web)
        directory->obstacle = &web->evidence;
    read_effective(directory, directory->name, pass_memory(x));
    server->count++;
    return true;
}

static bool add_directories(struct examination *x, struct powershell_server *server,
                            const struct powershell_files *files,
                            const struct powershell_file *host)
{
    if (server->is_2010)
        return add_directory(x, server, files, host, POWERSHELL_ONLY);
    return add_directory(x, server, files, host, POWERSHELL_FRONT) &&
           add_directory(x, server, files, host, POWERSHELL_BACK);
}

/* Of a machine each file is asked for by itself. */
static bool ask_images(struct examination *x, const char *machine, struct powershell_server *server)
{
    static const char *const names[] = {"kerbauth", "WSMan"};
    bool is_complete = true;

    for (size_t i = 0; server->count > 0 && i < sizeof names / sizeof *names; i++) {
        const struct iis_entry *entry =
            iis_entry_of(&server->directories[0].effective.global_modules, names[i]);

        if (entry && entry->item->image)
            is_complete =
                powershell_facts_add_image(x, &server->facts, machine, entry->item->image) &&
                is_complete;
    }
    return is_complete;
}

/* A web.config of which no applicationHost.config is in the run. */
static void add_alone(struct powershell_server *server, const struct powershell_file *web,
                      struct arena *arena)
{
    struct powershell_directory *directory = &server->directories[server->count++];
    bool is_front = web->config->config.role == IIS_ROLE_POWERSHELL_FRONT;

    *directory = (struct powershell_directory){
        .name = is_front ? "PowerShell of the front end" : "PowerShell of the back end",
        .end = is_front ? POWERSHELL_FRONT : POWERSHELL_BACK};
    add_file(directory, &web->config->config, &web->config->evidence, "PowerShell");
    read_effective(directory, "PowerShell", arena);
    /* Both modules in one list: the only directory of Exchange 2010. */
    if (!is_front && iis_entry_of(&directory->effective.modules, "kerbauth"))
        directory->end = POWERSHELL_ONLY;
}

bool powershell_server_ask(struct examination *x, const struct powershell_files *files,
                           const struct powershell_file *file, struct powershell_server *out)
{
    struct arena *arena = pass_memory(x);

    *out = (struct powershell_server){
        .source = &file->config->evidence, .machine = file->host, .is_own = file->is_machine};
    if (!is_server(file)) {
        add_alone(out, file, arena);
        return true;
    }
    out->config = &file->config->config;
    out->back = back_end_of(out->config);
    out->front = front_end_of(out->config, out->back);
    out->is_2010 = is_2010(out->config, out->back, arena);
    if (!ask_facts(x, files, file, out) || !add_directories(x, out, files, file))
        return false;
    find_root(out, arena);
    return !file->is_machine || ask_images(x, file->path, out);
}

const struct powershell_directory *powershell_directory_of(const struct powershell_server *server,
                                                           enum powershell_end end)
{
    for (size_t i = 0; i < server->count; i++) {
        if (server->directories[i].end == end)
            return &server->directories[i];
    }
    return NULL;
}

const struct evidence *powershell_source_of(const struct powershell_directory *directory,
                                            const struct iis_file *file)
{
    for (size_t i = 0; i < directory->file_count; i++) {
        if (file == &directory->files[i])
            return directory->sources[i];
    }
    return directory->sources[0];
}

/* ---- paths ---- */

static const char *variable_value(const struct powershell_server *server, struct arena *arena)
{
    const struct powershell_fact *fact = &server->facts.exchange_path;

    if (fact->source)
        return fact->said.text;
    return server->install.root ? arena_print(arena, "%s\\", server->install.root) : NULL;
}

const char *powershell_expand(struct examination *x, const struct powershell_server *server,
                              const char *path)
{
    struct arena *arena = pass_memory(x);
    const char *windows = server->facts.windows_path;
    const char *exchange = variable_value(server, arena);
    const struct iis_variable variables[] = {
        {"windir", windows ? windows : "C:\\Windows"},
        {"SystemRoot", windows ? windows : "C:\\Windows"},
        {"SystemDrive", arena_print(arena, "%.2s", windows ? windows : "C:")},
        {"ProgramFiles", "C:\\Program Files"},
        {exchange ? "ExchangeInstallPath" : NULL, exchange},
        {NULL, NULL}};
    const char *expanded = iis_expand(path, variables, arena);

    return expanded ? path_tidy(expanded, arena) : NULL;
}

/* ---- names ---- */

void powershell_name_host(const struct powershell_server *server, struct finding *finding)
{
    const char *machine = server->machine ? server->machine : "the server that the file is of";

    set_vouched(finding, VALUE_TEXT, "machine", machine, strlen(machine));
    if (server->is_own)
        set_vouched(finding, VALUE_NAME, "own-server", machine, strlen(machine));
    if (server->is_2010) {
        set_text(finding, "2010", "yes");
        set_text(finding, "not-2013", "yes");
    }
    if (server->config)
        set_text(finding, "has-host", "yes");
}

void powershell_saw_obstacle(struct finding *finding, const struct evidence *obstacle)
{
    saw_failure(finding, obstacle);
    if (!machine_set_unread(finding, obstacle))
        return;
    set_text(finding, "has-host", "yes");
    set_text(finding, "not-2013", "yes");
}

void powershell_set_name(struct finding *finding, const char *value, const char *name)
{
    static const char *const by_setup[] = {
        default_site,
        "Default Web Site/PowerShell",
        "Default Web Site/PowerShell/",
        back_end_site,
        "Exchange Back End/PowerShell",
        "Exchange Back End/PowerShell/",
        "MSExchangePowerShellAppPool",
        "MSExchangePowerShellFrontEndAppPool",
    };

    for (size_t i = 0; i < sizeof by_setup / sizeof *by_setup; i++) {
        if (strcmp(name, by_setup[i]) == 0) {
            set_vouched(finding, VALUE_TEXT, value, name, strlen(name));
            return;
        }
    }
    set_text(finding, value, name);
}
