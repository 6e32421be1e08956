/* SPDX-License-Identifier: GPL-3.0-or-later
   Distributions that are built from others, in programs: nested, in plates, in traces, under masks, with missing data, and in fits. */
#include <math.h>

#include "tests/session.h"

static const Program programs_table[] = {
    /* printing, parameters, equality */
    {"print(Truncated(Normal(0, 1), 0), Censored(Poisson(3), 1, 5), Folded(Normal(1, 2)), ZeroInflated(Poisson(3), 0.4))",
     "Truncated(Normal(0, 1), 0, inf) Censored(Poisson(3), 1, 5) Folded(Normal(1, 2)) ZeroInflated(Poisson(3), 0.4)"},
    {"d = Mixture([1, 1], [Normal(0, 1), Normal(1, 1)])\nprint(d, d.components, d == Mixture([0.5, 0.5], [Normal(0, 1), Normal(1, 1)]),"
     " d == Mixture([0.5, 0.5], [Normal(0, 1), Normal(1, 2)]))",
     "Mixture([0.5, 0.5], [Normal(0, 1), Normal(1, 1)]) [Normal(0, 1), Normal(1, 1)] true false"},
    {"print(Truncated(Gamma(2, 1), 1, 3).support, Truncated(Normal(0, 1), 0).support, Truncated(Poisson(3), 0.5, 5.5).support)",
     "interval(1, 3) nonnegative integer_interval(1, 5)"},
    {"print(Transformed(Normal([0, 0], 1), simplex).support, Independent(Gamma([1, 2], 1)).support, Folded(Normal(1, 1)).support)",
     "simplex nonnegative nonnegative"},
    /* nested */
    {"d = Truncated(Mixture([0.3, 0.7], [Normal(-1, 1), Normal(2, 0.5)]), 0)\nx = draw(d, 500)\nprint(min(x) >= 0, abs(d.cdf(d.quantile(0.2)) - 0.2) < 1e-12)",
     "true true"},
    {"d = Truncated(Folded(Normal(1, 2)), 1, 2)\nx = draw(d, 500)\nprint(min(x) >= 1, max(x) <= 2, abs(d.cdf(d.quantile(0.2)) - 0.2) < 1e-12)", "true true true"},
    {"d = Censored(Transformed(Normal(0, 1), exp), 0.5, 2)\nprint(abs(d.log_prob(2) - log(normal_cdf(-log(2)))) < 1e-14, d.log_prob(2.1), d.median)", "true -inf 1"},
    {"d = Mixture([0.5, 0.5], [ZeroInflated(Poisson(3), 0.5), Truncated(Poisson(5), 1)])\nprint(abs(sum(exp(d.log_prob(0..80))) - 1) < 1e-13)", "true"},
    {"d = Transformed(MultivariateNormal([0, 1], [[1, 0.5], [0.5, 2]]), exp)\nb = MultivariateNormal([0, 1], [[1, 0.5], [0.5, 2]])\n"
     "print(abs(d.log_prob([1, 2]) - b.log_prob([0, log(2)]) + log(2)) < 1e-14)", "true"},
    {"d = Transformed(Normal([0, 0], 1), simplex)\nprint(d.log_prob([0.3, 0.3, 0.3]), d.log_prob([-0.1, 0.6, 0.5]))", "-inf -inf"},
    /* lanes, masks, traces */
    {"model m() { plate d(i in 0..3) { z ~ Mixture([0.5, 0.5], [Normal(i, 1), Normal(-i, 2)]) } }\nwith seed(1) { t = trace(m)() }\nprint(t.sites.z.distribution)",
     "Mixture([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], [Normal([0, 1, 2], 1), Normal([0, -1, -2], 2)])"},
    {"model m() { plate d(i in 0..3) { if i > 0 { z ~ Truncated(Normal(0, 1), 0, i) } } }\nwith seed(1) { t = trace(m)() }\nprint(is_finite(log_prob(t)))", "true"},
    {"y = [1, missing, 2]\nmodel m() { plate d(i in 0..3) { obs y[i] ~ Truncated(Normal(0, 1), 0) } }\nd = Truncated(Normal(0, 1), 0)\n"
     "with seed(1) { t = trace(m)() }\nprint(abs(log_prob(t) - d.log_prob(1) - d.log_prob(2)) < 1e-14)", "true"},
    {"print(Mixture([[0.2, 0.8], [0.5, 0.5]], [Normal([0, 1], 1), Normal(3, 1)]).mean)", "[2.4, 2]"},
    {"print(Truncated(Normal(0, 1), [0, 1], [inf, 2]).log_prob([-1, 1.5]) == [-inf, Truncated(Normal(0, 1), 1, 2).log_prob(1.5)])", "[true, true]"},
    /* the score function's gradient where there is no path, and a path by weights where there is one */
    {"fn e(v) { with seed(1) { mean(plate particles(s in 0..20000) { x = sample(\"x\", Mixture([v, 1 - v], [Poisson(2), Poisson(5)])); x }) } }\n"
     "print(abs(grad(e, 0.3) + 3) < 0.3)", "true"},
    {"fn e(v) { with seed(1) { mean(plate particles(s in 0..20000) { x = sample(\"x\", Mixture([v, 1 - v], [Normal(-2, 1), Normal(3, 0.5)])); x ^ 2 }) } }\n"
     "print(abs(grad(e, 0.3) + 4.25) < 0.4)", "true"},
    {"fn e(v) { with seed(1) { mean(plate particles(s in 0..20000) { x = sample(\"x\", Mixture([v, 1 - v],"
     " [Independent(Normal([0, 0], 1)), Independent(Normal([3, 1], 1))])); x[0] }) } }\nprint(abs(grad(e, 0.3) + 3) < 0.3)", "true"},
    {"fn e(v) { with seed(1) { mean(plate p(s in 0..2000) { sample(\"x\", Truncated(Normal(0, 1), v)) }) } }\n"
     "print(abs(grad(e, 40) - grad(fn(v) { Truncated(Normal(0, 1), v).mean }, 40)) < 1e-3)", "true"},
    /* fits: a mixture whose components are summed out, and data of which some are only known to be below a bound */
    {"with seed(4) { y = draw(Mixture([0.3, 0.7], [Normal(-2, 1), Normal(3, 0.5)]), 2000) }\n"
     "model m(y) { a ~ Normal(-1, 3); b ~ Normal(1, 3); w ~ Normal(0, 2)\n"
     "    plate data(i in 0..len(y)) { obs y[i] ~ Mixture([sigmoid(w), sigmoid(-w)], [Normal(a, 1), Normal(b, 0.5)]) } }\n"
     "guide m(y) { param am = -1; param bm = 1; param wm = 0; param s: positive = 0.1\n    a ~ Normal(am, s); b ~ Normal(bm, s); w ~ Normal(wm, s) }\n"
     "p = svi(m, y, steps = 300, particles = 5, optimizer = Adam(lr = 0.05)).params\n"
     "print(abs(p.am + 2) < 0.15, abs(p.bm - 3) < 0.1, abs(sigmoid(p.wm) - 0.3) < 0.04)", "true true true"},
    {"with seed(5) { t = draw(Censored(Normal(1, 2), 0), 2000) }\n"
     "model m(t) { mu ~ Normal(0, 5); plate data(i in 0..len(t)) { obs t[i] ~ Censored(Normal(mu, 2), 0) } }\n"
     "guide m(t) { param a = 0; param s: positive = 0.1; mu ~ Truncated(Normal(a, s), -5, 5) }\n"
     "p = svi(m, t, steps = 300, particles = 10, optimizer = Adam(lr = 0.05)).params\nprint(abs(p.a - 1) < 0.2, p.s < 0.09)", "true true"},
};
PROGRAMS(programs)

int main(void) {
    Suite *suite = suite_create("built");
    ADD_PROGRAMS(suite, programs);
    return session_run_suite(suite);
}
