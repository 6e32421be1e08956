#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/distributions.csv: what tests/check_distribution.c compares every family with.

Computed with mpmath to 60 digits at arguments and parameters that are exactly doubles; scipy only gives first guesses of
quantiles. A row has the family, the quantity, its argument (empty for moments), two parameters (the second may be empty),
the value and its `size`: how large the terms are that make up the value, or how far it moves when its argument changes by
a relative 1. Errors are judged in units of size times epsilon.

    tests/reference/distributions.py > tests/data/distributions.csv
"""
import sys

import warnings

import scipy.stats as st
from mpmath import mp, mpf

mp.dps = 60
INF = mpf("inf")


class Family:
    """terms(x, *p): the summands of the log density, inside the support; inside(x, *p); cdf and sf by mpmath."""

    name = ""
    cases = ()     # parameters
    places = ()    # arguments in the body and the tails, as functions of the parameters
    edges = ()     # arguments where the log density is given by edge()
    quantiles = (1e-300, 1e-100, 1e-20, 1e-5, 0.01, 0.25, 0.5, 0.75, 0.99, 1 - 1e-10)

    def log_pdf(self, x, *p):
        return mp.fsum(self.terms(x, *p))

    def edge(self, x, *p):
        return -INF

    def start(self, q, *p):
        return self.scipy(*map(float, p)).ppf(float(q))

    def quantile(self, q, *p):
        """Newton's method on the logarithm of the smaller tail."""
        upper = q > 0.5
        tail, target = (self.sf, 1 - q) if upper else (self.cdf, q)
        x = mpf(self.start(q, *p))
        for _ in range(200):
            t = tail(x, *p)
            slope = mp.exp(self.log_pdf(x, *p)) / t * (-1 if upper else 1)
            step = (mp.log(target) - mp.log(t)) / slope
            if self.positive:
                step = max(step, -x / 2)
            if self.unit:
                step = min(step, (1 - x) / 2)
            x += step
            if abs(step) <= mpf(10) ** -35 * abs(x):
                return x
        raise ArithmeticError(f"{self.name} quantile {q} {p}")

    positive = unit = False


class Normal(Family):
    name = "Normal"
    cases = ((0, 1), (42, 1), (-3, 0.1), (1e6, 2.5), (0.3, 1e-3), (2, 1e8))
    places = [lambda m, s, z=z: m + s * z for z in (-40, -38, -20, -8, -3, -1, -0.5, 0.01, 0.7, 2, 8, 38, 40)]
    edges = (INF, -INF)
    scipy = staticmethod(st.norm)

    def terms(self, x, m, s):
        return [-mp.log(s), -mp.log(2 * mp.pi) / 2, -(((x - m) / s) ** 2) / 2]

    def cdf(self, x, m, s):
        return mp.erfc((m - x) / (s * mp.sqrt(2))) / 2

    def sf(self, x, m, s):
        return mp.erfc((x - m) / (s * mp.sqrt(2))) / 2

    def moments(self, m, s):
        return dict(mean=m, variance=s**2, stddev=s, median=m, mode=m, entropy=mp.log(s) + (1 + mp.log(2 * mp.pi)) / 2)


class LogNormal(Family):
    name = "LogNormal"
    positive = True
    cases = ((0, 1), (mp.log(3), 1), (-2, 0.25), (3, 2))
    places = [lambda m, s, z=z: mp.exp(m + s * z) for z in (-40, -20, -3, -1, 0.01, 0.7, 2, 8, 40)]
    edges = (0, -1, INF)

    def start(self, q, m, s):
        return mp.exp(m + s * mpf(st.norm.ppf(float(q))))

    def terms(self, x, m, s):
        return [-mp.log(x), -mp.log(s), -mp.log(2 * mp.pi) / 2, -(((mp.log(x) - m) / s) ** 2) / 2]

    def cdf(self, x, m, s):
        return mp.erfc((m - mp.log(x)) / (s * mp.sqrt(2))) / 2

    def sf(self, x, m, s):
        return mp.erfc((mp.log(x) - m) / (s * mp.sqrt(2))) / 2

    def moments(self, m, s):
        return dict(mean=mp.exp(m + s**2 / 2), variance=mp.expm1(s**2) * mp.exp(2 * m + s**2), median=mp.exp(m),
                    mode=mp.exp(m - s**2), entropy=m + mp.log(s) + (1 + mp.log(2 * mp.pi)) / 2)


