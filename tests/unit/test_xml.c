/* XML documents as trees: what is read, and what is refused, with its line. */
#include "diag/platform.h"
#include "diag/read/xml.h"
#include "diag/xml_library.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct xml_library library;

/* <name a="v" {space}b="v">text<child/></name>, without white space of its own. */
static void show(const struct xml_node *node, struct buffer *out)
{
    if (node->text) {
        assert_null(node->name);
        assert_true(*node->text);
        buffer_add_string(out, node->text);
        return;
    }
    buffer_print(out, *node->space ? "<{%s}%s" : "<%s%s", node->space, node->name);
    for (const struct xml_attribute *attribute = node->attributes; attribute;
         attribute = attribute->next)
        buffer_print(out, *attribute->space ? " {%s}%s=%s" : " %s%s=%s", attribute->space,
                     attribute->name, attribute->value);
    buffer_add_char(out, '>');
    for (const struct xml_node *child = node->first; child; child = child->next) {
        assert_ptr_equal(child->parent, node);
        show(child, out);
    }
    buffer_print(out, "</%s>", node->name);
}

struct parsed {
    struct arena arena;
    struct buffer text;
    enum status status;
    struct xml_problem problem;
    const struct xml_node *root;
};

static void parse(struct parsed *parsed, const char *bytes, size_t size)
{
    char *copy = malloc(size ? size : 1); /* so that a sanitizer sees what is read beyond */

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    memset(parsed, 0, sizeof *parsed);
    memset(&parsed->problem, 'x', sizeof parsed->problem);
    parsed->status =
        xml_parse(&library, copy, size, &parsed->arena, &parsed->root, &parsed->problem);
    free(copy);
    buffer_init(&parsed->text, 1 << 20);
    if (parsed->status == STATUS_OK) {
        assert_null(parsed->root->parent);
        assert_null(parsed->root->next);
        assert_string_equal(parsed->problem.reason, "");
        show(parsed->root, &parsed->text);
    } else {
        assert_null(parsed->root);
        assert_true(*parsed->problem.reason);
        assert_true(strlen(parsed->problem.reason) < XML_REASON_SIZE);
        assert_null(strchr(parsed->problem.reason, '\n'));
    }
}

static void release(struct parsed *parsed)
{
    arena_release(&parsed->arena);
    buffer_release(&parsed->text);
}

static void check_sized(const char *bytes, size_t size, const char *expected)
{
    struct parsed parsed;

    parse(&parsed, bytes, size);
    assert_string_equal(parsed.problem.reason, "");
    assert_int_equal(parsed.status, STATUS_OK);
    assert_string_equal(parsed.text.text, expected);
    release(&parsed);
}

static void check(const char *text, const char *expected)
{
    check_sized(text, strlen(text), expected);
}

static void refuse_sized(const char *bytes, size_t size, enum status status, uint32_t line,
                         const char *reason)
{
    struct parsed parsed;

    parse(&parsed, bytes, size);
    assert_int_equal(parsed.status, status);
    assert_int_equal(parsed.problem.line, line);
    if (reason)
        assert_string_equal(parsed.problem.reason, reason);
    release(&parsed);
}

static void refuse(const char *text, uint32_t line, const char *reason)
{
    refuse_sized(text, strlen(text), STATUS_MALFORMED, line, reason);
}

/* ---- what is read ---- */

static void test_tree(void **state)
{
    (void)state;
    check("<a/>", "<a></a>");
    check(" \n<a><b>t</b></a>\n ", "<a><b>t</b></a>");
    check("<a> <b/>\t<c/>\n</a>", "<a> <b></b>\t<c></c>\n</a>");
    check("<?xml version=\"1.0\"?>\n<!-- <b> --><?p i?><a.x_-1/><!---->", "<a.x_-1></a.x_-1>");
    check("<a>x<![CDATA[<b>&amp;]]>y<!-- z -->w</a >", "<a>x<b>&amp;yw</a>");
    check("<a><b><c><d/></c></b><b/></a>", "<a><b><c><d></d></c></b><b></b></a>");
    check("<a>1\r\n2\r3</a>", "<a>1\n2\n3</a>");
    check("<\xC3\xA9/>", "<\xC3\xA9></\xC3\xA9>");
    check("<a>&#65;&#x42;&#xe9;&#x1F600;&lt;&gt;&amp;&quot;&apos;</a>",
          "<a>AB\xC3\xA9\xF0\x9F\x98\x80<>&\"'</a>");
}

