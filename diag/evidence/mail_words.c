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

/* Of SMTP and its extensions, and of Exchange's; ended by NULL. */
static const char *const protocol[] = {
    /* commands */
    "ehlo", "helo", "mail", "rcpt", "data", "bdat", "rset", "noop", "quit", "vrfy", "expn", "help",
    "etrn", "turn", "atrn", "auth", "starttls", "x-anonymoustls", "x-exps", "x-exchangeauth",
    "x-link2state", "xexch50", "xshadow", "xproxy", "xproxyto", "xproxyfrom", "xsessionparams",
    "xrdst",
    /* mechanisms */
    "none", "login", "plain", "ntlm", "gssapi", "negotiate", "kerberos", "exchangeauth", NULL};

const char *mail_words_redact(const struct redactor *redactor, const char *text,
                              struct arena *memory)
{
    return redact_words(redactor, text, protocol, memory);
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

/* ---- lines ---- */

static bool is_listed(const char *const *words, const char *word)
{
    while (*words && !text_equal_fold(*words, word))
        words++;
    return *words != NULL;
}

/* Three digits, or three numbers of up to three: RFC 5321 4.2, RFC 3463 2. */
static bool is_reply_code(const char *word)
{
    static const char digits[] = "0123456789";
    size_t parts = 0, size;

    if (strlen(word) == 3 && strspn(word, digits) == 3)
        return true;
    if (!strchr("245", *word))
        return false;
    while ((size = strspn(word, digits)) > 0 && size <= 3 && word[size] == '.') {
        word += size + 1;
        parts++;
    }
    return parts == 2 && size > 0 && size <= 3 && !word[size];
}

/* What Exchange writes around them. */
static bool is_word_of_logs(const char *word)
{
    static const char *const words[] = {"achieve",
                                        "anonymous",
                                        "attempted",
                                        "authenticate",
                                        "authenticated",
                                        "authentication",
                                        "because",
                                        "cannot",
                                        "client",
                                        "closed",
                                        "connection",
                                        "error",
                                        "exchange",
                                        "failed",
                                        "failure",
                                        "first",
                                        "for",
                                        "inbound",
                                        "inboundproxy",
                                        "local",
                                        "need",
                                        "not",
                                        "of",
                                        "outbound",
                                        "relay",
                                        "remote",
                                        "required",
                                        "server",
                                        "tarpit",
                                        "temporary",
                                        "to",
                                        "unable",
                                        "unsuccessful",
                                        "was",
                                        "with",
                                        NULL};
    char known[SMTP_AUTH_ERROR_KEPT + 1];

    return is_reply_code(word) || is_listed(protocol, word) || is_listed(words, word) ||
           (smtp_auth_error(word, known) && strcmp(known, word) == 0);
}

const char *mail_words_redact_line(const struct redactor *redactor, const char *line,
                                   struct arena *memory)
{
    static const char separators[] = " ,;\"'()<>-+*\t";
    static const char *const none[] = {"25", NULL};
    struct buffer out;

    buffer_init(&out, 4 * strlen(line) + IP_TEXT_SIZE);
    while (*line) {
        size_t size = strcspn(line, separators);

        /* Words that hyphens join are one: "X-EXPS". */
        while (size > 0 && line[size] == '-' && line[size + 1] &&
               !strchr(separators, line[size + 1]))
            size += 1 + strcspn(line + size + 1, separators);
        if (is_word_of_logs(arena_copy(memory, line, size)))
            buffer_add(&out, line, size);
        else
            redact_text(redactor, line, size, none, &out);
        line += size;
        if (*line)
            buffer_add_char(&out, *line++);
    }
    return buffer_keep(&out, memory);
}
