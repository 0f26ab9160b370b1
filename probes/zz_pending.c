#include "probes/spf_check.h"
#include "probes/spf_judge.h"
#include <string.h>
/* Gives way to spf_check.c and spf_judge.c. */
const char *spf_result_word(enum spf_result result)
{
    static const char *const words[SPF_RESULT_COUNT] = {
#define X(name, word) [SPF_RESULT_##name] = word,
        SPF_RESULT_LIST(X)
#undef X
    };
    return words[result];
}
bool spf_check_host(struct examination *x, const struct spf_message *message,
                    const struct spf_record *record, struct spf_verdict *verdict)
{
    (void)x;
    (void)message;
    (void)record;
    memset(verdict, 0, sizeof *verdict);
    return true;
}
void spf_judge(struct examination *x, const struct spf_judged *judged)
{
    (void)x;
    (void)judged;
}
