#include "diag/gather/http_echo.h"

#include "diag/text.h"

#include <openssl/crypto.h>
#include <string.h>

static const char ntlm[] = "TlRMTVNTUAADAAAA"; /* "NTLMSSP", 0 and a 3: the password's work */

void http_echo_init(struct http_echo *echo, const char *password, const char *token)
{
    *echo = (struct http_echo){.secrets = {password, token}};
    buffer_init(&echo->held, SIZE_MAX - 1);
}

void http_echo_release(struct http_echo *echo)
{
    OPENSSL_cleanse(echo->held.text, echo->held.room);
    buffer_release(&echo->held);
}

static bool is_of_base64(char character)
{
    return text_is_letter(character) || text_is_digit(character) ||
           (character && strchr("+/=", character));
}

/* How many bytes of `text` say this secret; or, where all that is left begins it, `begins`. */
static size_t match(const char *text, size_t size, const char *secret, bool *begins)
{
    size_t length = secret ? strlen(secret) : 0;

    if (length < HTTP_ECHO_LEAST || text[0] != secret[0])
        return 0;
    if (length <= size)
        return memcmp(text, secret, length) == 0 ? length : 0;
    *begins = *begins || memcmp(text, secret, size) == 0;
    return 0;
}

static bool begins_none(const struct http_echo *echo, char character)
{
    bool is_none = character != ntlm[0];

    for (size_t i = 0; i < sizeof echo->secrets / sizeof *echo->secrets; i++)
        is_none = is_none && (!echo->secrets[i] || character != echo->secrets[i][0]);
    return is_none;
}

static void add_blank(struct buffer *out, size_t size)
{
    while (size-- > 0)
        buffer_add_char(out, '*');
}

/* How many bytes of `text` are a secret; with `begins`, all of it may be the head of a longer one.
 */
static size_t longest(struct http_echo *echo, const char *text, size_t size, bool *begins)
{
    size_t found = match(text, size, ntlm, begins);

    echo->in_ntlm = found > 0;
    for (size_t i = 0; i < sizeof echo->secrets / sizeof *echo->secrets; i++) {
        size_t length = match(text, size, echo->secrets[i], begins);

        found = length > found ? length : found;
    }
    return found;
}

/* Bytes that no secret begins with, or that go on in one: written to `out`. */
static size_t add_run(struct http_echo *echo, const char *text, size_t size, struct buffer *out)
{
    size_t run = 0;

    if (echo->in_ntlm) {
        while (run < size && is_of_base64(text[run]))
            run++;
        add_blank(out, run);
        echo->in_ntlm = run == size;
        return run;
    }
    while (run < size && begins_none(echo, text[run]))
        run++;
    buffer_add(out, text, run);
    return run;
}

/* Gives how many bytes were taken: all but what may go on in the next piece. */
static size_t blank(struct http_echo *echo, const char *text, size_t size, bool is_last,
                    struct buffer *out)
{
    size_t at = 0;

    while ((at += add_run(echo, text + at, size - at, out)) < size) {
        bool begins = false;
        size_t found = longest(echo, text + at, size - at, &begins);

        if (begins && !is_last)
            return at;
        if (begins && found == 0 && size - at >= HTTP_ECHO_LEAST)
            found = size - at;
        if (found)
            add_blank(out, found);
        else
            buffer_add_char(out, text[at]);
        at += found ? found : 1;
    }
    return at;
}

void http_echo_take(struct http_echo *echo, const char *bytes, size_t size, struct buffer *out)
{
    struct buffer *held = &echo->held;
    size_t taken;

    if (held->size == 0) {
        taken = blank(echo, bytes, size, false, out);
        buffer_add(held, bytes + taken, size - taken);
        return;
    }
    buffer_add(held, bytes, size);
    taken = blank(echo, held->text, held->size, false, out);
    held->size -= taken;
    memmove(held->text, held->text + taken, held->size + 1);
}

void http_echo_end(struct http_echo *echo, struct buffer *out)
{
    blank(echo, echo->held.text, echo->held.size, true, out);
    buffer_clear(&echo->held);
    echo->in_ntlm = false;
}

void http_echo_blank(struct http_echo *echo, struct buffer *text)
{
    struct buffer blanked;

    buffer_init(&blanked, text->most);
    http_echo_take(echo, text->text, text->size, &blanked);
    http_echo_end(echo, &blanked);
    memcpy(text->text, blanked.text, text->size);
    buffer_release(&blanked);
}
