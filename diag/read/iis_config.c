#include "diag/read/iis_config.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const section_paths[IIS_SECTION_COUNT] = {
#define X(name, path) [IIS_##name] = path,
    IIS_SECTION_LIST(X)
#undef X
};

static const char *const role_words[IIS_ROLE_COUNT] = {
#define X(name, word) [IIS_ROLE_##name] = word,
    IIS_ROLE_LIST(X)
#undef X
};

const char *iis_section_path(enum iis_section_kind kind)
{
    return section_paths[kind];
}

enum iis_section_kind iis_section_from_path(const char *path)
{
    unsigned kind = 0;

    while (kind < IIS_SECTION_COUNT && strcmp(section_paths[kind], path) != 0)
        kind++;
    return (enum iis_section_kind)kind;
}

const char *iis_role_word(enum iis_role role)
{
    return role_words[role];
}

enum iis_role iis_role_from_word(const char *word)
{
    for (unsigned i = 0; i < IIS_ROLE_COUNT; i++) {
        if (strcmp(role_words[i], word) == 0)
            return (enum iis_role)i;
    }
    return IIS_ROLE_UNKNOWN;
}

/* ---- what is read, while it grows ---- */

struct reading {
    struct arena *arena;
    struct iis_config *out;
    size_t items, parts;
    size_t location_room, site_room, pool_room, declaration_room, reference_room, build_room;
};

/* Room for one more of a list with a limit; NULL where it is full. */
static void *more_room(struct reading *reading, const void *list, size_t *room, size_t count,
                       size_t most, size_t size)
{
    if (count >= most) {
        reading->out->more = true;
        return NULL;
    }
    return arena_grow(reading->arena, (void *)list, room, count, size);
}

static const char *copy_sized(struct reading *reading, const char *text, size_t size)
{
    if (size > IIS_TEXT_MOST) {
        size = IIS_TEXT_MOST;
        while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
            size--;
        reading->out->more = true;
    }
    return arena_copy(reading->arena, text, size);
}

static const char *copy_value(struct reading *reading, const struct xml_node *node,
                              const char *name)
{
    const char *value = name ? xml_value(node, name) : NULL;

    return value ? copy_sized(reading, value, strlen(value)) : NULL;
}

