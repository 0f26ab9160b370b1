/*
 * Builds as the Exchange Management Shell prints them, as lists and as tables, of one server or
 * of many, with prompts and other text around:
 *
 *     Name                : EX01                     Name AdminDisplayVersion         ServerRole
 *     AdminDisplayVersion : Version 15.2 (Build ...  ---- -------------------         ----------
 *     Edition             : Standard                 EX01 Version 15.2 (Build 1544.4) Mailbox
 *
 *     ProductVersion   FileVersion      FileName
 *     --------------   -----------      --------
 *     15.02.1544.014   15.02.1544.014   C:\Program Files\...\V15\bin\ExSetup.exe
 *
 * Get-ExchangeServer shows the cumulative update alone, the file version of ExSetup.exe all.
 * Fuzz target: tests/fuzz/build_list.c.
 */
#ifndef EXDIAG_READ_BUILD_LIST_H
#define EXDIAG_READ_BUILD_LIST_H

#include "diag/memory.h"
#include "diag/read/build_number.h"

enum {
    BUILD_LIST_BYTES_MOST = 1 << 20, /* of a text; what is behind is not read */
    BUILD_LIST_MOST = 256            /* entries */
};

struct build_entry {
    const char *server; /* as written, printable; NULL where the text does not name it */
    enum build_way way; /* BUILD_BY_SETUP, BUILD_BY_ADMIN_DISPLAY */
    struct build_number number;
};

struct build_list {
    struct build_entry *entries; /* in the order of the text, none twice */
    size_t count;
    bool is_cut; /* there were more */
};

/* UTF-8. STATUS_NOT_FOUND where no build is told. In `arena`. */
enum status build_list_read(const char *text, size_t size, struct arena *arena,
                            struct build_list *out);

/* True if text that begins like this tells builds: for file_type_of(). */
bool build_list_is_text(const char *head, size_t size);

#endif
