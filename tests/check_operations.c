/* SPDX-License-Identifier: GPL-3.0-or-later
   Operations against a naive look at each element, over random layouts of up to three axes. */
#include "parser/tree.h"
#include "tests/numeric.h"

static State *S;
static Source64 source;

static void open_state(void) {
    S = elbo_open(NULL);
    ck_assert_ptr_nonnull(S);
    source = (Source64){0x9e3779b97f4a7c15u};
}

static void close_state(void) {
    elbo_close(S);
}

enum { ROUNDS = 300 };

static const size_t event_dims[2] = {3, 2};

static Value random_value(unsigned axes, uint32_t rank) {
    return test_value(S, &source, test_layout(S, axes, rank, event_dims), -2, 2);
}

/* Calls check(at) for all lanes of v. */
#define FOR_LANES(v, at)                                                                                                \
    size_t at[TEST_AXES] = {0};                                                                                         \
    const Layout *lanes_of_ = value_layout(S, v);                                                                       \
    for (bool more_ = true; more_; more_ = next_lane(lanes_of_, at))

static void assert_same(double a, double b) {
    ck_assert_msg(a == b || (isnan(a) && isnan(b)), "%.17g is not %.17g", a, b);
}

static void assert_near(double a, double b) {
    ck_assert_msg(fabs(a - b) <= 1e-12 * (1 + fabs(b)), "%.17g is not %.17g", a, b);
}

START_TEST(elementwise_broadcasts) {
    static const Operator operators[] = {OPERATOR_ADD, OPERATOR_SUBTRACT, OPERATOR_MULTIPLY, OPERATOR_DIVIDE, OPERATOR_LESS};
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t rank = (uint32_t)below(&source, 3);
        Value a = random_value((unsigned)below(&source, 8), below(&source, 3) ? rank : 0);
        Value b = random_value((unsigned)below(&source, 8), below(&source, 3) ? rank : 0);
        Operator op = operators[below(&source, 5)];
        const Elementwise *row = &elementwise_operators[op];
        Value v = operation_binary(S, row, a, b);
        const Layout *l = value_layout(S, v);
        FOR_LANES(v, at)
            for (size_t c = 0; c < l->components; c++)
                assert_same(element(S, v, c, at), row->scalar(element(S, a, c, at), element(S, b, c, at)));
    }
}
END_TEST

START_TEST(selects) {
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t rank = (uint32_t)below(&source, 2);
        Value a = random_value((unsigned)below(&source, 8), rank), b = random_value((unsigned)below(&source, 8), rank);
        Value m = operation_binary(S, &elementwise_operators[OPERATOR_LESS], random_value(1u + (unsigned)below(&source, 7), 0),
                                   value_number(0));
        Value v = operation_select(S, m, a, b);
        const Layout *l = value_layout(S, v);
        FOR_LANES(v, at)
            for (size_t c = 0; c < l->components; c++)
                assert_same(element(S, v, c, at), element(S, m, 0, at) != 0 ? element(S, a, c, at) : element(S, b, c, at));
    }
}
END_TEST

START_TEST(totals) {
    for (int round = 0; round < ROUNDS; round++) {
        Value parts[5];
        double signs[5];
        size_t n = 1 + below(&source, 5);
        for (size_t k = 0; k < n; k++) {
            parts[k] = random_value((unsigned)below(&source, 8), 0);
            signs[k] = below(&source, 2) ? 1 : -1;
        }
        Value v = operation_total(S, parts, signs, n);
        FOR_LANES(v, at) {
            double sum = 0;
            for (size_t k = 0; k < n; k++) sum += signs[k] * element(S, parts[k], 0, at);
            assert_same(element(S, v, 0, at), sum);
        }
    }
}
END_TEST

START_TEST(sums) {
    for (int round = 0; round < ROUNDS; round++) {
        Value a = random_value((unsigned)below(&source, 8), (uint32_t)below(&source, 3));
        const Layout *l = value_layout(S, a);
        Value v = operation_sum(S, a);
        FOR_LANES(v, at) {
            double sum = 0;
            for (size_t c = 0; c < l->components; c++) sum += element(S, a, c, at);
            assert_near(element(S, v, 0, at), sum);
        }
        unsigned summed = (unsigned)below(&source, 8);
        Axis *axes[TEST_AXES];
        uint32_t n = 0;
        for (unsigned k = 0; k < TEST_AXES; k++)
            if (summed & 1u << k) axes[n++] = test_axis(S, k);
        Value w = operation_sum_lanes(S, a, n, axes);
        for (uint32_t k = 0; k < n; k++) ck_assert(!layout_has_axis(value_layout(S, w), axes[k]));
        const Layout *all = test_layout(S, summed, 0, NULL);
        size_t where[TEST_AXES] = {0};
        for (bool more = true; more; more = next_lane(value_layout(S, w), where))
            for (size_t c = 0; c < l->components; c++) {
                size_t inner[TEST_AXES];
                memcpy(inner, where, sizeof inner);
                double sum = 0;
                for (unsigned k = 0; k < TEST_AXES; k++)
                    if (summed & 1u << k) inner[k] = 0;
                for (bool again = true; again; again = next_lane(all, inner)) sum += element(S, a, c, inner);
                assert_near(element(S, w, c, where), sum);
            }
    }
}
END_TEST