/* A program without its arguments, which are behind "|". */
static const char *copy_program(struct reading *reading, const struct xml_node *node,
                                const char *name)
{
    const char *value = name ? xml_value(node, name) : NULL;

    return value ? copy_sized(reading, value, strcspn(value, "|")) : NULL;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static enum iis_setting read_setting(const struct xml_node *node, const char *name)
{
    const char *value = or_empty(xml_value(node, name));

    if (text_equal_fold(value, "true"))
        return IIS_TRUE;
    return text_equal_fold(value, "false") ? IIS_FALSE : IIS_UNSET;
}

static uint32_t read_number(const char *text, uint32_t most)
{
    uint64_t number = 0;

    if (!text || !*text)
        return 0;
    for (; *text; text++) {
        number = number * 10 + (uint64_t)(*text - '0');
        if (!text_is_digit(*text) || number > most)
            return 0;
    }
    return (uint32_t)number;
}

static const struct xml_node *descend(const struct xml_node *node, const char *path)
{
    char name[80];

    while (node && *path) {
        size_t size = strcspn(path, "/");

        memcpy(name, path, size);
        name[size] = '\0';
        node = xml_child(node, name);
        path += size + (path[size] == '/');
    }
    return node;
}

/* ---- sections ---- */

static const struct list_form { /* how the list of a section is written */
    const char *within;         /* below the section */
    const char *add;
    const char *key; /* the attribute that is an item's name */
    const char *image;
} list_forms[IIS_SECTION_COUNT] = {
    [IIS_GLOBAL_MODULES] = {"", "add", "name", "image"},
    [IIS_MODULES] = {"", "add", "name", NULL},
    [IIS_HANDLERS] = {"", "add", "name", NULL},
    [IIS_FAST_CGI] = {"", "application", "fullPath", NULL},
    [IIS_CGI_RESTRICTION] = {"", "add", "path", NULL},
    [IIS_WINDOWS] = {"providers", "add", "value", NULL},
    [IIS_WSMAN] = {"PluginModules/OperationsPlugins", "Plugin", "Name", "Filename"},
};

static bool read_edit(const struct xml_node *node, const struct list_form *form,
                      enum iis_edit *edit)
{
    const struct {
        const char *name;
        enum iis_edit edit;
    } edits[] = {{form->add, IIS_ADD}, {"remove", IIS_REMOVE}, {"clear", IIS_CLEAR}};

    for (size_t i = 0; node->name && i < 3; i++) {
        if (strcmp(node->name, edits[i].name) == 0) {
            *edit = edits[i].edit;
            return true;
        }
    }
    return false;
}

/* An item of `modules` and `handlers` says by type that it is managed; "" says nothing. */
static const char *read_type(struct reading *reading, const struct xml_node *node,
                             enum iis_section_kind kind)
{
    const char *type = xml_value(node, kind == IIS_CGI_RESTRICTION ? "groupId" : "type");

    return type && *type ? copy_sized(reading, type, strlen(type)) : NULL;
}

static void read_item(struct reading *reading, const struct xml_node *node,
                      enum iis_section_kind kind, struct iis_item *item)
{
    const struct list_form *form = &list_forms[kind];
    bool is_handler = kind == IIS_HANDLERS;

    item->line = node->line;
    item->is_locked = read_setting(node, "lockItem") == IIS_TRUE;
    if (item->edit == IIS_CLEAR)
        return;
    item->name = copy_program(reading, node, form->key);
    item->type = read_type(reading, node, kind);
    item->image = copy_value(reading, node, form->image);
    item->precondition = copy_value(reading, node, "preCondition");
    item->allowed = read_setting(node, "allowed");
    if (!is_handler)
        return;
    item->path = copy_value(reading, node, "path");
    item->verb = copy_value(reading, node, "verb");
    item->modules = copy_value(reading, node, "modules");
    item->script_processor = copy_program(reading, node, "scriptProcessor");
}

static void read_list(struct reading *reading, const struct xml_node *node,
                      struct iis_section *section)
{
    const struct list_form *form = &list_forms[section->kind];
    struct iis_item *items = NULL;
    size_t room = 0;

    for (node = node->first; node; node = node->next) {
        enum iis_edit edit;

        if (!read_edit(node, form, &edit))
            continue;
        if (reading->items >= IIS_ITEMS_MOST) {
            reading->out->more = true;
            break;
        }
        reading->items++;
        items = arena_grow(reading->arena, items, &room, section->item_count, sizeof *items);
        items[section->item_count] = (struct iis_item){.edit = edit};
        read_item(reading, node, section->kind, &items[section->item_count++]);
    }
    section->items = items;
}

static void read_section(struct reading *reading, const struct xml_node *node,
                         struct iis_section *section)
{
    static const struct {
        const char *within, *name;
    } texts[IIS_SECTION_COUNT] = {[IIS_ACCESS] = {"", "sslFlags"},
                                  [IIS_REDIRECT] = {"", "destination"},
                                  [IIS_WINDOWS] = {"extendedProtection", "tokenChecking"}};
    const char *within = list_forms[section->kind].within, *name = texts[section->kind].name;
    const struct xml_node *list = within ? descend(node, within) : NULL;
    const struct xml_node *holder = name ? descend(node, texts[section->kind].within) : NULL;

    section->line = node->line;
    section->enabled = read_setting(node, "enabled");
    section->text = holder ? copy_value(reading, holder, name) : NULL;
    section->is_child_only = read_setting(node, "childOnly") == IIS_TRUE;
    section->is_elsewhere =
        xml_value(node, "configSource") || xml_value(node, "configProtectionProvider");
    if (list)
        read_list(reading, list, section);
}

/* What <system.webServer> has of the sections that are kept. */
static void read_sections(struct reading *reading, const struct xml_node *server,
                          struct iis_location *location)
{
    struct iis_section found[IIS_SECTION_COUNT];
    struct iis_section *sections;
    size_t count = 0;

    for (unsigned kind = 0; kind < IIS_SECTION_COUNT; kind++) {
        const struct xml_node *node = descend(server, section_paths[kind]);

        if (!node)
            continue;
        found[count] = (struct iis_section){.kind = (enum iis_section_kind)kind};
        read_section(reading, node, &found[count++]);
    }
    if (location->section_count + count > IIS_SECTIONS_MOST)
        reading->out->more = true;
    if (count == 0 || location->section_count + count > IIS_SECTIONS_MOST)
        return;
    sections = arena_new(reading->arena, location->section_count + count, sizeof *sections);
    if (location->section_count > 0)
        memcpy(sections, location->sections, location->section_count * sizeof *sections);
    memcpy(sections + location->section_count, found, count * sizeof *sections);
    location->sections = sections;
    location->section_count += count;
}

/* ---- locations ---- */

/* "." and "/" are the document's own place; slashes at the ends mean nothing. */
static const char *read_location_path(struct reading *reading, const struct xml_node *node)
{
    const char *path = or_empty(xml_value(node, "path"));
    size_t size;

    path += strspn(path, "/");
    size = strlen(path);
    while (size > 0 && path[size - 1] == '/')
        size--;
    return copy_sized(reading, path, size == 1 && *path == '.' ? 0 : size);
}

/* allowOverride is what overrideMode was called before IIS 7. */
static enum iis_override read_override(const struct xml_node *node, const char *name)
{
    const char *mode = or_empty(xml_value(node, name));

    if (text_equal_fold(mode, "Allow"))
        return IIS_OVERRIDE_ALLOW;
    if (text_equal_fold(mode, "Deny") || read_setting(node, "allowOverride") == IIS_FALSE)
        return IIS_OVERRIDE_DENY;
    return IIS_OVERRIDE_INHERIT;
}

static void read_location(struct reading *reading, const struct xml_node *node)
{
    struct iis_config *out = reading->out;
    struct iis_location *locations =
        more_room(reading, out->locations, &reading->location_room, out->location_count,
                  IIS_LOCATIONS_MOST, sizeof *locations);
    struct iis_location *location;

    if (!locations)
        return;
    out->locations = locations;
    location = &locations[out->location_count++];
    *location = (struct iis_location){
        .path = read_location_path(reading, node),
        .override = read_override(node, "overrideMode"),
        .is_not_inherited = read_setting(node, "inheritInChildApplications") == IIS_FALSE,
        .line = node->line};
    for (const struct xml_node *server = xml_child(node, "system.webServer"); server;
         server = xml_next(server, "system.webServer"))
        read_sections(reading, server, location);
}

static void read_root(struct reading *reading, const struct xml_node *root)
{
    struct iis_location *own =
        arena_grow(reading->arena, NULL, &reading->location_room, 0, sizeof *own);

    *own = (struct iis_location){.path = ""};
    for (const struct xml_node *server = xml_child(root, "system.webServer"); server;
         server = xml_next(server, "system.webServer"))
        read_sections(reading, server, own);
    reading->out->locations = own;
    reading->out->location_count = 1;
    for (const struct xml_node *node = xml_child(root, "location"); node;
         node = xml_next(node, "location"))
        read_location(reading, node);
}

/* ---- sites ---- */

static bool take_part(struct reading *reading)
{
    reading->out->more = reading->out->more || reading->parts >= IIS_PARTS_MOST;
    return reading->parts++ < IIS_PARTS_MOST;
}

static size_t count_children(const struct xml_node *parent, const char *name)
{
    size_t count = 0;

    for (const struct xml_node *node = xml_child(parent, name); node; node = xml_next(node, name))
        count++;
    return count;
}

/* "ip:port:host", where the address may be one of IPv6: from the end. */
static void read_binding(struct reading *reading, const struct xml_node *node,
                         struct iis_binding *binding)
{
    const char *text = or_empty(xml_value(node, "bindingInformation"));
    const char *host = strrchr(text, ':'), *port = host;

    while (port && port > text && port[-1] != ':')
        port--;
    *binding = (struct iis_binding){.protocol = or_empty(copy_value(reading, node, "protocol")),
                                    .ip = "",
                                    .host = "",
                                    .line = node->line};
    if (!host || port == text) {
        binding->ip = copy_sized(reading, text, strlen(text));
        return;
    }
    binding->ip = copy_sized(reading, text, (size_t)(port - 1 - text));
    binding->port =
        (uint16_t)read_number(arena_copy(reading->arena, port, (size_t)(host - port)), UINT16_MAX);
    binding->host = copy_sized(reading, host + 1, strlen(host + 1));
}

static void read_bindings(struct reading *reading, const struct xml_node *node,
                          struct iis_site *site)
{
    const struct xml_node *list = xml_child(node, "bindings");
    size_t count = list ? count_children(list, "binding") : 0;
    struct iis_binding *bindings = arena_new(reading->arena, count, sizeof *bindings);

    for (node = list ? xml_child(list, "binding") : NULL; node && take_part(reading);
         node = xml_next(node, "binding"))
        read_binding(reading, node, &bindings[site->binding_count++]);
    site->bindings = bindings;
}

static void read_application(struct reading *reading, const struct xml_node *node,
                             struct iis_application *application)
{
    size_t count = count_children(node, "virtualDirectory");
    struct iis_directory *directories = arena_new(reading->arena, count, sizeof *directories);

    *application = (struct iis_application){.path = or_empty(copy_value(reading, node, "path")),
                                            .pool = copy_value(reading, node, "applicationPool"),
                                            .directories = directories,
                                            .line = node->line};
    for (node = xml_child(node, "virtualDirectory"); node && take_part(reading);
         node = xml_next(node, "virtualDirectory"))
        directories[application->directory_count++] =
            (struct iis_directory){or_empty(copy_value(reading, node, "path")),
                                   or_empty(copy_value(reading, node, "physicalPath"))};
}

static void read_site(struct reading *reading, const struct xml_node *node)
{
    struct iis_config *out = reading->out;
    struct iis_site *sites = more_room(reading, out->sites, &reading->site_room, out->site_count,
                                       IIS_SITES_MOST, sizeof *sites);
    struct iis_application *applications;
    struct iis_site *site;

    if (!sites)
        return;
    out->sites = sites;
    site = &sites[out->site_count++];
    *site = (struct iis_site){.name = or_empty(copy_value(reading, node, "name")),
                              .id = read_number(xml_value(node, "id"), INT32_MAX),
                              .auto_start = read_setting(node, "serverAutoStart"),
                              .line = node->line};
    read_bindings(reading, node, site);
    applications =
        arena_new(reading->arena, count_children(node, "application"), sizeof *applications);
    for (node = xml_child(node, "application"); node && take_part(reading);
         node = xml_next(node, "application"))
        read_application(reading, node, &applications[site->application_count++]);
    site->applications = applications;
}

static void read_pool(struct reading *reading, const struct xml_node *node)
{
    struct iis_config *out = reading->out;
    const struct xml_node *process = xml_child(node, "processModel");
    struct iis_pool *pools = more_room(reading, out->pools, &reading->pool_room, out->pool_count,
                                       IIS_POOLS_MOST, sizeof *pools);

    if (!pools)
        return;
    out->pools = pools;
    pools[out->pool_count++] =
        (struct iis_pool){.name = or_empty(copy_value(reading, node, "name")),
                          .identity = process ? copy_value(reading, process, "identityType") : NULL,
                          .runtime = copy_value(reading, node, "managedRuntimeVersion"),
                          .pipeline = copy_value(reading, node, "managedPipelineMode"),
                          .auto_start = read_setting(node, "autoStart"),
                          .enable_32_bit = read_setting(node, "enable32BitAppOnWin64"),
                          .line = node->line};
}

/* "LM/W3SVC/2/ROOT/owa/15.2.1118.7" */
static void read_build(struct reading *reading, const struct xml_node *key)
{
    struct iis_config *out = reading->out;
    const char *path = or_empty(xml_value(key, "path")), *build = strrchr(path, '/');
    const char **builds;

    if (!build || build - path < 4 || !text_starts_fold(build - 4, 4, "/owa") ||
        strlen(build) > 32 || !text_is_digit(build[1]) ||
        build[1 + strspn(build + 1, ".0123456789")] || !strchr(build, '.'))
        return;
    for (size_t i = 0; i < out->build_count; i++) {
        if (strcmp(out->builds[i], build + 1) == 0)
            return;
    }
    builds = more_room(reading, out->builds, &reading->build_room, out->build_count,
                       IIS_BUILDS_MOST, sizeof *builds);
    if (!builds)
        return;
    builds[out->build_count++] = copy_value(reading, key, "path") + (build + 1 - path);
    out->builds = builds;
}

static void each_child(struct reading *reading, const struct xml_node *parent, const char *name,
                       void (*read)(struct reading *reading, const struct xml_node *node))
{
    if (!parent)
        return;
    for (const struct xml_node *node = xml_child(parent, name); node; node = xml_next(node, name))
        read(reading, node);
}

static void read_host(struct reading *reading, const struct xml_node *host)
{
    const struct xml_node *defaults = descend(host, "sites/applicationDefaults");

    each_child(reading, xml_child(host, "applicationPools"), "add", read_pool);
    each_child(reading, xml_child(host, "sites"), "site", read_site);
    each_child(reading, xml_child(host, "customMetadata"), "key", read_build);
    if (defaults)
        reading->out->default_pool = copy_value(reading, defaults, "applicationPool");
    if (reading->out->site_count > 0 || reading->out->pool_count > 0)
        reading->out->role = IIS_ROLE_SERVER;
}

/* ---- all elements: declarations, references, and whose document it is ---- */

static const char *path_of(struct reading *reading, const struct xml_node *section)
{
    const char *path = or_empty(copy_value(reading, section, "name"));

    for (const struct xml_node *group = section->parent;
         group && group->name && strcmp(group->name, "sectionGroup") == 0; group = group->parent)
        path =
            arena_print(reading->arena, "%.200s/%.800s", or_empty(xml_value(group, "name")), path);
    return path;
}

static void read_declaration(struct reading *reading, const struct xml_node *node)
{
    struct iis_config *out = reading->out;
    const char *definition = or_empty(xml_value(node, "allowDefinition"));
    struct iis_declaration *declarations;

    if (strcmp(node->name, "section") != 0 || !node->parent ||
        (strcmp(node->parent->name, "sectionGroup") != 0 &&
         strcmp(node->parent->name, "configSections") != 0))
        return;
    declarations = more_room(reading, out->declarations, &reading->declaration_room,
                             out->declaration_count, IIS_DECLARATIONS_MOST, sizeof *declarations);
    if (!declarations)
        return;
    out->declarations = declarations;
    declarations[out->declaration_count++] = (struct iis_declaration){
        .path = path_of(reading, node),
        .override = read_override(node, "overrideModeDefault") == IIS_OVERRIDE_DENY
                        ? IIS_OVERRIDE_DENY
                        : IIS_OVERRIDE_ALLOW,
        .is_of_server = text_equal_fold(definition, "AppHostOnly") ||
                        text_equal_fold(definition, "MachineOnly")};
}

static void read_reference(struct reading *reading, const struct xml_node *node,
                           const struct xml_attribute *attribute)
{
    struct iis_config *out = reading->out;
    struct iis_reference *references =
        more_room(reading, out->references, &reading->reference_room, out->reference_count,
                  IIS_REFERENCES_MOST, sizeof *references);

    if (!references)
        return;
    out->references = references;
    references[out->reference_count++] = (struct iis_reference){
        copy_sized(reading, node->name, strlen(node->name)),
        copy_sized(reading, attribute->name, strlen(attribute->name)),
        copy_sized(reading, attribute->value, strlen(attribute->value)), node->line};
}

/* X(element or "", attribute): by which another file is named. */
static bool is_reference(const struct xml_node *node, const struct xml_attribute *attribute)
{
    static const struct {
        const char *element, *attribute;
    } forms[] = {{"", "configSource"},
                 {"", "childSource"},
                 {"appSettings", "file"},
                 {"linkedConfiguration", "href"}};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(attribute->name, forms[i].attribute) == 0 &&
            (!*forms[i].element || strcmp(node->name, forms[i].element) == 0))
            return true;
    }
    return false;
}

