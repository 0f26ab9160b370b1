#include "diag/gather/trace.h"

#include "diag/gather/file.h"
#include "diag/gather/text_file.h"
#include "diag/platform.h"
#include "diag/read/capture.h"
#include "diag/read/netmon_text.h"

static const char reading_failed[] = "reading the file failed on the way";

/* ---- captures ---- */

struct place { /* in the file that a capture is read from */
    FILE *file;
    uint64_t offset;
};

static size_t read_at(void *context, uint64_t offset, void *bytes, size_t size)
{
    struct place *place = context;
    size_t got;

    if (place->offset != offset && platform_file_seek(place->file, offset) != STATUS_OK)
        return 0;
    got = fread(bytes, 1, size, place->file);
    place->offset = offset + got;
    return got;
}

static void read_capture(enum file_type type, FILE *file, struct arena *arena,
                         struct mail_trace *out)
{
    struct place place = {.file = file, .offset = UINT64_MAX};
    const struct capture_source source = {.read = read_at, .context = &place};
    struct mail_tracer *tracer = mail_tracer_new();
    const char *remark = capture_read(type, &source, tracer);

    mail_tracer_end(tracer, arena, out);
    out->remark = remark;
}

/* ---- text ---- */

static void read_text(enum file_type type, FILE *file, struct arena *arena, struct mail_trace *out)
{
    struct netmon_text_reader *reader = netmon_text_reader_new();
    struct text_file *pieces = text_file_new(file);
    const char *text;
    size_t size;

    (void)type;
    while ((size = text_file_next(pieces, &text)) > 0)
        netmon_text_add(reader, text, size);
    text_file_free(pieces);
    netmon_text_end(reader, arena, out);
}

/* ---- either ---- */

static const struct trace_form {
    enum file_type type;
    void (*read)(enum file_type type, FILE *file, struct arena *arena, struct mail_trace *out);
} forms[] = {
    {FILE_TYPE_PCAP, read_capture},
    {FILE_TYPE_PCAPNG, read_capture},
    {FILE_TYPE_NETMON, read_capture},
    {FILE_TYPE_NETMON_TEXT, read_text},
};

static const struct trace_form *form_of(FILE *file)
{
    unsigned char head[FILE_TYPE_HEAD];
    enum text_encoding encoding;
    enum file_type type = file_type_of(head, fread(head, 1, sizeof head, file), &encoding);

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i].type == type)
            return &forms[i];
    }
    return NULL;
}

void gather_trace(struct evidence *item)
{
    struct trace_digest *digest = (struct trace_digest *)item;
    const struct trace_form *form;
    const char *reason = NULL;
    FILE *file = NULL;
    enum status status = gather_file_open(digest->path, &file, &reason);

    if (status != STATUS_OK)
        goto out;
    form = form_of(file);
    if (!form) {
        status = STATUS_INVALID;
        reason = "it is no network trace";
        goto out;
    }
    form->read(form->type, file, &item->memory, &digest->trace);
    if (ferror(file))
        digest->trace.remark = reading_failed;
    item->status = STATUS_OK;
    item->settled = true;
out:
    if (file)
        fclose(file);
    if (status != STATUS_OK)
        evidence_fail(item, status, reason);
}
