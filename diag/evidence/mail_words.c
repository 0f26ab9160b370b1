#include "diag/evidence/mail_words.h"

#include "diag/evidence/redact.h"
#include "diag/read/smtp_auth_text.h"
#include "diag/text.h"

#include <string.h>

static const char *redact_words(const struct redactor *redactor, const char *text,
                                const char *const *words, struct arena *memory)
{
    size_t size = strlen(text);
    struct buffer out;

    buffer_init(&out, 4 * size + IP_TEXT_SIZE);
    redact_text(redactor, text, size, words, &out);
    return buffer_keep(&out, memory);
}

const char *mail_words_redact(const struct redactor *redactor, const char *text,
                              struct arena *memory)
{
    static const char *const words[] = {
        /* commands */
        "ehlo", "helo", "mail", "rcpt", "data", "bdat", "rset", "noop", "quit", "vrfy", "expn",
        "help", "etrn", "turn", "atrn", "auth", "starttls", "x-anonymoustls", "x-exps",
        "x-exchangeauth", "x-link2state", "xexch50", "xshadow", "xproxy", "xproxyto", "xproxyfrom",
        "xsessionparams", "xrdst",
        /* mechanisms */
        "none", "login", "plain", "ntlm", "gssapi", "negotiate", "kerberos", "exchangeauth", NULL};

    return redact_words(redactor, text, words, memory);
}

const char *mail_words_redact_connector(const struct redactor *redactor, const char *name,
                                        struct arena *memory)
{
    static const char *const words[] = {
        "default",  "frontend", "client",   "proxy",      "outbound", "inbound",
        "internal", "receive",  "send",     "connector",  "smtp",     "intra-organization",
        "internet", "mailbox",  "delivery", "submission", "hub",      "relay",
        "edgesync", "to",       NULL};

    if (!name[strspn(name, "0123456789")])
        return arena_copy_string(memory, name);
    return redact_words(redactor, name, words, memory);
}

static bool is_code(const char *error)
{
    bool is_hex = text_starts_fold(error, strlen(error), "0x");
    const char *digits = is_hex ? "0123456789abcdefABCDEF" : "0123456789";

    error += is_hex ? 2 : *error == '-';
    return !error[strspn(error, digits)];
}

const char *mail_words_redact_error(const struct redactor *redactor, const char *error,
                                    struct arena *memory)
{
    static const char *const words[] = {NULL};
    char known[SMTP_AUTH_ERROR_KEPT + 1];

    if (is_code(error) || (smtp_auth_error(error, known) && strcmp(known, error) == 0))
        return arena_copy_string(memory, error);
    return redact_words(redactor, error, words, memory);
}
