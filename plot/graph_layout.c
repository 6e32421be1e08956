/* SPDX-License-Identifier: GPL-3.0-or-later
   Layered drawing of graphs with plates. */
#include "plot/graph_layout.h"

#include <math.h>
#include <string.h>

/* In the unit of the nodes' sizes: between layers, between neighbours, around what lies in a plate, and below it for its name. */
static const double LAYER_GAP = 34, ITEM_GAP = 16, PLATE_SIDE = 14, PLATE_TOP = 14, PLATE_BOTTOM = 26, BEND_HALF = 4;

enum { SWEEPS = 16 };

LayoutItem *graph_layout_item(State *S, GraphLayout *layout) {
    MEMORY_GROW(S, layout->items, layout->n_items, layout->capacity);
    LayoutItem *item = &layout->items[layout->n_items++];
    *item = (LayoutItem){.node = LAYOUT_NOTHING, .plate = LAYOUT_NOTHING, .edge = LAYOUT_NOTHING};
    return item;
}

void graph_layout_free(State *S, GraphLayout *layout) {
    memory_free(S, layout->items, layout->capacity * sizeof *layout->items);
    memory_free(S, layout->of_node, layout->n_nodes * sizeof *layout->of_node);
    memory_free(S, layout->order, layout->order_capacity * sizeof *layout->order);
    *layout = (GraphLayout){0};
}

/* The item of `block` that holds the item; LAYOUT_NOTHING: it lies elsewhere. */
static uint32_t held_by(const GraphLayout *layout, uint32_t item, uint32_t block) {
    while (item && layout->items[item].parent != block) item = layout->items[item].parent;
    return item ? item : LAYOUT_NOTHING;
}

/* An edge as a block sees it: between two of its items, or, where one is LAYOUT_NOTHING, from outside or to it. */
typedef struct LayoutEdge {
    uint32_t from, to;
} LayoutEdge;

static bool see_edge(const Graph *graph, const GraphLayout *layout, uint32_t block, uint32_t edge, LayoutEdge *out) {
    out->from = held_by(layout, layout->of_node[graph->edges[edge].from], block);
    out->to = held_by(layout, layout->of_node[graph->edges[edge].to], block);
    return out->from != out->to;
}

static bool lift(const Graph *graph, const GraphLayout *layout, uint32_t block, uint32_t edge, LayoutEdge *out) {
    return see_edge(graph, layout, block, edge, out) && out->from != LAYOUT_NOTHING && out->to != LAYOUT_NOTHING;
}

/* ---- Layers ---- */

enum { UNPLACED = UINT32_MAX };

static bool waits(const Graph *graph, const GraphLayout *layout, uint32_t block, uint32_t item) {
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        LayoutEdge l;
        if (lift(graph, layout, block, e, &l) && l.to == item && layout->items[l.from].layer == UNPLACED) return true;
    }
    return false;
}

/* One below the lowest of those that it depends on. */
static uint32_t layer_below(const Graph *graph, const GraphLayout *layout, uint32_t block, uint32_t item) {
    uint32_t layer = 0;
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        LayoutEdge l;
        if (!lift(graph, layout, block, e, &l) || l.to != item) continue;
        uint32_t above = layout->items[l.from].layer;
        if (above != UNPLACED && above + 1 > layer) layer = above + 1;
    }
    return layer;
}

/* What depends on nothing stands right above the first that depends on it. */
static void lower_roots(const Graph *graph, GraphLayout *layout, uint32_t block, uint32_t n) {
    for (uint32_t k = 0; k < n; k++) {
        LayoutItem *item = &layout->items[layout->order[k]];
        uint32_t least = UNPLACED;
        bool root = true;
        for (uint32_t e = 0; e < graph->n_edges; e++) {
            LayoutEdge l;
            if (!lift(graph, layout, block, e, &l)) continue;
            root &= l.to != layout->order[k];
            if (l.from == layout->order[k] && layout->items[l.to].layer < least) least = layout->items[l.to].layer;
        }
        if (root && least != UNPLACED && least > 0) item->layer = least - 1;
    }
}

