/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/spread.h"

#include <string.h>

#include "runtime/kernel.h"
#include "runtime/kernels/vector.h"

size_t spread_stretch(const Layout *wide, size_t offset) {
    if (wide->row >= SPREAD_BLOCK) {
        size_t left = wide->row - offset % wide->row;
        return left < SPREAD_BLOCK ? left : SPREAD_BLOCK;
    }
    size_t whole = SPREAD_BLOCK / wide->row * wide->row, left = wide->size - offset;
    return left < whole ? left : whole;
}

/* Where narrow's element for the first lane of wide's row `row` lies (rows are counted through all components). */
static size_t row_base(const Layout *narrow, const Layout *wide, size_t row) {
    size_t base = narrow->rank ? row / wide->rows * narrow->stride : 0;
    size_t r = row % wide->rows;
    for (unsigned k = wide->n_axes; k-- > 1;) {
        const Axis *axis = wide->axes[k - 1];
        int position = layout_axis_position(narrow, axis);
        if (position >= 0) base += r % axis->size * narrow->axis_stride[position];
        r /= axis->size;
    }
    return base;
}

static bool has_innermost(const Layout *narrow, const Layout *wide) {
    return layout_has_axis(narrow, wide->axes[wide->n_axes - 1]);
}

ELBO_CLONES static void fill_one(double *restrict out, size_t n, double x) {
    for (size_t i = 0; i < n; i++) out[i] = x;
}

void spread_fill(const Layout *narrow, const double *data, const Layout *wide, size_t offset, size_t n,
                 double *restrict out) {
    if (narrow == wide) {
        memcpy(out, data + offset, n * sizeof *out);
    } else if (layout_is_scalar(narrow)) {
        fill_one(out, n, data[0]);
    } else {
        /* wide has axes here: without, narrow is a number or wide itself */
        bool inner = has_innermost(narrow, wide);
        size_t row = offset / wide->row, within = offset % wide->row;
        for (size_t done = 0; done < n; row++, within = 0) {
            size_t part = wide->row - within < n - done ? wide->row - within : n - done;
            const double *from = data + row_base(narrow, wide, row);
            if (inner) memcpy(out + done, from + within, part * sizeof *out);
            else fill_one(out + done, part, from[0]);
            done += part;
        }
    }
}

ELBO_CLONES static void add(double *restrict sum, const double *restrict x, size_t n) {
    for (size_t i = 0; i < n; i++) sum[i] += x[i];
}

void spread_sum(const Layout *narrow, double *sum, const Layout *wide, size_t offset, size_t n, const double *restrict x) {
    if (narrow == wide) {
        add(sum + offset, x, n);
        return;
    }
    size_t length = wide->n_axes ? wide->axes[wide->n_axes - 1]->size : wide->components;
    bool inner = wide->n_axes && has_innermost(narrow, wide);
    size_t row = offset / wide->row, within = offset % wide->row;
    for (size_t done = 0; done < n; row++, within = 0) {
        size_t part = wide->row - within < n - done ? wide->row - within : n - done;
        double *to = sum + (wide->n_axes ? row_base(narrow, wide, row) : 0);
        if (inner) add(to + within, x + done, part);
        else if (within < length) to[0] += kernel_sum(x + done, length - within < part ? length - within : part);
        done += part;
    }
}

/* Whole rows in a stretch, or 1 where a stretch is a part of one. */
static size_t rows_of_stretch(const Layout *wide) { return wide->row < SPREAD_BLOCK && wide->row ? SPREAD_BLOCK / wide->row : 1; }

/* Stretches of a long row. */
static size_t stretches_of_row(const Layout *wide) { return (wide->row + SPREAD_BLOCK - 1) / SPREAD_BLOCK; }

size_t spread_stretches(const Layout *wide) {
    if (wide->size == 0) return 0;
    if (wide->row >= SPREAD_BLOCK) return wide->size / wide->row * stretches_of_row(wide);
    size_t whole = rows_of_stretch(wide) * wide->row;
    return (wide->size + whole - 1) / whole;
}

size_t spread_offset(const Layout *wide, size_t stretch) {
    if (wide->row < SPREAD_BLOCK) return stretch * rows_of_stretch(wide) * wide->row;
    size_t each = stretches_of_row(wide);
    return stretch / each * wide->row + stretch % each * SPREAD_BLOCK;
}

bool spread_has_row(const Layout *narrow, const Layout *wide) { return wide->n_axes && has_innermost(narrow, wide); }

size_t spread_parts(const Layout *wide) { return spread_stretches(wide) * rows_of_stretch(wide); }

void spread_sum_parts(const Layout *wide, size_t stretch, size_t n, const double *x, double *parts) {
    size_t length = wide->n_axes ? wide->axes[wide->n_axes - 1]->size : wide->components;
    parts += stretch * rows_of_stretch(wide);
    if (wide->row >= SPREAD_BLOCK) {
        size_t within = spread_offset(wide, stretch) % wide->row;
        parts[0] = kernel_sum(x, length - within < n ? length - within : n);
        return;
    }
    for (size_t done = 0; done < n; done += wide->row) *parts++ = kernel_sum(x + done, length);
}

void spread_add_parts(const Layout *narrow, double *sum, const Layout *wide, const double *parts) {
    size_t rows = wide->row ? wide->size / wide->row : 0, each = wide->row < SPREAD_BLOCK ? 1 : stretches_of_row(wide);
    for (size_t row = 0; row < rows; row++) {
        double *to = sum + (wide->n_axes ? row_base(narrow, wide, row) : 0);
        for (size_t k = 0; k < each; k++) to[0] += *parts++;
    }
}
