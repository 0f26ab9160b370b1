/*
 * The builds of the demonstration's Exchange servers: by the program's own table of builds, as if
 * it were of today, for an older one cannot say of any server that it is up to date.
 */
#ifndef EXDIAG_TESTS_LAB_WORLD_BUILDS_H
#define EXDIAG_TESTS_LAB_WORLD_BUILDS_H

#include "diag/memory.h"
#include "diag/read/build_number.h"
#include "diag/status.h"

enum world_build {
    WORLD_BUILD_NEWEST,     /* of the newest product, its newest update */
    WORLD_BUILD_BEHIND,     /* of that product, as it came out, without any update */
    WORLD_BUILD_UNSUPPORTED /* 2013 SP1 */
};

struct world_builds {
    const char *table; /* for settings.builds */
    struct {
        char number[BUILD_NUMBER_TEXT_SIZE]; /* "15.2.2562.37" */
        char serial[40];                     /* of its level in a directory */
    } list[WORLD_BUILD_UNSUPPORTED + 1];
};

/* Texts are the arena's. */
enum status world_builds_read(struct world_builds *builds, struct arena *arena);

#endif
