/*
 * What the mx probe can say: the knowledge is in the files kinds*.c, the judgement in the
 * files judge*.c.
 */
#ifndef EXDIAG_PROBES_MX_KINDS_H
#define EXDIAG_PROBES_MX_KINDS_H

#include "diag/finding.h"

/* What an address does when it is called: kinds_greeting.c, kinds_refusal.c */
extern const struct finding_kind mx_banner_stall;
extern const struct finding_kind mx_banner_slow;
extern const struct finding_kind mx_closes;
extern const struct finding_kind mx_refuses;
extern const struct finding_kind mx_unreachable;
extern const struct finding_kind mx_greeting_refused;

/* Where the records lead: kinds_records.c */
extern const struct finding_kind mx_no_address;
extern const struct finding_kind mx_cname;
extern const struct finding_kind mx_ip_literal;
extern const struct finding_kind mx_null;
extern const struct finding_kind mx_private_address;

/* What it says once it speaks: kinds_tls.c */
extern const struct finding_kind mx_not_smtp;
extern const struct finding_kind mx_inspected;
extern const struct finding_kind mx_breaks_off;
extern const struct finding_kind mx_starttls;
extern const struct finding_kind mx_certificate;
extern const struct finding_kind mx_tlsa;

/* Files that say nothing of mail: kinds_file.c */
extern const struct finding_kind mx_trace_without_mail;

/*
 * Title, why and cost for a server that was named itself, in place of those that speak of mail
 * exchangers: no MX record need name it, and not all its mail comes from outside. kinds_server.c
 */
void mx_say_of_server(struct finding *finding);

/* ---- steps that several of them have ---- */

#define MX_REFERENCE(section, title)                                                               \
    {                                                                                              \
        "RFC 5321 section " section ", " title,                                                    \
            "https://www.rfc-editor.org/rfc/rfc5321#section-" section                              \
    }

#define MX_ANY_MACHINE "a machine with exdiag"

/* What the user named, as it was called: at which resolvers and which ports. */
#define MX_AS_CALLED "{+ --dns resolver}{+ --port kept-port}"

/* exdiag with `options`, on what was examined: either `domain` or `server` is set. */
#define MX_RUN_EXDIAG(place, options, remark)                                                      \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_EXACT,                                                                           \
     .where = place,                                                                               \
     .command = "exdiag check --domain {domain} " options MX_AS_CALLED,                            \
     .also_powershell = true,                                                                      \
     .note = remark,                                                                               \
     .when = "domain"},                                                                            \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = place,                                     \
        .command = "exdiag check --server {server} " options MX_AS_CALLED,                         \
        .also_powershell = true, .note = remark, .when = "server"                                  \
    }

#define MX_CHECK_AGAIN MX_RUN_EXDIAG(MX_ANY_MACHINE, "--only mx", NULL)

#define MX_PROVE_IT                                                                                \
    MX_RUN_EXDIAG(MX_ANY_MACHINE, "--only mx --patience proof",                                    \
                  "it waits 300 seconds for a greeting, as senders are to (RFC 5321 4.5.3.2.1)")

/* TCP alone: what most monitoring looks at. */
#define MX_TEST_PORT(remark)                                                                       \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_EXACT, .is_alternative = true,                     \
        .where = "any Windows machine",                                                            \
        .command = "Test-NetConnection -ComputerName {address} -Port {port}", .note = remark,      \
        .each = "address"                                                                          \
    }

/* The conversation by hand, where STARTTLS opens it and where TLS comes first. */
#define MX_OPENSSL(remark)                                                                         \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_EXACT,                                                                           \
     .is_alternative = true,                                                                       \
     .where = "any machine with OpenSSL",                                                          \
     .command = "openssl s_client -starttls smtp -crlf -connect {endpoint}",                       \
     .note = remark,                                                                               \
     .each = "endpoint"},                                                                          \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .is_alternative = true,                             \
        .where = "any machine with OpenSSL",                                                       \
        .command = "openssl s_client -crlf -connect {tls-endpoint}", .note = remark,               \
        .each = "tls-endpoint"                                                                     \
    }

#define MX_READ_GREETING                                                                           \
    MX_OPENSSL(                                                                                    \
        "it greeted where a certificate, \"Didn't find STARTTLS\" or \"wrong version number\" "    \
        "comes; a silent one shows CONNECTED and no more. Ctrl-C ends it")

/*
 * The exchanger out of DNS, for as long as it takes: its record, or where it has addresses that
 * may work those that do not.
 */
#define MX_TAKE_OUT                                                                                \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "the zone of {name}",                                                                \
     .condition = "if it is yours, another exchanger works, and the repair takes long",            \
     .command = "Delete the record {record}",                                                      \
     .risk = "without any MX record senders take the domain's own address (RFC "                   \
             "5321 5.1). Write it down, to put it back",                                           \
     .when = "others",                                                                             \
     .each = "record"},                                                                            \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "its own zone",                       \
        .condition = "if it is yours, and the repair takes long",                                  \
        .command = "Delete the address record {address-record}",                                   \
        .risk = "this one alone, not the MX record: the exchanger has other addresses. What "      \
                "else uses the name loses the address too. Write it down, to put it back",         \
        .when = "others", .each = "address-record"                                                 \
    }

#define MX_PUT_BACK                                                                                \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "the zone of {name}",                                                                \
     .condition = "once it greets, if the record was deleted",                                     \
     .command = "Publish again the record {record}",                                               \
     .when = "others",                                                                             \
     .each = "record"},                                                                            \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "the zone of the exchanger",          \
        .condition = "once the address greets, if its record was deleted",                         \
        .command = "Publish again the address record {address-record}", .when = "others",          \
        .each = "address-record"                                                                   \
    }

/* ---- an exchanger that Microsoft runs ---- */

#define MX_ONLINE                                                                                  \
    {.shell = SHELL_MANUAL,                                                                        \
     .kind = STEP_DECIDE,                                                                          \
     .where = "the network of the machine that exdiag ran on",                                     \
     .command = "Look from another network, by the lines that verify. Where mail servers get in "  \
                "there, it is this network that holds port 25 back, or its address that is not "   \
                "wanted.",                                                                         \
     .note = "{online} is Exchange Online's: leave the MX record as it is, and change nothing on " \
             "your own servers",                                                                   \
     .when = "online"},                                                                            \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "the Microsoft 365 admin center, as an administrator of the tenant",              \
        .command = "If it is so from elsewhere too: look under Health, Service health, for "       \
                   "Exchange Online. Where nothing is told there, open a service request with "    \
                   "the lines that were seen here.",                                               \
        .when = "online"                                                                           \
    }

/* ---- the service behind the port ---- */

#define MX_EXCHANGE_SERVICES                                                                       \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_DECIDE, .where = "the server behind the address",  \
        .condition = "if it is yours, and runs Exchange",                                          \
        .command = "Get-Service -Name MSExchangeFrontEndTransport, MSExchangeTransport",           \
        .note = "both must be Running (an Edge, 2007 or 2010 server has the second alone)"         \
    }

#define MX_POSIX_SERVICE                                                                           \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_DECIDE, .where = "the server behind the address",          \
        .condition = "if it is yours, and runs Linux", .command = "ss -ltn sport = :{port}",       \
        .note = "Recv-Q counts connections that nobody has accepted yet: above 0 and not "         \
                "falling, the daemon hangs or has no process left (Postfix: postconf "             \
                "default_process_limit)"                                                           \
    }

#endif
