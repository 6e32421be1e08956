/* SPDX-License-Identifier: GPL-3.0-or-later
   The maps of constraints: one matrix over all rows of the registry that have maps. A row needs an entry in `entries`, and lines
   in tests/data/constraints.txt (tests/reference/constraints.py). */
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/constraint.h"
#include "runtime/operations.h"
#include "runtime/tape.h"
#include "stdlib/transforms.h"
#include "tests/lanes.h"
#include "tests/numeric.h"

enum { MOST = 16, REFERENCES = 128 };

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
}

static void close_state(void) { elbo_close(S); }

/* How the volume of the image is measured. */
typedef enum Volume { EACH, ALL, ALL_BUT_LAST, LOWER, BELOW_DIAGONAL, SURFACE } Volume;

static const struct {
    ConstraintIndex index;
    double bounds[2];
    size_t n;        /* unconstrained numbers in these tests */
    Volume volume;
    bool rounds_out; /* far out the image is no member, as the squares of its parts round off */
} entries[] = {
    {CONSTRAINT_REAL, {0}, 3, EACH, false},
    {CONSTRAINT_REAL_VECTOR, {0}, 3, ALL, false},
    {CONSTRAINT_POSITIVE, {0}, 3, EACH, false},
    {CONSTRAINT_SOFTPLUS_POSITIVE, {0}, 3, EACH, false},
    {CONSTRAINT_NONNEGATIVE, {0}, 3, EACH, false},
    {CONSTRAINT_NEGATIVE, {0}, 3, EACH, false},
    {CONSTRAINT_LESS_THAN, {2}, 3, EACH, false},
    {CONSTRAINT_GREATER_THAN, {-1}, 3, EACH, false},
    {CONSTRAINT_INTERVAL, {2, 5}, 3, EACH, false},
    {CONSTRAINT_UNIT_INTERVAL, {0}, 3, EACH, false},
    {CONSTRAINT_SIMPLEX, {0}, 4, ALL_BUT_LAST, false},
    {CONSTRAINT_ORDERED, {0}, 4, ALL, false},
    {CONSTRAINT_POSITIVE_ORDERED, {0}, 4, ALL, false},
    {CONSTRAINT_SPHERE, {0}, 3, SURFACE, false},
    {CONSTRAINT_ZERO_SUM, {0}, 4, SURFACE, false},
    {CONSTRAINT_LOWER_CHOLESKY, {0}, 6, LOWER, false},
    {CONSTRAINT_COV_MATRIX, {0}, 6, LOWER, true},
    {CONSTRAINT_CORR_CHOLESKY, {0}, 6, BELOW_DIAGONAL, false},
    {CONSTRAINT_CORR_MATRIX, {0}, 6, BELOW_DIAGONAL, true},
};

enum { ENTRIES = sizeof entries / sizeof *entries };

static const ConstraintRow *row_of(int entry) { return constraint_rows[entries[entry].index]; }

static const Value *bounds_of(int entry, Value bounds[2]) {
    for (int k = 0; k < 2; k++) bounds[k] = value_number(entries[entry].bounds[k]);
    return bounds;
}

static Value forward(int entry, Value u) {
    Value bounds[2];
    return constraint_to_value(S, row_of(entry), bounds_of(entry, bounds), u);
}

static Value inverse(int entry, Value x) {
    Value bounds[2];
    return constraint_inverse(S, row_of(entry), bounds_of(entry, bounds), x);
}

static Value slope(int entry, Value u) {
    Value bounds[2];
    return constraint_log_slope(S, row_of(entry), bounds_of(entry, bounds), u, forward(entry, u));
}

static Value vector(size_t n, const double *x) { return value_array(array_vector(S, n, x), 0); }
static size_t size_of(Value v) { return value_layout(S, v)->components; }

static double component(Value v, size_t k) { return lanes_element(S, v, k, (size_t[]){0, 0}); }

