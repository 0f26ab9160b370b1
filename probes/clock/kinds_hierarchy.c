/* Whom machines take their time from. */
#include "probes/clock/kinds.h"
#include "probes/clock/steps.h"
#include "probes/machine.h"

static const struct reference references[] = {
    CLOCK_TOOLS_AND_SETTINGS,
    {"Microsoft Learn: How the Windows Time service works",
     "https://learn.microsoft.com/en-us/windows-server/networking/windows-time-service/"
     "how-the-windows-time-service-works"},
    {"KB 979174: all clocks should be synchronized to within 5 minutes of one another", NULL},
    {NULL, NULL}};

static const struct reference vm_references[] = {
    {"Microsoft Learn: Virtualizing domain controllers using Hyper-V, Time service and "
     "synchronization",
     "https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/get-started/virtual-dc/"
     "virtualized-domain-controllers-hyper-v"},
    {"Microsoft Learn: Time accuracy improvements for Windows Server 2016, Hyper-V: whom a guest "
     "follows, before and since",
     "https://learn.microsoft.com/en-us/windows-server/networking/windows-time-service/"
     "windows-server-2016-improvements"},
    {"VMware KB 1318: timekeeping best practices for Windows", NULL},
    {"VMware KB 1189: disabling time synchronization", NULL},
    CLOCK_TOOLS_AND_SETTINGS,
    {NULL, NULL}};

#define TOOLBOX "\"%ProgramFiles%\\VMware\\VMware Tools\\VMwareToolboxCmd.exe\""

#define SET(when_, key_, name_, type_, data_, note_)                                               \
    CLOCK_RUN(when_,                                                                               \
              "reg add " CLOCK_W32TIME_KEY "\\" key_ " /v " name_ " /t " type_ " /d " data_ " /f", \
              note_)

#define SET_NUMBER(when_, key_, name_, data_, note_)                                               \
    SET(when_, key_, name_, "REG_DWORD", data_, note_)

/* ---- the machine's own settings ---- */

#define REPAIR_SERVICE                                                                             \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = CLOCK_ELEVATED,                                                                      \
     .command = "w32tm /register",                                                                 \
     .risk = "writes the service and its settings anew, as they are by default",                   \
     .when = "service-missing"},                                                                   \
        CLOCK_RUN("service-disabled", "sc config w32time start= auto",                             \
                  "the space behind the equals sign belongs there"),                               \
        CLOCK_RUN("starts", "net start w32time", "if it runs already, it says so")

#define REPAIR_PROVIDERS                                                                           \
    SET_NUMBER("client-off", "TimeProviders\\NtpClient", "Enabled", "1", NULL),                    \
        SET_NUMBER("server-off", "TimeProviders\\NtpServer", "Enabled", "1", NULL),                \
        SET_NUMBER("member-ahead", "Config", "MaxPosPhaseCorrection", "0xFFFFFFFF",                \
                   "what members have by default: no limit"),                                      \
        SET_NUMBER("member-back", "Config", "MaxNegPhaseCorrection", "0xFFFFFFFF",                 \
                   "what members have by default: no limit"),                                      \
        SET_NUMBER("controller-ahead", "Config", "MaxPosPhaseCorrection", "172800",                \
                   "what domain controllers have by default: 48 hours"),                           \
        SET_NUMBER("controller-back", "Config", "MaxNegPhaseCorrection", "172800",                 \
                   "what domain controllers have by default: 48 hours")

#define ASK_OTHERS                                                                                 \
    CLOCK_RUN("own-domain", "nltest /dsgetdc:{own-domain} /timeserv",                              \
              "names a domain controller that serves time, and reaches it"),                       \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "w32tm /stripchart /computer:{peer} /samples:3 /dataonly",                      \
        .note = "error 0x800705B4 means that no answer came back: UDP 123, both ways",             \
        .when = "peer", .each = "peer"                                                             \
    }

/* ---- the way back: every value that was seen; else the file that was kept ---- */

#define PUT_BACK                                                                                   \
    CLOCK_PUT_BACK_FILE("old-unknown", "source"),                                                  \
        SET("old-type", "Parameters", "Type", "REG_SZ", "{old-type}", NULL),                       \
        SET("old-peers", "Parameters", "NtpServer", "REG_SZ", "{old-peers}", NULL),                \
        SET_NUMBER("old-announce", "Config", "AnnounceFlags", "{old-announce}", NULL),             \
        SET_NUMBER("client-off", "TimeProviders\\NtpClient", "Enabled", "0", NULL),                \
        SET_NUMBER("server-off", "TimeProviders\\NtpServer", "Enabled", "0", NULL),                \
        SET_NUMBER("old-ahead", "Config", "MaxPosPhaseCorrection", "{old-ahead}", NULL),           \
        SET_NUMBER("old-back", "Config", "MaxNegPhaseCorrection", "{old-back}", NULL),             \
        CLOCK_PUT_BACK_POLICY, CLOCK_RESTART_SERVICE("is-changed"),                                \
        CLOCK_STOP_SERVICE("service-disabled", NULL, NULL),                                        \
        CLOCK_RUN("service-disabled", "sc config w32time start= disabled", NULL),                  \
        CLOCK_STOP_SERVICE("service-stopped", NULL, NULL)

