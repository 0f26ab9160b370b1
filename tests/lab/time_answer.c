#include "tests/lab/time_answer.h"

#include "diag/clock.h"
#include "diag/read/base64.h"
#include "diag/read/ber.h"
#include "diag/read/instant.h"
#include "diag/text.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_MOST = 4096, SECOND = 1000000, DAY = 86400 };

static const char host_name[] = "dc1.contoso.com";

/* ---- times as text ---- */

struct moment { /* digits of RFC 3339 text */
    char text[CLOCK_TEXT_SIZE];
};

static struct moment moment_of(int64_t instant)
{
    struct moment moment;

    clock_format(instant / 1000, moment.text);
    return moment;
}

/* "20261122090507Z", with ".0" before the Z as Windows writes it in LDAP. */
static void put_generalized_time(int64_t instant, bool of_ldap, struct buffer *out)
{
    const struct moment moment = moment_of(instant);
    const char *text = moment.text;

    buffer_print(out, "%.4s%.2s%.2s%.2s%.2s%.2s%sZ", text, text + 5, text + 8, text + 11, text + 14,
                 text + 17, of_ldap ? ".0" : "");
}

/* "Sun, 22 Nov 2026 09:05:07 " and the zone, as mail and HTTP have it. */
static void put_date(int64_t instant, const char *zone, struct buffer *out)
{
    static const char days[] = "ThuFriSatSunMonTueWed";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const struct moment moment = moment_of(instant);
    const char *text = moment.text;
    int month = (text[5] - '0') * 10 + text[6] - '0';
    int64_t day = instant / SECOND / DAY % 7;

    buffer_print(out, "%.3s, %.2s %.3s %.4s %.8s %s", days + 3 * day, text + 8,
                 months + 3 * (month - 1), text, text + 11, zone);
}

static uint64_t filetime_of(int64_t instant)
{
    return (uint64_t)(instant + INT64_C(11644473600) * SECOND) * 10;
}

/* ---- numbers ---- */

static void put_little(struct buffer *out, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buffer_add_char(out, (char)(number >> (8 * i)));
}

static void put_big(struct buffer *out, uint64_t number, size_t size)
{
    while (size-- > 0)
        buffer_add_char(out, (char)(number >> (8 * size)));
}

/* ---- NTP (RFC 5905 7.3) ---- */

static void answer_ntp(const struct time_peer *peer, const struct time_question *question,
                       struct buffer *out)
{
    enum {
        SIZE = 48,
        AT_TRANSMIT = 40,
        VERSION_AND_MODE = 4 << 3 | 4,
        PRECISION = -20,
        COARSE = -6
    };
    bool kiss = peer->fault == TIME_PEER_KISS_AT_ONCE ||
                (peer->fault == TIME_PEER_KISS && question->asked > 0);
    bool is_zero = peer->fault == TIME_PEER_NO_TIME;
    int64_t received = question->received - (peer->fault == TIME_PEER_BOASTS ? 90 * SECOND : 0);
    unsigned char origin[8];

    if (question->size < SIZE)
        return;
    memcpy(origin, question->bytes + AT_TRANSMIT, sizeof origin);
    if (peer->fault == TIME_PEER_WRONG_ID)
        origin[3] ^= 1;
    put_big(out, kiss ? VERSION_AND_MODE | 3 << 6 : VERSION_AND_MODE, 1);
    put_big(out, kiss ? 0 : peer->fault == TIME_PEER_UNSYNCHRONISED ? 16 : 2, 1);
    put_big(out, 6, 1);
    put_big(out, (uint8_t)(peer->fault == TIME_PEER_COARSE ? COARSE : PRECISION), 1);
    put_big(out, 0x00000100, 4);
    put_big(out, 0x00000200, 4);
    buffer_add(out, kiss ? "RATE" : "d@!#" /* 100.64.33.35 */, 4);
    put_big(out, instant_to_ntp(question->received), 8);
    buffer_add(out, origin, sizeof origin);
    put_big(out, is_zero ? 0 : instant_to_ntp(received), 8);
    put_big(out, is_zero ? 0 : instant_to_ntp(question->now), 8);
    if (peer->fault == TIME_PEER_WRONG_SIZE)
        out->size -= 4;
}

/* ---- LDAP (RFC 4511 4.5.2) ---- */

static void put_attribute(struct buffer *out, const char *name, const char *value)
{
    size_t start = out->size, set;

    ber_put_text(out, BER_OCTET_STRING, name);
    set = out->size;
    ber_put_text(out, BER_OCTET_STRING, value);
    ber_wrap(out, set, BER_SET);
    ber_wrap(out, start, BER_SEQUENCE);
}

