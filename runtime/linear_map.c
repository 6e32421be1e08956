/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/linear_map.h"

#include <string.h>

#include "runtime/state.h"

/* ---- building ---- */

void strided_begin(StridedMap *map) {
    map->start[MAP_OUT] = map->start[MAP_IN] = 0;
    map->n_loops = 0;
}

void strided_loop(StridedMap *map, size_t count, size_t out, size_t in) {
    if (count == 1) return;
    MapLoop *outer = map->n_loops ? &map->loops[map->n_loops - 1] : NULL;
    ptrdiff_t stride[MAP_SIDES] = {(ptrdiff_t)out, (ptrdiff_t)in};
    ptrdiff_t n = (ptrdiff_t)count;
    if (outer && outer->stride[MAP_OUT] == stride[MAP_OUT] * n && outer->stride[MAP_IN] == stride[MAP_IN] * n) {
        outer->count *= count;
        outer->stride[MAP_OUT] = stride[MAP_OUT];
        outer->stride[MAP_IN] = stride[MAP_IN];
        return;
    }
    map->loops[map->n_loops++] = (MapLoop){count, {stride[MAP_OUT], stride[MAP_IN]}};
}

void strided_lanes(StridedMap *map, const Layout *out, const Layout *in) {
    for (uint32_t k = 0; k < out->n_axes; k++) {
        int position = layout_axis_position(in, out->axes[k]);
        strided_loop(map, out->axes[k]->size, out->axis_stride[k], position < 0 ? 0 : in->axis_stride[position]);
    }
}

/* ---- running ---- */

static void add_line(size_t n, double *to, ptrdiff_t a, const double *from, ptrdiff_t b) {
    if (a == 1 && b == 1) {
        for (size_t i = 0; i < n; i++) to[i] += from[i];
    } else if (a == 0) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += from[(ptrdiff_t)i * b];
        to[0] += sum;
    } else {
        for (size_t i = 0; i < n; i++) to[(ptrdiff_t)i * a] += from[(ptrdiff_t)i * b];
    }
}

static void copy_line(size_t n, double *to, ptrdiff_t a, const double *from, ptrdiff_t b) {
    if (a == 1 && b == 1)
        memcpy(to, from, n * sizeof *to);
    else
        for (size_t i = 0; i < n; i++) to[(ptrdiff_t)i * a] = from[(ptrdiff_t)i * b];
}

typedef void Line(size_t n, double *to, ptrdiff_t a, const double *from, ptrdiff_t b);

/* Moves numbers to side `side` from the other one. */
static void run_loops(const MapLoop *loop, unsigned n_loops, int side, Line *line, double *to, const double *from) {
    if (n_loops == 0) {
        line(1, to, 0, from, 0);
        return;
    }
    ptrdiff_t a = loop->stride[side], b = loop->stride[1 - side];
    if (n_loops == 1) {
        line(loop->count, to, a, from, b);
        return;
    }
    for (size_t i = 0; i < loop->count; i++)
        run_loops(loop + 1, n_loops - 1, side, line, to + (ptrdiff_t)i * a, from + (ptrdiff_t)i * b);
}

static void run_strided(const StridedMap *map, int side, Line *line, double *to, const double *from) {
    run_loops(map->loops, map->n_loops, side, line, to + map->start[side], from + map->start[1 - side]);
}

static void strided_forward(const LinearMap *map, const double *in, double *out) {
    run_strided((const StridedMap *)map, MAP_OUT, add_line, out, in);
}

static void strided_backward(const LinearMap *map, const double *out, double *in) {
    run_strided((const StridedMap *)map, MAP_IN, add_line, in, out);
}

void strided_copy(const StridedMap *map, const double *in, double *out) {
    run_strided(map, MAP_OUT, copy_line, out, in);
}

void strided_copy_back(const StridedMap *map, const double *out, double *in) {
    run_strided(map, MAP_IN, copy_line, in, out);
}

const LinearMap *strided_on_tape(State *S, const StridedMap *map) {
    size_t size = offsetof(StridedMap, loops) + map->n_loops * sizeof *map->loops;
    StridedMap *copy = tape_allocate(S, size);
    memcpy(copy, map, size);
    copy->map = (LinearMap){strided_forward, strided_backward};
    return &copy->map;
}

/* ---- gathers ---- */

typedef struct Gather {
    const GatherMap *map;
    int side;
    Line *line;
} Gather;

