/* SPDX-License-Identifier: GPL-3.0-or-later
   Every partial derivative of every operation against finite differences, with lanes and without, and the forward sweep
   against the reverse one. An elementwise function is tested by being in its table. */
#include "parser/tree.h"
#include "tests/numeric.h"

static State *S;
static Source64 source;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
    source = (Source64){0x2545f4914f6cdd1du};
}

static void close_state(void) {
    elbo_close(S);
}

enum { INPUTS = 3 };

typedef struct Case Case;
typedef Value Tested(const Case *c, const Value in[]);

struct Case {
    const char *name;
    Tested *function;
    unsigned n;
    double low, high;      /* where the inputs lie */
    uint32_t rank[INPUTS];
    size_t dims[INPUTS][2];
    const Elementwise *row;
    unsigned arguments;    /* of a built-in: how many it is called with, 0: n */
};

/* ---- the check ---- */

static Value everything(Value v) {
    Axis *axes[TEST_AXES];
    for (unsigned k = 0; k < TEST_AXES; k++) axes[k] = test_axis(S, k);
    return operation_sum_lanes(S, operation_sum(S, v), TEST_AXES, axes);
}

/* A number of a result of any shape: its elements times weights of their own. */
static Value objective(const Case *c, const Value in[]) {
    Value v = c->function(c, in);
    Source64 weights = {0x1234567u};
    Value w = test_value(S, &weights, value_layout(S, v), 0.5, 1.5);
    return everything(operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], v, w));
}

/* The value with the number at one place of its memory moved by h. */
static Value moved(Value v, size_t place, double h) {
    if (v.tag == VALUE_NUMBER) return value_number(v.as.number + h);
    Array *copy = array_new(S, v.as.array->layout);
    memcpy(copy->data, v.as.array->data, copy->layout->size * sizeof(double));
    copy->data[place] += h;
    return value_array(copy, 0);
}

/* By differences of fourth order. */
static double slope(const Case *c, const Value in[], unsigned k, size_t place, double h) {
    static const double steps[] = {-2, -1, 1, 2}, weights[] = {1, -8, 8, -1};
    double sum = 0;
    for (int j = 0; j < 4; j++) {
        Value at[INPUTS];
        memcpy(at, in, sizeof at);
        at[k] = moved(in[k], place, steps[j] * h);
        sum += weights[j] * objective(c, at).as.number;
    }
    return sum / (12 * h);
}

static bool is_real(const Layout *l, size_t place) {
    if (l->n_axes == 0) return place < l->components;
    return place % l->row < l->axes[l->n_axes - 1]->size;
}

static size_t places(const Layout *l) {
    return l == S->scalar ? 1 : l->size;
}

