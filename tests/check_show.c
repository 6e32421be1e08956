/* SPDX-License-Identifier: GPL-3.0-or-later
   Values as an interactive session shows them: how they look, that they fit, and that looking changes nothing. */
#include "lexer/utf8.h"
#include "runtime/text.h"
#include "runtime/value.h"
#include "stdlib/show.h"
#include "tests/family_data.h"

enum { SHOWN = 1 << 15 };

/* The value of the variable v as it is shown. */
static void show_variable(Session *s, unsigned width, char out[SHOWN]) {
    State *S = s->state;
    S->options.width = width;
    size_t start = text_begin(S);
    show_value(S, family_value(s, "v"));
    ck_assert_uint_lt(text_length(S, start), SHOWN);
    memcpy(out, text_at(S, start), text_length(S, start));
    out[text_length(S, start)] = '\0';
    text_drop(S, start);
}

static void show_expression(Session *s, unsigned width, const char *expression, char out[SHOWN]) {
    char program[4096];
    snprintf(program, sizeof program, "v = %s", expression);
    session_must(s, program);
    show_variable(s, width, out);
}

/* Nothing that a terminal obeys, valid lines, and no more of them than fit. */
static void must_be_harmless(const char *shown, const char *what, unsigned width, bool wraps) {
    unsigned lines = 1;
    for (const char *line = shown;; lines++) {
        size_t length = strcspn(line, "\n");
        for (size_t k = 0; k < length; k++) ck_assert_msg((unsigned char)line[k] >= 0x20 && line[k] != 0x7f, "%s", what);
        ck_assert_msg(!wraps || utf8_columns(line, length) <= width, "%s at %u columns:\n%s", what, width, shown);
        if (!line[length]) break;
        line += length + 1;
    }
    ck_assert_msg(lines <= 30, "%s takes %u lines", what, lines);
    ck_assert_msg(*shown, "%s is shown as nothing", what);
}

/* ---- How they look ---- */

typedef struct Shown {
    unsigned width;
    const char *expression, *text;
} Shown;

