/* Requests of WS-Management: whole, well-formed, and not such that anything would be made. */
#include "tests/unit/unit.h"

#include "diag/read/wsman_request.h"
#include "diag/read/xml.h"
#include "diag/xml_library.h"

#include <string.h>

static const struct xml_node *parse(const struct buffer *text, struct arena *arena)
{
    struct xml_library library;
    const struct xml_node *root;
    struct xml_problem problem;
    const char *reason;

    assert_int_equal(xml_library_load(&library, &reason), STATUS_OK);
    assert_int_equal(xml_parse(&library, text->text, text->size, arena, &root, &problem),
                     STATUS_OK);
    assert_string_equal(root->name, "Envelope");
    assert_string_equal(root->space, "http://www.w3.org/2003/05/soap-envelope");
    return root;
}

static const char *text_at(const struct xml_node *parent, const char *name)
{
    const struct xml_node *node = xml_child(parent, name);

    assert_non_null(node);
    return node->first->text;
}

static void test_identify(void **state)
{
    struct arena arena = {0};
    struct buffer text;

    (void)state;
    buffer_init(&text, WSMAN_REQUEST_MOST);
    wsman_write_identify(&text);
    assert_non_null(xml_child(xml_child(parse(&text, &arena), "Body"), "Identify"));
    buffer_release(&text);
    arena_release(&arena);
}

static const struct wsman_message message = {.to = "https://ex01.contoso.com:443/PowerShell/?a&<b>",
                                             .id = "6f1e0000-0000-4000-8000-000000000000"};

/* A server MUST refuse it: the major version of the protocol is none that there ever was. */
static void test_create_cannot_succeed(void **state)
{
    const struct xml_node *root, *header, *option;
    struct arena arena = {0};
    struct buffer text;

    (void)state;
    buffer_init(&text, WSMAN_REQUEST_MOST);
    wsman_write_create(&message, &text);
    root = parse(&text, &arena);
    header = xml_child(root, "Header");
    option = xml_child(xml_child(header, "OptionSet"), "Option");
    assert_string_equal(xml_value(option, "Name"), "protocolversion");
    assert_string_equal(xml_value(option, "MustComply"), "true");
    assert_string_equal(option->first->text, "0.0");
    assert_null(xml_next(option, "Option"));
    assert_null(strstr(text.text, "creationXml"));
    assert_string_equal(text_at(header, "To"), message.to);
    assert_string_equal(text_at(header, "ResourceURI"),
                        "http://schemas.microsoft.com/powershell/Microsoft.Exchange");
    assert_string_equal(text_at(header, "Action"),
                        "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create");
    assert_string_equal(text_at(header, "MessageID"), "uuid:6f1e0000-0000-4000-8000-000000000000");
    assert_string_equal(text_at(xml_child(xml_child(root, "Body"), "Shell"), "IdleTimeOut"),
                        "PT60S");
    buffer_release(&text);
    arena_release(&arena);
}

/* Of exactly one shell, whatever a server calls it. */
static void test_delete(void **state)
{
    static const char id[] = "<one> & \"only\"";
    const struct xml_node *root, *selector;
    struct arena arena = {0};
    struct buffer text;

    (void)state;
    buffer_init(&text, WSMAN_REQUEST_MOST);
    wsman_write_delete(&message, id, &text);
    root = parse(&text, &arena);
    selector = xml_child(xml_child(xml_child(root, "Header"), "SelectorSet"), "Selector");
    assert_string_equal(xml_value(selector, "Name"), "ShellId");
    assert_string_equal(selector->first->text, id);
    assert_null(xml_next(selector, "Selector"));
    assert_string_equal(text_at(xml_child(root, "Header"), "Action"),
                        "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete");
    assert_null(xml_child(root, "Body")->first);
    buffer_release(&text);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identify),
        cmocka_unit_test(test_create_cannot_succeed),
        cmocka_unit_test(test_delete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
