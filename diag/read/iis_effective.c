#include "diag/read/iis_effective.h"

#include "diag/text.h"

#include <string.h>

static const char *const fault_words[IIS_FAULT_COUNT] = {
#define X(name, word) [IIS_FAULT_##name] = word,
    IIS_FAULT_LIST(X)
#undef X
};

static const char *const aspect_words[IIS_ASPECT_COUNT] = {
#define X(name, word) [IIS_ASPECT_##name] = word,
    IIS_ASPECT_LIST(X)
#undef X
};

const char *iis_fault_word(enum iis_fault_kind kind)
{
    return fault_words[kind];
}

const char *iis_aspect_word(enum iis_aspect aspect)
{
    return aspect_words[aspect];
}

/* ---- paths of configuration: "Default Web Site/EWS" ---- */

/* True if `path` is the one of `size` bytes, or above it. */
static bool is_at_or_above(const char *path, const char *below, size_t size)
{
    size_t own = strlen(path);

    return own <= size && text_equal_fold_sized(path, own, below, own) &&
           (own == 0 || own == size || below[own] == '/');
}

/* True if a location of a file stands for the path of `size` bytes. */
static bool stands_for(const struct iis_file *file, const struct iis_location *location,
                       const char *path, size_t size)
{
    size_t place = strlen(file->place), rest = strlen(location->path);

    if (place == 0)
        return rest == size && text_equal_fold_sized(location->path, rest, path, size);
    if (!is_at_or_above(file->place, path, size))
        return false;
    if (rest == 0)
        return place == size;
    return size == place + 1 + rest &&
           text_equal_fold_sized(location->path, rest, path + place + 1, rest);
}

/* ---- one step on the way ---- */

struct step {
    const struct iis_view *view;
    struct iis_effective *out;
    struct arena *arena;
    const char *path; /* of the view, of which `size` bytes are the step's */
    size_t size;
    const struct iis_file *file;
    const struct iis_location *location;
};

struct room {
    size_t modules, handlers, providers, global_modules;
};

static bool is_above(const struct step *step) /* the directory itself */
{
    return step->path[step->size] != '\0';
}

static void tell(const struct step *step, enum iis_fault_kind kind, enum iis_section_kind section,
                 const char *name, uint32_t line)
{
    struct iis_effective *out = step->out;

    if (out->fault_count == IIS_FAULTS_MOST)
        out->more = true;
    else
        out->faults[out->fault_count++] =
            (struct iis_fault){kind, section, name, step->file, line, is_above(step)};
}

static struct iis_origin origin_of(const struct step *step)
{
    return (struct iis_origin){step->file, step->location, is_above(step)};
}

/* FNV-1a of the name in lower case. */
static uint32_t hash_of(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)text_lower(*name)) * 16777619u;
    return hash;
}

static size_t find(const struct iis_list *list, const char *name)
{
    uint32_t hash = hash_of(name);
    size_t at = 0;

    while (at < list->count &&
           (list->entries[at].hash != hash || !text_equal_fold(list->entries[at].item->name, name)))
        at++;
    return at;
}

const struct iis_entry *iis_entry_of(const struct iis_list *list, const char *name)
{
    size_t at = find(list, name);

    return at < list->count ? &list->entries[at] : NULL;
}

/* A file may not touch what another one above it has locked. */
static bool is_kept_by_lock(const struct step *step, const struct iis_entry *entry)
{
    return entry->item->is_locked && entry->origin.file != step->file;
}

static void remove_entry(const struct step *step, const struct iis_section *section,
                         struct iis_list *list, const struct iis_item *item)
{
    size_t at = item->name ? find(list, item->name) : list->count;

    if (at == list->count)
        return;
    if (is_kept_by_lock(step, &list->entries[at])) {
        tell(step, IIS_FAULT_LOCKED_ITEM, section->kind, item->name, item->line);
        return;
    }
    list->count--;
    memmove(list->entries + at, list->entries + at + 1, (list->count - at) * sizeof *list->entries);
}

