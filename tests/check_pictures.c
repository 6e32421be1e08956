/* SPDX-License-Identifier: GPL-3.0-or-later
   What pictures of numbers, distributions and fits are computed from: against SciPy and NumPy (tests/reference/pictures.py), and
   their layers. */
#include "config.h"

#include <math.h>

#include "plot/density.h"
#include "plot/plot.h"
#include "plot/slope.h"
#include "runtime/error.h"
#include "tests/parsing.h"
#include "tests/session.h"

enum { MOST = 200000 };

/* ---- Reference values ---- */

/* data_of in tests/reference/pictures.py. */
static double number_of(const char *kind, int k) {
    double u = fmod((k + 1) * 0.6180339887498949, 1);
    if (strcmp(kind, "uniform") == 0) return u;
    if (strcmp(kind, "skewed") == 0) return -log1p(-u);
    if (strcmp(kind, "far") == 0) return 1e6 + 10 * u * u * u;
    ck_assert_str_eq(kind, "counts");
    return floor(12 * u * u);
}

/* What the line's function gives for x; `at`: its arguments. */
static double computed(State *S, const char *what, int n, const double *x, const double *y, const double *at) {
    Summary s = summary_of(S, (size_t)n, x);
    double result = NAN;
    SlopeLine line = {NAN, NAN, NAN, NAN, NAN};
    Bins bins = summary_bins(&s, s.x[0], s.x[s.n - 1]);
    double *heights = array_new(S, layout_vector(S, bins.n))->data;
    if (strcmp(what, "mean") == 0) return s.mean;
    if (strcmp(what, "sd") == 0) return s.sd;
    if (strcmp(what, "quantile") == 0) return summary_quantile(&s, at[0]);
    if (strcmp(what, "bandwidth") == 0) return density_bandwidth(&s);
    if (strcmp(what, "correlation") == 0) return summary_correlation((size_t)n, x, y);
    if (strcmp(what, "bins") == 0) return (double)bins.n;
    if (strcmp(what, "share of the first bin") == 0) {
        summary_heights(&s, &bins, true, heights);
        return heights[0];
    }
    if (strcmp(what, "density") == 0) {
        density_at(S, &s, at[0], (DensityEdges){-INFINITY, INFINITY}, 1, &at[1], &result);
        return result;
    }
    ck_assert(slope_line((size_t)n, x, y, &line));
    return strcmp(what, "slope") == 0 ? line.slope : strcmp(what, "intercept") == 0 ? line.intercept : line.error;
}

/* Data far from 0 have fewer digits behind the point. */
static double allowed(const char *kind, const char *what, double value) {
    bool moved = strcmp(what, "mean") != 0 && strcmp(what, "quantile") != 0;
    double relative = strcmp(kind, "far") == 0 && moved ? 1e-8 : 1e-11;
    return relative * fmax(fabs(value), strcmp(what, "intercept") == 0 ? 1e3 : 1e-12);
}

START_TEST(references) {
    Session *s = session_new(false);
    char path[1000], what[64], kind[16], arguments[100];
    size_t length;
    char *text = parsing_read_path(parsing_path(path, sizeof path, "tests/data/pictures.csv"), &length);
    ck_assert_ptr_nonnull(text);
    int lines = 0, n;
    double value;
    for (char *row = strchr(text, '\n') + 1; *row; row = strchr(row, '\n') + 1, lines++) {
        ck_assert_int_ge(sscanf(row, "%63[^;];%15[^;];%d;", what, kind, &n), 3);
        char *field = row;
        for (int k = 0; k < 3; k++) field = strchr(field, ';') + 1;
        size_t size = strcspn(field, ";");
        snprintf(arguments, sizeof arguments, "%.*s", (int)size, field);
        value = strtod(field + size + 1, NULL);
        char *end = arguments;
        double at[2], x[2000], y[2000];
        for (int k = 0; k < 2; k++) at[k] = strtod(end, &end);
        for (int k = 0; k < n; k++) {
            x[k] = number_of(kind, k);
            y[k] = sin(7 * number_of("uniform", k + 3)) + 0.25 * x[k];
        }
        double got = computed(s->state, what, n, x, y, at);
        ck_assert_msg(fabs(got - value) <= allowed(kind, what, value), "%s of %d %s (%s): %.17g instead of %.17g", what, n, kind, arguments, got, value);
    }
    ck_assert_int_gt(lines, 200);
    free(text);
    session_close(s);
}
END_TEST

/* ---- Densities ---- */

static double integral(const Layer *line) {
    double sum = 0;
    for (size_t k = 1; k < line->n; k++) sum += (line->x->data[k] - line->x->data[k - 1]) * (line->y->data[k] + line->y->data[k - 1]) / 2;
    return sum;
}