static void test_attributes(void **state)
{
    (void)state;
    check("<a b='1' c = \"2\"\td='\">'/>", "<a b=1 c=2 d=\">></a>");
    check("<a b='' c='&lt;&#10;&amp;'>t</a>", "<a b= c=<\n&>t</a>");
    check("<a b='x\r\n\ty'/>", "<a b=x  y></a>");
}

/* Namespaces are told by what they are, whatever their prefixes. */
static void test_namespaces(void **state)
{
    (void)state;
    check("<s:E xmlns:s='u:1' xmlns='u:2'><B s:a='1' b='2'/><s:C/><D xmlns=''/></s:E>",
          "<{u:1}E><{u:2}B {u:1}a=1 b=2></B><{u:1}C></C><D></D></E>");
    check("<a xml:space='preserve'/>",
          "<a {http://www.w3.org/XML/1998/namespace}space=preserve></a>");
    check("<a><x:b/></a>", "<a><x:b></x:b></a>"); /* nobody declared it */
}

static void test_walk(void **state)
{
    static const char text[] = "<a>0<s:b xmlns:s='u' s:n='x' n='1'>1<i>2</i></s:b>\n<c/>3\n<b/>\n\n"
                               "<d\nn=''>4</d\n></a>";
    const struct xml_node *b, *d;
    struct parsed parsed;
    struct buffer out;

    (void)state;
    parse(&parsed, text, sizeof text - 1);
    b = xml_child(parsed.root, "b");
    assert_string_equal(b->space, "u");
    assert_string_equal(xml_value(b, "n"), "1");
    assert_null(xml_value(b, "N"));
    assert_null(xml_value(parsed.root, "n"));
    assert_int_equal(b->line, 1);
    b = xml_next(b, "b");
    assert_int_equal(b->line, 3);
    assert_null(xml_next(b, "b"));
    assert_null(xml_child(b, "b"));
    assert_null(xml_child(parsed.root, "i"));
    d = xml_child(parsed.root, "d");
    assert_int_equal(d->line, 6);
    assert_string_equal(xml_value(d, "n"), "");
    buffer_init(&out, 100);
    xml_add_text(parsed.root, &out);
    assert_string_equal(out.text, "012\n3\n\n\n4");
    buffer_release(&out);
    release(&parsed);
}

/* Text, CDATA and references beside each other are one text. */
static void test_one_text(void **state)
{
    static const char text[] = "<a>x<![CDATA[y]]>&amp;z</a>";
    struct parsed parsed;

    (void)state;
    parse(&parsed, text, sizeof text - 1);
    assert_string_equal(parsed.root->first->text, "xy&z");
    assert_null(parsed.root->first->next);
    release(&parsed);
}

/* ---- encodings ---- */

static void check_wide(const char *text, bool is_big, const char *expected)
{
    struct buffer wide;

    buffer_init(&wide, 4096);
    for (; *text; text++) {
        buffer_add_char(&wide, is_big ? '\0' : *text);
        buffer_add_char(&wide, is_big ? *text : '\0');
    }
    check_sized(wide.text, wide.size, expected);
    buffer_release(&wide);
}

static void test_encodings(void **state)
{
    (void)state;
    check("\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?><a>\xC3\xA9</a>", "<a>\xC3\xA9</a>");
    check_wide("<?xml version='1.0' encoding='UTF-16'?><a/>", false, "<a></a>");
    check_wide("<?xml version='1.0' encoding='UTF-16'?><a/>", true, "<a></a>");
    check_wide("<?xml version='1.0' encoding='EBCDIC-US'?><a/>", false, "<a></a>");
    check_sized("\xFF\xFE<\0a\0>\0\xAC\x20<\0/\0a\0>\0", 18, "<a>\xE2\x82\xAC</a>");
    check_sized("\xFE\xFF\0<\0a\0>\xD8\x3D\xDE\0\0<\0/\0a\0>", 20, "<a>\xF0\x9F\x98\x80</a>");
    /* what schtasks prints into a file */
    check("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<a>b</a>", "<a>b</a>");
    check("<?xml version='1.0' encoding = 'ISO-8859-1' ?><a>\xE9</a>", "<a>\xC3\xA9</a>");
    check("<?xml version='1.0' encoding=\"Windows-1252\"?><a>\x80</a>", "<a>\xE2\x82\xAC</a>");
    /* a mark says more than a declaration */
    check("\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><a>\xC3\xA9</a>",
          "<a>\xC3\xA9</a>");
    check("<a encoding='IBM037'/>", "<a encoding=IBM037></a>");
}

