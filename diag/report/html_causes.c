#include "diag/report/html_causes.h"

#include "diag/report/cause_graph.h"
#include "diag/report/chart.h"
#include "diag/report/html_entry.h"

#include <string.h>

enum {
    GAP = 14,    /* between boxes below each other; in the picture's own units, as all of these */
    GROUP = 22,  /* between what follows from one root cause and from the next */
    MARGIN = 14, /* within a box */
    BAND = 5,    /* of colour at its left edge */
    HEAD = 22,   /* of the line with number and standing */
    LINE = 18,   /* of a line of text */
    FOOT = 10,
    ARROW = 7,
    LETTER = 7, /* wide, and more than most letters are */
    LINES_MOST = 3,
    TITLE_MOST = 160,
    NAMES_MOST = 2,
    TEXT_MOST = 4096
};

/* How wide boxes and the ways between them are where there are so many layers. */
static const struct {
    unsigned box, way;
} widths[CAUSE_LAYERS_MOST + 1] = {{0, 0}, {340, 0}, {340, 90}, {236, 56}, {178, 44}};

struct box {
    unsigned x, y, height;
    const char *lines[LINES_MOST]; /* of the title */
    size_t line_count;
    const char *title, *subjects;
};

struct picture {
    struct page *page;
    struct cause_graph graph;
    struct box boxes[CAUSE_NODES_MOST];
    struct arena arena;
    unsigned box, way; /* widths */
    unsigned width, height;
};

/* ---- words ---- */

static const char *title_of(const struct outline_entry *entry)
{
    return entry->title ? entry->title : entry->first->title;
}

static const char *cut(struct picture *picture, const char *text, size_t most)
{
    static const char ellipsis[] = "…";
    struct buffer out;

    buffer_init(&out, strlen(text) + sizeof ellipsis);
    chart_cut(text, most, ellipsis, &out);
    return buffer_keep(&out, &picture->arena);
}

static size_t letters_of(const struct picture *picture)
{
    return (picture->box - BAND - 2 * MARGIN) / LETTER;
}

/* Lines of the title; the last one is cut where there would be more. */
static void break_title(struct picture *picture, struct box *box)
{
    size_t room = letters_of(picture), size = strlen(box->title), at = 0;

    while (at < size && box->line_count < LINES_MOST) {
        size_t part = report_line_size(box->title + at, size - at, room);

        if (box->line_count + 1 == LINES_MOST && at + part < size)
            box->lines[box->line_count++] = cut(picture, box->title + at, room);
        else
            box->lines[box->line_count++] = arena_copy(&picture->arena, box->title + at, part);
        at += part;
    }
}

static void write_box(struct picture *picture, size_t index)
{
    const struct outline_entry *entry = picture->graph.nodes[index].entry;
    struct box *box = &picture->boxes[index];
    struct buffer subjects;

    buffer_init(&subjects, TEXT_MOST);
    summary_subjects(entry, NAMES_MOST, &subjects);
    box->subjects = cut(picture, subjects.text, letters_of(picture));
    box->title = cut(picture, title_of(entry), TITLE_MOST);
    buffer_release(&subjects);
    break_title(picture, box);
    box->height = HEAD + LINE * ((unsigned)box->line_count + 1) + FOOT;
}

/* ---- places ---- */

static unsigned most_of(const unsigned *cursors)
{
    unsigned most = 0;

    for (size_t i = 0; i < CAUSE_LAYERS_MOST; i++)
        most = cursors[i] > most ? cursors[i] : most;
    return most;
}

/* Layer by layer downwards; what follows is not above its cause, and roots begin below all. */
static void place_boxes(struct picture *picture)
{
    unsigned cursors[CAUSE_LAYERS_MOST] = {0};

    for (size_t i = 0; i < picture->graph.node_count; i++) {
        const struct cause_node *node = &picture->graph.nodes[i];
        struct box *box = &picture->boxes[i];
        bool is_root = node->parent == i;

        write_box(picture, i);
        box->x = node->layer * (picture->box + picture->way) + 1;
        box->y = cursors[node->layer];
        if (is_root)
            box->y = most_of(cursors) + (i ? GROUP - GAP : 1);
        else if (box->y < picture->boxes[node->parent].y)
            box->y = picture->boxes[node->parent].y;
        cursors[node->layer] = box->y + box->height + GAP;
    }
    picture->height = most_of(cursors) - GAP + 2;
    picture->width = picture->graph.layers * (picture->box + picture->way) - picture->way + 2;
}

/* ---- drawing ---- */

static unsigned middle_of(const struct box *box)
{
    return box->y + HEAD + LINE / 2;
}

static void put_edge(const struct picture *picture, const struct cause_edge *edge)
{
    const struct box *from = &picture->boxes[edge->from], *to = &picture->boxes[edge->to];
    unsigned x1 = from->x + picture->box, y1 = middle_of(from);
    unsigned x2 = to->x, y2 = middle_of(to), bend = picture->way / 2;

    html_put(picture->page, "<path class=\"way\" d=\"M%u %uC%u %u %u %u %u %u\"/>", x1, y1,
             x1 + bend, y1, x2 > bend ? x2 - bend : 0, y2, x2 > ARROW ? x2 - ARROW : 0, y2);
    html_put(picture->page, "<path class=\"arrow\" d=\"M%u %uL%u %uL%u %uZ\"/>\n", x2, y2,
             x2 > ARROW ? x2 - ARROW : 0, y2 - 4, x2 > ARROW ? x2 - ARROW : 0, y2 + 4);
}

