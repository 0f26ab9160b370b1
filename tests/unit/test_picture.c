/* Trees and timelines: what is kept of many, and that what is kept is in order. */
#include "diag/picture.h"

#include "diag/buffer.h"
#include "tests/unit/unit.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct tree_kind costs = {
    .id = "costs", .title = "costs", .unit = "lookups", .limit = "too many", .most = 10};

static const struct timeline_kind calls = {
    .id = "calls",
    .title = "calls",
    .stops = (const struct timeline_stop[]){{1000, "1 s", NULL},
                                            {5000, "5 s", "quick"},
                                            {60000, "1 min", NULL},
                                            {300000, "5 min", "the end"},
                                            {600000, "10 min", NULL},
                                            {0, NULL, NULL}},
    .reach = 60000,
};

static struct arena memory;

static int release(void **state)
{
    (void)state;
    arena_release(&memory);
    return 0;
}

/* ---- trees ---- */

static struct tree arranged(const struct tree_node *nodes, size_t count, size_t most)
{
    struct tree tree;

    tree_arrange(&costs, nodes, count, most, 0, &memory, &tree);
    return tree;
}

static unsigned left_out(const struct tree *tree)
{
    unsigned sum = 0;

    for (size_t i = 0; i < tree->count; i++)
        sum += tree->nodes[i].left_out;
    return sum;
}

static const char *labels(const struct tree *tree)
{
    struct buffer text;

    buffer_init(&text, 65536);
    for (size_t i = 0; i < tree->count; i++)
        buffer_print(&text, "%s%u:%s", i ? " " : "", tree->nodes[i].level, tree->nodes[i].label);
    return buffer_keep(&text, &memory);
}

static void few_nodes_stay_as_they_are(void **state)
{
    static const struct tree_node nodes[] = {
        {.label = "top", .cost = 3},
        {.label = "a", .level = 1, .number = 1, .cost = 2},
        {.label = "b", .level = 2, .number = 2, .cost = 1},
        {.label = "c", .level = 1, .number = 3, .cost = 1},
    };
    struct tree tree = arranged(nodes, COUNT(nodes), TREE_NODES_MOST);

    (void)state;
    assert_string_equal(labels(&tree), "0:top 1:a 2:b 1:c");
    assert_int_equal(left_out(&tree), 0);
    tree = arranged(nodes, 0, TREE_NODES_MOST);
    assert_int_equal(tree.count, 0);
}

static void levels_are_set_right(void **state)
{
    static const struct tree_node nodes[] = {
        {.label = "top", .level = 7}, {.label = "a", .level = 5}, {.label = "b", .level = 9},
        {.label = "c", .level = 0},   {.label = "d", .level = 2}, {.label = "e", .level = 4000000}};
    struct tree tree = arranged(nodes, COUNT(nodes), TREE_NODES_MOST);

    (void)state;
    assert_string_equal(labels(&tree), "0:top 1:a 2:b 1:c 2:d 3:e");
}

/* What is wrong, and where the limit breaks, stay with all above them, however far down. */
static void what_matters_is_kept(void **state)
{
    static struct tree_node nodes[2000];
    struct tree tree;
    bool breaks = false;

    (void)state;
    nodes[0] = (struct tree_node){.label = "top", .standing = PICTURE_PLAIN};
    for (size_t i = 1; i < COUNT(nodes); i++)
        nodes[i] = (struct tree_node){.label = "plain",
                                      .level = 1 + (unsigned)(i % 20),
                                      .number = (unsigned)i,
                                      .cost = 1,
                                      .standing = PICTURE_PLAIN};
    nodes[1999].label = "wrong";
    nodes[1999].standing = PICTURE_WRONG;
    nodes[1500].label = "doubtful";
    nodes[1500].standing = PICTURE_DOUBTFUL;
    tree = arranged(nodes, COUNT(nodes), TREE_NODES_MOST);
    assert_int_equal(tree.count, TREE_NODES_MOST);
    assert_int_equal(left_out(&tree), COUNT(nodes) - TREE_NODES_MOST);
    assert_non_null(strstr(labels(&tree), ":wrong"));
    assert_non_null(strstr(labels(&tree), ":doubtful"));
    for (size_t i = 0; i < tree.count; i++) {
        breaks = breaks || tree_breaks_at(&tree, i);
        assert_true(i == 0 || tree.nodes[i].level <= tree.nodes[i - 1].level + 1);
    }
    assert_true(breaks);
}

static void nearer_ones_come_first(void **state)
{
    static const struct tree_node nodes[] = {
        {.label = "top", .standing = PICTURE_PLAIN},
        {.label = "a", .level = 1, .standing = PICTURE_PLAIN},
        {.label = "b", .level = 2, .standing = PICTURE_PLAIN},
        {.label = "c", .level = 3, .standing = PICTURE_PLAIN},
        {.label = "d", .level = 1, .standing = PICTURE_PLAIN, .left_out = 7},
        {.label = "e", .level = 2, .standing = PICTURE_PLAIN, .left_out = 100},
    };
    struct tree tree = arranged(nodes, COUNT(nodes), 4);

    (void)state;
    assert_string_equal(labels(&tree), "0:top 1:a 2:b 1:d");
    assert_int_equal(tree.nodes[2].left_out, 1);
    assert_int_equal(tree.nodes[3].left_out, 7 + 1 + 100);
}