static void test_wrong_encodings(void **state)
{
    static const char *const foreign[] = {
        "UTF-7", "IBM037", "EBCDIC-CP-US",        "UTF-32",
        "x",     "",       "ISO-8859-1-and-more", "windows-12523456"};
    static const char not_read[] = "its declared encoding is not read here";
    char text[128];

    (void)state;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        snprintf(text, sizeof text, "<?xml version='1.0' encoding='%s'?><a/>", foreign[i]);
        refuse_sized(text, strlen(text), STATUS_NOT_SUPPORTED, 1, not_read);
    }
    refuse("<a>\n\xE9</a>", 2, NULL);
    refuse("<a>\xC0\x80</a>", 1, NULL);
    refuse("<a>\xED\xA0\x80</a>", 1, NULL);
    refuse("\x4C\x6F\xA7\x94", 1, "it does not begin as XML does");
    refuse_sized("\0\0\0<\0\0\0a", 8, STATUS_MALFORMED, 1, "it holds a character 0");
    refuse_sized("<\0\0\0a\0\0\0", 8, STATUS_MALFORMED, 1, "it holds a character 0");
    refuse_sized("<a/>\n\0", 6, STATUS_MALFORMED, 2, "it holds a character 0");
    refuse_sized("<a>\0</a>", 8, STATUS_MALFORMED, 1, "it holds a character 0");
    /* a lone surrogate is told to be none, and half a unit is none */
    check_sized("\xFF\xFE<\0a\0>\0\x3D\xD8<\0/\0a\0>\0", 18, "<a>\xEF\xBF\xBD</a>");
    check_sized("\xFF\xFE<\0a\0/\0>\0\x20", 11, "<a></a>");
}

/* ---- what is refused ---- */

static void test_malformed(void **state)
{
    (void)state;
    refuse("", 1, "it does not begin as XML does");
    refuse(" \r\n\t", 1, "it does not begin as XML does");
    refuse("{\"a\": \"<a/>\"}", 1, "it does not begin as XML does");
    refuse("<a>\n<b>\n</a>", 3, NULL);
    refuse("</a></a><a/>", 1, NULL);
    refuse("<a b='1' b='2'/>", 1, NULL);
    refuse("<a b='1'c='2'/>", 1, NULL);
    refuse("<a b=1/>", 1, NULL);
    refuse("<a b/>", 1, NULL);
    refuse("<a b='<'/>", 1, NULL);
    refuse("<a/><b/>", 1, NULL);
    refuse("<a/>x", 1, NULL);
    refuse("<a>]]></a>", 1, NULL);
    refuse("<a>&</a>", 1, NULL);
    refuse("<a>\n\n&nope;</a>", 3, NULL);
    refuse("<a b='&nope;'/>", 1, NULL);
    refuse("<a>&#0;</a>", 1, NULL);
    refuse("<a>\x1B</a>", 1, NULL);
    refuse("<a><!-- -- --></a>", 1, NULL);
    refuse("<!-- -->", 1, NULL);
    refuse("<?xml version='1.0'?>", 1, NULL);
    refuse("\n<?xml version='1.0'?><a/>", 2, NULL);
}

/* Names out of a document are made safe to show. */
static void test_reason(void **state)
{
    struct parsed parsed;

    (void)state;
    parse(&parsed, "<a>&nope;</b>", 13); /* of several faults the first */
    assert_string_equal(parsed.problem.reason, "Entity 'nope' not defined");
    release(&parsed);
    parse(&parsed, "<a><b\xE2\x80\x8C></a>", 13);
    assert_int_equal(parsed.status, STATUS_MALFORMED);
    assert_non_null(strstr(parsed.problem.reason, "mismatch"));
    assert_non_null(strstr(parsed.problem.reason, "b\\u{200c}"));
    release(&parsed);
}

