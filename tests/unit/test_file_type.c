/* Recognising files by content. */
#include "diag/buffer.h"
#include "diag/read/file_type.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#define BYTES(literal) literal, sizeof(literal) - 1

static enum file_type type_of(const char *bytes, size_t size, enum text_encoding *encoding)
{
    return file_type_of((const unsigned char *)bytes, size, encoding);
}

/* Words are a contract: both ways, for every type. */
static void test_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FILE_TYPE_COUNT; i++) {
        assert_int_equal(file_type_from_word(file_type_word((enum file_type)i)), i);
        assert_true(strlen(file_type_text((enum file_type)i)) > 5);
    }
    assert_int_equal(file_type_from_word("no such type"), FILE_TYPE_UNKNOWN);
    assert_string_equal(file_type_word(FILE_TYPE_IIS_CONFIG), "iis-config");
}

static const struct {
    const char *bytes;
    size_t size;
    enum file_type type;
} binary_files[] = {
    {BYTES("\xd4\xc3\xb2\xa1\x02\0\x04\0"), FILE_TYPE_PCAP},
    {BYTES("\xa1\xb2\xc3\xd4\0\x02\0\x04"), FILE_TYPE_PCAP},
    {BYTES("\x4d\x3c\xb2\xa1\x02\0\x04\0"), FILE_TYPE_PCAP},
    {BYTES("\xd4\xc3\xb2\xa1\x07\0\x04\0"), FILE_TYPE_UNKNOWN},
    {BYTES("\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0"), FILE_TYPE_PCAPNG},
    {BYTES("\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4d\0\x01"), FILE_TYPE_PCAPNG},
    {BYTES("\n\r\r\n\0\0\0\x1c\0\0\0\0"), FILE_TYPE_UNKNOWN},
    {BYTES("RTSS\x01\x01\x01\0"), FILE_TYPE_NETMON},
    {BYTES("GMBU\0\x02\x01\0"), FILE_TYPE_NETMON},
    {BYTES("0\0\0\0LfLe\1\0\0\0\1\0\0\0"), FILE_TYPE_EVT},
    {BYTES("0\0\0\0LfLf"), FILE_TYPE_UNKNOWN},
    {BYTES("GMBU\0\x07\x01\0"), FILE_TYPE_UNKNOWN},
    {BYTES("ElfFile\0\0\0\0\0\0\0\0\0"), FILE_TYPE_EVTX},
    {BYTES("MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0"), FILE_TYPE_UNKNOWN},
    {BYTES("09:15:00.125 [7] INFO x\r\n\0\0\0\0\0\0\0"), FILE_TYPE_MAILSTORE_LOG},
    {BYTES("\0\0\0\0\r\n09:15:00.125 [7] INFO x\r\n"), FILE_TYPE_MAILSTORE_LOG},
    {BYTES("\0\0\0\0\r\n09:15:00 [7] INFO x\r\n"), FILE_TYPE_UNKNOWN},
};

/*
 * Signatures of both byte orders; a signature without its second half is none. Of text with zeros
 * in it job logs alone are recognised.
 */
static void test_binary_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof binary_files / sizeof *binary_files; i++) {
        enum text_encoding encoding;

        assert_int_equal(type_of(binary_files[i].bytes, binary_files[i].size, &encoding),
                         binary_files[i].type);
        assert_int_equal(encoding, TEXT_ENCODING_BINARY);
    }
}

#define AT     "   at A.B()\n   at A.C()\n   at A.D()\n   at A.E()\n   at A.F()\n"
#define EVENTS "http://schemas.microsoft.com/win/2004/08/events/event"

