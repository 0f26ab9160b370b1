/* What targets that read XML have in common: libxml2, loaded once, and the end of a failure. */
#ifndef EXDIAG_TESTS_FUZZ_XML_LIBRARY_H
#define EXDIAG_TESTS_FUZZ_XML_LIBRARY_H

#include "diag/xml_library.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void check(bool holds)
{
    if (!holds)
        abort();
}

static inline const struct xml_library *library(void)
{
    static struct xml_library loaded;
    const char *reason;

    if (!loaded.read)
        check(xml_library_load(&loaded, &reason) == STATUS_OK);
    return &loaded;
}

#endif
