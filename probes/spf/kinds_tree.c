/* What the spf probe can say of where a record leads, and of the limits. */
#include "probes/spf/kinds.h"

/* Somebody else's record is at fault. */
#define ASK_ITS_OWNER                                                                              \
    SPF_BY_ITS_OWNER("Report to them what is shown above: their record fails for every customer "  \
                     "that includes it.")

/* The record that a term leads to is. */
#define HAVE_IT_CORRECTED(text)                                                                    \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "whoever runs {culprit}, and answers for its records", .command = text,           \
        .when = "culprit"                                                                          \
    }

const struct finding_kind spf_lookup_limit = {
    .id = "spf-lookup-limit",
    .severity = SEVERITY_CRITICAL,
    .title = "the record needs more than the 10 DNS lookups that are allowed",
    .why =
        "A receiver that gets to the eleventh lookup must stop with a permanent error (RFC 7208 "
        "section 4.6.4). Senders that match before it still pass; for all others, forged or real, "
        "and at receivers that count ahead for every sender, the check is an error.",
    .symptom =
        "Mail of services at the end of the record fails at some receivers, that of those at "
        "the beginning does not. It began without a change of yours when a service's own "
        "record grew.",
    .cause =
        "include, a, mx, ptr, exists and redirect= each count one; redirect= too, though widespread "
        "write-ups say that it does not. An include counts one and all that is below it. The hosts "
        "that an mx leads to, and the names of a ptr, are not counted here: each of them has a limit "
        "of ten of its own. ip4, ip6, all and exp= cost nothing.",
    .applies_to = "records with several services; each of their records is theirs to change",
    .cost = "Part of the mail sent to others is rejected or lands in spam.",
    .repair = "Shorten the SPF record until it needs no more than 10 lookups.",
    .fix =
        (const struct step_template[]){
            SPF_DECIDE("Choose what to take out by the costs shown: "
                       "services that no longer send; a and mx whose hosts another term covers, or "
                       "which can be written as ip4: and ip6: because the addresses are yours. Put "
                       "senders that matter most before the others."),
            SPF_DECIDE(
                "If all are needed, move one service to a subdomain of its own, news for "
                "newsletters, whose record has ten lookups of its own; it sends in that "
                "subdomain's name then. Copying a service's addresses into the record saves its lookups and breaks when it "
                "moves: only with a program that keeps them up to date."),
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("4.6.4", "DNS Lookup Limits"),
                                             SPF_REFERENCE("10.1.2", "Administrator's "
                                                                     "Considerations"),
                                             {NULL, NULL}},
};

