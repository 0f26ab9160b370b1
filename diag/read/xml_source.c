#include "diag/read/xml_source.h"

#include "diag/read/utf16.h"
#include "diag/text.h"

#include <string.h>

enum { DECLARATION_MOST = 256 }; /* bytes of <?xml ...?> */

enum status xml_fail(struct xml_problem *problem, enum status status, uint32_t line,
                     const char *reason)
{
    struct buffer text;

    buffer_init(&text, XML_REASON_SIZE - 1);
    text_show(&text, reason, strlen(reason));
    memcpy(problem->reason, text.text, text.size + 1);
    buffer_release(&text);
    problem->line = line;
    return status;
}

static bool starts(const char *at, const char *end, const char *mark)
{
    size_t size = strlen(mark);

    return (size_t)(end - at) >= size && memcmp(at, mark, size) == 0;
}

/* Behind the next `mark`, or `end`. */
static const char *behind(const char *at, const char *end, const char *mark)
{
    size_t size = strlen(mark);

    while ((at = memchr(at, mark[0], (size_t)(end - at)))) {
        if (starts(at, end, mark))
            return at + size;
        at++;
    }
    return end;
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
        at++;
    return at;
}

/* ---- the encoding ---- */

/* What <?xml encoding="..."?> says, in quotes; false where it says nothing. */
static bool find_declared(const char *text, size_t size, const char **name, size_t *name_size)
{
    const char *end = text + (size < DECLARATION_MOST ? size : DECLARATION_MOST), *at, *close;

    if (!starts(text, end, "<?xml"))
        return false;
    end = behind(text, end, "?>");
    at = skip_space(behind(text, end, "encoding"), end);
    if (at == end || *at != '=')
        return false;
    at = skip_space(at + 1, end);
    if (at == end || (*at != '"' && *at != '\''))
        return false;
    close = memchr(at + 1, *at, (size_t)(end - at - 1));
    *name = at + 1;
    *name_size = close ? (size_t)(close - at - 1) : 0;
    return close != NULL;
}

/*
 * Those whose markup is ASCII, so that it can be looked through. schtasks writes in the console's
 * code page, and declares UTF-16.
 */
static enum status take_declared(struct xml_source *source, struct xml_problem *problem)
{
    static const char *const as_utf8[] = {"utf-8", "utf8", "utf-16", "unicode", "us-ascii"};
    static const char *const as_declared[] = {"iso-8859-", "windows-125"};
    const char *name;
    size_t size;

    if (!find_declared(source->text, source->size, &name, &size))
        return STATUS_OK;
    for (size_t i = 0; i < sizeof as_utf8 / sizeof *as_utf8; i++) {
        if (text_equal_fold_sized(name, size, as_utf8[i], strlen(as_utf8[i])))
            return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof as_declared / sizeof *as_declared; i++) {
        if (size < sizeof source->encoding && text_starts_fold(name, size, as_declared[i])) {
            memcpy(source->encoding, name, size);
            source->encoding[size] = '\0';
            return STATUS_OK;
        }
    }
    return xml_fail(problem, STATUS_NOT_SUPPORTED, 1, "its declared encoding is not read here");
}

static enum status take_encoding(struct xml_source *source, struct xml_problem *problem)
{
    static const char mark[] = "\xEF\xBB\xBF";
    enum status status = STATUS_OK;
    struct utf16 utf16;
    bool is_wide = utf16_begins_markup(source->text, source->size, &utf16);

    if (is_wide) {
        utf16_to_utf8(&utf16, source->text, source->size, &source->wide);
        source->text = source->wide.text;
        source->size = source->wide.size;
    }
    if (starts(source->text, source->text + source->size, mark)) {
        source->text += strlen(mark);
        source->size -= strlen(mark);
    } else if (!is_wide) {
        status = take_declared(source, problem);
    }
    return status;
}

/* ---- what it holds ---- */

/*
 * Steps over a tag's attributes: `at` is behind its "<", and then where it ends; or at another
 * "<", which has no place in a tag: libxml2 goes on from there too.
 */
static bool are_few(const char **at, const char *end)
{
    unsigned count = 0;
    char quote = 0;

    for (; *at < end && **at != '<' && (quote || **at != '>'); (*at)++) {
        if (quote) {
            quote = **at == quote ? '\0' : quote;
        } else if (**at == '"' || **at == '\'') {
            quote = **at;
            if (++count > XML_ATTRIBUTES_MOST)
                return false;
        }
    }
    return true;
}

static uint32_t line_at(const char *text, const char *at)
{
    uint32_t line = 1;

    while ((text = memchr(text, '\n', (size_t)(at - text)))) {
        text++;
        line++;
    }
    return line;
}

static enum status look_through(const struct xml_source *source, struct xml_problem *problem)
{
    const char *text = source->text, *end = text + source->size, *at = text;

    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        const char *mark = at++;

        if (starts(mark, end, "<!--"))
            at = behind(mark + strlen("<!--"), end, "-->");
        else if (starts(mark, end, "<![CDATA["))
            at = behind(mark, end, "]]>");
        else if (starts(mark, end, "<!"))
            return xml_fail(problem, STATUS_MALFORMED, line_at(text, mark),
                            "it has a document type, and none is read here");
        else if (starts(mark, end, "<?"))
            at = behind(mark, end, "?>");
        else if (!are_few(&at, end))
            return xml_fail(problem, STATUS_TOO_LARGE, line_at(text, mark),
                            "an element has too many attributes");
    }
    return STATUS_OK;
}

enum status xml_source_open(struct xml_source *source, const char *bytes, size_t size,
                            struct xml_problem *problem)
{
    enum status status;
    const char *begin, *end, *nul;

    *source = (struct xml_source){.text = bytes, .size = size, .encoding = "UTF-8"};
    buffer_init(&source->wide, (size_t)XML_DOCUMENT_MOST * 3 / 2); /* of a unit, three bytes */
    if (size > XML_DOCUMENT_MOST)
        return xml_fail(problem, STATUS_TOO_LARGE, 0, "the document is too long");
    status = take_encoding(source, problem);
    if (status != STATUS_OK)
        return status;
    end = source->text + source->size;
    nul = memchr(source->text, '\0', source->size);
    if (nul)
        return xml_fail(problem, STATUS_MALFORMED, line_at(source->text, nul),
                        "it holds a character 0");
    begin = skip_space(source->text, end);
    if (begin == end || *begin != '<')
        return xml_fail(problem, STATUS_MALFORMED, 1, "it does not begin as XML does");
    return look_through(source, problem);
}

void xml_source_close(struct xml_source *source)
{
    buffer_release(&source->wide);
}
