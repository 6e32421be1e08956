#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/composed.txt: expressions about composed distributions with their values, which tests/check_composed.c
compares.

Computed with mpmath to 40 digits: densities of transformed draws by differentiating their distribution functions, which are
those of the base at the inverse of the map, found by its closed form here; categories from their probabilities.

    tests/reference/composed.py > tests/data/composed.txt
"""
from mpmath import mp, mpf

mp.dps = 40

NORMAL = ("Normal(0.3, 0.8)", lambda x: mp.ncdf((x - mpf("0.3")) / mpf("0.8")))
GAMMA = ("Gamma(2.5, 0.5)", lambda x: mp.gammainc(mpf("2.5"), 0, x / 2, regularized=True))
BETA = ("Beta(2, 3)", lambda x: 6 * x**2 - 8 * x**3 + 3 * x**4)

# transform, its inverse, whether it increases, images
TRANSFORMS = [
    (NORMAL, "exp", lambda y: mp.log(y), (0.05, 1.5, 20)),
    (NORMAL, "expm1", lambda y: mp.log(1 + y), (-0.5, 0.01, 20)),
    (NORMAL, "sigmoid", lambda y: mp.log(y / (1 - y)), (0.02, 0.5, 0.97)),
    (NORMAL, "tanh", mp.atanh, (-0.9, 0.25, 0.99)),
    (NORMAL, "softplus", lambda y: mp.log(mp.exp(y) - 1), (0.1, 1, 3)),
    (NORMAL, "normal_cdf", lambda y: mp.sqrt(2) * mp.erfinv(2 * y - 1), (0.05, 0.5, 0.99)),
    (NORMAL, "affine(2, -3)", lambda y: (y - 2) / -3, (-5, 1, 8)),
    (NORMAL, "[exp, affine(1, 2)]", lambda y: mp.log((y - 1) / 2), (1.5, 3, 40)),
    (NORMAL, "[affine(1, -2), sigmoid, affine(0, 10)]", lambda y: (mp.log(y / (10 - y)) - 1) / -2, (0.5, 5, 9)),
    (NORMAL, "positive", lambda y: mp.log(y), (0.05, 1.5, 20)),
    (NORMAL, "unit_interval", lambda y: mp.log(y / (1 - y)), (0.02, 0.5, 0.97)),
    (NORMAL, "interval(2, 5)", lambda y: mp.log((y - 2) / (5 - y)), (2.25, 3, 4.75)),
    (NORMAL, "affine(1, 2).inverse", lambda y: 1 + 2 * y, (-1, 0.5, 1)),
    (GAMMA, "log", mp.exp, (-3, 0.5, 2.5)),
    (GAMMA, "sqrt", lambda y: y**2, (0.5, 2, 4)),
    (GAMMA, "log1p", lambda y: mp.exp(y) - 1, (0.25, 1, 3)),
    (BETA, "logit", lambda y: 1 / (1 + mp.exp(-y)), (-4, 0.5, 3)),
    (BETA, "normal_quantile", mp.ncdf, (-2, 0.25, 2)),
]


def transformed():
    for (base, cdf), name, inverse, places in TRANSFORMS:
        for y in map(mpf, places):
            falls = inverse(y + mpf("1e-10")) < inverse(y)
            below = cdf(inverse(y))
            density = abs(mp.diff(lambda v: cdf(inverse(v)), y))
            d = f"Transformed({base}, {name})"
            yield f"{d}.log_prob({float(y)!r})", mp.log(density)
            yield f"{d}.cdf({float(y)!r})", 1 - below if falls else below
    d = "Transformed(Normal(0.3, 0.8), affine(2, -3))"
    m, s = 2 - 3 * mpf("0.3"), 3 * mpf("0.8")
    yield f"{d}.mean", m
    yield f"{d}.median", m
    yield f"{d}.mode", m
    yield f"{d}.variance", s**2
    yield f"{d}.stddev", s
    yield f"{d}.entropy", mp.log(s) + (1 + mp.log(2 * mp.pi)) / 2
    yield f"{d}.quantile(0.9)", m + s * mp.sqrt(2) * mp.erfinv(mpf("0.8"))
    yield "Transformed(Normal(0.3, 0.8), exp).quantile(0.9)", mp.exp(mpf("0.3") + mpf("0.8") * mp.sqrt(2) * mp.erfinv(mpf("0.8")))
    yield "Transformed(Normal(0.3, 0.8), exp).median", mp.exp(mpf("0.3"))


def categorical():
    for text, weights in (("[0.1, 0.2, 0.3, 0.4]", (0.1, 0.2, 0.3, 0.4)), ("[3, 0, 5]", (3, 0, 5)),
                          ("logits = [-700, 0, 1.5]", [mp.exp(v) for v in (-700, 0, 1.5)]), ("[2]", (2,))):
        p = [mpf(w) / mp.fsum(map(mpf, weights)) for w in weights]
        d = f"Categorical({text})"
        mean = mp.fsum(k * v for k, v in enumerate(p))
        for k, v in enumerate(p):
            yield f"{d}.log_prob({k})", mp.log(v) if v else mpf("-inf")
            yield f"{d}.cdf({k})", mp.fsum(p[:k + 1])
        yield f"{d}.log_prob({len(p)})", mpf("-inf")
        yield f"{d}.log_prob(-1)", mpf("-inf")
        yield f"{d}.log_prob(0.5)", mpf("-inf")
        yield f"{d}.mean", mean
        yield f"{d}.variance", mp.fsum(v * (k - mean) ** 2 for k, v in enumerate(p))
        yield f"{d}.mode", mpf(max(range(len(p)), key=lambda k: p[k]))
        yield f"{d}.entropy", -mp.fsum(v * mp.log(v) for v in p if v)
        yield f"{d}.quantile(0.45)", mpf(next(k for k in range(len(p)) if mp.fsum(p[:k + 1]) >= 0.45))


for expression, value in (*transformed(), *categorical()):
    shown = "-inf" if value == mpf("-inf") else repr(float(value))
    print(f"{expression};{shown}")
