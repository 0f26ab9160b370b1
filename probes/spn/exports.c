#include "probes/spn/exports.h"

#include "diag/read/dns_name.h"
#include "diag/text.h"

#include <string.h>

bool spn_export_is_cut(const struct directory_file *file)
{
    return file->cut_off || file->more || file->damaged > 0 || file->result > 0;
}

static void add_file(struct examination *x, struct spn_exports *exports, const char *path)
{
    const struct file_digest *digest = ask_file(x, path);
    const struct directory_file *file;

    if (!digest) {
        exports->is_pending = true;
        return;
    }
    if (digest->evidence.status != STATUS_OK || !(SPN_EXPORT_FILES & PROBE_READS(digest->type)))
        return;
    file = ask_directory_file(x, path);
    if (!file) {
        exports->is_pending = true;
        return;
    }
    if (file->evidence.status != STATUS_OK)
        return;
    if (spn_export_is_cut(file))
        exports->cut = file;
    if (file->fewer_computers)
        exports->fewer = file;
    exports->files = arena_grow(pass_memory(x), exports->files, &exports->room, exports->count,
                                sizeof *exports->files);
    exports->files[exports->count++] = file;
    spn_library_add(&exports->library, spn_book_of_file(file), pass_memory(x));
}

/* ---- what they say of servers ---- */

static bool is_listed(const struct spn_servers *servers, const struct spn_account *account)
{
    for (size_t i = 0; i < servers->count; i++) {
        const struct spn_server *server = &servers->list[i];

        if (server->host && account->host ? dns_name_equal(server->host, account->host)
                                          : text_equal_fold(server->name, account->name))
            return true;
    }
    return false;
}

/* It has a name of SMTP that is its own: others are somebody's mistake. */
static bool is_mail_server(const struct spn_account *account)
{
    static const char *const services[] = {"SMTPSVC", "SMTP", "exchangeMDB"};

    for (size_t i = 0; account->is_computer && i < sizeof services / sizeof *services; i++) {
        if (spn_account_has(account, services[i], account->name) ||
            (account->host && spn_account_has(account, services[i], account->host)))
            return true;
    }
    return false;
}

static void add_computer(struct spn_servers *servers, const struct spn_account *account,
                         struct arena *arena)
{
    struct buffer host;

    if (servers->count == SPN_SERVERS_MOST || !is_mail_server(account) ||
        is_listed(servers, account))
        return;
    buffer_init(&host, DNS_NAME_TEXT_SIZE);
    if (account->host)
        dns_name_fold(account->host, &host);
    servers->list[servers->count++] =
        (struct spn_server){.name = account->name,
                            .host = account->host ? buffer_keep(&host, arena) : NULL,
                            .dn = account->dn};
    if (!account->host)
        buffer_release(&host);
}

static void read_file(const struct directory_file *file, struct spn_exports *exports)
{
    const struct spn_servers *servers = spn_book_servers(spn_book_of_file(file));

    for (size_t i = 0; i < servers->count && exports->servers.count < SPN_SERVERS_MOST; i++)
        exports->servers.list[exports->servers.count++] = servers->list[i];
    if (servers->count > 0)
        exports->servers_source = &file->evidence;
    for (size_t i = 0; i < file->entry_count && !exports->mappings; i++)
        exports->mappings = directory_attribute_of(&file->entries[i], "sPNMappings");
}

const struct spn_exports *spn_exports_of(struct examination *x)
{
    struct arena *arena = pass_memory(x);
    struct spn_exports *exports = arena_new(arena, 1, sizeof *exports);
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);

    for (size_t i = 0; i < files.count; i++)
        add_file(x, exports, files.list[i]->name);
    if (exports->count == 0 || exports->is_pending)
        return exports;
    exports->servers.list = arena_new(arena, SPN_SERVERS_MOST, sizeof *exports->servers.list);
    for (size_t i = 0; i < exports->count; i++)
        read_file(exports->files[i], exports);
    for (size_t i = 0; i < exports->library.count; i++) {
        size_t count;
        const struct spn_account *accounts = spn_book_accounts(exports->library.books[i], &count);

        for (size_t k = 0; k < count; k++)
            add_computer(&exports->servers, &accounts[k], arena);
    }
    return exports;
}
