/* SPDX-License-Identifier: GPL-3.0-or-later
   Score edges: gradients of expectations over discrete draws against their exact values, by z-tests.

   Each program's function one(v) is run for one, two or many particles, over as many seeds as it takes, and the mean of the
   gradients is compared with the derivative of exact(v), an expectation in closed form. One and two particles matter: there a
   condition often happens to be the same in all lanes, and what is counted as a cost must not hang on that.

   False alarms: a component fails when its z is beyond 5. With 2 degrees of approximation (a t of 49 degrees of freedom for the
   batches of many particles) that is at most 8e-6 a component, and there are fewer than 700 of them: below 6e-3 for the seeds
   once chosen; they are fixed, so a run does not differ from the one before. */
#include <math.h>

#include "runtime/message.h"
#include "runtime/native.h"
#include "runtime/operations.h"
#include "runtime/tape_score.h"
#include "tests/session.h"

enum { COMPONENTS = 3 };

static const double at[COMPONENTS] = {0.4, 0.7, 0.25};

typedef struct Case {
    const char *name, *one, *exact;
} Case;

static const Case cases[] = {
    {"one draw", "fn one(v) { z ~ Bernoulli(v[0]); z * 3 + v[1] }", "fn exact(v) { v[0] * 3 + v[1] }"},
    {"where", "fn one(v) { z ~ Bernoulli(v[0]); where(z, v[1], 2) }", "fn exact(v) { v[0] * v[1] + (1 - v[0]) * 2 }"},
    {"if", "fn one(v) { z ~ Bernoulli(v[0]); if z { a = v[0] * 2 } else { a = v[1] }; a * 3 + 1 }",
     "fn exact(v) { v[0] * (6 * v[0] + 1) + (1 - v[0]) * (3 * v[1] + 1) }"},
    {"if of constants", "fn one(v) { z ~ Bernoulli(v[0]); if z { 3 } else { 1 } }", "fn exact(v) { 1 + 2 * v[0] }"},
    {"if without else", "fn one(v) { z ~ Bernoulli(v[0]); a = 5; if z { a = 7 }; a }", "fn exact(v) { 5 + 2 * v[0] }"},
    {"if that only guards", "fn one(v) { z ~ Bernoulli(v[0]); w ~ Bernoulli(v[1]); if z { factor(\"f\", 1) }; w * 2 }",
     "fn exact(v) { 2 * v[1] }"},
    {"factors under a condition", "fn m(v) { z ~ Bernoulli(v[0]); if z { factor(\"f\", 1.5) } else { w ~ Bernoulli(v[1]); factor(\"g\", 2 * w) } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { h(v[0]) + v[0] * 1.5 + (1 - v[0]) * (h(v[1]) + 2 * v[1]) }"},
    {"and", "fn one(v) { a ~ Bernoulli(v[0]); b ~ Bernoulli(v[1]); if a and b { 4 } else { 1 } }", "fn exact(v) { 1 + 3 * v[0] * v[1] }"},
    {"or and not", "fn one(v) { a ~ Bernoulli(v[0]); b ~ Bernoulli(v[1]); if not a or b { 4 } else { 1 } }",
     "fn exact(v) { 4 - 3 * v[0] * (1 - v[1]) }"},
    {"comparison", "fn one(v) { a ~ Bernoulli(v[0]); b ~ Bernoulli(v[1]); where(a + b >= 1, 2, v[0]) }",
     "fn exact(v) { n = (1 - v[0]) * (1 - v[1]); 2 * (1 - n) + v[0] * n }"},
    {"chain", "fn one(v) { z[0] ~ Bernoulli(v[0]); for t in 1..4 { z[t] ~ Bernoulli(0.2 + v[1] * z[t - 1]) }; sum(z) * z[3] }",
     "fn exact(v) { s = 0; for a in 0..2 { for b in 0..2 { for c in 0..2 { p = where(a == 1, v[0], 1 - v[0]); q = 0.2 + v[1] * a; r = 0.2 + v[1] * b; u = 0.2 + v[1] * c; "
     "s = s + p * where(b == 1, q, 1 - q) * where(c == 1, r, 1 - r) * u * (a + b + c + 1) } } }; s }"},
    {"recursion", "fn g(v, n) { if sample(\"b{n}\", Bernoulli(v[0])) { n } else { g(v, n + 1) } }\nfn one(v) { g(v, 0) }",
     "fn exact(v) { (1 - v[0]) / v[0] }"},
    {"break", "fn one(v) { n = 0; for t in 0..40 { if sample(\"b{t}\", Bernoulli(v[0])) { break }; n = n + 1 }; n * 2 }",
     "fn exact(v) { 2 * (1 - v[0]) / v[0] }"},
    {"while", "fn one(v) { z ~ Bernoulli(v[0]); k = 0; while k < 1 + 2 * z { k = k + 1 }; k ^ 2 }", "fn exact(v) { 1 + 8 * v[0] }"},
    {"a bound", "fn one(v) { z ~ Bernoulli(v[0]); s = 0; for t in 0..(1 + 2 * z) { s = s + t + 1 }; s }", "fn exact(v) { 1 + 5 * v[0] }"},
    {"early return", "fn g(v, z) { if z { return v[1] }; 3 }\nfn one(v) { z ~ Bernoulli(v[0]); g(v, z) }",
     "fn exact(v) { v[0] * v[1] + 3 * (1 - v[0]) }"},
    {"index", "x = [1, 4, 9]\nfn one(v) { z ~ Bernoulli(v[0]); w ~ Bernoulli(v[1]); x[z + w] * v[w + 0] }",
     "fn exact(v) { p = v[0]; q = v[1]; (1 - q) * v[0] * (1 + 3 * p) + q * v[1] * (4 + 5 * p) }"},
    {"element", "fn one(v) { z ~ Bernoulli(v[0]); a = [1, 2]; a[z + 0] = 5; a[1] * 3 }", "fn exact(v) { 6 + 9 * v[0] }"},
    {"vector of draws", "fn one(v) { z ~ Bernoulli([v[0], v[1]]); sum(z * [1, 2]) + z[0] * z[1] + where(any(z), 1, 0) }",
     "fn exact(v) { v[0] + 2 * v[1] + v[0] * v[1] + 1 - (1 - v[0]) * (1 - v[1]) }"},
    {"what sorting tells", "fn one(v) { z ~ Bernoulli([v[0], v[1]]); argmax(z + [0.5, 0]) * 3 }", "fn exact(v) { 3 * (1 - v[0]) * v[1] }"},
    {"what counting tells", "fn one(v) { z ~ Bernoulli([v[0], v[1], 0.5]); n = tabulate(z + 0, 2); n[1] ^ 2 }",
     "fn exact(v) { v[0] + v[1] + 0.5 + 2 * (v[0] * v[1] + 0.5 * v[0] + 0.5 * v[1]) }"},
    {"mixed with a pathwise draw", "fn one(v) { z ~ Bernoulli(v[0]); w ~ Normal(v[1] + z, 1 + v[2]); w ^ 2 + z }",
     "fn exact(v) { (1 - v[0]) * v[1] ^ 2 + v[0] * (v[1] + 1) ^ 2 + (1 + v[2]) ^ 2 + v[0] }"},
    {"after a pathwise draw", "fn one(v) { w ~ Normal(v[1], 1 + v[2]); u ~ Bernoulli(Normal(0, 1).cdf(w)); u * 2 }",
     "fn exact(v) { 2 * Normal(0, 1).cdf(v[1] / sqrt(1 + (1 + v[2]) ^ 2)) }"},
    {"missing data", "fn one(v) { y = missing; obs y ~ Bernoulli(v[0]); y * 3 }", "fn exact(v) { 3 * v[0] }"},
    {"a plate", "x = [1, 2, -1]\nfn m(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]); obs x[i] ~ Normal(2 * z[i], 1) } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { s = 0; for i in 0..3 { s = s + h(v[i]) + v[i] * (2 * x[i] - 2) }; s }"},
    {"a plate entered again", "x = [1, 2, -1]\nfn m(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]) }; plate a(i in 0..3) { obs x[i] ~ Normal(2 * z[i], 1) } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { s = 0; for i in 0..3 { s = s + h(v[i]) + v[i] * (2 * x[i] - 2) }; s }"},
    {"a plate turned round", "x = [1, 2, -1]\nfn m(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]) }; plate a(i in 0..3) { obs x[i] ~ Normal(2 * z[2 - i], 1) } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { s = 0; for i in 0..3 { s = s + h(v[i]) + v[i] * (2 * x[2 - i] - 2) }; s }"},
    {"conditions in a plate, turned round",
     "x = [1, 2, -1]\nfn m(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]); if z[i] { w[i] = 2 } else { w[i] = 0 } }; plate a(i in 0..3) { obs x[i] ~ Normal(w[2 - i], 1) } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { s = 0; for i in 0..3 { s = s + h(v[i]) + v[i] * (2 * x[2 - i] - 2) }; s }"},
    {"a sum over the plate", "x = [1, 2, -1]\nfn one(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]) }; s = sum(z); sum(plate a(i in 0..3) { s * x[i] * z[i] }) }",
     "fn exact(v) { t = sum(v); s = 0; for i in 0..3 { s = s + x[i] * v[i] * (1 + t - v[i]) }; s }"},
    {"nested plates", "fn m(v) { plate a(i in 0..2) { z[i] ~ Bernoulli(v[i]); plate b(j in 0..3) { u ~ Bernoulli(0.2 + 0.5 * z[i] * v[2]); factor(\"f\", u * (i + j + 1)) } } }\n"
     "fn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { s = 0; for i in 0..2 { r = 0.2 + 0.5 * v[2]; s = s + h(v[i]) + v[i] * 3 * h(r) + (1 - v[i]) * 3 * h(0.2) + (3 * i + 6) * (v[i] * r + (1 - v[i]) * 0.2) }; s }"},
    {"outside of the plate", "x = [1, 2, -1]\nfn m(v) { z ~ Bernoulli(v[0]); plate a(i in 0..3) { obs x[i] ~ Normal(2 * z, 1) } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { h(v[0]) + v[0] * (2 * sum(x) - 6) }"},
    {"a masked draw", "x = [1, 2, -1]\nfn m(v) { plate a(i in 0..3) { if x[i] > 0 { z ~ Bernoulli(v[0]); factor(\"f\", z * x[i]) } } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { 2 * h(v[0]) + 3 * v[0] }"},
    {"draws that hang on draws", "fn one(v) { a ~ Bernoulli(v[0]); b ~ Bernoulli(0.2 + a * v[1] / 2); c ~ Bernoulli(0.3 + b * v[2]); a + 2 * b + 4 * c }",
     "fn exact(v) { b = 0.2 + v[0] * v[1] / 2; v[0] + 2 * b + 4 * (0.3 + b * v[2]) }"},
    {"guide and model", "x = [1, 2, -1]\nfn q(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]) }; t ~ Normal(v[0], 1) }\n"
     "fn p() { t ~ Normal(0, 1); plate a(i in 0..3) { z[i] ~ Bernoulli(0.3); obs x[i] ~ Normal(z[i] * 2 + t, 1) } }\n"
     "fn one(v) { tr = trace(q)(v); log_prob(trace(replay(p, tr))()) - log_prob(tr) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\n"
     "fn exact(v) { s = -v[0] ^ 2 / 2; for i in 0..3 { s = s - h(v[i]) + v[i] * log(0.3 / 0.7) - (v[i] * (x[i] - 2 - v[0]) ^ 2 + (1 - v[i]) * (x[i] - v[0]) ^ 2) / 2 }; s }"},
    {"conditional guide and model",
     "fn q(v) { z ~ Bernoulli(v[0]); if z { w ~ Bernoulli(v[1]) } else { w ~ Bernoulli(v[2]) } }\n"
     "fn p() { z ~ Bernoulli(0.3); if z { w ~ Bernoulli(0.6); factor(\"f\", 2 * w) } else { w ~ Bernoulli(0.5); factor(\"g\", -w) } }\n"
     "fn one(v) { tr = trace(q)(v); log_prob(trace(replay(p, tr))()) - log_prob(tr) }",
     "fn kl(a, b) { a * log(a / b) + (1 - a) * log((1 - a) / (1 - b)) }\n"
     "fn exact(v) { -kl(v[0], 0.3) + v[0] * (2 * v[1] - kl(v[1], 0.6)) + (1 - v[0]) * (-v[2] - kl(v[2], 0.5)) }"},
    {"conditional guide in a plate",
     "x = [1, 2]\nfn q(v) { plate a(i in 0..2) { z[i] ~ Bernoulli(v[i]); if z[i] { w[i] ~ Bernoulli(v[2]) } else { w[i] ~ Bernoulli(0.5) } } }\n"
     "fn p() { plate a(i in 0..2) { z[i] ~ Bernoulli(0.3); w[i] ~ Bernoulli(0.6); if w[i] { obs x[i] ~ Normal(z[i], 1) } else { obs x[i] ~ Normal(0, 1) } } }\n"
     "fn one(v) { tr = trace(q)(v); log_prob(trace(replay(p, tr))()) - log_prob(tr) }",
     "fn kl(a, b) { a * log(a / b) + (1 - a) * log((1 - a) / (1 - b)) }\n"
     "fn exact(v) { s = 0; for i in 0..2 { s = s - kl(v[i], 0.3) + v[i] * (v[2] * (x[i] - 0.5) - kl(v[2], 0.6)) - (1 - v[i]) * kl(0.5, 0.6) }; s }"},
    {"another plate", "x = [1, 2, -1]\nfn one(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]) }; sum(plate b(j in 0..3) { z[j] * x[j] }) }", "fn exact(v) { v @ x }"},
    {"elements one after the other", "x = [1, 2, -1]\nfn one(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]) }; s = 0; k = 0; for y in z { s = s + y * x[k]; k = k + 1 }; s }", "fn exact(v) { v @ x }"},
    {"a mixture", "x = [1, 2, -1]\nfn m(v) { mu = [v[0], 2 * v[1]]; plate a(i in 0..3) { z ~ Bernoulli(v[2]); obs x[i] ~ Normal(mu[z + 0], 1) } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { s = 0; for i in 0..3 { s = s + h(v[2]) - v[2] * (x[i] - 2 * v[1]) ^ 2 / 2 - (1 - v[2]) * (x[i] - v[0]) ^ 2 / 2 }; s }"},
    {"missing elements", "y = [1, missing, 0]\nfn one(v) { plate a(i in 0..3) { w[i] = obs(\"y\", Bernoulli(v[0]), y[i]) }; sum(w * [1, 2, 3]) }", "fn exact(v) { 1 + 2 * v[0] }"},
    {"scale", "x = [1, 2, -1]\nfn m(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]); factor(\"f\", z[i] * x[i]) } }\nfn one(v) { log_prob(trace(scale(scale(m, 0.5), [1, 2, 3]))(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { s = 0; for i in 0..3 { s = s + 0.5 * (i + 1) * (h(v[i]) + v[i] * x[i]) }; s }"},
    {"mask", "x = [1, 2, -1]\nfn m(v) { plate a(i in 0..3) { z[i] ~ Bernoulli(v[i]); factor(\"f\", z[i] * x[i]) } }\nfn one(v) { log_prob(trace(mask(m, [true, false, true]))(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { s = 0; for i in [0, 2] { s = s + h(v[i]) + v[i] * x[i] }; s }"},
    {"categories", "x = [1, 4, 9]\nfn one(v) { z ~ Categorical(v / sum(v)); x[z] * v[0] + z }", "fn exact(v) { p = v / sum(v); (p @ x) * v[0] + p[1] + 2 * p[2] }"},
    {"categories in a plate", "x = [1, 4, 9]\nfn one(v) { p = v / sum(v); plate a(i in 0..3) { z[i] ~ Categorical(p); y[i] = x[z[i]] * (i + 1) }; sum(y) }", "fn exact(v) { p = v / sum(v); 6 * (p @ x) }"},
    {"counts", "fn one(v) { k ~ Poisson(2 * v[0]); n ~ Binomial(3, v[1]); g ~ Geometric(v[0]); k ^ 2 + n * k + g }",
     "fn exact(v) { a = 2 * v[0]; a + a ^ 2 + 3 * v[1] * a + (1 - v[0]) / v[0] }"},
    {"bounds in lanes", "fn one(v) { k ~ Binomial(3, v[0]); s = 0; for t in 0..k { s = s + (t + 1) * v[1] }; s }",
     "fn exact(v) { p = v[0]; q = 1 - p; v[1] * (3 * p * q ^ 2 + 3 * 3 * p ^ 2 * q + 6 * p ^ 3) }"},
    {"mask by a draw", "fn m(v) { z ~ Bernoulli(v[0]); with mask(z) { factor(\"f\", 2) } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { h(v[0]) + 2 * v[0] }"},
    {"mask by a draw in a handler", "handler off(x) { on factor(site) { site.mask = x } }\nfn m(v) { z ~ Bernoulli(v[0]); with off(z) { factor(\"f\", 2) } }\nfn one(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { h(v[0]) + 2 * v[0] }"},
    {"determinants", "fn one(v) { z ~ Bernoulli([v[0], v[1]]); m = [[2 + z[0], 0.5], [1, 2 + z[1]]]; det(m) + 2 * logdet(m) }",
     "fn at(a, b) { d = (2 + a) * (2 + b) - 0.5; d + 2 * log(d) }\nfn exact(v) { p = v[0]; q = v[1]; p * q * at(1, 1) + p * (1 - q) * at(1, 0) + (1 - p) * q * at(0, 1) + (1 - p) * (1 - q) * at(0, 0) }"},
    {"more draws than are costed at once",
     "fn one(v) { s = 0; x = 0; for k in 0..70 { z[k] ~ Bernoulli(0.2 + v[0] * x); x = z[k]; y = plate a(i in 0..2) { (i + 1) * sample(\"w{k}\", Bernoulli(v[1])) }; s = s + x + sum(y) }; s }",
     "fn exact(v) { s = 0; x = 0; for k in 0..70 { x = 0.2 + v[0] * x; s = s + x + 3 * v[1] }; s }"},
    {"an unconditioned model", "x = [1, 0]\nfn m(v) { plate a(i in 0..2) { y[i] = obs(\"x\", Bernoulli(v[i]), x[i]) }; sum(y * [2, 5]) }\nfn one(v) { uncondition(m)(v) }",
     "fn exact(v) { 2 * v[0] + 5 * v[1] }"},
};