const struct finding_kind spf_void_lookups = {
    .id = "spf-void-lookups",
    .severity = SEVERITY_CRITICAL,
    .title = "more than 2 of the record's lookups find nothing",
    .why =
        "Names that lead to nothing are a way to burden others, so receivers should stop with a "
        "permanent error at the third (RFC 7208 section 4.6.4). Most do, some do not: mail passes "
        "at one and fails at the next.",
    .symptom = "Permanent errors at some receivers, for senders that the last terms name.",
    .cause =
        "Hosts were retired and their names taken out of DNS, but not out of the record. A host "
        "without IPv6 counts for a sender with IPv6 at receivers that count strictly, and not at "
        "others. exists "
        "looks for an A record and nothing else, whoever sends.",
    .applies_to = "a, mx, exists and ptr, in the record and in those that it includes",
    .cost = "Part of the mail sent to others may be rejected or land in spam.",
    .repair = "Take the names that lead to nothing out of the SPF record.",
    .fix =
        (const struct step_template[]){SPF_IN_OWN_RECORD("Of the terms shown, take out those that "
                                                         "ask in vain with IPv4 and IPv6 alike, or "
                                                         "correct their names: they let nobody "
                                                         "through. One that asks in vain with IPv6 "
                                                         "alone has hosts with IPv4, whose mail it "
                                                         "lets through: leave it."),
                                       ASK_ITS_OWNER,
                                       {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references =
        (const struct reference[]){SPF_REFERENCE("4.6.4", "DNS Lookup Limits"), {NULL, NULL}},
};

const struct finding_kind spf_mx_limit = {
    .id = "spf-mx-limit",
    .severity = SEVERITY_CRITICAL,
    .title = "an mx of the record leads to more than 10 hosts",
    .why =
        "If a name has more than ten mail exchangers, mx is a permanent error for every sender that "
        "no term before it matches (RFC 7208 section 4.6.4).",
    .symptom = "All mail that is not matched before the mx fails with permerror.",
    .cause =
        "The domain has many mail exchangers. They do not count against the ten lookups of the "
        "record, of which mx costs one; this limit is its own.",
    .applies_to = "mx terms",
    .cost = "Part of the mail sent to others may be rejected or land in spam.",
    .repair = "Name the mail servers' addresses in the SPF record instead of mx.",
    .fix = (const struct step_template[]){SPF_IN_OWN_RECORD(
                                              "Write the networks of those hosts that send as "
                                              "ip4: and ip6: in place of mx, or give the "
                                              "hosts one name with up to ten addresses of "
                                              "its own and use a: with it."),
                                          ASK_ITS_OWNER,
                                          {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("4.6.4", "DNS Lookup Limits"),
                                             SPF_REFERENCE("5.4", "\"mx\""),
                                             {NULL, NULL}},
};

const struct finding_kind spf_include_none = {
    .id = "spf-include-none",
    .severity = SEVERITY_CRITICAL,
    .title = "the record leads to a domain without an SPF record",
    .why =
        "An include or redirect= of a domain that has no SPF record is a permanent error (RFC 7208 "
        "sections 5.2 and 6.1): for every sender that no term before it matches, all mail from "
        "elsewhere included.",
    .symptom =
        "Mail of senders named behind the include fails with permerror; a syntax check of the "
        "record finds nothing.",
    .cause =
        "A service was closed or renamed, the name was mistyped, or the domain of a company was "
        "written instead of the name that its manual gives. include is named badly: it does not "
        "insert the other record. It asks whether that record says pass; its fail and softfail go "
        "no further, but that there is none is an error.",
    .applies_to = "include and redirect=, in the record and in those that it includes",
    .cost = "Part of the mail sent to others is rejected or lands in spam.",
    .repair =
        "Take the domain without an SPF record out of the record that leads to it, or correct "
        "its name.",
    .fix =
        (const struct step_template[]){
            SPF_IN_OWN_RECORD(
                "Look up in the service's manual which name to include; if it no longer sends "
                "for you, take the term out."),
            ASK_ITS_OWNER,
            SPF_PUBLISH_CORRECTED,
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("5.2", "\"include\""),
                                             SPF_REFERENCE("6.1", "redirect: Redirected Query"),
                                             {NULL, NULL}},
};

const struct finding_kind spf_include_multiple = {
    .id = "spf-include-multiple",
    .severity = SEVERITY_CRITICAL,
    .title = "the record leads to a domain with several SPF records",
    .why = "Several records at one name are a permanent error, and through include or redirect= it "
           "becomes yours, for every sender that no term before it matches (RFC 7208 sections 4.5 "
           "and 5.2).",
    .symptom =
        "Mail fails with permerror at some receivers, though the domain's own record is right.",
    .cause = "Its owner added a second record instead of changing the first.",
    .applies_to = "include and redirect=, in the record and in those that it includes",
    .cost = "Part of the mail sent to others is rejected or lands in spam.",
    .repair = "Have the owner of the included domain publish one SPF record instead of several.",
    .fix =
        (const struct step_template[]){
            HAVE_IT_CORRECTED("Make the records one: exdiag check of that domain offers a merged "
                              "record."),
            SPF_IN_OWN_RECORD("Until then, put the senders you need before the term, or in its "
                              "place as ip4: and ip6: from the records that are shown."),
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("4.5", "Selecting Records"),
                                             SPF_REFERENCE("5.2", "\"include\""),
                                             {NULL, NULL}},
};

const struct finding_kind spf_include_syntax = {
    .id = "spf-include-syntax",
    .severity = SEVERITY_CRITICAL,
    .title = "the record leads to a domain whose SPF record breaks the grammar",
    .why =
        "A faulty record is a permanent error, and through include or redirect= it becomes yours, "
        "for every sender that no term before it matches (RFC 7208 sections 4.6 and 5.2).",
    .symptom =
        "Mail fails with permerror at some receivers, though the domain's own record is right.",
    .cause =
        "Its owner made a mistake; often the domain is one of your own that was set up by hand.",
    .applies_to = "include and redirect=, in the record and in those that it includes",
    .cost = "Part of the mail sent to others is rejected or lands in spam.",
    .repair = "Have the owner of the included domain correct its SPF record.",
    .fix =
        (const struct step_template[]){
            HAVE_IT_CORRECTED("Correct the record: exdiag check of that domain offers a corrected "
                              "one where nothing has to be decided."),
            SPF_IN_OWN_RECORD("Until then, put the senders you need before the term."),
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("4.6", "Record Evaluation"),
                                             SPF_REFERENCE("5.2", "\"include\""),
                                             {NULL, NULL}},
};

const struct finding_kind spf_include_loop = {
    .id = "spf-include-loop",
    .severity = SEVERITY_CRITICAL,
    .title = "the record leads back to itself",
    .why = "An evaluation that gets there goes round until the limit of ten lookups ends it with a "
           "permanent error, for every sender that no term before it matches.",
    .symptom = "Mail of senders named behind the include fails with permerror.",
    .cause = "The domain includes itself, or two domains of one organisation include each other.",
    .applies_to = "include and redirect=, in the record and in those that it includes",
    .cost = "Part of the mail sent to others is rejected or lands in spam.",
    .repair = "Take the term that leads back out of the SPF record.",
    .fix =
        (const struct step_template[]){
            SPF_IN_OWN_RECORD(
                "Take out the term that closes the circle: it lets nobody through that the "
                "record does not name already. If both domains share senders, put those into a "
                "record at a third name that both include."),
            ASK_ITS_OWNER,
            SPF_PUBLISH_CORRECTED,
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("5.2", "\"include\""),
                                             SPF_REFERENCE("4.6.4", "DNS Lookup Limits"),
                                             {NULL, NULL}},
};
