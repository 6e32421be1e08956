/* SPDX-License-Identifier: GPL-3.0-or-later
   Optimizers and schedules against PyTorch and Pyro (tests/reference/optimizers.py), how they print, and what they refuse. */
#include "config.h"

#include <math.h>

#include "inference/schedule.h"
#include "inference/update.h"
#include "runtime/gc.h"
#include "tests/parsing.h"
#include "tests/session.h"

enum { NUMBERS = 8, STEPS = 40 };

/* Params of 1, 3 and 4 numbers. The loss, minus the ELBO, is loss_of in tests/reference/optimizers.py. */
#define MODEL                                                                                                    \
    "model m() {\n  u ~ Normal(3, 1); v ~ Normal([1, -2, 0.5], [1, 2, 0.5]); w ~ Normal([0, 1, 2, 3], 1)\n"         \
    "  factor(\"f\", -exp(u / 2) - sum(v) ^ 2 / 4 - (w[0] * u + w[3] * v[2]) ^ 2 / 8)\n}\n"                         \
    "guide m() {\n  param a = 0.5; param b = [1, -2, 0.25]; param c = [1, 2, 3, -4]\n"                               \
    "  u ~ Delta(a); v ~ Delta(b); w ~ Delta(c)\n}\n"

/* given_gradient of tests/reference/optimizers.py, of the loss. */
static double given_gradient(int step, int k) { return ((37 * step + 11 * k * k) % 23 - 11) * ldexp(1, 2 * k - 6); }

/* ---- Reading the reference ---- */

typedef struct Reference {
    char *text, *row;
} Reference;

static Reference reference_open(const char *name) {
    char path[1000];
    size_t length;
    char *text = parsing_read_path(parsing_path(path, sizeof path, name), &length);
    ck_assert_ptr_nonnull(text);
    return (Reference){text, strchr(text, '\n') + 1};
}

/* Splits off the next field. */
static char *reference_field(Reference *r) {
    char *field = r->row;
    size_t n = strcspn(field, ";\n");
    r->row = field + n + (field[n] != '\0');
    field[n] = '\0';
    return field;
}

static double reference_number(Reference *r) { return strtod(reference_field(r), NULL); }

static void near(double found, double expected, const char *what, int step, int k) {
    ck_assert_msg(fabs(found - expected) <= 1e-12 * fmax(fabs(expected), 1e-3), "%s, step %d, number %d: %.17g, should be %.17g", what, step, k,
                  found, expected);
}

/* ---- Steps ---- */

/* The numbers after each step, under gradients that are given, through the C interface. */
static void steps_given(Session *s, double out[][NUMBERS]) {
    State *S = s->state;
    Fit *fit = (Fit *)state_global(S, string_of(S, "fit"))->value.as.object;
    ck_assert_uint_eq(fit->n_params, 3);
    for (int step = 1; step <= STEPS; step++) {
        double numbers[3][LANE_BLOCK];
        const double *gradients[3];
        tape_begin(S);
        const double *rates = update_rates(S, fit);
        for (int p = 0, k = 0; p < 3; p++) {
            for (size_t i = 0; i < fit->params[p].size; i++) numbers[p][i] = -given_gradient(step, k++);
            gradients[p] = numbers[p];
        }
        update_params(S, fit, gradients, rates);
        fit->done++;
        tape_end(S);
        for (int p = 0, k = 0; p < 3; p++)
            for (size_t i = 0; i < fit->params[p].size; i++) out[step - 1][k++] = fit->params[p].theta->data[i];
    }
}

/* The same for the steps that svi takes. */
static void steps_of_svi(Session *s, double out[][NUMBERS]) {
    double a[STEPS], b[3 * STEPS], c[4 * STEPS];
    session_must(s, "h = svi(m, steps = 40, optimizer = o).history\na = h.a\nb = reshape(h.b, 120)\nc = reshape(h.c, 160)");
    ck_assert_int_eq(elbo_get_vector(s->state, "a", a, STEPS), STEPS);
    ck_assert_int_eq(elbo_get_vector(s->state, "b", b, 3 * STEPS), 3 * STEPS);
    ck_assert_int_eq(elbo_get_vector(s->state, "c", c, 4 * STEPS), 4 * STEPS);
    for (int t = 0; t < STEPS; t++) {
        out[t][0] = a[t];
        memcpy(&out[t][1], b + 3 * t, 3 * sizeof *b);
        memcpy(&out[t][4], c + 4 * t, 4 * sizeof *c);
    }
}

