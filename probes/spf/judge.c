#include "probes/spf/judge.h"

#include "probes/spf/charge.h"

void spf_judge(struct examination *x, const struct spf_judged *judged)
{
    const struct spf_node *top = judged->tree->top;
    struct spf_case at = {.x = x, .judged = judged, .top = top, .record = top->record};

    spf_judge_text(&at);
    spf_judge_terms(&at);
    spf_judge_tree(&at);
    spf_judge_limits(&at);
    spf_judge_addresses(&at);
    if (ask_settings(x)->deep) {
        spf_judge_type_99(&at);
        spf_judge_senders(&at);
    }
}
