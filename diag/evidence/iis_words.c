#include "diag/evidence/iis_words.h"

#include "diag/evidence/redact.h"
#include "diag/read/iis_names.h"
#include "diag/text.h"

#include <string.h>

static const char *redact_all(const struct redactor *redactor, const char *text,
                              struct arena *memory)
{
    static const char *const words[] = {NULL};
    struct buffer out;

    buffer_init(&out, 4 * strlen(text) + IP_TEXT_SIZE);
    redact_text(redactor, text, strlen(text), words, &out);
    return buffer_keep(&out, memory);
}

const char *iis_words_redact_name(const struct redactor *redactor, const char *text,
                                  struct arena *memory)
{
    const char *list = "";

    if (!text || iis_is_own_name(text))
        return text;
    if (strpbrk(text, "\\/"))
        return iis_words_redact_path(redactor, text, memory);
    while (*text) {
        size_t size = strcspn(text, ",");
        const char *name = arena_copy(memory, text, size);

        if (!iis_is_own_name(name))
            name = redact_all(redactor, name, memory);
        text += size + (text[size] == ',');
        list = arena_print(memory, "%s%s%s", list, name, *text ? "," : "");
    }
    return list;
}

const char *iis_words_redact_type(const struct redactor *redactor, const char *text,
                                  struct arena *memory)
{
    return !text || iis_is_own_type(text) ? text : redact_all(redactor, text, memory);
}

/* "%ExchangeInstallPath%Bin": that variable ends with a separator, so none stands behind it. */
static size_t variable_size(const char *part, size_t size)
{
    const char *end = size > 1 && *part == '%' ? memchr(part + 1, '%', size - 1) : NULL;

    return end ? (size_t)(end + 1 - part) : 0;
}

/* The extension of a file stays. */
static void redact_part(const struct redactor *redactor, const char *part, size_t size,
                        struct arena *memory, struct buffer *out)
{
    size_t variable = variable_size(part, size);

    buffer_add(out, part, variable);
    part += variable;
    size -= variable;
    if (iis_is_own_part(part, size))
        buffer_add(out, part, size);
    else
        redact_path(redactor, arena_copy(memory, part, size), out);
}

const char *iis_words_redact_path(const struct redactor *redactor, const char *text,
                                  struct arena *memory)
{
    struct buffer out;
    bool is_of_windows = false;

    if (!text)
        return NULL;
    buffer_init(&out, 8 * strlen(text) + IP_TEXT_SIZE);
    while (*text) {
        size_t size = strcspn(text, "\\/");

        if (is_of_windows || size == 0)
            buffer_add(&out, text, size);
        else
            redact_part(redactor, text, size, memory, &out);
        is_of_windows = is_of_windows || text_equal_fold_sized(text, size, "System32", 8) ||
                        text_equal_fold_sized(text, size, "Microsoft.NET", 13);
        text += size;
        if (*text)
            buffer_add_char(&out, *text++);
    }
    return buffer_keep(&out, memory);
}

static bool begins_with(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (text_starts_fold(text, strlen(text), *words))
            return true;
    }
    return false;
}

const char *iis_words_redact_pool(const struct redactor *redactor, const char *text,
                                  struct arena *memory)
{
    static const char *const own[] = {"MSExchange",   "DefaultAppPool", ".NET v",
                                      "Classic .NET", "ASP.NET v",      NULL};

    return !text || begins_with(text, own) ? text : redact_all(redactor, text, memory);
}

const char *iis_words_redact_host(const struct redactor *redactor, const char *text,
                                  struct arena *memory)
{
    return redact_name_copy(redactor, text, memory);
}

const char *iis_words_redact_ip(const struct redactor *redactor, const char *text,
                                struct arena *memory)
{
    struct net_address address;
    char shown[NET_ADDRESS_TEXT_SIZE];

    if (!text || !text[strspn(text, "*:[]")])
        return text;
    if (net_address_parse(text, 80, &address) != STATUS_OK)
        return redact_all(redactor, text, memory);
    redact_ip(redactor, &address.ip);
    net_address_format(&address, 80, shown);
    return arena_copy_string(memory, shown);
}

const char *iis_words_redact_identity(const struct redactor *redactor, const char *text,
                                      struct arena *memory)
{
    static const char *const own[] = {
        "LocalSystem", "LocalService", "NetworkService", "SpecificUser", "ApplicationPoolIdentity",
        NULL};

    return !text || begins_with(text, own) ? text : redact_all(redactor, text, memory);
}

const char *iis_words_redact_section(const struct redactor *redactor, const char *text,
                                     struct arena *memory)
{
    static const char *const own[] = {"system.", "configProtectedData", "configPaths", NULL};

    return !text || begins_with(text, own) ? text : redact_all(redactor, text, memory);
}
