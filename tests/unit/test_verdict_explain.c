/* Which finding explains which, and the order: as the definition has it, for any findings. */
#include "diag/verdict_explain.h"

#include "diag/memory.h"
#include "diag/probe.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUBJECTS = 4, SMALL = 24, ROUNDS = 400, MANY = 10000, IDS_MOST = 256 };

struct world {
    struct arena arena;
    struct finding_kind kinds[IDS_MOST];
    size_t kind_count;
    struct subject subjects[SUBJECTS];
    struct finding *findings[MANY];
    size_t count;
    uint32_t seed;
};

static uint32_t dice(struct world *world, uint32_t sides)
{
    world->seed = world->seed * 1664525 + 1013904223;
    return (world->seed >> 8) % sides;
}

static void add_kind(struct world *world, const char *id)
{
    for (size_t i = 0; i < world->kind_count; i++) {
        if (strcmp(world->kinds[i].id, id) == 0)
            return;
    }
    assert_true(world->kind_count < IDS_MOST);
    world->kinds[world->kind_count++].id = id;
}

static struct world *new_world(uint32_t seed)
{
    static const char *const names[SUBJECTS] = {"a.example", "b.example", "c.example", "d.example"};
    struct world *world = memory_new(1, sizeof *world);

    world->seed = seed;
    for (const struct explanation *row = explanations; row->cause; row++) {
        add_kind(world, row->cause);
        add_kind(world, row->effect);
    }
    for (size_t i = 0; i < SUBJECTS; i++)
        world->subjects[i] = (struct subject){.kind = SUBJECT_SERVER, .name = names[i]};
    return world;
}

static void free_world(struct world *world)
{
    arena_release(&world->arena);
    free(world);
}

static struct finding *add(struct world *world, const char *id, const struct subject *subject)
{
    struct finding *finding = arena_new(&world->arena, 1, sizeof *finding);

    for (size_t i = 0; i < world->kind_count; i++) {
        if (strcmp(world->kinds[i].id, id) == 0)
            finding->kind = &world->kinds[i];
    }
    assert_non_null(finding->kind);
    finding->probe = "p";
    finding->outcome = OUTCOME_PROBLEM;
    finding->severity = (enum severity)dice(world, SEVERITY_COUNT);
    finding->subject = subject;
    finding->title = arena_print(&world->arena, "%u", dice(world, 5));
    world->findings[world->count++] = finding;
    return finding;
}

static const struct subject *any_subject(struct world *world)
{
    return &world->subjects[dice(world, SUBJECTS)];
}

/* Ids that explain each other are drawn more often than chance would. */
static const char *any_id(struct world *world)
{
    static size_t row_count;
    const struct explanation *row;

    for (row_count = 0; explanations[row_count].cause;)
        row_count++;
    row = &explanations[dice(world, (uint32_t)row_count)];
    return dice(world, 2) ? row->cause : row->effect;
}

static void fill(struct world *world)
{
    static const char *const nothing[] = {NULL};
    static const struct acceptance accepted = {"x", "*", "2099-01-01", "r"};
    const char *ids[6];

    for (size_t i = 0; i < 6; i++)
        ids[i] = any_id(world);
    for (size_t i = 0; i < SMALL; i++) {
        struct finding *finding = add(world, ids[dice(world, 6)], any_subject(world));

        if (dice(world, 4) == 0)
            finding->outcome = (enum outcome)dice(world, OUTCOME_COUNT);
        if (dice(world, 3) == 0)
            finding->due_to = *any_subject(world);
        if (dice(world, 8) == 0)
            finding->causes = nothing;
        if (dice(world, 8) == 0)
            finding->accepted = &accepted;
    }
}

/* ---- the definition ---- */

static bool explains(const struct finding *cause, const struct finding *effect,
                     const struct explanation *row)
{
    bool is_due = effect->due_to.name && subject_compare(cause->subject, &effect->due_to) == 0;

    return cause != effect && cause->outcome == OUTCOME_PROBLEM &&
           strcmp(cause->kind->id, row->cause) == 0 &&
           ((cause->subject == effect->subject && !row->if_due) || is_due);
}

static void check_causes(const struct world *world, const struct finding *effect)
{
    size_t count = 0;
    bool is_open = effect->outcome == OUTCOME_PROBLEM ||
                   (effect->outcome == OUTCOME_UNKNOWN && effect->due_to.name);

    for (const struct explanation *row = explanations; row->cause && is_open; row++) {
        if (strcmp(row->effect, effect->kind->id) != 0 || effect->causes)
            continue;
        for (size_t i = 0; i < world->count; i++) {
            if (!explains(world->findings[i], effect, row))
                continue;
            assert_true(count < effect->explained_by_count);
            assert_ptr_equal(effect->explained_by[count], world->findings[i]);
            count++;
        }
    }
    assert_int_equal(effect->explained_by_count, count);
}

static void check_rank(const struct world *world)
{
    enum severity ranks[SMALL];
    bool is_raised = true;

    for (size_t i = 0; i < world->count; i++)
        ranks[i] = world->findings[i]->severity;
    while (is_raised) {
        is_raised = false;
        for (size_t i = 0; i < world->count; i++) {
            const struct finding *effect = world->findings[i];

            for (size_t j = 0; j < effect->explained_by_count; j++) {
                size_t cause = 0;

                while (world->findings[cause] != effect->explained_by[j])
                    cause++;
                if (effect->outcome != OUTCOME_PROBLEM || effect->accepted ||
                    ranks[cause] <= ranks[i])
                    continue;
                ranks[cause] = ranks[i];
                is_raised = true;
            }
        }
    }
    for (size_t i = 0; i < world->count; i++)
        assert_int_equal(world->findings[i]->rank, ranks[i]);
}

static void any_findings_are_explained_as_the_table_has_it(void **state)
{
    size_t explained = 0;

    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct world *world = new_world(round);

        fill(world);
        verdict_explain(world->findings, world->count, &world->arena);
        for (size_t i = 0; i < world->count; i++) {
            check_causes(world, world->findings[i]);
            explained += world->findings[i]->explained_by_count;
        }
        verdict_arrange(world->findings, world->count, &world->arena);
        check_rank(world);
        for (size_t i = 1; i < world->count; i++)
            assert_true(finding_compare(world->findings[i - 1], world->findings[i]) <= 0);
        free_world(world);
    }
    assert_true(explained > ROUNDS);
}

/* Five thousand causes of five thousand effects: 25 million pairs in memory for one of them. */
static void ten_thousand_share_their_causes(void **state)
{
    struct world *world = new_world(1);
    const struct explanation *row = explanations;

    (void)state;
    while (strcmp(row->cause, row->effect) == 0 || row->if_due)
        row++;
    for (size_t i = 0; i < MANY / 2; i++)
        add(world, row->cause, &world->subjects[0]);
    for (size_t i = 0; i < MANY / 2; i++)
        add(world, row->effect, &world->subjects[0]);
    verdict_explain(world->findings, world->count, &world->arena);
    for (size_t i = MANY / 2; i < MANY; i++) {
        assert_true(world->findings[i]->explained_by_count >= MANY / 2);
        assert_ptr_equal(world->findings[i]->explained_by, world->findings[MANY / 2]->explained_by);
    }
    verdict_arrange(world->findings, world->count, &world->arena);
    assert_string_equal(world->findings[0]->kind->id, row->cause);
    assert_true(arena_footprint(&world->arena) < (size_t)32 << 20);
    free_world(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_findings_are_explained_as_the_table_has_it),
        cmocka_unit_test(ten_thousand_share_their_causes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
