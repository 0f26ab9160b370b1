#include "diag/evidence/dns.h"

#include "diag/evidence/dns_redact.h"
#include "diag/evidence/redact.h"
#include "diag/json.h"
#include "diag/text.h"

#include <string.h>

enum { RECORDS_MOST = 8192, STRINGS_MOST = 65535 };

enum {                        /* seconds */
       LIFETIME_MOST = 86400, /* whatever the TTL */
       DENIAL_MOST = 10800,   /* RFC 2308 5: one to three hours */
       FAILURE_LIFETIME = 5
}; /* RFC 9520 3.2: at least one second, at most five minutes */

/* ---- question ---- */

static const struct dns_answer *of(const struct evidence *item)
{
    return (const struct dns_answer *)item;
}

static void add_server(const struct net_address *server, struct buffer *out)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    net_address_format(server, DNS_PORT, text);
    buffer_add_string(out, text);
}

static void write_key(const struct evidence *question, struct buffer *out)
{
    const struct dns_answer *dns = of(question);

    buffer_add_string(out, "dns ");
    buffer_add_string(out, dns_type_name((uint16_t)dns->type));
    buffer_add_char(out, ' ');
    dns_name_fold(dns->name, out);
    if (dns->at.ip.family == IP_NONE)
        return;
    buffer_add_string(out, " at ");
    add_server(&dns->at, out);
}

static const char *fold_name(struct arena *arena, const char *name)
{
    struct buffer folded;

    if (dns_name_is_folded(name))
        return arena_copy_string(arena, name);
    buffer_init(&folded, DNS_NAME_TEXT_SIZE);
    dns_name_fold(name, &folded);
    return buffer_keep(&folded, arena);
}

static void copy_question(struct evidence *item, const struct evidence *question)
{
    struct dns_answer *dns = (struct dns_answer *)item;

    dns->name = fold_name(&item->memory, of(question)->name);
    dns->type = of(question)->type;
    dns->at = of(question)->at;
}

static bool is_answer_to(const struct evidence *item, const struct evidence *question)
{
    const struct dns_answer *dns = of(item), *asked = of(question);

    return dns->type == asked->type && net_address_equal(&dns->at, &asked->at) &&
           (strcmp(dns->name, asked->name) == 0 || dns_name_equal(dns->name, asked->name));
}

