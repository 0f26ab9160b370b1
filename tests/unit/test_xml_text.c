/* XML as programs write it, and what is refused. */
#include "diag/read/xml_text.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static void show_attributes(struct buffer *out, struct xml_span rest)
{
    struct xml_span name, value;

    while (xml_text_attribute(&rest, &name, &value)) {
        buffer_print(out, " %.*s=", (int)name.size, name.at);
        if (!xml_text_resolve(&value, out))
            buffer_add_string(out, "!");
    }
}

/* All pieces as text: <a k=v>, "text", </a>, and END or BROKEN. */
static void show(const char *text, size_t size, struct buffer *out)
{
    char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */
    enum xml_piece piece;
    struct xml_text xml;

    assert_non_null(copy);
    memcpy(copy, text, size);
    xml_text_begin(&xml, copy, size);
    do {
        piece = xml_text_next(&xml);
        if (piece == XML_OPEN) {
            buffer_print(out, "<%.*s", (int)xml.name.size, xml.name.at);
            show_attributes(out, xml.attributes);
            buffer_add_char(out, '>');
        } else if (piece == XML_CLOSE) {
            buffer_print(out, "</%.*s>", (int)xml.name.size, xml.name.at);
        } else if (piece == XML_TEXT) {
            buffer_add_char(out, '"');
            if (xml.is_literal)
                buffer_add(out, xml.text.at, xml.text.size);
            else if (!xml_text_resolve(&xml.text, out))
                buffer_add_char(out, '!');
            buffer_add_char(out, '"');
        }
    } while (piece != XML_END && piece != XML_BROKEN);
    buffer_add_string(out, piece == XML_END ? "END" : "BROKEN");
    assert_int_equal(xml_text_next(&xml), piece);
    free(copy);
}

static void check(const char *text, const char *expected)
{
    struct buffer out;

    buffer_init(&out, 1 << 16);
    show(text, strlen(text), &out);
    assert_string_equal(out.text, expected);
    buffer_release(&out);
}

static void test_pieces(void **state)
{
    (void)state;
    check("", "END");
    check("<a/>", "<a></a>END");
    check("<a><b>t</b></a>", "<a><b>\"t\"</b></a>END");
    check("<?xml version=\"1.0\"?>\n<!-- <b> --><ns:a-1.x_/>", "\"\n\"<ns:a-1.x_></ns:a-1.x_>END");
    check("<a>x<![CDATA[<b>&amp;]]>y</a >", "<a>\"x\"\"<b>&amp;\"\"y\"</a>END");
    check("<a>\r\n\t</a\r\n>", "<a>\"\r\n\t\"</a>END");
    check("<\xC3\xA9/>", "<\xC3\xA9></\xC3\xA9>END");
}

static void test_attributes(void **state)
{
    (void)state;
    check("<a b='1' c = \"2\"/>", "<a b=1 c=2></a>END");
    check("<a\tb='\">'\n/>", "<a b=\">></a>END");
    check("<a b=''>", "<a b=>BROKEN");
    check("<a b='&lt;&gt;&amp;&quot;&apos;'/>", "<a b=<>&\"'></a>END");
}

static void test_references(void **state)
{
    (void)state;
    check("<a>&#65;&#x42;&#xe9;&#x1F600;</a>", "<a>\"AB\xC3\xA9\xF0\x9F\x98\x80\"</a>END");
    check("<a>1&amp;2&lt;3</a>", "<a>\"1&2<3\"</a>END");
    check("<a>&#xD800;</a>", "<a>\"\xEF\xBF\xBD\"</a>END"); /* no scalar value */
    check("<a>&#x110000;</a>", "<a>\"!\"</a>END");
    check("<a>&#99999999;</a>", "<a>\"!\"</a>END");
    check("<a>&#x10FFFF;</a>", "<a>\"\xF4\x8F\xBF\xBF\"</a>END");
    check("<a>x&file;</a>", "<a>\"x!\"</a>END");
    check("<a>&#00000000000000065;</a>", "<a>\"A\"</a>END");
    check("<a>&#x100000041;</a>", "<a>\"!\"</a>END");
    check("<a>&;</a>", "<a>\"!\"</a>END");
    check("<a>&#;</a>", "<a>\"!\"</a>END");
    check("<a>&#x;</a>", "<a>\"!\"</a>END");
    check("<a>&#6a;</a>", "<a>\"!\"</a>END");
    check("<a>&amp</a>", "<a>\"!\"</a>END");
    check("<a>&AMP;</a>", "<a>\"!\"</a>END");
    check("<a>&                amp;</a>", "<a>\"!\"</a>END");
}

static void test_broken(void **state)
{
    static const char *const broken[] = {"<",
                                         "<a",
                                         "<a ",
                                         "<a/",
                                         "<a/ >",
                                         "< a>",
                                         "<1/>",
                                         "<a",
                                         "<-/>",
                                         "<a b>",
                                         "<a b=/>",
                                         "<a b=1/>",
                                         "<a b='1/>",
                                         "<a b='1'c='2'/>",
                                         "<a b='<'/>",
                                         "</a>",
                                         "<!DOCTYPE a>",
                                         "<!ENTITY a 'b'>",
                                         "<!--",
                                         "<!-->",
                                         "<?xml",
                                         "<![CDATA[",
                                         "<![CDATA[]]",
                                         "<!>",
                                         "<a =''/>"};

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        check(broken[i], "BROKEN");
    check("<a>", "<a>BROKEN");
    check("<a></b>", "<a>BROKEN");
    check("<a></a1>", "<a>BROKEN");
    check("<a></a", "<a>BROKEN");
    check("<a></a b=''>", "<a>BROKEN");
    check("<a/></a>", "<a></a>BROKEN");
    check("<a><b></a></b>", "<a><b>BROKEN");
}

/* As deep as may be, and one deeper. */
static void test_depth(void **state)
{
    struct buffer text, out;

    (void)state;
    buffer_init(&text, 4096);
    buffer_init(&out, 4096);
    for (int i = 0; i < XML_DEPTH_MOST; i++)
        buffer_add_string(&text, "<a>");
    for (int i = 0; i < XML_DEPTH_MOST; i++)
        buffer_add_string(&text, "</a>");
    show(text.text, text.size, &out);
    assert_non_null(strstr(out.text, "END"));
    buffer_clear(&text);
    buffer_clear(&out);
    for (int i = 0; i <= XML_DEPTH_MOST; i++)
        buffer_add_string(&text, "<a>");
    show(text.text, text.size, &out);
    assert_int_equal(out.size, 3 * XML_DEPTH_MOST + strlen("BROKEN"));
    buffer_release(&text);
    buffer_release(&out);
}

/* Cut off anywhere it is broken, and nothing beyond is read. */
static void test_truncated(void **state)
{
    static const char text[] = "<a b='&amp;'><!-- c --><![CDATA[d]]>e&#65;<?f g?><h/></a>";
    struct buffer out;

    (void)state;
    buffer_init(&out, 4096);
    for (size_t size = 1; size < sizeof text - 1; size++) {
        buffer_clear(&out);
        show(text, size, &out);
        assert_non_null(strstr(out.text, "BROKEN"));
    }
    buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),     cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_references), cmocka_unit_test(test_broken),
        cmocka_unit_test(test_depth),      cmocka_unit_test(test_truncated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
