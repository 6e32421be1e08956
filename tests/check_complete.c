/* SPDX-License-Identifier: GPL-3.0-or-later
   Completion: what may stand at a place of a half-written text. */
#include <dirent.h>
#include <stdint.h>
#include <time.h>

#include "tests/session.h"

enum { FOUND = 1 << 17 };

typedef struct Found {
    char text[FOUND]; /* candidates, with a space between them */
    size_t length, n;
} Found;

static void keep_candidate(void *user, const char *text) {
    Found *found = user;
    size_t length = strlen(text);
    found->n++;
    if (found->length + length + 3 >= sizeof found->text) return;
    if (found->length) found->text[found->length++] = '|';
    memcpy(found->text + found->length, text, length + 1);
    found->length += length;
}

/* What is found at the `|` of the text; returns where it would be put. */
static size_t complete(Session *s, const char *marked, Found *found) {
    char text[4096];
    const char *mark = strchr(marked, '`');
    snprintf(text, sizeof text, "%.*s%s", (int)(mark - marked), marked, mark + 1);
    found->length = found->n = 0;
    found->text[0] = '\0';
    return elbo_complete(s->state, text, (size_t)(mark - marked), keep_candidate, found);
}

static bool offers(const Found *found, const char *candidate) {
    size_t length = strlen(candidate);
    for (const char *at = found->text; (at = strstr(at, candidate)); at++)
        if ((at == found->text || at[-1] == '|') && (at[length] == '\0' || at[length] == '|')) return true;
    return false;
}

static const char session[] =
    "model normal(x, loud = false) { mu ~ Normal(0, 1); plate data(i in 0..len(x)) { obs x[i] ~ Normal(mu, 1) } }\n"
    "guide normal(x, loud = false) { param mu_mean = 0; param mu_scale: positive = 1; mu ~ Normal(mu_mean, mu_scale) }\n"
    "fn twice(number, times = 2) { number * times }\n"
    "handler count(start) { seen = start\n on sample(site) { seen = seen + 1 } }\n"
    "fit = svi(normal, [1, 2, 3], steps = 20)\n"
    "tr = trace(normal)([1, 2])\n"
    "family = trace(fn() { for k in 0..2 { sample(\"theta[{k}]\", Normal(0, 1)) } })()\n"
    "d = Gamma(2, 1)\n"
    "record = {mu: 1, \"log sigma\": {inner: 3}, moment: 2}\n"
    "counter = count(1)\n"
    "fits = [fit, tr]\n"
    "wrapped = trace(normal)\n"
    "zebra_one = 1\nzebra_two = 2\n";

