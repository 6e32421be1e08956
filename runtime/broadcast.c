/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/broadcast.h"

#include "runtime/kernel.h"
#include "runtime/threads.h"

/* ---- walking ---- */

/* The loops of a layout, outermost first: components, then axes; the last one is the row. Without axes there is one loop. */
static unsigned layout_loops(const Layout *l, size_t count[]) {
    if (l->n_axes == 0) {
        count[0] = l->row;
        return 1;
    }
    count[0] = l->components;
    for (unsigned k = 0; k < l->n_axes; k++) count[k + 1] = l->axes[k]->size;
    count[l->n_axes] = l->row;
    return l->n_axes + 1u;
}

/* How far apart an operand's elements are along each loop of `wide`. */
static void operand_strides(const Layout *wide, const Layout *narrow, size_t stride[]) {
    if (wide->n_axes == 0) {
        stride[0] = narrow->rank > 0 || narrow == wide;
        return;
    }
    stride[0] = narrow->rank == 0 ? 0 : narrow->stride;
    for (unsigned k = 0; k < wide->n_axes; k++) {
        int position = layout_axis_position(narrow, wide->axes[k]);
        stride[k + 1] = position < 0 ? 0 : narrow->axis_stride[position];
    }
}

/* Whether loop `outer` only repeats the next one further on, for all operands. */
static bool mergeable(const Walk *walk, const size_t *outer, const size_t *inner, size_t count) {
    for (unsigned o = 0; o < walk->n_operands; o++)
        if (outer[o] != inner[o] * count) return false;
    return true;
}

bool walk_begin(Walk *walk, const Layout *wide, unsigned n_operands, const Layout *const operands[]) {
    size_t count[WALK_LOOPS];
    size_t stride[WALK_OPERANDS][WALK_LOOPS];
    unsigned n = layout_loops(wide, count);
    walk->n_operands = n_operands;
    for (unsigned o = 0; o < n_operands; o++) operand_strides(wide, operands[o], stride[o]);

    /* Built from the row outwards, then turned round. */
    unsigned made = 0;
    for (unsigned k = n; k-- > 0;) {
        size_t s[WALK_OPERANDS];
        for (unsigned o = 0; o < n_operands; o++) s[o] = stride[o][k];
        if (made && (count[k] == 1 || mergeable(walk, s, walk->stride[made - 1], walk->count[made - 1]))) {
            walk->count[made - 1] *= count[k];
            continue;
        }
        walk->count[made] = count[k];
        for (unsigned o = 0; o < n_operands; o++) walk->stride[made][o] = s[o];
        made++;
    }
    walk->row = walk->count[0];
    for (unsigned o = 0; o < n_operands; o++) {
        walk->inner[o] = walk->stride[0][o] != 0;
        walk->offset[o] = 0;
    }
    walk->n_loops = made - 1;
    for (unsigned k = 0; k < made; k++) walk->at[k] = 0;
    return wide->size != 0;
}

bool walk_next(Walk *walk) {
    for (unsigned k = 1; k <= walk->n_loops; k++) {
        if (++walk->at[k] < walk->count[k]) {
            for (unsigned o = 0; o < walk->n_operands; o++) walk->offset[o] += walk->stride[k][o];
            return true;
        }
        walk->at[k] = 0;
        for (unsigned o = 0; o < walk->n_operands; o++) walk->offset[o] -= walk->stride[k][o] * (walk->count[k] - 1);
    }
    return false;
}

static size_t parts_of_row(const Walk *walk) { return (walk->row + WALK_PART - 1) / WALK_PART; }

size_t walk_parts(const Walk *walk) {
    size_t rows = 1;
    for (unsigned k = 1; k <= walk->n_loops; k++) rows *= walk->count[k];
    return rows * parts_of_row(walk);
}

size_t walk_part(Walk *walk, size_t part, size_t *start) {
    size_t row = part / parts_of_row(walk);
    for (unsigned o = 0; o < walk->n_operands; o++) walk->offset[o] = 0;
    for (unsigned k = 1; k <= walk->n_loops; k++) {
        walk->at[k] = row % walk->count[k];
        row /= walk->count[k];
        for (unsigned o = 0; o < walk->n_operands; o++) walk->offset[o] += walk->stride[k][o] * walk->at[k];
    }
    *start = part % parts_of_row(walk) * WALK_PART;
    return walk->row - *start < WALK_PART ? walk->row - *start : WALK_PART;
}