/* Cut off anywhere it is malformed, and nothing beyond is read. */
static void test_truncated(void **state)
{
    static const char text[] = "<?xml version='1.0'?><a b='&amp;'><!-- c --><![CDATA[d]]>e&#65;"
                               "<?f g?><h/></a>";
    struct parsed parsed;

    (void)state;
    for (size_t size = 0; size < sizeof text - 1; size++) {
        parse(&parsed, text, size);
        assert_int_equal(parsed.status, STATUS_MALFORMED);
        release(&parsed);
    }
    check(text, "<a b=&>deA<h></h></a>");
}

/* No document type is read, so that no entity is ever known. */
static void test_document_type(void **state)
{
    static const char refused[] = "it has a document type, and none is read here";

    (void)state;
    refuse("<!DOCTYPE a><a/>", 1, refused);
    refuse("<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>", 2, refused);
    refuse("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 1, refused);
    refuse("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", 1, refused);
    refuse("<!DOCTYPE a [<!ENTITY % b SYSTEM 'file:///etc/passwd'> %b;]><a/>", 1, refused);
    refuse("<!DOCTYPE a [<!ENTITY x '1'><!ENTITY y '&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;'>\n"
           "<!ENTITY z '&y;&y;&y;&y;&y;&y;&y;&y;&y;&y;'>]><a b='&z;'>&z;</a>",
           1, refused);
    refuse("<!--><!---->\n\n<!doctype a><a/>", 3, refused);
    refuse("<a><!ENTITY b 'c'></a>", 1, refused);
    refuse("<!", 1, refused);
    /* these are none */
    check("<!--><!DOCTYPE b>--><?p ><!DOCTYPE c>?><a><![CDATA[><!DOCTYPE d>]]></a>",
          "<a>><!DOCTYPE d></a>");
    check("<a><!--<!DOCTYPE b>--><![CDATA[<!DOCTYPE c>]]><?d <!DOCTYPE e>?></a>",
          "<a><!DOCTYPE c></a>");
    check("<a xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='/etc/passwd'/></a>",
          "<a><{http://www.w3.org/2001/XInclude}include href=/etc/passwd></include></a>");
    check("<?xml-stylesheet href='/etc/passwd'?><?oasis-xml-catalog catalog='/etc/passwd'?><a/>",
          "<a></a>");
}

/* ---- limits ---- */

static void repeat(struct buffer *out, const char *text, size_t times)
{
    while (times-- > 0)
        buffer_add_string(out, text);
}

static void test_depth(void **state)
{
    struct parsed parsed;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 23);
    for (size_t depth = XML_DEPTH_MOST; depth <= XML_DEPTH_MOST + 1; depth++) {
        buffer_clear(&text);
        repeat(&text, "<a>\n", depth);
        repeat(&text, "</a>", depth);
        parse(&parsed, text.text, text.size);
        assert_int_equal(parsed.status, depth == XML_DEPTH_MOST ? STATUS_OK : STATUS_TOO_LARGE);
        assert_int_equal(parsed.problem.line, depth == XML_DEPTH_MOST ? 0 : depth);
        release(&parsed);
    }
    buffer_clear(&text);
    repeat(&text, "<a>", 2000000);
    refuse_sized(text.text, text.size, STATUS_TOO_LARGE, 1, "its elements are nested too deep");
    buffer_release(&text);
}

