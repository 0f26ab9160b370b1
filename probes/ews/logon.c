#include "probes/ews/logon.h"

#include "diag/read/kerberos_error.h"
#include "diag/text.h"

#include <string.h>

/* ---- errors of Kerberos ---- */

static const char other_key[] =
    "the ticket was made with another key than the server has: the name is on another account than "
    "the one that EWS runs as (a computer's, or the alternate service account)";

static const struct {
    int32_t code;
    const char *meaning;
} errors[] = {
    {KDC_ERR_S_PRINCIPAL_UNKNOWN, "no account has that name: setspn -Q finds who has it"},
    {8, "several accounts have that name: setspn -X lists them"},
    {KRB_AP_ERR_BAD_INTEGRITY, other_key},
    {KRB_AP_ERR_TKT_NYV, "the ticket's time has not come there: the clocks are apart"},
    {KRB_AP_ERR_NOT_US, "the ticket is for another than this server"},
    {KRB_AP_ERR_SKEW, "the clocks are too far apart for Kerberos: exdiag explain clock"},
    {KRB_AP_ERR_MODIFIED, other_key},
    {KRB_AP_ERR_BADKEYVER,
     "the ticket was made with a newer or an older key than the server has: its password was "
     "changed, and not on every node"},
    {45, "the server has no key for that name: it is on another account"},
};

static const char *meaning_of(int32_t code)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (errors[i].code == code)
            return errors[i].meaning;
    }
    return "RFC 4120, section 7.5.9, has this number";
}

/* The clock that the error tells, beside the one of this machine when it came. */
static void tell_clock(struct finding *finding, const struct ews_survey *survey)
{
    int64_t here = survey->evidence.time * 1000 + survey->last.began + survey->last.took;

    if (survey->error_code == KRB_AP_ERR_SKEW && survey->server_time > 0)
        saw(finding, &survey->evidence,
            "its clock differs from that of the machine that exdiag ran on by %+.0f s",
            (double)(survey->server_time - here) / 1e6);
}

static void tell_error(struct finding *finding, const struct ews_survey *survey)
{
    const char *name = kerberos_error_name(survey->error_code);

    saw(finding, &survey->evidence, "%s HTTP/%s: %s (%d): %s",
        survey->web_step == WEB_TICKET ? "the KDC gives no ticket for"
                                       : "the server refuses the ticket for",
        survey->host, name ? name : "error of Kerberos", (int)survey->error_code,
        meaning_of(survey->error_code));
    tell_clock(finding, survey);
}

/* ---- what helps ---- */

/* Among the challenges' schemes, which stand side by side. */
static bool is_offered(const struct ews_survey *survey, const char *scheme)
{
    size_t size = strlen(scheme);

    for (const char *at = survey->challenges; at && *at;) {
        size_t word = strcspn(at, " ");

        if (word == size && text_starts_fold(at, word, scheme))
            return true;
        at += word + strspn(at + word, " ");
    }
    return false;
}

static const char *help_for_ticket(const struct ews_survey *survey)
{
    return survey->evidence.status == STATUS_NOT_FOUND
               ? "what helps: a ticket (kinit; on Windows, running as a user of the domain), or "
                 "--user with a password (Basic, or with --ntlm NTLM), or --token-file"
               : NULL;
}

static const char *help_for_refusal(const struct ews_survey *survey)
{
    if (survey->scheme == WEB_BASIC && !is_offered(survey, "Basic") && is_offered(survey, "NTLM"))
        return "what helps: --ntlm, for it takes no Basic; or a ticket, without --user";
    if (survey->scheme == WEB_BASIC && !is_offered(survey, "Basic"))
        return "what helps: a ticket, without --user, for it takes no Basic";
    if (survey->scheme == WEB_NTLM && !is_offered(survey, "NTLM"))
        return "what helps: a ticket, without --user and --ntlm, for it takes no NTLM";
    if (survey->scheme == WEB_NEGOTIATE && !is_offered(survey, "Negotiate"))
        return "what helps: --user with a password, or --token-file, for it takes no tickets";
    return NULL;
}

static const char *help_for(const struct ews_survey *survey)
{
    if (survey->web_step == WEB_TICKET)
        return help_for_ticket(survey);
    if (survey->web_step == WEB_HANDSHAKE && survey->evidence.status == STATUS_DENIED)
        return "what helps: --ca-file with the authority that signed it, or a certificate for this "
               "name; --insecure lets Kerberos and NTLM through, and never a password or token";
    return survey->last.http == 401 ? help_for_refusal(survey) : NULL;
}

void ews_tell_logon(struct finding *finding, const struct ews_survey *survey)
{
    const char *help = help_for(survey);

    if (survey->error_code != 0)
        tell_error(finding, survey);
    if (help)
        saw(finding, &survey->evidence, "%s", help);
}
