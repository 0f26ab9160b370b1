/* Who a machine is: its names, its domain, and what this run may do. */
#include "diag/platform.h"

#include "win32/error.h"
#include "win32/system.h"
#include "win32/wide.h"

#include <dsrole.h>
#include <stdlib.h>
#include <string.h>

/* What does not fit is not told. */
static void take(const wchar_t *wide, char text[PLATFORM_HOST_NAME_SIZE])
{
    char *name = wide ? wide_to_utf8(wide) : NULL;

    if (name && strlen(name) < PLATFORM_HOST_NAME_SIZE)
        memcpy(text, name, strlen(name) + 1);
    free(name);
}

static void name_at_hand(COMPUTER_NAME_FORMAT format, char text[PLATFORM_HOST_NAME_SIZE])
{
    wchar_t name[PLATFORM_HOST_NAME_SIZE];
    DWORD size = PLATFORM_HOST_NAME_SIZE;

    if (GetComputerNameExW(format, name, &size))
        take(name, text);
}

static enum machine_role role_of(DSROLE_MACHINE_ROLE role)
{
    switch (role) {
    case DsRole_RoleStandaloneWorkstation:
        return MACHINE_ROLE_WORKSTATION;
    case DsRole_RoleMemberWorkstation:
        return MACHINE_ROLE_MEMBER_WORKSTATION;
    case DsRole_RoleStandaloneServer:
        return MACHINE_ROLE_SERVER;
    case DsRole_RoleMemberServer:
        return MACHINE_ROLE_MEMBER_SERVER;
    case DsRole_RoleBackupDomainController:
        return MACHINE_ROLE_DC;
    case DsRole_RolePrimaryDomainController:
        return MACHINE_ROLE_PDC;
    }
    return MACHINE_ROLE_UNKNOWN;
}

enum status platform_machine(const char *machine, struct platform_machine *out)
{
    DSROLE_PRIMARY_DOMAIN_INFO_BASIC *told = NULL;
    wchar_t *server = *machine ? wide_from_utf8(machine) : NULL;
    DWORD error;

    *out = (struct platform_machine){0};
    if (*machine && !server)
        return STATUS_INVALID;
    if (!server) {
        name_at_hand(ComputerNamePhysicalDnsFullyQualified, out->name);
        name_at_hand(ComputerNamePhysicalNetBIOS, out->netbios);
    }
    error = DsRoleGetPrimaryDomainInformation(server, DsRolePrimaryDomainInfoBasic, (PBYTE *)&told);
    free(server);
    if (error != ERROR_SUCCESS)
        return error_status(error);
    take(told->DomainNameFlat, out->group);
    take(told->DomainNameDns, out->domain);
    take(told->DomainForestName, out->forest);
    out->role = role_of(told->MachineRole);
    DsRoleFreeMemory(told);
    return STATUS_OK;
}

enum status platform_is_elevated(bool *is_elevated)
{
    TOKEN_ELEVATION elevation = {0};
    enum status status = STATUS_OK;
    DWORD size;
    HANDLE token;

    *is_elevated = false;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return error_status(GetLastError());
    if (!GetTokenInformation(token, TokenElevation, &elevation, sizeof elevation, &size))
        status = error_status(GetLastError());
    CloseHandle(token);
    *is_elevated = elevation.TokenIsElevated != 0;
    return status;
}
