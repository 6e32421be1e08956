/* SPDX-License-Identifier: GPL-3.0-or-later
   Finding the graph of a program: a handler that sees every site, and the runs under it. */
#include <stdlib.h>
#include <string.h>

#include "plot/graph.h"
#include "runtime/follow.h"
#include "runtime/gc.h"
#include "runtime/text.h"
#include "runtime/trace.h"

/* ---- Names ---- */

typedef struct SiteName {
    String *base;
    uint32_t n_indices;
    long index[GRAPH_INDICES];
} SiteName;

/* z[3, 1] is of the family z. What is no whole number in brackets belongs to the name. */
static SiteName name_parts(State *S, String *name) {
    SiteName parts = {.base = name};
    const char *bracket = strchr(name->text, '[');
    if (!bracket || bracket == name->text || name->text[name->length - 1] != ']') return parts;
    const char *at = bracket + 1;
    uint32_t n = 0;
    for (;; at++) {
        char *end;
        if (*at == ' ') at++;
        long index = strtol(at, &end, 10);
        if (end == at || (*end != ',' && *end != ']')) return parts;
        if (n < GRAPH_INDICES) parts.index[n] = index;
        n++;
        at = end;
        if (*at == ']') break;
    }
    if (at[1]) return parts;
    parts.n_indices = n;
    parts.base = string_new(S, name->text, (size_t)(bracket - name->text));
    return parts;
}

static void append_distribution(State *S, const Distribution *d);

/* Distributions inside of another, each name once. */
typedef struct InnerNames {
    State *S;
    size_t start, last;
} InnerNames;

static void append_inner(Distribution *inner, void *context) {
    InnerNames *names = context;
    State *S = names->S;
    size_t before = S->text_used;
    if (before > names->start) text_append(S, ", ", 2);
    size_t at = S->text_used;
    append_distribution(S, inner);
    size_t length = S->text_used - at;
    if (before > names->start && before - names->last == length && memcmp(S->text + names->last, S->text + at, length) == 0) text_drop(S, before);
    else names->last = at;
}

/* Normal; Truncated(Normal). */
static void append_distribution(State *S, const Distribution *d) {
    text_append(S, d->row->name, strlen(d->row->name));
    size_t start = S->text_used;
    text_append(S, "(", 1);
    InnerNames names = {S, S->text_used, S->text_used};
    distribution_each_inner(d, append_inner, &names);
    if (S->text_used == start + 1) text_drop(S, start);
    else text_append(S, ")", 1);
}

/* Elements of a family may have different ones: "Normal, Cauchy". */
static String *distribution_joined(State *S, String *known, const Distribution *d) {
    size_t start = text_begin(S);
    append_distribution(S, d);
    String *name = text_finish(S, start);
    if (!known || known == name) return name;
    const char *found = strstr(known->text, name->text);
    if (found && (found == known->text || found[-1] == ' ') && (found[name->length] == ',' || !found[name->length])) return known;
    start = text_begin(S);
    text_print(S, "%s, %s", known->text, name->text);
    return text_finish(S, start);
}

/* ---- Plates and nodes ---- */

static uint8_t find_plate(State *S, Graph *graph, String *name, size_t size) {
    for (uint32_t k = 0; k < graph->n_plates; k++) {
        GraphPlate *plate = &graph->plates[k];
        if (plate->name != name) continue;
        if (size < plate->low) plate->low = size;
        if (size > plate->high) plate->high = size;
        return (uint8_t)k;
    }
    if (graph->n_plates == GRAPH_PLATES)
        error_raise(S, "bad-argument", NULL, "a graph has room for %d plates of different names", GRAPH_PLATES);
    MEMORY_GROW(S, graph->plates, graph->n_plates, graph->plate_capacity);
    graph->plates[graph->n_plates] = (GraphPlate){name, size, size};
    return (uint8_t)graph->n_plates++;
}

/* A param is one per element of its own plates only. */
static void note_plates(State *S, Graph *graph, GraphNode *node, const Message *m, uint32_t from) {
    if (m->kind == MESSAGE_PARAM) from = S->n_plates - m->own_plates;
    for (uint32_t k = from; k < S->n_plates; k++) {
        uint8_t plate = find_plate(S, graph, S->plates[k].name, S->plates[k].whole);
        node->path[node->n_path++] = plate;
        node->plates |= (uint64_t)1 << plate;
    }
}

