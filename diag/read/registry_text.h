/*
 * A registry export as text: what `reg export` and regedit write ("Windows Registry Editor
 * Version 5.00", UTF-16; REGEDIT4, a code page), read line by line as UTF-8, continued lines
 * (a backslash at the end of hex data) included. Fuzz target: tests/fuzz/registry_text.c.
 */
#ifndef EXDIAG_READ_REGISTRY_TEXT_H
#define EXDIAG_READ_REGISTRY_TEXT_H

#include "diag/memory.h"
#include "diag/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum registry_type { /* winnt.h's numbers */
                     REGISTRY_NONE = 0,
                     REGISTRY_SZ = 1,
                     REGISTRY_EXPAND_SZ = 2,
                     REGISTRY_BINARY = 3,
                     REGISTRY_DWORD = 4,
                     REGISTRY_MULTI_SZ = 7,
                     REGISTRY_QWORD = 11
};

enum {
    REGISTRY_VALUE_MOST = 65536,           /* bytes of data; of longer ones nothing is kept */
    REGISTRY_VALUES_MOST = 20000,          /* of all keys that are wanted */
    REGISTRY_BYTES_MOST = 16 * 1024 * 1024 /* of the text of all their values */
};

struct registry_value {
    const char *key;         /* "HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\...", as written */
    const char *name;        /* "" is the key's default value */
    uint32_t type;           /* enum registry_type, or another number */
    uint64_t number;         /* of DWORD and QWORD */
    const char *text;        /* of SZ and EXPAND_SZ, line breaks included; UTF-8; else NULL */
    const char *const *list; /* of MULTI_SZ */
    size_t list_count;
    const unsigned char *bytes; /* of everything else */
    size_t size;
    uint64_t line; /* where it stands, from 1; 0 of a registry itself */
};

struct registry_text;

/*
 * `wanted`: keys of which values are kept, with all below them; ended by NULL; any case.
 * HKLM and the like stand for their long names, ControlSet001 and CurrentControlSet for each
 * other. Borrowed until the end.
 */
struct registry_text *registry_text_new(const char *const *wanted);

/* From now on, of those values only those that `filter` wants too: fewer to keep. */
typedef bool registry_filter(const struct registry_value *value);
void registry_text_only(struct registry_text *reader, registry_filter *filter);

/* From now on, of each wanted key its own values alone, not those of keys below it. */
void registry_text_flat(struct registry_text *reader);

/* From now on, what stands below a key may have been left out: nothing is covered by its line. */
void registry_text_in_parts(struct registry_text *reader);

/*
 * One line, UTF-8, without its end. What is not UTF-8 in a value, as REGEDIT4 has it of a code
 * page, becomes U+FFFD.
 */
void registry_text_add(struct registry_text *reader, const char *line, size_t size);

/*
 * One value of a registry itself, in place of lines: its data are `size` bytes, strings in
 * UTF-16. Held to the same bounds. A DWORD or QWORD of another size is damaged.
 */
void registry_text_take(struct registry_text *reader, const char *key, const char *name,
                        uint32_t type, const void *bytes, size_t size);

struct registry_export {
    struct registry_value *values; /* in the order of the file */
    size_t count;
    uint64_t keys;    /* in the whole file */
    uint64_t damaged; /* lines that are none of a registry export */
    bool is_cut;      /* more values were wanted than are kept, or longer ones */
    uint64_t covered; /* a bit for each of the first 64 wanted keys: the file has its line or that
                         of one above it, so that what is not there does not exist */
    uint64_t present; /* the same for those whose own line the file has, or of one below them */
};

/* What was read, in `arena`; the reader is freed. */
void registry_text_end(struct registry_text *reader, struct arena *arena,
                       struct registry_export *out);

/* Whether `key` is `wanted`, or below it if that will do; both written as above. */
bool registry_is_key(const char *key, const char *wanted, bool or_below);

/* The value of this name at this key, written as above and in any case; NULL if there is none. */
const struct registry_value *registry_find(const struct registry_export *export, const char *key,
                                           const char *name);

#endif