static const Shown looks[] = {
    {80, "1", "1"},
    {80, "-0.125", "-0.125"},
    {80, "\"abc\"", "\"abc\""},
    {80, "\"a\\nb\\tc\\\"\"", "\"a\\nb\\tc\\\"\""},
    {80, "\"\\u{1b}[31m\\u{202e}\\u{9b}\"", "\"\\u{1b}[31m\\u{202e}\\u{9b}\""},
    {80, "1 < 2", "true"},
    {80, "missing", "missing"},
    {80, "[]", "[]"},
    {80, "[1, 2.5, missing]", "[1, 2.5, missing]"},
    {40, "0..20", "[ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,\n 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]\n20 numbers, mean 9.5, sd 5.916, from 0\n    to 19"},
    {80, "0..10_000", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, …, 9998, 9999]\n10,000 numbers, mean 5000, sd 2887, from 0 to 9999"},
    {40, "concat(zeros(500), [missing, 0 / 0, 1 / 0])", "[0, 0, 0, 0, 0, 0, 0, 0, 0, …, nan, inf]\n503 numbers, 1 missing, 1 nan, 1\n    infinite, mean 0, sd 0, from 0 to 0"},
    {40, "(0..100) < 25", "[true, true, true, …, false, false]\n100 booleans, 25 % true"},
    {80, "[[1, 0], [10, missing]]", " 1        0\n10  missing\n2 × 2 matrix, 1 missing"},
    {20, "reshape(0..40, 2, 20)", " 0   1   2  …  19\n20  21  22  …  39\n2 × 20 matrix"},
    {80, "reshape(0..100, 50, 2)", " 0   1\n 2   3\n 4   5\n 6   7\n 8   9\n10  11\n12  13\n14  15\n⋮\n94  95\n96  97\n98  99\n50 × 2 matrix"},
    {80, "reshape(0..8, 2, 2, 2)", "[0]\n0  1\n2  3\n[1]\n4  5\n6  7\n2 × 2 × 2 array"},
    {80, "[\"a\", none, [1, 2]]", "[\"a\", none, [1, 2]]"},
    {20, "[\"abcdefgh\", \"ijklmnopqrstuvwxyz\"]", "list of 2\n0  \"abcdefgh\"\n1  \"ijklmnopqrstuvw…"},
    {80, "{mu: 42, \"log sigma\": 1}", "{mu: 42, \"log sigma\": 1}"},
    {40, "{a: 1, \"b c\": \"x\", d: [1, 2], e: none, f: {g: 1}}", "a:     1\n\"b c\": \"x\"\nd:     [1, 2]\ne:     none\nf:     {g: 1}"},
    {30, "{x: 1, y: 0..1000}", "x: 1\ny: [0, 1, 2, …, 999]  (1,000)"},
    {80, "{x: [1, 20, missing], name: [\"a\", \"b\", \"日本\"], ok: [true, false, true]}",
     "         x  name         ok\n    number  string  boolean\n0        1  a          true\n1       20  b         false\n2  missing  日本       true\n3 rows, 1 missing"},
    {30, "{x: [1, 2], name: [\"a\", \"b\"], other: [3, 4], more: [4, 5]}",
     "        x  name     other\n   number  string  number\n0       1  a            3\n1       2  b            4\n2 rows\nand 1 more column: more"},
    {80, "Normal(0, 1)", "Normal(0, 1)  ▁▁▁▂▃▄▅▇████▇▅▄▃▂▁▁▁  -2.88 … 2.88  mean 0, sd 1"},
    {40, "Normal(0, 1)", "Normal(0, 1)\n  ▁▁▁▂▃▄▅▇████▇▅▄▃▂▁▁▁  -2.88 … 2.88\n  mean 0, sd 1"},
    {80, "Uniform(-1, 2)", "Uniform(-1, 2)  ████████████████████  -1 … 2  mean 0.5, sd 0.866"},
    {80, "Beta(0.5, 0.5)", "Beta(0.5, 0.5)  █▅▄▄▃▃▃▃▃▃▃▃▃▃▃▃▄▄▅█  0 … 1  mean 0.5, sd 0.3536"},
    {80, "Bernoulli(0.25)", "Bernoulli(0.25)  █▃  0 … 1  mean 0.25, sd 0.433"},
    {80, "Bernoulli(0.001)", "Bernoulli(0.001)  █▁  0 … 1  mean 0.001, sd 0.03161"},
    {80, "Poisson(0.5)", "Poisson(0.5)  █▄▂▁  0 … 3  mean 0.5, sd 0.7071"},
    {80, "Categorical([0.5, 0, 0.5])", "Categorical([0.5, 0, 0.5])  █ █  0 … 2  mean 1, sd 1"},
    {80, "Delta(3)", "Delta(3, 0)"},
    {80, "Normal([0, 1], 1)", "Normal([0, 1], 1)\ndraws are vectors of 2"},
    {80, "sqrt", "function sqrt(x)\n  square root"},
    {80, "Normal", "distribution Normal(mu, sigma)\n  The normal (Gaussian) distribution"},
    {80, "interval(0, 1)", "interval(0, 1)  between 0 and 1"},
    {80, "positive", "positive  greater than 0"},
    {80, "fn(a, b = 2) { a + b }", "function fn(a, b = …)\ntest.ppl:1"},
};

START_TEST(look) {
    const Shown *shown = &looks[_i];
    char out[SHOWN];
    for (int no_pools = 0; no_pools < 2; no_pools++) {
        Session *s = session_new(no_pools);
        s->collect_often = no_pools;
        show_expression(s, shown->width, shown->expression, out);
        ck_assert_msg(strcmp(out, shown->text) == 0, "%s at %u columns is\n%s\nand not\n%s", shown->expression, shown->width, out, shown->text);
        session_is_at_rest(s);
        session_close(s);
    }
}
END_TEST

