# SPDX-License-Identifier: GPL-3.0-or-later
"""The first families: normal, gamma, beta and their kin, and the simplest ones of counts."""
import scipy.stats as st
from mpmath import mp, mpf

from .common import INF, Counts, Family, Written, exactly, number, ref
from .positive import Solved


class Normal(Family):
    name = "Normal"
    asks = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
    values = (-3, 0.3, 1, 2, 20, 0.25)
    examples = ("Normal(0.3, 0.8)", "Normal(-1, 0.8)")
    range = (-10, 10)
    bad = ("Normal(0, 0)", "Normal(0, -1)", "Normal(nan, 1)", "Normal(0, inf)")
    outside = ("inf", "-inf", "nan")
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

    def scale(self, k, arguments):
        return arguments[2] if k == 0 else super().scale(k, arguments)

    def quantile_size(self, x, q, m, s):
        return super().quantile_size(x, q, m, s) + abs(m)

    def kl(self, p, q):
        (m, s), (n, t) = p, q
        parts = [mp.log(t / s), (s**2 - t**2) / (2 * t**2), (m - n) ** 2 / (2 * t**2)]
        return mp.fsum(parts), mp.fsum(map(abs, parts)) + (abs(m) + abs(n)) * abs(m - n) / t**2


class LogNormal(Family):
    name = "LogNormal"
    asks = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
    values = (0.01, 0.3, 1, 2, 20, 4)
    examples = ("LogNormal(0.3, 0.8)", "LogNormal(-1, 0.8)")
    range = (0, 1200)
    bad = ("LogNormal(0, 0)", "LogNormal(inf, 1)")
    outside = ("0", "-1", "inf", "nan")
    allow = {"cdf": 64, "ccdf": 64, "log_cdf": 16, "log_ccdf": 16, "quantile": 64, "upper_quantile": 64}
    positive = True
    cases = ((0, 1), (mp.log(3), 1), (-2, 0.25), (3, 2))
    places = [lambda m, s, z=z: mp.exp(m + s * z) for z in (-40, -20, -3, -1, 0.01, 0.7, 2, 8, 40)]
    edges = (0, -1, INF)

    def start(self, q, m, s):
        return mp.exp(m + s * mpf(st.norm.ppf(float(q))))

    def start_upper(self, q, m, s):
        return mp.exp(m - s * mpf(st.norm.ppf(float(q))))

    def terms(self, x, m, s):
        return [-mp.log(x), -mp.log(s), -mp.log(2 * mp.pi) / 2, -(((mp.log(x) - m) / s) ** 2) / 2]

    def cdf(self, x, m, s):
        return mp.erfc((m - mp.log(x)) / (s * mp.sqrt(2))) / 2

    def sf(self, x, m, s):
        return mp.erfc((mp.log(x) - m) / (s * mp.sqrt(2))) / 2

    def moments(self, m, s):
        return dict(mean=mp.exp(m + s**2 / 2), variance=mp.expm1(s**2) * mp.exp(2 * m + s**2), median=mp.exp(m),
                    mode=mp.exp(m - s**2), entropy=m + mp.log(s) + (1 + mp.log(2 * mp.pi)) / 2)

    def kl(self, p, q):
        return Normal().kl(p, q)


class HalfNormal(Solved):
    name = "HalfNormal"
    asks = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
    values = (0, 0.1, 0.5, 1, 3, 2)
    examples = ("HalfNormal(1.5)", "HalfNormal(0.4)")
    range = (0, 14)
    bad = ("HalfNormal(0)", "HalfNormal(-1)")
    outside = ("-1", "inf", "nan")
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
        return mp.erf(x / (s * mp.sqrt(2))) if x < 1e6 * s else mpf(1)

    def sf(self, x, s):
        return mp.erfc(x / (s * mp.sqrt(2))) if x < 1e6 * s else mpf(0)

    def moments(self, s):
        return dict(mean=s * mp.sqrt(2 / mp.pi), variance=s**2 * (1 - 2 / mp.pi),
                    median=s * mp.sqrt(2) * mp.erfinv(mpf(1) / 2), mode=mpf(0),
                    entropy=mp.log(s) + (1 + mp.log(mp.pi / 2)) / 2)

    def kl(self, p, q):
        (s,), (t,) = p, q
        parts = [(s / t) ** 2 / 2, -mpf(1) / 2, -mp.log(s / t)]
        return mp.fsum(parts), mp.fsum(map(abs, parts))


