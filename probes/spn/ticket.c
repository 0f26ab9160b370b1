#include "probes/spn/ticket.h"

#include <stddef.h>

static const struct {
    int32_t code;
    const char *name;
    const char *meaning;
} errors[] = {
    {0, "ticket granted", "one account has the name; whose it is, the directory alone tells"},
    {KDC_ERR_S_PRINCIPAL_UNKNOWN, "KDC_ERR_S_PRINCIPAL_UNKNOWN",
     "no account has the name; some KDCs say the same where several have it"},
    {KDC_ERR_PRINCIPAL_NOT_UNIQUE, "KDC_ERR_PRINCIPAL_NOT_UNIQUE", "several accounts have it"},
    {12, "KDC_ERR_POLICY", "a policy of the domain forbids the caller this ticket"},
    {KDC_ERR_ETYPE_NOSUPP, "KDC_ERR_ETYPE_NOSUPP",
     "the account that has the name and the caller have no encryption type in common: see "
     "msDS-SupportedEncryptionTypes, and set the account's password anew if it is older than AES"},
    {29, "KDC_ERR_SVC_UNAVAILABLE", "the KDC could not ask another that it needs"},
    {KRB_AP_ERR_BAD_INTEGRITY, "KRB_AP_ERR_BAD_INTEGRITY",
     "a key does not fit: the trust between the caller's domain and the server's is broken, or a "
     "domain controller has an old key"},
    {32, "KRB_AP_ERR_TKT_EXPIRED", "the caller's own ticket has expired: log on again"},
    {KRB_AP_ERR_TKT_NYV, "KRB_AP_ERR_TKT_NYV",
     "the ticket is of a time that has not come yet for its reader: the clocks are apart"},
    {KRB_AP_ERR_NOT_US, "KRB_AP_ERR_NOT_US", "the ticket is for another than its reader"},
    {KRB_AP_ERR_SKEW, "KRB_AP_ERR_SKEW",
     "the clocks are too far apart: this says nothing of the name (exdiag explain clock)"},
    {KRB_AP_ERR_MODIFIED, "KRB_AP_ERR_MODIFIED",
     "the ticket was made with another key than its reader has"},
    {KRB_AP_ERR_BADKEYVER, "KRB_AP_ERR_BADKEYVER",
     "the ticket was made with a newer or an older key than its reader has: domain controllers "
     "that do not replicate, or a computer whose account was set anew"},
    {45, "KRB_AP_ERR_NOKEY", "its reader has no key for the name"},
    {60, "KRB_ERR_GENERIC", "the KDC does not say why"},
    {68, "KDC_ERR_WRONG_REALM",
     "the name is of another realm, to which no trust leads from the caller's"},
};

static size_t find(int32_t code)
{
    size_t i = 0;

    while (i < sizeof errors / sizeof *errors && errors[i].code != code)
        i++;
    return i;
}

const char *spn_ticket_error(int32_t code)
{
    size_t i = find(code);

    return i < sizeof errors / sizeof *errors ? errors[i].name : kerberos_error_name(code);
}

const char *spn_ticket_meaning(int32_t code)
{
    size_t i = find(code);

    return i < sizeof errors / sizeof *errors ? errors[i].meaning
                                              : "see RFC 4120, section 7.5.9, for this number";
}

bool spn_ticket_is_answered(const struct ticket_answer *ticket)
{
    return ticket && ticket->evidence.status == STATUS_OK;
}