/* Functions of the whole run: the number of particles does not matter. */
static const Case whole_cases[] = {
    {"a nonlinear root", "fn f(v) { log(mean(plate particles(s in 0..2) { z ~ Bernoulli(v[0]); 1 + z })) }",
     "fn exact(v) { p = v[0]; p ^ 2 * log(2) + 2 * p * (1 - p) * log(1.5) }"},
    {"a factor behind a condition",
     "fn f(v) { z ~ Bernoulli(v[0]); c = 1; if z { c = 2 }; c * mean(plate particles(s in 0..3) { u ~ Bernoulli(v[1]); u + v[2] }) }",
     "fn exact(v) { (1 + v[0]) * (v[1] + v[2]) }"},
    {"a factor behind conditions in lanes",
     "fn f(v) { y = mean(plate particles(s in 0..2) { u ~ Bernoulli(v[1]); if u { w = 2 } else { w = 1 }; w * v[2] }); 3 * y }",
     "fn exact(v) { 3 * (1 + v[1]) * v[2] }"},
    {"a term from before",
     "fn f(v) { u ~ Bernoulli(v[1]); t = u * 2; z ~ Bernoulli(v[0]); if z { c = 2 } else { c = 1 }; c * t + t }",
     "fn exact(v) { 2 * v[1] * (2 + v[0]) }"},
    {"a density", "fn m(v) { z ~ Bernoulli(v[0]); factor(\"f\", z * 2) }\nfn f(v) { exp(log_prob(trace(m)(v))) }",
     "fn exact(v) { v[0] ^ 2 * exp(2) + (1 - v[0]) ^ 2 }"},
    {"a list's index", "fn f(v) { z ~ Bernoulli(v[0]); l = [\"a\", 3, 5]; l[z + 1] }", "fn exact(v) { 3 + 2 * v[0] }"},
    {"what a handler hides",
     "handler hide(x) { on factor(site) { site.hidden = x } }\nfn m(v) { z ~ Bernoulli(v[0]); with hide(z) { factor(\"f\", 2) } }\nfn f(v) { log_prob(trace(m)(v)) }",
     "fn h(p) { p * log(p) + (1 - p) * log(1 - p) }\nfn exact(v) { h(v[0]) + 2 * (1 - v[0]) }"},
    {"how many are distinct", "fn f(v) { z ~ Bernoulli([v[0], v[1]]); 3 * len(unique(z + 0)) }",
     "fn exact(v) { 3 + 3 * (v[0] * (1 - v[1]) + v[1] * (1 - v[0])) }"},
    {"a name", "fn f(v) { z ~ Bernoulli(v[0]); r = {a0: 2, a1: 5}; r[\"a{0 + z}\"] }", "fn exact(v) { 2 + 3 * v[0] }"},
};

