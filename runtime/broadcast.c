/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/broadcast.h"

#include "runtime/kernel.h"

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

void broadcast_sum(const Layout *narrow, double *x, const Layout *wide, const double *y, Weight weight) {
    if (layout_is_scalar(wide) || narrow == wide) {
        broadcast_add(wide, x, narrow, y, weight);
        return;
    }
    /* A common factor is applied to the sums. */
    double factor = weight.kind == EDGE_SCALE ? weight.factor : 1;
    weight.factor = 1;
    if (layout_is_scalar(narrow) && wide->n_axes + wide->rank == 1) {
        double total = sum_row(y, weight, wide->n_axes ? wide->lanes : wide->components);
        x[0] += total == 0 ? 0 : factor * total;
        return;
    }
    Sum sum;
    sum_plan(&sum, narrow, wide);
    if (wide->size == 0) return;
    unsigned outer = sum.n_kept - (sum.along ? 0 : 1);
    size_t at[WALK_LOOPS] = {0};
    for (;;) {
        sum_into(&sum, x, y, weight, factor);
        unsigned k = outer;
        for (; k-- > 0;) {
            if (++at[k] < sum.kept[k].count) break;
            size_t back = sum.kept[k].count - 1;
            at[k] = 0;
            x -= sum.kept[k].narrow * back;
            y -= sum.kept[k].wide * back;
            if (weight.kind != EDGE_SCALE) weight.partial -= sum.kept[k].wide * back;
        }
        if (k + 1 == 0) return;
        x += sum.kept[k].narrow;
        y += sum.kept[k].wide;
        if (weight.kind != EDGE_SCALE) weight.partial += sum.kept[k].wide;
    }
}
