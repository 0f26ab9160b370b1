#include "diag/evidence/time_settings.h"

#include "diag/evidence/file_question.h"
#include "diag/evidence/redact.h"
#include "diag/evidence/time_settings_redact.h"
#include "diag/json.h"
#include "diag/text.h"

#include <math.h>
#include <string.h>

/* ---- what is kept ---- */

/*
 * X(key, names of its values, with all below it): what says something of time, of who the
 * machine is, and of what it runs on. NULL: every name.
 */
#define KEY_LIST(X)                                                                                \
    X(TIME_KEY_W32TIME, "Start", false)                                                            \
    X(TIME_KEY_W32TIME "\\Parameters", "Type,NtpServer", false)                                    \
    X(TIME_KEY_W32TIME "\\Config", NULL, false)                                                    \
    X(TIME_KEY_W32TIME "\\TimeProviders", NULL, true)                                              \
    X(TIME_KEY_POLICY, NULL, true)                                                                 \
    X(TIME_KEY_NETLOGON, "Start", false)                                                           \
    X(TIME_KEY_TCPIP, "Hostname,NV Hostname,Domain,NV Domain", false)                              \
    X(TIME_KEY_VMTOOLS, "Start", false)                                                            \
    X(TIME_KEY_HYPER_V, "Start", false)                                                            \
    X(TIME_KEY_PRODUCT, "ProductType", false)                                                      \
    X(TIME_KEY_NAME, "ComputerName", false)                                                        \
    X(TIME_KEY_KERBEROS, "SkewTime", false)                                                        \
    X(TIME_KEY_MAKE, "SystemManufacturer,SystemProductName", false)                                \
    X(TIME_KEY_GUEST, "HostingSystemEditionId,HostingSystemOsMajor,HostingSystemOsMinor", false)

const char *const time_settings_keys[] = {
#define X(key, names, is_whole) key,
    KEY_LIST(X)
#undef X
        NULL,
};

static const struct {
    const char *names;
    bool is_whole;
} rules[] = {
#define X(key, names, is_whole) {names, is_whole},
    KEY_LIST(X)
#undef X
};

static bool is_listed(const char *list, const char *name)
{
    while (*list) {
        size_t size = strcspn(list, ",");

        if (text_equal_fold_sized(list, size, name, strlen(name)))
            return true;
        list += size;
        list += *list == ',';
    }
    return false;
}

bool time_settings_keeps(const struct registry_value *value)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (registry_is_key(value->key, time_settings_keys[i], rules[i].is_whole) &&
            (!rules[i].names || is_listed(rules[i].names, value->name)))
            return true;
    }
    return false;
}

/* -1: not one of them */
static int index_of_key(const char *key)
{
    for (int i = 0; time_settings_keys[i]; i++) {
        if (registry_is_key(key, time_settings_keys[i], false))
            return i;
    }
    return -1;
}

bool time_settings_covers(const struct time_settings *settings, const char *key)
{
    int index = index_of_key(key);

    return index >= 0 && (settings->registry.covered >> index & 1) != 0;
}

/* ---- the question ---- */

static const struct time_settings *of(const struct evidence *item)
{
    return (const struct time_settings *)item;
}

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "time-settings ");
    buffer_add_string(out, of(question)->path);
}

static void describe(const struct evidence *item, struct buffer *out)
{
    file_question_describe_whose(of(item)->path, "registry and services", out);
}

/* ---- words ---- */

static const char *const service_words[] = {
#define X(name, word) word,
    TIME_SERVICE_LIST(X)
#undef X
};

static const char *const vmware_words[] = {
#define X(name, word) word,
    VMWARE_TIME_LIST(X)
#undef X
};

static const char *const origin_words[] = {
#define X(name, word) word,
    W32TM_ORIGIN_LIST(X)
#undef X
};

static const char *const source_words[] = {
#define X(name, word, text) word,
    W32TM_SOURCE_LIST(X)
#undef X
};

/* The first of them, which says that nothing is known, for every other text and none. */
static unsigned index_of(const json_t *object, const char *name, const char *const *words,
                         unsigned count)
{
    const char *text = json_get_text(object, name);

    for (unsigned i = 0; text && i < count; i++) {
        if (strcmp(words[i], text) == 0)
            return i;
    }
    return 0;
}

/* ---- a registry ---- */