/* ---- Estimates ---- */

typedef struct Call {
    Value f;
    const char *name;
    uint64_t seed;
    bool by_dependency, pathwise_only;
    double gradient[COMPONENTS];
} Call;

static void differentiate(State *S, void *what) {
    Call *call = what;
    RandomState random = S->random;
    S->random.seed = call->seed;
    S->random.step = 0;
    entry_begin(S);
    tape_begin(S);
    S->tape.by_dependency = call->by_dependency;
    Value v = tape_with_leaf(S, value_array(array_vector(S, COMPONENTS, at), 0));
    stack_push(S, v);
    Value root = call_value(S, state_global(S, string_of(S, call->name))->value, &v, 1);
    if (call->pathwise_only) S->tape.n_draws = 0; /* the bug that the tests must see */
    tape_reverse(S, root);
    const double *adjoint = tape_adjoint(S, v.node);
    for (int k = 0; k < COMPONENTS; k++) call->gradient[k] = adjoint ? adjoint[k] : 0;
    stack_pop(S, 1);
    tape_end(S);
    entry_end(S);
    S->random = random;
}

typedef struct Estimate {
    double mean[COMPONENTS], error[COMPONENTS], variance[COMPONENTS];
} Estimate;

static Estimate estimate(Session *s, const char *name, int seeds, bool by_dependency, bool pathwise_only) {
    Estimate e = {{0}, {0}, {0}};
    for (int k = 0; k < seeds; k++) {
        Call call = {.name = name, .seed = (uint64_t)(7000 + k), .by_dependency = by_dependency, .pathwise_only = pathwise_only};
        bool done = error_protect(s->state, differentiate, &call);
        ck_assert_msg(done, "%s", s->state->error.diagnostic.message);
        for (int c = 0; c < COMPONENTS; c++) {
            double d = call.gradient[c] - e.mean[c];
            e.mean[c] += d / (k + 1);
            e.variance[c] += d * (call.gradient[c] - e.mean[c]);
        }
    }
    for (int c = 0; c < COMPONENTS; c++) {
        e.variance[c] /= seeds - 1;
        e.error[c] = sqrt(e.variance[c] / seeds);
    }
    return e;
}