static enum iis_role role_of_element(const struct xml_node *node)
{
    static const struct {
        const char *element, *key_name, *key, *value_name, *value;
        enum iis_role role;
    } signs[] = {
        {"add", "key", "HttpProxy.ProtocolType", "value", "Ews", IIS_ROLE_EWS_FRONT},
        {"add", "key", "HttpProxy.ProtocolType", "value", "PowerShell", IIS_ROLE_POWERSHELL_FRONT},
        {"add", "key", "IsEwsAppPool", "value", "true", IIS_ROLE_EWS_BACK},
        {"service", "name", "Microsoft.Exchange.Services.Wcf.EWSService", NULL, NULL,
         IIS_ROLE_EWS_BACK},
        {"Plugin", "Name", "PowerShellplugin", NULL, NULL, IIS_ROLE_POWERSHELL_BACK},
    };

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strcmp(node->name, signs[i].element) == 0 &&
            text_equal_fold(or_empty(xml_value(node, signs[i].key_name)), signs[i].key) &&
            (!signs[i].value ||
             text_equal_fold(or_empty(xml_value(node, signs[i].value_name)), signs[i].value)))
            return signs[i].role;
    }
    return IIS_ROLE_UNKNOWN;
}

/* The header by which an Exchange server names itself. */
static void read_server(struct reading *reading, const struct xml_node *node)
{
    static const char *const headers[] = {"X-FEServer", "X-BEServer", "X-DiagInfo"};
    const char *name = or_empty(xml_value(node, "name"));

    if (reading->out->server || !node->parent || strcmp(node->parent->name, "customHeaders") != 0)
        return;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        if (text_equal_fold(name, headers[i]))
            reading->out->server = copy_value(reading, node, "value");
    }
}

