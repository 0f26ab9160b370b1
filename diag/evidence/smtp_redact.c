#include "diag/evidence/smtp_redact.h"

#include "diag/buffer.h"
#include "diag/read/build_number.h"
#include "diag/text.h"

#include <string.h>

enum { CODE_SIZE = 3 };

/* Keywords and parameters of EHLO (IANA's registries of SMTP and SASL) and of Exchange. */
static const char vocabulary[] =
    "8BITMIME ATRN AUTH AUTH=LOGIN BDAT BINARYMIME BURL CHECKPOINT CHUNKING CONPERM CONNEG "
    "CRAM-MD5 DELIVERBY DIGEST-MD5 DSN ENHANCEDSTATUSCODES ETRN EXCHANGEAUTH EXPN EXTERNAL "
    "FUTURERELEASE "
    "GSSAPI GSSAPI=LOGIN HELP LIMITS LOGIN MT-PRIORITY MTRK NO-SOLICITING NTLM NTLM=LOGIN "
    "OAUTHBEARER PIPELINING PLAIN REQUIRETLS RRVS SCRAM-SHA-1 SCRAM-SHA-256 SHA256 SIZE SMTPUTF8 "
    "STARTTLS SUBMITTER TLS TURN VRFY X-ADAT X-ANONYMOUSTLS X-DRCP X-ERCP X-EXCHANGEAUTH X-EXPS "
    "X-EXPS=LOGIN X-LINK2STATE X-MESSAGECONTEXT X-OORG X-PROXY X-RCPTLIMIT X-SYSPROBE X-XPROXYFROM "
    "XADR XCLIENT XEXCH50 XFORWARD XOAUTH2 XPROXY XPROXYFROM XPROXYTO XRDST XSESSIONPARAMS XSHADOW "
    "XSHADOWREQUEST XVERP ";

static bool is_number(const char *word, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!text_is_digit(word[i]))
            return false;
    }
    return size > 0;
}

/* "XXXXXXXA": what a firewall makes of a keyword. */
static bool is_mask(const char *word, size_t size)
{
    size_t count = 0;

    while (count < size && word[count] == 'X')
        count++;
    return count > 1 && count + 1 >= size;
}

static bool is_in_vocabulary(const char *word, size_t size)
{
    const char *known = vocabulary;

    while (*known) {
        size_t known_size = strcspn(known, " ");

        if (text_equal_fold_sized(word, size, known, known_size))
            return true;
        known += known_size + 1;
    }
    return false;
}

static bool is_known(const char *word, size_t size)
{
    return is_in_vocabulary(word, size) || is_number(word, size) || is_mask(word, size);
}

/* Nothing of an unknown keyword's parameters. */
static void keep_words(const char *text, struct buffer *out)
{
    size_t start = out->size;

    while (*text) {
        size_t size = strcspn(text, " ");

        if (is_known(text, size)) {
            if (out->size > start)
                buffer_add_char(out, ' ');
            buffer_add(out, text, size);
        } else if (out->size == start) {
            return;
        }
        text += size;
        text += *text == ' ';
    }
}

/* How a product of Microsoft's greets, and its build: no more of a greeting. */
static void keep_product(const char *text, struct buffer *out)
{
    static const char wording[] = "Microsoft ESMTP MAIL Service";
    char build[BUILD_NUMBER_TEXT_SIZE];
    struct build_number number;
    enum status status = build_number_parse_banner(text, strlen(text), &number);

    if (status == STATUS_OK || status == STATUS_NOT_SUPPORTED)
        build_number_format(&number, build);
    if (status == STATUS_OK)
        buffer_print(out, "(Microsoft Exchange Internet Mail Service %s)", build);
    else if (status == STATUS_NOT_SUPPORTED)
        buffer_print(out, "%s, Version: %s", wording, build);
    else if (strstr(text, wording))
        buffer_print(out, "%s ready", wording);
}

static bool is_masked(const struct smtp_line *line)
{
    struct smtp_line copy = *line;
    const struct smtp_reply alone = {.lines = &copy, .line_count = 1};

    return smtp_is_masked(&alone);
}

static void keep_text(const struct smtp_line *line, bool is_keyword, struct arena *arena,
                      struct buffer *out)
{
    static const char cmap[] = "SMTP/cmap";
    const char *text = smtp_line_text(line), *code = smtp_enhanced_code(line, arena);

    if (is_keyword)
        keep_words(text, out);
    else if (text_starts_fold(text, strlen(text), cmap))
        buffer_add(out, text, sizeof cmap - 1);
    else if (is_masked(line))
        buffer_add_string(out, text);
    else if (code)
        buffer_add_string(out, code);
    else
        keep_product(text, out);
}

static void redact_line(struct smtp_line *line, bool is_keyword, struct arena *arena)
{
    struct buffer out;
    size_t kept = 0;

    buffer_init(&out, SMTP_LINE_KEPT);
    while (kept < line->size && kept < CODE_SIZE && text_is_digit(line->text[kept]))
        kept++;
    if (kept == CODE_SIZE && kept < line->size &&
        (line->text[kept] == '-' || line->text[kept] == ' ' || is_masked(line)))
        kept++;
    buffer_add(&out, line->text, kept);
    keep_text(line, is_keyword, arena, &out);
    line->size = out.size;
    line->text = buffer_keep(&out, arena);
}

void smtp_redact_reply(struct smtp_reply *reply, bool is_ehlo, struct arena *arena)
{
    for (size_t i = 0; i < reply->line_count; i++)
        redact_line(&reply->lines[i], is_ehlo && i > 0, arena);
}
