#include "diag/evidence/certificate.h"

#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/text.h"

#include <string.h>

/* ---- whom it is for ---- */

static size_t without_dot(const char *name)
{
    size_t size = strlen(name);

    return size > 0 && name[size - 1] == '.' ? size - 1 : size;
}

/* "*.example.com" is for names with one more label, and no "*" covers a top-level domain. */
static bool wildcard_matches(const char *pattern, size_t size, const char *host, size_t host_size)
{
    const char *dot = memchr(host, '.', host_size);

    if (size < 2 || memcmp(pattern, "*.", 2) != 0 || !dot || dot == host)
        return false;
    if (!memchr(pattern + 2, '.', size - 2))
        return false;
    return text_equal_fold_sized(pattern + 1, size - 1, dot, host_size - (size_t)(dot - host));
}

/* RFC 6125 6.4: a host name with a name of the certificate. */
static bool name_matches(const char *name, const char *host)
{
    size_t size = without_dot(name), host_size = without_dot(host);

    if (size == 0 || host_size == 0)
        return false;
    return text_equal_fold_sized(name, size, host, host_size) ||
           wildcard_matches(name, size, host, host_size);
}

static bool is_address(const char *text, struct ip_address *ip)
{
    return ip_parse(text, strlen(text), ip) == STATUS_OK;
}

static bool is_for_address(const struct certificate *certificate, const struct ip_address *host)
{
    struct ip_address ip;

    for (size_t i = 0; i < certificate->name_count; i++) {
        if (is_address(certificate->names[i], &ip) && ip_equal(&ip, host))
            return true;
    }
    return false;
}

bool certificate_is_for(const struct certificate *certificate, const char *host)
{
    struct ip_address ip;

    if (is_address(host, &ip))
        return is_for_address(certificate, &ip);
    for (size_t i = 0; i < certificate->name_count; i++) {
        if (!is_address(certificate->names[i], &ip) && name_matches(certificate->names[i], host))
            return true;
    }
    return certificate->name_count == 0 && certificate->common_name &&
           name_matches(certificate->common_name, host);
}

bool certificate_may_be_for(const struct certificate *certificate, const char *host)
{
    return certificate->names_are_cut || certificate_is_for(certificate, host);
}

/* ---- in evidence files ---- */

/* Texts that are never NULL. */
static const struct {
    const char *name;
    size_t offset;
} texts[] = {
    {"subject", offsetof(struct certificate, subject)},
    {"issuer", offsetof(struct certificate, issuer)},
    {"serial", offsetof(struct certificate, serial)},
    {"key", offsetof(struct certificate, key)},
    {"signature", offsetof(struct certificate, signature)},
    {"sha256", offsetof(struct certificate, sha256)},
    {"sha512", offsetof(struct certificate, sha512)},
    {"key_sha256", offsetof(struct certificate, key_sha256)},
    {"key_sha512", offsetof(struct certificate, key_sha512)},
};

enum { TEXTS = sizeof texts / sizeof *texts };

static const char **text_at(struct certificate *certificate, size_t index)
{
    return (const char **)((char *)certificate + texts[index].offset);
}

static json_t *to_json(struct certificate certificate)
{
    json_t *object = json_object(), *names = json_array();

    for (size_t i = 0; i < TEXTS; i++)
        json_put_text(object, texts[i].name, *text_at(&certificate, i));
    if (certificate.common_name)
        json_put_text(object, "common_name", certificate.common_name);
    for (size_t i = 0; i < certificate.name_count; i++)
        json_array_append_new(names,
                              json_from_bytes(certificate.names[i], strlen(certificate.names[i])));
    json_object_set_new(object, "names", names);
    if (certificate.names_are_cut)
        json_put_bool(object, "names_cut", true);
    json_put_time(object, "not_before", certificate.not_before);
    json_put_time(object, "not_after", certificate.not_after);
    return object;
}

json_t *certificates_to_json(const struct certificate *chain, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, to_json(chain[i]));
    return list;
}

/* NULL if it is none, or too long to have been written here. */
static const char *text_from(const json_t *value, struct arena *arena)
{
    const char *bytes;
    size_t size;

    if (!json_to_bytes(value, arena, &bytes, &size) || size > CERTIFICATE_TEXT_MOST ||
        memchr(bytes, '\0', size))
        return NULL;
    return bytes;
}

static void names_from(struct certificate *certificate, const json_t *list, struct arena *arena)
{
    size_t count = json_array_size(list);
    const char **names;

    if (count > CERTIFICATE_NAMES_MOST) {
        count = CERTIFICATE_NAMES_MOST;
        certificate->names_are_cut = true;
    }
    if (count == 0)
        return;
    names = arena_new(arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        const char *name = text_from(json_array_get(list, i), arena);

        if (name)
            names[certificate->name_count++] = name;
    }
    certificate->names = names;
}

static void from_json(struct certificate *certificate, const json_t *object, struct arena *arena)
{
    for (size_t i = 0; i < TEXTS; i++) {
        const char *text = text_from(json_object_get(object, texts[i].name), arena);

        *text_at(certificate, i) = text ? text : "";
    }
    certificate->common_name = text_from(json_object_get(object, "common_name"), arena);
    certificate->names_are_cut = json_get_bool(object, "names_cut");
    names_from(certificate, json_object_get(object, "names"), arena);
    certificate->not_before = json_get_time(object, "not_before");
    certificate->not_after = json_get_time(object, "not_after");
}

struct certificate *certificates_from_json(const json_t *list, struct arena *arena, size_t *count)
{
    size_t size = json_array_size(list);
    struct certificate *chain;

    *count = size < CERTIFICATES_MOST ? size : CERTIFICATES_MOST;
    chain = arena_new(arena, *count, sizeof *chain);
    for (size_t i = 0; i < *count; i++)
        from_json(&chain[i], json_array_get(list, i), arena);
    return chain;
}

/* ---- redaction ---- */

const char *certificate_redact_subject(const struct redactor *redactor, const char *text,
                                       struct arena *arena)
{
    static const char *const words[] = {"CN", "O",  "OU",  "L",      "ST",           "C",
                                        "DC", "SN", "UID", "street", "emailAddress", NULL};
    struct buffer out;

    buffer_init(&out, CERTIFICATE_TEXT_MOST);
    redact_text(redactor, text, strlen(text), words, &out);
    return buffer_keep(&out, arena);
}

static void redact_names(struct certificate *certificate, const struct redactor *redactor,
                         struct arena *arena)
{
    const char **names = arena_new(arena, certificate->name_count, sizeof *names);

    for (size_t i = 0; i < certificate->name_count; i++)
        names[i] = redact_name_copy(redactor, certificate->names[i], arena);
    certificate->names = names;
    if (certificate->common_name)
        certificate->common_name = redact_name_copy(redactor, certificate->common_name, arena);
}

void certificates_redact(struct certificate *chain, size_t count, const struct redactor *redactor,
                         struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        struct certificate *certificate = &chain[i];

        certificate->subject = certificate_redact_subject(redactor, certificate->subject, arena);
        certificate->issuer = certificate_redact_subject(redactor, certificate->issuer, arena);
        redact_names(certificate, redactor, arena);
        certificate->serial = certificate->sha256 = certificate->sha512 = "";
        certificate->key_sha256 = certificate->key_sha512 = "";
    }
}
