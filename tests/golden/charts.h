/* A report with charts: clocks that are right, wrong in every way, and have hostile names. */
#ifndef EXDIAG_TESTS_GOLDEN_CHARTS_H
#define EXDIAG_TESTS_GOLDEN_CHARTS_H

#include "probes/clock/chart.h"
#include "tests/golden/sample.h"

#include <string.h>

#define CHART_SECOND INT64_C(1000000)
#define CHART_LIMIT  (300 * CHART_SECOND)

static const struct span chart_spans[] = {
    {"this machine", NULL, 0, 0, 0, false, SPAN_NEVER_CRITICAL, NULL, false},
    {"ntp1.example.net", "reference", 41 * CHART_SECOND, 41000600, 4, false, CHART_LIMIT, NULL,
     false},
    {"dc1.corp.example.com", "PDC emulator", -560 * CHART_SECOND, -559999000, 3, true, CHART_LIMIT,
     NULL, false},
    {"dc2.corp.example.com", "DC", 40990000, 41010000, 2, false, CHART_LIMIT, NULL, false},
    {"ex1.corp.example.com", "server", 465 * CHART_SECOND, 466 * CHART_SECOND, 1, false,
     CHART_LIMIT, NULL, false},
    {"ex2.corp.example.com", "server", 114 * CHART_SECOND, 115 * CHART_SECOND, 1, false,
     CHART_LIMIT, NULL, false},
    {"ex3.corp.example.com", "server", -30 * CHART_SECOND, 48 * CHART_SECOND, 1, false, CHART_LIMIT,
     NULL, false},
    {"ex4.corp.example.com", "server", 40500000, 41500000, 1, false, CHART_LIMIT, NULL, false},
};

static const struct span chart_hostile_spans[] = {
    {"this machine", NULL, 0, 0, 0, false, SPAN_NEVER_CRITICAL, NULL, false},
    {"<script>alert('1')</script>\\x1b[31m." UNBROKEN_WORD, "server \"&\" <b>",
     -1767225600 * CHART_SECOND, -1767225599 * CHART_SECOND, 1, false, CHART_LIMIT, NULL, false},
    {"郵便受け取りサーバーでございますので.例え", "DC", -CHART_SECOND, 0, 2, false,
     20 * CHART_SECOND, NULL, false},
};

static struct arena charts_memory;
static struct chart charts[2];

/* The sample, with a chart of each of its runs. Release `charts_memory`. */
static inline struct report report_with_charts(void)
{
    struct report report = sample_report;

    chart_arrange(&clock_scale, chart_spans, COUNT(chart_spans), &charts_memory, &charts[0]);
    chart_arrange(&clock_scale, chart_hostile_spans, COUNT(chart_hostile_spans), &charts_memory,
                  &charts[1]);
    charts[1].run = 1;
    report.charts = charts;
    report.chart_count = COUNT(charts);
    report.findings = NULL;
    report.finding_count = 0;
    memset(report.counts, 0, sizeof report.counts);
    report.accepted_count = 0;
    return report;
}

#endif
