#include "diag/read/host_event.h"

#include "diag/read/windows_feature.h"
#include "diag/text.h"

#include <string.h>

/* ---- kinds ---- */

static const char *const words[HOST_EVENT_KIND_COUNT] = {
#define X(name, word, provider, id, text) word,
    HOST_EVENT_LIST(X)
#undef X
};

static const char *const texts[HOST_EVENT_KIND_COUNT] = {
#define X(name, word, provider, id, text) "event " #id ", " text,
    HOST_EVENT_LIST(X)
#undef X
};

const struct event_wish host_event_wishes[] = {
#define X(name, word, provider, id, text) {provider, id},
    HOST_EVENT_LIST(X)
#undef X
        {NULL, 0}};

const char *host_event_word(enum host_event_kind kind)
{
    return words[kind];
}

const char *host_event_text(enum host_event_kind kind)
{
    return texts[kind];
}

enum host_event_kind host_event_from_word(const char *word)
{
    unsigned kind = 0;

    while (kind < HOST_EVENT_KIND_COUNT && strcmp(words[kind], word) != 0)
        kind++;
    return (enum host_event_kind)kind;
}

static enum host_event_kind kind_of(const struct windows_event *event)
{
    unsigned kind = 0;

    while (kind < HOST_EVENT_KIND_COUNT &&
           (host_event_wishes[kind].id != event->id ||
            !text_equal_fold(host_event_wishes[kind].provider, event->provider)))
        kind++;
    return (enum host_event_kind)kind;
}

/* ---- data ---- */

static const char *string_of(const struct windows_event *event, size_t index)
{
    return index < event->string_count ? event->strings[index] : "";
}

static const char *keep(const char *text, struct arena *arena)
{
    size_t size;

    text += strspn(text, " \t\r\n");
    size = strlen(text);
    while (size > 0 && strchr(" \t\r\n", text[size - 1]))
        size--;
    return arena_copy(arena, text, text_fit(text, size, HOST_EVENT_TEXT_MOST));
}

/* A drive, a share or a variable, and a folder in it; or the bare name of a DLL. */
static bool is_path(const char *text)
{
    size_t size = strlen(text);
    bool begins = (text_is_letter(text[0]) && text[1] == ':') || text[0] == '%' ||
                  (text[0] == '\\' && text[1] == '\\');

    return (begins && (strchr(text, '\\') || strchr(text, '/') || strchr(text + 1, '%'))) ||
           (size > 4 && text_equal_fold(text + size - 4, ".dll") && !strchr(text, ' '));
}

/* Which string it is differs from one Windows to the next; that it is a path does not. */
static const char *path_of(const struct windows_event *event, struct arena *arena)
{
    for (size_t i = 0; i < event->string_count; i++) {
        const char *text = event->strings[i];

        text += strspn(text, " \t\r\n\"");
        if (is_path(text))
            return keep(text, arena);
    }
    return "";
}

/* A code among the strings, "0x8007007E", in the same form. */
static const char *error_of_text(const char *text, struct arena *arena)
{
    enum { DIGITS = 8 };
    size_t digits;
    char code[] = "0x00000000";

    if (!text_starts_fold(text, strlen(text), "0x"))
        return "";
    digits = strspn(text + 2, "0123456789ABCDEFabcdef");
    if (digits == 0 || digits > DIGITS || text[2 + digits])
        return "";
    for (size_t i = 0; i < digits; i++)
        code[2 + DIGITS - digits + i] = text_lower(text[2 + i]);
    return arena_copy_string(arena, code);
}

static const char *error_of(const struct windows_event *event, struct arena *arena)
{
    const char *error = event_error_of_data(event, arena);

    for (size_t i = 0; !*error && i < event->string_count; i++)
        error = error_of_text(event->strings[i], arena);
    return error;
}

/* ---- each kind ---- */

static bool read_file(const struct windows_event *event, struct arena *arena,
                      struct host_event *out)
{
    out->file = path_of(event, arena);
    out->error = error_of(event, arena);
    return *out->file;
}

static bool read_pool(const struct windows_event *event, struct arena *arena,
                      struct host_event *out)
{
    out->pool = keep(string_of(event, 0), arena);
    out->error = event_error_of_data(event, arena);
    return *out->pool && *out->pool != '%';
}

static bool read_modules(const struct windows_event *event, struct arena *arena,
                         struct host_event *out)
{
    return read_pool(event, arena, out) && read_file(event, arena, out);
}

/* UpdateName, PackageIdentifier, ErrorCode, Client: those that a web server has. */
static bool read_feature(const struct windows_event *event, struct arena *arena,
                         struct host_event *out)
{
    const char *name = string_of(event, 0);

    if (!windows_feature_is_name(name, strlen(name)) ||
        (!text_starts_fold(name, strlen(name), "IIS-") &&
         !text_equal_fold(name, FEATURE_WINRM_IIS_EXT_OF_DISM)))
        return false;
    out->feature = keep(name, arena);
    return true;
}

bool host_event_read(const struct windows_event *event, struct arena *arena, struct host_event *out)
{
    static bool (*const readers[HOST_EVENT_KIND_COUNT])(
        const struct windows_event *event, struct arena *arena, struct host_event *out) = {
        [HOST_EVENT_WINRM_CANNOT_LOAD] = read_file,
        [HOST_EVENT_MODULE_NOT_LOADED] = read_file,
        [HOST_EVENT_MODULE_OF_OTHER_BITS] = read_file,
        [HOST_EVENT_MODULE_REFUSES] = read_file,
        [HOST_EVENT_MODULE_IS_NONE] = read_file,
        [HOST_EVENT_MODULES_NOT_READ] = read_modules,
        [HOST_EVENT_POOL_DISABLED] = read_pool,
        [HOST_EVENT_POOL_PROCESS_ENDED] = read_pool,
        [HOST_EVENT_POOL_PROCESS_FAILED] = read_pool,
        [HOST_EVENT_POOL_DISABLED_STARTING] = read_pool,
        [HOST_EVENT_FEATURE_ON] = read_feature,
        [HOST_EVENT_FEATURE_OFF] = read_feature,
        [HOST_EVENT_FEATURE_REMOVED] = read_feature,
    };
    enum host_event_kind kind = kind_of(event);

    *out = (struct host_event){kind, "", "", "", ""};
    return kind != HOST_EVENT_KIND_COUNT && readers[kind](event, arena, out);
}
