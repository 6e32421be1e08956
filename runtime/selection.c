/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/selection.h"

#include "runtime/error.h"
#include "runtime/shape.h"
#include "runtime/state.h"

/* A subscript, understood. AXIS: the index of that plate itself. TABLE: positions that must be looked up. */
typedef struct Chosen {
    enum { CHOSEN_RANGE, CHOSEN_ONE, CHOSEN_AXIS, CHOSEN_TABLE } kind;
    size_t low, count;   /* RANGE; ONE: low */
    Axis *axis;
    Value index;         /* TABLE: numeric, rank 0 or 1 */
    bool from_end;
    size_t stride;       /* doubles from position to position */
    uint32_t out_dim;    /* RANGE, TABLE of rank 1: its dimension in the result */
    uint32_t table_dim;  /* TABLE of rank 1: its dimension in the table */
} Chosen;

typedef struct Plan {
    Chosen chosen[LAYOUT_RANK]; /* one for each dimension */
    uint32_t n;
    bool gathers;
    size_t out_stride[LAYOUT_RANK]; /* of the result's dimensions, in doubles */
} Plan;

static Chosen choose(State *S, const Subscript *s, size_t length) {
    if (s->kind == SUBSCRIPT_SLICE) {
        if (s->low > s->high || s->high > length)
            error_raise(S, "index-out-of-range", NULL, "the slice %zu..%zu does not lie within 0..%zu", s->low, s->high, length);
        return (Chosen){.kind = CHOSEN_RANGE, .low = s->low, .count = s->high - s->low};
    }
    Value index = s->index;
    if (index.tag == VALUE_NUMBER)
        return (Chosen){.kind = CHOSEN_ONE, .low = index_position(S, index.as.number, s->from_end, length)};
    if (index.tag != VALUE_ARRAY)
        error_raise(S, "wrong-type", NULL, "a subscript is a number, not a %s", value_type_name(index));
    Axis *axis = index_axis(index);
    if (axis && !s->from_end && axis->size <= length) return (Chosen){.kind = CHOSEN_AXIS, .axis = axis, .index = index};
    const Layout *l = index.as.array->layout;
    if (l->rank > 1) error_raise(S, "wrong-type", NULL, "a subscript is a number or a vector, not a matrix");
    if (index.as.array->boolean) {
        if (l->rank == 0 || l->n_axes)
            error_raise(S, "wrong-type", "Choose by `where(mask, a, b)`, or with `if`.",
                        "a subscript of truth values must be a vector that is the same for all elements of a plate");
        index = index_of_mask(S, index, length);
    }
    return (Chosen){.kind = CHOSEN_TABLE, .index = index, .from_end = s->from_end};
}

static const Layout *index_layout(const Chosen *c) {
    return c->index.as.array->layout;
}

static const Layout *join_or_raise(State *S, const Layout *a, const Layout *lanes) {
    const Layout *joined = layout_join_lanes(S, a, lanes);
    if (!joined) error_raise(S, "shape-mismatch", NULL, "the subscript has lanes of another plate than the array");
    return joined;
}

static void plan_make(State *S, Plan *plan, const Layout *from, const Subscript *subscripts, uint32_t n) {
    if (n > from->rank || from->rank == 0) {
        char text[SHAPE_TEXT];
        error_raise(S, "wrong-type", NULL, "a %s does not take %u subscript%s", shape_text(from, text), n, n == 1 ? "" : "s");
    }
    size_t stride = from->components * from->stride;
    plan->n = from->rank;
    plan->gathers = false;
    for (uint32_t d = 0; d < from->rank; d++) {
        if (from->dims[d]) stride /= from->dims[d];
        plan->chosen[d] = d < n ? choose(S, &subscripts[d], from->dims[d])
                                : (Chosen){.kind = CHOSEN_RANGE, .count = from->dims[d]};
        plan->chosen[d].stride = stride;
        plan->gathers |= plan->chosen[d].kind == CHOSEN_TABLE;
    }
    /* Beside a table, a plate's index is one more table: its axis may be among the table's. */
    for (uint32_t d = 0; d < n && plan->gathers; d++)
        if (plan->chosen[d].kind == CHOSEN_AXIS) plan->chosen[d].kind = CHOSEN_TABLE;
}

