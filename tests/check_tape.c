/* SPDX-License-Identifier: GPL-3.0-or-later
   The tape: its sweeps against each other, the zero rule, barriers, and that a step in the steady state allocates nothing. */
#include "runtime/gc.h"
#include "tests/numeric.h"

static State *S;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
}

static void close_state(void) {
    elbo_close(S);
}

static Value leaf(Value v) {
    v.node = tape_leaf(S, value_layout(S, v));
    return v;
}

static Value binary(Operator op, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[op], a, b);
}

static Value everything(Value v) {
    Axis *axes[TEST_AXES];
    for (unsigned k = 0; k < TEST_AXES; k++) axes[k] = test_axis(S, k);
    return operation_sum_lanes(S, operation_sum(S, v), TEST_AXES, axes);
}

START_TEST(numbers) {
    tape_begin(S);
    Value x = leaf(value_number(3)), y = leaf(value_number(5));
    Value z = binary(OPERATOR_ADD, binary(OPERATOR_MULTIPLY, x, y), binary(OPERATOR_DIVIDE, x, y));
    tape_reverse(S, z);
    ck_assert(tape_adjoint(S, x.node)[0] == 5 + 1 / 5.0);
    ck_assert_double_eq_tol(tape_adjoint(S, y.node)[0], 3 - 3 / 25.0, 1e-15);
    ck_assert_double_eq_tol(tape_forward(S, y.node, (double[]){2}, z), 2 * (3 - 3 / 25.0), 1e-15);
    tape_end(S);
    ck_assert(!tape_has(S, z));
}
END_TEST

START_TEST(ids_never_repeat) {
    tape_begin(S);
    Value old = leaf(value_number(1));
    ck_assert(tape_has(S, old) && old.node > 0);
    uint64_t first = old.node;
    tape_clear(S);
    ck_assert(!tape_has(S, old));
    Value young = leaf(value_number(1));
    ck_assert(young.node > first && tape_has(S, young));
    tape_end(S);
    tape_begin(S);
    ck_assert(tape_leaf(S, S->scalar) > young.node);
    ck_assert(!tape_has(S, young));
    tape_end(S);
}
END_TEST

/* A random program over random layouts: each value is made of two earlier ones. */
static Value random_program(Source64 *s, Value *leaves, unsigned n_leaves) {
    static const Operator operators[] = {OPERATOR_ADD, OPERATOR_SUBTRACT, OPERATOR_MULTIPLY, OPERATOR_DIVIDE};
    Value made[24];
    unsigned n = 0;
    for (; n < n_leaves; n++) made[n] = leaves[n];
    for (; n < 24; n++) {
        Value a = made[below(s, n)], b = made[n - 1 - below(s, 3)];
        switch (below(s, 6)) {
            case 0: made[n] = operation_sum(S, a); break;
            case 1: made[n] = operation_sum_lanes(S, a, 1, (Axis *[]){test_axis(S, (unsigned)below(s, TEST_AXES))}); break;
            default: made[n] = binary(operators[below(s, 4)], a, b);
        }
        made[n] = operation_unary(S, elementwise_find("sigmoid"), made[n]);
        made[n] = binary(OPERATOR_ADD, made[n], value_number(0.5)); /* keeps quotients tame */
    }
    return everything(operation_total(S, made + n_leaves, NULL, 24 - n_leaves));
}

START_TEST(forward_agrees_with_reverse) {
    Source64 s = {12345u + (uint64_t)_i * 7919u};
    size_t dim = 4;
    tape_begin(S);
    Value leaves[4];
    double direction[4][1024], inner = 0, outer = 0;
    for (unsigned k = 0; k < 4; k++)
        leaves[k] = leaf(test_value(S, &s, test_layout(S, (unsigned)below(&s, 8), below(&s, 2), &dim), 0.5, 1.5));
    /* sums over the event make numbers of vectors, so shapes always fit */
    for (unsigned k = 0; k < 4; k++)
        for (size_t i = 0; i < 1024; i++) direction[k][i] = uniform(&s, -1, 1);
    Value root = random_program(&s, leaves, 4);
    ck_assert_uint_eq(root.tag, VALUE_NUMBER);
    tape_reverse(S, root);
    for (unsigned k = 0; k < 4; k++) {
        const double *adjoint = tape_adjoint(S, leaves[k].node);
        const Layout *l = value_layout(S, leaves[k]);
        size_t n = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
        for (size_t row = 0; adjoint && row < (l == S->scalar ? 1 : l->size); row += l->row)
            for (size_t i = 0; i < n; i++) inner += adjoint[row + i] * direction[k][row + i];
    }
    for (unsigned k = 0; k < 4; k++) outer += tape_forward(S, leaves[k].node, direction[k], root);
    ck_assert_double_eq_tol(inner, outer, 1e-11 * (1 + fabs(outer)));
    ck_assert(outer != 0);
    tape_end(S);
}
END_TEST

