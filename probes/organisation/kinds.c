/* What is known of finding the organisation. */
#include "probes/organisation/kinds.h"

#include "probes/machine.h"

#include <stddef.h>

#define THIS_RUN "the machine that exdiag ran on"

const struct finding_kind organisation_unread = {
    .id = "organisation-unread",
    .severity = SEVERITY_INFO,
    .title = "the organisation was not found in the directory",
    .why = "Without a subject named, what is examined comes from the directory: its Exchange "
           "servers, accepted domains and domain controllers. What it does not tell is not "
           "examined.",
    .symptom = "exdiag check, without a subject, examines less than there is.",
    .cause = "No domain controller answers, DNS does not name them, or the account that runs "
             "this may not read the configuration partition.",
    .applies_to = "Windows machines in a domain, when no subject is named",
    .no_undo = "nothing is changed",
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = THIS_RUN,
             .command = "nltest /dsgetdc:{domain}",
             .note = "a domain controller that this machine finds, by its name and address",
             .when = "domain"},
            {.shell = SHELL_CMD,
             .kind = STEP_FILL_IN,
             .where = THIS_RUN,
             .command = "exdiag check --dc {controller} --server {server} --domain {mail-domain}",
             .note = "names what could not be found; each option as often as is needed"},
            {0}},
    .references =
        (const struct reference[]){
            {"MS-ADTS 6.3.2.3, SRV records of domain controllers",
             "https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/"},
            {"AcceptedDomainType: what an accepted domain may be",
             "https://learn.microsoft.com/powershell/module/exchange/new-accepteddomain"},
            {NULL, NULL}},
};

const struct finding_kind organisation_server_gone = {
    .id = "organisation-server-gone",
    .severity = SEVERITY_WARNING,
    .title = "the directory lists Exchange servers that DNS does not know",
    .why = "Exchange routes mail and chooses servers by what the directory lists. One that was "
           "taken away without being uninstalled stays there; one that is in use and not in DNS "
           "is not found by the others.",
    .symptom = "Mail waits in queues for a server that nobody has; cmdlets and setup complain of "
               "one that does not answer.",
    .cause = "A server was switched off or reinstalled without uninstalling Exchange, or it has "
             "not registered its address in DNS.",
    .applies_to = "Exchange 2000 to 2019 and Subscription Edition",
    .cost = "The list of mail servers is out of date, so mail may be sent to servers that are no "
            "longer there.",
    .repair = "Find out whether each of these servers is still in use; register it in DNS, or "
              "uninstall it properly.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever knows the servers",
             .command = "Find out whether each of these servers is still in use.",
             .note = "nothing here can tell a server that is gone from one that DNS does not "
                     "know"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever knows the servers",
             .condition = "if one was shut down on purpose",
             .command = "Leave it, and never uninstall it: the last server of a hybrid "
                        "organisation may be off, while the management tools manage its "
                        "recipients.",
             .risk = "to uninstall the last server takes attributes from the directory that "
                     "mailboxes in Exchange Online need",
             .when = "hybrid"},
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = "that server, as administrator",
             .condition = "for each that is in use",
             .command = "ipconfig /registerdns",
             .risk = "registers its names and addresses in DNS anew, and changes nothing else",
             .note = "a zone that takes no such updates needs its administrator. It may take a "
                     "quarter of an hour"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "Active Directory, and a new machine of the same name",
             .condition = "for each that is gone",
             .command =
                 "Reset its computer account in Active Directory (never delete it), install "
                 "Windows on a machine of the same name, join it, recover Exchange there with "
                 "its setup's /Mode:RecoverServer (2003: /DisasterRecovery), and uninstall it.",
             .risk =
                 "days may pass until whatever is left of its databases and connectors is moved; "
                 "to delete its entry in the directory by hand is not supported",
             .note = "uninstalling is what removes its entry with all that refers to it"},
            {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = THIS_RUN,
             .command = "nslookup {server}",
             .each = "server"},
            {.shell = SHELL_CMD, .kind = STEP_EXACT, .where = THIS_RUN, .command = "exdiag check"},
            {0}},
    .no_undo = "a name that was registered, and a server that was uninstalled, stay so",
    .make_known = (const struct step_template[]){{.shell = SHELL_CMD,
                                                  .kind = STEP_EXACT,
                                                  .where = THIS_RUN,
                                                  .command = "nslookup {server}",
                                                  .each = "server",
                                                  .note = "once the resolvers answer again"},
                                                 {0}},
    .references =
        (const struct reference[]){
            {"Recover Exchange servers",
             "https://learn.microsoft.com/exchange/high-availability/disaster-recovery/"
             "recover-exchange-servers"},
            {"Manage recipients in Exchange Hybrid environments using Management tools",
             "https://learn.microsoft.com/en-us/exchange/"
             "manage-hybrid-exchange-recipients-with-management-tools"},
            {NULL, NULL}},
};

const struct finding_kind run_not_elevated = {
    .id = "run-not-elevated",
    .severity = SEVERITY_INFO,
    .title = "some of this machine's own evidence is for administrators alone",
    .why = "Configurations of IIS and logs of events, among others, tell causes that no answer "
           "over the network does.",
    .symptom = "The report names no cause where this machine's own settings would tell it.",
    .cause = "exdiag was started without the rights of an administrator.",
    .applies_to = "Windows",
    .no_undo = "nothing is changed",
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = THIS_RUN,
             .command = "Start a command prompt with \"Run as administrator\", and run the same "
                        "command there.",
             .note = "it reads there, too, and changes nothing"},
            {0}},
    .references =
        (const struct reference[]){{"exdiag list: what each probe reads", NULL}, {NULL, NULL}},
};

const struct finding_kind machine_unread = {
    .id = "machine-unread",
    .severity = SEVERITY_INFO,
    .title = "a machine did not tell of itself",
    .why = "What a server answers to its clients is examined all the same. Its registry, event "
           "logs and configurations, which tell causes that no answer does, are not.",
    .symptom = "Of these machines the report has nothing of their registry, event logs and "
               "configurations.",
    .cause = "A firewall keeps SMB from them, their service Remote Registry is disabled, or they "
             "do not take the logon of the user who runs this.",
    .applies_to = "Exchange servers and domain controllers that are examined from another "
                  "Windows of their domain or forest",
    .no_undo = "nothing is changed",
    .make_known = (const struct step_template[]){MACHINE_STEPS, {0}},
    .references =
        (const struct reference[]){{"exdiag list: what each probe reads", NULL}, {NULL, NULL}},
};