static void test_attribute_limit(void **state)
{
    static const char refused[] = "an element has too many attributes";
    struct parsed parsed;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 23);
    for (unsigned count = XML_ATTRIBUTES_MOST; count <= XML_ATTRIBUTES_MOST + 1; count++) {
        buffer_clear(&text);
        buffer_add_string(&text, "<r>\n<a");
        for (unsigned i = 0; i < count; i++)
            buffer_print(&text, i % 2 ? " a%u='\">'" : " a%u=\"'>\"", i);
        buffer_add_string(&text, "/></r>");
        parse(&parsed, text.text, text.size);
        assert_int_equal(parsed.status,
                         count == XML_ATTRIBUTES_MOST ? STATUS_OK : STATUS_TOO_LARGE);
        assert_string_equal(parsed.problem.reason, count == XML_ATTRIBUTES_MOST ? "" : refused);
        assert_int_equal(parsed.problem.line, count == XML_ATTRIBUTES_MOST ? 0 : 2);
        release(&parsed);
    }
    buffer_clear(&text); /* behind a tag that is none */
    buffer_add_string(&text, "<a b='<c ");
    for (unsigned i = 0; i <= XML_ATTRIBUTES_MOST; i++)
        buffer_print(&text, " a%u=\"\"", i);
    refuse_sized(text.text, text.size, STATUS_TOO_LARGE, 1, refused);
    buffer_release(&text);
}

/* As many as may be declared around one element: those of elements that are closed do not count. */
static void test_namespace_limit(void **state)
{
    static const char refused[] = "too many namespaces are declared at once";
    struct parsed parsed;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 23);
    for (unsigned count = XML_SPACES_MOST; count <= XML_SPACES_MOST + 1; count++) {
        buffer_clear(&text);
        buffer_add_string(&text, "<r>");
        for (unsigned i = 0; i < 1000; i++)
            buffer_print(&text, "<a xmlns:b%u='u'/><a\txmlns='v'></a>", i);
        for (unsigned i = 0; i < 8; i++)
            buffer_print(&text, "<a xmlns:c%u='u' b='xmlns xmlns'>", i);
        buffer_add_string(&text, "\n<a");
        for (unsigned i = 8; i < count; i++)
            buffer_print(&text, "\nxmlns:d%u='u'", i);
        buffer_add_string(&text, "/>");
        repeat(&text, "</a>", 8);
        buffer_add_string(&text, "</r>");
        parse(&parsed, text.text, text.size);
        assert_string_equal(parsed.problem.reason, count == XML_SPACES_MOST ? "" : refused);
        assert_int_equal(parsed.status, count == XML_SPACES_MOST ? STATUS_OK : STATUS_TOO_LARGE);
        assert_int_equal(parsed.problem.line, count == XML_SPACES_MOST ? 0 : 2);
        release(&parsed);
    }
    buffer_release(&text);
}

/* One attribute and one text of a MiB, in a document that libxml2 reads in pieces. */
static void test_long_values(void **state)
{
    struct parsed parsed;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 23);
    buffer_add_string(&text, "<a b='");
    repeat(&text, "\xC3\xA9", 1 << 19);
    buffer_add_string(&text, "'>");
    repeat(&text, "&amp;\n", 1 << 18);
    buffer_add_string(&text, "<c/></a>");
    parse(&parsed, text.text, text.size);
    assert_int_equal(parsed.status, STATUS_OK);
    assert_int_equal(strlen(xml_value(parsed.root, "b")), 1 << 20);
    assert_int_equal(strlen(parsed.root->first->text), 1 << 19);
    assert_string_equal(parsed.root->first->next->name, "c");
    assert_null(parsed.root->first->next->next);
    release(&parsed);
    buffer_release(&text);
}

static void test_nodes(void **state)
{
    struct parsed parsed;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 22);
    for (size_t over = 0; over <= 1; over++) {
        buffer_clear(&text);
        buffer_add_string(&text, "<r>\n");
        repeat(&text, "<a/>", XML_NODES_MOST - 2 + over);
        buffer_add_string(&text, "</r>");
        parse(&parsed, text.text, text.size);
        assert_int_equal(parsed.status, over ? STATUS_TOO_LARGE : STATUS_OK);
        assert_string_equal(parsed.problem.reason, over ? "it has too many elements" : "");
        release(&parsed);
    }
    buffer_clear(&text); /* attributes count */
    buffer_add_string(&text, "<r>");
    repeat(&text, "<a b=''/>", XML_NODES_MOST / 2 + 1);
    buffer_add_string(&text, "</r>");
    refuse_sized(text.text, text.size, STATUS_TOO_LARGE, 1, "it has too many elements");
    buffer_release(&text);
}