/* All that is found, in order; the place of the ` is the point. */
static const struct {
    const char *text;
    const char *found;
    size_t start;
} rows[] = {
    {"zeb`", "zebra_one|zebra_two", 0},
    {"x = 1 + zebra_t`", "zebra_two", 8},
    {"zebra_o`ne", "zebra_one", 0},
    {"Norm`", "Normal(", 0},
    {"lognorm`", "LogNormal(", 0},
    {"ZEBRA_O`", "zebra_one", 0},
    {"twi`", "twice(", 0},
    {"norma`", "normal|normal_cdf(|normal_quantile(|normal_quantile_log(", 0},
    {"plat`", "plate", 0},
    {"whi`", "while", 0},
    {"nothing_begins_so`", "", 0},
    {"a = \"\n zebra_o`", "zebra_one", 7},
    /* fields */
    {"fit.part`", "particles", 4},
    {"fit.params.`", "mu_mean|mu_scale", 11},
    {"fit . params . mu_s`", "mu_scale", 15},
    {"fit.model.`", "guide", 10},
    {"tr.`", "sites|value", 3},
    {"tr.sites.`", "mu|x", 9},
    {"tr.sites.mu.is_`", "is_observed", 12},
    {"tr.sites.mu.distribution.si`", "sigma", 25},
    {"family.sites.`", "[\"theta[0]\"]|[\"theta[1]\"]", 12},
    {"record.`", ".moment|.mu|[\"log sigma\"]", 6},
    {"record.m`", "moment|mu", 7},
    {"record.lo`", "[\"log sigma\"]", 6},
    {"record[\"log sigma\"].`", "inner", 20},
    {"fits[0].los`", "losses", 8},
    {"fits[7].los`", "", 8},
    {"tr[\"`", "mu\"]|x\"]", 4},
    {"tr[ \"m`", "mu\"]", 5},
    {"tr.sites[\"m`", "mu\"]", 10},
    {"1 + family[\"theta[1`", "theta[1]\"]", 12},
    {"record[\"lo`", "log sigma\"]", 8},
    {"fit.params[\"mu_s`", "mu_scale\"]", 12},
    {"tr['m`", "", 5},
    {"fits[\"m`", "", 6},
    {"tr(\"m`", "", 5},
    {"d.`", "ccdf(|cdf(|entropy|kl(|log_ccdf(|log_cdf(|log_prob(|mean|median|mode|quantile(|rate|shape|stddev|support|upper_quantile(|variance", 2},
    {"Normal(0, (1)).mea`", "mean", 15},
    {"counter.`", "seen|start", 8},
    {"normal.`", "guide", 7},
    {"wrapped.`", "guide", 8},
    {"twice.`", "", 6},
    {"positive.`", "check", 9},
    {"unknown.`", "", 8},
    {"twice(1).`", "", 9},
    {"zebra_one.`", "", 10},
    {"x.y.z.`", "", 6},
    /* arguments */
    {"svi(normal, ste`", "step_decay(|steps = ", 12},
    {"svi(normal, steps = 3, ste`", "step_decay(", 23},
    {"Normal(sig`", "sigma = |sigmoid(|sign(", 7},
    {"Normal(sigma = 1, `", "counter|d|family|fit|fits|mu = |normal|record|tr|twice(|wrapped|zebra_one|zebra_two|count", 18},
    {"twice(1, ti`", "times = ", 9},
    {"twice(number = [1, 2], ti`", "times = ", 23},
    {"twice(f(a, b), ti`", "times = ", 15},
    {"wrapped([1], lo`", "log(|log10(|log1m_exp(|log1p(|log2(|log_bessel_i0_scaled(", 13},
    {"twice(1 + nu`", "", 10},
    {"twice(fn(x) { nu`", "", 14},
    /* names of sites */
    {"condition(normal, {`", "data: |mu: |x: ", 19},
    {"condition(normal, {mu: 1, x`", "x: ", 26},
    {"condition(normal, {mu: zebra_o`", "zebra_one", 23},
    {"substitute(normal.guide, {mu_s`", "mu_scale: ", 26},
    {"plot(fit, truth = {`", "mu_mean: |mu_scale: ", 19},
    {"block(normal, hide = [m`", "mu", 22},
    {"block(normal, hi`", "hide = |histogram(", 14},
    {"twice(normal, [zebra_o`", "zebra_one", 15},
    /* what the text itself says */
    {"model q(y) { alpha ~ Normal(0, 1); beta ~ Normal(alp`", "alpha", 49},
    {"fn f(blubber = 2) { blu`", "blubber", 20},
    {"param mu_start: posi`", "positive|positive_integer|positive_ordered", 16},
    {"guide n`", "normal", 6},
    {"guide `", "normal", 6},
    {"model zeb`", "", 6},
    {"fn zeb`", "", 3},
    {"for zeb`", "", 4},
    /* where nothing may stand */
    {"\"zeb`", "", 4},
    {"\"zebra {zebra_o`", "zebra_one", 8},
    {"\"zebra {1} zeb`", "", 14},
    {"'zeb`", "", 4},
    {"# zeb`", "", 5},
    {"x = 1 # zeb`", "", 11},
    {"12`", "", 2},
    {"12zeb`", "", 5},
    {"1.`", "", 2},
};