START_TEST(steps_are_those_of_pytorch) {
    Reference r = reference_open("tests/data/optimizers.csv");
    Session *s = session_new(false);
    session_must(s, MODEL);
    double found[STEPS][NUMBERS];
    unsigned rows = 0;
    while (*r.row) {
        const char *optimizer = reference_field(&r), *gradients = reference_field(&r);
        int step = (int)reference_number(&r);
        if (step == 1) {
            char text[1000];
            snprintf(text, sizeof text, "o = %s\nfit = svi(m, steps = 0, optimizer = o)", optimizer);
            session_must(s, text);
            if (strcmp(gradients, "given") == 0) steps_given(s, found);
            else steps_of_svi(s, found);
        }
        for (int k = 0; k < NUMBERS; k++) near(found[step - 1][k], reference_number(&r), optimizer, step, k);
        rows++;
    }
    ck_assert_uint_eq(rows, 30 * 2 * 9);
    session_close(s);
    free(r.text);
}
END_TEST

START_TEST(schedules_are_those_of_pytorch) {
    Reference r = reference_open("tests/data/schedules.csv");
    Session *s = session_new(false);
    unsigned rows = 0;
    while (*r.row) {
        char text[1000];
        const char *schedule = reference_field(&r);
        int step = (int)reference_number(&r);
        double expected = reference_number(&r);
        snprintf(text, sizeof text, "s = %s\nx = s(%d)\ny = s(0..%d)[%d]", schedule, step, step + 1, step);
        session_must(s, text);
        near(session_number(s, "x"), expected, schedule, step, 0);
        ck_assert(session_number(s, "x") == session_number(s, "y"));
        rows++;
    }
    ck_assert_uint_eq(rows, 262);
    session_close(s);
    free(r.text);
}
END_TEST

/* Each row has a built-in of its name, which can be made without arguments and named in svi. */
START_TEST(rows_are_built_in) {
    Session *s = session_new(false);
    session_must(s, MODEL);
    for (const OptimizerRow *const *row = optimizer_rows; *row; row++) {
        char text[400];
        snprintf(text, sizeof text, "o = %s()\nassert(text(svi(m, steps = 1, optimizer = %s).optimizer) == text(o))", (*row)->name, (*row)->name);
        session_must(s, text);
        const Optimizer *o = (Optimizer *)state_global(s->state, string_of(s->state, "o"))->value.as.object;
        ck_assert_ptr_eq(o->row, *row);
        ck_assert_uint_le((*row)->n_state, OPTIMIZER_STATE);
        unsigned places = 0;
        for (const Hyper *h = (*row)->settings; h->name; h++) places += hyper_places(h);
        ck_assert_uint_le(places, OPTIMIZER_SETTINGS);
        ck_assert_int_eq((*row)->settings[0].kind, HYPER_RATE);
        ck_assert_ptr_nonnull((*row)->help);
    }
    session_close(s);
}
END_TEST

/* ---- A step is whole or it is not ---- */

typedef struct Update {
    Fit *fit;
    const double *gradients[3];
} Update;

static void update_run(State *S, void *what) {
    const Update *update = what;
    tape_begin(S);
    const FitParam *broken = update_params(S, update->fit, update->gradients, update_rates(S, update->fit));
    if (broken) update_raise(S, update->fit, broken);
    tape_end(S);
}

