#include "diag/read/smtp_reply.h"

#include "diag/text.h"

#include <string.h>

enum {
    CODE_SIZE = 3,
    REFUSALS_FROM = 400,
    ASTERISKS_LEAST = 2, /* of a line that is masked */
    KEYWORD_MASK_LEAST = 4
};

struct smtp_reply_reader {
    struct arena *arena;
    struct smtp_reply reply; /* its lines: the complete ones */
    size_t lines_room;

    size_t line_most; /* bytes of a line that are kept */
    char *line;       /* of the line under way what is kept, with its CR */
    size_t line_size; /* of it, kept or not */
    char last;        /* its last byte */
    bool is_skipping; /* what comes up to LF is of an earlier reply */
    uint64_t skipped; /* bytes of that since this reply began */

    char *left; /* for the next reply */
    size_t left_size;
    size_t left_at; /* what is before was taken */
    size_t left_room;
    int64_t left_time;
};

static const char *const state_words[SMTP_REPLY_STATE_COUNT] = {
#define X(name, word) [SMTP_REPLY_##name] = word,
    SMTP_REPLY_STATE_LIST(X)
#undef X
};

const char *smtp_reply_state_word(enum smtp_reply_state state)
{
    return state_words[state];
}

enum smtp_reply_state smtp_reply_state_from_word(const char *word)
{
    for (unsigned i = 0; i < SMTP_REPLY_STATE_COUNT; i++) {
        if (strcmp(state_words[i], word) == 0)
            return (enum smtp_reply_state)i;
    }
    return SMTP_REPLY_PARTIAL;
}

/* ---- what a line is ---- */

/* "220", or as much of it as there is. */
static bool begins_like_code(const char *text, size_t size)
{
    if (size > 0 && (text[0] < '2' || text[0] > '5'))
        return false;
    for (size_t i = 1; i < size && i < CODE_SIZE; i++) {
        if (!text_is_digit(text[i]))
            return false;
    }
    return true;
}

/* Asterisks with digits and spaces between them, and nothing else. */
static bool is_mask(const char *text, size_t size)
{
    size_t asterisks = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '*')
            asterisks++;
        else if (text[i] != ' ' && text[i] != '\t' && !text_is_digit(text[i]))
            return false;
    }
    return asterisks >= ASTERISKS_LEAST;
}

static bool has_code(const char *text, size_t size)
{
    return size >= CODE_SIZE && begins_like_code(text, size);
}

static unsigned code_of(const char *text)
{
    return (unsigned)(text[0] - '0') * 100 + (unsigned)(text[1] - '0') * 10 +
           (unsigned)(text[2] - '0');
}

/* The code of a reply after one more line of it: the first one's, until a refusal comes. */
static unsigned code_after(unsigned code, const char *text, size_t size)
{
    bool is_news = has_code(text, size) && (code == 0 || code_of(text) >= REFUSALS_FROM);

    return is_news ? code_of(text) : code;
}

/* What a complete line makes of the reply it is in, whose code takes the line in already. */
static enum smtp_reply_state judge(const struct smtp_reply *reply, const char *text, size_t size)
{
    if (!has_code(text, size) || reply->code != code_of(text))
        return SMTP_REPLY_STRANGE;
    if (size == CODE_SIZE || text[CODE_SIZE] == ' ')
        return SMTP_REPLY_COMPLETE;
    if (text[CODE_SIZE] == '-')
        return SMTP_REPLY_PARTIAL;
    return is_mask(text + CODE_SIZE, size - CODE_SIZE) ? SMTP_REPLY_COMPLETE : SMTP_REPLY_STRANGE;
}

/* The same for half a line. */
static enum smtp_reply_state judge_half(const char *text, size_t size)
{
    static const char next[] = " -*0123456789\r";

    if (!begins_like_code(text, size) ||
        (size > CODE_SIZE && !memchr(next, text[CODE_SIZE], sizeof next - 1)))
        return SMTP_REPLY_STRANGE;
    return SMTP_REPLY_PARTIAL;
}

/* ---- reading ---- */

static struct smtp_reply_reader *make_reader(struct arena *arena, size_t line_most)
{
    struct smtp_reply_reader *reader = arena_new(arena, 1, sizeof *reader);

