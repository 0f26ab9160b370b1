/* What else EWS answers in place of a message. */
#include "probes/ews/kinds.h"

#include <stddef.h>

#define POLICY_OF_2010                                                                             \
    "New-ThrottlingPolicy -Name Archiver -EWSMaxConcurrency $null -EWSPercentTimeInAD $null "      \
    "-EWSPercentTimeInCAS $null -EWSPercentTimeInMailboxRPC $null"
#define POLICY_OF_2013                                                                             \
    "New-ThrottlingPolicy -Name Archiver -ThrottlingPolicyScope Regular -EwsMaxConcurrency "       \
    "Unlimited -EwsMaxBurst Unlimited -EwsRechargeRate Unlimited -EwsCutoffBalance Unlimited"

const struct finding_kind ews_throttled = {
    .id = "ews-throttled",
    .severity = SEVERITY_WARNING,
    .title = "requests over EWS are throttled: {codes}",
    .why =
        "The server wants fewer requests, or fewer at a time, of this caller. Whoever goes on at "
        "once makes it last; what is given up meanwhile is not archived.",
    .symptom = "An archive job is slow and has errors while many mailboxes are fetched side by "
               "side, or while the server is busy with something else.",
    .cause = "The caller is beyond the budget of its throttling policy: EWSMaxConcurrency "
             "connections (10 in Exchange 2010, 27 since 2013), and shares of each minute "
             "(2010: EWSPercentTimeInAD, InCAS, InMailboxRPC) or a budget that refills (2013 "
             "and later: EwsMaxBurst, EwsRechargeRate, EwsCutoffBalance). A server that is "
             "short of something slows callers within their limits too.",
    .applies_to = "Exchange 2010 and later",
    .cost = "The archive runs behind, because the server slows it down.",
    .repair = "Let the archiver ask for less at a time, or raise its limits.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the archiver",
             .command = "Fetch fewer mailboxes side by side, and outside working hours.",
             .note = "a reply may say how many milliseconds to wait (BackOffMilliseconds), and "
                     "does not always"},
            {.shell = SHELL_EMS,
             .kind = STEP_FILL_IN,
             .where = EWS_SHELL,
             .command = "Get-ThrottlingPolicyAssociation -Identity {archiver-account} | "
                        "Format-List",
             .note = "none: the default policy",
             .when = "on-premises"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_SHELL,
             .command = "Get-ThrottlingPolicy | Format-List Name,EWS*",
             .note = "what each allows",
             .when = "on-premises"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_SHELL,
             .condition = "only for the archiver's own account",
             .command = POLICY_OF_2010,
             .risk = "nothing holds that account back any more",
             .note = "$null: no limit",
             .when = "exchange-2010"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_SHELL,
             .condition = "only for the archiver's own account",
             .command = POLICY_OF_2013,
             .risk = "nothing holds that account back any more",
             .when = "exchange-2013"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_SHELL,
             .command = "Get-ExchangeServer | Format-Table Name,AdminDisplayVersion",
             .note = "which of the two commands with New- below is right",
             .when = "exchange-open"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_SHELL,
             .condition = "only for the archiver's own account, and if it is Exchange 2010 "
                          "(Version 14)",
             .command = POLICY_OF_2010,
             .risk = "nothing holds that account back any more",
             .note = "$null: no limit",
             .when = "exchange-open"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .is_alternative = true,
             .where = EWS_SHELL,
             .condition = "only for the archiver's own account, and if it is Exchange 2013 or "
                          "later (Version 15)",
             .command = POLICY_OF_2013,
             .risk = "nothing holds that account back any more",
             .when = "exchange-open"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_SHELL,
             .condition = "only for the archiver's own account",
             .command = "Set-ThrottlingPolicyAssociation -Identity {archiver-account} "
                        "-ThrottlingPolicy Archiver",
             .note = "it takes up to a quarter of an hour",
             .when = "on-premises"},
            {0}},
    .verify = (const struct step_template[]){EWS_CHECK_AGAIN, {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_SHELL,
             .condition = "if the account was given the policy",
             .command = "Set-ThrottlingPolicyAssociation -Identity {archiver-account} "
                        "-ThrottlingPolicy $null",
             .note = "$null: the default policy. Where the look before the repair named another, "
                     "that one",
             .when = "on-premises"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_SHELL,
             .condition = "if the policy was made",
             .command = "Remove-ThrottlingPolicy -Identity Archiver",
             .when = "on-premises"},
            {0}},
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references =
        (const struct reference[]){
            EWS_THROTTLING,
            {"Microsoft Learn: New-ThrottlingPolicy",
             "https://learn.microsoft.com/en-us/powershell/module/exchange/new-throttlingpolicy"},
            EWS_CODES,
            {NULL, NULL}},
};