/* ---- spreading ---- */

static void add_row(size_t n, double *y, const double *x, Weight weight) {
    switch (weight.kind) {
        case EDGE_PARTIAL: kernel_add_product(n, y, x, weight.partial); break;
        case EDGE_SELECT: kernel_add_selected(n, y, x, weight.partial); break;
        default: kernel_add_scaled(n, y, x, weight.factor); break;
    }
}

static void add_one(size_t n, double *y, double x, Weight weight) {
    if (x == 0) return;
    switch (weight.kind) {
        case EDGE_PARTIAL: kernel_add_one_product(n, y, x, weight.partial); break;
        case EDGE_SELECT: kernel_add_one_selected(n, y, x, weight.partial); break;
        default: kernel_add_one_scaled(n, y, x, weight.factor); break;
    }
}

static Weight weight_at(Weight weight, size_t offset) {
    if (weight.kind != EDGE_SCALE) weight.partial += offset;
    return weight;
}

void broadcast_add(const Layout *wide, double *y, const Layout *narrow, const double *x, Weight weight) {
    if (layout_is_scalar(wide)) {
        if (x[0] == 0) return;
        if (weight.kind == EDGE_SELECT)
            y[0] += weight.partial[0] != 0 ? x[0] : 0;
        else
            y[0] += x[0] * (weight.kind == EDGE_PARTIAL ? weight.partial[0] : weight.factor);
    } else if (narrow == wide) {
        add_row(wide->size, y, x, weight);
    } else if (layout_is_scalar(narrow)) {
        add_one(wide->size, y, x[0], weight);
    } else {
        Walk walk;
        if (!walk_begin(&walk, wide, 2, (const Layout *[]){wide, narrow})) return;
        do {
            Weight w = weight_at(weight, walk.offset[0]);
            if (walk.inner[1])
                add_row(walk.row, y + walk.offset[0], x + walk.offset[1], w);
            else
                add_one(walk.row, y + walk.offset[0], x[walk.offset[1]], w);
        } while (walk_next(&walk));
    }
}

/* ---- summing ---- */

enum { SUM_BLOCK = 1024, SUM_TILE = 32 };

/* The loops of wide, parted into those narrow keeps and those that are summed over (innermost last). */
typedef struct Sum {
    unsigned n_kept, n_summed;
    struct { size_t count, wide, narrow; } kept[WALK_LOOPS];
    struct { size_t count, wide; } summed[WALK_LOOPS];
    bool along;  /* the innermost loop is summed over */
} Sum;

static void sum_plan(Sum *sum, const Layout *narrow, const Layout *wide) {
    size_t count[WALK_LOOPS], w[WALK_LOOPS], s[WALK_LOOPS];
    unsigned n = layout_loops(wide, count);
    operand_strides(wide, wide, w);
    operand_strides(wide, narrow, s);
    if (s[n - 1] == 0) count[n - 1] = wide->n_axes ? wide->axes[wide->n_axes - 1]->size : wide->components;
    sum->n_kept = sum->n_summed = 0;
    sum->along = s[n - 1] == 0;
    for (unsigned k = 0; k < n; k++) {
        if (count[k] == 1 && k + 1 < n) continue;
        if (s[k]) {
            sum->kept[sum->n_kept].count = count[k];
            sum->kept[sum->n_kept].wide = w[k];
            sum->kept[sum->n_kept++].narrow = s[k];
        } else {
            sum->summed[sum->n_summed].count = count[k];
            sum->summed[sum->n_summed++].wide = w[k];
        }
    }
    if (sum->n_summed == 0) {
        sum->summed[0].count = 1;
        sum->summed[sum->n_summed++].wide = 0;
    }
}

static double sum_row(const double *y, Weight weight, size_t n) {
    switch (weight.kind) {
        case EDGE_PARTIAL: return kernel_sum_product(y, weight.partial, n);
        case EDGE_SELECT: return kernel_sum_selected(y, weight.partial, n);
        default: return kernel_sum(y, n);
    }
}

