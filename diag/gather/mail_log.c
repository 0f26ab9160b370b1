#include "diag/gather/mail_log.h"

#include "diag/gather/file.h"
#include "diag/gather/text_lines.h"

#include <string.h>

static bool is_mail_log(enum file_type type)
{
    return type == FILE_TYPE_SMTP_SEND_LOG || type == FILE_TYPE_TRACKING_LOG ||
           type == FILE_TYPE_QUEUE_LIST || type == FILE_TYPE_NDR;
}

static void add_line(void *context, const char *line, size_t size)
{
    mail_log_add(context, line, size);
}

/* Of a line one byte more than its reader takes, so that it sees what is too long. */
static void read_log(struct text_file *file, struct arena *arena, struct mail_log *out)
{
    struct mail_log_reader *reader = mail_log_reader_new(text_file_type(file));

    text_lines(file, MAIL_LOG_LINE_MOST + 1, add_line, reader);
    mail_log_end(reader, arena, out);
}

void gather_mail_log(struct evidence *item)
{
    struct mail_log_digest *digest = (struct mail_log_digest *)item;
    struct text_file *text = NULL;
    const char *reason = NULL;
    FILE *file = NULL;
    enum status status = gather_file_open(digest->path, &file, &reason);

    if (status != STATUS_OK)
        goto out;
    text = text_file_new(file);
    if (is_mail_log(text_file_type(text))) {
        read_log(text, &item->memory, &digest->log);
        status = ferror(file) ? STATUS_IO : STATUS_OK;
    } else {
        status = STATUS_INVALID;
        reason = "it is none of the records that a sender keeps";
    }
    item->settled = true;
out:
    if (text)
        text_file_free(text);
    if (file)
        fclose(file);
    if (status != STATUS_OK) {
        memset(&digest->log, 0, sizeof digest->log);
        evidence_fail(item, status, reason);
    }
}
