/* SPDX-License-Identifier: GPL-3.0-or-later
   The manual's table of handlers (runtime/handlers, HandlerRow.effects), cell by cell: what it says happens, and where it says
   nothing, nothing happens. A handler or a cell without its test fails. */
#include "runtime/message.h"
#include "tests/session.h"

/* A program with a message of each kind. base: what a trace sees of it; t: what it sees of it under the handler. */
static const char prelude[] =
    "fn f(x) {\n"
    "    z ~ Normal(1, 2)\n"
    "    obs x ~ Normal(0, 1)\n"
    "    param m: positive = 3\n"
    "    plate p(i in 0..4) { w[i] ~ Delta(i) }\n"
    "    factor(\"k\", 2)\n"
    "    deterministic d = 5\n"
    "    [z, x, m, len(w), d]\n"
    "}\n"
    "fn inside(y) { plate p(i in 0..4) { a[i] ~ Delta(i); obs y[i] ~ Normal(0, 1); factor(\"b\", 1); param c[i] = 1 }; a }\n"
    "values = {z: 7, x: 9, m: 8, k: 6, d: 4, p: 2}\n"
    "other = trace(fn() { sample(\"z\", Delta(7)); sample(\"x\", Delta(9)); param m = 8; factor(\"k\", 6); deterministic d = 4 })()\n"
    "fn seen(h) { with seed(1) { trace(h)(5) } }\n"
    "base = seen(f)\n";

/* What a trace tells of a message of each kind. */
static const char *const views[EFFECTS] = {
    [EFFECT_LATENT] = "\"{t.sites.z.kind} {t.sites.z.is_observed} {t[\"z\"]} {t.sites.z.log_prob} {t.sites.z.scale} {t.value[0]}\"",
    [EFFECT_OBSERVED] = "\"{t.sites.x.kind} {t.sites.x.is_observed} {t[\"x\"]} {t.sites.x.log_prob} {t.sites.x.scale} {t.value[1]}\"",
    [EFFECT_PARAM] = "\"{t.sites.m.kind} {t[\"m\"]} {t.value[2]}\"",
    [EFFECT_PLATE] = "\"{t.value[3]}\"",
    [EFFECT_FACTOR] = "\"{t.sites.k.kind} {t.sites.k.value} {t.sites.k.log_prob} {t.sites.k.scale}\"",
    [EFFECT_DETERMINISTIC] = "\"{t.sites.d.kind} {t[\"d\"]} {t.value[4]}\"",
};

typedef struct HandlerTest {
    const char *name;
    const char *under;          /* f under the handler */
    const char *shows[EFFECTS]; /* what is true then, in the cells that say something; "!kind program": a program with that error */
} HandlerTest;

#define HIDES(name) "not (\"" name "\" in t.sites) and \"" name "\" in base.sites"
#define LOG_PROB(site, factor) "t.sites." site ".log_prob == " factor " * base.sites." site ".log_prob and base.sites." site ".log_prob != 0"
#define DOUBLED(site) "u = trace(subsample(inside, {p: 2}))([1, 1, 1, 1]); u.sites." site ".scale == 2 and len(u[\"y\"]) == 2"

