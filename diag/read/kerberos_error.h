/*
 * The error of Kerberos 5 (RFC 4120 5.9.1), which says what time it is where it comes from: of a
 * KDC, or of any service behind GSS-API (spnego.h). What provokes it: kerberos_request.h.
 * Fuzz target: tests/fuzz/kerberos_error.c.
 */
#ifndef EXDIAG_READ_KERBEROS_ERROR_H
#define EXDIAG_READ_KERBEROS_ERROR_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <stdint.h>

enum {
    KRB_MESSAGE_MOST = 65536,
    KRB_FRAME_SIZE = 4,
    KDC_ERR_C_PRINCIPAL_UNKNOWN = 6,
    KDC_ERR_S_PRINCIPAL_UNKNOWN = 7,
    KDC_ERR_PREAUTH_REQUIRED = 25,
    KRB_AP_ERR_BAD_INTEGRITY = 31,
    KRB_AP_ERR_TKT_NYV = 33,
    KRB_AP_ERR_NOT_US = 35,
    KRB_AP_ERR_SKEW = 37,
    KRB_AP_ERR_MODIFIED = 41,
    KRB_AP_ERR_BADKEYVER = 44,
    KDC_ERR_WRONG_REALM = 68
};

/*
 * Texts are UTF-8; NULL where they are not. Of the microseconds MIT's KDC makes marks that
 * grow: within a second, after the first time it was asked, each answer has one more than the
 * one before, so that its clock may be ahead of `server_time` by what is left of the second.
 * It is known by its e-text ("CLIENT_NOT_FOUND"), which neither Windows nor Samba's KDC sends.
 * Its acceptor behind GSS-API does the same, without a text.
 */
struct kerberos_error {
    int32_t code;
    int64_t server_time; /* stime and susec: microseconds since 1970 UTC */
    int64_t resolution;  /* microseconds: the clock was that or later, by less than so many */
    int64_t client_time; /* ctime and cusec; INT64_MIN without */
    const char *realm;   /* of the server */
    const char *server;  /* its principal, "krbtgt/CONTOSO.COM" */
};

/* The name of an error code (RFC 4120 7.5.9, RFC 4556 3.1.3); NULL if it is not in the table. */
const char *kerberos_error_name(int32_t code);

/*
 * One whole message, nothing behind it. STATUS_MALFORMED if it is none, or says no time: susec
 * of a million, a date with fractions, in another zone or out of range. A granted AS-REP is
 * STATUS_EXISTS.
 */
enum status kerberos_read_error(const unsigned char *bytes, size_t size, struct arena *arena,
                                struct kerberos_error *out);

/*
 * Over TCP a length stands before (RFC 4120 7.2.2): bytes of the whole, KRB_FRAME_SIZE
 * included; 0: more is to come; SIZE_MAX: it is none, or too long.
 */
size_t kerberos_frame_size(const unsigned char *bytes, size_t size);

#endif
