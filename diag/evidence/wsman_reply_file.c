#include "diag/evidence/wsman_reply_file.h"

#include "diag/text.h"

#include <string.h>

static void put_text(json_t *object, const char *name, const char *text)
{
    if (text)
        json_put_text(object, name, text);
}

json_t *wsman_reply_to_json(const struct wsman_reply *reply)
{
    json_t *object = json_object();

    json_put_text(object, "kind", wsman_reply_word(reply->kind));
    put_text(object, "code", reply->code);
    put_text(object, "subcode", reply->subcode);
    put_text(object, "detail", reply->detail);
    if (reply->has_number)
        json_put_number(object, "number", reply->number);
    put_text(object, "machine", reply->machine);
    put_text(object, "provider", reply->provider);
    put_text(object, "provider_path", reply->provider_path);
    put_text(object, "text", reply->text);
    put_text(object, "vendor", reply->vendor);
    put_text(object, "version", reply->version);
    return object;
}

static const char *get_text(const json_t *object, const char *name, struct arena *arena)
{
    const char *text = json_get_text(object, name);

    return text && strlen(text) <= WSMAN_TEXT_MOST ? arena_copy_string(arena, text) : NULL;
}

static enum wsman_reply_kind kind_from_word(const char *word)
{
    unsigned kind = 0;

    while (word && kind < WSMAN_REPLY_COUNT &&
           strcmp(wsman_reply_word((enum wsman_reply_kind)kind), word) != 0)
        kind++;
    return word ? (enum wsman_reply_kind)kind : WSMAN_REPLY_COUNT;
}

const struct wsman_reply *wsman_reply_from_json(const json_t *object, struct arena *arena)
{
    enum wsman_reply_kind kind = kind_from_word(json_get_text(object, "kind"));
    uint64_t number = json_get_number(object, "number", UINT32_MAX, UINT64_MAX);
    struct wsman_reply *reply;

    if (kind == WSMAN_REPLY_COUNT)
        return NULL;
    reply = arena_new(arena, 1, sizeof *reply);
    reply->kind = kind;
    reply->code = get_text(object, "code", arena);
    reply->subcode = get_text(object, "subcode", arena);
    reply->detail = get_text(object, "detail", arena);
    reply->has_number = number <= UINT32_MAX;
    reply->number = reply->has_number ? (uint32_t)number : 0;
    reply->machine = get_text(object, "machine", arena);
    reply->provider = get_text(object, "provider", arena);
    reply->provider_path = get_text(object, "provider_path", arena);
    reply->text = get_text(object, "text", arena);
    reply->vendor = get_text(object, "vendor", arena);
    reply->version = get_text(object, "version", arena);
    return reply;
}

/* "C:\WINDOWS\system32\pwrshplugin.dll": the file, if it is one of Windows' own. */
static const char *keep_file(const char *path, struct arena *arena)
{
    static const char *const files[] = {"pwrshplugin.dll", "WsmSvc.dll", "winrscmd.dll",
                                        "Microsoft.Exchange.AuthorizationPlugin.dll"};
    const char *last = path ? strrchr(path, '\\') : NULL, *file = last ? last + 1 : path;

    for (size_t i = 0; file && i < sizeof files / sizeof *files; i++) {
        if (text_equal_fold(file, files[i]))
            return arena_copy_string(arena, files[i]);
    }
    return NULL;
}

/* Versions of Windows are no names. */
static const char *keep_version(const char *version)
{
    static const char characters[] = "OSPStack: .0123456789";

    return version && strspn(version, characters) == strlen(version) ? version : NULL;
}

const struct wsman_reply *wsman_reply_redact(const struct wsman_reply *reply,
                                             const struct redactor *redactor, struct arena *arena)
{
    static const char vendor[] = "Microsoft Corporation", powershell[] = "microsoft.powershell";
    struct wsman_reply *copy = arena_new(arena, 1, sizeof *copy);

    copy->kind = reply->kind;
    copy->code = reply->code;
    copy->subcode = reply->subcode;
    copy->detail = reply->detail;
    copy->has_number = reply->has_number;
    copy->number = reply->number;
    copy->machine = redact_name_copy(redactor, reply->machine, arena);
    copy->provider =
        reply->provider && text_equal_fold(reply->provider, powershell) ? powershell : NULL;
    copy->provider_path = keep_file(reply->provider_path, arena);
    copy->vendor = reply->vendor && strcmp(reply->vendor, vendor) == 0 ? vendor : NULL;
    copy->version = keep_version(reply->version);
    return copy;
}
