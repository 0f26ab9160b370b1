/* How the PowerShell virtual directories are set up. */
#include "probes/powershell/kinds.h"
#include "probes/powershell/steps.h"

/* Of each directory, web site or pool that has this fault: `value` is the name of the values. */
#define SET_DIRECTORY(value, setting, remark)                                                      \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = POWERSHELL_APPCMD " set config {" value "} " setting, .risk = remark,           \
        .each = value                                                                              \
    }

#define SET_FOLDER(value, folder)                                                                  \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command =                                                                                 \
            "if exist \"%ExchangeInstallPath%" folder "\\web.config\" " POWERSHELL_APPCMD          \
            " set vdir /vdir.name:{" value "} \"/physicalPath:%ExchangeInstallPath%" folder "\"",  \
        .risk = "restarts the application pool of this directory",                                 \
        .note = "where it prints nothing, nothing was done: echo %ExchangeInstallPath% shows the " \
                "folder of Exchange, with a backslash at its end; where it does not, go on with "  \
                "exdiag explain exchange-install-path first",                                      \
        .each = value                                                                              \
    }

#define SET_POOL_OF(value, pool)                                                                   \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = POWERSHELL_APPCMD " set app /app.name:{" value "} /applicationPool:" pool,      \
        .risk = "restarts this application", .each = value                                         \
    }

#define ADD_POOL(value, runtime)                                                                   \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = POWERSHELL_APPCMD                                                               \
            " add apppool /name:{" value "} /managedRuntimeVersion:" runtime                       \
            " /managedPipelineMode:Integrated /processModel.identityType:LocalSystem "             \
            "/processModel.idleTimeout:00:00:00 /processModel.pingingEnabled:false "               \
            "/failure.rapidFailProtection:false",                                                  \
        .note = "compare it with the one of a server of the same build", .each = value             \
    }

#define SET_POOL(value, setting)                                                                   \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = POWERSHELL_APPCMD " set apppool /apppool.name:{" value "} " setting,            \
        .risk = "restarts this pool", .each = value                                                \
    }

#define START(what, value)                                                                         \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = POWERSHELL_APPCMD " start " what ".name:{" value "}", .each = value             \
    }

#define ADD_BINDING(value, protocol, port)                                                         \
    POWERSHELL_APPCMD " set site /site.name:{" value "} /+\"bindings.[protocol='" protocol         \
                      "',bindingInformation='*:" port ":']\""