/* A lane's sum over the event has the bits of the same sum without lanes. */
START_TEST(sums_of_lanes_are_the_sums_of_each) {
    static const size_t lengths[] = {1, 5, 8, 100, 1024, 2500};
    size_t n = lengths[_i];
    Array *wide = test_array(S, &source, test_layout(S, 5, 1, &n), -1, 1);
    Value total = operation_sum(S, value_array(wide, 0));
    FOR_LANES(total, at) {
        Array *alone = array_new(S, layout_vector(S, n));
        for (size_t i = 0; i < n; i++) alone->data[i] = element(S, value_array(wide, 0), i, at);
        assert_same(operation_sum(S, value_array(alone, 0)).as.number, element(S, total, 0, at));
    }
}
END_TEST

START_TEST(crossing) {
    for (int round = 0; round < ROUNDS; round++) {
        Value a = random_value((unsigned)below(&source, 8), (uint32_t)below(&source, 3));
        unsigned k = (unsigned)below(&source, TEST_AXES);
        Axis *axis = test_axis(S, k);
        uint32_t rank = value_layout(S, a)->rank, position = (uint32_t)below(&source, rank + 1);
        Value out = operation_cross_out(S, a, axis, axis->size, position);
        const Layout *l = value_layout(S, out), *from = value_layout(S, a);
        ck_assert_uint_eq(l->rank, rank + 1);
        ck_assert_uint_eq(l->dims[position], axis->size);
        ck_assert(!layout_has_axis(l, axis));
        size_t inner = 1;
        for (uint32_t d = position; d < rank; d++) inner *= from->dims[d];
        FOR_LANES(out, at)
            for (size_t c = 0; c < l->components; c++) {
                size_t there[TEST_AXES];
                memcpy(there, at, sizeof there);
                there[k] = c / inner % axis->size;
                assert_same(element(S, out, c, at), element(S, a, c / (inner * axis->size) * inner + c % inner, there));
            }
        Value back = operation_cross_in(S, out, axis, axis->size, position);
        const Layout *b = value_layout(S, back);
        ck_assert(layout_has_axis(b, axis) && layout_same_event(b, from));
        size_t where[TEST_AXES] = {0};
        for (bool more = true; more; more = next_lane(b, where))
            for (size_t c = 0; c < b->components; c++) assert_same(element(S, back, c, where), element(S, a, c, where));
    }
}
END_TEST

/* ---- subscripts ---- */

/* Some positions below n: a number, lanes, a vector, or a plate's own index. */
static Subscript random_subscript(size_t n) {
    Subscript s = {.kind = SUBSCRIPT_INDEX};
    size_t three = 3;
    switch (below(&source, 6)) {
        case 0:
            s.kind = SUBSCRIPT_SLICE;
            s.low = below(&source, n);
            s.high = s.low + below(&source, n - s.low) + 1;
            return s;
        case 1: s.index = value_number((double)below(&source, n)); return s;
        case 2:
            s.index = value_number((double)(1 + below(&source, n)));
            s.from_end = true;
            return s;
        case 3: s.index = test_value(S, &source, test_layout(S, 0, 1, &three), 0, (double)n); break;
        case 4: s.index = test_value(S, &source, test_layout(S, (unsigned)below(&source, 8), 1, &three), 0, (double)n); break;
        default: s.index = test_value(S, &source, test_layout(S, 1u + (unsigned)below(&source, 7), 0, NULL), 0, (double)n);
    }
    Array *a = s.index.as.array;
    for (size_t i = 0; i < a->layout->size; i++) a->data[i] = isnan(a->data[i]) ? 1e9 : floor(a->data[i]);
    return s;
}

/* How long the dimension is that the subscript leaves, 0 if none. */
static size_t extent(const Subscript *s) {
    if (s->kind == SUBSCRIPT_SLICE) return s->high - s->low;
    return value_layout(S, s->index)->rank ? 3 : 0;
}

