/* What the spf probe can say of how many records there are, and who says so. */
#include "probes/spf/kinds.h"

static const struct reference spf_references[] = {
    {"RFC 7208 section 3.2, Multiple DNS Records",
     "https://www.rfc-editor.org/rfc/rfc7208#section-3.2"},
    {"RFC 7208 section 4.5, Selecting Records",
     "https://www.rfc-editor.org/rfc/rfc7208#section-4.5"},
    {"RFC 2181 section 5, Resource Record Sets",
     "https://www.rfc-editor.org/rfc/rfc2181#section-5"},
    {NULL, NULL}};

static const struct reference view_references[] = {
    {"RFC 1034 section 4.2, How the database is divided into zones",
     "https://www.rfc-editor.org/rfc/rfc1034#section-4.2"},
    {"RFC 9499 section 6, Split DNS", "https://www.rfc-editor.org/rfc/rfc9499#section-6"},
    {NULL, NULL}};

#define ASK_A_PUBLIC_RESOLVER(when_)                                                               \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_FILL_IN,                                                   \
        .where = "any machine whose network lets DNS questions out",                               \
        .command = "exdiag check --domain {subject} --only spf --dns {resolver}",                  \
        .also_powershell = true,                                                                   \
        .note = "name a resolver outside your network, such as your provider's: its "              \
                "view is "                                                                         \
                "then taken as the public one",                                                    \
        .when = when_                                                                              \
    }

const struct step_template spf_ask_elsewhere[] = {ASK_A_PUBLIC_RESOLVER(NULL), {0}};

/* Of name servers that gave no answer: each by itself, and whoever runs it. */
static const struct step_template ask_the_unheard[] = {
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .where = "any machine with dig, in another network too",
     .command = "dig +norecurse -t TXT -q {name} @{unheard}",
     .note = "answered elsewhere and not from here: the way from here is at fault; SERVFAIL, "
             "REFUSED or nothing from anywhere: the server",
     .each = "unheard"},
    {.shell = SHELL_POWERSHELL,
     .kind = STEP_EXACT,
     .is_alternative = true,
     .where = "any Windows machine",
     .command = "Resolve-DnsName -Name {name} -Type TXT -Server {unheard} -DnsOnly",
     .each = "unheard"},
    {.shell = SHELL_MANUAL,
     .kind = STEP_DECIDE,
     .where = "whoever runs that name server",
     .condition = "where it answers nobody",
     .command = "Have it serve the zone of {name} again, or take it out of the "
                "delegation.",
     .risk = "never the last one that answers",
     .when = "unheard"},
    ASK_A_PUBLIC_RESOLVER("!unheard"),
    {0}};

static const struct step_template verify_agreement[] = {
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .where = "any machine with dig",
     .command = "dig +norecurse +short -t TXT -q {name} @{server}",
     .note = "all of them must print the same",
     .each = "server"},
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .where = "a machine with exdiag",
     .command = "exdiag check --domain {name} --only dns-servers-disagree,dns-split-view",
     .also_powershell = true},
    {0}};

const struct step_template spf_verify_record[] = {
    SPF_CHECK_AGAIN,
    {.shell = SHELL_POWERSHELL,
     .kind = STEP_EXACT,
     .is_alternative = true,
     .where = "any Windows machine",
     .command = "Resolve-DnsName -Name {name} -Type TXT -Server {server} -DnsOnly",
     .note = "expect exactly one answer that begins with v=spf1"},
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .is_alternative = true,
     .where = "any machine with dig",
     .command = "dig +short -t TXT -q {name} @{server}",
     .note = "expect exactly one line that begins with \"v=spf1"},
    {0}};

static const struct step_template verify_any_record[] = {
    SPF_CHECK_AGAIN,
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .is_alternative = true,
     .where = "any machine with dig",
     .command = "dig +short -t TXT -q {name} @{server}",
     .note = "expect exactly one line that begins with \"v=spf1",
     .when = "registered"},
    {.shell = SHELL_SH,
     .kind = STEP_EXACT,
     .is_alternative = true,
     .where = "any machine with dig",
     .command = "dig +short -t NS -q {name}",
     .note = "expect the names of its name servers, once it is registered and delegated",
     .when = "unregistered"},
    {0}};