/* Numbers to map: the same in each run. */
static void fill(Source64 *source, double *u, size_t n) {
    for (size_t k = 0; k < n; k++) u[k] = uniform(source, -1.5, 1.5);
}

START_TEST(every_row_is_here) {
    for (int k = 0; k < CONSTRAINTS; k++) {
        int found = 0;
        for (int e = 0; e < ENTRIES; e++) found += entries[e].index == (ConstraintIndex)k;
        const ConstraintRow *row = constraint_rows[k];
        ck_assert_msg(found == (row->to_value != NULL), "%s has %d entries", row->name, found);
        ck_assert_int_eq(row->to_value != NULL, !row->discrete);
        ck_assert(!row->to_value || (row->to_free && row->log_slope && (row->rank == 0 || row->n_free)));
    }
}
END_TEST

START_TEST(round_trip) {
    Source64 source = {88172645463325252u};
    for (int times = 0; times < 20; times++) {
        double u[MOST];
        fill(&source, u, entries[_i].n);
        Value free = vector(entries[_i].n, u), back = inverse(_i, forward(_i, free));
        ck_assert_ptr_eq(value_layout(S, back), value_layout(S, free));
        for (size_t k = 0; k < entries[_i].n; k++)
            ck_assert_msg(fabs(component(back, k) - u[k]) <= 1e-12, "%s: %.17g became %.17g", row_of(_i)->name, u[k], component(back, k));
    }
}
END_TEST

/* ---- Volumes ---- */

static size_t coordinates(int entry, size_t components, size_t at[]) {
    size_t n = 0, side = 1;
    while (side * side < components) side++;
    for (size_t k = 0; k < components; k++) {
        size_t i = k / side, j = k % side;
        Volume v = entries[entry].volume;
        bool counts = v == ALL_BUT_LAST ? k + 1 < components : v == LOWER ? j <= i : v == BELOW_DIAGONAL ? j < i : true;
        if (counts) at[n++] = k;
    }
    return n;
}

/* log |det| of an n x n matrix, by elimination with pivots. */
static double log_det(double *a, size_t n) {
    double sum = 0;
    for (size_t c = 0; c < n; c++) {
        size_t p = c;
        for (size_t r = c; r < n; r++)
            if (fabs(a[r * n + c]) > fabs(a[p * n + c])) p = r;
        for (size_t k = 0; k < n; k++) {
            double t = a[c * n + k];
            a[c * n + k] = a[p * n + k];
            a[p * n + k] = t;
        }
        sum += log(fabs(a[c * n + c]));
        for (size_t r = c + 1; r < n; r++)
            for (size_t k = n; k-- > c;) a[r * n + k] -= a[r * n + c] / a[c * n + c] * a[c * n + k];
    }
    return sum;
}

/* The derivatives of the image by central differences, a column for each number. */
static size_t differences(int entry, const double *u, size_t n, double *jacobian) {
    size_t m = 0;
    for (size_t k = 0; k < n; k++) {
        double h = 1e-5, v[MOST];
        memcpy(v, u, n * sizeof *v);
        v[k] = u[k] + h;
        Value above = forward(entry, vector(n, v));
        v[k] = u[k] - h;
        Value below_ = forward(entry, vector(n, v));
        m = size_of(above);
        for (size_t i = 0; i < m; i++) jacobian[i * n + k] = (component(above, i) - component(below_, i)) / (2 * h);
    }
    return m;
}