static void run_case(Session *s, const Case *c, const char *rest) {
    char text[6000];
    snprintf(text, sizeof text, "%s\n%s\n%s\nexact_ = grad(exact, [0.4, 0.7, 0.25])\ne0 = exact_[0]; e1 = exact_[1]; e2 = exact_[2]", c->one, c->exact, rest);
    session_must(s, text);
}

static double z_of(Session *s, const Estimate *e, int c) {
    double exact = session_number(s, (const char *[]){"e0", "e1", "e2"}[c]), d = fabs(e->mean[c] - exact);
    if (d <= 1e-10 * (1 + fabs(exact))) return 0;
    return e->error[c] > 0 ? d / e->error[c] : INFINITY;
}

static void check_case(Session *s, const Case *c, int seeds, const char *how) {
    for (int mode = 0; mode < 2; mode++) {
        Estimate e = estimate(s, "f", seeds, mode == 1, false);
        for (int k = 0; k < COMPONENTS; k++)
            ck_assert_msg(z_of(s, &e, k) < 5, "%s, %s, component %d%s: %g ± %g", c->name, how, k, mode ? ", by dependency" : "", e.mean[k], e.error[k]);
    }
}

static const char particles[] = "fn f(v) { mean(plate particles(s in 0..%d) { one(v) }) }";

