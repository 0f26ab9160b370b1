#include "diag/read/kerberos_request.h"

#include "diag/read/ber.h"
#include "diag/read/kerberos_error.h"

#include <string.h>

enum { /* RFC 4120 5.10 and 7.5.7: of messages; 6.2: of names; RFC 3961 8: of encryption */
       TICKET = 1,
       AS_REQ = 10,
       AP_REQ = 14,
       KERBEROS_VERSION = 5,
       NAME_PRINCIPAL = 1,
       NAME_SERVICE_INSTANCE = 2,
       AES256_CTS_HMAC_SHA1_96 = 18,
       AES128_CTS_HMAC_SHA1_96 = 17,
       RC4_HMAC = 23
};

enum {
    MUTUAL_REQUIRED = 0x20, /* of the first octet of APOptions: bit 2 (RFC 4120 5.5.1) */
    KEY_VERSION = 1
};

static const char TILL[] = "20370913024805Z"; /* what clients of Windows ask for */

/* ---- what messages have in common ---- */

static void put_context_integer(struct buffer *out, int number, int64_t value)
{
    size_t start = out->size;

    ber_put_integer(out, BER_INTEGER, value);
    ber_wrap(out, start, BER_CONTEXT + number);
}

static void put_context_text(struct buffer *out, int number, int tag, const char *text)
{
    size_t start = out->size;

    ber_put_text(out, tag, text);
    ber_wrap(out, start, BER_CONTEXT + number);
}

/* PrincipalName of one part, or of two. */
static void put_name(struct buffer *out, int number, int type, const char *first,
                     const char *second)
{
    size_t start = out->size, parts;

    put_context_integer(out, 0, type);
    parts = out->size;
    ber_put_text(out, BER_GENERAL_STRING, first);
    if (second)
        ber_put_text(out, BER_GENERAL_STRING, second);
    ber_wrap(out, parts, BER_SEQUENCE);
    ber_wrap(out, parts, BER_CONTEXT + 1);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_CONTEXT + number);
}

/* 32 bits, of which those of the first octet are in use. */
static void put_options(struct buffer *out, int number, unsigned char first)
{
    const unsigned char bits[] = {0, first, 0, 0, 0}; /* none of the last octet is unused */
    size_t start = out->size;

    ber_put(out, BER_BIT_STRING, bits, sizeof bits);
    ber_wrap(out, start, BER_CONTEXT + number);
}

/* ---- AS-REQ ---- */

static void put_encryption_types(struct buffer *out)
{
    size_t start = out->size;

    ber_put_integer(out, BER_INTEGER, AES256_CTS_HMAC_SHA1_96);
    ber_put_integer(out, BER_INTEGER, AES128_CTS_HMAC_SHA1_96);
    ber_put_integer(out, BER_INTEGER, RC4_HMAC);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_CONTEXT + 8);
}

static void put_request_body(struct buffer *out, const char *realm, const char *client,
                             uint32_t nonce)
{
    size_t start = out->size;

    put_options(out, 0, 0);
    put_name(out, 1, NAME_PRINCIPAL, client, NULL);
    put_context_text(out, 2, BER_GENERAL_STRING, realm);
    put_name(out, 3, NAME_SERVICE_INSTANCE, "krbtgt", realm);
    put_context_text(out, 5, BER_GENERALIZED_TIME, TILL);
    put_context_integer(out, 7, nonce & INT32_MAX);
    put_encryption_types(out);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_CONTEXT + 4);
}

void kerberos_write_as_req(const char *realm, const char *client, uint32_t nonce,
                           struct buffer *out)
{
    size_t start = out->size;

    put_context_integer(out, 1, KERBEROS_VERSION);
    put_context_integer(out, 2, AS_REQ);
    put_request_body(out, realm, client, nonce);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_APPLICATION + AS_REQ);
}

/* ---- AP-REQ ---- */

/* EncryptedData; of a ticket with the version of the key it is said to be made with. */
static void put_encrypted(struct buffer *out, int number, bool of_ticket,
                          const unsigned char *bytes, size_t size)
{
    size_t start = out->size, cipher;

    put_context_integer(out, 0, AES256_CTS_HMAC_SHA1_96);
    if (of_ticket)
        put_context_integer(out, 1, KEY_VERSION);
    cipher = out->size;
    ber_put(out, BER_OCTET_STRING, bytes, size);
    ber_wrap(out, cipher, BER_CONTEXT + 2);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_CONTEXT + number);
}

static void put_ticket(struct buffer *out, const char *realm, const char *service, const char *host,
                       const unsigned char noise[KRB_NOISE_SIZE])
{
    size_t start = out->size;

    put_context_integer(out, 0, KERBEROS_VERSION);
    put_context_text(out, 1, BER_GENERAL_STRING, realm);
    put_name(out, 2, NAME_SERVICE_INSTANCE, service, host);
    put_encrypted(out, 3, true, noise, KRB_NOISE_SIZE);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_APPLICATION + TICKET);
    ber_wrap(out, start, BER_CONTEXT + 3);
}

void kerberos_write_ap_req(const char *realm, const char *service, const char *host,
                           const unsigned char noise[KRB_NOISE_SIZE], struct buffer *out)
{
    size_t start = out->size;

    put_context_integer(out, 0, KERBEROS_VERSION);
    put_context_integer(out, 1, AP_REQ);
    put_options(out, 2, MUTUAL_REQUIRED);
    put_ticket(out, realm, service, host, noise);
    put_encrypted(out, 4, false, noise, KRB_NOISE_SIZE);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_APPLICATION + AP_REQ);
}

/* ---- frames ---- */

void kerberos_wrap_frame(struct buffer *out, size_t start)
{
    size_t size = out->size - start;
    unsigned char length[KRB_FRAME_SIZE];

    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (unsigned char)(size >> 8 * (sizeof length - 1 - i));
    buffer_add(out, length, sizeof length);
    if (out->truncated)
        return;
    memmove(out->text + start + sizeof length, out->text + start, size);
    memcpy(out->text + start, length, sizeof length);
}