/* out[l] = the sum over the loops from `level` on, for `width` neighbouring lanes: as kernel_sum does, but on whole rows. */
static void sum_rows(const Sum *sum, unsigned level, const double *y, Weight weight, size_t width, double *out) {
    size_t n = sum->summed[level].count, stride = sum->summed[level].wide;
    bool last = level + 1 == sum->n_summed;
    if (last && sum->along) {
        out[0] = sum_row(y, weight, n);
        return;
    }
    for (size_t l = 0; l < width; l++) out[l] = 0;
    for (size_t block = 0; block < n; block += SUM_BLOCK) {
        double part[LANE_BLOCK][SUM_TILE] = {{0}};
        size_t end = n - block < SUM_BLOCK ? n : block + SUM_BLOCK;
        for (size_t i = block; i < end; i++) {
            const double *from = y + i * stride;
            Weight w = weight_at(weight, i * stride);
            double *to = part[i % LANE_BLOCK];
            if (last) {
                add_row(width, to, from, w);
            } else {
                double inner[SUM_TILE];
                sum_rows(sum, level + 1, from, w, width, inner);
                for (size_t l = 0; l < width; l++) to[l] += inner[l];
            }
        }
        for (size_t l = 0; l < width; l++)
            out[l] += ((part[0][l] + part[1][l]) + (part[2][l] + part[3][l])) +
                      ((part[4][l] + part[5][l]) + (part[6][l] + part[7][l]));
    }
}

/* The lanes that lie along one row of narrow (or the one number, when the row is summed over). */
static void sum_into(const Sum *sum, double *x, const double *y, Weight weight, double factor) {
    double total[SUM_TILE];
    size_t width = sum->along ? 1 : sum->kept[sum->n_kept - 1].count;
    for (size_t start = 0; start < width; start += SUM_TILE) {
        size_t n = width - start < SUM_TILE ? width - start : SUM_TILE;
        sum_rows(sum, 0, y + start, weight_at(weight, start), n, total);
        for (size_t l = 0; l < n; l++) x[start + l] += total[l] == 0 ? 0 : factor * total[l];
    }
}

/* A sum along one axis or over a vector down to a number: no loops but the row. */
static bool is_row_sum(const Layout *narrow, const Layout *wide) { return layout_is_scalar(narrow) && wide->n_axes + wide->rank == 1; }

static size_t row_length(const Layout *wide) { return wide->n_axes ? wide->lanes : wide->components; }

static void add_total(double *x, double total, double factor) { x[0] += total == 0 ? 0 : factor * total; }

/* A common factor is applied to the sums. */
static double split_factor(Weight *weight) {
    double factor = weight->kind == EDGE_SCALE ? weight->factor : 1;
    weight->factor = 1;
    return factor;
}

/* A sum in pieces: what is kept, but for the row of lanes that is summed together. */
typedef struct SumRun {
    Sum sum;
    unsigned outer; /* loops of `kept` that number the pieces */
    double *x;
    const double *y;
    Weight weight;
    double factor;
} SumRun;

static void sum_begin(SumRun *run, const Layout *narrow, double *x, const Layout *wide, const double *y, Weight weight) {
    run->x = x;
    run->y = y;
    run->weight = weight;
    run->factor = split_factor(&run->weight);
    sum_plan(&run->sum, narrow, wide);
    run->outer = run->sum.n_kept - (run->sum.along ? 0 : 1);
}

static size_t sum_pieces(const SumRun *run) {
    size_t n = 1;
    for (unsigned k = 0; k < run->outer; k++) n *= run->sum.kept[k].count;
    return n;
}

static void sum_range(void *context, size_t first, size_t last) {
    const SumRun *run = context;
    const Sum *sum = &run->sum;
    size_t at[WALK_LOOPS] = {0}, x = 0, y = 0;
    for (size_t k = run->outer, piece = first; k-- > 0; piece /= sum->kept[k].count) {
        at[k] = piece % sum->kept[k].count;
        x += at[k] * sum->kept[k].narrow;
        y += at[k] * sum->kept[k].wide;
    }
    for (size_t piece = first; piece < last; piece++) {
        sum_into(sum, run->x + x, run->y + y, weight_at(run->weight, y), run->factor);
        for (unsigned k = run->outer; k-- > 0;) {
            x += sum->kept[k].narrow;
            y += sum->kept[k].wide;
            if (++at[k] < sum->kept[k].count) break;
            x -= sum->kept[k].narrow * at[k];
            y -= sum->kept[k].wide * at[k];
            at[k] = 0;
        }
    }
}

