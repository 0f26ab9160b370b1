/*
 * libxml2, where it is part of the program: exdiag.exe, which has none beside it. It is without
 * iconv, and knows ISO-8859-N by itself; windows-125N are Windows' own.
 */
#include "diag/xml_library.h"

#include "diag/platform.h"
#include "win32/system.h"

#include <libxml/encoding.h>
#include <libxml/xmlreader.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    platform_function *function;
    size_t offset;
} functions[] = {
    {(platform_function *)xmlInitParser, offsetof(struct xml_library, init_parser)},
    {(platform_function *)xmlReaderForMemory, offsetof(struct xml_library, reader_for_memory)},
    {(platform_function *)xmlFreeTextReader, offsetof(struct xml_library, free_reader)},
    {(platform_function *)xmlTextReaderSetStructuredErrorHandler,
     offsetof(struct xml_library, set_fault_handler)},
    {(platform_function *)xmlTextReaderRead, offsetof(struct xml_library, read)},
    {(platform_function *)xmlTextReaderNodeType, offsetof(struct xml_library, node_type)},
    {(platform_function *)xmlTextReaderDepth, offsetof(struct xml_library, depth)},
    {(platform_function *)xmlTextReaderMoveToNextAttribute,
     offsetof(struct xml_library, move_to_next_attribute)},
    {(platform_function *)xmlTextReaderIsNamespaceDecl,
     offsetof(struct xml_library, is_namespace_declaration)},
    {(platform_function *)xmlTextReaderConstLocalName, offsetof(struct xml_library, local_name)},
    {(platform_function *)xmlTextReaderConstNamespaceUri,
     offsetof(struct xml_library, namespace_uri)},
    {(platform_function *)xmlTextReaderConstValue, offsetof(struct xml_library, value)},
    {(platform_function *)xmlTextReaderCurrentNode, offsetof(struct xml_library, current_node)},
    {(platform_function *)xmlGetLineNo, offsetof(struct xml_library, line_of_node)},
    {(platform_function *)xmlCreatePushParserCtxt, offsetof(struct xml_library, push_new)},
    {(platform_function *)xmlCtxtUseOptions, offsetof(struct xml_library, push_options)},
    {(platform_function *)xmlParseChunk, offsetof(struct xml_library, push)},
    {(platform_function *)xmlStopParser, offsetof(struct xml_library, push_stop)},
    {(platform_function *)xmlFreeParserCtxt, offsetof(struct xml_library, push_free)},
};

/* ---- encodings ---- */

enum { FIRST_PAGE = 1250, PAGES = 9, UPPER_HALF = 128, UTF8_MOST = 3, NO_ROOM = -1, INVALID = -2 };

struct character {
    unsigned char bytes[UTF8_MOST];
    unsigned char size; /* 0: the code page has none there */
};

static struct character upper[PAGES][UPPER_HALF];

static void read_page(UINT page, struct character *characters)
{
    for (unsigned i = 0; i < UPPER_HALF; i++) {
        char byte = (char)(UPPER_HALF + i), utf8[UTF8_MOST];
        wchar_t wide;
        int size = 0;

        if (MultiByteToWideChar(page, MB_ERR_INVALID_CHARS, &byte, 1, &wide, 1) == 1)
            size = WideCharToMultiByte(CP_UTF8, 0, &wide, 1, utf8, UTF8_MOST, NULL, NULL);
        memcpy(characters[i].bytes, utf8, (size_t)size);
        characters[i].size = (unsigned char)size;
    }
}

/* As libxml2 asks for it: sizes go in as what there is, and come out as what was used. */
static int decode(const struct character *characters, unsigned char *out, int *out_size,
                  const unsigned char *in, int *in_size)
{
    int done = 0, written = 0, outcome = 0;

    while (done < *in_size && outcome == 0) {
        unsigned char byte = in[done];
        struct character plain = {{byte}, 1};
        const struct character *each = byte < UPPER_HALF ? &plain : &characters[byte - UPPER_HALF];

        if (each->size == 0) {
            outcome = INVALID;
        } else if (*out_size - written < each->size) {
            outcome = NO_ROOM;
        } else {
            memcpy(out + written, each->bytes, each->size);
            written += each->size;
            done++;
        }
    }
    *out_size = written;
    *in_size = done;
    return outcome == INVALID || (outcome == NO_ROOM && done == 0) ? outcome : written;
}

#define PAGE_LIST(X) X(1250) X(1251) X(1252) X(1253) X(1254) X(1255) X(1256) X(1257) X(1258)

#define X(page)                                                                                    \
    static int decode_##page(unsigned char *out, int *out_size, const unsigned char *in,           \
                             int *in_size)                                                         \
    {                                                                                              \
        return decode(upper[page - FIRST_PAGE], out, out_size, in, in_size);                       \
    }
PAGE_LIST(X)
#undef X

static BOOL CALLBACK add_pages(INIT_ONCE *once, void *parameter, void **context)
{
    static const struct {
        const char *name;
        xmlCharEncodingInputFunc decode;
    } pages[] = {
#define X(page) {"windows-" #page, decode_##page},
        PAGE_LIST(X)
#undef X
    };

    (void)once;
    (void)parameter;
    (void)context;
    xmlInitParser();
    for (UINT i = 0; i < COUNT(pages); i++) {
        read_page(FIRST_PAGE + i, upper[i]);
        (void)xmlNewCharEncodingHandler(pages[i].name, pages[i].decode, NULL);
    }
    return TRUE;
}

enum status xml_library_load(struct xml_library *library, const char **reason)
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

    *reason = NULL;
    for (size_t i = 0; i < COUNT(functions); i++)
        memcpy((char *)library + functions[i].offset, &functions[i].function,
               sizeof functions[i].function);
    InitOnceExecuteOnce(&once, add_pages, NULL, NULL);
    return STATUS_OK;
}
