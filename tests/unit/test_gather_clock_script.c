/*
 * Clocks behind servers that say, word for word, what a test wants: STARTTLS before NTLM, web
 * servers with certificates that nobody trusts, dates that are none.
 */
#include "tests/unit/unit.h"

#include "diag/gather/clock.h"
#include "diag/platform.h"
#include "tests/lab/smtp_peer.h"

#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

enum { PATIENT = 10000 /* milliseconds */, STEPS_MOST = 20 };

/* 2026-11-22 18:00:00.123456 UTC, by a server of Windows 10.0.20348 */
#define NOON INT64_C(1795370400123456)
#define CHALLENGE                                                                                  \
    "TlRMTVNTUAACAAAAAAAAADgAAAABAoACAAAAAAAAAAAAAAAAAAAAAEAAQAA4AAAACgB8TwAAAA8BAAgARQBY"         \
    "ADAAMQADACAARQBYADAAMQAuAGMAbwBuAHQAbwBzAG8ALgBjAG8AbQAHAAgAh+ajSqt63QEAAAAA"

static unsigned accepted; /* connections, by the peer that was read last */

static struct clock_reading *read_clock(const struct smtp_peer *peer, enum clock_source source)
{
    const struct gather_options options = {.timeout = PATIENT, .jobs = 1, .dns_window = 1};
    struct clock_reading question = {.source = source, .host = "ex01.contoso.com"};
    struct clock_means means = {.origin = clock_origin_read(), .http = http_library_new()};
    struct smtp_peers *peers;
    struct evidence *item;

    assert_int_equal(smtp_peers_start(peer, 1, &question.address.port, &peers), STATUS_OK);
    assert_int_equal(ip_parse(peer->address, strlen(peer->address), &question.address.ip),
                     STATUS_OK);
    question.tls_at_once = peer->tls_at_once;
    means.trust = tls_trust_new(NULL, smtp_peers_authority(peers));
    item = evidence_new(&evidence_clock, &question.evidence);
    gather_clock(item, &options, &means);
    tls_trust_leave(means.trust);
    http_library_leave(means.http);
    accepted = smtp_peers_accepted(peers, 0);
    assert_int_equal(smtp_peers_stop(peers), STATUS_OK);
    return (struct clock_reading *)item;
}

/* HTTP, where there is no libcurl. */
static bool is_left_out(const struct clock_reading *reading)
{
    return reading->evidence.status == STATUS_NOT_SUPPORTED;
}

static void assert_refused(const struct clock_reading *reading, enum status status,
                           const char *reason, const char *what)
{
    if (reading->evidence.status != status || reading->sample_count != 0)
        fail_msg("%s: %s with %zu samples", what, status_token(reading->evidence.status),
                 reading->sample_count);
    if (reason) {
        assert_non_null(reading->evidence.reason);
        assert_string_equal(reading->evidence.reason, reason);
    }
}

/* ---- STARTTLS before NTLM ---- */

#define GREETING                                                                                   \
    {SMTP_PEER_SAY, "220 EX01.contoso.com ready\r\n", 0, 0, 0},                                    \
    {                                                                                              \
        SMTP_PEER_HEAR, "EHLO", 0, 0, 0                                                            \
    }
#define SAY(text)                                                                                  \
    {                                                                                              \
        SMTP_PEER_SAY, text, 0, 0, 0                                                               \
    }
#define HEAR(text)                                                                                 \
    {                                                                                              \
        SMTP_PEER_HEAR, text, 0, 0, 0                                                              \
    }
#define HANDSHAKE                                                                                  \
    {                                                                                              \
        SMTP_PEER_TLS, NULL, 0, 0, 0                                                               \
    }
#define END                                                                                        \
    {                                                                                              \
        SMTP_PEER_END, NULL, 0, 0, 0                                                               \
    }
