#include "probes/powershell/modules.h"

#include "diag/text.h"
#include "probes/powershell/cause.h"
#include "probes/powershell/kinds.h"
#include "probes/powershell/paths.h"

#include <string.h>

/* ---- one native module ---- */

struct module_rule {
    const char *name;
    const struct finding_kind *kind;
    bool is_of[POWERSHELL_END_COUNT]; /* the directories that need it */
};

static const struct module_rule kerbauth_rule = {
    "kerbauth", &kerbauth_managed, {[POWERSHELL_FRONT] = true, [POWERSHELL_ONLY] = true}};

static const struct module_rule wsman_rule = {
    "WSMan", &wsman_module_missing, {[POWERSHELL_BACK] = true, [POWERSHELL_ONLY] = true}};

struct judgement {
    struct examination *x;
    const struct powershell_server *server;
    const struct module_rule *rule;
    struct finding *finding;                    /* NULL until something is wrong */
    bool is_missing;                            /* IIS cannot load it at all */
    const struct powershell_directory *first;   /* that needs the module */
    const struct powershell_directory *partly;  /* whose own web.config is not here */
    const struct powershell_directory *covered; /* of which a section is not in its file */
    const struct powershell_directory *cut;     /* whose lists are longer than is read */
};

/* Its steps are chosen by the values that have the names of what is wrong. */
static struct finding *begin(struct judgement *judgement, const char *value, const char *text)
{
    if (!judgement->finding) {
        judgement->finding = found(judgement->x, judgement->rule->kind);
        powershell_name_host(judgement->server, judgement->finding);
    }
    if (text)
        powershell_set_name(judgement->finding, value, text);
    return judgement->finding;
}

/* A web.config by itself does not tell its directory: that of setup, unvouched, is to be checked.
 */
static struct finding *begin_at(struct judgement *judgement, const char *value,
                                const struct powershell_directory *directory)
{
    struct finding *finding = begin(judgement, value, directory->path);

    if (!directory->path)
        set_text(finding, value,
                 directory->end == POWERSHELL_BACK ? "Exchange Back End/PowerShell"
                                                   : "Default Web Site/PowerShell");
    return finding;
}

static bool is_typed(const struct iis_item *module)
{
    return module->type && *module->type;
}

static bool is_fault_of(const struct iis_fault *fault, enum iis_section_kind section,
                        const char *name)
{
    return fault->kind == IIS_FAULT_DUPLICATE && fault->section == section &&
           text_equal_fold(fault->name, name);
}

static const struct iis_fault *duplicate_of(const struct powershell_directory *directory,
                                            enum iis_section_kind section, const char *name)
{
    for (size_t i = 0; i < directory->effective.fault_count; i++) {
        if (is_fault_of(&directory->effective.faults[i], section, name))
            return &directory->effective.faults[i];
    }
    return NULL;
}

/* What loads the module is of the server: it is looked at once. */
static void judge_global(struct judgement *judgement, const struct powershell_directory *directory)
{
    const struct iis_effective *effective = &directory->effective;
    const char *name = judgement->rule->name;
    const struct iis_entry *global = iis_entry_of(&effective->global_modules, name);
    const struct iis_fault *twice = duplicate_of(directory, IIS_GLOBAL_MODULES, name);

    if (!effective->has_server)
        return;
    if (effective->elsewhere[IIS_GLOBAL_MODULES].file) {
        judgement->covered = directory;
        return;
    }
    if (!global && effective->more) {
        judgement->cut = directory;
        return;
    }
    judgement->is_missing = !global;
    if (!global)
        saw(begin(judgement, "no-image", "yes"), directory->sources[0],
            "globalModules have no %s: where a directory adds it by its name alone, IIS takes it "
            "for a managed module that has no type",
            name);
    if (global && twice)
        saw(begin(judgement, "twice-global", "yes"), directory->sources[0],
            "globalModules have %s twice (lines %lu and %lu): IIS does not read its configuration "
            "any more, and nothing of this server answers",
            name, (unsigned long)global->item->line, (unsigned long)twice->line);
    if (global && global->item->precondition && strstr(global->item->precondition, "bitness32"))
        saw(begin(judgement, "bitness32", "yes"), directory->sources[0],
            "%s is loaded by 32-bit processes alone: preCondition=\"%s\" (line %lu)", name,
            global->item->precondition, (unsigned long)global->item->line);
}