static void clear_list(const struct step *step, const struct iis_section *section,
                       struct iis_list *list, const struct iis_item *item)
{
    for (size_t i = 0; i < list->count; i++) {
        if (is_kept_by_lock(step, &list->entries[i])) {
            tell(step, IIS_FAULT_LOCKED_ITEM, section->kind, list->entries[i].item->name,
                 item->line);
            return;
        }
    }
    list->count = 0;
}

/* Handlers of a step come before those from above; all other lists grow at their end. */
static size_t add_entry(const struct step *step, const struct iis_item *item, struct iis_list *list,
                        size_t *room, size_t at)
{
    list->entries =
        arena_grow(step->arena, list->entries, room, list->count, sizeof *list->entries);
    memmove(list->entries + at + 1, list->entries + at, (list->count - at) * sizeof *list->entries);
    list->entries[at] = (struct iis_entry){item, origin_of(step), hash_of(item->name)};
    list->count++;
    return at + 1;
}

static void edit_list(const struct step *step, const struct iis_section *section,
                      struct iis_list *list, size_t *room)
{
    size_t at = section->kind == IIS_HANDLERS ? 0 : list->count;

    for (size_t i = 0; i < section->item_count; i++) {
        const struct iis_item *item = &section->items[i];

        if (item->edit == IIS_CLEAR)
            clear_list(step, section, list, item);
        else if (item->edit == IIS_REMOVE)
            remove_entry(step, section, list, item);
        else if (list->count == IIS_LIST_MOST)
            step->out->more = true;
        else if (item->name && find(list, item->name) < list->count)
            tell(step, IIS_FAULT_DUPLICATE, section->kind, item->name, item->line);
        else if (item->name)
            at = add_entry(step, item, list, room, at < list->count ? at : list->count);
    }
}

static void apply(const struct step *step, const struct iis_section *section, struct room *room)
{
    struct iis_effective *out = step->out;
    enum iis_section_kind kind = section->kind;

    if (kind == IIS_MODULES)
        edit_list(step, section, &out->modules, &room->modules);
    else if (kind == IIS_HANDLERS)
        edit_list(step, section, &out->handlers, &room->handlers);
    else if (kind == IIS_WINDOWS)
        edit_list(step, section, &out->providers, &room->providers);
    else if (kind == IIS_GLOBAL_MODULES)
        edit_list(step, section, &out->global_modules, &room->global_modules);
    if (section->is_elsewhere)
        out->elsewhere[kind] = origin_of(step);
    if (section->enabled == IIS_UNSET && !section->text)
        return;
    if (kind == IIS_REDIRECT)
        out->is_redirect_child_only = section->is_child_only;
    if (section->enabled != IIS_UNSET)
        out->enabled[kind] = section->enabled;
    if (section->text)
        out->texts[kind] = section->text;
    out->origins[kind] = origin_of(step);
}

/* ---- locks: what applicationHost.config lets files below it say ---- */

static enum iis_override declared(const struct iis_config *config, enum iis_section_kind kind)
{
    static const char group[] = "system.webServer/";

    for (size_t i = 0; i < config->declaration_count; i++) {
        const struct iis_declaration *declaration = &config->declarations[i];

        if (strncmp(declaration->path, group, sizeof group - 1) == 0 &&
            strcmp(declaration->path + sizeof group - 1, iis_section_path(kind)) == 0)
            return declaration->is_of_server ? IIS_OVERRIDE_DENY : declaration->override;
    }
    return IIS_OVERRIDE_ALLOW;
}

static bool is_locked(const struct step *step, enum iis_section_kind kind)
{
    const struct iis_config *config = NULL;
    enum iis_override mode;
    size_t depth = 0;

    for (size_t i = 0; i < step->view->file_count; i++) {
        if (!*step->view->files[i].place)
            config = step->view->files[i].config;
    }
    if (!*step->file->place || !config)
        return false;
    mode = declared(config, kind);
    for (size_t i = 0; i < config->location_count; i++) {
        const struct iis_location *location = &config->locations[i];

        if (location->override == IIS_OVERRIDE_INHERIT || !iis_section_of(location, kind) ||
            !is_at_or_above(location->path, step->path, step->size) ||
            strlen(location->path) < depth)
            continue;
        mode = location->override;
        depth = strlen(location->path);
    }
    return mode == IIS_OVERRIDE_DENY;
}