#define PARTING     HEAR("QUIT"), SAY("221 bye\r\n"), END
#define OFFERS_TLS  "250-EX01.contoso.com\r\n250 STARTTLS\r\n"
#define OFFERS_NTLM "250-EX01.contoso.com\r\n250 AUTH NTLM LOGIN\r\n"

/* A server that offers NTLM behind TLS alone, its certificate signed by itself. */
static void ntlm_behind_starttls(void **state)
{
    static const struct smtp_peer_step script[STEPS_MOST] = {GREETING,
                                                             SAY(OFFERS_TLS),
                                                             HEAR("STARTTLS"),
                                                             SAY("220 go on\r\n"),
                                                             HANDSHAKE,
                                                             HEAR("EHLO"),
                                                             SAY(OFFERS_NTLM),
                                                             HEAR("AUTH NTLM"),
                                                             SAY("334 NTLM supported\r\n"),
                                                             HEAR("TlRMTVNTUAAB"),
                                                             SAY("334 " CHALLENGE "\r\n"),
                                                             HEAR("*"),
                                                             SAY("501 no\r\n"),
                                                             PARTING};
    static const struct smtp_peer peer = {
        .address = "127.0.0.1", .certificate = SMTP_PEER_SELF_SIGNED, .script = script};
    struct clock_reading *reading = read_clock(&peer, CLOCK_SMTP_NTLM);

    (void)state;
    assert_int_equal(reading->evidence.status, STATUS_OK);
    assert_int_equal(reading->sample_count, 1);
    assert_int_equal(reading->samples[0].remote, NOON);
    assert_string_equal(reading->told_host, "EX01.contoso.com");
    assert_string_equal(reading->told_build, "10.0.20348");
    evidence_free(&reading->evidence);
}

/* Exchange's own word for it. */
static void ntlm_by_exps(void **state)
{
    static const struct smtp_peer_step script[STEPS_MOST] = {
        GREETING,
        SAY("250-EX01.contoso.com\r\n250-AUTH GSSAPI\r\n250 X-EXPS GSSAPI NTLM\r\n"),
        HEAR("X-EXPS NTLM"),
        SAY("334 NTLM supported\r\n"),
        HEAR("TlRMTVNTUAAB"),
        SAY("334 " CHALLENGE "\r\n"),
        HEAR("*"),
        SAY("501 no\r\n"),
        PARTING};
    static const struct smtp_peer peer = {.address = "127.0.0.1", .script = script};
    struct clock_reading *reading = read_clock(&peer, CLOCK_SMTP_NTLM);

    (void)state;
    assert_int_equal(reading->evidence.status, STATUS_OK);
    assert_int_equal(reading->samples[0].remote, NOON);
    evidence_free(&reading->evidence);
}

