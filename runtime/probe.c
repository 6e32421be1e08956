/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/probe.h"

#include <math.h>
#include <string.h>

#include "runtime/gc.h"

void probe_clear(State *S) {
    Probe *probe = &S->probe;
    probe->base = S->tape.base;
    probe->n_nodes = probe->n_params = probe->n_demands = 0;
}

void probe_free(State *S) {
    Probe *probe = &S->probe;
    memory_free(S, probe->nodes, probe->node_capacity * sizeof *probe->nodes);
    memory_free(S, probe->params, probe->param_capacity * sizeof *probe->params);
    memory_free(S, probe->demands, probe->demand_capacity * sizeof *probe->demands);
    memset(probe, 0, sizeof *probe);
}

void probe_mark(State *S) {
    for (uint32_t k = 0; k < S->probe.n_params; k++) {
        gc_mark(S, S->probe.params[k].name);
        gc_mark(S, S->probe.params[k].constraint);
        gc_mark(S, S->probe.params[k].chunk);
    }
}

/* ---- Ranges ---- */

/* The row of a node; those in between are of an unknown origin. */
static ProbeNode *node_row(State *S, uint64_t node) {
    Probe *probe = &S->probe;
    uint64_t at = node - probe->base;
    while (probe->n_nodes <= at) {
        MEMORY_GROW(S, probe->nodes, probe->n_nodes, probe->node_capacity);
        probe->nodes[probe->n_nodes++] = (ProbeNode){.range = {0, 0, false, false}, .origin = PROBE_UNKNOWN};
    }
    return &probe->nodes[at];
}

/* The least and largest element of a constant. */
static Range range_of_constant(State *S, Value v) {
    double number[LANE_BLOCK];
    if (!value_is_numeric(v)) return range_any();
    const Layout *l = value_layout(S, v);
    const double *x = value_data(v, number);
    if (layout_is_scalar(l)) return range_of_number(x[0]);
    Range r = {INFINITY, -INFINITY, false, false};
    size_t n = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    for (size_t start = 0; start < l->size; start += l->row)
        for (size_t i = 0; i < n; i++) {
            r.low = fmin(r.low, x[start + i]);
            r.high = fmax(r.high, x[start + i]);
        }
    return r.low <= r.high ? r : range_any();
}

static Range range_of_node(State *S, uint64_t node);

/* What passes numbers on, chooses among them or adds them up: the range of what goes in. Sums of what is not negative are
   not negative; other sums and maps are taken for what they are most often. */
static void fill_range(State *S, uint64_t node) {
    const Tape *tape = &S->tape;
    const TapeNode *t = &tape->nodes[node - tape->base];
    Range r = range_any();
    for (uint32_t e = 0; e < t->n_edges; e++) {
        const Edge *edge = &tape->edges[t->first_edge + e];
        Range in = range_of_node(S, tape->base + edge->source);
        if (edge->kind == EDGE_SCALE) in = range_scaled(in, edge->as.factor);
        r = e ? range_hull(r, in) : in;
    }
    ProbeNode *row = node_row(S, node);
    row->range = r;
    row->sum = range_is_nonnegative(r, false);
    row->origin = PROBE_COMPUTED;
}

static Range range_of_node(State *S, uint64_t node) {
    if (node_row(S, node)->origin == PROBE_UNKNOWN) fill_range(S, node);
    return node_row(S, node)->range;
}

Range probe_range(State *S, Value v) { return tape_has(S, v) ? range_of_node(S, v.node) : range_of_constant(S, v); }

/* Whether a sum of what is not negative has `part` among its terms. */
static bool is_part(State *S, uint64_t part, uint64_t sum, int depth) {
    const Tape *tape = &S->tape;
    range_of_node(S, sum);
    if (!node_row(S, sum)->sum || depth == 0) return false;
    const TapeNode *t = &tape->nodes[sum - tape->base];
    for (uint32_t e = 0; e < t->n_edges; e++) {
        uint64_t source = tape->base + tape->edges[t->first_edge + e].source;
        if (source == part || is_part(S, part, source, depth - 1)) return true;
    }
    return false;
}

void probe_elementwise(State *S, uint64_t node, const Elementwise *row, const Value *a) {
    enum { PART_DEPTH = 16 };
    Range ranges[KERNEL_ARITY];
    for (unsigned k = 0; k < row->arity; k++) ranges[k] = probe_range(S, a[k]);
    bool two = row->arity == 2, live = two && tape_has(S, a[0]) && tape_has(S, a[1]);
    bool part = live && row == &elementwise_operators[OPERATOR_DIVIDE] && range_is_nonnegative(ranges[0], false) &&
                is_part(S, a[0].node, a[1].node, PART_DEPTH);
    ProbeNode *into = node_row(S, node);
    into->range = range_elementwise(row, ranges, live && a[0].node == a[1].node, part);
    into->origin = PROBE_COMPUTED;
    into->sum = row == &elementwise_operators[OPERATOR_ADD] && range_is_nonnegative(ranges[0], false) && range_is_nonnegative(ranges[1], false);
}

/* Between the ends of a set without bounds. */
static Range range_of_set(const ConstraintRow *row) {
    return row->low > -INFINITY || row->high < INFINITY ? (Range){row->low, row->high, true, true} : range_any();
}

static Range range_named(const char *constraint) {
    const ConstraintRow *row = constraint_find(constraint);
    return row && row->n_bounds == 0 ? range_of_set(row) : range_any();
}

