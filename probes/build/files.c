#include "probes/build/files.h"

#include "diag/text.h"
#include "probes/spn/servers.h"

#include <string.h>

enum { PACKED_DIGITS = 10 }; /* of 32 bits */

const char *const build_setup_keys[BUILD_SETUP_KEYS] = {
    "SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup",
    "SOFTWARE\\Microsoft\\ExchangeServer\\v14\\Setup"};

/* The one that this file tells of without a name; or NULL. */
static struct build_machine *nameless_of(struct build_organisation *organisation,
                                         const struct subject *file)
{
    for (size_t i = 0; i < organisation->count; i++) {
        if (!organisation->machines[i]->name && organisation->machines[i]->file == file)
            return organisation->machines[i];
    }
    return NULL;
}

/* Of the file that is being read. */
static void tells_of(struct build_organisation *organisation, struct build_machine *machine)
{
    struct build_teller *teller = &organisation->tellers[organisation->teller_count - 1];

    teller->is_of_several =
        teller->is_of_several || (teller->machine && teller->machine != machine);
    teller->machine = machine;
}

/* A file that does not name its server is of the one that the user says: --file HOST=PATH. */
static struct build_machine *machine_of_file(struct build_organisation *organisation,
                                             const char *name, const struct subject *file)
{
    const char *host = name ? name : file->host;
    struct build_machine *machine = host ? NULL : nameless_of(organisation, file);

    if (!machine)
        machine = build_machine_of(organisation, host);
    if (machine && !name && host)
        machine->is_vouched = true;
    if (machine && !machine->file)
        machine->file = file;
    if (machine) {
        machine->is_exchange = true;
        tells_of(organisation, machine);
    }
    return machine;
}

static void saw_build(struct build_organisation *organisation, const char *name,
                      const struct subject *file, enum build_way way,
                      const struct build_number *number, const struct evidence *source)
{
    struct build_machine *machine = machine_of_file(organisation, name, file);

    if (!machine)
        return;
    organisation->tellers[organisation->teller_count - 1].way = way;
    build_machine_saw(machine, way, number, source);
}

/* ---- ExSetup.exe, and what PowerShell prints ---- */

/* What a file that is for nothing else could not say is told at the file. */
static void was_barred(struct build_organisation *organisation, const struct subject *file,
                       const struct evidence *evidence)
{
    struct build_machine *machine = build_machine_of(organisation, NULL);

    if (!machine)
        return;
    machine->file = file;
    machine->obstacle = evidence;
}

static bool read_build_file(struct examination *x, const struct subject *file,
                            struct build_organisation *organisation)
{
    const struct build_file *found = ask_build_file(x, file->name);

    if (found && found->evidence.status != STATUS_OK)
        was_barred(organisation, file, &found->evidence);
    for (size_t i = 0; found && i < found->list.count; i++) {
        const struct build_entry *entry = &found->list.entries[i];

        saw_build(organisation, entry->server, file, entry->way, &entry->number, &found->evidence);
    }
    return found != NULL;
}

/* ---- logs ---- */

static void saw_software(struct build_organisation *organisation, const char *name,
                         const struct subject *file, const char *software,
                         const struct evidence *source)
{
    struct build_number number;

    if (software && build_number_parse_software(software, strlen(software), &number) == STATUS_OK)
        saw_build(organisation, name, file, BUILD_BY_LOG_HEADER, &number, source);
}

/* "EX01\Default Frontend EX01": a receive connector's server. */
static const char *server_of(const struct smtp_auth_log *log, struct arena *arena)
{
    for (size_t i = 0; i < log->peer_count; i++) {
        const char *connector = log->peers[i].connector;
        const char *end = connector ? strchr(connector, '\\') : NULL;

        if (log->type == FILE_TYPE_SMTP_RECEIVE_LOG && end && end > connector &&
            text_is_printable(connector, (size_t)(end - connector)))
            return arena_copy(arena, connector, (size_t)(end - connector));
    }
    return NULL;
}

