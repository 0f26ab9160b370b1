/* What a logon with the caller's own ticket says of a mail server. */
#include "probes/spn/logon.h"
#include "tests/unit/unit.h"

#include "probes/spn/ticket.h"

#include <string.h>

/* ---- whose account it is ---- */

static struct spn_server servers[] = {{.name = "EX01", .host = "ex01.contoso.com"},
                                      {.name = "EX02", .host = "ex02.contoso.com"},
                                      {.name = "EX03", .host = "ex03.eu.contoso.com"},
                                      {.name = "EX04"},
                                      {.name = "EX05", .host = "ex05.mail.example"}};

static void test_callers(void **state)
{
    static const struct spn_forest forest = {
        .domain = "contoso.com",
        .servers = {.list = servers, .count = sizeof servers / sizeof *servers},
        .domains = {{"contoso.com", "CONTOSO"}, {"eu.contoso.com", "EU"}},
        .domain_count = 2};
    static const struct {
        const char *principal;
        enum spn_caller caller;
    } rows[] = {
        {NULL, SPN_CALLER_UNKNOWN},
        {"", SPN_CALLER_UNKNOWN},
        {"alice@CONTOSO.COM", SPN_CALLER_PERSON},
        {"EX02@CONTOSO.COM", SPN_CALLER_PERSON},
        {"$@CONTOSO.COM", SPN_CALLER_PERSON},
        {"EX02$@CONTOSO.COM", SPN_CALLER_SERVER},
        {"ex02$@contoso.com", SPN_CALLER_SERVER},
        {"CONTOSO\\EX02$", SPN_CALLER_SERVER},
        {"EX01$@CONTOSO.COM", SPN_CALLER_ITSELF},
        {"EX04$@CONTOSO.COM", SPN_CALLER_SERVER},
        {"EX05$@CONTOSO.COM", SPN_CALLER_SERVER}, /* its host's name is of no domain */
        {"EX03$@EU.CONTOSO.COM", SPN_CALLER_SERVER},
        {"EU\\EX03$", SPN_CALLER_SERVER},
        {"EX03$@CONTOSO.COM", SPN_CALLER_COMPUTER}, /* another computer of that name */
        {"EX02$@EU.CONTOSO.COM", SPN_CALLER_COMPUTER},
        {"EX02$@FABRIKAM.COM", SPN_CALLER_COMPUTER},
        {"FABRIKAM\\EX02$", SPN_CALLER_COMPUTER},
        {"EX02$", SPN_CALLER_COMPUTER},
        {"PC7$@CONTOSO.COM", SPN_CALLER_COMPUTER},
        {"EX0$@CONTOSO.COM", SPN_CALLER_COMPUTER},
    };
    static const struct spn_forest alone = {.domain = "contoso.com",
                                            .servers = {.list = servers, .count = 2}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s\n", rows[i].principal ? rows[i].principal : "nobody");
        assert_int_equal(spn_caller_of(rows[i].principal, &forest, &servers[0]), rows[i].caller);
    }
    assert_int_equal(spn_caller_of("EX01$@CONTOSO.COM", &alone, NULL), SPN_CALLER_SERVER);
    assert_int_equal(spn_caller_of("EX01$@FABRIKAM.COM", &alone, NULL), SPN_CALLER_COMPUTER);
}

/* ---- what it came to ---- */

#define EXPS    .mechanism = "X-EXPS GSSAPI"
#define AT(at)  .step = SMTP_LOGON_##at
#define ENDS(s) .evidence.status = STATUS_##s

