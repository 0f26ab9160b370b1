#include "diag/evidence/bound_certificates.h"

#include "diag/evidence/certificate.h"
#include "diag/evidence/file_question.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/text.h"

#include <string.h>

static const struct bound_certificates *of(const struct evidence *item)
{
    return (const struct bound_certificates *)item;
}

const struct stored_certificate *stored_certificate_of(const struct bound_certificates *all,
                                                       const char *thumbprint)
{
    for (size_t i = 0; i < all->certificate_count; i++) {
        if (text_equal_fold(all->certificates[i].thumbprint, thumbprint))
            return &all->certificates[i];
    }
    return NULL;
}

/* ---- the question ---- */

static void write_key(const struct evidence *question, struct buffer *out)
{
    buffer_add_string(out, "bound-certificates ");
    buffer_add_string(out, of(question)->path);
}

static void describe(const struct evidence *item, struct buffer *out)
{
    file_question_describe_whose(of(item)->path, "certificates", out);
}

/* ---- the observation ---- */

static json_t *from_binding(const struct certificate_binding *binding)
{
    json_t *object = json_object();

    json_put_text(object, "endpoint", binding->endpoint);
    if (binding->port)
        json_put_number(object, "port", binding->port);
    if (binding->is_by_name)
        json_put_bool(object, "by_name", true);
    json_put_text(object, "thumbprint", binding->thumbprint);
    json_put_text(object, "store", binding->store);
    return object;
}

static json_t *from_certificate(const struct stored_certificate *certificate)
{
    json_t *object = json_object();

    json_put_text(object, "thumbprint", certificate->thumbprint);
    if (!certificate->is_read)
        return object;
    json_put_text(object, "subject", certificate->subject);
    json_put_time(object, "not_before", certificate->not_before);
    json_put_time(object, "not_after", certificate->not_after);
    json_put_bool(object, "key", certificate->has_key);
    return object;
}

/* A list that is not known as a whole is "some_" of it. */
static void put_list(json_t *object, bool is_whole, const char *whole, const char *some,
                     json_t *list)
{
    if (is_whole || json_array_size(list) > 0)
        json_object_set(object, is_whole ? whole : some, list);
    json_decref(list);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct bound_certificates *all = of(item);
    json_t *bindings = json_array(), *certificates = json_array();

    json_put_text(object, "path", all->path);
    for (size_t i = 0; i < all->binding_count; i++)
        json_array_append_new(bindings, from_binding(&all->bindings[i]));
    for (size_t i = 0; i < all->certificate_count; i++)
        json_array_append_new(certificates, from_certificate(&all->certificates[i]));
    put_list(object, all->knows_bindings, "bindings", "some_bindings", bindings);
    put_list(object, all->knows_store, "certificates", "some_certificates", certificates);
}

/* Never NULL, and no longer than what is written here. */
static const char *get_text(const json_t *object, const char *name, struct arena *memory)
{
    const char *text = json_copy_text(object, name, memory);

    return text && strlen(text) <= CERTIFICATE_TEXT_MOST ? text : "";
}

static const json_t *get_list(const json_t *object, const char *whole, const char *some,
                              size_t most, size_t *count, bool *is_whole)
{
    const json_t *list = json_object_get(object, whole);

    *is_whole = json_is_array(list) && json_array_size(list) <= most;
    if (!json_is_array(list))
        list = json_object_get(object, some);
    *count = json_array_size(list) < most ? json_array_size(list) : most;
    return list;
}

static void load_bindings(struct bound_certificates *all, const json_t *object)
{
    struct arena *memory = &all->evidence.memory;
    const json_t *list = get_list(object, "bindings", "some_bindings", BOUND_BINDINGS_MOST,
                                  &all->binding_count, &all->knows_bindings);
    struct certificate_binding *bindings = arena_new(memory, all->binding_count, sizeof *bindings);

    for (size_t i = 0; i < all->binding_count; i++) {
        const json_t *from = json_array_get(list, i);

        bindings[i] = (struct certificate_binding){
            .endpoint = get_text(from, "endpoint", memory),
            .port = (unsigned)json_get_number(from, "port", UINT16_MAX, 0),
            .is_by_name = json_get_bool(from, "by_name"),
            .thumbprint = get_text(from, "thumbprint", memory),
            .store = get_text(from, "store", memory),
        };
    }
    all->bindings = bindings;
}