static bool read_auth_log(struct examination *x, const struct subject *file,
                          struct build_organisation *organisation)
{
    const struct auth_log_digest *digest = ask_auth_log(x, file->name);

    if (digest && digest->evidence.status == STATUS_OK)
        saw_software(organisation, server_of(&digest->log, pass_memory(x)), file,
                     digest->log.software, &digest->evidence);
    return digest != NULL;
}

static bool read_mail_log(struct examination *x, const struct subject *file,
                          struct build_organisation *organisation)
{
    const struct mail_log_digest *digest = ask_mail_log(x, file->name);

    if (digest && digest->evidence.status == STATUS_OK)
        saw_software(organisation, NULL, file, digest->log.software, &digest->evidence);
    return digest != NULL;
}

static bool read_http_log(struct examination *x, const struct subject *file,
                          struct build_organisation *organisation)
{
    const struct http_log_digest *digest = ask_http_log(x, file->name);

    if (digest && digest->evidence.status == STATUS_OK)
        saw_software(organisation, digest->log.server, file, digest->log.software,
                     &digest->evidence);
    return digest != NULL;
}

/* ---- IIS ---- */

/* Folders of former builds stay listed: the newest is the one that runs. */
static bool read_iis_config(struct examination *x, const struct subject *file,
                            struct build_organisation *organisation)
{
    const struct iis_config_file *config = ask_iis_config(x, file->name);
    struct build_number newest = {0}, number;

    for (size_t i = 0;
         config && config->evidence.status == STATUS_OK && i < config->config.build_count; i++) {
        const char *text = config->config.builds[i];

        if (build_number_parse(text, strlen(text), &number) == STATUS_OK &&
            build_number_compare(&number, &newest) > 0)
            newest = number;
    }
    if (newest.count > 0)
        saw_build(organisation, config->config.server, file, BUILD_BY_METADATA, &newest,
                  &config->evidence);
    return config != NULL;
}

/* ---- the registry ---- */

static bool read_numbers(const struct registry_answer *setup, struct build_number *number)
{
    static const char *const names[BUILD_PARTS] = {"MsiProductMajor", "MsiProductMinor",
                                                   "MsiBuildMajor", "MsiBuildMinor"};
    uint64_t parts[BUILD_PARTS];

    for (size_t i = 0; i < BUILD_PARTS; i++) {
        const struct registry_value *value = registry_answer_value(setup, names[i]);

        if (!value || value->type != REGISTRY_DWORD)
            return false;
        parts[i] = value->number;
    }
    return build_number_make(parts, BUILD_PARTS, number) == STATUS_OK;
}

size_t build_of_setup(const struct registry_answer *setup,
                      struct build_number numbers[BUILD_SETUP_NUMBERS])
{
    const struct registry_value *owa = registry_answer_value(setup, "OwaVersion");
    size_t count = 0;

    if (read_numbers(setup, &numbers[count]))
        count++;
    if (owa && owa->text &&
        build_number_parse(owa->text, strlen(owa->text), &numbers[count]) == STATUS_OK)
        count++;
    return count;
}

static void saw_setup(struct build_organisation *organisation, const struct subject *file,
                      const struct registry_answer *setup)
{
    struct build_number numbers[BUILD_SETUP_NUMBERS];
    size_t count = build_of_setup(setup, numbers);

    for (size_t i = 0; i < count; i++)
        saw_build(organisation, setup->computer, file, BUILD_BY_REGISTRY, &numbers[i],
                  &setup->evidence);
}

static bool read_registry(struct examination *x, const struct subject *file,
                          struct build_organisation *organisation)
{
    const struct registry_answer *keys[BUILD_SETUP_KEYS];
    bool is_complete = true;

    for (size_t i = 0; i < BUILD_SETUP_KEYS; i++) {
        keys[i] = ask_registry(x, file->name, build_setup_keys[i]);
        is_complete = is_complete && keys[i];
    }
    for (size_t i = 0; is_complete && i < BUILD_SETUP_KEYS; i++) {
        if (keys[i]->evidence.status == STATUS_OK)
            saw_setup(organisation, file, keys[i]);
    }
    return is_complete;
}

