#include "diag/probe.h"

extern const struct probe probe_file;
extern const struct probe probe_spf;
extern const struct topic topic_spf;

/* A new probe is one file in this folder and one line here. */
const struct probe *const probes[] = {
    &probe_spf,
    &probe_file,
    NULL,
};

const struct topic *const topics[] = {&topic_spf, NULL};

const struct explanation explanations[] = {{"dns-servers-disagree", "spf-multiple"},
                                           {"spf-split-term", "spf-syntax"},
                                           {"spf-after-all", "spf-sender-forgotten"},
                                           {"spf-private-address", "spf-sender-forgotten"},
                                           {NULL, NULL}};