/* A gradient that is no number leaves params, state and history as they were. */
START_TEST(broken_steps_change_nothing) {
    static const struct {
        const char *optimizer;
        double gradient;
    } broken[] = {{"Adam(lr = 0.1)", NAN}, {"SGD(lr = 1, momentum = 0.9)", INFINITY}, {"RMSProp(clip_norm = 1)", INFINITY},
                  {"AdaGrad(clip_value = 1)", NAN}, {"Adam(lr = 0.1)", 1e300}};
    Session *s = session_new(false);
    State *S = s->state;
    session_must(s, MODEL);
    for (unsigned o = 0; o < sizeof broken / sizeof *broken; o++) {
        char text[400];
        snprintf(text, sizeof text, "fit = svi(m, steps = 3, optimizer = %s)\nbefore = fit.params", broken[o].optimizer);
        session_must(s, text);
        Fit *fit = (Fit *)state_global(S, string_of(S, "fit"))->value.as.object;
        double state[4];
        memcpy(state, fit->params[2].state[0], sizeof state);
        double a[1] = {0.5}, b[3] = {1, 1, 1}, c[4] = {0, 0, broken[o].gradient, 0};
        Update update = {fit, {a, b, c}};
        ck_assert_msg(!error_protect(S, update_run, &update), "%s", broken[o].optimizer);
        ck_assert_str_eq(S->error.diagnostic.kind, "not-a-number");
        ck_assert(memcmp(state, fit->params[2].state[0], sizeof state) == 0);
        session_must(s, "assert(fit.params == before and fit.steps == 3)");
    }
    session_close(s);
}
END_TEST

/* ---- As values ---- */

static const Program values_table[] = {
    {"print(SGD())\nprint(Adam())\nprint(AdamW())\nprint(ClippedAdam())\nprint(AdaGrad())\nprint(RMSProp())",
     "SGD(lr = 0.001, momentum = 0, dampening = 0, weight_decay = 0, nesterov = false)\n"
     "Adam(lr = 0.001, betas = [0.9, 0.999], eps = 1e-08)\n"
     "AdamW(lr = 0.001, betas = [0.9, 0.999], eps = 1e-08, weight_decay = 0.01)\n"
     "ClippedAdam(lr = 0.001, betas = [0.9, 0.999], eps = 1e-08, weight_decay = 0, clip_norm = 10, lrd = 1)\n"
     "AdaGrad(lr = 0.01, lr_decay = 0, weight_decay = 0, initial_accumulator = 0, eps = 1e-10)\n"
     "RMSProp(lr = 0.01, alpha = 0.99, eps = 1e-08, weight_decay = 0, momentum = 0, centered = false)"},
    {"print(Adam(lr = cosine_decay(0.1, 100), clip_norm = 5, clip_value = 2, params = {z: {lr: 0.5, betas: [0.5, 0.9]}}))",
     "Adam(lr = cosine_decay(lr = 0.1, steps = 100, floor = 0), betas = [0.9, 0.999], eps = 1e-08, clip_value = 2, clip_norm = 5, "
     "params = {z: {lr: 0.5, betas: [0.5, 0.9]}})"},
    {"fn lr(step) { 1 }\nprint(SGD(lr = lr))", "SGD(lr = <function lr>, momentum = 0, dampening = 0, weight_decay = 0, nesterov = false)"},
    {"print(exponential_decay(0.1, 0.9), step_decay(1, every = 5), robbins_monro(2), type(robbins_monro(2)))",
     "exponential_decay(lr = 0.1, rate = 0.9) step_decay(lr = 1, every = 5, rate = 0.1) robbins_monro(lr = 2, offset = 1, power = 0.6) schedule"},
    {"s = step_decay(1, 2, 0.5)\nprint(s(0), s(1.5), s(2), s(0..5), s([[0, 2], [4, 6]]))", "1 1 0.5 [1, 1, 0.5, 0.5, 0.25] [[1, 0.5], [0.25, 0.125]]"},
    /* Where PyTorch's cosine rises again, this one stays. */
    {"print(cosine_decay(1, 4, 0.5)(4), cosine_decay(1, 4, 0.5)(100))", "0.5 0.5"},
};
PROGRAMS(values)

/* ---- In fits ---- */

