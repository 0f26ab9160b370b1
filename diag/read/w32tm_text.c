#include "diag/read/w32tm_text.h"

#include "diag/read/ntp_peers.h"
#include "diag/read/w32tm_line.h"
#include "diag/text.h"

#include <math.h>
#include <string.h>

/* ---- lines ---- */

/* Blanks that stand between a colon and a value: also those of French, Japanese and Hebrew. */
static size_t blank_size(const char *text, size_t size)
{
    static const uint32_t blanks[] = {' ',    '\t',   '\r',   0xA0,  0x200E,
                                      0x200F, 0x202F, 0x3000, 0xFEFF};
    uint32_t code_point;
    size_t used = size > 0 ? text_decode(text, size, &code_point) : 0;

    for (size_t i = 0; used > 0 && i < sizeof blanks / sizeof *blanks; i++) {
        if (code_point == blanks[i])
            return used;
    }
    return 0;
}

struct w32tm_part w32tm_part_of(const char *from, const char *end)
{
    size_t used;

    while ((used = blank_size(from, (size_t)(end - from))) > 0)
        from += used;
    while (end > from && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    return (struct w32tm_part){from, (size_t)(end - from)};
}

bool w32tm_is_same(struct w32tm_part a, struct w32tm_part b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.text, b.text, a.size) == 0);
}

bool w32tm_take_line(struct w32tm_part *left, struct w32tm_part *line)
{
    while (left->size > 0) {
        const char *end = memchr(left->text, '\n', left->size);
        size_t used = end ? (size_t)(end - left->text) + 1 : left->size;

        *line = w32tm_part_of(left->text, end ? end : left->text + left->size);
        left->text += used;
        left->size -= used;
        if (line->size > 0)
            return true;
    }
    return false;
}

/* What stands behind the label: a label has no colon, and a value may have some. */
static bool get_value(struct w32tm_part line, struct w32tm_part *out)
{
    const char *colon = memchr(line.text, ':', line.size);

    if (colon)
        *out = w32tm_part_of(colon + 1, line.text + line.size);
    return colon != NULL;
}

/* ---- numbers: digits are the same everywhere ---- */

enum { DIGITS_MOST = 9 };

/* Takes digits, at least one; false if there are none or too many. */
static bool take_digits(struct w32tm_part *text, uint32_t *number, size_t *digits)
{
    *number = 0;
    for (*digits = 0; text->size > 0 && text_is_digit(*text->text); ++*digits) {
        *number = *number * 10 + (uint32_t)(*text->text - '0');
        text->text++;
        text->size--;
        if (*digits == DIGITS_MOST)
            return false;
    }
    return *digits > 0;
}

static bool take_sign(struct w32tm_part *text)
{
    bool is_negative = text->size > 0 && *text->text == '-';

    text->text += is_negative;
    text->size -= is_negative;
    return is_negative;
}

/* "4 (secondary reference)", "0(no warning)": a number, and what it means in brackets. */
static bool read_number(struct w32tm_part value, int *out)
{
    bool is_negative = take_sign(&value);
    uint32_t number;
    size_t digits;

    if (!take_digits(&value, &number, &digits))
        return false;
    *out = is_negative ? -(int)number : (int)number;
    value = w32tm_part_of(value.text, value.text + value.size);
    return value.size > 0 && *value.text == '(';
}

/*
 * "0.0312500s", or with a comma; the unit has no digits. Not more digits than a double holds, so
 * that it is the same number again once it was written and read.
 */
static bool read_seconds(struct w32tm_part value, double *out)
{
    enum { UNIT_MOST = 12, ALL_DIGITS_MOST = 15 };
    bool is_negative = take_sign(&value);
    size_t whole_digits, digits;
    uint64_t number, divisor = 1;
    uint32_t whole, part;

    if (!take_digits(&value, &whole, &whole_digits) || value.size < 2 ||
        (*value.text != '.' && *value.text != ','))
        return false;
    value.text++;
    value.size--;
    if (!take_digits(&value, &part, &digits) || whole_digits + digits > ALL_DIGITS_MOST ||
        value.size == 0 || value.size > UNIT_MOST)
        return false;
    for (size_t i = 0; i < value.size; i++) {
        if (text_is_digit(value.text[i]) || value.text[i] == '(')
            return false;
    }
    while (digits-- > 0)
        divisor *= 10;
    number = whole * divisor + part;
    *out = (double)number / (double)divisor;
    if (is_negative)
        *out = -*out;
    return true;
}

/* "0x80070426" and what follows it. */
static bool read_hex(struct w32tm_part value, uint32_t *out)
{
    enum { DIGITS = 8 };

    *out = 0;
    if (value.size < 2 + DIGITS || value.text[0] != '0' || text_lower(value.text[1]) != 'x')
        return false;
    for (size_t i = 2; i < 2 + DIGITS; i++) {
        char digit = text_lower(value.text[i]);

        if (!text_is_digit(digit) && (digit < 'a' || digit > 'f'))
            return false;
        *out = *out << 4 | (uint32_t)(text_is_digit(digit) ? digit - '0' : digit - 'a' + 10);
    }
    return true;
}

