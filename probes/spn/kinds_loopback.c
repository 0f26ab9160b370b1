/* A machine that is to take connections from itself by other names. */
#include "probes/machine.h"
#include "probes/spn/kinds.h"

#define ELEVATED "{machine}, as administrator"
#define MSV1_0   "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0"
#define LSA      "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa"

/* A folder that every administrator finds. What is there already is the older state, and stays. */
#define KEPT_FILE "\"%SystemRoot%\\msv1_0-before.reg\""

#define RESTART                                                                                    \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "{machine}",                          \
        .command = "Restart the machine when its users can do without it.",                        \
        .note = "the local security authority reads the value when it starts"                      \
    }

static const struct reference references[] = {
    SPN_ARTICLE,
    {"KB 896861: error 401.1 when you browse a Web site that uses Integrated Authentication: the "
     "loopback check, BackConnectionHostNames and DisableLoopbackCheck",
     NULL},
    {NULL, NULL}};

const struct finding_kind back_connection_host_names = {
    .id = "back-connection-host-names",
    .severity = SEVERITY_WARNING,
    .title = "{what}",
    .why = "Windows refuses a connection from the machine to itself that logs on under a name "
           "which is not the machine's, so that nobody reflects a logon back to it. Virtual "
           "servers of one machine that hand each other mail under such a name are refused, "
           "whatever the directory says. BackConnectionHostNames lists the names that are meant; "
           "DisableLoopbackCheck takes the protection off all of them.",
    .symptom = "X-EXPS between virtual servers of one machine is answered 535; event 1706 with "
               "0x8009030c; web sites of the server ask for a password again and again when they "
               "are opened on the server itself, 401.1.",
    .cause = "The value was never set; it was made with another type than REG_MULTI_SZ, which "
             "Windows reads past in silence; or below Lsa in place of Lsa\\MSV1_0, as one "
             "widespread guide has it.",
    .applies_to = "Windows Server 2003 with Service Pack 1, and later",
    .cost = "Mail between parts of this server may be delayed or stand still.",
    .repair = "List the server's other names where Windows looks for them.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "if not exist " KEPT_FILE " reg export " MSV1_0 " " KEPT_FILE,
             .note = "keeps what is set now, for the way back. Where the file is there already, "
                     "nothing is printed and nothing written: it is of the first time that these "
                     "steps were followed, and stays the way back",
             .is_gate = true},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg delete " MSV1_0 " /v BackConnectionHostNames /f",
             .risk = "deletes the value, which Windows does not read as it is; the copy has it",
             .note = "a value of the wrong type has to go first",
             .when = "wrong-type"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command =
                 "reg add " MSV1_0 " /v BackConnectionHostNames /t REG_MULTI_SZ /d {list} /f",
             .risk = "replaces the whole list: what it holds now is in it again",
             .note = "\\0 stands between two names",
             .when = "list"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg delete " LSA " /v BackConnectionHostNames /f",
             .note = "nobody reads it there",
             .when = "astray"},
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = ELEVATED,
             .command = "reg delete " LSA " /v DisableLoopbackCheck /f",
             .risk = "from then on the machine takes connections from itself only under its own "
                     "names and those that are listed: list all that its services need before",
             .note = "safer than to leave the check off for everything",
             .when = "off"},
            RESTART,
            {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg query " MSV1_0 " /v BackConnectionHostNames",
             .note = "says REG_MULTI_SZ and lists the names; \\0 between them is how reg shows "
                     "it",
             .when = "list"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg query " LSA " /v BackConnectionHostNames",
             .note = "is to say that the system was unable to find it",
             .when = "astray"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg query " LSA " /v DisableLoopbackCheck",
             .note = "the same",
             .when = "off"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "{machine}",
             .command =
                 "After the restart, see that mail between its virtual servers leaves their queues, and that no "
                 "event 1706 or 7004 with 535 is logged any more."},
            {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg delete " MSV1_0 " /v BackConnectionHostNames /f",
             .note = "there was none before",
             .when = "was-absent"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg import " KEPT_FILE,
             .note = "the file that was kept before the first change. Other values of this key "
                     "go back with it, if they were changed since",
             .when = "was-there"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg add " LSA " /v DisableLoopbackCheck /t REG_DWORD /d 1 /f",
             .risk = "the machine then takes connections from itself under any name",
             .when = "off"},
            RESTART,
            {0}},
    .make_known =
        (const struct step_template[]){
            MACHINE_STEPS,
            {.shell = SHELL_SH,
             .kind = STEP_DECIDE,
             .where = "the machine that exdiag ran on",
             .command = "exdiag check --file {tied}",
             .note = "with the other files and options as now, if that file is of this server: "
                     "an export of Lsa does not say whose it is",
             .when = "tied",
             .also_powershell = true},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "the server, as administrator",
             .command = "reg export " LSA " lsa.reg /y",
             .note = "for exdiag check --file HOST=lsa.reg, with the server's full name for HOST",
             .when = "!unread"},
            {0}},
    .references = references,
};