static const struct {
    const char *what;
    struct smtp_peer_step script[STEPS_MOST];
    enum status status;
    const char *reason;
} refusals[] = {
    {"no TLS in spite of the offer",
     {GREETING, SAY(OFFERS_TLS), HEAR("STARTTLS"), SAY("454 not now\r\n"), PARTING},
     STATUS_REJECTED,
     "STARTTLS was answered with 454"},
    {"no handshake",
     {GREETING,
      SAY(OFFERS_TLS),
      HEAR("STARTTLS"),
      SAY("220 go on\r\n"),
      {SMTP_PEER_CLOSE, NULL, 0, 0, 0},
      END},
     STATUS_CLOSED,
     NULL},
    {"no NTLM behind TLS either",
     {GREETING, SAY(OFFERS_TLS), HEAR("STARTTLS"), SAY("220 go on\r\n"), HANDSHAKE, HEAR("EHLO"),
      SAY("250 EX01.contoso.com\r\n"), PARTING},
     STATUS_NOT_FOUND,
     "it does not offer NTLM"},
    {"an offer out of turn",
     {SAY("220 ready\r\n250-EX01.contoso.com\r\n250 AUTH NTLM\r\n"), HEAR("EHLO"),
      SAY("250 EX01.contoso.com\r\n"), PARTING},
     STATUS_NOT_FOUND,
     "it does not offer NTLM"},
    {"an offer that is another word",
     {GREETING, SAY("250-EX01.contoso.com\r\n250 AUTH NTLMV9 XNTLM\r\n"), PARTING},
     STATUS_NOT_FOUND,
     "it does not offer NTLM"},
    {"AUTH refused",
     {GREETING, SAY(OFFERS_NTLM), HEAR("AUTH NTLM"), SAY("504 no\r\n"), PARTING},
     STATUS_REJECTED,
     "AUTH NTLM was answered with 504"},
    {"no challenge",
     {GREETING, SAY(OFFERS_NTLM), HEAR("AUTH NTLM"), SAY("334 \r\n"), HEAR("TlRM"),
      SAY("535 5.7.3 no\r\n"), PARTING},
     STATUS_REJECTED,
     "it does not answer NTLM with a challenge"},
    {"a challenge that is no base64",
     {GREETING, SAY(OFFERS_NTLM), HEAR("AUTH NTLM"), SAY("334 \r\n"), HEAR("TlRM"),
      SAY("334 TlRMTVNTUAAC?AAA\r\n"), PARTING},
     STATUS_MALFORMED,
     NULL},
    {"a challenge that is cut off",
     {GREETING, SAY(OFFERS_NTLM), HEAR("AUTH NTLM"), SAY("334 \r\n"), HEAR("TlRM"),
      SAY("334 TlRMTVNTUAACAAAA\r\n"), PARTING},
     STATUS_MALFORMED,
     NULL},
    {"turned away", {SAY("554 not you\r\n"), PARTING}, STATUS_REJECTED, "it greets with 554"},
};

static void ntlm_that_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        const struct smtp_peer peer = {.address = "127.0.0.1",
                                       .certificate = SMTP_PEER_SELF_SIGNED,
                                       .script = refusals[i].script};
        struct clock_reading *reading = read_clock(&peer, CLOCK_SMTP_NTLM);

        assert_refused(reading, refusals[i].status, refusals[i].reason, refusals[i].what);
        evidence_free(&reading->evidence);
    }
}

/* ---- dates of greetings ---- */

static const struct {
    const char *date;
    enum status status; /* STATUS_OK: 2026-11-22 18:00:00 UTC */
} greetings[] = {
    {"Sun, 22 Nov 2026 18:00:00 +0000", STATUS_OK},
    {"Sun, 22 Nov 2026 19:00:00 +0100", STATUS_OK},
    {"Sun, 22 Nov 2026 10:00:00 -0800", STATUS_OK},
    {"Mon, 23 Nov 2026 08:00:00 +1400", STATUS_OK},
    {"So, 22 Nov 2026 19:00:00 +0100", STATUS_MALFORMED},   /* German */
    {"dom, 22 nov 2026 19:00:00 +0100", STATUS_MALFORMED},  /* Italian; Spanish */
    {"Sun, 22 Okt 2026 19:00:00 +0200", STATUS_NOT_FOUND},  /* a month of German */
    {"22.11.2026 19:00:00", STATUS_NOT_FOUND},              /* no zone */
    {"Sun, 22 Nov 2026 12:00:00 CST", STATUS_NOT_FOUND},    /* whose? */
    {"Sun, 22 Nov 2026 12:00:00 +9900", STATUS_MALFORMED},  /* nobody's */
    {"Mon, 22 Nov 2026 18:00:00 +0000", STATUS_MALFORMED},  /* a Sunday */
    {"Tue, 31 Feb 2026 18:00:00 +0000", STATUS_MALFORMED},  /* no day */
    {"Sun, 22 Nov 2026 25:00:00 +0000", STATUS_MALFORMED},  /* no hour */
    {"Sun, 22 Nov -2026 18:00:00 +0000", STATUS_NOT_FOUND}, /* a negative year */
    {"Sun, 22 Nov 26 18:00:00 +0000", STATUS_NOT_FOUND},    /* of which century? */
    {"Sat, 22 Nov 1902 18:00:00 +0000", STATUS_MALFORMED},  /* before 1970 */
    {"Sun, 22 Nov 22026 18:00:00 +0000", STATUS_NOT_FOUND},
};

