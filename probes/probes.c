#include "diag/probe.h"

extern const struct probe probe_build;
extern const struct probe probe_clock;
extern const struct probe probe_ews;
extern const struct probe probe_file;
extern const struct probe probe_mx;
extern const struct probe probe_powershell;
extern const struct probe probe_spf;
extern const struct probe probe_spn;
extern const struct topic topic_build;
extern const struct topic topic_clock;
extern const struct topic topic_ews;
extern const struct topic topic_mx;
extern const struct topic topic_spf;
extern const struct topic topic_spn;

/* A new probe is one file in this folder and one line here. */
const struct probe *const probes[] = {
    &probe_spf,        /* records that say who sends */
    &probe_mx,         /* servers that take mail */
    &probe_clock,      /* clocks, and whom they follow */
    &probe_spn,        /* names in the directory, by which servers log on */
    &probe_ews,        /* messages that archivers fetch */
    &probe_powershell, /* how administrators come in */
    &probe_build,      /* what servers run */
    &probe_file,       /* what a file is */
    NULL,
};

const struct topic *const topics[] = {&topic_spf, &topic_mx,    &topic_clock, &topic_spn,
                                      &topic_ews, &topic_build, NULL};

const struct explanation explanations[] = {{"dns-servers-disagree", "spf-multiple"},
                                           {"spf-split-term", "spf-syntax"},
                                           {"spf-split-term", "spf-include-none"},
                                           {"spf-split-term", "spf-no-all"},
                                           {"spf-odd-name", "spf-include-none"},
                                           /* an error for everybody: the rest waits */
                                           {"spf-syntax", "spf-lookup-limit"},
                                           {"spf-syntax", "spf-void-lookups"},
                                           {"spf-syntax", "spf-mx-limit"},
                                           {"spf-syntax", "spf-include-none"},
                                           {"spf-syntax", "spf-include-multiple"},
                                           {"spf-syntax", "spf-include-syntax"},
                                           {"spf-syntax", "spf-include-loop"},
                                           {"spf-after-all", "spf-sender-forgotten"},
                                           {"spf-private-address", "spf-sender-forgotten"},
                                           {"mx-private-address", "mx-unreachable"},
                                           {"mx-inspected", "mx-breaks-off"},
                                           {"mx-inspected", "mx-starttls"},
                                           {"mx-starttls", "mx-tlsa"},
                                           /* whoever follows a clock that is wrong is wrong */
                                           {"clock-skew", "clock-skew"},
                                           {"time-pdc-source", "clock-skew"},
                                           {"time-hierarchy", "clock-skew"},
                                           {"time-vm-sync", "clock-skew"},
                                           {"clock-skew", "exps-refused"},
                                           {"smtp-spn-missing", "exps-refused"},
                                           {"smtp-spn-duplicate", "exps-refused"},
                                           {"smtp-spn-misplaced", "exps-refused"},
                                           {"back-connection-host-names", "exps-refused"},
                                           {"clock-skew", "exps-events"},
                                           {"smtp-spn-missing", "exps-events"},
                                           {"smtp-spn-duplicate", "exps-events"},
                                           {"smtp-spn-misplaced", "exps-events"},
                                           {"back-connection-host-names", "exps-events"},
                                           {"exps-absent", "exps-events"},
                                           {NULL, NULL}};
