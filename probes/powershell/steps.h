/*
 * Steps and references that several kinds of the powershell probe have. {machine}: whose server it
 * is, in words. "2010": it is Exchange 2010, whose one directory is on Default Web Site.
 * "not-2013": nothing of the directories of later ones is to be copied. "remake", of Exchange 2010
 * "remake-2010": to make the front end's directory again may help.
 *
 * Lines of cmd take Exchange's folder from %ExchangeInstallPath%, which setup sets and which ends
 * with a backslash: so no path of a file that was examined is in them.
 */
#ifndef EXDIAG_PROBES_POWERSHELL_STEPS_H
#define EXDIAG_PROBES_POWERSHELL_STEPS_H

#include "diag/finding.h"
#include "probes/machine.h"

#include <stddef.h>

#define POWERSHELL_APPCMD   "%windir%\\system32\\inetsrv\\appcmd.exe"
#define POWERSHELL_SERVER   "{machine}, as administrator"
#define POWERSHELL_THIS_RUN "the machine that exdiag ran on"

#define POWERSHELL_FRONT_WEB "%ExchangeInstallPath%FrontEnd\\HttpProxy\\PowerShell\\web.config"
#define POWERSHELL_BACK_WEB  "%ExchangeInstallPath%ClientAccess\\PowerShell-Proxy\\web.config"
#define POWERSHELL_ONLY_WEB  "%ExchangeInstallPath%ClientAccess\\PowerShell\\web.config"
#define POWERSHELL_SITE_WEB  "%SystemDrive%\\inetpub\\wwwroot\\web.config"
#define POWERSHELL_KEPT      ".before-powershell"

/* What is set for the machine, not for who types it. */
#define POWERSHELL_VARIABLES                                                                       \
    "reg export \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment\""

/* ---- keeping a copy, and the way back ---- */

#define POWERSHELL_KEEP_A_COPY_IF(value)                                                           \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = POWERSHELL_APPCMD " add backup before-powershell",                              \
        .note = "the way back, below inetsrv\\backup. If it exists (800700b7) and is of an "       \
                "earlier day, type another name, here and on the way back",                        \
        .when = value                                                                              \
    }
#define POWERSHELL_KEEP_A_COPY POWERSHELL_KEEP_A_COPY_IF(NULL)

#define POWERSHELL_TAKE_THE_COPY_IF(value)                                                         \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                       \
        .condition = "outside working hours",                                                      \
        .command = POWERSHELL_APPCMD " restore backup before-powershell",                          \
        .risk = "takes every change to IIS back that was made since, and restarts it",             \
        .when = value                                                                              \
    }
#define POWERSHELL_TAKE_THE_COPY POWERSHELL_TAKE_THE_COPY_IF(NULL)

#define POWERSHELL_NO_BACKUP                                                                       \
    "no backup of IIS holds this file. Asked whether to overwrite a copy: No, "                    \
    "where that one is of this repair"

#define POWERSHELL_KEEP_FILE(file, value)                                                          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = "copy \"" file "\" \"" file POWERSHELL_KEPT "\"", .note = POWERSHELL_NO_BACKUP, \
        .when = value                                                                              \
    }

#define POWERSHELL_KEEP_SITE(value)                                                                \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                        \
        .command = "copy \"" POWERSHELL_SITE_WEB "\" \"" POWERSHELL_SITE_WEB POWERSHELL_KEPT "\"", \
        .note =                                                                                    \
            POWERSHELL_NO_BACKUP ". Where the folder of the site is another one, copy it there",   \
        .when = value                                                                              \
    }

#define POWERSHELL_TAKE_FILE(file, value)                                                          \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                       \
        .condition = "only where this file was changed",                                           \
        .command = "copy /y \"" file POWERSHELL_KEPT "\" \"" file "\"",                            \
        .risk = "takes every change to this file back that was made since", .when = value          \
    }

#define POWERSHELL_KEEP_WEB                                                                        \
    POWERSHELL_KEEP_FILE(POWERSHELL_FRONT_WEB, "front-web"),                                       \
        POWERSHELL_KEEP_FILE(POWERSHELL_BACK_WEB, "back-web"),                                     \
        POWERSHELL_KEEP_FILE(POWERSHELL_ONLY_WEB, "only-web")

