/*
 * Evidence of kind "file": what a file is, from reading all of it once (gather/digest.h). The file
 * itself stays where it is; this digest is bounded whatever the file's size.
 */
#ifndef EXDIAG_EVIDENCE_DIGEST_H
#define EXDIAG_EVIDENCE_DIGEST_H

#include "diag/evidence/evidence.h"
#include "diag/read/file_type.h"

struct file_digest {
    struct evidence evidence;

    /* the question */
    const char *path; /* as the user gave it */

    /* the observation */
    enum file_type type;
    enum text_encoding encoding;
    uint64_t size;  /* bytes */
    uint64_t lines; /* line ends, plus a last line without one; 0 of binary files and of those
                       that have no sum */
    uint64_t longest_line; /* bytes, without its end */
    char sha256[65];       /* lower-case hexadecimal; empty if redacted, and of captures,
                              job logs and logs of web requests */
};

extern const struct evidence_kind evidence_digest;

#endif
