/* SPDX-License-Identifier: GPL-3.0-or-later
   The graph of a program: its sites, and which of them the distribution of each depends on directly. Elements of a family,
   z[0], z[1], …, are one node; plates are sets of nodes.

   Dependence is followed through everything that the interpreter computes or reads (runtime/follow.h). A program that reads a
   site's value to decide what to do runs several times, so that other ways are seen as well. */
#ifndef ELBO_PLOT_GRAPH_H
#define ELBO_PLOT_GRAPH_H

#include "plot/picture.h"
#include "runtime/message.h"

enum { GRAPH_INDICES = 2, GRAPH_PLATES = 64 };

typedef struct GraphNode {
    String *name;         /* of the family: "z" */
    String *first;        /* the first site's: "z[0]" */
    String *label;        /* "z[0..20]"; for a family of one it is `first` */
    String *distribution; /* NULL: it has none */
    uint8_t kind;         /* MessageKind */
    bool is_observed;
    bool is_partly;       /* observed, with missing elements */
    bool is_family;       /* more than one site */
    uint32_t n_indices;   /* of the sites' names, 0: none; their range is known for n_indices ≤ GRAPH_INDICES */
    long low[GRAPH_INDICES], high[GRAPH_INDICES];
    uint64_t plates;      /* bit k: in plate k */
    uint8_t path[PLATE_DEPTH], n_path; /* the same, outermost first */
} GraphNode;

typedef struct GraphEdge {
    uint32_t from, to;
    uint64_t lags;     /* from a family to itself: bit k: from the element k before; bit 0: in another way */
} GraphEdge;

typedef struct GraphPlate {
    String *name;
    size_t low, high; /* numbers of elements: a plate may run several times */
} GraphPlate;

/* While a program runs: whose value a leaf of the tape is. */
typedef struct GraphLeaf {
    uint32_t first, end; /* on the tape */
    uint32_t node;
    long index[GRAPH_INDICES];
} GraphLeaf;

typedef struct GraphBuild {
    GraphLeaf *leaves;
    uint32_t *seen;  /* by node of the tape: the last site that was found to depend on it */
    uint32_t *stack; /* nodes of the tape to look behind */
    uint32_t *order; /* nodes as a reader meets them: what only a later run has met stands behind its neighbour there */
    uint32_t n_leaves, leaf_capacity, n_seen, seen_capacity, n_stack, stack_capacity, n_order, order_capacity, n_sites;
    uint32_t next;   /* place in order behind the last site of this run */
} GraphBuild;

typedef struct Graph {
    Object header;
    String *title;   /* the program's name; NULL: it has none */
    GraphNode *nodes;
    GraphEdge *edges;
    GraphPlate *plates;
    uint32_t n_nodes, node_capacity, n_edges, edge_capacity, n_plates, plate_capacity;
    GraphBuild build; /* empty once it is complete */
} Graph;

/* The graph of f(arguments). Runs it. */
Graph *graph_of(State *S, Value f, const Value *arguments, unsigned n);

void graph_build_free(State *S, GraphBuild *build);

/* Appends the listing to the text that is being built; the last line has no newline behind it. */
void graph_text(State *S, const Graph *graph);
/* In the language of graphviz. */
String *graph_dot(State *S, const Graph *graph);

/* Appends "data (10,000)". */
void graph_plate_text(State *S, const GraphPlate *plate);
/* Appends "mu ~ Normal". */
void graph_node_text(State *S, const GraphNode *node);
/* Of an edge from a family to itself: "t-1, t-2", at most about GRAPH_LAGS characters. */
enum { GRAPH_LAGS = 10 };
String *graph_lags(State *S, const GraphEdge *edge);
/* What a node is: "latent", "observed", "param", "deterministic", "factor". */
const char *graph_kind(const GraphNode *node);

/* Nodes and plates in the order of a drawing: calls begin and end around what lies in a plate, node for what lies in none or in the
   innermost that has begun. A plate that crosses another comes more than once. */
typedef struct GraphWalk {
    void (*begin)(State *S, const Graph *graph, uint32_t plate, unsigned depth, void *user);
    void (*node)(State *S, const Graph *graph, uint32_t node, unsigned depth, void *user);
    void (*end)(State *S, const Graph *graph, uint32_t plate, unsigned depth, void *user);
} GraphWalk;
void graph_walk(State *S, const Graph *graph, const GraphWalk *walk, void *user);

/* Adds the object type to a new state. */
void graph_open(State *S);

#endif