/* ---- what would make it known ---- */

#define EXPORT(when_, key_, file_, note_)                                                          \
    CLOCK_RUN(when_, "reg export " key_ " " file_ " /y", note_)

#define GATHER                                                                                     \
    EXPORT("lacks-w32time", CLOCK_W32TIME_KEY, "w32time.reg", NULL),                               \
        EXPORT("lacks-policy", "HKLM\\SOFTWARE\\Policies\\Microsoft", "policies.reg",              \
               "the key above that of Windows Time: it is there on every machine, and so says, "   \
               "too, that no policy sets the time"),                                               \
        EXPORT("lacks-name", "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters",       \
               "name.reg", "its name and its domain"),                                             \
        EXPORT("lacks-role", "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions",           \
               "role.reg", "whether it is a domain controller"),                                   \
        EXPORT("lacks-netlogon", "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Netlogon",            \
               "netlogon.reg", "whether it is in a domain"),                                       \
        EXPORT("lacks-make", "HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS", "make.reg",              \
               "what it runs on"),                                                                 \
        CLOCK_RUN("lacks-present", "w32tm /query /status /verbose > status.txt",                   \
                  "whom it follows now, in any language" CLOCK_QUERY_SINCE),                       \
        CLOCK_RUN("lacks-vmware", TOOLBOX " timesync status > timesync.txt", NULL),                \
        CLOCK_RUN(                                                                                 \
            "lacks-vmware", "echo timesync status %errorlevel% >> timesync.txt",                   \
            "right behind the line before: 0 says that VMware's tools set the clock, 69 that "     \
            "they do not, in any language"),                                                       \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "the machine that exdiag ran on",     \
        .command = "Put these files, with those that were given, if any, into a folder "           \
                   "of their own and name each with --file, where the domain's own name "          \
                   "servers can be asked.",                                                        \
        .note = "which domain controller is the PDC emulator, DNS alone knows", .when = "!unread"  \
    }

#define LOOK_AGAIN                                                                                 \
    CLOCK_LOOK(NULL),                                                                              \
        CLOCK_RUN(                                                                                 \
            NULL, "w32tm /query /status /verbose",                                                 \
            "stratum 1 to 15, and a last good synchronisation that is minutes old" CLOCK_QUERY_SINCE)

static const struct step_template repair[] = {CLOCK_KEEP_SETTINGS("source"),
                                              CLOCK_REPAIR_POLICY,
                                              REPAIR_SERVICE,
                                              REPAIR_PROVIDERS,
                                              CLOCK_TAKE_PLACE,
                                              ASK_OTHERS,
                                              CLOCK_RESTART_SERVICE(NULL),
                                              CLOCK_RESYNC(NULL),
                                              {0}};
static const struct step_template put_back[] = {PUT_BACK, {0}};
static const struct step_template gather[] = {MACHINE_STEPS, GATHER, {0}};

const struct finding_kind time_hierarchy = {
    .id = "time-hierarchy",
    .severity = SEVERITY_WARNING,
    .title = "{machine} does not follow the domain's time as it should",
    .why = "In a domain there is one chain: members follow domain controllers, these follow the "
           "PDC emulator of their domain, that of a child domain the domain above, and the PDC "
           "emulator of the forest's root alone follows clocks outside. A machine that leaves the "
           "chain is right only as long as whom it follows happens to agree; when it does not, "
           "Kerberos refuses it from 5 minutes on, and Exchange with it.",
    .symptom = "Its clock drifts away by seconds a day, or jumps; after a while Kerberos fails "
               "with KRB_AP_ERR_SKEW, first for this machine alone.",
    .cause =
        "Somebody set peers on it by hand, often following advice that is meant for the PDC "
        "emulator; a group policy for time applies to all machines; an image was made of a machine "
        "outside the domain; the PDC emulator's role moved and its settings stayed behind. A domain "
        "controller that was made a good time server (GTIMESERV) on purpose looks like that as "
        "well: accept the finding then.",
    .applies_to = "Windows 2000 and later in an Active Directory domain",
    .cost = "This machine's clock may drift until logons and mail between servers fail.",
    .repair = "Have the machine follow the domain's time again.",
    .fix = repair,
    .verify = (const struct step_template[]){LOOK_AGAIN, {0}},
    .undo = put_back,
    .make_known = gather,
    .references = references,
};