/* Longest paths. Where plates make a circle of items, the first goes first. */
static void place_layers(const Graph *graph, GraphLayout *layout, uint32_t block, uint32_t n) {
    for (uint32_t k = 0; k < n; k++) layout->items[layout->order[k]].layer = UNPLACED;
    for (uint32_t placed = 0; placed < n; placed++) {
        uint32_t next = LAYOUT_NOTHING;
        for (uint32_t k = 0; k < n; k++) {
            uint32_t item = layout->order[k];
            if (layout->items[item].layer != UNPLACED) continue;
            if (next == LAYOUT_NOTHING) next = item;
            if (waits(graph, layout, block, item)) continue;
            next = item;
            break;
        }
        layout->items[next].layer = layer_below(graph, layout, block, next);
    }
    lower_roots(graph, layout, block, n);
}

/* ---- Bends ---- */

/* The layers in which the edge passes between others: first …, last - 1. What comes from outside enters at the top, and what goes
   there leaves at the bottom. */
static void bend_layers(const GraphLayout *layout, const LayoutEdge *l, uint32_t layers, uint32_t *first, uint32_t *last) {
    *first = l->from == LAYOUT_NOTHING ? 0 : layout->items[l->from].layer + 1;
    *last = l->to == LAYOUT_NOTHING ? layers : layout->items[l->to].layer;
}

static void add_bends(State *S, const Graph *graph, GraphLayout *layout, uint32_t block, uint32_t layers) {
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        LayoutEdge l;
        uint32_t first, last;
        if (!see_edge(graph, layout, block, e, &l)) continue;
        bend_layers(layout, &l, layers, &first, &last);
        for (uint32_t layer = first; layer < last; layer++) {
            LayoutItem *bend = graph_layout_item(S, layout);
            bend->parent = block;
            bend->edge = e;
            bend->layer = layer;
            bend->half_x = BEND_HALF;
        }
    }
}

/* The bend of the edge in that layer of the block; LAYOUT_NOTHING: there is none. */
static uint32_t bend_at(const GraphLayout *layout, uint32_t block, uint32_t edge, uint32_t layer) {
    for (uint32_t k = 1; k < layout->n_items; k++) {
        const LayoutItem *item = &layout->items[k];
        if (item->edge == edge && item->parent == block && item->layer == layer) return k;
    }
    return LAYOUT_NOTHING;
}

/* The bend at which the edge enters the block, or (leaving) leaves it: the last before its border. */
static uint32_t border_bend(const GraphLayout *layout, uint32_t block, uint32_t edge, bool leaving) {
    uint32_t best = LAYOUT_NOTHING;
    for (uint32_t k = 1; k < layout->n_items; k++) {
        const LayoutItem *item = &layout->items[k];
        if (item->edge != edge || item->parent != block) continue;
        if (best == LAYOUT_NOTHING || (item->layer > layout->items[best].layer) == leaving) best = k;
    }
    return best;
}

/* Where on an item's border the edge leaves or enters, from its middle. */
static double port(const Graph *graph, const GraphLayout *layout, uint32_t item, uint32_t edge, bool leaving) {
    uint32_t node = layout->of_node[leaving ? graph->edges[edge].from : graph->edges[edge].to];
    double offset = 0;
    while (item != node && item != LAYOUT_NOTHING) {
        uint32_t bend = border_bend(layout, item, edge, leaving);
        if (bend != LAYOUT_NOTHING) return offset + layout->items[bend].x;
        item = held_by(layout, node, item);
        if (item != LAYOUT_NOTHING) offset += layout->items[item].x;
    }
    return offset;
}

/* ---- From side to side ---- */

/* Where the next item of the edge's way lies: below, or above. false: outside of the block. */
static bool neighbour(const Graph *graph, const GraphLayout *layout, uint32_t block, uint32_t e, const LayoutEdge *l, uint32_t layer, bool below, double *x) {
    uint32_t bend = below ? bend_at(layout, block, e, layer + 1) : layer ? bend_at(layout, block, e, layer - 1) : LAYOUT_NOTHING;
    uint32_t end = below ? l->to : l->from;
    if (bend != LAYOUT_NOTHING) *x = layout->items[bend].x;
    else if (end != LAYOUT_NOTHING) *x = layout->items[end].x + port(graph, layout, end, e, !below);
    return bend != LAYOUT_NOTHING || end != LAYOUT_NOTHING;
}

