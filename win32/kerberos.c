/*
 * Tickets by SSPI. Windows chooses the KDC and waits for it as it sees fit, so that the address
 * of the question and its deadline have no say; and it tells no more than a code of its own.
 */
#include "diag/platform_directory.h"

#include "diag/read/ber.h"
#include "diag/read/kerberos_error.h"
#include "win32/kerberos.h"
#include "win32/wide.h"

#include <stdlib.h>
#include <string.h>

enum {
    NAME_MOST = 4096,
    KDC_ERR_ETYPE_NOSUPP = 14,
    KDC_ERR_MUST_USE_USER2USER = 27,
    AP_REQ = BER_APPLICATION + 14,
    TICKET = BER_APPLICATION + 1,
    TOKEN_ID_SIZE = 2
};

static WCHAR package[] = L"Kerberos";

/* Of Windows' codes those that a KDC's error has become. */
static const struct {
    SECURITY_STATUS code;
    int32_t error;
} errors[] = {
    {SEC_E_TARGET_UNKNOWN, KDC_ERR_S_PRINCIPAL_UNKNOWN},
    {SEC_E_TIME_SKEW, KRB_AP_ERR_SKEW},
    {SEC_E_KDC_UNKNOWN_ETYPE, KDC_ERR_ETYPE_NOSUPP},
    {SEC_E_NO_TGT_REPLY, KDC_ERR_MUST_USE_USER2USER},
};

enum status kerberos_acquire(CredHandle *credentials)
{
    TimeStamp expiry;
    SECURITY_STATUS code = AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_OUTBOUND, NULL,
                                                     NULL, NULL, NULL, credentials, &expiry);

    if (code == SEC_E_OK)
        return STATUS_OK;
    return code == SEC_E_SECPKG_NOT_FOUND ? STATUS_NOT_SUPPORTED : STATUS_NOT_FOUND;
}

enum status platform_kerberos_caller(struct buffer *principal, struct buffer *why)
{
    CredHandle credentials;
    SecPkgCredentials_NamesW names = {NULL};
    enum status status = kerberos_acquire(&credentials);
    char *utf8;

    if (status != STATUS_OK) {
        buffer_add_string(why, "this logon has no Kerberos tickets");
        return status;
    }
    if (QueryCredentialsAttributesW(&credentials, SECPKG_CRED_ATTR_NAMES, &names) == SEC_E_OK &&
        names.sUserName) {
        utf8 = wide_to_utf8(names.sUserName);
        buffer_add_string(principal, utf8);
        free(utf8);
        FreeContextBuffer(names.sUserName);
    }
    FreeCredentialsHandle(&credentials);
    return STATUS_OK;
}

/*
 * The encryption of the ticket in a token (RFC 4121 4.1): an object identifier, two bytes, and
 * an AP-REQ (RFC 4120 5.5.1), which has the ticket in its fourth field.
 */
static int32_t encryption_in(const unsigned char *bytes, size_t size)
{
    struct ber all = {.bytes = bytes, .size = size}, token, request, ticket, sealed, number;

    token = ber_take(&all, BER_APPLICATION);
    ber_take(&token, BER_OBJECT_IDENTIFIER);
    if (token.failed || token.size < TOKEN_ID_SIZE)
        return 0;
    token.bytes += TOKEN_ID_SIZE;
    token.size -= TOKEN_ID_SIZE;
    request = ber_take(&token, AP_REQ);
    request = ber_take(&request, BER_SEQUENCE);
    for (int field = 0; field < 3; field++)
        ber_take(&request, BER_CONTEXT + field);
    ticket = ber_take(&request, BER_CONTEXT + 3);
    ticket = ber_take(&ticket, TICKET);
    ticket = ber_take(&ticket, BER_SEQUENCE);
    for (int field = 0; field < 3; field++)
        ber_take(&ticket, BER_CONTEXT + field);
    sealed = ber_take(&ticket, BER_CONTEXT + 3);
    sealed = ber_take(&sealed, BER_SEQUENCE);
    number = ber_take(&sealed, BER_CONTEXT);
    return (int32_t)ber_take_integer(&number);
}

int32_t kerberos_error_of(SECURITY_STATUS code)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (errors[i].code == code)
            return errors[i].error;
    }
    return 0;
}

static enum status conclude(SECURITY_STATUS code, const SecBuffer *token,
                            struct ticket_answer *answer, struct buffer *why)
{
    if (code == SEC_E_OK || code == SEC_I_CONTINUE_NEEDED) {
        answer->encryption = encryption_in(token->pvBuffer, token->cbBuffer);
        return STATUS_OK;
    }
    buffer_print(why, "Windows says 0x%08lx", (unsigned long)code);
    answer->error_code = kerberos_error_of(code);
    if (answer->error_code != 0)
        return STATUS_OK;
    return code == SEC_E_NO_CREDENTIALS ? STATUS_NOT_FOUND : STATUS_MALFORMED;
}

static WCHAR *target_of(const struct ticket_answer *answer)
{
    struct buffer name;
    WCHAR *target;

    buffer_init(&name, NAME_MOST);
    buffer_print(&name, "%s@%s", answer->spn, answer->realm);
    target = wide_from_utf8(name.text);
    buffer_release(&name);
    return target;
}

/* The token goes into memory of ours, which is wiped: it would do for a logon. */
static enum status ask(CredHandle *credentials, struct ticket_answer *answer, struct buffer *why)
{
    WCHAR *target = target_of(answer);
    SecBuffer token = {.BufferType = SECBUFFER_TOKEN, .cbBuffer = KERBEROS_TOKEN_MOST};
    SecBufferDesc out = {.ulVersion = SECBUFFER_VERSION, .cBuffers = 1, .pBuffers = &token};
    CtxtHandle context;
    ULONG attributes;
    TimeStamp expiry;
    SECURITY_STATUS code;
    enum status status;

    if (!target)
        return STATUS_INVALID;
    token.pvBuffer = memory_new(1, KERBEROS_TOKEN_MOST);
    code = InitializeSecurityContextW(credentials, NULL, target, ISC_REQ_MUTUAL_AUTH, 0,
                                      SECURITY_NATIVE_DREP, NULL, 0, &context, &out, &attributes,
                                      &expiry);
    status = conclude(code, &token, answer, why);
    SecureZeroMemory(token.pvBuffer, KERBEROS_TOKEN_MOST);
    free(token.pvBuffer);
    free(target);
    if (code == SEC_E_OK || code == SEC_I_CONTINUE_NEEDED)
        DeleteSecurityContext(&context);
    return status;
}

enum status platform_kerberos_ticket(struct ticket_answer *answer, int64_t deadline,
                                     struct buffer *why)
{
    CredHandle credentials;
    enum status status = kerberos_acquire(&credentials);

    (void)deadline;
    if (status != STATUS_OK) {
        buffer_add_string(why, "this logon has no Kerberos tickets");
        return status;
    }
    status = ask(&credentials, answer, why);
    FreeCredentialsHandle(&credentials);
    return status;
}