/* Its own web.config is to be changed: the steps keep a copy of it. */
static void change_web_config(struct judgement *judgement,
                              const struct powershell_directory *directory)
{
    static const char *const values[POWERSHELL_END_COUNT] = {"front-web", "back-web", "only-web"};

    begin(judgement, values[directory->end], "yes");
}

/* Whether an entry is changed in applicationHost.config, or in the directory's own file. */
static bool is_in_server(const struct powershell_directory *directory,
                         const struct iis_entry *entry)
{
    return !*entry->origin.file->place && directory->path;
}

static void clear_condition(struct judgement *judgement,
                            const struct powershell_directory *directory,
                            const struct iis_entry *entry)
{
    bool is_of_server = is_in_server(directory, entry);

    begin_at(judgement, is_of_server ? "conditional-apphost" : "conditional", directory);
    if (!is_of_server)
        change_web_config(judgement, directory);
}

static void tell_typed(struct judgement *judgement, const struct powershell_directory *directory,
                       const struct iis_entry *entry)
{
    bool is_of_server = is_in_server(directory, entry);
    struct finding *finding =
        begin_at(judgement, is_of_server ? "typed-apphost" : "typed", directory);

    if (entry->item->precondition && *entry->item->precondition)
        clear_condition(judgement, directory, entry);

    if (!is_of_server)
        change_web_config(judgement, directory);
    saw(finding, powershell_source_of(directory, entry->origin.file),
        "%s: %s is managed, type=\"%s\" (line %lu), and is to be native, without a type",
        directory->name, judgement->rule->name, entry->item->type,
        (unsigned long)entry->item->line);
}

/* By its own condition IIS passes it over in a process of 64 bits. */
static bool is_of_32_bits(const struct iis_item *module)
{
    return module->precondition && strstr(module->precondition, "bitness32");
}

static void tell_passed_over(struct judgement *judgement,
                             const struct powershell_directory *directory,
                             const struct iis_entry *entry)
{
    clear_condition(judgement, directory, entry);
    saw(judgement->finding, powershell_source_of(directory, entry->origin.file),
        "%s: %s is for 32-bit processes alone: preCondition=\"%s\" (line %lu)", directory->name,
        judgement->rule->name, entry->item->precondition, (unsigned long)entry->item->line);
}

static void tell_not_there(struct judgement *judgement,
                           const struct powershell_directory *directory)
{
    change_web_config(judgement, directory);
    saw(begin_at(judgement, "not-in-directory", directory),
        directory->sources[directory->file_count - 1], "%s: its own modules do not have %s",
        directory->name, judgement->rule->name);
}

/* What was added above stands in the way of the directory's own, which is told as a fault. */
static bool has_own(const struct powershell_directory *directory, const char *name)
{
    const struct iis_effective *effective = &directory->effective;

    for (size_t i = 0; i < effective->fault_count; i++) {
        if (is_fault_of(&effective->faults[i], IIS_MODULES, name) &&
            !effective->faults[i].is_inherited)
            return true;
    }
    return false;
}

/* Without what was added above the directory needs its own. */
static void tell_own(struct judgement *judgement, const struct powershell_directory *directory)
{
    if (has_own(directory, judgement->rule->name))
        return;
    if (directory->effective.has_own) {
        tell_not_there(judgement, directory);
        return;
    }
    change_web_config(judgement, directory);
    begin_at(judgement, "perhaps-not-in-directory", directory);
}

