/* SPDX-License-Identifier: GPL-3.0-or-later
   Draws of all families of the registry: goodness of fit by the families' own cdfs, which check_references.c compares with others'
   values; or, of joint families and those built of others, by what is known of numbers made from a draw. Each kind of error is also
   planted in every family's draws, and must be caught at the same level. */
#include <math.h>

#include "tests/family_fit.h"

enum { DRAWS = 40000 };

static Session *s;
static FamilyData f;

/* False: nothing is to be done. */
static bool open_family(int k) {
    f = family_read(k);
    if (!f.lines) return false;
    s = session_new(false);
    return true;
}

static void close_family(void) {
    session_close(s);
    family_free(&f);
}

static double *vector_of(const char *variable) {
    double *x = malloc(DRAWS * sizeof *x);
    ck_assert_msg(elbo_get_vector(s->state, variable, x, DRAWS) == DRAWS, "%s does not have %d numbers", variable, DRAWS);
    return x;
}

static bool is_matrix(const FamilyUnit *unit) {
    unsigned rank = family_distribution(s, unit->distribution)->layout->rank;
    ck_assert_msg(rank == 0 || unit->distribution != unit->as, "%s has no project lines", f.row->name);
    return rank >= 2;
}

typedef enum Way { DRAWN_AS_VECTOR, DRAWN_IN_LANES, DRAWN_REWRITTEN } Way;
static const char *const way_names[] = {"", " in lanes", " after reparam"};

/* Draws of the unit in the variable `e`: as a vector, in the lanes of a plate, or as `reparam` computes them from others. */
static void draw(const FamilyUnit *unit, Way way) {
    if (way == DRAWN_REWRITTEN)
        family_run(s, "with seed(13) { e = plate p(i in 0..%d) { x = reparam(fn() { x ~ %s; x }, {x: %s})(); %s } }", DRAWS, unit->distribution,
                   f.row->base ? "Transform()" : "LocScale(0.3)", unit->expression);
    else if (way == DRAWN_IN_LANES)
        family_run(s, "with seed(11) { e = plate p(i in 0..%d) { x = sample(\"x\", %s); %s } }", DRAWS, unit->distribution, unit->expression);
    else
        family_run(s, "with seed(7) { xs = draw(%s, %d) }\ne = plate p(i in 0..%d) { x = xs[i]; %s }", unit->distribution, DRAWS, DRAWS,
                   unit->expression);
}

