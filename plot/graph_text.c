/* SPDX-License-Identifier: GPL-3.0-or-later
   Graphs as text: a listing by plates, and the language of graphviz. */
#include <string.h>

#include "lexer/utf8.h"
#include "plot/graph.h"
#include "runtime/text.h"

/* ---- Walking ---- */

static bool within(const GraphNode *node, const uint8_t *path, unsigned depth) {
    return node->n_path >= depth && memcmp(node->path, path, depth) == 0;
}

/* Whether an earlier node lies in the same plate of that depth. */
static bool has_begun(const Graph *graph, uint32_t k, unsigned depth) {
    for (uint32_t j = 0; j < k; j++)
        if (within(&graph->nodes[j], graph->nodes[k].path, depth)) return true;
    return false;
}

static void walk_plate(State *S, const Graph *graph, uint32_t first, unsigned depth, const GraphWalk *walk, void *user) {
    const uint8_t *path = graph->nodes[first].path;
    for (uint32_t k = first; k < graph->n_nodes; k++) {
        const GraphNode *node = &graph->nodes[k];
        if (!within(node, path, depth)) continue;
        if (node->n_path == depth) {
            walk->node(S, graph, k, depth, user);
        } else if (!has_begun(graph, k, depth + 1)) {
            walk->begin(S, graph, node->path[depth], depth, user);
            walk_plate(S, graph, k, depth + 1, walk, user);
            walk->end(S, graph, node->path[depth], depth, user);
        }
    }
}

void graph_walk(State *S, const Graph *graph, const GraphWalk *walk, void *user) {
    if (graph->n_nodes) walk_plate(S, graph, 0, 0, walk, user);
}

/* ---- Parts ---- */

static void append_count(State *S, size_t n) {
    if (n >= 1000) {
        append_count(S, n / 1000);
        text_print(S, ",%03zu", n % 1000);
    } else {
        text_print(S, "%zu", n);
    }
}

void graph_plate_text(State *S, const GraphPlate *plate) {
    text_append(S, plate->name->text, plate->name->length);
    text_print(S, " (");
    append_count(S, plate->low);
    if (plate->high != plate->low) {
        text_print(S, " to ");
        append_count(S, plate->high);
    }
    text_print(S, ")");
}

void graph_node_text(State *S, const GraphNode *node) {
    text_append(S, node->label->text, node->label->length);
    if (!node->distribution) return;
    text_print(S, " ~ ");
    text_append(S, node->distribution->text, node->distribution->length);
}

static void append_parent(State *S, const Graph *graph, const GraphEdge *edge) {
    const GraphNode *from = &graph->nodes[edge->from];
    if (edge->from != edge->to) {
        const String *name = from->is_family ? from->name : from->label;
        text_append(S, name->text, name->length);
        return;
    }
    bool first = true;
    for (unsigned lag = 1; lag < 64; lag++) {
        if (!(edge->lags >> lag & 1)) continue;
        text_print(S, "%s%s[t-%u]", first ? "" : ", ", from->name->text, lag);
        first = false;
        if (lag >= 3 && edge->lags >> (lag + 1) > 1) {
            text_print(S, ", …");
            break;
        }
    }
    if (edge->lags & 1) text_print(S, "%sitself", first ? "" : ", ");
}

String *graph_lags(State *S, const GraphEdge *edge) {
    size_t start = text_begin(S);
    unsigned n = 0;
    for (unsigned lag = 1; lag < 64; lag++) {
        if (!(edge->lags >> lag & 1)) continue;
        if (n == 2) {
            text_print(S, ", …");
            break;
        }
        text_print(S, "%st-%u", n++ ? ", " : "", lag);
    }
    if (!n) text_print(S, "itself");
    return text_finish(S, start);
}

/* ---- The listing ---- */

enum { KIND_COLUMNS = 18, LEAST_COLUMN = 24 };

typedef struct Listing {
    size_t start;   /* of the whole text */
    size_t column;  /* of the kinds */
    size_t widest;
    bool measures;  /* nothing is kept */
} Listing;

static void indent(State *S, unsigned depth) { text_print(S, "%*s", (int)(2 * depth), ""); }

static size_t width_from(const State *S, size_t from) { return utf8_columns(text_at(S, from), text_length(S, from)); }

static void begin_line(State *S, const Listing *listing) {
    if (S->text_used > listing->start) text_append(S, "\n", 1);
}

static void list_begin(State *S, const Graph *graph, uint32_t plate, unsigned depth, void *user) {
    Listing *listing = user;
    if (listing->measures) return;
    begin_line(S, listing);
    indent(S, depth);
    text_print(S, "plate ");
    graph_plate_text(S, &graph->plates[plate]);
}

static void list_end(State *S, const Graph *graph, uint32_t plate, unsigned depth, void *user) {
    (void)S;
    (void)graph;
    (void)plate;
    (void)depth;
    (void)user;
}

static void pad_to(State *S, size_t line, size_t column) {
    size_t width = width_from(S, line);
    text_print(S, "%*s", width < column ? (int)(column - width) : 1, "");
}