static void check_case(const Case *c, const unsigned axes[]) {
    Value in[INPUTS], leaves[INPUTS];
    tape_begin(S);
    for (unsigned k = 0; k < c->n; k++) {
        leaves[k] = in[k] = test_value(S, &source, test_layout(S, axes[k], c->rank[k], c->dims[k]), c->low, c->high);
        leaves[k].node = tape_leaf(S, value_layout(S, in[k]));
    }
    Value root = objective(c, leaves);
    ck_assert_msg(tape_has(S, root), "%s is not on the tape", c->name);
    tape_reverse(S, root);
    double *adjoints[INPUTS], along = 0, forward = 0;
    for (unsigned k = 0; k < c->n; k++) {
        size_t n = places(value_layout(S, in[k]));
        const double *adjoint = tape_adjoint(S, leaves[k].node);
        adjoints[k] = array_zero(S, layout_vector(S, n))->data;
        if (adjoint) memcpy(adjoints[k], adjoint, n * sizeof(double));
    }
    for (unsigned k = 0; k < c->n; k++) {
        const Layout *l = value_layout(S, in[k]);
        double *direction = array_zero(S, l)->data;
        for (size_t i = 0; i < places(l); i++) {
            direction[i] = uniform(&source, -1, 1);
            if (is_real(l, i)) along += direction[i] * adjoints[k][i];
        }
        forward += tape_forward(S, leaves[k].node, direction, root);
    }
    tape_end(S);
    ck_assert_msg(fabs(along - forward) <= 1e-10 * (1 + fabs(along)), "%s: forward %.15g, reverse %.15g", c->name, forward, along);
    size_t checked = 0, kinks = 0;
    for (unsigned k = 0; k < c->n; k++) {
        const Layout *l = value_layout(S, in[k]);
        for (size_t i = 0; i < places(l); i++) {
            if (!is_real(l, i)) continue;
            double wanted = slope(c, in, k, i, 1e-3), got = adjoints[k][i];
            double tolerance = 2e-8 * (1 + fabs(wanted)) + 1e-11 * fabs(root.as.number);
            checked++;
            if (fabs(wanted - got) <= tolerance) continue;
            /* A maximum, or a median, may change hands within the step: then a smaller step gives something else. */
            double closer = slope(c, in, k, i, 1e-5);
            ck_assert_msg(fabs(closer - wanted) > tolerance && fabs(closer - got) < 1e-4 * (1 + fabs(got)),
                          "%s, input %u (axes %u), place %zu: %.15g instead of %.15g", c->name, k, axes[k], i, got, wanted);
            kinks++;
        }
    }
    ck_assert_msg(kinks * 10 <= checked + 20, "%s: %zu kinks in %zu places", c->name, kinks, checked);
}

/* Lanes of the inputs: none, the same, different, nested. */
static const unsigned lanes[][INPUTS] = {{0, 0, 0}, {1, 0, 0}, {0, 2, 1}, {2, 2, 2}, {1, 2, 0}, {5, 1, 4}, {1, 5, 2}};

static void check_all_lanes(const Case *c) {
    for (unsigned k = 0; k < sizeof lanes / sizeof *lanes; k++) check_case(c, lanes[k]);
}

/* ---- elementwise functions ---- */

static Value apply_row(const Case *c, const Value in[]) {
    return operation_elementwise(S, c->row, in);
}

/* Where a function is smooth, if not between 0.2 and 0.8. */
static const struct {
    const char *name;
    double low, high;
} domains[] = {{"lgamma", 0.3, 5}, {"digamma", 0.3, 5}, {"trigamma", 0.6, 5}, {"tan", -0.7, 0.7}, {"sin", -3, 3}, {"cos", -3, 3},
               {"exp", -2, 2},     {"tanh", -2, 2},     {"erf", -2, 2},       {"erfc", -2, 2},    {"sigmoid", -3, 3},
               {"softplus", -3, 3}, {"normal_cdf", -3, 3}, {"atan", -3, 3},   {"sinh", -2, 2},    {"cosh", -2, 2},
               {"log", 0.3, 4},    {"sqrt", 0.3, 4}};

static void check_table(const Elementwise *row) {
    for (; row->name; row++) {
        if (!row->dual || row == &elementwise_operators[OPERATOR_REMAINDER]) continue;
        Case c = {.name = row->name, .function = apply_row, .n = row->arity, .low = 0.2, .high = 0.8, .row = row};
        for (unsigned d = 0; d < sizeof domains / sizeof *domains; d++)
            if (strcmp(domains[d].name, row->name) == 0) {
                c.low = domains[d].low;
                c.high = domains[d].high;
            }
        check_all_lanes(&c);
        if (row->arity == 1) {
            c.rank[0] = 1;
            c.dims[0][0] = 3;
            check_all_lanes(&c);
        }
        /* a vector meets a number */
        if (row->arity == 2) {
            c.rank[1] = 1;
            c.dims[1][0] = 3;
            check_all_lanes(&c);
        }
    }
}

START_TEST(elementwise_rows) {
    check_table(elementwise_operators);
    check_table(elementwise_functions);
    check_table(elementwise_internal);
    for (const Elementwise *const *table = elementwise_tables; *table; table++)
        if (*table != elementwise_functions) check_table(*table);
}
END_TEST

