/* Files that say nothing of what they were given for. */
#include "probes/mx/kinds.h"

const struct finding_kind mx_trace_without_mail = {
    .id = "mx-trace-without-mail",
    .severity = SEVERITY_INFO,
    .title = "a network trace shows no mail",
    .why = "Whether an exchanger greets is seen only where a connection to it is in the trace, "
           "from its first packet on.",
    .symptom = "A trace was taken while mail did not arrive, and the report says nothing about it.",
    .cause = "The trace was taken on another machine than the sender, ended before the sender "
             "tried again, or was filtered; or the mail leaves through a smart host on another "
             "port than 25, 465 and 587.",
    .applies_to = "every network trace given with --file",
    .no_undo = "nothing is changed",
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = "an elevated prompt on the sending server",
             .condition = "if it runs Windows",
             .command = "netsh trace start capture=yes report=disabled maxsize=512 "
                        "tracefile=%SystemDrive%\\mail.etl",
             .risk = "the trace holds the mail that is sent meanwhile: keep it safe",
             .note = "let it run until the message was tried again, then: netsh trace stop. "
                     "Microsoft's etl2pcapng makes the .pcapng of it that is read here"},
            {.shell = SHELL_SH,
             .kind = STEP_EXACT,
             .is_alternative = true,
             .where = "a machine that runs Linux and sees the sender's packets, as root",
             .command = "tcpdump -i any -w mail.pcap 'tcp port 25 or port 53'",
             .risk = "the trace holds the mail that is sent meanwhile: keep it safe",
             .note = "stop it with Ctrl-C after 5 minutes and more of silence"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .is_alternative = true,
             .where = "Wireshark, on the sending server",
             .command = "Capture with the filter: tcp port 25 or port 53",
             .note = "begin before the sender tries: the handshake and the DNS answers must be "
                     "in it"},
            {0}},
    .references =
        (const struct reference[]){
            {"KB Q182821, XFOR: Internet Mail Service Not Trying Next Exchange Record", NULL},
            {"Microsoft Learn: netsh trace",
             "https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/"
             "netsh-trace"},
            {"tcpdump", "https://www.tcpdump.org/manpages/tcpdump.1.html"},
            {NULL, NULL}},
};
