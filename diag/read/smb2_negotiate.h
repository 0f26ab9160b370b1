/*
 * SMB2 NEGOTIATE (MS-SMB2 2.2.3, 2.2.4), the one message before any logon: the server's clock
 * and when it was started. Over TCP port 445 a length of 4 bytes stands before (MS-SMB2 2.1).
 * Fuzz target: tests/fuzz/smb2_negotiate.c.
 */
#ifndef EXDIAG_READ_SMB2_NEGOTIATE_H
#define EXDIAG_READ_SMB2_NEGOTIATE_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <stdint.h>

enum { SMB2_MESSAGE_MOST = 65536 };

struct smb2_negotiated {
    uint16_t dialect;    /* 0x0202, 0x0210, 0x0300, 0x0302, 0x0311 */
    int64_t system_time; /* microseconds since 1970 UTC */
    int64_t started;     /* the same; INT64_MIN where the server does not say (0) */
    uint8_t server_guid[16];
};

/*
 * Asks for all of those dialects. `guid`: 16 random bytes, another each time. With the frame
 * around it.
 */
void smb2_write_negotiate(const unsigned char guid[16], struct buffer *out);

/*
 * The whole frame, and nothing behind it. STATUS_MALFORMED, also for a clock that says no
 * time; STATUS_REJECTED for a status other than success.
 */
enum status smb2_read_negotiated(const unsigned char *bytes, size_t size,
                                 struct smb2_negotiated *out);

/* Bytes of the frame, 0: more is to come, SIZE_MAX: it is none or too long. */
size_t smb2_frame_size(const unsigned char *bytes, size_t size);

#endif