static const struct {
    const char *text;
    enum file_type type;
} text_files[] = {
    {"{\"exdiag_evidence\": 1, \"tool\": \"exdiag 1.0\"}\n", FILE_TYPE_EVIDENCE},
    {"{ \"exdiag_evidence\" : 1}", FILE_TYPE_EVIDENCE},
    {"{\"exdiag\": 1}", FILE_TYPE_UNKNOWN},
    {"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE", FILE_TYPE_REGISTRY},
    {"exdiag-collection 1\r\n\r\ncomputer          EX01\r\n", FILE_TYPE_COLLECTION},
    {"exdiag-collection 12\n", FILE_TYPE_UNKNOWN},
    {"REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE]\r\n", FILE_TYPE_REGISTRY},
    {"#Software: Microsoft Internet Information Services 8.5\r\n#V", FILE_TYPE_IIS_LOG},
    {"#Version: 1.0\n#Software: Microsoft Internet Information Servic"
     "es 6.0\n",
     FILE_TYPE_IIS_LOG},
    {"#Software: Microsoft HTTP API 2.0\r\n", FILE_TYPE_UNKNOWN},
    {"x\n#Software: Microsoft Exchange Server\n", FILE_TYPE_UNKNOWN},
    {"#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n", FILE_TYPE_EXCHANGE_LOG},
    {"#Software: Microsoft Exchange\r\n#Version: 8.1.0.0\r\n", FILE_TYPE_EXCHANGE_LOG},
    {"<?xml version=\"1.0\"?>\r\n<!-- > --><configuration>\n", FILE_TYPE_IIS_CONFIG},
    {"<configuration><system.webServer/>", FILE_TYPE_IIS_CONFIG},
    {"<configurations>", FILE_TYPE_UNKNOWN},
    {"<x><configuration>", FILE_TYPE_UNKNOWN},
    {"<!-- <configuration> ", FILE_TYPE_UNKNOWN},
    {"<?xml version='1.0'?><Events><Event xmlns='" EVENTS "'>", FILE_TYPE_EVENT_XML},
    {"\n<Event xmlns=\"" EVENTS "\"><System>", FILE_TYPE_EVENT_XML},
    {"<Events><Party/></Events>", FILE_TYPE_UNKNOWN},
    {"dn: CN=EX01,OU=Servers,DC=example,DC=com\nchangetype: add\n", FILE_TYPE_LDIF},
    {"# extended LDIF\n#\n# a comment\n  continued\n\nversion: 1\n", FILE_TYPE_LDIF},
    {"version:1\ndn:: Q049\n", FILE_TYPE_LDIF},
    {"# extended LDIF", FILE_TYPE_UNKNOWN},
    {"Registered ServicePrincipalNames for CN=EX01,CN=Computers,DC=contoso,DC=com:\r\n",
     FILE_TYPE_SETSPN},
    {"Checking domain DC=contoso,DC=com\r\nCN=EX01,DC=contoso,DC=com\r\n\tSMTPSVC/a\r\n",
     FILE_TYPE_SETSPN},
    {"Checking forest DC=contoso,DC=com\r\nProcessing entry 0\r\n\r\n"
     "found 0 group of duplicate SPNs.\r\n",
     FILE_TYPE_SETSPN},
    {"SMTPSVC/a is registered on these accounts:\r\n\tCN=A,DC=b\r\n", FILE_TYPE_SETSPN},
    {"CN=EX01,DC=contoso,DC=com\r\nCN=EX02,DC=contoso,DC=com\r\n", FILE_TYPE_UNKNOWN},
    {"version: 2\n", FILE_TYPE_UNKNOWN},
    {"09:15:00.125 [7] INFO Retrieving message...\n", FILE_TYPE_MAILSTORE_LOG},
    {": continued from above\n09:15:00.125 [112] EXCEPTION Error\n", FILE_TYPE_MAILSTORE_LOG},
    {AT AT AT AT "09:15:00.125 [112] INFO x\n", FILE_TYPE_MAILSTORE_LOG},
    {AT AT AT AT "at 09:15:00.125 [112] INFO x\n", FILE_TYPE_UNKNOWN},
    {"09:15:00.125 [main] INFO com.example.Server - started\n", FILE_TYPE_UNKNOWN},
    {"09:15:00,125 [7] INFO\n", FILE_TYPE_UNKNOWN},
    {"09:15:00.125 [7] ", FILE_TYPE_UNKNOWN},
    {"Dear customer,\n\nsee dn: above\n", FILE_TYPE_UNKNOWN},
    {"#Software: Microsoft Exchange Server\n#Log-type: SMTP Send Protocol Log\n",
     FILE_TYPE_SMTP_SEND_LOG},
    {"#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n"
     "#Log-Type:  SMTP Receive Protocol Log\r\n",
     FILE_TYPE_SMTP_RECEIVE_LOG},
    {"#Log-type: Message Tracking Log\n", FILE_TYPE_TRACKING_LOG},
    {"#Software: Microsoft Exchange Server\n#Log-type: Connectivity Log\n", FILE_TYPE_EXCHANGE_LOG},
    {"see: + FRAME: Base frame properties + ETHERNET: ETYPE = 0x0800 : x", FILE_TYPE_NETMON_TEXT},
    {"  TCP: .A..S., len: 4, seq:1-4, ack: 3, src: 25 dst: 1145\n", FILE_TYPE_NETMON_TEXT},
    {"TCP: Control Bits: ......, len:    0, seq: 1", FILE_TYPE_NETMON_TEXT},
    {"TCP: .A..S, len: 4\n", FILE_TYPE_UNKNOWN},
    {"The TCP: connection; the FRAME: Base frame properties line\n", FILE_TYPE_UNKNOWN},
    {"\r\nIdentity      : EX01\\7\r\nNextHopDomain : a.example\r\nLastError     : \r\n",
     FILE_TYPE_QUEUE_LIST},
    {"Identity  DeliveryType Status MessageCount NextHopDomain\n--------\n", FILE_TYPE_QUEUE_LIST},
    {"#TYPE X.Y\n\"Identity\",\"DeliveryType\",\"NextHopDomain\"\n\"1\"\n", FILE_TYPE_QUEUE_LIST},
    {"NextHopDomain and MessageCount: what they are\n", FILE_TYPE_UNKNOWN},
    {"NextHopDomain : example.com\n", FILE_TYPE_UNKNOWN},
    {"Received: x\nContent-Type: multipart/report;\n report-type=\"delivery-status\"\n",
     FILE_TYPE_NDR},
    {"Reporting-MTA: dns;EX01\n\nfinal-recipient: rfc822;a@b.example\nAction: failed\n",
     FILE_TYPE_NDR},
    {"a.example #550 4.4.7 QUEUE.Expired; message expired ##\n", FILE_TYPE_NDR},
    {"<a.example #4.4.7>\n", FILE_TYPE_NDR},
    {"[{LED=441 4.4.1 Error};{FQDN=a.example};{IP=192.0.2.1}]", FILE_TYPE_NDR},
    {"Generating server: EX01.a.example\n\nann@b.example\nRemote Server returned '550 5.4.316 "
     "Message expired, connection refused'\n",
     FILE_TYPE_NDR},
    {"Server at mx1.b.example (192.0.2.5) returned '400 4.4.7 Message delayed'\n", FILE_TYPE_NDR},
    {"Generierender Server: EX01.a.example\r\n\r\nmx1.b.example (2001:db8::5) meldet '400 4.4.7 "
     "verspaetet'\r\n",
     FILE_TYPE_NDR},
    {"<ann@b.example>: conversation with mx1.b.example[192.0.2.5] timed\n    out while receiving "
     "the initial server greeting\n",
     FILE_TYPE_NDR},
    {"The server said '550 5.4.316 Message expired' on page 3\n", FILE_TYPE_UNKNOWN},
    {"Server at mx1.b.example (192.0.2.5) returned 'no'\n", FILE_TYPE_UNKNOWN},
    {"Generating server: EX01.a.example\n", FILE_TYPE_UNKNOWN},
    {"<ann@b.example>: please call me\n\nour exchanger is mx1.b.example[192.0.2.5]\n",
     FILE_TYPE_UNKNOWN},
    {"Chapter #4.4.7 of the book\n", FILE_TYPE_UNKNOWN},
    {"Status: 4.4.7\n", FILE_TYPE_UNKNOWN},
    {"Leap: 0(x)\r\nStratum: 2 (x)\r\nPrecision: -6 (x)\r\nDelay: 0.1s\r\nDispersion: 0.1s\r\n"
     "Id: 0xC0A80A01 (x)\r\nLast: 1\r\nSource: dc01\r\nPoll: 6 (64s)\r\n",
     FILE_TYPE_W32TM},
    {"[x]\nAnnounceFlags: 5 (y)\nEventLogFlags: 2 (y)\nMinPollInterval: 6 (y)\nHoldPeriod: 5 (y)",
     FILE_TYPE_W32TM},
    {"Local CMOS Clock\r\n", FILE_TYPE_W32TM},
    {"a.example\n", FILE_TYPE_UNKNOWN},
};

