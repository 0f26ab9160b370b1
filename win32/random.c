#include "diag/platform.h"
#include "win32/system.h"

#include <bcrypt.h>

enum status platform_random(void *bytes, size_t size)
{
    unsigned char *at = bytes;

    while (size > 0) {
        ULONG part = size > 0x10000 ? 0x10000 : (ULONG)size;

        if (BCryptGenRandom(NULL, at, part, BCRYPT_USE_SYSTEM_PREFERRED_RNG) != 0)
            return STATUS_IO;
        at += part;
        size -= part;
    }
    return STATUS_OK;
}