static bool is_number(uint32_t type)
{
    return type == REGISTRY_DWORD || type == REGISTRY_QWORD;
}

static json_t *from_bytes(const struct registry_value *value)
{
    return json_from_bytes(value->size ? (const char *)value->bytes : "", value->size);
}

static json_t *from_list(const char *const *list, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_from_bytes(list[i], strlen(list[i])));
    return array;
}

/* Numbers of 64 bits as jansson has them: those from 2^63 on are negative. */
static json_t *from_value(const struct registry_value *value)
{
    json_t *object = json_object();

    json_put_text(object, "key", value->key);
    json_put_text(object, "name", value->name);
    json_put_number(object, "type", value->type);
    if (is_number(value->type))
        json_put_number(object, "number", value->number);
    else if (value->text)
        json_put_text(object, "text", value->text);
    else if (value->type == REGISTRY_MULTI_SZ)
        json_object_set_new(object, "list", from_list(value->list, value->list_count));
    else
        json_object_set_new(object, "bytes", from_bytes(value));
    if (value->line)
        json_put_number(object, "line", value->line);
    return object;
}

/* As keys, for the list of those that are wanted grows. */
static json_t *from_covered(uint64_t covered)
{
    json_t *array = json_array();

    for (unsigned i = 0; time_settings_keys[i]; i++) {
        if (covered >> i & 1)
            json_array_append_new(array, json_string(time_settings_keys[i]));
    }
    return array;
}

static uint64_t load_covered(const json_t *array)
{
    uint64_t covered = 0;

    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *key = json_string_value(json_array_get(array, i));
        int index = key ? index_of_key(key) : -1;

        if (index >= 0)
            covered |= UINT64_C(1) << index;
    }
    return covered;
}

static json_t *from_registry(const struct registry_export *registry)
{
    json_t *object = json_object(), *values = json_array();

    json_put_number(object, "keys", registry->keys);
    if (registry->damaged)
        json_put_number(object, "damaged", registry->damaged);
    if (registry->is_cut)
        json_put_bool(object, "cut", true);
    json_object_set_new(object, "covers", from_covered(registry->covered));
    for (size_t i = 0; i < registry->count; i++)
        json_array_append_new(values, from_value(&registry->values[i]));
    json_object_set_new(object, "values", values);
    return object;
}

static const char *const *load_list(const json_t *array, struct arena *arena, size_t most,
                                    size_t *count)
{
    size_t size = json_array_size(array);
    const char **list = arena_new(arena, size < most ? size : most, sizeof *list);

    *count = 0;
    for (size_t i = 0; i < size && *count < most; i++) {
        const char *text;
        size_t text_size;

        if (json_to_bytes(json_array_get(array, i), arena, &text, &text_size))
            list[(*count)++] = text;
    }
    return list;
}

/* False for what no registry has. */
static bool load_data(const json_t *object, struct arena *arena, struct registry_value *value)
{
    const char *bytes = NULL;

    if (is_number(value->type)) {
        value->number = (uint64_t)json_integer_value(json_object_get(object, "number"));
        return value->type == REGISTRY_QWORD || value->number <= UINT32_MAX;
    }
    if (value->type == REGISTRY_SZ || value->type == REGISTRY_EXPAND_SZ) {
        value->text = json_copy_text(object, "text", arena);
        return value->text && strlen(value->text) <= 2 * (size_t)REGISTRY_VALUE_MOST;
    }
    if (value->type == REGISTRY_MULTI_SZ) {
        value->list = load_list(json_object_get(object, "list"), arena, REGISTRY_VALUE_MOST / 2,
                                &value->list_count);
        return true;
    }
    if (!json_to_bytes(json_object_get(object, "bytes"), arena, &bytes, &value->size) ||
        value->size > REGISTRY_VALUE_MOST)
        return false;
    value->bytes = (const unsigned char *)bytes;
    return true;
}

static bool load_value(const json_t *object, struct arena *arena, struct registry_value *value)
{
    *value = (struct registry_value){
        .key = json_copy_text(object, "key", arena),
        .name = json_copy_text(object, "name", arena),
        .type = (uint32_t)json_get_number(object, "type", UINT32_MAX, REGISTRY_NONE),
        .line = json_get_number(object, "line", INT64_MAX, 0),
    };
    return value->key && value->name && load_data(object, arena, value);
}