static const struct { int particles, seeds; } sizes[] = {{1, 5000}, {2, 5000}, {300, 150}};

enum { SIZES = sizeof sizes / sizeof *sizes };

START_TEST(unbiased) {
    const Case *c = &cases[_i / SIZES];
    int n = sizes[_i % SIZES].particles;
    char f[200];
    snprintf(f, sizeof f, particles, n);
    Session *s = session_new(false);
    run_case(s, c, f);
    snprintf(f, sizeof f, "%d particles", n);
    check_case(s, c, sizes[_i % SIZES].seeds, f);
    session_close(s);
}
END_TEST

START_TEST(unbiased_whole) {
    Session *s = session_new(false);
    run_case(s, &whole_cases[_i], "");
    check_case(s, &whole_cases[_i], 6000, "whole");
    session_close(s);
}
END_TEST

/* A site that is drawn twice in one entry has the same noise twice: the two draws are equal, and still each has its own terms. */
START_TEST(same_noise_twice) {
    static const Case twice = {"twice", "fn q(v) { z ~ Bernoulli(v[0]); z }\nfn one(v) { 3 * trace(q)(v).value + 2 * trace(q)(v).value }",
                               "fn exact(v) { 5 * v[0] }"};
    char f[200];
    snprintf(f, sizeof f, particles, 20);
    Session *s = session_new(false);
    run_case(s, &twice, f);
    Estimate e = estimate(s, "f", 1000, true, false);
    ck_assert_double_lt(z_of(s, &e, 0), 5);
    session_must(s, "g = mean(for k in 0..400 { with seed(k) { grad(f, [0.4, 0.7, 0.25])[0] } })");
    ck_assert_double_lt(fabs(session_number(s, "g") - 5), 5 * e.error[0] * sqrt(1000 / 400.0));
    session_close(s);
}
END_TEST

