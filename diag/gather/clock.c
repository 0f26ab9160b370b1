#include "diag/gather/clock.h"

#include "diag/gather/clock_exchange.h"
#include "diag/gather/clock_http.h"
#include "diag/gather/clock_smtp.h"
#include "diag/gather/clock_token.h"
#include "diag/platform.h"
#include "diag/read/kerberos_error.h"
#include "diag/read/kerberos_request.h"
#include "diag/read/ldap_rootdse.h"
#include "diag/read/smb2_negotiate.h"
#include "diag/read/sntp.h"
#include "diag/text.h"

#include <stdio.h>
#include <string.h>

enum {
    ORIGIN_READINGS = 16,
    SNTP_EXCHANGES = 4,
    SMB2_EXCHANGES = 3,
    SLACK = 10000 /* milliseconds */
};

const char clock_client_name[] = "exdiag-clock", clock_unknown_realm[] = "EXDIAG.INVALID";

/* The reading of the monotonic clock around it that took least says best when it was. */
struct clock_origin clock_origin_read(void)
{
    struct clock_origin best = {0};
    int64_t least = INT64_MAX;

    for (int i = 0; i < ORIGIN_READINGS; i++) {
        int64_t before = platform_monotonic_clock(), wall = platform_wall_clock_fine();
        int64_t took = platform_monotonic_clock() - before;

        if (took < least) {
            least = took;
            best = (struct clock_origin){.wall = wall, .monotonic = before + took / 2};
        }
    }
    return best;
}

static uint64_t number_of(const struct clock_nonce *nonce, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | nonce->bytes[i];
    return number;
}

/* ---- SNTP ---- */

static uint64_t cookie_of(const struct clock_nonce *nonce)
{
    return number_of(nonce, sizeof(uint64_t));
}

static void write_sntp(const struct clock_reading *reading, const struct clock_nonce *nonce,
                       struct buffer *out)
{
    unsigned char packet[SNTP_SIZE];

    (void)reading;
    sntp_write_request(cookie_of(nonce), packet);
    buffer_add(out, packet, sizeof packet);
}

/* "GPS" of a server with a clock of its own, else an IPv4 address, or what stands for IPv6. */
static const char *reference_of(const struct sntp_reply *reply, struct arena *arena)
{
    struct ip_address ip = {.family = IP_V4};
    char text[IP_TEXT_SIZE] = "";

    for (int i = 0; i < 4; i++)
        ip.bytes[i] = (uint8_t)(reply->reference >> (24 - 8 * i));
    memcpy(text, ip.bytes, 4);
    if (reply->stratum > 1 || !text_is_printable(text, strlen(text)))
        ip_format(&ip, text);
    return arena_copy_string(arena, text);
}

/* A step of the server's clock, in whole microseconds. */
static int64_t resolution_of(const struct sntp_reply *reply)
{
    int64_t step = 1000000;

    for (int i = 0; i > reply->precision && step > 1; i--)
        step = (step + 1) / 2;
    return step;
}

static enum status read_sntp(struct clock_reading *reading, const struct clock_nonce *nonce,
                             const unsigned char *bytes, size_t size, struct clock_sample *sample)
{
    struct arena *arena = &reading->evidence.memory;
    struct sntp_reply reply;
    enum status status = sntp_read_reply(bytes, size, cookie_of(nonce), reading->examiner, &reply);

    if (status == STATUS_REJECTED)
        reading->evidence.reason = arena_print(arena, "kiss-o'-death %s", reply.kiss);
    if (status == STATUS_SERVER_FAILURE) {
        reading->stratum = reply.stratum;
        reading->evidence.reason =
            arena_print(arena, "its clock is not synchronised (stratum %u, leap indicator %u)",
                        (unsigned)reply.stratum, (unsigned)reply.leap);
    }
    if (status != STATUS_OK)
        return status;
    reading->stratum = reply.stratum;
    reading->reference = reference_of(&reply, arena);
    reading->resolution = resolution_of(&reply);
    sample->remote = reply.sent;
    sample->held = reply.sent - reply.received;
    return STATUS_OK;
}

/* ---- rootDSE ---- */

/* 1 to 2^31-1 */
static int32_t message_of(const struct clock_nonce *nonce)
{
    uint64_t number = number_of(nonce, sizeof(uint32_t));

    return (int32_t)(number % INT32_MAX) + 1;
}

static void write_rootdse(const struct clock_reading *reading, const struct clock_nonce *nonce,
                          struct buffer *out)
{
    (void)reading;
    ldap_write_rootdse_request(message_of(nonce), out);
}

/* "contoso.com:dc1$@CONTOSO.COM": its own domain stands behind the at sign (MS-ADTS 3.1.1.3.2.9).
 */
static const char *domain_of(const struct ldap_rootdse *rootdse)
{
    const char *at = rootdse->ldap_service_name ? strrchr(rootdse->ldap_service_name, '@') : NULL;

    return at && at[1] ? at + 1 : NULL;
}

