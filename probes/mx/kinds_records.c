/* Where MX records lead, and where they do not. */
#include "probes/mx/kinds.h"

static const struct reference references[] = {
    MX_REFERENCE("5.1", "Locating the Target Host"),
    {"RFC 2181 section 10.3, MX and NS records",
     "https://www.rfc-editor.org/rfc/rfc2181#section-10.3"},
    {"RFC 7505, A \"Null MX\" No Service Resource Record for Domains That Accept No Mail",
     "https://www.rfc-editor.org/rfc/rfc7505"},
    {NULL, NULL}};

static const struct step_template verify_records[] = {
    MX_CHECK_AGAIN,
    {.shell = SHELL_POWERSHELL,
     .kind = STEP_EXACT,
     .where = "or on any Windows machine",
     .command = "Resolve-DnsName -Name {name} -Type MX -DnsOnly",
     .note = "then the same with -Type A and -Type AAAA for each name it shows",
     .when = "name"},
    {0}};

static const struct step_template ask_elsewhere[] = {
    {.shell = SHELL_SH,
     .kind = STEP_FILL_IN,
     .where = "any machine whose network lets DNS questions out; the same in PowerShell",
     .command = "exdiag check --domain {name} --only mx --dns {resolver-outside}",
     .note = "name a resolver outside your network, such as your provider's: its view is then "
             "taken as the public one"},
    {0}};

const struct finding_kind mx_no_address = {
    .id = "mx-no-address",
    .severity = SEVERITY_WARNING,
    .title = "a mail exchanger has no address",
    .why = "A name without an address cannot be called. Senders pass over it, if there are others; "
           "if it is the only one, mail to the domain comes back at once or waits for days.",
    .symptom = "Mail comes back with \"host not found\" or 5.4.4, or one of several exchangers "
               "never gets any.",
    .cause = "The host was renamed or retired and its MX record stayed; the name is misspelt, or "
             "lacks the domain because the zone's text had no trailing dot, or has it twice for "
             "the same reason.",
    .applies_to = "every domain with MX records",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .command = "Correct the name in the record {record} or give that name an address; if "
                        "the host is gone, delete the record.",
             .risk = "do not delete the last MX record of a domain that takes mail",
             .each = "record"},
            {0}},
    .verify = verify_records,
    .undo = (const struct step_template[]){{.shell = SHELL_MANUAL,
                                            .kind = STEP_DECIDE,
                                            .where = "the zone of {name}",
                                            .command = "Publish again the record {record}",
                                            .each = "record"},
                                           {0}},
    .make_known = ask_elsewhere,
    .references = references,
};