class Exponential(Family):
    name = "Exponential"
    asks = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
    values = (0, 0.1, 1, 2, 5, 0.3)
    examples = ("Exponential(0.7)", "Exponential(3)")
    range = (0, 50)
    bad = ("Exponential(0)", "Exponential(-1)", "Exponential(scale = 0)", "Exponential(2, scale = 0.5)", "missing-argument ; Exponential()")
    outside = ("-1", "inf", "nan")
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

    def kl(self, p, q):
        parts = [mp.log(p[0] / q[0]), q[0] / p[0], -1]
        return mp.fsum(parts), mp.fsum(map(abs, parts))


class Gamma(Solved):
    name = "Gamma"
    asks = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
    values = (0.01, 0.3, 1, 2, 20, 4)
    examples = ("Gamma(2.5, 0.5)", "Gamma(0.7, 0.5)", "Gamma(0.05, 3)", "Gamma(200, 10)")
    range = (0, 100)
    bad = ("Gamma(0, 1)", "Gamma(1, -1)", "Gamma(1, inf)", "Gamma(1, scale = 0)", "Gamma(1, scale = inf)", "Gamma(1, 2, scale = 0.5)",
           "missing-argument ; Gamma(1)", "missing-argument ; Gamma(scale = 1)")
    outside = ("-1", "inf", "nan")
    allow = {"cdf": 8, "ccdf": 8, "log_cdf": 8, "log_ccdf": 8, "quantile": 16, "upper_quantile": 16, "median": 128}
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

    def kl(self, p, q):
        (a, r), (b, t) = p, q
        parts = [(a - b) * mp.digamma(a), -mp.loggamma(a), mp.loggamma(b), b * mp.log(r / t), a * (t / r - 1)]
        return mp.fsum(parts), mp.fsum(map(abs, parts))


class ByScale:
    """With `scale` for the rate: few lines, as the numbers are the family's own."""

    asks = ("cdf",)
    quantiles = ()
    kl = None

    def moments(self, *p):
        return {"scale": 1 / p[-1]}

    def lines(self):
        yield from super().lines()
        yield ref("scale", self.call(tuple(exactly(v) for v in self.cases[0][:-1]) + (mpf(4),)) + ".scale", mpf(4))


class GammaByScale(ByScale, Gamma):
    format = "Gamma({0}, scale = {1})"
    cases = ((2, 0.5), (0.5, 4), (30, 0.125))

    def native(self, a, s):
        return a, 1 / s


class ExponentialByScale(ByScale, Exponential):
    format = "Exponential(scale = {0})"
    cases = ((0.5,), (4,))

    def native(self, s):
        return (1 / s,)


class GammaLarge(Gamma):
    """Shapes so large that the terms of the density cancel: k log(x / mean) and the like, without what cancels."""

    cases = ((1e10, 1e10), (1e6, 3))
    places = [lambda a, r, z=z: a / r * (1 + z / mp.sqrt(a)) for z in (-30, -2, 0, 0.5, 8)]
    edges = asks = quantiles = ()
    kl = None

    def terms(self, x, a, r):
        t = r * x / a
        rest = mp.loggamma(a) - ((a - mpf(1) / 2) * mp.log(a) - a + mp.log(2 * mp.pi) / 2)
        return [-mp.log(x), mp.log(a / (2 * mp.pi)) / 2, -rest, -a * (t - 1 - mp.log(t))]

    def moments(self, a, r):
        return {}


