/* SPDX-License-Identifier: GPL-3.0-or-later
   Vectors, matrices and larger arrays as an interactive session shows them. */
#include <math.h>
#include <string.h>

#include "stdlib/show_parts.h"

enum {
    WRAPPED_LINES = 6,                    /* a vector is shown whole on so many lines */
    ROWS_MOST = 16, ROWS_FIRST = 8, ROWS_LAST = 3,
    BLOCKS = 3, BLOCK_ROWS = 5,           /* of arrays of three or more dimensions */
    COLUMNS_MOST = 250
};

static void element(State *S, const Array *a, double x) {
    if (a->boolean && !isnan(x)) text_print(S, x != 0 ? "true" : "false");
    else text_number(S, x, SHOW_DIGITS);
}

static size_t element_width(State *S, const Array *a, double x) {
    size_t start = text_begin(S);
    element(S, a, x);
    size_t width = text_length(S, start);
    text_drop(S, start);
    return width;
}

static void right_aligned(State *S, const Array *a, double x, size_t width) {
    size_t own = element_width(S, a, x);
    if (own < width) show_spaces(S, width - own);
    element(S, a, x);
}

/* ---- One line ---- */

/* How many elements from the front (or back) fit into `columns`, with ", " between them; *used is what they take. */
static size_t fitting(State *S, const Array *a, size_t n, bool back, size_t most, size_t columns, size_t *used) {
    size_t k = 0;
    *used = 0;
    for (; k < n && k < most; k++) {
        size_t width = element_width(S, a, a->data[back ? n - 1 - k : k]) + (k ? 2 : 0);
        if (*used + width > columns) break;
        *used += width;
    }
    return k;
}

static void elements(State *S, const Array *a, size_t from, size_t to) {
    for (size_t k = from; k < to; k++) {
        if (k > from) text_print(S, ", ");
        element(S, a, a->data[k]);
    }
}

bool show_elements(State *S, const Array *a, size_t columns) {
    size_t n = a->layout->dims[0], used, room = columns > 4 ? columns - 2 : 2;
    if (fitting(S, a, n, false, n, room, &used) == n) {
        text_print(S, "[");
        elements(S, a, 0, n);
        text_print(S, "]");
        return true;
    }
    size_t back = fitting(S, a, n, true, 2, room / 3, &used), taken = used + (back ? 5 : 3);
    size_t front = fitting(S, a, n - back, false, n, room > taken ? room - taken : 0, &used);
    text_print(S, "[");
    elements(S, a, 0, front);
    text_print(S, front ? ", …" : "…");
    if (back) text_print(S, ", ");
    elements(S, a, n - back, n);
    text_print(S, "]");
    return false;
}

/* ---- What the elements are like ---- */

typedef struct Summary {
    size_t n, missing, undefined, infinite; /* n: those that are none of the others */
    double mean, m2, least, most;
} Summary;

static Summary summarise(const double *x, size_t n) {
    Summary s = {.least = INFINITY, .most = -INFINITY};
    for (size_t k = 0; k < n; k++) {
        if (number_is_missing(x[k])) s.missing++;
        else if (isnan(x[k])) s.undefined++;
        else if (isinf(x[k])) s.infinite++;
        else {
            double d = x[k] - s.mean;
            s.mean += d / (double)++s.n;
            s.m2 += d * (x[k] - s.mean);
            s.least = fmin(s.least, x[k]);
            s.most = fmax(s.most, x[k]);
        }
    }
    return s;
}

static void labelled(State *S, const char *label, double x) {
    text_print(S, ", %s ", label);
    text_number(S, x, SHOW_SUMMARY);
}

static void counted(State *S, size_t n, const char *what) {
    if (!n) return;
    text_print(S, ", ");
    show_count(S, n);
    text_print(S, " %s", what);
}

