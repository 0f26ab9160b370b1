#include "diag/probe.h"

extern const struct probe probe_build;
extern const struct probe probe_clock;
extern const struct probe probe_ews;
extern const struct probe probe_file;
extern const struct probe probe_mx;
extern const struct probe probe_organisation;
extern const struct probe probe_powershell;
extern const struct probe probe_spf;
extern const struct probe probe_spn;
extern const struct topic topic_build;
extern const struct topic topic_clock;
extern const struct topic topic_ews;
extern const struct topic topic_file;
extern const struct topic topic_mx;
extern const struct topic topic_organisation;
extern const struct topic topic_powershell;
extern const struct topic topic_spf;
extern const struct topic topic_spn;

/* A new probe is one file in this folder and one line here. */
const struct probe *const probes[] = {
    &probe_organisation, /* what there is to examine */
    &probe_spf,          /* records that say who sends */
    &probe_mx,           /* servers that take mail */
    &probe_clock,        /* clocks, and whom they follow */
    &probe_spn,          /* names in the directory, by which servers log on */
    &probe_ews,          /* messages that archivers fetch */
    &probe_powershell,   /* how administrators come in */
    &probe_build,        /* what servers run */
    &probe_file,         /* what a file is */
    NULL,
};

const struct topic *const topics[] = {
    &topic_spf,        &topic_mx,    &topic_clock,        &topic_spn,  &topic_ews,
    &topic_powershell, &topic_build, &topic_organisation, &topic_file, NULL};

const struct explanation explanations[] = {
    {"dns-servers-disagree", "spf-multiple", false},
    {"spf-split-term", "spf-syntax", false},
    {"spf-split-term", "spf-include-none", false},
    {"spf-split-term", "spf-no-all", false},
    {"spf-odd-name", "spf-include-none", false},
    /* an error for everybody: the rest waits */
    {"spf-syntax", "spf-lookup-limit", false},
    {"spf-syntax", "spf-void-lookups", false},
    {"spf-syntax", "spf-mx-limit", false},
    {"spf-syntax", "spf-include-none", false},
    {"spf-syntax", "spf-include-multiple", false},
    {"spf-syntax", "spf-include-syntax", false},
    {"spf-syntax", "spf-include-loop", false},
    {"spf-after-all", "spf-sender-forgotten", false},
    {"spf-private-address", "spf-sender-forgotten", false},
    {"mx-private-address", "mx-unreachable", false},
    {"mx-inspected", "mx-breaks-off", false},
    {"mx-inspected", "mx-starttls", false},
    {"mx-starttls", "mx-tlsa", false},
    /* whoever follows a clock that is wrong is wrong */
    {"clock-skew", "clock-skew", false},
    {"time-pdc-source", "clock-skew", false},
    {"time-hierarchy", "clock-skew", false},
    {"time-vm-sync", "clock-skew", false},
    {"clock-skew", "exps-refused", false},
    {"smtp-spn-missing", "exps-refused", false},
    {"smtp-spn-duplicate", "exps-refused", false},
    {"smtp-spn-misplaced", "exps-refused", false},
    {"back-connection-host-names", "exps-refused", false},
    {"clock-skew", "exps-events", false},
    {"smtp-spn-missing", "exps-events", false},
    {"smtp-spn-duplicate", "exps-events", false},
    {"smtp-spn-misplaced", "exps-events", false},
    {"back-connection-host-names", "exps-events", false},
    {"exps-absent", "exps-events", false},
    /* in the order of repair; a clock that is a minute off breaks nothing: the probe says when it
       is off by more than Kerberos bears */
    {"clock-skew", "powershell-vdir-500", true},
    {"exchange-install-path", "powershell-vdir-500", false},
    {"kerbauth-path", "powershell-vdir-500", false},
    {"kerbauth-managed", "powershell-vdir-500", false},
    {"wsman-module-missing", "powershell-vdir-500", false},
    {"winrm-iis-ext-missing", "powershell-vdir-500", false},
    {"powershell-vdir-settings", "powershell-vdir-500", false},
    {"backend-certificate", "powershell-vdir-500", false},
    {"clock-skew", "powershell-refused", true},
    {"kerbauth-path", "powershell-refused", false},
    {"kerbauth-managed", "powershell-refused", false},
    {"wsman-module-missing", "powershell-refused", false},
    {"winrm-iis-ext-missing", "powershell-refused", false},
    {"kerbauth-path", "powershell-unavailable", false},
    {"powershell-vdir-settings", "powershell-unavailable", false},
    {"backend-certificate", "powershell-unavailable", false},
    {"powershell-vdir-settings", "powershell-forbidden", false},
    {"powershell-vdir-settings", "powershell-not-found", false},
    {NULL, NULL, false},
};