static Value remainder_of(const Case *c, const Value in[]) {
    (void)c;
    Value large = operation_binary(S, &elementwise_operators[OPERATOR_ADD], in[0], value_number(7));
    return operation_binary(S, &elementwise_operators[OPERATOR_REMAINDER], large, in[1]);
}

static Value squared(const Case *c, const Value in[]) {
    (void)c;
    return operation_binary(S, &elementwise_operators[OPERATOR_POWER], in[0], value_number(2));
}

static Value with_constants(const Case *c, const Value in[]) {
    (void)c;
    const Elementwise *op = elementwise_operators;
    Source64 fixed = {77};
    Value k = test_value(S, &fixed, test_layout(S, 2, 0, NULL), 1, 2), x = in[0];
    x = operation_binary(S, &op[OPERATOR_MULTIPLY], x, value_number(3));
    x = operation_binary(S, &op[OPERATOR_MULTIPLY], k, x);
    x = operation_binary(S, &op[OPERATOR_DIVIDE], x, value_number(0.7));
    x = operation_binary(S, &op[OPERATOR_SUBTRACT], value_number(2), x);
    x = operation_binary(S, &op[OPERATOR_DIVIDE], x, k);
    return operation_binary(S, &op[OPERATOR_MULTIPLY], x, x);
}

/* ---- moving numbers ---- */

static Value square(Value v) {
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], v, v);
}

static Value sum_event(const Case *c, const Value in[]) {
    (void)c;
    return square(operation_sum(S, in[0]));
}

static Value sum_an_axis(const Case *c, const Value in[]) {
    (void)c;
    Axis *axes[] = {test_axis(S, 0), test_axis(S, 2)};
    return square(operation_sum_lanes(S, square(operation_sum_lanes(S, in[0], 1, axes)), 2, axes));
}

static Value total(const Case *c, const Value in[]) {
    (void)c;
    return square(operation_total(S, in, (const double[]){1, -1, 1}, 3));
}

static Value choose(const Case *c, const Value in[]) {
    (void)c;
    Source64 fixed = {5};
    Value m = operation_binary(S, &elementwise_operators[OPERATOR_LESS],
                               test_value(S, &fixed, test_layout(S, 2, 0, NULL), -1, 1), value_number(0));
    return square(operation_select(S, m, in[0], in[1]));
}

static Value cross(const Case *c, const Value in[]) {
    (void)c;
    Axis *axis = test_axis(S, 2);
    Value out = square(operation_cross_out(S, in[0], axis, axis->size, 1));
    return square(operation_cross_in(S, out, axis, axis->size, 1));
}

static Value cross_as_vector(const Case *c, const Value in[]) {
    (void)c;
    Axis *axis = test_axis(S, 0);
    return square(operation_cross_in(S, square(operation_cross_out(S, in[0], axis, axis->size, 0)), axis, axis->size, 0));
}

static Value stack(const Case *c, const Value in[]) {
    (void)c;
    return square(operation_stack(S, in, 3));
}

static Value concat(const Case *c, const Value in[]) {
    (void)c;
    return square(operation_concat(S, in, 3));
}

static Value reshape(const Case *c, const Value in[]) {
    (void)c;
    return square(operation_reshape(S, in[0], 2, (size_t[]){3, 2}));
}

/* Positions over the given axes. */
static Value positions(unsigned axes, uint32_t rank, size_t n) {
    Source64 fixed = {31};
    size_t two = 2;
    Value v = test_value(S, &fixed, test_layout(S, axes, rank, &two), 0, (double)n);
    if (v.tag == VALUE_NUMBER) return value_number(floor(v.as.number));
    for (size_t i = 0; i < v.as.array->layout->size; i++) v.as.array->data[i] = floor(v.as.array->data[i]);
    return v;
}

static Value index_number(const Case *c, const Value in[]) {
    (void)c;
    Subscript s[] = {{.kind = SUBSCRIPT_INDEX, .index = value_number(1)}, {.kind = SUBSCRIPT_INDEX, .index = value_number(2)}};
    Value last = operation_index(S, in[0], &(Subscript){.kind = SUBSCRIPT_INDEX, .index = value_number(1), .from_end = true}, 1);
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], last, operation_index(S, in[0], s, 2));
}

