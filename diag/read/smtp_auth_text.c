#include "diag/read/smtp_auth_text.h"

#include "diag/text.h"

#include <string.h>

struct word {
    const char *text;
    size_t size;
};

#define WORD(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

/* Blanks of one kind alone: logs join the lines of a reply with spaces. */
static bool take_word(const char **text, struct word *out)
{
    const char *begin = *text, *end;

    while (*begin == ' ')
        begin++;
    for (end = begin; *end && *end != ' '; end++)
        ;
    *out = (struct word){begin, (size_t)(end - begin)};
    *text = end;
    return end > begin;
}

static bool is_word(struct word word, const char *wanted)
{
    return text_equal_fold_sized(word.text, word.size, wanted, strlen(wanted));
}

/* ---- words in evidence ---- */

static const struct {
    const char *word, *verb, *mechanism;
} mechanisms[] = {
#define X(name, word, verb, mechanism) {word, verb, mechanism},
    SMTP_AUTH_MECHANISM_LIST(X)
#undef X
};

const char *smtp_auth_mechanism_word(enum smtp_auth_mechanism mechanism)
{
    return mechanisms[mechanism].word;
}

const char *smtp_auth_outcome_word(enum smtp_auth_outcome outcome)
{
    static const char *const words[] = {
#define X(name, word) word,
        SMTP_AUTH_OUTCOME_LIST(X)
#undef X
    };

    return words[outcome];
}

const char *smtp_auth_offer_word(enum smtp_auth_offer offer)
{
    static const char *const words[] = {
#define X(name, word) word,
        SMTP_AUTH_OFFER_LIST(X)
#undef X
    };

    return words[offer];
}

/* ---- commands ---- */

enum smtp_auth_mechanism smtp_auth_command(const char *command)
{
    struct word verb, mechanism;

    if (!take_word(&command, &verb))
        return SMTP_AUTH_NONE;
    take_word(&command, &mechanism);
    for (unsigned i = SMTP_AUTH_NONE + 1; i < SMTP_AUTH_MECHANISM_COUNT; i++) {
        if (is_word(verb, mechanisms[i].verb) &&
            (!mechanisms[i].mechanism || is_word(mechanism, mechanisms[i].mechanism)))
            return (enum smtp_auth_mechanism)i;
    }
    return SMTP_AUTH_NONE;
}

bool smtp_auth_is_by_password(enum smtp_auth_mechanism mechanism)
{
    return mechanism == SMTP_AUTH_AUTH_LOGIN || mechanism == SMTP_AUTH_AUTH_NTLM ||
           mechanism == SMTP_AUTH_AUTH_OTHER;
}

/* ---- replies ---- */

unsigned smtp_auth_code(const char *text)
{
    for (size_t i = 0; i < 3; i++) {
        if (!text_is_digit(text[i]))
            return 0;
    }
    if (text[0] < '2' || text[0] > '5' || (text[3] && text[3] != ' ' && text[3] != '-'))
        return 0;
    return (unsigned)(text[0] - '0') * 100 + (unsigned)(text[1] - '0') * 10 +
           (unsigned)(text[2] - '0');
}

bool smtp_auth_goes_on(const char *reply)
{
    return smtp_auth_code(reply) && reply[3] == '-';
}

bool smtp_auth_has_status(const char *reply, const char *status)
{
    size_t size = strlen(status);

    if (!smtp_auth_code(reply) || !reply[3])
        return false;
    reply += 4 + strspn(reply + 4, " ");
    return strncmp(reply, status, size) == 0 && !text_is_digit(reply[size]) && reply[size] != '.';
}

enum smtp_auth_outcome smtp_auth_answer(unsigned code)
{
    if (code == 235)
        return SMTP_AUTH_ACCEPTED;
    if (code == 500 || code == 502 || code == 504)
        return SMTP_AUTH_UNSUPPORTED;
    if (code >= 500)
        return SMTP_AUTH_DENIED;
    return code >= 400 ? SMTP_AUTH_TEMPORARY : SMTP_AUTH_OUTCOME_COUNT;
}

/* ---- answers to EHLO ---- */

enum { BIT_EXPS = 1 << SMTP_AUTH_OFFER_EXPS };

static unsigned keyword_bit(struct word word)
{
    static const struct {
        const char *keyword;
        unsigned bit;
    } keywords[] = {{"STARTTLS", 1 << SMTP_AUTH_OFFER_STARTTLS},
                    {"X-ANONYMOUSTLS", 1 << SMTP_AUTH_OFFER_ANONYMOUSTLS},
                    {"AUTH", 1 << SMTP_AUTH_OFFER_AUTH},
                    {"X-EXPS", BIT_EXPS}};

    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (is_word(word, keywords[i].keyword))
            return keywords[i].bit;
    }
    return word.size >= 4 && strspn(word.text, "X") >= word.size ? 1u << SMTP_AUTH_OFFER_MASKED : 0;
}