/* Where the item's neighbours lie, on the average. */
static double wish_of(const Graph *graph, const GraphLayout *layout, uint32_t block, uint32_t k, bool up, bool down) {
    const LayoutItem *item = &layout->items[k];
    double sum = 0, x;
    unsigned n = 0;
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        LayoutEdge l;
        bool bend = item->edge == e;
        if (!see_edge(graph, layout, block, e, &l) || (!bend && l.from != k && l.to != k)) continue;
        if (down && (bend || l.from == k) && neighbour(graph, layout, block, e, &l, item->layer, true, &x)) {
            sum += x - (bend ? 0 : port(graph, layout, k, e, true));
            n++;
        }
        if (up && (bend || l.to == k) && neighbour(graph, layout, block, e, &l, item->layer, false, &x)) {
            sum += x - (bend ? 0 : port(graph, layout, k, e, false));
            n++;
        }
    }
    return n ? sum / n : item->x;
}

static double apart(const GraphLayout *layout, uint32_t left, uint32_t right) {
    return layout->items[left].half_x + ITEM_GAP + layout->items[right].half_x;
}

/* The nearest places to the wishes, by least squares, that keep the order and the distances: pools of adjacent violators
   (Ayer et al., 1955). `items` are from left to right. */
static void place_row(const GraphLayout *layout, const uint32_t *items, uint32_t n) {
    double offset = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (k) offset += apart(layout, items[k - 1], items[k]);
        layout->items[items[k]].y = offset; /* scratch until the rows are placed */
    }
    for (uint32_t k = 0; k < n;) {
        /* The pool that begins at k reaches as far as its mean is least. */
        double best = INFINITY, sum = 0;
        uint32_t end = k + 1;
        for (uint32_t j = k; j < n; j++) {
            const LayoutItem *item = &layout->items[items[j]];
            sum += item->wish - item->y;
            if (sum / (j + 1 - k) <= best) {
                best = sum / (j + 1 - k);
                end = j + 1;
            }
        }
        for (uint32_t j = k; j < end; j++) layout->items[items[j]].x = best + layout->items[items[j]].y;
        k = end;
    }
}

/* Items of a layer, by their ranks, into `row`. */
static uint32_t row_of(const GraphLayout *layout, uint32_t block, uint32_t layer, uint32_t *row) {
    uint32_t n = 0;
    for (uint32_t k = 1; k < layout->n_items; k++) {
        const LayoutItem *item = &layout->items[k];
        if (item->parent != block || item->layer != layer) continue;
        uint32_t at = n++;
        for (; at && layout->items[row[at - 1]].rank > item->rank; at--) row[at] = row[at - 1];
        row[at] = k;
    }
    return n;
}

/* Stable: equal wishes keep the order. */
static void sort_row(GraphLayout *layout, uint32_t *row, uint32_t n) {
    for (uint32_t k = 1; k < n; k++) {
        uint32_t item = row[k], at = k;
        for (; at && layout->items[row[at - 1]].wish > layout->items[item].wish + 1e-9; at--) row[at] = row[at - 1];
        row[at] = item;
    }
    for (uint32_t k = 0; k < n; k++) layout->items[row[k]].rank = k;
}

static void place_across(const Graph *graph, GraphLayout *layout, uint32_t block, uint32_t layers, uint32_t *row) {
    for (uint32_t layer = 0; layer < layers; layer++) {
        uint32_t n = row_of(layout, block, layer, row);
        for (uint32_t k = 0; k < n; k++) {
            layout->items[row[k]].rank = k;
            layout->items[row[k]].wish = 0;
        }
        place_row(layout, row, n);
    }
    for (unsigned sweep = 0; sweep < SWEEPS; sweep++) {
        bool last = sweep + 4 >= SWEEPS; /* the order stands: only places are improved, by both sides */
        for (uint32_t k = 0; k < layers; k++) {
            uint32_t layer = sweep % 2 ? layers - 1 - k : k, n = row_of(layout, block, layer, row);
            for (uint32_t j = 0; j < n; j++) layout->items[row[j]].wish = wish_of(graph, layout, block, row[j], last || sweep % 2 == 0, last || sweep % 2 == 1);
            if (!last) sort_row(layout, row, n);
            place_row(layout, row, n);
        }
    }
}

/* ---- Blocks ---- */