START_TEST(table) {
    static Found found;
    Session *s = session_new(_i % 2);
    session_must(s, session);
    size_t start = complete(s, rows[_i].text, &found);
    bool part = strstr(rows[_i].text, "Normal(sigma = 1, `") || strstr(rows[_i].text, "lo`");
    if (!part) ck_assert_msg(strcmp(found.text, rows[_i].found) == 0, "%s\nfinds\n%s\nand not\n%s", rows[_i].text, found.text, rows[_i].found);
    ck_assert_msg(start == rows[_i].start, "%s is replaced from %zu", rows[_i].text, start);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

START_TEST(names_and_words) {
    static Found found;
    Session *s = session_new(false);
    session_must(s, session);
    static const char *const everywhere[] = {"Normal(", "svi(", "model", "for", "normal", "trace(", "positive", "interval(", "zebra_one", "pi", NULL};
    complete(s, "`", &found);
    for (int k = 0; everywhere[k]; k++) ck_assert_msg(offers(&found, everywhere[k]), "%s is not offered", everywhere[k]);
    static const char *const inside[] = {"mu = ", "zebra_one", "normal", NULL};
    complete(s, "Normal(sigma = 1, `", &found);
    for (int k = 0; inside[k]; k++) ck_assert_msg(offers(&found, inside[k]), "%s is not offered", inside[k]);
    ck_assert(!offers(&found, "sigma = "));
    ck_assert(!offers(&found, "sqrt("));
    complete(s, "wrapped([1], lo`", &found);
    ck_assert(offers(&found, "loud = "));
    session_close(s);
}
END_TEST

/* Nothing runs: a function that prints, and moments that are formulas. */
START_TEST(runs_nothing) {
    static Found found;
    static const char *const texts[] = {"noisy(1).`", "noisy(`", "d.mean.`", "d.support.`", "fit.`", "tr.sites.mu.log_prob.`"};
    double next[2];
    for (int completes = 0; completes < 2; completes++) {
        Session *s = session_new(false);
        session_must(s, session);
        session_must(s, "fn noisy(x) { print(x) }");
        session_clear(s);
        for (size_t k = 0; completes && k < sizeof texts / sizeof *texts; k++) complete(s, texts[k], &found);
        ck_assert_str_eq(s->out, "");
        ck_assert_str_eq(s->reports, "");
        session_must(s, "b = draw(Normal(0, 1))");
        next[completes] = session_number(s, "b");
        session_close(s);
    }
    ck_assert_double_eq(next[0], next[1]);
}
END_TEST

static void complete_all_prefixes(Session *s, const char *text, size_t length, size_t step, Found *found) {
    for (size_t point = 0; point <= length; point += step) {
        found->length = found->n = 0;
        size_t start = elbo_complete(s->state, text, point, keep_candidate, found);
        ck_assert_uint_le(start, point);
    }
    session_is_at_rest(s);
}

/* Every place of the examples. */
START_TEST(examples) {
    static Found found;
    const char *folder = "examples";
    char path[512];
    const char *source = getenv("srcdir");
    snprintf(path, sizeof path, "%s/%s", source ? source : ".", folder);
    DIR *directory = opendir(path);
    ck_assert_msg(directory != NULL, "there is no %s", path);
    Session *s = session_new(false);
    session_must(s, session);
    unsigned files = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        size_t n = strlen(entry->d_name);
        if (n < 5 || strcmp(entry->d_name + n - 4, ".ppl") != 0) continue;
        snprintf(path, sizeof path, "%s/%s/%s", source ? source : ".", folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        ck_assert_ptr_nonnull(file);
        static char text[1 << 14];
        size_t length = fread(text, 1, sizeof text, file);
        fclose(file);
        complete_all_prefixes(s, text, length, length > 2000 ? 7 : 1, &found);
        files++;
    }
    closedir(directory);
    ck_assert_uint_gt(files, 5);
    session_close(s);
}
END_TEST

static uint32_t next_random(uint32_t *state) { return *state = *state * 1664525u + 1013904223u; }

/* Random bytes, and random pieces of programs. */
START_TEST(noise) {
    static Found found;
    static const char *const pieces[] = {"fit", ".", "(", ")", "[", "]", "{", "}", "\"", "'", "#", "\n", ",", "=", "~", ":", "params", "svi", "0", "1.5", " ",
                                         "normal", "record", "model ", "param ", "guide ", "for ", "fn", "Normal", "tr", "sites", "\\", "\xff", "\xc3\xa9"};
    Session *s = session_new(_i % 2);
    session_must(s, session);
    uint32_t random = 12345u + (uint32_t)_i;
    char text[400];
    for (int round = 0; round < 40; round++) {
        size_t length = 0;
        while (length < 120) {
            uint32_t r = next_random(&random) >> 8;
            if (_i < 2) {
                text[length++] = (char)(r & 0xff);
                continue;
            }
            const char *piece = pieces[r % (sizeof pieces / sizeof *pieces)];
            memcpy(text + length, piece, strlen(piece));
            length += strlen(piece);
        }
        complete_all_prefixes(s, text, length, 1, &found);
    }
    session_close(s);
}
END_TEST

/* 100,000 variables, and a text of half a megabyte. */
START_TEST(large) {
    static Found found;
    Session *s = session_new(false);
    char name[40];
    for (int k = 0; k < 100000; k++) {
        snprintf(name, sizeof name, "variable_%d", k);
        elbo_set_number(s->state, name, k);
    }
    clock_t begin = clock();
    found.n = 0;
    elbo_complete(s->state, "variable_99", 11, keep_candidate, &found);
    ck_assert_uint_eq(found.n, 1111);
    enum { LENGTH = 1 << 19 };
    char *text = malloc(LENGTH + 1);
    for (size_t k = 0; k < LENGTH; k++) text[k] = "f(a, "[k % 5];
    elbo_complete(s->state, text, LENGTH, keep_candidate, &found);
    memset(text, '(', LENGTH);
    elbo_complete(s->state, text, LENGTH, keep_candidate, &found);
    memset(text, 'a', LENGTH);
    elbo_complete(s->state, text, LENGTH, keep_candidate, &found);
    free(text);
    /* Each takes some milliseconds; the bound is for slow machines and sanitizers. */
    ck_assert_msg((double)(clock() - begin) / CLOCKS_PER_SEC < 5, "it takes %g s", (double)(clock() - begin) / CLOCKS_PER_SEC);
    session_close(s);
}
END_TEST

START_TEST(without_memory) {
    static Found found;
    for (long fail = 1; fail < 60; fail++) {
        Session *s = session_new(true);
        session_must(s, "record = {mu: 1, \"log sigma\": 2}");
        s->fail_at = s->requests + fail;
        complete(s, "x = svi(a, Normal(mu = 1, record.`", &found);
        s->fail_at = 0;
        session_is_at_rest(s);
        session_must(s, "w = 1");
        session_close(s);
    }
}
END_TEST

static Suite *complete_suite(void) {
    Suite *suite = suite_create("complete");
    TCase *all = tcase_create("complete");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, table, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(all, names_and_words);
    tcase_add_test(all, runs_nothing);
    tcase_add_test(all, examples);
    tcase_add_loop_test(all, noise, 0, 6);
    tcase_add_test(all, large);
    tcase_add_test(all, without_memory);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void) { return session_run_suite(complete_suite()); }