/* ---- blocks: lines that follow each other, each with a value of some shape ---- */

enum shape { ANY, NUMBER, LEAP, OCTET, EXPONENT, SECONDS, REFERENCE };

static bool has_shape(struct w32tm_part value, enum shape shape)
{
    static const struct {
        int least, most;
    } ranges[] = {
        [NUMBER] = {0, 999999999}, [LEAP] = {0, 3}, [OCTET] = {0, 255}, [EXPONENT] = {-128, 127}};
    uint32_t reference;
    double seconds;
    int number;

    if (shape == ANY)
        return true;
    if (shape == SECONDS)
        return read_seconds(value, &seconds);
    if (shape == REFERENCE)
        return read_hex(value, &reference);
    return read_number(value, &number) && number >= ranges[shape].least &&
           number <= ranges[shape].most;
}

enum { BLOCK_MOST = 9 };

/* Takes the lines of a block and their values, or nothing. */
static bool take_block(struct w32tm_part *left, const enum shape *shapes, size_t count,
                       struct w32tm_part values[BLOCK_MOST])
{
    struct w32tm_part at = *left, line;

    for (size_t i = 0; i < count; i++) {
        if (!w32tm_take_line(&at, &line) || !get_value(line, &values[i]) ||
            !has_shape(values[i], shapes[i]))
            return false;
    }
    *left = at;
    return true;
}

#define TAKE_BLOCK(left, shapes, values)                                                           \
    take_block(left, shapes, sizeof(shapes) / sizeof *(shapes), values)

/* ---- sources ---- */

/* "ntp1.example.net,0x8": without the flags, which are those of the NtpServer setting. */
static struct w32tm_part without_flags(struct w32tm_part name)
{
    return w32tm_part_of(name.text, name.text + ntp_peer_read(name.text, name.size).host_size);
}

/* A host name or address: what is translated has blanks or other letters in it. */
static bool is_host(struct w32tm_part name)
{
    for (size_t i = 0; i < name.size; i++) {
        if ((unsigned char)name.text[i] >= 0x80)
            return false;
    }
    return !ntp_peer_read(name.text, name.size).is_malformed;
}

static enum w32tm_source source_of(struct w32tm_part name, uint32_t reference)
{
    enum { VM_IC_REFERENCE = 0x564D5450, LOCAL_REFERENCE = 0x4C4F434C }; /* "VMTP", "LOCL" */
    static const char *const texts[] = {
#define X(name, word, text) [W32TM_##name] = text,
        W32TM_SOURCE_LIST(X)
#undef X
    };

    for (size_t i = 0; i < W32TM_SOURCE_COUNT; i++) {
        if (*texts[i] && text_equal_fold_sized(name.text, name.size, texts[i], strlen(texts[i])))
            return (enum w32tm_source)i;
    }
    if (is_host(without_flags(name)))
        return W32TM_SOURCE_PEER;
    if (reference == LOCAL_REFERENCE)
        return W32TM_SOURCE_LOCAL_CMOS;
    return reference == VM_IC_REFERENCE ? W32TM_SOURCE_VM_IC : W32TM_SOURCE_UNKNOWN;
}

static void set_source(struct w32tm_part name, struct arena *arena, struct w32tm_status *out)
{
    out->source = source_of(name, out->reference_id);
    if (out->source == W32TM_SOURCE_PEER)
        name = without_flags(name);
    out->source_name = arena_copy(arena, name.text, name.size);
}

/* ---- /query /status ---- */

static const enum shape status_block[] = {
    LEAP,   OCTET, EXPONENT, SECONDS, SECONDS, REFERENCE, ANY /* last sync */, ANY /* source */,
    NUMBER,
};
static const enum shape verbose_block[] = {
    SECONDS /* phase offset */, SECONDS /* clock rate */, NUMBER, NUMBER, NUMBER, NUMBER /* error */
};

static bool take_status(struct w32tm_part *left, struct arena *arena, struct w32tm_status *out)
{
    struct w32tm_part values[BLOCK_MOST];

    if (!TAKE_BLOCK(left, status_block, values))
        return false;
    out->has_status = true;
    read_number(values[0], &out->leap);
    read_number(values[1], &out->stratum);
    read_seconds(values[3], &out->root_delay);
    read_seconds(values[4], &out->root_dispersion);
    read_hex(values[5], &out->reference_id);
    set_source(values[7], arena, out);
    if (w32tm_is_same(values[6], values[7])) /* both say "unspecified" */
        out->source = W32TM_SOURCE_UNKNOWN;
    out->phase_offset = (double)NAN;
    out->last_error = -1;
    if (TAKE_BLOCK(left, verbose_block, values)) {
        read_seconds(values[0], &out->phase_offset);
        read_number(values[5], &out->last_error);
    }
    return true;
}

/* ---- /query /peers ---- */

static const enum shape peer_block[] = {
    ANY /* name */, ANY /* state */, SECONDS, NUMBER, OCTET, NUMBER, NUMBER,
};

