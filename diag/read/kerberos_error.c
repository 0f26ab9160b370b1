#include "diag/read/kerberos_error.h"

#include "diag/read/ber.h"
#include "diag/read/instant.h"

#include <string.h>

enum { /* RFC 4120 5.10 and 7.5.7 */
       AS_REP = 11,
       KRB_ERROR = 30,
       KERBEROS_VERSION = 5
};

enum {
    MICROSECONDS_MOST = 999999,
    SECOND = MICROSECONDS_MOST + 1,
    TIME_SIZE = sizeof "20261122090507Z" - 1,
    NAME_PARTS_MOST = 16,
    PRINCIPAL_MOST = 1024 /* bytes of text */
};

/* ---- the answer ---- */

/* 0 where it does not fit, so that what is made of it stays within its numbers. */
static int64_t integer_in(struct ber content, int64_t least, int64_t most, bool *fits)
{
    int64_t number = ber_take_integer(&content);

    if (!content.failed && content.size == 0 && number >= least && number <= most)
        return number;
    *fits = false;
    return 0;
}

/* KerberosTime is narrower than GeneralizedTime: to the second, and in UTC. */
static int64_t time_in(struct ber content, bool *fits)
{
    struct ber text = ber_take(&content, BER_GENERALIZED_TIME);
    int64_t instant = 0;

    *fits =
        *fits && !text.failed && content.size == 0 && text.size == TIME_SIZE &&
        instant_from_generalized_time((const char *)text.bytes, text.size, &instant) == STATUS_OK;
    return instant;
}

static const char *text_in(struct ber content, struct arena *arena, bool *fits)
{
    struct ber text = ber_take(&content, BER_GENERAL_STRING);

    *fits = *fits && !text.failed && content.size == 0;
    return ber_text(&text, arena);
}

/* The parts of a PrincipalName with "/" between them; NULL for one of none, as Heimdal writes. */
static const char *name_in(struct ber content, struct arena *arena, bool *fits)
{
    struct ber name = ber_take(&content, BER_SEQUENCE);
    struct ber type = ber_take(&name, BER_CONTEXT), list = ber_take(&name, BER_CONTEXT + 1);
    struct ber parts = ber_take(&list, BER_SEQUENCE);
    struct buffer text;
    bool is_text = true;
    int count = 0;

    integer_in(type, INT32_MIN, INT32_MAX, fits);
    buffer_init(&text, PRINCIPAL_MOST);
    for (; parts.size > 0 && count < NAME_PARTS_MOST; count++) {
        struct ber part = ber_take(&parts, BER_GENERAL_STRING);
        const char *next = ber_text(&part, arena);

        buffer_add_string(&text, count > 0 ? "/" : "");
        buffer_add_string(&text, next ? next : "");
        is_text = is_text && next;
    }
    *fits = *fits && !parts.failed && parts.size == 0 && list.size == 0 && name.size == 0;
    is_text = is_text && !text.truncated && count > 0;
    if (is_text && *fits)
        return buffer_keep(&text, arena);
    buffer_release(&text);
    return NULL;
}

/* ctime and cusec, which need not be there. */
static int64_t take_client_time(struct ber *fields, bool *fits)
{
    struct ber content;
    int64_t instant = INT64_MIN, microseconds = 0;

    if (ber_take_optional(fields, BER_CONTEXT + 2, &content))
        instant = time_in(content, fits);
    if (ber_take_optional(fields, BER_CONTEXT + 3, &content))
        microseconds = integer_in(content, 0, MICROSECONDS_MOST, fits);
    return instant == INT64_MIN ? INT64_MIN : instant + microseconds;
}

static enum status read_fields(struct ber fields, struct arena *arena, struct kerberos_error *out)
{
    struct ber ignored;
    bool fits = true, has_text = false;

