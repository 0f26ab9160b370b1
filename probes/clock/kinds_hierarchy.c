/* Whom machines take their time from. */
#include "probes/clock/kinds.h"

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

#define W32TIME_KEY "HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time"
#define TOOLBOX     "\"%ProgramFiles%\\VMware\\VMware Tools\\VMwareToolboxCmd.exe\""

/* One line of cmd on the machine. */
#define RUN(when_, command_, note_)                                                                \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED, .command = command_,      \
        .note = note_, .when = when_                                                               \
    }

#define SET(when_, key_, name_, type_, data_, note_)                                               \
    RUN(when_, "reg add " W32TIME_KEY "\\" key_ " /v " name_ " /t " type_ " /d " data_ " /f", note_)

#define SET_NUMBER(when_, key_, name_, data_, note_)                                               \
    SET(when_, key_, name_, "REG_DWORD", data_, note_)

/* ---- policies, which win over everything that is set on the machine ---- */

#define POLICY_FOLDER                                                                              \
    "Group Policy Management: Computer Configuration, Policies, Administrative Templates, "        \
    "System, Windows Time Service"

#define IN_POLICY(when_, command_, risk_)                                                          \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = POLICY_FOLDER, .command = command_,   \
        .risk = risk_, .when = when_                                                               \
    }

#define REPAIR_POLICY                                                                              \
    RUN("policy", "gpresult /scope computer /h gpresult.html /f",                                  \
        "shows which policy sets Windows Time Service here: while it does, w32tm /config and the " \
        "registry of the machine change nothing"),                                                 \
        IN_POLICY("policy-domain",                                                                 \
                  "Time Providers, Configure Windows NTP Client: Not Configured, or Type NT5DS, "  \
                  "for every machine but the PDC emulator of the forest's root domain.",           \
                  "the policy may apply to other machines, too"),                                  \
        IN_POLICY("policy-outside",                                                                \
                  "Time Providers, Configure Windows NTP Client, in a policy of its own for the "  \
                  "PDC emulator of the forest's root domain (linked to its Domain Controllers, "   \
                  "with the WMI filter SELECT * FROM Win32_ComputerSystem WHERE DomainRole = 5): " \
                  "Type NTP, and NtpServer three servers outside that you trust, as in "           \
                  "ntp1.example.net,0x8 ntp2.example.net,0x8 ntp3.example.net,0x8.",               \
                  "the whole domain follows these servers"),                                       \
        IN_POLICY("policy-client",                                                                 \
                  "Time Providers, Enable Windows NTP Client: Not Configured, or Enabled.",        \
                  "the policy may apply to other machines, too"),                                  \
        IN_POLICY("policy-server",                                                                 \
                  "Time Providers, Enable Windows NTP Server: for domain controllers Not "         \
                  "Configured, or Enabled.",                                                       \
                  "the policy may apply to other machines, too"),                                  \
        IN_POLICY("policy-global",                                                                 \
                  "Global Configuration Settings: Not Configured, or what is told to be wrong as " \
                  "it is by default there: AnnounceFlags 10, MaxPosPhaseCorrection and "           \
                  "MaxNegPhaseCorrection 172800.",                                                 \
                  "the policy may apply to other machines, too"),                                  \
        RUN("policy", "gpupdate /target:computer /force", NULL)

/* ---- the machine's own settings ---- */

#define KEEP_SETTINGS                                                                              \
    RUN("is-changed", "reg export " W32TIME_KEY " w32time-before.reg /y",                          \
        "keeps what is set now, for the way back; the file is written to the current folder")

#define REPAIR_SERVICE                                                                             \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = CLOCK_ELEVATED,                                                                      \
     .command = "w32tm /register",                                                                 \
     .risk = "writes the service and its settings anew, as they are by default",                   \
     .when = "service-missing"},                                                                   \
        RUN("service-disabled", "sc config w32time start= auto",                                   \
            "the space behind the equals sign belongs there"),                                     \
        RUN("service-missing", "net start w32time", NULL),                                         \
        RUN("service-disabled", "net start w32time", NULL),                                        \
        RUN("service-stopped", "net start w32time", "if it runs already, it says so")

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

