/* SPDX-License-Identifier: GPL-3.0-or-later
   Linear algebra: against what defines each function, over lanes, and the errors. Derivatives are in check_maths. */
#include "parser/tree.h"
#include "tests/numeric.h"

static State *S;
static Source64 source;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
    source = (Source64){0x853c49e6748fea9bu};
}

static void close_state(void) {
    elbo_close(S);
}

static Value native1(const char *name, Value a) {
    return call_native(S, name, 1, a, value_unassigned(), value_unassigned());
}

static Value native2(const char *name, Value a, Value b) {
    return call_native(S, name, 2, a, b, value_unassigned());
}

static Value matrix(unsigned axes, size_t rows, size_t columns) {
    return test_value(S, &source, test_layout(S, axes, 2, (size_t[]){rows, columns}), -1, 1);
}

static Value definite(unsigned axes, size_t n) {
    Value m = matrix(axes, n, n), eye = native1("eye", value_number((double)n));
    return operation_binary(S, &elementwise_operators[OPERATOR_ADD], operation_matmul(S, m, native1("transpose", m)), eye);
}

/* Largest difference in all lanes and components. */
static double difference(Value a, Value b) {
    Value d = operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], a, b);
    double largest = 0;
    size_t at[TEST_AXES] = {0};
    const Layout *l = value_layout(S, d);
    do {
        for (size_t c = 0; c < l->components; c++) largest = fmax(largest, fabs(element(S, d, c, at)));
    } while (next_lane(l, at));
    return largest;
}

START_TEST(inverse_and_solve) {
    for (unsigned axes = 0; axes < 8; axes++)
        for (size_t n = 1; n <= 6; n++) {
            Value m = definite(axes, n), eye = native1("eye", value_number((double)n));
            ck_assert(difference(operation_matmul(S, native1("inverse", m), m), eye) < 1e-13);
            Value b = test_value(S, &source, test_layout(S, (unsigned)below(&source, 8), 1, &n), -1, 1);
            ck_assert(difference(operation_matmul(S, m, native2("solve", m, b)), b) < 1e-13);
            Value B = matrix((unsigned)below(&source, 8), n, 2);
            ck_assert(difference(operation_matmul(S, m, native2("solve", m, B)), B) < 1e-13);
        }
}
END_TEST

START_TEST(factors_and_determinants) {
    for (unsigned axes = 0; axes < 8; axes++)
        for (size_t n = 1; n <= 6; n++) {
            Value m = definite(axes, n), lower = native1("cholesky", m);
            ck_assert(difference(operation_matmul(S, lower, native1("transpose", lower)), m) < 1e-13);
            Value diagonal = native1("diag", lower), product = native1("prod", diagonal);
            Value det = native1("det", m);
            ck_assert(difference(det, operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], product)) < 1e-10);
            ck_assert(difference(native1("logdet", m), operation_unary(S, elementwise_find("log"), det)) < 1e-13);
        }
    double rows[] = {0, 1, 0, 1, 0, 0, 0, 0, -2};
    Array *m = array_new(S, layout_matrix(S, 3, 3));
    memcpy(m->data, rows, sizeof rows);
    ck_assert(native1("det", value_array(m, 0)).as.number == 2);
    memcpy(m->data, (double[]){1, 2, 3, 4, 5, 6, 7, 8, 9}, sizeof rows);
    ck_assert(fabs(native1("det", value_array(m, 0)).as.number) < 1e-14);
    /* Badly scaled is not singular. */
    memcpy(m->data, (double[]){1e-20, 0, 0, 0, 1, 0, 0, 0, 1e20}, sizeof rows);
    ck_assert_double_eq_tol(native1("det", value_array(m, 0)).as.number, 1, 1e-15);
}
END_TEST