const struct finding_kind time_pdc_source = {
    .id = "time-pdc-source",
    .severity = SEVERITY_WARNING,
    .title = "{machine}, the PDC emulator, does not follow reliable clocks outside as it should",
    .why = "All clocks of the forest follow that of the PDC emulator of its root domain. Where it "
           "follows nobody, or somebody who follows it, the whole forest drifts together: inside "
           "everything agrees, and outside nothing does (certificates, Exchange Online, partners, "
           "two-factor codes). When it is corrected one day, all clocks jump.",
    .symptom = "All machines are wrong by the same minutes. The event log of W32Time on the PDC "
               "emulator says that it is not configured to use a reliable source (event 12), or "
               "that nothing synchronises it (events 36, 129, 134).",
    .cause =
        "The role was moved to a machine that was never given servers outside, or the old "
        "holder kept them; NTP (UDP 123) is blocked by a firewall; the peers that were set "
        "are gone, or are machines of the domain; the list lacks quotation marks or flags. It is "
        "meant to be so where another controller of the domain is its good time server "
        "(GTIMESERV) and follows clocks outside.",
    .applies_to = "the PDC emulator of the forest's root domain; those of other domains follow it",
    .cost = "The whole company's clocks may drift away from the real time, together.",
    .repair = "Give the domain's first clock reliable clocks outside to follow.",
    .fix = repair,
    .verify =
        (const struct step_template[]){
            LOOK_AGAIN,
            CLOCK_RUN(NULL, "w32tm /query /peers",
                      "each peer is active, and was heard lately" CLOCK_QUERY_SINCE),
            {0}},
    .undo = put_back,
    .make_known = gather,
    .references = references,
};

const struct finding_kind time_vm_sync = {
    .id = "time-vm-sync",
    .severity = SEVERITY_WARNING,
    .title = "the hypervisor may set the clock of {machine}",
    .why = "Two masters pull at one clock: the domain's hierarchy and the machine that it runs on. "
           "Where the host's own clock is wrong, as after a failure of its power or its NTP, every "
           "guest follows it at once, domain controllers among them, and those take the whole "
           "domain along.",
    .symptom = "The clock jumps after a restart, a snapshot or a move to another host, or to and "
               "fro all day; w32tm /query /source says VM IC Time Synchronization Provider.",
    .cause = "Time synchronisation is on in the guest's integration services (Hyper-V, on by "
             "default) or in VMware Tools, on hosts that do not follow the domain's own clocks.",
    .applies_to =
        "virtual machines of Hyper-V and VMware in a domain: domain controllers always; members "
        "that follow the host, which on Hyper-V Windows before Server 2016 does by default",
    .cost = "The clock may jump, and logons or mail between servers fail when it does.",
    .repair = "Stop the hypervisor from setting the machine's clock.",
    .fix =
        (const struct step_template[]){
            SET_NUMBER("hyper-v", "TimeProviders\\VMICTimeProvider", "Enabled", "0",
                       "Windows does not ask the host any more. For domain controllers Microsoft "
                       "advises to clear Time synchronization in the virtual machine's "
                       "Integration Services as well, while it is off"),
            CLOCK_RUN(
                "tools-on", TOOLBOX " timesync disable",
                "ends the periodic synchronisation; after snapshots and moves VMware still sets "
                "the clock once, unless the machine's configuration forbids that as well"),
            CLOCK_RESTART_SERVICE("hyper-v"),
            CLOCK_RESYNC("hyper-v"),
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = CLOCK_ELEVATED,
             .command = "w32tm /resync /rediscover",
             .risk = CLOCK_SET_RISK,
             .when = "!hyper-v"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the hypervisor's hosts",
             .command = "Let them follow the same NTP servers as the PDC emulator: what starts or "
                        "resumes on them begins with their time."},
            {0}},
    .verify =
        (const struct step_template[]){
            CLOCK_RUN(
                "hyper-v", "w32tm /query /source",
                "names whom it follows: anything but VM IC Time Synchronization Provider" CLOCK_QUERY_SINCE),
            CLOCK_RUN("tools-on", TOOLBOX " timesync status",
                      "it says Disabled, or in any language ends with exit status 69"),
            {0}},
    .undo = (const struct step_template[]){SET_NUMBER("hyper-v", "TimeProviders\\VMICTimeProvider",
                                                      "Enabled", "1", NULL),
                                           CLOCK_RESTART_SERVICE("hyper-v"),
                                           CLOCK_RUN("tools-on", TOOLBOX " timesync enable", NULL),
                                           {0}},
    .make_known = gather,
    .references = vm_references,
};