class Beta(Solved):
    name = "Beta"
    asks = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
    values = (0.01, 0.3, 0.5, 0.7, 0.9, 0.4)
    examples = ("Beta(2.5, 4)", "Beta(1.2, 4)", "Beta(0.2, 0.3)", "Beta(50, 0.7)")
    range = (0, 1)
    bad = ("Beta(0, 1)", "Beta(1, 0)", "Beta(1, inf)")
    outside = ("-0.5", "1.5", "inf", "-inf", "nan")
    allow = {"cdf": 8, "ccdf": 8, "log_cdf": 8, "log_ccdf": 8, "quantile": 16, "upper_quantile": 16, "median": 128, "entropy": 16, "partial": 16}
    sensitive = False
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
        return mp.re(mp.betainc(b, a, 0, 1 - x, regularized=True)) if x > 0.5 else 1 - self.cdf(x, a, b)

    def start_upper(self, q, a, b):
        return 1 - Beta.start(self, q, b, a) if q < 0.5 else self.start(1 - q, a, b)

    def moments(self, a, b):
        s = a + b
        mode = (a - 1) / (s - 2) if a > 1 and b > 1 else mpf(0.5) if a == b == 1 else mpf(1) if a > b else mpf(0)
        return dict(mean=a / s, variance=a * b / (s**2 * (s + 1)), median=self.quantile(mpf(0.5), a, b), mode=mode,
                    entropy=mp.log(mp.beta(a, b)) - (a - 1) * mp.digamma(a) - (b - 1) * mp.digamma(b)
                    + (s - 2) * mp.digamma(s))

    def kl(self, p, q):
        (a, b), (c, d) = p, q
        parts = [mp.log(mp.beta(c, d)), -mp.log(mp.beta(a, b)), (a - c) * mp.digamma(a), (b - d) * mp.digamma(b),
                 (c - a + d - b) * mp.digamma(a + b)]
        return mp.fsum(parts), mp.fsum(map(abs, parts))


class Uniform(Family):
    name = "Uniform"
    asks = ("cdf", "ccdf", "quantile", "upper_quantile")
    values = (-1, 3, 0, 0.1, 2, 1)
    examples = ("Uniform(-1, 3)", "Uniform(-2, 3)")
    range = (-1, 3)
    bad = ("Uniform(2, 2)", "Uniform(3, 2)", "Uniform(0, inf)")
    outside = ("-1.5", "3.5", "inf", "-inf", "nan")
    cases = ((0, 1), (-3, 5), (1e6, 1e6 + 1))
    places = [lambda a, b, q=q: a + (b - a) * q for q in (0.01, 0.3, 0.99)]
    edges = (-1e9, 1e9, INF)

    def terms(self, x, a, b):
        return [-mp.log(b - a)]

    def start(self, q, a, b):
        return a + (b - a) * q

    def quantile(self, q, a, b):
        return a + (b - a) * q

    def upper_quantile(self, q, a, b):
        return b - (b - a) * q

    def cdf(self, x, a, b):
        return (x - a) / (b - a)

    def moments(self, a, b):
        return dict(mean=(a + b) / 2, variance=(b - a) ** 2 / 12, median=(a + b) / 2, mode=(a + b) / 2,
                    entropy=mp.log(b - a))

    def upper(self, x, a, b):
        return (b - x) / (b - a)

    kl_pairs = (((0, 1), (-3, 5)), ((-3, 5), (0, 1)))

    def kl(self, p, q):
        return mp.log((q[1] - q[0]) / (p[1] - p[0])) if q[0] <= p[0] and p[1] <= q[1] else INF


class Bernoulli(Written):
    name = "Bernoulli"
    cases = ((0.5,), (0.1,), (1e-300,), (0.999,), (0,), (1,))
    examples = ("Bernoulli(0.3)", "Bernoulli(0.6)", "Bernoulli(0.001)")
    values = (0, 1, 1, 0, 1, 0)
    range = (0, 1)
    bad = ("Bernoulli(-0.1)", "Bernoulli(1.1)")
    outside = ("0.5", "2", "-1", "inf", "nan")
    learn = ("0.4 ; Bernoulli(v) ; 3 * x + 1 ; 3 * v + 1",)
    quantiles = (0.01, 0.25, 0.6, 0.95)

    def references(self):
        for case in self.cases:
            yield from self.of(mpf(float(case[0])))
        for one, other in ((0.5, 0.1), (0.1, 0.999), (0, 0.3), (1, 0.3)):
            k, j = mpf(one), mpf(other)
            value = (k * mp.log(k / j) if k else 0) + ((1 - k) * mp.log((1 - k) / (1 - j)) if k < 1 else 0)
            yield ref("kl", f"Bernoulli({number(k)}).kl(Bernoulli({number(j)}))", value, max(abs(value), mpf(1)))

    def of(self, k):
        call = f"Bernoulli({number(k)})"
        for x in (0, 1):
            at = k if x else 1 - k
            log_at = mp.log(at) if x and at else mp.log1p(-k) if at else -INF
            yield ref("log_prob", f"{call}.log_prob({x})", log_at)
            if at:
                yield ref("partial", f"grad(fn(v) {{ Bernoulli(v).log_prob({x}) }}, {number(k)})", (1 if x else -1) / at)
        for x in (0.5, 2, INF):
            yield ref("log_prob", f"{call}.log_prob({number(x)})", -INF)
        for x in (-0.5, 0, 0.5, 1, 2):
            lower = mpf(0) if x < 0 else 1 - k if x < 1 else mpf(1)
            yield ref("cdf", f"{call}.cdf({x})", lower)
            upper = mpf(1) if x < 0 else k if x < 1 else mpf(0)
            yield ref("ccdf", f"{call}.ccdf({x})", upper)
            yield ref("log_cdf", f"{call}.log_cdf({x})", -INF if lower == 0 else mp.log1p(-upper))
            yield ref("log_ccdf", f"{call}.log_ccdf({x})", -INF if upper == 0 else mp.log(upper))
        for q in self.quantiles:
            if abs(q - (1 - k)) > 1e-9:
                yield ref("quantile", f"{call}.quantile({q})", mpf(1 if q > 1 - k else 0))
            if abs(q - k) > 1e-9:
                yield ref("upper_quantile", f"{call}.upper_quantile({q})", mpf(0 if q > k else 1))
        entropy = (-k * mp.log(k) if k else 0) - ((1 - k) * mp.log1p(-k) if k < 1 else 0)
        for name, value in dict(mean=k, variance=k * (1 - k), median=mpf(k > 0.5), mode=mpf(k > 0.5),
                                entropy=mpf(entropy)).items():
            yield ref(name, f"{call}.{name}", value)