static void dates_of_greetings(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(greetings); i++) {
        struct smtp_peer_step script[] = {SAY(NULL), PARTING};
        const struct smtp_peer peer = {.address = "127.0.0.1", .script = script};
        struct clock_reading *reading;
        char text[128];

        snprintf(text, sizeof text, "220 EX01 MAIL Service ready at %s\r\n", greetings[i].date);
        script[0].text = text;
        reading = read_clock(&peer, CLOCK_SMTP_BANNER);
        if (greetings[i].status != STATUS_OK) {
            assert_refused(reading, greetings[i].status, NULL, greetings[i].date);
            assert_non_null(reading->evidence.reason);
        } else {
            assert_int_equal(reading->evidence.status, STATUS_OK);
            assert_int_equal(reading->samples[0].remote, NOON / 1000000 * 1000000);
        }
        evidence_free(&reading->evidence);
    }
}

/* Whichever line has it. */
static void greetings_of_several_lines(void **state)
{
    static const char *const greetings_of_two[] = {
        "220-EX01 ready at Sun, 22 Nov 2026 18:00:00 +0000\r\n220 no date here\r\n",
        "220-no date here\r\n220 EX01 ready at Sun, 22 Nov 2026 18:00:00 +0000\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(greetings_of_two); i++) {
        const struct smtp_peer_step script[] = {SAY(greetings_of_two[i]), PARTING};
        const struct smtp_peer peer = {.address = "127.0.0.1", .script = script};
        struct clock_reading *reading = read_clock(&peer, CLOCK_SMTP_BANNER);

        assert_int_equal(reading->evidence.status, STATUS_OK);
        assert_int_equal(reading->samples[0].remote, NOON / 1000000 * 1000000);
        evidence_free(&reading->evidence);
    }
}

/* ---- HTTP ---- */

#define HEAD(fields) "HTTP/1.1 401 Unauthorized\r\n" fields "Content-Length: 0\r\n\r\n"
#define NOON_DATE    "Date: Sun, 22 Nov 2026 18:00:00 GMT\r\n"

static const struct {
    const char *answer;
    enum status status;
    const char *reason;
} answers[] = {
    {HEAD(NOON_DATE), STATUS_OK, NULL},
    {"HTTP/1.1 100 Continue\r\nDate: Sun, 22 Nov 2026 17:00:00 GMT\r\n\r\n" HEAD(NOON_DATE),
     STATUS_OK, NULL},
    {HEAD("Location: http://127.0.0.1:1/\r\n" NOON_DATE), STATUS_OK, NULL},
    {"HTTP/1.1 302 Found\r\nLocation: /owa/\r\n" NOON_DATE "Content-Length: 0\r\n\r\n", STATUS_OK,
     NULL},
    {HEAD("dATE:Sun, 22 Nov 2026 18:00:00 GMT \r\n"), STATUS_OK, NULL},
    {HEAD("Date: Sunday, 22-Nov-26 18:00:00 GMT\r\n"), STATUS_OK, NULL},
    {HEAD("Date: Sun Nov 22 18:00:00 2026\r\n"), STATUS_OK, NULL},
    {HEAD("Age: 0\r\n" NOON_DATE), STATUS_OK, NULL},
    {HEAD("Age: 90\r\n" NOON_DATE), STATUS_NOT_FOUND,
     "its answer is a cache's, with the Date of an earlier one"},
    {HEAD(NOON_DATE "Date: Sun, 22 Nov 2026 17:00:00 GMT\r\n"), STATUS_MALFORMED,
     "its answer has several Dates"},
    {HEAD("Last-Modified: Sun, 22 Nov 2026 18:00:00 GMT\r\n"), STATUS_NOT_FOUND,
     "its answer has no Date"},
    {HEAD("X-Date: Sun, 22 Nov 2026 18:00:00 GMT\r\n"), STATUS_NOT_FOUND, "its answer has no Date"},
    {HEAD("Date: Sun, 22 Nov 2026 19:00:00 +0100\r\n"), STATUS_MALFORMED, "its Date is none"},
    {HEAD("Date: Sun, 22 Nov 2026 18:00:00 CET\r\n"), STATUS_MALFORMED, "its Date is none"},
    {HEAD("Date: dim., 22 nov. 2026 18:00:00 GMT\r\n"), STATUS_MALFORMED, "its Date is none"},
    {HEAD("Date: Sun, 22 Nov -026 18:00:00 GMT\r\n"), STATUS_MALFORMED, "its Date is none"},
    {HEAD("Date: 1795370400\r\n"), STATUS_MALFORMED, "its Date is none"},
    {HEAD("Date:\r\n"), STATUS_MALFORMED, "its Date is none"},
    {"220 EX01 ready\r\n", STATUS_MALFORMED, NULL},
};

