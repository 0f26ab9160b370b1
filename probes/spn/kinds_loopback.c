/* A machine that is to take connections from itself by other names. */
#include "probes/spn/kinds.h"

#define ELEVATED "{machine}, in a command prompt run as administrator"
#define MSV1_0   "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0"
#define LSA      "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa"

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
    .why =
        "Windows refuses a connection from the machine to itself that logs on under a name which "
        "is not the machine's, so that nobody reflects a logon back to it. Virtual servers of one "
        "machine that hand each other mail under such a name are refused, whatever the directory "
        "says. BackConnectionHostNames lists the names that are meant; DisableLoopbackCheck takes "
        "the protection off all of them.",
    .symptom = "X-EXPS between virtual servers of one machine is answered 535; event 1706 with "
               "0x8009030c; web sites of the server ask for a password again and again when they "
               "are opened on the server itself, 401.1.",
    .cause = "The value was never set; it was made with another type than REG_MULTI_SZ, which "
             "Windows reads past in silence; or below Lsa in place of Lsa\\MSV1_0, as one "
             "widespread guide has it.",
    .applies_to = "Windows Server 2003 with Service Pack 1, and later",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg export " LSA " lsa-before.reg /y",
             .note = "keeps what is set now, for the way back; the file is written to the current "
                     "folder"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg delete " MSV1_0 " /v BackConnectionHostNames /f",
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
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "{machine}",
             .command = "Restart the machine when its users can do without it.",
             .note = "the local security authority reads the value when it starts"},
            {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = ELEVATED,
             .command = "reg query " MSV1_0 " /v BackConnectionHostNames",
             .note = "says REG_MULTI_SZ and lists the names; \\0 between them is how reg shows it"},
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
             .command = "reg import lsa-before.reg",
             .note = "the file that was kept before the first change"},
            {0}},
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = "the server, in a command prompt run as administrator",
             .command = "reg export " LSA " lsa.reg /y",
             .note = "for exdiag check --file lsa.reg"},
            {0}},
    .references = references,
};
