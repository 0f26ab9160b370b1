/* Replies of WS-Management: the numbers and tokens in them, and what is no reply. */
#include "tests/unit/unit.h"

#include "diag/read/wsman_reply.h"
#include "diag/xml_library.h"

#include <stdio.h>
#include <string.h>

#define FAULT_URI "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
#define SOAP(body)                                                                                 \
    "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' "                               \
    "xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing' "                                  \
    "xmlns:x='http://schemas.xmlsoap.org/ws/2004/09/transfer' "                                    \
    "xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' "                                    \
    "xmlns:r='http://schemas.microsoft.com/wbem/wsman/1/windows/shell' "                           \
    "xmlns:f='" FAULT_URI "'><s:Header/><s:Body>" body "</s:Body></s:Envelope>"
#define WINDOWS(attributes, inner)                                                                 \
    SOAP("<s:Fault><s:Detail><f:WSManFault " attributes "><f:Message>" inner                       \
         "</f:Message></f:WSManFault></s:Detail></s:Fault>")

static struct arena memory;

static enum status read_text(const char *text, struct wsman_reply *out)
{
    struct xml_library library;
    const char *reason;

    assert_int_equal(xml_library_load(&library, &reason), STATUS_OK);
    return wsman_read_reply(&library, text, strlen(text), &memory, out);
}

static struct wsman_reply reply_of(const char *text)
{
    struct wsman_reply reply;

    assert_int_equal(read_text(text, &reply), STATUS_OK);
    return reply;
}

static int release(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

/* As WinRM writes it: subcodes within each other, the provider's fault within the other. */
static void test_fault(void **state)
{
    struct wsman_reply got = reply_of(SOAP(
        "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError"
        "</s:Value><s:Subcode><s:Value>w:More</s:Value></s:Subcode></s:Subcode></s:Code>"
        "<s:Reason><s:Text xml:lang='de'>\n Zugriff verweigert </s:Text></s:Reason><s:Detail>"
        "<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/InvalidValue"
        "</w:FaultDetail><f:WSManFault Code='2150858770' Machine='ex01.contoso.com'><f:Message>"
        "<f:ProviderFault provider='microsoft.powershell' path='C:\\WINDOWS\\system32\\p.dll'>"
        "<f:WSManFault Code='2152991685' Machine='EX02'><f:Message>x</f:Message></f:WSManFault>"
        "</f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>"));

    (void)state;
    assert_int_equal(got.kind, WSMAN_REPLY_FAULT);
    assert_string_equal(got.code, "Receiver");
    assert_string_equal(got.subcode, "More");
    assert_string_equal(got.detail, "InvalidValue");
    assert_true(got.has_number);
    assert_int_equal(got.number, WSMAN_PSRP_VERSION);
    assert_string_equal(got.machine, "EX02");
    assert_string_equal(got.provider, "microsoft.powershell");
    assert_string_equal(got.provider_path, "C:\\WINDOWS\\system32\\p.dll");
    assert_string_equal(got.text, "Zugriff verweigert");
    assert_null(got.vendor);
    assert_null(got.shell);
}

/* Prefixes are the server's own, and other namespaces are other things. */
static void test_namespaces(void **state)
{
    struct wsman_reply got = reply_of(
        "<Envelope xmlns='http://www.w3.org/2003/05/soap-envelope'><Body><Fault><Code><Value>q:Sender"
        "</Value></Code><Detail><Q:WSManFault Code='5' xmlns:Q='" FAULT_URI "'/></Detail></Fault>"
        "</Body></Envelope>");

    (void)state;
    assert_string_equal(got.code, "Sender");
    assert_int_equal(got.number, 5);
    got = reply_of(SOAP("<Fault><s:Code><s:Value>s:Sender</s:Value></s:Code></Fault>"));
    assert_int_equal(got.kind, WSMAN_REPLY_OTHER);
    assert_null(got.code);
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        bool has_number;
        uint32_t number;
    } rows[] = {
        {WINDOWS("Code='5'", ""), true, 5},
        {WINDOWS("Code='4294967295'", ""), true, UINT32_MAX},
        {WINDOWS("Code='4294967296'", ""), false, 0},
        {WINDOWS("Code='-5'", ""), false, 0},
        {WINDOWS("Code='0x5'", ""), false, 0},
        {WINDOWS("Code=''", ""), false, 0},
        {WINDOWS("", ""), false, 0},
        {WINDOWS("f:Code='5'", ""), false, 0},
        {WINDOWS("Code='7'", "<f:ProviderFault provider='p'>words</f:ProviderFault>"), true, 7},
        {WINDOWS("Code='7'", "<f:ProviderFault><f:WSManFault/></f:ProviderFault>"), true, 7},
        {SOAP("<s:Fault><s:Detail><other Code='5'/></s:Detail></s:Fault>"), false, 0},
        {SOAP("<s:Fault/>"), false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wsman_reply got = reply_of(rows[i].text);

        assert_int_equal(got.kind, WSMAN_REPLY_FAULT);
        assert_int_equal(got.has_number, rows[i].has_number);
        assert_int_equal(got.number, rows[i].number);
    }
}

/* Tokens are judged by, so nothing else passes for one. */
static void test_tokens(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"s:Sender", "Sender"}, {" \n s:Sender\t", "Sender"},
        {"Sender", "Sender"},   {"s:Sender \xc3\xa4", NULL},
        {"s:", NULL},           {"", NULL},
        {"s:Sen-der", NULL},    {"a:b:Sender", "Sender"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wsman_reply got = reply_of(
            arena_print(&memory, SOAP("<s:Fault><s:Code><s:Value>%s</s:Value></s:Code></s:Fault>"),
                        rows[i].text));

        if (rows[i].wanted)
            assert_string_equal(got.code, rows[i].wanted);
        else
            assert_null(got.code);
    }
}

