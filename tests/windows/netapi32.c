/*
 * A stand-in for netapi32.dll, for the tests of a machine in a domain: Wine's own is in none. It is
 * laid into the system folder of a Wine prefix of the tests' own, never beside a program.
 *
 * EXDIAG_DOMAIN is what DsRoleGetPrimaryDomainInformation() tells: "3 CONTOSO contoso.com
 * contoso.com" (the role's number, the domain or workgroup in NetBIOS, and for a member the domain
 * and the forest in DNS), or an error that it ends with: "error 5". Without it the machine is a
 * server of WORKGROUP. Of other machines but EXDIAG_DOMAIN_OTHER, which says the same, it has
 * nothing to tell.
 */
#include <windows.h>

#include <dsrole.h>

#include <stdbool.h>
#include <stdlib.h>
#include <wchar.h>

enum { TEXT_ROOM = 1024 };

struct told { /* what a caller frees in one piece */
    DSROLE_PRIMARY_DOMAIN_INFO_BASIC basic;
    wchar_t text[TEXT_ROOM];
};

/* The next word of the text, which is ended there; NULL at its end. */
static wchar_t *next_word(wchar_t **rest)
{
    wchar_t *word = *rest, *end = word ? wcschr(word, L' ') : NULL;

    if (!word || !*word)
        return NULL;
    *rest = end ? end + 1 : NULL;
    if (end)
        *end = L'\0';
    return word;
}

static bool is_other(LPCWSTR server)
{
    wchar_t other[TEXT_ROOM];

    return GetEnvironmentVariableW(L"EXDIAG_DOMAIN_OTHER", other, TEXT_ROOM) &&
           wcscmp(server, other) == 0;
}

__declspec(dllexport) DWORD WINAPI
    DsRoleGetPrimaryDomainInformation(LPCWSTR server, DSROLE_PRIMARY_DOMAIN_INFO_LEVEL level,
                                      PBYTE *buffer)
{
    struct told *told;
    wchar_t *rest;

    if (server && !is_other(server))
        return ERROR_CALL_NOT_IMPLEMENTED;
    if (level != DsRolePrimaryDomainInfoBasic)
        return ERROR_INVALID_PARAMETER;
    told = calloc(1, sizeof *told);
    if (!told)
        abort();
    if (!GetEnvironmentVariableW(L"EXDIAG_DOMAIN", told->text, TEXT_ROOM))
        wcscpy(told->text, L"2 WORKGROUP");
    if (wcsncmp(told->text, L"error ", wcslen(L"error ")) == 0) {
        DWORD error = wcstoul(told->text + wcslen(L"error "), NULL, 10);

        free(told);
        return error;
    }
    rest = told->text;
    told->basic.MachineRole = (DSROLE_MACHINE_ROLE)wcstol(next_word(&rest), NULL, 10);
    told->basic.DomainNameFlat = next_word(&rest);
    told->basic.DomainNameDns = next_word(&rest);
    told->basic.DomainForestName = next_word(&rest);
    *buffer = (PBYTE)told;
    return ERROR_SUCCESS;
}

__declspec(dllexport) void WINAPI DsRoleFreeMemory(PVOID buffer)
{
    free(buffer);
}