#define DOMAIN_COMMAND "w32tm /config /syncfromflags:domhier /reliable:no /update"
#define OUTSIDE_COMMAND                                                                            \
    "w32tm /config /manualpeerlist:{ntp-servers} /syncfromflags:manual /reliable:yes /update"
#define OUTSIDE_RISK                                                                               \
    "the whole forest follows: choose NTP servers that you trust, three or more, so that one "     \
    "that is wrong is outvoted"
#define OUTSIDE_NOTE                                                                               \
    "between the quotation marks as in ntp1.example.net,0x8 ntp2.example.net,0x8 "                 \
    "ntp3.example.net,0x8: a blank between them, 0x8 behind each"
#define IF_TOP     "{machine}, if it is the PDC emulator of the forest's root domain"
#define UNLESS_TOP "{machine}, if it is any other machine of the domain"

/* The service has to run for /update to reach it, so this comes before it is restarted. */
#define TAKE_PLACE                                                                                 \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = CLOCK_ELEVATED,                                                                      \
     .command = DOMAIN_COMMAND,                                                                    \
     .risk = "peers that were set by hand are not asked any more",                                 \
     .when = "domain"},                                                                            \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_FILL_IN,                                                                     \
         .where = CLOCK_ELEVATED,                                                                  \
         .command = OUTSIDE_COMMAND,                                                               \
         .risk = OUTSIDE_RISK,                                                                     \
         .note = OUTSIDE_NOTE,                                                                     \
         .when = "outside"},                                                                       \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = "a domain controller",                                                           \
         .command = "netdom query fsmo",                                                           \
         .note = "names the PDC emulator: of the next two lines one alone is for {machine}",       \
         .when = "either"},                                                                        \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = UNLESS_TOP,                                                                      \
         .command = DOMAIN_COMMAND,                                                                \
         .risk = "peers that were set by hand are not asked any more",                             \
         .when = "either"},                                                                        \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = IF_TOP,                                                                          \
         .command = OUTSIDE_COMMAND,                                                               \
         .risk = OUTSIDE_RISK,                                                                     \
         .note = OUTSIDE_NOTE,                                                                     \
         .when = "either"},                                                                        \
        RUN("announce", "w32tm /config /reliable:yes /update", NULL)

#define ASK_OTHERS                                                                                 \
    RUN("own-domain", "nltest /dsgetdc:{own-domain} /timeserv",                                    \
        "names a domain controller that serves time, and reaches it"),                             \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = CLOCK_ELEVATED,                           \
        .command = "w32tm /stripchart /computer:{peer} /samples:3 /dataonly",                      \
        .note = "error 0x800705B4 means that no answer came back: UDP 123, both ways",             \
        .when = "peer", .each = "peer"                                                             \
    }

/* ---- the way back: every value that was seen; else the file that was kept ---- */

#define PUT_BACK                                                                                   \
    RUN("old-unknown", "reg import w32time-before.reg",                                            \
        "the file that was kept before the first change; values that were added since stay"),      \
        SET("old-type", "Parameters", "Type", "REG_SZ", "{old-type}", NULL),                       \
        SET("old-peers", "Parameters", "NtpServer", "REG_SZ", "{old-peers}", NULL),                \
        SET_NUMBER("old-announce", "Config", "AnnounceFlags", "{old-announce}", NULL),             \
        SET_NUMBER("client-off", "TimeProviders\\NtpClient", "Enabled", "0", NULL),                \
        SET_NUMBER("server-off", "TimeProviders\\NtpServer", "Enabled", "0", NULL),                \
        SET_NUMBER("old-ahead", "Config", "MaxPosPhaseCorrection", "{old-ahead}", NULL),           \
        SET_NUMBER("old-back", "Config", "MaxNegPhaseCorrection", "{old-back}", NULL),             \
        {.shell = SHELL_MANUAL,                                                                    \
         .kind = STEP_DECIDE,                                                                      \
         .where = POLICY_FOLDER,                                                                   \
         .command = "Set the policy to what it was, as gpresult.html has it.",                     \
         .when = "policy"},                                                                        \
        CLOCK_RESTART_SERVICE("is-changed"), RUN("service-disabled", "net stop w32time", NULL),    \
        RUN("service-disabled", "sc config w32time start= disabled", NULL),                        \
        RUN("service-stopped", "net stop w32time", NULL)

