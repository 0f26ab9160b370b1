/* Files: what the user gave with --file, and whether anything here reads it. */
#include "diag/probe.h"

static const struct finding_kind file_not_read = {
    .id = "file-not-read",
    .severity = SEVERITY_INFO,
    .title = "the file was not examined",
    .why = "A file that nothing reads says nothing, neither good nor bad.",
    .symptom = "The report has no findings from a file that was given to it.",
    .cause =
        "The file is of a kind that no probe of this version reads, or it could not be opened.",
    .applies_to = "every file given with --file",
    .fix = NULL,
    .verify = NULL,
    .undo = NULL,
    .no_undo = "nothing is changed",
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "any Windows since Vista and Server 2008",
             .command = "wevtutil epl application.evt application.evtx /lf:true",
             .note = "where the file is called application.evt: turns it into an event "
                     "log of today, for exdiag check --file application.evtx",
             .when = "old_log"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "where the file came from",
             .command = "Check that it is the file you meant, and that it was copied whole.",
             .note = "here it has {size} bytes, and its SHA-256 sum is {sha256}",
             .when = "sha256"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "this machine",
             .command =
                 "Give it what this version reads: network captures (.pcap, .pcapng, Network Monitor's .cap and the text it "
                 "prints); SMTP send protocol logs and message tracking logs of Exchange; "
                 "the output of Get-Queue as list, table or CSV; non-delivery reports of "
                 "Exchange and Postfix; registry exports, the output of w32tm, of VMware's "
                 "timesync status and GptTmpl.inf, of how a machine keeps its time; exports "
                 "of ldifde and ldapsearch and the output of setspn; event logs (.evtx, or "
                 "exported as XML); SMTP receive protocol logs; MailStore job logs; "
                 "applicationHost.config and web.config of IIS; IIS logs, and Exchange's of web "
                 "requests (Logging\\Ews, Logging\\HttpProxy); ExSetup.exe, and what PowerShell prints "
                 "of it and of Get-ExchangeServer; lists of Windows' features and of files; folders "
                 "of exdiag collect-script; exdiag's own evidence.",
             .when = "sha256"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the mail program that the report came to",
             .condition = "if it is a non-delivery report",
             .command = "Save the message itself as .eml, or copy all of its text from "
                        "\"Diagnostic information for administrators\" on into a text file.",
             .note = "in Outlook that text is the last part of the report, in Outlook on the web "
                     "\"download\" in the message's menu gives the .eml",
             .when = "sha256"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "this machine",
             .command = "Check that {subject} is an ordinary file that you may read.",
             .when = "!sha256"},
            {0}},
    .references =
        (const struct reference[]){{"exdiag list: what each probe reads", NULL}, {NULL, NULL}},
};

static const struct paragraph paragraphs[] = {
    {"how a file is told",
     "By its content, never by its name: what it begins with, and for logs the head that their "
     "program writes. What nothing reads is told of, with its size and its sum, so that a copy that "
     "was cut short can be seen.\n"
     "A folder is taken for all files in it: that of exdiag collect-script, for instance."},
    {"whose it is",
     "--file HOST=PATH says which server a file is of. Else it is what the file says of itself (a "
     "computer's name in an event log, in a registry export); else files of one folder count as one "
     "machine's, where nothing in them contradicts that. Keep a folder for each server.\n"
     "What is told of a machine whose file has none of its names is told at the file."},
    {"what happens to it",
     "It is read once, from beginning to end, by the program itself: nothing is sent anywhere. With "
     "--save the evidence file has what was taken from it, and never passwords; with --redact no "
     "names and addresses either."},
    {NULL, NULL}};

static const struct reference references[] = {{"exdiag list: what each probe reads", NULL},
                                              {NULL, NULL}};

const struct topic topic_file = {.name = "file",
                                 .title = "files: how they are told, whose they are",
                                 .paragraphs = paragraphs,
                                 .references = references};

/* Another probe of this version reads files of this type. */
static bool is_read(enum file_type type)
{
    for (const struct probe *const *probe = probes; *probe; probe++) {
        if ((*probe)->reads & PROBE_READS(type))
            return true;
    }
    return false;
}

static void examine(struct examination *x, const struct subject *file)
{
    const struct file_digest *digest = ask_file(x, file->name);
    struct finding *finding;

    if (!digest || (digest->evidence.status == STATUS_OK && is_read(digest->type)))
        return;
    finding = unknown(x, &file_not_read, "the file was not examined");
    if (digest->evidence.status != STATUS_OK) {
        saw_failure(finding, &digest->evidence);
        return;
    }
    set_text(finding, "sha256", digest->sha256);
    set_number(finding, "size", digest->size);
    if (digest->type == FILE_TYPE_EVT)
        set_text(finding, "old_log", file_type_text(digest->type));
    saw(finding, &digest->evidence,
        "%s, %llu bytes in %llu line%s; no probe of this version reads it",
        file_type_text(digest->type), (unsigned long long)digest->size,
        (unsigned long long)digest->lines, digest->lines == 1 ? "" : "s");
}

static const struct finding_kind *const kinds[] = {&file_not_read, NULL};

const struct probe probe_file = {
    .name = "file",
    .summary = "files given with --file: what they are, and whether a probe reads them",
    .needs = NEEDS_FILE,
    .is_always_wanted = true, /* whoever names a file expects a word of it */
    .subjects = PROBE_EXAMINES(SUBJECT_FILE),
    .reads = PROBE_READS(FILE_TYPE_COLLECTION), /* it is for people */
    .touches = "the files named, which are read once from beginning to end",
    .noticed = "nothing",
    .kinds = kinds,
    .examine = examine,
};
