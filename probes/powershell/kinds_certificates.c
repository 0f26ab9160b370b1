/*
 * Certificates that IIS shows for Exchange's web sites. Which steps are printed goes by what is
 * wrong: "not-bound", "gone", "no-key", "expired", "early"; "server": it is examined by this name.
 */
#include "probes/machine.h"
#include "probes/powershell/kinds.h"
#include "probes/powershell/steps.h"

#define SHOW(note_)                                                                                \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = "netsh http show sslcert", .note = note_                                        \
    }
#define SHOW_BEFORE SHOW("keep what it prints: the hash of the port is what to go back to")
#define SHOW_AFTER  SHOW("the hash of the port is the thumbprint of the certificate that was chosen")

#define LIST                                                                                       \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                 \
        .command = "Get-ChildItem Cert:\\LocalMachine\\My | Format-List "                          \
                   "FriendlyName,Thumbprint,Subject,NotBefore,NotAfter,HasPrivateKey",             \
        .note = "any Windows PowerShell will do: the certificates of the computer, and no key of " \
                "any of them is opened"                                                            \
    }

#define REPAIR_KEY                                                                                 \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = "certutil -repairstore my {thumbprint}",                                        \
        .risk = "ties the certificate to its key again, where the key is still on this machine; "  \
                "nothing else is changed",                                                         \
        .note = "where it finds no key, the certificate is of no use here: another one is needed", \
        .when = "no-key"                                                                           \
    }

/*
 * The shell is what does not work, so a window with Exchange's own commands makes it. Without
 * -Services it would be enabled for POP, IMAP and SMTP, which nothing takes back.
 */
#define IF_NONE "only where the list above has none in order"
#define MAKE(value)                                                                                \
    POWERSHELL_WINDOW(IF_NONE, "SnapIn", "", value),                                               \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_DECIDE, .where = "the same window",                \
        .condition = IF_NONE,                                                                      \
        .command = "New-ExchangeCertificate -Server $env:COMPUTERNAME -FriendlyName "              \
                   "'Microsoft Exchange' -SubjectName \"CN=$env:COMPUTERNAME\" -DomainName "       \
                   "$env:COMPUTERNAME -IncludeServerFQDN -Services None -KeySize 2048 "            \
                   "-PrivateKeyExportable $true",                                                  \
        .risk = "adds a self-signed certificate of the server's own names, as setup made one, "    \
                "and enables it for nothing: that comes next",                                     \
        .note = "where another Exchange server's shell works, it can be typed there, with the "    \
                "name of this server in place of each $env:COMPUTERNAME. The Microsoft Exchange "  \
                "Server Auth Certificate, WMSVC's and Federation's are in no list of those in "    \
                "order",                                                                           \
        .when = value                                                                              \
    }

/* Nothing is wrong with the certificate, nor with what is bound. */
#define CLOCK_FIRST                                                                                \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = "w32tm /query /status",                                                         \
        .note =                                                                                    \
            "a clock is wrong, or was when the certificate was made: exdiag check --only clock "   \
            "compares them. Once they are right and its first day has come, nothing is left "      \
            "to repair",                                                                           \
        .when = "early"                                                                            \
    }

#define BIND                                                                                       \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                    \
        .command = "IIS Manager, Sites, Exchange Back End, Bindings, https at port 444, Edit: "    \
                   "choose \"Microsoft Exchange\", the server's own certificate, then OK.",        \
        .note = "several may be called so: View shows the dates and the thumbprint of each",       \
        .risk = "requests to the back end fail for the moment of the change", .when = "!early"     \
    }

#define TRUST                                                                                      \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                    \
        .condition = "only after a certificate was made",                                          \
        .command = "certlm.msc: copy the new certificate from Personal to Trusted Root "           \
                   "Certification Authorities.",                                                   \
        .risk = "this computer trusts its own certificate, as it trusted the one that setup made", \
        .when = "!early"                                                                           \
    }

#define BIND_BEFORE                                                                                \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                    \
        .command = "In IIS Manager choose the certificate that was chosen before, by the hash "    \
                   "that was kept, where it is still there.",                                      \
        .when = "!early"                                                                           \
    }

#define TRUST_NO_MORE                                                                              \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                    \
        .condition = "only after a certificate was made and copied",                               \
        .command = "certlm.msc: delete that copy in Trusted Root Certification Authorities, and "  \
                   "nothing else there.",                                                          \
        .when = "!early"                                                                           \
    }

#define CHECK_AGAIN                                                                                \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_EXACT,                                                                           \
     .where = POWERSHELL_THIS_RUN,                                                                 \
     .command = "exdiag check --server {server} --only powershell",                                \
     .when = "server",                                                                             \
     .also_powershell = true},                                                                     \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_FILL_IN, .where = POWERSHELL_THIS_RUN,                     \
        .command = "exdiag check --file {new-file} --only powershell",                             \
        .note = "the registry as it is then", .when = "!server", .also_powershell = true           \
    }

#define EXPORT                                                                                     \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_FILL_IN,                                                                         \
     .where = POWERSHELL_SERVER,                                                                   \
     .command = "reg export \"HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\" "      \
                "{bindings-file}",                                                                 \
     .note = "which certificates are bound. exdiag collect-script prints a script that gathers "   \
             "this, too, and exdiag on the server itself needs neither"},                          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_FILL_IN, .where = POWERSHELL_SERVER,                      \
        .command = "reg export HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\MY {store-file}",    \
        .note = "which certificates there are: public parts alone, keys are kept elsewhere"        \
    }