const struct step_template spf_restore_record[] = {
    {.shell = SHELL_DNS,
     .kind = STEP_DECIDE,
     .where = "the zone of {name}, at whoever hosts it",
     .command = "{name} IN TXT {former-record}",
     .risk = "this brings the fault back. It is text for a zone, never for a shell",
     .note = "what stood there before",
     .each = "former-record"},
    {0}};

const struct finding_kind spf_multiple = {
    .id = "spf-multiple",
    .severity = SEVERITY_CRITICAL,
    .title = "several SPF records are published at one name, where there may be one",
    .why = "With more than one record the result is a permanent error for every message, whoever "
           "sends it (RFC 7208 section 4.5). Many receivers then reject it, hold it back or mark "
           "it as spam, others use whichever record comes first. So mail to some destinations is "
           "late or lost while most of it arrives.",
    .symptom =
        "Messages to some destinations stay in the queue for hours or days or come back, while "
        "SMTP to most others works. On Exchange, Get-Queue shows queues in Retry with a "
        "LastError of 4xx, and NDRs quote a 5.7.x refusal that speaks of SPF or of a permanent "
        "error; nothing on the server itself is wrong.",
    .cause =
        "A second service asked for \"an SPF record\", and it was added beside the first "
        "instead of into it. RFC 4408 said that records of type SPF (99) displace TXT; that rule "
        "is gone, only TXT counts. An RRset cannot hold two equal records, so copies that look "
        "the same differ in case, or in how their text is split into strings.",
    .applies_to = "every domain that sends mail, whatever the server",
    .cost = "Part of the mail sent to others is rejected or lands in spam, at random.",
    .repair = "Publish one SPF record that names every sender, in place of the several.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_DNS,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .command = "{name} IN TXT {merged-record}",
             .risk = "senders that none of the records named stay unauthorised",
             .note = "delete the {count} records, and publish this one. {remark}. In a "
                     "web form: what stands between the outer quotation marks, as one line",
             .when = "merged-record"},
            SPF_ON_WINDOWS("merged-record"),
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .command = "Write one record that names every sender you use, and delete the "
                        "others.",
             .note = "the records were not merged here: {obstacle}",
             .when = "obstacle"},
            {0}},
    .verify = spf_verify_record,
    .undo = spf_restore_record,
    .make_known = spf_ask_elsewhere,
    .references = spf_references,
};