/* Parents behind the node; those that have no room go on in a line of their own. The kind stands in the first line. */
static void list_node(State *S, const Graph *graph, uint32_t k, unsigned depth, void *user) {
    Listing *listing = user;
    const GraphNode *node = &graph->nodes[k];
    if (!listing->measures) begin_line(S, listing);
    size_t line = text_begin(S);
    indent(S, depth);
    graph_node_text(S, node);
    size_t hanging = width_from(S, line) + 4;
    if (hanging + LEAST_COLUMN / 2 > listing->column) hanging = 2 * depth + 6;
    bool any = false, kind_is_there = false;
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        if (graph->edges[e].to != k) continue;
        size_t at = text_begin(S), room = width_from(S, line);
        text_print(S, any ? ", " : "  ← ");
        append_parent(S, graph, &graph->edges[e]);
        any = true;
        if (listing->measures || width_from(S, line) + 1 < listing->column || room + 4 <= hanging) continue;
        text_drop(S, at);
        text_print(S, ",");
        if (!kind_is_there) {
            pad_to(S, line, listing->column);
            text_print(S, "%s", graph_kind(node));
            kind_is_there = true;
        }
        text_append(S, "\n", 1);
        line = text_begin(S);
        text_print(S, "%*s", (int)hanging, "");
        append_parent(S, graph, &graph->edges[e]);
    }
    if (listing->measures) {
        size_t width = width_from(S, line);
        if (width > listing->widest) listing->widest = width;
        text_drop(S, line);
    } else if (!kind_is_there) {
        pad_to(S, line, listing->column);
        text_print(S, "%s", graph_kind(node));
    }
}

void graph_text(State *S, const Graph *graph) {
    static const GraphWalk walk = {list_begin, list_node, list_end};
    if (!graph->n_nodes) {
        text_print(S, "a graph without sites");
        return;
    }
    size_t width = S->options.width ? S->options.width : 80;
    Listing listing = {.start = text_begin(S), .column = SIZE_MAX, .measures = true};
    graph_walk(S, graph, &walk, &listing);
    listing.measures = false;
    listing.column = listing.widest + 2;
    size_t most = width > KIND_COLUMNS + LEAST_COLUMN ? width - KIND_COLUMNS : LEAST_COLUMN;
    if (listing.column > most) listing.column = most;
    graph_walk(S, graph, &walk, &listing);
}

/* ---- Graphviz ---- */

typedef struct Dot {
    unsigned clusters;
} Dot;

/* In double quotes: quotes and backslashes escaped, and no control characters. */
static void append_quoted(State *S, const char *text, size_t length) {
    text_append(S, "\"", 1);
    for (size_t k = 0; k < length; k++) {
        unsigned char c = (unsigned char)text[k];
        if (c == '"' || c == '\\') text_append(S, "\\", 1);
        if (c == '\n') text_append(S, "\\n", 2);
        else if (c >= ' ' && c != 0x7f) text_append(S, text + k, 1);
    }
    text_append(S, "\"", 1);
}

/* Quotes what was built since `start`. */
static void quote_from(State *S, size_t start) {
    const String *text = text_finish(S, start);
    append_quoted(S, text->text, text->length);
}

static void dot_begin(State *S, const Graph *graph, uint32_t plate, unsigned depth, void *user) {
    Dot *dot = user;
    indent(S, depth + 1);
    text_print(S, "subgraph cluster_%u {\n", dot->clusters++);
    indent(S, depth + 2);
    text_print(S, "label=");
    size_t start = text_begin(S);
    graph_plate_text(S, &graph->plates[plate]);
    quote_from(S, start);
    text_print(S, "; labelloc=b; labeljust=r;\n");
}

static void dot_end(State *S, const Graph *graph, uint32_t plate, unsigned depth, void *user) {
    (void)graph;
    (void)plate;
    (void)user;
    indent(S, depth + 1);
    text_print(S, "}\n");
}

static const char *dot_shape(const GraphNode *node) {
    switch (node->kind) {
        case MESSAGE_PARAM: return "shape=plaintext";
        case MESSAGE_FACTOR: return "shape=box, style=filled, fillcolor=gray40, fontcolor=white";
        case MESSAGE_DETERMINISTIC: return "shape=ellipse, style=dashed";
        default: return node->is_observed ? "shape=ellipse, style=filled, fillcolor=lightgray" : "shape=ellipse";
    }
}

static void dot_node(State *S, const Graph *graph, uint32_t k, unsigned depth, void *user) {
    (void)user;
    indent(S, depth + 1);
    text_print(S, "n%u [label=", k);
    size_t start = text_begin(S);
    graph_node_text(S, &graph->nodes[k]);
    quote_from(S, start);
    text_print(S, ", %s];\n", dot_shape(&graph->nodes[k]));
}

String *graph_dot(State *S, const Graph *graph) {
    static const GraphWalk walk = {dot_begin, dot_node, dot_end};
    size_t start = text_begin(S);
    Dot dot = {0};
    text_print(S, "digraph ");
    append_quoted(S, graph->title ? graph->title->text : "", graph->title ? graph->title->length : 0);
    text_print(S, " {\n");
    graph_walk(S, graph, &walk, &dot);
    for (uint32_t k = 0; k < graph->n_edges; k++) {
        const GraphEdge *edge = &graph->edges[k];
        text_print(S, "  n%u -> n%u", edge->from, edge->to);
        if (edge->from == edge->to) {
            text_print(S, " [label=");
            size_t label = text_begin(S);
            append_parent(S, graph, edge);
            quote_from(S, label);
            text_print(S, "]");
        }
        text_print(S, ";\n");
    }
    text_print(S, "}\n");
    return text_finish(S, start);
}
