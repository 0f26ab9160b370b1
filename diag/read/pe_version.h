/*
 * The version of a Windows program (PE32, PE32+): the fixed part of its version resource
 * (VS_FIXEDFILEINFO of RT_VERSION), which is what Explorer and PowerShell show as its file
 * version, and the names it has in StringFileInfo. Nothing of the program is run, and no place
 * is visited twice, whatever the file says. Fuzz target: tests/fuzz/pe_version.c.
 */
#ifndef EXDIAG_READ_PE_VERSION_H
#define EXDIAG_READ_PE_VERSION_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PE_BYTES_MOST = 16 * 1024 * 1024, /* of a file that is read; ExSetup.exe has some thousands */
    PE_NAME_MOST = 260                /* UTF-16 units of a name; of a longer one nothing is kept */
};

struct pe_version {
    uint16_t file[4];          /* 15, 2, 1544, 14 */
    const char *original_name; /* OriginalFilename, UTF-8; NULL where there is none */
    const char *internal_name; /* InternalName, the same */
};

/*
 * The whole file. Names are in `arena`. STATUS_MALFORMED for what is no such program, or is torn
 * before its version; STATUS_NOT_FOUND for a program that has none.
 */
enum status pe_version_read(const void *bytes, size_t size, struct arena *arena,
                            struct pe_version *out);

/* True if a file that begins like this is one: for file_type_of(). */
bool pe_version_is(const void *head, size_t size);

#endif