static void test_identity(void **state)
{
    struct wsman_reply got =
        reply_of(SOAP("<i:IdentifyResponse xmlns:i='http://schemas.dmtf.org/wbem/wsman/identity/1/"
                      "wsmanidentity.xsd'><i:ProductVendor>Microsoft Corporation</i:ProductVendor>"
                      "<i:ProductVersion>OS: 10.0.17763 SP: 0.0 Stack: 3.0</i:ProductVersion>"
                      "</i:IdentifyResponse>"));

    (void)state;
    assert_int_equal(got.kind, WSMAN_REPLY_IDENTITY);
    assert_string_equal(got.vendor, "Microsoft Corporation");
    assert_string_equal(got.version, "OS: 10.0.17763 SP: 0.0 Stack: 3.0");
}

/* PowerShell 2.0 says no more than the reference; later ones say it twice. */
static void test_shell(void **state)
{
    static const char reference[] =
        SOAP("<x:ResourceCreated><a:ReferenceParameters><w:SelectorSet><w:Selector Name='Other'>no"
             "</w:Selector><w:Selector Name='ShellID'>the-one</w:Selector></w:SelectorSet>"
             "</a:ReferenceParameters></x:ResourceCreated>");
    static const char both[] =
        SOAP("<x:ResourceCreated><w:SelectorSet><w:Selector Name='ShellId'>the-one</w:Selector>"
             "</w:SelectorSet></x:ResourceCreated><r:Shell><r:ShellId>the-one</r:ShellId>"
             "</r:Shell>");
    struct wsman_reply got = reply_of(reference);

    (void)state;
    assert_int_equal(got.kind, WSMAN_REPLY_SHELL);
    assert_string_equal(got.shell, "the-one");
    assert_string_equal(reply_of(both).shell, "the-one");
    got = reply_of(SOAP("<x:ResourceCreated/>"));
    assert_int_equal(got.kind, WSMAN_REPLY_SHELL);
    assert_null(got.shell);
}

static void test_others(void **state)
{
    static const struct {
        const char *text;
        enum status status;
    } rows[] = {
        {"<html><p>no SOAP</p></html>", STATUS_NOT_FOUND},
        {"<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>", STATUS_NOT_FOUND},
        {"<!DOCTYPE html><html><br></html>", STATUS_MALFORMED},
        {"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body>",
         STATUS_MALFORMED},
        {"no XML at all", STATUS_MALFORMED},
    };
    struct wsman_reply got = reply_of(SOAP("<other/>"));

    (void)state;
    assert_int_equal(got.kind, WSMAN_REPLY_OTHER);
    assert_int_equal(
        reply_of("<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'/>").kind,
        WSMAN_REPLY_OTHER);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(read_text(rows[i].text, &got), rows[i].status);
}

/* Of what is too long, the beginning; and nothing that would not be printed. */
static void test_bounds(void **state)
{
    char name[4 * WSMAN_TEXT_MOST], text[8 * WSMAN_TEXT_MOST];
    struct wsman_reply got;

    (void)state;
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text,
             WINDOWS("Code='5' Machine='%s'", "<f:ProviderFault path='a&#9;b&#x202e;c'/>"), name);
    got = reply_of(text);
    assert_int_equal(strlen(got.machine), WSMAN_TEXT_MOST);
    assert_null(strchr(got.provider_path, '\t'));
    assert_null(strstr(got.provider_path, "\xe2\x80\xae"));
    snprintf(text, sizeof text, SOAP("<s:Fault><s:Code><s:Value>%s</s:Value></s:Code></s:Fault>"),
             name);
    assert_null(reply_of(text).code);
}

static void test_facility(void **state)
{
    (void)state;
    assert_true(wsman_number_is_of_powershell(WSMAN_PSRP_VERSION));
    assert_true(wsman_number_is_of_powershell(0x80540FA0));
    assert_false(wsman_number_is_of_powershell(WSMAN_DESTINATION_UNREACHABLE));
    assert_false(wsman_number_is_of_powershell(WSMAN_ACCESS_DENIED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_fault, release),
        cmocka_unit_test_teardown(test_namespaces, release),
        cmocka_unit_test_teardown(test_numbers, release),
        cmocka_unit_test_teardown(test_tokens, release),
        cmocka_unit_test_teardown(test_identity, release),
        cmocka_unit_test_teardown(test_shell, release),
        cmocka_unit_test_teardown(test_others, release),
        cmocka_unit_test_teardown(test_bounds, release),
        cmocka_unit_test(test_facility),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
