#include "diag/read/xml.h"

#include "diag/read/xml_source.h"

#include <string.h>

/* Of libxml2's interface: XML_PARSE_NONET, _NOCDATA and _IGNORE_ENC. */
enum { NO_NETWORK = 1 << 11, CDATA_AS_TEXT = 1 << 14, IGNORE_DECLARED_ENCODING = 1 << 21 };
enum { FAULT_IS_FATAL = 3, FAULT_NO_MEMORY = 2 };

enum node_type {
    NODE_ELEMENT = 1,
    NODE_TEXT = 3,
    NODE_CDATA = 4,
    NODE_ENTITY_REFERENCE = 5,
    NODE_DOCUMENT_TYPE = 10,
    NODE_WHITESPACE = 13,
    NODE_SIGNIFICANT_WHITESPACE = 14
};

struct level { /* an element that is open */
    const struct xml_node *node;
    const struct xml_node **end; /* where its next child is to be put */
};

struct parsing {
    const struct xml_library *library;
    void *reader;
    struct arena *arena;
    struct xml_problem *problem;
    enum status fault; /* the first that ends the parsing */
    const struct xml_node *root;
    struct level open[XML_DEPTH_MOST];
    uint32_t nodes; /* attributes among them */
};

/* ---- the tree ---- */

static bool is_named(const struct xml_node *node, const char *name)
{
    return node->name && strcmp(node->name, name) == 0;
}

const struct xml_node *xml_child(const struct xml_node *parent, const char *name)
{
    const struct xml_node *node = parent->first;

    while (node && !is_named(node, name))
        node = node->next;
    return node;
}

const struct xml_node *xml_next(const struct xml_node *node, const char *name)
{
    do
        node = node->next;
    while (node && !is_named(node, name));
    return node;
}

const char *xml_value(const struct xml_node *element, const char *name)
{
    const struct xml_attribute *attribute = element->attributes;

    while (attribute && (*attribute->space || strcmp(attribute->name, name) != 0))
        attribute = attribute->next;
    return attribute ? attribute->value : NULL;
}

void xml_add_text(const struct xml_node *node, struct buffer *out)
{
    if (node->text)
        buffer_add_string(out, node->text);
    for (const struct xml_node *child = node->first; child; child = child->next)
        xml_add_text(child, out);
}

/* ---- what libxml2 complains of ---- */

/* Of a namespace without a declaration too, and goes on: that is no fault of the document's form.
 */
static void take_fault(void *context, struct xml_fault *fault)
{
    struct parsing *parsing = context;

    if (fault->level < FAULT_IS_FATAL || parsing->fault != STATUS_OK)
        return;
    parsing->fault = fault->code == FAULT_NO_MEMORY ? STATUS_EXHAUSTED : STATUS_MALFORMED;
    xml_fail(parsing->problem, parsing->fault, fault->line > 0 ? (uint32_t)fault->line : 0,
             fault->message ? fault->message : "it is not well-formed");
}

/* ---- nodes ---- */

static const char *string_of(const unsigned char *text)
{
    return text ? (const char *)text : "";
}

static const char *keep(struct parsing *parsing, const char *text)
{
    return *text ? arena_copy_string(parsing->arena, text) : "";
}

/* Most elements are in the namespace of the one around them. */
static const char *keep_space(struct parsing *parsing, const struct xml_node *parent)
{
    const char *space = string_of(parsing->library->namespace_uri(parsing->reader));

    return parent && strcmp(parent->space, space) == 0 ? parent->space : keep(parsing, space);
}

static const char *keep_name(struct parsing *parsing)
{
    return keep(parsing, string_of(parsing->library->local_name(parsing->reader)));
}

static const char *keep_value(struct parsing *parsing)
{
    return keep(parsing, string_of(parsing->library->value(parsing->reader)));
}

static uint32_t line_of(const struct parsing *parsing)
{
    const struct xml_library *library = parsing->library;
    long line = library->line_of_node(library->current_node(parsing->reader));

    return line > 0 ? (uint32_t)line : 0;
}