static Value index_slice(const Case *c, const Value in[]) {
    (void)c;
    Subscript s[] = {{.kind = SUBSCRIPT_SLICE, .low = 1, .high = 3}, {.kind = SUBSCRIPT_SLICE, .low = 0, .high = 2}};
    return square(operation_index(S, in[0], s, 2));
}

static Value index_gather(const Case *c, const Value in[]) {
    (void)c;
    Subscript s[] = {{.kind = SUBSCRIPT_INDEX, .index = positions(2, 0, 3)}, {.kind = SUBSCRIPT_INDEX, .index = positions(1, 1, 3)}};
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], operation_index(S, in[0], s, 2),
                            operation_sum(S, operation_index(S, in[0], s, 1)));
}

static Value index_plate(const Case *c, const Value in[]) {
    (void)c;
    Axis *axis = test_axis(S, 0);
    Array *index = array_new(S, test_layout(S, 1, 0, NULL));
    for (size_t i = 0; i < axis->size; i++) index->data[i] = (double)i;
    array_cache(S, index)->identity = axis;
    Subscript s[] = {{.kind = SUBSCRIPT_INDEX, .index = value_array(index, 0)}, {.kind = SUBSCRIPT_INDEX, .index = positions(4, 0, 3)}};
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], operation_sum(S, square(operation_index(S, in[0], s, 1))),
                            operation_index(S, in[0], s, 2));
}

static Value replace_number(const Case *c, const Value in[]) {
    (void)c;
    Subscript s[] = {{.kind = SUBSCRIPT_INDEX, .index = value_number(1)}, {.kind = SUBSCRIPT_INDEX, .index = value_number(2)}};
    return square(operation_replace(S, in[0], s, 2, in[1]));
}

static Value replace_lanes(const Case *c, const Value in[]) {
    (void)c;
    Subscript s[] = {{.kind = SUBSCRIPT_INDEX, .index = positions(2, 0, 3)}, {.kind = SUBSCRIPT_INDEX, .index = value_number(0)}};
    return square(operation_replace(S, in[0], s, 2, in[1]));
}

static Value replace_masked(const Case *c, const Value in[]) {
    (void)c;
    Source64 fixed = {51};
    Value m = operation_binary(S, &elementwise_operators[OPERATOR_LESS],
                               test_value(S, &fixed, test_layout(S, 2, 0, NULL), -1, 1), value_number(0));
    Subscript s[] = {{.kind = SUBSCRIPT_INDEX, .index = positions(1, 0, 3)}, {.kind = SUBSCRIPT_INDEX, .index = value_number(1)}};
    S->mask = m.as.array;
    Value v = operation_replace(S, in[0], s, 2, in[1]);
    S->mask = NULL;
    return square(v);
}

static Value extend(const Case *c, const Value in[]) {
    (void)c;
    Subscript s = {.kind = SUBSCRIPT_INDEX, .index = value_number(4)};
    return square(operation_replace(S, in[0], &s, 1, in[1]));
}

static Value matmul(const Case *c, const Value in[]) {
    (void)c;
    return square(operation_matmul(S, in[0], in[1]));
}

