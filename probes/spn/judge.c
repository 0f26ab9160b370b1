#include "probes/spn/judge.h"

#include "diag/text.h"

#include <string.h>

static const char *const words[SPN_VERDICT_COUNT] = {
#define X(name, word) [SPN_##name] = word,
    SPN_VERDICT_LIST(X)
#undef X
};

const char *spn_verdict_word(enum spn_verdict verdict)
{
    return words[verdict];
}

bool spn_is_needed(unsigned reasons)
{
    return reasons & (SPN_ANNOUNCED | SPN_CONFIGURED | SPN_OWN | SPN_LOGGED);
}

static bool has_service(const struct spn_account *account, const char *service)
{
    for (size_t i = 0; i < account->name_count; i++) {
        if (text_starts_fold(account->names[i], strlen(account->names[i]), service))
            return true;
    }
    return false;
}

static bool has_service_of_others(const struct spn_account *account, const char *service)
{
    size_t size = strlen(service);

    for (size_t i = 0; i < account->name_count; i++) {
        const char *name = account->names[i];

        if (text_starts_fold(name, strlen(name), service) &&
            !text_equal_fold(name + size, account->name) &&
            (!account->host || !text_equal_fold(name + size, account->host)))
            return true;
    }
    return false;
}

bool spn_is_alternate_service_account(const struct spn_account *account)
{
    return has_service_of_others(account, "exchangeMDB/") ||
           has_service_of_others(account, "exchangeRFR/") ||
           has_service_of_others(account, "exchangeAB/") ||
           (has_service_of_others(account, "HTTP/") && !has_service(account, "HOST/"));
}

/* ---- sPNMappings ---- */

static bool is_listed(const char *list, size_t size, const char *service)
{
    while (size > 0) {
        const char *comma = memchr(list, ',', size);
        size_t length = comma ? (size_t)(comma - list) : size;

        if (text_equal_fold_sized(list, length, service, strlen(service)))
            return true;
        length += comma ? 1 : 0;
        list += length;
        size -= length;
    }
    return false;
}

bool spn_mapping_has(const struct directory_attribute *mappings, const char *service)
{
    static const char host[] = "host=";

    for (size_t i = 0; mappings && i < mappings->value_count; i++) {
        const struct directory_value *value = &mappings->values[i];
        size_t size = sizeof host - 1;

        if (text_starts_fold(value->bytes, value->size, host) &&
            is_listed(value->bytes + size, value->size - size, service))
            return true;
    }
    return false;
}

/* ---- judging ---- */

static enum spn_verdict judge_nobody(const struct spn_case *at)
{
    if (!spn_is_needed(at->reasons))
        return SPN_NOT_NEEDED;
    return at->is_everywhere || (at->own && at->own->is_whole && !at->is_cut) ? SPN_MISSING
                                                                              : SPN_OPEN;
}

/* Where there are more of them than are kept, anybody may be one. */
static bool is_sharer(const struct spn_case *at, const struct spn_account *account)
{
    if (at->sharer_count == SPN_HOLDERS_MOST)
        return true;
    for (size_t i = 0; i < at->sharer_count; i++) {
        if (spn_account_is(at->sharers[i], account))
            return true;
    }
    return false;
}

/* What it has of its own name it has by right, whoever else calls himself so. */
static bool is_called(const struct spn_account *account, const char *host)
{
    return account->is_computer && (text_equal_fold(account->name, host) ||
                                    (account->host && text_equal_fold(account->host, host)));
}

static const struct spn_account *namesake_of(const struct spn_case *at)
{
    if (!at->own || is_called(at->own, at->host))
        return NULL;
    for (size_t i = 0; i < at->holders->count; i++) {
        if (is_called(at->holders->list[i], at->host))
            return at->holders->list[i];
    }
    return NULL;
}

/* Of what is no server's of the directory, one holder is as good as any. */
static enum spn_verdict judge_one(const struct spn_case *at, const struct spn_account *holder)
{
    if (at->is_ownless && spn_is_needed(at->reasons))
        return SPN_OPEN;
    if (!at->own || spn_account_is(at->own, holder))
        return at->holders == &at->hosts ? SPN_MAPPED : SPN_RIGHT;
    if (at->is_shared && !spn_is_needed(at->reasons))
        return SPN_NOT_NEEDED;
    return at->is_shared && is_sharer(at, holder) ? SPN_SHARED : SPN_MISPLACED;
}

/* Another machine of that short name, in another domain, has it by the same right. */
static bool is_for_person(const struct spn_case *at, const struct spn_account *holder)
{
    if (spn_account_is(at->own, holder))
        return false;
    if (!at->own || at->is_shared || at->namesake)
        return true;
    if (!spn_is_needed(at->reasons) &&
        (at->verdict == SPN_MISPLACED || text_equal_fold(at->service, "SMTP")))
        return true; /* SMTP/ is what other mail systems have */
    return !holder->is_computer || holder->is_managed || spn_is_alternate_service_account(holder) ||
           text_equal_fold(holder->name, at->host);
}

void spn_judge(struct spn_case *at)
{
    at->holders = at->named.count == 0 && at->is_mapped ? &at->hosts : &at->named;
    at->namesake = namesake_of(at);
    at->is_for_person = false;
    if (at->holders->count == 0)
        at->verdict = judge_nobody(at);
    else if (at->holders->count > 1)
        at->verdict = SPN_DUPLICATE;
    else
        at->verdict = judge_one(at, at->holders->list[0]);
    for (size_t i = 0; i < at->holders->count; i++)
        at->is_for_person = at->is_for_person || is_for_person(at, at->holders->list[i]);
}
