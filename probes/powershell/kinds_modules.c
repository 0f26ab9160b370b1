/* The native modules that the PowerShell virtual directories need. */
#include "probes/powershell/kinds.h"
#include "probes/powershell/steps.h"

#define KERBAUTH_DLL "%ExchangeInstallPath%Bin\\kerbauth.dll"
#define WSMAN_DLL    "%windir%\\system32\\wsmsvc.dll"

#define SET_GLOBAL   POWERSHELL_APPCMD " set config -section:system.webServer/globalModules "
#define OF_DIRECTORY " -section:system.webServer/modules "

#define POOLS_RESTART                                                                              \
    "every application pool of this server starts anew: its users wait for some seconds"
#define POOLS_RESTART_OR_STOP POOLS_RESTART ". With a path that is wrong none of them starts again"
#define IN_A_QUIET_MOMENT     "when its users can wait for some seconds"
#define IF_THERE(file)        "if exist \"" file "\" "
#define IF_SILENT             "If it prints nothing, the file is not there and nothing was done"
#define POOL_RESTARTS         "restarts the application pool of this directory"

#define LIST_GLOBAL(name)                                                                          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = POWERSHELL_APPCMD " list config -section:system.webServer/globalModules | "     \
                                     "find /i \"" name "\"",                                       \
        .note = "one line, with the DLL that it loads"                                             \
    }

#define LIST_MODULES(place, name)                                                                  \
    POWERSHELL_APPCMD " list config " place OF_DIRECTORY "| find /i \"" name "\""

#define LIST_ABOVE(name)                                                                           \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = POWERSHELL_SERVER,                                                                   \
     .command = LIST_MODULES("{of-site}", name),                                                   \
     .note = "nothing",                                                                            \
     .each = "of-site"},                                                                           \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = LIST_MODULES("{of-site-web}", name), .note = "nothing", .each = "of-site-web"   \
    }

#define LIST_DIRECTORY(name, place, value)                                                         \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = LIST_MODULES("\"" place "\"", name), .note = "one line, without a type",        \
        .when = value                                                                              \
    }

#define SEE_THE_FILE(file, value, remark)                                                          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = "dir \"" file "\"", .note = remark, .when = value, .is_gate = true              \
    }

#define PATH_IS_RIGHT                                                                              \
    "the file must be there. If it is not: echo %ExchangeInstallPath% shows the folder; where "    \
    "that is wrong or empty, go on with exdiag explain exchange-install-path first"

/* ---- what a module of either name may need: kept apart by the values of the finding ---- */

#define HOST_CONFIG "%windir%\\System32\\inetsrv\\config\\applicationHost.config"
#define TAKE_HOST   POWERSHELL_TAKE_FILE(HOST_CONFIG, "twice-global")

#define REMOVE_TWICE_GLOBAL(name)                                                                  \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = POWERSHELL_SERVER,                                                                   \
     .command = "copy \"" HOST_CONFIG "\" \"" HOST_CONFIG POWERSHELL_KEPT "\"",                    \
     .note = "appcmd reads this file no better than IIS while it has the line twice. In a 64-bit " \
             "Command Prompt. Asked whether to overwrite a copy: No, where that one is of this "   \
             "repair",                                                                             \
     .when = "twice-global"},                                                                      \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "Notepad, as administrator and of 64 bits, on {machine}",                         \
        .command = "In applicationHost.config take away one of the two lines of " name             \
                   " that were seen in globalModules: the one whose DLL is not there, else the "   \
                   "second. Save it as UTF-8.",                                                    \
        .risk = POOLS_RESTART, .when = "twice-global"                                              \
    }

#define ADD_GLOBAL(name, file)                                                                     \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                       \
        .condition = IN_A_QUIET_MOMENT,                                                            \
        .command =                                                                                 \
            IF_THERE(file) SET_GLOBAL "/+\"[name='" name "',image='" file "']\" /commit:apphost",  \
        .risk = POOLS_RESTART_OR_STOP,                                                             \
        .note = "IIS then loads it; only directories that name it use it. " IF_SILENT,             \
        .when = "no-image"                                                                         \
    }

