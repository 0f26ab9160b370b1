/* Logons by Kerberos where the channel stays as it is: SMTP's GSSAPI (RFC 4752, without layers). */
#include "diag/platform_directory.h"

#include "win32/kerberos.h"
#include "win32/wide.h"

#include <sspi.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 4096, OFFER_SIZE = 4, LAYER_NONE = 1 };

/* KERB_WRAP_NO_ENCRYPT of ntsecapi.h: signed alone. */
static const ULONG signed_alone = 0x80000001;

struct kerberos_logon {
    CredHandle credentials;
    CtxtHandle context;
    WCHAR *target;
    bool has_credentials, has_context;
    bool is_known;       /* both know who the other is */
    bool is_agreed;      /* on no layer */
    struct buffer first; /* the first token, which the ticket was asked for */
};

static SECURITY_STATUS step(struct kerberos_logon *logon, const void *in, size_t size,
                            struct buffer *said)
{
    unsigned char *room = memory_new(1, KERBEROS_TOKEN_MOST);
    SecBuffer given = {
        .BufferType = SECBUFFER_TOKEN, .cbBuffer = (ULONG)size, .pvBuffer = (void *)in};
    SecBuffer token = {
        .BufferType = SECBUFFER_TOKEN, .cbBuffer = KERBEROS_TOKEN_MOST, .pvBuffer = room};
    SecBufferDesc input = {.ulVersion = SECBUFFER_VERSION, .cBuffers = 1, .pBuffers = &given};
    SecBufferDesc output = {.ulVersion = SECBUFFER_VERSION, .cBuffers = 1, .pBuffers = &token};
    ULONG attributes = 0;
    TimeStamp expiry;
    SECURITY_STATUS code = InitializeSecurityContextW(
        &logon->credentials, logon->has_context ? &logon->context : NULL, logon->target,
        ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY, 0, SECURITY_NATIVE_DREP,
        logon->has_context ? &input : NULL, 0, &logon->context, &output, &attributes, &expiry);

    if (code == SEC_E_OK || code == SEC_I_CONTINUE_NEEDED) {
        logon->has_context = true;
        logon->is_known = code == SEC_E_OK;
        buffer_add(said, (const char *)room, token.cbBuffer);
        if (logon->is_known && !(attributes & ISC_RET_MUTUAL_AUTH))
            code = SEC_E_MUTUAL_AUTH_FAILED;
    }
    SecureZeroMemory(room, KERBEROS_TOKEN_MOST);
    free(room);
    return code;
}

static bool has_failed(SECURITY_STATUS code)
{
    return code != SEC_E_OK && code != SEC_I_CONTINUE_NEEDED;
}

static enum status prepare(struct kerberos_logon *logon, struct smtp_logon *answer,
                           struct buffer *why)
{
    struct buffer name;
    SECURITY_STATUS code;

    buffer_init(&name, NAME_MOST);
    buffer_print(&name, "%s@%s", answer->spn, answer->realm);
    logon->target = wide_from_utf8(name.text);
    buffer_release(&name);
    if (!logon->target)
        return STATUS_INVALID;
    code = step(logon, NULL, 0, &logon->first);
    if (!has_failed(code))
        return STATUS_OK;
    buffer_print(why, "Windows says 0x%08lx", (unsigned long)code);
    answer->error_code = kerberos_error_of(code);
    if (answer->error_code != 0)
        return STATUS_REJECTED;
    return code == SEC_E_NO_CREDENTIALS ? STATUS_NOT_FOUND : STATUS_MALFORMED;
}

enum status platform_kerberos_logon_open(struct smtp_logon *answer, int64_t deadline,
                                         struct buffer *why, struct kerberos_logon **out)
{
    struct kerberos_logon *logon = memory_new(1, sizeof *logon);
    struct buffer caller;
    enum status status;