const struct finding_kind spf_none = {
    .id = "spf-none",
    .severity = SEVERITY_WARNING,
    .title = "no SPF record is published",
    .why = "Without a record anyone can send as this domain and no receiver can tell; large "
           "receivers hold back or refuse mail that nothing vouches for. The result of the check "
           "is \"none\" (RFC 7208 section 2.6.1). A domain that DNS does not know has no records "
           "at all, and many receivers refuse mail from one outright.",
    .symptom =
        "Mail lands in junk folders or is refused for lack of authentication; spam is sent in "
        "the domain's name.",
    .cause =
        "No TXT record at the domain begins with exactly v=spf1 and a space. Look-alikes such as "
        "v=spf10 or a record that begins with a quotation mark or a space are not SPF.",
    .applies_to = "every domain; one that never sends should publish v=spf1 -all",
    .cost =
        "Anybody can send mail in the company's name, and its own mail lands in spam more often.",
    .repair = "Publish an SPF record that names every sender of the domain.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever looks after the domain",
             .command = "Check how {name} is spelt, and at the registrar that it is registered "
                        "and delegated: the domain name system does not know it.",
             .when = "unregistered"},
            SPF_PUBLISH_CORRECTED,
            {.shell = SHELL_DNS,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .condition = "if the domain sends mail",
             .command = "{name} IN TXT \"v=spf1 mx ~all\"",
             .risk =
                 "a sender that the record does not name is treated with suspicion: list all of "
                 "them first",
             .note = "mx names the hosts that receive for the domain; add ip4:, ip6: and "
                     "include: for everything else that sends, and change ~all to -all when "
                     "reports stay clean",
             .when = "receives"},
            {.shell = SHELL_DNS,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .condition = "if the domain sends mail",
             .command = "{name} IN TXT {record-of-all-senders}",
             .risk =
                 "a sender that the record does not name is treated with suspicion: list all of "
                 "them first",
             .note = "such as v=spf1 ip4:ADDRESS include:PROVIDER ~all; change ~all to -all when "
                     "reports stay clean",
             .when = "sends-only"},
            {.shell = SHELL_DNS,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .condition = "if the domain never sends mail",
             .command = "{name} IN TXT \"v=spf1 -all\"",
             .risk = "all mail from the domain is then refused",
             .when = "registered",
             .is_alternative = true},
            {0}},
    .verify = verify_any_record,
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .condition = "if one was added",
             .command = "Delete the TXT record that was added.",
             .when = "registered"},
            {.shell = SHELL_DNS,
             .kind = STEP_DECIDE,
             .where = "the zone of {name}, at whoever hosts it",
             .command = "{name} IN TXT {former-record}",
             .risk = "it is no SPF record: only to return to the former state. It is text "
                     "for a zone, never for a shell",
             .note = "what stood there before",
             .each = "former-record"},
            {0}},
    .make_known = spf_ask_elsewhere,
    .references = spf_references,
};

const struct finding_kind dns_servers_disagree = {
    .id = "dns-servers-disagree",
    .severity = SEVERITY_WARNING,
    .title = "the domain's name servers publish different SPF records",
    .why = "Receivers ask any of the delegated servers, so what they learn depends on chance: "
           "mail passes at one moment and fails at the next.",
    .symptom = "SPF results for the same message differ from receiver to receiver and from hour "
               "to hour.",
    .cause = "A secondary server no longer gets its zone transfers, or the zone is kept by hand "
             "at two providers.",
    .applies_to = "zones with more than one name server",
    .cost = "Whether sent mail is trusted changes from one delivery to the next.",
    .repair = "Have whoever runs the name servers bring all of them to the same state.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .where = "any Linux machine with dig",
             .command = "dig +norecurse -t SOA -q {name} @{server}",
             .note = "the server with the lower serial number has the older zone",
             .each = "server"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the server whose zone is old, or its provider",
             .command = "Repair its zone transfer from the primary, or remove the server from "
                        "the delegation.",
             .risk = "removing a server from the delegation takes effect as the parent's records "
                     "expire, usually within two days"},
            {0}},
    .verify = verify_agreement,
    .undo = NULL,
    .no_undo = "looking changes nothing, and an up-to-date zone needs no way back",
    .make_known = ask_the_unheard,
    .references = view_references,
};

const struct finding_kind dns_split_view = {
    .id = "dns-split-view",
    .severity = SEVERITY_INFO,
    .title = "this network sees other SPF records than the Internet",
    .why =
        "Nothing is wrong with that: an internal zone often has the same name as the public one. "
        "But SPF checks made inside, and changes made to the internal zone, do not concern other "
        "people's servers. The verdict of this report is about the public records.",
    .symptom =
        "A record that was corrected inside is still wrong for the rest of the world, or the "
        "other way round.",
    .cause = "Split DNS: the resolver asked here has a zone of its own for the domain, or an old "
             "answer in its cache.",
    .applies_to = "organisations with an internal zone of the public name",
    .cost = "Nothing outside; checks made from inside the network show something else than the "
            "world sees.",
    .repair = "Keep the record inside the same as the public one, if mail servers inside check it.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the internal zone of {name}",
             .command = "Keep the internal TXT records the same as the public ones if any server "
                        "inside checks SPF; otherwise nothing is to be done."},
            {0}},
    .verify = verify_agreement,
    .undo = NULL,
    .no_undo = "nothing has to be changed",
    .make_known = spf_ask_elsewhere,
    .references = view_references,
};
