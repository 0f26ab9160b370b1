#include "diag/gather/windows_features.h"

#include "diag/gather/file.h"
#include "diag/gather/machine_features.h"
#include "diag/gather/text_file.h"
#include "diag/read/machine_path.h"

static enum status read_text(struct text_file *text, struct windows_features *features)
{
    struct buffer whole;
    const char *piece;
    enum status status;
    size_t size;

    buffer_init(&whole, FEATURE_LIST_BYTES_MOST + 1);
    while (!whole.truncated && (size = text_file_next(text, &piece)) > 0)
        buffer_add(&whole, piece, size);
    status =
        windows_feature_read(whole.text, whole.size, &features->evidence.memory, &features->list);
    buffer_release(&whole);
    return status == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}

static enum status read_file(struct windows_features *features, const char **reason)
{
    struct text_file *text;
    FILE *file;
    enum status status = gather_file_open(features->path, &file, reason);

    if (status != STATUS_OK)
        return status;
    text = text_file_new(file);
    status = STATUS_INVALID;
    *reason = "it is no list of Windows' features";
    if (text_file_type(text) == FILE_TYPE_WINDOWS_FEATURES)
        status = read_text(text, features);
    text_file_free(text);
    if (ferror(file)) {
        status = STATUS_IO;
        *reason = NULL;
    }
    fclose(file);
    return status;
}

static enum status read_machine(const char *machine, struct windows_features *features,
                                const char **reason)
{
    return machine_features_read(machine, &features->evidence.memory, &features->list, reason);
}

void gather_windows_features(struct evidence *item)
{
    struct windows_features *features = (struct windows_features *)item;
    const char *machine = machine_in_path(features->path), *reason = NULL;
    enum status status =
        machine ? read_machine(machine, features, &reason) : read_file(features, &reason);

    item->settled = true;
    if (status == STATUS_OK)
        return;
    features->list = (struct windows_feature_list){0};
    evidence_fail(item, status, reason);
}