class HalfNormal(Family):
    name = "HalfNormal"
    positive = True
    cases = ((1,), (0.01,), (30,))
    places = [lambda s, z=z: s * z for z in (1e-300, 1e-10, 0.1, 0.7, 2, 8, 38, 40)]
    edges = (-1, INF)
    scipy = staticmethod(lambda s: st.halfnorm(scale=s))

    def start(self, q, s):
        return q * s * mp.sqrt(mp.pi / 2) if q < 1e-9 else super().start(q, s)

    def terms(self, x, s):
        return [-mp.log(s), mp.log(2 / mp.pi) / 2, -((x / s) ** 2) / 2]

    def cdf(self, x, s):
        return mp.erf(x / (s * mp.sqrt(2)))

    def sf(self, x, s):
        return mp.erfc(x / (s * mp.sqrt(2)))

    def moments(self, s):
        return dict(mean=s * mp.sqrt(2 / mp.pi), variance=s**2 * (1 - 2 / mp.pi),
                    median=s * mp.sqrt(2) * mp.erfinv(mpf(1) / 2), mode=mpf(0),
                    entropy=mp.log(s) + (1 + mp.log(mp.pi / 2)) / 2)


class Exponential(Family):
    name = "Exponential"
    positive = True
    cases = ((1,), (0.25,), (1e5,))
    places = [lambda r, z=z: z / r for z in (1e-300, 1e-10, 0.1, 0.7, 2, 8, 100, 700)]
    edges = (-1, INF)
    scipy = staticmethod(lambda r: st.expon(scale=1 / r))

    def terms(self, x, r):
        return [mp.log(r), -r * x]

    def cdf(self, x, r):
        return -mp.expm1(-r * x)

    def sf(self, x, r):
        return mp.exp(-r * x)

    def moments(self, r):
        return dict(mean=1 / r, variance=1 / r**2, stddev=1 / r, median=mp.log(2) / r, mode=mpf(0), entropy=1 - mp.log(r))


class Gamma(Family):
    name = "Gamma"
    positive = True
    cases = ((2, 1), (0.1, 3), (1, 0.5), (0.5, 1), (30, 2), (1000, 10), (1e-2, 1))
    places = [lambda a, r, q=q: mpf(st.gamma(float(a), scale=1 / float(r)).ppf(q)) for q in (1e-200, 1e-20, 0.01, 0.3, 0.7, 0.99)]
    places += [lambda a, r, k=k: a / r * k for k in (3, 20)]
    edges = (0, -1, INF)
    scipy = staticmethod(lambda a, r: st.gamma(a, scale=1 / r))

    def edge(self, x, a, r):
        return -INF if x != 0 or a > 1 else mp.log(r) if a == 1 else INF

    def start(self, q, a, r):
        small = mp.exp((mp.log(q) + mp.loggamma(a + 1)) / a) / r
        return small if a < 1 and q < 0.3 else max(mpf(super().start(q, a, r)), small)

    def terms(self, x, a, r):
        return [a * mp.log(r), -mp.loggamma(a), (a - 1) * mp.log(x), -r * x]

    def cdf(self, x, a, r):
        return mp.gammainc(a, 0, r * x, regularized=True)

    def sf(self, x, a, r):
        return mp.gammainc(a, r * x, mp.inf, regularized=True)

    def moments(self, a, r):
        return dict(mean=a / r, variance=a / r**2, median=self.quantile(mpf(0.5), a, r), mode=max(a - 1, mpf(0)) / r,
                    entropy=a - mp.log(r) + mp.loggamma(a) + (1 - a) * mp.digamma(a))