static const char program[] =
    "model m(x) { mu ~ Normal(0, 1); plate data(i in 0..len(x)) { obs x[i] ~ Normal(mu, 1) } }\n"
    "guide m(x) { param a = 0; param b: positive = 1; mu ~ Normal(a, b) }\n"
    "fn plain(x) { x }\n"
    "model alone() { mu ~ Normal(0, 1) }\n"
    "handler count(start) { seen = start\n on sample(site) { seen = seen + 1 } }\n"
    "fit = svi(m, [1, 2, 3], steps = 20)\n"
    "tr = trace(m)(0..100)\n"
    "many = trace(fn() { for k in 0..200 { sample(\"z{k}\", Normal(0, 1)) } })()\n";

static const struct {
    const char *expression, *part;
} parts[] = {
    {"m", "model m(x), with its guide\ntest.ppl:1"},
    {"m.guide", "guide m(x)\ntest.ppl:2"},
    {"alone", "model alone(), without a guide"},
    {"plain", "function plain(x)\ntest.ppl:3"},
    {"condition(trace(m), {mu: 3})", "condition, trace around model m(x), with its guide"},
    {"count(1)", "seen = 1"},
    {"fit", "fit of m: 20 steps"},
    {"fit", "ELBO "},
    {"tr", "data(100)"},
    {"tr.sites.mu", "distribution: Normal(0, 1)"},
    {"many", "z199"},
    {"many", "… 172 more lines"},
    {"[fit, tr, fit, tr]", "<trace of 2 sites>"},
    {"fit.history", "20 rows"},
    {"Adam(lr = 0.1)", "Adam(lr = 0.1"},
    {"svi", "function svi(model, …, "},
};

START_TEST(programs) {
    char out[SHOWN];
    Session *s = session_new(false);
    session_must(s, program);
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        static const unsigned widths[] = {20, 40, 80, 120};
        for (size_t w = 0; w < 4; w++) {
            show_expression(s, widths[w], parts[k].expression, out);
            must_be_harmless(out, parts[k].expression, widths[w], false);
        }
        show_expression(s, 80, parts[k].expression, out);
        ck_assert_msg(strstr(out, parts[k].part) != NULL, "%s is shown as\n%s\nwithout\n%s", parts[k].expression, out, parts[k].part);
        must_be_harmless(out, parts[k].expression, 80, true);
    }
    session_close(s);
}
END_TEST

/* ---- Families ---- */

/* Each at its examples: in lines that fit, without an error, and with moments where there are some. */
START_TEST(families) {
    FamilyData f = family_read(_i);
    char out[SHOWN];
    Session *s = session_new(false);
    for (const FamilyLine *line = NULL; (line = family_next(&f, "example", line));) {
        show_expression(s, 80, line->field[0], out);
        must_be_harmless(out, line->field[0], 80, false);
        ck_assert_msg(strstr(out, f.row->name), "%s is shown as %s", line->field[0], out);
        const Distribution *d = family_value(s, "v").as.distribution;
        bool number = !d->layout->rank && !d->layout->n_axes && !d->joint && !distribution_is_fixed(d->row);
        ck_assert_msg(!number || strstr(out, " … "), "%s has no density:\n%s", line->field[0], out);
        ck_assert_msg(d->layout->rank == 0 || strstr(out, "draws are "), "%s", out);
        session_is_at_rest(s);
    }
    session_close(s);
    family_free(&f);
}
END_TEST

