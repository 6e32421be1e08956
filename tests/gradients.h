/* Partial derivatives against finite differences, and the forward sweep against the reverse one: the check itself. */
#ifndef ELBO_TESTS_GRADIENTS_H
#define ELBO_TESTS_GRADIENTS_H

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

static inline Value square(Value v) {
    return operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], v, v);
}

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

static inline void check_all_lanes(const Case *c) {
    for (unsigned k = 0; k < sizeof lanes / sizeof *lanes; k++) check_case(c, lanes[k]);
}

#endif