static void dates_of_web_servers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        const struct smtp_peer_step script[] = {
            HEAR("GET"), SAY(answers[i].answer), {SMTP_PEER_CLOSE, NULL, 0, 0, 0}, END};
        const struct smtp_peer peer = {.address = "127.0.0.1", .script = script};
        struct clock_reading *reading = read_clock(&peer, CLOCK_HTTP);

        if (is_left_out(reading)) {
            evidence_free(&reading->evidence);
            continue;
        }
        assert_int_equal(accepted, 1); /* nothing is followed, or asked twice */
        if (answers[i].status != STATUS_OK) {
            assert_refused(reading, answers[i].status, answers[i].reason, answers[i].answer);
        } else {
            if (reading->evidence.status != STATUS_OK)
                fail_msg("%s", answers[i].answer);
            assert_int_equal(reading->samples[0].remote, NOON / 1000000 * 1000000);
        }
        evidence_free(&reading->evidence);
    }
}

#define ASKS(field) HEAD(NOON_DATE "WWW-Authenticate: " field "\r\n")

static const struct {
    const char *answer;
    enum clock_source source;
    enum status status;
    const char *reason;
} tokens[] = {
    {ASKS("NTLM " CHALLENGE), CLOCK_HTTP_NTLM, STATUS_OK, NULL},
    {ASKS("ntlm " CHALLENGE), CLOCK_HTTP_NTLM, STATUS_OK, NULL},
    {ASKS("Negotiate\r\nWWW-Authenticate: NTLM " CHALLENGE), CLOCK_HTTP_NTLM, STATUS_OK, NULL},
    {ASKS("NTLM"), CLOCK_HTTP_NTLM, STATUS_NOT_FOUND, "it answers NTLM with no challenge"},
    {ASKS("NTLMV9 " CHALLENGE), CLOCK_HTTP_NTLM, STATUS_NOT_FOUND,
     "it answers NTLM with no challenge"},
    {ASKS("Basic realm=\"NTLM " CHALLENGE "\""), CLOCK_HTTP_NTLM, STATUS_NOT_FOUND,
     "it answers NTLM with no challenge"},
    {ASKS("NTLM TlRMTVNTUAACAAAA"), CLOCK_HTTP_NTLM, STATUS_MALFORMED, NULL},
    {HEAD("Proxy-Authenticate: NTLM " CHALLENGE "\r\n"), CLOCK_HTTP_NTLM, STATUS_NOT_FOUND,
     "it answers NTLM with no challenge"},
    {ASKS("Negotiate " CHALLENGE), CLOCK_HTTP_KERBEROS, STATUS_NOT_FOUND,
     "it answers Kerberos with no error"},
    {ASKS("Negotiate oQcwBaADCgEC"), CLOCK_HTTP_KERBEROS, STATUS_NOT_FOUND,
     "it answers Kerberos with no error"},
    {ASKS("Negotiate"), CLOCK_HTTP_KERBEROS, STATUS_NOT_FOUND, "it answers Kerberos with no error"},
    {ASKS("Negotiate AwB+AjAA"), CLOCK_HTTP_KERBEROS, STATUS_MALFORMED, NULL},
    {ASKS("Negotiate ===="), CLOCK_HTTP_KERBEROS, STATUS_MALFORMED, NULL},
};

