#include "diag/gather/directory_file.h"

#include "diag/gather/directory_pick.h"
#include "diag/gather/file.h"
#include "diag/gather/text_file.h"
#include "diag/read/setspn_text.h"

enum { SETSPN_MOST = 64 << 20 }; /* bytes: a forest's duplicates are a few kilobytes */

static void take_entry(void *context, const struct ldif_entry *entry)
{
    directory_pick_add(context, entry);
}

static enum status read_ldif(struct text_file *text, struct directory_file *file)
{
    struct directory_pick *pick = directory_pick_new(&file->evidence.memory);
    struct ldif *reader = ldif_new(take_entry, pick);
    struct ldif_account account;
    const char *piece;
    size_t size;

    while ((size = text_file_next(text, &piece)) > 0)
        ldif_feed(reader, piece, size);
    ldif_end(reader, &account);
    directory_pick_end(pick, file);
    file->seen = account.entries + account.damaged;
    file->damaged = account.damaged;
    file->result = account.result;
    file->cut_off = account.cut_off;
    return STATUS_OK;
}

static void take_accounts(const struct setspn_text *read, struct directory_file *file)
{
    struct directory_pick *pick = directory_pick_new(&file->evidence.memory);

    for (size_t i = 0; i < read->account_count; i++) {
        const struct setspn_account *account = &read->accounts[i];

        directory_pick_account(pick, account->dn, account->names, account->name_count,
                               account->is_whole);
    }
    directory_pick_end(pick, file);
    file->seen = read->account_count;
    file->more = file->more || read->more;
}

static enum status read_setspn(struct text_file *text, struct directory_file *file)
{
    struct arena scratch = {0};
    struct setspn_text read;
    struct buffer whole;
    const char *piece;
    enum status status;
    size_t size;

    buffer_init(&whole, SETSPN_MOST);
    while (!whole.truncated && (size = text_file_next(text, &piece)) > 0)
        buffer_add(&whole, piece, size);
    status =
        whole.truncated ? STATUS_TOO_LARGE : setspn_read(whole.text, whole.size, &scratch, &read);
    if (status == STATUS_OK)
        take_accounts(&read, file);
    buffer_release(&whole);
    arena_release(&scratch);
    return status;
}

static enum status read_file(FILE *stream, struct directory_file *file, const char **reason)
{
    struct text_file *text = text_file_new(stream);
    enum status status = STATUS_INVALID;

    file->type = text_file_type(text);
    if (file->type == FILE_TYPE_LDIF)
        status = read_ldif(text, file);
    else if (file->type == FILE_TYPE_SETSPN)
        status = read_setspn(text, file);
    else
        *reason = "it is no export of a directory (LDIF) and no output of setspn";
    text_file_free(text);
    return ferror(stream) ? STATUS_IO : status;
}

void gather_directory_file(struct evidence *item)
{
    struct directory_file *file = (struct directory_file *)item;
    const char *reason = NULL;
    FILE *stream;
    enum status status = gather_file_open(file->path, &stream, &reason);

    file->result = -1;
    if (status == STATUS_OK) {
        status = read_file(stream, file, &reason);
        fclose(stream);
    }
    item->settled = true;
    if (status == STATUS_OK)
        return;
    file->type = FILE_TYPE_UNKNOWN;
    file->entries = NULL;
    file->is_whole = NULL;
    file->entry_count = 0;
    file->seen = file->damaged = 0;
    file->result = -1;
    file->cut_off = file->more = file->fewer_computers = false;
    evidence_fail(item, status, reason);
}
