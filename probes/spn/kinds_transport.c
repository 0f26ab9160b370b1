/*
 * The certificate that a server's transport shows others. Which steps are printed goes by what is
 * wrong: "gone", "no-key", "expired". {thumbprint}: of the certificate that the directory names.
 */
#include "probes/machine.h"
#include "probes/spn/kinds.h"

#define SHELL    "{machine}, in the Exchange Management Shell run as administrator"
#define ELEVATED "{machine}, as administrator"

/* The shell may be connected to another server. */
#define LIST(note_)                                                                                \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_EXACT, .where = SHELL,                                    \
        .command = "Get-ExchangeCertificate -Server $env:COMPUTERNAME | Format-List "              \
                   "FriendlyName,Thumbprint,Services,NotAfter,HasPrivateKey",                      \
        .note = note_                                                                              \
    }

/* "Yes" makes it the default one, by which the directory then names it. */
#define MAKE(when_, condition_)                                                                    \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_DECIDE, .where = SHELL, .condition = condition_,          \
        .command = "New-ExchangeCertificate -Server $env:COMPUTERNAME -FriendlyName "              \
                   "$env:COMPUTERNAME -SubjectName \"CN=$env:COMPUTERNAME\" -DomainName "          \
                   "$env:COMPUTERNAME -IncludeServerFQDN "                                         \
                   "-Services SMTP -KeySize 2048 -PrivateKeyExportable $true",                     \
        .risk = "asked whether to overwrite the default SMTP certificate: Yes. Edge servers "      \
                "that are subscribed have to be subscribed again",                                 \
        .note = "a self-signed certificate of the server's own names, as setup made one: other "   \
                "servers of the organisation take it, and nobody else is shown it unless no "      \
                "other fits",                                                                      \
        .when = when_                                                                              \
    }

#define TAKE_EFFECT                                                                                \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_DECIDE,                                            \
        .where = "{machine}, in a PowerShell run as administrator",                                \
        .command = "Restart-Service MSExchangeTransport",                                          \
        .risk = "mail waits for a minute or two, and goes on then"                                 \
    }

const struct finding_kind smtp_certificate = {
    .id = "smtp-certificate",
    .severity = SEVERITY_WARNING,
    .title = "the certificate that its transport shows other Exchange servers {what}",
    .why = "Exchange servers talk to each other over TLS (X-ANONYMOUSTLS) with the certificate "
           "that the directory names as the internal transport's. Where the server cannot use "
           "it, mail between servers, and between the front end and the back end of one, may "
           "stop; where it has expired, Edge servers and updates of Exchange stop at it.",
    .symptom =
        "Queues to other servers, or to the server's own mailboxes, grow; MSExchangeTransport "
        "logs 12014, 12015, 12018 or 12024.",
    .cause = "It was deleted as clutter, came back from a backup without its key, or is as old "
             "as the server: setup makes it for five years, and nothing renews it.",
    .applies_to = "Exchange 2007 and later",
    .cost = "Mail between the company's own servers may be delayed or stand still.",
    .repair = "Give the mail server a new certificate for mail between servers.",
    .fix =
        (const struct step_template[]){
            LIST("keep what it prints, for the way back"),
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "certutil -repairstore my {thumbprint}",
             .risk = "ties the certificate to its key again, where the key is still on this "
                     "machine; nothing else is changed",

             .when = "no-key"},
            MAKE("gone", NULL),
            MAKE("no-key", "where certutil found no key"),
            MAKE("expired", NULL),
            TAKE_EFFECT,
            {0}},
    .verify =
        (const struct step_template[]){
            LIST("the new one has SMTP among its services, and HasPrivateKey is True"),
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = "the machine that exdiag ran on",
             .command = "exdiag check --server {machine} --only spn",
             .note = "on the server itself, or from a Windows that may ask it",
             .also_powershell = true},
            {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = SHELL,
             .condition = "only where the former certificate is still there, with its key",
             .command = "Enable-ExchangeCertificate -Server $env:COMPUTERNAME -Thumbprint "
                        "{thumbprint-as-kept} -Services SMTP",
             .risk = "asked whether to overwrite the default SMTP certificate: Yes"},
            {0}},
    .make_known = (const struct step_template[]){MACHINE_STEPS, {0}},
    .references =
        (const struct reference[]){
            {"Microsoft CSS-Exchange: Internal Transport Certificate",
             "https://microsoft.github.io/CSS-Exchange/Diagnostics/HealthChecker/"
             "InternalTransportCertificateCheck/"},
            {"MSExchangeTransport 12024: the internal transport certificate could not be loaded",
             "https://learn.microsoft.com/en-us/previous-versions/office/exchange-server-2010/"
             "ff983190(v=exchg.141)"},
            {"Microsoft Learn: Enable-ExchangeCertificate",
             "https://learn.microsoft.com/en-us/powershell/module/exchange/"
             "enable-exchangecertificate"},
            {NULL, NULL}},
};
