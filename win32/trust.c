#include "diag/platform.h"
#include "win32/error.h"
#include "win32/system.h"

#include <wincrypt.h>

/* Those of the machine and of the user; Windows fetches rarer ones only when it verifies itself. */
enum status platform_trusted_certificates(void (*take)(void *context, const void *der, size_t size),
                                          void *context)
{
    HCERTSTORE store = CertOpenSystemStoreW(0, L"ROOT");
    PCCERT_CONTEXT certificate = NULL;

    if (!store)
        return error_status(GetLastError());
    while ((certificate = CertEnumCertificatesInStore(store, certificate)) != NULL)
        take(context, certificate->pbCertEncoded, certificate->cbCertEncoded);
    CertCloseStore(store, 0);
    return STATUS_OK;
}