static void put_entry(const struct time_peer *peer, const struct time_question *question,
                      int64_t message, struct buffer *out)
{
    size_t start = out->size, entry, attributes;
    struct buffer time;

    buffer_init(&time, CLOCK_TEXT_SIZE);
    put_generalized_time(question->now, true, &time);
    ber_put_integer(out, BER_INTEGER, message);
    entry = out->size;
    ber_put_text(out, BER_OCTET_STRING, "");
    attributes = out->size;
    if (peer->fault != TIME_PEER_NO_TIME)
        put_attribute(out, "currentTime", time.text);
    put_attribute(out, "dnsHostName", host_name);
    put_attribute(out, "rootDomainNamingContext", "DC=contoso,DC=com");
    put_attribute(out, "ldapServiceName", "contoso.com:dc1$@CONTOSO.COM");
    ber_wrap(out, attributes, BER_SEQUENCE);
    ber_wrap(out, entry, BER_APPLICATION + 4);
    ber_wrap(out, start, BER_SEQUENCE);
    buffer_release(&time);
    if (peer->fault == TIME_PEER_WRONG_SIZE)
        out->text[start + 3]++; /* of the message number: now it takes the entry's tag */
}

static void put_result(int64_t message, int64_t code, struct buffer *out)
{
    size_t start = out->size, result;

    ber_put_integer(out, BER_INTEGER, message);
    result = out->size;
    ber_put_integer(out, BER_ENUMERATED, code);
    ber_put_text(out, BER_OCTET_STRING, "");
    ber_put_text(out, BER_OCTET_STRING, "");
    ber_wrap(out, result, BER_APPLICATION + 5);
    ber_wrap(out, start, BER_SEQUENCE);
}

static void answer_ldap(const struct time_peer *peer, const struct time_question *question,
                        struct buffer *out)
{
    enum { SUCCESS = 0, BUSY = 51 };
    struct ber ber = {.bytes = question->bytes, .size = question->size};
    struct ber content = ber_take(&ber, BER_SEQUENCE);
    int64_t message = ber_take_integer(&content);

    if (content.failed)
        return;
    if (peer->fault == TIME_PEER_WRONG_ID)
        message = message == 1 ? 2 : message - 1;
    if (peer->fault != TIME_PEER_DECLINES)
        put_entry(peer, question, message, out);
    put_result(message, peer->fault == TIME_PEER_DECLINES ? BUSY : SUCCESS, out);
}

/* ---- Kerberos (RFC 4120 5.9.1) ---- */

static void put_field(struct buffer *out, int number, int tag, const char *text)
{
    size_t start = out->size;

    ber_put_text(out, tag, text);
    ber_wrap(out, start, BER_CONTEXT + number);
}

static void put_number(struct buffer *out, int number, int64_t value)
{
    size_t start = out->size;

    ber_put_integer(out, BER_INTEGER, value);
    ber_wrap(out, start, BER_CONTEXT + number);
}

/* Of which service an error speaks, and what it says; `text`: of MIT's KDC alone. */
struct refusal {
    int64_t code;
    const char *service, *host, *text;
    struct ber server; /* the whole name as it was asked for, in place of service and host */
    struct ber realm;  /* likewise; else CONTOSO.COM */
};

static void put_realm(const struct refusal *refusal, struct buffer *out)
{
    size_t start = out->size;

    if (refusal->realm.size == 0) {
        put_field(out, 9, BER_GENERAL_STRING, "CONTOSO.COM");
        return;
    }
    ber_put(out, BER_GENERAL_STRING, refusal->realm.bytes, refusal->realm.size);
    ber_wrap(out, start, BER_CONTEXT + 9);
}

static void put_principal(const struct refusal *refusal, struct buffer *out)
{
    size_t start = out->size, names;

    if (refusal->server.size > 0) {
        ber_put(out, BER_CONTEXT + 10, refusal->server.bytes, refusal->server.size);
        return;
    }
    put_number(out, 0, 2); /* NT-SRV-INST */
    names = out->size;
    ber_put_text(out, BER_GENERAL_STRING, refusal->service);
    ber_put_text(out, BER_GENERAL_STRING, refusal->host);
    ber_wrap(out, names, BER_SEQUENCE);
    ber_wrap(out, names, BER_CONTEXT + 1);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start, BER_CONTEXT + 10);
}

