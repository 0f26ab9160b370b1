#include "probes/spn/offers.h"

#include "diag/text.h"

#include <string.h>

enum { STEPS = 3 };

/* The way to a place: the keyword that leads there, and the steps, of which the last is EHLO. */
static const struct {
    const char *text;
    const char *keyword; /* NULL: it takes none */
    enum smtp_step steps[STEPS];
} places[SPN_PLACE_COUNT] = {
    [SPN_IN_THE_CLEAR] = {"in the clear", NULL, {SMTP_CONNECT, SMTP_GREETING, SMTP_EHLO}},
    [SPN_BEHIND_STARTTLS] = {"behind STARTTLS",
                             "STARTTLS",
                             {SMTP_STARTTLS, SMTP_HANDSHAKE, SMTP_EHLO_AGAIN}},
    [SPN_BEHIND_ANONYMOUS_TLS] = {"behind X-ANONYMOUSTLS",
                                  "X-ANONYMOUSTLS",
                                  {SMTP_ANONYMOUS_TLS, SMTP_ANONYMOUS_HANDSHAKE,
                                   SMTP_ANONYMOUS_EHLO}},
};

const char *spn_place_text(enum spn_place place)
{
    return places[place].text;
}

static const struct smtp_reply *reply_of(const struct smtp_conversation *conversation,
                                         enum smtp_step step)
{
    const struct smtp_exchange *exchange = smtp_exchange_of(conversation, step);

    return exchange && exchange->status == STATUS_OK && exchange->reply.code / 100 == 2
               ? &exchange->reply
               : NULL;
}

const struct smtp_reply *spn_ehlo(const struct smtp_conversation *conversation,
                                  enum spn_place place)
{
    return reply_of(conversation, places[place].steps[STEPS - 1]);
}

bool spn_is_unseen(const struct smtp_conversation *conversation, enum spn_place place)
{
    const struct smtp_reply *clear = spn_ehlo(conversation, SPN_IN_THE_CLEAR);
    const char *keyword = places[place].keyword;

    return !spn_ehlo(conversation, place) && (!keyword || (clear && smtp_keyword(clear, keyword)));
}

const struct smtp_exchange *spn_end_of(const struct smtp_conversation *conversation,
                                       enum spn_place place)
{
    const struct smtp_exchange *last = NULL;

    for (size_t i = 0; i < STEPS; i++) {
        const struct smtp_exchange *exchange =
            smtp_exchange_of(conversation, places[place].steps[i]);

        last = exchange ? exchange : last;
    }
    return last;
}

const char *spn_offered(const struct smtp_conversation *conversation, const char *keyword)
{
    const char *parameters = NULL;

    for (size_t i = SPN_PLACE_COUNT; i > 0 && !parameters; i--) {
        const struct smtp_reply *reply = spn_ehlo(conversation, (enum spn_place)(i - 1));

        parameters = reply ? smtp_keyword(reply, keyword) : NULL;
    }
    return parameters;
}

static bool has_word(const char *words, const char *word)
{
    while (words && *words) {
        size_t size = strcspn(words, " ");

        if (text_equal_fold_sized(words, size, word, strlen(word)))
            return true;
        words += size + strspn(words + size, " ");
    }
    return false;
}

bool spn_offers_kerberos(const struct smtp_conversation *conversation)
{
    for (int i = 0; i < SPN_PLACE_COUNT; i++) {
        const struct smtp_reply *reply = spn_ehlo(conversation, (enum spn_place)i);

        if (reply &&
            (smtp_keyword(reply, "X-EXPS") || has_word(smtp_keyword(reply, "AUTH"), "GSSAPI")))
            return true;
    }
    return false;
}

/* A firewall has written over its greeting or its offers. */
static bool is_masked(const struct smtp_conversation *conversation)
{
    static const enum smtp_step steps[] = {SMTP_GREETING, SMTP_EHLO, SMTP_EHLO_AGAIN};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const struct smtp_reply *reply = reply_of(conversation, steps[i]);

        if (reply && smtp_is_masked(reply))
            return true;
    }
    return false;
}

/* ---- X-EXPS ---- */

enum spn_offer spn_offer_of(const struct smtp_conversation *conversation, size_t servers)
{
    size_t seen = 0, unseen = 0;

    if (servers < 2)
        return SPN_OFFER_NOT_NEEDED;
    for (int i = 0; conversation && i < SPN_PLACE_COUNT; i++) {
        seen += spn_ehlo(conversation, (enum spn_place)i) != NULL;
        unseen += spn_is_unseen(conversation, (enum spn_place)i);
    }
    if (seen == 0)
        return SPN_OFFER_NOT_SEEN;
    if (spn_offered(conversation, "X-EXPS"))
        return SPN_OFFERED;
    if (is_masked(conversation))
        return SPN_OFFER_MASKED;
    return unseen > 0 ? SPN_OFFER_PARTLY_SEEN : SPN_OFFER_ABSENT;
}
