/* What the spf probe can say of whom a record lets through, and what it does in vain. */
#include "probes/spf/kinds.h"

const struct finding_kind spf_permissive = {
    .id = "spf-permissive",
    .severity = SEVERITY_CRITICAL,
    .title = "the record lets everybody send in the domain's name",
    .why =
        "A pass says that the sender is authorised. If everybody passes, forged mail passes too, "
        "and passes DMARC with it; and spammers look for such domains. Networks of that size belong "
        "to no one organisation.",
    .symptom = "Spam in the domain's name passes SPF; the domain's reputation falls, and its own "
               "mail lands in junk folders.",
    .cause =
        "all without a qualifier means +all. A length was mistyped (/1 or /8 for /18 or /28), or "
        "somebody wanted refusals to stop. A softer way is ~all, which most receivers mark. What a "
        "receiver does with a fail is its own policy: the record says \"not authorised\", not "
        "\"reject\".",
    .applies_to = "every SPF record, and those that it includes: their pass is yours",
    .cost = "Anybody can send mail in the company's name, and receivers are told to believe it.",
    .repair = "Publish an SPF record that names the senders instead of letting everybody send.",
    .fix =
        (const struct step_template[]){
            SPF_PUBLISH_CORRECTED,
            SPF_IN_OWN_RECORD(
                "List every server and service that sends for the domain, with its networks "
                "as their owners state them; replace what is marked with those, and end the "
                "record with ~all, later with -all."),
            SPF_BY_ITS_OWNER("Report to them what is shown above: their record lets it send in the "
                             "name of every domain that includes it."),
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .command = "Until that is corrected, take out the term that leads there, and name the "
                        "networks of that service which send for you.",
             .when = "owner"},
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("5.1", "\"all\""),
                                             SPF_REFERENCE("8.4", "Fail"),
                                             {NULL, NULL}},
};

const struct finding_kind spf_neutral_all = {
    .id = "spf-neutral-all",
    .severity = SEVERITY_INFO,
    .title = "the record says nothing about senders it does not name",
    .why =
        "?all makes the result for everybody else neutral, which receivers treat as if nothing were "
        "published (RFC 7208 section 8.2). That is right while the list of senders is being made, "
        "and protects from no forgery.",
    .symptom = "Forged mail in the domain's name is not marked.",
    .cause = "The record was published as a trial and never tightened, or a provider's example was "
             "copied.",
    .applies_to = "every SPF record, and that to which its redirect= leads",
    .cost = "Forged mail in the company's name is not told from real mail.",
    .repair =
        "Decide what becomes of mail from other senders, and say so at the end of the SPF record.",
    .fix =
        (const struct step_template[]){
            SPF_DECIDE("Once every server and service that sends for the domain is named, end the "
                       "record with ~all in place of ?all, later with -all."),
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("5.1", "\"all\""),
                                             SPF_REFERENCE("8.2", "Neutral"),
                                             {NULL, NULL}},
};

const struct finding_kind spf_no_all = {
    .id = "spf-no-all",
    .severity = SEVERITY_WARNING,
    .title = "the record does not say what becomes of senders it does not name",
    .why =
        "Without all or redirect= at the end, the result for everybody else is neutral (RFC 7208 "
        "section 4.7). That protects the domain from nothing. Neutral is said by a record, \"none\" "
        "means that there is none: receivers must treat neutral as they treat none, but the two are "
        "not the same, and tools report them apart.",
    .symptom = "Forged mail in the domain's name is not marked.",
    .cause =
        "The record was written as a list of senders and left at that; or the end was lost when "
        "a long record was cut into strings. include never brings its all along: it says pass "
        "or nothing.",
    .applies_to = "every SPF record, and that to which its redirect= leads",
    .cost = "Forged mail in the company's name is not told from real mail.",
    .repair = "Say at the end of the SPF record what becomes of mail from other senders.",
    .fix =
        (const struct step_template[]){
            SPF_PUBLISH_CORRECTED,
            SPF_BY_HAND(
                "Add ~all at the end once every sender is named, or -all alone if the domain "
                "never sends mail. Where redirect= leads to another domain, its record needs "
                "the all."),
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("4.7", "Default Result"),
                                             SPF_REFERENCE("8.2", "Neutral"),
                                             {NULL, NULL}},
};

