#include "diag/read/ldap_rootdse.h"

#include "diag/read/ber.h"
#include "diag/read/instant.h"
#include "diag/text.h"

#include <string.h>

enum { /* RFC 4511 4.5.1, 4.5.2, 4.12 */
       SEARCH_REQUEST = BER_APPLICATION + 3,
       SEARCH_ENTRY = BER_APPLICATION + 4,
       SEARCH_RESULT = BER_APPLICATION + 5,
       SEARCH_REFERENCE = BER_APPLICATION + 19,
       EXTENDED_RESPONSE = BER_APPLICATION + 24,
       FILTER_PRESENT = BER_CONTEXT_PRIMITIVE + 7,
       SCOPE_BASE = 0,
       DEREFERENCE_NEVER = 0,
       NO_LIMIT = 0,
       RESULT_SUCCESS = 0
};

enum attribute {
    CURRENT_TIME,
    DNS_HOST_NAME,
    DEFAULT_NAMING_CONTEXT,
    ROOT_NAMING_CONTEXT,
    SERVER_NAME,
    LDAP_SERVICE_NAME,
    FUNCTIONALITY,
    ATTRIBUTE_COUNT
};

static const char *const attributes[ATTRIBUTE_COUNT] = {
    [CURRENT_TIME] = "currentTime",
    [DNS_HOST_NAME] = "dnsHostName",
    [DEFAULT_NAMING_CONTEXT] = "defaultNamingContext",
    [ROOT_NAMING_CONTEXT] = "rootDomainNamingContext",
    [SERVER_NAME] = "serverName",
    [LDAP_SERVICE_NAME] = "ldapServiceName",
    [FUNCTIONALITY] = "domainControllerFunctionality",
};

void ldap_write_rootdse_request(int32_t message, struct buffer *out)
{
    static const unsigned char values_too[] = {0}; /* typesOnly: FALSE */
    size_t start = out->size, search, list;

    ber_put_integer(out, BER_INTEGER, message);
    search = out->size;
    ber_put_text(out, BER_OCTET_STRING, "");
    ber_put_integer(out, BER_ENUMERATED, SCOPE_BASE);
    ber_put_integer(out, BER_ENUMERATED, DEREFERENCE_NEVER);
    ber_put_integer(out, BER_INTEGER, NO_LIMIT);
    ber_put_integer(out, BER_INTEGER, NO_LIMIT);
    ber_put(out, BER_BOOLEAN, values_too, sizeof values_too);
    ber_put_text(out, FILTER_PRESENT, "objectClass");
    list = out->size;
    for (int i = 0; i < ATTRIBUTE_COUNT; i++)
        ber_put_text(out, BER_OCTET_STRING, attributes[i]);
    ber_wrap(out, list, BER_SEQUENCE);
    ber_wrap(out, search, SEARCH_REQUEST);
    ber_wrap(out, start, BER_SEQUENCE);
}

/* ---- the entry ---- */

static enum attribute attribute_of(struct ber name)
{
    int i = 0;

    while (i < ATTRIBUTE_COUNT && !text_equal_fold_sized((const char *)name.bytes, name.size,
                                                         attributes[i], strlen(attributes[i])))
        i++;
    return (enum attribute)i;
}

/* Takes one attribute, and of its values the first; false where it does not fit. */
static bool take_attribute(struct ber *list, enum attribute *attribute, struct ber *value,
                           size_t *count)
{
    struct ber pair = ber_take(list, BER_SEQUENCE);
    struct ber name = ber_take(&pair, BER_OCTET_STRING);
    struct ber values = ber_take(&pair, BER_SET);

    if (values.failed || pair.size > 0)
        return false;
    *attribute = attribute_of(name);
    for (*count = 0; values.size > 0 && !values.failed; (*count)++) {
        struct ber next = ber_take(&values, BER_OCTET_STRING);

        if (*count == 0)
            *value = next;
    }
    return !values.failed;
}

static bool read_current_time(struct ber value, size_t count, int64_t *out)
{
    return count == 1 && *out == INT64_MIN &&
           instant_from_generalized_time((const char *)value.bytes, value.size, out) == STATUS_OK;
}

