#include "diag/evidence/windows_features.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"

#include <string.h>

static const struct windows_features *of(const struct evidence *item)
{
    return (const struct windows_features *)item;
}

enum feature_state windows_features_winrm_iis_ext(const struct windows_features *features)
{
    const struct windows_feature *server =
        windows_feature_find(&features->list, FEATURE_OF_SERVER_MANAGER, "WinRM-IIS-Ext");
    const struct windows_feature *dism =
        windows_feature_find(&features->list, FEATURE_OF_DISM, FEATURE_WINRM_IIS_EXT_OF_DISM);
    enum feature_state one = server ? server->state : FEATURE_UNKNOWN;
    enum feature_state other = dism ? dism->state : FEATURE_UNKNOWN;

    if (one == FEATURE_UNKNOWN || other == FEATURE_UNKNOWN)
        return one == FEATURE_UNKNOWN ? other : one;
    return one == other ? one : FEATURE_UNKNOWN;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "windows-features ");
    buffer_add_string(out, of(question)->path);
}

static void describe(const struct evidence *item, struct buffer *out)
{
    file_question_describe_whose(of(item)->path, "features", out);
}

/* ---- the observation: a list of names for each state, since most are in one of two ---- */

static const char *const names_words[] = {
#define X(name, word) [FEATURE_OF_##name] = word,
    FEATURE_NAMES_LIST(X)
#undef X
};

static json_t *from_state(const struct windows_feature_list *list, enum feature_names names,
                          enum feature_state state)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++) {
        if (list->features[i].names == names && list->features[i].state == state)
            json_array_append_new(array, json_string(list->features[i].name));
    }
    return array;
}

static void save_names(const struct windows_feature_list *list, enum feature_names names,
                       json_t *object)
{
    json_t *states = json_object();

    for (unsigned i = 0; i < FEATURE_STATE_COUNT; i++) {
        json_t *array = from_state(list, names, (enum feature_state)i);

        if (json_array_size(array) > 0)
            json_object_set(states, feature_state_word((enum feature_state)i), array);
        json_decref(array);
    }
    if (json_object_size(states) > 0)
        json_object_set(object, names_words[names], states);
    json_decref(states);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct windows_features *features = of(item);

    json_put_text(object, "path", features->path);
    if (features->list.computer)
        json_put_text(object, "computer", features->list.computer);
    if (features->list.is_cut)
        json_put_bool(object, "cut", true);
    for (unsigned i = 0; i < FEATURE_NAMES_COUNT; i++)
        save_names(&features->list, (enum feature_names)i, object);
}

static void load_state(const json_t *array, enum feature_names names, enum feature_state state,
                       struct windows_features *features)
{
    struct windows_feature_list *list = &features->list;

    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *name = json_string_value(json_array_get(array, i));

        if (!name || strlen(name) > FEATURE_NAME_MOST)
            continue;
        if (list->count == FEATURE_LIST_MOST) {
            list->is_cut = true;
            return;
        }
        list->features[list->count++] = (struct windows_feature){
            arena_copy_string(&features->evidence.memory, name), names, state};
    }
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct windows_features *features = (struct windows_features *)item;
    struct arena *memory = &item->memory;

    features->path = json_copy_text(object, "path", memory);
    if (!features->path)
        return STATUS_MALFORMED;
    features->list.computer = json_copy_text(object, "computer", memory);
    features->list.is_cut = json_get_bool(object, "cut");
    features->list.features = arena_new(memory, FEATURE_LIST_MOST, sizeof(struct windows_feature));
    for (unsigned i = 0; i < FEATURE_NAMES_COUNT; i++) {
        const json_t *states = json_object_get(object, names_words[i]);

        for (unsigned state = 0; state < FEATURE_STATE_COUNT; state++)
            load_state(json_object_get(states, feature_state_word((enum feature_state)state)),
                       (enum feature_names)i, (enum feature_state)state, features);
    }
    return STATUS_OK;
}

/* What Windows does not call so may be a customer's, and no verdict rests on it. */
static void drop_others(struct windows_feature_list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        const char *name = list->features[i].name;

        if (windows_feature_is_known(name, strlen(name)))
            list->features[kept++] = list->features[i];
    }
    list->count = kept;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct windows_features *features = (struct windows_features *)item;

    features->path = redact_path_copy(redactor, features->path, &item->memory);
    drop_others(&features->list);
    features->list.computer = redact_name_copy(redactor, features->list.computer, &item->memory);
}

const struct evidence_kind evidence_windows_features = {
    .name = "windows-features",
    .size = sizeof(struct windows_features),
    .is_of_file = true,
    FILE_QUESTION(struct windows_features),
    .write_key = write_key,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