static void load_registry(const json_t *object, struct arena *arena,
                          struct registry_export *registry)
{
    const json_t *list = json_object_get(object, "values");
    size_t size = json_array_size(list);

    registry->keys = json_get_number(object, "keys", INT64_MAX, 0);
    registry->damaged = json_get_number(object, "damaged", INT64_MAX, 0);
    registry->is_cut = json_get_bool(object, "cut");
    registry->covered = load_covered(json_object_get(object, "covers"));
    if (size > TIME_SETTINGS_VALUES_MOST)
        size = TIME_SETTINGS_VALUES_MOST;
    registry->values = arena_new(arena, size, sizeof *registry->values);
    for (size_t i = 0; i < size; i++) {
        if (load_value(json_array_get(list, i), arena, &registry->values[registry->count]))
            registry->count++;
    }
}

/* ---- w32tm ---- */

#define SECONDS_MOST 1e15

/* Members that w32tm did not say are not there. */
static void put_known(json_t *object, const char *name, int number)
{
    if (number >= 0)
        json_put_number(object, name, (uint64_t)number);
}

static int get_known(const json_t *object, const char *name)
{
    return (int)json_get_number(object, name, INT32_MAX, UINT64_MAX);
}

/* NaN is less than nothing. */
static void put_seconds(json_t *object, const char *name, double seconds)
{
    if (seconds > -SECONDS_MOST)
        json_object_set_new(object, name, json_real(seconds));
}

static double get_seconds(const json_t *object, const char *name, double least, double missing)
{
    const json_t *value = json_object_get(object, name);
    double seconds = json_number_value(value);

    return json_is_number(value) && seconds >= least && seconds < SECONDS_MOST ? seconds : missing;
}

static json_t *from_setting(const struct w32tm_setting *setting)
{
    json_t *object = json_object();

    json_put_text(object, "name", setting->name);
    json_put_text(object, "value", setting->value);
    json_put_text(object, "origin", origin_words[setting->origin]);
    if (setting->provider)
        json_put_text(object, "provider", setting->provider);
    return object;
}

static void put_status(json_t *object, const struct w32tm_status *w32tm)
{
    put_known(object, "leap", w32tm->leap);
    put_known(object, "stratum", w32tm->stratum);
    json_put_number(object, "reference_id", w32tm->reference_id);
    if (w32tm->root_delay >= 0)
        put_seconds(object, "root_delay", w32tm->root_delay);
    if (w32tm->root_dispersion >= 0)
        put_seconds(object, "root_dispersion", w32tm->root_dispersion);
    put_seconds(object, "phase_offset", w32tm->phase_offset);
    put_known(object, "last_error", w32tm->last_error);
}

static json_t *from_w32tm(const struct w32tm_status *w32tm)
{
    json_t *object = json_object(), *settings = json_array();

    json_put_bool(object, "has_status", w32tm->has_status);
    if (w32tm->has_status)
        put_status(object, w32tm);
    if (w32tm->source_name) {
        json_put_text(object, "source", source_words[w32tm->source]);
        json_put_text(object, "source_name", w32tm->source_name);
    }
    for (size_t i = 0; i < w32tm->setting_count; i++)
        json_array_append_new(settings, from_setting(&w32tm->settings[i]));
    json_object_set_new(object, "settings", settings);
    json_object_set_new(object, "peers", from_list(w32tm->peers, w32tm->peer_count));
    if (w32tm->error)
        json_put_number(object, "error", w32tm->error);
    return object;
}

static bool load_setting(const json_t *object, struct arena *arena, struct w32tm_setting *setting)
{
    *setting = (struct w32tm_setting){
        .name = json_copy_text(object, "name", arena),
        .value = json_copy_text(object, "value", arena),
        .origin = (enum w32tm_origin)index_of(object, "origin", origin_words, W32TM_ORIGIN_COUNT),
        .provider = json_copy_text(object, "provider", arena),
    };
    return setting->name && setting->value;
}

static void load_settings(const json_t *list, struct arena *arena, struct w32tm_status *w32tm)
{
    size_t size = json_array_size(list);

    if (size > W32TM_SETTINGS_MOST)
        size = W32TM_SETTINGS_MOST;
    w32tm->settings = arena_new(arena, size, sizeof *w32tm->settings);
    for (size_t i = 0; i < size; i++) {
        if (load_setting(json_array_get(list, i), arena, &w32tm->settings[w32tm->setting_count]))
            w32tm->setting_count++;
    }
}