static uint32_t shorter(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* RFC 2308 5. A denial without SOA is not to be kept: no longer than a failure is. */
static uint32_t lifetime_of_denial(const struct dns_answer *dns)
{
    for (size_t i = 0; i < dns->authority.count; i++) {
        const struct dns_record *record = &dns->authority.records[i];

        if (record->type == DNS_SOA)
            return shorter(shorter(record->ttl, record->data.soa.minimum), DENIAL_MOST);
    }
    return FAILURE_LIFETIME;
}

/* What a limit of one examination or the end of a run left open says nothing to others. */
static uint32_t lifetime(const struct evidence *item)
{
    const struct dns_answer *dns = of(item);
    uint32_t seconds = LIFETIME_MOST;

    if (item->status == STATUS_LIMIT || item->status == STATUS_CANCELLED)
        return 0;
    if (item->status != STATUS_OK)
        return FAILURE_LIFETIME;
    for (size_t i = 0; i < dns->answer.count; i++)
        seconds = shorter(seconds, dns->answer.records[i].ttl);
    return dns_answer_next(dns, NULL) ? seconds : shorter(seconds, lifetime_of_denial(dns));
}

static void describe(const struct evidence *item, struct buffer *out)
{
    const struct dns_answer *dns = of(item);

    buffer_print(out, "%s %s", dns_type_name((uint16_t)dns->type), dns->name);
    if (dns->server.ip.family != IP_NONE) {
        buffer_add_string(out, " from ");
        add_server(&dns->server, out);
    } else if (dns->at.ip.family != IP_NONE) {
        buffer_add_string(out, " at ");
        add_server(&dns->at, out);
    }
    if (dns->over_tcp)
        buffer_add_string(out, " over TCP");
}

/* ---- one record to and from JSON: a row for each form of data ---- */

static void save_ip(const struct dns_record *record, json_t *object)
{
    char text[IP_TEXT_SIZE];

    ip_format(&record->data.ip, text);
    json_put_text(object, "address", text);
}

static bool load_ip(struct dns_record *record, const json_t *object, struct arena *arena)
{
    const char *text = json_get_text(object, "address");

    (void)arena;
    return text && ip_parse(text, strlen(text), &record->data.ip) == STATUS_OK;
}

static void redact_ip_record(struct dns_record *record, const struct redactor *redactor,
                             struct arena *arena)
{
    (void)arena;
    redact_ip(redactor, &record->data.ip);
}

static void save_name(const struct dns_record *record, json_t *object)
{
    json_put_text(object, "target", record->data.name);
}

static bool load_name(struct dns_record *record, const json_t *object, struct arena *arena)
{
    record->data.name = json_copy_text(object, "target", arena);
    return record->data.name != NULL;
}

static void redact_name_record(struct dns_record *record, const struct redactor *redactor,
                               struct arena *arena)
{
    record->data.name = redact_name_copy(redactor, record->data.name, arena);
}

static void save_mx(const struct dns_record *record, json_t *object)
{
    json_put_number(object, "preference", record->data.mx.preference);
    json_put_text(object, "exchange", record->data.mx.exchange);
}

static bool load_mx(struct dns_record *record, const json_t *object, struct arena *arena)
{
    record->data.mx.preference = (uint16_t)json_get_number(object, "preference", UINT16_MAX, 0);
    record->data.mx.exchange = json_copy_text(object, "exchange", arena);
    return record->data.mx.exchange != NULL;
}

static void redact_mx(struct dns_record *record, const struct redactor *redactor,
                      struct arena *arena)
{
    record->data.mx.exchange = redact_name_copy(redactor, record->data.mx.exchange, arena);
}

static void save_srv(const struct dns_record *record, json_t *object)
{
    json_put_number(object, "priority", record->data.srv.priority);
    json_put_number(object, "weight", record->data.srv.weight);
    json_put_number(object, "port", record->data.srv.port);
    json_put_text(object, "target", record->data.srv.target);
}

static bool load_srv(struct dns_record *record, const json_t *object, struct arena *arena)
{
    record->data.srv.priority = (uint16_t)json_get_number(object, "priority", UINT16_MAX, 0);
    record->data.srv.weight = (uint16_t)json_get_number(object, "weight", UINT16_MAX, 0);
    record->data.srv.port = (uint16_t)json_get_number(object, "port", UINT16_MAX, 0);
    record->data.srv.target = json_copy_text(object, "target", arena);
    return record->data.srv.target != NULL;
}

static void redact_srv(struct dns_record *record, const struct redactor *redactor,
                       struct arena *arena)
{
    record->data.srv.target = redact_name_copy(redactor, record->data.srv.target, arena);
}

static void save_soa(const struct dns_record *record, json_t *object)
{
    json_put_text(object, "primary", record->data.soa.primary);
    json_put_text(object, "mailbox", record->data.soa.mailbox);
    json_put_number(object, "serial", record->data.soa.serial);
    json_put_number(object, "refresh", record->data.soa.refresh);
    json_put_number(object, "retry", record->data.soa.retry);
    json_put_number(object, "expire", record->data.soa.expire);
    json_put_number(object, "minimum", record->data.soa.minimum);
}

static bool load_soa(struct dns_record *record, const json_t *object, struct arena *arena)
{
    record->data.soa.primary = json_copy_text(object, "primary", arena);
    record->data.soa.mailbox = json_copy_text(object, "mailbox", arena);
    record->data.soa.serial = (uint32_t)json_get_number(object, "serial", UINT32_MAX, 0);
    record->data.soa.refresh = (uint32_t)json_get_number(object, "refresh", UINT32_MAX, 0);
    record->data.soa.retry = (uint32_t)json_get_number(object, "retry", UINT32_MAX, 0);
    record->data.soa.expire = (uint32_t)json_get_number(object, "expire", UINT32_MAX, 0);
    record->data.soa.minimum = (uint32_t)json_get_number(object, "minimum", UINT32_MAX, 0);
    return record->data.soa.primary && record->data.soa.mailbox;
}

static void redact_soa(struct dns_record *record, const struct redactor *redactor,
                       struct arena *arena)
{
    record->data.soa.primary = redact_name_copy(redactor, record->data.soa.primary, arena);
    record->data.soa.mailbox = redact_name_copy(redactor, record->data.soa.mailbox, arena);
}

static void save_txt(const struct dns_record *record, json_t *object)
{
    json_t *strings = json_array();

    for (size_t i = 0; i < record->data.txt.count; i++) {
        const struct dns_string *string = &record->data.txt.strings[i];

        json_array_append_new(strings, json_from_bytes(string->bytes, string->size));
    }
    json_object_set_new(object, "strings", strings);
}

static bool load_txt(struct dns_record *record, const json_t *object, struct arena *arena)
{
    const json_t *list = json_object_get(object, "strings");
    size_t count = json_array_size(list);
    struct dns_string *strings;

    if (!json_is_array(list) || count > STRINGS_MOST)
        return false;
    strings = arena_new(arena, count, sizeof *strings);
    for (size_t i = 0; i < count; i++) {
        if (!json_to_bytes(json_array_get(list, i), arena, &strings[i].bytes, &strings[i].size) ||
            strings[i].size > 255)
            return false;
    }
    record->data.txt.strings = strings;
    record->data.txt.count = count;
    return true;
}

static void save_tlsa(const struct dns_record *record, json_t *object)
{
    json_put_number(object, "usage", record->data.tlsa.usage);
    json_put_number(object, "selector", record->data.tlsa.selector);
    json_put_number(object, "matching", record->data.tlsa.matching);
    json_object_set_new(
        object, "association",
        json_from_bytes((const char *)record->data.tlsa.bytes, record->data.tlsa.size));
}

static bool load_tlsa(struct dns_record *record, const json_t *object, struct arena *arena)
{
    const char *bytes;

    record->data.tlsa.usage = (uint8_t)json_get_number(object, "usage", UINT8_MAX, 0);
    record->data.tlsa.selector = (uint8_t)json_get_number(object, "selector", UINT8_MAX, 0);
    record->data.tlsa.matching = (uint8_t)json_get_number(object, "matching", UINT8_MAX, 0);
    if (!json_to_bytes(json_object_get(object, "association"), arena, &bytes,
                       &record->data.tlsa.size))
        return false;
    record->data.tlsa.bytes = (const uint8_t *)bytes;
    return true;
}

static void redact_tlsa(struct dns_record *record, const struct redactor *redactor,
                        struct arena *arena)
{
    (void)redactor;
    record->data.tlsa.bytes = arena_new(arena, 1, 1);
    record->data.tlsa.size = 0;
}

static const struct record_form {
    uint16_t type;
    void (*save)(const struct dns_record *record, json_t *object);
    bool (*load)(struct dns_record *record, const json_t *object, struct arena *arena);
    void (*redact)(struct dns_record *record, const struct redactor *redactor, struct arena *arena);
} record_forms[] = {
    {DNS_A, save_ip, load_ip, redact_ip_record},
    {DNS_AAAA, save_ip, load_ip, redact_ip_record},
    {DNS_NS, save_name, load_name, redact_name_record},
    {DNS_CNAME, save_name, load_name, redact_name_record},
    {DNS_PTR, save_name, load_name, redact_name_record},
    {DNS_MX, save_mx, load_mx, redact_mx},
    {DNS_SRV, save_srv, load_srv, redact_srv},
    {DNS_SOA, save_soa, load_soa, redact_soa},
    {DNS_TXT, save_txt, load_txt, dns_redact_txt},
    {DNS_SPF, save_txt, load_txt, dns_redact_txt},
    {DNS_TLSA, save_tlsa, load_tlsa, redact_tlsa},
};

static const struct record_form *form_of(uint16_t type)
{
    for (size_t i = 0; i < sizeof record_forms / sizeof *record_forms; i++) {
        if (record_forms[i].type == type)
            return &record_forms[i];
    }
    return NULL;
}

/* ---- sections and the whole answer ---- */

static const struct {
    const char *name;
    size_t offset;
} sections[] = {
    {"answer", offsetof(struct dns_answer, answer)},
    {"authority", offsetof(struct dns_answer, authority)},
    {"additional", offsetof(struct dns_answer, additional)},
};

static struct dns_section *section_of(const struct evidence *item, size_t index)
{
    return (struct dns_section *)((char *)item + sections[index].offset);
}

enum { SECTIONS = sizeof sections / sizeof *sections };

static const struct {
    const char *word;
    uint8_t flag;
} flag_words[] = {
    {"aa", DNS_AUTHORITATIVE},
    {"tc", DNS_TRUNCATED},
    {"ra", DNS_RECURSION_AVAILABLE},
    {"ad", DNS_AUTHENTICATED},
};

static void save_section(const struct dns_section *section, const char *name, json_t *object)
{
    json_t *list;

    if (section->count == 0)
        return;
    list = json_array();
    for (size_t i = 0; i < section->count; i++) {
        const struct dns_record *record = &section->records[i];
        json_t *entry = json_object();

        json_put_text(entry, "name", record->owner);
        json_put_text(entry, "type", dns_type_name(record->type));
        json_put_number(entry, "ttl", record->ttl);
        form_of(record->type)->save(record, entry);
        json_array_append_new(list, entry);
    }
    json_object_set_new(object, name, list);
}

static void save_address(json_t *object, const char *name, const struct net_address *address)
{
    char text[NET_ADDRESS_TEXT_SIZE];

    if (address->ip.family == IP_NONE)
        return;
    net_address_format(address, DNS_PORT, text);
    json_put_text(object, name, text);
}

static void save(const struct evidence *item, json_t *object)
{
    const struct dns_answer *dns = of(item);
    json_t *flags = json_array();

    json_put_text(object, "name", dns->name);
    json_put_text(object, "type", dns_type_name((uint16_t)dns->type));
    save_address(object, "at", &dns->at);
    save_address(object, "server", &dns->server);
    json_put_number(object, "tries", dns->tries);
    if (dns->over_tcp)
        json_put_bool(object, "tcp", true);
    if (dns_rcode_from_name(dns_rcode_name(dns->rcode)) == dns->rcode)
        json_put_text(object, "rcode", dns_rcode_name(dns->rcode));
    else
        json_put_number(object, "rcode", dns->rcode);
    for (size_t i = 0; i < sizeof flag_words / sizeof *flag_words; i++) {
        if (dns->flags & flag_words[i].flag)
            json_array_append_new(flags, json_string(flag_words[i].word));
    }
    json_object_set_new(object, "flags", flags);
    for (size_t i = 0; i < SECTIONS; i++)
        save_section(section_of(item, i), sections[i].name, object);
}

static bool load_record(struct dns_record *record, const json_t *entry, struct arena *arena)
{
    const char *type = json_get_text(entry, "type");
    const struct record_form *form;

    record->owner = json_copy_text(entry, "name", arena);
    record->type = type ? dns_type_from_name(type) : 0;
    record->ttl = (uint32_t)json_get_number(entry, "ttl", INT32_MAX, 0);
    form = form_of(record->type);
    return record->owner && form && form->load(record, entry, arena);
}

static void load_section(struct dns_section *section, const json_t *list, struct arena *arena)
{
    size_t count = json_array_size(list);
    struct dns_record *records;

    if (count > RECORDS_MOST)
        count = RECORDS_MOST;
    if (count == 0)
        return;
    records = arena_new(arena, count, sizeof *records);
    for (size_t i = 0; i < count; i++) {
        if (load_record(&records[section->count], json_array_get(list, i), arena))
            section->count++;
    }
    section->records = records;
}

/* True if it is missing, too; false if it is no address. */
static bool load_address(const json_t *object, const char *name, struct net_address *address)
{
    const char *text = json_get_text(object, name);

    if (text && net_address_parse(text, DNS_PORT, address) == STATUS_OK)
        return true;
    memset(address, 0, sizeof *address);
    return !json_object_get(object, name);
}

static enum status load(struct evidence *item, const json_t *object)
{
    struct dns_answer *dns = (struct dns_answer *)item;
    const char *name = json_copy_text(object, "name", &item->memory);
    const char *type = json_get_text(object, "type"), *rcode = json_get_text(object, "rcode");
    const json_t *flags = json_object_get(object, "flags");

    if (!name || strlen(name) >= DNS_NAME_TEXT_SIZE || !type || !dns_type_from_name(type) ||
        !load_address(object, "at", &dns->at))
        return STATUS_MALFORMED;
    dns->name = fold_name(&item->memory, name);
    dns->type = (enum dns_type)dns_type_from_name(type);
    load_address(object, "server", &dns->server);
    dns->tries = (uint8_t)json_get_number(object, "tries", UINT8_MAX, 1);
    dns->over_tcp = json_get_bool(object, "tcp");
    dns->rcode = rcode ? dns_rcode_from_name(rcode)
                       : (uint16_t)json_get_number(object, "rcode", UINT16_MAX, DNS_NOERROR);
    for (size_t i = 0; i < json_array_size(flags); i++) {
        const char *word = json_string_value(json_array_get(flags, i));

        for (size_t j = 0; word && j < sizeof flag_words / sizeof *flag_words; j++) {
            if (strcmp(word, flag_words[j].word) == 0)
                dns->flags |= flag_words[j].flag;
        }
    }
    for (size_t i = 0; i < SECTIONS; i++)
        load_section(section_of(item, i), json_object_get(object, sections[i].name), &item->memory);
    return STATUS_OK;
}

static void redact_section(struct dns_section *section, const struct redactor *redactor,
                           struct arena *arena)
{
    struct dns_record *records;

    if (section->count == 0)
        return;
    records = arena_new(arena, section->count, sizeof *records);
    memcpy(records, section->records, section->count * sizeof *records);
    for (size_t i = 0; i < section->count; i++) {
        records[i].owner = redact_name_copy(redactor, records[i].owner, arena);
        form_of(records[i].type)->redact(&records[i], redactor, arena);
    }
    section->records = records;
}

static void redact(struct evidence *item, const struct redactor *redactor)
{
    struct dns_answer *dns = (struct dns_answer *)item;

    dns->name = fold_name(&item->memory, redact_name_copy(redactor, dns->name, &item->memory));
    redact_ip(redactor, &dns->at.ip);
    redact_ip(redactor, &dns->server.ip);
    for (size_t i = 0; i < SECTIONS; i++)
        redact_section(section_of(item, i), redactor, &item->memory);
}

const struct evidence_kind evidence_dns = {
    .name = "dns",
    .size = sizeof(struct dns_answer),
    .write_key = write_key,
    .copy_question = copy_question,
    .is_answer_to = is_answer_to,
    .lifetime = lifetime,
    .describe = describe,
    .save = save,
    .load = load,
    .redact = redact,
};

/* ---- for probes ---- */

const struct dns_record *dns_answer_next(const struct dns_answer *answer,
                                         const struct dns_record *previous)
{
    const struct dns_section *section = &answer->answer;
    size_t index = previous ? (size_t)(previous - section->records) + 1 : 0;

    while (index < section->count && section->records[index].type != answer->type)
        index++;
    return index < section->count ? &section->records[index] : NULL;
}

bool dns_answer_has_records(const struct dns_answer *answer)
{
    return answer->evidence.status == STATUS_OK && dns_answer_next(answer, NULL) != NULL;
}

bool dns_answer_no_such_name(const struct dns_answer *answer)
{
    return answer->evidence.status == STATUS_OK && answer->rcode == DNS_NXDOMAIN;
}