/* Writes ASCII as UTF-16; returns the size. */
static size_t widen(const char *text, bool big_endian, char *out)
{
    size_t size = strlen(text);

    for (size_t i = 0; i < size; i++) {
        out[2 * i + big_endian] = text[i];
        out[2 * i + !big_endian] = '\0';
    }
    return 2 * size;
}

/* The same text is the same type in every encoding, with a byte order mark or without. */
static void test_text_files(void **state)
{
    static const struct {
        enum text_encoding encoding;
        const char *mark;
        size_t mark_size;
    } forms[] = {
        {TEXT_ENCODING_ASCII, BYTES("")},           {TEXT_ENCODING_UTF8, BYTES("\xef\xbb\xbf")},
        {TEXT_ENCODING_UTF16LE, BYTES("\xff\xfe")}, {TEXT_ENCODING_UTF16BE, BYTES("\xfe\xff")},
        {TEXT_ENCODING_UTF16LE, BYTES("")},         {TEXT_ENCODING_UTF16BE, BYTES("")},
    };
    char bytes[1024];

    (void)state;
    for (size_t i = 0; i < sizeof text_files / sizeof *text_files; i++) {
        for (size_t j = 0; j < sizeof forms / sizeof *forms; j++) {
            enum text_encoding encoding;
            size_t size = strlen(text_files[i].text), mark = forms[j].mark_size;

            memcpy(bytes, forms[j].mark, mark);
            if (forms[j].encoding == TEXT_ENCODING_ASCII || forms[j].encoding == TEXT_ENCODING_UTF8)
                memcpy(bytes + mark, text_files[i].text, size);
            else
                size = widen(text_files[i].text, forms[j].encoding == TEXT_ENCODING_UTF16BE,
                             bytes + mark);
            if (type_of(bytes, mark + size, &encoding) != text_files[i].type)
                fail_msg("'%s' in form %zu", text_files[i].text, j);
            assert_int_equal(encoding, forms[j].encoding);
        }
    }
}

