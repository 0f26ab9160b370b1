#include "diag/read/file_type.h"

#include "diag/read/build_list.h"
#include "diag/read/environment_text.h"
#include "diag/read/event_xml.h"
#include "diag/read/evtx.h"
#include "diag/read/file_list.h"
#include "diag/read/file_type_mail.h"
#include "diag/read/ldif.h"
#include "diag/read/pe_version.h"
#include "diag/read/registry_query.h"
#include "diag/read/security_inf.h"
#include "diag/read/setspn_text.h"
#include "diag/read/vmware_time.h"
#include "diag/read/w32tm_text.h"
#include "diag/read/windows_feature.h"
#include "diag/text.h"

#include <string.h>

/* ---- words ---- */

static const struct {
    const char *word;
    const char *text;
} types[FILE_TYPE_COUNT] = {
#define X(name, word, text) [FILE_TYPE_##name] = {word, text},
    FILE_TYPE_LIST(X)
#undef X
};

const char *file_type_word(enum file_type type)
{
    return types[type < FILE_TYPE_COUNT ? type : FILE_TYPE_UNKNOWN].word;
}

const char *file_type_text(enum file_type type)
{
    return types[type < FILE_TYPE_COUNT ? type : FILE_TYPE_UNKNOWN].text;
}

enum file_type file_type_from_word(const char *word)
{
    for (unsigned i = 0; i < FILE_TYPE_COUNT; i++) {
        if (strcmp(types[i].word, word) == 0)
            return (enum file_type)i;
    }
    return FILE_TYPE_UNKNOWN;
}

/* ---- binary files: a signature at a fixed place ---- */

static bool has_bytes(const unsigned char *head, size_t size, size_t at, const char *bytes,
                      size_t count)
{
    return size >= at + count && memcmp(head + at, bytes, count) == 0;
}

static enum file_type binary_type(const unsigned char *head, size_t size)
{
    static const struct {
        enum file_type type;
        const char *first; /* 4 bytes at the beginning */
        size_t at;         /* where the second part stands */
        const char *second;
        size_t second_size;
    } signatures[] = {
        {FILE_TYPE_PCAP, "\xa1\xb2\xc3\xd4", 4, "\0\2", 2}, /* microseconds */
        {FILE_TYPE_PCAP, "\xd4\xc3\xb2\xa1", 4, "\2\0", 2},
        {FILE_TYPE_PCAP, "\xa1\xb2\x3c\x4d", 4, "\0\2", 2}, /* nanoseconds */
        {FILE_TYPE_PCAP, "\x4d\x3c\xb2\xa1", 4, "\2\0", 2},
        {FILE_TYPE_PCAPNG, "\n\r\r\n", 8, "\x1a\x2b\x3c\x4d", 4},
        {FILE_TYPE_PCAPNG, "\n\r\r\n", 8, "\x4d\x3c\x2b\x1a", 4},
        {FILE_TYPE_NETMON, "RTSS", 5, "\1", 1}, /* the major version */
        {FILE_TYPE_NETMON, "GMBU", 5, "\2", 1},
        {FILE_TYPE_EVT, "0\0\0\0", 4, "LfLe", 4}, /* its header's size is first */
    };

    if (evtx_is(head, size))
        return FILE_TYPE_EVTX;
    if (pe_version_is(head, size))
        return FILE_TYPE_PROGRAM;
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        if (has_bytes(head, size, 0, signatures[i].first, 4) &&
            has_bytes(head, size, signatures[i].at, signatures[i].second,
                      signatures[i].second_size))
            return signatures[i].type;
    }
    return FILE_TYPE_UNKNOWN;
}

/* ---- encoding ---- */

static bool is_text_byte(unsigned byte)
{
    return (byte >= 0x20 && byte < 0x7f) || (byte >= '\t' && byte <= '\r');
}

/* UTF-16 without a mark: three in four of its units are ASCII text, and none is zero. */
static bool is_utf16(const unsigned char *head, size_t size, size_t low)
{
    size_t units = size / 2, text = 0;

    for (size_t i = 0; i < units; i++) {
        unsigned high_byte = head[2 * i + 1 - low], low_byte = head[2 * i + low];

        if (high_byte == 0 && low_byte == 0)
            return false;
        if (high_byte == 0 && is_text_byte(low_byte))
            text++;
    }
    return units >= 2 && text >= units - units / 4;
}

/* A zero byte, or more than one control character in 32 bytes, is no text. */
static bool is_binary(const unsigned char *head, size_t size)
{
    size_t odd = 0;

    for (size_t i = 0; i < size; i++) {
        if (head[i] == 0)
            return true;
        if (head[i] < 0x80 && !is_text_byte(head[i]))
            odd++;
    }
    return odd > size / 32;
}

static enum text_encoding encoding_of(const unsigned char *head, size_t size, size_t *mark)
{
    struct text_survey survey;