/* The layout of the chosen elements. */
static const Layout *plan_result(State *S, Plan *plan, const Layout *from) {
    size_t dims[LAYOUT_RANK];
    uint32_t rank = 0;
    const Layout *lanes = layout_with_event(S, from, 0, NULL);
    for (uint32_t d = 0; d < plan->n; d++) {
        Chosen *c = &plan->chosen[d];
        c->out_dim = rank;
        if (c->kind == CHOSEN_RANGE) dims[rank++] = c->count;
        if (c->kind == CHOSEN_TABLE && index_layout(c)->rank == 1) dims[rank++] = index_layout(c)->dims[0];
        if (c->kind == CHOSEN_AXIS || c->kind == CHOSEN_TABLE) lanes = join_or_raise(S, lanes, index_layout(c));
    }
    const Layout *to = layout_with_event(S, lanes, rank, dims);
    size_t stride = to->stride;
    for (uint32_t d = rank; d-- > 0;) {
        plan->out_stride[d] = stride;
        stride *= to->dims[d];
    }
    return to;
}

/* The strided loops: dimensions taken in ranges or by a plate's own index, and axes of `from` that no table has. */
static void plan_loops(const Plan *plan, StridedMap *map, const Layout *from, const Layout *to, const Layout *table) {
    strided_begin(map);
    for (uint32_t d = 0; d < plan->n; d++) {
        const Chosen *c = &plan->chosen[d];
        if (c->kind == CHOSEN_TABLE) continue;
        map->start[MAP_IN] += c->low * c->stride;
        if (c->kind == CHOSEN_RANGE) strided_loop(map, c->count, plan->out_stride[c->out_dim], c->stride);
    }
    for (uint32_t k = 0; k < to->n_axes; k++) {
        Axis *axis = to->axes[k];
        if (table && layout_has_axis(table, axis)) continue;
        int position = layout_axis_position(from, axis);
        size_t in = position < 0 ? 0 : from->axis_stride[position];
        for (uint32_t d = 0; d < plan->n; d++)
            if (plan->chosen[d].kind == CHOSEN_AXIS && plan->chosen[d].axis == axis) in += plan->chosen[d].stride;
        strided_loop(map, axis->size, to->axis_stride[k], in);
    }
}

/* The layout of the table: the lanes of all its subscripts, and a dimension for each that is a vector. */
static const Layout *table_layout(State *S, Plan *plan) {
    size_t dims[LAYOUT_RANK];
    uint32_t rank = 0;
    const Layout *lanes = layout_scalar(S);
    for (uint32_t d = 0; d < plan->n; d++) {
        Chosen *c = &plan->chosen[d];
        if (c->kind != CHOSEN_TABLE) continue;
        lanes = join_or_raise(S, lanes, index_layout(c));
        c->table_dim = rank;
        if (index_layout(c)->rank == 1) dims[rank++] = index_layout(c)->dims[0];
    }
    return layout_with_event(S, lanes, rank, dims);
}

/* position[…] = the subscript's positions, spread over the table's layout. */
static void spread_positions(const Chosen *c, const Layout *table, double *position) {
    const Layout *index = index_layout(c);
    StridedMap map;
    strided_begin(&map);
    for (uint32_t d = 0; d < table->rank; d++) {
        size_t out = table->stride;
        for (uint32_t k = d + 1; k < table->rank; k++) out *= table->dims[k];
        bool own = index->rank == 1 && d == c->table_dim;
        strided_loop(&map, table->dims[d], out, own ? index->stride : 0);
    }
    strided_lanes(&map, table, index);
    strided_copy(&map, c->index.as.array->data, position);
}