    reader->arena = arena;
    reader->line_most = line_most;
    reader->line = arena_new(arena, 1, line_most + 1);
    smtp_reply_begin(reader);
    return reader;
}

struct smtp_reply_reader *smtp_reply_reader_new(struct arena *arena)
{
    return make_reader(arena, SMTP_LINE_KEPT);
}

struct smtp_reply_reader *smtp_reply_reader_new_for_tokens(struct arena *arena)
{
    return make_reader(arena, SMTP_TOKEN_LINE_KEPT);
}

void smtp_reply_begin(struct smtp_reply_reader *reader)
{
    size_t size = smtp_reply_left(reader);
    const char *left = reader->left;

    reader->reply = (struct smtp_reply){.first_byte = -1, .last_byte = -1};
    reader->lines_room = 0;
    reader->is_skipping |= reader->line_size > 0;
    reader->skipped = 0;
    reader->line_size = 0;
    if (size == 0)
        return;
    left += reader->left_at;
    reader->left_size = reader->left_at; /* what this reply leaves is kept there again */
    smtp_reply_add(reader, left, size, reader->left_time);
}

static size_t kept_of_line(const struct smtp_reply_reader *reader)
{
    return reader->line_size <= reader->line_most ? reader->line_size : reader->line_most + 1;
}

static void keep_line(struct smtp_reply_reader *reader, size_t size, int64_t at)
{
    struct smtp_reply *reply = &reader->reply;

    if (reply->line_count == SMTP_LINES_KEPT) {
        reply->is_cut = true;
        return;
    }
    if (size > reader->line_most) {
        reply->is_cut = true;
        size = reader->line_most;
    }
    reply->lines = arena_grow(reader->arena, reply->lines, &reader->lines_room, reply->line_count,
                              sizeof *reply->lines);
    reply->lines[reply->line_count++] =
        (struct smtp_line){at, arena_copy(reader->arena, reader->line, size), size};
}

static void end_line(struct smtp_reply_reader *reader, int64_t at)
{
    struct smtp_reply *reply = &reader->reply;
    size_t size = reader->line_size;
    size_t kept;

    if (size > 0 && reader->last == '\r')
        size--;
    kept = size < reader->line_most ? size : reader->line_most;
    reply->code = code_after(reply->code, reader->line, kept);
    reply->state = judge(reply, reader->line, kept);
    keep_line(reader, size, at);
    reader->line_size = 0;
}

static void keep_byte(struct smtp_reply_reader *reader, char byte, int64_t at)
{
    struct smtp_reply *reply = &reader->reply;

    if (reply->first_byte < 0)
        reply->first_byte = at;
    reply->last_byte = at;
    reply->bytes++;
    if (byte == '\n') {
        end_line(reader, at);
    } else {
        if (reader->line_size <= reader->line_most)
            reader->line[reader->line_size] = byte;
        reader->line_size++;
        reader->last = byte;
    }
}

static void take_byte(struct smtp_reply_reader *reader, char byte, int64_t at)
{
    struct smtp_reply *reply = &reader->reply;

    if (reader->is_skipping) {
        reader->is_skipping = byte != '\n';
        reader->skipped++;
    } else {
        keep_byte(reader, byte, at);
    }
    if (reply->state == SMTP_REPLY_PARTIAL && reply->bytes + reader->skipped >= SMTP_REPLY_MOST)
        reply->state = SMTP_REPLY_TOO_LARGE;
}

/* Moves what is not taken yet to the front, into more room where that takes some. */
static void make_room_for_left(struct smtp_reply_reader *reader, size_t size)
{
    size_t waiting = smtp_reply_left(reader);
    char *room = reader->left;

    if (waiting + size > reader->left_room) {
        reader->left_room = (waiting + size) * 2;
        room = arena_new(reader->arena, 1, reader->left_room);
    }
    if (waiting > 0)
        memmove(room, reader->left + reader->left_at, waiting);
    reader->left = room;
    reader->left_at = 0;
    reader->left_size = waiting;
}

static void keep_left(struct smtp_reply_reader *reader, const char *bytes, size_t size, int64_t at)
{
    size_t most = SMTP_REPLY_MOST - smtp_reply_left(reader);

    if (size > most)
        size = most;
    if (size == 0)
        return;
    if (size > reader->left_room - reader->left_size)
        make_room_for_left(reader, size);
    memmove(reader->left + reader->left_size, bytes, size);
    reader->left_size += size;
    reader->left_time = at;
}