static const struct row {
    struct smtp_logon logon;
    enum spn_logon_result result;
    bool is_refusal; /* which proves a failure by X-EXPS of a server */
} rows[] = {
    {{AT(TICKET), ENDS(NOT_RECORDED)}, SPN_LOGON_NOT_ASKED, false},
    {{AT(TOKENS), EXPS, .code = 334, ENDS(CANCELLED)}, SPN_LOGON_CUT_SHORT, false},
    {{AT(TICKET), ENDS(LIMIT)}, SPN_LOGON_CUT_SHORT, false},
    /* the ticket */
    {{AT(TICKET), ENDS(NOT_FOUND)}, SPN_LOGON_NO_CREDENTIALS, false},
    {{AT(TICKET), ENDS(NOT_SUPPORTED)}, SPN_LOGON_NO_LIBRARY, false},
    {{AT(TICKET), ENDS(REJECTED), .error_code = KDC_ERR_S_PRINCIPAL_UNKNOWN},
     SPN_LOGON_NO_TICKET,
     false},
    {{AT(TICKET), ENDS(REJECTED), .error_code = KDC_ERR_ETYPE_NOSUPP}, SPN_LOGON_NO_TICKET, false},
    {{AT(TICKET), ENDS(REJECTED), .error_code = KRB_AP_ERR_SKEW}, SPN_LOGON_SKEW, false},
    {{AT(TICKET), ENDS(REJECTED)}, SPN_LOGON_REFERRED, false},
    {{AT(TICKET), ENDS(TIMED_OUT)}, SPN_LOGON_NO_ANSWER, false},
    {{AT(TICKET), ENDS(INVALID)}, SPN_LOGON_NO_ANSWER, false},
    /* the way to the logon */
    {{AT(CONNECT), ENDS(REFUSED)}, SPN_LOGON_NOT_REACHED, false},
    {{AT(CONNECT), ENDS(UNREACHABLE)}, SPN_LOGON_NOT_REACHED, false},
    {{AT(GREETING), ENDS(TIMED_OUT)}, SPN_LOGON_NOT_REACHED, false},
    {{AT(GREETING), ENDS(REJECTED), .code = 554}, SPN_LOGON_TURNED_AWAY, false},
    {{AT(TLS), ENDS(REJECTED), .code = 454}, SPN_LOGON_TURNED_AWAY, false},
    {{AT(TLS), ENDS(MALFORMED)}, SPN_LOGON_NOT_REACHED, false},
    {{AT(EHLO), ENDS(NOT_SUPPORTED), .code = 250}, SPN_LOGON_NOT_OFFERED, false},
    {{AT(TLS), ENDS(NOT_SUPPORTED), .code = 250}, SPN_LOGON_NOT_OFFERED, false},
    /* the logon */
    {{AT(TOKENS), EXPS, .code = 235}, SPN_LOGON_TAKEN, false},
    {{AT(TOKENS), EXPS, .code = 535, .enhanced = "5.7.3"}, SPN_LOGON_REFUSED, true},
    {{AT(COMMAND), EXPS, .code = 535}, SPN_LOGON_REFUSED, true},
    {{AT(COMMAND), EXPS, .code = 504, .enhanced = "5.7.4"}, SPN_LOGON_REFUSED, true},
    {{AT(COMMAND), EXPS, .code = 454, .enhanced = "4.7.0"}, SPN_LOGON_PUT_OFF, true},
    {{AT(COMMAND), EXPS, .code = 451}, SPN_LOGON_BUSY, false},
    {{AT(COMMAND), EXPS, .code = 421}, SPN_LOGON_BUSY, false},
    {{AT(COMMAND), EXPS, .code = 503}, SPN_LOGON_TURNED_AWAY, false},
    {{AT(COMMAND), EXPS, .code = 530}, SPN_LOGON_TURNED_AWAY, false},
    {{AT(COMMAND), EXPS, .code = 538}, SPN_LOGON_TURNED_AWAY, false},
    {{AT(COMMAND), EXPS, .code = 250}, SPN_LOGON_BROKEN_OFF, false},
    {{AT(TOKENS), EXPS, .code = 500, .enhanced = "5.5.6"}, SPN_LOGON_TOO_LONG, false},
    {{AT(TOKENS), EXPS, .code = 500, .enhanced = "5.5.1"}, SPN_LOGON_REFUSED, true},
    {{AT(TOKENS), EXPS, ENDS(CLOSED)}, SPN_LOGON_BROKEN_OFF, false},
    {{AT(TOKENS), EXPS, ENDS(TIMED_OUT)}, SPN_LOGON_BROKEN_OFF, false},
    {{AT(TOKENS), EXPS, ENDS(MALFORMED), .code = 334}, SPN_LOGON_BROKEN_OFF, false},
    {{AT(TOKENS), EXPS, ENDS(INVALID), .code = 501}, SPN_LOGON_BROKEN_OFF, false},
    {{AT(TOKENS), EXPS, ENDS(DENIED), .code = 501}, SPN_LOGON_STRANGER, false},
    {{AT(TOKENS), EXPS, ENDS(DENIED), .error_code = KRB_AP_ERR_SKEW}, SPN_LOGON_SKEW, true},
    {{AT(TOKENS), EXPS, ENDS(DENIED), .error_code = KRB_AP_ERR_MODIFIED},
     SPN_LOGON_EXPLAINED,
     true},
};

/* A refusal proves a failure by X-EXPS and of an Exchange server's account, and by nothing less. */
static void test_results(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int caller = SPN_CALLER_UNKNOWN; caller <= SPN_CALLER_ITSELF; caller++) {
            bool is_server = caller == SPN_CALLER_SERVER || caller == SPN_CALLER_ITSELF;
            struct smtp_logon logon = rows[i].logon;
            struct spn_logon judged = spn_logon_judge(&logon, (enum spn_caller)caller);

            assert_string_equal(spn_logon_word(judged.result), spn_logon_word(rows[i].result));
            assert_int_equal(judged.caller, caller);
            assert_int_equal(judged.proof, rows[i].result == SPN_LOGON_TAKEN ? SPN_LOGON_PROVES_GOOD
                                           : rows[i].is_refusal && is_server
                                               ? SPN_LOGON_PROVES_BAD
                                               : SPN_LOGON_PROVES_NOTHING);
            if (!logon.mechanism)
                continue;
            logon.mechanism = "AUTH GSSAPI";
            judged = spn_logon_judge(&logon, (enum spn_caller)caller);
            assert_int_equal(judged.result, rows[i].result);
            assert_int_equal(judged.proof, rows[i].result == SPN_LOGON_TAKEN
                                               ? SPN_LOGON_PROVES_GOOD
                                               : SPN_LOGON_PROVES_NOTHING);
        }
    }
}

/* What the server says by an error of Kerberos has a name and a meaning. */
static void test_errors(void **state)
{
    static const int32_t codes[] = {7, 8, 14, 31, 33, 35, 37, 41, 44, 45, 68};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_non_null(spn_ticket_error(codes[i]));
        assert_null(strstr(spn_ticket_meaning(codes[i]), "7.5.9"));
    }
    assert_string_equal(spn_ticket_error(34), "KRB_AP_ERR_REPEAT");
    assert_non_null(strstr(spn_ticket_meaning(34), "7.5.9"));
    assert_null(spn_ticket_error(9999));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callers),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