static void put_krb_error(const struct time_peer *peer, const struct time_question *question,
                          const struct refusal *refusal, struct buffer *out)
{
    enum { VERSION = 5, KRB_ERROR = 30, AS_REP = 11 };
    bool marks = peer->fault == TIME_PEER_MARKS;
    size_t start = out->size;
    struct buffer time;

    buffer_init(&time, CLOCK_TEXT_SIZE);
    put_generalized_time(question->now, false, &time);
    put_number(out, 0, VERSION);
    put_number(out, 1, KRB_ERROR);
    if (peer->fault != TIME_PEER_NO_TIME)
        put_field(out, 4, BER_GENERALIZED_TIME, time.text);
    put_number(out, 5, marks ? question->asked : question->now % SECOND);
    put_number(out, 6, refusal->code);
    put_realm(refusal, out);
    put_principal(refusal, out);
    if (marks && refusal->text)
        put_field(out, 11, BER_GENERAL_STRING, refusal->text);
    ber_wrap(out, start, BER_SEQUENCE);
    ber_wrap(out, start,
             BER_APPLICATION + (peer->fault == TIME_PEER_DECLINES ? AS_REP : KRB_ERROR));
    buffer_release(&time);
    if (peer->fault == TIME_PEER_WRONG_SIZE)
        out->text[start + 1]++;
}

/* "SMTPSVC/mail.contoso.com" of a PrincipalName. */
static void put_spn(struct ber principal, struct buffer *out)
{
    struct ber name = ber_take(&principal, BER_SEQUENCE), type, names;

    type = ber_take(&name, BER_CONTEXT);
    names = ber_take(&name, BER_CONTEXT + 1);
    names = ber_take(&names, BER_SEQUENCE);
    if (type.failed)
        return;
    while (ber_peek(&names) >= 0) {
        const struct ber part = ber_take(&names, BER_GENERAL_STRING);

        if (out->size > 0)
            buffer_add_char(out, '/');
        buffer_add(out, part.bytes, part.size);
    }
}

static int64_t code_for(const struct time_question *question, struct ber principal)
{
    enum { UNKNOWN = 7 };
    int64_t code = UNKNOWN;
    struct buffer spn;

    buffer_init(&spn, ANSWER_MOST);
    put_spn(principal, &spn);
    for (const struct time_peer_refusal *one = question->refusals; one && one->spn; one++) {
        if (text_equal_fold(one->spn, spn.text))
            code = one->code;
    }
    buffer_release(&spn);
    return code;
}

/* Whether it is a TGS-REQ (RFC 4120 5.4.1); then for what, and what it is answered with. */
static bool read_tgs_req(const struct time_question *question, struct refusal *refusal)
{
    enum { FRAME = 4, TGS_REQ = 12, PADATA = 3, BODY = 4, CNAME = 1, REALM = 2, SNAME = 3 };
    size_t frame = question->is_stream ? FRAME : 0;
    struct ber request = {.bytes = question->bytes + frame, .size = question->size - frame};
    struct ber body, skipped;

    if (question->size < frame)
        return false;
    request = ber_take(&request, BER_APPLICATION + TGS_REQ);
    request = ber_take(&request, BER_SEQUENCE);
    (void)ber_take(&request, BER_CONTEXT + 1); /* version */
    (void)ber_take(&request, BER_CONTEXT + 2); /* type */
    (void)ber_take_optional(&request, BER_CONTEXT + PADATA, &skipped);
    body = ber_take(&request, BER_CONTEXT + BODY);
    body = ber_take(&body, BER_SEQUENCE);
    (void)ber_take(&body, BER_CONTEXT); /* options */
    (void)ber_take_optional(&body, BER_CONTEXT + CNAME, &skipped);
    refusal->realm = ber_take(&body, BER_CONTEXT + REALM);
    refusal->realm = ber_take(&refusal->realm, BER_GENERAL_STRING);
    refusal->server = ber_take(&body, BER_CONTEXT + SNAME);
    refusal->code = code_for(question, refusal->server);
    refusal->text = "LOOKING_UP_SERVER";
    return !body.failed;
}

/* An AS-REQ is asked to prove itself; of tickets for services none is granted. */
static void answer_kerberos(const struct time_peer *peer, const struct time_question *question,
                            struct buffer *out)
{
    static const struct refusal preauth_required = {
        .code = 25, .service = "krbtgt", .host = "CONTOSO.COM", .text = "NEEDED_PREAUTH"};
    struct refusal refusal = {0};
    struct buffer message;
    bool for_service = read_tgs_req(question, &refusal);

    buffer_init(&message, ANSWER_MOST);
    put_krb_error(peer, question, for_service ? &refusal : &preauth_required, &message);
    if (question->is_stream)
        put_big(out, message.size, 4);
    buffer_add(out, message.text, message.size);
    buffer_release(&message);
}

