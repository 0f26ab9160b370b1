/*
 * XML 1.0 documents in memory, parsed by libxml2 into a tree to walk. libxml2 is handed to this
 * room as a table of its functions (diag/xml_library.h loads it), so that nothing here does I/O,
 * and parsing asks for none: no document type is read, so there are no entities but the five, no
 * default attributes, and nothing outside of the document is ever named.
 *
 * Read are UTF-8 and UTF-16, with a mark or without, whatever is declared; ISO-8859-N and
 * windows-125N where they are declared; other declared encodings are refused. Lines end with "\n"
 * in a tree, as XML 1.0 2.11 has it. Any thread may parse. Nothing is printed.
 * Fuzz target: tests/fuzz/xml.c.
 */
#ifndef EXDIAG_READ_XML_H
#define EXDIAG_READ_XML_H

#include "diag/buffer.h"
#include "diag/status.h"

#include <stdint.h>

enum {
    XML_DOCUMENT_MOST = 8 << 20, /* bytes of UTF-8; libxml2 takes 10 MB of one text */
    XML_NODES_MOST = 1 << 19,    /* elements, texts and attributes */
    XML_DEPTH_MOST = 64,         /* of elements */
    XML_ATTRIBUTES_MOST = 256,   /* of one element, declarations of namespaces among them */
    XML_SPACES_MOST = 256,       /* namespaces that are declared at once */
    XML_REASON_SIZE = 160
};

/* ---- the tree: all of it is UTF-8 ---- */

struct xml_attribute {
    const struct xml_attribute *next;
    const char *space; /* as that of an element; "" without a prefix */
    const char *name;
    const char *value;
};

struct xml_node {
    const struct xml_node *parent;          /* NULL: the root */
    const struct xml_node *next;            /* sibling */
    const struct xml_node *first;           /* child */
    const char *name;                       /* of an element, without its prefix; NULL: a text */
    const char *space;                      /* the name's namespace, or "" */
    const char *text;                       /* of a text: never "", CDATA included */
    const struct xml_attribute *attributes; /* in order, without declarations of namespaces */
    uint32_t line;                          /* where the element's open tag ends; from 1 */
};

/* The first child that is an element of this name, of any namespace; NULL if there is none. */
const struct xml_node *xml_child(const struct xml_node *parent, const char *name);

/* The next sibling of this name. */
const struct xml_node *xml_next(const struct xml_node *node, const char *name);

/* An attribute's value; NULL if there is none of this name without a prefix. */
const char *xml_value(const struct xml_node *element, const char *name);

/* Appends the texts within a node, in order. */
void xml_add_text(const struct xml_node *node, struct buffer *out);

/* ---- parsing ---- */

struct xml_library;

struct xml_problem {
    uint32_t line;                /* from 1; 0 where it is of no line */
    char reason[XML_REASON_SIZE]; /* printable: may hold names out of the document; "" if none */
};

/*
 * The root of a document, in `arena`. STATUS_MALFORMED: it is not well-formed, or has a document
 * type; STATUS_TOO_LARGE: it is beyond a limit above; STATUS_NOT_SUPPORTED: its encoding;
 * STATUS_EXHAUSTED. `problem` then has the line and the reason, and is cleared otherwise.
 */
enum status xml_parse(const struct xml_library *library, const char *bytes, size_t size,
                      struct arena *arena, const struct xml_node **root,
                      struct xml_problem *problem);

/* ---- what is used of libxml2: its xmlTextReader, by functions alone ---- */

struct xml_fault { /* the beginning of its struct _xmlError */
    int domain;
    int code;
    char *message;
    int level;
    char *file;
    int line;
};

typedef void xml_take_fault(void *context, struct xml_fault *fault);

/* The struct _xmlSAXHandler of its push parser; `unused` are handlers that are not set. */
struct xml_handlers {
    void (*document_type)(void *context, const unsigned char *name, const unsigned char *external,
                          const unsigned char *system);
    void (*unused_before_text[16])(void);
    void (*text)(void *context, const unsigned char *bytes, int size);
    void (*white_space)(void *context, const unsigned char *bytes, int size);
    void (*unused_before_cdata[6])(void);
    void (*cdata)(void *context, const unsigned char *bytes, int size);
    void (*unused_external)(void);
    unsigned magic; /* XML_HANDLERS_MAGIC */
    void *unused_private;
    /* Of an attribute: name, prefix, namespace, where its value begins and ends. */
    void (*open)(void *context, const unsigned char *name, const unsigned char *prefix,
                 const unsigned char *space, int space_count, const unsigned char **spaces,
                 int attribute_count, int default_count, const unsigned char **attributes);
    void (*close)(void *context, const unsigned char *name, const unsigned char *prefix,
                  const unsigned char *space);
    xml_take_fault *fault;
};

#define XML_HANDLERS_MAGIC 0xDEEDBEAFu

/* Under the names of libxml2's functions; its xmlTextReader and xmlNode are void. */
struct xml_library {
    void (*init_parser)(void);
    void *(*reader_for_memory)(const char *bytes, int size, const char *url, const char *encoding,
                               int options);
    void (*free_reader)(void *reader);
    void (*set_fault_handler)(void *reader, xml_take_fault *take, void *context);
    int (*read)(void *reader);
    int (*node_type)(void *reader);
    int (*depth)(void *reader);
    int (*move_to_next_attribute)(void *reader);
    int (*is_namespace_declaration)(void *reader);
    const unsigned char *(*local_name)(void *reader);
    const unsigned char *(*namespace_uri)(void *reader);
    const unsigned char *(*value)(void *reader);
    void *(*current_node)(void *reader);
    long (*line_of_node)(const void *node);

    /* its push parser: for documents that come in pieces, xml_stream.h */
    void *(*push_new)(const struct xml_handlers *handlers, void *context, const char *bytes,
                      int size, const char *name);
    int (*push_options)(void *parser, int options);
    int (*push)(void *parser, const char *bytes, int size, int is_last);
    void (*push_stop)(void *parser);
    void (*push_free)(void *parser);
};

#endif