#define POWERSHELL_TAKE_WEB                                                                        \
    POWERSHELL_TAKE_FILE(POWERSHELL_FRONT_WEB, "front-web"),                                       \
        POWERSHELL_TAKE_FILE(POWERSHELL_BACK_WEB, "back-web"),                                     \
        POWERSHELL_TAKE_FILE(POWERSHELL_ONLY_WEB, "only-web")

/* ---- after it ---- */

#define POWERSHELL_RESTART                                                                         \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_DECIDE, .where = POWERSHELL_SERVER,                       \
        .condition = "only where it still fails a minute later, outside working hours",            \
        .command = "iisreset /noforce",                                                            \
        .risk = "interrupts everybody who works through this server, for a minute or two: "        \
                "Outlook, mobile devices, Outlook on the web"                                      \
    }

#define POWERSHELL_OPENS                                                                           \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_EXACT, .where = POWERSHELL_SERVER,                 \
        .command = "$shell = New-PSSession -ConfigurationName Microsoft.Exchange "                 \
                   "-ConnectionUri ('http://' + [System.Net.Dns]::GetHostEntry('').HostName + "    \
                   "'/PowerShell/') -Authentication Kerberos; $shell.State; Remove-PSSession "     \
                   "$shell",                                                                       \
        .note = "Opened: it is what the Exchange Management Shell begins with"                     \
    }

#define POWERSHELL_READ_WHEN(value)                                                                \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_FILL_IN, .where = POWERSHELL_THIS_RUN,                     \
        .command = "exdiag check --file {new-file} --only powershell",                             \
        .note = "these files as they are then, or their folder", .also_powershell = true,          \
        .when = value                                                                              \
    }

#define POWERSHELL_READ_ANEW                                                                       \
    POWERSHELL_READ_WHEN("!own-server"),                                                           \
    {                                                                                              \
        .shell = SHELL_SH, .kind = STEP_EXACT, .where = POWERSHELL_THIS_RUN,                       \
        .command = "exdiag check --server {own-server} --only powershell", .when = "own-server",   \
        .also_powershell = true                                                                    \
    }

/* ---- what would make it known ---- */

#define POWERSHELL_COPY_HOST                                                                       \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = STEP_FILL_IN, .where = POWERSHELL_SERVER,                      \
        .command = "copy %windir%\\System32\\inetsrv\\config\\applicationHost.config {folder}",    \
        .note = "by a 64-bit program", .when = "!has-host"                                         \
    }

#define POWERSHELL_COPY_WEB(kind_, condition_, file, remark, value)                                \
    {                                                                                              \
        .shell = SHELL_CMD, .kind = kind_, .where = POWERSHELL_SERVER, .condition = condition_,    \
        .command = "copy \"" file "\" {folder-below}",                                             \
        .note = remark "into a folder of its own, below the one of applicationHost.config",        \
        .when = value                                                                              \
    }

#define POWERSHELL_COPY_WHOLE                                                                      \
    MACHINE_STEPS, POWERSHELL_COPY_HOST,                                                           \
        POWERSHELL_COPY_WEB(STEP_DECIDE, "if it is Exchange 2013 or later", POWERSHELL_FRONT_WEB,  \
                            "the front end's, ", "!not-2013"),                                     \
        POWERSHELL_COPY_WEB(STEP_DECIDE, "if it is Exchange 2013 or later", POWERSHELL_BACK_WEB,   \
                            "the back end's, ", "!not-2013"),                                      \
        POWERSHELL_COPY_WEB(STEP_FILL_IN, NULL, POWERSHELL_ONLY_WEB, "", "2010"),                  \
        POWERSHELL_READ_WHEN("!unread")

/* ---- making the directory again, the last resort ---- */

#define POWERSHELL_OF_SERVER "($env:COMPUTERNAME + '\\PowerShell (Default Web Site)')"
#define POWERSHELL_SNAPIN    "Microsoft.Exchange.Management.PowerShell."

#define POWERSHELL_BETTER                                                                          \
    ". That of another server of the same version would do better, with this server's name in "    \
    "place of $env:COMPUTERNAME"

/* The other commands are of this window. `condition_`: when it is to be opened at all, or NULL */
#define POWERSHELL_WINDOW(condition_, snapin, remark, value)                                       \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_DECIDE,                                            \
        .where = "a new Windows PowerShell of 64 bits, on " POWERSHELL_SERVER,                     \
        .condition = condition_, .command = "Add-PSSnapin " POWERSHELL_SNAPIN snapin,              \
        .risk = "Exchange's commands without its roles and checks: close this window after the "   \
                "next steps",                                                                      \
        .note = "the Exchange Management Shell itself is what does not work here" remark,          \
        .when = value                                                                              \
    }