/* With and without edges, few numbers and so many that they are binned. */
START_TEST(densities_are_whole) {
    static const struct { const char *kind; int n; } cases[] = {{"uniform", 10}, {"uniform", 5000}, {"skewed", 300}, {"counts", 500}, {"skewed", 20000}, {"uniform", MOST}};
    Session *s = session_new(false);
    State *S = s->state;
    Picture *picture = picture_new(S);
    Panel *panel = picture_panel(S, picture);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double *x = malloc((size_t)cases[c].n * sizeof *x);
        for (int k = 0; k < cases[c].n; k++) x[k] = number_of(cases[c].kind, k);
        Summary all = summary_of(S, (size_t)cases[c].n, x);
        Layer free_edges = *density_line(S, panel, NULL, &all, 0, (DensityEdges){-INFINITY, INFINITY});
        Layer edges = *density_line(S, panel, NULL, &all, 0, density_edges(&all));
        ck_assert_double_eq_tol(integral(&free_edges), 1, 0.004);
        ck_assert_double_eq_tol(integral(&edges), 1, 0.004);
        ck_assert(edges.x->data[0] >= 0 && free_edges.x->data[0] < 0);
        free(x);
    }
    session_close(s);
}
END_TEST

/* Numbers in bins have the density of the numbers one by one. */
START_TEST(binned_densities) {
    Session *s = session_new(false);
    State *S = s->state;
    enum { N = 20000 };
    double *x = malloc(N * sizeof *x), at[] = {0.01, 0.3, 1, 2.5}, got[4];
    for (int k = 0; k < N; k++) x[k] = number_of("skewed", k);
    Summary all = summary_of(S, N, x);
    double bandwidth = density_bandwidth(&all);
    density_at(S, &all, bandwidth, (DensityEdges){-INFINITY, INFINITY}, 4, at, got);
    for (int j = 0; j < 4; j++) {
        double want = 0;
        for (int k = 0; k < N; k++) want += exp(-0.5 * pow((at[j] - x[k]) / bandwidth, 2)) / (N * bandwidth * sqrt(2 * M_PI));
        ck_assert_double_eq_tol(got[j], want, 2e-4 * want);
    }
    free(x);
    session_close(s);
}
END_TEST

/* ---- Bins and ranges ---- */

START_TEST(bins) {
    static const struct {
        int n;
        double x[8];
        size_t bins;
        double low, width, heights[6];
    } cases[] = {
        {4, {0, 1, 1, 3}, 4, -0.5, 1, {0.25, 0.5, 0, 0.25}},
        {1, {7}, 1, 6.5, 1, {1}},
        {3, {2.5, 2.5, 2.5}, 1, 2.375, 0.25, {1}},
        {4, {0, 0.25, 0.75, 1}, 2, 0, 0.5, {0.5, 0.5}},
        {3, {0, 30, 59}, 60, -0.5, 1, {1.0 / 3}},
        {3, {0, 59, 119}, 2, -0.5, 83, {2.0 / 3, 1.0 / 3}},
    };
    Session *s = session_new(false);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        Summary all = summary_of(s->state, (size_t)cases[c].n, cases[c].x);
        Bins b = summary_bins(&all, all.x[0], all.x[all.n - 1]);
        ck_assert_msg(b.n == cases[c].bins, "case %zu: %zu bins", c, b.n);
        ck_assert_double_eq_tol(b.low, cases[c].low, 1e-12);
        ck_assert_double_eq_tol(b.width, cases[c].width, 1e-12);
        double heights[SUMMARY_BINS], sum = 0;
        summary_heights(&all, &b, true, heights);
        for (size_t k = 0; k < b.n; k++) sum += heights[k];
        ck_assert_double_eq_tol(sum, 1, 1e-12);
        for (size_t k = 0; k < b.n && k < 6; k++) ck_assert_double_eq_tol(heights[k], cases[c].heights[k], 1e-12);
    }
    session_close(s);
}
END_TEST

START_TEST(ranges) {
    Session *s = session_new(false);
    double x[100] = {[0] = NAN, [1] = INFINITY, [2] = 1e9, [3] = -1e9};
    for (int k = 4; k < 100; k++) x[k] = k;
    Summary all = summary_of(s->state, 100, x);
    double low, high;
    summary_range(&all, &low, &high);
    ck_assert_double_eq(low, 4);
    ck_assert_double_eq(high, 99);
    ck_assert_uint_eq(all.left_out, 2);
    ck_assert_uint_eq(summary_outside(&all, low, high), 2);
    ck_assert_str_eq(summary_note(s->state, &all, "numbers", low, high)->text, "2 of 98 numbers lie outside; 2 are missing or not finite");
    session_close(s);
}
END_TEST

