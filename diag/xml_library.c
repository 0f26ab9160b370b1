#include "diag/xml_library.h"

#include "diag/platform.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const file_names[] = {"libxml2.so.2",     "libxml2.so.16", "libxml2.2.dylib",
                                         "libxml2.16.dylib", "libxml2-2.dll", "libxml2-16.dll",
                                         "libxml2.dll"};

static const struct {
    const char *name;
    size_t offset;
} function_names[] = {
    {"xmlInitParser", offsetof(struct xml_library, init_parser)},
    {"xmlReaderForMemory", offsetof(struct xml_library, reader_for_memory)},
    {"xmlFreeTextReader", offsetof(struct xml_library, free_reader)},
    {"xmlTextReaderSetStructuredErrorHandler", offsetof(struct xml_library, set_fault_handler)},
    {"xmlTextReaderRead", offsetof(struct xml_library, read)},
    {"xmlTextReaderNodeType", offsetof(struct xml_library, node_type)},
    {"xmlTextReaderDepth", offsetof(struct xml_library, depth)},
    {"xmlTextReaderMoveToNextAttribute", offsetof(struct xml_library, move_to_next_attribute)},
    {"xmlTextReaderIsNamespaceDecl", offsetof(struct xml_library, is_namespace_declaration)},
    {"xmlTextReaderConstLocalName", offsetof(struct xml_library, local_name)},
    {"xmlTextReaderConstNamespaceUri", offsetof(struct xml_library, namespace_uri)},
    {"xmlTextReaderConstValue", offsetof(struct xml_library, value)},
    {"xmlTextReaderCurrentNode", offsetof(struct xml_library, current_node)},
    {"xmlGetLineNo", offsetof(struct xml_library, line_of_node)},
    {"xmlCreatePushParserCtxt", offsetof(struct xml_library, push_new)},
    {"xmlCtxtUseOptions", offsetof(struct xml_library, push_options)},
    {"xmlParseChunk", offsetof(struct xml_library, push)},
    {"xmlStopParser", offsetof(struct xml_library, push_stop)},
    {"xmlFreeParserCtxt", offsetof(struct xml_library, push_free)},
};

static bool find_functions(void *loaded, struct xml_library *library)
{
    for (size_t i = 0; i < COUNT(function_names); i++) {
        platform_function *function = platform_library_function(loaded, function_names[i].name);

        if (!function)
            return false;
        memcpy((char *)library + function_names[i].offset, &function, sizeof function);
    }
    return true;
}

enum status xml_library_load(struct xml_library *library, const char **reason)
{
    void *loaded = NULL;

    *reason = NULL;
    for (size_t i = 0; i < COUNT(file_names) && !loaded; i++)
        loaded = platform_library_load(file_names[i]);
    if (!loaded || !find_functions(loaded, library)) {
        memset(library, 0, sizeof *library);
        *reason = "libxml2, which reads XML, is not on this machine: install it (Debian, Ubuntu, "
                  "Fedora: the package libxml2)";
        return STATUS_NOT_SUPPORTED;
    }
    library->init_parser();
    return STATUS_OK;
}