/* Empty, a code page, a character cut at the end of the head, zero bytes. */
static void test_encodings(void **state)
{
    char head[FILE_TYPE_HEAD];
    enum text_encoding encoding;

    (void)state;
    assert_int_equal(type_of("", 0, &encoding), FILE_TYPE_EMPTY);
    assert_int_equal(encoding, TEXT_ENCODING_ASCII);
    type_of(BYTES("p\xc5\x99\xc3\xadklad"), &encoding);
    assert_int_equal(encoding, TEXT_ENCODING_UTF8);
    type_of(BYTES("p\xf8\xedklad"), &encoding);
    assert_int_equal(encoding, TEXT_ENCODING_CODE_PAGE);
    type_of(BYTES("cut \xc5"), &encoding);
    assert_int_equal(encoding, TEXT_ENCODING_CODE_PAGE);
    memset(head, 'a', sizeof head);
    head[sizeof head - 1] = '\xc5';
    type_of(head, sizeof head, &encoding);
    assert_int_equal(encoding, TEXT_ENCODING_UTF8);
    type_of(BYTES("text\0text"), &encoding);
    assert_int_equal(encoding, TEXT_ENCODING_BINARY);
    type_of(BYTES("\x01\x02\x03\x04"), &encoding);
    assert_int_equal(encoding, TEXT_ENCODING_BINARY);
    type_of(BYTES("\xff\xfe\x10\x04\x11\x04"), &encoding);
    assert_int_equal(encoding, TEXT_ENCODING_UTF16LE);
}

