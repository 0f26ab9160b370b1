#include "diag/platform.h"

enum status platform_trusted_certificates(void (*take)(void *context, const void *der, size_t size),
                                          void *context)
{
    (void)take;
    (void)context;
    return STATUS_NOT_SUPPORTED;
}