START_TEST(volumes) {
    Source64 source = {362436069362436069u};
    for (int times = 0; times < 10; times++) {
        double u[MOST], jacobian[MOST * MOST], square[MOST * MOST] = {0}, expected;
        size_t n = entries[_i].n, at[MOST];
        fill(&source, u, n);
        size_t m = differences(_i, u, n, jacobian), c = coordinates(_i, m, at);
        Value given = slope(_i, vector(n, u));
        if (entries[_i].volume == EACH) {
            for (size_t k = 0; k < n; k++) {
                double mine = size_of(given) == 1 ? component(given, 0) : component(given, k);
                ck_assert_double_eq_tol(mine, log(fabs(jacobian[k * n + k])), 1e-8);
            }
            continue;
        }
        bool gram = entries[_i].volume == SURFACE;
        ck_assert(gram || c == n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                for (size_t r = 0; r < (gram ? m : 1); r++)
                    square[i * n + j] += gram ? jacobian[r * n + i] * jacobian[r * n + j] : jacobian[at[i] * n + j];
        expected = log_det(square, n) / (gram ? 2 : 1);
        ck_assert_ptr_eq(value_layout(S, given), S->scalar);
        ck_assert_msg(fabs(component(given, 0) - expected) <= 1e-7, "%s: %.17g, by differences %.17g", row_of(_i)->name, component(given, 0), expected);
    }
}
END_TEST

/* ---- Gradients ---- */

typedef enum Which { FORWARD, BACK_AGAIN, SLOPE } Which;

static Value weighted(int entry, Which which, Value u, const double *weights) {
    Value v = which == SLOPE ? slope(entry, u) : forward(entry, u);
    if (which == BACK_AGAIN) v = inverse(entry, v);
    Value w = layout_is_scalar(value_layout(S, v)) ? value_number(weights[0]) : value_array(array_new(S, value_layout(S, v)), 0);
    if (w.tag == VALUE_ARRAY) memcpy(w.as.array->data, weights, size_of(v) * sizeof *weights);
    return operation_sum(S, operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], v, w));
}

static void check_gradient(int entry, Which which, const double *u, size_t n, const double *weights) {
    tape_begin(S);
    Value leaf = tape_with_leaf(S, vector(n, u));
    Value root = weighted(entry, which, leaf, weights);
    double gradient[MOST] = {0}, direction[MOST] = {0};
    if (tape_has(S, root)) {
        tape_reverse(S, root);
        const double *adjoint = tape_adjoint(S, leaf.node);
        if (adjoint) memcpy(gradient, adjoint, n * sizeof *gradient);
        for (size_t k = 0; k < n; k++) {
            direction[k] = 1;
            ck_assert_double_eq_tol(tape_forward(S, leaf.node, direction, root), gradient[k], 1e-12 * (1 + fabs(gradient[k])));
            direction[k] = 0;
        }
    }
    tape_end(S);
    for (size_t k = 0; k < n; k++) {
        double h = 1e-5, v[MOST], y[2];
        memcpy(v, u, n * sizeof *v);
        for (int side = 0; side < 2; side++) {
            v[k] = u[k] + (side ? h : -h);
            y[side] = weighted(entry, which, vector(n, v), weights).as.number;
        }
        double numeric = (y[1] - y[0]) / (2 * h);
        ck_assert_msg(fabs(gradient[k] - numeric) <= 1e-7 * (1 + fabs(numeric)), "%s: number %zu: %.12g instead of %.12g", row_of(entry)->name, k,
                      gradient[k], numeric);
    }
}

START_TEST(gradients) {
    Source64 source = {521288629521288629u};
    for (int times = 0; times < 5; times++) {
        double u[MOST], weights[MOST * MOST];
        fill(&source, u, entries[_i].n);
        fill(&source, weights, MOST * MOST);
        check_gradient(_i, FORWARD, u, entries[_i].n, weights);
        check_gradient(_i, BACK_AGAIN, u, entries[_i].n, weights);
        check_gradient(_i, SLOPE, u, entries[_i].n, weights);
    }
}
END_TEST

