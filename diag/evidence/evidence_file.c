#include "diag/evidence/evidence_file.h"

#include "diag/json.h"
#include "diag/platform.h"
#include "diag/read/dns_name.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    LINE_MOST = 64 << 20, /* bytes of a line: DIRECTORY_BYTES_MOST, with what JSON adds */
    LIST_MOST = 100000,   /* entries of a list of the header */
    PORT_MEMBER_MOST = 64,
    OFFSET_MOST = 24 * 60 /* minutes */
};

void evidence_run_release(struct evidence_run *run)
{
    arena_release(&run->memory);
    memset(run, 0, sizeof *run);
}

/* ---- writing ---- */

static enum status write_line(FILE *file, json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    enum status status = STATUS_OK;

    json_decref(object);
    if (!line)
        return STATUS_MALFORMED;
    if (fputs(line, file) == EOF || fputc('\n', file) == EOF || fflush(file) != 0)
        status = platform_write_error();
    free(line);
    return status;
}

static json_t *words_to_json(const char *const *words, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

static json_t *servers_to_json(const struct settings *settings)
{
    json_t *list = json_array();

    for (size_t i = 0; i < settings->dns_count; i++) {
        char text[NET_ADDRESS_TEXT_SIZE];

        net_address_format(&settings->dns[i], DNS_PORT, text);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static json_t *severities_to_json(const struct settings *settings)
{
    json_t *object = json_object();

    for (size_t i = 0; i < settings->severity_count; i++)
        json_put_text(object, settings->severities[i].id,
                      severity_word(settings->severities[i].severity));
    return object;
}

static json_t *accepted_to_json(const struct settings *settings)
{
    json_t *list = json_array();

    for (size_t i = 0; i < settings->accepted_count; i++) {
        const struct acceptance *accepted = &settings->accepted[i];
        json_t *entry = json_object();

        json_put_text(entry, "id", accepted->id);
        json_put_text(entry, "subject", accepted->subject);
        json_put_text(entry, "expires", accepted->expires);
        json_put_text(entry, "reason", accepted->reason);
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *senders_to_json(const struct settings *settings)
{
    json_t *list = json_array();

    for (size_t i = 0; i < settings->sender_count; i++) {
        char text[IP_TEXT_SIZE];

        ip_format(&settings->senders[i], text);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

/* What a client or a user says may be any bytes. */
static void put_bytes(json_t *object, const char *name, const char *text)
{
    if (text)
        json_object_set_new(object, name, json_from_bytes(text, strlen(text)));
}

/* "smtp_port" and so on, of services that are asked elsewhere than usual. */
static void write_port_member(enum service service, struct buffer *out)
{
    buffer_clear(out);
    buffer_print(out, "%s_port", service_word(service));
}

static void put_ports(json_t *object, const struct settings *settings)
{
    struct buffer name;

    buffer_init(&name, PORT_MEMBER_MOST);
    for (unsigned service = 0; service < SERVICE_COUNT; service++) {
        write_port_member((enum service)service, &name);
        if (settings->ports[service])
            json_put_number(object, name.text, settings->ports[service]);
    }
    buffer_release(&name);
}

static void read_ports(const json_t *object, struct settings *settings)
{
    struct buffer name;

    buffer_init(&name, PORT_MEMBER_MOST);
    for (unsigned service = 0; service < SERVICE_COUNT; service++) {
        write_port_member((enum service)service, &name);
        settings->ports[service] = (uint16_t)json_get_number(object, name.text, UINT16_MAX, 0);
    }
    buffer_release(&name);
}

static json_t *settings_to_json(const struct settings *settings)
{
    json_t *object = json_object();

    if (settings->dns_count)
        json_object_set_new(object, "dns", servers_to_json(settings));
    put_ports(object, settings);
    if (settings->only_count)
        json_object_set_new(object, "only", words_to_json(settings->only, settings->only_count));
    if (settings->skip_count)
        json_object_set_new(object, "skip", words_to_json(settings->skip, settings->skip_count));
    if (settings->severity_count)
        json_object_set_new(object, "severity", severities_to_json(settings));
    if (settings->accepted_count)
        json_object_set_new(object, "accepted", accepted_to_json(settings));
    if (settings->reference_count)
        json_object_set_new(object, "references",
                            words_to_json(settings->references, settings->reference_count));
    if (settings->sender_count)
        json_object_set_new(object, "senders", senders_to_json(settings));
    put_bytes(object, "builds", settings->builds);
    put_bytes(object, "sender_local", settings->sender_local);
    put_bytes(object, "helo", settings->helo);
    put_bytes(object, "record", settings->record);
    if (settings->everything)
        json_put_bool(object, "everything", true);
    if (settings->authenticate)
        json_put_bool(object, "authenticate", true);
    if (settings->plants)
        json_put_bool(object, "plant_test_item", true);
    if (settings->impersonates)
        json_put_bool(object, "impersonate", true);
    if (settings->deep)
        json_put_bool(object, "deep", true);
    return object;
}

/* Who asked, and how: what a reader must know before two runs are compared. */
static void put_examiner(json_t *header, const struct evidence_run *run)
{
    if (run->machine)
        json_put_text(header, "machine", run->machine);
    if (run->has_offset)
        json_object_set_new(header, "utc_offset_minutes", json_integer(run->offset));
    if (run->patience)
        json_put_number(header, "patience_ms", run->patience);
    if (run->logs_on)
        json_put_bool(header, "logs_on", true);
    put_bytes(header, "user", run->user);
    if (run->shows_token)
        json_put_bool(header, "token", true);
    if (run->uses_ntlm)
        json_put_bool(header, "ntlm", true);
    if (run->is_insecure)
        json_put_bool(header, "insecure", true);
    if (run->authorities)
        json_put_text(header, "authorities", run->authorities);
}

enum status evidence_file_begin(FILE *file, const struct evidence_run *run)
{
    json_t *header = json_object(), *subjects = json_array();

    json_put_number(header, "exdiag_evidence", 1);
    json_put_text(header, "tool", run->tool);
    json_put_time(header, "started", run->started);
    for (size_t i = 0; i < run->subject_count; i++) {
        const struct subject *subject = &run->subjects[i];
        json_t *entry = json_object();

        json_put_text(entry, "kind", subject_kind_word(subject->kind));
        json_put_text(entry, "name", subject->name);
        if (strcmp(subject->shown, subject->name) != 0)
            json_put_text(entry, "shown", subject->shown);
        if (subject->host)
            json_put_text(entry, "host", subject->host);
        if (!subject->given)
            json_put_bool(entry, "found", true);
        json_array_append_new(subjects, entry);
    }
    json_object_set_new(header, "subjects", subjects);
    json_object_set_new(header, "settings", settings_to_json(&run->settings));
    if (run->redacted)
        json_put_bool(header, "redacted", true);
    put_examiner(header, run);
    return write_line(file, header);
}

enum status evidence_file_add(FILE *file, struct evidence *item)
{
    enum status status = write_line(file, evidence_to_json(item));

    item->saved = status == STATUS_OK;
    return status;
}

enum status evidence_file_end(FILE *file, int64_t finished, bool complete)
{
    json_t *last = json_object();

    json_put_time(last, "finished", finished);
    json_put_bool(last, "complete", complete);
    return write_line(file, last);
}

/* ---- reading ---- */

static size_t list_size(const json_t *list)
{
    size_t size = json_array_size(list);

    return size < LIST_MOST ? size : LIST_MOST;
}

/* As exdiag itself writes them: subject.h. */
static bool is_canonical(enum subject_kind kind, const char *name)
{
    uint8_t wire[DNS_NAME_WIRE_MOST];
    struct ip_address ip;
    struct buffer folded;
    size_t size;
    bool same;

    if (kind == SUBJECT_MAILBOX) {
        const char *at = strrchr(name, '@');

        if (!at || at == name)
            return false;
        name = at + 1;
    }
    if (kind == SUBJECT_FILE || ip_parse(name, strlen(name), &ip) == STATUS_OK)
        return true;
    if (dns_name_to_wire(name, wire, &size) != STATUS_OK || size < 2)
        return false;
    buffer_init(&folded, DNS_NAME_TEXT_SIZE);
    dns_name_fold(name, &folded);
    same = strcmp(folded.text, name) == 0;
    buffer_release(&folded);
    return same;
}

static void read_subjects(const json_t *list, struct evidence_run *run)
{
    size_t count = list_size(list);

    run->subjects = arena_new(&run->memory, count, sizeof *run->subjects);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        const char *kind = json_get_text(entry, "kind");
        struct subject *subject = &run->subjects[run->subject_count];

        subject->name = json_copy_text(entry, "name", &run->memory);
        subject->shown = json_copy_text(entry, "shown", &run->memory);
        subject->kind = kind ? subject_kind_from_word(kind) : SUBJECT_KIND_COUNT;
        subject->host = json_copy_text(entry, "host", &run->memory);
        subject->given = !json_get_bool(entry, "found");
        if (!subject->name || subject->kind == SUBJECT_KIND_COUNT ||
            !is_canonical(subject->kind, subject->name) ||
            (subject->host && !is_canonical(SUBJECT_SERVER, subject->host))) {
            run->unknown_subjects++;
            continue;
        }
        if (!subject->shown)
            subject->shown = subject->name;
        run->subject_count++;
    }
}

static const char *const *read_words(const json_t *list, struct arena *arena, size_t *count)
{
    const char **words = arena_new(arena, list_size(list), sizeof *words);

    *count = 0;
    for (size_t i = 0; i < list_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));

        if (word)
            words[(*count)++] = arena_copy_string(arena, word);
    }
    return words;
}

static void read_servers(const json_t *list, struct settings *settings, struct arena *arena)
{
    struct net_address *servers = arena_new(arena, list_size(list), sizeof *servers);

    for (size_t i = 0; i < list_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text && net_address_parse(text, DNS_PORT, &servers[settings->dns_count]) == STATUS_OK)
            settings->dns_count++;
    }
    settings->dns = servers;
}

static void read_severities(json_t *object, struct settings *settings, struct arena *arena)
{
    struct severity_override *list = arena_new(arena, json_object_size(object), sizeof *list);
    const char *id;
    json_t *value;

    json_object_foreach(object, id, value)
    {
        const char *word = json_string_value(value);
        enum severity severity = word ? severity_from_word(word) : SEVERITY_COUNT;

        if (severity == SEVERITY_COUNT)
            continue;
        list[settings->severity_count].id = arena_copy_string(arena, id);
        list[settings->severity_count++].severity = severity;
    }
    settings->severities = list;
}

static void read_accepted(const json_t *list, struct settings *settings, struct arena *arena)
{
    struct acceptance *accepted = arena_new(arena, list_size(list), sizeof *accepted);

    for (size_t i = 0; i < list_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        struct acceptance *one = &accepted[settings->accepted_count];

        one->id = json_copy_text(entry, "id", arena);
        one->subject = json_copy_text(entry, "subject", arena);
        one->expires = json_copy_text(entry, "expires", arena);
        one->reason = json_copy_text(entry, "reason", arena);
        if (one->id && one->subject && one->expires && one->reason &&
            text_is_printable(one->reason, strlen(one->reason)))
            settings->accepted_count++;
    }
    settings->accepted = accepted;
}

static void read_senders(const json_t *list, struct settings *settings, struct arena *arena)
{
    struct ip_address *senders = arena_new(arena, list_size(list), sizeof *senders);

    for (size_t i = 0; i < list_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text && ip_parse(text, strlen(text), &senders[settings->sender_count]) == STATUS_OK)
            settings->sender_count++;
    }
    settings->senders = senders;
}

static void read_references(const json_t *list, struct settings *settings, struct arena *arena)
{
    const char **names = arena_new(arena, REFERENCES_MOST, sizeof *names);

    for (size_t i = 0; i < list_size(list) && settings->reference_count < REFERENCES_MOST; i++) {
        const char *name = json_string_value(json_array_get(list, i));

        if (name && is_canonical(SUBJECT_SERVER, name))
            names[settings->reference_count++] = arena_copy_string(arena, name);
    }
    settings->references = names;
}

static void read_settings(const json_t *object, struct evidence_run *run)
{
    struct settings *settings = &run->settings;
    struct arena *arena = &run->memory;

    read_ports(object, settings);
    settings->only = read_words(json_object_get(object, "only"), arena, &settings->only_count);
    settings->skip = read_words(json_object_get(object, "skip"), arena, &settings->skip_count);
    read_servers(json_object_get(object, "dns"), settings, arena);
    read_severities(json_object_get(object, "severity"), settings, arena);
    read_accepted(json_object_get(object, "accepted"), settings, arena);
    read_references(json_object_get(object, "references"), settings, arena);
    read_senders(json_object_get(object, "senders"), settings, arena);
    settings->builds = json_copy_text(object, "builds", arena);
    settings->sender_local = json_copy_text(object, "sender_local", arena);
    settings->helo = json_copy_text(object, "helo", arena);
    settings->record = json_copy_text(object, "record", arena);
    settings->everything = json_get_bool(object, "everything");
    settings->authenticate = json_get_bool(object, "authenticate");
    settings->plants = json_get_bool(object, "plant_test_item");
    settings->impersonates = json_get_bool(object, "impersonate");
    settings->deep = json_get_bool(object, "deep");
}

static void read_examiner(const json_t *header, struct evidence_run *run)
{
    const json_t *offset = json_object_get(header, "utc_offset_minutes");
    json_int_t minutes = json_integer_value(offset);

    run->machine = json_copy_text(header, "machine", &run->memory);
    if (run->machine && !is_canonical(SUBJECT_SERVER, run->machine))
        run->machine = NULL;
    run->has_offset = json_is_integer(offset) && minutes >= -OFFSET_MOST && minutes <= OFFSET_MOST;
    run->offset = run->has_offset ? (int)minutes : 0;
    run->patience = (unsigned)json_get_number(header, "patience_ms", UINT32_MAX, 0);
    run->logs_on = json_get_bool(header, "logs_on");
    run->user = json_copy_text(header, "user", &run->memory);
    run->shows_token = json_get_bool(header, "token");
    run->uses_ntlm = json_get_bool(header, "ntlm");
    run->is_insecure = json_get_bool(header, "insecure");
    run->authorities = json_copy_text(header, "authorities", &run->memory);
}

static enum status read_header(const json_t *header, struct evidence_run *run)
{
    uint64_t form = json_get_number(header, "exdiag_evidence", UINT32_MAX, 0);

    if (form != 1)
        return form > 1 ? STATUS_NOT_SUPPORTED : STATUS_MALFORMED;
    run->tool = json_copy_text(header, "tool", &run->memory);
    if (!run->tool)
        run->tool = "";
    run->started = json_get_time(header, "started");
    run->redacted = json_get_bool(header, "redacted");
    read_examiner(header, run);
    read_subjects(json_object_get(header, "subjects"), run);
    read_settings(json_object_get(header, "settings"), run);
    return STATUS_OK;
}

/* One line without its end; false at the end of the file. Overlong lines come back cut. */
static bool read_line(FILE *file, struct buffer *line)
{
    int character;

    buffer_clear(line);
    while ((character = getc(file)) != EOF && character != '\n')
        buffer_add_char(line, (char)character);
    return character == '\n' || line->size > 0;
}

/* Some editors put a byte order mark before the first line. */
static json_t *parse_first_line(const struct buffer *line)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t skip = line->size >= 3 && memcmp(line->text, mark, 3) == 0 ? 3 : 0;

    return json_loadb(line->text + skip, line->size - skip, 0, NULL);
}

static void read_item(const struct buffer *line, size_t number, struct evidence_run *run,
                      struct evidence_store *store)
{
    json_t *object = json_loadb(line->text, line->size, 0, NULL);
    enum status status = STATUS_OK;

    if (json_object_get(object, "finished")) {
        run->finished = json_get_time(object, "finished");
        run->complete = json_get_bool(object, "complete");
    } else {
        status = evidence_from_json(store, object);
    }
    if (status == STATUS_NOT_SUPPORTED)
        run->unknown_items++;
    else if (status == STATUS_MALFORMED && run->damaged_lines++ == 0)
        run->first_damaged_line = number;
    json_decref(object);
}

enum status evidence_file_read(FILE *file, struct evidence_run *run, struct evidence_store *store)
{
    enum status status = STATUS_MALFORMED;
    struct buffer line;
    json_t *header;

    memset(run, 0, sizeof *run);
    buffer_init(&line, LINE_MOST);
    read_line(file, &line);
    header = parse_first_line(&line);
    if (header)
        status = read_header(header, run);
    json_decref(header);
    for (size_t number = 2; status == STATUS_OK && read_line(file, &line); number++) {
        if (line.size > 0)
            read_item(&line, number, run, store);
    }
    if (status == STATUS_OK && ferror(file))
        status = STATUS_IO;
    buffer_release(&line);
    return status;
}
