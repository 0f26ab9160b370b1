#include "diag/command/audit_done.h"

#include "diag/json.h"
#include "diag/platform.h"
#include "diag/read/utf16.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_FIRST = 1024,
    PIECE = 65536,
    LINE_MOST = 1 << 20 /* bytes: far more than a line of an audit has */
};

struct slot {
    uint64_t hash;
    uint32_t added; /* 0: the slot is free */
    uint32_t taken;
};

struct audit_done {
    struct slot *slots; /* a power of two of them, at most three quarters in use */
    size_t room;
    size_t used;
};

struct audit_done *audit_done_new(void)
{
    struct audit_done *done = memory_new(1, sizeof *done);

    done->room = SLOTS_FIRST;
    done->slots = memory_new(done->room, sizeof *done->slots);
    return done;
}

void audit_done_free(struct audit_done *done)
{
    if (!done)
        return;
    free(done->slots);
    free(done);
}

/* Its slot, or the free one where it belongs. */
static struct slot *slot_of(const struct audit_done *done, uint64_t hash)
{
    size_t at = (size_t)hash & (done->room - 1);

    while (done->slots[at].added > 0 && done->slots[at].hash != hash)
        at = (at + 1) & (done->room - 1);
    return &done->slots[at];
}

static void grow(struct audit_done *done)
{
    struct audit_done larger = {.room = done->room * 2, .used = done->used};

    larger.slots = memory_new(larger.room, sizeof *larger.slots);
    for (size_t i = 0; i < done->room; i++) {
        if (done->slots[i].added > 0)
            *slot_of(&larger, done->slots[i].hash) = done->slots[i];
    }
    free(done->slots);
    *done = larger;
}

void audit_done_add(struct audit_done *done, uint64_t hash)
{
    struct slot *slot = slot_of(done, hash);

    if (slot->added++ > 0)
        return;
    slot->hash = hash;
    if (++done->used > done->room / 4 * 3)
        grow(done);
}

bool audit_done_take(struct audit_done *done, uint64_t hash)
{
    struct slot *slot = slot_of(done, hash);

    if (slot->taken == slot->added)
        return false;
    slot->taken++;
    return true;
}

/* ---- the earlier output ---- */

struct reading {
    struct audit_done *done;
    struct audit_end *end;
    struct buffer line;
    struct buffer domain;
    struct utf16 utf16;
    struct buffer utf8; /* the piece at hand, where the file is UTF-16 */
    bool is_begun;
    int64_t size; /* bytes read, of UTF-8 */
};

/* The line as this program writes it: {"domain": "NAME", ... without escapes in the name. */
static bool is_as_written(struct reading *reading)
{
    static const char head[] = "{\"domain\": \"", next[] = "\", \"findings\": [";
    const char *text = reading->line.text, *name = text + sizeof head - 1, *quote;

    if (strncmp(text, head, sizeof head - 1) != 0 || text[reading->line.size - 1] != '}')
        return false;
    quote = strchr(name, '"');
    if (!quote || strncmp(quote, next, sizeof next - 1) != 0 ||
        memchr(name, '\\', (size_t)(quote - name)))
        return false;
    buffer_clear(&reading->domain);
    buffer_add(&reading->domain, name, (size_t)(quote - name));
    return true;
}

/* Any JSON object with that member will do: lines may have been through another program. */
static bool is_object(struct reading *reading)
{
    json_t *object = json_loadb(reading->line.text, reading->line.size, 0, NULL);
    const char *domain = object ? json_get_text(object, "domain") : NULL;

    buffer_clear(&reading->domain);
    if (domain)
        buffer_add_string(&reading->domain, domain);
    json_decref(object);
    return domain != NULL;
}

static bool is_blank(const struct buffer *line)
{
    return strspn(line->text, " \t\r") == line->size;
}

/* A whole line, or with `is_last` what follows the last of them. */
static void take_line(struct reading *reading, bool is_last)
{
    struct audit_end *end = reading->end;

    if (is_blank(&reading->line))
        return;
    if ((!is_last && is_as_written(reading)) || is_object(reading)) {
        audit_done_add(reading->done, text_hash(reading->domain.text));
        end->lines++;
        end->lacks_line_end = is_last;
    } else if (is_last) {
        end->is_torn = true;
    } else {
        end->damaged++;
    }
}

static void take_piece(struct reading *reading, const char *at, size_t size)
{
    const char *piece_end = at + size;

    while (at < piece_end) {
        const char *line_end = memchr(at, '\n', (size_t)(piece_end - at));
        size_t part = (size_t)((line_end ? line_end + 1 : piece_end) - at);

        buffer_add(&reading->line, at, line_end ? part - 1 : part);
        reading->size += (int64_t)part;
        at += part;
        if (!line_end)
            return;
        take_line(reading, false);
        buffer_clear(&reading->line);
        reading->end->whole = reading->size;
    }
}

/* PowerShell's > writes UTF-16, and editors of Windows begin with a byte order mark. */
static void take_bytes(struct reading *reading, const char *bytes, size_t size)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t skipped = 0;

    if (!reading->is_begun)
        reading->end->is_utf16 = utf16_begins(bytes, size, &reading->utf16);
    if (reading->end->is_utf16) {
        buffer_clear(&reading->utf8);
        utf16_to_utf8(&reading->utf16, bytes, size, &reading->utf8);
        bytes = reading->utf8.text;
        size = reading->utf8.size;
    }
    if (!reading->is_begun && size >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0)
        skipped = sizeof mark - 1;
    reading->is_begun = true;
    reading->size += (int64_t)skipped;
    take_piece(reading, bytes + skipped, size - skipped);
}

enum status audit_done_read(struct audit_done *done, const char *path, struct audit_end *end)
{
    struct reading reading = {.done = done, .end = end};
    char *piece;
    FILE *file;
    enum status status = platform_file_open(path, &file);
    size_t size;

    memset(end, 0, sizeof *end);
    if (status != STATUS_OK)
        return status;
    piece = memory_new(PIECE, 1);
    buffer_init(&reading.line, LINE_MOST);
    buffer_init(&reading.domain, LINE_MOST);
    buffer_init(&reading.utf8, 2 * (size_t)PIECE); /* a unit of two bytes becomes three at most */
    while ((size = fread(piece, 1, PIECE, file)) > 0)
        take_bytes(&reading, piece, size);
    if (ferror(file))
        status = STATUS_IO;
    take_line(&reading, true);
    if (end->lacks_line_end)
        end->whole = reading.size;
    if (status == STATUS_OK && end->damaged > 0 && end->lines == 0)
        status = STATUS_MALFORMED;
    buffer_release(&reading.line);
    buffer_release(&reading.domain);
    buffer_release(&reading.utf8);
    free(piece);
    fclose(file);
    return status;
}