const struct finding_kind powershell_vdir_settings = {
    .id = "powershell-vdir-settings",
    .severity = SEVERITY_WARNING,
    .title = "the PowerShell virtual directory is not set up as Exchange needs it",
    .why = "The Exchange Management Shell asks for http://SERVER/PowerShell at port 80, by the "
           "server's own name. Since Exchange 2013 the front end logs it on by Kerberos and passes "
           "it on to port 444 of the back end. Each setting that was seen is in the way of that, "
           "or of some of it.",
    .symptom = "The shell gets 403 where SSL is required, 404 where the binding is gone or has a "
               "host name, 500 where the folder is another one, 503 where the pool is gone.",
    .cause =
        "A change in IIS Manager or with Set-PowerShellVirtualDirectory; a redirect to Outlook "
        "on the web that all of the site inherits; a directory that was made again by "
        "New-PowerShellVirtualDirectory without its options, which then requires SSL.",
    .applies_to = "Exchange 2010 and later. That all authentication types of the front end are off "
                  "is healthy, and so are Basic and Windows authentication that somebody turned on "
                  "for sessions from outside",
    .cost = "Administrators may be unable to manage this mail server.",
    .repair = "Set up the PowerShell directory as Exchange needs it.",
    .fix =
        (const struct step_template[]){
            POWERSHELL_KEEP_A_COPY,
            POWERSHELL_KEEP_WEB,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .command = "Take away the lines that were seen, or give back what they need, as a "
                        "server of the same build has it. Keep a copy of the file first.",
             .risk = "restarts application pools",
             .when = "not-taken"},
            SET_DIRECTORY("requires-ssl",
                          "-section:access -sslFlags:SslNegotiateCert -commit:apphost",
                          "plain HTTP is answered there again, which Kerberos encrypts by itself; "
                          "restarts the application pool"),
            SET_DIRECTORY("back-ssl",
                          "-section:access -sslFlags:Ssl,SslNegotiateCert,Ssl128 -commit:apphost",
                          "restarts the application pool"),
            SET_DIRECTORY("anonymous-on",
                          "-section:anonymousAuthentication -enabled:false -commit:apphost",
                          "restarts the application pool"),
            SET_DIRECTORY("windows-off",
                          "-section:windowsAuthentication -enabled:true -commit:apphost",
                          "restarts the application pool"),
            SET_DIRECTORY("redirected",
                          "-section:httpRedirect -enabled:false -destination:\"\" -childOnly:false",
                          "the redirect of the site stays for everything else; it is written to "
                          "the web.config of the directory, which no backup of IIS holds"),
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command = ADD_BINDING("no-http", "http", "80"),
             .risk = "the site answers at port 80 for every name",
             .note = "beside the bindings that are there, of which none has to go",
             .each = "no-http"},
            {.shell = SHELL_CMD,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .condition = "once the other web site has given port 80 free",
             .command = ADD_BINDING("no-http-taken", "http", "80"),
             .risk = "two sites with one binding do not both start: the other one needs a "
                     "host name or another port",
             .each = "no-http-taken"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command = ADD_BINDING("no-back-end", "https", "444"),
             .each = "no-back-end"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command = "netsh http show sslcert",
             .note =
                 "0.0.0.0:444 has a certificate. If not: IIS Manager, the site, Bindings, https "
                 "444, choose Microsoft Exchange, the server's own self-signed one",
             .when = "no-back-end"},
            SET_FOLDER("path-front", "FrontEnd\\HttpProxy\\PowerShell"),
            SET_FOLDER("path-back", "ClientAccess\\PowerShell-Proxy"),
            SET_FOLDER("path-only", "ClientAccess\\PowerShell"),
            ADD_POOL("pool-absent", "v4.0"),
            ADD_POOL("pool-absent-2010", "v2.0"),
            SET_POOL_OF("pool-front", "MSExchangePowerShellFrontEndAppPool"),
            SET_POOL_OF("pool-back", "MSExchangePowerShellAppPool"),
            SET_POOL("pool-32-bit", "/enable32BitAppOnWin64:false"),
            SET_POOL("pool-identity", "/processModel.identityType:LocalSystem"),
            SET_POOL("pool-pipeline", "/managedPipelineMode:Integrated"),
            SET_POOL("pool-runtime", "/managedRuntimeVersion:v4.0"),
            SET_POOL("pool-stopped", "/autoStart:true"),
            START("apppool /apppool", "pool-stopped"),
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command =
                 POWERSHELL_APPCMD " set site /site.name:{site-stopped} /serverAutoStart:true",
             .each = "site-stopped"},
            START("site /site", "site-stopped"),
            POWERSHELL_MAKE_AGAIN,
            POWERSHELL_WINDOW(NULL, "SnapIn", POWERSHELL_BETTER, "missing-back"),
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_DECIDE,
             .where = "the same window",
             .command = "New-PowerShellVirtualDirectory -Name PowerShell -Server $env:COMPUTERNAME "
                        "-Role Mailbox -RequireSSL:$true -BasicAuthentication:$false "
                        "-WindowsAuthentication:$true",
             .note =
                 "the directory of Exchange Back End: setup requires SSL there and has Windows authentication. Where it says that "
                 "the directory exists: Remove-PowerShellVirtualDirectory -Identity "
                 "($env:COMPUTERNAME + '\\PowerShell (Exchange Back End)') first",
             .when = "missing-back"},
            {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command = POWERSHELL_APPCMD " list apppool /state:Stopped",
             .note = "none of PowerShell"},
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command = POWERSHELL_APPCMD " list site",
             .note = "Started: Default Web Site, with http/*:80:, and since Exchange 2013 Exchange "
                     "Back End, with https/*:444:"},
            POWERSHELL_OPENS,
            POWERSHELL_READ_ANEW,
            {0}},
    .undo = (const struct step_template[]){POWERSHELL_UNMAKE("remake"),
                                           POWERSHELL_UNMAKE("remake-2010"),
                                           POWERSHELL_TAKE_THE_COPY,
                                           POWERSHELL_TAKE_WEB,
                                           {0}},
    .make_known = (const struct step_template[]){POWERSHELL_COPY_WHOLE, {0}},
    .references =
        (const struct reference[]){
            POWERSHELL_ARTICLE,
            POWERSHELL_NEW_DIRECTORY,
            {"Microsoft Learn: Default settings for Exchange virtual directories",
             "https://learn.microsoft.com/en-us/exchange/clients/default-virtual-directory-settings"},
            {NULL, NULL}},
};