/* where(on, f(x), 0) with an f that is bad where it is off: those lanes give exactly 0. */
START_TEST(dead_lanes_give_zero) {
    static const char *const bad[] = {"sqrt", "log", "lgamma", "digamma", "exp", "asin"};
    static const double off[] = {0, -1, 0, -2, 1e6, 2};
    Array *x = array_new(S, test_layout(S, 2, 0, NULL)), *mask = array_new(S, x->layout);
    mask->boolean = true;
    for (size_t i = 0; i < 8; i++) {
        mask->data[i] = i % 3 != 0;
        x->data[i] = mask->data[i] != 0 ? 0.25 : off[_i];
    }
    tape_begin(S);
    Value v = leaf(value_array(x, 0)), scale = leaf(value_number(2));
    Value y = binary(OPERATOR_MULTIPLY, operation_unary(S, elementwise_find(bad[_i]), binary(OPERATOR_MULTIPLY, v, value_number(1))), scale);
    Value z = everything(operation_select(S, value_array(mask, 0), y, value_number(0)));
    tape_reverse(S, z);
    const double *adjoint = tape_adjoint(S, v.node);
    ck_assert(isfinite(z.as.number) && isfinite(tape_adjoint(S, scale.node)[0]));
    for (size_t i = 0; i < 8; i++)
        ck_assert(mask->data[i] != 0 ? isfinite(adjoint[i]) && adjoint[i] != 0 : adjoint[i] == 0);
    double direction[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    ck_assert(isfinite(tape_forward(S, v.node, direction, z)));
    tape_end(S);
}
END_TEST

/* Runs and says whether an error of that kind was raised. */
static bool raises(void (*function)(void), const char *kind) {
    jmp_buf here;
    jmp_buf *before = S->protect;
    S->protect = &here;
    volatile bool raised = false;
    if (setjmp(here) == 0)
        function();
    else
        raised = strcmp(S->error.diagnostic.kind, kind) == 0;
    S->protect = before;
    return raised;
}

static void reverse_over_barrier(void) {
    Array *drawn = array_new(S, test_layout(S, 1, 0, NULL));
    Value v = value_array(drawn, tape_barrier(S, drawn->layout, "this draw has no gradient"));
    tape_reverse(S, everything(binary(OPERATOR_MULTIPLY, v, value_number(2))));
}

static void reverse_with_zero_weight(void) {
    Array *drawn = array_new(S, test_layout(S, 1, 0, NULL));
    Value v = value_array(drawn, tape_barrier(S, drawn->layout, "this draw has no gradient"));
    tape_reverse(S, everything(binary(OPERATOR_MULTIPLY, v, value_number(0))));
}

static void begin_again(void) {
    tape_begin(S);
}

START_TEST(barriers_and_nesting) {
    tape_begin(S);
    ck_assert(raises(reverse_over_barrier, "no-gradient"));
    ck_assert_str_eq(S->error.diagnostic.message, "this draw has no gradient");
    ck_assert(!raises(reverse_with_zero_weight, "no-gradient"));
    ck_assert(raises(begin_again, "nested-grad"));
    tape_end(S);
}
END_TEST

START_TEST(steady_state_asks_for_nothing) {
    if (!S->memory.pooling) return; /* a build for the sanitizers asks each time */
    Source64 s = {99};
    size_t dim = 4;
    Value inputs[4];
    for (unsigned k = 0; k < 4; k++) {
        inputs[k] = test_value(S, &s, test_layout(S, k, k % 2, &dim), 0.5, 1.5);
        stack_push(S, inputs[k]);
    }
    uint64_t requests = 0;
    tape_begin(S);
    for (int step = 0; step < 400; step++) {
        Value leaves[4];
        Source64 same = {4711};
        tape_clear(S);
        for (unsigned k = 0; k < 4; k++) leaves[k] = leaf(inputs[k]);
        tape_reverse(S, random_program(&same, leaves, 4));
        if (step % 50 == 49) gc_collect(S);
        if (step == 200) requests = elbo_memory_requests(S);
    }
    ck_assert_uint_eq(elbo_memory_requests(S), requests);
    tape_end(S);
    stack_pop(S, 4);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tape");
    TCase *tests = tcase_create("tape");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_test(tests, numbers);
    tcase_add_test(tests, ids_never_repeat);
    tcase_add_loop_test(tests, forward_agrees_with_reverse, 0, 100);
    tcase_add_loop_test(tests, dead_lanes_give_zero, 0, 6);
    tcase_add_test(tests, barriers_and_nesting);
    tcase_add_test(tests, steady_state_asks_for_nothing);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
