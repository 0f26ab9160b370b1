/* Encryption between mail servers, and what stands in its way. */
#include "probes/mx/kinds.h"

static const struct reference references[] = {
    {"RFC 3207, SMTP Service Extension for Secure SMTP over TLS",
     "https://www.rfc-editor.org/rfc/rfc3207"},
    {"RFC 7435, Opportunistic Security", "https://www.rfc-editor.org/rfc/rfc7435"},
    {"RFC 8461, SMTP MTA Strict Transport Security (MTA-STS)",
     "https://www.rfc-editor.org/rfc/rfc8461"},
    {NULL, NULL}};

static const struct reference dane_references[] = {
    {"RFC 7672, SMTP Security via Opportunistic DANE TLS",
     "https://www.rfc-editor.org/rfc/rfc7672"},
    {"RFC 7671, The DANE Protocol: Updates and Operational Guidance",
     "https://www.rfc-editor.org/rfc/rfc7671"},
    {"RFC 6698 section 2.1, TLSA RDATA Wire Format",
     "https://www.rfc-editor.org/rfc/rfc6698#section-2.1"},
    {NULL, NULL}};

static const struct step_template verify_tls[] = {
    MX_CHECK_AGAIN,
    MX_OPENSSL("it prints the certificate and how it is verified. Ctrl-C ends it"),
    {0}};

/* As senders do that check it: the name counts too. */
#define VERIFY_NAME(options, value)                                                                \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = "any machine with OpenSSL",                \
        .command = "openssl s_client " options "-connect {" value "}:{port} -verify_hostname "     \
                   "{" value "}",                                                                  \
        .note = "Verify return code must be 0 (ok); 62: for another name, 10: expired. Ctrl-C "    \
                "ends it",                                                                         \
        .each = value                                                                              \
    }

static const struct step_template verify_certificate[] = {
    MX_CHECK_AGAIN,
    VERIFY_NAME("-starttls smtp ", "exchanger"),
    VERIFY_NAME("", "exchanger-tls"), /* TLS comes first */
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .where = "any machine with OpenSSL",
     .command = "openssl s_client -starttls smtp -connect {endpoint}",
     .note = "Verify return code must be 0 (ok). Ctrl-C ends it",
     .when = "no-name",
     .each = "endpoint"},
    {0}};

static const struct step_template ask_again[] = {MX_CHECK_AGAIN, {0}};

#define EXCHANGE_CERTIFICATES                                                                      \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = "the server behind the address",         \
        .condition = "if it runs Exchange 2007 or later",                                          \
        .command = "Get-ExchangeCertificate -Server $env:COMPUTERNAME | "                          \
                   "Format-List Thumbprint, Subject, "                                             \
                   "CertificateDomains, NotAfter, Services, Status",                               \
        .note = "the certificate with SMTP among its services is the one that is shown"            \
    }

#define ENABLE_CERTIFICATE                                                                         \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = "the server behind the address",         \
        .condition = "if it runs Exchange, once a good certificate is installed",                  \
        .command = "Enable-ExchangeCertificate -Server $env:COMPUTERNAME "                         \
                   "-Thumbprint {thumbprint} -Services SMTP",                                      \
        .risk =                                                                                    \
            "Exchange asks whether to overwrite the default SMTP certificate: answer no where "    \
            "servers of one organisation, or an Edge subscription, rely on it",                    \
        .note = "the thumbprint of a certificate that is valid and names the exchanger"            \
    }

const struct finding_kind mx_starttls = {
    .id = "mx-starttls",
    .severity = SEVERITY_WARNING,
    .title = "a mail exchanger does not encrypt (STARTTLS)",
    .why = "Mail to an exchanger without STARTTLS crosses the Internet in clear text, and "
           "senders that insist on encryption do not deliver. Where it is offered and then "
           "fails it is worse: many senders break off, and try again in the same way until the "
           "mail comes back.",
    .symptom = "Some senders, among them those that require TLS, cannot deliver, or log failed "
               "handshakes; large providers mark the mail as not encrypted.",
    .cause =
        "No certificate is bound to SMTP, or its private key cannot be read; the server offers "
        "protocol versions or ciphers that today's senders refuse; or a firewall inspects SMTP, "
        "and hides or breaks STARTTLS.",
    .applies_to = "every mail exchanger",
    .cost = "Incoming mail crosses the Internet in the clear; senders that insist on encryption "
            "do not deliver.",
    .repair = "Give the mail server a certificate, and have it offer encryption.",
    .fix =
        (const struct step_template[]){
            EXCHANGE_CERTIFICATES,
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = "the server behind the address",
             .condition = "if it runs Exchange 2007 or later",
             .command = "Get-ReceiveConnector | Format-List Identity, Bindings, AuthMechanism",
             .note = "AuthMechanism of the connector on port 25 must hold Tls"},
            ENABLE_CERTIFICATE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "a firewall in front of {address}",
             .condition = "if a firewall hides STARTTLS",
             .command =
                 "Turn the inspection of SMTP off (on Cisco: inspect esmtp, or fixup protocol smtp).",
             .risk = "the firewall then sees connections and not commands"},
            {0}},
    .verify = verify_tls,
    .no_undo = "a certificate that is bound to SMTP beside another is chosen by name, and harms "
               "nothing",
    .make_known = ask_again,
    .references = references,
};