    *mark = 2;
    if (has_bytes(head, size, 0, "\xff\xfe", 2))
        return TEXT_ENCODING_UTF16LE;
    if (has_bytes(head, size, 0, "\xfe\xff", 2))
        return TEXT_ENCODING_UTF16BE;
    *mark = 0;
    if (is_utf16(head, size, 0))
        return TEXT_ENCODING_UTF16LE;
    if (is_utf16(head, size, 1))
        return TEXT_ENCODING_UTF16BE;
    if (is_binary(head, size))
        return TEXT_ENCODING_BINARY;
    if (has_bytes(head, size, 0, "\xef\xbb\xbf", 3))
        *mark = 3;
    text_survey_begin(&survey, TEXT_ENCODING_ASCII);
    text_survey_add(&survey, head, size);
    if (size < FILE_TYPE_HEAD)
        text_survey_end(&survey);
    else if (survey.left_size && survey.encoding == TEXT_ENCODING_ASCII)
        survey.encoding = TEXT_ENCODING_UTF8;
    return survey.encoding;
}

/* ---- text files: how they begin ---- */

/* The head in ASCII, '?' for everything else; `text` has room for FILE_TYPE_HEAD and a NUL. */
static void read_head(char *text, enum text_encoding encoding, const unsigned char *bytes,
                      size_t size)
{
    bool wide = encoding == TEXT_ENCODING_UTF16LE || encoding == TEXT_ENCODING_UTF16BE;
    size_t low = encoding == TEXT_ENCODING_UTF16BE;
    size_t units = wide ? size / 2 : size;

    for (size_t i = 0; i < units; i++) {
        unsigned unit =
            wide ? (unsigned)bytes[2 * i + 1 - low] << 8 | bytes[2 * i + low] : bytes[i];

        text[i] = unit && unit < 0x80 ? (char)unit : '?';
    }
    text[units] = '\0';
}

static bool starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const char *skip_space(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

/* The next line, or NULL where the head ends. */
static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end && end[1] ? end + 1 : NULL;
}

static bool is_evidence(const char *text)
{
    return text[0] == '{' && starts(skip_space(text + 1), "\"exdiag_evidence\"");
}

/* README.txt of a folder that diag/collect/collect.ps1 made. */
static bool is_collection(const char *text)
{
    return starts(text, "exdiag-collection 1") && strchr("\r\n", text[19]);
}

static bool is_registry(const char *text)
{
    return starts(text, "Windows Registry Editor Version 5.00") || starts(text, "REGEDIT4");
}

/* W3C extended format: directives first, one of which names the software that writes. */
static bool names_software(const char *text, const char *software)
{
    for (const char *line = text; line && *line == '#'; line = next_line(line)) {
        if (starts(line, "#Software:"))
            return starts(line + 10 + strspn(line + 10, " \t"), software);
    }
    return false;
}

static bool is_iis_log(const char *text)
{
    return names_software(text, "Microsoft Internet Information Services");
}

/* The CSV logs of web requests name their columns, with a directive or in their first line. */
static bool has_columns(const char *text, const char *one, const char *other)
{
    for (const char *line = text; line; line = next_line(line)) {
        size_t size = strcspn(line, "\r\n");
        const char *at;

        if (!starts(line, "#Fields: DateTime,") && !starts(line, "DateTime,"))
            continue;
        at = strstr(line, one);
        if (!at || (size_t)(at - line) > size)
            return false;
        at = strstr(line, other);
        return at && (size_t)(at - line) < size;
    }
    return false;
}

static bool is_ews_log(const char *text)
{
    return has_columns(text, ",SoapAction,", ",HttpStatus,");
}

static bool is_http_proxy_log(const char *text)
{
    return has_columns(text, ",UrlStem,", ",HttpStatus,");
}

static bool is_exchange_log(const char *text)
{
    return names_software(text, "Microsoft Exchange");
}

/* The root element of an XML document: behind '<', past prologue and comments; or NULL. */
static const char *xml_root(const char *text)
{
    for (text = skip_space(text); *text == '<'; text = skip_space(text)) {
        const char *end;

        if (starts(text, "<!--"))
            end = "-->";
        else if (text[1] == '!' && text[strcspn(text, "[>")] == '[')
            end = "]>"; /* a document type's own declarations */
        else if (text[1] == '?' || text[1] == '!')
            end = ">";
        else
            return text + 1;
        text = strstr(text, end);
        if (!text)
            return NULL;
        text += strlen(end);
    }
    return NULL;
}

static bool is_element(const char *root, const char *name)
{
    size_t size = strlen(name);

    return root && starts(root, name) && root[size] && strchr(" \t\r\n>/", root[size]);
}

static bool is_iis_config(const char *text)
{
    return is_element(xml_root(text), "configuration");
}

static bool is_event_xml(const char *text)
{
    return event_xml_is(text, strlen(text));
}

