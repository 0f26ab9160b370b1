#include "diag/gather/auth_log.h"

#include "diag/gather/file.h"
#include "diag/gather/text_lines.h"

#include <string.h>

static void add_line(void *context, const char *line, size_t size)
{
    smtp_auth_add(context, line, size);
}

/* Of a line one byte more than its reader takes, so that it sees what is too long. */
static void read_log(struct text_file *text, struct arena *arena, struct smtp_auth_log *out)
{
    struct smtp_auth_reader *reader = smtp_auth_reader_new(text_file_type(text));

    text_lines(text, SMTP_AUTH_LINE_MOST + 1, add_line, reader);
    smtp_auth_end(reader, arena, out);
}

static enum status read_file(FILE *file, struct auth_log_digest *digest, const char **reason)
{
    struct text_file *text = text_file_new(file);
    enum file_type type = text_file_type(text);
    enum status status = STATUS_OK;

    if (type == FILE_TYPE_SMTP_RECEIVE_LOG || type == FILE_TYPE_SMTP_SEND_LOG) {
        read_log(text, &digest->evidence.memory, &digest->log);
    } else {
        status = STATUS_INVALID;
        *reason = "it is no SMTP protocol log of Exchange";
    }
    text_file_free(text);
    return ferror(file) ? STATUS_IO : status;
}

void gather_auth_log(struct evidence *item)
{
    struct auth_log_digest *digest = (struct auth_log_digest *)item;
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
