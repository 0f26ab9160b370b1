/*
 * Requests of WS-Management (DSP0226, MS-WSMV) for what a remote PowerShell begins with, written as
 * whole SOAP 1.2 envelopes. Values are escaped, and what XML cannot hold is left out.
 *
 * Nothing may be changed on a server that is looked at, and yet only the Create of a shell goes all
 * the way: through IIS' authentication, kerbauth.dll, the WSMan module, the plug-in that decides
 * who may, and pwrshplugin.dll. So what is written here is a Create that cannot succeed: its
 * option `protocolversion` is 0.0, which a server MUST answer with a fault, before it makes
 * anything (MS-PSRP 3.2.5.3.1), and the client's part of the negotiation (creationXml) is not
 * there. The fault's number is PowerShell's own, WSMAN_PSRP_VERSION of wsman_reply.h, and can come
 * from nobody but the last in that row: to a question about modules, that refusal is the good
 * answer. A Get of WinRM's configuration would end at the WSMan module, and takes an administrator.
 * A server that makes a shell all the same is asked to delete that one (wsman_write_delete()).
 */
#ifndef EXDIAG_READ_WSMAN_REQUEST_H
#define EXDIAG_READ_WSMAN_REQUEST_H

#include "diag/buffer.h"

enum { WSMAN_REQUEST_MOST = 16384 /* bytes: what a buffer for one is to take */ };

#define WSMAN_CONTENT_TYPE  "application/soap+xml;charset=UTF-8"
#define WSMAN_EXCHANGE_URI  "http://schemas.microsoft.com/powershell/Microsoft.Exchange"
#define WSMAN_SHELL_SECONDS 60 /* a shell that nobody deletes would be gone after so long */

/* Identify (DSP0226 11): says what answers. */
void wsman_write_identify(struct buffer *out);

struct wsman_message {
    const char *to; /* "https://ex01.contoso.com:443/PowerShell/" */
    const char *id; /* a UUID, "6f1e...": another one for each message */
};

/* Create of a shell of WSMAN_EXCHANGE_URI, which is to be refused. */
void wsman_write_create(const struct wsman_message *message, struct buffer *out);

/* Delete of the shell of this ShellId, and of no other. */
void wsman_write_delete(const struct wsman_message *message, const char *shell, struct buffer *out);

#endif
