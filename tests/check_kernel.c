/* SPDX-License-Identifier: GPL-3.0-or-later
   The elementwise kernels against tests/data/elementwise.csv (made by tests/reference/elementwise.py), and what holds for all
   of them: a number has the same bits alone and among many, NaN and `missing` come through. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/kernel.h"
#include "runtime/value.h"

/* ---- reference values ---- */

typedef struct Reference {
    char name[24];
    double x[2], value, partial[2];
} Reference;

enum { REFERENCES = 1000, LANES = 8, MANY = 1000 };
static Reference references[REFERENCES];
static int n_references;

static double field(char **at) {
    char *end = strpbrk(*at, ",\n");
    double x = end == *at ? NAN : strtod(*at, NULL);
    *at = end ? end + 1 : *at + strlen(*at);
    return x;
}

static void read_references(void) {
    const char *source = getenv("srcdir");
    char path[1024], line[512];
    snprintf(path, sizeof path, "%s/tests/data/elementwise.csv", source ? source : ".");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file, "%s cannot be read", path);
    ck_assert(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        ck_assert_int_lt(n_references, REFERENCES);
        Reference *r = &references[n_references++];
        char *at = strchr(line, ',');
        snprintf(r->name, sizeof r->name, "%.*s", (int)(at - line), line);
        at++;
        r->x[0] = field(&at);
        r->x[1] = field(&at);
        r->value = field(&at);
        r->partial[0] = field(&at);
        r->partial[1] = field(&at);
    }
    fclose(file);
}

static const Elementwise *const tables[] = {elementwise_operators, elementwise_functions, elementwise_internal};

static const Elementwise *find(const char *name, unsigned arity) {
    for (unsigned t = 0; t < 3; t++)
        for (const Elementwise *row = tables[t]; row->name; row++)
            if (strcmp(row->name, name) == 0 && row->arity == arity && row->value) return row;
    ck_abort_msg("there is no row '%s'", name);
}

/* How far off a function may be, in multiples of 2^-52, and the size below which only the absolute error counts.
   libmvec promises 4 ulp; what is made of several of its functions may lose more. */
typedef struct Tolerance {
    const char *name;
    double value, partial, size, partial_size;
} Tolerance;

static const Tolerance tolerances[] = {
    {"exp", 4, 4, 1e-300, 1e-300},
    {"tan", 4, 12, 1e-300, 1e-300},
    {"sinh", 4, 4, 1e-300, 1e-300},
    {"tanh", 4, 8, 1e-300, 1e-300},
    {"asin", 4, 8, 1e-300, 1e-300},
    {"acos", 4, 8, 1e-300, 1e-300},
    {"softplus", 8, 8, 1e-300, 1e-300},
    {"logit", 6, 6, 1e-300, 1e-300},
    {"erf", 4, 500, 1e-300, 1e-300}, /* exp(-x^2) at x = 20 */
    {"erfc", 8, 500, 1e-300, 1e-300},
    {"normal_cdf", 500, 500, 1e-300, 1e-300},
    {"normal_quantile", 8, 500, 1e-300, 1e-300},
    {"log_normal_cdf", 500, 500, 1e-300, 1e-300}, /* exp(-x^2 / 2) at x = 20 */
    {"normal_quantile_log", 8, 16, 1e-3, 1e-300},
    {"lgamma", 40, 20, 1e-2, 1},
    {"digamma", 20, 40, 1, 1e-300},
    {"trigamma", 40, 40, 1e-300, 1e-300},
    {"^", 8, 12, 1e-300, 1e-300},
    {NULL, 4, 6, 1e-300, 1e-300},
};

static const Tolerance *tolerance(const char *name) {
    const Tolerance *t = tolerances;
    while (t->name && strcmp(t->name, name) != 0) t++;
    return t;
}

static void check_close(const Reference *r, const char *what, double got, double wanted, double ulps, double size) {
    if (got == wanted) return;
    double scale = fmax(fabs(wanted), size);
    double error = fabs(got - wanted) / scale / 0x1p-52;
    ck_assert_msg(error <= ulps, "%s of %s(%.17g, %.17g): %.17g instead of %.17g, off by %.1f", what, r->name, r->x[0], r->x[1],
                  got, wanted, error);
}

/* Below 0 the gamma functions are a difference of two terms, whose errors stay. */
static bool reflected(const Reference *r) {
    return r->x[0] < 0 && strstr(r->name, "gamma");
}

