/* SPDX-License-Identifier: GPL-3.0-or-later
   Graphs as pictures: ellipses, boxes around plates, and arrows. */
#include <math.h>

#include "lexer/utf8.h"
#include "plot/graph_layout.h"
#include "plot/plot.h"
#include "runtime/text.h"

enum { DRAWN_NODES = 200 };

/* In the unit of the layout, about a pixel: a character, and what is around a text. */
static const double LETTER = 7.4, NODE_MARGIN = 27, NODE_HALF = 16, LABEL_MARGIN = 16, LOOP_SIDE = 24;

typedef struct Drawing {
    const Graph *graph;
    GraphLayout layout;
    uint32_t block; /* that is open */
    Picture *picture;
} Drawing;

/* The width of a text that is built by then. */
static double text_half_width(State *S, size_t start, double margin) {
    double half = (double)utf8_columns(text_at(S, start), text_length(S, start)) * LETTER / 2 + margin;
    text_drop(S, start);
    return half;
}

static void open_plate(State *S, const Graph *graph, uint32_t plate, unsigned depth, void *user) {
    (void)depth;
    Drawing *drawing = user;
    LayoutItem *item = graph_layout_item(S, &drawing->layout);
    item->plate = plate;
    item->parent = drawing->block;
    drawing->block = drawing->layout.n_items - 1;
    size_t start = text_begin(S);
    graph_plate_text(S, &graph->plates[plate]);
    double half = 2 * text_half_width(S, start, LABEL_MARGIN / 4); /* the name takes the right half: arrows pass its left */
    drawing->layout.items[drawing->block].half_x = half;
}

static void close_plate(State *S, const Graph *graph, uint32_t plate, unsigned depth, void *user) {
    (void)S;
    (void)graph;
    (void)plate;
    (void)depth;
    Drawing *drawing = user;
    drawing->block = drawing->layout.items[drawing->block].parent;
}

static const GraphEdge *loop_of(const Graph *graph, uint32_t node) {
    for (uint32_t e = 0; e < graph->n_edges; e++)
        if (graph->edges[e].from == node && graph->edges[e].to == node) return &graph->edges[e];
    return NULL;
}

/* On each side, for an arrow to itself and its text. */
static double loop_room(const Graph *graph, uint32_t node) {
    const GraphEdge *edge = loop_of(graph, node);
    return edge ? LOOP_SIDE + GRAPH_LAGS * LETTER : 0;
}

static void add_node(State *S, const Graph *graph, uint32_t node, unsigned depth, void *user) {
    (void)depth;
    Drawing *drawing = user;
    LayoutItem *item = graph_layout_item(S, &drawing->layout);
    item->node = node;
    item->parent = drawing->block;
    item->half_y = NODE_HALF;
    drawing->layout.of_node[node] = drawing->layout.n_items - 1;
    size_t start = text_begin(S);
    graph_node_text(S, &graph->nodes[node]);
    item->half_x = fmax(text_half_width(S, start, NODE_MARGIN), 2 * NODE_HALF);
    item->half_x += loop_room(graph, node);
}

static void draw_node(State *S, const Drawing *drawing, Panel *panel, const LayoutItem *item) {
    const GraphNode *node = &drawing->graph->nodes[item->node];
    size_t start = text_begin(S);
    graph_node_text(S, node);
    const char *text = text_finish(S, start)->text;
    ShapeKind kind = node->kind == MESSAGE_PARAM ? SHAPE_TEXT : node->kind == MESSAGE_FACTOR ? SHAPE_BOX : SHAPE_ELLIPSE;
    double half = item->half_x - loop_room(drawing->graph, item->node);
    Shape *shape = panel_shape(S, panel, kind, item->x, item->y, half, NODE_HALF, text);
    shape->filled = node->is_observed;
    shape->dashed = node->kind == MESSAGE_DETERMINISTIC;
}

static void draw_plate(State *S, const Drawing *drawing, Panel *panel, const LayoutItem *item) {
    size_t start = text_begin(S);
    graph_plate_text(S, &drawing->graph->plates[item->plate]);
    const char *text = text_finish(S, start)->text;
    Shape *shape = panel_shape(S, panel, SHAPE_BOX, item->x, item->y, item->half_x, item->half_y, text);
    shape->low_text = true;
}

/* Half of the ellipse, box or text that is drawn, which is narrower than its item where this has an arrow to itself. */
static double drawn_half(const Drawing *drawing, uint32_t node) {
    const LayoutItem *item = &drawing->layout.items[drawing->layout.of_node[node]];
    return item->half_x - loop_room(drawing->graph, node);
}