const struct finding_kind spf_after_all = {
    .id = "spf-after-all",
    .severity = SEVERITY_WARNING,
    .title = "terms of the record never count, because all comes before them",
    .why =
        "Every sender matches all, so an evaluation ends there: mechanisms behind it authorise "
        "nobody (RFC 7208 section 5.1), and redirect= is ignored in a record with all, wherever it "
        "stands (section 6.1).",
    .symptom = "A service was added to the record, and its mail still fails SPF.",
    .cause =
        "The new term was put at the end of the line. redirect= and include are taken for the same: "
        "redirect= replaces the record's end with another domain's record, all of its results "
        "included; include only asks whether that record says pass, and goes on otherwise. Each "
        "costs a lookup and what is below it.",
    .applies_to = "every SPF record",
    .cost =
        "Some of the company's own senders are not recognised, and their mail may land in spam.",
    .repair = "Publish the SPF record with all at its end.",
    .fix =
        (const struct step_template[]){
            SPF_PUBLISH_CORRECTED,
            SPF_BY_HAND(
                "Put all at the end of the record, behind the senders; of redirect= and all, "
                "keep the one that is meant."),
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("5.1", "\"all\""),
                                             SPF_REFERENCE("6.1", "redirect: Redirected Query"),
                                             {NULL, NULL}},
};