/* Added for the whole site or server; the directory's own entry is then one too many. */
static void tell_above(struct judgement *judgement, const struct powershell_directory *directory,
                       const struct iis_entry *entry)
{
    const char *path = entry->origin.location->path;
    const char *place = *entry->origin.file->place ? entry->origin.file->place : path;
    const char *value = *entry->origin.file->place ? "of-site-web" : "of-site";
    struct finding *finding =
        *place ? begin(judgement, value, place) : begin(judgement, "of-server", "yes");
    const struct iis_fault *twice = duplicate_of(directory, IIS_MODULES, judgement->rule->name);

    saw(finding, powershell_source_of(directory, entry->origin.file),
        "%s is added for %s%s (line %lu), and is to be in the PowerShell directory alone",
        judgement->rule->name, *place ? "all of " : "the whole server", place,
        (unsigned long)entry->item->line);
    if (twice)
        saw(finding, powershell_source_of(directory, twice->file),
            "%s: adds it again (line %lu): IIS answers 500.19", directory->name,
            (unsigned long)twice->line);
    tell_own(judgement, directory);
}

static void tell_twice(struct judgement *judgement, const struct powershell_directory *directory,
                       const struct iis_entry *entry)
{
    const struct iis_fault *twice = duplicate_of(directory, IIS_MODULES, judgement->rule->name);

    if (!twice || entry->origin.is_inherited)
        return;
    change_web_config(judgement, directory);
    saw(begin_at(judgement, "twice", directory), powershell_source_of(directory, twice->file),
        "%s: %s is added twice (lines %lu and %lu): IIS answers 500.19", directory->name,
        judgement->rule->name, (unsigned long)entry->item->line, (unsigned long)twice->line);
}

static void judge_directory(struct judgement *judgement,
                            const struct powershell_directory *directory)
{
    const struct iis_effective *effective = &directory->effective;
    const struct iis_entry *entry = iis_entry_of(&effective->modules, judgement->rule->name);

    if (effective->elsewhere[IIS_MODULES].file) {
        judgement->covered = directory;
        return;
    }
    if (!entry && effective->more) {
        judgement->cut = directory;
        return;
    }
    if (!effective->has_own)
        judgement->partly = directory;
    if (!entry && effective->has_own)
        tell_not_there(judgement, directory);
    if (entry && entry->origin.is_inherited && directory->path)
        tell_above(judgement, directory, entry);
    else if (entry && is_typed(entry->item))
        tell_typed(judgement, directory, entry);
    if (entry && !entry->origin.is_inherited && is_of_32_bits(entry->item))
        tell_passed_over(judgement, directory, entry);
    if (entry)
        tell_twice(judgement, directory, entry);
}

static void conclude(struct judgement *judgement)
{
    struct examination *x = judgement->x;
    const struct module_rule *rule = judgement->rule;
    struct finding *finding = NULL;

    if (judgement->covered) {
        finding =
            unknown(x, rule->kind, "a section that has %s is not in what was read", rule->name);
        saw(finding, judgement->covered->sources[0],
            "configSource or configProtectionProvider stands in its place; the file that it "
            "names is not opened");
    } else if (judgement->cut) {
        finding =
            unknown(x, rule->kind, "%s is not among the first %d modules, and no more are read",
                    rule->name, IIS_LIST_MOST);
    } else if (!judgement->first->effective.has_server) {
        finding = unknown(x, rule->kind,
                          "whether globalModules have %s is in applicationHost.config, which is "
                          "not here",
                          rule->name);
    } else if (judgement->partly) {
        finding = unknown(x, rule->kind,
                          "globalModules have %s; whether %s has it as a native module is in its "
                          "web.config, which is not here",
                          rule->name, judgement->partly->name);
        if (judgement->partly->obstacle)
            powershell_saw_obstacle(finding, judgement->partly->obstacle);
    } else {
        healthy(x, rule->kind, "%s is a native module of %s", rule->name, judgement->first->name);
    }
    if (finding)
        powershell_name_host(judgement->server, finding);
}

/* ---- kerbauth.dll ---- */

struct image { /* of kerbauth */
    struct examination *x;
    const struct powershell_server *server;
    const struct iis_item *item;
    const char *path;     /* expanded */
    const char *expected; /* where setup puts it */
    enum file_presence presence;
    const struct evidence *list; /* that tells of it */
};

