/* Whom machines take their time from. */
#include "probes/clock/kinds.h"

static const struct reference references[] = {
    CLOCK_TOOLS_AND_SETTINGS,
    {"Microsoft Learn: How the Windows Time service works",
     "https://learn.microsoft.com/en-us/windows-server/networking/windows-time-service/"
     "how-the-windows-time-service-works"},
    {"KB 979174: all clocks should be synchronized to within 5 minutes of one another", NULL},
    {NULL, NULL}};

#define W32TIME_KEY "HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time"

/* One value, set; REG_DWORD. */
#define SET_NUMBER(key_, name_, number_, when_, note_)                                             \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command =                                                                                 \
            "reg add " W32TIME_KEY "\\" key_ " /v " name_ " /t REG_DWORD /d " number_ " /f",       \
        .note = note_, .when = when_                                                               \
    }

#define REPAIR_POLICY                                                                              \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "Group Policy Management, in the policy that applies to {machine}",               \
        .command = "Correct or unset the settings below Computer Configuration, Administrative "   \
                   "Templates, System, Windows Time Service: while they stand, nothing that is "   \
                   "set on the machine has an effect. Then run gpupdate on it.",                   \
        .risk = "the policy may apply to other machines too: of the PDC emulator it is best a "    \
                "policy of its own, filtered by its role",                                         \
        .note = "gpresult /h FILE shows on the machine which policy it is", .when = "policy"       \
    }

#define REPAIR_SERVICE                                                                             \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = CLOCK_ELEVATED,                                                                      \
     .command = "w32tm /register",                                                                 \
     .risk = "writes the service and its settings anew, as they are by default",                   \
     .when = "service-missing"},                                                                   \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = "sc config w32time start= auto",                                               \
         .note = "the space behind the equals sign belongs there",                                 \
         .when = "service-off"},                                                                   \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "net start w32time", .note = "if it runs already, it says so",                  \
        .when = "service-off"                                                                      \
    }

#define REPAIR_PROVIDERS                                                                           \
    SET_NUMBER("TimeProviders\\NtpClient", "Enabled", "1", "client-off", NULL),                    \
        SET_NUMBER("TimeProviders\\NtpServer", "Enabled", "1", "server-off", NULL),                \
        SET_NUMBER("Config", "MaxPosPhaseCorrection", "0xFFFFFFFF", "member-is-limited",           \
                   "what members have by default: no limit"),                                      \
        SET_NUMBER("Config", "MaxNegPhaseCorrection", "0xFFFFFFFF", "member-is-limited", NULL),    \
        SET_NUMBER("Config", "MaxPosPhaseCorrection", "172800", "controller-is-limited",           \
                   "what domain controllers have by default: 48 hours"),                           \
        SET_NUMBER("Config", "MaxNegPhaseCorrection", "172800", "controller-is-limited", NULL)

#define GATHER                                                                                     \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = CLOCK_ELEVATED,                                                                      \
     .command = "reg export " W32TIME_KEY " w32time.reg /y"},                                      \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = "reg export HKLM\\SOFTWARE\\Policies\\Microsoft\\W32Time policy.reg /y",       \
         .note = "that there is no such key is an answer too: no policy sets the time"},           \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = "reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters "     \
                    "name.reg /y",                                                                 \
         .note = "its name and its domain"},                                                       \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = "reg export HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions "         \
                    "role.reg /y",                                                                 \
         .note = "whether it is a domain controller"},                                             \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = "reg export HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS make.reg /y",            \
         .note = "what it runs on"},                                                               \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = "w32tm /query /status /verbose > status.txt"},                                 \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = "w32tm /query /configuration > configuration.txt"},                            \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "the machine that runs exdiag",       \
        .command = "Put these files of one machine into a folder of their own and name each with " \
                   "--file, where the domain's own name servers can be asked.",                    \
        .note = "whether a domain controller is the PDC emulator, DNS alone knows"                 \
    }

#define LOOK_AGAIN                                                                                 \
    CLOCK_LOOK,                                                                                    \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "w32tm /query /status /verbose",                                                \
        .note = "stratum 1 to 15, and a last good synchronisation that is minutes old"             \
    }

const struct finding_kind time_hierarchy = {
    .id = "time-hierarchy",
    .severity = SEVERITY_WARNING,
    .title = "{machine} does not take its time from the domain",
    .why = "In a domain there is one chain: members follow domain controllers, these follow the "
           "PDC emulator, and it alone follows clocks outside. A machine that leaves the chain "
           "is right only as long as whom it follows happens to agree; when it does not, Kerberos "
           "refuses it from 5 minutes on, and Exchange with it.",
    .symptom = "Its clock drifts away by seconds a day, or jumps; after a while Kerberos fails "
               "with KRB_AP_ERR_SKEW, first for this machine alone.",
    .cause =
        "Somebody set peers on it by hand, often following advice that is meant for the PDC "
        "emulator; a group policy for time applies to all machines; an image was made of a machine "
        "outside the domain; the PDC emulator's role moved and its settings stayed behind.",
    .applies_to = "Windows 2000 and later in an Active Directory domain",
    .fix = (const struct step_template[]){CLOCK_KEEP_SETTINGS,
                                          REPAIR_POLICY,
                                          REPAIR_SERVICE,
                                          REPAIR_PROVIDERS,
                                          CLOCK_FOLLOW_DOMAIN(NULL),
                                          CLOCK_RESTART_SERVICE(NULL),
                                          CLOCK_RESYNC(NULL),
                                          {0}},
    .verify = (const struct step_template[]){LOOK_AGAIN, {0}},
    .undo = (const struct step_template[]){CLOCK_PUT_BACK, {0}},
    .make_known = (const struct step_template[]){GATHER, {0}},
    .references = references,
};

