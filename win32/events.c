/* The event logs of a machine, by wevtapi. */
#include "diag/memory.h"
#include "diag/platform.h"
#include "win32/error.h"
#include "win32/remote.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <stdlib.h>
#include <string.h>
#include <winevt.h>

enum {
    BATCH = 16, /* of 64 KiB each at most: before Windows 11 no call returns more than 2 MiB */
    EVENT_BYTES_MOST = 2 * 1024 * 1024, /* of UTF-16 */
    EVENT_BYTES_USUAL = 8192
};

typedef EVT_HANDLE WINAPI evt_open_session(EVT_LOGIN_CLASS type, PVOID login, DWORD timeout,
                                           DWORD flags);
typedef EVT_HANDLE WINAPI evt_query(EVT_HANDLE session, LPCWSTR path, LPCWSTR query, DWORD flags);
typedef BOOL WINAPI evt_next(EVT_HANDLE results, DWORD size, EVT_HANDLE *events, DWORD timeout,
                             DWORD flags, DWORD *returned);
typedef BOOL WINAPI evt_render(EVT_HANDLE context, EVT_HANDLE fragment, DWORD flags, DWORD size,
                               void *buffer, DWORD *used, DWORD *properties);
typedef BOOL WINAPI evt_close(EVT_HANDLE handle);

struct wevtapi {
    evt_open_session *open_session;
    evt_query *query;
    evt_next *next;
    evt_render *render;
    evt_close *close;
};

/* ---- the library ---- */

/* From the system's folder alone; it stays loaded, as all do. */
static enum status load(struct wevtapi *api)
{
    HMODULE library = LoadLibraryExW(L"wevtapi.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);

    if (!library)
        return STATUS_NOT_SUPPORTED;
    api->open_session =
        (evt_open_session *)(platform_function *)GetProcAddress(library, "EvtOpenSession");
    api->query = (evt_query *)(platform_function *)GetProcAddress(library, "EvtQuery");
    api->next = (evt_next *)(platform_function *)GetProcAddress(library, "EvtNext");
    api->render = (evt_render *)(platform_function *)GetProcAddress(library, "EvtRender");
    api->close = (evt_close *)(platform_function *)GetProcAddress(library, "EvtClose");
    return api->open_session && api->query && api->next && api->render && api->close
               ? STATUS_OK
               : STATUS_NOT_SUPPORTED;
}

/* ---- words ---- */

/* At hand the service itself does not answer; of another machine it may be anything on the way. */
static enum status outcome_of(DWORD error, bool is_remote)
{
    enum status status;

    switch (error) {
    case ERROR_EVT_CHANNEL_NOT_FOUND:
        return STATUS_NOT_FOUND;
    case ERROR_EVT_INVALID_QUERY:
        return STATUS_INVALID;
    case ERROR_SUCCESS: /* Wine's own, which has no logs */
        return STATUS_NOT_SUPPORTED;
    default:
        status = error_status(error);
        return status == STATUS_UNREACHABLE && !is_remote ? STATUS_REFUSED : status;
    }
}

/* ---- one event ---- */

struct reading {
    struct wevtapi api;
    platform_event_take *take;
    void *context;
    wchar_t *text;
    DWORD room; /* bytes of it */
    bool is_remote;
    bool *more;
};

static bool render(struct reading *reading, EVT_HANDLE event, DWORD *used)
{
    DWORD properties;

    return reading->api.render(NULL, event, EvtRenderEventXml, reading->room, reading->text, used,
                               &properties) != 0;
}

/* False for one that is longer than is read, or that the service cannot tell. */
static bool render_whole(struct reading *reading, EVT_HANDLE event, DWORD *used)
{
    *used = 0;
    if (render(reading, event, used))
        return true;
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER || *used <= reading->room ||
        *used > EVENT_BYTES_MOST)
        return false;
    free(reading->text);
    reading->room = *used;
    reading->text = memory_new(1, reading->room);
    return render(reading, event, used);
}

