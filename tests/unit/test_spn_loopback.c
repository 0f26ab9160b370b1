/* Lists of names by which a machine may reach itself: values of a registry, judged. */
#include "probes/spn/loopback.h"
#include "tests/unit/unit.h"

#include <string.h>

#define LIST "BackConnectionHostNames"

static const char *const mail_alone[] = {"MAIL.contoso.com"};
static const char *const both[] = {"mail.contoso.com", "relay.contoso.com"};

static const struct {
    struct registry_value msv1_0, lsa, off;
    bool is_part;
    size_t names;
    enum spn_loopback_state state;
    bool is_off;
    size_t lacking;
} cases[] = {
    /* the right type, in the right place, in any case */
    {{.name = LIST, .type = REGISTRY_MULTI_SZ, .list = mail_alone, .list_count = 1},
     .names = 1,
     .state = SPN_LOOPBACK_RIGHT},
    {{.name = "backconnectionhostnames", .type = REGISTRY_MULTI_SZ, .list = both, .list_count = 2},
     .names = 2,
     .state = SPN_LOOPBACK_RIGHT},
    {{.name = LIST, .type = REGISTRY_MULTI_SZ, .list = mail_alone, .list_count = 1},
     .names = 2,
     .state = SPN_LOOPBACK_LACKING,
     .lacking = 1},
    {{.name = LIST, .type = REGISTRY_MULTI_SZ},
     .names = 1,
     .state = SPN_LOOPBACK_LACKING,
     .lacking = 1},
    /* of the wrong type it is wrong even where no name is known */
    {{.name = LIST, .type = REGISTRY_DWORD},
     .names = 1,
     .state = SPN_LOOPBACK_WRONG_TYPE,
     .lacking = 1},
    {{.name = LIST, .type = REGISTRY_SZ, .text = "mail.contoso.com"},
     .state = SPN_LOOPBACK_WRONG_TYPE},
    {.lsa = {.name = LIST, .type = REGISTRY_MULTI_SZ, .list = mail_alone, .list_count = 1},
     .names = 1,
     .state = SPN_LOOPBACK_WRONG_KEY,
     .lacking = 1},
    /* the right one beside it is what counts */
    {{.name = LIST, .type = REGISTRY_MULTI_SZ, .list = mail_alone, .list_count = 1},
     .lsa = {.name = LIST, .type = REGISTRY_MULTI_SZ},
     .names = 1,
     .state = SPN_LOOPBACK_RIGHT},
    /* nothing there: wrong if a name is needed, and if all of the key was seen */
    {.state = SPN_LOOPBACK_RIGHT},
    {.names = 1, .state = SPN_LOOPBACK_ABSENT, .lacking = 1},
    {.is_part = true, .names = 1, .state = SPN_LOOPBACK_OPEN, .lacking = 1},
    /* the check turned off */
    {.off = {.name = "disableloopbackcheck", .type = REGISTRY_DWORD, .number = 1},
     .names = 1,
     .state = SPN_LOOPBACK_ABSENT,
     .is_off = true,
     .lacking = 1},
    {.off = {.name = "DisableLoopbackCheck", .type = REGISTRY_DWORD, .number = 0},
     .state = SPN_LOOPBACK_RIGHT},
    {.off = {.name = "DisableLoopbackCheck", .type = REGISTRY_SZ, .text = "1"},
     .state = SPN_LOOPBACK_RIGHT},
};

static void test_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct registry_value of_msv1_0[] = {cases[i].msv1_0},
                              of_lsa[] = {cases[i].lsa, cases[i].off};
        struct registry_answer msv1_0 = {.values = of_msv1_0,
                                         .value_count = cases[i].msv1_0.name != NULL,
                                         .is_whole = !cases[i].is_part},
                               lsa = {.values = of_lsa, .is_whole = true};
        struct spn_loopback loopback;

        if (!cases[i].lsa.name)
            of_lsa[0] = cases[i].off;
        lsa.value_count = (cases[i].lsa.name != NULL) + (size_t)(cases[i].off.name != NULL);
        spn_loopback_judge(&msv1_0, &lsa, both, cases[i].names, &loopback);
        if (loopback.state != cases[i].state || loopback.is_off != cases[i].is_off ||
            loopback.lacking_count != cases[i].lacking)
            fail_msg("case %zu: state %d, %zu lacking", i, (int)loopback.state,
                     loopback.lacking_count);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_states)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
