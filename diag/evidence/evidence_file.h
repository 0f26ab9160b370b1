/*
 * Evidence files: JSON Lines, UTF-8. A header, one object an item, and a last line
 * that says when the run finished. Each item is written as it is settled, so that
 * a run that dies leaves all it had gathered.
 *
 *     {"exdiag_evidence": 1, "tool": "exdiag 0.1.0", "started": "...", "subjects": [...], ...}
 *     {"key": "dns TXT example.com", "status": "ok", "time": "...", "took_ms": 1.2, ...}
 *     {"finished": "...", "complete": true}
 *
 * Unknown members are ignored; lines that cannot be read are counted and passed
 * over.
 */
#ifndef EXDIAG_EVIDENCE_EVIDENCE_FILE_H
#define EXDIAG_EVIDENCE_EVIDENCE_FILE_H

#include "diag/evidence/evidence.h"
#include "diag/settings.h"
#include "diag/subject.h"

#include <stdio.h>

/* What a file says of its run beside the items. Texts live in `memory`. */
struct evidence_run {
    struct arena memory;
    const char *tool;
    int64_t started;  /* milliseconds since 1970 UTC */
    int64_t finished; /* 0: the last line is missing */
    bool complete;
    bool redacted;
    const char *machine; /* that exdiag ran on: its own name, canonical; or NULL */
    bool has_offset;     /* its time was so many minutes ahead of UTC when the run started: */
    int offset;
    unsigned patience;        /* milliseconds, for servers that speak first; 0: it does not say */
    bool logs_on;             /* --user, --token-file: whoever was asked was shown credentials */
    const char *user;         /* --user; NULL: none, or it does not say */
    bool shows_token;         /* --token-file */
    bool uses_ntlm;           /* --ntlm */
    bool is_insecure;         /* --insecure */
    const char *authorities;  /* --ca-file: a mark of what was in it; NULL: the system's own */
    struct subject *subjects; /* those the user named */
    size_t subject_count;
    struct settings settings;
    size_t damaged_lines; /* that could not be read */
    size_t first_damaged_line;
    size_t unknown_items;    /* of kinds this version does not know */
    size_t unknown_subjects; /* the same */
};

void evidence_run_release(struct evidence_run *run);

/* Writes the first line, an item, the last line. STATUS_OK or why it could not be written. */
enum status evidence_file_begin(FILE *file, const struct evidence_run *run);
enum status evidence_file_add(FILE *file, struct evidence *item);
enum status evidence_file_end(FILE *file, int64_t finished, bool complete);

/*
 * Reads a file. STATUS_MALFORMED if its first line is no header: then it is no
 * evidence file. STATUS_NOT_SUPPORTED if the header is of a later form. Otherwise
 * what can be read is in `run` and `store`.
 */
enum status evidence_file_read(FILE *file, struct evidence_run *run, struct evidence_store *store);

#endif