static const Case moves[] = {
    {.name = "%", .function = remainder_of, .n = 2, .low = 0.94, .high = 0.96},
    {.name = "square", .function = squared, .n = 1, .low = -2, .high = 2},
    {.name = "constants", .function = with_constants, .n = 1, .low = -2, .high = 2},
    {.name = "constants, vector", .function = with_constants, .n = 1, .low = -2, .high = 2, .rank = {1}, .dims = {{3}}},
    {.name = "sum", .function = sum_event, .n = 1, .low = -2, .high = 2, .rank = {1}, .dims = {{11}}},
    {.name = "sum of a matrix", .function = sum_event, .n = 1, .low = -2, .high = 2, .rank = {2}, .dims = {{3, 4}}},
    {.name = "sum over lanes", .function = sum_an_axis, .n = 1, .low = -2, .high = 2},
    {.name = "sum over lanes, vector", .function = sum_an_axis, .n = 1, .low = -2, .high = 2, .rank = {1}, .dims = {{3}}},
    {.name = "total", .function = total, .n = 3, .low = -2, .high = 2},
    {.name = "select", .function = choose, .n = 2, .low = -2, .high = 2},
    {.name = "select, vector", .function = choose, .n = 2, .low = -2, .high = 2, .rank = {1, 0}, .dims = {{3}}},
    {.name = "cross", .function = cross, .n = 1, .low = -2, .high = 2, .rank = {1}, .dims = {{3}}},
    {.name = "cross as vector", .function = cross_as_vector, .n = 1, .low = -2, .high = 2},
    {.name = "stack", .function = stack, .n = 3, .low = -2, .high = 2},
    {.name = "stack of vectors", .function = stack, .n = 3, .low = -2, .high = 2, .rank = {1, 1, 1}, .dims = {{2}, {2}, {2}}},
    {.name = "concat", .function = concat, .n = 3, .low = -2, .high = 2, .rank = {1, 0, 1}, .dims = {{2}, {0}, {3}}},
    {.name = "reshape", .function = reshape, .n = 1, .low = -2, .high = 2, .rank = {1}, .dims = {{6}}},
    {.name = "x[1, 2]", .function = index_number, .n = 1, .low = -2, .high = 2, .rank = {2}, .dims = {{3, 3}}},
    {.name = "x[1..3, 0..2]", .function = index_slice, .n = 1, .low = -2, .high = 2, .rank = {2}, .dims = {{3, 3}}},
    {.name = "x[g[i]]", .function = index_gather, .n = 1, .low = -2, .high = 2, .rank = {2}, .dims = {{3, 3}}},
    {.name = "x[i]", .function = index_plate, .n = 1, .low = -2, .high = 2, .rank = {2}, .dims = {{3, 3}}},
    {.name = "x[1, 2] = y", .function = replace_number, .n = 2, .low = -2, .high = 2, .rank = {2, 0}, .dims = {{3, 3}}},
    {.name = "x[g, 0] = y", .function = replace_lanes, .n = 2, .low = -2, .high = 2, .rank = {2, 0}, .dims = {{3, 3}}},
    {.name = "x[g, 1] = y, masked", .function = replace_masked, .n = 2, .low = -2, .high = 2, .rank = {2, 0}, .dims = {{3, 3}}},
    {.name = "x[4] = y", .function = extend, .n = 2, .low = -2, .high = 2, .rank = {1, 0}, .dims = {{4}}},
    {.name = "vector @ vector", .function = matmul, .n = 2, .low = -2, .high = 2, .rank = {1, 1}, .dims = {{5}, {5}}},
    {.name = "matrix @ vector", .function = matmul, .n = 2, .low = -2, .high = 2, .rank = {2, 1}, .dims = {{2, 3}, {3}}},
    {.name = "vector @ matrix", .function = matmul, .n = 2, .low = -2, .high = 2, .rank = {1, 2}, .dims = {{3}, {3, 2}}},
    {.name = "matrix @ matrix", .function = matmul, .n = 2, .low = -2, .high = 2, .rank = {2, 2}, .dims = {{2, 3}, {3, 2}}},
};

START_TEST(operations) {
    check_all_lanes(&moves[_i]);
}
END_TEST

/* ---- built-ins ---- */

/* Squared, so that the derivative depends on the value that was put beside the node. */
static Value native(const Case *c, const Value in[]) {
    Value a[4] = {in[0], c->n > 1 ? in[1] : value_unassigned(), c->n > 2 ? in[2] : value_unassigned(), value_unassigned()};
    return square(native_row(c->name)->function(S, a, c->arguments ? c->arguments : c->n));
}

static Value along_rows(const Case *c, const Value in[]) {
    return square(call_native(S, c->name, 2, in[0], value_number(0), value_unassigned()));
}

static Value along_columns(const Case *c, const Value in[]) {
    return square(call_native(S, c->name, 2, in[0], value_number(1), value_unassigned()));
}

