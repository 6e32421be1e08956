/* SPDX-License-Identifier: GPL-3.0-or-later
   Every partial derivative of every operation, with lanes and without. An elementwise function is tested by being in its
   table. */
#include "tests/gradients.h"

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
               {"softplus", -3, 3}, {"normal_cdf", -3, 3}, {"log_normal_cdf", -3, 3}, {"normal_quantile_log", -3, -0.2}, {"log1m_exp", -3, -0.2}, {"half_student_quantile", 0.5, 0.8}, {"atan", -3, 3},   {"sinh", -2, 2},    {"cosh", -2, 2},
               {"log", 0.3, 4},    {"sqrt", 0.3, 4}};

/* Tested among `moves`. */
static bool has_case_of_its_own(const Elementwise *row) {
    return row == &elementwise_operators[OPERATOR_REMAINDER] || strncmp(row->name, "binomial_", 9) == 0 ||
           strncmp(row->name, "beta_binomial_", 14) == 0;
}

/* Functions that search or sum, thousands of times as dear as others: their lanes are taken like those of any other row. */
static bool is_dear(const Elementwise *row) { return strstr(row->name, "quantile") || strstr(row->name, "entropy"); }

static void check_row(const Case *c) {
    static const unsigned few[][INPUTS] = {{0, 0, 0}, {1, 0, 0}};
    if (!is_dear(c->row)) check_all_lanes(c);
    else
        for (unsigned k = 0; k < sizeof few / sizeof *few; k++) check_case(c, few[k]);
}

static void check_table(const Elementwise *row) {
    for (; row->name; row++) {
        if (!row->dual || has_case_of_its_own(row)) continue;
        source = (Source64){0x2545f4914f6cdd1du}; /* the same numbers whatever rows stand before */
        Case c = {.name = row->name, .function = apply_row, .n = row->arity, .low = 0.2, .high = 0.8, .row = row};
        for (unsigned d = 0; d < sizeof domains / sizeof *domains; d++)
            if (strcmp(domains[d].name, row->name) == 0) {
                c.low = domains[d].low;
                c.high = domains[d].high;
            }
        check_row(&c);
        if (row->arity == 1) {
            c.rank[0] = 1;
            c.dims[0][0] = 3;
            check_row(&c);
        }
        /* a vector meets a number */
        if (row->arity == 2) {
            c.rank[1] = 1;
            c.dims[1][0] = 3;
            check_row(&c);
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

static const Elementwise *find_row(const char *name) {
    for (const Elementwise *const *table = elementwise_tables; *table; table++)
        for (const Elementwise *row = *table; row->name; row++)
            if (strcmp(row->name, name) == 0) return row;
    ck_abort_msg("there is no function %s", name);
}

static Value remainder_of(const Case *c, const Value in[]) {
    (void)c;
    Value large = operation_binary(S, &elementwise_operators[OPERATOR_ADD], in[0], value_number(7));
    return operation_binary(S, &elementwise_operators[OPERATOR_REMAINDER], large, in[1]);
}

/* The number of trials is a whole number: nothing to differentiate by. */
static Value binomial_cdf_of_seven(const Case *c, const Value in[]) {
    (void)c;
    Value x = operation_binary(S, &elementwise_operators[OPERATOR_ADD], in[0], value_number(2));
    return operation_elementwise(S, find_row("binomial_cdf"), (const Value[]){x, value_number(7), in[1]});
}

static Value beta_binomial_cdf_of_seven(const Case *c, const Value in[]) {
    (void)c;
    Value x = operation_binary(S, &elementwise_operators[OPERATOR_ADD], in[0], value_number(2));
    return operation_elementwise(S, find_row("beta_binomial_cdf"), (const Value[]){x, in[1], in[2], value_number(7)});
}

static Value beta_binomial_entropy_of_seven(const Case *c, const Value in[]) {
    (void)c;
    return operation_elementwise(S, find_row("beta_binomial_entropy"), (const Value[]){in[0], in[1], value_number(7)});
}

static Value binomial_entropy_of_seven(const Case *c, const Value in[]) {
    (void)c;
    return operation_elementwise(S, find_row("binomial_entropy"), (const Value[]){value_number(7), in[0]});
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
    {.name = "binomial_cdf", .function = binomial_cdf_of_seven, .n = 2, .low = 0.2, .high = 0.8},
    {.name = "binomial_entropy", .function = binomial_entropy_of_seven, .n = 1, .low = 0.2, .high = 0.8},
    {.name = "beta_binomial_cdf", .function = beta_binomial_cdf_of_seven, .n = 3, .low = 0.2, .high = 0.8},
    {.name = "beta_binomial_entropy", .function = beta_binomial_entropy_of_seven, .n = 2, .low = 0.2, .high = 0.8},
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

int main(void) {
    Suite *suite = suite_create("gradients");
    TCase *tests = tcase_create("gradients");
    tcase_add_checked_fixture(tests, open_state, close_state);
    tcase_add_test(tests, elementwise_rows);
    tcase_add_loop_test(tests, operations, 0, sizeof moves / sizeof *moves);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
