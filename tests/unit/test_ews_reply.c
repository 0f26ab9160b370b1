/* Replies of EWS: what is read of them, and what is refused. */
#include "tests/unit/unit.h"

#include "diag/read/ews_reply.h"
#include "diag/read/ews_request.h"
#include "diag/xml_library.h"

#include <stdio.h>
#include <string.h>

#define SOAP     "http://schemas.xmlsoap.org/soap/envelope/"
#define TYPES    "http://schemas.microsoft.com/exchange/services/2006/types"
#define MESSAGES "http://schemas.microsoft.com/exchange/services/2006/messages"
#define ERRORS   "http://schemas.microsoft.com/exchange/services/2006/errors"

#define VERSION                                                                                    \
    "<h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"0\" MajorBuildNumber=\"893\" "        \
    "MinorBuildNumber=\"17\" Version=\"V2_10\" xmlns:h=\"" TYPES "\"/>"
#define BEGIN                                                                                      \
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"" SOAP                        \
    "\"><s:Header>" VERSION "</s:Header><s:Body xmlns:m=\"" MESSAGES "\" xmlns:t=\"" TYPES "\">"
#define END "</s:Body></s:Envelope>"
#define GET(content)                                                                               \
    BEGIN "<m:GetItemResponse><m:ResponseMessages>" content                                        \
          "</m:ResponseMessages></m:GetItemResponse>" END
#define FINE(content)                                                                              \
    "<m:GetItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError"                  \
    "</m:ResponseCode>" content "</m:GetItemResponseMessage>"
#define MIME(content)                                                                              \
    GET(FINE("<m:Items><t:Message><t:MimeContent CharacterSet=\"UTF-8\">" content                  \
             "</t:MimeContent><t:ItemId Id=\"A\" ChangeKey=\"B\"/></t:Message></m:Items>"))
#define TRANSIENT                                                                                  \
    GET("<m:GetItemResponseMessage ResponseClass=\"Error\"><m:MessageText>An internal server "     \
        "error occurred. Try again later.</m:MessageText><m:ResponseCode>\r\n "                    \
        "ErrorInternalServerTransientError </m:ResponseCode><m:DescriptiveLinkKey>0"               \
        "</m:DescriptiveLinkKey><m:MessageXml><t:Value Name=\"Inner\">a&amp;b</t:Value>"           \
        "</m:MessageXml><m:Items/></m:GetItemResponseMessage>")
#define FAULT(more)                                                                                \
    BEGIN "<s:Fault><faultcode xmlns:a=\"" TYPES                                                   \
          "\">a:ErrorServerBusy</faultcode><faultstring xml:lang=\"en-US\">Not now.</faultstring>" \
          "<detail><e:ResponseCode xmlns:e=\"" ERRORS "\">ErrorServerBusy</e:ResponseCode>" more   \
          "</detail></s:Fault>" END
#define BACK_OFF(value)                                                                            \
    FAULT("<t:MessageXml xmlns:t=\"" TYPES "\"><t:Value Name=\"BackOffMilliseconds\">" value       \
          "</t:Value></t:MessageXml>")

static struct xml_library library;
static struct arena memory;

