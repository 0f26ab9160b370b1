#include "diag/probe.h"

extern const struct probe probe_file;
extern const struct probe probe_spf;

/* A new probe is one file in this folder and one line here. */
const struct probe *const probes[] = {
    &probe_spf,
    &probe_file,
    NULL,
};

const struct explanation explanations[] = {{"dns-servers-disagree", "spf-multiple"}, {NULL, NULL}};