/* ---- Pictures ---- */

typedef struct Made {
    Picture *(*of)(State *S, Value a, Value b);
    Value a, b;
    Picture *picture;
} Made;

static void make(State *S, void *context) {
    Made *m = context;
    m->picture = m->of(S, m->a, m->b);
}

static Picture *of_distribution(State *S, Value a, Value b) { return (void)b, picture_of_distribution(S, a); }

/* The picture of the variables `a` and, if there is one, `b`, after the program; NULL: an error, whose kind is in S->error. */
static Picture *picture_after(Session *s, const char *program, Picture *of(State *S, Value a, Value b)) {
    State *S = s->state;
    session_must(s, "a = none; b = none");
    session_must(s, program);
    Made m = {of, state_global(S, string_of(S, "a"))->value, state_global(S, string_of(S, "b"))->value, NULL};
    if (m.b.tag == VALUE_NONE) m.b = value_unassigned();
    bool made = error_protect(S, make, &m);
    session_is_at_rest(s);
    return made ? m.picture : NULL;
}

/* A picture in short: titles and marks of each panel, "title LBR; title". */
static const char *outline(const Picture *picture, char text[4000]) {
    static const char marks[MARKS] = {[MARK_LINE] = 'L', [MARK_POINTS] = 'P', [MARK_BARS] = 'B', [MARK_BAND] = 'A', [MARK_ERRORS] = 'E', [MARK_RULE_X] = 'X', [MARK_RULE_Y] = 'Y'};
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t k = 0; k < picture->n_panels; k++) {
        const Panel *panel = &picture->panels[k];
        used += (size_t)snprintf(text + used, 4000 - used, "%s%s ", k ? "; " : "", panel->title ? panel->title->text : "-");
        for (uint32_t j = 0; j < panel->n_layers; j++) used += (size_t)snprintf(text + used, 4000 - used, "%c", marks[panel->layers[j].mark]);
        if (panel->note) used += (size_t)snprintf(text + used, 4000 - used, " (%s)", panel->note->text);
    }
    return text;
}

#define TINY                                                                                                              \
    "model m() { z ~ Normal(3, 1); w ~ Normal([1, 2], 1); v ~ Normal(linspace(0, 1, 20), 1) }\n"                           \
    "guide m() { param a1 = 0; param b: positive = [1, 2]; param c = zeros(20)\n z ~ Delta(a1); w ~ Normal(b, 1); v ~ Normal(c, 1) }\n"

static const struct {
    const char *program;
    Picture *(*of)(State *S, Value a, Value b);
    const char *outline; /* or the kind of the error */
} pictures[] = {
    {TINY "a = svi(m, steps = 30, seed = 1, particles = 1)", picture_of_fit, NULL},
    {TINY "a = svi(m, steps = 0, seed = 1)", picture_of_fit,
     "minus the ELBO  (no step was taken yet); a1: 0  (no step was taken yet); b  (no step was taken yet); c  (no step was taken yet)"},
    {TINY "a = svi(m, steps = 1, seed = 1, optimizer = SGD(lr = 0)); b = {b: [1, 2]}", picture_of_fit, NULL},
    {TINY "a = svi(m, steps = 1, seed = 1); b = {c: zeros(3)}", picture_of_fit, "shape-mismatch"},
    {TINY "a = svi(m, steps = 1, seed = 1); b = {a2: 3}", picture_of_fit, "unknown-param"},
    {TINY "a = svi(m, steps = 1, seed = 1); b = 3", picture_of_fit, "wrong-type"},
    {TINY "a = svi(m, steps = 1, seed = 1); b = {a1: \"x\"}", picture_of_fit, "wrong-type"},
    {"a = [1, 2, 2, 3.5]; b = Normal(2, 1)", picture_of_data, "- BL"},
    {"a = [1, 2, 2, 3, missing]; b = Poisson(2)", picture_of_data, "- BLP (1 of 5 numbers are missing or not finite)"},
    {"a = [1, 2, 2, 3.5]; b = [Normal(2, 1), StudentT(3)]", picture_of_data, "- BLL"},
    {"a = [missing, 0/1 * missing]; b = Normal(2, 1)", picture_of_data, "bad-argument"},
    {"a = [1, 2]; b = MultivariateNormal([0, 0], eye(2))", picture_of_data, "wrong-type"},
    {"a = [1, 2]; b = Normal([0, 0], 1)", picture_of_data, "wrong-type"},
    {"a = Cauchy(0, 1)", of_distribution, "- L"},
    {"a = Bernoulli(0.3)", of_distribution, "- B"},
    {"a = Delta(3)", of_distribution, NULL},
    {"a = Mixture([0.5, 0.5], [Normal(0, 1), Normal(5, 1)])", of_distribution, "- L"},
    {"a = [Poisson(1), Poisson(9)]", of_distribution, "- LPLP"},
    {"a = [3]", of_distribution, "wrong-type"},
    {"a = {u: [1.5, 2, 3, 4.5], v: [2.5, 1, 0, 0.5]}; b = {u: 3}", picture_of_draws, NULL},
    {"a = {k: [true, false, true]}", picture_of_draws, "k: 0.67 ± 0.58 BX"},
    {"a = {k: [missing, missing]}", picture_of_draws, "k  (none of the 2 draws is a finite number)"},
    {"a = {k: [2, 2], c: [2.5, 2.5]}", picture_of_draws, "k: 2 ± 0 BX; - ; no correlation: one is constant P; c: 2.5 ± 0 BX"},
    {"a = {k: 3}", picture_of_draws, "wrong-type"},
    {"a = {k: [1, 2], l: [1, 2, 3]}", picture_of_draws, "shape-mismatch"},
    {"a = {kappa: [1, 2]}; b = {kapa: 1}", picture_of_draws, "unknown-field"},
    {"a = {k: [1, 2]}; b = {k: [1, 2]}", picture_of_draws, "shape-mismatch"},
};