class Beta(Family):
    name = "Beta"
    positive = unit = True
    cases = ((1, 1), (2, 5), (0.5, 0.5), (0.1, 3), (1, 0.25), (400, 300), (1e5, 2), (30, 0.01))
    places = [lambda a, b, q=q: mpf(st.beta(float(a), float(b)).ppf(q)) for q in (1e-200, 1e-20, 0.01, 0.3, 0.7, 0.99)]
    places += [lambda a, b: mpf("1e-300"), lambda a, b: 1 - mpf(2) ** -50]
    edges = (0, 1, -0.5, 1.5, INF)
    scipy = staticmethod(st.beta)

    def edge(self, x, a, b):
        if x not in (0, 1):
            return -INF
        at, other = (a, b) if x == 0 else (b, a)
        return -INF if at > 1 else INF if at < 1 else -mp.log(mp.beta(a, b))

    def terms(self, x, a, b):
        return [(a - 1) * mp.log(x), (b - 1) * mp.log1p(-x), -mp.log(mp.beta(a, b))]

    def start(self, q, a, b):
        small = mp.exp((mp.log(q) + mp.log(a) + mp.log(mp.beta(a, b))) / a)
        x = mpf(super().start(q, a, b))
        return small if small < mpf("1e-3") else x if 0 < x < 1 else mpf(1) - mpf("1e-10")

    def cdf(self, x, a, b):
        return mp.re(mp.betainc(a, b, 0, x, regularized=True))

    def sf(self, x, a, b):
        return mp.re(mp.betainc(b, a, 0, 1 - x, regularized=True))

    def moments(self, a, b):
        s = a + b
        mode = (a - 1) / (s - 2) if a > 1 and b > 1 else mpf(0.5) if a == b == 1 else mpf(1) if a > b else mpf(0)
        return dict(mean=a / s, variance=a * b / (s**2 * (s + 1)), median=self.quantile(mpf(0.5), a, b), mode=mode,
                    entropy=mp.log(mp.beta(a, b)) - (a - 1) * mp.digamma(a) - (b - 1) * mp.digamma(b)
                    + (s - 2) * mp.digamma(s))


class Uniform(Family):
    name = "Uniform"
    cases = ((0, 1), (-3, 5), (1e6, 1e6 + 1))
    places = [lambda a, b, q=q: a + (b - a) * q for q in (0.01, 0.3, 0.99)]
    edges = (-1e9, 1e9, INF)

    def terms(self, x, a, b):
        return [-mp.log(b - a)]

    def start(self, q, a, b):
        return a + (b - a) * q

    def quantile(self, q, a, b):
        return a + (b - a) * q

    def cdf(self, x, a, b):
        return (x - a) / (b - a)

    sf = None

    def moments(self, a, b):
        return dict(mean=(a + b) / 2, variance=(b - a) ** 2 / 12, median=(a + b) / 2, mode=(a + b) / 2,
                    entropy=mp.log(b - a))


class Bernoulli(Family):
    name = "Bernoulli"
    cases = ((0.5,), (0.1,), (1e-300,), (0.999,), (0,), (1,))
    edges = (0.5, 2, INF)
    quantiles = (0.01, 0.25, 0.6, 0.95)

    def rows(self, p):
        (k,) = p
        for x in (0, 1):
            at = k if x else 1 - k
            log_at = mp.log(at) if x and at else mp.log1p(-k) if at else -INF
            yield "log_prob", x, log_at, None
            if at:
                yield "partial_1", x, (1 if x else -1) / at, None
        for x in (-0.5, 0, 0.5, 1, 2):
            yield "cdf", x, (mpf(0) if x < 0 else 1 - k if x < 1 else mpf(1)), None
        for q in self.quantiles:
            if abs(q - (1 - k)) > 1e-9:
                yield "quantile", q, mpf(1 if q > 1 - k else 0), None
        entropy = (-k * mp.log(k) if k else 0) - ((1 - k) * mp.log1p(-k) if k < 1 else 0)
        for name, value in dict(mean=k, variance=k * (1 - k), median=mpf(k > 0.5), mode=mpf(k > 0.5),
                                entropy=mpf(entropy)).items():
            yield name, None, value, None