#define POWERSHELL_IF_GONE "only where the directory is gone, or verify still fails"

/* `options` before -InternalUrl */
#define POWERSHELL_MAKE(snapin, remark, options, value)                                            \
    POWERSHELL_WINDOW(POWERSHELL_IF_GONE, snapin, remark, value),                                  \
        {.shell = SHELL_POWERSHELL,                                                                \
         .kind = STEP_DECIDE,                                                                      \
         .where = "the same window",                                                               \
         .condition = POWERSHELL_IF_GONE,                                                          \
         .command = "Get-PowerShellVirtualDirectory -Server $env:COMPUTERNAME | Format-List "      \
                    "Identity,InternalUrl,ExternalUrl,*Authentication,RequireSSL",                 \
         .note = "keep what it prints: the values to go back to",                                  \
         .when = value},                                                                           \
        {.shell = SHELL_POWERSHELL,                                                                \
         .kind = STEP_DECIDE,                                                                      \
         .where = "the same window",                                                               \
         .condition = POWERSHELL_IF_GONE ", and the line before printed its object",               \
         .command = "Remove-PowerShellVirtualDirectory -Identity " POWERSHELL_OF_SERVER,           \
         .risk = "until the next step nobody opens a shell on this server. Microsoft "             \
                 "recommends it only at the request of its support",                               \
         .when = value},                                                                           \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_DECIDE, .where = "the same window",                \
        .condition = POWERSHELL_IF_GONE,                                                           \
        .command = "New-PowerShellVirtualDirectory -Name PowerShell " options                      \
                   "-InternalUrl {internal-url-as-kept} -RequireSSL:$false "                       \
                   "-BasicAuthentication:$false -WindowsAuthentication:$false",                    \
        .risk = "all three options are needed: left out, it requires SSL, and the shell gets "     \
                "403",                                                                             \
        .note = "by setup InternalUrl is http:// with the server's full name and /powershell",     \
        .when = value                                                                              \
    }

#define POWERSHELL_MAKE_AGAIN                                                                      \
    POWERSHELL_MAKE("SnapIn", POWERSHELL_BETTER, "-Server $env:COMPUTERNAME -Role ClientAccess ",  \
                    "remake"),                                                                     \
        POWERSHELL_MAKE("E2010", "", "", "remake-2010")

/* Copies of IIS hold nothing of Active Directory, where the directory has an object. */
#define POWERSHELL_UNMAKE(value)                                                                   \
    {                                                                                              \
        .shell = SHELL_POWERSHELL, .kind = STEP_DECIDE,                                            \
        .where = "the same window, or one that is opened like it",                                 \
        .condition = "only where the directory was made again",                                    \
        .command = "Remove-PowerShellVirtualDirectory -Identity " POWERSHELL_OF_SERVER,            \
        .risk = "nobody opens a shell on this server then",                                        \
        .note = "New-PowerShellVirtualDirectory with the values that were kept makes the "         \
                "former one. A copy of IIS has nothing of the directory's object in Active "       \
                "Directory",                                                                       \
        .when = value                                                                              \
    }

/* ---- references ---- */

#define POWERSHELL_ARTICLE                                                                         \
    {                                                                                              \
        "Exchange 2013 SP1 - problem #1 - Powershell virtual directory malfunction - HTTP "        \
        "error (500)",                                                                             \
            NULL                                                                                   \
    }
#define POWERSHELL_CONTENT_TYPE                                                                    \
    {                                                                                              \
        "Microsoft KB2028305: WinRM can't determine the content type of HTTP response",            \
            "https://learn.microsoft.com/en-us/troubleshoot/exchange/administration/"              \
            "fail-to-start-exchange-management-shell-console"                                      \
    }
#define POWERSHELL_GLOBAL_MODULES                                                                  \
    {                                                                                              \
        "Microsoft Learn: Global Modules <globalModules>",                                         \
            "https://learn.microsoft.com/en-us/iis/configuration/system.webserver/globalmodules/"  \
    }
#define POWERSHELL_NEW_DIRECTORY                                                                   \
    {                                                                                              \
        "Microsoft Learn: New-PowerShellVirtualDirectory",                                         \
            "https://learn.microsoft.com/en-us/powershell/module/exchange/"                        \
            "new-powershellvirtualdirectory"                                                       \
    }

#endif