/* By the constraint's own bounds, of maps that have some. */
START_TEST(gradients_of_bounds) {
    const ConstraintRow *row = row_of(_i);
    for (unsigned b = 0; b < row->n_bounds; b++)
        for (int which = FORWARD; which <= SLOPE; which++) {
            double y[2], h = 1e-5, u = 0.4, x = 3.1 - 3 * row->falls;
            Value result = value_number(0);
            for (int side = 0; side < 3; side++) {
                Value bounds[2] = {value_number(entries[_i].bounds[0]), value_number(entries[_i].bounds[1])};
                if (side == 2) {
                    tape_begin(S);
                    bounds[b] = value_dual(entries[_i].bounds[b], tape_leaf(S, S->scalar));
                } else {
                    bounds[b] = value_number(entries[_i].bounds[b] + (side ? h : -h));
                }
                result = which == FORWARD    ? constraint_to_value(S, row, bounds, value_number(u))
                         : which == BACK_AGAIN ? constraint_inverse(S, row, bounds, value_number(x))
                                               : constraint_log_slope(S, row, bounds, value_number(u), value_number(0));
                if (side < 2) y[side] = result.as.number;
                else if (tape_has(S, result)) tape_reverse(S, result);
                double numeric = (y[1] - y[0]) / (2 * h);
                if (side < 2) continue;
                const double *adjoint = tape_has(S, result) ? tape_adjoint(S, bounds[b].node) : NULL;
                ck_assert_double_eq_tol(adjoint ? *adjoint : 0, numeric, 1e-8 * (1 + fabs(numeric)));
                tape_end(S);
            }
        }
}
END_TEST

/* ---- Far out ---- */

START_TEST(extremes) {
    static const double far[] = {700, 40, 36.8, 20};
    for (size_t f = 0; f < sizeof far / sizeof *far; f++)
        for (unsigned signs = 0; signs < 1u << entries[_i].n; signs++) {
            double u[MOST], offender;
            size_t n = entries[_i].n;
            for (size_t k = 0; k < n; k++) u[k] = signs >> k & 1 ? -far[f] : far[f];
            tape_begin(S);
            Value leaf = tape_with_leaf(S, vector(n, u)), x = forward(_i, leaf), l = slope(_i, leaf);
            for (size_t k = 0; k < size_of(x); k++) ck_assert_msg(isfinite(component(x, k)), "%s: %g", row_of(_i)->name, component(x, k));
            for (size_t k = 0; k < size_of(l); k++) ck_assert(isfinite(component(l, k)));
            Value bounds[2];
            if (!entries[_i].rounds_out)
                ck_assert_msg(!constraint_is_broken(S, row_of(_i), bounds_of(_i, bounds), x, &offender), "%s, %g, %u: %s", row_of(_i)->name, far[f], signs,
                              constraint_complaint(S, row_of(_i), bounds, x));
            if (tape_has(S, x)) {
                tape_reverse(S, operation_sum(S, x));
                const double *adjoint = tape_adjoint(S, leaf.node);
                for (size_t k = 0; adjoint && k < n; k++) ck_assert_msg(!isnan(adjoint[k]), "%s: %g", row_of(_i)->name, u[k]);
            }
            tape_end(S);
        }
}
END_TEST

/* Numbers that no step of an optimizer takes: still no NaN. */
START_TEST(beyond) {
    static const double far[] = {1e308, 1e155, 1e100, 745};
    for (size_t f = 0; f < sizeof far / sizeof *far; f++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double u[MOST];
            for (size_t k = 0; k < entries[_i].n; k++) u[k] = sign * far[f];
            if (entries[_i].index == CONSTRAINT_ZERO_SUM && far[f] > 1e300) continue; /* their sum is infinite */
            if (row_of(_i)->rank == 2 && far[f] > 1e100) continue;                    /* squares of elements are */
            Value x = forward(_i, vector(entries[_i].n, u)), l = slope(_i, vector(entries[_i].n, u));
            for (size_t k = 0; k < size_of(x); k++) ck_assert_msg(!isnan(component(x, k)), "%s at %g", row_of(_i)->name, u[0]);
            for (size_t k = 0; k < size_of(l); k++) ck_assert(!isnan(component(l, k)));
        }
}
END_TEST

/* ---- Lanes and leading dimensions ---- */