/* ---- the way ---- */

/* What is said above the application is not for it where inheritInChildApplications is false. */
static bool is_withheld(const struct step *step)
{
    size_t application = strlen(step->view->application);

    return step->location->is_not_inherited && step->size < application &&
           (step->size == 0 || step->view->application[step->size] == '/');
}

static void apply_location(struct step *step, const struct iis_location *location,
                           struct room *room)
{
    if (!stands_for(step->file, location, step->path, step->size))
        return;
    step->location = location;
    if (is_withheld(step))
        return;
    for (size_t i = 0; i < location->section_count; i++) {
        const struct iis_section *section = &location->sections[i];

        if (is_locked(step, section->kind))
            tell(step, IIS_FAULT_LOCKED, section->kind, NULL, section->line);
        else
            apply(step, section, room);
    }
}

/* The files above first: by the length of their places, of which no two on the way are alike. */
static const struct iis_file *next_file(const struct iis_view *view, const struct iis_file *last)
{
    const struct iis_file *next = NULL;

    for (size_t i = 0; i < view->file_count; i++) {
        const struct iis_file *file = &view->files[i];

        if ((!last || strlen(file->place) > strlen(last->place)) &&
            (!next || strlen(file->place) < strlen(next->place)))
            next = file;
    }
    return next;
}

static void take_step(struct step *step, struct room *room)
{
    for (step->file = next_file(step->view, NULL); step->file;
         step->file = next_file(step->view, step->file)) {
        for (size_t i = 0; i < step->file->config->location_count; i++)
            apply_location(step, &step->file->config->locations[i], room);
    }
}

static void find_modules_without_image(struct step *step)
{
    const struct iis_effective *out = step->out;

    if (out->global_modules.count == 0 || out->more)
        return;
    for (size_t i = 0; i < out->modules.count; i++) {
        const struct iis_entry *entry = &out->modules.entries[i];

        step->file = entry->origin.file;
        if (!entry->item->type && !iis_entry_of(&out->global_modules, entry->item->name))
            tell(step, IIS_FAULT_NO_IMAGE, IIS_MODULES, entry->item->name, entry->item->line);
    }
}

void iis_effective_read(const struct iis_view *view, struct arena *arena, struct iis_effective *out)
{
    struct step step = {.view = view, .out = out, .arena = arena, .path = view->path};
    struct room room = {0};

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < view->file_count; i++) {
        out->has_server = out->has_server || !*view->files[i].place;
        out->has_own = out->has_own || text_equal_fold(view->files[i].place, view->application);
    }
    take_step(&step, &room);
    while (view->path[step.size]) {
        step.size += view->path[step.size] == '/';
        step.size += strcspn(view->path + step.size, "/");
        take_step(&step, &room);
    }
    find_modules_without_image(&step);
}

/* ---- words ---- */

/* True if a list of words, between commas and spaces, holds this one. */
static bool has_word(const char *list, const char *word)
{
    while (list && *list) {
        size_t size = strcspn(list, ", ");

        if (text_equal_fold_sized(list, size, word, strlen(word)))
            return true;
        list += size + strspn(list + size, ", ");
    }
    return false;
}

const char *iis_token_checking(const struct iis_effective *effective)
{
    return effective->texts[IIS_WINDOWS] ? effective->texts[IIS_WINDOWS] : "None";
}

bool iis_is_cgi(const struct iis_item *handler)
{
    return has_word(handler->modules, "CgiModule") || has_word(handler->modules, "FastCgiModule");
}

bool iis_has_flag(const char *flags, const char *flag)
{
    return has_word(flags, flag);
}

/* ---- comparing ---- */

struct comparison {
    const struct iis_effective *left, *right;
    struct arena *arena;
    struct iis_difference *out;
    size_t count;
};

static void differ(struct comparison *comparison, enum iis_aspect aspect, const char *name,
                   const char *left, const char *right)
{
    bool is_same = left && right ? text_equal_fold(left, right) : left == right;

    if (!is_same && comparison->count < IIS_DIFFERENCES_MOST)
        comparison->out[comparison->count++] = (struct iis_difference){aspect, name, left, right};
}

