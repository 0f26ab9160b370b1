#include "diag/gather/machine_files.h"

#include "diag/buffer.h"
#include "diag/gather/file.h"
#include "diag/gather/machine.h"
#include "diag/platform.h"
#include "diag/read/pe_version.h"

/* NULL for what is no program, or has none. */
static const char *version_of(FILE *stream, struct arena *arena)
{
    enum { PIECE = 65536 };
    struct arena names = {0};
    struct pe_version version;
    struct buffer bytes;
    char piece[PIECE];
    enum status status;
    size_t size;

    buffer_init(&bytes, PE_BYTES_MOST);
    while (!bytes.truncated && (size = fread(piece, 1, sizeof piece, stream)) > 0)
        buffer_add(&bytes, piece, size);
    status = pe_version_read(bytes.text, bytes.size, &names, &version);
    buffer_release(&bytes);
    arena_release(&names);
    if (status != STATUS_OK)
        return NULL;
    return arena_print(arena, "%u.%u.%u.%u", version.file[0], version.file[1], version.file[2],
                       version.file[3]);
}

/* One that is there and may not be read is there. */
static void describe(const char *path, struct arena *arena, struct listed_file *file)
{
    const char *reason;
    FILE *stream;

    file->presence = FILE_PRESENT;
    if (gather_file_open(path, &stream, &reason) != STATUS_OK)
        return;
    file->has_size = platform_file_size(stream, &file->size) == STATUS_OK;
    rewind(stream);
    file->version = version_of(stream, arena);
    fclose(stream);
}

static enum status look(const char *machine, const char *path, struct arena *arena,
                        struct listed_file *file, const char **reason)
{
    FILE *stream;
    enum status status;

    switch (platform_file_kind(path)) {
    case PLATFORM_FILE:
        describe(path, arena, file);
        return STATUS_OK;
    case PLATFORM_NO_FILE:
    case PLATFORM_FOLDER:
        file->presence = FILE_ABSENT;
        return STATUS_OK;
    default:
        status = machine_open(machine, path, &stream, reason);
        if (status == STATUS_OK)
            fclose(stream);
        if (*reason && status != STATUS_INVALID)
            return status;
        *reason = "it is no file that can be looked at";
        return STATUS_NOT_FOLLOWED;
    }
}

enum status machine_files_look(const char *machine, const char *setting, struct arena *arena,
                               struct file_list *out, const char **reason)
{
    struct listed_file *file = arena_new(arena, 1, sizeof *file);
    struct arena memory = {0};
    const char *path;
    enum status status = machine_path(machine, NULL, setting, &memory, &path, reason);

    *out = (struct file_list){.files = file, .count = 1};
    file->path = arena_copy_string(arena, setting);
    if (status == STATUS_OK) {
        status = look(machine, path, arena, file, reason);
    } else if (status == STATUS_NOT_FOUND) { /* the drive that it is on */
        file->presence = FILE_ABSENT;
        status = STATUS_OK;
    }
    arena_release(&memory);
    if (status != STATUS_OK)
        *out = (struct file_list){0};
    return status;
}
