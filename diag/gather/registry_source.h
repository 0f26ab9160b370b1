/*
 * Registries, as gatherers read them: the lines of an export or of what `reg query` prints, the
 * machine's own values, and which computer's they are.
 */
#ifndef EXDIAG_GATHER_REGISTRY_SOURCE_H
#define EXDIAG_GATHER_REGISTRY_SOURCE_H

#include "diag/gather/text_file.h"
#include "diag/platform.h"
#include "diag/read/registry_text.h"

#define REGISTRY_MACHINE "HKEY_LOCAL_MACHINE\\"

/* The keys that tell whose registry it is: for registry_source_computer(). */
#define REGISTRY_NAMES       REGISTRY_MACHINE "SYSTEM\\CurrentControlSet\\Control\\ComputerName\\"
#define REGISTRY_HOST        REGISTRY_MACHINE "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"
#define REGISTRY_ACTIVE_NAME REGISTRY_NAMES "ActiveComputerName"
#define REGISTRY_NAME        REGISTRY_NAMES "ComputerName"

/* An export or what `reg query` prints. */
bool registry_source_is_file(const struct text_file *text);

/* Gives the reader all lines of such a file, which it holds to cover nothing if it is a query's. */
void registry_source_lines(struct text_file *text, struct registry_text *reader);

/* A platform_registry_take, whose context is the reader; keys are those below REGISTRY_MACHINE. */
void registry_source_take(void *reader, const char *key, const char *name, uint32_t type,
                          const void *bytes, size_t size);

/* The text of a value, borrowed; NULL for none, and for an empty one. */
const char *registry_source_text(const struct registry_export *export, const char *key,
                                 const char *name);

/* "ex01.corp.test", or less where no more is told; NULL where nothing is. */
const char *registry_source_computer(const struct registry_export *export, struct arena *arena);

#endif