static bool all_whole(const double *x, int n) {
    for (int i = 0; i < n; i++)
        if (floor(x[i]) != x[i]) return false;
    return true;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Where the cdf is computed: at all counts; else at the ends of the ordered draws and at each twentieth between them, since cdfs
   can be slow, and smooth. Their number. */
static int places_of(const double *x, bool counts, double *places) {
    double *sorted = malloc(DRAWS * sizeof *sorted);
    int n = 0;
    memcpy(sorted, x, DRAWS * sizeof *sorted);
    qsort(sorted, DRAWS, sizeof *sorted, by_size);
    for (int i = 0; i < DRAWS; i++) {
        bool wanted = counts || i < 100 || i >= DRAWS - 100 || i % 20 == 0;
        if (wanted && (n == 0 || places[n - 1] < sorted[i])) places[n++] = sorted[i];
    }
    if (n == 1) {
        places[1] = places[0] + 1;
        n = 2;
    }
    free(sorted);
    return n;
}

/* The probabilities of at most the places, less `shift`. */
static void probabilities(const FamilyUnit *unit, const double *places, int n, int shift, double *out) {
    ck_assert(elbo_set_vector(s->state, "places", places, (size_t)n));
    family_run(s, "as = %s\nu = plate p(i in 0..%d) { as.cdf(places[i] - %d) }", unit->as, n, shift);
    ck_assert_int_eq(elbo_get_vector(s->state, "u", out, DRAWS), n);
}

/* The probability of as bad a fit of the numbers in `e`. Of a count, a place between the probabilities of less and of at most it,
   equally spread over the draws, is uniform. */
static double fit(const FamilyUnit *unit) {
    static double places[DRAWS + 1], high[DRAWS + 1], low[DRAWS + 1];
    double *x = vector_of("e"), *u = malloc(DRAWS * sizeof *u);
    bool counts = all_whole(x, DRAWS);
    int n = places_of(x, counts, places);
    probabilities(unit, places, n, 0, high);
    if (counts) probabilities(unit, places, n, 1, low);
    for (int i = 0; i < DRAWS; i++) {
        int from = 0, to = n - 1; /* x[i] is at `from`, or between it and the next */
        while (from < to) {
            int middle = (from + to + 1) / 2;
            if (places[middle] <= x[i]) from = middle;
            else to = middle - 1;
        }
        if (counts) u[i] = low[from] + fmod((i + 0.5) * 0.6180339887498949, 1) * (high[from] - low[from]);
        else if (from == n - 1 || places[from] == x[i]) u[i] = high[from];
        else u[i] = high[from] + (x[i] - places[from]) / (places[from + 1] - places[from]) * (high[from + 1] - high[from]);
    }
    double p = family_uniform_fit(u, DRAWS);
    free(x);
    free(u);
    return p;
}

START_TEST(goodness_of_fit) {
    if (!open_family(_i)) return;
    double level = family_level();
    FamilyUnit unit;
    for (unsigned k = 0; !distribution_is_fixed(f.row) && family_unit(&f, k, &unit); k++)
        for (Way way = is_matrix(&unit) ? DRAWN_IN_LANES : DRAWN_AS_VECTOR; way <= DRAWN_REWRITTEN; way++) {
            if (way == DRAWN_REWRITTEN && !f.row->base && !f.row->location_scale) break;
            draw(&unit, way);
            double p = fit(&unit);
            ck_assert_msg(p > level, "%s: %s%s fits with probability %g, which should be over %g", unit.distribution, unit.expression,
                          way_names[way], p, level);
        }
    close_family();
}
END_TEST

START_TEST(draws_are_in_the_support) {
    if (!open_family(_i)) return;
    for (const FamilyLine *line = NULL; (line = family_next(&f, "example", line));) {
        family_run(s, "d = %s\nwith seed(5) { y = min(plate p(i in 0..%d) { d.log_prob(sample(\"x\", d)) }) }", line->field[0], DRAWS);
        ck_assert_msg(session_number(s, "y") > -INFINITY, "%s has draws out of its support", line->field[0]);
    }
    close_family();
}
END_TEST

/* ---- Planted errors ---- */

typedef struct Summary {
    double median, spread;
    double high; /* exceeded by one in 250 */
} Summary;

/* The spread by quartiles, as some families have no variance. */
static Summary summary_of(const double *x, int n) {
    double *sorted = malloc((size_t)n * sizeof *sorted);
    memcpy(sorted, x, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    Summary summary = {sorted[n / 2], (sorted[3 * (n / 4)] - sorted[n / 4]) / 1.349, sorted[n - n / 250]};
    free(sorted);
    return summary;
}

/* Of counts: every third is too large, or moved to one of both sides; a tail cut off, values that repeat too often. */
static void plant_count(int error, double *x, int n) {
    Summary has = summary_of(x, n);
    double jump = fmax(ceil(0.5 * has.spread), 1);
    for (int i = 0; i < n; i++) {
        if (error == 0 && i % 3 == 0) x[i] += jump;
        if (error == 1 && i % 3 == 0) x[i] += i % 2 ? jump : -jump;
        if (error == 2 && x[i] >= has.high && has.high > has.median) x[i] = has.median;
        if (error == 2 && has.high <= has.median) x[i] = i % 10 ? x[i] : has.median - 1;
        if (error == 3 && i % 10 == 0) x[i] = has.median;
    }
}

/* Errors as samplers have them: a place that is off by 5 %, a scale by 8 %, a tail cut off, values that repeat too often. */
static void plant(int error, double *x, int n) {
    Summary has = summary_of(x, n);
    for (int i = 0; i < n; i++) {
        if (error == 0) x[i] += 0.05 * has.spread;
        if (error == 1) x[i] = has.median + 1.08 * (x[i] - has.median);
        if (error == 2 && x[i] > has.high) x[i] = has.median;
        if (error == 3 && i % 50 == 0) x[i] = has.median;
    }
}

START_TEST(planted_errors) {
    if (!open_family(_i)) return;
    double level = family_level();
    FamilyUnit unit;
    ck_assert(family_unit(&f, 0, &unit));
    is_matrix(&unit);
    for (int error = 0; !distribution_is_fixed(f.row) && error < 4; error++) {
        draw(&unit, DRAWN_IN_LANES);
        double *x = vector_of("e");
        if (all_whole(x, DRAWS)) plant_count(error, x, DRAWS);
        else plant(error, x, DRAWS);
        ck_assert(elbo_set_vector(s->state, "e", x, DRAWS));
        double p = fit(&unit);
        ck_assert_msg(p < level, "%s: error %d passes with probability %g, which should be under %g", unit.distribution, error, p, level);
        free(x);
    }
    close_family();
}
END_TEST

/* ---- Lanes ---- */

/* Parameters may differ between lanes; lanes that are off draw nothing, and cannot hang a sampler that loops. */
START_TEST(lanes) {
    if (!open_family(_i)) return;
    FamilyPart parts[FAMILY_PARTS];
    unsigned n = family_parts(s, family_field(&f, "example"), parts);
    for (unsigned k = 0; k < n; k++) {
        family_run(s, "with seed(3) { one = plate a(i in 0..10) { v = %.17g; sum(sample(\"x\", %s)) } }\nps = %.17g + zeros(10)\n"
                      "with seed(3) { all = plate a(i in 0..10) { v = ps[i]; sum(sample(\"x\", %s)) } }\n"
                      "for i in [0, 3, 6, 9] { ps[i] = nan }\n"
                      "with seed(3) { some = plate a(i in 0..10) { v = ps[i]; y = 0\nif i %% 3 != 0 { y = sum(sample(\"x\", %s)) }\ny } }",
                   parts[k].at, parts[k].text, parts[k].at, parts[k].text, parts[k].text);
        double one[10], all[10], some[10];
        elbo_get_vector(s->state, "one", one, 10);
        elbo_get_vector(s->state, "all", all, 10);
        elbo_get_vector(s->state, "some", some, 10);
        for (int i = 0; i < 10; i++) {
            ck_assert_msg(one[i] == all[i], "%s: %.17g for one number, %.17g for one in each lane", parts[k].text, one[i], all[i]);
            ck_assert_msg(some[i] == (i % 3 ? all[i] : 0), "%s: %.17g where some lanes are off", parts[k].text, some[i]);
        }
    }
    close_family();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("matrix sampler");
    TCase *tests = tcase_create("matrix sampler");
    tcase_add_loop_test(tests, goodness_of_fit, 0, family_count());
    tcase_add_loop_test(tests, draws_are_in_the_support, 0, family_count());
    tcase_add_loop_test(tests, planted_errors, 0, family_count());
    tcase_add_loop_test(tests, lanes, 0, family_count());
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