static bool same_node(const GraphNode *a, const GraphNode *b) {
    return a->name == b->name && a->kind == b->kind && a->is_observed == b->is_observed && a->plates == b->plates && a->n_indices == b->n_indices;
}

static uint32_t find_node(State *S, Graph *graph, const Message *m, const SiteName *name, uint32_t from) {
    GraphNode node = {.name = name->base, .first = m->name, .kind = (uint8_t)m->kind, .is_observed = m->is_observed, .n_indices = name->n_indices};
    note_plates(S, graph, &node, m, from);
    uint32_t at = 0;
    while (at < graph->n_nodes && !same_node(&graph->nodes[at], &node)) at++;
    if (at == graph->n_nodes) {
        MEMORY_GROW(S, graph->nodes, graph->n_nodes, graph->node_capacity);
        memcpy(node.low, name->index, sizeof node.low);
        memcpy(node.high, name->index, sizeof node.high);
        graph->nodes[graph->n_nodes++] = node;
    }
    GraphNode *known = &graph->nodes[at];
    known->is_family |= m->name != known->first;
    known->is_partly |= m->is_observed && m->scored.tag != VALUE_UNASSIGNED;
    for (uint32_t k = 0; k < name->n_indices && k < GRAPH_INDICES; k++) {
        if (name->index[k] < known->low[k]) known->low[k] = name->index[k];
        if (name->index[k] > known->high[k]) known->high[k] = name->index[k];
    }
    if (m->kind == MESSAGE_SAMPLE) known->distribution = distribution_joined(S, known->distribution, m->distribution);
    return at;
}

/* A node that is new stands behind the one before it in this run. */
static void note_order(State *S, GraphBuild *build, uint32_t node) {
    uint32_t at = 0;
    while (at < build->n_order && build->order[at] != node) at++;
    if (at == build->n_order) {
        MEMORY_GROW(S, build->order, build->n_order, build->order_capacity);
        for (at = build->n_order++; at > build->next; at--) build->order[at] = build->order[at - 1];
        build->order[at] = node;
    }
    build->next = at + 1;
}

/* ---- Dependence ---- */

/* Adds a node of the tape to those that are to be looked behind, unless this site has met it. */
static void push_tape_node(State *S, GraphBuild *build, uint32_t k) {
    while (build->n_seen <= k) {
        MEMORY_GROW(S, build->seen, build->n_seen, build->seen_capacity);
        build->seen[build->n_seen++] = 0;
    }
    if (build->seen[k] == build->n_sites) return;
    build->seen[k] = build->n_sites;
    MEMORY_GROW(S, build->stack, build->n_stack, build->stack_capacity);
    build->stack[build->n_stack++] = k;
}

/* Every number in v. */
static void push_value(State *S, GraphBuild *build, Value v) {
    if (tape_has(S, v)) push_tape_node(S, build, (uint32_t)(v.node - S->tape.base));
    switch (v.tag) {
        case VALUE_LIST:
            for (uint32_t k = 0; k < v.as.list->count; k++) push_value(S, build, v.as.list->items[k]);
            break;
        case VALUE_RECORD:
            for (uint32_t k = 0; k < v.as.record->count; k++) push_value(S, build, v.as.record->values[k]);
            break;
        case VALUE_PARTIAL: push_value(S, build, ((Partial *)v.as.object)->value); break;
        case VALUE_DISTRIBUTION:
            for (unsigned k = 0; k < v.as.distribution->row->n_parameters; k++) push_value(S, build, v.as.distribution->parameters[k]);
            break;
        default: break;
    }
}

static const GraphLeaf *leaf_at(const GraphBuild *build, uint32_t node) {
    uint32_t low = 0, high = build->n_leaves;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (build->leaves[middle].end <= node) low = middle + 1;
        else high = middle;
    }
    return low < build->n_leaves && build->leaves[low].first <= node ? &build->leaves[low] : NULL;
}

/* The element of its own family, so far back along one index. */
static uint64_t lag_bit(const GraphLeaf *leaf, const SiteName *name) {
    if (name->n_indices == 0 || name->n_indices > GRAPH_INDICES) return 1;
    long lag = 0;
    for (uint32_t k = 0; k < name->n_indices; k++) {
        long back = name->index[k] - leaf->index[k];
        if (back && lag) return 1;
        if (back) lag = back;
    }
    return lag > 0 && lag < 64 ? (uint64_t)1 << lag : 1;
}

