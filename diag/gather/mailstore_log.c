#include "diag/gather/mailstore_log.h"

#include "diag/gather/file.h"
#include "diag/gather/text_lines.h"

#include <string.h>

static void add_line(void *context, const char *line, size_t size)
{
    mailstore_add(context, line, size);
}

/* Of a line one byte more than its reader takes, so that it sees what is too long. */
static enum status read_file(FILE *file, struct mailstore_digest *digest, const char **reason)
{
    struct text_file *text = text_file_new(file);
    enum status status = STATUS_OK;

    if (text_file_type(text) == FILE_TYPE_MAILSTORE_LOG) {
        struct mailstore_reader *reader = mailstore_reader_new();

        text_lines(text, MAILSTORE_LINE_MOST + 1, add_line, reader);
        mailstore_end(reader, &digest->evidence.memory, &digest->log);
    } else {
        status = STATUS_INVALID;
        *reason = "it is no MailStore job log";
    }
    text_file_free(text);
    return ferror(file) ? STATUS_IO : status;
}

void gather_mailstore_log(struct evidence *item)
{
    struct mailstore_digest *digest = (struct mailstore_digest *)item;
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