static size_t position(const Subscript *s, size_t along, size_t n, const size_t at[]) {
    if (s->kind == SUBSCRIPT_SLICE) return s->low + along;
    double i = element(S, s->index, along, at);
    return (size_t)(s->from_end ? (double)n - i : i);
}

/* The component of the array that component c of the selection stands for. */
static size_t chosen_component(const Subscript *s, uint32_t n, const Layout *from, size_t c, const size_t at[]) {
    size_t lengths[2] = {1, 1}, result = 0;
    for (uint32_t d = 0; d < from->rank; d++) lengths[d] = d < n ? extent(&s[d]) : from->dims[d];
    size_t inner = from->rank == 2 && lengths[1] ? lengths[1] : 1;
    size_t along[2] = {from->rank == 2 ? c / inner : c, c % inner};
    for (uint32_t d = 0; d < from->rank; d++)
        result = result * from->dims[d] + (d < n ? position(&s[d], along[d], from->dims[d], at) : along[d]);
    return result;
}

START_TEST(subscripts) {
    static const size_t dims[2] = {4, 5};
    for (int round = 0; round < 4 * ROUNDS; round++) {
        uint32_t rank = 1 + (uint32_t)below(&source, 2), n = 1 + (uint32_t)below(&source, rank);
        Value a = test_value(S, &source, test_layout(S, (unsigned)below(&source, 8), rank, dims), -2, 2);
        Subscript s[2];
        for (uint32_t d = 0; d < n; d++) s[d] = random_subscript(dims[d]);
        Value v = operation_index(S, a, s, n);
        const Layout *l = value_layout(S, v);
        FOR_LANES(v, at)
            for (size_t c = 0; c < l->components; c++)
                assert_same(element(S, v, c, at), element(S, a, chosen_component(s, n, value_layout(S, a), c, at), at));
    }
}
END_TEST

static Value plate_index(unsigned k) {
    Axis *axis = test_axis(S, k);
    Array *a = array_new(S, test_layout(S, 1u << k, 0, NULL));
    for (size_t i = 0; i < axis->size; i++) a->data[i] = (double)i;
    array_cache(S, a)->identity = axis;
    return value_array(a, 0);
}

START_TEST(plate_indices) {
    size_t dims[2] = {8, 8};
    Subscript s[2] = {{.kind = SUBSCRIPT_INDEX}, {.kind = SUBSCRIPT_INDEX}};
    for (unsigned axes = 0; axes < 8; axes++)
        for (uint32_t rank = 1; rank <= 2; rank++)
            for (unsigned k = 0; k < TEST_AXES; k++) {
                Value a = test_value(S, &source, test_layout(S, axes, rank, dims), -2, 2);
                s[0].index = plate_index(k);
                s[1].index = k == 2 ? plate_index(1) : value_number(3);
                for (uint32_t n = 1; n <= rank; n++) {
                    Value v = operation_index(S, a, s, n);
                    ck_assert(layout_has_axis(value_layout(S, v), test_axis(S, k)));
                    FOR_LANES(v, at)
                        for (size_t c = 0; c < value_layout(S, v)->components; c++) {
                            size_t second = n == 2 ? (k == 2 ? at[1] : 3) : c;
                            assert_same(element(S, v, c, at), element(S, a, rank == 2 ? at[k] * 8 + second : at[k], at));
                        }
                    /* once more: what was kept for the next time */
                    Value again = operation_index(S, a, s, n);
                    assert_same(element(S, again, 0, (size_t[]){2, 2, 2}), element(S, v, 0, (size_t[]){2, 2, 2}));
                }
            }
    /* A vector's lanes are its own data. */
    Value x = test_value(S, &source, layout_vector(S, 8), -2, 2);
    s[0].index = plate_index(1);
    ck_assert_ptr_eq(operation_index(S, x, s, 1).as.array->data, x.as.array->data);
    ck_assert_ptr_eq(operation_index(S, x, s, 1).as.array, operation_index(S, x, s, 1).as.array);
}
END_TEST

static Subscript bad_subscript;
static Value indexed;

static void index_badly(void) {
    operation_index(S, indexed, &bad_subscript, 1);
}

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