/* With a collection at each safe point. */
START_TEST(outlines) {
    Session *s = session_new(true);
    s->collect_often = true;
    Picture *picture = picture_after(s, pictures[_i].program, pictures[_i].of);
    char text[4000];
    const char *got = picture ? outline(picture, text) : s->state->error.diagnostic.kind;
    if (pictures[_i].outline) ck_assert_msg(strcmp(got, pictures[_i].outline) == 0, "%s\nis %s\nnot %s", pictures[_i].program, got, pictures[_i].outline);
    else ck_assert_msg(picture != NULL, "%s\n%s", pictures[_i].program, s->state->error.diagnostic.message);
    session_close(s);
}
END_TEST

START_TEST(fit_of_many_params) {
    Session *s = session_new(false);
    Picture *picture = picture_after(s,
        "model m() { for k in 0..40 { sample(\"z{k}\", Normal(0, 1)) } }\n"
        "guide m() { for k in 0..40 { p = param(\"p{k}\", k); sample(\"z{k}\", Delta(p)) } }\n"
        "a = svi(m, steps = 3, seed = 1, optimizer = SGD(lr = 0)); b = {p39: 39, p20: 21}", picture_of_fit);
    ck_assert_ptr_nonnull(picture);
    ck_assert_uint_eq(picture->n_panels, 16);
    ck_assert_str_eq(picture->panels[15].title->text, "p39: 39");
    ck_assert_str_eq(picture->panels[14].title->text, "p20: 20");
    ck_assert_ptr_nonnull(strstr(picture->panels[0].note->text, "25 of 40 params are not shown: p13, p14"));
    session_close(s);
}
END_TEST

/* A first loss that is huge leaves the others room. */
START_TEST(loss_range) {
    Session *s = session_new(false);
    Picture *picture = picture_after(s,
        "model m() { z ~ Normal(0, 1) }\nguide m() { param q = 1000; z ~ Normal(q, 1) }\n"
        "a = svi(m, steps = 400, seed = 1, optimizer = Adam(lr = 20))", picture_of_fit);
    ck_assert_ptr_nonnull(picture);
    const Panel *panel = &picture->panels[0];
    const Layer *raw = &panel->layers[0];
    ck_assert_double_gt(raw->y->data[0], 1e5);
    ck_assert_double_lt(panel->y_high, 1e4);
    ck_assert_ptr_nonnull(strstr(panel->note->text, "lie outside, up to"));
    session_close(s);
}
END_TEST

/* ---- What programs see ---- */

/* A density without bound is cut where it would flatten the rest; a narrow one is not. */
START_TEST(poles) {
    static const struct { const char *program; double most; } cases[] = {
        {"a = Gamma(0.1, 1)", 100}, {"a = [Normal(0, 1), Normal(0, 0.01)]", NAN}, {"a = Uniform(0, 1)", NAN}};
    Session *s = session_new(false);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        Picture *picture = picture_after(s, cases[k].program, of_distribution);
        ck_assert_ptr_nonnull(picture);
        double high = picture->panels[0].y_high;
        ck_assert_msg(isnan(cases[k].most) ? isnan(high) : high < cases[k].most, "%s: %g", cases[k].program, high);
    }
    session_close(s);
}
END_TEST