#define SET_BITNESS(name)                                                                          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                       \
        .condition = IN_A_QUIET_MOMENT,                                                            \
        .command = SET_GLOBAL "\"/[name='" name "'].preCondition:bitness64\" /commit:apphost",     \
        .risk = POOLS_RESTART, .when = "bitness32"                                                 \
    }

#define REMOVE_ABOVE(name)                                                                         \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_DECIDE,                                                                          \
     .where = POWERSHELL_SERVER,                                                                   \
     .condition = IN_A_QUIET_MOMENT,                                                               \
     .command = POWERSHELL_APPCMD " set config {of-site}" OF_DIRECTORY "/-\"[name='" name          \
                                  "']\" /commit:apphost",                                          \
     .risk = "restarts the application pools of this site",                                        \
     .note = "of the site; the web.config of the directory stays as it is",                        \
     .each = "of-site"},                                                                           \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = POWERSHELL_SERVER,                                                               \
         .condition = IN_A_QUIET_MOMENT,                                                           \
         .command =                                                                                \
             POWERSHELL_APPCMD " set config {of-site-web}" OF_DIRECTORY "/-\"[name='" name "']\"", \
         .risk = "restarts the application pools of this site",                                    \
         .note = "of the web.config of the site; the one of the directory stays as it is",         \
         .each = "of-site-web"},                                                                   \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                       \
        .condition = IN_A_QUIET_MOMENT,                                                            \
        .command = POWERSHELL_APPCMD " set config" OF_DIRECTORY "/-\"[name='" name                 \
                                     "']\" /commit:apphost",                                       \
        .risk = POOLS_RESTART,                                                                     \
        .note = "of the whole server; the web.config of the directory stays as it is",             \
        .when = "of-server"                                                                        \
    }

/* An attribute of the module to nothing, in the directory's web.config or applicationHost.config.
 */
#define CLEAR(name, attribute, value, remark)                                                      \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = POWERSHELL_SERVER,                                                                   \
     .command = POWERSHELL_APPCMD " set config {" value "}" OF_DIRECTORY "\"/[name='" name         \
                                  "']." attribute ":\"",                                           \
     .risk = POOL_RESTARTS,                                                                        \
     .note = "nothing behind the colon: " remark,                                                  \
     .each = value},                                                                               \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = POWERSHELL_APPCMD " set config {" value "-apphost}" OF_DIRECTORY                \
                                     "\"/[name='" name "']." attribute ":\" /commit:apphost",      \
        .risk = POOL_RESTARTS, .note = "nothing behind the colon: " remark,                        \
        .each = value "-apphost"                                                                   \
    }

#define SET_NATIVE(name)                                                                           \
    CLEAR(name, "type", "typed", "without a type it is native"),                                   \
        CLEAR(name, "preCondition", "conditional", "it is for every request")

#define ADD_TO(value, name)                                                                        \
    POWERSHELL_APPCMD " set config {" value "}" OF_DIRECTORY "/+\"[name='" name "']\""

#define ADD_TO_DIRECTORY(name)                                                                     \
    {.shell = SHELL_CMD,                                                                           \
     .kind = STEP_EXACT,                                                                           \
     .where = POWERSHELL_SERVER,                                                                   \
     .command = ADD_TO("not-in-directory", name),                                                  \
     .risk = POOL_RESTARTS,                                                                        \
     .note = "into its web.config. Compare the other lines of modules with those of a server of "  \
             "the same build: what took one line may have taken more",                             \
     .each = "not-in-directory"},                                                                  \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_EXACT,                                                                       \
         .where = POWERSHELL_SERVER,                                                               \
         .command = LIST_MODULES("{perhaps-not-in-directory}", name),                              \
         .note = "one line: the directory has its own",                                            \
         .each = "perhaps-not-in-directory"},                                                      \
        {.shell = SHELL_CMD,                                                                       \
         .kind = STEP_DECIDE,                                                                      \
         .where = POWERSHELL_SERVER,                                                               \
         .condition = "only where the line before printed nothing",                                \
         .command = ADD_TO("perhaps-not-in-directory", name),                                      \
         .risk = POOL_RESTARTS,                                                                    \
         .note = "into its web.config, which is not among these files",                            \
         .each = "perhaps-not-in-directory"},                                                      \
    {                                                                                              \
        .shell = SHELL_MANUAL, .kind = STEP_DECIDE,                                                \
        .where = "Notepad, as administrator, on {machine}",                                        \
        .command = "In the web.config that was seen take away one of the two lines of " name ".",  \
        .risk = POOL_RESTARTS, .when = "twice"                                                     \
    }