/* From the top down; then the block's size, and its items around its middle. */
static void place_down(GraphLayout *layout, uint32_t block, uint32_t layers) {
    double y = 0, left = INFINITY, right = -INFINITY;
    for (uint32_t layer = 0; layer < layers; layer++) {
        double half = 0;
        for (uint32_t k = 1; k < layout->n_items; k++)
            if (layout->items[k].parent == block && layout->items[k].layer == layer) half = fmax(half, layout->items[k].half_y);
        for (uint32_t k = 1; k < layout->n_items; k++) {
            LayoutItem *item = &layout->items[k];
            if (item->parent != block || item->layer != layer) continue;
            item->y = y - half;
            if (item->edge != LAYOUT_NOTHING) item->half_y = half;
            left = fmin(left, item->x - item->half_x);
            right = fmax(right, item->x + item->half_x);
        }
        y -= 2 * half + (layer + 1 < layers ? LAYER_GAP : 0);
    }
    bool whole = block == 0;
    double side = whole ? 0 : PLATE_SIDE, top = whole ? 0 : PLATE_TOP, bottom = whole ? 0 : PLATE_BOTTOM, middle = (left + right) / 2;
    LayoutItem *box = &layout->items[block];
    box->half_x = fmax(box->half_x, (right - left) / 2 + side);
    box->half_y = (top - y + bottom) / 2;
    for (uint32_t k = 1; k < layout->n_items; k++) {
        LayoutItem *item = &layout->items[k];
        if (item->parent != block) continue;
        item->x -= middle;
        item->y += box->half_y - top;
    }
}

static void order_room(State *S, GraphLayout *layout) {
    while (layout->order_capacity < layout->n_items) {
        uint32_t used = layout->order_capacity;
        MEMORY_GROW(S, layout->order, used, layout->order_capacity);
    }
}

static void place_block(State *S, const Graph *graph, GraphLayout *layout, uint32_t block) {
    uint32_t n = 0, layers = 0;
    order_room(S, layout);
    for (uint32_t k = 1; k < layout->n_items; k++)
        if (layout->items[k].parent == block) layout->order[n++] = k;
    place_layers(graph, layout, block, n);
    for (uint32_t k = 0; k < n; k++)
        if (layout->items[layout->order[k]].layer + 1 > layers) layers = layout->items[layout->order[k]].layer + 1;
    add_bends(S, graph, layout, block, layers);
    order_room(S, layout);
    place_across(graph, layout, block, layers, layout->order);
    place_down(layout, block, layers);
}

void graph_layout(State *S, const Graph *graph, GraphLayout *layout) {
    uint32_t blocks = layout->n_items;
    for (uint32_t k = blocks; k-- > 0;) /* what lies inside comes behind */
        if (layout->items[k].node == LAYOUT_NOTHING) place_block(S, graph, layout, k);
    for (uint32_t k = 1; k < layout->n_items; k++) { /* bends of a block come behind it, too */
        LayoutItem *item = &layout->items[k];
        const LayoutItem *parent = &layout->items[item->parent];
        item->x += item->parent ? parent->x : 0;
        item->y += item->parent ? parent->y : 0;
    }
}

/* ---- Ways ---- */

static uint32_t add_place(GraphPlace places[], uint32_t n, double x, double y) {
    if (n < GRAPH_PLACES) places[n++] = (GraphPlace){x, y};
    return n;
}

/* The bends in a block from layer `from` on, as far as they are there. */
static uint32_t add_block(const GraphLayout *layout, GraphPlace places[], uint32_t n, uint32_t block, uint32_t edge, uint32_t from) {
    for (uint32_t layer = from, bend; (bend = bend_at(layout, block, edge, layer)) != LAYOUT_NOTHING; layer++) {
        const LayoutItem *item = &layout->items[bend];
        n = add_place(places, n, item->x, item->y + item->half_y);
        n = add_place(places, n, item->x, item->y - item->half_y);
    }
    return n;
}

uint32_t graph_layout_way(const Graph *graph, const GraphLayout *layout, uint32_t edge, GraphPlace places[GRAPH_PLACES]) {
    uint32_t from = layout->of_node[graph->edges[edge].from], to = layout->of_node[graph->edges[edge].to], item = from, n = 0;
    n = add_place(places, n, layout->items[from].x, layout->items[from].y);
    for (;;) { /* out of blocks, up to the one that holds both */
        uint32_t block = layout->items[item].parent;
        n = add_block(layout, places, n, block, edge, layout->items[item].layer + 1);
        if (held_by(layout, to, block) != LAYOUT_NOTHING) break;
        item = block;
        n = add_place(places, n, places[n - 1].x, layout->items[block].y - layout->items[block].half_y); /* straight past the plate's name */
    }
    for (item = held_by(layout, to, layout->items[item].parent); item != to; item = held_by(layout, to, item))
        n = add_block(layout, places, n, item, edge, 0);
    return add_place(places, n < GRAPH_PLACES ? n : GRAPH_PLACES - 1, layout->items[to].x, layout->items[to].y);
}