/* The innermost loop over positions when there is nothing strided within. */
static void gather_line(const Gather *g, const MapLoop *loop, const size_t *table, double *to, const double *from) {
    ptrdiff_t a = loop->stride[MAP_OUT], t = loop->stride[MAP_IN];
    ptrdiff_t n = (ptrdiff_t)loop->count;
    bool add = g->line == add_line;
    if (g->side == MAP_OUT && add)
        for (ptrdiff_t i = 0; i < n; i++) to[i * a] += from[table[i * t]];
    else if (g->side == MAP_OUT)
        for (ptrdiff_t i = 0; i < n; i++) to[i * a] = from[table[i * t]];
    else if (add)
        for (ptrdiff_t i = 0; i < n; i++) to[table[i * t]] += from[i * a];
    else
        for (ptrdiff_t i = 0; i < n; i++) to[table[i * t]] = from[i * a];
}

static void run_positions(const Gather *g, const MapLoop *loop, unsigned n, const size_t *table, double *to,
                          const double *from) {
    const StridedMap *strided = &g->map->strided;
    bool plain = g->map->table_inside || strided->n_loops == 0;
    if (n == 0) {
        bool out = g->side == MAP_OUT;
        double *target = to + (out ? 0 : *table);
        const double *source = from + (out ? *table : 0);
        run_loops(strided->loops, plain ? 0 : strided->n_loops, g->side, g->line, target, source);
        return;
    }
    if (n == 1 && plain) {
        gather_line(g, loop, table, to, from);
        return;
    }
    for (size_t i = 0; i < loop->count; i++) {
        ptrdiff_t out = (ptrdiff_t)i * loop->stride[MAP_OUT];
        run_positions(g, loop + 1, n - 1, table + (ptrdiff_t)i * loop->stride[MAP_IN], to + (g->side == MAP_OUT ? out : 0),
                      from + (g->side == MAP_OUT ? 0 : out));
    }
}

static void run_outside(const Gather *g, const MapLoop *loop, unsigned n, double *to, const double *from) {
    if (n == 0) {
        run_positions(g, g->map->positions, g->map->n_positions, g->map->table, to, from);
        return;
    }
    for (size_t i = 0; i < loop->count; i++)
        run_outside(g, loop + 1, n - 1, to + (ptrdiff_t)i * loop->stride[g->side],
                    from + (ptrdiff_t)i * loop->stride[1 - g->side]);
}

static void run_gather(const GatherMap *map, int side, Line *line, double *to, const double *from) {
    Gather g = {map, side, line};
    to += map->strided.start[side];
    from += map->strided.start[1 - side];
    run_outside(&g, map->strided.loops, map->table_inside ? map->strided.n_loops : 0, to, from);
}

static void gather_forward(const LinearMap *map, const double *in, double *out) {
    run_gather((const GatherMap *)map, MAP_OUT, add_line, out, in);
}

static void gather_backward(const LinearMap *map, const double *out, double *in) {
    run_gather((const GatherMap *)map, MAP_IN, add_line, in, out);
}

void gather_copy(const GatherMap *map, const double *in, double *out) {
    run_gather(map, MAP_OUT, copy_line, out, in);
}

void gather_copy_back(const GatherMap *map, const double *out, double *in) {
    run_gather(map, MAP_IN, copy_line, in, out);
}

const LinearMap *gather_on_tape(State *S, const GatherMap *map, size_t size) {
    GatherMap *copy = tape_allocate(S, sizeof *copy);
    size_t *table = tape_allocate(S, size * sizeof *table);
    memcpy(copy, map, sizeof *copy);
    memcpy(table, map->table, size * sizeof *table);
    copy->map = (LinearMap){gather_forward, gather_backward};
    copy->table = table;
    return &copy->map;
}

/* ---- transposing ---- */

typedef struct Transposed {
    LinearMap map;
    const LinearMap *of;
} Transposed;

static void transposed_forward(const LinearMap *map, const double *in, double *out) {
    const LinearMap *of = ((const Transposed *)map)->of;
    of->backward(of, in, out);
}

static void transposed_backward(const LinearMap *map, const double *out, double *in) {
    const LinearMap *of = ((const Transposed *)map)->of;
    of->forward(of, out, in);
}

const LinearMap *map_transposed(State *S, const LinearMap *map) {
    Transposed *t = tape_allocate(S, sizeof *t);
    *t = (Transposed){{transposed_forward, transposed_backward}, map};
    return &t->map;
}