const struct finding_kind kerbauth_path = {
    .id = "kerbauth-path",
    .severity = SEVERITY_CRITICAL,
    .title = "kerbauth.dll is to be loaded from where Exchange does not have it",
    .why = "kerbauth is a native module: every worker process of IIS loads it. Where the file is "
           "not there none starts, and everything of this server answers 503, not the PowerShell "
           "virtual directory alone. Where it is the file of an older installation, logons by "
           "Kerberos run through code that no update of Exchange replaces.",
    .symptom = "The Exchange Management Shell gets HTTP 500 or 503, and so may Outlook on the web "
               "and all others. Event 2280 of IIS-W3SVC-WP in the Application log: the module DLL "
               "kerbauth.dll failed to load.",
    .cause = "Exchange was installed anew on another drive or in another folder, and the line of "
             "the old one stayed; or somebody typed the path, and a comma stands for a blank.",
    .applies_to = "Exchange 2010 and later",
    .cost =
        "Administrators cannot manage this mail server; repairs and scheduled scripts stand still.",
    .repair = "Correct the path of the logon module in IIS.",
    .fix =
        (const struct step_template[]){
            SEE_THE_FILE(KERBAUTH_DLL, "wrong-path", PATH_IS_RIGHT),
            POWERSHELL_KEEP_A_COPY,
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .condition = IN_A_QUIET_MOMENT,
             .command = IF_THERE(KERBAUTH_DLL) SET_GLOBAL "\"/[name='kerbauth'].image:" KERBAUTH_DLL
                                                          "\" /commit:apphost",
             .risk = POOLS_RESTART_OR_STOP,
             .note = IF_SILENT,
             .when = "wrong-path"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .command = "Bring the file back: from the folder Bin of another server of the same "
                        "build, or by running the update of Exchange that is installed once more. "
                        "Look into the quarantine of the virus scanner first. Where Exchange was "
                        "uninstalled from this server, its line is what has to go: in IIS Manager, "
                        "the server, Modules, Configure Native Modules, kerbauth, Remove.",
             .when = "absent"},
            POWERSHELL_RESTART,
            {0}},
    .verify =
        (const struct step_template[]){
            LIST_GLOBAL("kerbauth"), POWERSHELL_OPENS, POWERSHELL_READ_ANEW, {0}},
    .undo = (const struct step_template[]){POWERSHELL_TAKE_THE_COPY, {0}},
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .condition = "if it is Exchange 2013 or later",
             .command = "reg query HKLM\\SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup /v "
                        "MsiInstallPath > {file-beside}",
             .note = "of Exchange 2010: v14. A file beside applicationHost.config, for exdiag to "
                     "read with it"},
            {.shell = SHELL_CMD,
             .kind = STEP_FILL_IN,
             .where = POWERSHELL_SERVER,
             .command = POWERSHELL_VARIABLES " {reg-file-beside}",
             .note = "the variables of the server, ExchangeInstallPath among them"},
            POWERSHELL_COPY_HOST,
            POWERSHELL_READ_ANEW,
            {0}},
    .references =
        (const struct reference[]){
            POWERSHELL_ARTICLE, POWERSHELL_CONTENT_TYPE, POWERSHELL_GLOBAL_MODULES, {NULL, NULL}},
};

