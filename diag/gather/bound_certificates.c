#include "diag/gather/bound_certificates.h"

#include "diag/gather/certificate.h"
#include "diag/gather/file.h"
#include "diag/gather/machine.h"
#include "diag/gather/registry_source.h"
#include "diag/read/certificate_blob.h"
#include "diag/read/machine_path.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { BINDINGS, BY_NAME, STORE, KEYS };
enum { THUMBPRINT_SIZE = 20, PORT_MOST = 65535 };

#define PARAMETERS REGISTRY_MACHINE "SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\"

static const char *const keys[KEYS + 1] = {
    [BINDINGS] = PARAMETERS "SslBindingInfo",
    [BY_NAME] = PARAMETERS "SslSniBindingInfo",
    [STORE] = REGISTRY_MACHINE "SOFTWARE\\Microsoft\\SystemCertificates\\MY\\Certificates",
};

static bool is_wanted(const struct registry_value *value)
{
    static const char *const names[] = {"SslCertHash", "SslCertStoreName", "AppId", "Blob"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_equal_fold(value->name, names[i]))
            return true;
    }
    return false;
}

/* The name of the key right below this one; NULL for any other key. */
static const char *name_below(const char *key, unsigned wanted)
{
    const char *slash = strrchr(key, '\\');
    struct arena memory = {0};
    bool is_below;

    if (!slash || !registry_is_key(key, keys[wanted], true))
        return NULL;
    is_below =
        registry_is_key(arena_copy(&memory, key, (size_t)(slash - key)), keys[wanted], false);
    arena_release(&memory);
    return is_below ? slash + 1 : NULL;
}

static const char *keep(const char *text, struct arena *arena)
{
    return arena_copy(arena, text, text_fit(text, strlen(text), BOUND_ENDPOINT_MOST));
}

/* ---- bindings ---- */

static unsigned port_of(const char *endpoint)
{
    const char *colon = strrchr(endpoint, ':');
    char *end = NULL;
    unsigned long port;

    if (!colon || colon[1] < '0' || colon[1] > '9')
        return 0;
    port = strtoul(colon + 1, &end, 10);
    return *end || port > PORT_MOST ? 0 : (unsigned)port;
}

/* A hash of another size, or a value of another type, is none. */
static const char *thumbprint_of(const struct registry_value *value, struct arena *arena)
{
    struct buffer text;

    if (!value || value->type != REGISTRY_BINARY || value->size != THUMBPRINT_SIZE)
        return "";
    buffer_init(&text, 2 * THUMBPRINT_SIZE + 1);
    for (size_t i = 0; i < value->size; i++)
        buffer_print(&text, "%02x", value->bytes[i]);
    return buffer_keep(&text, arena);
}

static struct certificate_binding binding_at(const struct registry_export *export, const char *key,
                                             const char *name, struct arena *arena)
{
    const char *store = registry_source_text(export, key, "SslCertStoreName");

    return (struct certificate_binding){
        .endpoint = keep(name, arena),
        .port = port_of(name),
        .thumbprint = thumbprint_of(registry_find(export, key, "SslCertHash"), arena),
        .store = store ? keep(store, arena) : "MY",
    };
}

/* Values of one key stand together. False: there are more than are kept. */
static bool take_bindings(const struct registry_export *export, unsigned wanted,
                          struct bound_certificates *all, struct certificate_binding *list)
{
    const char *last = NULL;

    for (size_t i = 0; i < export->count; i++) {
        const char *key = export->values[i].key, *name = name_below(key, wanted);

        if (!name || (last && text_equal_fold(key, last)))
            continue;
        last = key;
        if (all->binding_count == BOUND_BINDINGS_MOST)
            return false;
        list[all->binding_count] = binding_at(export, key, name, &all->evidence.memory);
        list[all->binding_count++].is_by_name = wanted == BY_NAME;
    }
    return true;
}

/* ---- the store ---- */

/* One that is not the certificate of its key is left unread: Windows finds it by its own hash. */
static struct stored_certificate certificate_at(const struct registry_value *value,
                                                const char *name, struct arena *arena)
{
    struct stored_certificate one = {.thumbprint = keep(name, arena), .subject = ""}, read = one;
    struct certificate_blob blob;

    if (value->type == REGISTRY_BINARY &&
        certificate_blob_read(value->bytes, value->size, &blob) == STATUS_OK &&
        certificate_read_stored(blob.der, blob.size, arena, &read) &&
        text_equal_fold(read.thumbprint, name)) {
        read.has_key = blob.has_key;
        return read;
    }
    return one;
}