    (void)deadline;
    *out = NULL;
    buffer_init(&logon->first, KERBEROS_TOKEN_MOST);
    buffer_init(&caller, NAME_MOST);
    status = platform_kerberos_caller(&caller, why);
    if (status == STATUS_OK && caller.size > 0)
        answer->caller = arena_copy_string(&answer->evidence.memory, caller.text);
    if (status == STATUS_OK)
        status = kerberos_acquire(&logon->credentials);
    logon->has_credentials = status == STATUS_OK;
    if (status == STATUS_OK)
        status = prepare(logon, answer, why);
    buffer_release(&caller);
    if (status == STATUS_OK)
        *out = logon;
    else
        platform_kerberos_logon_close(logon);
    return status;
}

void platform_kerberos_logon_close(struct kerberos_logon *logon)
{
    if (!logon)
        return;
    if (logon->has_context)
        DeleteSecurityContext(&logon->context);
    if (logon->has_credentials)
        FreeCredentialsHandle(&logon->credentials);
    free(logon->target);
    buffer_release(&logon->first);
    free(logon);
}

/* One signed message, which is undone in place. */
static bool is_layer_offered(struct kerberos_logon *logon, const void *in, size_t size)
{
    unsigned char *bytes = memory_new(1, size + 1);
    SecBuffer parts[2] = {
        {.BufferType = SECBUFFER_STREAM, .cbBuffer = (ULONG)size, .pvBuffer = bytes},
        {.BufferType = SECBUFFER_DATA}};
    SecBufferDesc message = {.ulVersion = SECBUFFER_VERSION, .cBuffers = 2, .pBuffers = parts};
    ULONG quality;
    bool is_offered;

    memcpy(bytes, in, size);
    is_offered = DecryptMessage(&logon->context, &message, 0, &quality) == SEC_E_OK &&
                 parts[1].cbBuffer == OFFER_SIZE &&
                 *(const unsigned char *)parts[1].pvBuffer & LAYER_NONE;
    free(bytes);
    return is_offered;
}

static enum status say_no_layer(struct kerberos_logon *logon, struct buffer *out)
{
    SecPkgContext_Sizes sizes;
    unsigned char choice[OFFER_SIZE] = {LAYER_NONE};
    unsigned char *room;
    enum status status = STATUS_MALFORMED;

    if (QueryContextAttributesW(&logon->context, SECPKG_ATTR_SIZES, &sizes) != SEC_E_OK)
        return STATUS_MALFORMED;
    room = memory_new(1, (size_t)sizes.cbSecurityTrailer + sizes.cbBlockSize + 1);
    {
        SecBuffer parts[3] = {
            {.BufferType = SECBUFFER_TOKEN, .cbBuffer = sizes.cbSecurityTrailer, .pvBuffer = room},
            {.BufferType = SECBUFFER_DATA, .cbBuffer = sizeof choice, .pvBuffer = choice},
            {.BufferType = SECBUFFER_PADDING,
             .cbBuffer = sizes.cbBlockSize,
             .pvBuffer = room + sizes.cbSecurityTrailer}};
        SecBufferDesc message = {.ulVersion = SECBUFFER_VERSION, .cBuffers = 3, .pBuffers = parts};

        if (EncryptMessage(&logon->context, signed_alone, &message, 0) == SEC_E_OK) {
            for (size_t i = 0; i < 3; i++)
                buffer_add(out, parts[i].pvBuffer, parts[i].cbBuffer);
            status = STATUS_OK;
        }
    }
    free(room);
    return status;
}

enum status platform_kerberos_logon_step(struct kerberos_logon *logon, const void *in, size_t size,
                                         struct buffer *out, struct buffer *why)
{
    SECURITY_STATUS code;

    if (logon->first.size > 0) {
        buffer_add(out, logon->first.text, logon->first.size);
        buffer_clear(&logon->first);
        return STATUS_OK;
    }
    if (logon->is_known) {
        if (logon->is_agreed || !is_layer_offered(logon, in, size))
            return STATUS_MALFORMED;
        logon->is_agreed = true;
        return say_no_layer(logon, out);
    }
    code = step(logon, in, size, out);
    if (!has_failed(code))
        return STATUS_OK;
    buffer_print(why, "Windows says 0x%08lx", (unsigned long)code);
    return code == SEC_E_INVALID_TOKEN ? STATUS_MALFORMED : STATUS_REJECTED;
}