static Value quantiles(const Case *c, const Value in[]) {
    (void)c;
    Array *p = array_vector(S, 4, (const double[]){0, 0.3, 0.77, 1});
    return square(call_native(S, "quantile", 2, in[0], value_array(p, 0), value_unassigned()));
}

static Value symmetric(Value m) {
    return operation_matmul(S, m, call_native(S, "transpose", 1, m, value_unassigned(), value_unassigned()));
}

/* Of m m' + 1, which is positive definite. */
static Value of_definite(const Case *c, const Value in[]) {
    Value eye = call_native(S, "eye", 1, value_number(3), value_unassigned(), value_unassigned());
    Value m = operation_binary(S, &elementwise_operators[OPERATOR_ADD], symmetric(in[0]), eye);
    return square(call_native(S, c->name, 1, m, value_unassigned(), value_unassigned()));
}

#define VECTOR(n) .rank = {1}, .dims = {{n}}
#define MATRIX(n, m) .rank = {2}, .dims = {{n, m}}

static const Case natives[] = {
    {.name = "sum", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(5)},
    {.name = "sum", .function = along_rows, .n = 1, .low = -2, .high = 2, MATRIX(3, 2)},
    {.name = "sum", .function = along_columns, .n = 1, .low = -2, .high = 2, MATRIX(3, 2)},
    {.name = "mean", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(5)},
    {.name = "mean", .function = along_rows, .n = 1, .low = -2, .high = 2, MATRIX(3, 2)},
    {.name = "var", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(5)},
    {.name = "var", .function = along_columns, .n = 1, .low = -2, .high = 2, MATRIX(2, 3)},
    {.name = "stddev", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(5)},
    {.name = "prod", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(4)},
    {.name = "prod", .function = along_columns, .n = 1, .low = -2, .high = 2, MATRIX(2, 3)},
    {.name = "cumsum", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(4)},
    {.name = "cumprod", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(4)},
    {.name = "diff", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(4)},
    {.name = "log_sum_exp", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(4)},
    {.name = "log_sum_exp", .function = along_rows, .n = 1, .low = -2, .high = 2, MATRIX(3, 2)},
    {.name = "softmax", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(4)},
    {.name = "log_softmax", .function = native, .n = 1, .low = -2, .high = 2, MATRIX(2, 3)},
    {.name = "dot", .function = native, .n = 2, .low = -2, .high = 2, .rank = {1, 1}, .dims = {{4}, {4}}},
    {.name = "norm", .function = native, .n = 1, .low = 0.5, .high = 2, VECTOR(4)},
    {.name = "norm", .function = along_rows, .n = 1, .low = 0.5, .high = 2, MATRIX(3, 2)},
    {.name = "min", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(4)},
    {.name = "max", .function = native, .n = 1, .low = -2, .high = 2, MATRIX(2, 3)},
    {.name = "max", .function = native, .n = 3, .low = -2, .high = 2},
    {.name = "min", .function = native, .n = 2, .low = -2, .high = 2, .rank = {1, 0}, .dims = {{3}}},
    {.name = "clip", .function = native, .n = 3, .low = -2, .high = 2},
    {.name = "cummax", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(5)},
    {.name = "cummin", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(5)},
    {.name = "sort", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(5)},
    {.name = "reverse", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(5)},
    {.name = "median", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(4)},
    {.name = "median", .function = along_rows, .n = 1, .low = -2, .high = 2, MATRIX(3, 2)},
    {.name = "quantile", .function = quantiles, .n = 1, .low = -2, .high = 2, VECTOR(6)},
    {.name = "outer", .function = native, .n = 2, .low = -2, .high = 2, .rank = {1, 1}, .dims = {{2}, {3}}},
    {.name = "transpose", .function = native, .n = 1, .low = -2, .high = 2, MATRIX(2, 3)},
    {.name = "diag", .function = native, .n = 1, .low = -2, .high = 2, VECTOR(3)},
    {.name = "diag", .function = native, .n = 1, .low = -2, .high = 2, MATRIX(2, 3)},
    {.name = "inverse", .function = of_definite, .n = 1, .low = -1, .high = 1, MATRIX(3, 3)},
    {.name = "det", .function = of_definite, .n = 1, .low = -1, .high = 1, MATRIX(3, 3)},
    {.name = "logdet", .function = of_definite, .n = 1, .low = -1, .high = 1, MATRIX(3, 3)},
    {.name = "cholesky", .function = of_definite, .n = 1, .low = -1, .high = 1, MATRIX(3, 3)},
    {.name = "det", .function = native, .n = 1, .low = -1, .high = 1, MATRIX(3, 3)},
};