const struct finding_kind time_pdc_source = {
    .id = "time-pdc-source",
    .severity = SEVERITY_WARNING,
    .title = "{machine}, the PDC emulator, follows no reliable clock outside",
    .why = "All clocks of the domain follow that of its PDC emulator. Where it follows nobody, or "
           "somebody who follows it, the whole domain drifts together: inside everything agrees, "
           "and outside nothing does (certificates, Exchange Online, partners, two-factor codes). "
           "When it is corrected one day, all clocks jump.",
    .symptom = "All machines are wrong by the same minutes. The event log of W32Time on the PDC "
               "emulator says that it is not configured to use a reliable source (event 12), or "
               "that nothing synchronises it (events 36, 129, 134).",
    .cause = "The role was moved to a machine that was never given servers outside, or the old "
             "holder kept them; NTP (UDP 123) is blocked by a firewall; the peers that were set "
             "are gone, or are machines of the domain; the list lacks quotation marks or flags.",
    .applies_to = "the PDC emulator of the forest's root domain; those of other domains follow it",
    .fix = (const struct step_template[]){CLOCK_KEEP_SETTINGS,
                                          REPAIR_POLICY,
                                          REPAIR_SERVICE,
                                          REPAIR_PROVIDERS,
                                          CLOCK_FOLLOW_OUTSIDE(NULL),
                                          CLOCK_RESTART_SERVICE(NULL),
                                          CLOCK_RESYNC(NULL),
                                          {0}},
    .verify = (const struct step_template[]){LOOK_AGAIN,
                                             {.shell = SHELL_CMD,
                                              .kind = STEP_EXACT,
                                              .where = CLOCK_ELEVATED,
                                              .command = "w32tm /query /peers",
                                              .note = "each peer is active, and was heard lately"},
                                             {0}},
    .undo = (const struct step_template[]){CLOCK_PUT_BACK, {0}},
    .make_known = (const struct step_template[]){GATHER, {0}},
    .references = references,
};

const struct finding_kind time_vm_sync = {
    .id = "time-vm-sync",
    .severity = SEVERITY_WARNING,
    .title = "the hypervisor sets the clock of {machine}",
    .why = "Two masters pull at one clock: the domain's hierarchy and the machine that it runs on. "
           "Where the host's own clock is wrong, as after a failure of its power or its NTP, every "
           "guest follows it at once, domain controllers among them, and those take the whole "
           "domain along.",
    .symptom = "The clock jumps after a restart, a snapshot or a move to another host, or to and "
               "fro all day; w32tm /query /source says VM IC Time Synchronization Provider.",
    .cause = "Time synchronisation is on in the guest's integration services (Hyper-V, on by "
             "default) or in VMware Tools, on hosts that do not follow the domain's own clocks.",
    .applies_to = "virtual machines of Hyper-V and VMware in a domain",
    .fix =
        (const struct step_template[]){
            CLOCK_KEEP_SETTINGS,
            SET_NUMBER("TimeProviders\\VMICTimeProvider", "Enabled", "0", "hyper-v",
                       "leave the integration service itself on: it sets the clock after a saved "
                       "state is resumed, which the guest cannot do alone"),
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = CLOCK_ELEVATED,
             .command =
                 "\"%ProgramFiles%\\VMware\\VMware Tools\\VMwareToolboxCmd.exe\" timesync disable",
             .note = "ends the periodic synchronisation; after snapshots and moves VMware still "
                     "sets the clock, unless the machine's configuration forbids that as well",
             .when = "vmware"},
            CLOCK_RESTART_SERVICE("hyper-v"),
            CLOCK_RESYNC(NULL),
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the hypervisor's hosts",
             .command = "Let them follow the same NTP servers as the PDC emulator: what starts or "
                        "resumes on them begins with their time."},
            {0}},
    .verify =
        (const struct step_template[]){
            CLOCK_LOOK,
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = CLOCK_ELEVATED,
             .command =
                 "\"%ProgramFiles%\\VMware\\VMware Tools\\VMwareToolboxCmd.exe\" timesync status",
             .note = "it says Disabled",
             .when = "vmware"},
            {0}},
    .undo =
        (const struct step_template[]){
            CLOCK_PUT_BACK,
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = CLOCK_ELEVATED,
             .command =
                 "\"%ProgramFiles%\\VMware\\VMware Tools\\VMwareToolboxCmd.exe\" timesync enable",
             .when = "vmware"},
            {0}},
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = CLOCK_ELEVATED,
             .command =
                 "\"%ProgramFiles%\\VMware\\VMware Tools\\VMwareToolboxCmd.exe\" timesync status",
             .note = "Enabled: the hypervisor sets the clock; Disabled: it does not",
             .when = "vmware"},
            GATHER,
            {0}},
    .references = references,
};