/* ", 3 missing, mean 42.01, sd 3.02, from 30.1 to 53.2" */
static void show_summary(State *S, const Array *a) {
    Summary s = summarise(a->data, a->layout->components);
    counted(S, s.missing, "missing");
    counted(S, s.undefined, "nan");
    counted(S, s.infinite, "infinite");
    if (s.n && a->boolean) {
        text_print(S, ", ");
        text_number(S, 100 * s.mean, 3);
        text_print(S, " %% true");
    } else if (s.n) {
        labelled(S, "mean", s.mean);
        if (s.n > 1) labelled(S, "sd", sqrt(s.m2 / (double)(s.n - 1)));
        labelled(S, "from", s.least);
        text_print(S, " to ");
        text_number(S, s.most, SHOW_SUMMARY);
    }
}

/* ---- Vectors ---- */

static size_t widest_of(State *S, const Array *a, size_t n) {
    size_t width = 0;
    for (size_t k = 0; k < n; k++) {
        size_t w = element_width(S, a, a->data[k]);
        if (w > width) width = w;
    }
    return width;
}

/* All elements in columns, when a few lines are enough. */
static bool show_wrapped(State *S, const Show *show, const Array *a) {
    size_t n = a->layout->dims[0];
    if (n > WRAPPED_LINES * show->width / 3) return false;
    size_t cell = widest_of(S, a, n) + 2, each = show->width / cell;
    if (!each || (n + each - 1) / each > WRAPPED_LINES) return false;
    text_print(S, "[");
    for (size_t k = 0; k < n; k++) {
        if (k && k % each == 0) {
            show_newline(S);
            show_spaces(S, 1);
        }
        right_aligned(S, a, a->data[k], cell - 2);
        if (k + 1 < n) text_print(S, (k + 1) % each ? ", " : ",");
    }
    text_print(S, "]");
    return true;
}

static void show_vector(State *S, const Show *show, const Array *a) {
    size_t start = text_begin(S), n = a->layout->dims[0];
    if (show_elements(S, a, show->width)) return;
    size_t end = text_begin(S);
    if (show_wrapped(S, show, a)) {
        size_t length = text_length(S, end);
        memmove(S->text + start, S->text + end, length);
        text_drop(S, start + length);
    }
    show_newline(S);
    show_dim(S, show);
    size_t remark = text_begin(S);
    show_count(S, n);
    text_print(S, a->boolean ? " booleans" : " numbers");
    show_summary(S, a);
    show_wrapped_text(S, show, remark);
    show_plain(S, show);
}

/* ---- Matrices ---- */

typedef struct Matrix {
    const Array *a;
    const double *data;
    size_t rows, columns;
    size_t first, last;        /* rows shown from both ends; all when first is rows */
    size_t front, back;        /* the same of columns */
    size_t width[COLUMNS_MOST]; /* of the columns in front, then of those at the back */
} Matrix;

static size_t column_width(State *S, const Matrix *m, size_t c) {
    size_t width = 0;
    for (size_t r = 0; r < m->rows; r++) {
        if (r == m->first && m->first < m->rows) r = m->rows - m->last;
        size_t w = element_width(S, m->a, m->data[r * m->columns + c]);
        if (w > width) width = w;
    }
    return width;
}

static void choose_columns(State *S, Matrix *m, size_t room) {
    size_t used = 0, c = 0;
    for (; c < m->columns && c < COLUMNS_MOST; c++) {
        m->width[c] = column_width(S, m, c);
        if (used + m->width[c] + (c ? 2 : 0) > room) break;
        used += m->width[c] + (c ? 2 : 0);
    }
    m->front = c;
    if (c == m->columns) return;
    size_t last = column_width(S, m, m->columns - 1);
    while (m->front && used + last + 5 > room) {
        m->front--;
        used -= m->width[m->front] + (m->front ? 2 : 0);
    }
    if (m->front == COLUMNS_MOST) m->front--;
    m->back = 1;
    m->width[m->front] = last;
}

