/* SPDX-License-Identifier: GPL-3.0-or-later
   Saved fits: they go on to the same bits, and no file, however broken, does more than raise one error. */
#include "config.h"

#include <unistd.h>

#include "inference/fit_saved.h"
#include "inference/saved_fields.h"
#include "stdlib/sha256.h"
#include "tests/session.h"

static char path[100];

static void set_up(void) { snprintf(path, sizeof path, "check_saved-%ld.json", (long)getpid()); }
static void tear_down(void) { unlink(path); }

/* ---- SHA-256 ---- */

/* FIPS 180-4's examples (NIST, Cryptographic Standards and Guidelines: Example Values), and lengths around a block. */
static const struct {
    const char *text;
    size_t repeat;
    const char *digest;
} digests[] = {
    {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    {"a", 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
    {"a", 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
};

START_TEST(sha256) {
    char hex[SHA256_TEXT];
    size_t n = strlen(digests[_i].text), length = n * digests[_i].repeat;
    char *text = malloc(length + 1);
    for (size_t k = 0; k < digests[_i].repeat; k++) memcpy(text + k * n, digests[_i].text, n);
    sha256_text(text, length, hex);
    free(text);
    ck_assert_str_eq(hex, digests[_i].digest);
}
END_TEST

/* ---- The same bits ---- */

typedef struct Case {
    const char *program, *settings;
} Case;

#define NORMAL                                                                                              \
    "x = [40, 41, 42.5, 44, 43.25]\n"                                                                       \
    "model m(x) { mu ~ Normal(42, 1); sigma ~ LogNormal(1, 1); plate data(i in 0..len(x)) { obs x[i] ~ Normal(mu, sigma) } }\n" \
    "guide m(x) { param a = 42; param b: positive = 0.1; param c = 1; param d: positive = 0.1; mu ~ Normal(a, b); sigma ~ LogNormal(c, d) }\n" \
    "fn rate(t) { 0.1 / (1 + t) }\nfn own(model, guide, x) { q = trace(guide)(x); log_prob(trace(replay(model, q))(x)) - log_prob(q) }\n"

/* Draws without a pathwise gradient, so that there are baselines, one with a lane for each element. */
#define SCORES                                                                                              \
    "x = [1, 0, 1, 1]\n"                                                                              \
    "model m(x) { z ~ Bernoulli(0.5); plate data(i in 0..4) { w ~ Poisson(3); obs x[i] ~ Bernoulli(0.2 + 0.5 * z + 0.01 * min(w, 9)) } }\n" \
    "guide m(x) { param p: unit_interval = 0.4; z ~ Bernoulli(p); plate data(i in 0..4) { param r[i]: positive = 2 + i; w ~ Poisson(r[i]) } }\n"

#define VECTORS                                                                                             \
    "x = [[1, 2], [0, 1], [2, 2]]\n"                                                                        \
    "model m(x, s) { w ~ Dirichlet([1, 1, 1]); t ~ Normal([0, 0], 1); plate data(i in 0..3) { obs x[i] ~ MultivariateNormal(t * w[0], [[2, 0.5], [0.5, 1]]) } }\n" \
    "guide m(x, s) { param a: positive = [2, 3, 4]; param c: ordered = [0, 1]; param L: lower_cholesky = [[1, 0], [0.5, 2]]; param q: interval(-1, 3) = 0.5\n" \
    "  w ~ Dirichlet(a); t ~ MultivariateNormal(c + q, cholesky = L) }\n"

/* Names of over 200 bytes, with characters of two. */
#define E10 "éééééééééé"
#define LONG E10 E10 E10 E10 E10 E10 E10 E10 E10 E10 E10 E10
#define LONG_NAMES                                                                                          \
    "x = 2\nmodel m(x) { z = sample(\"" LONG "\", Normal(0, 1)); y = sample(\"x" LONG "\", Normal(0, 1)); obs x ~ Normal(z + y, 1) }\n" \
    "guide m(x) { z = sample(\"" LONG "\", Normal(param(\"p" LONG "\", 0), 1)); y = sample(\"x" LONG "\", Normal(0, 1)) }\n"

static const Case cases[] = {
    {NORMAL, "m, x"},
    {NORMAL, "m, x, optimizer = AdaGrad(lr = 0.1)"},
    {NORMAL, "m, x, optimizer = AdamW(lr = 0.02, weight_decay = 0.1)"},
    {NORMAL, "m, x, optimizer = ClippedAdam(lr = 0.02, clip_norm = 3)"},
    {NORMAL, "m, x, optimizer = RMSProp(lr = 0.01, centered = true, momentum = 0.5)"},
    {NORMAL, "m, x, optimizer = SGD(lr = 0.001, momentum = 0.9, nesterov = true)"},
    {NORMAL, "m, x, optimizer = Adam(lr = exponential_decay(0.05, 0.97), betas = [0.8, 0.99])"},
    {NORMAL, "m, x, optimizer = Adam(lr = cosine_decay(0.05, 20, floor = 0.001), clip_value = 2)"},
    {NORMAL, "m, x, optimizer = SGD(lr = step_decay(0.01, 5), clip_norm = 1)"},
    {NORMAL, "m, x, optimizer = SGD(lr = robbins_monro(0.01, offset = 2, power = 0.75))"},
    {NORMAL, "m, x, optimizer = Adam(lr = rate, params = {a: {lr: 0.3}, b: {lr: rate, betas: [0.5, 0.9], clip_value: 1}})"},
    {NORMAL, "m, x, elbo = TraceMeanField_ELBO(), particles = 3"},
    {NORMAL, "m, x, elbo = RenyiELBO(alpha = 0.5), particles = 4"},
    {NORMAL, "m, x, elbo = IWAE(), particles = 4"},
    {NORMAL, "m, x, elbo = own, particles = 2"},
    {NORMAL, "m, x, seed = 9007199254740991"},
    {LONG_NAMES, "m, x"},
    {NORMAL, "m, x, average = 0.5"},
    {NORMAL, "m, x, subsample = {data: 2}, particles = 2"},
    {NORMAL, "m, x, restarts = 3"},
    {NORMAL, "m, x, callback = fn(step, fit) { step == 7 }"},
    {NORMAL "g = condition(m, {sigma: 2.5})\n", "g, x, guide = guide_of\n"},
    {SCORES, "m, x"},
    {SCORES, "m, x, elbo = TraceGraph_ELBO(), particles = 3"},
    {SCORES, "m, x, elbo = Trace_ELBO(baseline = 0.5), particles = 2, optimizer = AdaGrad()"},
    {SCORES, "m, x, elbo = Trace_ELBO(baseline = none), subsample = {data: 3}"},
    {VECTORS, "m, x, {a: [\"t\", none, missing, true], b: [[true, false]], c: \"NaN\", d: nan}"},
    {VECTORS, "m, x, optimizer = RMSProp(), particles = 5, average = 0.25"},
};

static void run(Session *s, const char *format, const char *a, const char *b, const char *c) {
    char text[4000];
    snprintf(text, sizeof text, format, a, b, c);
    session_must(s, text);
}

static double bits_of(Session *s, double out[], size_t n) { return (double)elbo_get_vector(s->state, "losses", out, n); }

START_TEST(goes_on) {
    const Case *c = &cases[_i];
    bool other_guide = strstr(c->settings, "guide_of") != NULL;
    const char *more = other_guide ? "fn guide_of(x) { param a = 42; param b: positive = 0.1; mu ~ Normal(a, b) }\n" : "";
    double here[64], there[64];
    Session *s = session_new(false);
    run(s, "%s%sfit = svi(%s, steps = 12)\n", c->program, more, c->settings);
    run(s, "save(fit, \"%s\")\nlater = svi(fit, steps = 20)\nlosses = later.losses\nprint(later)\nprint(later.last, later.params, later.history)\n%s%s", path, "", "");
    char *print = strdup(s->out);
    double n = bits_of(s, here, 64);
    session_close(s);
    s = session_new(true);
    s->collect_often = true;
    run(s, "%s%sfit = load(\"%s\")\n", c->program, more, path);
    run(s, "later = svi(fit, steps = 20)\nlosses = later.losses\nprint(later)\nprint(later.last, later.params, later.history)\n%s%s%s", "", "", "");
    ck_assert_double_eq(bits_of(s, there, 64), n);
    ck_assert_double_ge(n, 20);
    ck_assert_msg(memcmp(here, there, (size_t)n * sizeof *here) == 0, "%s", c->settings);
    ck_assert_str_eq(s->out, print);
    session_is_at_rest(s);
    session_close(s);
    free(print);
}
END_TEST

/* ---- What is missing, and what has changed ---- */

static const struct {
    const char *save, *program, *use, *kind; /* NULL: it must go well */
} programs[] = {
    {"", "", "print(fit.params.a > 0, fit.model)\nprint(fit)", NULL},
    {"", "", "svi(fit, steps = 1)", "[unknown-name]"},
    {"", "model m(x) { 1 }\n", "svi(fit, steps = 1)", "[model-changed]"},
    {"", NORMAL "guide m(x) { param a = 42; mu ~ Normal(a, 1); sigma ~ LogNormal(0, 1) }\n", "svi(fit, steps = 1)", "[model-changed]"},
    {", data = false", NORMAL, "svi(fit, steps = 1)", "[missing-argument]"},
    {", data = false", NORMAL, "svi(load(file, x), steps = 1)", NULL},
    {", data = false", NORMAL, "load(file, [1, 2])", "[bad-argument]"},
    {", data = false", NORMAL, "load(file, x, x)", "[bad-argument]"},
    {"", NORMAL, "load(file, x + 1)", "[bad-argument]"},
    {"", NORMAL "model n(x) { mu ~ Normal(0, 1); sigma ~ LogNormal(0, 1); plate data(i in 0..len(x)) { obs x[i] ~ Normal(mu, sigma) } }\n",
     "svi(load(file, model = n, guide = m.guide), steps = 1)", NULL},
    {"", NORMAL, "load(file, model = 3)", "[wrong-type]"},
};

START_TEST(lacks) {
    char text[2000];
    Session *s = session_new(false);
    run(s, NORMAL "save(svi(m, x, steps = 3), \"%s\"%s)%s", path, programs[_i].save, "");
    session_close(s);
    s = session_new(false);
    snprintf(text, sizeof text, "%sfile = \"%s\"\nfit = load(file)\n%s", programs[_i].program, path, programs[_i].use);
    elbo_Status status = session_run(s, text);
    if (programs[_i].kind) ck_assert_msg(status == ELBO_RUNTIME_ERROR && strstr(s->reports, programs[_i].kind), "%s\n%s", text, s->reports);
    else ck_assert_msg(status == ELBO_OK, "%s\n%s", text, s->reports);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* A model keeps its name in the file, also if the name means another one by then. */
START_TEST(defined_anew) {
    Session *s = session_new(false);
    char text[2000];
    snprintf(text, sizeof text, NORMAL "fit = svi(m, x, steps = 3)\nmodel m(x) { mu ~ Normal(0, 1) }\nsave(fit, \"%s\")\nprint(load(\"%s\"))", path, path);
    ck_assert_int_eq(session_run(s, text), ELBO_OK);
    ck_assert_ptr_nonnull(strstr(s->reports, "[model-changed]"));
    ck_assert_ptr_nonnull(strstr(s->out, "fit of m:"));
    session_close(s);
}
END_TEST

/* ---- Broken files ---- */

static size_t read_all(char *text, size_t size) {
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    size_t n = fread(text, 1, size, file);
    fclose(file);
    ck_assert_uint_lt(n, size);
    return n;
}

static void write_all(const char *text, size_t n) {
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fwrite(text, 1, n, file);
    fclose(file);
}

/* With the digest that belongs to it, so that what follows is checked too. */
static void sign(char *text, size_t n) {
    size_t body = n - strlen(SAVED_DIGEST) - (SHA256_TEXT - 1) - strlen("\"\n}\n");
    char hex[SHA256_TEXT];
    sha256_text(text, body, hex);
    memcpy(text + body + strlen(SAVED_DIGEST), hex, SHA256_TEXT - 1);
}

static char saved[1 << 16];

static size_t save_small(Session *s) {
    run(s, SCORES "fit = svi(m, x, steps = 2, optimizer = Adam(lr = exponential_decay(0.01, 0.9)))\nsave(fit, \"%s\")%s%s", path, "", "");
    return read_all(saved, sizeof saved);
}

/* One clear error, or a fit that can be read. */
static bool load_survives(Session *s, const char *what, size_t at) {
    char text[300];
    snprintf(text, sizeof text, "f = load(\"%s\")\nif type(f) == \"fit\" { t = text(f); p = [f.params, f.losses, f.history, f.warnings] }", path);
    elbo_Status status = session_run(s, text);
    bool clear = strstr(s->reports, "[bad-file]") || strstr(s->reports, "[unknown-name]");
    ck_assert_msg(status == ELBO_OK || (status == ELBO_RUNTIME_ERROR && clear), "%s at %zu: %s", what, at, s->reports);
    session_is_at_rest(s);
    return status == ELBO_OK;
}

START_TEST(flipped) {
    static const char marks[] = "9-e\"[]{},.nx";
    Session *s = session_new(false);
    size_t n = save_small(s), survived = 0;
    char *text = malloc(n + 1);
    for (size_t at = (size_t)_i; at < n; at += 8) {
        for (int kind = 0; kind < 3; kind++) {
            memcpy(text, saved, n);
            if (kind == 0) text[at] = (char)(text[at] ^ 1 << at % 8);
            else text[at] = marks[(at * 7 + (size_t)kind) % (sizeof marks - 1)];
            sign(text, n);
            write_all(text, n);
            survived += load_survives(s, "flipped", at);
        }
    }
    ck_assert_uint_gt(survived, 10);
    free(text);
    session_close(s);
}
END_TEST

START_TEST(cut) {
    Session *s = session_new(false);
    size_t n = save_small(s);
    for (size_t length = 0; length < n - 1; length += 1 + length / 40) {
        write_all(saved, length);
        ck_assert_msg(!load_survives(s, "cut", length), "cut at %zu", length);
    }
    saved[n / 2] ^= 1;
    write_all(saved, n);
    ck_assert_msg(!load_survives(s, "not signed", n), "not signed");
    session_close(s);
}
END_TEST

/* What a field may not be. */
static const struct {
    const char *from, *to;
} edits[] = {
    {"\"steps\": 2", "\"steps\": 9"}, {"\"steps\": 2", "\"steps\": 1e300"}, {"\"steps\": 2", "\"steps\": -1"}, {"\"steps\": 2", "\"steps\": \"NaN\""},
    {"\"particles\": 1", "\"particles\": 0"}, {"\"stride\": 1", "\"stride\": 3"}, {"\"stride\": 1", "\"stride\": 1e99"}, {"\"shape\": []", "\"shape\": [1e18]"},
    {"\"shape\": [4]", "\"shape\": [3]"}, {"\"shape\": [4]", "\"shape\": [\"Infinity\"]"}, {"\"name\": \"Adam\"", "\"name\": \"Eve\""},
    {"\"name\": \"Adam\"", "\"name\": \"print\""}, {"\"eps\": 1e-08", "\"eps\": -1"}, {"\"eps\": 1e-08", "\"epsilon\": 1"}, {"\"rate\": 0.9", "\"rate\": 2"},
    {"\"rate\": 0.9", "\"rate\": \"x\""}, {"\"name\": \"unit_interval\"", "\"name\": \"boolean\""}, {"\"name\": \"unit_interval\"", "\"name\": \"simplex\""},
    {"\"depth\": 1", "\"depth\": -1"}, {"\"size\": 4", "\"size\": 1e12"}, {"\"seed\": \"0\"", "\"seed\": \"99999999999999999999\""},
    {"\"theta\": [", "\"theta\": [null, "}, {"\"theta\": [", "\"theta\": [\"NaN\", "}, {"\"kind\": \"fit\"", "\"kind\": \"fit2\""},
    {"\"format\": 1", "\"format\": 2"}, {"\"losses\": [", "\"losses\": [1, "}, {"\"name\": \"r\"", "\"name\": \"p\""},
};

START_TEST(edited) {
    Session *s = session_new(false);
    size_t n = save_small(s);
    saved[n] = '\0';
    char *at = strstr(saved, edits[_i].from), *text = malloc(n + 100);
    ck_assert_msg(at, "%s is not in\n%s", edits[_i].from, saved);
    int length = snprintf(text, n + 100, "%.*s%s%s", (int)(at - saved), saved, edits[_i].to, at + strlen(edits[_i].from));
    sign(text, (size_t)length);
    write_all(text, (size_t)length);
    ck_assert_msg(!load_survives(s, edits[_i].to, 0) && strstr(s->reports, "[bad-file]"), "%s\n%s", edits[_i].to, s->reports);
    free(text);
    session_close(s);
}
END_TEST

/* ---- Memory that runs out ---- */

START_TEST(no_memory) {
    static const char *const uses[] = {"save(fit, \"/dev/null\")", "f = load(file)", "save({a: [1, \"x\", missing]}, \"/dev/null\")"};
    for (long fail = 1; fail < 4000; fail++) {
        Session *s = session_new(true);
        char text[2000];
        snprintf(text, sizeof text, SCORES "fit = svi(m, x, steps = 2)\nfile = \"%s\"\nsave(fit, file)", path);
        session_must(s, text);
        s->fail_at = s->requests + fail;
        elbo_Status status = session_run(s, uses[_i]);
        bool reached = s->requests >= s->fail_at;
        ck_assert_msg(!reached || status == ELBO_NO_MEMORY || status == ELBO_OK, "request %ld: %s", fail, s->reports);
        s->fail_at = 0;
        session_is_at_rest(s);
        session_close(s);
        if (!reached) return;
        if (fail > 60) fail += 6;
    }
    ck_abort_msg("it asks for ever more");
}
END_TEST

/* ---- Plain values ---- */

static const Program values_table[] = {
    {"v = {a: 1, b: none, c: missing, d: [\"x\", 1, nan, none, missing, \"NaN\", [true]], e: [[1, 2], [3, missing]], f: [true, false], g: [], h: {}, i: \"NaN\", j: -inf}\n"
     "save(v, \"check_saved_value.json\")\nw = load(\"check_saved_value.json\")\nprint(w)\nw.e[0, 0] = 5\nprint(v.e[0, 0], type(w.g), type(w.d))",
     "{a: 1, b: none, c: missing, d: [\"x\", 1, nan, none, missing, \"NaN\", [true]], e: [[1, 2], [3, missing]], f: [true, false], g: [], h: {}, i: \"NaN\", j: -inf}\n"
     "1 vector list"},
};
PROGRAMS(values)

int main(void) {
    Suite *suite = suite_create("saved");
    TCase *tests = tcase_create("saved");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, sha256, 0, sizeof digests / sizeof *digests);
    tcase_add_loop_test(tests, goes_on, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tests, lacks, 0, sizeof programs / sizeof *programs);
    tcase_add_test(tests, defined_anew);
    tcase_add_loop_test(tests, flipped, 0, 8);
    tcase_add_test(tests, cut);
    tcase_add_loop_test(tests, edited, 0, sizeof edits / sizeof *edits);
    tcase_add_loop_test(tests, no_memory, 0, 3);
    suite_add_tcase(suite, tests);
    ADD_PROGRAMS(suite, values);
    int failed = session_run_suite(suite);
    unlink("check_saved_value.json");
    return failed;
}