    integer_in(ber_take(&fields, BER_CONTEXT), KERBEROS_VERSION, KERBEROS_VERSION, &fits);
    integer_in(ber_take(&fields, BER_CONTEXT + 1), KRB_ERROR, KRB_ERROR, &fits);
    out->client_time = take_client_time(&fields, &fits);
    out->server_time = time_in(ber_take(&fields, BER_CONTEXT + 4), &fits);
    out->server_time += integer_in(ber_take(&fields, BER_CONTEXT + 5), 0, MICROSECONDS_MOST, &fits);
    out->code = (int32_t)integer_in(ber_take(&fields, BER_CONTEXT + 6), 0, INT32_MAX, &fits);
    ber_take_optional(&fields, BER_CONTEXT + 7, &ignored); /* crealm, and cname */
    ber_take_optional(&fields, BER_CONTEXT + 8, &ignored);
    out->realm = text_in(ber_take(&fields, BER_CONTEXT + 9), arena, &fits);
    out->server = name_in(ber_take(&fields, BER_CONTEXT + 10), arena, &fits);
    has_text = ber_take_optional(&fields, BER_CONTEXT + 11, &ignored);
    out->resolution = has_text ? SECOND - out->server_time % SECOND : 1;
    for (int tag; fields.size > 0;) /* e-data */
        ber_take_any(&fields, &tag);
    return fits && !fields.failed ? STATUS_OK : STATUS_MALFORMED;
}

static enum status read_error(struct ber message, struct arena *arena, struct kerberos_error *out)
{
    struct ber error = ber_take(&message, BER_APPLICATION + KRB_ERROR);
    struct ber fields = ber_take(&error, BER_SEQUENCE);

    if (fields.failed || error.size > 0 || message.size > 0)
        return STATUS_MALFORMED;
    return read_fields(fields, arena, out);
}

enum status kerberos_read_error(const unsigned char *bytes, size_t size, struct arena *arena,
                                struct kerberos_error *out)
{
    const struct kerberos_error nothing = {.client_time = INT64_MIN};
    struct ber message = {.bytes = bytes, .size = size}, granted;
    enum status status;

    *out = nothing;
    if (size > KRB_MESSAGE_MOST)
        return STATUS_MALFORMED;
    if (ber_take_optional(&message, BER_APPLICATION + AS_REP, &granted))
        return message.size > 0 ? STATUS_MALFORMED : STATUS_EXISTS;
    status = read_error(message, arena, out);
    if (status != STATUS_OK)
        *out = nothing;
    return status;
}

/* ---- frames ---- */

size_t kerberos_frame_size(const unsigned char *bytes, size_t size)
{
    size_t length = 0;

    if (size < KRB_FRAME_SIZE)
        return 0;
    for (size_t i = 0; i < KRB_FRAME_SIZE; i++)
        length = length << 8 | bytes[i];
    return length == 0 || length > KRB_MESSAGE_MOST ? SIZE_MAX : KRB_FRAME_SIZE + length;
}

/* ---- names of errors ---- */

