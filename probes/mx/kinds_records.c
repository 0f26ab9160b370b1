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
     .is_alternative = true,
     .where = "any Windows machine",
     .command = "Resolve-DnsName -Name {name} -Type MX -DnsOnly",
     .note = "then the same with -Type A and -Type AAAA for each name it shows",
     .when = "name"},
    {0}};

static const struct step_template ask_elsewhere[] = {
    {.shell = SHELL_SH,
     .kind = STEP_FILL_IN,
     .where = "any machine whose network lets DNS questions out",
     .command = "exdiag check --domain {name} --only mx --dns {resolver-outside}"
                "{+ --port kept-port}",
     .also_powershell = true,
     .note = "name a resolver outside your network, such as your provider's: its view is then "
             "taken as the public one"},
    {0}};

/* What a person has to do where the records are. */
#define IN_ZONE(zone, text, of)                                                                    \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = zone ", at whoever hosts it",         \
        .command = text, .each = of                                                                \
    }

#define ZONE        "the zone of {name}"
#define PUBLIC_ZONE "the public zone of the exchanger"

static const struct step_template restore_record[] = {
    IN_ZONE(ZONE, "Publish again the record {record}", "record"), {0}};

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
             "the same reason. Where the domain itself does not exist it was misspelt by whoever "
             "wrote to it, or its registration has ended.",
    .applies_to = "every domain that mail is sent to",
    .cost = "Mail from outside arrives late; where this is the only way in, it comes back to its "
            "sender.",
    .repair = "Give the mail server's name an address, or correct the record that names it.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .command = "Correct the name in the record {record} or give that name an address; if "
                        "the host is gone, delete the record.",
             .risk = "do not delete the last MX record of a domain that takes mail",
             .each = "record"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever wrote to {missing}",
             .command = "Compare the domain with the recipient's own spelling of it, and send the "
                        "message again to the right one.",
             .when = "missing"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the registrar of {missing}",
             .condition = "if the domain is yours",
             .command = "Check that it is registered, paid for and not on hold, and that it is "
                        "delegated to name servers that have its zone.",
             .when = "missing"},
            {0}},
    .verify = verify_records,
    .undo = restore_record,
    .make_known = ask_elsewhere,
    .references = references,
};

const struct finding_kind mx_cname = {
    .id = "mx-cname",
    .severity = SEVERITY_INFO,
    .title = "an MX record names an alias (CNAME)",
    .why = "RFC 2181 section 10.3 asks for a name with addresses of its own. Senders follow the "
           "alias all the same, so mail arrives; but hosts do not know themselves by the alias, "
           "which can make mail loop, and TLSA records and certificates have to fit both names.",
    .symptom = "Usually none; now and then a loop between exchangers, or a warning of a tool that "
               "checks zones.",
    .cause = "The alias was convenient when the host moved.",
    .applies_to = "every domain with MX records",
    .cost = "Next to nothing; a few senders may not deliver.",
    .repair = "Let the MX record name the mail server itself instead of an alias.",
    .fix =
        (const struct step_template[]){
            IN_ZONE(ZONE,
                    "Let the record {record} name the host that the alias leads to, or give "
                    "its name addresses instead of the alias.",
                    "record"),
            {0}},
    .verify = verify_records,
    .undo = restore_record,
    .make_known = ask_elsewhere,
    .references = references,
};

const struct finding_kind mx_ip_literal = {
    .id = "mx-ip-literal",
    .severity = SEVERITY_WARNING,
    .title = "an MX record holds an IP address where a host name belongs",
    .why = "An MX record names a host (RFC 5321 section 5.1). Most senders look for a host of that "
           "name, find none and pass over the record; some guess what was meant.",
    .symptom = "Mail from a few senders arrives, most comes back with \"host not found\"; or a "
               "second exchanger gets everything.",
    .cause = "The address was typed into a form that asks for the mail server.",
    .applies_to = "every domain with MX records",
    .cost = "Some senders cannot deliver mail to the company.",
    .repair = "Publish an MX record with a host's name instead of an address.",
    .fix =
        (const struct step_template[]){
            IN_ZONE(ZONE,
                    "Give the host a name with an A or AAAA record, and publish an MX "
                    "record with that name instead of {record}",
                    "record"),
            {0}},
    .verify = verify_records,
    .undo = restore_record,
    .make_known = ask_elsewhere,
    .references = references,
};

const struct finding_kind mx_null = {
    .id = "mx-null",
    .severity = SEVERITY_WARNING,
    .title = "a null MX stands beside other MX records",
    .why = "\"0 .\" says that the domain takes no mail, and others say that it does. RFC 7505 "
           "section 3 forbids the two together: some senders take the first for final and return "
           "mail at once, others ignore it.",
    .symptom = "Mail from some senders comes back at once with 5.1.10 or 556, from others it "
               "arrives.",
    .cause = "A record for a domain that takes no mail was added to one that does, or stayed when "
             "mail was set up.",
    .applies_to = "every domain with MX records",
    .cost = "Some senders are told that the company takes no mail, and give up.",
    .repair = "Delete the MX record that says that the domain takes no mail, or the others.",
    .fix =
        (const struct step_template[]){
            IN_ZONE(ZONE,
                    "Delete the MX record with the target \".\" if the domain takes mail; delete "
                    "the others if it does not.",
                    NULL),
            {0}},
    .verify = verify_records,
    .undo =
        (const struct step_template[]){
            IN_ZONE(ZONE, "Publish again the record that was deleted.", NULL), {0}},
    .make_known = ask_elsewhere,
    .references = references,
};

const struct finding_kind mx_private_address = {
    .id = "mx-private-address",
    .severity = SEVERITY_WARNING,
    .title = "the public address of a mail exchanger is one that nobody outside can reach",
    .why = "Addresses for private networks lead nowhere from the Internet, or to somebody else's "
           "printer. Senders wait until their connections time out and go to the next exchanger.",
    .symptom = "Mail from outside is late or comes back, mail from inside arrives.",
    .cause = "The inner address of the server was published, or an inner zone was copied to the "
             "public servers.",
    .applies_to = "every domain with MX records",
    .cost = "Mail from outside arrives late; where this is the only way in, it does not arrive.",
    .repair = "Publish the mail server's public address instead of its inner one.",
    .fix =
        (const struct step_template[]){
            IN_ZONE(PUBLIC_ZONE, "Put the address that the Internet reaches in place of {address}",
                    "address"),
            {0}},
    .verify = verify_records,
    .undo =
        (const struct step_template[]){
            IN_ZONE(PUBLIC_ZONE, "Publish again the address {address}", "address"), {0}},
    .make_known = ask_elsewhere,
    .references = (const struct reference[]){{"RFC 6890, Special-Purpose IP Address Registries",
                                              "https://www.rfc-editor.org/rfc/rfc6890"},
                                             {NULL, NULL}},
};
