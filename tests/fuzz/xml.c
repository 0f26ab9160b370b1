/* Whatever a document is: a tree within its limits, all of it UTF-8, or a line and a reason. */
#include "diag/read/xml.h"
#include "diag/text.h"
#include "tests/fuzz/xml_library.h"

#include <string.h>

static void check_text(const char *text)
{
    check(text_is_utf8(text, strlen(text)));
}

static void check_attributes(const struct xml_node *node)
{
    unsigned count = 0;

    for (const struct xml_attribute *attribute = node->attributes; attribute;
         attribute = attribute->next) {
        check(++count <= XML_ATTRIBUTES_MOST && *attribute->name);
        check_text(attribute->name);
        check_text(attribute->space);
        check_text(attribute->value);
        if (!*attribute->space)
            check(strcmp(xml_value(node, attribute->name), attribute->value) == 0);
    }
}

/* Gives the bytes of its texts. */
static size_t check_node(const struct xml_node *node, unsigned depth)
{
    size_t size = node->text ? strlen(node->text) : 0;

    check(!node->name == !!node->text);
    check_text(node->space);
    if (node->text) {
        check(size > 0 && !node->first && !node->attributes);
        check_text(node->text);
        return size;
    }
    check(depth < XML_DEPTH_MOST && *node->name && node->line > 0);
    check_text(node->name);
    check_attributes(node);
    for (const struct xml_node *child = node->first; child; child = child->next) {
        check(child->parent == node && (!child->name || child->line >= node->line));
        size += check_node(child, depth + 1);
    }
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct xml_node *root = NULL;
    struct xml_problem problem;
    struct arena arena = {0};
    struct buffer text;

    if (xml_parse(library(), (const char *)data, size, &arena, &root, &problem) == STATUS_OK) {
        check(!problem.line && !*problem.reason && !root->parent && !root->next);
        buffer_init(&text, 4 * size);
        xml_add_text(root, &text);
        check(check_node(root, 0) == text.size && !text.truncated);
        buffer_release(&text);
    } else {
        check(!root && *problem.reason && problem.line <= size + 1);
        check(text_is_printable(problem.reason, strlen(problem.reason)));
    }
    arena_release(&arena);
    return 0;
}