static enum status read_attributes(struct ber list, struct arena *arena, struct ldap_rootdse *out)
{
    const char **const texts[ATTRIBUTE_COUNT] = {
        [DNS_HOST_NAME] = &out->dns_host_name,
        [DEFAULT_NAMING_CONTEXT] = &out->default_naming_context,
        [ROOT_NAMING_CONTEXT] = &out->root_naming_context,
        [SERVER_NAME] = &out->server_name,
        [LDAP_SERVICE_NAME] = &out->ldap_service_name,
        [FUNCTIONALITY] = &out->functionality,
    };

    while (list.size > 0) {
        enum attribute attribute;
        struct ber value;
        size_t count;

        if (!take_attribute(&list, &attribute, &value, &count))
            return STATUS_MALFORMED;
        if (attribute == CURRENT_TIME && !read_current_time(value, count, &out->current_time))
            return STATUS_MALFORMED;
        if (attribute < ATTRIBUTE_COUNT && texts[attribute] && count > 0)
            *texts[attribute] = ber_text(&value, arena);
    }
    return out->current_time == INT64_MIN ? STATUS_NOT_FOUND : STATUS_OK;
}

static enum status read_entry(struct ber entry, struct arena *arena, struct ldap_rootdse *out)
{
    struct ber name = ber_take(&entry, BER_OCTET_STRING);
    struct ber list = ber_take(&entry, BER_SEQUENCE);

    if (list.failed || name.size > 0 || entry.size > 0)
        return STATUS_MALFORMED;
    return read_attributes(list, arena, out);
}

/* ---- messages ---- */

static enum status read_result(struct ber result)
{
    bool is_success = ber_take_integer(&result) == RESULT_SUCCESS;

    ber_take(&result, BER_OCTET_STRING); /* matchedDN */
    ber_take(&result, BER_OCTET_STRING); /* diagnosticMessage */
    if (result.failed)
        return STATUS_MALFORMED;
    return is_success ? STATUS_NOT_FOUND : STATUS_REJECTED;
}

/* STATUS_AGAIN after a message that leaves the answer open. */
static enum status read_message(struct ber element, int32_t message, struct arena *arena,
                                struct ldap_rootdse *out)
{
    struct ber sequence = ber_take(&element, BER_SEQUENCE), operation, controls;
    int64_t number = ber_take_integer(&sequence);
    int tag;

    operation = ber_take_any(&sequence, &tag);
    ber_take_optional(&sequence, BER_CONTEXT, &controls);
    if (sequence.failed || sequence.size > 0)
        return STATUS_MALFORMED;
    if (tag == EXTENDED_RESPONSE && number == 0) /* a notice of disconnection */
        return read_result(operation) == STATUS_MALFORMED ? STATUS_MALFORMED : STATUS_REJECTED;
    if (number != message)
        return STATUS_MALFORMED;
    if (tag == SEARCH_ENTRY)
        return read_entry(operation, arena, out);
    if (tag == SEARCH_RESULT)
        return read_result(operation);
    return tag == SEARCH_REFERENCE ? STATUS_AGAIN : STATUS_MALFORMED;
}

enum status ldap_read_rootdse(const unsigned char *bytes, size_t size, int32_t message,
                              struct arena *arena, struct ldap_rootdse *out)
{
    const struct ldap_rootdse nothing = {.current_time = INT64_MIN};
    enum status status = STATUS_AGAIN;

    *out = nothing;
    while (status == STATUS_AGAIN && size > 0) {
        size_t whole = ber_element_size(bytes, size, LDAP_MESSAGE_MOST);
        struct ber element = {.bytes = bytes, .size = whole};

        if (bytes[0] != BER_SEQUENCE || whole == SIZE_MAX)
            return STATUS_MALFORMED;
        if (whole == 0 || whole > size)
            return STATUS_AGAIN;
        status = read_message(element, message, arena, out);
        bytes += whole;
        size -= whole;
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        *out = nothing;
    return status;
}

/* ---- names ---- */

const char *ldap_domain_of_context(const char *context, struct arena *arena)
{
    enum { PREFIX = 3 };
    struct buffer domain;

    buffer_init(&domain, strlen(context));
    for (;; context++) {
        size_t size = strcspn(context, ",");

        if (size <= PREFIX || !text_equal_fold_sized(context, PREFIX, "DC=", PREFIX) ||
            strcspn(context, "\\\"+.# ") < size) {
            buffer_release(&domain);
            return NULL;
        }
        buffer_add(&domain, context + PREFIX, size - PREFIX);
        context += size;
        if (!*context)
            break;
        buffer_add_char(&domain, '.');
    }
    return buffer_keep(&domain, arena);
}
