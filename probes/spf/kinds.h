/*
 * What the spf probe can say: the knowledge is in the files kinds*.c, the judgement in
 * spf.c, multiple.c and the files judge*.c.
 */
#ifndef EXDIAG_PROBES_SPF_KINDS_H
#define EXDIAG_PROBES_SPF_KINDS_H

#include "diag/finding.h"

/* How many records there are, and who says so: kinds.c */
extern const struct finding_kind spf_multiple;
extern const struct finding_kind spf_none;
extern const struct finding_kind dns_servers_disagree;
extern const struct finding_kind dns_split_view;

/* The record as it is written: kinds_text.c */
extern const struct finding_kind spf_syntax;
extern const struct finding_kind spf_split_term;
extern const struct finding_kind spf_odd_name;
extern const struct finding_kind spf_unknown_modifier;
extern const struct finding_kind spf_upper_case;
extern const struct finding_kind spf_long_record;
extern const struct finding_kind spf_type_99;

/* Whom it lets through, and what it does in vain: kinds_terms.c */
extern const struct finding_kind spf_permissive;
extern const struct finding_kind spf_neutral_all;
extern const struct finding_kind spf_no_all;
extern const struct finding_kind spf_after_all;
extern const struct finding_kind spf_ptr;
extern const struct finding_kind spf_duplicate_term;
extern const struct finding_kind spf_host_bits;
extern const struct finding_kind spf_private_address;
extern const struct finding_kind spf_sender_forgotten;

/* Where it leads: kinds_tree.c */
extern const struct finding_kind spf_lookup_limit;
extern const struct finding_kind spf_void_lookups;
extern const struct finding_kind spf_mx_limit;
extern const struct finding_kind spf_include_none;
extern const struct finding_kind spf_include_multiple;
extern const struct finding_kind spf_include_syntax;
extern const struct finding_kind spf_include_loop;

/* All that can be said of one record, for lists of kinds. */
#define SPF_RECORD_KINDS                                                                           \
    &spf_syntax, &spf_split_term, &spf_odd_name, &spf_unknown_modifier, &spf_upper_case,           \
        &spf_long_record, &spf_type_99, &spf_permissive, &spf_neutral_all, &spf_no_all,            \
        &spf_after_all, &spf_ptr, &spf_duplicate_term, &spf_host_bits, &spf_private_address,       \
        &spf_sender_forgotten, &spf_lookup_limit, &spf_void_lookups, &spf_mx_limit,                \
        &spf_include_none, &spf_include_multiple, &spf_include_syntax, &spf_include_loop

/* ---- steps that several of them have ---- */

extern const struct step_template spf_ask_elsewhere[];
extern const struct step_template spf_verify_record[];
extern const struct step_template spf_restore_record[];

#define SPF_REFERENCE(section, title)                                                              \
    {                                                                                              \
        "RFC 7208 section " section ", " title,                                                    \
            "https://www.rfc-editor.org/rfc/rfc7208#section-" section                              \
    }

#define SPF_ANY_MACHINE "a machine with exdiag"

/*
 * A line of exdiag for every value of `of`, with the resolver that the user named, if one was.
 */
#define SPF_RUN_EXDIAG(place, line, remark, of)                                                    \
    {.shell = SHELL_SH,                                                                            \
     .kind = STEP_EXACT,                                                                           \
     .where = place,                                                                               \
     .command = line,                                                                              \
     .also_powershell = true,                                                                      \
     .note = remark,                                                                               \
     .each = of,                                                                                   \
     .when = "!resolver"},                                                                         \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = place,                                     \
        .command = line " --dns {resolver}", .also_powershell = true, .note = remark, .each = of,  \
        .when = "resolver"                                                                         \
    }

#define SPF_CHECK_AGAIN                                                                            \
    SPF_RUN_EXDIAG(SPF_ANY_MACHINE, "exdiag check --domain {name} --only spf",                     \
                   "receivers keep an old answer for its time to live", NULL)

/* The same on a DNS server of Windows. Where the zone begins, only who runs it knows. */
#define SPF_ON_WINDOWS(record)                                                                     \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_DECIDE, .is_alternative = true,                    \
        .where = "the DNS server of the zone",                                                     \
        .condition = "if its DNS server is Windows (module DnsServer)",                            \
        .command =                                                                                 \
            "Get-DnsServerResourceRecord -ZoneName {zone} -Name {name-in-zone} -RRType Txt | "     \
            "Where-Object {{$_.RecordData.DescriptiveText -match '^v=spf1( |$)'}} | "              \
            "Remove-DnsServerResourceRecord -ZoneName {zone}; Add-DnsServerResourceRecord -Txt "   \
            "-ZoneName {zone} -Name {name-in-zone} -DescriptiveText {" record "}",                 \
        .risk = "removes every SPF record of the name, each when you say yes, and adds this "      \
                "one: rather than say no, end it with Ctrl-C",                                     \
        .note = "<name-in-zone> is @ for the name of the zone itself", .when = "windows-dns"       \
    }

/* The corrected record, tried and then published. */
#define SPF_PUBLISH_CORRECTED                                                                      \
    SPF_RUN_EXDIAG(SPF_ANY_MACHINE, "exdiag spf --record {corrected-record} --domain {name}",      \
                   "before it is published: what it amounts to", "corrected-record"),              \
        {.shell = SHELL_DNS,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = "the zone of {name}, at whoever hosts it",                                       \
         .command = "{name} IN TXT {corrected-record}",                                            \
         .risk = "a sender that neither names stays unauthorised: compare it with all that "       \
                 "send for you",                                                                   \
         .note = "in place of the former record. Changed: {changes}. In a web form: "              \
                 "what stands between the outer quotation marks, as one line",                     \
         .when = "corrected-record"},                                                              \
        SPF_ON_WINDOWS("corrected-record")

/* Where there is no corrected record. */
#define SPF_BY_HAND(text)                                                                          \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "the zone of {name}, at whoever hosts it", .command = text,                       \
        .when = "!corrected-record"                                                                \
    }

/* What a person has to do in any case. */
#define SPF_DECIDE(text)                                                                           \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "the zone of {name}, at whoever hosts it", .command = text                        \
    }

/* What is at fault stands in the domain's own record, in somebody else's ({owner}), or both. */
#define SPF_IN_OWN_RECORD(text)                                                                    \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "the zone of {name}, at whoever hosts it", .command = text, .when = "own"         \
    }

#define SPF_BY_ITS_OWNER(text)                                                                     \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "whoever runs {owner}, and answers for its records", .command = text,             \
        .when = "owner"                                                                            \
    }

#endif