const struct finding_kind mx_certificate = {
    .id = "mx-certificate",
    .severity = SEVERITY_INFO,
    .title = "a certificate would not stand up to a sender that checks it",
    .why = "Most senders encrypt without looking at the certificate: a self-signed one, or one for "
           "another name, does its work. Senders that do check it (MTA-STS, a connector that "
           "requires validation, mail programs on ports 587 and 465) refuse. One that has expired "
           "is a warning, for nobody meant it to.",
    .symptom = "Senders with MTA-STS, or partners who require validation, cannot deliver; mail "
               "programs show a certificate warning.",
    .cause = "The certificate was not renewed, the renewed one was not bound to SMTP, or it was "
             "made for the server's inner name.",
    .applies_to = "every mail exchanger",
    .cost = "Nothing for most senders; those that check certificates may not deliver.",
    .repair = "Install a certificate that names the mail server and is in its time.",
    .fix =
        (const struct step_template[]){
            EXCHANGE_CERTIFICATES,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the server behind the address",
             .command = "Install a certificate that names the exchanger, from an authority that "
                        "senders know.",
             .note = "the name is that of the MX record, not that of the domain"},
            ENABLE_CERTIFICATE,
            {0}},
    .verify = verify_certificate,
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = "the server behind the address",
             .condition =
                 "if the new certificate makes trouble, and the former one has not expired",
             .command = "Enable-ExchangeCertificate -Server $env:COMPUTERNAME -Thumbprint "
                        "{former-thumbprint} -Services SMTP",
             .risk = "what was wrong with the former one is then wrong again",
             .note = "Get-ExchangeCertificate lists both, while the former one is installed"},
            {0}},
    .make_known = ask_again,
    .references = references,
};

const struct finding_kind mx_tlsa = {
    .id = "mx-tlsa",
    .severity = SEVERITY_CRITICAL,
    .title = "the certificate is not the one that DNS promises (DANE)",
    .why = "A signed TLSA record binds the exchanger to a certificate. Senders that look "
           "(Postfix, Exim, Exchange Online and many large providers) deliver only if it "
           "matches: from them, mail waits and then comes back. For all others nothing changes.",
    .symptom = "Mail from some large senders is late and comes back with 4.7.x or 5.7.x and "
               "words about DANE or TLSA, while others deliver.",
    .cause = "The certificate or its key was renewed and the TLSA record was not, or STARTTLS is "
             "not offered any more.",
    .applies_to = "exchangers with TLSA records in zones that are signed (DNSSEC)",
    .cost = "Senders that check this promise do not deliver: their mail is late or comes back.",
    .repair = "Publish the promise that fits the certificate, or install the certificate that "
              "was promised.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the zone of the exchanger, at {tlsa-name}",
             .command = "Publish the record 3 1 1 {key-sha256} for the key that is in use, and "
                        "delete those that do not match.",
             .risk = "first make sure that this is your server's certificate: the examination "
                     "cannot tell it from an intruder's. Where the old certificate still serves "
                     "elsewhere, keep its record",
             .note = "before the next renewal publish the next key's record beside it, and wait "
                     "for the old answer's time to live",
             .when = "key-sha256"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the exchanger behind {address}",
             .command = "Bring STARTTLS back, or take its TLSA records out of DNS until it is.",
             .when = "!key-sha256"},
            {0}},
    .verify =
        (const struct step_template[]){MX_CHECK_AGAIN,
                                       {.shell = SHELL_SH,
                                        .kind = STEP_EXACT,
                                        .where = "any machine with dig, whose resolver validates",
                                        .command = "dig -t TLSA -q {tlsa-name}",
                                        .note = "the flag ad says that the answer is signed",
                                        .each = "tlsa-name"},
                                       {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the zone of the exchanger, at {tlsa-name}",
             .command = "Publish the former TLSA records again, together with the former key."},
            {0}},
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = "a machine with dig, whose resolver validates",
             .command = "dig -t TLSA -q {tlsa-name}",
             .note = "only with the flag ad in the answer does the record bind anybody. exdiag "
                     "believes that flag from a resolver on its own machine alone",
             .each = "tlsa-name"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "this machine",
             .command = "Run a resolver that validates, such as Unbound, and name it with --dns "
                        "127.0.0.1."},
            {0}},
    .references = dane_references,
};