/* The tests above can fail: without the score edges they would. */
START_TEST(pathwise_alone_is_seen) {
    const Case *c = &cases[_i];
    char f[200];
    snprintf(f, sizeof f, particles, 300);
    Session *s = session_new(false);
    run_case(s, c, f);
    Estimate e = estimate(s, "f", 50, false, true);
    double most = 0;
    for (int k = 0; k < COMPONENTS; k++) most = fmax(most, z_of(s, &e, k));
    ck_assert_msg(most > 5, "%s: %g", c->name, most);
    session_close(s);
}
END_TEST

/* Both sweeps hold the same score edges. */
START_TEST(forward_agrees_with_reverse) {
    const Case *c = &cases[_i];
    char f[1000];
    snprintf(f, sizeof f,
             "fn f(v) { mean(plate particles(s in 0..7) { one(v) }) }\nwith seed(5) { a_ = grad(f, [0.4, 0.7, 0.25]) }\n"
             "with seed(5) { b_ = grad(f, [0.4, 0.7, 0.25], mode = \"forward\") }\n"
             "assert(max(abs(a_ - b_)) <= 1e-12 * (1 + max(abs(a_))), \"forward {b_}, reverse {a_}\")");
    Session *s = session_new(false);
    run_case(s, c, f);
    session_close(s);
}
END_TEST

