/* What one alone can have: whose steps go where several are to have it. */
#include "diag/verdict_rivals.h"

#include "diag/memory.h"
#include "tests/unit/unit.h"

#include <string.h>

enum { FINDINGS_MOST = 12 };

static const struct step_template look = {.command = "look"};
static const struct step_template add = {.command = "add", .alone = true};
static const struct step_template choose = {.command = "choose", .rival = true};
static const struct step steps[] = {
    {.command = "look", .from = &look},
    {.command = "add", .from = &add},
    {.command = "add otherwise", .from = &look, .is_alternative = true},
    {.command = "choose", .from = &choose},
    {.command = "of nobody knows what"}};

struct world {
    struct arena arena;
    struct subject subject;
    struct claim claims[FINDINGS_MOST];
    struct finding findings[FINDINGS_MOST], *list[FINDINGS_MOST];
    size_t count;
};

static struct finding *put(struct world *world, const char *what, const char *whose)
{
    struct finding *finding = &world->findings[world->count];

    world->claims[world->count] = (struct claim){what, whose};
    *finding = (struct finding){.outcome = OUTCOME_PROBLEM,
                                .subject = &world->subject,
                                .fix = {steps, 5},
                                .verify = {steps, 1},
                                .undo = {steps + 3, 1},
                                .claims = &world->claims[world->count],
                                .claim_count = what != NULL};
    world->list[world->count++] = finding;
    return finding;
}

static bool has(const struct steps *list, const char *command)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->list[i].command, command) == 0)
            return true;
    }
    return false;
}

static void judge(struct world *world)
{
    verdict_rivals(world->list, world->count, &world->arena);
}

static void test_alone(void **state)
{
    struct world world = {.count = 0};
    struct finding *finding = put(&world, "SMTPSVC/mail", "ex01.contoso.com");
    struct finding *again = put(&world, "SMTPSVC/mail", "EX01.contoso.com");
    struct finding *another = put(&world, "SMTPSVC/relay", "ex02.contoso.com");
    struct finding *without = put(&world, NULL, NULL);

    (void)state;
    judge(&world);
    for (size_t i = 0; i < world.count; i++) {
        assert_int_equal(world.findings[i].fix.count, 4);
        assert_true(has(&world.findings[i].fix, "add"));
        assert_false(has(&world.findings[i].fix, "choose"));
        assert_true(world.findings[i].fix.list[2].is_alternative);
        assert_ptr_equal(world.findings[i].verify.list, steps);
        assert_int_equal(world.findings[i].undo.count, 0);
        assert_int_equal(world.findings[i].seen_count, 0);
    }
    assert_false(finding->is_contested || again->is_contested || another->is_contested ||
                 without->is_contested);
    arena_release(&world.arena);
}

static void test_rivals(void **state)
{
    struct world world = {.count = 0};
    struct finding *one = put(&world, "SMTPSVC/mail", "ex02.contoso.com");
    struct finding *bystander = put(&world, "SMTPSVC/relay", "ex03.contoso.com");
    struct finding *other = put(&world, "SMTPSVC/mail", "ex01.contoso.com");
    struct finding *all[] = {one, other};

    (void)state;
    judge(&world);
    for (size_t i = 0; i < 2; i++) {
        assert_true(all[i]->is_contested);
        assert_int_equal(all[i]->fix.count, 4);
        assert_false(has(&all[i]->fix, "add"));
        assert_true(has(&all[i]->fix, "choose"));
        assert_false(
            all[i]->fix.list[1].is_alternative); /* of what it was instead there is nothing left */
        assert_int_equal(all[i]->undo.count, 1);
        assert_int_equal(all[i]->seen_count, 1);
        assert_string_equal(all[i]->seen[0].text,
                            "SMTPSVC/mail is, or is to be, that of each of ex01.contoso.com, "
                            "ex02.contoso.com: one of them alone can have it");
    }
    assert_false(bystander->is_contested);
    assert_true(has(&bystander->fix, "add"));
    arena_release(&world.arena);
}

/* Who has it by right is no problem, and yet it is not to be taken from him. */
static void test_a_rival_that_is_right(void **state)
{
    struct world world = {.count = 0};
    struct finding *wrong = put(&world, "SMTPSVC/mail", "ex01.contoso.com");
    struct finding *right = put(&world, "SMTPSVC/mail", "ex02.contoso.com");

    (void)state;
    right->outcome = OUTCOME_OK;
    right->fix = (struct steps){NULL, 0};
    judge(&world);
    assert_false(has(&wrong->fix, "add"));
    assert_int_equal(right->seen_count, 0);
    arena_release(&world.arena);
}

static void test_many(void **state)
{
    static char names[FINDINGS_MOST][8];
    struct world world = {.count = 0};

    (void)state;
    for (size_t i = 0; i < FINDINGS_MOST; i++) {
        memcpy(names[i], (char[]){'e', 'x', (char)('a' + i % 10), '\0'}, 4);
        put(&world, "SMTPSVC/mail", names[i]);
    }
    judge(&world);
    assert_string_equal(world.findings[3].seen[0].text,
                        "SMTPSVC/mail is, or is to be, that of each of exa, exb, exc, exd, exe, "
                        "exf and 4 more: one of them alone can have it");
    arena_release(&world.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_rivals),
        cmocka_unit_test(test_a_rival_that_is_right),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
