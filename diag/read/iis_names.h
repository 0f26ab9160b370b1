/* The names that Windows, IIS and Exchange give their own modules, handlers, sites and folders. */
#ifndef EXDIAG_READ_IIS_NAMES_H
#define EXDIAG_READ_IIS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Of a module or handler, any case; also those that IIS makes of older settings (AboMapper). */
bool iis_is_own_name(const char *name);

/* Of a class: its assembly's or namespace's first part is Microsoft or System. */
bool iis_is_own_type(const char *type);

/* One folder or file of a path, or one part of a web address: "Exchange Server", "ews", "*". */
bool iis_is_own_part(const char *part, size_t size);

#endif