/* The text ends with a NUL, which `used` counts; nobody relies on that. */
static void take_event(struct reading *reading, EVT_HANDLE event)
{
    DWORD used;
    char *utf8;

    if (!render_whole(reading, event, &used) || used < sizeof *reading->text ||
        used > reading->room) {
        *reading->more = true;
        return;
    }
    reading->text[used / sizeof *reading->text - 1] = L'\0';
    utf8 = wide_to_utf8(reading->text);
    reading->take(reading->context, utf8, strlen(utf8));
    free(utf8);
}

/* ---- all of them ---- */

static int left_of(ULONGLONG end)
{
    ULONGLONG now = GetTickCount64();

    return now < end ? (int)(end - now) : 0;
}

static enum status read_all(struct reading *reading, EVT_HANDLE results,
                            const struct platform_events_limit *limit)
{
    ULONGLONG end = GetTickCount64() + (ULONGLONG)limit->milliseconds;
    size_t taken = 0;

    for (;;) {
        EVT_HANDLE events[BATCH];
        size_t want = limit->most - taken < BATCH ? limit->most - taken : BATCH;
        DWORD count = 0;
        int left = left_of(end);

        if (want == 0 || left == 0)
            break;
        if (!reading->api.next(results, (DWORD)want, events, (DWORD)left, 0, &count)) {
            DWORD error = GetLastError();

            if (error == ERROR_NO_MORE_ITEMS)
                return STATUS_OK;
            *reading->more = true;
            return taken > 0 ? STATUS_OK : outcome_of(error, reading->is_remote);
        }
        for (DWORD i = 0; i < count; i++) {
            take_event(reading, events[i]);
            reading->api.close(events[i]);
        }
        taken += count;
    }
    *reading->more = true;
    return taken > 0 ? STATUS_OK : STATUS_TIMED_OUT;
}

/* As the user who runs this, by a ticket: of a password's hash nothing is sent. */
static enum status open_session(const struct wevtapi *api, const char *machine, EVT_HANDLE *session)
{
    enum { DEFAULT_TIMEOUT = 0, FLAGS = 0, UNC = 2 };
    wchar_t *host = remote_host(machine);
    EVT_RPC_LOGIN login = {.Flags = EvtRpcLoginAuthKerberos};
    enum status status = STATUS_OK;

    if (!host)
        return STATUS_INVALID;
    login.Server = host + UNC;
    SetLastError(ERROR_SUCCESS);
    *session = api->open_session(EvtRpcLogin, &login, DEFAULT_TIMEOUT, FLAGS);
    if (!*session)
        status = outcome_of(GetLastError(), true);
    free(host);
    return status;
}

static enum status ask(struct reading *reading, EVT_HANDLE session, const wchar_t *query,
                       const struct platform_events_limit *limit)
{
    enum status status;
    EVT_HANDLE results;

    SetLastError(ERROR_SUCCESS);
    results =
        reading->api.query(session, NULL, query, EvtQueryChannelPath | EvtQueryReverseDirection);
    if (!results)
        return outcome_of(GetLastError(), reading->is_remote);
    reading->room = EVENT_BYTES_USUAL;
    reading->text = memory_new(1, reading->room);
    status = read_all(reading, results, limit);
    reading->api.close(results);
    free(reading->text);
    return status;
}

enum status platform_events_query(const char *machine, const char *query,
                                  const struct platform_events_limit *limit,
                                  platform_event_take *take, void *context, bool *more)
{
    struct reading reading = {
        .take = take, .context = context, .more = more, .is_remote = *machine != '\0'};
    enum status status = load(&reading.api);
    wchar_t *wide = wide_from_utf8(query);
    EVT_HANDLE session = NULL;

    *more = false;
    if (status == STATUS_OK && !wide)
        status = STATUS_INVALID;
    if (status == STATUS_OK && *machine)
        status = open_session(&reading.api, machine, &session);
    if (status == STATUS_OK)
        status = ask(&reading, session, wide, limit);
    if (session)
        reading.api.close(session);
    free(wide);
    return status;
}