START_TEST(bad_subscripts) {
    static const double bad[] = {4, -1, 0.5, NAN, INFINITY, 1e300};
    size_t n = 4;
    for (unsigned k = 0; k < sizeof bad / sizeof *bad; k++) {
        indexed = test_value(S, &source, layout_vector(S, n), 0, 1);
        bad_subscript = (Subscript){.kind = SUBSCRIPT_INDEX, .index = value_number(bad[k])};
        ck_assert(raises(index_badly, "index-out-of-range"));
        Array *lanes = array_new(S, test_layout(S, 3, 0, NULL));
        for (size_t i = 0; i < lanes->layout->size; i++) lanes->data[i] = 2;
        lanes->data[9] = bad[k];
        bad_subscript.index = value_array(lanes, 0);
        ck_assert(raises(index_badly, "index-out-of-range"));
        /* The same in a lane that is off: no error. Lane 9 is (1, 1). */
        Array *mask = array_new(S, test_layout(S, 1, 0, NULL));
        mask->boolean = true;
        mask->data[0] = mask->data[2] = 1;
        mask->data[1] = 0;
        S->mask = mask;
        ck_assert(!raises(index_badly, "index-out-of-range"));
        mask->data[1] = 1;
        ck_assert(raises(index_badly, "index-out-of-range"));
        S->mask = NULL;
    }
    bad_subscript = (Subscript){.kind = SUBSCRIPT_INDEX, .index = value_number(5), .from_end = true};
    ck_assert(raises(index_badly, "index-out-of-range"));
}
END_TEST

START_TEST(replacements) {
    static const size_t dims[2] = {4, 5};
    for (int round = 0; round < 2 * ROUNDS; round++) {
        uint32_t rank = 1 + (uint32_t)below(&source, 2);
        Value a = test_value(S, &source, test_layout(S, (unsigned)below(&source, 8), rank, dims), -2, 2);
        a.as.array->header.shared = round % 2;
        Value old = value_array(array_new(S, a.as.array->layout), 0);
        memcpy(old.as.array->data, a.as.array->data, a.as.array->layout->size * sizeof(double));
        Subscript s[2];
        for (uint32_t d = 0; d < rank; d++) s[d] = (Subscript){.kind = SUBSCRIPT_INDEX, .index = value_number((double)below(&source, 4))};
        bool lanes = below(&source, 2);
        if (lanes) {
            s[0].index = test_value(S, &source, test_layout(S, 1u + (unsigned)below(&source, 7), 0, NULL), 0, 4);
            for (size_t i = 0; i < s[0].index.as.array->layout->size; i++)
                s[0].index.as.array->data[i] = floor(s[0].index.as.array->data[i]);
        }
        Value e = test_value(S, &source, test_layout(S, (unsigned)below(&source, 8), 0, NULL), 10, 20);
        Value m = value_boolean(true);
        if (below(&source, 2)) {
            m = operation_binary(S, &elementwise_operators[OPERATOR_LESS], random_value(1u + (unsigned)below(&source, 7), 0), value_number(0));
            S->mask = m.as.array;
        }
        Value v = operation_replace(S, a, s, rank, e);
        S->mask = NULL;
        FOR_LANES(v, at)
            for (size_t c = 0; c < old.as.array->layout->components; c++) {
                size_t where = chosen_component(s, rank, old.as.array->layout, 0, at);
                bool put = c == where && element(S, m, 0, at) != 0;
                assert_same(element(S, v, c, at), put ? element(S, e, 0, at) : element(S, old, c, at));
            }
        if (a.as.array->header.shared)
            for (size_t i = 0; i < a.as.array->layout->components; i++)
                assert_same(element(S, a, i, (size_t[]){1, 1, 1}), element(S, old, i, (size_t[]){1, 1, 1}));
    }
}
END_TEST

START_TEST(stacks) {
    for (int round = 0; round < ROUNDS; round++) {
        Value parts[4];
        size_t n = 1 + below(&source, 4), event = 1, first = 0;
        uint32_t rank = (uint32_t)below(&source, 3);
        for (size_t k = 0; k < n; k++) parts[k] = random_value((unsigned)below(&source, 8), rank);
        event = value_layout(S, parts[0])->components;
        Value v = operation_stack(S, parts, n), w = operation_concat(S, parts, n);
        ck_assert_uint_eq(value_layout(S, v)->dims[0], n);
        FOR_LANES(v, at)
            for (size_t k = 0; k < n; k++)
                for (size_t c = 0; c < event; c++) assert_same(element(S, v, k * event + c, at), element(S, parts[k], c, at));
        size_t where[TEST_AXES] = {0};
        for (bool more = true; more; more = next_lane(value_layout(S, w), where)) {
            first = 0;
            for (size_t k = 0; k < n; k++, first += event)
                for (size_t c = 0; c < event; c++) assert_same(element(S, w, first + c, where), element(S, parts[k], c, where));
        }
    }
}
END_TEST

