/*
 * Whether files exist, and which: a CSV file, UTF-8 or UTF-16, as PowerShell's Export-Csv writes it
 * (a "#TYPE" line may come first), one file a row, its columns in any order, others ignored:
 *
 *     "Path","Exists","Length","Version"
 *     "C:\Windows\System32\wsmsvc.dll","True","2882048","10.0.17763.1"
 *     "D:\Exchange\Bin\kerbauth.dll","False","",""
 *
 * Path: as the setting has it that names the file ("%windir%\system32\..."), or with its variables
 * expanded. Exists: "True", "False"; anything else: it could not be told. Length: bytes, decimal.
 * Version: four numbers of the file's version resource, other text behind a blank.
 * Fuzz target: tests/fuzz/file_list.c.
 */
#ifndef EXDIAG_READ_FILE_LIST_H
#define EXDIAG_READ_FILE_LIST_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FILE_LIST_BYTES_MOST = 1 << 20, /* of a text; what is behind is not read */
    FILE_LIST_MOST = 2000,
    FILE_LIST_PATH_MOST = 1024
};

/* X(NAME, "word in evidence") */
#define FILE_PRESENCE_LIST(X)                                                                      \
    X(UNKNOWN, "unknown") /* nobody may look, or the row does not say */                           \
    X(PRESENT, "present")                                                                          \
    X(ABSENT, "absent")

enum file_presence {
#define X(name, word) FILE_##name,
    FILE_PRESENCE_LIST(X)
#undef X
        FILE_PRESENCE_COUNT
};

const char *file_presence_word(enum file_presence presence);
enum file_presence file_presence_from_word(const char *word); /* FILE_UNKNOWN: none */

struct listed_file {
    const char *path; /* as written */
    enum file_presence presence;
    bool has_size;
    uint64_t size;       /* bytes */
    const char *version; /* "15.1.2507.6": of its version resource; NULL where none is told */
};

struct file_list {
    struct listed_file *files; /* in the order of the text */
    size_t count;
    bool is_cut; /* there were more */
};

/* UTF-8. STATUS_NOT_FOUND where it is no such list. In `arena`. */
enum status file_list_read(const char *text, size_t size, struct arena *arena,
                           struct file_list *out);

/*
 * The row of this file, in any case and with either slash, doubled ones as one. Where one of both
 * begins with a variable ("%windir%\...") and the other does not, what is behind the variable is
 * compared with the end of the other. NULL if there is none, or if rows of several files that
 * differ fit alike.
 */
const struct listed_file *file_list_find(const struct file_list *list, const char *path);

/* True if text that begins like this is such a list: for file_type_of(). */
bool file_list_is_text(const char *head, size_t size);

#endif
