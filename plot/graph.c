/* SPDX-License-Identifier: GPL-3.0-or-later
   Graphs as a program sees them. */
#include "plot/graph.h"

#include <string.h>

#include "plot/plot.h"
#include "runtime/gc.h"
#include "runtime/run.h"
#include "runtime/text.h"

const char *graph_kind(const GraphNode *node) {
    if (node->kind != MESSAGE_SAMPLE) return message_kind_names[node->kind];
    if (!node->is_observed) return "latent";
    return node->is_partly ? "observed in part" : "observed";
}

/* ---- The object ---- */

static void graph_mark(State *S, Object *object) {
    const Graph *graph = (Graph *)object;
    gc_mark(S, graph->title);
    for (uint32_t k = 0; k < graph->n_nodes; k++) {
        gc_mark(S, graph->nodes[k].name);
        gc_mark(S, graph->nodes[k].first);
        gc_mark(S, graph->nodes[k].label);
        gc_mark(S, graph->nodes[k].distribution);
    }
    for (uint32_t k = 0; k < graph->n_plates; k++) gc_mark(S, graph->plates[k].name);
}

static void graph_release(State *S, Object *object) {
    Graph *graph = (Graph *)object;
    memory_free(S, graph->nodes, graph->node_capacity * sizeof *graph->nodes);
    memory_free(S, graph->edges, graph->edge_capacity * sizeof *graph->edges);
    memory_free(S, graph->plates, graph->plate_capacity * sizeof *graph->plates);
    graph_build_free(S, &graph->build);
}

static void graph_print(State *S, Object *object) { graph_text(S, (Graph *)object); }

/* ---- Fields ---- */

static void set(State *S, Record *record, const char *name, Value v) { record_set(S, record, string_of(S, name), v); }

static Value string_or_none(String *text) { return text ? value_object(text) : value_none(); }

static Value field_title(State *S, const Graph *graph) {
    (void)S;
    return string_or_none(graph->title);
}

static Value field_nodes(State *S, const Graph *graph) {
    List *list = list_new(S, graph->n_nodes + 1);
    for (uint32_t k = 0; k < graph->n_nodes; k++) {
        const GraphNode *node = &graph->nodes[k];
        Record *record = record_new(S, 4);
        List *plates = list_new(S, node->n_path + 1u);
        for (unsigned p = 0; p < node->n_path; p++) list_append(S, plates, value_object(graph->plates[node->path[p]].name));
        set(S, record, "name", value_object(node->label));
        set(S, record, "kind", value_object(string_of(S, graph_kind(node))));
        set(S, record, "distribution", string_or_none(node->distribution));
        set(S, record, "plates", value_object(plates));
        list_append(S, list, value_object(record));
    }
    return value_object(list);
}

static Value field_edges(State *S, const Graph *graph) {
    List *list = list_new(S, graph->n_edges + 1);
    for (uint32_t k = 0; k < graph->n_edges; k++) {
        const GraphEdge *edge = &graph->edges[k];
        Record *record = record_new(S, 3);
        set(S, record, "from", value_object(graph->nodes[edge->from].label));
        set(S, record, "to", value_object(graph->nodes[edge->to].label));
        if (edge->lags) {
            List *lags = list_new(S, 2);
            for (unsigned lag = 1; lag < 64; lag++)
                if (edge->lags >> lag & 1) list_append(S, lags, value_number(lag));
            set(S, record, "lags", value_object(lags));
        }
        list_append(S, list, value_object(record));
    }
    return value_object(list);
}

static Value field_plates(State *S, const Graph *graph) {
    List *list = list_new(S, graph->n_plates + 1);
    for (uint32_t k = 0; k < graph->n_plates; k++) {
        const GraphPlate *plate = &graph->plates[k];
        Record *record = record_new(S, 3);
        List *nodes = list_new(S, 4);
        for (uint32_t j = 0; j < graph->n_nodes; j++)
            if (graph->nodes[j].plates >> k & 1) list_append(S, nodes, value_object(graph->nodes[j].label));
        set(S, record, "name", value_object(plate->name));
        set(S, record, "size", value_number((double)plate->high));
        set(S, record, "nodes", value_object(nodes));
        list_append(S, list, value_object(record));
    }
    return value_object(list);
}

static Value field_dot(State *S, const Graph *graph) { return value_object(graph_dot(S, graph)); }

static const struct {
    const char *name;
    Value (*get)(State *S, const Graph *graph);
} fields[] = {
    {"name", field_title}, {"nodes", field_nodes}, {"edges", field_edges}, {"plates", field_plates}, {"dot", field_dot},
};

static Value graph_field(State *S, Object *object, String *name) {
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
        if (strcmp(fields[k].name, name->text) == 0) return fields[k].get(S, (Graph *)object);
    return value_unassigned();
}

static void graph_fields(State *S, Object *object, OfferName *offer, void *user) {
    (void)S;
    (void)object;
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) offer(user, fields[k].name);
}

static const ObjectType graph_type = {.mark = graph_mark, .release = graph_release, .print = graph_print, .field = graph_field, .fields = graph_fields};

void graph_open(State *S) { S->foreign_types[VALUE_GRAPH] = &graph_type; }

/* ---- What programs and hosts call ---- */

static Value native_graph_call(State *S, const Value *a, unsigned n) {
    if (!value_is_callable(a[0]))
        error_raise(S, "wrong-type", "Its arguments go behind it: graph(model, x), not graph(model(x)).",
                    "'graph' takes a model, a guide or another function with sites, not a %s", value_type_name(a[0]));
    return value_object(graph_of(S, a[0], a + 1, n - 1));
}

const NativeRow native_graph[] = {
    {"graph", "f, arguments...", native_graph_call, "the graph of a program: its sites, plates, and what each site depends on", false, false},
    {0},
};

typedef struct GraphRequest {
    const char *name, *text, *file;
    size_t length;
} GraphRequest;

static void graph_request(State *S, void *what) {
    const GraphRequest *request = what;
    String *file = request->file ? string_of(S, request->file) : NULL;
    if (file) stack_push(S, value_object(file));
    Value program = run_program(S, request->name, request->text, request->length);
    Graph *graph = graph_of(S, program, NULL, 0);
    graph->title = NULL;
    stack_push(S, value_object(graph));
    plot_output(S, value_object(graph), file);
}

elbo_Status elbo_graph(elbo_State *S, const char *name, const char *text, size_t length, const char *file) {
    GraphRequest request = {name, text, file, length};
    size_t top = S->top;
    elbo_Status status = run_protected(S, graph_request, &request);
    S->top = top;
    return status;
}