START_TEST(built_ins) {
    check_all_lanes(&natives[_i]);
}
END_TEST

static Value solve(const Case *c, const Value in[]) {
    (void)c;
    Value eye = call_native(S, "eye", 1, value_number(3), value_unassigned(), value_unassigned());
    Value m = operation_binary(S, &elementwise_operators[OPERATOR_ADD], in[0],
                               operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], eye, value_number(4)));
    return square(call_native(S, "solve", 2, m, in[1], value_unassigned()));
}

START_TEST(solving) {
    Case c = {.name = "solve", .function = solve, .n = 2, .low = -1, .high = 1, .rank = {2, 1}, .dims = {{3, 3}, {3}}};
    check_all_lanes(&c);
    c.rank[1] = 2;
    c.dims[1][1] = 2;
    check_all_lanes(&c);
}
END_TEST

/* Where formulas have holes: products with zeros, the determinant of a singular matrix, the norm at 0. */
static void gradient_at(const char *name, const Layout *layout, const double *at, const double *wanted) {
    Array *x = array_new(S, layout);
    memcpy(x->data, at, layout->components * sizeof(double));
    tape_begin(S);
    Value v = value_array(x, tape_leaf(S, layout));
    tape_reverse(S, call_native(S, name, 1, v, value_unassigned(), value_unassigned()));
    const double *adjoint = tape_adjoint(S, v.node);
    for (size_t i = 0; i < layout->components; i++)
        ck_assert_msg(fabs((adjoint ? adjoint[i] : 0) - wanted[i]) < 1e-14, "%s, element %zu: %g instead of %g", name, i,
                      adjoint ? adjoint[i] : 0, wanted[i]);
    tape_end(S);
}

START_TEST(holes) {
    gradient_at("prod", layout_vector(S, 4), (const double[]){2, 0, 3, 5}, (const double[]){0, 30, 0, 0});
    gradient_at("prod", layout_vector(S, 3), (const double[]){0, 4, 0}, (const double[]){0, 0, 0});
    gradient_at("norm", layout_vector(S, 3), (const double[]){0, 0, 0}, (const double[]){0, 0, 0});
    gradient_at("det", layout_matrix(S, 2, 2), (const double[]){1, 2, 2, 4}, (const double[]){4, -2, -2, 1});
    gradient_at("det", layout_matrix(S, 3, 3), (const double[]){1, 2, 3, 4, 5, 6, 7, 8, 9},
                (const double[]){-3, 6, -3, 6, -12, 6, -3, 6, -3});
    gradient_at("log_sum_exp", layout_vector(S, 2), (const double[]){-INFINITY, 1}, (const double[]){0, 1});
    gradient_at("log_sum_exp", layout_vector(S, 2), (const double[]){-INFINITY, -INFINITY}, (const double[]){0, 0});
    gradient_at("max", layout_vector(S, 3), (const double[]){1, 2, 2}, (const double[]){0, 1, 0});
}
END_TEST

int main(void) {
    Suite *suite = suite_create("gradients");
    TCase *tests = tcase_create("gradients");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, elementwise_rows);
    tcase_add_loop_test(tests, operations, 0, sizeof moves / sizeof *moves);
    tcase_add_loop_test(tests, built_ins, 0, sizeof natives / sizeof *natives);
    tcase_add_test(tests, solving);
    tcase_add_test(tests, holes);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
