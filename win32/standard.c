#include "diag/platform.h"
#include "win32/error.h"
#include "win32/file.h"
#include "win32/system.h"

/* A pipe whose writers are gone is an end like any other. */
enum status platform_input_read(void *bytes, size_t room, size_t *received)
{
    DWORD size = 0, wanted = room < 65536 ? (DWORD)room : 65536;

    *received = 0;
    if (!ReadFile(GetStdHandle(STD_INPUT_HANDLE), bytes, wanted, &size, NULL)) {
        DWORD error = GetLastError();

        return error == ERROR_BROKEN_PIPE || error == ERROR_HANDLE_EOF ? STATUS_OK
                                                                       : error_status(error);
    }
    *received = size;
    return STATUS_OK;
}

int64_t platform_input_size(void)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    LARGE_INTEGER size, at, none = {0};

    if (GetFileType(input) != FILE_TYPE_DISK || !GetFileSizeEx(input, &size) ||
        !SetFilePointerEx(input, none, &at, FILE_CURRENT))
        return -1;
    return size.QuadPart > at.QuadPart ? size.QuadPart - at.QuadPart : 0;
}

bool platform_output_is(const char *path)
{
    HANDLE handle = GetStdHandle(STD_OUTPUT_HANDLE);
    BY_HANDLE_FILE_INFORMATION file, output;

    return GetFileType(handle) == FILE_TYPE_DISK && GetFileInformationByHandle(handle, &output) &&
           file_look_at(path, &file) && file_is_same(&file, &output);
}

enum status platform_output_cut(int64_t size)
{
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    LARGE_INTEGER end = {.QuadPart = size};

    if (!SetFilePointerEx(output, end, NULL, FILE_BEGIN) || !SetEndOfFile(output))
        return error_status(GetLastError());
    return STATUS_OK;
}