/* ---- SMB2 (MS-SMB2 2.2.4) ---- */

static void answer_smb2(const struct time_peer *peer, const struct time_question *question,
                        struct buffer *out)
{
    enum { HEADER = 64, BODY = 64, NOT_SUPPORTED = 0xBB, DIALECT = 0x0302 };
    bool declines = peer->fault == TIME_PEER_DECLINES;
    bool has_time = peer->fault != TIME_PEER_NO_TIME;

    put_big(out, HEADER + BODY, 4);
    buffer_add(out, "\xFESMB", 4);
    put_little(out, HEADER, 2);
    put_little(out, 0, 2);
    put_little(out, declines ? 0xC0000000u | NOT_SUPPORTED : 0, 4);
    put_little(out, 0, 2);
    put_little(out, 1, 2);
    put_little(out, 1, 4); /* it is an answer */
    put_little(out, 0, 4);
    for (int i = 0; i < 5; i++)
        put_little(out, 0, 8); /* message, process and tree, session, signature */
    put_little(out, peer->fault == TIME_PEER_WRONG_SIZE ? BODY : BODY + 1, 2);
    put_little(out, 1, 2);
    put_little(out, DIALECT, 2);
    put_little(out, 0, 2);
    buffer_add(out, "0123456789abcdef", 16);
    put_little(out, 0, 4);
    for (int i = 0; i < 3; i++)
        put_little(out, 1 << 20, 4); /* the largest of what it takes */
    put_little(out, has_time ? filetime_of(question->now) : 0, 8);
    put_little(out, 0, 8);
    put_little(out, HEADER + BODY, 2);
    put_little(out, 0, 2 + 4);
}

/* ---- SMTP and NTLM (MS-NLMP 2.2.1.2, 2.2.2.1) ---- */

static void put_pair(struct buffer *out, unsigned id, const char *text)
{
    put_little(out, id, 2);
    put_little(out, 2 * strlen(text), 2);
    for (; *text; text++)
        put_little(out, (unsigned char)*text, 2);
}

static void put_target(const struct time_peer *peer, int64_t now, struct buffer *out)
{
    put_pair(out, 1, "EX01");
    put_pair(out, 3, "EX01.contoso.com");
    put_pair(out, 4, "contoso.com");
    if (peer->fault != TIME_PEER_NO_TIME) {
        put_little(out, 7, 2);
        put_little(out, 8, 2);
        put_little(out, filetime_of(now), 8);
    }
    put_little(out, 0, 4);
}

static void put_challenge(const struct time_peer *peer, int64_t now, struct buffer *out)
{
    enum { FIXED = 56, FLAGS = 0x02800201 };
    struct buffer target;

    buffer_init(&target, ANSWER_MOST);
    put_target(peer, now, &target);
    buffer_add(out, "NTLMSSP\0\2\0\0\0", 12);
    put_little(out, 0, 8);
    put_little(out, FLAGS, 4);
    buffer_add(out, "\1\2\3\4\5\6\7\10", 8);
    put_little(out, 0, 8);
    put_little(out, target.size, 2);
    put_little(out, target.size, 2);
    put_little(out, FIXED, 4);
    buffer_add(out, "\12\0\174\117\0\0\0\17", 8); /* 10.0.20348 */
    buffer_add(out, target.text, target.size);
    buffer_release(&target);
    if (peer->fault == TIME_PEER_WRONG_SIZE)
        out->text[FIXED + 2]++;
}

static void put_token(const struct time_peer *peer, int64_t now, const char *before,
                      struct buffer *out)
{
    struct buffer challenge;

    buffer_init(&challenge, ANSWER_MOST);
    put_challenge(peer, now, &challenge);
    buffer_add_string(out, before);
    base64_encode(challenge.text, challenge.size, out);
    buffer_add_string(out, "\r\n");
    buffer_release(&challenge);
}

void time_answer_greeting(const struct time_peer *peer, int64_t now, struct buffer *out)
{
    buffer_add_string(out, "220 EX01.contoso.com Microsoft ESMTP MAIL Service ready");
    if (peer->fault != TIME_PEER_NO_TIME) {
        buffer_add_string(out, " at ");
        put_date(now, "+0000", out);
    }
    buffer_add_string(out, "\r\n");
}