const struct finding_kind kerbauth_managed = {
    .id = "kerbauth-managed",
    .severity = SEVERITY_CRITICAL,
    .title = "kerbauth is not the native module of the PowerShell virtual directory",
    .why = "All authentication types of this directory are off in IIS, and are to be: kerbauth "
           "logs people on. It does so as a native module, added by its name alone, in this "
           "directory alone. As a managed one, for a whole site, twice or not at all, nobody gets "
           "in.",
    .symptom = "The Exchange Management Shell gets HTTP 500, or says that the content type of the "
               "answer is absent or invalid. IIS Manager shows kerbauth as Managed.",
    .cause = "A name without a type is native only if globalModules has it. Its line there was "
             "lost, a type was typed in, it was added for Default Web Site, or an update was "
             "broken off.",
    .applies_to = "Exchange 2010 and later",
    .cost =
        "Administrators cannot manage this mail server; repairs and scheduled scripts stand still.",
    .repair = "Register the logon module in IIS as Exchange's setup does.",
    .fix = (const struct step_template[]){SEE_THE_FILE(KERBAUTH_DLL, "no-image", PATH_IS_RIGHT),
                                          REMOVE_TWICE_GLOBAL("kerbauth"),
                                          POWERSHELL_KEEP_A_COPY,
                                          POWERSHELL_KEEP_WEB,
                                          POWERSHELL_KEEP_SITE("of-site-web"),
                                          ADD_GLOBAL("kerbauth", KERBAUTH_DLL),
                                          SET_BITNESS("kerbauth"),
                                          REMOVE_ABOVE("kerbauth"),
                                          SET_NATIVE("kerbauth"),
                                          ADD_TO_DIRECTORY("kerbauth"),
                                          POWERSHELL_RESTART,
                                          {0}},
    .verify = (const struct step_template[]){LIST_GLOBAL("kerbauth"),
                                             LIST_ABOVE("kerbauth"),
                                             LIST_DIRECTORY("kerbauth",
                                                            "Default Web Site/PowerShell", NULL),
                                             POWERSHELL_OPENS,
                                             POWERSHELL_READ_ANEW,
                                             {0}},
    .undo = (const struct step_template[]){POWERSHELL_TAKE_THE_COPY,
                                           TAKE_HOST,
                                           POWERSHELL_TAKE_WEB,
                                           POWERSHELL_TAKE_FILE(POWERSHELL_SITE_WEB, "of-site-web"),
                                           {0}},
    .make_known = (const struct step_template[]){POWERSHELL_COPY_WHOLE, {0}},
    .references = (const struct reference[]){POWERSHELL_ARTICLE,
                                             POWERSHELL_CONTENT_TYPE,
                                             POWERSHELL_GLOBAL_MODULES,
                                             POWERSHELL_NEW_DIRECTORY,
                                             {NULL, NULL}},
};

const struct finding_kind wsman_module_missing = {
    .id = "wsman-module-missing",
    .severity = SEVERITY_CRITICAL,
    .title = "the PowerShell virtual directory is not served by WSMan as a native module",
    .why = "WSMan, of Windows' own wsmsvc.dll, is what answers WS-Management in the PowerShell "
           "virtual directory: since Exchange 2013 in the one of the back end. Without it no shell "
           "opens.",
    .symptom = "The Exchange Management Shell gets HTTP 500, or says that the content type of the "
               "answer is absent or invalid. IIS Manager shows WSMan as Managed.",
    .cause = "An upgrade of Windows in place, or removing the WinRM IIS Extension, took its line "
             "from globalModules; or it was enabled for the server, or given a type.",
    .applies_to = "Exchange 2010 and later",
    .cost =
        "Administrators cannot manage this mail server; repairs and scheduled scripts stand still.",
    .repair = "Register the module WSMan in IIS again.",
    .fix =
        (const struct step_template[]){
            SEE_THE_FILE(WSMAN_DLL, "no-image",
                         "a file of Windows itself, with or without the WinRM IIS Extension: it "
                         "is to be found. By a 64-bit program"),
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command = "sfc /scanfile=" WSMAN_DLL,
             .note = "brings the file of Windows back",
             .when = "absent"},
            REMOVE_TWICE_GLOBAL("WSMan"),
            POWERSHELL_KEEP_A_COPY,
            POWERSHELL_KEEP_WEB,
            POWERSHELL_KEEP_SITE("of-site-web"),
            ADD_GLOBAL("WSMan", WSMAN_DLL),
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .condition = IN_A_QUIET_MOMENT,
             .command = IF_THERE(WSMAN_DLL) SET_GLOBAL "\"/[name='WSMan'].image:" WSMAN_DLL
                                                       "\" /commit:apphost",
             .risk = POOLS_RESTART_OR_STOP,
             .note = IF_SILENT,
             .when = "wrong-image"},
            SET_BITNESS("WSMan"),
            REMOVE_ABOVE("WSMan"),
            SET_NATIVE("WSMan"),
            ADD_TO_DIRECTORY("WSMan"),
            POWERSHELL_RESTART,
            {0}},
    .verify =
        (const struct step_template[]){
            LIST_GLOBAL("WSMan"),
            LIST_ABOVE("WSMan"),
            LIST_DIRECTORY("WSMan", "Exchange Back End/PowerShell", "!2010"),
            LIST_DIRECTORY("WSMan", "Default Web Site/PowerShell", "2010"),
            POWERSHELL_OPENS,
            POWERSHELL_READ_ANEW,
            {0}},
    .undo = (const struct step_template[]){POWERSHELL_TAKE_THE_COPY,
                                           TAKE_HOST,
                                           POWERSHELL_TAKE_WEB,
                                           POWERSHELL_TAKE_FILE(POWERSHELL_SITE_WEB, "of-site-web"),
                                           {0}},
    .make_known = (const struct step_template[]){POWERSHELL_COPY_WHOLE, {0}},
    .references =
        (const struct reference[]){
            POWERSHELL_ARTICLE, POWERSHELL_CONTENT_TYPE, POWERSHELL_GLOBAL_MODULES, {NULL, NULL}},
};