/* Each connection is answered alike, so that a second try is, too. */
static void tokens_of_web_servers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(tokens); i++) {
        const struct smtp_peer_step script[] = {
            HEAR("GET"), SAY(tokens[i].answer), {SMTP_PEER_CLOSE, NULL, 0, 0, 0}, END};
        const struct smtp_peer peer = {.address = "127.0.0.1", .script = script};
        struct clock_reading *reading = read_clock(&peer, tokens[i].source);

        if (tokens[i].status != STATUS_OK && !is_left_out(reading)) {
            assert_refused(reading, tokens[i].status, tokens[i].reason, tokens[i].answer);
        } else if (!is_left_out(reading)) {
            assert_int_equal(reading->evidence.status, STATUS_OK);
            assert_int_equal(reading->samples[0].remote, NOON);
            assert_null(reading->evidence.reason);
        }
        evidence_free(&reading->evidence);
    }
}

/* Of an answer, 64 KiB of head are borne. */
static void heads_without_end(void **state)
{
    static const struct smtp_peer_step script[] = {
        HEAR("GET"),
        SAY("HTTP/1.1 200 OK\r\n" NOON_DATE),
        {SMTP_PEER_FLOOD, "X-Filler: 0123456789 0123456789 0123456789\r\n", 0, 2000, 0},
        SAY("Content-Length: 0\r\n\r\n"),
        END};
    static const struct smtp_peer peer = {.address = "127.0.0.1", .script = script};
    struct clock_reading *reading = read_clock(&peer, CLOCK_HTTP);

    (void)state;
    if (!is_left_out(reading))
        assert_refused(reading, STATUS_TOO_LARGE, NULL, "a long head");
    evidence_free(&reading->evidence);
}

/* Nothing secret is sent, so whoever answers is listened to: no certificate is refused. */
static void certificates_that_nobody_trusts(void **state)
{
    static const enum smtp_peer_certificate kinds[] = {SMTP_PEER_SELF_SIGNED, SMTP_PEER_EXPIRED,
                                                       SMTP_PEER_MISMATCHED, SMTP_PEER_TRUSTED};
    static const struct smtp_peer_step script[] = {HEAR("GET"),
                                                   SAY("HTTP/1.1 401 Unauthorized\r\n" NOON_DATE
                                                       "WWW-Authenticate: NTLM " CHALLENGE
                                                       "\r\nContent-Length: 0\r\n\r\n"),
                                                   END};

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const struct smtp_peer peer = {
            .address = "127.0.0.1", .certificate = kinds[i], .tls_at_once = true, .script = script};
        struct clock_reading *reading = read_clock(&peer, CLOCK_HTTP_NTLM);

        if (!is_left_out(reading)) {
            assert_int_equal(reading->evidence.status, STATUS_OK);
            assert_int_equal(reading->samples[0].remote, NOON);
            assert_string_equal(reading->told_host, "EX01.contoso.com");
        }
        evidence_free(&reading->evidence);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ntlm_behind_starttls),
        cmocka_unit_test(ntlm_by_exps),
        cmocka_unit_test(ntlm_that_is_none),
        cmocka_unit_test(dates_of_greetings),
        cmocka_unit_test(greetings_of_several_lines),
        cmocka_unit_test(dates_of_web_servers),
        cmocka_unit_test(tokens_of_web_servers),
        cmocka_unit_test(heads_without_end),
        cmocka_unit_test(certificates_that_nobody_trusts),
    };

    if (platform_init() != STATUS_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