#define NATIVE_SHELL "Windows PowerShell, not the one marked (x86), on " POWERSHELL_SERVER

/* A folder for temporary files may go with the session, or with the restart. */
#define KEPT_VARIABLES "%SystemDrive%\\environment-before-powershell.reg"

#define SETUP_KEY(version) "'HKLM:\\SOFTWARE\\Microsoft\\ExchangeServer\\" version "\\Setup'"
#define SET_VARIABLE(version)                                                                      \
    "$path = (Get-ItemProperty -Path " SETUP_KEY(                                                  \
        version) " -ErrorAction Stop).MsiInstallPath; "                                            \
                 "if ($path -and (Test-Path -LiteralPath ($path + 'Bin\\ExSetup.exe'))) {{ "       \
                 "[Environment]::SetEnvironmentVariable('ExchangeInstallPath', $path, 'Machine') }}"
#define SET_NOTE                                                                                   \
    "as the registry has it, where setup has noted it down; nothing is set where Exchange is not " \
    "in that folder"

const struct finding_kind exchange_install_path = {
    .id = "exchange-install-path",
    .severity = SEVERITY_CRITICAL,
    .title = "the variable ExchangeInstallPath does not lead to Exchange's folder",
    .why = "Exchange's plug-in of the PowerShell virtual directory is named by "
           "%ExchangeInstallPath%Bin\\...: without the variable, or without the backslash at its "
           "end, WinRM cannot load it, and every shell gets HTTP 500.",
    .symptom = "HTTP 500 without any other information, and event 10113 of WinRM in the System "
               "log: it cannot load DLL=\"%ExchangeInstallPath%Bin\\Microsoft.Exchange."
               "AuthorizationPlugin.dll\".",
    .cause =
        "The system variable was deleted or changed, by hand, by a script that sets variables, "
        "or by installing Exchange anew in another folder.",
    .applies_to = "Exchange 2010 and later",
    .cost = "Administrators cannot manage this mail server, and updates of it may fail.",
    .repair = "Correct the variable that leads to Exchange's folder.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command = POWERSHELL_VARIABLES " \"" KEPT_VARIABLES "\"",
             .note =
                 "a copy of the variables; it is the way back. Asked whether to overwrite the one of "
                 "before: No"},
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_EXACT,
             .where = NATIVE_SHELL,
             .command = SET_VARIABLE("v15"),
             .note = SET_NOTE,
             .when = "!2010"},
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_EXACT,
             .where = NATIVE_SHELL,
             .command = SET_VARIABLE("v14"),
             .note = SET_NOTE,
             .when = "2010"},
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_DECIDE,
             .where = POWERSHELL_SERVER,
             .condition = "outside working hours",
             .command = "Restart-Computer",
             .risk = "everybody who works through this server is interrupted until it is back; in "
                     "a DAG move its databases away first",
             .note =
                 "services see the new value once Windows was started again. Where it says that "
                 "others are logged on: Restart-Computer -Force, which ends their sessions"},
            {0}},
    .verify =
        (const struct step_template[]){
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command = "[Environment]::GetEnvironmentVariable('ExchangeInstallPath', 'Machine')",
             .note = "the folder of Exchange, with a backslash at its end"},
            POWERSHELL_OPENS,
            {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_CMD,
             .kind = STEP_EXACT,
             .where = POWERSHELL_SERVER,
             .command = "reg import \"" KEPT_VARIABLES "\"",
             .risk = "takes back every change to the system's variables that was made since",
             .note = "a variable that was not there before stays: it can, or is deleted in System "
                     "Properties, Environment Variables"},
            {0}},
    .make_known =
        (const struct step_template[]){
            MACHINE_STEPS,
            {.shell = SHELL_CMD,
             .kind = STEP_FILL_IN,
             .where = POWERSHELL_SERVER,
             .command = POWERSHELL_VARIABLES " {reg-file-beside}",
             .note = "a .reg file beside applicationHost.config, for exdiag to read with it",
             .when = "!unread"},
            {0}},
    .references =
        (const struct reference[]){
            {"Microsoft Exchange Team Blog: Troubleshooting Exchange 2010 Management Tools startup "
             "issues",
             "https://techcommunity.microsoft.com/t5/exchange-team-blog/troubleshooting-exchange-"
             "2010-management-tools-startup-issues/ba-p/592727"},
            {NULL, NULL}},
};
