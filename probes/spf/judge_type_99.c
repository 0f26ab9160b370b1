/* Records of the obsolete type SPF (99; RFC 7208 3.1) beside the one of type TXT. */
#include "probes/spf/charge.h"
#include "probes/spf/kinds.h"

#include <string.h>

static void show_type_99(struct spf_case *at, const struct dns_answer *answer)
{
    struct finding *finding = spf_charge(at, &spf_type_99);
    const struct dns_record *record = NULL;
    bool differs = false;

    while ((record = dns_answer_next(answer, record))) {
        size_t size;
        const char *text = dns_record_text(record, pass_memory(at->x), &size);

        saw_marked(finding, &answer->evidence, text, size, 0, 0);
        differs = differs || size != at->record->size || memcmp(text, at->record->text, size) != 0;
    }
    if (differs) {
        finding_severity(finding, SEVERITY_WARNING);
        saw(finding, NULL, "it is another text than that of the TXT record");
    }
}

void spf_judge_type_99(struct spf_case *at)
{
    const struct dns_answer *answer;

    if (!at->judged->published)
        return;
    answer = spf_ask(at->x, at->judged->name, DNS_SPF);
    if (!answer)
        return;
    if (answer->evidence.status != STATUS_OK)
        saw_failure(unknown(at->x, &spf_type_99, "records of type SPF (99) could not be asked for"),
                    &answer->evidence);
    else if (dns_answer_has_records(answer))
        show_type_99(at, answer);
}
