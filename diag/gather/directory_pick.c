#include "diag/gather/directory_pick.h"

#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

/* Who gives way to whom where there are too many. */
enum rank { COMPUTER, MAIL, RANKS, NOTHING };

enum wholeness { NOT_WHOLE, WHOLE, WHOLE_IF_EXPORTED };

struct picked {
    struct directory_entry entry;
    uint64_t number; /* in the order of the file */
    size_t bytes;
    enum wholeness wholeness;
};

struct shelf { /* bounded by itself: either kind alone may fill the answer */
    struct picked *picked;
    size_t count, room, bytes;
};

struct directory_pick {
    struct shelf shelves[RANKS];
    struct arena *memory;
    uint64_t number;
    bool has_names; /* some entry has service principal names: the export is not without them */
    bool is_full[RANKS]; /* and had no room for another */
};

struct directory_pick *directory_pick_new(struct arena *memory)
{
    struct directory_pick *pick = memory_new(1, sizeof *pick);

    pick->memory = memory;
    return pick;
}

/* ---- attributes ---- */

/* X(name, its entry has to do with mail) */
#define ATTRIBUTE_LIST(X)                                                                          \
    X(OBJECT_CLASS, "objectClass", false)                                                          \
    X(SPN, "servicePrincipalName", false)                                                          \
    X(ACCOUNT, "sAMAccountName", false)                                                            \
    X(MAPPINGS, "sPNMappings", true)                                                               \
    X(RECEIVE_FQDN, "msExchSMTPReceiveConnectorFQDN", true)                                        \
    X(SERVER_FQDN, "msExchSmtpFullyQualifiedDomainName", true)                                     \
    X(SMART_HOST, "msExchSmtpSmartHost", true)                                                     \
    X(SECURITY_FLAG, "msExchSMTPReceiveInboundSecurityFlag", false)                                \
    X(BINDINGS, "msExchSMTPReceiveBindings", false)                                                \
    X(SERVER_BINDINGS, "msExchServerBindings", false)                                              \
    X(ROLES, "msExchCurrentServerRoles", false)                                                    \
    X(NETWORK_ADDRESS, "networkAddress", false)                                                    \
    X(SERIAL_NUMBER, "serialNumber", false)                                                        \
    X(VERSION_NUMBER, "versionNumber", false)                                                      \
    X(CN, "cn", false)                                                                             \
    X(NAME, "name", false)                                                                         \
    X(DNS_HOST_NAME, "dNSHostName", false)                                                         \
    X(MORE_HOST_NAMES, "msDS-AdditionalDnsHostName", false)                                        \
    X(ENCRYPTION, "msDS-SupportedEncryptionTypes", false)                                          \
    X(PRINCIPAL, "userPrincipalName", false)                                                       \
    X(CONTROL, "userAccountControl", false)                                                        \
    X(SYSTEM, "operatingSystem", false)                                                            \
    X(SYSTEM_VERSION, "operatingSystemVersion", false)                                             \
    X(CHANGED, "whenChanged", false)

enum attribute {
#define X(id, name, is_of_mail) id,
    ATTRIBUTE_LIST(X)
#undef X
        ATTRIBUTES
};

static const struct {
    const char *name;
    size_t size;
    bool is_of_mail;
} attributes[ATTRIBUTES] = {
#define X(id, name, is_of_mail) {name, sizeof name - 1, is_of_mail},
    ATTRIBUTE_LIST(X)
#undef X
};

/* ATTRIBUTES: none that is kept. Of options only ranges are, and `range` is then theirs. */
static enum attribute attribute_of(const char *text, const char **range)
{
    static const char option[] = ";range=";
    size_t size = strcspn(text, ";");
    unsigned i = 0;

    *range = NULL;
    if (text[size] && !text_starts_fold(text + size, strlen(text + size), option))
        return ATTRIBUTES;
    if (text[size])
        *range = text + size + sizeof option - 1;
    while (i < ATTRIBUTES && (attributes[i].size != size ||
                              !text_equal_fold_sized(attributes[i].name, size, text, size)))
        i++;
    return (enum attribute)i;
}

/* ---- names ---- */

static bool is_service(const struct ldif_value *value, const char *service)
{
    size_t size = strlen(service);

    return value->size > size && value->bytes[size] == '/' &&
           text_starts_fold(value->bytes, value->size, service);
}