static void load_w32tm(const json_t *object, struct arena *arena, struct w32tm_status *w32tm)
{
    *w32tm = (struct w32tm_status){
        .has_status = json_get_bool(object, "has_status"),
        .leap = get_known(object, "leap"),
        .stratum = get_known(object, "stratum"),
        .reference_id = (uint32_t)json_get_number(object, "reference_id", UINT32_MAX, 0),
        .source = (enum w32tm_source)index_of(object, "source", source_words, W32TM_SOURCE_COUNT),
        .source_name = json_copy_text(object, "source_name", arena),
        .root_delay = get_seconds(object, "root_delay", 0, -1),
        .root_dispersion = get_seconds(object, "root_dispersion", 0, -1),
        .phase_offset = get_seconds(object, "phase_offset", -SECONDS_MOST, (double)NAN),
        .last_error = get_known(object, "last_error"),
        .error = (uint32_t)json_get_number(object, "error", UINT32_MAX, 0),
    };
    if (!w32tm->source_name)
        w32tm->source = W32TM_SOURCE_UNKNOWN;
    load_settings(json_object_get(object, "settings"), arena, w32tm);
    w32tm->peers = (const char **)load_list(json_object_get(object, "peers"), arena,
                                            W32TM_PEERS_MOST, &w32tm->peer_count);
}

/* ---- a security template ---- */

static void put_policy(json_t *object, const struct security_inf *policy)
{
    json_t *member = json_object();

    json_put_number(member, "clock_skew", policy->clock_skew);
    json_put_number(member, "line", policy->line);
    json_object_set_new(object, "policy", member);
}

static void load_policy(const json_t *object, struct security_inf *policy)
{
    uint64_t minutes = json_get_number(object, "clock_skew", CLOCK_SKEW_MOST, UINT64_MAX);

    policy->has_clock_skew = minutes <= CLOCK_SKEW_MOST;
    if (!policy->has_clock_skew)
        return;
    policy->clock_skew = (uint32_t)minutes;
    policy->line = json_get_number(object, "line", INT64_MAX, 0);
}

/* ---- the whole ---- */

static void save(const struct evidence *item, json_t *object)
{
    const struct time_settings *settings = of(item);

    json_put_text(object, "path", settings->path);
    if (settings->registry.keys > 0)
        json_object_set_new(object, "registry", from_registry(&settings->registry));
    if (settings->has_w32tm)
        json_object_set_new(object, "w32tm", from_w32tm(&settings->w32tm));
    if (settings->policy.has_clock_skew)
        put_policy(object, &settings->policy);
    if (settings->vmware != VMWARE_TIME_UNKNOWN)
        json_put_text(object, "vmware", vmware_words[settings->vmware]);
    if (settings->service != TIME_SERVICE_UNKNOWN)
        json_put_text(object, "service", service_words[settings->service]);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct time_settings *settings = (struct time_settings *)item;
    const json_t *registry = json_object_get(object, "registry");
    const json_t *w32tm = json_object_get(object, "w32tm");

    settings->path = json_copy_text(object, "path", &item->memory);
    if (!settings->path)
        return STATUS_MALFORMED;
    if (registry)
        load_registry(registry, &item->memory, &settings->registry);
    settings->has_w32tm = json_is_object(w32tm);
    if (settings->has_w32tm)
        load_w32tm(w32tm, &item->memory, &settings->w32tm);
    load_policy(json_object_get(object, "policy"), &settings->policy);
    settings->vmware =
        (enum vmware_time)index_of(object, "vmware", vmware_words, VMWARE_TIME_COUNT);
    settings->service =
        (enum time_service)index_of(object, "service", service_words, TIME_SERVICE_COUNT);
    return STATUS_OK;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct time_settings *settings = (struct time_settings *)item;

    settings->path = redact_path_copy(redactor, settings->path, &item->memory);
    time_settings_redact(settings, redactor);
}

const struct evidence_kind evidence_time_settings = {
    .name = "time-settings",
    .size = sizeof(struct time_settings),
    FILE_QUESTION(struct time_settings),
    .write_key = write_key,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