static const char *file_name(const char *path)
{
    const char *name = path;

    for (; *path; path++) {
        if (*path == '\\' || *path == '/')
            name = path + 1;
    }
    return name;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static int class_size(const char *type)
{
    return (int)strcspn(type, ", ");
}

static const char *module_text(struct comparison *comparison, const struct iis_effective *side,
                               const struct iis_item *item)
{
    const struct iis_entry *global = iis_entry_of(&side->global_modules, item->name);

    if (item->type)
        return arena_print(comparison->arena, "%.*s", class_size(item->type), item->type);
    if (!global || !global->item->image)
        return "native";
    return arena_print(comparison->arena, "native, %s", file_name(global->item->image));
}

static const char *handler_text(struct comparison *comparison, const struct iis_effective *side,
                                const struct iis_item *item)
{
    const char *type = or_empty(item->type), *script = or_empty(item->script_processor);

    (void)side;
    return arena_print(comparison->arena, "%s %s: %s%.*s%s%s", or_empty(item->path),
                       or_empty(item->verb), or_empty(item->modules), class_size(type), type,
                       *script ? " " : "", file_name(script));
}

typedef const char *item_text(struct comparison *comparison, const struct iis_effective *side,
                              const struct iis_item *item);

static void compare_lists(struct comparison *comparison, enum iis_aspect aspect,
                          const struct iis_list *left, const struct iis_list *right,
                          item_text *text)
{
    for (size_t i = 0; i < left->count; i++) {
        const struct iis_item *item = left->entries[i].item;
        const struct iis_entry *other = iis_entry_of(right, item->name);

        differ(comparison, aspect, item->name, text(comparison, comparison->left, item),
               other ? text(comparison, comparison->right, other->item) : NULL);
    }
    for (size_t i = 0; i < right->count; i++) {
        const struct iis_item *item = right->entries[i].item;

        if (!iis_entry_of(left, item->name))
            differ(comparison, aspect, item->name, NULL, text(comparison, comparison->right, item));
    }
}

static const char *setting_text(const struct iis_effective *side, unsigned kind)
{
    static const char *const texts[] = {NULL, "off", "on"};

    return texts[side->enabled[kind]];
}

static const char *provider_text(const struct iis_list *list, struct arena *arena)
{
    struct buffer out;

    if (list->count == 0)
        return NULL;
    buffer_init(&out, IIS_TEXT_MOST);
    for (size_t i = 0; i < list->count; i++)
        buffer_print(&out, "%s%s", i ? ", " : "", list->entries[i].item->name);
    return buffer_keep(&out, arena);
}

size_t iis_compare(const struct iis_effective *left, const struct iis_effective *right,
                   struct arena *arena, struct iis_difference *out)
{
    struct comparison comparison = {left, right, arena, out, 0};

    if (left->has_server != right->has_server || left->has_own != right->has_own)
        return 0;
    compare_lists(&comparison, IIS_ASPECT_MODULE, &left->modules, &right->modules, module_text);
    compare_lists(&comparison, IIS_ASPECT_HANDLER, &left->handlers, &right->handlers, handler_text);
    for (unsigned kind = IIS_AUTHENTICATION_FIRST; kind <= IIS_AUTHENTICATION_LAST; kind++)
        differ(&comparison, IIS_ASPECT_AUTHENTICATION,
               strrchr(iis_section_path((enum iis_section_kind)kind), '/') + 1,
               setting_text(left, kind), setting_text(right, kind));
    differ(&comparison, IIS_ASPECT_PROVIDERS, "", provider_text(&left->providers, arena),
           provider_text(&right->providers, arena));
    differ(&comparison, IIS_ASPECT_EXTENDED_PROTECTION, "", iis_token_checking(left),
           iis_token_checking(right));
    differ(&comparison, IIS_ASPECT_SSL_FLAGS, "", left->texts[IIS_ACCESS],
           right->texts[IIS_ACCESS]);
    differ(&comparison, IIS_ASPECT_REDIRECT, "", setting_text(left, IIS_REDIRECT),
           setting_text(right, IIS_REDIRECT));
    return comparison.count;
}