/* Scales at which nothing is left of the digits, heavy tails, edges, counts without an end. */
START_TEST(strange_distributions) {
    static const char *const strange[] = {
        "Normal(0, 1e300)", "Normal(1e300, 1e-300)", "Normal(1e15, 0.25)", "Normal(0, 5e-324)", "Cauchy(0, 1)", "Cauchy(1e300, 1e300)",
        "HalfCauchy(5)", "Gamma(0.1, 1)", "Gamma(1e-10, 1)", "Gamma(1e10, 1e-10)", "Beta(1e-5, 1e-5)", "Beta(1e8, 1)", "Pareto(1, 0.1)",
        "StudentT(0.5, 0, 1)", "LogNormal(0, 50)", "LogNormal(700, 10)", "Exponential(1e-300)", "Poisson(0)", "Poisson(1e-300)", "Poisson(1e12)",
        "Poisson(1e300)", "Geometric(1e-9)", "Geometric(1)", "Bernoulli(0)", "Bernoulli(1)", "Binomial(0, 0.5)", "Binomial(1e6, 0.5)",
        "Categorical([1])", "DiscreteUniform(0, 1_000_000)", "Uniform(0, 1e-320)", "Truncated(Cauchy(0, 1), low = 3)", "Censored(Normal(0, 1), low = 0)",
        "Mixture([0.5, 0.5], [Cauchy(0, 1), Normal(0, 1)])", "ZeroInflated(Poisson(1000), 0.9)", "Transformed(Normal(0, 1), exp)",
        "Delta(inf)", "Normal(missing, 1)", "VonMises(0, 1e-10)", "Weibull(0.01, 1)", "NegativeBinomial(1e-3, 1e6)", "Independent(Normal([0, 1], 1))",
    };
    char program_text[200], out[SHOWN];
    Session *s = session_new(false);
    for (size_t k = 0; k < sizeof strange / sizeof *strange; k++) {
        snprintf(program_text, sizeof program_text, "v = %s", strange[k]);
        if (session_run(s, program_text) != ELBO_OK) continue; /* what the family refuses is none */
        show_variable(s, 80, out);
        must_be_harmless(out, strange[k], 80, false);
        session_is_at_rest(s);
    }
    show_expression(s, 80, "Cauchy(0, 1)", out);
    ck_assert_msg(strstr(out, "no mean") != NULL, "%s", out);
    show_expression(s, 80, "Gamma(0.1, 1)", out);
    ck_assert_msg(strstr(out, "  █") && strstr(out, "▁  0 … "), "%s", out);
    session_close(s);
}
END_TEST

/* ---- What must not happen ---- */

/* Neither draws nor warnings nor the last error notice. */
START_TEST(leaves_no_trace) {
    char out[SHOWN];
    double next[2];
    for (int looks_at_it = 0; looks_at_it < 2; looks_at_it++) {
        Session *s = session_new(false);
        session_must(s, "v = Mixture([0.5, 0.5], [Normal(0, 1), Gamma(2, 1)])\na = draw(Normal(0, 1))");
        ck_assert_int_eq(session_run(s, "nothing_of_this_name"), ELBO_RUNTIME_ERROR);
        char before[400];
        snprintf(before, sizeof before, "%s", s->state->error.diagnostic.message);
        session_clear(s);
        for (int k = 0; k < 10 * looks_at_it; k++) show_variable(s, 80, out);
        ck_assert_str_eq(s->state->error.diagnostic.message, before);
        ck_assert_str_eq(s->reports, "");
        ck_assert_str_eq(s->out, "");
        session_must(s, "b = draw(Normal(0, 1))");
        next[looks_at_it] = session_number(s, "b");
        session_close(s);
    }
    ck_assert_double_eq(next[0], next[1]);
}
END_TEST

START_TEST(hostile_text) {
    static const char bytes[] = "\x1b]0;title\x07\xff\xfe\xc2\x9b" "31m\r\b\x7f\0x";
    char out[SHOWN];
    Session *s = session_new(false);
    State *S = s->state;
    String *text = string_new(S, bytes, sizeof bytes - 1);
    Value string = value_object(text);
    Record *record = record_new(S, 2), *table = record_new(S, 2);
    List *list = list_new(S, 40);
    for (int k = 0; k < 40; k++) list_append(S, list, string);
    record_set(S, record, text, string);
    record_set(S, table, text, value_object(list));
    Value values[] = {string, value_object(record), value_object(list), value_object(table)};
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        state_used_global(S, string_of(S, "v"))->value = values[k];
        show_variable(s, 80, out);
        must_be_harmless(out, "hostile bytes", 80, k > 0);
        ck_assert_ptr_nonnull(strstr(out, "\\u{1b}]0;title\\u{7}\\xff\\xfe\\u{9b}31m"));
    }
    session_close(s);
}
END_TEST