/* 30,000 wrong ones at one level, and a way 30,000 deep. */
static void many_are_bounded(void **state)
{
    size_t count = 30000;
    struct tree_node *nodes = arena_new(&memory, count, sizeof *nodes);
    struct tree tree;

    (void)state;
    for (size_t i = 0; i < count; i++)
        nodes[i] = (struct tree_node){.label = "x", .level = i > 0, .standing = PICTURE_WRONG};
    tree = arranged(nodes, count, TREE_NODES_MOST);
    assert_int_equal(tree.count, TREE_NODES_MOST);
    assert_int_equal(tree.nodes[0].left_out, count - TREE_NODES_MOST);
    for (size_t i = 0; i < count; i++)
        nodes[i].level = (unsigned)i;
    tree = arranged(nodes, count, TREE_NODES_MOST);
    assert_int_equal(tree.count, TREE_NODES_MOST);
    assert_int_equal(tree.nodes[tree.count - 1].level, TREE_LEVELS_MOST - 1);
    assert_int_equal(left_out(&tree), count - TREE_NODES_MOST);
}

/* ---- timelines ---- */

static struct timeline laid_out(const struct timeline_row *rows, size_t count, size_t most)
{
    struct timeline timeline;

    timeline_arrange(&calls, rows, count, most, &memory, &timeline);
    return timeline;
}

static void phases_are_set_right(void **state)
{
    static const struct timeline_row row = {.name = "a",
                                            .phases = {{TIMELINE_CONNECTING, 500, 100},
                                                       {TIMELINE_SILENT, -7, 50},
                                                       {TIMELINE_SPEAKING, 90, INT64_MIN}},
                                            .phase_count = 3};
    struct timeline timeline = laid_out(&row, 1, TIMELINE_ROWS_MOST);
    const struct timeline_phase *phases = timeline.rows[0].phases;

    (void)state;
    assert_true(phases[0].from == 0 && phases[0].to == 100);
    assert_true(phases[1].from == 100 && phases[1].to == 100);
    assert_true(phases[2].from == 100 && phases[2].to == 100);
    assert_true(timeline_end_of(&timeline.rows[0]) == 100);
    assert_true(timeline_end_of(&(const struct timeline_row){.name = "b"}) == 0);
}

static void the_axis_reaches_the_last_moment(void **state)
{
    static const struct {
        int64_t end;
        size_t stops;
    } rows[] = {{0, 3},      {59999, 3},  {60000, 3},  {60900, 3},  {62000, 4},
                {300000, 4}, {302000, 4}, {310000, 5}, {600000, 5}, {INT64_MAX, 5}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct timeline_row row = {
            .name = "a", .phases = {{TIMELINE_SILENT, 0, rows[i].end}}, .phase_count = 1};
        struct timeline timeline = laid_out(&row, 1, TIMELINE_ROWS_MOST);

        assert_int_equal(timeline.stops, rows[i].stops);
        assert_true(timeline_position(&timeline, rows[i].end, 1000) <= 1000);
    }
}

static void moments_stand_where_they_belong(void **state)
{
    struct timeline timeline = {.kind = &calls, .stops = 4};

    (void)state;
    assert_int_equal(timeline_position(&timeline, INT64_MIN, 1000), 0);
    assert_int_equal(timeline_position(&timeline, 0, 1000), 0);
    assert_int_equal(timeline_position(&timeline, 500, 1000), 125);
    assert_int_equal(timeline_position(&timeline, 1000, 1000), 250);
    assert_int_equal(timeline_position(&timeline, 3000, 1000), 375);
    assert_int_equal(timeline_position(&timeline, 5000, 1000), 500);
    assert_int_equal(timeline_position(&timeline, 60000, 1000), 750);
    assert_int_equal(timeline_position(&timeline, 180000, 1000), 875);
    assert_int_equal(timeline_position(&timeline, 300000, 1000), 1000);
    assert_int_equal(timeline_position(&timeline, INT64_MAX, 1000), 1000);
}

static void the_worst_rows_are_kept_in_their_order(void **state)
{
    static struct timeline_row rows[64];
    struct timeline timeline;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct timeline_row){.name = arena_print(&memory, "%zu", i),
                                        .standing = i % 16 == 0  ? PICTURE_WRONG
                                                    : i % 8 == 0 ? PICTURE_DOUBTFUL
                                                                 : PICTURE_RIGHT};
    timeline = laid_out(rows, COUNT(rows), 10);
    assert_int_equal(timeline.count, 10);
    assert_int_equal(timeline.left_out, 54);
    assert_string_equal(timeline.rows[0].name, "0");
    assert_string_equal(timeline.rows[1].name, "1");
    assert_string_equal(timeline.rows[2].name, "2");
    assert_string_equal(timeline.rows[3].name, "8");
    assert_string_equal(timeline.rows[9].name, "56");
    timeline = laid_out(rows, 3, 10);
    assert_int_equal(timeline.count, 3);
    assert_int_equal(timeline.left_out, 0);
}

static void every_word_is_there(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PICTURE_STANDING_COUNT; i++)
        assert_non_null(picture_standing_word((enum picture_standing)i));
    for (unsigned i = 0; i < TIMELINE_PHASE_COUNT; i++)
        assert_non_null(timeline_phase_word((enum timeline_phase_kind)i));
    for (unsigned i = 0; i < TIMELINE_END_COUNT; i++) {
        assert_non_null(timeline_end_word((enum timeline_end)i));
        assert_non_null(timeline_end_shown((enum timeline_end)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_nodes_stay_as_they_are),
        cmocka_unit_test(levels_are_set_right),
        cmocka_unit_test(what_matters_is_kept),
        cmocka_unit_test(nearer_ones_come_first),
        cmocka_unit_test(many_are_bounded),
        cmocka_unit_test(phases_are_set_right),
        cmocka_unit_test(the_axis_reaches_the_last_moment),
        cmocka_unit_test(moments_stand_where_they_belong),
        cmocka_unit_test(the_worst_rows_are_kept_in_their_order),
        cmocka_unit_test(every_word_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