static void read_element(struct reading *reading, const struct xml_node *node)
{
    if (reading->out->role == IIS_ROLE_UNKNOWN)
        reading->out->role = role_of_element(node);
    read_declaration(reading, node);
    read_server(reading, node);
    for (const struct xml_attribute *attribute = node->attributes; attribute;
         attribute = attribute->next) {
        if (is_reference(node, attribute))
            read_reference(reading, node, attribute);
    }
}

static const struct xml_node *next_in_document(const struct xml_node *node)
{
    if (node->first)
        return node->first;
    while (node && !node->next)
        node = node->parent;
    return node ? node->next : NULL;
}

enum status iis_config_read(const struct xml_library *library, const char *bytes, size_t size,
                            struct arena *arena, struct iis_config *out,
                            struct xml_problem *problem)
{
    struct reading reading = {.arena = arena, .out = out};
    struct arena tree = {0};
    const struct xml_node *root;
    enum status status = xml_parse(library, bytes, size, &tree, &root, problem);

    *out = (struct iis_config){.role = IIS_ROLE_UNKNOWN};
    if (status == STATUS_OK && strcmp(root->name, "configuration") != 0) {
        static const char reason[] = "its root is not <configuration>";

        status = STATUS_INVALID;
        problem->line = root->line;
        memcpy(problem->reason, reason, sizeof reason);
    }
    if (status == STATUS_OK) {
        each_child(&reading, root, "system.applicationHost", read_host);
        read_root(&reading, root);
        for (const struct xml_node *node = root; node; node = next_in_document(node)) {
            if (node->name)
                read_element(&reading, node);
        }
    }
    arena_release(&tree);
    return status;
}