static void add_edge(State *S, Graph *graph, const GraphLeaf *leaf, uint32_t to, const SiteName *name) {
    uint64_t lags = leaf->node == to ? lag_bit(leaf, name) : 0;
    for (uint32_t k = 0; k < graph->n_edges; k++) {
        GraphEdge *edge = &graph->edges[k];
        if (edge->from != leaf->node || edge->to != to) continue;
        edge->lags |= lags;
        return;
    }
    MEMORY_GROW(S, graph->edges, graph->n_edges, graph->edge_capacity);
    graph->edges[graph->n_edges++] = (GraphEdge){leaf->node, to, lags};
}

/* Edges from all sites that the message's log density, or value, depends on. */
static void find_edges(State *S, Graph *graph, const Message *m, uint32_t node, const SiteName *name) {
    GraphBuild *build = &graph->build;
    build->n_sites++;
    build->n_stack = 0;
    if (m->kind == MESSAGE_PARAM) return;
    if (m->kind == MESSAGE_SAMPLE) push_value(S, build, value_object(m->distribution));
    else push_value(S, build, m->value);
    push_value(S, build, m->scale);
    if (S->tape.read) push_tape_node(S, build, (uint32_t)(S->tape.read - S->tape.base));
    while (build->n_stack) {
        uint32_t k = build->stack[--build->n_stack];
        const GraphLeaf *leaf = leaf_at(build, k);
        if (leaf) add_edge(S, graph, leaf, node, name);
        const TapeNode *t = &S->tape.nodes[k];
        for (uint32_t e = 0; e < t->n_edges && !leaf; e++) push_tape_node(S, build, S->tape.edges[t->first_edge + e].source);
    }
}

/* ---- The handler ---- */

static void after(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind == MESSAGE_PLATE) return;
    Graph *graph = (Graph *)frame->state.as.object;
    GraphBuild *build = &graph->build;
    SiteName name = name_parts(S, m->name);
    uint32_t node = find_node(S, graph, m, &name, frame->plates);
    note_order(S, build, node);
    find_edges(S, graph, m, node, &name);
    GraphLeaf leaf = {.first = S->tape.n_nodes, .node = node};
    memcpy(leaf.index, name.index, sizeof leaf.index);
    m->value = follow_leaf(S, m->value);
    leaf.end = S->tape.n_nodes;
    if (leaf.end == leaf.first) return;
    MEMORY_GROW(S, build->leaves, build->n_leaves, build->leaf_capacity);
    build->leaves[build->n_leaves++] = leaf;
}

static const HandlerRow handler_graph = {.name = "graph", .after = after};

/* ---- Runs ---- */

typedef struct GraphRun {
    Graph *graph;
    Value function;
    const Value *arguments;
    unsigned n;
    size_t particles;
    bool loose;      /* it has read of sites */
    size_t largest;  /* array */
} GraphRun;

static Value call_body(State *S, const void *what) {
    const GraphRun *run = what;
    return call_value(S, run->function, run->arguments, run->n);
}

static Value traced_body(State *S, const void *what) {
    return handler_run_row(S, &handler_trace, value_unassigned(), call_body, what);
}

static void run_once(State *S, void *what) {
    GraphRun *run = what;
    run->graph->build.n_leaves = run->graph->build.n_seen = run->graph->build.next = 0;
    S->silent = true;
    S->run = 0;
    if (run->particles > 1) plate_enter(S, string_of(S, "particles"), run->particles);
    follow_begin(S);
    handler_run_row(S, &handler_graph, value_object(run->graph), traced_body, run);
    if (run->particles > 1) plate_leave(S);
    run->loose |= S->tape.following != FOLLOW_ON;
    for (uint32_t k = 0; k < S->tape.n_nodes; k++)
        if (S->tape.nodes[k].layout->size > run->largest) run->largest = S->tape.nodes[k].layout->size;
    follow_end(S);
}

/* What cannot run is left: what it has seen until then is true. */
static bool try_once(State *S, GraphRun *run) {
    if (error_protect(S, run_once, run)) return true;
    if (S->error.no_memory || strcmp(S->error.diagnostic.kind, "interrupted") == 0) error_again(S);
    return false;
}