const struct finding_kind ews_denied = {
    .id = "ews-denied",
    .severity = SEVERITY_WARNING,
    .title = "messages are refused to the caller over EWS: {codes}",
    .why = "The account has no right to these mailboxes, or its logon is refused. Nothing of "
           "them is archived, until somebody changes that.",
    .symptom = "An archive job fails for single mailboxes, or for all of them since a password "
               "or a role was changed.",
    .cause = "ErrorAccessDenied: no right to the mailbox. ErrorImpersonationFailed, "
             "ErrorImpersonateUserDenied: no role ApplicationImpersonation over it, or the "
             "mailbox is not enabled. HTTP 401: the logon itself; 403: EWS is closed to this "
             "account (EwsEnabled, EwsBlockList) or behind a filter.",
    .applies_to = "Exchange 2007 and later; the commands are those of 2010 and later",
    .cost = "Messages are missing from the archive, because it may not read them.",
    .repair = "Give the archiver's account the rights that it lacks.",
    .fix =
        (const struct step_template[]){
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever looks after the archiver's account",
             .condition = "where HTTP 401 was answered",
             .command = "Log on with this account elsewhere, at Outlook on the web for "
                        "instance: its password may have changed, and it may be locked, "
                        "expired or disabled. HTTP 401 is the logon itself; no right and no "
                        "role changes that.",
             .when = "logon-refused"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_NODE_SHELL,
             .command = "Get-WebServicesVirtualDirectory -Server $env:COMPUTERNAME | Format-List "
                        "Identity,*Authentication,ExtendedProtection*",
             .note = "the way by which the archiver logs on has to be True. Where "
                     "ExtendedProtectionTokenChecking is Require, nothing may end TLS between "
                     "the archiver and the server. Kerberos takes right clocks and service "
                     "principal names",
             .when = "logon-refused"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_SHELL,
             .command = "Get-ManagementRoleAssignment -Role ApplicationImpersonation "
                        "-GetEffectiveUsers | Format-Table Name,EffectiveUserName,"
                        "CustomRecipientWriteScope",
             .note = "whether the archiver's account is there, and which mailboxes its scope has",
             .when = "right-missing"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_SHELL,
             .command = "Get-MailboxPermission -Identity {mailbox} | Format-Table User,"
                        "AccessRights,Deny",
             .note = "an archiver that does not impersonate needs FullAccess here; a Deny counts "
                     "for more than what is allowed",
             .when = "right-missing"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_SHELL,
             .command = "Get-CASMailbox -Identity {mailbox} | Format-List Ews*",
             .note = "EwsEnabled must not be False; EwsApplicationAccessPolicy may keep the "
                     "archiver out",
             .when = "forbidden"},
            {.shell = SHELL_EMS,
             .kind = STEP_EXACT,
             .where = EWS_SHELL,
             .command = "Get-OrganizationConfig | Format-List Ews*",
             .note = "the same for everybody",
             .when = "forbidden"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "the IIS log of the server, at the times seen",
             .command = "Look which 403 it was: 403.4 is SSL, 403.6 the address that asks. Where "
                        "the log has no such line, a filter before the server has answered.",
             .when = "forbidden"},
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_SHELL,
             .condition = "if the role is missing, and the archiver impersonates",
             .command = "New-ManagementRoleAssignment -Name \"Archiver impersonation\" -Role "
                        "ApplicationImpersonation -User {archiver-account}",
             .risk = "that account may then act as everybody: a custom scope "
                     "(-CustomRecipientWriteScope) limits it",
             .when = "right-missing"},
            {0}},
    .verify = (const struct step_template[]){EWS_CHECK_AGAIN, {0}},
    .undo =
        (const struct step_template[]){
            {.shell = SHELL_EMS,
             .kind = STEP_DECIDE,
             .where = EWS_SHELL,
             .condition = "if the right was given",
             .command = "Remove-ManagementRoleAssignment -Identity \"Archiver impersonation\"",
             .when = "right-missing"},
            {0}},
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references =
        (const struct reference[]){
            {"Microsoft Learn: Configure impersonation",
             "https://learn.microsoft.com/en-us/exchange/client-developer/exchange-web-services/"
             "how-to-configure-impersonation"},
            EWS_CODES,
            {NULL, NULL}},
};