const struct finding_kind backend_certificate = {
    .id = "backend-certificate",
    .severity = SEVERITY_CRITICAL,
    .title = "the back end's web site at port 444 has {what}",
    .why =
        "Front ends pass every request on to port 444 of the back end, over TLS alone. Without a "
        "certificate that IIS can use, Outlook on the web, the admin center and the Exchange "
        "Management Shell fail together, for everybody whose mailbox is there.",
    .symptom =
        "After the logon the page of Outlook on the web and of the admin center stays blank, "
        "or says that something went wrong (500); the shell's handle \"is not valid\", or it "
        "gets 500. The System log has HttpEvent 15021 for 0.0.0.0:444.",
    .cause =
        "The self-signed certificate \"Microsoft Exchange\" was taken for clutter and deleted, "
        "or was lost while another was renewed; its key was left behind by a restore. Setup "
        "makes it for five years: expired, it is no longer trusted, and updates of Exchange "
        "stop at it.",
    .applies_to = "Exchange 2013 and later",
    .cost = "Webmail, phones and administration may not work through this server.",
    .repair = "Bind a certificate that works to the server's back end.",
    .fix =
        (const struct step_template[]){
            CLOCK_FIRST, SHOW_BEFORE, LIST, REPAIR_KEY, MAKE("!early"), TRUST, BIND, {0}},
    .verify = (const struct step_template[]){SHOW_AFTER, POWERSHELL_OPENS, CHECK_AGAIN, {0}},
    .undo = (const struct step_template[]){BIND_BEFORE, TRUST_NO_MORE, {0}},
    .make_known = (const struct step_template[]){MACHINE_STEPS, EXPORT, {0}},
    .references =
        (const struct reference[]){
            {"KB 2779694: the back end's web site without a certificate", NULL},
            {"Microsoft: Exchange 2013 clients not able to connect, the certificate at port 444",
             "https://learn.microsoft.com/en-us/archive/blogs/miguelo/"
             "exchange-2013-clients-not-able-to-connect-using-outlook-anywhere"},
            {"Microsoft Learn: New-ExchangeCertificate",
             "https://learn.microsoft.com/en-us/powershell/module/exchange/"
             "new-exchangecertificate"},
            {"Microsoft Learn: certutil -repairstore",
             "https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/"
             "certutil"},
            {NULL, NULL}},
};

/* Its key stays on the server, where the request was made. */
#define RENEW                                                                                      \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                    \
        .condition = "only where the list above has none for the names that clients use",          \
        .command = "Have a new one issued by an authority that clients trust: "                    \
                   "New-ExchangeCertificate -GenerateRequest makes the request, and "              \
                   "Import-ExchangeCertificate -FileData takes what the authority sends, both on " \
                   "this server.",                                                                 \
        .note = "the request holds every name that clients use, autodiscover among them"           \
    }

/* The shell may be connected to another server; and "require SSL" stays as it is. */
#define ENABLE(thumbprint)                                                                         \
    "Enable-ExchangeCertificate -Server $env:COMPUTERNAME -Thumbprint " thumbprint                 \
    " -Services IIS -DoNotRequireSsl"

#define FRONT_END_BINDS                                                                            \
    {                                                                                              \
        .shell = SHELL_EMS, .kind = STEP_FILL_IN, .where = POWERSHELL_SERVER,                      \
        .command = ENABLE("{thumbprint-that-clients-trust}"),                                      \
        .risk = "Default Web Site shows this certificate from now on",                             \
        .note = "one of the list above: in its time, with a key, for the names that clients use; " \
                "never the Microsoft Exchange Server Auth Certificate, nor one of the server's "   \
                "own name alone"                                                                   \
    }

const struct finding_kind frontend_certificate = {
    .id = "frontend-certificate",
    .severity = SEVERITY_CRITICAL,
    .title = "the front end's web site at port 443 has {what}",
    .why = "Outlook, phones and Outlook on the web come in at port 443. Without a usable "
           "certificate no connection is made; with one that has expired, programs refuse it and "
           "people are taught to click warnings away.",
    .symptom =
        "Browsers say that the connection was reset, or warn of the certificate; Outlook asks "
        "again and again, phones no longer synchronise.",
    .cause =
        "It was deleted or replaced without binding the new one, came back without its key, or "
        "was not renewed.",
    .applies_to = "Exchange 2013 and later, where IIS itself ends TLS",
    .cost = "Webmail, phones and Outlook show warnings or do not connect through this server.",
    .repair = "Bind a certificate that works to the server's front end.",
    .fix =
        (const struct step_template[]){SHOW_BEFORE, LIST, REPAIR_KEY, RENEW, FRONT_END_BINDS, {0}},
    .verify = (const struct step_template[]){SHOW_AFTER, CHECK_AGAIN, {0}},
    .undo = (const struct step_template[]){{.shell = SHELL_EMS,
                                            .kind = STEP_DECIDE,
                                            .where = POWERSHELL_SERVER,
                                            .condition = "where the former one is still there",
                                            .command = ENABLE("{thumbprint-as-kept}"),
                                            .risk = "Default Web Site shows the former one again"},
                                           {0}},
    .make_known = (const struct step_template[]){MACHINE_STEPS, EXPORT, {0}},
    .references =
        (const struct reference[]){
            {"Microsoft Learn: Enable-ExchangeCertificate",
             "https://learn.microsoft.com/en-us/powershell/module/exchange/"
             "enable-exchangecertificate"},
            {"Microsoft Learn: Renew an Exchange Server certificate",
             "https://learn.microsoft.com/en-us/exchange/architecture/client-access/"
             "renew-certificates"},
            {"Microsoft Learn: certutil -repairstore",
             "https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/"
             "certutil"},
            {NULL, NULL}},
};
