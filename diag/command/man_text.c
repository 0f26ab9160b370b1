#include "diag/command/man.h"

#include <stddef.h>

const char *const man_description[] = {
    "exdiag examines domains, servers, domain controllers, mailboxes and files for failures of an "
    "Exchange organisation's mail that are documented, and prints what was seen, why it matters, "
    "the commands that repair it, how to verify the repair, and how to undo it.",
    "It changes nothing on any machine and in no directory, but for one item in a mailbox, made "
    "and deleted again, where --plant-test-item asks for that. What could not be checked is said "
    "to be unknown, with what would make it known; it never counts as right.",
    "Values in the commands that it prints are quoted for the shell that the step names. A step "
    "is marked where something is to be filled in, to be checked, or to be decided first.",
    NULL,
};

const char *const man_subjects[] = {
    "What is examined is named by options, or stands bare: a file is a file, an address a server, "
    "what holds an @ a mailbox, and a name with a dot a domain.",
    NULL,
};

const char *const man_privacy[] = {
    "exdiag speaks to the machines that are examined, to the name servers it asks about them, and "
    "to nobody else: it reports to nobody who made it, and looks for no update. exdiag check "
    "--plan says what a run would ask of whom, with which credentials, and what of it shows in "
    "logs, and sends nothing.",
    "Passwords come from --password-file, EXDIAG_PASSWORD or a prompt, never from the command "
    "line, and go over verified TLS alone, to machines that were named. What is refused once is "
    "not tried again in the same run.",
    "--save writes what was seen to a new file that its owner alone may read. Passwords, tokens, "
    "tickets and the content of messages are never in it; names and addresses are, unless "
    "--redact puts pseudonyms in their place.",
    "What each probe asks of whom, and what of it shows in logs:",
    NULL,
};

const struct man_item man_exit_statuses[] = {
    {"0", "Nothing is wrong. Problems of severity info are shown and do not count."},
    {"1", "Problems were found."},
    {"2", "A mistake on the command line, or the program could not do its work."},
    {"3", "Nothing is wrong in what could be checked, but something could not be."},
    {NULL, NULL},
};

const struct man_item man_environment[] = {
    {"EXDIAG_PASSWORD", "the password of --user, where --password-file is not given"},
    {"NO_COLOR", "if it is set and not empty, there are no colours, as with --no-color"},
    {"TERM", "where it is dumb, or not set, there are no colours"},
    {"LC_ALL, LC_CTYPE, LANG",
     "where the first of these that is set names another character set than UTF-8, charts are "
     "drawn in ASCII"},
    {"TMPDIR", "where the demonstration keeps its small files while it runs; else /tmp"},
    {"KRB5CCNAME, KRB5_CONFIG",
     "of the Kerberos library: where the tickets of whoever runs exdiag are, and its configuration"},
    {"SSLKEYLOGFILE",
     "is ignored, as are OPENSSL_CONF, the variables of proxies and those of LDAP libraries: none "
     "of them has a say"},
    {NULL, NULL},
};

const struct man_item man_files[] = {
    {"/etc/resolv.conf", "name servers, where --dns names none"},
    {"/etc/ssl/certs",
     "authorities that TLS trusts, where --ca-file names none: this system's, wherever it has "
     "them; on Windows, its certificate store"},
    {"--config FILE",
     "an option a line, with or without its dashes, and its value behind a space or a =. A # "
     "begins a comment. A configuration file cannot name another."},
    {"--accept FILE",
     "an accepted finding a line: ID SUBJECT YYYY-MM-DD REASON. SUBJECT may be *; from the day "
     "behind that date on the finding counts again."},
    {"--builds FILE", "a table of Exchange's builds, in the form of the program's own"},
    {NULL, NULL},
};

const struct man_item man_examples[] = {
    {"exdiag demo", "The whole job on a broken organisation that lives on loopback."},
    {"exdiag check contoso.com",
     "A domain: its SPF, its mail exchangers, its controllers' clocks, its servers' names and "
     "builds."},
    {"exdiag check contoso.com --plan", "What that would ask of whom; nothing is sent."},
    {"exdiag check --server ex01.contoso.com --dc dc1.contoso.com",
     "A server, and the domain controller that its clock is held against."},
    {"exdiag check SEND20261120-1.LOG trace.pcapng",
     "Files from a customer: logs, captures, exports, configurations."},
    {"exdiag check contoso.com --format html --output report.html", "A page to pass on."},
    {"exdiag check contoso.com --save today.jsonl", "The report, and the evidence behind it."},
    {"exdiag report today.jsonl --only clock", "The report again, without a network."},
    {"exdiag spf ceo@contoso.com --ip 192.0.2.25",
     "Whether that address may send for this sender, and why."},
    {"exdiag explain mx-banner-stall", "All that is known of one finding."},
    {"exdiag audit --rate 200 < domains.txt > results.jsonl", "Any number of domains."},
    {NULL, NULL},
};

const char *const man_see_also[] = {
    "exdiag list names the probes and what each needs; exdiag explain tells what is known of each "
    "finding, with its sources.",
    NULL,
};