void smtp_reply_add(struct smtp_reply_reader *reader, const char *bytes, size_t size, int64_t at)
{
    size_t taken = 0;

    while (taken < size && reader->reply.state == SMTP_REPLY_PARTIAL)
        take_byte(reader, bytes[taken++], at);
    keep_left(reader, bytes + taken, size - taken, at);
}

bool smtp_reply_is_over(const struct smtp_reply_reader *reader)
{
    return reader->reply.state != SMTP_REPLY_PARTIAL;
}

struct smtp_reply smtp_reply_of(const struct smtp_reply_reader *reader)
{
    struct smtp_reply_reader half = *reader;
    struct smtp_reply *reply = &half.reply;

    if (half.line_size == 0)
        return *reply;
    if (reply->state == SMTP_REPLY_PARTIAL)
        reply->state = judge_half(half.line, kept_of_line(&half));
    reply->code = code_after(reply->code, half.line, kept_of_line(&half));
    keep_line(&half, half.line_size, reply->last_byte);
    return *reply;
}

size_t smtp_reply_left(const struct smtp_reply_reader *reader)
{
    return reader->left_size - reader->left_at;
}

void smtp_reply_drop(struct smtp_reply_reader *reader)
{
    reader->left_size = reader->left_at = 0;
}

/* ---- what a reply says ---- */

static size_t text_start(const struct smtp_line *line)
{
    if (!has_code(line->text, line->size))
        return 0;
    return line->size > CODE_SIZE ? CODE_SIZE + 1 : CODE_SIZE;
}

const char *smtp_line_text(const struct smtp_line *line)
{
    return has_code(line->text, line->size) ? line->text + text_start(line) : "";
}

/* Up to three digits, RFC 3463 2. */
static size_t digits_at(const char *text)
{
    size_t count = 0;

    while (count <= CODE_SIZE && text_is_digit(text[count]))
        count++;
    return count <= CODE_SIZE ? count : 0;
}

const char *smtp_enhanced_code(const struct smtp_line *line, struct arena *arena)
{
    const char *text = smtp_line_text(line);
    size_t subject, detail, size;

    if (!*text || !strchr("245", *text) || text[0] != line->text[0] || text[1] != '.')
        return NULL;
    subject = digits_at(text + 2);
    if (subject == 0 || text[2 + subject] != '.')
        return NULL;
    detail = digits_at(text + 3 + subject);
    size = 3 + subject + detail;
    if (detail == 0 || (text[size] != ' ' && text[size] != '\0'))
        return NULL;
    return arena_copy(arena, text, size);
}

const char *smtp_keyword(const struct smtp_reply *ehlo, const char *keyword)
{
    size_t size = strlen(keyword);

    for (size_t i = 1; i < ehlo->line_count; i++) {
        const char *text = smtp_line_text(&ehlo->lines[i]);

        if (!text_starts_fold(text, strlen(text), keyword))
            continue;
        if (text[size] == ' ')
            return text + size + 1;
        if (text[size] == '\0')
            return text + size;
    }
    return NULL;
}

/* "XXXXXXXA", and "250-SIZE" made "250-XXXX". */
static bool is_masked_keyword(const char *text)
{
    size_t size = strspn(text, "X");

    if (size < KEYWORD_MASK_LEAST)
        return false;
    size += text[size] >= 'A' && text[size] <= 'Z';
    return text[size] == '\0' || text[size] == ' ';
}

static bool is_masked_line(const struct smtp_line *line)
{
    size_t start = CODE_SIZE;

    if (!has_code(line->text, line->size))
        return false;
    start += line->size > start && line->text[start] == '-';
    return is_mask(line->text + start, line->size - start);
}

bool smtp_is_masked(const struct smtp_reply *reply)
{
    size_t masks = 0;

    for (size_t i = 0; i < reply->line_count; i++) {
        const struct smtp_line *line = &reply->lines[i];
        const char *text = smtp_line_text(line);

        masks += is_masked_line(line);
        if (text_starts_fold(text, strlen(text), "SMTP/cmap") || (i > 0 && is_masked_keyword(text)))
            return true;
    }
    return masks > 0 && masks == reply->line_count;
}