/* A lane alone, and among others, has the same bits. */
START_TEST(lanes_are_alike) {
    static const char *const names[] = {"inverse", "cholesky", "det", "logdet"};
    Value wide = definite(5, 4), right = test_value(S, &source, test_layout(S, 5, 1, (size_t[]){4}), -1, 1);
    size_t at[TEST_AXES] = {2, 0, 3};
    Array *one = array_new(S, layout_matrix(S, 4, 4)), *side = array_new(S, layout_vector(S, 4));
    for (size_t c = 0; c < 16; c++) one->data[c] = element(S, wide, c, at);
    for (size_t c = 0; c < 4; c++) side->data[c] = element(S, right, c, at);
    for (unsigned k = 0; k < 4; k++) {
        Value all = native1(names[k], wide), alone = native1(names[k], value_array(one, 0));
        for (size_t c = 0; c < value_layout(S, alone)->components; c++)
            ck_assert(element(S, all, c, at) == element(S, alone, c, (size_t[]){0, 0, 0}));
    }
    Value all = native2("solve", wide, right), alone = native2("solve", value_array(one, 0), value_array(side, 0));
    Value all_product = operation_matmul(S, wide, right), product = operation_matmul(S, value_array(one, 0), value_array(side, 0));
    for (size_t c = 0; c < 4; c++) {
        ck_assert(element(S, all, c, at) == element(S, alone, c, at));
        ck_assert(element(S, all_product, c, at) == element(S, product, c, at));
    }
}
END_TEST

/* ---- errors ---- */

static Value left, right_side;
static const char *called;

static void call_it(void) {
    if (right_side.tag == VALUE_UNASSIGNED)
        native1(called, left);
    else
        native2(called, left, right_side);
}

static bool raises(const char *kind) {
    jmp_buf here;
    jmp_buf *before = S->protect;
    S->protect = &here;
    volatile bool raised = false;
    if (setjmp(here) == 0)
        call_it();
    else
        raised = strcmp(S->error.diagnostic.kind, kind) == 0;
    S->protect = before;
    return raised;
}

static Value of(size_t rows, size_t columns, const double *data) {
    Array *m = array_new(S, layout_matrix(S, rows, columns));
    memcpy(m->data, data, rows * columns * sizeof *data);
    return value_array(m, 0);
}

typedef struct Bad {
    const char *name, *kind;
    size_t rows, columns;
    double data[4];
    bool with_vector;
} Bad;

static const Bad bad[] = {
    {"inverse", "singular-matrix", 2, 2, {1, 2, 2, 4}, false},
    {"logdet", "singular-matrix", 2, 2, {0, 0, 0, 1}, false},
    {"solve", "singular-matrix", 2, 2, {1, 2, 2, 4}, true},
    {"inverse", "shape-mismatch", 1, 2, {1, 2}, false},
    {"det", "shape-mismatch", 2, 1, {1, 2}, false},
    {"solve", "shape-mismatch", 1, 1, {1}, true},
    {"cholesky", "not-positive-definite", 2, 2, {1, 2, 2, 1}, false},
    {"cholesky", "not-positive-definite", 2, 2, {1, 0, 0.5, 1}, false},
    {"cholesky", "not-positive-definite", 2, 2, {NAN, 0, 0, 1}, false},
    {"cholesky", "not-positive-definite", 1, 1, {-1}, false},
};

START_TEST(errors) {
    const Bad *b = &bad[_i];
    called = b->name;
    left = of(b->rows, b->columns, b->data);
    right_side = b->with_vector ? value_array(array_vector(S, 2, (double[]){1, 2}), 0) : value_unassigned();
    ck_assert_msg(raises(b->kind), "%s raised no '%s'", b->name, b->kind);
    left = value_number(1);
    ck_assert(raises("wrong-type"));
}
END_TEST

/* A bad matrix in a lane that is off is no error. */
START_TEST(masked_lanes) {
    Array *m = array_new(S, test_layout(S, 1, 2, (size_t[]){2, 2})), *mask = array_new(S, test_layout(S, 1, 0, NULL));
    for (size_t lane = 0; lane < 3; lane++) {
        double rows[] = {lane == 1 ? 1 : 3, 2, 2, 4};
        for (size_t c = 0; c < 4; c++) m->data[c * m->layout->stride + lane] = rows[c];
        mask->data[lane] = lane != 1;
    }
    mask->boolean = true;
    left = value_array(m, 0);
    right_side = value_unassigned();
    called = "inverse";
    ck_assert(raises("singular-matrix"));
    S->mask = mask;
    ck_assert(!raises("singular-matrix"));
    S->mask = NULL;
}
END_TEST

int main(void) {
    Suite *suite = suite_create("linear");
    TCase *tests = tcase_create("linear algebra");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_test(tests, inverse_and_solve);
    tcase_add_test(tests, factors_and_determinants);
    tcase_add_test(tests, lanes_are_alike);
    tcase_add_loop_test(tests, errors, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tests, masked_lanes);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