/* ---- looking things up ---- */

const struct iis_section *iis_section_of(const struct iis_location *location,
                                         enum iis_section_kind kind)
{
    for (size_t i = 0; i < location->section_count; i++) {
        if (location->sections[i].kind == kind)
            return &location->sections[i];
    }
    return NULL;
}

const struct iis_site *iis_site_of(const struct iis_config *config, const char *name)
{
    for (size_t i = 0; i < config->site_count; i++) {
        if (text_equal_fold(config->sites[i].name, name))
            return &config->sites[i];
    }
    return NULL;
}

const struct iis_application *iis_application_of(const struct iis_site *site, const char *path)
{
    for (size_t i = 0; i < site->application_count; i++) {
        if (text_equal_fold(site->applications[i].path, path))
            return &site->applications[i];
    }
    return NULL;
}

const struct iis_pool *iis_pool_of(const struct iis_config *config, const char *name)
{
    for (size_t i = 0; i < config->pool_count; i++) {
        if (text_equal_fold(config->pools[i].name, name))
            return &config->pools[i];
    }
    return NULL;
}

const char *iis_pool_name_of(const struct iis_config *config,
                             const struct iis_application *application)
{
    return application->pool ? application->pool : config->default_pool;
}

/* ---- paths ---- */

static const char *value_of(const struct iis_variable *variables, const char *name, size_t size)
{
    for (; variables->name; variables++) {
        if (text_equal_fold_sized(variables->name, strlen(variables->name), name, size))
            return variables->value;
    }
    return NULL;
}