static void answer_smtp(const struct time_peer *peer, const struct time_question *question,
                        struct buffer *out)
{
    static const struct {
        const char *word;
        const char *reply; /* NULL: the challenge */
    } replies[] = {
        {"EHLO", "250-EX01.contoso.com Hello\r\n250-SIZE 37748736\r\n250-X-EXPS GSSAPI NTLM\r\n"
                 "250-AUTH NTLM LOGIN\r\n250 XRDST\r\n"},
        {"AUTH NTLM", "334 NTLM supported\r\n"},
        {"TlRMTVNTUAAB", NULL},
        {"*", "501 5.7.0 Authentication cancelled\r\n"},
        {"QUIT", "221 2.0.0 Service closing transmission channel\r\n"},
    };
    const char *line = (const char *)question->bytes;

    if (peer->fault == TIME_PEER_DECLINES && text_starts_fold(line, question->size, "EHLO")) {
        buffer_add_string(out, "250-EX01.contoso.com Hello\r\n250 SIZE 37748736\r\n");
        return;
    }
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        if (!text_starts_fold(line, question->size, replies[i].word))
            continue;
        if (replies[i].reply)
            buffer_add_string(out, replies[i].reply);
        else
            put_token(peer, question->now, "334 ", out);
        return;
    }
    buffer_add_string(out, "500 5.3.3 Unrecognized command\r\n");
}

/* ---- HTTP ---- */

static bool has_text(const struct time_question *question, const char *text)
{
    size_t size = strlen(text);

    for (size_t at = 0; at + size <= question->size; at++) {
        if (memcmp(question->bytes + at, text, size) == 0)
            return true;
    }
    return false;
}

/* NegTokenResp (RFC 4178 4.2.2): rejected, and why. One that declines does not say why. */
static void put_gss_error(const struct time_peer *peer, const struct time_question *question,
                          struct buffer *out)
{
    static const unsigned char kerberos[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2};
    static const struct refusal not_us = {.code = 35, .service = "HTTP", .host = "exdiag-clock"};
    struct buffer token;
    size_t start;

    buffer_init(&token, ANSWER_MOST);
    ber_put_integer(&token, BER_ENUMERATED, 2);
    ber_wrap(&token, 0, BER_CONTEXT);
    start = token.size;
    if (peer->fault != TIME_PEER_DECLINES) {
        ber_put(&token, BER_OBJECT_IDENTIFIER, kerberos, sizeof kerberos);
        buffer_add(&token, "\3\0", 2);
        put_krb_error(peer, question, &not_us, &token);
        ber_wrap(&token, start, BER_APPLICATION);
        ber_wrap(&token, start, BER_OCTET_STRING);
        ber_wrap(&token, start, BER_CONTEXT + 2);
    }
    ber_wrap(&token, 0, BER_SEQUENCE);
    ber_wrap(&token, 0, BER_CONTEXT + 1);
    buffer_add_string(out, "WWW-Authenticate: Negotiate ");
    base64_encode(token.text, token.size, out);
    buffer_add_string(out, "\r\n");
    buffer_release(&token);
}

/* Of one that declines, NTLM is answered behind the name of Negotiate alone. */
static void answer_http(const struct time_peer *peer, const struct time_question *question,
                        struct buffer *out)
{
    bool declines = peer->fault == TIME_PEER_DECLINES;
    bool has_time = peer->fault != TIME_PEER_NO_TIME;

    buffer_add_string(out, "HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-IIS/10.0\r\n");
    if (has_time) {
        buffer_add_string(out, "Date: ");
        put_date(question->now, "GMT\r\n", out);
    }
    if (has_text(question, "Authorization: Negotiate TlRM"))
        put_token(peer, question->now, "WWW-Authenticate: Negotiate ", out);
    else if (has_text(question, "Authorization: Negotiate YII"))
        put_gss_error(peer, question, out);
    else if (has_text(question, "Authorization: NTLM TlRM") && !declines)
        put_token(peer, question->now, "WWW-Authenticate: NTLM ", out);
    else
        buffer_add_string(out, "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n");
    buffer_add_string(out, "Content-Length: 5\r\n\r\nnope\n");
}

void time_answer(const struct time_peer *peer, const struct time_question *question,
                 struct buffer *out)
{
    static void (*const answers[TIME_PEER_SERVICE_COUNT])(
        const struct time_peer *peer, const struct time_question *question, struct buffer *out) = {
        [TIME_PEER_NTP] = answer_ntp,   [TIME_PEER_LDAP] = answer_ldap,
        [TIME_PEER_SMB2] = answer_smb2, [TIME_PEER_KERBEROS] = answer_kerberos,
        [TIME_PEER_SMTP] = answer_smtp, [TIME_PEER_HTTP] = answer_http,
    };

    answers[peer->service](peer, question, out);
}