static bool take_peer(struct w32tm_part *left, struct arena *arena, struct w32tm_status *out)
{
    struct w32tm_part values[BLOCK_MOST], name;

    if (!TAKE_BLOCK(left, peer_block, values))
        return false;
    name = without_flags(values[0]);
    if (name.size == 0 || out->peer_count == W32TM_PEERS_MOST)
        return true;
    if (!out->peers)
        out->peers = arena_new(arena, W32TM_PEERS_MOST, sizeof *out->peers);
    out->peers[out->peer_count++] = arena_copy(arena, name.text, name.size);
    return true;
}

/* "#Peers: 2" */
static bool is_peer_count(struct w32tm_part line)
{
    struct w32tm_part value;
    uint32_t number;
    size_t digits;

    return line.text[0] == '#' && get_value(line, &value) &&
           take_digits(&value, &number, &digits) && value.size == 0;
}

/* ---- short answers: a source, or an error ---- */

/* The last of at most `most` lines, prompts and commands apart; false where there are more. */
static bool get_only_line(struct w32tm_part text, size_t most, struct w32tm_part *out)
{
    struct w32tm_part line;
    size_t count = 0;

    while (w32tm_take_line(&text, &line)) {
        if (memchr(line.text, '>', line.size))
            continue;
        if (++count > most)
            return false;
        *out = line;
    }
    return count > 0;
}

static bool read_source(struct w32tm_part text, struct arena *arena, struct w32tm_status *out)
{
    struct w32tm_part line;

    if (!get_only_line(text, 1, &line) || source_of(line, 0) == W32TM_SOURCE_UNKNOWN)
        return false;
    set_source(line, arena, out);
    return true;
}

/* "The service has not been started. (0x80070426)" */
static bool read_error(struct w32tm_part text, struct w32tm_status *out)
{
    enum { LINES_MOST = 4, SIZE = 12 };
    struct w32tm_part line;
    uint32_t error;

    if (!get_only_line(text, LINES_MOST, &line) || line.size < SIZE)
        return false;
    line = (struct w32tm_part){line.text + line.size - SIZE, SIZE};
    if (line.text[0] != '(' || line.text[SIZE - 1] != ')' ||
        !read_hex((struct w32tm_part){line.text + 1, SIZE - 2}, &error) || error < 0x80000000)
        return false;
    out->error = error;
    return true;
}

/* ---- the whole ---- */

static struct w32tm_status nothing(void)
{
    return (struct w32tm_status){
        .leap = -1,
        .stratum = -1,
        .root_delay = -1,
        .root_dispersion = -1,
        .phase_offset = (double)NAN,
        .last_error = -1,
    };
}

/* False if nothing of it is w32tm's. */
static bool read_blocks(struct w32tm_part text, struct arena *arena, struct w32tm_status *out,
                        struct w32tm_settings *settings)
{
    bool has_peers = false;

    while (text.size > 0) {
        struct w32tm_part line;

        if (take_status(&text, arena, out)) {
            settings->is_open = false;
        } else if (take_peer(&text, arena, out)) {
            settings->is_open = false;
            has_peers = true;
        } else if (w32tm_take_line(&text, &line)) {
            has_peers = has_peers || is_peer_count(line);
            w32tm_add_setting(settings, line, arena);
        }
    }
    w32tm_find_origins(settings);
    out->settings = settings->settings;
    out->setting_count = settings->count;
    return out->has_status || has_peers || settings->known > 0;
}

enum status w32tm_read(const char *text, size_t size, struct arena *arena, struct w32tm_status *out)
{
    struct w32tm_settings settings = {0};
    struct w32tm_part whole = {text, size};

    *out = nothing();
    if (size > W32TM_TEXT_MOST)
        return STATUS_TOO_LARGE;
    if (read_blocks(whole, arena, out, &settings) || read_error(whole, out) ||
        read_source(whole, arena, out))
        return STATUS_OK;
    *out = nothing();
    return STATUS_MALFORMED;
}

/* "HOST,0x9"; with decimal ones it may be a line of any table. */
static bool is_peer_with_flags(struct w32tm_part text)
{
    struct w32tm_part line;
    struct ntp_peer peer;

    if (!get_only_line(text, 1, &line))
        return false;
    peer = ntp_peer_read(line.text, line.size);
    return peer.has_flags &&
           text_starts_fold(line.text + peer.host_size, line.size - peer.host_size, ",0x");
}

bool w32tm_is_text(const char *head, size_t size)
{
    enum { SETTINGS_LEAST = 4 };
    struct w32tm_settings settings = {0};
    struct w32tm_part whole = {head, size};
    struct w32tm_status status = nothing();
    struct arena arena = {0};
    bool is_text;

    if (read_blocks(whole, &arena, &status, &settings))
        is_text = status.has_status || status.peer_count > 0 || settings.known >= SETTINGS_LEAST;
    else if (read_error(whole, &status))
        is_text = status.error == W32TM_SERVICE_NOT_STARTED;
    else
        is_text = read_source(whole, &arena, &status) &&
                  (status.source != W32TM_SOURCE_PEER || is_peer_with_flags(whole));
    arena_release(&arena);
    return is_text;
}
