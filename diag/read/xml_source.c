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
    text_show(&text, reason, strcspn(reason, "\n")); /* which ends libxml2's */
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

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
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

struct survey {
    const char *text, *at, *end;
    unsigned depth, spaces; /* of what is open */
    unsigned spaces_around[XML_DEPTH_MOST];
    const char *refusal; /* or NULL */
};

static uint32_t line_at(const char *text, const char *at)
{
    uint32_t line = 1;

    while ((text = memchr(text, '\n', (size_t)(at - text)))) {
        text++;
        line++;
    }
    return line;
}

/*
 * Steps over a tag's attributes, to where the tag ends; or to another "<", which has no place in
 * one: libxml2 goes on from there too.
 */
static void survey_attributes(struct survey *survey)
{
    unsigned count = 0;
    char quote = '\0';

    for (; survey->at < survey->end; survey->at++) {
        char character = *survey->at;

        if (character == '<' || (!quote && character == '>'))
            return;
        if (quote) {
            quote = character == quote ? '\0' : quote;
        } else if (character == '"' || character == '\'') {
            quote = character;
            if (++count > XML_ATTRIBUTES_MOST)
                survey->refusal = "an element has too many attributes";
        } else if (is_space(character) && starts(survey->at + 1, survey->end, "xmlns")) {
            if (++survey->spaces > XML_SPACES_MOST)
                survey->refusal = "too many namespaces are declared at once";
        }
        if (survey->refusal)
            return;
    }
}

static void survey_open(struct survey *survey)
{
    unsigned around = survey->spaces;

    survey_attributes(survey);
    if (survey->at < survey->end && *survey->at == '>' && survey->at[-1] == '/')
        survey->spaces = around;
    else if (survey->depth == XML_DEPTH_MOST)
        survey->refusal = "its elements are nested too deep";
    else
        survey->spaces_around[survey->depth++] = around;
}

static void survey_close(struct survey *survey)
{
    if (survey->depth > 0)
        survey->spaces = survey->spaces_around[--survey->depth];
}

/* `at` is behind the "<" of what is looked at. */
static enum status survey_markup(struct survey *survey, struct xml_problem *problem)
{
    const char *mark = survey->at - 1, *end = survey->end;

    if (starts(mark, end, "<!--"))
        survey->at = behind(mark + strlen("<!--"), end, "-->");
    else if (starts(mark, end, "<![CDATA["))
        survey->at = behind(mark, end, "]]>");
    else if (starts(mark, end, "<!"))
        return xml_fail(problem, STATUS_MALFORMED, line_at(survey->text, mark),
                        "it has a document type, and none is read here");
    else if (starts(mark, end, "<?"))
        survey->at = behind(mark, end, "?>");
    else if (starts(mark, end, "</"))
        survey_close(survey);
    else
        survey_open(survey);
    if (survey->refusal)
        return xml_fail(problem, STATUS_TOO_LARGE, line_at(survey->text, mark), survey->refusal);
    return STATUS_OK;
}

static enum status look_through(const struct xml_source *source, struct xml_problem *problem)
{
    struct survey survey = {
        .text = source->text, .at = source->text, .end = source->text + source->size};
    enum status status = STATUS_OK;

    while (status == STATUS_OK &&
           (survey.at = memchr(survey.at, '<', (size_t)(survey.end - survey.at)))) {
        survey.at++;
        status = survey_markup(&survey, problem);
    }
    return status;
}

enum status xml_source_open(struct xml_source *source, const char *bytes, size_t size,
                            struct xml_problem *problem)
{
    enum status status;
    const char *begin, *end, *nul;

    *source = (struct xml_source){.text = bytes, .size = size, .encoding = "UTF-8"};
    buffer_init(&source->wide, XML_DOCUMENT_MOST + 3); /* a mark, too */
    status = take_encoding(source, problem);
    if (status != STATUS_OK)
        return status;
    if (source->size > XML_DOCUMENT_MOST || source->wide.truncated)
        return xml_fail(problem, STATUS_TOO_LARGE, 0, "the document is too long");
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