#define LINE "model m() { z ~ Normal(0, 1); factor(\"f\", 3 * z + z ^ 2 / 2) }\nguide m() { param k = 0; z ~ Delta(k) }\n"
#define FAMILY                                                                                                            \
    "model m() { for t in 0..3 { x[t] ~ Normal(0, 1) }; y ~ Normal(0, 1); factor(\"f\", x[0] + x[1] + x[2] + y + (x @ x + y ^ 2) / 2) }\n" \
    "guide m() { for t in 0..3 { param k[t] = 0; x[t] ~ Delta(k[t]) }; param k_one = 0; y ~ Delta(k_one) }\n"

static const Program fits_table[] = {
    /* The gradient of the ELBO is 3 everywhere: steps go up. */
    {LINE "print(svi(m, steps = 4, optimizer = SGD(lr = 0.5)).history.k)", "[1.5, 3, 4.5, 6]"},
    {LINE "print(svi(m, steps = 4, optimizer = SGD(lr = fn(step) { step })).history.k)", "[0, 3, 9, 18]"},
    {LINE "print(svi(m, steps = 4, optimizer = SGD(lr = step_decay(1, 2, 0.5))).history.k)", "[3, 6, 7.5, 9]"},
    {LINE "print(svi(m, steps = 3, optimizer = SGD(lr = 0.5, clip_value = 2)).history.k)", "[1, 2, 3]"},
    {LINE "print(svi(m, steps = 3, optimizer = SGD(lr = 0.5, params = {k: {lr: 0, clip_value: 1}})).history.k)", "[0, 0, 0]"},
    /* Weight decay shrinks: it pulls to 0, where steps alone go up for ever. */
    {LINE "f = svi(m, steps = 500, optimizer = SGD(lr = 0.1, weight_decay = 0.5))\nprint(abs(f.params.k - 6) < 1e-9)", "true"},
    {LINE "f = svi(m, steps = 900, optimizer = AdamW(lr = 0.1, weight_decay = 0.5))\nprint(abs(f.params.k - 2) < 1e-6)", "true"},
    {LINE "f = svi(m, steps = 2000, optimizer = AdaGrad(lr = 2, weight_decay = 0.5))\nprint(abs(f.params.k - 6) < 1e-6)", "true"},
    /* A name stands for its family, and one of the family may have its own settings; names that only begin alike do not count. */
    {FAMILY "f = svi(m, steps = 2, optimizer = SGD(lr = 1, params = {k: {lr: 0.5}, \"k[1]\": {lr: 0.25}}))\nprint(f.params)", "{\"k[0]\": 1, \"k[1]\": 0.5, \"k[2]\": 1, k_one: 2}"},
    {FAMILY "f = svi(m, steps = 2, optimizer = SGD(lr = 1, params = {\"k[1]\": {lr: 0.25}, k: {lr: 0.5}}))\nprint(f.params)", "{\"k[0]\": 1, \"k[1]\": 0.5, \"k[2]\": 1, k_one: 2}"},
    /* The norm of four gradients of 1 is 2. */
    {FAMILY "f = svi(m, steps = 2, optimizer = SGD(lr = 1, clip_norm = 1))\nprint(abs(f.params.k_one - 1) < 1e-6, f.params.k_one < 1)", "true true"},
    {FAMILY "f = svi(m, steps = 2, optimizer = SGD(lr = 1, clip_norm = 3))\nprint(f.params.k_one)", "2"},
    {"model m() { z ~ Normal(0, 1); factor(\"f\", 1e300 * z + z ^ 2 / 2) }\nguide m() { param k = 0; z ~ Delta(k) }\n"
     "print(svi(m, steps = 1, optimizer = SGD(lr = 1, clip_norm = 1)).params.k)", "1"},
    /* A function of the step draws nothing from the fit's stream, and is called once for all params that share it. */
    {"model m() { z ~ Normal(0, 1); factor(\"f\", z) }\nguide m() { param k = 1; param j = 2; z ~ Normal(k + j, 1) }\n"
     "fn lr(step) { print(\"lr at\", step); 0.1 }\n"
     "with seed(1) { a = svi(m, steps = 2, optimizer = SGD(lr = lr, params = {j: {momentum: 0.5}})) }\n"
     "with seed(1) { b = svi(m, steps = 2, optimizer = SGD(lr = 0.1, params = {j: {momentum: 0.5}})) }\nprint(a.params == b.params)", "lr at 0\ntrue"},
};
PROGRAMS(fits)

