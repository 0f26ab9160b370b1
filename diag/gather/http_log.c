#include "diag/gather/http_log.h"

#include "diag/gather/file.h"
#include "diag/gather/text_lines.h"

#include <string.h>

static void add_line(void *context, const char *line, size_t size)
{
    http_log_add(context, line, size);
}

static enum status read_file(FILE *file, struct http_log_digest *digest, const char **reason)
{
    struct text_file *text = text_file_new(file);
    enum file_type type = text_file_type(text);
    enum status status = STATUS_OK;

    if (type == FILE_TYPE_IIS_LOG || type == FILE_TYPE_EWS_LOG ||
        type == FILE_TYPE_HTTP_PROXY_LOG) {
        struct http_log_reader *reader = http_log_reader_new(type);

        text_lines(text, HTTP_LOG_LINE_MOST + 1, add_line, reader);
        http_log_end(reader, &digest->evidence.memory, &digest->log);
    } else {
        status = STATUS_INVALID;
        *reason = "it is no log of web requests, neither of IIS nor of Exchange";
    }
    text_file_free(text);
    return ferror(file) ? STATUS_IO : status;
}

void gather_http_log(struct evidence *item)
{
    struct http_log_digest *digest = (struct http_log_digest *)item;
    const char *reason = NULL;
    FILE *file;
    enum status status = gather_file_open(digest->path, &file, &reason);

    if (status == STATUS_OK) {
        status = read_file(file, digest, &reason);
        fclose(file);
    }
    item->settled = true;
    if (status == STATUS_OK)
        return;
    memset(&digest->log, 0, sizeof digest->log);
    evidence_fail(item, status, reason);
}