static void tell_wrong_folder(const struct image *image)
{
    const struct powershell_install *install = &image->server->install;
    struct finding *finding = found(image->x, &kerbauth_path);

    powershell_name_host(image->server, finding);
    set_text(finding, "wrong-path", "yes");
    saw(finding, image->server->source, "kerbauth: image=\"%s\" (line %lu)", image->item->image,
        (unsigned long)image->item->line);
    saw(finding, install->source, "Exchange is in %s, by %s: its own file is %s", install->root,
        install->by, image->expected);
    if (path_has_comma_for_blank(image->path, image->expected))
        saw(finding, image->server->source, "commas stand where blanks belong");
    if (image->presence == FILE_ABSENT)
        saw(finding, image->list, "no file is there");
    if (image->presence == FILE_PRESENT) {
        finding_severity(finding, SEVERITY_WARNING);
        saw(finding, image->list,
            "a file is there: it is of another installation, and does not "
            "follow the updates of this one");
    }
}

static void tell_absent_file(const struct image *image)
{
    struct finding *finding = found(image->x, &kerbauth_path);

    powershell_name_host(image->server, finding);
    set_text(finding, "absent", "yes");
    saw(finding, image->list, "%s is not there, and globalModules load it (line %lu)", image->path,
        (unsigned long)image->item->line);
}

static void tell_unknown_folder(const struct image *image)
{
    struct finding *finding;

    if (image->path && path_is_short(image->path))
        finding = unknown(image->x, &kerbauth_path,
                          "kerbauth.dll is named by a short name, which only the server can tell");
    else if (image->path)
        finding = unknown(image->x, &kerbauth_path,
                          "nothing here says where Exchange is installed, so whether kerbauth.dll "
                          "is its own is open");
    else
        finding = unknown(image->x, &kerbauth_path,
                          "kerbauth.dll is named by a variable whose value is not here");
    powershell_name_host(image->server, finding);
    saw(finding, image->server->source, "kerbauth: image=\"%s\" (line %lu)", image->item->image,
        (unsigned long)image->item->line);
}

static bool judge_image(struct examination *x, const struct powershell_server *server,
                        const struct iis_item *item)
{
    const struct powershell_install *install = &server->install;
    struct image image = {.x = x, .server = server, .item = item};

    image.path = powershell_expand(x, server, item->image);
    if (!image.path || !install->root || path_is_short(image.path)) {
        tell_unknown_folder(&image);
        return false;
    }
    image.expected = arena_print(pass_memory(x), "%s\\Bin\\kerbauth.dll", install->root);
    image.presence = powershell_presence_of(&server->facts, image.path, &image.list);
    if (!path_is(image.path, image.expected))
        tell_wrong_folder(&image);
    else if (image.presence == FILE_ABSENT)
        tell_absent_file(&image);
    else {
        healthy(x, &kerbauth_path, "kerbauth.dll is loaded from Exchange's own folder, %s\\Bin",
                install->root);
        return false;
    }
    return true;
}

static bool judge_kerbauth_path(struct examination *x, const struct powershell_server *server)
{
    const struct iis_entry *entry =
        iis_entry_of(&server->directories[0].effective.global_modules, "kerbauth");

    return entry && entry->item->image && judge_image(x, server, entry->item);
}

/* ---- WSMan's DLL ---- */

/* Windows finds a name without a folder by itself. */
static bool is_of_windows(const char *path)
{
    return path_ends_with(path, "system32\\wsmsvc.dll") || path_is(path, "wsmsvc.dll");
}