/* A fit that goes on takes the steps of one that was never interrupted, bit for bit. */
START_TEST(going_on_is_the_same) {
    Reference r = reference_open("tests/data/optimizers.csv");
    Session *s = session_new(false);
    session_must(s, MODEL "noisy = fn() { param a = 0.5; param b = [1, -2, 0.25]; param c = [1, 2, 3, -4]; u ~ Normal(a, 1); v ~ Normal(b, 0.5); w ~ Normal(c, 2) }\n");
    while (*r.row) {
        const char *optimizer = reference_field(&r), *gradients = reference_field(&r);
        int step = (int)reference_number(&r);
        for (int k = 0; k < NUMBERS; k++) reference_field(&r);
        if (step != 1 || strcmp(gradients, "given") != 0) continue;
        char text[1000];
        snprintf(text, sizeof text,
                 "o = %s\nwith seed(1) { whole = svi(m, guide = noisy, steps = 17, optimizer = o) }\n"
                 "with seed(1) { part = svi(m, guide = noisy, steps = 6, optimizer = o) }\npart = svi(part, steps = 11)\n"
                 "assert(part.params == whole.params and all(part.losses == whole.losses))", optimizer);
        session_must(s, text);
    }
    session_close(s);
    free(r.text);
}
END_TEST

/* ---- Bad use ---- */

typedef struct Bad {
    const char *kind, *text, *says; /* says: a part of what is reported */
} Bad;

