/* Features as they are found in a text: each once, those beyond the room counted as cut off. */
#ifndef EXDIAG_READ_FEATURE_COLLECT_H
#define EXDIAG_READ_FEATURE_COLLECT_H

#include "diag/read/windows_feature.h"

#include <stdint.h>

enum { FEATURE_SLOTS = 4096 }; /* a power of two, twice FEATURE_LIST_MOST */

struct feature_collector {
    struct arena *arena;
    struct windows_feature_list *list;
    bool has_known;                /* one of them is known to be a feature's name */
    bool is_of_several;            /* computers, or of some that do not tell */
    uint16_t slots[FEATURE_SLOTS]; /* index in the list and 1, by hash of names; 0: free */
};

/* Of a name that no feature can have, nothing is kept. */
void feature_collect(struct feature_collector *collector, const char *name, size_t size,
                     enum feature_names names, enum feature_state state);

/* The computer that the feature at hand is of. */
void feature_collect_computer(struct feature_collector *collector, const char *name, size_t size);

/*
 * What one record says of one feature, property by property, as PowerShell calls them in every
 * language; and dism in English.
 */
struct feature_record {
    const char *name;
    size_t name_size;
    enum feature_names names;
    enum feature_state state;
    bool has_name, has_state;
    bool has_install_state; /* its state is Server Manager's, or dism's */
    bool has_dism_state;
};

/* False for a property that says nothing here. Texts are borrowed until the record's end. */
bool feature_record_take(struct feature_record *record, const char *property, size_t property_size,
                         const char *value, size_t size);

/* True if a record can only be another one if it says this: a name comes twice. */
bool feature_record_begins(const struct feature_record *record, const char *property, size_t size);

/* Adds what the record says, if it names a feature and tells its state, and clears it. */
void feature_record_end(struct feature_record *record, struct feature_collector *collector);

#endif