class Poisson(Counts):
    name = "Poisson"
    asks = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
    values = (0, 3, 1, 20, 4, 7)
    examples = ("Poisson(3.5)", "Poisson(0.4)", "Poisson(9.5)", "Poisson(1000)")
    range = (0, 50)
    bad = ("Poisson(-1)",)
    outside = ("-1", "0.5", "inf", "nan")
    learn = ("0.4 ; Poisson(2 * v) ; x ^ 2 ; 2 * v + 4 * v ^ 2", "0.4 ; Poisson(20 * v) ; x ^ 2 ; 20 * v + 400 * v ^ 2")
    allow = {"cdf": 8, "ccdf": 8, "log_cdf": 8, "log_ccdf": 8, "entropy": 32}
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

    kl = Counts.kl_by_sum
    kl_pairs = (((0.01,), (3.5,)), ((3.5,), (20.25,)), ((20.25,), (3.5,)))


class Geometric(Counts):
    name = "Geometric"
    asks = ("cdf", "ccdf", "log_ccdf", "quantile", "upper_quantile")
    values = (0, 3, 1, 20, 4, 7)
    examples = ("Geometric(0.35)", "Geometric(0.8)", "Geometric(0.01)")
    range = (0, 90)
    bad = ("Geometric(0)", "Geometric(1.5)")
    outside = ("-1", "0.5", "inf", "nan")
    learn = ("0.4 ; Geometric(v) ; x ^ 2 ; (1 - v) / v ^ 2 + ((1 - v) / v) ^ 2",)
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

    def upper(self, x, p):
        return (1 - p) ** (x + 1)

    kl = Counts.kl_by_sum
    kl_pairs = (((0.3,), (0.01,)), ((0.01,), (0.3,)), ((0.999,), (0.3,)))

    def find(self, q, p):
        return self.quantile(q, p)

    def find_upper(self, q, p):
        k = mp.log(q) / mp.log1p(-p)
        return int(max(mp.ceil(k) - 1, 0)), abs(k - mp.nint(k)) < 1e-6

    def case_lines(self, given):
        if given[0] < 1:
            yield from super().case_lines(given)
            return
        yield ref("log_prob", "Geometric(1).log_prob(0)", mpf(0))
        yield ref("log_prob", "Geometric(1).log_prob(1)", -INF)
        yield ref("partial", "grad(fn(v) { Geometric(v).log_prob(0) }, 1)", mpf(1))
        for name in ("mean", "variance", "mode", "median", "entropy"):
            yield ref(name, f"Geometric(1).{name}", mpf(0), mpf(1))