static bool is_ldif(const char *text)
{
    return ldif_is(text, strlen(text));
}

static bool is_setspn(const char *text)
{
    return setspn_is(text, strlen(text));
}

/* Matches a line with a form: '0' a digit, 'a' one or more letters, '9' one or more digits. */
static bool has_form(const char *line, const char *form)
{
    static const char digits[] = "0123456789",
                      letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    for (; *form; form++) {
        size_t count = *form == 'a'   ? strspn(line, letters)
                       : *form == '9' ? strspn(line, digits)
                       : *form == '0' ? strspn(line, digits) > 0
                                      : *line == *form;

        if (count == 0)
            return false;
        line += count;
    }
    return true;
}

/* Time, thread number and level: an excerpt may begin in the middle of an exception. */
static bool is_mailstore_log(const char *text)
{
    for (const char *line = text; line; line = next_line(line)) {
        if (has_form(line, "00:00:00.000 [9] a "))
            return true;
    }
    return false;
}

static bool is_w32tm(const char *text)
{
    return w32tm_is_text(text, strlen(text));
}

static bool is_registry_query(const char *text)
{
    return registry_query_is_text(text, strlen(text));
}

static bool is_vmware_time(const char *text)
{
    return vmware_time_is_text(text, strlen(text));
}

static bool is_security_inf(const char *text)
{
    return security_inf_is_text(text, strlen(text));
}

static bool is_build_list(const char *text)
{
    return build_list_is_text(text, strlen(text));
}

static bool is_environment(const char *text)
{
    return environment_text_is(text, strlen(text));
}

static bool is_file_list(const char *text)
{
    return file_list_is_text(text, strlen(text));
}

static bool is_windows_features(const char *text)
{
    return windows_feature_is_text(text, strlen(text));
}

static enum file_type text_type(const char *text)
{
    static const struct {
        enum file_type type;
        bool (*is)(const char *text);
    } readers[] = {
        {FILE_TYPE_EVIDENCE, is_evidence},
        {FILE_TYPE_COLLECTION, is_collection},
        {FILE_TYPE_REGISTRY, is_registry},
        {FILE_TYPE_SECURITY_INF, is_security_inf},
        {FILE_TYPE_IIS_LOG, is_iis_log},
        {FILE_TYPE_SMTP_SEND_LOG, file_is_smtp_send_log},
        {FILE_TYPE_SMTP_RECEIVE_LOG, file_is_smtp_receive_log},
        {FILE_TYPE_TRACKING_LOG, file_is_tracking_log},
        {FILE_TYPE_EWS_LOG, is_ews_log},
        {FILE_TYPE_HTTP_PROXY_LOG, is_http_proxy_log},
        {FILE_TYPE_EXCHANGE_LOG, is_exchange_log},
        {FILE_TYPE_IIS_CONFIG, is_iis_config},
        {FILE_TYPE_EVENT_XML, is_event_xml},
        {FILE_TYPE_LDIF, is_ldif},
        {FILE_TYPE_MAILSTORE_LOG, is_mailstore_log},
        {FILE_TYPE_NETMON_TEXT, file_is_netmon_text},
        {FILE_TYPE_QUEUE_LIST, file_is_queue_list},
        {FILE_TYPE_NDR, file_is_ndr},
        {FILE_TYPE_VMWARE_TIME, is_vmware_time},
        {FILE_TYPE_REGISTRY_QUERY, is_registry_query},
        {FILE_TYPE_SETSPN, is_setspn},
        {FILE_TYPE_W32TM, is_w32tm},
        {FILE_TYPE_BUILD_LIST, is_build_list},
        {FILE_TYPE_FILE_LIST, is_file_list},
        {FILE_TYPE_ENVIRONMENT, is_environment},
        {FILE_TYPE_WINDOWS_FEATURES, is_windows_features},
    };

    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (readers[i].is(text))
            return readers[i].type;
    }
    return FILE_TYPE_UNKNOWN;
}

enum file_type file_type_of(const unsigned char *bytes, size_t size, enum text_encoding *encoding)
{
    char text[FILE_TYPE_HEAD + 1] = "";
    enum file_type type;
    size_t mark;

    *encoding = size ? TEXT_ENCODING_BINARY : TEXT_ENCODING_ASCII;
    if (size == 0)
        return FILE_TYPE_EMPTY;
    if (size > FILE_TYPE_HEAD)
        size = FILE_TYPE_HEAD;
    type = binary_type(bytes, size);
    if (type != FILE_TYPE_UNKNOWN)
        return type;
    *encoding = encoding_of(bytes, size, &mark);
    read_head(text, *encoding, bytes + mark, size - mark);
    if (*encoding == TEXT_ENCODING_BINARY) /* a system that went down leaves zeros in its logs */
        return is_mailstore_log(text) ? FILE_TYPE_MAILSTORE_LOG : FILE_TYPE_UNKNOWN;
    return text_type(text);
}