static bool take_certificates(const struct registry_export *export, struct bound_certificates *all,
                              struct stored_certificate *list)
{
    for (size_t i = 0; i < export->count; i++) {
        const struct registry_value *value = &export->values[i];
        const char *name = name_below(value->key, STORE);

        if (!name || !text_equal_fold(value->name, "Blob"))
            continue;
        if (all->certificate_count == BOUND_CERTIFICATES_MOST)
            return false;
        list[all->certificate_count++] = certificate_at(value, name, &all->evidence.memory);
    }
    return true;
}

/* ---- what a registry says ---- */

static bool covers(const struct registry_export *export, unsigned key)
{
    return (export->covered >> key & 1) && !export->is_cut;
}

/* What was never bound by a name has no key of that: it is enough that it would be there. */
static void take_export(const struct registry_export *export, struct bound_certificates *all)
{
    struct arena *arena = &all->evidence.memory;
    struct certificate_binding *bindings = arena_new(arena, BOUND_BINDINGS_MOST, sizeof *bindings);
    struct stored_certificate *certificates =
        arena_new(arena, BOUND_CERTIFICATES_MOST, sizeof *certificates);

    all->bindings = bindings;
    all->knows_bindings = take_bindings(export, BINDINGS, all, bindings) &&
                          take_bindings(export, BY_NAME, all, bindings) &&
                          covers(export, BINDINGS) && covers(export, BY_NAME);
    all->certificates = certificates;
    all->knows_store = take_certificates(export, all, certificates) && covers(export, STORE);
}

static struct registry_text *begin(void)
{
    struct registry_text *reader = registry_text_new(keys);

    registry_text_only(reader, is_wanted);
    return reader;
}

/* `covered`: a bit for each key of which it is known otherwise that nothing is missing. */
static enum status end(struct registry_text *reader, uint64_t covered,
                       struct bound_certificates *all)
{
    struct registry_export export;
    struct arena memory = {0};

    registry_text_end(reader, &memory, &export);
    export.covered |= covered;
    take_export(&export, all);
    arena_release(&memory);
    return all->knows_bindings || all->knows_store || all->binding_count > 0 ||
                   all->certificate_count > 0
               ? STATUS_OK
               : STATUS_NOT_FOUND;
}

/* ---- files ---- */

static enum status read_text(struct text_file *text, struct bound_certificates *all,
                             const char **reason)
{
    struct registry_text *reader;
    enum status status;

    if (!registry_source_is_file(text)) {
        *reason = "it is no registry export and no output of reg query";
        return STATUS_INVALID;
    }
    reader = begin();
    registry_source_lines(text, reader);
    status = end(reader, 0, all);
    if (status == STATUS_NOT_FOUND)
        *reason = "it has no key of certificates that are bound or stored";
    return status;
}

static enum status read_file(struct bound_certificates *all, const char **reason)
{
    struct text_file *text;
    FILE *file;
    enum status status = gather_file_open(all->path, &file, reason);

    if (status != STATUS_OK)
        return status;
    text = text_file_new(file);
    status = read_text(text, all, reason);
    text_file_free(text);
    if (ferror(file)) {
        status = STATUS_IO;
        *reason = NULL;
    }
    fclose(file);
    return status;
}

/* ---- machines ---- */

/* What a closed key has is not known; where all are closed, the first says why. */
static enum status read_machine(const char *machine, struct bound_certificates *all,
                                const char **reason)
{
    struct registry_text *reader = begin();
    enum status first = STATUS_OK;
    uint64_t covered = 0;

    for (size_t i = 0; i < KEYS; i++) {
        enum status status = platform_registry_walk(machine, keys[i] + sizeof REGISTRY_MACHINE - 1,
                                                    registry_source_take, reader);

        if (status == STATUS_OK || status == STATUS_NOT_FOUND)
            covered |= (uint64_t)1 << i;
        else if (first == STATUS_OK)
            first = status;
        if (machine_registry_is_lost(status))
            break;
    }
    (void)end(reader, covered, all);
    if (covered)
        return STATUS_OK;
    *reason = machine_reason(machine, MACHINE_REGISTRY, first);
    return first;
}

void gather_bound_certificates(struct evidence *item)
{
    struct bound_certificates *all = (struct bound_certificates *)item;
    const char *machine = machine_in_path(all->path), *reason = NULL;
    enum status status = machine ? read_machine(machine, all, &reason) : read_file(all, &reason);

    item->settled = true;
    if (status == STATUS_OK)
        return;
    all->bindings = NULL;
    all->certificates = NULL;
    all->binding_count = all->certificate_count = 0;
    all->knows_bindings = all->knows_store = false;
    evidence_fail(item, status, reason);
}