static void put_box(const struct picture *picture, size_t index)
{
    const struct outline_entry *entry = picture->graph.nodes[index].entry;
    const struct box *box = &picture->boxes[index];
    unsigned x = box->x + BAND + MARGIN, y = box->y + HEAD - 4;

    html_put(picture->page,
             "<a href=\"#finding-%u\" class=\"%s\">\n<rect class=\"box\" x=\"%u\" y=\"%u\" "
             "width=\"%u\" height=\"%u\" rx=\"4\"/><rect class=\"band\" x=\"%u\" y=\"%u\" "
             "width=\"%u\" height=\"%u\"/>\n",
             (unsigned)entry->number, html_standing_class(entry->first), box->x, box->y,
             picture->box, box->height, box->x, box->y, (unsigned)BAND, box->height);
    html_put(picture->page, "<text class=\"stand\" x=\"%u\" y=\"%u\">%u %s</text>\n", x, y,
             (unsigned)entry->number, report_standing(entry->first));
    for (size_t i = 0; i < box->line_count; i++)
        html_put(picture->page, "<text x=\"%u\" y=\"%u\">%s</text>\n", x, y += LINE, box->lines[i]);
    html_put(picture->page, "<text class=\"whose\" x=\"%u\" y=\"%u\">%s</text></a>\n", x, y + LINE,
             box->subjects);
}

static void put_graph(const struct picture *picture)
{
    struct page *page = picture->page;

    html_put(page,
             "<svg role=\"group\" aria-labelledby=\"causes-title\" aria-describedby=\"causes-desc\""
             " width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">\n"
             "<title id=\"causes-title\">Which cause explains which symptom</title>\n"
             "<desc id=\"causes-desc\">",
             picture->width, picture->height, picture->width, picture->height);
    for (size_t i = 0; i < picture->graph.edge_count; i++)
        html_put(page, "%s%u explains %u", i ? "; " : "",
                 (unsigned)picture->graph.nodes[picture->graph.edges[i].from].entry->number,
                 (unsigned)picture->graph.nodes[picture->graph.edges[i].to].entry->number);
    html_put(page, "</desc>\n");
    for (size_t i = 0; i < picture->graph.edge_count; i++)
        put_edge(picture, &picture->graph.edges[i]);
    for (size_t i = 0; i < picture->graph.node_count; i++)
        put_box(picture, i);
    html_put(page, "</svg>\n");
}

/* ---- the same as a list ---- */

static void put_link(const struct picture *picture, size_t index)
{
    const struct outline_entry *entry = picture->graph.nodes[index].entry;

    html_put(picture->page,
             "<a href=\"#finding-%u\"><b>%u</b> %s</a> <span class=\"faint\"><bdi>%s</bdi></span>",
             (unsigned)entry->number, (unsigned)entry->number, picture->boxes[index].title,
             picture->boxes[index].subjects);
}

static void put_effects(const struct picture *picture, size_t cause)
{
    html_put(picture->page, "\n<ul>\n");
    for (size_t i = 0; i < picture->graph.edge_count; i++) {
        if (picture->graph.edges[i].from != cause)
            continue;
        html_put(picture->page, "<li>");
        put_link(picture, picture->graph.edges[i].to);
        html_put(picture->page, "</li>\n");
    }
    html_put(picture->page, "</ul>\n");
}

static void put_list(const struct picture *picture)
{
    html_put(picture->page, "<ul class=\"causes\">\n");
    for (size_t i = 0; i < picture->graph.node_count; i++) {
        if (picture->graph.nodes[i].entry->effect_count == 0)
            continue;
        html_put(picture->page, "<li>");
        put_link(picture, i);
        html_put(picture->page, " explains");
        put_effects(picture, i);
        html_put(picture->page, "</li>\n");
    }
    html_put(picture->page, "</ul>\n");
}

/* ---- the section ---- */

bool html_has_causes(const struct page *page)
{
    for (size_t i = 0; i < page->outline->count; i++) {
        if (page->outline->entries[i].cause_count)
            return true;
    }
    return false;
}

void html_causes(struct page *page)
{
    struct picture picture = {.page = page};

    if (!html_has_causes(page))
        return;
    cause_graph_make(page->outline, &picture.graph);
    if (picture.graph.node_count == 0)
        return;
    picture.box = widths[picture.graph.layers].box;
    picture.way = widths[picture.graph.layers].way;
    place_boxes(&picture);
    html_put(
        page,
        "<section id=\"causes\" class=\"graph\" aria-labelledby=\"part-causes\">\n"
        "<h2 id=\"part-causes\">What explains what</h2>\n<p class=\"caption\">Repair causes first: what "
        "follows from them goes away with them, or can be judged only then.</p>\n"
        "<figure>\n");
    put_graph(&picture);
    put_list(&picture);
    html_put(page, "</figure>\n");
    if (picture.graph.left_out)
        html_put(page,
                 "<p class=\"caption\">and %u more that are linked; each entry says what "
                 "explains it</p>\n",
                 (unsigned)picture.graph.left_out);
    html_put(page, "</section>\n");
    arena_release(&picture.arena);
}