START_TEST(products) {
    for (int round = 0; round < ROUNDS; round++) {
        size_t I = 1 + below(&source, 3), J = 1 + below(&source, 12), K = 1 + below(&source, 3);
        bool row = below(&source, 2), column = below(&source, 2);
        Value a = test_value(S, &source, test_layout(S, (unsigned)below(&source, 8), row ? 1 : 2, row ? (size_t[]){J} : (size_t[]){I, J}), -2, 2);
        Value b = test_value(S, &source, test_layout(S, (unsigned)below(&source, 8), column ? 1 : 2, (size_t[]){J, K}), -2, 2);
        if (row) I = 1;
        if (column) K = 1;
        Value v = operation_matmul(S, a, b);
        ck_assert_uint_eq(value_layout(S, v)->rank, 2u - row - column);
        FOR_LANES(v, at)
            for (size_t i = 0; i < I; i++)
                for (size_t k = 0; k < K; k++) {
                    double sum = 0;
                    for (size_t j = 0; j < J; j++) sum += element(S, a, i * J + j, at) * element(S, b, j * K + k, at);
                    assert_near(element(S, v, i * K + k, at), sum);
                }
    }
}
END_TEST

/* ---- built-ins: a lane has the bits of the same computation alone ---- */

typedef struct Alike {
    const char *name;
    uint32_t rank;
    size_t dims[2];
    double axis; /* NAN: none */
} Alike;

static const Alike alike[] = {
    {"sum", 1, {1030}, NAN},   {"sum", 2, {3, 40}, 0},     {"sum", 2, {3, 40}, 1},         {"mean", 1, {9}, NAN},
    {"var", 1, {9}, NAN},      {"var", 2, {9, 3}, 0},      {"stddev", 1, {9}, NAN},        {"prod", 1, {9}, NAN},
    {"cumsum", 1, {9}, NAN},   {"cumprod", 1, {9}, NAN},   {"diff", 1, {9}, NAN},          {"log_sum_exp", 1, {9}, NAN},
    {"softmax", 1, {9}, NAN},  {"softmax", 2, {3, 4}, NAN}, {"log_softmax", 1, {9}, NAN},  {"norm", 1, {9}, NAN},
    {"min", 1, {9}, NAN},      {"max", 2, {3, 4}, NAN},    {"sort", 1, {9}, NAN},          {"order", 1, {9}, NAN},
    {"median", 1, {8}, NAN},   {"median", 2, {3, 4}, 1},   {"argmax", 1, {9}, NAN},        {"argmin", 2, {3, 4}, 0},
    {"cummax", 1, {9}, NAN},   {"reverse", 1, {9}, NAN},   {"transpose", 2, {3, 4}, NAN},  {"diag", 1, {3}, NAN},
};

START_TEST(built_ins_are_alike) {
    const Alike *a = &alike[_i];
    const NativeRow *row = native_row(a->name);
    Value axis = isnan(a->axis) ? value_unassigned() : value_number(a->axis);
    Value wide = test_value(S, &source, test_layout(S, 5, a->rank, a->dims), -1, 1);
    unsigned n = strcmp(a->name, "min") == 0 || strcmp(a->name, "max") == 0 ? 1 : 2;
    Value all = row->function(S, (Value[]){wide, axis}, n);
    FOR_LANES(all, at) {
        Array *one = array_new(S, test_layout(S, 0, a->rank, a->dims));
        for (size_t c = 0; c < one->layout->components; c++) one->data[c] = element(S, wide, c, at);
        Value alone = row->function(S, (Value[]){value_array(one, 0), axis}, n);
        ck_assert(layout_same_event(value_layout(S, alone), value_layout(S, all)));
        for (size_t c = 0; c < value_layout(S, alone)->components; c++)
            assert_same(element(S, all, c, at), element(S, alone, c, at));
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("operations");
    TCase *tests = tcase_create("operations");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_test(tests, elementwise_broadcasts);
    tcase_add_test(tests, selects);
    tcase_add_test(tests, totals);
    tcase_add_test(tests, sums);
    tcase_add_loop_test(tests, sums_of_lanes_are_the_sums_of_each, 0, 6);
    tcase_add_test(tests, crossing);
    tcase_add_test(tests, subscripts);
    tcase_add_test(tests, plate_indices);
    tcase_add_test(tests, bad_subscripts);
    tcase_add_test(tests, replacements);
    tcase_add_test(tests, stacks);
    tcase_add_test(tests, products);
    tcase_add_loop_test(tests, built_ins_are_alike, 0, sizeof alike / sizeof *alike);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