class Counts(Family):
    """Families of counts: terms(x, *p) of the log probability, counts(*p) that are looked at, last(*p) or None, and the
    parameters that have partials."""

    edges = (-1, 0.5, INF)
    partials = (1,)
    quantiles = (1e-300, 1e-20, 1e-5, 0.01, 0.25, 0.6, 0.75, 0.99, 1 - 1e-10)

    def probability(self, x, *p):
        return mp.exp(mp.fsum(self.terms(x, *p)))

    def support(self, *p):
        """All counts whose probability is worth counting, with these."""
        low, high = self.bulk(*p)
        return [(k, self.probability(mpf(k), *p)) for k in range(low, high + 1)]

    def cdf(self, x, *p):
        return mp.fsum(q for k, q in self.support(*p) if k <= x)

    def quantile(self, q, *p):
        """The smallest count, and whether a change of q by 1e-13 of the nearer tail would give another."""
        total, upper = mpf(0), q > 0.5
        support = self.support(*p)
        if upper:
            total, target = mpf(0), 1 - q
            for k, w in reversed(support):
                if total + w > target:
                    return k, min(abs(total - target), abs(total + w - target)) < mpf("1e-4") * target
                total += w
        for k, w in support:
            if total + w >= q:
                return k, min(abs(total - q), abs(total + w - q)) < mpf("1e-4") * q
            total += w
        raise ArithmeticError

    def rows(self, p):
        for x in self.counts(*p):
            x = mpf(x)
            terms = self.terms(x, *p)
            size = mp.fsum(abs(t) for t in terms)
            yield "log_prob", x, mp.fsum(terms), size + sensitivity(self, lambda v: mp.fsum(self.terms(x, *v)), p)
            for k in self.partials:
                parts = partial(self, (x, *p), k)
                moved = sensitivity(self, lambda v, k=k: mp.fsum(partial(self, (x, *v), k)), p)
                yield f"partial_{k}", x, mp.fsum(parts), mp.fsum(abs(t) for t in parts) + moved
            c = self.cdf(x, *p)
            if c > mpf("1e-307"):
                yield "cdf", x, c, c + sensitivity(self, lambda v: self.cdf(x, *p[:-1], *v), p[-1:])
        yield "cdf", mpf(-1), mpf(0), None
        for q in self.quantiles:
            k, close = self.quantile(mpf(q), *p)
            if not close:
                yield "quantile", mpf(q), mpf(k), None
        entropy = -mp.fsum(w * mp.log(w) for _, w in self.support(*p) if w > 0)
        for name, value in self.moments(*p).items():
            yield name, None, mpf(value), None
        yield "median", None, mpf(self.quantile(mpf(0.5), *p)[0]), None
        yield "entropy", None, entropy, max(entropy, mpf(1))


class Poisson(Counts):
    name = "Poisson"
    cases = ((0.01,), (3.5,), (20.25,), (1000,))

    def terms(self, x, r):
        return [x * mp.log(r), -r, -mp.loggamma(x + 1)]

    def bulk(self, r):
        width = 45 * mp.sqrt(r) + 200
        return max(int(r - width), 0), int(r + width)

    def counts(self, r):
        return sorted({0, 1, 2, 10, int(r / 2), int(r), int(3 * r) + 1, 100000})

    def moments(self, r):
        return dict(mean=r, variance=r, mode=mp.floor(r))


