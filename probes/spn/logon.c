#include "probes/spn/logon.h"

#include "diag/text.h"
#include "probes/spn/ticket.h"

#include <string.h>

enum {
    CODE_TAKEN = 235,
    CODE_TEMPORARY = 454,
    CODE_OUT_OF_ORDER = 503,
    CODE_WANTS_MORE = 530, /* TLS first, as Exchange and others say it */
    CODE_WANTS_TLS = 538   /* RFC 4954 4 */
};

static const char *const words[SPN_LOGON_COUNT] = {
#define X(name, word) [SPN_LOGON_##name] = word,
    SPN_LOGON_LIST(X)
#undef X
};

const char *spn_logon_word(enum spn_logon_result result)
{
    return words[result];
}

bool spn_logon_is_exps(const struct smtp_logon *logon)
{
    return logon->mechanism &&
           text_starts_fold(logon->mechanism, strlen(logon->mechanism), "X-EXPS");
}

/* ---- the caller ---- */

struct principal {
    const char *name;
    size_t name_size;
    const char *domain; /* of either kind; "" without */
    size_t domain_size;
};

/* "EX02$@CONTOSO.COM" or "CONTOSO\EX02$". */
static struct principal read_principal(const char *text)
{
    const char *at = strrchr(text, '@'), *slash = strchr(text, '\\');

    if (at)
        return (struct principal){text, (size_t)(at - text), at + 1, strlen(at + 1)};
    if (slash)
        return (struct principal){slash + 1, strlen(slash + 1), text, (size_t)(slash - text)};
    return (struct principal){text, strlen(text), "", 0};
}

static bool is_text(const char *bytes, size_t size, const char *text)
{
    return text && text_equal_fold_sized(bytes, size, text, strlen(text));
}

/* The DNS name of a domain of the forest; NULL for others. */
static const char *domain_of(const struct principal *principal, const struct spn_forest *forest)
{
    const char *name = principal->domain;
    size_t size = principal->domain_size;

    if (is_text(name, size, forest->domain))
        return forest->domain;
    for (size_t i = 0; i < forest->domain_count; i++) {
        if (is_text(name, size, forest->domains[i].name) ||
            is_text(name, size, forest->domains[i].netbios))
            return forest->domains[i].name;
    }
    return NULL;
}

/* A host whose name ends with another domain of the forest is of that. */
static bool may_be_of(const struct spn_server *server, const char *domain,
                      const struct spn_forest *forest)
{
    const char *dot = server->host ? strchr(server->host, '.') : NULL;

    for (size_t i = 0; dot && i < forest->domain_count; i++) {
        if (text_equal_fold(dot + 1, forest->domains[i].name))
            return text_equal_fold(dot + 1, domain);
    }
    return true;
}

enum spn_caller spn_caller_of(const char *text, const struct spn_forest *forest,
                              const struct spn_server *server)
{
    struct principal principal;
    const char *domain;

    if (!text || !*text)
        return SPN_CALLER_UNKNOWN;
    principal = read_principal(text);
    if (principal.name_size < 2 || principal.name[principal.name_size - 1] != '$')
        return SPN_CALLER_PERSON;
    domain = domain_of(&principal, forest);
    for (size_t i = 0; domain && i < forest->servers.count; i++) {
        const struct spn_server *one = &forest->servers.list[i];

        if (is_text(principal.name, principal.name_size - 1, one->name) &&
            may_be_of(one, domain, forest))
            return one == server ? SPN_CALLER_ITSELF : SPN_CALLER_SERVER;
    }
    return SPN_CALLER_COMPUTER;
}

/* ---- the result ---- */

static enum spn_logon_result of_ticket(const struct smtp_logon *logon)
{
    switch (logon->evidence.status) {
    case STATUS_NOT_FOUND:
        return SPN_LOGON_NO_CREDENTIALS;
    case STATUS_NOT_SUPPORTED:
        return SPN_LOGON_NO_LIBRARY;
    case STATUS_REJECTED:
        if (logon->error_code == 0)
            return SPN_LOGON_REFERRED;
        return logon->error_code == KRB_AP_ERR_SKEW ? SPN_LOGON_SKEW : SPN_LOGON_NO_TICKET;
    default:
        return SPN_LOGON_NO_ANSWER;
    }
}

static bool is_too_long(const struct smtp_logon *logon)
{
    return logon->enhanced && strcmp(logon->enhanced, "5.5.6") == 0;
}

static enum spn_logon_result of_reply(const struct smtp_logon *logon)
{
    if (logon->code == CODE_TAKEN)
        return SPN_LOGON_TAKEN;
    if (logon->code == CODE_TEMPORARY)
        return SPN_LOGON_PUT_OFF;
    if (logon->code / 100 == 4)
        return SPN_LOGON_BUSY;
    if (logon->code / 100 != 5)
        return SPN_LOGON_BROKEN_OFF;
    if (logon->code == CODE_OUT_OF_ORDER || logon->code == CODE_WANTS_MORE ||
        logon->code == CODE_WANTS_TLS)
        return SPN_LOGON_TURNED_AWAY;
    return is_too_long(logon) ? SPN_LOGON_TOO_LONG : SPN_LOGON_REFUSED;
}

static enum spn_logon_result of_logon(const struct smtp_logon *logon)
{
    if (logon->evidence.status == STATUS_OK)
        return of_reply(logon);
    if (logon->evidence.status != STATUS_DENIED)
        return SPN_LOGON_BROKEN_OFF;
    if (logon->error_code == 0)
        return SPN_LOGON_STRANGER;
    return logon->error_code == KRB_AP_ERR_SKEW ? SPN_LOGON_SKEW : SPN_LOGON_EXPLAINED;
}

static enum spn_logon_result result_of(const struct smtp_logon *logon)
{
    if (logon->evidence.status == STATUS_NOT_RECORDED)
        return SPN_LOGON_NOT_ASKED;
    if (logon->evidence.status == STATUS_CANCELLED || logon->evidence.status == STATUS_LIMIT)
        return SPN_LOGON_CUT_SHORT;
    if (logon->step == SMTP_LOGON_TICKET)
        return of_ticket(logon);
    if (logon->step >= SMTP_LOGON_COMMAND)
        return of_logon(logon);
    if (logon->evidence.status == STATUS_NOT_SUPPORTED)
        return SPN_LOGON_NOT_OFFERED;
    return logon->evidence.status == STATUS_REJECTED ? SPN_LOGON_TURNED_AWAY
                                                     : SPN_LOGON_NOT_REACHED;
}

/* The server itself has said no, for a reason of its own. */
static bool is_refusal(const struct smtp_logon *logon, enum spn_logon_result result)
{
    return result == SPN_LOGON_REFUSED || result == SPN_LOGON_PUT_OFF ||
           result == SPN_LOGON_EXPLAINED ||
           (result == SPN_LOGON_SKEW && logon->step == SMTP_LOGON_TOKENS);
}

struct spn_logon spn_logon_judge(const struct smtp_logon *logon, enum spn_caller caller)
{
    struct spn_logon judged = {.result = result_of(logon), .caller = caller};
    bool is_server = caller == SPN_CALLER_SERVER || caller == SPN_CALLER_ITSELF;

    if (judged.result == SPN_LOGON_TAKEN)
        judged.proof = SPN_LOGON_PROVES_GOOD;
    else if (is_refusal(logon, judged.result) && spn_logon_is_exps(logon) && is_server)
        judged.proof = SPN_LOGON_PROVES_BAD;
    return judged;
}