/* What reg.exe and a redirected w32tm write: UTF-16 with other letters, and a code page. */
static void test_other_letters(void **state)
{
    static const char utf16[] = "\xff\xfeW\0i\0n\0d\0o\0w\0s\0 \0R\0e\0g\0i\0s\0t\0r\0y\0 \0"
                                "E\0d\0i\0t\0o\0r\0 \0V\0e\0r\0s\0i\0o\0n\0 \0"
                                "5\0.\0"
                                "0\0"
                                "0\0\r\0\n\0\r\0\n\0[\0H\0K\0E\0Y\0\\\0\x2c\x67\x9e\x8a]\0";
    static const char code_page[] = "Pr\x84zision: 0(\x81)\nb: 2 (x)\nc: -6 (x)\nd: 0.1s\ne: 0.1s\n"
                                    "f: 0xC0A80A01 (x)\ng: 1\nh: dc01\ni: 6 (64s)\n";
    enum text_encoding encoding;

    (void)state;
    assert_int_equal(type_of(BYTES(utf16), &encoding), FILE_TYPE_REGISTRY);
    assert_int_equal(encoding, TEXT_ENCODING_UTF16LE);
    assert_int_equal(type_of(BYTES(code_page), &encoding), FILE_TYPE_W32TM);
    assert_int_equal(encoding, TEXT_ENCODING_CODE_PAGE);
    assert_int_equal(type_of(BYTES("Dienstprinzipalnamen f\x81r CN=EX01,DC=com:\r\n"), &encoding),
                     FILE_TYPE_SETSPN);
    assert_int_equal(encoding, TEXT_ENCODING_CODE_PAGE);
}

/* Files as they come from real programs, where they are at hand. */
static void test_samples(void **state)
{
    static const struct {
        const char *path;
        enum file_type type;
        enum text_encoding encoding;
    } samples[] = {
        {"captures/stall-lo.netmon1", FILE_TYPE_NETMON, TEXT_ENCODING_BINARY},
        {"captures/stall-lo.netmon2", FILE_TYPE_NETMON, TEXT_ENCODING_BINARY},
        {"captures/stall-lo.pcap", FILE_TYPE_PCAP, TEXT_ENCODING_BINARY},
        {"captures/stall-lo.pcapng", FILE_TYPE_PCAPNG, TEXT_ENCODING_BINARY},
        {"../documents/kb-q182821-mx-failover.txt", FILE_TYPE_NETMON_TEXT, TEXT_ENCODING_ASCII},
        {"evtx/new-user-security.evtx", FILE_TYPE_EVTX, TEXT_ENCODING_BINARY},
        {"logs/HttpProxy-PowerShell_2023011116-1.LOG", FILE_TYPE_HTTP_PROXY_LOG,
         TEXT_ENCODING_ASCII},
        {"logs/IIS-u_ex.log", FILE_TYPE_IIS_LOG, TEXT_ENCODING_ASCII},
        {"logs/MailStore-job.log", FILE_TYPE_MAILSTORE_LOG, TEXT_ENCODING_UTF8},
        {"logs/MessageTracking-2010-BOM-CRLF.LOG", FILE_TYPE_TRACKING_LOG, TEXT_ENCODING_UTF8},
        {"logs/MessageTracking-MSGTRKMS2022091915-1.LOG", FILE_TYPE_TRACKING_LOG,
         TEXT_ENCODING_ASCII},
        {"logs/SmtpReceive-RECV2023011116-1.LOG", FILE_TYPE_SMTP_RECEIVE_LOG, TEXT_ENCODING_ASCII},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct buffer path;
        char head[FILE_TYPE_HEAD];
        enum text_encoding encoding;
        size_t size;
        FILE *file;

        buffer_init(&path, 4096);
        buffer_print(&path, "%s/../shared/samples/%s", EXDIAG_SOURCE, samples[i].path);
        file = fopen(path.text, "rb");
        buffer_release(&path);
        if (!file) {
            print_message("no file %s beside the source: skipped\n", samples[i].path);
            skip();
        }
        size = fread(head, 1, sizeof head, file);
        fclose(file);
        assert_int_equal(type_of(head, size, &encoding), samples[i].type);
        assert_int_equal(encoding, samples[i].encoding);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),         cmocka_unit_test(test_binary_files),
        cmocka_unit_test(test_text_files),    cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_other_letters), cmocka_unit_test(test_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