class Geometric(Counts):
    name = "Geometric"
    cases = ((0.3,), (0.01,), (0.999,), (1,))

    def terms(self, x, p):
        return [mp.log(p), x * mp.log1p(-p) if x else mpf(0)]

    def cdf(self, x, p):
        return 1 - (1 - p) ** (x + 1)

    def quantile(self, q, p):
        if p == 1:
            return 0, False
        k = max(mp.ceil(mp.log1p(-q) / mp.log1p(-p)) - 1, 0)
        return int(k), abs(mp.log1p(-q) / mp.log1p(-p) - mp.nint(mp.log1p(-q) / mp.log1p(-p))) < 1e-6

    def counts(self, p):
        return [0] if p == 1 else [0, 1, 2, 10, 300]

    def moments(self, p):
        return dict(mean=(1 - p) / p, variance=(1 - p) / p**2, mode=0)

    def support(self, p):
        return [(0, p)] if p == 1 else [(k, p * (1 - p) ** k) for k in range(int(-200 / mp.log1p(-p)) + 2)]

    def rows(self, p):
        for row in super().rows(p):
            if not (row[0] == "partial_1" and p[0] == 1):
                yield row
        if p[0] == 1:
            yield "partial_1", mpf(0), mpf(1), None
            yield "log_prob", mpf(1), -INF, None


class Binomial(Counts):
    name = "Binomial"
    cases = ((10, 0.3), (1, 0.5), (1000, 0.001), (1000, 0.75), (40, 0.999))
    edges = (-1, 0.5, 1001, INF)
    partials = (1, 2)

    def terms(self, x, n, p):
        ways = mp.loggamma(n + 1) - mp.loggamma(x + 1) - mp.loggamma(n - x + 1)
        return [ways, x * mp.log(p), (n - x) * mp.log1p(-p)]

    def bulk(self, n, p):
        return 0, int(n)

    def counts(self, n, p):
        return sorted({0, int(n), int(n * p), int(n * p / 2), int(n / 2)})

    def moments(self, n, p):
        return dict(mean=n * p, variance=n * p * (1 - p), mode=min(mp.floor((n + 1) * p), n))


class Delta(Family):
    name = "Delta"
    cases = ((1.5, 0), (-3, 0.25))
    edges = (0, INF)

    def rows(self, p):
        v, d = p
        yield "log_prob", v, d, None
        yield "partial_2", v, mpf(1), None
        for x in (-10, v, 10):
            yield "cdf", x, mpf(x >= v), None
        yield "quantile", mpf(0.3), v, None
        for name, value in dict(mean=v, variance=mpf(0), stddev=mpf(0), median=v, mode=v, entropy=-d).items():
            yield name, None, value, None


def step(f, arguments, k, relative):
    """How far argument k may move: a small part of itself, of Normal's spread, of the way to the end of the support."""
    x = arguments[0]
    if k == 0 and f.name == "Normal":
        return arguments[2] * relative
    if k == 0 and f.unit:
        return min(x, 1 - x) * relative
    return (abs(arguments[k]) or mpf(1)) * relative


def partial(f, arguments, k):
    """The summands' central differences with respect to argument k."""
    h = step(f, arguments, k, mpf(10) ** -16)
    up, down = (f.terms(*arguments[:k], arguments[k] + d, *arguments[k + 1:]) for d in (h, -h))
    return [(a - b) / (2 * h) for a, b in zip(up, down)]


def sensitivity(f, function, arguments):
    """How far function(arguments) moves when its arguments move by a relative 1, at their present rate."""
    total = mpf(0)
    for k, at in enumerate(arguments):
        h = step(f, arguments, k, mpf(10) ** -8)
        up, down = (function(arguments[:k] + (at + d,) + arguments[k + 1:]) for d in (h, -h))
        total += abs(at * (up - down) / (2 * h))
    return total