static void judge_wsman_image(struct judgement *judgement)
{
    const struct powershell_server *server = judgement->server;
    const struct iis_entry *entry =
        iis_entry_of(&judgement->first->effective.global_modules, "WSMan");
    const struct evidence *list = NULL;
    const char *path;

    if (!entry || !entry->item->image)
        return;
    path = powershell_expand(judgement->x, server, entry->item->image);
    if (path && !is_of_windows(path) && !path_is_short(path)) {
        saw(begin(judgement, "wrong-image", "yes"), server->source,
            "WSMan: image=\"%s\" (line %lu); Windows' own is system32\\wsmsvc.dll",
            entry->item->image, (unsigned long)entry->item->line);
        return;
    }
    if (powershell_presence_of(&server->facts, entry->item->image, &list) != FILE_ABSENT)
        return;
    judgement->is_missing = true;
    saw(begin(judgement, "absent", "yes"), list, "%s is not there", entry->item->image);
}

/* ---- the role service ---- */

static void tell_upgrade(const struct powershell_facts *facts, struct finding *finding)
{
    const struct windows_install *last;

    if (!facts->upgraded)
        return;
    last = &facts->upgraded->upgrades[facts->upgraded->upgrade_count - 1];
    saw(finding, &facts->upgraded->evidence, "this Windows was upgraded in place from %s: %s",
        last->product ? last->product : "another one", last->key);
}

/* Healthy servers lack it: it explains what is missing, and is nothing by itself. */
static bool judge_feature(struct examination *x, const struct powershell_server *server,
                          bool is_wsman_missing)
{
    const struct windows_features *features = server->facts.features;
    enum feature_state state =
        features ? windows_features_winrm_iis_ext(features) : FEATURE_UNKNOWN;
    struct finding *finding;

    if (!is_wsman_missing) {
        if (features)
            healthy(x, &winrm_iis_ext_missing,
                    "WSMan is there, so that it takes no WinRM IIS Extension");
        return false;
    }
    if (state == FEATURE_INSTALLED || state == FEATURE_PENDING_ON) {
        healthy(x, &winrm_iis_ext_missing,
                "the WinRM IIS Extension is installed: it is not what "
                "WSMan is missing for");
        return false;
    }
    if (features) {
        finding = found(x, &winrm_iis_ext_missing);
        saw(finding, &features->evidence,
            "WinRM-IIS-Ext is not installed (%s), and WSMan is missing", feature_state_word(state));
    } else {
        finding = unknown(x, &winrm_iis_ext_missing,
                          "WSMan is missing; whether the WinRM IIS Extension is too is not here");
    }
    powershell_name_host(server, finding);
    tell_upgrade(&server->facts, finding);
    return finding->outcome == OUTCOME_PROBLEM;
}

/* ---- the whole ---- */

static void judge_module(struct judgement *judgement)
{
    const struct powershell_server *server = judgement->server;

    for (size_t i = 0; i < server->count; i++) {
        const struct powershell_directory *directory = &server->directories[i];

        if (!judgement->rule->is_of[directory->end])
            continue;
        if (!judgement->first) {
            judgement->first = directory;
            judge_global(judgement, directory);
        }
        judge_directory(judgement, directory);
    }
    if (judgement->first && judgement->rule == &wsman_rule)
        judge_wsman_image(judgement);
    if (judgement->first && !judgement->finding)
        conclude(judgement);
}

unsigned powershell_judge_modules(struct examination *x, const struct powershell_files *files,
                                  const struct powershell_file *host)
{
    struct powershell_server *server = arena_new(pass_memory(x), 1, sizeof *server);
    struct judgement kerbauth = {.x = x, .server = server, .rule = &kerbauth_rule};
    struct judgement wsman = {.x = x, .server = server, .rule = &wsman_rule};
    unsigned causes = 0;

    if (!powershell_server_ask(x, files, host, server) || server->count == 0)
        return 0;
    if (judge_kerbauth_path(x, server))
        causes |= POWERSHELL_CAUSE_KERBAUTH_PATH;
    judge_module(&kerbauth);
    judge_module(&wsman);
    if (kerbauth.finding)
        causes |= POWERSHELL_CAUSE_KERBAUTH_MANAGED;
    if (wsman.finding)
        causes |= POWERSHELL_CAUSE_WSMAN_MISSING;
    if (wsman.first && judge_feature(x, server, wsman.is_missing))
        causes |= POWERSHELL_CAUSE_WINRM_IIS_EXT;
    return causes;
}