void probe_param(State *S, Value v, String *name, Constraint *constraint) {
    Probe *probe = &S->probe;
    if (!tape_has(S, v)) return;
    ProbeNode *row = node_row(S, v.node);
    row->origin = PROBE_PARAM;
    Value ends[2];
    if (constraint) constraint_ends(constraint->row, constraint->bounds, ends);
    Range range = constraint ? range_of_set(constraint->row) : range_any();
    if (constraint && constraint->row->n_bounds) range = (Range){probe_range(S, ends[0]).low, probe_range(S, ends[1]).high, true, true};
    node_row(S, v.node)->range = range;
    MEMORY_GROW(S, probe->params, probe->n_params, probe->param_capacity);
    probe->params[probe->n_params++] = (ProbeParam){v.node, name, constraint, S->node, S->frame ? S->frame->closure->chunk : NULL};
}

void probe_draw(State *S, Value v, const DistributionRow *row) {
    bool fixed = distribution_is_fixed(row);
    if (!tape_has(S, v) || fixed) return;
    ProbeNode *into = node_row(S, v.node);
    into->origin = PROBE_DRAW;
    into->range = row->support ? range_named(row->support) : range_any();
}

/* ---- Demands ---- */

void probe_demand(State *S, Value v, const DistributionRow *row, const DistributionParameter *parameter) {
    Probe *probe = &S->probe;
    ConstraintIndex constraint = parameter->constraint;
    bool checked = constraint_rows[constraint]->rank || constraint == CONSTRAINT_POSITIVE || constraint == CONSTRAINT_NONNEGATIVE || constraint == CONSTRAINT_UNIT_INTERVAL;
    if (!checked || !tape_has(S, v)) return;
    MEMORY_GROW(S, probe->demands, probe->n_demands, probe->demand_capacity);
    probe->demands[probe->n_demands++] =
        (ProbeDemand){v.node, constraint, parameter->name, row->name, S->node, S->source};
}

/* What the whole of a parameter of this name and rank must be, or had best be. */
static const struct {
    const char *parameter;
    unsigned rank;
    ConstraintIndex constraint;
} wholes[] = {
    {"probs", 1, CONSTRAINT_SIMPLEX},         {"weights", 1, CONSTRAINT_SIMPLEX},      {"cutpoints", 1, CONSTRAINT_ORDERED},
    {"covariance", 2, CONSTRAINT_COV_MATRIX}, {"precision", 2, CONSTRAINT_COV_MATRIX}, {"scale", 2, CONSTRAINT_COV_MATRIX},
    {"cholesky", 2, CONSTRAINT_LOWER_CHOLESKY},
};

/* Weights that do not sum to 1 are none the worse for it. */
static void demand_whole(State *S, Value v, const DistributionRow *row, DistributionParameter parameter, ConstraintIndex constraint) {
    double offender;
    bool member = !constraint_is_broken(S, constraint_rows[constraint], NULL, value_detached(v), &offender);
    if (!member && constraint != CONSTRAINT_SIMPLEX) return;
    parameter.constraint = member ? constraint : CONSTRAINT_POSITIVE;
    probe_demand(S, v, row, &parameter);
}

void probe_wholes(State *S, const Value *given, const DistributionRow *row) {
    for (unsigned k = 0; k < row->n_parameters; k++)
        for (size_t w = 0; w < sizeof wholes / sizeof *wholes; w++)
            if (given[k].tag == VALUE_ARRAY && given[k].as.array->layout->rank == wholes[w].rank && tape_has(S, given[k]) &&
                strcmp(row->parameters[k].name, wholes[w].parameter) == 0)
                demand_whole(S, given[k], row, row->parameters[k], wholes[w].constraint);
}

static bool satisfies(Range r, ConstraintIndex constraint) {
    if (constraint_rows[constraint]->rank) return false;
    if (constraint == CONSTRAINT_UNIT_INTERVAL) return range_within(r, 0, 1);
    return range_is_nonnegative(r, constraint == CONSTRAINT_POSITIVE);
}

/* The nodes behind the demand, one bit each: what could break it, and what is subtracted from something. */
enum { WALK_REACHED = 1, WALK_SUBTRACTED = 2 };

static bool stops_walk(State *S, uint64_t node, const ProbeDemand *demand, unsigned char how) {
    Range r = range_of_node(S, node);
    if (node_row(S, node)->origin == PROBE_DRAW) return true;
    return how == WALK_REACHED && satisfies(r, demand->constraint);
}

static const ProbeParam *param_at(const State *S, uint64_t node) {
    for (uint32_t k = 0; k < S->probe.n_params; k++)
        if (S->probe.params[k].node == node) return &S->probe.params[k];
    return NULL;
}

const ProbeParam *probe_culprit(State *S, const ProbeDemand *demand) {
    const Tape *tape = &S->tape;
    if (constraint_rows[demand->constraint]->rank) { /* only what is given as it is: nobody knows what arithmetic makes */
        const ProbeParam *given = param_at(S, demand->node);
        return given && !given->constraint ? given : NULL;
    }
    if (demand->node < tape->base || satisfies(range_of_node(S, demand->node), demand->constraint)) return NULL;
    uint32_t last = (uint32_t)(demand->node - tape->base);
    unsigned char *how = tape_allocate(S, last + 1);
    memset(how, 0, last + 1);
    how[last] = WALK_REACHED;
    for (uint32_t k = last + 1; k-- > 0;) {
        if (!how[k] || stops_walk(S, tape->base + k, demand, how[k])) continue;
        const ProbeParam *param = param_at(S, tape->base + k);
        if (param && !param->constraint) return param;
        const TapeNode *node = &tape->nodes[k];
        for (uint32_t e = 0; e < node->n_edges; e++) {
            const Edge *edge = &tape->edges[node->first_edge + e];
            bool subtracted = how[k] & WALK_SUBTRACTED || (edge->kind == EDGE_SCALE && edge->as.factor < 0);
            how[edge->source] |= WALK_REACHED | (subtracted ? WALK_SUBTRACTED : 0);
        }
    }
    return NULL;
}