static void load_certificates(struct bound_certificates *all, const json_t *object)
{
    struct arena *memory = &all->evidence.memory;
    const json_t *list =
        get_list(object, "certificates", "some_certificates", BOUND_CERTIFICATES_MOST,
                 &all->certificate_count, &all->knows_store);
    struct stored_certificate *certificates =
        arena_new(memory, all->certificate_count, sizeof *certificates);

    for (size_t i = 0; i < all->certificate_count; i++) {
        const json_t *from = json_array_get(list, i);

        certificates[i] = (struct stored_certificate){
            .thumbprint = get_text(from, "thumbprint", memory),
            .is_read = json_get_time(from, "not_after") != 0,
            .has_key = json_get_bool(from, "key"),
            .subject = get_text(from, "subject", memory),
            .not_before = json_get_time(from, "not_before"),
            .not_after = json_get_time(from, "not_after"),
        };
    }
    all->certificates = certificates;
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct bound_certificates *all = (struct bound_certificates *)item;

    all->path = json_copy_text(object, "path", &item->memory);
    if (!all->path)
        return STATUS_MALFORMED;
    load_bindings(all, object);
    load_certificates(all, object);
    return STATUS_OK;
}

/* ---- redaction ---- */

/* "10.0.0.5:444", "[2001:db8::5]:444", "mail.contoso.com:443": the port stays. */
static const char *redacted_endpoint(const struct redactor *redactor, const char *endpoint,
                                     struct arena *memory)
{
    static const char *const words[] = {NULL};
    const char *colon = strrchr(endpoint, ':');
    size_t size = colon ? (size_t)(colon - endpoint) : strlen(endpoint);
    struct buffer out;

    buffer_init(&out, CERTIFICATE_TEXT_MOST);
    redact_text(redactor, endpoint, size, words, &out);
    buffer_add_string(&out, endpoint + size);
    return buffer_keep(&out, memory);
}

/* Windows' own names stay. */
static const char *redacted_store(const struct redactor *redactor, const char *store,
                                  struct arena *memory)
{
    static const char *const words[] = {"MY", "WebHosting", NULL};
    struct buffer out;

    buffer_init(&out, CERTIFICATE_TEXT_MOST);
    redact_text(redactor, store, strlen(store), words, &out);
    return buffer_keep(&out, memory);
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct bound_certificates *all = (struct bound_certificates *)item;
    struct arena *memory = &item->memory;
    struct certificate_binding *bindings = arena_new(memory, all->binding_count, sizeof *bindings);
    struct stored_certificate *certificates =
        arena_new(memory, all->certificate_count, sizeof *certificates);

    all->path = redact_path_copy(redactor, all->path, memory);
    for (size_t i = 0; i < all->binding_count; i++) {
        bindings[i] = all->bindings[i];
        bindings[i].endpoint = redacted_endpoint(redactor, bindings[i].endpoint, memory);
        bindings[i].thumbprint = redact_name_copy(redactor, bindings[i].thumbprint, memory);
        bindings[i].store = redacted_store(redactor, bindings[i].store, memory);
    }
    for (size_t i = 0; i < all->certificate_count; i++) {
        certificates[i] = all->certificates[i];
        certificates[i].thumbprint = redact_name_copy(redactor, certificates[i].thumbprint, memory);
        certificates[i].subject =
            certificate_redact_subject(redactor, certificates[i].subject, memory);
    }
    all->bindings = bindings;
    all->certificates = certificates;
}

const struct evidence_kind evidence_bound_certificates = {
    .name = "bound-certificates",
    .size = sizeof(struct bound_certificates),
    .is_of_file = true,
    FILE_QUESTION(struct bound_certificates),
    .write_key = write_key,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};