static void matrix_row(State *S, const Matrix *m, size_t r) {
    const double *row = m->data + r * m->columns;
    for (size_t c = 0; c < m->front; c++) {
        if (c) show_spaces(S, 2);
        right_aligned(S, m->a, row[c], m->width[c]);
    }
    if (!m->back) return;
    text_print(S, m->front ? "  …  " : "…  ");
    right_aligned(S, m->a, row[m->columns - 1], m->width[m->front]);
}

/* Rows without a newline behind the last. */
static void show_block(State *S, const Show *show, const Array *a, const double *data, size_t rows, size_t columns, size_t most) {
    Matrix m = {.a = a, .data = data, .rows = rows, .columns = columns, .first = rows};
    if (rows > most) {
        m.last = most > ROWS_LAST + 2 ? ROWS_LAST : 1;
        m.first = most - m.last - 1 < ROWS_FIRST ? most - m.last - 1 : ROWS_FIRST;
    }
    choose_columns(S, &m, show->width);
    for (size_t r = 0; r < rows; r++) {
        if (r) show_newline(S);
        if (r == m.first) {
            text_print(S, "⋮");
            show_newline(S);
            r = rows - m.last;
        }
        matrix_row(S, &m, r);
    }
}

static void show_shape(State *S, const Show *show, const Array *a) {
    const Layout *l = a->layout;
    show_dim(S, show);
    size_t start = text_begin(S);
    for (unsigned k = 0; k < l->rank; k++) {
        if (k) text_print(S, " × ");
        show_count(S, l->dims[k]);
    }
    text_print(S, l->rank == 2 ? " matrix" : " array");
    if (a->boolean) text_print(S, " of booleans");
    Summary s = summarise(a->data, l->components);
    counted(S, s.missing, "missing");
    counted(S, s.undefined, "nan");
    counted(S, s.infinite, "infinite");
    show_cut(S, start, show->width);
    show_plain(S, show);
}

/* [1, 0], the place of a matrix in the array. */
static void show_place(State *S, const Layout *l, size_t block) {
    size_t at[LAYOUT_RANK];
    for (unsigned k = l->rank - 2u; k-- > 0;) {
        at[k] = block % l->dims[k];
        block /= l->dims[k];
    }
    text_print(S, "[");
    for (unsigned k = 0; k < l->rank - 2u; k++) text_print(S, k ? ", %zu" : "%zu", at[k]);
    text_print(S, "]");
}

static void show_blocks(State *S, const Show *show, const Array *a) {
    const Layout *l = a->layout;
    size_t rows = l->dims[l->rank - 2], columns = l->dims[l->rank - 1], size = rows * columns, n = l->components / size;
    for (size_t block = 0; block < n && block < BLOCKS; block++) {
        show_dim(S, show);
        show_place(S, l, block);
        show_plain(S, show);
        show_newline(S);
        show_block(S, show, a, a->data + block * size, rows, columns, BLOCK_ROWS);
        show_newline(S);
    }
    if (n > BLOCKS) {
        show_dim(S, show);
        text_print(S, "… ");
        show_count(S, n - BLOCKS);
        text_print(S, " more");
        show_plain(S, show);
        show_newline(S);
    }
}

void show_array(State *S, const Show *show, const Array *a) {
    const Layout *l = a->layout;
    if (l->n_axes || l->rank == 0) {
        size_t start = text_begin(S);
        text_value(S, value_array((Array *)a, 0));
        show_cut(S, start, show->width * WRAPPED_LINES);
        return;
    }
    if (l->rank == 1) {
        show_vector(S, show, a);
        return;
    }
    if (l->components && l->rank == 2) {
        show_block(S, show, a, a->data, l->dims[0], l->dims[1], ROWS_MOST);
        show_newline(S);
    } else if (l->components) {
        show_blocks(S, show, a);
    }
    show_shape(S, show, a);
}