START_TEST(reference_values) {
    read_references();
    ck_assert_int_gt(n_references, 400);
    for (int k = 0; k < n_references; k++) {
        const Reference *r = &references[k];
        const Elementwise *row = find(r->name, isnan(r->x[1]) ? 1 : 2);
        const Tolerance *t = tolerance(r->name);
        double in[2][LANES], out[LANES], value[LANES], partial[2][LANES];
        for (int i = 0; i < LANES; i++)
            for (int a = 0; a < 2; a++) in[a][i] = r->x[a];
        row->value(LANES, value, (const double *const[]){in[0], in[1]});
        row->dual(LANES, out, (double *const[]){partial[0], partial[1]}, (const double *const[]){in[0], in[1]});
        for (int i = 0; i < LANES; i++) {
            check_close(r, "the value", value[i], r->value, t->value, reflected(r) ? 1 : t->size);
            ck_assert(memcmp(&value[i], &out[i], sizeof out[i]) == 0);
            for (unsigned a = 0; a < row->arity; a++)
                check_close(r, a ? "the partial by b" : "the partial by a", partial[a][i], r->partial[a], t->partial,
                            reflected(r) ? 1 : t->partial_size);
        }
    }
}
END_TEST

/* ---- one number, the same bits ---- */

static uint64_t state = 88172645463325252u;

static double uniform(double low, double high) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return low + (high - low) * (double)(state >> 11) * 0x1p-53;
}