static void test_document_limit(void **state)
{
    static const char refused[] = "the document is too long";
    size_t size = XML_DOCUMENT_MOST;
    char *text = memory_new(size + 2, 2);

    (void)state;
    memset(text, ' ', size + 1);
    memcpy(text, "<a/>", 4);
    check_sized(text, size, "<a></a>");
    refuse_sized(text, size + 1, STATUS_TOO_LARGE, 0, refused);
    for (size_t i = size + 1; i-- > 0;) {
        text[2 * i] = text[i];
        text[2 * i + 1] = '\0';
    }
    check_sized(text, 2 * size, "<a></a>");
    refuse_sized(text, 2 * size + 2, STATUS_TOO_LARGE, 0, refused);
    memmove(text + 2, text, 2 * size); /* a mark does not count, and what is beyond is no end */
    memcpy(text, "\xFF\xFE", 2);
    check_sized(text, 2 * size + 2, "<a></a>");
    memcpy(text + 2 * size + 2, "<", 2);
    refuse_sized(text, 2 * size + 4, STATUS_TOO_LARGE, 0, refused);
    free(text);
}

/* ---- the library ---- */

/* Loading again gives the same; a thing that was found has no reason. */
static void test_library(void **state)
{
    struct xml_library again;
    const char *reason = "";

    (void)state;
    assert_int_equal(xml_library_load(&again, &reason), STATUS_OK);
    assert_null(reason);
    assert_memory_equal(&again, &library, sizeof again);
}

enum { THREADS = 4, ROUNDS = 200 };

struct crowd {
    struct platform_mutex *mutex;
    struct platform_condition *changed;
    unsigned running, failed;
};

static bool parse_alone(void)
{
    static const char sound[] = "<a b='&lt;'>&#233;</a>", broken[] = "<a>&nope;</a>";
    const struct xml_node *root;
    struct xml_problem problem;
    struct xml_library own;
    struct arena arena = {0};
    const char *reason;
    bool is_right;

    is_right =
        xml_library_load(&own, &reason) == STATUS_OK &&
        xml_parse(&own, sound, sizeof sound - 1, &arena, &root, &problem) == STATUS_OK &&
        strcmp(root->first->text, "\xC3\xA9") == 0 &&
        xml_parse(&own, broken, sizeof broken - 1, &arena, &root, &problem) == STATUS_MALFORMED &&
        strcmp(problem.reason, "Entity 'nope' not defined") == 0;
    arena_release(&arena);
    return is_right;
}

static void run_one(void *argument)
{
    struct crowd *crowd = argument;
    unsigned failed = 0;

    for (int i = 0; i < ROUNDS; i++)
        failed += !parse_alone();
    platform_mutex_lock(crowd->mutex);
    crowd->failed += failed;
    crowd->running--;
    platform_condition_signal(crowd->changed);
    platform_mutex_unlock(crowd->mutex);
}

/* Side by side, each told of its own faults. */
static void test_threads(void **state)
{
    struct crowd crowd = {platform_mutex_new(), platform_condition_new(), THREADS, 0};

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(platform_thread_start(run_one, &crowd), STATUS_OK);
    platform_mutex_lock(crowd.mutex);
    while (crowd.running > 0)
        platform_condition_wait(crowd.changed, crowd.mutex);
    platform_mutex_unlock(crowd.mutex);
    assert_int_equal(crowd.failed, 0);
    platform_condition_free(crowd.changed);
    platform_mutex_free(crowd.mutex);
}

static void test_without_library(void **state)
{
    const char *reason;

    (void)state;
    assert_int_equal(xml_library_load(&library, &reason), STATUS_NOT_SUPPORTED);
    assert_non_null(strstr(reason, "install"));
    print_message("skipped: libxml2 is not on this machine\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest with[] = {
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_namespaces),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_one_text),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_wrong_encodings),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_reason),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_document_type),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_attribute_limit),
        cmocka_unit_test(test_namespace_limit),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_document_limit),
        cmocka_unit_test(test_library),
        cmocka_unit_test(test_threads),
    };
    const struct CMUnitTest without[] = {cmocka_unit_test(test_without_library)};
    const char *reason;

    if (xml_library_load(&library, &reason) == STATUS_OK)
        return cmocka_run_group_tests(with, NULL, NULL);
    return cmocka_run_group_tests(without, NULL, NULL);
}
