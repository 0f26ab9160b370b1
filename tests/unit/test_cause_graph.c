/* Graphs of causes: layers, several causes of one, circles, and that they are bounded. */
#include "diag/report/cause_graph.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MOST = 2000, LINKS_MOST = 4000 };

static struct outline_entry entries[ENTRIES_MOST];
static size_t causes[ENTRIES_MOST][4], effects[LINKS_MOST];
static struct outline outline;
static struct cause_graph graph;

/* `links`: "1>2 1>3", in the order of the first. */
static void make(size_t count, const char *links)
{
    size_t used = 0;

    memset(entries, 0, sizeof entries);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct outline_entry){.number = i + 1, .causes = causes[i]};
    for (const char *at = links; *at;) {
        char *end;
        size_t from = strtoul(at, &end, 10), to = strtoul(end + 1, &end, 10);

        if (entries[from - 1].effect_count == 0)
            entries[from - 1].effects = &effects[used];
        effects[used++] = to;
        entries[from - 1].effect_count++;
        if (entries[to - 1].cause_count < 4)
            causes[to - 1][entries[to - 1].cause_count++] = from;
        at = *end ? end + 1 : end;
    }
    outline = (struct outline){.entries = entries, .count = count};
    cause_graph_make(&outline, &graph);
}

static void expect_layers(const char *layers)
{
    struct buffer text;

    buffer_init(&text, 4096);
    for (size_t i = 0; i < graph.node_count; i++)
        buffer_print(&text, "%s%zu:%u", i ? " " : "", graph.nodes[i].entry->number,
                     graph.nodes[i].layer);
    assert_string_equal(text.text, layers);
    buffer_release(&text);
}

static void nothing_explained_is_no_graph(void **state)
{
    (void)state;
    make(5, "");
    assert_int_equal(graph.node_count, 0);
    assert_int_equal(graph.left_out, 0);
    make(0, "");
    assert_int_equal(graph.node_count, 0);
}

static void effects_stand_behind_their_causes(void **state)
{
    (void)state;
    make(6, "1>3 1>4 3>5 2>6");
    expect_layers("1:0 3:1 5:2 4:1 2:0 6:1");
    assert_int_equal(graph.layers, 3);
    assert_int_equal(graph.edge_count, 4);
    assert_int_equal(graph.nodes[2].parent, 1);
    assert_int_equal(graph.nodes[4].parent, 4);
}

static void what_has_several_causes_stands_once(void **state)
{
    (void)state;
    make(4, "1>3 2>3 1>4 3>4");
    expect_layers("1:0 3:1 4:2 2:0");
    assert_int_equal(graph.edge_count, 4);
    assert_int_equal(graph.left_out, 0);
}

static void a_long_way_ends_at_the_last_layer(void **state)
{
    (void)state;
    make(6, "1>2 2>3 3>4 4>5 5>6");
    expect_layers("1:0 2:1 3:2 4:3 5:3 6:3");
    assert_int_equal(graph.layers, CAUSE_LAYERS_MOST);
}

static void circles_end(void **state)
{
    (void)state;
    make(4, "1>2 2>3 3>2 3>4");
    assert_int_equal(graph.node_count, 4);
    make(2, "1>2 2>1");
    assert_int_equal(graph.node_count, 0);
    assert_int_equal(graph.left_out, 2);
    make(1, "1>1");
    assert_int_equal(graph.node_count, 0);
}

/* A cause of 1,500, and a number that no entry has. */
static void many_are_bounded(void **state)
{
    struct buffer links;

    (void)state;
    buffer_init(&links, 1 << 16);
    for (unsigned i = 2; i <= 1500; i++)
        buffer_print(&links, "%s1>%u", i > 2 ? " " : "", i);
    make(1500, links.text);
    buffer_release(&links);
    assert_int_equal(graph.node_count, CAUSE_NODES_MOST);
    assert_int_equal(graph.edge_count, CAUSE_NODES_MOST - 1);
    assert_int_equal(graph.left_out, 1500 - CAUSE_NODES_MOST);
    make(2, "1>2");
    effects[0] = 77;
    cause_graph_make(&outline, &graph);
    assert_int_equal(graph.edge_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_explained_is_no_graph),
        cmocka_unit_test(effects_stand_behind_their_causes),
        cmocka_unit_test(what_has_several_causes_stands_once),
        cmocka_unit_test(a_long_way_ends_at_the_last_layer),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(many_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