static const Program programs_table[] = {
    {"print(density([1, 2, 4], 0.5) == none, slope([1, 2], [3, 5]) == none)", "false false"},
};

PROGRAMS(programs)

static const struct { const char *text, *kind; } broken[] = {
    {"density([])", "bad-argument"},
    {"density([2, 2])", "bad-argument"},
    {"density([1, 2], -1)", "bad-argument"},
    {"density([1, 2], low = 1.5)", "bad-argument"},
    {"density(\"x\")", "wrong-type"},
    {"slope([1, 1], [2, 3])", "bad-argument"},
    {"slope([1], [2])", "bad-argument"},
    {"slope([1e308, -1e308], [2, 1])", "bad-argument"},
    {"slope([1, 2, 3], [2, 3])", "shape-mismatch"},
    {"slope([0, 2, 3], [2, 3, 4], log = \"xy\")", "bad-argument"},
    {"slope([1, 2, 3], [2, 3, 4], log = \"z\")", "bad-argument"},
    {"predictive_check([1, 2], [1, 2])", "wrong-type"},
    {"predictive_check([1, 2, 3], [[1, 2], [1, 2], [3, 4]])", "shape-mismatch"},
    {"predictive_check([missing, missing], [[1, 2], [1, 2]])", "bad-argument"},
};

START_TEST(errors) {
    Session *s = session_new(false);
    char program[200], kind[64];
    snprintf(program, sizeof program, "y = %s", broken[_i].text);
    snprintf(kind, sizeof kind, "[%s]", broken[_i].kind);
    ck_assert(session_run(s, program) == ELBO_RUNTIME_ERROR);
    ck_assert_msg(strstr(s->reports, kind) != NULL, "%s\n%s", program, s->reports);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

static const struct { const char *text, *label; } labels[] = {
    {"slope([1, 10, 100, 1000], [1, 0.32, 0.1, 0.031], log = \"xy\")", "slope −0.5031 ± 0.0022"},
    {"slope([1, 2, 3], [2, 4, 6])", "slope 2"},
    {"slope([1, 2], [2, 1])", "slope −1"},
    {"slope([1, 2, 3, 4], [100, 400, 200, 900])", "slope 220 ± 117"},
    {"slope([1, 2, 3, missing], [2, 4, 6, 8])", "slope 2"},
};

START_TEST(slope_labels) {
    Session *s = session_new(false);
    char program[200];
    snprintf(program, sizeof program, "y = %s", labels[_i].text);
    session_must(s, program);
    const Picture *picture = (Picture *)state_global(s->state, string_of(s->state, "y"))->value.as.object;
    ck_assert_str_eq(picture->panels[0].layers[1].label->text, labels[_i].label);
    session_close(s);
}
END_TEST

/* The share of replicated statistics that are at least as large. */
START_TEST(predictive) {
    Session *s = session_new(false);
    session_must(s, "y = predictive_check([1, 2.5, 3], [[1, 2.5, 3], [2, 3.5, 4], [0, 1.5, 2], [5, 6.5, 7]])");
    const Picture *picture = (Picture *)state_global(s->state, string_of(s->state, "y"))->value.as.object;
    char text[4000];
    ck_assert_str_eq(outline(picture, text), "density LLLLL; mean: 75 % are at least y's BX; sd: 100 % are at least y's BX; min: 75 % are at least y's BX;"
                                             " max: 75 % are at least y's BX");
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("pictures");
    TCase *numbers = tcase_create("numbers");
    tcase_add_test(numbers, references);
    tcase_add_test(numbers, densities_are_whole);
    tcase_add_test(numbers, binned_densities);
    tcase_add_test(numbers, bins);
    tcase_add_test(numbers, ranges);
    suite_add_tcase(suite, numbers);
    TCase *drawn = tcase_create("drawn");
    tcase_add_loop_test(drawn, outlines, 0, (int)(sizeof pictures / sizeof *pictures));
    tcase_add_test(drawn, fit_of_many_params);
    tcase_add_test(drawn, loss_range);
    tcase_add_loop_test(drawn, errors, 0, (int)(sizeof broken / sizeof *broken));
    tcase_add_loop_test(drawn, slope_labels, 0, (int)(sizeof labels / sizeof *labels));
    tcase_add_test(drawn, predictive);
    tcase_add_test(drawn, poles);
    suite_add_tcase(suite, drawn);
    ADD_PROGRAMS(suite, programs);
    return session_run_suite(suite);
}