/* In lanes, and as rows of a matrix, each vector has the image that it has alone, to the bit. */
START_TEST(repetition) {
    enum { LANES = 11 };
    Source64 source = {987654321987654321u};
    size_t n = entries[_i].n;
    double u[LANES][MOST];
    for (int i = 0; i < LANES; i++) fill(&source, u[i], n);
    Array *rows = array_new(S, layout_matrix(S, LANES, n));
    for (int i = 0; i < LANES; i++) memcpy(rows->data + i * n, u[i], n * sizeof(double));
    Value of_rows = forward(_i, value_array(rows, 0)), of_slopes = slope(_i, value_array(rows, 0)), back_rows = inverse(_i, of_rows);
    lanes_enter(S, "data", LANES, 0);
    Array *lanes = array_new(S, layout_with_event(S, S->lanes, 1, &n));
    for (size_t k = 0; k < n; k++)
        for (int i = 0; i < LANES; i++) lanes->data[k * lanes->layout->stride + (size_t)i] = u[i][k];
    Value of_lanes = forward(_i, value_array(lanes, 0)), lane_slopes = slope(_i, value_array(lanes, 0)), back = inverse(_i, of_lanes);
    for (int i = 0; i < LANES; i++) {
        Value alone = forward(_i, vector(n, u[i])), own = slope(_i, vector(n, u[i]));
        size_t m = size_of(alone), s = size_of(own);
        for (size_t k = 0; k < m; k++) {
            ck_assert(component(alone, k) == lanes_element(S, of_lanes, k, (size_t[]){(size_t)i}));
            ck_assert(component(alone, k) == component(of_rows, (size_t)i * m + k));
        }
        for (size_t k = 0; k < n; k++) {
            ck_assert_double_eq_tol(lanes_element(S, back, k, (size_t[]){(size_t)i}), u[i][k], 1e-12);
            ck_assert_double_eq_tol(component(back_rows, (size_t)i * n + k), u[i][k], 1e-12);
        }
        bool constant = size_of(lane_slopes) == 1 && !value_has_lanes(lane_slopes);
        for (size_t k = 0; k < s && !constant; k++) {
            ck_assert_double_eq_tol(component(own, k), lanes_element(S, lane_slopes, k, (size_t[]){(size_t)i}), 1e-14);
            ck_assert_double_eq_tol(component(own, k), component(of_slopes, (size_t)i * s + k), 1e-14);
        }
    }
    lanes_leave_all(S);
}
END_TEST

/* ---- References ---- */

typedef struct Reference {
    char name[32];
    double bounds[2], u[MOST], x[MOST * MOST], slope;
    size_t n, m;
} Reference;

static Reference references[REFERENCES];
static int n_references;

static size_t numbers(const char *text, double *out) {
    size_t n = 0;
    for (char *end; *text; text = end) {
        double x = strtod(text, &end);
        if (end == text) break;
        out[n++] = x;
    }
    return n;
}

static void read_references(void) {
    const char *source = getenv("srcdir");
    char path[1024], line[4096];
    snprintf(path, sizeof path, "%s/tests/data/constraints.txt", source ? source : ".");
    FILE *file = fopen(path, "r");
    if (!file) return;
    while (fgets(line, sizeof line, file) && n_references < REFERENCES) {
        if (*line == '#') continue;
        Reference *r = &references[n_references++];
        char *fields[5], *at = line;
        for (int k = 0; k < 5; k++) {
            fields[k] = at;
            at += strcspn(at, ";\n");
            if (*at) *at++ = 0;
        }
        snprintf(r->name, sizeof r->name, "%.*s", (int)strcspn(fields[0], " "), fields[0]);
        numbers(fields[1], r->bounds);
        r->n = numbers(fields[2], r->u);
        r->m = numbers(fields[3], r->x);
        r->slope = strtod(fields[4], NULL);
    }
    fclose(file);
}