static int begin(void **state)
{
    const char *reason;

    (void)state;
    assert_int_equal(xml_library_load(&library, &reason), STATUS_OK);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

static struct ews_reply read_pieces(const char *text, size_t size, size_t piece)
{
    struct ews_reply_reader *reader = ews_reply_reader_new(&library, &memory);
    struct ews_reply reply;

    for (size_t at = 0; at < size; at += piece) {
        if (!ews_reply_add(reader, text + at, size - at < piece ? size - at : piece))
            break;
    }
    ews_reply_end(reader, &reply);
    return reply;
}

static struct ews_reply read_reply(const char *text)
{
    return read_pieces(text, strlen(text), strlen(text) + 1);
}

/* ---- what is read ---- */

static void an_error_within_200(void **state)
{
    struct ews_reply reply = read_reply(TRANSIENT);
    const struct ews_message *message = reply.messages;

    (void)state;
    assert_int_equal(reply.status, STATUS_OK);
    assert_int_equal(reply.kind, EWS_REPLY_MESSAGES);
    assert_null(reply.reason);
    assert_int_equal(reply.version.major * 1000 + reply.version.revision, 15017);
    assert_int_equal(reply.version.build, 893);
    assert_int_equal(reply.message_count, 1);
    assert_string_equal(message->code, "ErrorInternalServerTransientError");
    assert_int_equal(message->class, EWS_CLASS_TRANSIENT);
    assert_string_equal(message->text, "An internal server error occurred. Try again later.");
    assert_string_equal(message->link_key, "0");
    assert_int_equal(message->value_count, 1);
    assert_string_equal(message->values[0].name, "Inner");
    assert_string_equal(message->values[0].text, "a&b");
    assert_false(message->is_success || message->has_back_off || message->mime.is_there);
}

static void mime_is_measured(void **state)
{
    static const struct {
        const char *text;
        uint64_t encoded, bytes;
        bool is_damaged;
    } cases[] = {{MIME("UmVjZWl2ZWQ="), 12, 8, false},
                 {MIME("UmVj"), 4, 3, false},
                 {MIME("Um\r\n V=\t="), 4 + 0, 2, true},
                 {MIME("UmU=\n"), 4, 2, false},
                 {MIME("Ug==\n"), 4, 1, false},
                 {MIME(""), 0, 0, false},
                 {MIME("Ug="), 3, 1, true},
                 {MIME("U=gg"), 2, 0, true},
                 {MIME("UmVj===="), 8, 3, true},
                 {MIME("Um*j"), 3, 2, true},
                 {MIME("Ug====="), 7, 1, true},
                 {MIME("<![CDATA[UmVj]]>UmVj"), 8, 6, false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ews_reply reply = read_reply(cases[i].text);
        const struct ews_mime *mime = &reply.messages[0].mime;

        assert_int_equal(reply.status, STATUS_OK);
        assert_true(reply.messages[0].is_success);
        assert_true(mime->is_there);
        assert_int_equal(mime->is_damaged, cases[i].is_damaged);
        if (!cases[i].is_damaged) {
            assert_int_equal(mime->encoded, cases[i].encoded);
            assert_int_equal(mime->bytes, cases[i].bytes);
        }
    }
}

static void faults_and_back_off(void **state)
{
    struct ews_reply reply = read_reply(BACK_OFF(" 297749\n"));

    (void)state;
    assert_int_equal(reply.status, STATUS_OK);
    assert_int_equal(reply.kind, EWS_REPLY_FAULT);
    assert_string_equal(reply.messages[0].code, "ErrorServerBusy");
    assert_int_equal(reply.messages[0].class, EWS_CLASS_THROTTLED);
    assert_string_equal(reply.messages[0].text, "Not now.");
    assert_true(reply.messages[0].has_back_off);
    assert_int_equal(reply.messages[0].back_off, 297749);
    assert_false(read_reply(FAULT("")).messages[0].has_back_off);
    assert_false(read_reply(BACK_OFF("-1")).messages[0].has_back_off);
    assert_false(read_reply(BACK_OFF("4294967296")).messages[0].has_back_off);
    assert_false(read_reply(BACK_OFF("1e3")).messages[0].has_back_off);
    assert_false(read_reply(BACK_OFF("99999999999999999999999")).messages[0].has_back_off);
    assert_false(read_reply(BACK_OFF("18446744073709551617")).messages[0].has_back_off);
    assert_true(read_reply(BACK_OFF("4294967295")).messages[0].has_back_off);
}

/* A fault of SOAP's own, and one whose code the detail alone has. */
static void faults_of_other_kinds(void **state)
{
    struct ews_reply reply = read_reply(BEGIN "<s:Fault><faultcode>s:Client</faultcode><detail>"
                                              "<e:ResponseCode xmlns:e=\"" ERRORS
                                              "\">ErrorSchemaValidation</e:ResponseCode></detail>"
                                              "</s:Fault>" END);

    (void)state;
    assert_string_equal(reply.messages[0].code, "ErrorSchemaValidation");
    reply = read_reply(BEGIN "<s:Fault><faultcode>s:Server</faultcode></s:Fault>" END);
    assert_int_equal(reply.kind, EWS_REPLY_FAULT);
    assert_null(reply.messages[0].code);
    assert_int_equal(reply.messages[0].class, EWS_CLASS_NONE);
}

static void found_items(void **state)
{
    struct ews_reply reply = read_reply(
        BEGIN "<m:FindItemResponse><m:ResponseMessages>"
              "<m:FindItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError"
              "</m:ResponseCode><m:RootFolder IncludesLastItemInRange=\"false\"><t:Items>"
              "<t:MeetingRequest><t:ItemId Id=\"AAMk&quot;1\" ChangeKey=\"CK\"/><t:ItemClass>"
              "IPM.Schedule.Meeting.Request</t:ItemClass><t:Subject>Secret</t:Subject>"
              "<t:Size>123456</t:Size><t:HasAttachments>true</t:HasAttachments>"
              "<t:Nested><t:ItemId Id=\"no\"/><t:Size>1</t:Size></t:Nested></t:MeetingRequest>"
              "<t:Message><t:ItemId Id=\"two\"/><t:Size>12x</t:Size></t:Message>"
              "<t:Message><t:Size>12</t:Size></t:Message></t:Items></m:RootFolder>"
              "</m:FindItemResponseMessage>"
              "<m:FindItemResponseMessage ResponseClass=\"Error\"><m:ResponseCode>"
              "ErrorAccessDenied</m:ResponseCode></m:FindItemResponseMessage>"
              "</m:ResponseMessages></m:FindItemResponse>" END);
    const struct ews_message *message = reply.messages;

    (void)state;
    assert_int_equal(reply.message_count, 2);
    assert_int_equal(message[0].item_count, 2);
    assert_false(message[0].is_last_in_range);
    assert_true(message[0].more);
    assert_string_equal(message[0].items[0].element, "MeetingRequest");
    assert_string_equal(message[0].items[0].id, "AAMk\"1");
    assert_string_equal(message[0].items[0].change_key, "CK");
    assert_string_equal(message[0].items[0].item_class, "IPM.Schedule.Meeting.Request");
    assert_int_equal(message[0].items[0].size, 123456);
    assert_true(message[0].items[0].has_attachments);
    assert_string_equal(message[0].items[1].id, "two");
    assert_null(message[0].items[1].change_key);
    assert_null(message[0].items[1].item_class);
    assert_int_equal(message[0].items[1].size, 0);
    assert_int_equal(message[1].class, EWS_CLASS_DENIED);
    assert_true(message[1].is_last_in_range);
    assert_int_equal(message[1].item_count, 0);
}

/* What is not spelled like a code is none, and the first one counts. */
static void codes_that_are_none(void **state)
{
    static const char *const codes[] = {
        "", "Error", "error", "ErrorA B", "Error\xC3\xA9", "Warning", "ErrorA<x/>B", "noerror"};
    char text[2048];

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct ews_reply reply;

        snprintf(text, sizeof text,
                 GET("<m:GetItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>%s"
                     "</m:ResponseCode></m:GetItemResponseMessage>"),
                 codes[i]);
        reply = read_reply(text);
        assert_int_equal(reply.status, STATUS_OK);
        if (i != 6)
            assert_null(reply.messages[0].code);
        assert_false(reply.messages[0].is_success);
    }
    assert_string_equal(
        read_reply(GET("<m:X><m:ResponseCode>ErrorA1</m:ResponseCode><m:ResponseCode>NoError"
                       "</m:ResponseCode></m:X>"))
            .messages[0]
            .code,
        "ErrorA1");
    assert_false(
        read_reply(GET("<m:X><m:ResponseCode>ErrorA1</m:ResponseCode><m:ResponseCode>NoError"
                       "</m:ResponseCode></m:X>"))
            .messages[0]
            .is_success);
}

/* ---- pieces ---- */

static void pieces_make_no_difference(void **state)
{
    static const char *const texts[] = {TRANSIENT, MIME("UmVjZWl2\r\nZWQ="), BACK_OFF("1000")};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t piece = 1; piece < 40; piece++) {
            struct ews_reply reply = read_pieces(texts[i], strlen(texts[i]), piece);
            struct ews_reply whole = read_reply(texts[i]);

            assert_int_equal(reply.status, STATUS_OK);
            assert_int_equal(reply.kind, whole.kind);
            assert_int_equal(reply.message_count, 1);
            assert_int_equal(reply.messages[0].class, whole.messages[0].class);
            assert_int_equal(reply.messages[0].back_off, whole.messages[0].back_off);
            assert_int_equal(reply.messages[0].mime.bytes, whole.messages[0].mime.bytes);
            assert_int_equal(reply.version.build, 893);
        }
    }
}