const struct finding_kind mx_inspected = {
    .id = "mx-inspected",
    .severity = SEVERITY_WARNING,
    .title = "a firewall rewrites the SMTP conversation of a mail exchanger",
    .why =
        "A firewall that inspects SMTP lets a few commands through and writes over the rest: the "
        "greeting shows asterisks, EHLO fails, and with it STARTTLS, message sizes, delivery "
        "notices and authentication. Servers that need those, Exchange among them, fail in ways "
        "that point everywhere else.",
    .symptom = "A greeting of asterisks (220 ****), EHLO answered with 500 where HELO works, "
               "X-EXPS or STARTTLS missing, mail of some servers late or returned.",
    .cause = "Mailguard of Cisco PIX (fixup protocol smtp), inspect esmtp of ASA, or a like "
             "feature of WatchGuard, Check Point or Raptor firewalls.",
    .applies_to = "exchangers behind such firewalls",
    .cost = "Incoming mail may travel unencrypted or fail, because a firewall interferes.",
    .repair = "Turn the inspection of SMTP in the firewall off.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the firewall in front of {address}",
             .command =
                 "Turn the inspection of SMTP off (Cisco PIX: no fixup protocol smtp 25; ASA: "
                 "no inspect esmtp in the policy map).",
             .risk = "the firewall then passes every SMTP command on: the mail server must be "
                     "able to look after itself"},
            {0}},
    .verify = verify_tls,
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the firewall",
             .command = "Turn the inspection on again (Cisco PIX: fixup protocol smtp 25; ASA: "
                        "inspect esmtp in the policy map)."},
            {0}},
    .make_known = ask_again,
    .references =
        (const struct reference[]){
            {"KB 320027, Cannot send or receive e-mail messages behind a Cisco PIX or Cisco ASA "
             "firewall that has the Mailguard feature turned on",
             NULL},
            {"RFC 5321 section 4.1.1.1, EHLO or HELO",
             "https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.1"},
            {NULL, NULL}},
};

const struct finding_kind mx_not_smtp = {
    .id = "mx-not-smtp",
    .severity = SEVERITY_WARNING,
    .title = "what answers at a mail exchanger's address does not speak SMTP",
    .why = "Senders expect a line that begins with 220. Whatever else comes, they take it for a "
           "failure and go to the next exchanger, or try again for days.",
    .symptom = "Senders log protocol errors right after they connect.",
    .cause = "The port leads to another service, a web server or a TLS endpoint; or to a device "
             "that answers everything.",
    .applies_to = "every mail exchanger",
    .cost = "Mail from outside arrives late; where this is the only way in, it does not arrive.",
    .repair = "Have a mail server answer at this address, or correct the address.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the firewall or host behind {address}",
             .command =
                 "Find out which service the port leads to, and lead it to the mail server."},
            MX_TAKE_OUT,
            {0}},
    .verify = (const struct step_template[]){MX_CHECK_AGAIN, MX_READ_GREETING, {0}},
    .undo = (const struct step_template[]){MX_PUT_BACK, {0}},
    .make_known = ask_again,
    .references = (const struct reference[]){{"RFC 5321 section 4.2, SMTP Replies",
                                              "https://www.rfc-editor.org/rfc/rfc5321#section-4.2"},
                                             {NULL, NULL}},
};

const struct finding_kind mx_breaks_off = {
    .id = "mx-breaks-off",
    .severity = SEVERITY_WARNING,
    .title = "a mail exchanger greets and goes no further",
    .why = "It says 220, and then does not answer EHLO, or ends the connection. Senders wait, as "
           "with a missing greeting, and try the next exchanger; monitoring that reads the "
           "greeting alone sees nothing.",
    .symptom = "Senders log timeouts or lost connections after EHLO; mail is late.",
    .cause = "A firewall that inspects SMTP drops what it does not know; or a proxy greets by "
             "itself and has nobody behind it who answers; or a filter on the server hangs. "
             "Where EHLO and HELO are refused with 5xx, it may be the name that was said: some "
             "servers take no address in brackets, and a sender with a name of its own gets in.",
    .applies_to = "every mail exchanger",
    .cost = "Mail from outside arrives late; where this is the only way in, it does not arrive.",
    .repair = "Find out what stops the mail server after its greeting.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "a server that sends mail",
             .command =
                 "Before anything is changed, say EHLO from there to {address}, with the name that it has in DNS. "
                 "Where that is accepted, the exchanger refuses callers that give an "
                 "address for a name, or a name that DNS does not know, and nothing is "
                 "wrong with it.",
             .when = "name-refused"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the firewall or proxy in front of {address}",
             .command = "Compare what it shows with the same conversation held on the mail "
                        "server itself, and turn off what changes it."},
            MX_EXCHANGE_SERVICES,
            {0}},
    .verify = (const struct step_template[]){MX_CHECK_AGAIN, MX_READ_GREETING, {0}},
    .no_undo = "looking changes nothing; whatever is changed at the firewall has its own way "
               "back",
    .make_known = ask_again,
    .references =
        (const struct reference[]){MX_REFERENCE("4.1.1.1", "Extended HELLO (EHLO) or HELLO (HELO)"),
                                   {NULL, NULL}},
};
