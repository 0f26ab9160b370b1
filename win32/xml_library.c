/* libxml2, where it is part of the program: exdiag.exe, which has none beside it. */
#include "diag/platform.h"
#include "diag/xml_library.h"

#include <libxml/xmlreader.h>
#include <string.h>

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

enum status xml_library_load(struct xml_library *library, const char **reason)
{
    *reason = NULL;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        memcpy((char *)library + functions[i].offset, &functions[i].function,
               sizeof functions[i].function);
    library->init_parser();
    return STATUS_OK;
}