const struct finding_kind winrm_iis_ext_missing = {
    .id = "winrm-iis-ext-missing",
    .severity = SEVERITY_WARNING,
    .title = "the feature WinRM IIS Extension is not installed, and WSMan is missing",
    .why = "Healthy servers do without this feature while IIS has its module WSMan. Where the "
           "module is gone too, an upgrade of Windows may have taken both, and adding the feature "
           "is the documented way back.",
    .symptom = "The Exchange Management Shell gets HTTP 500 since Windows was upgraded in place.",
    .cause = "An upgrade of Windows in place, as from 2012 to 2012 R2, which Exchange does not "
             "support, or removing the feature by hand.",
    .applies_to = "Exchange 2010 and later",
    .cost =
        "Administrators cannot manage this mail server; repairs and scheduled scripts stand still.",
    .repair = "Register WSMan first; if the shell still fails, add this feature of Windows.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .command = "First add the line of WSMan to globalModules: wsman-module-missing "
                        "has the commands."},
            POWERSHELL_KEEP_A_COPY,
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .condition = "only if the shell fails all the same, on Windows Server 2012 or "
                          "later, outside working hours",
             .command = "Add-WindowsFeature WinRM-IIS-Ext",
             .risk = "changes the configuration of IIS and restarts it; on some servers the line "
                     "of WSMan was missing with the feature installed, so look for it again "
                     "behind it",
             .when = "!2010"},
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .condition = "only if the shell fails all the same, outside working hours",
             .command = "Import-Module ServerManager; Add-WindowsFeature WinRM-IIS-Ext",
             .risk = "changes the configuration of IIS and restarts it; on some servers the line "
                     "of WSMan was missing with the feature installed, so look for it again "
                     "behind it",
             .when = "2010"},
            {0}},
    .verify = (const struct step_template[]){{.shell = SHELL_POWERSHELL,
                                              .kind = STEP_EXACT,
                                              .where = POWERSHELL_SERVER,
                                              .command = "Get-WindowsFeature WinRM-IIS-Ext",
                                              .note = "[X], Installed. On Windows Server 2008 R2 "
                                                      "after Import-Module ServerManager"},
                                             LIST_GLOBAL("WSMan"),
                                             POWERSHELL_OPENS,
                                             {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .command = "Remove-WindowsFeature WinRM-IIS-Ext",
             .risk = "does not take its line from globalModules, or takes WSMan's with it: look "
                     "for that line behind it"},
            POWERSHELL_TAKE_THE_COPY,
            {0}},
    .make_known =
        (const struct step_template[]){
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_FILL_IN,
             .where = POWERSHELL_SERVER,
             .command = "Get-WindowsFeature | Select-Object Name,Installed,InstallState | "
                        "Export-Csv -NoTypeInformation -Encoding UTF8 -Path {file-beside}",
             .note = "a file beside applicationHost.config, for exdiag to read with it. On "
                     "Windows Server 2008 R2 after Import-Module ServerManager"},
            POWERSHELL_READ_ANEW,
            {0}},
    .references =
        (const struct reference[]){POWERSHELL_ARTICLE, POWERSHELL_CONTENT_TYPE, {NULL, NULL}},
};