static bool is_mail_name(const struct ldif_value *value)
{
    return is_service(value, "SMTPSVC") || is_service(value, "SMTP") ||
           is_service(value, "exchangeMDB") || is_service(value, "exchangeRFR") ||
           is_service(value, "exchangeAB");
}

/* By these an alternate service account of Exchange is told from a machine's. */
static bool is_web_name(const struct ldif_value *value)
{
    return is_service(value, "HTTP");
}

static bool is_host_name(const struct ldif_value *value)
{
    return is_service(value, "HOST");
}

static bool is_text(const struct ldif_value *value, const char *text)
{
    return text_equal_fold_sized(value->bytes, value->size, text, strlen(text));
}

/* ---- which entries ---- */

static bool is_mail_class(const struct ldif_value *value)
{
    return is_text(value, "msExchExchangeServer") || is_text(value, "msExchSmtpReceiveConnector") ||
           is_text(value, "protocolCfgSMTPServer") || is_text(value, "msExchRoutingSMTPConnector");
}

static enum rank rank_of_value(enum attribute attribute, const struct ldif_value *value)
{
    if (attributes[attribute].is_of_mail)
        return MAIL;
    if (attribute == OBJECT_CLASS)
        return is_mail_class(value) ? MAIL : is_text(value, "computer") ? COMPUTER : NOTHING;
    if (attribute == SPN)
        return is_mail_name(value) ? MAIL : is_host_name(value) ? COMPUTER : NOTHING;
    if (attribute == ACCOUNT && value->size > 0 && value->bytes[value->size - 1] == '$')
        return COMPUTER;
    return NOTHING;
}

static enum rank rank_of(struct directory_pick *pick, const struct ldif_entry *entry)
{
    enum rank rank = NOTHING;

    for (size_t i = 0; i < entry->count; i++) {
        const char *range;
        enum attribute attribute = attribute_of(entry->values[i].attribute, &range);
        enum rank of_value;

        if (attribute == ATTRIBUTES)
            continue;
        pick->has_names = pick->has_names || attribute == SPN;
        of_value = rank_of_value(attribute, &entry->values[i]);
        if (of_value == MAIL)
            rank = MAIL;
        else if (rank == NOTHING)
            rank = of_value;
    }
    return rank;
}

/* ---- what is kept of one ---- */

static bool is_kept(enum attribute attribute, const struct ldif_value *value)
{
    return attribute != ATTRIBUTES &&
           (attribute != SPN || is_mail_name(value) || is_host_name(value) || is_web_name(value));
}

/* "0-1499" is a part; "0-*" is all. */
static bool is_part(const char *range)
{
    return range && strcmp(range, "0-*") != 0;
}

static enum wholeness wholeness_of(const struct ldif_entry *entry)
{
    enum wholeness wholeness = WHOLE_IF_EXPORTED;

    for (size_t i = 0; i < entry->count; i++) {
        const char *range;

        if (attribute_of(entry->values[i].attribute, &range) != SPN)
            continue;
        if (is_part(range))
            return NOT_WHOLE;
        wholeness = WHOLE;
    }
    return wholeness;
}

/* Room for the values of each attribute; where they are to go is in `places`. */
static void add_attributes(struct directory_pick *pick, const struct ldif_entry *entry,
                           struct directory_value **places, struct directory_entry *out)
{
    size_t counts[ATTRIBUTES] = {0}, kinds = 0;
    struct directory_attribute *list;
    const char *range;

    for (size_t i = 0; i < entry->count; i++) {
        enum attribute attribute = attribute_of(entry->values[i].attribute, &range);

        if (is_kept(attribute, &entry->values[i]) && counts[attribute]++ == 0)
            kinds++;
    }
    list = arena_new(pick->memory, kinds, sizeof *list);
    for (unsigned i = 0; i < ATTRIBUTES; i++) {
        if (counts[i] == 0)
            continue;
        places[i] = arena_new(pick->memory, counts[i], sizeof **places);
        list[out->attribute_count++] =
            (struct directory_attribute){attributes[i].name, places[i], counts[i]};
    }
    out->attributes = list;
}

static void copy_entry(struct directory_pick *pick, const struct ldif_entry *entry,
                       struct picked *out)
{
    struct directory_value *places[ATTRIBUTES] = {NULL};
    const char *range;