/* ---- a directory ---- */

bool build_of_entry(const struct directory_entry *entry, struct build_number *number)
{
    const char *serial = directory_text_of(entry, "serialNumber");

    return serial && build_number_parse_display(serial, strlen(serial), number) == STATUS_OK;
}

/* "1941997947": an export may have it, a search does not ask for it. */
static bool version_of_entry(const struct directory_entry *entry, struct build_number *number)
{
    const char *text = directory_text_of(entry, "versionNumber");
    uint64_t packed = 0;

    for (size_t i = 0; text && text_is_digit(text[i]) && i < PACKED_DIGITS; i++)
        packed = 10 * packed + (uint64_t)(text[i] - '0');
    return build_number_unpack(packed, number) == STATUS_OK;
}

static void saw_entry(struct build_organisation *organisation, const struct spn_server *server,
                      const struct subject *file, const struct directory_entry *entry,
                      const struct evidence *source)
{
    const char *name = server->host ? server->host : server->name;
    struct build_machine *machine = machine_of_file(organisation, name, file);
    struct build_number number;

    if (machine && server->roles & SPN_ROLE_EDGE) {
        machine->is_edge = machine->is_exchange = true;
        return;
    }
    if (build_of_entry(entry, &number))
        saw_build(organisation, name, file, BUILD_BY_SERIAL_NUMBER, &number, source);
    if (version_of_entry(entry, &number))
        saw_build(organisation, name, file, BUILD_BY_VERSION_NUMBER, &number, source);
}

static const struct directory_entry *entry_of(const struct directory_file *export, const char *dn)
{
    for (size_t i = 0; i < export->entry_count; i++) {
        if (strcmp(export->entries[i].dn, dn) == 0)
            return &export->entries[i];
    }
    return NULL;
}

static bool read_export(struct examination *x, const struct subject *file,
                        struct build_organisation *organisation)
{
    const struct directory_file *export = ask_directory_file(x, file->name);
    struct spn_servers servers = {0};

    if (export && export->evidence.status == STATUS_OK)
        spn_servers_read(export->entries, export->entry_count, pass_memory(x), &servers);
    for (size_t i = 0; i < servers.count; i++) {
        const struct spn_server *server = &servers.list[i];
        const struct directory_entry *entry = entry_of(export, server->dn);

        if (entry)
            saw_entry(organisation, server, file, entry, &export->evidence);
    }
    return export != NULL;
}

/* ---- all of them ---- */

static const struct {
    enum file_type type;
    bool (*read)(struct examination *x, const struct subject *file,
                 struct build_organisation *organisation);
} readers[] = {
    {FILE_TYPE_SMTP_RECEIVE_LOG, read_auth_log},
    {FILE_TYPE_SMTP_SEND_LOG, read_auth_log},
    {FILE_TYPE_TRACKING_LOG, read_mail_log},
    {FILE_TYPE_EWS_LOG, read_http_log},
    {FILE_TYPE_HTTP_PROXY_LOG, read_http_log},
    {FILE_TYPE_IIS_CONFIG, read_iis_config},
    {FILE_TYPE_REGISTRY, read_registry},
    {FILE_TYPE_REGISTRY_QUERY, read_registry},
    {FILE_TYPE_LDIF, read_export},
    {FILE_TYPE_PROGRAM, read_build_file},
    {FILE_TYPE_BUILD_LIST, read_build_file},
};

void build_read_file(struct examination *x, const struct subject *file,
                     struct build_organisation *organisation)
{
    const struct file_digest *digest = ask_file(x, file->name);

    if (!digest)
        organisation->is_pending = true;
    if (!digest || digest->evidence.status != STATUS_OK)
        return;
    organisation->tellers[organisation->teller_count++] =
        (struct build_teller){.file = file, .type = digest->type};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (readers[i].type == digest->type && !readers[i].read(x, file, organisation))
            organisation->is_pending = true;
    }
}