static const HandlerTest tests[] = {
    {"block", "block(f)",
     {HIDES("z") " and t.value[0] == base.value[0]", HIDES("x"), HIDES("m") " and t.value[2] == 3", NULL, HIDES("k"), HIDES("d")}},
    {"condition", "condition(f, values)",
     {"t.sites.z.is_observed and t[\"z\"] == 7 and t.value[0] == 7 and t.sites.z.log_prob == Normal(1, 2).log_prob(7)"}},
    {"do", "do(f, {z: 7, m: 8, k: 6, d: 4})",
     {"t.sites.z.kind == \"deterministic\" and t.value[0] == 7 and abs(log_prob(t) - (log_prob(base) - base.sites.z.log_prob)) < 1e-12",
      "!do-observed do(f, {x: 9})(5)"}},
    {"lift", "lift(f, {m: LogNormal(0, 1), z: Normal(0, 1), k: Normal(0, 1), d: Normal(0, 1)})",
     {[EFFECT_PARAM] = "t.sites.m.kind == \"sample\" and t.value[2] == t[\"m\"] and t.sites.m.log_prob == LogNormal(0, 1).log_prob(t[\"m\"])"}},
    {"mask", "mask(f, false)",
     {"t.sites.z.log_prob == 0 and t[\"z\"] == base[\"z\"]", "t.sites.x.log_prob == 0 and t[\"x\"] == 5", NULL, NULL,
      "t.sites.k.log_prob == 0 and log_prob(t) == 0"}},
    {"params", "params(f, {m: log(8), z: 7, x: 9, k: 6, d: 4})", {[EFFECT_PARAM] = "abs(t.value[2] - 8) < 1e-12 and abs(t[\"m\"] - 8) < 1e-12"}},
    {"reparam", "reparam(f, {z: LocScale(0), m: LocScale(0), k: LocScale(0), d: LocScale(0)})",
     {"t.sites.z.kind == \"deterministic\" and abs(t.value[0] - (1 + 2 * t[\"z_decentered\"])) < 1e-12 and t.sites.z_decentered.kind == \"sample\"",
      "!no-reparam reparam(f, {x: LocScale()})(5)"}},
    {"replay", "replay(f, other)",
     {"t.value[0] == 7 and not t.sites.z.is_observed and t.sites.z.log_prob == Normal(1, 2).log_prob(7)"}},
    {"scale", "scale(f, 3)", {LOG_PROB("z", "3"), LOG_PROB("x", "3"), NULL, NULL, LOG_PROB("k", "3")}},
    {"seed", "seed(f, 2)",
     {"t.value[0] != base.value[0] and t.value[0] == (with seed(9) { trace(seed(f, 2))(5) }).value[0]", NULL, NULL,
      "seed(subsample(inside, {p: 2}), 5)([1, 1, 1, 1]) == (with seed(9) { seed(subsample(inside, {p: 2}), 5)([1, 1, 1, 1]) })"}},
    {"subsample", "subsample(f, {p: 2})",
     {DOUBLED("a"), DOUBLED("y"),
      "with params({c: [10, 11, 12, 13]}) { u = trace(subsample(inside, {p: 2}))([1, 1, 1, 1]) }; u[\"c\"] == 10 + u[\"a\"]",
      "t.value[3] == 2 and len(t[\"w\"]) == 2", DOUBLED("b")}},
    {"substitute", "substitute(f, values)",
     {"t.value[0] == 7 and not t.sites.z.is_observed and t.sites.z.kind == \"sample\"", NULL, "t.value[2] == 8 and t[\"m\"] == 8"}},
    {"trace", "trace(f)",
     {"t.value[\"z\"] == base[\"z\"]", "t.value.sites.x.is_observed", "t.value[\"m\"] == 3", "\"{t.value.sites.w.plates}\" == \"{[\"p\"]}\"",
      "t.value.sites.k.log_prob == 2", "t.value[\"d\"] == 5"}},
    {"uncondition", "uncondition(f)",
     {[EFFECT_OBSERVED] = "t.sites.x.kind == \"sample\" and not t.sites.x.is_observed and t.value[1] != 5 and t.value[1] == t[\"x\"]"}},
};

static const HandlerTest *test_of(const HandlerRow *row) {
    for (size_t k = 0; k < sizeof tests / sizeof *tests; k++)
        if (strcmp(tests[k].name, row->name) == 0) return &tests[k];
    ck_abort_msg("the handler '%s' has no tests in this file", row->name);
    return NULL;
}

/* The program of one cell, and the kind of error that it must end with, or NULL. */
static void cell_program(const HandlerTest *test, int k, char *text, size_t size, char kind[40]) {
    const char *shows = test->shows[k];
    kind[0] = '\0';
    if (!shows)
        snprintf(text, size, "%sfn view(t) { %s }\nt = seen(%s)\nassert(view(t) == view(base))", prelude, views[k], test->under);
    else if (*shows == '!') {
        size_t n = strcspn(shows, " ");
        snprintf(kind, 40, "[%.*s]", (int)n - 1, shows + 1);
        snprintf(text, size, "%s%s", prelude, shows + n + 1);
    } else {
        const char *last = strrchr(shows, ';');
        snprintf(text, size, "%st = seen(%s)\n%.*s\nassert(all(%s))", prelude, test->under, last ? (int)(last - shows) : 0, shows,
                 last ? last + 1 : shows);
    }
}

START_TEST(cells) {
    const HandlerRow *row = handler_rows[_i / EFFECTS];
    int k = _i % EFFECTS;
    const HandlerTest *test = test_of(row);
    ck_assert_msg((test->shows[k] != NULL) == (row->effects[k] != NULL), "'%s' says of messages of kind %d: '%s', and the test shows '%s'",
                  row->name, k, row->effects[k] ? row->effects[k] : "", test->shows[k] ? test->shows[k] : "");
    char text[4000], kind[40];
    cell_program(test, k, text, sizeof text, kind);
    for (int no_pools = 0; no_pools < 2; no_pools++) {
        Session *s = session_new(no_pools);
        s->collect_often = no_pools;
        elbo_Status status = session_run(s, text);
        ck_assert_msg(kind[0] ? status == ELBO_RUNTIME_ERROR && strstr(s->reports, kind) : status == ELBO_OK, "%s\n%s", text, s->reports);
        session_is_at_rest(s);
        session_close(s);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("handlers_table");
    TCase *tests_of_cells = tcase_create("cells");
    int n = 0;
    while (handler_rows[n]) n++;
    tcase_add_loop_test(tests_of_cells, cells, 0, n * EFFECTS);
    suite_add_tcase(suite, tests_of_cells);
    return session_run_suite(suite);
}
