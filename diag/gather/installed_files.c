#include "diag/gather/installed_files.h"

#include "diag/gather/file.h"
#include "diag/gather/machine_files.h"
#include "diag/gather/text_file.h"
#include "diag/read/machine_path.h"

static enum status read_text(struct text_file *text, struct installed_files *files)
{
    struct buffer whole;
    const char *piece;
    enum status status;
    size_t size;

    buffer_init(&whole, FILE_LIST_BYTES_MOST + 1);
    while (!whole.truncated && (size = text_file_next(text, &piece)) > 0)
        buffer_add(&whole, piece, size);
    status = file_list_read(whole.text, whole.size, &files->evidence.memory, &files->list);
    buffer_release(&whole);
    return status == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}

static enum status read_file(struct installed_files *files, const char **reason)
{
    struct text_file *text;
    FILE *file;
    enum status status = gather_file_open(files->path, &file, reason);

    if (status != STATUS_OK)
        return status;
    text = text_file_new(file);
    status = STATUS_INVALID;
    *reason = "it is no list of files and whether they exist";
    if (text_file_type(text) == FILE_TYPE_FILE_LIST)
        status = read_text(text, files);
    text_file_free(text);
    if (ferror(file)) {
        status = STATUS_IO;
        *reason = NULL;
    }
    fclose(file);
    return status;
}

static enum status read_machine(const char *machine, struct installed_files *files,
                                const char **reason)
{
    return machine_files_look(machine, files->image, &files->evidence.memory, &files->list, reason);
}

void gather_installed_files(struct evidence *item)
{
    struct installed_files *files = (struct installed_files *)item;
    const char *machine = machine_in_path(files->path), *reason = NULL;
    enum status status =
        machine ? read_machine(machine, files, &reason) : read_file(files, &reason);

    item->settled = true;
    if (status == STATUS_OK)
        return;
    files->list = (struct file_list){0};
    evidence_fail(item, status, reason);
}
