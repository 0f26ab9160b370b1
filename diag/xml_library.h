/*
 * libxml2, which is loaded when first used: linked, it made each start 4.2 ms longer, for the
 * sake of ICU and liblzma. Its own headers are not needed.
 */
#ifndef EXDIAG_XML_LIBRARY_H
#define EXDIAG_XML_LIBRARY_H

#include "diag/read/xml.h"

/*
 * Any thread may ask for it, as often as it likes: what is loaded stays. STATUS_NOT_SUPPORTED where
 * it is not on this machine; `reason` then says what to install, and is NULL otherwise.
 */
enum status xml_library_load(struct xml_library *library, const char **reason);

#endif
