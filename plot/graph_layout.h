/* SPDX-License-Identifier: GPL-3.0-or-later
   Where the nodes of a graph stand: in layers from top to bottom (Sugiyama, Tagawa, Toda, Methods for visual understanding of
   hierarchical system structures, 1981), block by block: a plate is laid out by itself, and is then one item of what is around it. So boxes
   are rectangles that hold just their nodes. */
#ifndef ELBO_PLOT_GRAPH_LAYOUT_H
#define ELBO_PLOT_GRAPH_LAYOUT_H

#include "plot/graph.h"

enum { LAYOUT_NOTHING = UINT32_MAX };

/* A node, a plate's block, or a bend: where an edge passes a layer between others. Item 0 is the whole. */
typedef struct LayoutItem {
    uint32_t node, plate;    /* LAYOUT_NOTHING: it is none */
    uint32_t parent;         /* the block that it is in */
    uint32_t edge;           /* of a bend */
    uint32_t layer, rank;    /* in its block: from the top, and from the left */
    double x, y;             /* middle; in its block at first, in the end in the whole. y grows upwards */
    double half_x, half_y;
    double wish;             /* where it would like to be */
} LayoutItem;

typedef struct GraphLayout {
    LayoutItem *items;
    uint32_t n_items, capacity;
    uint32_t *of_node; /* item of each node */
    uint32_t n_nodes;
    uint32_t *order;   /* scratch: items of a block, and their layers */
    uint32_t order_capacity;
} GraphLayout;

/* Fills in the layout; items need node, plate, parent and half_x, half_y of nodes, and a plate's least half_x. */
void graph_layout(State *S, const Graph *graph, GraphLayout *layout);
void graph_layout_free(State *S, GraphLayout *layout);
/* The places that the edge passes on its way, into `places` (room for GRAPH_PLACES): the middles of both ends, and bends between. Returns
   how many. */
enum { GRAPH_PLACES = 512 };
typedef struct GraphPlace {
    double x, y;
} GraphPlace;
uint32_t graph_layout_way(const Graph *graph, const GraphLayout *layout, uint32_t edge, GraphPlace places[GRAPH_PLACES]);
/* A new item at the end. */
LayoutItem *graph_layout_item(State *S, GraphLayout *layout);

#endif
