/*
 * Evidence of kind "directory-file": what an export says of accounts and of Exchange's
 * configuration, from ldifde or ldapsearch (FILE_TYPE_LDIF) or setspn (FILE_TYPE_SETSPN). Of a
 * forest's export only what has to do with mail is kept: the entries of Exchange's servers,
 * virtual servers and connectors, sPNMappings, and accounts that hold a name of SMTP or Exchange or
 * are a computer's, with those names, HOST's and HTTP's. Where there are too many, computers
 * without a name of SMTP or Exchange give way.
 */
#ifndef EXDIAG_EVIDENCE_DIRECTORY_FILE_H
#define EXDIAG_EVIDENCE_DIRECTORY_FILE_H

#include "diag/evidence/directory.h"
#include "diag/read/file_type.h"

struct directory_file {
    struct evidence evidence;

    const char *path; /* the question */

    /* the observation: entries as a directory answers them, in the order of the file */
    enum file_type type;
    struct directory_entry *entries;
    bool *is_whole; /* beside each: all of its names of SMTP, Exchange and HOST are there; of an
                       export without service principal names, and of -X, they are not */
    size_t entry_count;
    uint64_t seen;    /* entries in the file */
    uint64_t damaged; /* of these, not readable */
    int result;       /* of ldapsearch: how its search ended (RFC 4511 4.1.9); -1 not told */
    bool cut_off;
    bool more;            /* of what has to do with mail than is kept */
    bool fewer_computers; /* than the file has: those without a name of mail gave way */
};

extern const struct evidence_kind evidence_directory_file;

#endif