def continuous_rows(f, p):
    for place in f.places:
        x = mpf(float(place(*p)))
        if f.positive and x <= 0 or f.unit and x >= 1:
            continue
        arguments = (x, *p)
        terms = f.terms(*arguments)
        yield "log_prob", x, mp.fsum(terms), mp.fsum(abs(t) for t in terms) + sensitivity(
            f, lambda v: mp.fsum(f.terms(*v)), arguments)
        for k in range(len(arguments)):
            parts = partial(f, arguments, k)
            yield f"partial_{k}", x, mp.fsum(parts), mp.fsum(abs(t) for t in parts) + sensitivity(
                f, lambda v, k=k: mp.fsum(partial(f, v, k)), arguments)
        c = f.cdf(x, *p)
        if mpf("1e-307") < c:
            density = mp.exp(f.log_pdf(x, *p))
            yield "cdf", x, c, abs(c) + (abs(x) + (abs(p[0]) if f.name in ("Normal", "Uniform") else 0)) * density
    for q in f.quantiles:
        q = mpf(q)
        x = f.quantile(q, *p)
        if not mpf("1e-307") < abs(x) < mpf("1e307") or f.unit and 1 - x < mpf(10) ** -15:
            continue
        tail = min(q, 1 - q)
        yield "quantile", q, x, abs(x) + q / mp.exp(f.log_pdf(x, *p)) + (abs(p[0]) if f.name == "Normal" else 0)
    for name, value in f.moments(*p).items():
        yield name, None, value, max(abs(value), mpf(1) if name == "entropy" else mpf(0))


def text(v, digits=17):
    if v is None:
        return ""
    v = mpf(v)
    if mp.isinf(v):
        return "inf" if v > 0 else "-inf"
    return repr(float(v)) if digits == 17 else mp.nstr(v, digits)


def path_rows():
    """d log(g) / d shape of a Gamma(shape, 1) number g that keeps its probability, which is no property of a family."""
    for a in (0.01, 0.1, 0.3, 0.9, 1, 1.7, 3, 8, 15, 29.9, 30, 60, 200, 1000, 10000):
        for q in (1e-100, 1e-20, 1e-5, 0.01, 0.2, 0.45, 0.5, 0.55, 0.8, 0.99, 1 - 1e-6, 1 - 1e-12):
            x, shape = mpf(float(st.gamma(a).ppf(q))), mpf(a)
            if x < mpf("1e-300"):
                continue
            h = shape * mpf(10) ** -16
            ends = (x, mp.inf) if q > 0.5 else (0, x)
            change = (mp.gammainc(shape + h, *ends, regularized=True) - mp.gammainc(shape - h, *ends, regularized=True)) / (2 * h)
            value = abs(change) / mp.exp(shape * mp.log(x) - x - mp.loggamma(shape))
            yield ",".join(["Gamma", "path", text(x), text(shape), "1.0", text(value), text(value, 6)])


def main():
    warnings.simplefilter("ignore")  # scipy's, about first guesses
    print("family,quantity,argument,p1,p2,value,size")
    for f in (Bernoulli(), Beta(), Binomial(), Delta(), Exponential(), Gamma(), Geometric(), HalfNormal(), LogNormal(),
              Normal(), Poisson(), Uniform()):
        for case in f.cases:
            p = tuple(mpf(float(v)) for v in case)
            two = [text(v) for v in (p + (None, None))[:2]]
            rows = list(f.rows(p)) if hasattr(f, "rows") else list(continuous_rows(f, p))
            rows += [("log_prob", e, f.edge(mpf(e), *p), None) for e in f.edges]
            for quantity, x, value, size in rows:
                size = abs(value) if size is None else size
                print(",".join([f.name, quantity, text(x), *two, text(value), text(size, 6)]))
    print("\n".join(path_rows()))


if __name__ == "__main__":
    sys.exit(main())
