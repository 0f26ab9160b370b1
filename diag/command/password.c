#include "diag/command/password.h"

#include "diag/command/command.h"
#include "diag/platform.h"
#include "diag/read/utf16.h"
#include "diag/text.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

void secrets_wipe(struct secrets *secrets)
{
    OPENSSL_cleanse(secrets, sizeof *secrets);
}

/* False where units are halves of something: what is put in their place is not the secret. */
static bool decode_utf16(struct utf16 *utf16, const char *bytes, size_t size, struct buffer *text)
{
    utf16_to_utf8(utf16, bytes, size, text);
    return !utf16->has_byte && !utf16->high && !strstr(text->text, "\xef\xbf\xbd");
}

/* As UTF-8 without a mark: what PowerShell's > and editors of Windows write. Else as it is. */
static bool decode(const char *bytes, size_t size, struct buffer *text)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t mark_size = sizeof mark - 1;
    struct utf16 utf16;

    if (utf16_begins(bytes, size, &utf16))
        return decode_utf16(&utf16, bytes + 2, size - 2, text);
    if (size >= mark_size && memcmp(bytes, mark, mark_size) == 0)
        buffer_add(text, bytes + mark_size, size - mark_size);
    else
        buffer_add(text, bytes, size);
    return true;
}

/* Some bytes of a file, as UTF-8: nothing of them stays in memory but what is in `text`. */
static enum status read_head(const char *option, const char *path, struct buffer *text)
{
    size_t room = 2 * text->most + 2, size; /* of UTF-16, with its mark */
    char *bytes;
    FILE *file;
    enum status status = platform_file_open(path, &file);

    if (status != STATUS_OK) {
        complain("%s: '%s': %s", option, path, status_text(status));
        return STATUS_INVALID;
    }
    bytes = memory_new(1, room);
    buffer_add(text, bytes, text->most); /* it grows now: later it would leave a copy behind */
    buffer_clear(text);
    setvbuf(file, NULL, _IONBF, 0);
    size = fread(bytes, 1, room, file);
    if (platform_file_is_public(file))
        complain("%s: '%s' can be read by everybody on this machine: chmod 600 it", option, path);
    fclose(file);
    if (!decode(bytes, size, text) && size < room) {
        complain("%s: '%s' begins as UTF-16 and is none", option, path);
        status = STATUS_INVALID;
    }
    OPENSSL_cleanse(bytes, room);
    free(bytes);
    return status;
}

static enum status take_first_line(const char *option, const char *what, const char *path,
                                   const struct buffer *text, char *line)
{
    size_t size = strcspn(text->text, "\r\n"), most = text->most - 2;

    if (size > most)
        complain("%s: '%s': %s has up to %zu bytes", option, path, what, most);
    else if (text->text[size] == '\0' && size < text->size)
        complain("%s: '%s': its first line has a NUL in it", option, path);
    else {
        memcpy(line, text->text, size);
        line[size] = '\0';
        return STATUS_OK;
    }
    return STATUS_INVALID;
}

static enum status read_line(const char *option, const char *what, const char *path, char *line,
                             size_t room)
{
    struct buffer text;
    enum status status;

    buffer_init(&text, room);
    status = read_head(option, path, &text);
    if (status == STATUS_OK)
        status = take_first_line(option, what, path, &text, line);
    OPENSSL_cleanse(text.text, text.room);
    buffer_release(&text);
    return status;
}

/* ---- the password ---- */

static enum status copy(const char *text, char password[PASSWORD_SIZE])
{
    size_t size = strlen(text);

    if (size >= PASSWORD_SIZE) {
        complain("EXDIAG_PASSWORD: a password has up to %d bytes", PASSWORD_SIZE - 1);
        return STATUS_INVALID;
    }
    memcpy(password, text, size + 1);
    return STATUS_OK;
}

static enum status ask(const char *user, char password[PASSWORD_SIZE])
{
    struct arena memory = {0};
    const char *shown = text_printable(&memory, user, strlen(user));
    const char *prompt = arena_print(&memory, "Password of %s: ", shown);
    enum status status = platform_password_read(prompt, password, PASSWORD_SIZE);

    arena_release(&memory);
    if (status == STATUS_NOT_SUPPORTED)
        complain("--user: there is no terminal to ask for the password; give it by --password-file "
                 "or EXDIAG_PASSWORD");
    else if (status == STATUS_TOO_LARGE)
        complain("a password has up to %d bytes", PASSWORD_SIZE - 1);
    else if (status != STATUS_OK)
        complain("the password could not be read");
    return status == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}

static enum status read_password_file(const char *path, char password[PASSWORD_SIZE])
{
    enum status status = read_line("--password-file", "a password", path, password, PASSWORD_SIZE);

    if (status != STATUS_OK || *password)
        return status;
    complain("--password-file: '%s': its first line is empty, which would be an anonymous logon",
             path);
    return STATUS_INVALID;
}

static enum status read_password(const struct options *options, char password[PASSWORD_SIZE])
{
    const char *given = platform_environment("EXDIAG_PASSWORD");
    enum status status;

    if (!options->user)
        return STATUS_OK;
    if (options->password_file)
        status = read_password_file(options->password_file, password);
    else
        status = given ? copy(given, password) : ask(options->user, password);
    if (status == STATUS_OK && (!*options->user || !*password)) {
        complain("--user: without a name or a password it would be an anonymous logon");
        return STATUS_INVALID;
    }
    return status;
}

/* ---- the token ---- */

/* RFC 6750 2.1: what stands behind "Bearer" in a request. */
static bool is_token(const char *text)
{
    size_t size =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");

    return size > 0 && strspn(text + size, "=") == strlen(text + size);
}

static enum status read_token(const struct options *options, char token[TOKEN_SIZE])
{
    enum status status;

    if (!options->token_file)
        return STATUS_OK;
    status = read_line("--token-file", "a token", options->token_file, token, TOKEN_SIZE);
    if (status == STATUS_OK && !is_token(token)) {
        complain("--token-file: '%s': its first line is no bearer token (RFC 6750)",
                 options->token_file);
        return STATUS_INVALID;
    }
    return status;
}

/* ---- both ---- */

enum status secrets_check(const struct options *options)
{
    if (!options->user && options->password_file)
        complain("--password-file is that of a user: name one with --user");
    else if (!options->user && options->ntlm)
        complain("--ntlm is how a user logs on: name one with --user");
    else if (options->token_file && options->ntlm)
        complain("--token-file and --ntlm: a web server is shown one of them; name the one");
    else
        return STATUS_OK;
    return STATUS_INVALID;
}

enum status secrets_read(const struct options *options, struct secrets *secrets)
{
    enum status status = secrets_check(options);

    memset(secrets, 0, sizeof *secrets);
    if (status == STATUS_OK)
        status = read_token(options, secrets->token);
    if (status == STATUS_OK)
        status = read_password(options, secrets->password);
    return status;
}
