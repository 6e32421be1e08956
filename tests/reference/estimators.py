#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/estimators.csv and tests/data/divergences.ppl: what estimators of the ELBO and of its gradient are on average,
and divergences between two distributions of a family.

Usage: python3 tests/reference/estimators.py
Needs numpy and scipy. `make check' does not run this; it reads the tables.

The programs are those of tests/check_estimators.c. Each has its parameters theta (unconstrained) and is given here as a list of
draws of the guide with their probabilities (a quadrature for continuous ones, all values for discrete ones), each with
log w = log p(x, z) - log q(z). So nothing of the estimators is used but their definitions: the expectation, over K independent
draws, of

    ELBO    log w, K = 1
    IWAE    log of the mean of w, K = 2
    RENYI   1 / (1 - 0.5) times the log of the mean of w^(1 - 0.5), K = 2

and the gradient is that of the expectation, by central differences of sixth order. The ELBO of the programs "normal" and "coin" must agree
with a closed form.
"""

import csv
import itertools
import pathlib

import numpy as np
from scipy import integrate, special, stats

OUT = pathlib.Path(__file__).resolve().parents[1] / "data"


def hermite(n=90):
    x, w = np.polynomial.hermite_e.hermegauss(n)
    return x, w / w.sum()


def joined(*parts):
    """The product of lists of (values, weights): lists of values, and weights."""
    draws = list(itertools.product(*[list(zip(v, w)) for v, w in parts]))
    values = [np.array([d[k][0] for d in draws]) for k in range(len(parts))]
    return values, np.array([np.prod([d[1] for d in one]) for one in draws])


def bern(p):
    return np.array([1.0, 0.0]), np.array([p, 1 - p])


def log_bern(z, p):
    return z * np.log(p) + (1 - z) * np.log1p(-p)


def normal(x, m, s):
    return stats.norm.logpdf(x, m, s)


# ---- The programs: theta -> log w of each draw, and its weight ----

X = np.array([1.5, -0.3, 2.2, 0.9, 1.1])


def p_normal(a, l):
    e, w = hermite()
    mu = a + np.exp(l) * e
    log_p = normal(mu, 0, 1) + sum(normal(x, mu, 2) for x in X)
    return log_p - normal(mu, a, np.exp(l)), w


def p_hierarchy(a, l, b, m):
    """The guide draws theta first, the model mu first."""
    e, w = hermite(40)
    (e1, e2), w = joined((e, w), (e, w))
    theta = a + np.exp(l) * e1
    mu = b * theta + np.exp(m) * e2
    log_p = normal(mu, 0, 1) + normal(theta, mu, 1) + normal(1.7, theta, 1)
    return log_p - normal(theta, a, np.exp(l)) - normal(mu, b * theta, np.exp(m)), w


def p_field(a, l, b, m):
    """The same model, and a guide of independent sites in its order."""
    e, w = hermite(40)
    (e1, e2), w = joined((e, w), (e, w))
    mu, theta = a + np.exp(l) * e1, b + np.exp(m) * e2
    log_p = normal(mu, 0, 1) + normal(theta, mu, 1) + normal(1.7, theta, 1)
    return log_p - normal(mu, a, np.exp(l)) - normal(theta, b, np.exp(m)), w


def p_coin(la, lb, m):
    a, b, q = np.exp(la), np.exp(lb), special.expit(m)
    # Beta(a, b) by its density over Gauss-Legendre nodes in t, where p = sin(pi t / 2)^2 takes the ends' singularities away.
    t, w = np.polynomial.legendre.leggauss(60)
    t, w = (t + 1) / 2, w / 2
    p = np.sin(np.pi * t / 2) ** 2
    w = w * np.exp(stats.beta.logpdf(p, a, b)) * np.pi * np.sin(np.pi * t / 2) * np.cos(np.pi * t / 2)
    (p, z), w = joined((p, w), bern(q))
    log_p = stats.beta.logpdf(p, 2, 3) + log_bern(z, p) + normal(1.2, 2 * z, 1)
    return log_p - stats.beta.logpdf(p, a, b) - log_bern(z, q), w


def p_mixture(m, l0, l1, l2):
    q = special.expit(np.array([l0, l1, l2]))
    z, w = joined(*[bern(p) for p in q])
    log_w = sum(log_bern(z[i], 0.4) + normal(x, np.where(z[i] == 1, m, -1), 1) - log_bern(z[i], q[i])
                for i, x in enumerate([-1.2, 0.4, 2.5]))
    return log_w, w


def p_chain(a, b, c, d):
    q, yes, no = special.expit(a), special.expit(b), special.expit(c)
    e, we = hermite(40)
    z1, z2 = np.array([1.0, 1, 0, 0]), np.array([1.0, 0, 1, 0])
    w = np.array([q * yes, q * (1 - yes), (1 - q) * no, (1 - q) * (1 - no)])
    (k, e), w = joined((np.arange(4), w), (e, we))
    z1, z2, v = z1[k], z2[k], d + 0.8 * e
    q2 = np.where(z1 == 1, yes, no)
    log_p = log_bern(z1, 0.3) + log_bern(z2, np.where(z1 == 1, 0.8, 0.1)) + normal(1.4, z1 + 2 * z2, 1) + normal(v, 0, 1) + normal(0.5, v, 1)
    return log_p - log_bern(z1, q) - log_bern(z2, q2) - normal(v, d, 0.8), w


def p_counts(l):
    k = np.arange(60)
    return stats.poisson.logpmf(k, 3) + normal(4, k, 1.5) - stats.poisson.logpmf(k, np.exp(l)), stats.poisson.pmf(k, np.exp(l))


def p_geometric(m):
    """Failures before the first success."""
    k, p = np.arange(400), special.expit(m)
    return stats.geom.logpmf(k + 1, 0.3) + normal(4, k, 1.5) - stats.geom.logpmf(k + 1, p), stats.geom.pmf(k + 1, p)


def p_binomial(m):
    k, p = np.arange(7), special.expit(m)
    return stats.binom.logpmf(k, 6, 0.4) + normal(4, k, 1.5) - stats.binom.logpmf(k, 6, p), stats.binom.pmf(k, 6, p)


def p_auxiliary(a, c):
    e, w = hermite(40)
    (u, e), w = joined((e, w), (e, w))
    z = a + c * u + 0.6 * e
    return normal(z, 0, 1) + normal(0.8, z, 0.5) - normal(u, 0, 1) - normal(z, a + c * u, 0.6), w


def p_conditional(a, b):
    """t is drawn where z is true only."""
    q = special.expit(a)
    e, w = hermite(40)
    (z, e), w = joined(bern(q), (e, w))
    t = b + 0.7 * e
    yes = normal(t, 0, 1) + normal(0.9, t, 1) - normal(t, b, 0.7)
    return log_bern(z, 0.3) - log_bern(z, q) + np.where(z == 1, yes, normal(0.9, -1, 1)), w


def p_vector(l0, l1, l2):
    """Independent elements: one quadrature each, so that their log w add up in the mean."""
    e, w = hermite(40)
    total = 0
    for l, x in zip([l0, l1, l2], [1.5, -0.3, 2.2]):
        z = l + 0.8 * e
        total = total + normal(z, 0, 1) + normal(x, z, 1) - normal(z, l, 0.8)
    return total, w


def p_delta(a, b):
    return np.array([normal(a, 0, 1) + normal(0.8, a, 0.5) - b]), np.array([1.0])


def p_transformed(a, l):
    e, w = hermite()
    v = a + np.exp(l) * e
    return stats.lognorm.logpdf(np.exp(v), 1) + normal(1.3, np.exp(v), 0.5) - (normal(v, a, np.exp(l)) - v), w


def p_flow(a, l):
    """The same guide, as a map of a standard normal draw, whose density is that of the draw over the slope."""
    return p_transformed(a, l)


def p_category(l0, l1, l2):
    q = special.softmax([l0, l1, l2])
    return np.log([0.5, 0.2, 0.3]) + normal(1.8, np.array([0, 1, 3]), 1) - np.log(q), q


def p_marginal(a, b):
    q = special.expit(a)
    e, w = hermite(40)
    (z, e), w = joined(bern(q), (e, w))
    v = b + 0.8 * e
    log_p = log_bern(z, 0.3) + normal(v, 0, 1) + np.log(0.4 * stats.norm.pdf(2.1, z, 1) + 0.6 * stats.norm.pdf(2.1, v - 1, 1))
    return log_p - log_bern(z, q) - normal(v, b, 0.8), w


PROGRAMS = {
    "normal": (p_normal, [0.3, -0.4], 2),
    "hierarchy": (p_hierarchy, [0.4, -0.3, 0.6, -0.2], 1),
    "field": (p_field, [0.4, -0.3, 0.6, -0.2], 1),
    "coin": (p_coin, [0.5, 0.2, -0.3], 2),
    "mixture": (p_mixture, [1.5, -0.8, 0.2, 0.9], 2),
    "chain": (p_chain, [-0.2, 0.7, -0.9, 0.1], 1),
    "counts": (p_counts, [1.0], 2),
    "geometric": (p_geometric, [-1.2], 2),
    "binomial": (p_binomial, [0.1], 2),
    "conditional": (p_conditional, [1.2, 0.2], 1),
    "vector": (p_vector, [0.5, -0.7, 0.1], 1),
    "transformed": (p_transformed, [0.2, -0.6], 2),
    "flow": (p_flow, [0.2, -0.6], 2),
    "category": (p_category, [0.3, -0.5, 0.4], 2),
    "marginal": (p_marginal, [1.1, 0.4], 1),
    "delta": (p_delta, [0.3, -1.5], 1),
    "auxiliary": (p_auxiliary, [0.2, 0.5], 1),
}


# ---- The bounds ----

def elbo(log_w, weight):
    return np.sum(weight * log_w)


def renyi(alpha):
    def bound(log_w, weight):
        pair = np.logaddexp.outer((1 - alpha) * log_w, (1 - alpha) * log_w) - np.log(2)
        return weight @ pair @ weight / (1 - alpha)
    return bound


def differences(f, theta, h=0.01):
    out = []
    for k in range(len(theta)):
        total = 0
        for step, c in [(1, 45), (2, -9), (3, 1)]:
            up, down = list(theta), list(theta)
            up[k] += step * h
            down[k] -= step * h
            total += c * (f(up) - f(down))
        out.append(total / (60 * h))
    return out


def check_closed_forms():
    a, l = PROGRAMS["normal"][1]
    s2 = np.exp(2 * l)
    closed = (-np.sum((X - a) ** 2 + s2) / 8 - 5 * np.log(2 * np.sqrt(2 * np.pi)) - (a * a + s2) / 2 - np.log(2 * np.pi) / 2 + l
              + 0.5 * np.log(2 * np.pi * np.e))
    assert abs(closed - elbo(*p_normal(a, l))) < 1e-11
    la, lb, m = PROGRAMS["coin"][1]
    a, b, q = np.exp(la), np.exp(lb), special.expit(m)
    yes, no = special.digamma(a) - special.digamma(a + b), special.digamma(b) - special.digamma(a + b)
    closed = (yes + 2 * no - special.betaln(2, 3) + q * (yes + normal(1.2, 2, 1)) + (1 - q) * (no + normal(1.2, 0, 1))
              + stats.beta.entropy(a, b) - q * np.log(q) - (1 - q) * np.log1p(-q))
    assert abs(closed - elbo(*p_coin(la, lb, m))) < 1e-6, closed - elbo(*p_coin(la, lb, m))


def write_estimators():
    with open(OUT / "estimators.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["program", "bound", "place", "value"])  # place 0: the bound itself; 1, 2, …: its gradient
        for name, (program, theta, particles) in PROGRAMS.items():
            bounds = {"ELBO": elbo}
            if particles == 2:
                bounds.update(IWAE=renyi(0.0), RENYI=renyi(0.5))
            for label, bound in bounds.items():
                f = lambda t: bound(*program(*t))
                for k, v in enumerate([f(theta)] + differences(f, theta)):
                    out.writerow([name, label, k, f"{v:.10g}"])


# ---- Divergences ----

FAMILIES = {
    "Normal": (lambda m, s: stats.norm(m, s), [(0.3, 1.2, -0.5, 0.7), (2, 0.1, 2, 3)]),
    "LogNormal": (lambda m, s: stats.lognorm(s, scale=np.exp(m)), [(0.3, 1.2, -0.5, 0.7), (1, 0.2, 0.8, 0.3)]),
    "HalfNormal": (lambda s: stats.halfnorm(scale=s), [(0.6, 1.5), (2.5, 0.9)]),
    "Exponential": (lambda r: stats.expon(scale=1 / r), [(0.6, 1.5), (2.5, 0.9)]),
    "Gamma": (lambda a, r: stats.gamma(a, scale=1 / r), [(2.5, 1.5, 0.8, 3), (40, 7, 35, 6)]),
    "Beta": (lambda a, b: stats.beta(a, b), [(2.5, 1.5, 1.1, 3), (30, 70, 20, 50)]),
    "Uniform": (lambda a, b: stats.uniform(a, b - a), [(0.5, 1.5, -1, 2), (0, 1, 0, 1)]),
}


COUNTS = [
    ("Poisson", stats.poisson, [((3.5,), (2,)), ((0.2,), (4,))]),
    ("Geometric", lambda p: stats.geom(p, loc=-1), [((0.3,), (0.6,)), ((0.8,), (0.1,))]),
]


def divergence(p, q):
    f = lambda x: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)) if p.pdf(x) > 0 else 0.0
    cuts = [p.ppf(t) for t in (1e-13, 1e-6, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-6)] + [p.isf(1e-16)]
    return sum(integrate.quad(f, a, b, epsabs=1e-13, epsrel=1e-12, limit=200)[0] for a, b in zip(cuts, cuts[1:]))


def write_divergences():
    with open(OUT / "divergences.ppl", "w") as file:
        file.write("# Written by tests/reference/estimators.py; known() is that of the script that imports this.\n")
        text = lambda family, args: f"{family}({', '.join(f'{a:g}' for a in args)})"
        for family, (make, cases) in FAMILIES.items():
            for case in cases:
                n = len(case) // 2
                v = divergence(make(*case[:n]), make(*case[n:]))
                file.write(f"known({text(family, case[:n])}, {text(family, case[n:])}, {v:.11g})\n")
        for p, q in [(0.3, 0.6), (0.9, 0.2), (0, 0.25), (1, 0.25)]:
            v = sum(a * np.log(a / b) for a, b in [(p, q), (1 - p, 1 - q)] if a > 0)
            file.write(f"known(Bernoulli({p:g}), Bernoulli({q:g}), {v:.11g})\n")
        for family, make, pairs in COUNTS:
            for p, q in pairs:
                k = np.arange(2000)
                log_p = make(*p).logpmf(k)
                on = log_p > -700
                v = np.sum(np.exp(log_p[on]) * (log_p[on] - make(*q).logpmf(k)[on]))
                file.write(f"known({text(family, p)}, {text(family, q)}, {v:.11g})\n")


if __name__ == "__main__":
    check_closed_forms()
    write_estimators()
    write_divergences()