static void take_attributes(struct parsing *parsing, struct xml_node *node)
{
    const struct xml_attribute **end = &node->attributes;

    while (parsing->library->move_to_next_attribute(parsing->reader) == 1) {
        struct xml_attribute *attribute;

        if (parsing->library->is_namespace_declaration(parsing->reader) == 1)
            continue;
        attribute = arena_new(parsing->arena, 1, sizeof *attribute);
        attribute->space = keep_space(parsing, NULL);
        attribute->name = keep_name(parsing);
        attribute->value = keep_value(parsing);
        *end = attribute;
        end = &attribute->next;
        parsing->nodes++;
    }
}

static enum status take_node(struct parsing *parsing, bool is_element)
{
    const struct xml_library *library = parsing->library;
    int depth = library->depth(parsing->reader);
    struct level *around;
    struct xml_node *node;

    if (depth >= XML_DEPTH_MOST + !is_element)
        return xml_fail(parsing->problem, STATUS_TOO_LARGE, line_of(parsing),
                        "its elements are nested too deep");
    if (parsing->nodes++ >= XML_NODES_MOST)
        return xml_fail(parsing->problem, STATUS_TOO_LARGE, line_of(parsing),
                        "it has too many elements");
    if (!is_element && depth <= 0)
        return STATUS_OK; /* white space beside the root */
    around = depth > 0 ? &parsing->open[depth - 1] : NULL;
    node = arena_new(parsing->arena, 1, sizeof *node);
    node->parent = around ? around->node : NULL;
    node->line = line_of(parsing);
    if (is_element) {
        parsing->open[depth] = (struct level){node, &node->first};
        node->name = keep_name(parsing);
        node->space = keep_space(parsing, node->parent);
        take_attributes(parsing, node);
    } else {
        node->space = "";
        node->text = keep_value(parsing);
    }
    if (around) {
        *around->end = node;
        around->end = &node->next;
    } else {
        parsing->root = node;
    }
    return STATUS_OK;
}

static enum status take(struct parsing *parsing)
{
    switch (parsing->library->node_type(parsing->reader)) {
    case NODE_ELEMENT:
        return take_node(parsing, true);
    case NODE_TEXT:
    case NODE_CDATA:
    case NODE_WHITESPACE:
    case NODE_SIGNIFICANT_WHITESPACE:
        return take_node(parsing, false);
    case NODE_ENTITY_REFERENCE:
    case NODE_DOCUMENT_TYPE:
        return xml_fail(parsing->problem, STATUS_MALFORMED, line_of(parsing),
                        "it has a document type, and none is read here");
    default: /* ends, comments, instructions */
        return STATUS_OK;
    }
}

/* ---- the document ---- */

static enum status take_all(struct parsing *parsing)
{
    enum status status;
    int outcome;

    while ((outcome = parsing->library->read(parsing->reader)) == 1) {
        status = take(parsing);
        if (status != STATUS_OK)
            return status;
    }
    if (parsing->fault != STATUS_OK)
        return parsing->fault;
    if (outcome < 0 || !parsing->root)
        return xml_fail(parsing->problem, STATUS_MALFORMED, 0, "it is not well-formed");
    return STATUS_OK;
}

static enum status parse(struct parsing *parsing, const struct xml_source *source)
{
    const struct xml_library *library = parsing->library;
    enum status status;

    parsing->reader =
        library->reader_for_memory(source->text, (int)source->size, NULL, source->encoding,
                                   NO_NETWORK | CDATA_AS_TEXT | IGNORE_DECLARED_ENCODING);
    if (!parsing->reader)
        return xml_fail(parsing->problem, STATUS_EXHAUSTED, 0, "libxml2 cannot begin");
    library->set_fault_handler(parsing->reader, take_fault, parsing);
    status = take_all(parsing);
    library->free_reader(parsing->reader);
    return status;
}

enum status xml_parse(const struct xml_library *library, const char *bytes, size_t size,
                      struct arena *arena, const struct xml_node **root,
                      struct xml_problem *problem)
{
    struct parsing parsing = {.library = library, .arena = arena, .problem = problem};
    struct xml_source source;
    enum status status;

    memset(problem, 0, sizeof *problem);
    status = xml_source_open(&source, bytes, size, problem);
    if (status == STATUS_OK)
        status = parse(&parsing, &source);
    xml_source_close(&source);
    if (status == STATUS_OK)
        *root = parsing.root;
    return status;
}