/* A program whose way depends on its draws goes more ways in many lanes at once, or, where it cannot have lanes, one by one. */
static void run_again(State *S, GraphRun *run, uint64_t step) {
    enum { NUMBERS = 1 << 19, LEAST_PARTICLES = 2, MOST_PARTICLES = 32, RUNS = 16, RUNS_WITH_LANES = 3 };
    size_t particles = NUMBERS / (run->largest + 1);
    if (particles > MOST_PARTICLES) particles = MOST_PARTICLES;
    if (particles < LEAST_PARTICLES) particles = LEAST_PARTICLES;
    for (int k = 1; k < RUNS; k++) {
        S->random.step = step + (uint64_t)k;
        run->particles = particles;
        bool ran = try_once(S, run);
        if (ran && particles > 1 && k >= RUNS_WITH_LANES) return;
        if (!ran) particles = 1;
    }
}

static void finish_label(State *S, GraphNode *node) {
    node->label = node->first;
    if (!node->is_family) return;
    size_t start = text_begin(S);
    text_print(S, "%s[", node->name->text);
    if (node->n_indices > GRAPH_INDICES) text_print(S, "…");
    for (uint32_t k = 0; k < node->n_indices && node->n_indices <= GRAPH_INDICES; k++) {
        if (k) text_print(S, ", ");
        if (node->low[k] == node->high[k]) text_print(S, "%ld", node->low[k]);
        else text_print(S, "%ld..%ld", node->low[k], node->high[k] + 1);
    }
    text_print(S, "]");
    node->label = text_finish(S, start);
}

static int compare_edges(const void *a, const void *b) {
    const GraphEdge *x = a, *y = b;
    if (x->to != y->to) return x->to < y->to ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

/* Nodes in their order, and edges by those. */
static void finish_order(State *S, Graph *graph) {
    uint32_t n = graph->n_nodes, capacity = graph->node_capacity, *order = graph->build.order;
    if (!n) return;
    GraphNode *sorted = memory_new(S, capacity * sizeof *sorted);
    for (uint32_t k = 0; k < n; k++) sorted[k] = graph->nodes[order[k]];
    memory_free(S, graph->nodes, capacity * sizeof *graph->nodes);
    graph->nodes = sorted;
    while (graph->build.stack_capacity < n) {
        uint32_t used = graph->build.stack_capacity;
        MEMORY_GROW(S, graph->build.stack, used, graph->build.stack_capacity);
    }
    uint32_t *place = graph->build.stack;
    for (uint32_t k = 0; k < n; k++) place[order[k]] = k;
    for (uint32_t k = 0; k < graph->n_edges; k++) {
        graph->edges[k].from = place[graph->edges[k].from];
        graph->edges[k].to = place[graph->edges[k].to];
    }
    if (graph->n_edges) qsort(graph->edges, graph->n_edges, sizeof *graph->edges, compare_edges);
}

void graph_build_free(State *S, GraphBuild *build) {
    memory_free(S, build->leaves, build->leaf_capacity * sizeof *build->leaves);
    memory_free(S, build->seen, build->seen_capacity * sizeof *build->seen);
    memory_free(S, build->stack, build->stack_capacity * sizeof *build->stack);
    memory_free(S, build->order, build->order_capacity * sizeof *build->order);
    *build = (GraphBuild){0};
}

static bool is_guide(Value f) {
    while (f.tag == VALUE_WRAPPED) f = ((Wrapped *)f.as.object)->function;
    return f.tag == VALUE_CLOSURE && f.as.closure->function->kind == FUNCTION_GUIDE;
}

Graph *graph_of(State *S, Value f, const Value *arguments, unsigned n) {
    Graph *graph = gc_new(S, VALUE_GRAPH, sizeof *graph);
    stack_push(S, value_object(graph));
    const char *name = callable_name(f);
    graph->title = name && *name ? string_of(S, is_guide(f) ? error_text(S, "%s.guide", name) : name) : NULL;
    GraphRun run = {.graph = graph, .function = f, .arguments = arguments, .n = n, .particles = 1};
    RandomState random = S->random;
    bool silent = S->silent;
    uint64_t of_names = S->run;
    run_once(S, &run);
    if (run.loose) run_again(S, &run, random.step);
    S->random = random;
    S->silent = silent;
    S->run = of_names;
    for (uint32_t k = 0; k < graph->n_nodes; k++) finish_label(S, &graph->nodes[k]);
    finish_order(S, graph);
    graph_build_free(S, &graph->build);
    stack_pop(S, 1);
    return graph;
}