START_TEST(reference) {
    const Reference *r = &references[_i];
    const ConstraintRow *row = constraint_find(r->name);
    ck_assert_msg(row, "%s", r->name);
    Value bounds[2] = {value_number(r->bounds[0]), value_number(r->bounds[1])}, free = vector(r->n, r->u);
    Value x = constraint_to_value(S, row, bounds, free), s = constraint_log_slope(S, row, bounds, free, x);
    ck_assert_uint_eq(size_of(x), r->m);
    double size = 0;
    for (size_t k = 0; k < r->m; k++) size = fmax(size, fabs(r->x[k]));
    for (size_t k = 0; k < r->m; k++) /* the parts of a simplex to their own last digits */
        ck_assert_msg(fabs(component(x, k) - r->x[k]) <= 64 * DBL_EPSILON * (row->low == 0 ? fabs(r->x[k]) : size), "%s: element %zu is %.17g, not %.17g",
                      r->name, k, component(x, k), r->x[k]);
    ck_assert_msg(fabs(component(s, 0) - r->slope) <= 32 * DBL_EPSILON * (1 + fabs(r->slope)), "%s: log volume %.17g, not %.17g", r->name, component(s, 0), r->slope);
}
END_TEST

START_TEST(every_map_has_references) {
    for (int e = 0; e < ENTRIES; e++) {
        int found = 0;
        for (int k = 0; k < n_references; k++) found += strcmp(references[k].name, row_of(e)->name) == 0;
        ck_assert_msg(found >= 3, "%s has %d lines", row_of(e)->name, found);
    }
}
END_TEST

/* ---- Transforms made of them ---- */

/* Layouts and ranks say what the maps do; a list's slope is the sum of those of its parts. */
START_TEST(as_transforms) {
    const ConstraintRow *row = row_of(_i);
    Value bounds[2];
    Value set = value_object(constraint_new(S, row, bounds_of(_i, bounds)));
    List *parts = list_new(S, 2);
    list_append(S, parts, set);
    list_append(S, parts, set);
    parts->count = 1; /* a list of one is the same map */
    const Transform *t = transform_of(S, "test", set), *list = transform_of(S, "test", value_object(parts));
    TransformRanks ranks = transform_ranks(t);
    ck_assert_uint_eq(ranks.in, row->rank ? 1 : 0);
    ck_assert_uint_eq(ranks.out, row->rank);
    double u[MOST];
    Source64 source = {123456789123456789u};
    fill(&source, u, entries[_i].n);
    Value free = vector(entries[_i].n, u), x = transform_forward(S, t, free);
    ck_assert_ptr_eq(transform_layout(S, t, value_layout(S, free)), value_layout(S, x));
    Transform back = *t;
    back.inverted = true;
    ck_assert_ptr_eq(transform_layout(S, &back, value_layout(S, x)), value_layout(S, free));
    ck_assert_uint_eq(transform_ranks(&back).in, ranks.out);
    Value a = transform_log_slope(S, t, free, x), b = transform_log_slope(S, list, free, x), c = transform_log_slope(S, &back, x, free);
    for (size_t k = 0; k < size_of(a); k++) {
        ck_assert(component(a, k) == component(b, k));
        ck_assert(component(a, k) == -component(c, k));
    }
}
END_TEST

int main(void) {
    read_references();
    Suite *suite = suite_create("transform");
    TCase *tests = tcase_create("transform");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_test(tests, every_row_is_here);
    tcase_add_test(tests, every_map_has_references);
    tcase_add_loop_test(tests, reference, 0, n_references);
    tcase_add_loop_test(tests, round_trip, 0, ENTRIES);
    tcase_add_loop_test(tests, volumes, 0, ENTRIES);
    tcase_add_loop_test(tests, gradients, 0, ENTRIES);
    tcase_add_loop_test(tests, gradients_of_bounds, 0, ENTRIES);
    tcase_add_loop_test(tests, extremes, 0, ENTRIES);
    tcase_add_loop_test(tests, beyond, 0, ENTRIES);
    tcase_add_loop_test(tests, repetition, 0, ENTRIES);
    tcase_add_loop_test(tests, as_transforms, 0, ENTRIES);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