/* A mechanism that X-EXPS names; `is_one` is true for those that are not counted, too. */
static unsigned mechanism_bit(struct word word, bool *is_one)
{
    static const struct {
        const char *mechanism;
        unsigned bit;
    } rows[] = {{"GSSAPI", 1 << SMTP_AUTH_OFFER_GSSAPI},
                {"NTLM", 1 << SMTP_AUTH_OFFER_NTLM},
                {"EXCHANGEAUTH", 1 << SMTP_AUTH_OFFER_EXCHANGEAUTH},
                {"LOGIN", 0}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        *is_one = is_word(word, rows[i].mechanism);
        if (*is_one)
            return rows[i].bit;
    }
    return 0;
}

unsigned smtp_auth_offers(const char *reply)
{
    const char *text = strlen(reply) > 4 ? reply + 4 : "";
    bool is_exps = false;
    unsigned bits = 0;
    struct word word;

    while (take_word(&text, &word)) {
        bool is_mechanism = false;
        unsigned bit = is_exps ? mechanism_bit(word, &is_mechanism) : 0;

        if (!is_mechanism) {
            bit = keyword_bit(word);
            is_exps = bit == BIT_EXPS;
        }
        bits |= bit;
    }
    return bits;
}

/* ---- remarks ---- */

/* How Exchange names the errors of SSPI that authentication can end with. */
static bool is_known_error(struct word word)
{
    static const struct word tokens[] = {
        WORD("LogonDenied"),
        WORD("KdcUnknownEncryptionType"),
        WORD("IllegalMessage"),
        WORD("TargetUnknown"),
        WORD("UnexpectedExchangeAuthBlob"),
        WORD("NoAuthenticatingAuthority"),
        WORD("WrongPrincipal"),
        WORD("TimeSkew"),
        WORD("NoCredentials"),
        WORD("UnknownCredentials"),
        WORD("InvalidToken"),
        WORD("MessageAltered"),
        WORD("DecryptFailure"),
        WORD("EncryptFailure"),
        WORD("UnsupportedPreauth"),
        WORD("BadBindings"),
        WORD("SmartcardLogonRequired"),
        WORD("ExtendedProtectionMissingSpn"),
        WORD("OutOfSequence"),
        WORD("ExtendedProtectionWrongSpn"),
        WORD("ExtendedProtectionOSNotPatched"),
        WORD("ContextExpired"),
        WORD("IncompleteCredentials"),
        WORD("PackageNotFound"),
        WORD("NoImpersonation"),
        WORD("CredentialsNeeded"),
    };

    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        if (word.size == tokens[i].size && memcmp(word.text, tokens[i].text, word.size) == 0)
            return true;
    }
    return false;
}

/* One of SSPI's codes that had no name yet: 0x80090300 and above as a signed number. */
static bool is_numbered_error(struct word word)
{
    return word.size == 11 && memcmp(word.text, "-214689", 7) == 0 &&
           strspn(word.text + 7, "0123456789") >= 4;
}

bool smtp_auth_error(const char *remark, char token[SMTP_AUTH_ERROR_KEPT + 1])
{
    struct word word;

    while (take_word(&remark, &word)) {
        while (word.size > 0 && strchr(".,;:", word.text[word.size - 1]))
            word.size--;
        if (word.size > SMTP_AUTH_ERROR_KEPT || (!is_known_error(word) && !is_numbered_error(word)))
            continue;
        memcpy(token, word.text, word.size);
        token[word.size] = '\0';
        return true;
    }
    return false;
}

bool smtp_auth_names_computer(const char *remark)
{
    struct word word;

    while (take_word(&remark, &word)) {
        const char *domain_end = memchr(word.text, '\\', word.size);

        while (word.size > 0 && strchr(".,;:", word.text[word.size - 1]))
            word.size--;
        if (domain_end > word.text && word.size > 0 && word.text[word.size - 1] == '$')
            return true;
    }
    return false;
}

void smtp_auth_word(const char *text, char out[SMTP_AUTH_NAME_KEPT + 1])
{
    struct word word;

    *out = '\0';
    if (!take_word(&text, &word) || word.size > SMTP_AUTH_NAME_KEPT ||
        !text_is_printable(word.text, word.size))
        return;
    memcpy(out, word.text, word.size);
    out[word.size] = '\0';
}