static const struct {
    int32_t code;
    const char *name;
} names[] = {
    {0, "KDC_ERR_NONE"},
    {1, "KDC_ERR_NAME_EXP"},
    {2, "KDC_ERR_SERVICE_EXP"},
    {3, "KDC_ERR_BAD_PVNO"},
    {4, "KDC_ERR_C_OLD_MAST_KVNO"},
    {5, "KDC_ERR_S_OLD_MAST_KVNO"},
    {6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"},
    {7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"},
    {8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE"},
    {9, "KDC_ERR_NULL_KEY"},
    {10, "KDC_ERR_CANNOT_POSTDATE"},
    {11, "KDC_ERR_NEVER_VALID"},
    {12, "KDC_ERR_POLICY"},
    {13, "KDC_ERR_BADOPTION"},
    {14, "KDC_ERR_ETYPE_NOSUPP"},
    {15, "KDC_ERR_SUMTYPE_NOSUPP"},
    {16, "KDC_ERR_PADATA_TYPE_NOSUPP"},
    {17, "KDC_ERR_TRTYPE_NOSUPP"},
    {18, "KDC_ERR_CLIENT_REVOKED"},
    {19, "KDC_ERR_SERVICE_REVOKED"},
    {20, "KDC_ERR_TGT_REVOKED"},
    {21, "KDC_ERR_CLIENT_NOTYET"},
    {22, "KDC_ERR_SERVICE_NOTYET"},
    {23, "KDC_ERR_KEY_EXPIRED"},
    {24, "KDC_ERR_PREAUTH_FAILED"},
    {25, "KDC_ERR_PREAUTH_REQUIRED"},
    {26, "KDC_ERR_SERVER_NOMATCH"},
    {27, "KDC_ERR_MUST_USE_USER2USER"},
    {28, "KDC_ERR_PATH_NOT_ACCEPTED"},
    {29, "KDC_ERR_SVC_UNAVAILABLE"},
    {31, "KRB_AP_ERR_BAD_INTEGRITY"},
    {32, "KRB_AP_ERR_TKT_EXPIRED"},
    {33, "KRB_AP_ERR_TKT_NYV"},
    {34, "KRB_AP_ERR_REPEAT"},
    {35, "KRB_AP_ERR_NOT_US"},
    {36, "KRB_AP_ERR_BADMATCH"},
    {37, "KRB_AP_ERR_SKEW"},
    {38, "KRB_AP_ERR_BADADDR"},
    {39, "KRB_AP_ERR_BADVERSION"},
    {40, "KRB_AP_ERR_MSG_TYPE"},
    {41, "KRB_AP_ERR_MODIFIED"},
    {42, "KRB_AP_ERR_BADORDER"},
    {44, "KRB_AP_ERR_BADKEYVER"},
    {45, "KRB_AP_ERR_NOKEY"},
    {46, "KRB_AP_ERR_MUT_FAIL"},
    {47, "KRB_AP_ERR_BADDIRECTION"},
    {48, "KRB_AP_ERR_METHOD"},
    {49, "KRB_AP_ERR_BADSEQ"},
    {50, "KRB_AP_ERR_INAPP_CKSUM"},
    {51, "KRB_AP_PATH_NOT_ACCEPTED"},
    {52, "KRB_ERR_RESPONSE_TOO_BIG"},
    {60, "KRB_ERR_GENERIC"},
    {61, "KRB_ERR_FIELD_TOOLONG"},
    {62, "KDC_ERR_CLIENT_NOT_TRUSTED"}, /* 62, 64 and 65 by the names of RFC 4556 */
    {63, "KDC_ERROR_KDC_NOT_TRUSTED"},
    {64, "KDC_ERR_INVALID_SIG"},
    {65, "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED"},
    {66, "KDC_ERR_CERTIFICATE_MISMATCH"},
    {67, "KRB_AP_ERR_NO_TGT"},
    {68, "KDC_ERR_WRONG_REALM"},
    {69, "KRB_AP_ERR_USER_TO_USER_REQUIRED"},
    {70, "KDC_ERR_CANT_VERIFY_CERTIFICATE"},
    {71, "KDC_ERR_INVALID_CERTIFICATE"},
    {72, "KDC_ERR_REVOKED_CERTIFICATE"},
    {73, "KDC_ERR_REVOCATION_STATUS_UNKNOWN"},
    {74, "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE"},
    {75, "KDC_ERR_CLIENT_NAME_MISMATCH"},
    {76, "KDC_ERR_KDC_NAME_MISMATCH"},
    {77, "KDC_ERR_INCONSISTENT_KEY_PURPOSE"},
    {78, "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED"},
    {79, "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED"},
    {80, "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED"},
    {81, "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED"},
};

const char *kerberos_error_name(int32_t code)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].code == code)
            return names[i].name;
    }
    return NULL;
}
