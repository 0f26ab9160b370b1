/*
 * The runner: one examination from its subjects to its findings, live or from an
 * evidence file. Live, it gathers and saves; either way the same exam judges.
 */
#ifndef EXDIAG_RUN_H
#define EXDIAG_RUN_H

#include "diag/evidence/evidence_file.h"
#include "diag/exam.h"
#include "diag/gather/gather.h"

struct run {
    struct evidence_run about;         /* subjects, settings, times; filled in before run_live() */
    const char *source;                /* the evidence file it was read from, or NULL */
    const struct probe *const *probes; /* ended by NULL; NULL: those of probe.h */
    struct evidence_store *store;
    struct exam *exam;       /* after run_live() or run_replay() */
    enum status save_status; /* what became of the file of run_options.save */
    bool renamed_together;   /* by one run_redact(): pseudonyms of such runs compare */
};

struct run_options {
    struct gather_options gather;
    const char *save;      /* file to write, or NULL */
    bool redact;           /* save and judge pseudonyms instead of names */
    int64_t latest;        /* microseconds on the monotonic clock: it ends then; or 0 */
    bool catch_interrupts; /* Ctrl-C ends the run with what is known */
    /* Called about ten times a second with the counts so far; or NULL. */
    void (*progress)(void *context, size_t settled, size_t open);
    void *context;
};

/*
 * Examines run->about.subjects. STATUS_OK even if nothing could be gathered: that
 * is what the findings say, and even if saving failed on the way: see save_status.
 * Otherwise nothing was examined: save_status says why the evidence file cannot be
 * made, or it is STATUS_OK and the system gives no sockets or random bytes.
 */
enum status run_live(struct run *run, const struct run_options *options);

/*
 * Reads an evidence file. STATUS_MALFORMED if it is none, STATUS_NOT_SUPPORTED if it is
 * of a later form. Judge it with run_replay().
 */
enum status run_load(struct run *run, const char *path);

/*
 * Puts pseudonyms in place of names and addresses (redact.h), the same in all of these runs; those
 * that have pseudonyms already keep theirs. Before run_replay().
 */
enum status run_redact(struct run *runs, size_t count);

/* When it was: its start, or where evidence does not say, its first answer; 0: nothing tells. */
int64_t run_moment(const struct run *run);

/* True if both have the same evidence of the same examination: one file given twice. */
bool run_is_same(const struct run *a, const struct run *b);

/*
 * Writes the evidence to a new file, as far as it was read. STATUS_EXISTS where there is a file.
 * Before run_replay(), which notes what the evidence lacks.
 */
enum status run_save(const struct run *run, const char *path);

/* Judges the evidence there is; nothing is fetched. */
void run_replay(struct run *run);

void run_release(struct run *run);

#endif