/* ---- what would make it known ---- */

#define EXPORT(when_, key_, file_, note_) RUN(when_, "reg export " key_ " " file_ " /y", note_)

#define GATHER                                                                                     \
    EXPORT("lacks-w32time", W32TIME_KEY, "w32time.reg", NULL),                                     \
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
        RUN("lacks-present", "w32tm /query /status /verbose > status.txt",                         \
            "whom it follows now, in any language"),                                               \
        RUN("lacks-vmware", TOOLBOX " timesync status > timesync.txt", NULL),                      \
        RUN("lacks-vmware", "echo timesync status %errorlevel% >> timesync.txt",                   \
            "right behind the line before: 0 says that VMware's tools set the clock, 69 that "     \
            "they do not, in any language"),                                                       \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE, .where = "the machine that runs exdiag",       \
        .command = "Put these files, with those that there were, into a folder of their own "      \
                   "for this machine and name each with --file, where the domain's own name "      \
                   "servers can be asked.",                                                        \
        .note = "which domain controller is the PDC emulator, DNS alone knows"                     \
    }

#define LOOK_AGAIN                                                                                 \
    CLOCK_LOOK, RUN(NULL, "w32tm /query /status /verbose",                                         \
                    "stratum 1 to 15, and a last good synchronisation that is minutes old")

static const struct step_template repair[] = {KEEP_SETTINGS,
                                              REPAIR_POLICY,
                                              REPAIR_SERVICE,
                                              REPAIR_PROVIDERS,
                                              TAKE_PLACE,
                                              ASK_OTHERS,
                                              CLOCK_RESTART_SERVICE(NULL),
                                              CLOCK_RESYNC(NULL),
                                              {0}};
static const struct step_template put_back[] = {PUT_BACK, {0}};
static const struct step_template gather[] = {GATHER, {0}};

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
    .fix = repair,
    .verify = (const struct step_template[]){LOOK_AGAIN,
                                             RUN(NULL, "w32tm /query /peers",
                                                 "each peer is active, and was heard lately"),
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
    .fix =
        (const struct step_template[]){
            KEEP_SETTINGS,
            SET_NUMBER("hyper-v", "TimeProviders\\VMICTimeProvider", "Enabled", "0",
                       "Windows does not ask the host any more. For domain controllers Microsoft "
                       "advises to clear Time synchronization in the virtual machine's "
                       "Integration Services as well, while it is off"),
            RUN("tools-on", TOOLBOX " timesync disable",
                "ends the periodic synchronisation; after snapshots and moves VMware still sets "
                "the clock once, unless the machine's configuration forbids that as well"),
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
            RUN("hyper-v", "w32tm /query /source",
                "names whom it follows: anything but VM IC Time Synchronization Provider"),
            RUN("tools-on", TOOLBOX " timesync status",
                "it says Disabled, or in any language ends with exit status 69"),
            {0}},
    .undo = (const struct step_template[]){SET_NUMBER("hyper-v", "TimeProviders\\VMICTimeProvider",
                                                      "Enabled", "1", NULL),
                                           CLOCK_RESTART_SERVICE("hyper-v"),
                                           RUN("tools-on", TOOLBOX " timesync enable", NULL),
                                           {0}},
    .make_known = gather,
    .references = vm_references,
};
