#include "diag/gather/mail_log.h"

#include "diag/gather/file.h"
#include "diag/gather/text_file.h"

#include <string.h>

static bool is_mail_log(enum file_type type)
{
    return type == FILE_TYPE_SMTP_SEND_LOG || type == FILE_TYPE_TRACKING_LOG ||
           type == FILE_TYPE_QUEUE_LIST || type == FILE_TYPE_NDR;
}

/* `line` holds what earlier pieces had of a line, one byte more than its reader takes at most. */
static void add_piece(struct mail_log_reader *reader, struct buffer *line, const char *text,
                      size_t size)
{
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t part = end ? (size_t)(end - text) : size;

        if (end && line->size == 0) {
            mail_log_add(reader, text, part);
        } else {
            buffer_add(line, text, part);
            if (end) {
                mail_log_add(reader, line->text, line->size);
                buffer_clear(line);
            }
        }
        part += end != NULL;
        text += part;
        size -= part;
    }
}

static void read_log(struct text_file *file, struct arena *arena, struct mail_log *out)
{
    struct mail_log_reader *reader = mail_log_reader_new(text_file_type(file));
    struct buffer line;
    const char *text;
    size_t size;

    buffer_init(&line, MAIL_LOG_LINE_MOST + 1);
    while ((size = text_file_next(file, &text)) > 0)
        add_piece(reader, &line, text, size);
    if (line.size > 0)
        mail_log_add(reader, line.text, line.size);
    buffer_release(&line);
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
