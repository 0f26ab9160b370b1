#include "diag/gather/iis_config.h"

#include "diag/gather/file.h"
#include "diag/read/file_type.h"
#include "diag/xml_library.h"

#include <stdio.h>
#include <string.h>

enum { BYTES_MOST = 2 * XML_DOCUMENT_MOST + 2, PIECE = 65536 }; /* of UTF-16, with its mark */

static enum status read_bytes(FILE *file, struct buffer *bytes, const char **reason)
{
    char piece[PIECE];
    size_t size;

    while (!bytes->truncated && (size = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(bytes, piece, size);
    if (ferror(file))
        return STATUS_IO;
    if (!bytes->truncated)
        return STATUS_OK;
    *reason = "a configuration of more than 8 MB is not read";
    return STATUS_TOO_LARGE;
}

static enum status check_type(const struct buffer *bytes, const char **reason)
{
    enum text_encoding encoding;

    if (file_type_of((const unsigned char *)bytes->text, bytes->size, &encoding) ==
        FILE_TYPE_IIS_CONFIG)
        return STATUS_OK;
    *reason = "it is no configuration file of IIS";
    return STATUS_INVALID;
}

static enum status read_config(const struct buffer *bytes, struct iis_config_file *config,
                               const char **reason)
{
    struct arena *memory = &config->evidence.memory;
    struct xml_library library;
    struct xml_problem problem;
    enum status status = xml_library_load(&library, reason);

    if (status != STATUS_OK)
        return status;
    status = iis_config_read(&library, bytes->text, bytes->size, memory, &config->config, &problem);
    if (status != STATUS_OK && problem.line)
        *reason = arena_print(memory, "line %lu: %s", (unsigned long)problem.line, problem.reason);
    else if (status != STATUS_OK)
        *reason = arena_copy_string(memory, problem.reason);
    return status;
}

void gather_iis_config(struct evidence *item)
{
    struct iis_config_file *config = (struct iis_config_file *)item;
    const char *reason = NULL;
    struct buffer bytes;
    FILE *file;
    enum status status = gather_file_open(config->path, &file, &reason);

    buffer_init(&bytes, BYTES_MOST);
    if (status == STATUS_OK) {
        status = read_bytes(file, &bytes, &reason);
        fclose(file);
    }
    if (status == STATUS_OK)
        status = check_type(&bytes, &reason);
    if (status == STATUS_OK)
        status = read_config(&bytes, config, &reason);
    buffer_release(&bytes);
    item->settled = true;
    if (status == STATUS_OK)
        return;
    memset(&config->config, 0, sizeof config->config);
    evidence_fail(item, status, reason);
}
