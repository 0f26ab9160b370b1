/*
 * A stand-in for wevtapi.dll, for the tests of what reads event logs: Wine's own has no logs. It is
 * laid into the system folder of a Wine prefix of the tests' own, never beside a program.
 *
 * EXDIAG_EVENTS names a file of events as XML, UTF-8, one a line, the newest first; or is an error
 * that queries end with: "error 5"; or "silence", in which the next events are waited for in vain.
 * Of the events those are given whose provider and id a query names, as "@Name='...'" and
 * "EventID=...".
 *
 * A session of another machine is had by whoever asks as himself. Then a query tells the same of
 * ex02.contoso.com, nothing of silent.contoso.com for a minute, ends with "access denied" of
 * closed.contoso.com and "server unavailable" of any other.
 */
#include <windows.h>

#include <winevt.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_MOST = 30,
    NAME_ROOM = 1024,
    NEEDLE_ROOM = 256,
    SILENCE = 60000, /* milliseconds */
    FLAGS = EvtQueryChannelPath | EvtQueryReverseDirection
};

struct thing { /* behind a handle: a session, a query, or one of its events */
    wchar_t *server;
    FILE *file;
    char *query;
    char *line;
};

static char *utf8_of(const wchar_t *wide)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = calloc(1, (size_t)size + 1);

    if (!text)
        abort();
    WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, size, NULL, NULL);
    return text;
}

static struct thing *thing_new(void)
{
    struct thing *thing = calloc(1, sizeof *thing);

    if (!thing)
        abort();
    return thing;
}

__declspec(dllexport) EVT_HANDLE WINAPI
    EvtOpenSession(EVT_LOGIN_CLASS type, PVOID login, DWORD timeout, DWORD flags)
{
    const EVT_RPC_LOGIN *as = login;
    struct thing *thing;

    if (type != EvtRpcLogin || !as->Server || as->User || as->Domain || as->Password ||
        as->Flags != EvtRpcLoginAuthKerberos || timeout || flags) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    thing = thing_new();
    thing->server = _wcsdup(as->Server);
    return thing;
}

/* What a query of a session ends with before it begins. */
static DWORD error_of(const struct thing *session)
{
    if (!session || wcscmp(session->server, L"ex02.contoso.com") == 0)
        return ERROR_SUCCESS;
    if (wcscmp(session->server, L"silent.contoso.com") == 0)
        Sleep(SILENCE);
    return wcscmp(session->server, L"closed.contoso.com") == 0 ? ERROR_ACCESS_DENIED
                                                               : RPC_S_SERVER_UNAVAILABLE;
}

__declspec(dllexport) EVT_HANDLE WINAPI
    EvtQuery(EVT_HANDLE session, LPCWSTR path, LPCWSTR query, DWORD flags)
{
    wchar_t name[NAME_ROOM];
    struct thing *thing;
    DWORD error = error_of(session);

    if (error != ERROR_SUCCESS) {
        SetLastError(error);
        return NULL;
    }
    if (path || flags != FLAGS || !wcsstr(query, L"<QueryList>")) {
        SetLastError(ERROR_EVT_INVALID_QUERY);
        return NULL;
    }
    if (!GetEnvironmentVariableW(L"EXDIAG_EVENTS", name, NAME_ROOM)) {
        SetLastError(ERROR_EVT_CHANNEL_NOT_FOUND);
        return NULL;
    }
    if (wcsncmp(name, L"error ", 6) == 0) {
        SetLastError(wcstoul(name + 6, NULL, 10));
        return NULL;
    }
    thing = thing_new();
    thing->file = _wfopen(name, L"rb");
    thing->query = utf8_of(query);
    if (thing->file || wcscmp(name, L"silence") == 0)
        return thing;
    free(thing->query);
    free(thing);
    SetLastError(ERROR_FILE_NOT_FOUND);
    return NULL;
}

/* A line of any length, without its end; NULL at the end of the file. */
static char *read_line(FILE *file)
{
    size_t size = 0, room = 4096;
    char *line = malloc(room);
    int c;

    while (line && (c = fgetc(file)) != EOF && c != '\n') {
        if (size + 2 > room)
            line = realloc(line, room *= 2);
        if (line && c != '\r')
            line[size++] = (char)c;
    }
    if (!line)
        abort();
    line[size] = '\0';
    if (size > 0 || !feof(file))
        return line;
    free(line);
    return NULL;
}

/* Whether a query has, in this form, what a line has in an element or attribute of this name. */
static bool has(const char *query, const char *line, const char *name, char opening,
                const char *closing, const char *form)
{
    char needle[NEEDLE_ROOM];
    const char *begin = strstr(line, name), *end;

    begin = begin ? strchr(begin, opening) : NULL;
    end = begin ? strstr(++begin, closing) : NULL;
    if (!end)
        return false;
    snprintf(needle, sizeof needle, form, (int)(end - begin), begin);
    return strstr(query, needle) != NULL;
}

/* An id is followed by another, or by the end of them. */
static bool is_wanted(const char *query, const char *line)
{
    return has(query, line, "<Provider Name=", '\'', "'", "@Name='%.*s'") &&
           (has(query, line, "<EventID", '>', "</EventID>", "EventID=%.*s or ") ||
            has(query, line, "<EventID", '>', "</EventID>", "EventID=%.*s)"));
}

__declspec(dllexport) BOOL WINAPI EvtNext(EVT_HANDLE results, DWORD size, EVT_HANDLE *events,
                                          DWORD timeout, DWORD flags, DWORD *returned)
{
    struct thing *thing = results;
    char *line;

    (void)flags;
    *returned = 0;
    if (size > BATCH_MOST) {
        SetLastError(RPC_S_INVALID_BOUND);
        return FALSE;
    }
    if (!thing->file) {
        Sleep(timeout);
        SetLastError(ERROR_TIMEOUT);
        return FALSE;
    }
    while (*returned < size && (line = read_line(thing->file))) {
        struct thing *event = thing_new();

        event->line = line;
        if (is_wanted(thing->query, line))
            events[(*returned)++] = event;
        else
            EvtClose(event);
    }
    if (*returned > 0)
        return TRUE;
    SetLastError(ERROR_NO_MORE_ITEMS);
    return FALSE;
}

__declspec(dllexport) BOOL WINAPI
    EvtRender(EVT_HANDLE context, EVT_HANDLE fragment, DWORD flags, DWORD size, PVOID buffer,
              PDWORD used, PDWORD properties)
{
    const struct thing *event = fragment;
    int units = MultiByteToWideChar(CP_UTF8, 0, event->line, -1, NULL, 0);

    *used = (DWORD)units * (DWORD)sizeof(wchar_t);
    *properties = 0;
    if (context || flags != EvtRenderEventXml || size < *used) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return FALSE;
    }
    MultiByteToWideChar(CP_UTF8, 0, event->line, -1, buffer, units);
    return TRUE;
}

__declspec(dllexport) BOOL WINAPI EvtClose(EVT_HANDLE object)
{
    struct thing *thing = object;

    if (thing->file)
        fclose(thing->file);
    free(thing->server);
    free(thing->query);
    free(thing->line);
    free(thing);
    return TRUE;
}