/* Of two NaN the processor keeps the first, and which one that is, the compiler decides. */
static bool same_bits(double a, double b) {
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

/* A number alone, as the evaluator computes it, against the same number among many. */
static void check_bits(const Elementwise *row, const double a[], const double b[]) {
    static double out[MANY], value[MANY], partial[2][MANY];
    const double *in[] = {a, b};
    row->value(MANY, value, in);
    if (row->dual) row->dual(MANY, out, (double *const[]){partial[0], partial[1]}, in);
    for (size_t i = 0; i < MANY; i++) {
        double one[2][LANES], alone[LANES], p[2][LANES], q[2];
        for (int l = 0; l < LANES; l++) {
            one[0][l] = a[i];
            one[1][l] = b[i];
        }
        const double *from[] = {one[0], one[1]};
        row->value(LANES, alone, from);
        ck_assert_msg(same_bits(alone[0], value[i]), "%s(%.17g, %.17g)", row->name, a[i], b[i]);
        if (row->scalar) ck_assert_msg(same_bits(row->scalar(a[i], b[i]), value[i]), "%s(%.17g, %.17g)", row->name, a[i], b[i]);
        if (!row->dual) continue;
        row->dual(LANES, alone, (double *const[]){p[0], p[1]}, from);
        ck_assert(same_bits(alone[0], value[i]) && same_bits(out[i], value[i]));
        if (row->scalar_dual) ck_assert(same_bits(row->scalar_dual(q, a[i], b[i]), value[i]));
        for (unsigned k = 0; k < row->arity; k++) {
            ck_assert_msg(same_bits(p[k][0], partial[k][i]), "partial %u of %s(%.17g, %.17g)", k, row->name, a[i], b[i]);
            if (row->scalar_dual) ck_assert(same_bits(q[k], partial[k][i]));
            /* each partial alone, too */
            double *wanted[2] = {NULL, NULL};
            wanted[k] = p[k];
            row->dual(LANES, alone, wanted, from);
            ck_assert(same_bits(p[k][0], partial[k][i]));
        }
    }
}

START_TEST(alone_and_among_many) {
    static double a[MANY], b[MANY];
    static const double ranges[][2] = {{0, 1}, {-3, 3}, {-1000, 1000}, {0, 20}};
    for (unsigned t = 0; t < 3; t++)
        for (const Elementwise *row = tables[t]; row->name; row++)
            for (unsigned r = 0; r < sizeof ranges / sizeof *ranges && row->value; r++) {
                for (size_t i = 0; i < MANY; i++) {
                    a[i] = uniform(ranges[r][0], ranges[r][1]);
                    b[i] = i % 7 == 0 ? floor(a[i]) : uniform(ranges[r][0], ranges[r][1]);
                }
                check_bits(row, a, b);
            }
}
END_TEST

START_TEST(special_numbers) {
    static const double special[] = {0.0, -0.0, 1, -1, INFINITY, -INFINITY, NAN, 0x1p-1074, 0x1p-1030, 0x1.fffffffffffffp1023,
                                     2, -2, 0.5, -745.2, 709.8, -710};
    enum { SPECIAL = sizeof special / sizeof *special };
    static double a[MANY], b[MANY];
    for (size_t i = 0; i < MANY; i++) {
        a[i] = i % 17 == 16 ? missing_number() : special[i % SPECIAL];
        b[i] = special[i / SPECIAL % SPECIAL];
    }
    for (unsigned t = 0; t < 3; t++)
        for (const Elementwise *row = tables[t]; row->name; row++)
            if (row->value) check_bits(row, a, b);
}
END_TEST

typedef struct Case {
    const char *name;
    unsigned arity;
    double a, b, value;
} Case;

static const Case cases[] = {
    {"exp", 1, -INFINITY, 0, 0},          {"exp", 1, INFINITY, 0, INFINITY},   {"exp", 1, 710, 0, INFINITY},
    {"exp", 1, -746, 0, 0},               {"log", 1, 0, 0, -INFINITY},         {"log", 1, -1, 0, NAN},
    {"log", 1, INFINITY, 0, INFINITY},    {"sqrt", 1, -1, 0, NAN},             {"sqrt", 1, -0.0, 0, -0.0},
    {"log1p", 1, -1, 0, -INFINITY},       {"expm1", 1, -INFINITY, 0, -1},      {"sigmoid", 1, -INFINITY, 0, 0},
    {"sigmoid", 1, INFINITY, 0, 1},       {"softplus", 1, INFINITY, 0, INFINITY}, {"softplus", 1, -INFINITY, 0, 0},
    {"logit", 1, 0, 0, -INFINITY},        {"logit", 1, 1, 0, INFINITY},        {"erf", 1, INFINITY, 0, 1},
    {"erfc", 1, -INFINITY, 0, 2},         {"lgamma", 1, 0, 0, INFINITY},       {"lgamma", 1, 1, 0, 0},
    {"lgamma", 1, 2, 0, 0},               {"lgamma", 1, INFINITY, 0, INFINITY}, {"lgamma", 1, -3, 0, INFINITY},
    {"digamma", 1, 0, 0, -INFINITY},      {"normal_quantile", 1, 0, 0, -INFINITY}, {"normal_quantile", 1, 1, 0, INFINITY},
    {"normal_quantile", 1, 0.5, 0, 0},    {"normal_quantile", 1, 1.5, 0, NAN}, {"normal_cdf", 1, -INFINITY, 0, 0},
    {"^", 2, 0, 0, 1},                    {"^", 2, 0, -1, INFINITY},           {"^", 2, -8, 3, -512},
    {"^", 2, -1, 0.5, NAN},               {"%", 2, -7, 3, 2},                  {"%", 2, 7, -3, -2},
    {"//", 2, -7, 2, -4},                 {"//", 2, 1, 0, INFINITY},           {"min", 2, NAN, 1, NAN},
    {"min", 2, 1, NAN, NAN},              {"max", 2, -0.0, 0.0, -0.0},         {"sign", 1, NAN, 0, NAN},
    {"round", 1, 2.5, 0, 2},              {"round", 1, -0.5, 0, -0.0},         {"<", 2, NAN, 1, 0},
    {"!=", 2, NAN, NAN, 1},               {"not", 1, 0, 0, 1},                 {"is_finite", 1, INFINITY, 0, 0},
    {"is_missing", 1, NAN, 0, 0},
};

START_TEST(edges) {
    const Case *c = &cases[_i];
    double a[LANES], b[LANES], out[LANES];
    for (int i = 0; i < LANES; i++) {
        a[i] = c->a;
        b[i] = c->b;
    }
    find(c->name, c->arity)->value(LANES, out, (const double *const[]){a, b});
    if (isnan(c->value))
        ck_assert_msg(isnan(out[3]), "%s(%g, %g) is %g", c->name, c->a, c->b, out[3]);
    else
        ck_assert_msg(out[3] == c->value, "%s(%g, %g) is %g, not %g", c->name, c->a, c->b, out[3], c->value);
}
END_TEST

static const Case slopes[] = {
    {"abs", 1, 0, 0, 0},   {"sqrt", 1, 0, 0, INFINITY}, {"^", 2, 0, 0, 0}, {"^", 2, 0, 1, 1},   {"^", 2, 0, 3, 0},
    {"^", 2, 0, 2, 0},     {"^", 2, 5, 0, 0},           {"min", 2, 1, 1, 1}, {"max", 2, 1, 1, 1}, {"max", 2, 0, 1, 0},
    {"^", 2, 0, 0.5, INFINITY},
};

START_TEST(edges_of_partials) {
    const Case *c = &slopes[_i];
    double a[LANES], b[LANES], out[LANES], p[LANES], q[LANES];
    for (int i = 0; i < LANES; i++) {
        a[i] = c->a;
        b[i] = c->b;
    }
    find(c->name, c->arity)->dual(LANES, out, (double *const[]){p, q}, (const double *const[]){a, b});
    ck_assert_msg(p[3] == c->value, "d %s(%g, %g) is %g, not %g", c->name, c->a, c->b, p[3], c->value);
    if (strcmp(c->name, "^") == 0 && c->a == 0) ck_assert(q[3] == 0);
}
END_TEST

/* What is missing stays missing, in each argument of every function that keeps an undefined number undefined. */
START_TEST(missing_comes_through) {
    for (unsigned t = 0; t < 3; t++)
        for (const Elementwise *row = tables[t]; row->name; row++) {
            if (!row->value || row->boolean) continue;
            for (unsigned k = 0; k < row->arity; k++) {
                double in[2][LANES], out[LANES], undefined[LANES];
                for (int i = 0; i < LANES; i++) {
                    in[0][i] = in[1][i] = 0.75;
                    in[k][i] = missing_number();
                }
                row->value(LANES, out, (const double *const[]){in[0], in[1]});
                for (int i = 0; i < LANES; i++) in[k][i] = NAN;
                row->value(LANES, undefined, (const double *const[]){in[0], in[1]});
                ck_assert_msg(number_is_missing(out[5]), "argument %u of %s", k, row->name);
                ck_assert_msg(isnan(undefined[5]) && !number_is_missing(undefined[5]), "argument %u of %s", k, row->name);
            }
        }
}
END_TEST

/* ---- sums ---- */

static double naive_sum(const double *x, size_t n) {
    double total = 0;
    for (size_t block = 0; block < n; block += 1024) {
        double part[8] = {0};
        for (size_t i = block; i < n && i < block + 1024; i++) part[i % 8] += x[i];
        total += ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
    }
    return total;
}

START_TEST(sums_have_their_order) {
    static double x[5000], y[5000], on[5000], product[5000], chosen[5000];
    static const size_t lengths[] = {0, 1, 7, 8, 9, 100, 1023, 1024, 1025, 4999};
    for (size_t i = 0; i < 5000; i++) {
        x[i] = uniform(-1, 1);
        y[i] = uniform(-1, 1);
        on[i] = i % 3 == 0;
        product[i] = x[i] * y[i];
        chosen[i] = on[i] != 0 ? x[i] : 0;
    }
    size_t n = lengths[_i];
    ck_assert(kernel_sum(x, n) == naive_sum(x, n));
    ck_assert(kernel_sum_product(x, y, n) == naive_sum(product, n));
    ck_assert(kernel_sum_selected(x, on, n) == naive_sum(chosen, n));
}
END_TEST

START_TEST(zero_times_anything) {
    double x[LANES] = {0, -0.0, 1, 2, 0, 0, 3, 0}, bad[LANES] = {INFINITY, NAN, 1, 2, NAN, -INFINITY, 3, NAN}, y[LANES] = {0};
    ck_assert(kernel_sum_product(x, bad, LANES) == 14);
    kernel_add_product(LANES, y, x, bad);
    for (int i = 0; i < LANES; i++) ck_assert(y[i] == (x[i] == 0 ? 0 : x[i] * x[i]));
    kernel_add_one_product(LANES, y, 0, bad);
    ck_assert(y[1] == 0);
    kernel_add_scaled(LANES, y, x, INFINITY);
    ck_assert(y[0] == 0 && y[2] == INFINITY);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("kernel");
    TCase *tests = tcase_create("kernels");
    tcase_add_test(tests, reference_values);
    tcase_add_test(tests, alone_and_among_many);
    tcase_add_test(tests, special_numbers);
    tcase_add_loop_test(tests, edges, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tests, edges_of_partials, 0, sizeof slopes / sizeof *slopes);
    tcase_add_test(tests, missing_comes_through);
    tcase_add_loop_test(tests, sums_have_their_order, 0, 10);
    tcase_add_test(tests, zero_times_anything);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
