/* SPDX-License-Identifier: GPL-3.0-or-later
   The derivatives of the built-in mathematics: reductions, order, linear algebra. */
#include "tests/gradients.h"

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
    Suite *suite = suite_create("maths");
    TCase *tests = tcase_create("maths");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_loop_test(tests, built_ins, 0, sizeof natives / sizeof *natives);
    tcase_add_test(tests, solving);
    tcase_add_test(tests, holes);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