class Binomial(Counts):
    name = "Binomial"
    asks = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
    values = (0, 3, 1, 9, 4, 7)
    examples = ("Binomial(12, 0.3)", "Binomial(12, 0.75)", "Binomial(9, 0.3)", "Binomial(30, 0.9)", "Binomial(100, 0.1)", "Binomial(5000, 0.7)")
    range = (0, 12)
    bad = ("Binomial(2.5, 0.5)", "Binomial(-1, 0.5)", "Binomial(3, 1.5)", "Binomial(3, -0.1)")
    outside = ("-1", "0.5", "13", "inf", "nan")
    learn = ("0.4 ; Binomial(5, v) ; x ^ 2 ; 5 * v * (1 - v) + 25 * v ^ 2",)
    allow = {"cdf": 8, "ccdf": 8, "log_cdf": 8, "log_ccdf": 8, "entropy": 32}
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

    kl = Counts.kl_by_sum
    kl_pairs = (((10, 0.3), (10, 0.9)), ((1000, 0.001), (1000, 0.75)))


class Delta(Written):
    name = "Delta"
    cases = ((1.5, 0), (-3, 0.25))
    examples = ("Delta(1.5, 0.25)", "Delta(1.5, -1)")
    values = (1.5,) * 6
    bad = ("Delta(nan, 0)", "Delta(0, inf)")
    outside = ("0", "inf", "nan")

    def references(self):
        for v, d in self.cases:
            call = f"Delta({number(v)}, {number(d)})"
            yield ref("log_prob", f"{call}.log_prob({number(v)})", mpf(d))
            yield ref("log_prob", f"{call}.log_prob(0)", -INF)
            yield ref("log_prob", f"{call}.log_prob(inf)", -INF)
            yield ref("partial", f"grad(fn(v) {{ Delta({number(v)}, v).log_prob({number(v)}) }}, {number(d)})", mpf(1))
            for x in (-10, v, 10):
                yield ref("cdf", f"{call}.cdf({number(x)})", mpf(x >= v))
            yield ref("quantile", f"{call}.quantile(0.3)", mpf(v))
            for name, value in dict(mean=v, variance=0, stddev=0, median=v, mode=v, entropy=-d).items():
                yield ref(name, f"{call}.{name}", mpf(value))


class Categorical(Written):
    name = "Categorical"
    examples = ("Categorical([0.1, 0.2, 0.3, 0.4])", "Categorical(logits = [0.5, -1, 0.2, 0.7])", "Categorical([1, 0.25, 3, 0.5])")
    values = (0, 1, 2, 3, 1, 2)
    range = (0, 3)
    bad = ("Categorical([0.2, -1])", "Categorical([0, 0])", "Categorical([nan, 1])", "Categorical(logits = [0, inf])",
           "Categorical(logits = [nan, 1])", "wrong-type ; Categorical(3)", "missing-argument ; Categorical()",
           "Categorical([1, 1], logits = [0, 0])", "Categorical([])")
    outside = ("-1", "4", "0.5", "inf", "-inf", "nan")
    learn = ("0.4 ; Categorical([v, 0.5, 1]) ; x ^ 2 ; (0.5 + 4) / (v + 1.5)",
             "0.4 ; Categorical(logits = [v, 0.5, 1]) ; x ^ 2 ; (exp(0.5) + 4 * exp(1)) / (exp(v) + exp(0.5) + exp(1))")
    cases = ("[0.1, 0.2, 0.3, 0.4]", "[3, 0, 5]", "logits = [-700, 0, 1.5]", "[2]", "[1e-300, 1]", "[1e300, 2e300]",
             "logits = [1000, 0, 1001]")

    def references(self):
        for case in self.cases:
            numbers = [mpf(float(w)) for w in case.split("[")[1].rstrip("]").split(",")]
            yield from self.of(case, numbers, case.startswith("logits"))
        for one, other in (("[0.1, 0.2, 0.7]", "[3, 1, 5]"), ("[0, 2, 5]", "[3, 1, 5]"), ("logits = [0, 1, 700]", "[3, 1, 5]")):
            p, q = self.probabilities(one), self.probabilities(other)
            parts = [a * mp.log(a / b) for a, b in zip(p, q) if a]
            yield ref("kl", f"Categorical({one}).kl(Categorical({other}))", mp.fsum(parts), mp.fsum(map(abs, parts)))

    def probabilities(self, case):
        numbers = [mpf(float(w)) for w in case.split("[")[1].rstrip("]").split(",")]
        weights = list(map(mp.exp, numbers)) if case.startswith("logits") else numbers
        return [w / mp.fsum(weights) for w in weights]

    def of(self, case, numbers, logits):
        p, call = self.probabilities(case), f"Categorical({case})"
        moves = max(map(abs, numbers)) if logits else mpf(1)  # how far logarithms of probabilities move with the logits
        total, mean = mp.fsum(numbers), mp.fsum(k * v for k, v in enumerate(p))
        for k, v in enumerate(p):
            yield ref("log_prob", f"{call}.log_prob({k})", mp.log(v) if v else -INF, moves + abs(mp.log(v)) if v else 0)
            yield ref("cdf", f"{call}.cdf({k})", mp.fsum(p[:k + 1]), moves * mp.fsum(p[:k + 1]))
            yield ref("ccdf", f"{call}.ccdf({k})", mp.fsum(p[k + 1:]), moves * mp.fsum(p[k + 1:]))
            for j in range(len(p)) if v else ():
                moved = ", ".join("v" if i == j else number(w) for i, w in enumerate(numbers))
                slope = (j == k) - p[j] if logits else (1 / numbers[k] if j == k else 0) - 1 / total
                size = moves * (1 + p[j]) if logits else (1 / numbers[k] if j == k else 0) + 1 / total
                moved = f"logits = [{moved}]" if logits else f"[{moved}]"
                yield ref("partial", f"grad(fn(v) {{ Categorical({moved}).log_prob({k}) }}, {number(numbers[j])})", slope, size)
        for x in (len(p), -1, 0.5, INF):
            yield ref("log_prob", f"{call}.log_prob({number(x)})", -INF)
        yield ref("cdf", f"{call}.cdf(-1)", mpf(0))
        for q in (0.005, 0.45, 0.95):
            at = next(k for k in range(len(p)) if mp.fsum(p[:k + 1]) >= mpf(q))
            yield ref("quantile", f"{call}.quantile({q})", mpf(at))
        yield ref("mean", f"{call}.mean", mean, moves * mean)
        yield ref("variance", f"{call}.variance", mp.fsum(v * (k - mean) ** 2 for k, v in enumerate(p)), moves)
        yield ref("mode", f"{call}.mode", mpf(max(range(len(p)), key=lambda k: p[k])))
        yield ref("median", f"{call}.median", mpf(next(k for k in range(len(p)) if mp.fsum(p[:k + 1]) >= mpf(0.5))))
        yield ref("entropy", f"{call}.entropy", -mp.fsum(v * mp.log(v) for v in p if v), moves)


