#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/normal_optimum.csv: the best that the guide of examples/normal.ppl can do.

Usage: python3 tests/reference/normal_optimum.py > tests/data/normal_optimum.csv
Needs numpy, scipy and mpmath. `make check' does not run this; it reads the table.

The model: mu ~ Normal(42, 1), sigma ~ LogNormal(log 3, 1), x[i] ~ Normal(mu, sigma).
The guide: mu ~ Normal(a, b), sigma ~ LogNormal(c, d).

For n data with mean m and sum of squared deviations S, with E log sigma = c and E sigma^-2 = exp(2 d^2 - 2 c),

    ELBO = - n/2 log 2 pi - n c - exp(2 d^2 - 2 c) (S + n ((m - a)^2 + b^2)) / 2        the data
           - 1/2 log 2 pi - ((a - 42)^2 + b^2) / 2                                      the prior of mu
           - 1/2 log 2 pi - c - ((c - log 3)^2 + d^2) / 2                               the prior of sigma
           + 1/2 log 2 pi e + log b  +  c + 1/2 log 2 pi e + log d.                     the entropies

Three ways must agree: this closed form maximised by scipy, the root of its gradient found by mpmath with
50 digits (which is what is written), and the ELBO there by Gauss-Hermite quadrature over mu and log sigma,
where nothing but the densities themselves is used.
"""

import csv
import pathlib
import sys

import mpmath as mp
import numpy as np
from scipy import optimize, stats

mp.mp.dps = 50
DATA = pathlib.Path(__file__).resolve().parents[2] / "examples" / "normal.csv"
SIZES = [1, 10, 100, 1000, 10_000]


def elbo(a, b, c, d, n, m, s, lib):
    """The closed form; `lib` is numpy or mpmath."""
    log_2pi = lib.log(2 * lib.pi)
    data = -n * log_2pi / 2 - n * c - lib.exp(2 * d * d - 2 * c) * (s + n * ((m - a) ** 2 + b * b)) / 2
    prior_mu = -log_2pi / 2 - ((a - 42) ** 2 + b * b) / 2
    prior_sigma = -log_2pi / 2 - c - ((c - lib.log(mp.mpf(3) if lib is mp else 3.0)) ** 2 + d * d) / 2
    entropies = log_2pi + 1 + lib.log(b) + c + lib.log(d)
    return data + prior_mu + prior_sigma + entropies


def elbo_by_quadrature(a, b, c, d, x, order=64):
    """The definition, E log p(x, mu, sigma) - log q(mu, sigma), on a grid of nodes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(order)
    weights = weights / weights.sum()
    total = 0.0
    for zi, wi in zip(nodes, weights):
        mu = a + b * zi
        for zj, wj in zip(nodes, weights):
            if wi * wj < 1e-25:
                continue
            sigma = np.exp(c + d * zj)
            log_p = (stats.norm.logpdf(x, mu, sigma).sum() + stats.norm.logpdf(mu, 42, 1)
                     + stats.lognorm.logpdf(sigma, 1, scale=3))
            log_q = stats.norm.logpdf(mu, a, b) + stats.lognorm.logpdf(sigma, d, scale=np.exp(c))
            total += wi * wj * (log_p - log_q)
    return total


def optimum(x):
    n = len(x)
    exact = [mp.mpf(v) for v in x]
    m = mp.fsum(exact) / n
    s = mp.fsum((v - m) ** 2 for v in exact)
    mf, sf = float(m), float(s)

    def loss(t):
        return -elbo(t[0], np.exp(t[1]), t[2], np.exp(t[3]), n, mf, sf, np) / n

    start = np.array([42.0, np.log(3 / np.sqrt(n)), np.log(3.0), np.log(0.7 / np.sqrt(n))])
    found = optimize.minimize(loss, start, method="Nelder-Mead",
                              options={"xatol": 1e-10, "fatol": 1e-15, "maxiter": 20_000, "maxfev": 20_000})

    # Where the derivatives by a, b, c and d vanish.
    def gradient(a, b, c, d):
        k = mp.exp(2 * d * d - 2 * c)
        r = s + n * ((m - a) ** 2 + b * b)
        return [k * n * (m - a) - (a - 42),
                -k * n * b - b + 1 / b,
                -n + k * r - (c - mp.log(3)),
                -2 * d * k * r - d + 1 / d]

    t = [mp.mpf(found.x[0]), mp.exp(mp.mpf(found.x[1])), mp.mpf(found.x[2]), mp.exp(mp.mpf(found.x[3]))]
    root = list(mp.findroot(gradient, t))
    assert all(abs(r - v) < mp.mpf("1e-5") * abs(r) for r, v in zip(root, t)), (root, t)

    # The gradient above is the gradient of the closed form.
    for i in range(4):
        slope = mp.diff(lambda v: elbo(*(root[:i] + [v] + root[i + 1:]), n, m, s, mp), root[i])
        assert abs(slope) < mp.mpf("1e-15"), (i, slope)

    best = elbo(*root, n, m, s, mp)
    checked = elbo_by_quadrature(*[float(v) for v in root], np.array([float(v) for v in x]))
    assert abs(float(best) - checked) < 1e-9 * abs(float(best)), (best, checked)
    return root + [best]


def main():
    with open(DATA, newline="") as file:
        x = [row["x"] for row in csv.DictReader(file)]
    print("n,mu_mean,mu_scale,sigma_log_mean,sigma_log_scale,elbo")
    for n in SIZES:
        print(",".join([str(n)] + [mp.nstr(v, 15) for v in optimum(x[:n])]))
        sys.stdout.flush()


main()