const struct finding_kind ews_item_gone = {
    .id = "ews-item-gone",
    .severity = SEVERITY_INFO,
    .title = "{messages} had gone before the request: {codes}",
    .why = "Between the list and the request somebody moved or deleted them. It is no fault; "
           "where everything is to be archived, journaling catches what is deleted at once.",
    .symptom = "An archive job has single errors of ErrorItemNotFound.",
    .cause = "A user, a rule or a retention policy was faster than the archiver.",
    .applies_to = "every client that lists first and fetches later",
    .cost = "Nothing as a rule; single messages were deleted before they could be archived.",
    .verify = (const struct step_template[]){EWS_CHECK_AGAIN, {0}},
    .no_undo = "nothing is changed",
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references = (const struct reference[]){EWS_CODES, {NULL, NULL}},
};

const struct finding_kind ews_failed = {
    .id = "ews-failed",
    .severity = SEVERITY_WARNING,
    .title = "{messages} failed over EWS: {codes}",
    .why = "These messages are not archived, for another reason than those that this report "
           "knows a repair for.",
    .symptom = "An archive job has errors for single messages.",
    .cause = "As the code says: Microsoft's list of response codes has a line for each. HTTP "
             "500 and 503 are of the web server and its application pools; an exception without "
             "a code is of the archiver itself, or of the way to the server.",
    .applies_to = "Exchange 2007 and later",
    .cost = "Single messages may be missing from the archive.",
    .repair = "Look up what the errors mean, and what the server's logs say of them.",
    .fix =
        (const struct step_template[]){
            EWS_ONLINE,
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever looks after the archiver",
             .command = "Read the exceptions at the lines seen, and look each code up in "
                        "Microsoft's list.",
             .when = "log"},
            {.shell = SHELL_MANUAL,
             .kind = STEP_DECIDE,
             .where = "whoever looks after the server",
             .command = "Look each code up in Microsoft's list; where there is none, the "
                        "server's IIS log and its Logging\\Ews say at the times seen what "
                        "became of the requests.",
             .when = "!log"},
            {.shell = SHELL_POWERSHELL,
             .kind = STEP_EXACT,
             .where = EWS_NODE_SHELL,
             .command = "Get-WinEvent -MaxEvents 20 -FilterHashtable @{{LogName='System';"
                        "ProviderName='Microsoft-Windows-WAS'}}",
             .note = "application pools that stopped (MSExchangeServicesAppPool), around the "
                     "times seen; that no events were found is good news",
             .when = "!online"},
            {0}},
    .verify = (const struct step_template[]){EWS_CHECK_AGAIN, {0}},
    .no_undo = "nothing is changed: these steps look",
    .make_known = (const struct step_template[]){EWS_MAKE_KNOWN, {0}},
    .references = (const struct reference[]){EWS_CODES, {NULL, NULL}},
};