/* With a collection at each safe point, which the address sanitizer watches. */
START_TEST(kept_from_the_collector) {
    const Case *c = &cases[_i];
    char text[6000];
    snprintf(text, sizeof text, "%s\nfn f(v) { mean(plate particles(s in 0..7) { one(v) }) }\nprint(all(is_finite(grad(f, [0.4, 0.7, 0.25]))))", c->one);
    program_check(&(Program){text, "true"});
}
END_TEST

/* A lane of the plate gets the terms of its own lane: without that the variance would grow with the plate's size. */
START_TEST(plates_narrow) {
    Session *s = session_new(false);
    session_must(s, "x = 0.1 * (0..30)\n"
                    "fn own(v) { mean(plate particles(s in 0..20) { plate a(i in 0..30) { z[i] ~ Bernoulli(v[0]); y[i] = z[i] * x[i] }; sum(y) }) }\n"
                    "fn turned(v) { mean(plate particles(s in 0..20) { plate a(i in 0..30) { z[i] ~ Bernoulli(v[0]) }; sum(plate a(i in 0..30) { z[29 - i] * x[i] }) }) }");
    Estimate own = estimate(s, "own", 400, false, false), turned = estimate(s, "turned", 400, false, false);
    double exact = 43.5;
    ck_assert_double_lt(fabs(own.mean[0] - exact), 5 * own.error[0]);
    ck_assert_double_lt(fabs(turned.mean[0] - exact), 5 * turned.error[0]);
    ck_assert_double_gt(turned.variance[0], 10 * own.variance[0]);
    session_close(s);
}
END_TEST