const struct finding_kind spf_ptr = {
    .id = "spf-ptr",
    .severity = SEVERITY_INFO,
    .title = "the record uses ptr, which receivers may leave out",
    .why =
        "ptr asks for the names of each sender's address, and then for the addresses of those names: "
        "slow, and it fails for other reasons than the sender's. RFC 7208 section 5.5 says that it "
        "should not be published; some large receivers do not evaluate it.",
    .symptom = "Mail of a server that only ptr names passes at some receivers and fails at others.",
    .cause =
        "An old recipe, or a tool that put \"a mx ptr\" into every record. Of the names of one "
        "address the first ten are looked at; that is a limit of its own, beside the one lookup "
        "that ptr costs.",
    .applies_to =
        "every SPF record; it weighs less in an included one, whose owner has to change it",
    .cost = "Some receivers leave this part out, so mail from those senders may land in spam.",
    .repair = "Name the senders' addresses in the SPF record instead of ptr.",
    .fix =
        (const struct step_template[]){
            SPF_IN_OWN_RECORD(
                "Find the addresses of the servers that only ptr names (their names end in "
                "the domain), write them as ip4: or ip6:, and take ptr out. Until they are "
                "known, leave ptr where it is: without it those servers fail everywhere."),
            SPF_BY_ITS_OWNER("Report to them that their record uses ptr, which some receivers do "
                             "not evaluate; nothing is to be changed in your own."),
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references =
        (const struct reference[]){SPF_REFERENCE("5.5", "\"ptr\" (do not use)"), {NULL, NULL}},
};

const struct finding_kind spf_duplicate_term = {
    .id = "spf-duplicate-term",
    .severity = SEVERITY_INFO,
    .title = "the record says the same twice",
    .why =
        "The second one never decides anything. It makes the record longer, and an include, a or "
        "mx costs its lookups again, which brings the limit of ten nearer.",
    .symptom = "None, until the limits are reached.",
    .cause =
        "Each service had its own lines added, or two records were put together. One address can "
        "be spelt in several ways, and be part of a network that is named before.",
    .applies_to = "every SPF record",
    .cost = "Nothing by itself; the list of senders is harder to maintain and nearer to its limit.",
    .repair = "Take what is said twice out of the SPF record.",
    .fix = (const struct step_template[]){SPF_PUBLISH_CORRECTED,
                                          SPF_BY_HAND("Delete what is marked."),
                                          {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("4.6.2", "Mechanisms"), {NULL, NULL}},
};

const struct finding_kind spf_host_bits = {
    .id = "spf-host-bits",
    .severity = SEVERITY_INFO,
    .title = "a network is written with the address of a host in it",
    .why =
        "ip4:192.0.2.7/24 does not mean one host: the last eight bits are not compared, so all of "
        "192.0.2.0/24 may send. That may be meant; written as the network it is, nobody has to ask.",
    .symptom = "Neighbours in a provider's network pass SPF in the domain's name.",
    .cause = "An address was copied from a server's settings with the length of its network.",
    .applies_to = "ip4 and ip6 with a length",
    .cost = "Nothing by itself; it may allow more senders, or others, than was meant.",
    .repair = "Write the network in the SPF record as it is meant.",
    .fix =
        (const struct step_template[]){
            SPF_DECIDE(
                "If one host was meant, leave its length out; if the network was, write it as "
                "shown, which changes nothing for anybody."),
            SPF_PUBLISH_CORRECTED,
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references =
        (const struct reference[]){SPF_REFERENCE("5.6", "\"ip4\" and \"ip6\""), {NULL, NULL}},
};

const struct finding_kind spf_private_address = {
    .id = "spf-private-address",
    .severity = SEVERITY_INFO,
    .title = "the record names addresses that no mail on the Internet comes from",
    .why = "Other people's servers see the public address of the connection. A private or reserved "
           "address in the record authorises nobody there; the server it was meant for sends from "
           "another address, which has to be named instead.",
    .symptom = "The server's own mail fails SPF although \"its address is in the record\".",
    .cause = "The address was read from the server's settings instead of from a received message's "
             "header, or a name in the public DNS leads to an internal address.",
    .applies_to = "servers behind address translation; the networks of RFC 6890, but for those of "
                  "documentation",
    .cost = "Nothing by itself; an entry that allows nobody takes up room.",
    .repair = "Take the inner addresses out of the SPF record.",
    .fix =
        (const struct step_template[]){
            SPF_DECIDE(
                "Find the public address that the server sends from: send a message to a mailbox "
                "elsewhere and read the address in its topmost Received lines. Name that one."),
            SPF_PUBLISH_CORRECTED,
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){{"RFC 6890, Special-Purpose IP Address Registries",
                                              "https://www.rfc-editor.org/rfc/rfc6890"},
                                             SPF_REFERENCE("5.6", "\"ip4\" and \"ip6\""),
                                             {NULL, NULL}},
};

const struct finding_kind spf_sender_forgotten = {
    .id = "spf-sender-forgotten",
    .severity = SEVERITY_WARNING,
    .title = "a host that sends, or may, is not authorised by the record",
    .why =
        "Mail that this host sends in the domain's name does not pass SPF. With -all the record says "
        "outright that it is not authorised; what a receiver makes of that is its own policy.",
    .symptom = "Mail that leaves by this host is refused or marked; that of other servers is not.",
    .cause =
        "The host was added or has moved since the record was written. A host that receives for "
        "the domain often sends as well (Exchange does), but need not.",
    .applies_to = "hosts named with --ip, and mail exchangers below the domain's own name",
    .cost = "Mail from one of the company's own systems may be rejected or land in spam.",
    .repair = "Add the missing sender to the SPF record, if it sends in the domain's name.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the administrator of the mail servers",
             .command =
                 "Find out whether these hosts send to the Internet in the domain's name, and "
                 "from which address. If they only receive, nothing is to be done.",
             .when = "host"},
            SPF_DECIDE(
                "Add each that sends to the record, before all: ip4: or ip6: and its address. "
                "mx names all of the domain's mail exchangers at once."),
            {0}},
    .verify = (const struct step_template[]){SPF_RUN_EXDIAG(SPF_ANY_MACHINE,
                                                            "exdiag spf {name} --ip {sender}",
                                                            "expect pass", "sender"),
                                             {0}},
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("2.4", "The \"MAIL FROM\" Identity"),
                                             SPF_REFERENCE("8.4", "Fail"),
                                             {NULL, NULL}},
};