static const Bad bads[] = {
    {"bad-argument", "SGD(lr = -1)", "at least 0"},
    {"bad-argument", "SGD(lr = nan)", "at least 0"},
    {"bad-argument", "AdamW(lr = inf)", "finite"},
    {"bad-argument", "SGD(momentum = 1)", "below 1"},
    {"bad-argument", "SGD(dampening = 2)", "between 0 and 1"},
    {"bad-argument", "SGD(nesterov = true)", "needs a momentum"},
    {"bad-argument", "SGD(nesterov = true, momentum = 0.9, dampening = 0.1)", "no dampening"},
    {"bad-argument", "SGD(momentum = 0.9, nesterov = true, params = {z: {momentum: 0}})", "needs a momentum"},
    {"wrong-type", "SGD(nesterov = 1)", "true or false"},
    {"wrong-type", "SGD(lr = \"fast\")", "a schedule or a function"},
    {"wrong-type", "SGD(lr = [1, 2])", "vector"},
    {"bad-argument", "Adam(betas = 0.9)", "two numbers"},
    {"bad-argument", "Adam(betas = [0.9, 0.9, 0.9])", "two numbers"},
    {"bad-argument", "Adam(betas = [0.9, 1])", "below 1"},
    {"bad-argument", "AdamW(weight_decay = -1)", "weight_decay of AdamW"},
    {"bad-argument", "ClippedAdam(lrd = 1.5)", "at most 1"},
    {"bad-argument", "ClippedAdam(clip_norm = 0)", "greater than 0"},
    {"bad-argument", "Adam(clip_norm = 0)", "greater than 0"},
    {"bad-argument", "Adam(clip_value = -1)", "greater than 0"},
    {"bad-argument", "RMSProp(alpha = 1)", "below 1"},
    {"unknown-argument", "AdaGrad(lr_deca = 1)", "'lr_decay'"},
    {"unknown-name", "Adagrad()", "'AdaGrad'"},
    {"wrong-type", "Adam(params = 1)", "a record"},
    {"wrong-type", "Adam(params = {z: 0.1})", "params = {z: {lr: 0.001}}"},
    {"unknown-argument", "Adam(params = {z: {lt: 0.1}})", "'lr'"},
    {"unknown-argument", "Adam(params = {z: {clip_norm: 1}})", "beside lr"},
    {"bad-argument", "Adam(params = {z: {lr: -1}})", "at least 0"},
    {"missing-argument", "exponential_decay(0.1)", "'rate'"},
    {"bad-argument", "exponential_decay(0.1, 1.1)", "a hundredth off"},
    {"bad-argument", "exponential_decay(-1, 0.9)", "at least 0"},
    {"bad-argument", "cosine_decay(0.1, 0)", "at least 1"},
    {"bad-argument", "cosine_decay(0.1, 1.5)", "whole number"},
    {"bad-argument", "cosine_decay(0.1, 10, floor = 0.2)", "above lr"},
    {"bad-argument", "step_decay(0.1, 10, rate = 0)", "greater than 0"},
    {"bad-argument", "robbins_monro(0.1, offset = 0)", "greater than 0"},
    {"bad-argument", "robbins_monro(0.1, power = 0.5)", "squares"},
    {"bad-argument", "robbins_monro(0.1)(-1)", "from 0"},
    {"bad-argument", "robbins_monro(0.1)([0, -1])", "from 0"},
    {"missing-argument", "robbins_monro(0.1)()", "one argument"},
    {"too-many-arguments", "robbins_monro(0.1)(1, 2)", "one argument"},
    {"unknown-argument", "robbins_monro(0.1)(step = 1)", "'step'"},
    {"wrong-type", "robbins_monro(0.1)(\"a\")", "number"},
    {"wrong-type", "svi(m, optimizer = 0.1)", "an optimizer like"},
    {"wrong-type", "svi(m, optimizer = Normal)", "an optimizer like"},
    {"unknown-param", "svi(m, optimizer = Adam(params = {kk: {lr: 0.1}}))", "'k'"},
    {"unknown-param", "svi(m, optimizer = Adam(params = {elsewhere: {lr: 0.1}}))", "are 'k', 'scale'"},
    {"unknown-param", "svi(svi(m, steps = 2), steps = 2, optimizer = Adam(params = {elsewhere: {lr: 0.1}}))", "are 'k', 'scale'"},
    {"bad-argument", "svi(m, steps = 9, optimizer = Adam(lr = fn(step) { 3 - step }))", "lr is -1 at step 4"},
    {"bad-argument", "svi(m, optimizer = Adam(lr = fn(step) { nan }))", "nan at step 0"},
    {"wrong-type", "svi(m, optimizer = Adam(lr = fn(step) { \"x\" }))", "a function of the step"},
    {"too-many-arguments", "svi(m, optimizer = Adam(lr = fn() { 1 }))", "0 arguments"},
    {"nested-grad", "svi(m, optimizer = Adam(lr = fn(step) { grad(fn(x) { x }, 1) }))", "grad"},
    {"svi-inside", "svi(m, optimizer = Adam(lr = fn(step) { svi(m).params.k }))", "svi"},
};

START_TEST(bad_use_has_a_name) {
    const Bad *bad = &bads[_i];
    char text[800], kind[100];
    Session *s = session_new(false);
    session_must(s, "model m() { z ~ Normal(0, 1); factor(\"f\", z) }\nguide m() { param k = 1; param scale: positive = 1; z ~ Normal(k, scale) }");
    snprintf(text, sizeof text, "r_ = %s", bad->text);
    ck_assert_msg(session_run(s, text) != ELBO_OK, "%s", bad->text);
    snprintf(kind, sizeof kind, "[%s]", bad->kind);
    ck_assert_msg(strstr(s->reports, kind) && strstr(s->reports, bad->says), "%s\n%s\nshould say %s %s", bad->text, s->reports, kind, bad->says);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("optimizers");
    TCase *reference = tcase_create("reference");
    tcase_add_test(reference, steps_are_those_of_pytorch);
    tcase_add_test(reference, schedules_are_those_of_pytorch);
    tcase_add_test(reference, rows_are_built_in);
    tcase_add_test(reference, broken_steps_change_nothing);
    tcase_add_test(reference, going_on_is_the_same);
    suite_add_tcase(suite, reference);
    ADD_PROGRAMS(suite, values);
    ADD_PROGRAMS(suite, fits);
    TCase *use = tcase_create("bad use");
    tcase_add_loop_test(use, bad_use_has_a_name, 0, (int)(sizeof bads / sizeof *bads));
    suite_add_tcase(suite, use);
    return session_run_suite(suite);
}