/* Large and deep values take no time and few lines. */
START_TEST(large_values) {
    static const char *const large[] = {
        "zeros(1_000_000)", "reshape(zeros(1_000_000), 1000, 1000)", "reshape(zeros(1_000_000), 10, 10, 10, 1000)", "reshape(zeros(0), 0, 5)",
        "for k in 0..100_000 { \"item {k}\" }", "for k in 0..1000 { {a: k} }", "{a: for k in 0..1000 { [k, \"x\"] }, b: 1}", "\"{zeros(100_000)}\"",
    };
    char out[SHOWN];
    Session *s = session_new(false);
    for (size_t k = 0; k < sizeof large / sizeof *large; k++) {
        for (unsigned width = 20; width <= 120; width += 50) {
            show_expression(s, width, large[k], out);
            must_be_harmless(out, large[k], width, strchr(large[k], '{') != large[k] + 1);
        }
    }
    session_must(s, "v = [1, \"a\"]\nfor k in 0..2000 { v = [v, \"b\"] }");
    show_variable(s, 80, out);
    must_be_harmless(out, "nested lists", 80, true);
    session_must(s, "v = {}\nfor k in 0..300 { v = {a: v, b: 1} }");
    show_variable(s, 80, out);
    must_be_harmless(out, "nested records", 80, true);
    session_close(s);
}
END_TEST

/* Without memory it raises, or shows less; nothing is lost, and of what it got over nobody hears. */
static void show_it(State *S, void *v) {
    size_t start = text_begin(S);
    show_value(S, *(Value *)v);
    text_drop(S, start);
}

START_TEST(without_memory) {
    int got_over = 0;
    static const char *const expressions[] = {"LogNormal(0, 1)", "{x: 0..100, name: for k in 0..100 { \"n{k}\" }}", "reshape(0..100, 10, 10)"};
    for (size_t e = 0; e < sizeof expressions / sizeof *expressions; e++)
        for (long fail = 1; fail < 200; fail += 3) {
            char text[200];
            Session *s = session_new(true);
            snprintf(text, sizeof text, "v = %s", expressions[e]);
            session_must(s, text);
            Value v = family_value(s, "v");
            static const char earlier[] = "an earlier error";
            s->state->error.diagnostic.message = earlier;
            long asked = s->requests;
            s->fail_at = s->requests + fail;
            bool shown = error_protect(s->state, show_it, &v);
            s->fail_at = 0;
            if (shown) ck_assert_str_eq(s->state->error.diagnostic.message, earlier);
            got_over += shown && s->requests >= asked + fail;
            session_is_at_rest(s);
            ck_assert_uint_eq(s->state->table_columns, 0);
            session_must(s, "w = 1");
            session_close(s);
        }
    ck_assert_int_gt(got_over, 10);
}
END_TEST

START_TEST(colours) {
    char out[SHOWN];
    Session *s = session_new(false);
    s->state->options.colours = true;
    show_expression(s, 40, "{a: 1, b: 2, c: 3, d: 4, e: 5}", out);
    ck_assert_msg(strncmp(out, "\033[1ma\033[0m: 1\n", 13) == 0, "%s", out);
    show_expression(s, 80, "{x: [1, 2], y: [3, 4]}", out);
    ck_assert_msg(strstr(out, "\033[0m\n   number  number\n") && strstr(out, "\033[2m2 rows\033[0m"), "%s", out);
    session_close(s);
}
END_TEST

static Suite *show_suite(void) {
    Suite *suite = suite_create("show");
    TCase *all = tcase_create("show");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, look, 0, (int)(sizeof looks / sizeof *looks));
    tcase_add_test(all, programs);
    tcase_add_loop_test(all, families, 0, family_count());
    tcase_add_test(all, strange_distributions);
    tcase_add_test(all, leaves_no_trace);
    tcase_add_test(all, hostile_text);
    tcase_add_test(all, large_values);
    tcase_add_test(all, without_memory);
    tcase_add_test(all, colours);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void) { return session_run_suite(show_suite()); }