/* Where in `from` the lane of each entry begins. */
static void add_lanes(size_t *entries, const Layout *table, const Layout *from) {
    for (uint32_t k = 0; k < table->n_axes; k++) {
        int position = layout_axis_position(from, table->axes[k]);
        if (position < 0) continue;
        bool inner = k + 1u == table->n_axes;
        size_t size = inner ? table->row : table->axes[k]->size;
        for (size_t i = 0; i < table->size; i++) {
            size_t at = i / table->axis_stride[k] % size;
            if (at < table->axes[k]->size) entries[i] += at * from->axis_stride[position];
        }
    }
}

static void plan_table(State *S, const Plan *plan, Selection *selection, const Layout *table) {
    const Layout *from = selection->from, *to = selection->to;
    GatherMap *gather = &selection->gather;
    /* Both live as long as the collector does not run: until the operation is done. */
    Array *work = array_new(S, layout_vector(S, 2 * table->size));
    double *position = work->data;
    size_t *entries = (size_t *)(void *)(work->data + table->size);
    for (size_t i = 0; i < table->size; i++) entries[i] = 0;
    for (uint32_t d = 0; d < plan->n; d++) {
        const Chosen *c = &plan->chosen[d];
        if (c->kind != CHOSEN_TABLE) continue;
        for (size_t i = 0; i < table->size; i++) position[i] = 0;
        spread_positions(c, table, position);
        index_check(S, position, table, c->from_end, from->dims[d]);
        for (size_t i = 0; i < table->size; i++) entries[i] += (size_t)position[i] * c->stride;
    }
    add_lanes(entries, table, from);
    gather->table = entries;
    selection->table_size = table->size;

    gather->n_positions = 0;
    for (uint32_t d = 0; d < plan->n; d++) {
        const Chosen *c = &plan->chosen[d];
        if (c->kind != CHOSEN_TABLE || index_layout(c)->rank == 0) continue;
        size_t in = table->stride;
        for (uint32_t k = c->table_dim + 1; k < table->rank; k++) in *= table->dims[k];
        gather->positions[gather->n_positions++] =
            (MapLoop){table->dims[c->table_dim], {(ptrdiff_t)plan->out_stride[c->out_dim], (ptrdiff_t)in}};
    }
    for (uint32_t k = 0; k < table->n_axes; k++) {
        int lane = layout_axis_position(to, table->axes[k]);
        gather->positions[gather->n_positions++] =
            (MapLoop){table->axes[k]->size, {(ptrdiff_t)to->axis_stride[lane], (ptrdiff_t)table->axis_stride[k]}};
    }
    gather->table_inside = to->n_axes == 0 || layout_has_axis(table, to->axes[to->n_axes - 1]);
}

void selection_make(State *S, Selection *selection, const Layout *from, const Subscript *subscripts, uint32_t n) {
    Plan plan;
    plan_make(S, &plan, from, subscripts, n);
    selection->from = from;
    selection->to = plan_result(S, &plan, from);
    selection->gathers = plan.gathers;
    const Layout *table = plan.gathers ? table_layout(S, &plan) : NULL;
    plan_loops(&plan, plan.gathers ? &selection->gather.strided : &selection->strided, from, selection->to, table);
    if (table) plan_table(S, &plan, selection, table);
}

void selection_copy(const Selection *selection, const double *in, double *out) {
    if (selection->gathers)
        gather_copy(&selection->gather, in, out);
    else
        strided_copy(&selection->strided, in, out);
}

void selection_copy_back(const Selection *selection, const double *out, double *in) {
    if (selection->gathers)
        gather_copy_back(&selection->gather, out, in);
    else
        strided_copy_back(&selection->strided, out, in);
}

const LinearMap *selection_on_tape(State *S, const Selection *selection) {
    return selection->gathers ? gather_on_tape(S, &selection->gather, selection->table_size)
                              : strided_on_tape(S, &selection->strided);
}
