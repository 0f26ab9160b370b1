#include "win32/owner.h"

#include "win32/error.h"
#include "win32/system.h"

#include <sddl.h>
#include <stdio.h>

enum { SID_TEXT_SIZE = 192, DESCRIPTOR_SIZE = SID_TEXT_SIZE + 64 };

union user {
    TOKEN_USER information;
    unsigned char room[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
};

static enum status read_user(union user *user)
{
    DWORD size = (DWORD)sizeof *user;
    enum status status = STATUS_OK;
    HANDLE token;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return error_status(GetLastError());
    if (!GetTokenInformation(token, TokenUser, user, size, &size))
        status = error_status(GetLastError());
    CloseHandle(token);
    return status;
}

enum status owner_alone(void **descriptor)
{
    wchar_t text[DESCRIPTOR_SIZE];
    union user user;
    LPWSTR sid;
    enum status status = read_user(&user);

    *descriptor = NULL;
    if (status != STATUS_OK)
        return status;
    if (!ConvertSidToStringSidW(user.information.User.Sid, &sid))
        return error_status(GetLastError());
    swprintf(text, DESCRIPTOR_SIZE, L"D:P(A;;FA;;;%.*ls)(A;;FA;;;OW)", SID_TEXT_SIZE, sid);
    LocalFree(sid);
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, descriptor,
                                                              NULL))
        return error_status(GetLastError());
    return STATUS_OK;
}
