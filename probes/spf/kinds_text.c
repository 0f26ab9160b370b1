/* What the spf probe can say of a record as it is written. */
#include "probes/spf/kinds.h"

const struct finding_kind spf_syntax = {
    .id = "spf-syntax",
    .severity = SEVERITY_CRITICAL,
    .title = "the SPF record breaks the grammar, so every check of it ends in an error",
    .why =
        "A receiver reads the whole record before it looks at any sender. One fault anywhere makes "
        "the result a permanent error for every message, the senders that stand before it included "
        "(RFC 7208 section 4.6). Some receivers refuse the message then, others mark it or go on "
        "without SPF, so mail arrives here and not there.",
    .symptom =
        "Mail is refused or lands in junk at some receivers since the record was last changed. "
        "Authentication-Results and NDRs speak of permerror, or of a record that is not valid.",
    .cause =
        "The record was typed, or copied from a web page or a word processor. Those print dashes "
        "and curly quotation marks where the record needs - and nothing, commas or line breaks "
        "between terms, ipv4: for ip4:. A widespread write-up says that a syntax error makes the "
        "record ignored; it does not: ignored would be \"none\", and this is an error.",
    .applies_to = "every SPF record, whatever the server",
    .cost = "Part of the mail sent to others is rejected or lands in spam.",
    .repair = "Publish the corrected SPF record in place of the faulty one.",
    .fix = (const struct step_template[]){SPF_PUBLISH_CORRECTED,
                                          SPF_BY_HAND("Correct the marked places as shown; try the "
                                                      "new text with exdiag spf --record before "
                                                      "publishing it."),
                                          {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("4.6", "Record Evaluation"),
                                             SPF_REFERENCE("12", "Collected ABNF"),
                                             {NULL, NULL}},
};

const struct finding_kind spf_split_term = {
    .id = "spf-split-term",
    .severity = SEVERITY_WARNING,
    .title = "a space is missing between two terms, so they are read as one",
    .why =
        "What stands behind the missing space never counts, and what stands before it leads "
        "elsewhere or to an error. Where the two are a name, the grammar is kept and nothing warns: "
        "a domain may hold nearly any character (RFC 7208 section 7.1).",
    .symptom = "A service that was added to the record is still refused; or every check ends in "
               "permerror.",
    .cause =
        "A TXT record consists of strings of at most 255 bytes, which receivers join without "
        "anything between them (RFC 7208 section 3.3). A long record was cut between two terms and "
        "the space was lost. Strings that end within a term are no fault as such: joined, it is "
        "whole again.",
    .applies_to = "records of several strings, and those that were put together by hand",
    .cost =
        "Some of the company's own senders are not recognised, and their mail may land in spam.",
    .repair = "Publish the SPF record with the missing space.",
    .fix = (const struct step_template[]){SPF_PUBLISH_CORRECTED,
                                          SPF_BY_HAND("Put a space before the marked place. Where "
                                                      "the record is entered as several strings, "
                                                      "the first ends with it."),
                                          {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references =
        (const struct reference[]){SPF_REFERENCE("3.3", "Multiple Strings in a Single DNS "
                                                        "Record"),
                                   {NULL, NULL}},
};

const struct finding_kind spf_odd_name = {
    .id = "spf-odd-name",
    .severity = SEVERITY_WARNING,
    .title = "a name in the record holds characters that no host's name has",
    .why =
        "The grammar of SPF takes nearly any character in a name (RFC 7208 section 7.1), so checks "
        "of syntax pass; but DNS will not find what is meant. An include of such a name is a "
        "permanent error, an a or mx authorises nobody.",
    .symptom = "A service was added to the record and its mail still fails, or everything is "
               "permerror although the record \"is valid\".",
    .cause = "The address of a web page or of a mailbox was entered in place of a domain, several "
             "domains with commas between them, or * for all hosts of a domain.",
    .applies_to = "names without macros; those with macros are made of what a message brings",
    .cost = "A sender that was to be allowed is not, and its mail may land in spam.",
    .repair = "Publish the SPF record with the name as it is meant.",
    .fix =
        (const struct step_template[]){SPF_PUBLISH_CORRECTED,
                                       SPF_BY_HAND("Write the name as it stands in DNS: labels "
                                                   "of letters, digits, hyphens and underscores, "
                                                   "dots between them."),
                                       {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references =
        (const struct reference[]){SPF_REFERENCE("7.1", "Formal Specification"), {NULL, NULL}},
};

const struct finding_kind spf_unknown_modifier = {
    .id = "spf-unknown-modifier",
    .severity = SEVERITY_INFO,
    .title = "the record has a term that every receiver ignores",
    .why =
        "A word with = is a modifier, and receivers ignore modifiers that they do not know (RFC 7208 "
        "section 6). So include=, ip4= or a misspelt redirect= is no error, and does nothing: the "
        "senders it was to name are not authorised.",
    .symptom =
        "A service was added to the record, every checker of syntax is content, and its mail "
        "still fails SPF.",
    .cause = "An equals sign in place of the colon, a misspelt redirect= or exp=, a token of some "
             "other purpose that was pasted into the record, or v=spf1 a second time.",
    .applies_to = "every SPF record; ra=, rp= and rr= (RFC 6652) are known and no fault",
    .cost = "Nothing yet; a line that somebody meant to have an effect has none.",
    .repair = "Take the term that nobody reads out of the SPF record, or write what was meant.",
    .fix = (const struct step_template[]){SPF_PUBLISH_CORRECTED,
                                          SPF_BY_HAND("Ask whoever added the term what it is for; "
                                                      "delete it unless a product needs it. It has "
                                                      "no say in SPF."),
                                          {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("6", "Modifier Definitions"),
                                             {"RFC 6652, SPF Authentication Failure Reporting",
                                              "https://www.rfc-editor.org/rfc/rfc6652"},
                                             {NULL, NULL}},
};

const struct finding_kind spf_upper_case = {
    .id = "spf-upper-case",
    .severity = SEVERITY_INFO,
    .title = "the record has capital letters where they may surprise",
    .why =
        "By the RFC, V=SPF1 and INCLUDE: mean the same as in small letters, and such a record "
        "counts as one of several all the same; but some receivers and checkers look for v=spf1 as "
        "it is. In a macro a capital letter has a meaning: %{{L}} is %{{l}} in URL form.",
    .symptom =
        "One checker says that there is no record, another that it is right. An exists: with "
        "a capital macro asks for names that nobody entered.",
    .cause = "A form or a person wrote capitals.",
    .applies_to = "every SPF record",
    .cost = "Next to nothing; a few old mail systems may overlook the list of senders.",
    .repair = "Publish the SPF record in small letters.",
    .fix =
        (const struct step_template[]){SPF_PUBLISH_CORRECTED,
                                       SPF_BY_HAND("If URL form is not what was meant, write the "
                                                   "letter of the macro small."),
                                       {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = (const struct reference[]){SPF_REFERENCE("4.5", "Selecting Records"),
                                             SPF_REFERENCE("7.3", "Macro Processing Details"),
                                             {NULL, NULL}},
};

const struct finding_kind spf_long_record = {
    .id = "spf-long-record",
    .severity = SEVERITY_INFO,
    .title = "the SPF record is long, more than a plain DNS answer can hold",
    .why =
        "Receivers get the record with all other TXT records of the name in one answer. Beyond 512 "
        "bytes it takes EDNS, beyond some 1,232 TCP; firewalls and old name servers that let neither "
        "through leave the receiver without an answer, a temporary error (RFC 7208 section 3.4).",
    .symptom = "SPF is temperror at a few receivers, and right everywhere else.",
    .cause = "Addresses were added over the years, or an include was flattened into addresses.",
    .applies_to = "records over 450 bytes; of the 512, the rest is names and headers",
    .cost = "Some receivers may fail to read the list of senders, and trust mail less.",
    .repair = "Shorten the SPF record.",
    .fix =
        (const struct step_template[]){
            SPF_DECIDE(
                "Remove senders that are gone and addresses that another term covers; join "
                "neighbouring addresses into one network; or move a block of terms to a name "
                "of its own, such as _spf1 below the domain, and include that: one lookup "
                "more."),
            SPF_DECIDE("Delete other TXT records of the name that nothing needs any more, such as "
                       "tokens of old verifications: they travel in the same answer."),
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references =
        (const struct reference[]){SPF_REFERENCE("3.4", "Record Size"),
                                   {"RFC 6891 section 6.2.5, Payload Size Selection",
                                    "https://www.rfc-editor.org/rfc/rfc6891#section-6.2.5"},
                                   {NULL, NULL}},
};

const struct finding_kind spf_type_99 = {
    .id = "spf-type-99",
    .severity = SEVERITY_INFO,
    .title = "there is a record of the obsolete type SPF (99) beside the TXT record",
    .why =
        "Only TXT counts since RFC 7208; no receiver has to look at type 99. It does no harm while "
        "both say the same, but two places that have to be kept alike soon are not, and old software "
        "may follow the wrong one.",
    .symptom = "A few old systems judge by another policy than the rest.",
    .cause = "RFC 4408 introduced the type in 2006, and recommended to publish both.",
    .applies_to = "zones that published SPF before 2014",
    .cost = "Nothing yet; a forgotten second copy that may contradict the real one later.",
    .repair = "Delete the obsolete second copy of the SPF record.",
    .fix =
        (const struct step_template[]){SPF_DECIDE("Delete the records of type SPF (99) at {name}. "
                                                  "The TXT record stays."),
                                       {0}},
    .verify = (const struct step_template[]){{.shell = SHELL_SH,
                                              .kind = STEP_EXACT,
                                              .where = "any machine with dig",
                                              .command = "dig +short -t TYPE99 -q {name} @{server}",
                                              .note = "expect no line"},
                                             SPF_RUN_EXDIAG(SPF_ANY_MACHINE,
                                                            "exdiag check --domain {name} --only "
                                                            "spf-type-99",
                                                            NULL, NULL),
                                             {0}},
    .no_undo = "nothing that is in use reads the record; what it said is shown above",
    .make_known = spf_ask_elsewhere,
    .references =
        (const struct reference[]){SPF_REFERENCE("3.1", "DNS Resource Records"), {NULL, NULL}},
};
