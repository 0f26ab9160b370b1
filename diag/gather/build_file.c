#include "diag/gather/build_file.h"

#include "diag/gather/file.h"
#include "diag/gather/text_file.h"
#include "diag/read/pe_version.h"
#include "diag/text.h"

#include <string.h>

/* ---- programs ---- */

/* As the compiler wrote it, whatever the file is called now. */
static bool is_setup(const struct pe_version *version)
{
    const char *names[] = {version->original_name, version->internal_name};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i] &&
            (text_equal_fold(names[i], "ExSetup.exe") || text_equal_fold(names[i], "ExSetup")))
            return true;
    }
    return false;
}

static const char *other_program(const struct pe_version *version, struct arena *arena)
{
    const char *name = version->original_name ? version->original_name : version->internal_name;

    return arena_print(arena,
                       "it is %s, not ExSetup.exe: no other file is sure to be replaced by "
                       "every update",
                       name ? text_printable(arena, name, strlen(name)) : "another program");
}

static enum status take_version(const struct pe_version *version, struct build_file *file,
                                const char **reason)
{
    struct arena *memory = &file->evidence.memory;
    struct build_entry *entry = arena_new(memory, 1, sizeof *entry);
    uint64_t parts[BUILD_PARTS];

    for (size_t i = 0; i < BUILD_PARTS; i++)
        parts[i] = version->file[i];
    *reason = "its file version is no build of Exchange";
    if (!is_setup(version))
        *reason = other_program(version, memory);
    if (!is_setup(version) || build_number_make(parts, BUILD_PARTS, &entry->number) != STATUS_OK)
        return STATUS_INVALID;
    entry->way = BUILD_BY_SETUP;
    file->list = (struct build_list){.entries = entry, .count = 1};
    return STATUS_OK;
}

static enum status read_program(FILE *stream, struct build_file *file, const char **reason)
{
    enum { PIECE = 65536 };
    struct pe_version version;
    struct buffer bytes;
    char piece[PIECE];
    enum status status;
    size_t size;

    rewind(stream);
    buffer_init(&bytes, PE_BYTES_MOST);
    while (!bytes.truncated && (size = fread(piece, 1, sizeof piece, stream)) > 0)
        buffer_add(&bytes, piece, size);
    status = pe_version_read(bytes.text, bytes.size, &file->evidence.memory, &version);
    if (status == STATUS_OK)
        status = take_version(&version, file, reason);
    else if (status == STATUS_NOT_FOUND)
        *reason = "this program has no version";
    else
        *reason = "this program is damaged, or a part of one";
    buffer_release(&bytes);
    return status == STATUS_NOT_FOUND ? STATUS_INVALID : status;
}

/* ---- text ---- */

static enum status read_text(struct text_file *text, struct build_file *file)
{
    struct buffer whole;
    const char *piece;
    enum status status;
    size_t size;

    buffer_init(&whole, BUILD_LIST_BYTES_MOST + 1);
    while (!whole.truncated && (size = text_file_next(text, &piece)) > 0)
        buffer_add(&whole, piece, size);
    status = build_list_read(whole.text, whole.size, &file->evidence.memory, &file->list);
    buffer_release(&whole);
    return status == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}

static enum status read_file(struct build_file *file, const char **reason)
{
    struct text_file *text;
    FILE *stream;
    enum status status = gather_file_open(file->path, &stream, reason);

    if (status != STATUS_OK)
        return status;
    text = text_file_new(stream);
    status = STATUS_INVALID;
    *reason = "it is neither ExSetup.exe nor what PowerShell prints of builds";
    if (text_file_type(text) == FILE_TYPE_PROGRAM)
        status = read_program(stream, file, reason);
    else if (text_file_type(text) == FILE_TYPE_BUILD_LIST)
        status = read_text(text, file);
    text_file_free(text);
    if (ferror(stream)) {
        status = STATUS_IO;
        *reason = NULL;
    }
    fclose(stream);
    return status;
}

void gather_build_file(struct evidence *item)
{
    struct build_file *file = (struct build_file *)item;
    const char *reason = NULL;
    enum status status = read_file(file, &reason);

    item->settled = true;
    if (status == STATUS_OK)
        return;
    file->list = (struct build_list){0};
    evidence_fail(item, status, reason);
}