class Transformed(Written):
    name = "Transformed"
    examples = ("Transformed(Normal(0.3, 0.8), exp)", "Transformed(Normal(0.3, 0.8), affine(2, -3))",
                "Transformed(Gamma(2, 1), sqrt)")
    values = (0.05, 0.3, 1, 1.5, 4, 2)
    range = (0, 1200)
    bad = ("wrong-type ; Transformed(3, exp)", "wrong-type ; Transformed(Normal(0, 1), 3)", "wrong-type ; Transformed(Normal(0, 1), sin)",
           "wrong-type ; Transformed(Poisson(3), exp)", "shape-mismatch ; Transformed(Normal(0, 1), affine([0, 1], 1))",
           "wrong-type ; Transformed(Normal(0, 1), boolean)", "affine(0, 0)")
    outside = ("-1", "0", "inf", "-inf", "nan")
    moment_lines = ("0.3 ; Transformed(Normal(v, 0.8), exp) ; log(x) ^ 2 ; v ^ 2 + 0.64",
                    "0.8 ; Transformed(Normal(0.3, v), exp) ; log(x) ^ 2 ; 0.09 + v ^ 2",
                    "-3 ; Transformed(Normal(0.3, 0.8), affine(2, v)) ; x ^ 2 ; (2 + 0.3 * v) ^ 2 + 0.64 * v ^ 2",
                    "2 ; Transformed(Gamma(v, 1), sqrt) ; x ^ 4 ; v * (v + 1)")
    allow = {"log_prob": 64, "partial": 16, "cdf": 16, "log_ccdf": 16, "quantile": 64, "upper_quantile": 64}

    normal = ("Normal(0.3, 0.8)", lambda x: mp.ncdf((x - mpf(0.3)) / mpf(0.8)))
    gamma = ("Gamma(2.5, 0.5)", lambda x: mp.gammainc(mpf("2.5"), 0, x / 2, regularized=True))
    beta = ("Beta(2, 3)", lambda x: 6 * x**2 - 8 * x**3 + 3 * x**4)
    # base, transform, its inverse, images
    maps = (
        (normal, "exp", mp.log, (0.05, 1.5, 20)),
        (normal, "expm1", lambda y: mp.log(1 + y), (-0.5, 0.01, 20)),
        (normal, "sigmoid", lambda y: mp.log(y / (1 - y)), (0.02, 0.5, 0.97)),
        (normal, "tanh", mp.atanh, (-0.9, 0.25, 0.99)),
        (normal, "softplus", lambda y: mp.log(mp.exp(y) - 1), (0.1, 1, 3)),
        (normal, "normal_cdf", lambda y: mp.sqrt(2) * mp.erfinv(2 * y - 1), (0.05, 0.5, 0.99)),
        (normal, "affine(2, -3)", lambda y: (y - 2) / -3, (-5, 1, 8)),
        (normal, "[exp, affine(1, 2)]", lambda y: mp.log((y - 1) / 2), (1.5, 3, 40)),
        (normal, "[affine(1, -2), sigmoid, affine(0, 10)]", lambda y: (mp.log(y / (10 - y)) - 1) / -2, (0.5, 5, 9)),
        (normal, "positive", mp.log, (0.05, 1.5, 20)),
        (normal, "unit_interval", lambda y: mp.log(y / (1 - y)), (0.02, 0.5, 0.97)),
        (normal, "interval(2, 5)", lambda y: mp.log((y - 2) / (5 - y)), (2.25, 3, 4.75)),
        (normal, "affine(1, 2).inverse", lambda y: 1 + 2 * y, (-1, 0.5, 1)),
        (gamma, "log", mp.exp, (-3, 0.5, 2.5)),
        (gamma, "sqrt", lambda y: y**2, (0.5, 2, 4)),
        (gamma, "log1p", lambda y: mp.exp(y) - 1, (0.25, 1, 3)),
        (beta, "logit", lambda y: 1 / (1 + mp.exp(-y)), (-4, 0.5, 3)),
        (beta, "normal_quantile", mp.ncdf, (-2, 0.25, 2)),
    )

    def references(self):
        for (base, cdf), name, inverse, places in self.maps:
            for y in (mpf(float(place)) for place in places):
                def log_density(at, cdf=cdf, inverse=inverse):
                    return mp.log(abs(mp.diff(lambda v: cdf(inverse(v)), at)))
                falls, below = inverse(y + mpf("1e-10")) < inverse(y), cdf(inverse(y))
                d, value, slope = f"Transformed({base}, {name})", log_density(y), mp.diff(log_density, y)
                yield ref("log_prob", f"{d}.log_prob({number(y)})", value, abs(value) + abs(y * slope))
                yield ref("partial", f"grad(fn(v) {{ {d}.log_prob(v) }}, {number(y)})", slope, abs(slope) + 1)
                lower, upper = (1 - below, below) if falls else (below, 1 - below)
                for asked, at in (("cdf", lower), ("ccdf", upper), ("log_cdf", mp.log(lower)), ("log_ccdf", mp.log(upper))):
                    yield ref(asked, f"{d}.{asked}({number(y)})", at, max(abs(at), mpf(1)))
        d = "Transformed(Normal(0.3, 0.8), affine(2, -3))"
        m, s = 2 - 3 * mpf(0.3), 3 * mpf(0.8)
        for name, value in dict(mean=m, median=m, mode=m, variance=s**2, stddev=s,
                                entropy=mp.log(s) + (1 + mp.log(2 * mp.pi)) / 2).items():
            yield ref(name, f"{d}.{name}", value)
        e = "Transformed(Normal(0.3, 0.8), exp)"
        z = mp.sqrt(2) * mp.erfinv(2 * mpf(0.9) - 1)
        yield ref("quantile", f"{d}.quantile(0.9)", m + s * z)
        yield ref("quantile", f"{e}.quantile(0.9)", mp.exp(mpf(0.3) + mpf(0.8) * z))
        yield ref("upper_quantile", f"{e}.upper_quantile(1e-300)", mp.exp(mpf(0.3) - mpf(0.8) * Normal().quantile(mpf(1e-300), 0, 1)))
        yield ref("median", f"{e}.median", mp.exp(mpf(0.3)))


FAMILIES = [Bernoulli(), Beta(), Binomial(), Categorical(), Delta(), Exponential(), ExponentialByScale(), Gamma(), GammaByScale(), GammaLarge(), Geometric(), HalfNormal(), LogNormal(),
            Normal(), Poisson(), Transformed(), Uniform()]