    out->entry.dn = arena_copy_string(pick->memory, entry->dn);
    out->bytes = strlen(entry->dn) + 1;
    add_attributes(pick, entry, places, &out->entry);
    for (size_t i = 0; i < entry->count; i++) {
        const struct ldif_value *value = &entry->values[i];
        enum attribute attribute = attribute_of(value->attribute, &range);

        if (!is_kept(attribute, value))
            continue;
        *places[attribute]++ = (struct directory_value){
            arena_copy(pick->memory, value->bytes, value->size), value->size};
        out->bytes += value->size + 1 + sizeof(struct directory_value);
    }
}

/* ---- shelves ---- */

/* Once it is full, it is: what was copied last may go beyond by one entry (LDIF_ENTRY_MOST). */
static struct picked *place_for(struct directory_pick *pick, enum rank rank)
{
    struct shelf *shelf = &pick->shelves[rank];

    if (shelf->count == DIRECTORY_ENTRIES_MOST || shelf->bytes >= DIRECTORY_BYTES_MOST) {
        pick->is_full[rank] = true;
        return NULL;
    }
    shelf->picked = memory_grow(shelf->picked, &shelf->room, shelf->count, sizeof *shelf->picked);
    shelf->picked[shelf->count] = (struct picked){.number = pick->number++};
    return &shelf->picked[shelf->count++];
}

static void shelve(struct directory_pick *pick, enum rank rank, const struct ldif_entry *entry,
                   enum wholeness wholeness)
{
    struct picked *place = place_for(pick, rank);

    if (!place)
        return;
    copy_entry(pick, entry, place);
    place->wholeness = wholeness;
    pick->shelves[rank].bytes += place->bytes;
}

void directory_pick_add(struct directory_pick *pick, const struct ldif_entry *entry)
{
    enum rank rank = rank_of(pick, entry);

    if (rank != NOTHING)
        shelve(pick, rank, entry, wholeness_of(entry));
}

void directory_pick_account(struct directory_pick *pick, const char *dn, const char *const *names,
                            size_t count, bool is_whole)
{
    struct ldif_value *values = memory_new(count + 1, sizeof *values);
    struct ldif_entry entry = {dn, values, count};

    for (size_t i = 0; i < count; i++)
        values[i] = (struct ldif_value){attributes[SPN].name, names[i], strlen(names[i])};
    if (is_whole || rank_of(pick, &entry) != NOTHING)
        shelve(pick, MAIL, &entry, is_whole ? WHOLE : NOT_WHOLE);
    free(values);
}

/* ---- the whole ---- */

/* How many of the computers there is room for beside what has to do with mail. */
static size_t computers_that_fit(const struct directory_pick *pick)
{
    const struct shelf *mail = &pick->shelves[MAIL], *computers = &pick->shelves[COMPUTER];
    size_t bytes = mail->bytes, count = 0;

    while (count < computers->count && mail->count + count < DIRECTORY_ENTRIES_MOST &&
           bytes < DIRECTORY_BYTES_MOST)
        bytes += computers->picked[count++].bytes;
    return count;
}

static void add_entry(const struct directory_pick *pick, const struct picked *picked,
                      struct directory_file *file)
{
    file->entries[file->entry_count] = picked->entry;
    file->is_whole[file->entry_count++] =
        picked->wholeness == WHOLE || (picked->wholeness == WHOLE_IF_EXPORTED && pick->has_names);
}

void directory_pick_end(struct directory_pick *pick, struct directory_file *file)
{
    const struct shelf *mail = &pick->shelves[MAIL], *computers = &pick->shelves[COMPUTER];
    size_t fit = computers_that_fit(pick), i = 0, j = 0;

    file->more = pick->is_full[MAIL];
    file->fewer_computers = pick->is_full[COMPUTER] || fit < computers->count;
    file->entries = arena_new(pick->memory, mail->count + fit, sizeof *file->entries);
    file->is_whole = arena_new(pick->memory, mail->count + fit, sizeof *file->is_whole);
    while (i < mail->count || j < fit) {
        bool is_mail =
            j == fit || (i < mail->count && mail->picked[i].number < computers->picked[j].number);

        add_entry(pick, is_mail ? &mail->picked[i++] : &computers->picked[j++], file);
    }
    free(pick->shelves[MAIL].picked);
    free(pick->shelves[COMPUTER].picked);
    free(pick);
}