/* Moves an end from a node's middle to its border, on the way to the next place. */
static GraphPlace at_border(const Drawing *drawing, uint32_t node, GraphPlace end, GraphPlace next) {
    double dx = (next.x - end.x) / drawn_half(drawing, node), dy = (next.y - end.y) / NODE_HALF;
    bool ellipse = drawing->graph->nodes[node].kind != MESSAGE_PARAM && drawing->graph->nodes[node].kind != MESSAGE_FACTOR;
    double far = ellipse ? sqrt(dx * dx + dy * dy) : fmax(fabs(dx), fabs(dy));
    if (far <= 1) return end;
    return (GraphPlace){end.x + (next.x - end.x) / far, end.y + (next.y - end.y) / far};
}

/* From the right side out and back, with what it comes from beside. */
static void draw_loop(State *S, const Drawing *drawing, Panel *panel, const GraphEdge *edge) {
    const LayoutItem *item = &drawing->layout.items[drawing->layout.of_node[edge->from]];
    double x = item->x + drawn_half(drawing, edge->from), out = x + LOOP_SIDE / 2, up = NODE_HALF / 2, in = x - 4;
    panel_shape(S, panel, SHAPE_LINE, in, item->y + up, out, item->y + up, NULL);
    panel_shape(S, panel, SHAPE_LINE, out, item->y + up, out, item->y - up, NULL);
    panel_shape(S, panel, SHAPE_ARROW, out, item->y - up, in, item->y - up, NULL);
    String *lags = graph_lags(S, edge);
    panel_shape(S, panel, SHAPE_TEXT, out + LOOP_SIDE / 4 + (double)utf8_columns(lags->text, lags->length) * LETTER / 2, item->y, 0, 0, lags->text);
}

static void draw_edge(State *S, const Drawing *drawing, Panel *panel, uint32_t e) {
    const GraphEdge *edge = &drawing->graph->edges[e];
    GraphPlace places[GRAPH_PLACES];
    if (edge->from == edge->to) {
        draw_loop(S, drawing, panel, edge);
        return;
    }
    uint32_t n = graph_layout_way(drawing->graph, &drawing->layout, e, places);
    places[0] = at_border(drawing, edge->from, places[0], places[1]);
    places[n - 1] = at_border(drawing, edge->to, places[n - 1], places[n - 2]);
    for (uint32_t k = 1; k < n; k++)
        panel_shape(S, panel, k + 1 < n ? SHAPE_LINE : SHAPE_ARROW, places[k - 1].x, places[k - 1].y, places[k].x, places[k].y, NULL);
}

static void draw_items(State *S, const Drawing *drawing) {
    const GraphLayout *layout = &drawing->layout;
    Panel *panel = picture_panel(S, drawing->picture);
    panel->bare = true;
    const LayoutItem *whole = &layout->items[0]; /* texts without a shape around them reach further than their places */
    panel_shape(S, panel, SHAPE_TEXT, -whole->half_x, -whole->half_y, 0, 0, NULL);
    panel_shape(S, panel, SHAPE_TEXT, whole->half_x, whole->half_y, 0, 0, NULL);
    for (uint32_t k = 1; k < layout->n_items; k++)
        if (layout->items[k].plate != LAYOUT_NOTHING) draw_plate(S, drawing, panel, &layout->items[k]);
    for (uint32_t e = 0; e < drawing->graph->n_edges; e++) draw_edge(S, drawing, panel, e);
    for (uint32_t k = 1; k < layout->n_items; k++)
        if (layout->items[k].node != LAYOUT_NOTHING) draw_node(S, drawing, panel, &layout->items[k]);
}

static void draw(State *S, void *what) {
    static const GraphWalk walk = {open_plate, add_node, close_plate};
    Drawing *drawing = what;
    const Graph *graph = drawing->graph;
    GraphLayout *layout = &drawing->layout;
    layout->of_node = memory_new(S, graph->n_nodes * sizeof *layout->of_node);
    layout->n_nodes = graph->n_nodes;
    graph_layout_item(S, layout);
    graph_walk(S, graph, &walk, drawing);
    graph_layout(S, graph, layout);
    draw_items(S, drawing);
}

Picture *picture_of_graph(State *S, Value v) {
    const Graph *graph = (Graph *)v.as.object;
    if (!graph->n_nodes) error_raise(S, "bad-argument", "Write for instance plot(graph(normal, x)).", "the graph has no sites to draw");
    if (graph->n_nodes > DRAWN_NODES)
        error_raise(S, "bad-argument", "print(graph(…)) lists them, and a .dot file has them all.",
                    "the graph has %u nodes, and a picture has room for %d", graph->n_nodes, DRAWN_NODES);
    Drawing drawing = {.graph = graph, .picture = picture_new(S)};
    if (graph->title) drawing.picture->title = graph->title;
    bool done = error_protect(S, draw, &drawing);
    graph_layout_free(S, &drawing.layout);
    if (!done) error_again(S);
    return drawing.picture;
}