/* Cut off anywhere it is known to be, and nothing that was not whole is taken for whole. */
static void cut_off_at_every_byte(void **state)
{
    static const char *const texts[] = {TRANSIENT, MIME("UmVjZWl2ZWQ="), BACK_OFF("1000")};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t size = 0; size < strlen(texts[i]); size++) {
            struct ews_reply reply = read_pieces(texts[i], size, 17);

            assert_int_equal(reply.status, STATUS_CLOSED);
            assert_non_null(reply.reason);
            assert_true(reply.message_count <= 1);
            if (reply.message_count == 0)
                assert_int_equal(reply.kind, size ? EWS_REPLY_FOREIGN : EWS_REPLY_NOTHING);
        }
    }
}

/* ---- what is refused ---- */

static void what_is_no_reply(void **state)
{
    static const struct {
        const char *text;
        enum status status;
        enum ews_reply_kind kind;
    } cases[] = {
        {"", STATUS_CLOSED, EWS_REPLY_NOTHING},
        {"<html><body>Sign in</body></html>", STATUS_MALFORMED, EWS_REPLY_HTML},
        {"\r\n<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://x/\">\n<html>",
         STATUS_MALFORMED, EWS_REPLY_HTML},
        {"\xEF\xBB\xBF<!doctype html>", STATUS_MALFORMED, EWS_REPLY_HTML},
        {"Bad Request", STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {"{\"error\": 1}", STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {"<a/>", STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {"<Envelope/>", STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"/>", STATUS_MALFORMED,
         EWS_REPLY_FOREIGN},
        {"<s:Envelope xmlns:s=\"" SOAP "\"><s:Body><m:GetItemResponse xmlns:m=\"https://schemas."
         "microsoft.com/exchange/services/2006/messages\"><m:ResponseMessages><m:X><m:ResponseCode>"
         "NoError</m:ResponseCode></m:X></m:ResponseMessages></m:GetItemResponse></s:Body>"
         "</s:Envelope>",
         STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {BEGIN END, STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {BEGIN "</s:Header>" END, STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {"<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", STATUS_MALFORMED,
         EWS_REPLY_FOREIGN},
        {"<?xml version=\"1.0\"?><!-- x --><!DOCTYPE a SYSTEM \"http://127.0.0.1:9/\"><a/>",
         STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {MIME("&b;"), STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {MIME("\x01"), STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {MIME("\xC3"), STATUS_MALFORMED, EWS_REPLY_FOREIGN},
        {"\xFF\xFE<", STATUS_NOT_SUPPORTED, EWS_REPLY_FOREIGN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t piece = 1; piece < 100; piece += 33) {
            struct ews_reply reply = read_pieces(cases[i].text, strlen(cases[i].text), piece);

            assert_int_equal(reply.status, cases[i].status);
            assert_int_equal(reply.kind, cases[i].kind);
            assert_int_equal(reply.message_count, 0);
            assert_non_null(reply.reason);
        }
    }
}

static void nuls_and_utf_16(void **state)
{
    static const char nul[] = "<s:Envelope xmlns:s=\"" SOAP "\">\0</s:Envelope>";
    static const char wide[] = "<\0a\0/\0>\0";

    (void)state;
    assert_int_equal(read_pieces(nul, sizeof nul - 1, 100).status, STATUS_MALFORMED);
    assert_int_equal(read_pieces(wide, sizeof wide - 1, 100).status, STATUS_MALFORMED);
}

static void add_times(struct buffer *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_add_string(out, text);
}

/* What would make libxml2 gather much or take long is refused before it does. */
static void floods(void **state)
{
    static const struct {
        const char *before, *repeated;
        size_t count;
    } cases[] = {{"<s:Envelope xmlns:s=\"" SOAP "\">", "<a>", 100},
                 {"<s:Envelope xmlns:s=\"" SOAP "\"", " a=''", 300},
                 {"<s:Envelope xmlns:s=\"" SOAP "\" a=\"", "xxxxxxxxxxxxxxxx", 5000},
                 {"<!--", "xxxxxxxxxxxxxxxx", 5000},
                 {"<?a ", "xxxxxxxxxxxxxxxx", 5000},
                 {BEGIN "<m:R><m:ResponseMessages>", "<m:X/>", 100}};
    struct buffer text;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buffer_init(&text, 1 << 20);
        buffer_add_string(&text, cases[i].before);
        add_times(&text, cases[i].repeated, cases[i].count);
        assert_int_equal(read_pieces(text.text, text.size, 4096).status, STATUS_TOO_LARGE);
        buffer_release(&text);
    }
}

static void limits_of_lists(void **state)
{
    struct ews_reply reply;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_string(&text, BEGIN "<m:R><m:ResponseMessages><m:X><m:RootFolder><t:Items>");
    add_times(&text, "<t:Message><t:ItemId Id=\"A\"/></t:Message>", EWS_ITEMS_MOST + 5);
    buffer_add_string(&text, "<t:Message><t:ItemId Id=\"");
    add_times(&text, "x", EWS_ID_MOST + 1);
    buffer_add_string(&text, "\"/></t:Message></t:Items></m:RootFolder><m:MessageXml>");
    add_times(&text, "<t:Value Name=\"a\">b</t:Value>", EWS_VALUES_MOST + 3);
    buffer_add_string(&text, "</m:MessageXml><m:MessageText>");
    add_times(&text, "0123456789", 100);
    buffer_add_string(&text, "</m:MessageText></m:X></m:ResponseMessages></m:R>" END);
    reply = read_pieces(text.text, text.size, 1000);
    assert_int_equal(reply.status, STATUS_OK);
    assert_int_equal(reply.messages[0].item_count, EWS_ITEMS_MOST);
    assert_int_equal(reply.messages[0].value_count, EWS_VALUES_MOST);
    assert_true(reply.messages[0].more);
    assert_int_equal(strlen(reply.messages[0].text), EWS_TEXT_MOST);
    buffer_release(&text);
}

/* The ids of Exchange have some 150 characters. */
static void ids_that_are_too_long(void **state)
{
    struct buffer text;

    (void)state;
    for (size_t size = EWS_ID_MOST; size <= EWS_ID_MOST + 1; size++) {
        struct ews_reply reply;

        buffer_init(&text, 1 << 20);
        buffer_add_string(&text, BEGIN "<m:R><m:ResponseMessages><m:X><m:RootFolder "
                                       "IncludesLastItemInRange=\"true\"><t:Items><t:Message>"
                                       "<t:ItemId Id=\"");
        add_times(&text, "x", size);
        buffer_add_string(&text, "\"/></t:Message></t:Items></m:RootFolder></m:X>"
                                 "</m:ResponseMessages></m:R>" END);
        reply = read_pieces(text.text, text.size, 1000);
        assert_int_equal(reply.messages[0].item_count, size == EWS_ID_MOST);
        assert_int_equal(reply.messages[0].more, size > EWS_ID_MOST);
        assert_true(reply.messages[0].is_last_in_range);
        buffer_release(&text);
    }
}

static void add_with_namespaces(struct buffer *out, const char *name, unsigned count)
{
    buffer_print(out, "<%s", name);
    for (unsigned i = 0; i < count; i++)
        buffer_print(out, " xmlns:n%u='u'", i);
    buffer_add_string(out, ">");
}

/* Of namespaces those count that are open at once. */
static void namespaces(void **state)
{
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_string(&text, BEGIN);
    for (unsigned i = 0; i < 5; i++) {
        add_with_namespaces(&text, "a", 200);
        buffer_add_string(&text, "</a>");
    }
    assert_int_equal(read_pieces(text.text, text.size, 1000).status, STATUS_CLOSED);
    add_with_namespaces(&text, "a", 200);
    add_with_namespaces(&text, "a", 200);
    assert_int_equal(read_pieces(text.text, text.size, 1000).status, STATUS_TOO_LARGE);
    buffer_release(&text);
}

/* What stands in comments, instructions and CDATA is no markup. */
static void markup_that_is_none(void **state)
{
    (void)state;
    assert_int_equal(
        read_reply(GET("<!-- -> <!DOCTYPE a> <b c='d --><m:X><m:ResponseCode>NoError"
                       "</m:ResponseCode><?p > <!DOCTYPE a> ?><![CDATA[<!DOCTYPE a> ]> ]]]></m:X>"))
            .status,
        STATUS_OK);
}

/* 100 MiB of content are measured in the memory that a small reply takes. */
static void large_content_is_not_kept(void **state)
{
    static char piece[1 << 20];
    struct ews_reply_reader *reader = ews_reply_reader_new(&library, &memory);
    struct ews_reply reply;
    const char *begin_text = BEGIN "<m:R><m:ResponseMessages><m:X><m:ResponseCode>NoError"
                                   "</m:ResponseCode><m:Items><t:Message><t:MimeContent>",
               *end_text =
                   "</t:MimeContent></t:Message></m:Items></m:X></m:ResponseMessages></m:R>" END;

    (void)state;
    memset(piece, 'A', sizeof piece);
    assert_true(ews_reply_add(reader, begin_text, strlen(begin_text)));
    for (unsigned i = 0; i < 100; i++)
        assert_true(ews_reply_add(reader, piece, sizeof piece));
    assert_true(ews_reply_add(reader, end_text, strlen(end_text)));
    assert_true(arena_footprint(&memory) < 100000);
    ews_reply_end(reader, &reply);
    assert_int_equal(reply.status, STATUS_OK);
    assert_int_equal(reply.messages[0].mime.encoded, UINT64_C(100) << 20);
    assert_int_equal(reply.messages[0].mime.bytes, UINT64_C(75) << 20);
}

static void the_whole_has_a_limit(void **state)
{
    static char piece[1 << 20];
    struct ews_reply_reader *reader = ews_reply_reader_new(&library, &memory);
    struct ews_reply reply;
    unsigned count = 0;

    (void)state;
    memset(piece, ' ', sizeof piece);
    assert_true(ews_reply_add(reader, BEGIN, strlen(BEGIN)));
    while (count < 400 && ews_reply_add(reader, piece, sizeof piece))
        count++;
    ews_reply_end(reader, &reply);
    assert_int_equal(reply.status, STATUS_TOO_LARGE);
    assert_int_equal(count, EWS_REPLY_MOST / (1 << 20) - 1);
}

#define PROPERTY(name, value)                                                                      \
    "<t:ExtendedProperty><t:ExtendedFieldURI PropertyName=\"" name "\"/><t:Value>" value           \
    "</t:Value></t:ExtendedProperty>"
#define SUBJECT(subject) "<t:Subject>" subject "</t:Subject>"

/* An item is ours by its subject and its mark, both. */
static void items_prove_themselves(void **state)
{
    static const struct {
        const char *within;
        bool is_test_item;
    } items[] = {
        {SUBJECT(EWS_TEST_SUBJECT) PROPERTY(EWS_TEST_MARK, "1"), true},
        {PROPERTY(EWS_TEST_MARK, "1") SUBJECT(EWS_TEST_SUBJECT), true},
        {SUBJECT(EWS_TEST_SUBJECT), false},
        {PROPERTY(EWS_TEST_MARK, "1"), false},
        {SUBJECT("RE: " EWS_TEST_SUBJECT) PROPERTY(EWS_TEST_MARK, "1"), false},
        {SUBJECT(EWS_TEST_SUBJECT) PROPERTY(EWS_TEST_MARK, "0"), false},
        {SUBJECT(EWS_TEST_SUBJECT) PROPERTY("another", "1"), false},
        {SUBJECT(EWS_TEST_SUBJECT) PROPERTY(EWS_TEST_MARK, "") PROPERTY("another", "1"), false},
        {"<t:Nested>" SUBJECT(EWS_TEST_SUBJECT) PROPERTY(EWS_TEST_MARK, "1") "</t:Nested>", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        char text[4096];
        struct ews_reply reply;

        snprintf(text, sizeof text,
                 BEGIN "<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage>"
                       "<m:ResponseCode>NoError</m:ResponseCode><m:RootFolder><t:Items><t:Message>"
                       "<t:ItemId Id=\"before\"/>%s</t:Message><t:Message><t:ItemId Id=\"bare\"/>"
                       "</t:Message></t:Items></m:RootFolder></m:FindItemResponseMessage>"
                       "</m:ResponseMessages></m:FindItemResponse>" END,
                 items[i].within);
        reply = read_reply(text);
        assert_int_equal(reply.messages[0].item_count, 2);
        assert_int_equal(reply.messages[0].items[0].is_test_item, items[i].is_test_item);
        assert_false(reply.messages[0].items[1].is_test_item);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_error_within_200, forget),
        cmocka_unit_test_teardown(mime_is_measured, forget),
        cmocka_unit_test_teardown(faults_and_back_off, forget),
        cmocka_unit_test_teardown(faults_of_other_kinds, forget),
        cmocka_unit_test_teardown(found_items, forget),
        cmocka_unit_test_teardown(items_prove_themselves, forget),
        cmocka_unit_test_teardown(codes_that_are_none, forget),
        cmocka_unit_test_teardown(pieces_make_no_difference, forget),
        cmocka_unit_test_teardown(cut_off_at_every_byte, forget),
        cmocka_unit_test_teardown(what_is_no_reply, forget),
        cmocka_unit_test_teardown(nuls_and_utf_16, forget),
        cmocka_unit_test_teardown(floods, forget),
        cmocka_unit_test_teardown(limits_of_lists, forget),
        cmocka_unit_test_teardown(ids_that_are_too_long, forget),
        cmocka_unit_test_teardown(namespaces, forget),
        cmocka_unit_test_teardown(markup_that_is_none, forget),
        cmocka_unit_test_teardown(large_content_is_not_kept, forget),
        cmocka_unit_test_teardown(the_whole_has_a_limit, forget),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