/* By dependency a later draw does not pay for an earlier one's terms. */
START_TEST(dependency_narrows) {
    Session *s = session_new(false);
    session_must(s, "fn f(v) { mean(plate particles(s in 0..20) { t = 0; for k in 0..20 { z[k] ~ Bernoulli(v[0]); t = t + (k + 1) * z[k] }; t }) }");
    Estimate all = estimate(s, "f", 400, false, false), own = estimate(s, "f", 400, true, false);
    ck_assert_double_lt(fabs(own.mean[0] - 210), 5 * own.error[0]);
    ck_assert_double_lt(fabs(all.mean[0] - 210), 5 * all.error[0]);
    ck_assert_double_gt(all.variance[0], 5 * own.variance[0]);
    session_close(s);
}
END_TEST

/* ---- Baselines ---- */

typedef struct Watched {
    int calls;
    double first, subtracted;
    size_t lanes;
    const char *name;
} Watched;

static void watch(State *S, void *what, String *name, const Layout *layout, double *cost) {
    Watched *w = what;
    (void)S;
    w->calls++;
    w->name = name->text;
    w->lanes = layout->lanes;
    w->first = cost[0];
    for (size_t i = 0; i < layout->size; i++) cost[i] -= w->subtracted;
}

static void with_baseline(State *S, void *what) {
    tape_begin(S);
    S->tape.baseline = watch;
    S->tape.baseline_what = what;
    Value v = tape_with_leaf(S, value_number(0.25));
    tape_reverse(S, call_value(S, state_global(S, string_of(S, "f"))->value, &v, 1));
    const double *adjoint = tape_adjoint(S, v.node); /* NULL: exactly zero */
    ((Watched *)what)->first = adjoint ? adjoint[0] : 0;
    tape_end(S);
    ck_assert(S->tape.recording == false);
    tape_begin(S);
    ck_assert(!S->tape.baseline && !S->tape.by_dependency);
    tape_end(S);
}

START_TEST(baselines_see_costs) {
    Session *s = session_new(false);
    session_must(s, "fn f(p) { z ~ Bernoulli(p); sum(plate a(i in 0..3) { z * (i + 1) + i }) + 100 }");
    Watched plain = {0}, less = {.subtracted = 2};
    ck_assert(error_protect(s->state, with_baseline, &plain));
    ck_assert(error_protect(s->state, with_baseline, &less));
    ck_assert_int_eq(plain.calls, 1);
    ck_assert_uint_eq(plain.lanes, 1);
    ck_assert_str_eq(plain.name, "z");
    double slope = plain.first - less.first; /* 2 d log q / dp */
    ck_assert(fabs(slope - 2 / 0.25) < 1e-12 || fabs(slope + 2 / 0.75) < 1e-12);
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("score");
    TCase *tests = tcase_create("score edges");
    int n = sizeof cases / sizeof *cases;
    tcase_add_loop_test(tests, unbiased, 0, n * SIZES);
    tcase_add_loop_test(tests, unbiased_whole, 0, sizeof whole_cases / sizeof *whole_cases);
    tcase_add_test(tests, same_noise_twice);
    tcase_add_loop_test(tests, pathwise_alone_is_seen, 0, n);
    tcase_add_loop_test(tests, forward_agrees_with_reverse, 0, n);
    tcase_add_loop_test(tests, kept_from_the_collector, 0, n);
    tcase_add_test(tests, plates_narrow);
    tcase_add_test(tests, dependency_narrows);
    tcase_add_test(tests, baselines_see_costs);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