void broadcast_sum(const Layout *narrow, double *x, const Layout *wide, const double *y, Weight weight) {
    if (layout_is_scalar(wide) || narrow == wide) {
        broadcast_add(wide, x, narrow, y, weight);
        return;
    }
    if (is_row_sum(narrow, wide)) {
        double factor = split_factor(&weight);
        add_total(x, sum_row(y, weight, row_length(wide)), factor);
        return;
    }
    if (wide->size == 0) return;
    SumRun run;
    sum_begin(&run, narrow, x, wide, y, weight);
    sum_range(&run, 0, sum_pieces(&run));
}

/* ---- by several threads ---- */

typedef struct AddRun {
    Walk walk; /* wide, narrow */
    double *y;
    const double *x;
    Weight weight;
} AddRun;

static void add_range(void *context, size_t first, size_t last) {
    const AddRun *run = context;
    Walk walk = run->walk;
    for (size_t part = first; part < last; part++) {
        size_t start, n = walk_part(&walk, part, &start), at = walk.offset[0] + start;
        Weight w = weight_at(run->weight, at);
        if (walk.inner[1]) add_row(n, run->y + at, run->x + walk.offset[1] + start, w);
        else add_one(n, run->y + at, run->x[walk.offset[1]], w);
    }
}

void broadcast_add_shared(State *S, const Layout *wide, double *y, const Layout *narrow, const double *x, Weight weight) {
    AddRun run = {.y = y, .x = x, .weight = weight};
    if (!threads_pay(S, wide->size)) broadcast_add(wide, y, narrow, x, weight);
    else if (walk_begin(&run.walk, wide, 2, (const Layout *[]){wide, narrow}))
        threads_run(S, walk_parts(&run.walk), threads_grain(run.walk.row < WALK_PART ? run.walk.row : WALK_PART), add_range, &run);
}

/* The blocks of a long row, which are added in order when all are there. */
typedef struct RowRun {
    const double *y;
    Weight weight;
    size_t n;
    double *blocks;
} RowRun;

static void row_range(void *context, size_t first, size_t last) {
    const RowRun *run = context;
    for (size_t k = first; k < last; k++) {
        size_t start = k * SUM_BLOCK;
        run->blocks[k] = sum_row(run->y + start, weight_at(run->weight, start), run->n - start < SUM_BLOCK ? run->n - start : SUM_BLOCK);
    }
}

/* false: there is no memory for it. */
static bool row_sum_shared(State *S, double *x, const double *y, size_t n, Weight weight) {
    size_t blocks = (n + SUM_BLOCK - 1) / SUM_BLOCK;
    double factor = split_factor(&weight), total = 0;
    RowRun run = {y, weight, n, memory_try(S, blocks * sizeof(double))};
    if (!run.blocks) return false;
    threads_run(S, blocks, threads_grain(SUM_BLOCK), row_range, &run);
    for (size_t k = 0; k < blocks; k++) total += run.blocks[k];
    memory_free(S, run.blocks, blocks * sizeof(double));
    add_total(x, total, factor);
    return true;
}

void broadcast_sum_shared(State *S, const Layout *narrow, double *x, const Layout *wide, const double *y, Weight weight) {
    if (threads_pay(S, wide->size) && narrow == wide) {
        broadcast_add_shared(S, wide, x, narrow, y, weight);
    } else if (threads_pay(S, wide->size) && is_row_sum(narrow, wide)) {
        if (!row_sum_shared(S, x, y, row_length(wide), weight)) broadcast_sum(narrow, x, wide, y, weight);
    } else if (threads_pay(S, wide->size)) {
        SumRun run;
        sum_begin(&run, narrow, x, wide, y, weight);
        size_t pieces = sum_pieces(&run);
        threads_run(S, pieces, threads_grain(wide->size / pieces), sum_range, &run);
    } else {
        broadcast_sum(narrow, x, wide, y, weight);
    }
}
