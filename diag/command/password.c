#include "diag/command/password.h"

#include "diag/command/command.h"
#include "diag/platform.h"
#include "diag/text.h"

#include <openssl/crypto.h>
#include <string.h>

void password_wipe(char password[PASSWORD_SIZE])
{
    OPENSSL_cleanse(password, PASSWORD_SIZE);
}

/* The first line, of which nothing stays in the stream's own memory. */
static enum status read_file(const char *path, char password[PASSWORD_SIZE])
{
    FILE *file;
    enum status status = platform_file_open(path, &file);
    bool is_public;
    size_t size;

    if (status != STATUS_OK) {
        complain("--password-file: '%s': %s", path, status_text(status));
        return STATUS_INVALID;
    }
    setvbuf(file, NULL, _IONBF, 0);
    size = fread(password, 1, PASSWORD_SIZE - 1, file);
    is_public = platform_file_is_public(file);
    fclose(file);
    if (is_public)
        complain("--password-file: '%s' can be read by everybody on this machine: chmod 600 it",
                 path);
    password[size] = '\0';
    if (strlen(password) == PASSWORD_SIZE - 1 && !strchr(password, '\n')) {
        complain("--password-file: '%s': a password has up to %d bytes", path, PASSWORD_SIZE - 2);
        return STATUS_INVALID;
    }
    password[strcspn(password, "\r\n")] = '\0';
    if (*password)
        return STATUS_OK;
    complain("--password-file: '%s': its first line is empty, which would be an anonymous logon",
             path);
    return STATUS_INVALID;
}

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

enum status password_read(const struct options *options, char password[PASSWORD_SIZE])
{
    const char *given = platform_environment("EXDIAG_PASSWORD");
    enum status status;

    password[0] = '\0';
    if (!options->user && !options->password_file)
        return STATUS_OK;
    if (!options->user) {
        complain("--password-file is that of a user: name one with --user");
        return STATUS_INVALID;
    }
    if (options->password_file)
        status = read_file(options->password_file, password);
    else
        status = given ? copy(given, password) : ask(options->user, password);
    if (status == STATUS_OK && (!*options->user || !*password)) {
        complain("--user: without a name or a password it would be an anonymous logon");
        return STATUS_INVALID;
    }
    return status;
}
