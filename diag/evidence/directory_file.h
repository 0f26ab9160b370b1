/*
 * Evidence of kind "directory-file": what an export says of accounts and of Exchange's
 * configuration, from ldifde or ldapsearch (FILE_TYPE_LDIF) or setspn (FILE_TYPE_SETSPN). Of a
 * forest's export only what has to do with mail is kept: the entries of Exchange's servers,
 * virtual servers and connectors, sPNMappings, and accounts that hold a name of SMTP or are a
 * computer's, with those names and HOST's.
 */
#ifndef EXDIAG_EVIDENCE_DIRECTORY_FILE_H
#define EXDIAG_EVIDENCE_DIRECTORY_FILE_H

#include "diag/evidence/directory.h"

struct directory_file {
    struct evidence evidence;

    const char *path; /* the question */

    /* the observation: entries as a directory answers them */
    const struct directory_entry *entries;
    const bool *is_whole; /* beside each: all of its service principal names are there */
    size_t entry_count;
    uint64_t seen;    /* entries in the file */
    uint64_t damaged; /* of these, not readable */
    bool cut_off, more;
};

extern const struct evidence_kind evidence_directory_file;

#endif