static enum status read_rootdse(struct clock_reading *reading, const struct clock_nonce *nonce,
                                const unsigned char *bytes, size_t size,
                                struct clock_sample *sample)
{
    struct ldap_rootdse rootdse;
    enum status status =
        ldap_read_rootdse(bytes, size, message_of(nonce), &reading->evidence.memory, &rootdse);

    if (status != STATUS_OK)
        return status;
    reading->told_host = rootdse.dns_host_name;
    reading->told_domain = domain_of(&rootdse);
    if (rootdse.root_naming_context)
        reading->told_forest =
            ldap_domain_of_context(rootdse.root_naming_context, &reading->evidence.memory);
    sample->remote = rootdse.current_time;
    return STATUS_OK;
}

/* ---- Kerberos ---- */

static void write_as_req(const struct clock_reading *reading, const struct clock_nonce *nonce,
                         struct buffer *out)
{
    kerberos_write_as_req(reading->realm ? reading->realm : clock_unknown_realm, clock_client_name,
                          (uint32_t)number_of(nonce, sizeof(uint32_t)), out);
}

static enum status read_krb_error(struct clock_reading *reading, const struct clock_nonce *nonce,
                                  const unsigned char *bytes, size_t size,
                                  struct clock_sample *sample)
{
    (void)nonce;
    return clock_read_krb_error(reading, bytes, size, sample);
}

static void write_framed_as_req(const struct clock_reading *reading,
                                const struct clock_nonce *nonce, struct buffer *out)
{
    size_t start = out->size;

    write_as_req(reading, nonce, out);
    kerberos_wrap_frame(out, start);
}

static enum status read_framed_krb_error(struct clock_reading *reading,
                                         const struct clock_nonce *nonce,
                                         const unsigned char *bytes, size_t size,
                                         struct clock_sample *sample)
{
    return read_krb_error(reading, nonce, bytes + KRB_FRAME_SIZE, size - KRB_FRAME_SIZE, sample);
}

/* ---- SMB2 ---- */

static void write_negotiate(const struct clock_reading *reading, const struct clock_nonce *nonce,
                            struct buffer *out)
{
    (void)reading;
    smb2_write_negotiate(nonce->bytes, out);
}

static enum status read_negotiated(struct clock_reading *reading, const struct clock_nonce *nonce,
                                   const unsigned char *bytes, size_t size,
                                   struct clock_sample *sample)
{
    struct smb2_negotiated negotiated;
    enum status status = smb2_read_negotiated(bytes, size, &negotiated);

    (void)reading;
    (void)nonce;
    if (status == STATUS_OK)
        sample->remote = negotiated.system_time;
    return status;
}

/* ---- the sources ---- */

static const struct {
    struct clock_protocol protocol;
    enum status (*ask)(struct clock_inquiry *inquiry, const struct clock_protocol *protocol);
    enum status (*converse)(struct clock_inquiry *inquiry); /* more than one question; or NULL */
} sources[CLOCK_SOURCE_COUNT] = {
    [CLOCK_SNTP] = {{SNTP_EXCHANGES, write_sntp, NULL, read_sntp}, clock_ask_udp, NULL},
    [CLOCK_CLDAP] = {{1, write_rootdse, NULL, read_rootdse}, clock_ask_udp, NULL},
    [CLOCK_LDAP] = {{1, write_rootdse, NULL, read_rootdse}, clock_ask_tcp, NULL},
    [CLOCK_KERBEROS] = {{1, write_as_req, NULL, read_krb_error}, clock_ask_udp, NULL},
    [CLOCK_KERBEROS_TCP] = {{1, write_framed_as_req, kerberos_frame_size, read_framed_krb_error},
                            clock_ask_tcp,
                            NULL},
    [CLOCK_SMB2] = {{SMB2_EXCHANGES, write_negotiate, smb2_frame_size, read_negotiated},
                    clock_ask_tcp,
                    NULL},
    [CLOCK_HTTP] = {.converse = clock_ask_http},
    [CLOCK_HTTP_NTLM] = {.converse = clock_ask_http},
    [CLOCK_HTTP_KERBEROS] = {.converse = clock_ask_http},
    [CLOCK_SMTP_BANNER] = {.converse = clock_ask_smtp},
    [CLOCK_SMTP_NTLM] = {.converse = clock_ask_smtp},
};

static int64_t microseconds(unsigned milliseconds)
{
    return (int64_t)milliseconds * 1000;
}

void gather_clock(struct evidence *item, const struct gather_options *options,
                  const struct clock_means *means)
{
    struct clock_reading *reading = (struct clock_reading *)item;
    struct clock_inquiry inquiry = {
        .reading = reading, .origin = &means->origin, .trust = means->trust, .http = means->http};

    reading->examiner = means->origin.wall;
    inquiry.deadline = clock_now(&inquiry) + microseconds(options->timeout);
    if (sources[reading->source].converse)
        item->status = sources[reading->source].converse(&inquiry);
    else
        item->status = sources[reading->source].ask(&inquiry, &sources[reading->source].protocol);
    tls_thread_end();
    item->settled = true;
}

int64_t gather_clock_allowance(const struct gather_options *options)
{
    return microseconds(options->timeout) + microseconds(SLACK);
}
