/*
 * The test item of --plant-test-item: made, and deleted again. Nothing is attached to and nothing
 * deleted that does not prove, by its subject and its mark, to be a test item: what a server lists
 * or names as such may be other mail.
 */
#ifndef EXDIAG_GATHER_EWS_TEST_ITEM_H
#define EXDIAG_GATHER_EWS_TEST_ITEM_H

#include "diag/gather/ews_talk.h"

struct ews_test {
    struct ews_found item; /* its id is NULL where none is known to be there */
    unsigned creations;    /* that were asked for */
    bool was_lost;         /* what the server said to its making */
    unsigned undone;       /* items of this run that were deleted beside that one */
};

/* What earlier runs left; how many there were is in the survey, as all of what follows. */
void ews_test_clear_earlier(struct ews_talk *talk);

void ews_test_plant(struct ews_talk *talk, struct ews_test *test);

/* Within EWS_CLEAN_UP of now. */
void ews_test_clean_up(struct ews_talk *talk, struct ews_test *test);

#endif
