/* First tokens of Kerberos by SSPI, which asks the KDC that it finds. */
#include "diag/platform_kerberos.h"

#include "diag/platform_directory.h"
#include "win32/kerberos.h"
#include "win32/wide.h"

#include <sspi.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 4096 };

struct kerberos_client {
    CredHandle credentials;
    bool has_credentials;
    WCHAR *target;
};

static enum status name_service(struct kerberos_client *client,
                                const struct kerberos_service *service)
{
    struct buffer name;

    buffer_init(&name, NAME_MOST);
    buffer_add_string(&name, service->spn);
    if (service->realm)
        buffer_print(&name, "@%s", service->realm);
    client->target = name.truncated ? NULL : wide_from_utf8(name.text);
    buffer_release(&name);
    return client->target ? STATUS_OK : STATUS_INVALID;
}

enum status platform_kerberos_client(const struct kerberos_service *service, int64_t deadline,
                                     struct kerberos_told *told, struct kerberos_client **out)
{
    struct kerberos_client *client;
    enum status status;

    (void)deadline;
    *out = NULL;
    if (strpbrk(service->spn, "@\\") || (service->realm && strpbrk(service->realm, "@\\")))
        return STATUS_INVALID;
    client = memory_new(1, sizeof *client);
    status = platform_kerberos_caller(told->caller, told->why);
    if (status == STATUS_OK)
        status = kerberos_acquire(&client->credentials);
    client->has_credentials = status == STATUS_OK;
    if (status == STATUS_OK)
        status = name_service(client, service);
    if (status == STATUS_OK)
        *out = client;
    else
        platform_kerberos_client_free(client);
    return status;
}

void platform_kerberos_client_free(struct kerberos_client *client)
{
    if (!client)
        return;
    if (client->has_credentials)
        FreeCredentialsHandle(&client->credentials);
    free(client->target);
    free(client);
}

/* SEC_CHANNEL_BINDINGS with its data behind it. */
static SEC_CHANNEL_BINDINGS *write_binding(const void *binding, size_t size)
{
    SEC_CHANNEL_BINDINGS *bindings = memory_new(1, sizeof *bindings + size);

    bindings->cbApplicationDataLength = (unsigned long)size;
    bindings->dwApplicationDataOffset = sizeof *bindings;
    memcpy(bindings + 1, binding, size);
    return bindings;
}

static enum status conclude(SECURITY_STATUS code, struct kerberos_told *told)
{
    if (code == SEC_E_OK || code == SEC_I_CONTINUE_NEEDED)
        return STATUS_OK;
    buffer_print(told->why, "Windows says 0x%08lx", (unsigned long)code);
    told->error_code = kerberos_error_of(code);
    if (told->error_code != 0)
        return STATUS_REJECTED;
    return code == SEC_E_NO_CREDENTIALS ? STATUS_NOT_FOUND : STATUS_MALFORMED;
}

enum status platform_kerberos_token(struct kerberos_client *client, const void *binding,
                                    size_t binding_size, struct buffer *out,
                                    struct kerberos_told *told)
{
    unsigned char *room = memory_new(1, KERBEROS_TOKEN_MOST);
    SEC_CHANNEL_BINDINGS *bindings = binding ? write_binding(binding, binding_size) : NULL;
    SecBuffer given = {.BufferType = SECBUFFER_CHANNEL_BINDINGS,
                       .cbBuffer = (ULONG)(sizeof *bindings + binding_size),
                       .pvBuffer = bindings};
    SecBuffer token = {
        .BufferType = SECBUFFER_TOKEN, .cbBuffer = KERBEROS_TOKEN_MOST, .pvBuffer = room};
    SecBufferDesc input = {.ulVersion = SECBUFFER_VERSION, .cBuffers = 1, .pBuffers = &given};
    SecBufferDesc output = {.ulVersion = SECBUFFER_VERSION, .cBuffers = 1, .pBuffers = &token};
    ULONG attributes = 0;
    CtxtHandle context;
    TimeStamp expiry;
    SECURITY_STATUS code = InitializeSecurityContextW(
        &client->credentials, NULL, client->target, ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY, 0,
        SECURITY_NATIVE_DREP, bindings ? &input : NULL, 0, &context, &output, &attributes, &expiry);

    if (code == SEC_E_OK || code == SEC_I_CONTINUE_NEEDED) {
        buffer_add(out, (const char *)room, token.cbBuffer);
        DeleteSecurityContext(&context);
    }
    SecureZeroMemory(room, KERBEROS_TOKEN_MOST);
    free(room);
    free(bindings);
    return conclude(code, told);
}