const char *iis_expand(const char *text, const struct iis_variable *variables, struct arena *arena)
{
    struct buffer out;
    bool is_known = true;

    buffer_init(&out, IIS_TEXT_MOST);
    while (*text && is_known) {
        size_t plain = strcspn(text, "%");
        const char *end = text[plain] ? strchr(text + plain + 1, '%') : NULL;
        const char *value;

        if (!end)
            plain = strlen(text);
        buffer_add(&out, text, plain);
        text += plain;
        if (!end)
            continue;
        value = value_of(variables, text + 1, (size_t)(end - text - 1));
        is_known = value != NULL;
        buffer_add_string(&out, value ? value : "");
        text = end + 1;
    }
    if (is_known && !out.truncated)
        return buffer_keep(&out, arena);
    buffer_release(&out);
    return NULL;
}

bool iis_path_climbs(const char *path)
{
    if (text_starts_fold(path, strlen(path), "file:"))
        path += 5;
    if (strspn(path, "/\\") == 2)
        return !(path[2] && path[3] == ':'); /* "//C:\" of a file URL names a drive */
    while (*path) {
        size_t size = strcspn(path, "/\\");

        if (size == 2 && memcmp(path, "..", 2) == 0)
            return true;
        path += size + (path[size] != '\0');
    }
    return false;
}
