# SPDX-License-Identifier: GPL-3.0-or-later
"""Families of positive numbers, and of numbers in an interval."""
from mpmath import mp, mpf

from .common import INF, Family, exactly, number, ref
from .real import logistic_kl

ALL = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
LOG_ROOT_2_PI = mp.log(2 * mp.pi) / 2


class Solved(Family):
    """Quantiles by Newton's method over log(x), or logit(x) of unit families, in a bracket; closed ones are overridden."""

    asks = ALL
    positive = True

    def at(self, y):
        return (1 / (1 + mp.exp(-y)), mp.exp(-y) / (1 + mp.exp(-y)) ** 2) if self.unit else (mp.exp(y), mp.exp(y))

    def root(self, q, upper, *p):
        low, high, y, tail, sign = mpf(-720), mpf(80 if self.unit else 720), mpf(0), self.upper if upper else self.lower, -1 if upper else 1
        while high - low > mpf(10) ** -45:
            x, slope_x = self.at(y)
            t = tail(x, *p)
            below = (t < q) != upper
            low, high = (y, high) if below else (low, y)
            slope = sign * mp.exp(self.log_pdf(x, *p)) * slope_x / t if t > 0 else mpf(0)
            step = (mp.log(q) - mp.log(t)) / slope if slope != 0 else INF
            if abs(step) < mpf(10) ** -40 * max(abs(y), 1):
                return self.at(y + step)[0]
            y = y + step if low < y + step < high else (low + high) / 2
        return self.at(y)[0]  # beyond all numbers

    def quantile(self, q, *p):
        q = mpf(q)
        return self.root(1 - q, True, *p) if q > 0.5 else self.root(q, False, *p)

    def upper_quantile(self, q, *p):
        q = mpf(q)
        return self.root(1 - q, False, *p) if q > 0.5 else self.root(q, True, *p)


def excess(t):
    return t - 1 - mp.log(t)


def stirling_rest(a):
    return mp.loggamma(a) - ((a - mpf(1) / 2) * mp.log(a) - a + LOG_ROOT_2_PI)


def gamma_terms(a, y):
    """Of y times the density of a Gamma(a, 1) number y."""
    if a < 10:
        return [-mp.loggamma(a), a * mp.log(y), -y, mpf(0)]
    return [mp.log(a) / 2, -LOG_ROOT_2_PI, -stirling_rest(a), -a * excess(y / a)]


def gamma_kl(a, r, b, s):
    parts = [(a - b) * mp.digamma(a), -mp.loggamma(a), mp.loggamma(b), b * mp.log(r / s), a * (s / r - 1)]
    return mp.fsum(parts), mp.fsum(map(abs, parts))


def gamma_lower(a, y):
    return mp.gammainc(a, 0, y, regularized=True)


def gamma_upper(a, y):
    return mp.gammainc(a, y, mp.inf, regularized=True)


def gamma_entropy(a):
    return a + mp.loggamma(a) + (1 - a) * mp.digamma(a)


class InverseGamma(Solved):
    name = "InverseGamma"
    values = (0.05, 0.3, 1, 2, 20, 4)
    examples = ("InverseGamma(8, 2)", "InverseGamma(3.5, 2)", "InverseGamma(0.7, 0.5)", "InverseGamma(300, 200)")
    range = (0, 25)
    bad = ("InverseGamma(0, 1)", "InverseGamma(1, -1)", "InverseGamma(1, inf)", "InverseGamma(nan, 1)")
    outside = ("0", "-1", "inf", "nan")
    allow = {"cdf": 8, "ccdf": 8, "log_cdf": 8, "log_ccdf": 8, "quantile": 16, "upper_quantile": 16, "median": 128, "partial": 8}
    cases = ((2, 1), (0.1, 3), (1, 0.5), (0.5, 1), (30, 2), (1000, 10))
    places = [lambda a, s, z=z: s / a * z for z in (1e-3, 0.1, 0.7, 1, 1.3, 20, 1e10, 1e100)] + [lambda a, s: s / 600]
    edges = (0, -1, INF, 1e-320)

    def terms(self, x, a, s):
        return [-mp.log(x)] + gamma_terms(a, s / x)

    def cdf(self, x, a, s):
        return gamma_upper(a, s / x)

    def sf(self, x, a, s):
        return gamma_lower(a, s / x)

    def moments(self, a, s):
        return dict(mean=s / (a - 1) if a > 1 else INF, variance=s**2 / ((a - 1) ** 2 * (a - 2)) if a > 2 else INF,
                    median=self.quantile(mpf(0.5), a, s), mode=s / (a + 1),
                    entropy=(gamma_entropy(a) + mp.log(s) - 2 * mp.digamma(a), 1 + mp.log(a + 1) + abs(mp.log(s)) + 2 * abs(mp.digamma(a))))

    def kl(self, p, q):
        return gamma_kl(*p, *q)


class InverseGammaLarge(InverseGamma):
    """Shapes so large that only densities are asked for."""

    cases = ((1e10, 1e10), (1e6, 3))
    places = [lambda a, s, z=z: s / a * (1 + z / mp.sqrt(a)) for z in (-30, -2, 0, 0.5, 8)]
    edges = ()
    asks = quantiles = ()
    kl = None

    def moments(self, a, s):
        return {}


class Chi2(Solved):
    name = "Chi2"
    values = (0.01, 0.3, 1, 2, 20, 4)
    examples = ("Chi2(3)", "Chi2(5.5)", "Chi2(0.7)", "Chi2(300)")
    range = (0, 90)
    bad = ("Chi2(0)", "Chi2(-1)", "Chi2(inf)", "Chi2(nan)")
    outside = ("-1", "inf", "nan")
    allow = {"cdf": 8, "ccdf": 8, "log_cdf": 8, "log_ccdf": 8, "quantile": 16, "upper_quantile": 16, "median": 128, "partial": 8}
    cases = ((3,), (0.2,), (2,), (1,), (60,), (2000,))
    places = [lambda d, z=z: d * z for z in (1e-300, 1e-10, 0.1, 0.7, 1, 1.3, 4, 20)] + [lambda d: mpf(1600)]
    edges = (0, -1, INF)

    def edge(self, x, d):
        return -INF if x != 0 or d > 2 else -mp.log(2) if d == 2 else INF

    def terms(self, x, d):
        return [-mp.log(x)] + gamma_terms(d / 2, x / 2)

    def cdf(self, x, d):
        return gamma_lower(d / 2, x / 2)

    def sf(self, x, d):
        return gamma_upper(d / 2, x / 2)

    def moments(self, d):
        return dict(mean=d, variance=2 * d, median=self.quantile(mpf(0.5), d), mode=max(d - 2, mpf(0)),
                    entropy=gamma_entropy(d / 2) + mp.log(2))

    def kl(self, p, q):
        return gamma_kl(p[0] / 2, mpf(1), q[0] / 2, mpf(1))


class Chi2Large(Chi2):
    cases = ((1e10,), (2e6,))
    places = [lambda d, z=z: d * (1 + z / mp.sqrt(d)) for z in (-30, -2, 0, 0.5, 8)]
    edges = ()
    asks = quantiles = ()
    kl = None

    def moments(self, d):
        return {}


class Weibull(Solved):
    name = "Weibull"
    values = (0.01, 0.3, 1, 2, 5, 4)
    examples = ("Weibull(2, 1.5)", "Weibull(1.5, 0.7)", "Weibull(3, 4)")
    range = (0, 25)
    bad = ("Weibull(0, 1)", "Weibull(1, 0)", "Weibull(1, inf)", "Weibull(nan, 1)")
    outside = ("-1", "inf", "nan")
    allow = {"mean": 8, "variance": 16}
    cases = ((1, 1), (2, 1.5), (1000, 0.3), (0.01, 20), (3, 200))
    places = [lambda s, k, z=z: s * mpf(z) ** (1 / k) for z in (1e-200, 1e-20, 0.01, 0.5, 1, 1.7, 10, 100, 700)]
    edges = (0, -1, INF)

    def edge(self, x, s, k):
        return -INF if x != 0 or k > 1 else -mp.log(s) if k == 1 else INF

    def terms(self, x, s, k):
        return [mp.log(k), -mp.log(s), (k - 1) * mp.log(x / s), -((x / s) ** k)]

    def cdf(self, x, s, k):
        return -mp.expm1(-((x / s) ** k))

    def sf(self, x, s, k):
        return mp.exp(-((x / s) ** k))

    def root(self, q, upper, s, k):
        return s * (-mp.log(q) if upper else -mp.log1p(-q)) ** (1 / k)

    def quantile_size(self, x, q, s, k):
        return super().quantile_size(x, q, s, k) + x * abs(mp.log(x / s))

    def moments(self, s, k):
        g, h = mp.gamma(1 + 1 / k), mp.gamma(1 + 2 / k)
        return dict(mean=(s * g, s * g * (1 + abs(mp.log(g)))), variance=(s**2 * (h - g**2), s**2 * (h + g**2) * (1 + abs(mp.log(h)))),
                    median=s * mp.log(2) ** (1 / k), mode=s * ((k - 1) / k) ** (1 / k) if k > 1 else mpf(0),
                    entropy=1 + mp.euler * (1 - 1 / k) + mp.log(s) - mp.log(k))

    def kl(self, p, q):
        (s, k), (t, j) = p, q
        power = (s / t) ** j * mp.gamma(1 + j / k)
        parts = [mp.log(k / j), j * mp.log(t / s), -(k - j) * mp.euler / k, power, mpf(-1)]
        return mp.fsum(parts), mp.fsum(map(abs, parts)) + power * (abs(j * mp.log(s / t)) + abs(mp.loggamma(1 + j / k)))


class Pareto(Solved):
    name = "Pareto"
    values = (0.6, 0.8, 1, 2, 20, 4)
    examples = ("Pareto(0.5, 8)", "Pareto(0.4, 5)", "Pareto(0.1, 0.7)")
    range = (0.5, 17)
    bad = ("Pareto(0, 1)", "Pareto(1, 0)", "Pareto(1, inf)", "Pareto(nan, 1)")
    outside = ("0.4", "0", "-1", "inf", "nan")
    cases = ((1, 1), (2, 3), (0.01, 0.3), (1000, 50), (3, 2), (5, 1e6))
    places = [lambda s, a, z=z: s * mp.exp(mpf(z) / a) for z in (0, 1e-10, 0.01, 0.5, 1, 1.7, 10, 40)]
    edges = (0, -1, INF)

    def terms(self, x, s, a):
        return [mp.log(a), -mp.log(x), -a * mp.log(x / s)]

    def cdf(self, x, s, a):
        return -mp.expm1(-a * mp.log(x / s))

    def sf(self, x, s, a):
        return mp.exp(-a * mp.log(x / s))

    def tail_lines(self, x, given):
        if x > given[0]:
            yield from super().tail_lines(x, given)

    def density_lines(self, x, given):
        if x > given[0]:
            yield from super().density_lines(x, given)
        elif x == given[0]:
            parts = self.terms(x, *given)
            yield ref("log_prob", f"{self.call(given)}.log_prob({number(x)})", mp.fsum(parts), mp.fsum(map(abs, parts)))

    def scale(self, k, arguments):
        return arguments[k] if k == 2 else min(arguments[0] - arguments[1], arguments[k])

    def root(self, q, upper, s, a):
        return s * mp.exp((-mp.log(q) if upper else -mp.log1p(-q)) / a)

    def quantile_size(self, x, q, s, k):
        return super().quantile_size(x, q, s, k) + x * abs(mp.log(x / s))

    def moments(self, s, a):
        return dict(mean=s * a / (a - 1) if a > 1 else INF, variance=s**2 * a / ((a - 1) ** 2 * (a - 2)) if a > 2 else INF,
                    median=s * mp.mpf(2) ** (1 / a), mode=s, entropy=mp.log(s) - mp.log(a) + 1 + 1 / a)

    def kl(self, p, q):
        (s, a), (t, b) = p, q
        parts = [mp.log(a / b), b * mp.log(s / t), b / a, mpf(-1)]
        return (INF, mpf(0)) if s < t else (mp.fsum(parts), mp.fsum(map(abs, parts)))


class LogLogistic(Solved):
    name = "LogLogistic"
    values = (0.1, 0.3, 1, 2, 20, 4)
    examples = ("LogLogistic(1.5, 9)", "LogLogistic(2, 4)", "LogLogistic(1.5, 0.7)")
    range = (0, 40)
    bad = ("LogLogistic(0, 1)", "LogLogistic(1, 0)", "LogLogistic(1, inf)", "LogLogistic(nan, 1)")
    outside = ("-1", "inf", "nan")
    allow = {"mean": 8, "variance": 16}
    cases = ((1, 1), (2, 1.5), (1000, 0.3), (0.01, 20), (3, 200), (1, 2.5), (2, 14))
    places = [lambda s, k, z=z: s * mp.exp(mpf(z) / k) for z in (-200, -40, -3, -0.5, 0, 1e-9, 0.7, 10, 40, 190)]
    edges = (0, -1, INF)

    def edge(self, x, s, k):
        return -INF if x != 0 or k > 1 else -mp.log(s) if k == 1 else INF

    def terms(self, x, s, k):
        z = abs(k * mp.log(x / s))
        return [mp.log(k), -mp.log(x), -z, -2 * mp.log1p(mp.exp(-z))]

    def cdf(self, x, s, k):
        return 1 / (1 + mp.exp(-k * mp.log(x / s)))

    def sf(self, x, s, k):
        return 1 / (1 + mp.exp(k * mp.log(x / s)))

    def root(self, q, upper, s, k):
        odds = mp.log(q) - mp.log1p(-q)
        return s * mp.exp((-odds if upper else odds) / k)

    def quantile_size(self, x, q, s, k):
        return super().quantile_size(x, q, s, k) + x * abs(mp.log(x / s))

    def moments(self, s, k):
        b = mp.pi / k
        m = s * b / mp.sin(b) if k > 1 else INF
        v = s**2 * (2 * b / mp.sin(2 * b) - (b / mp.sin(b)) ** 2) if k > 2 else INF
        near_pole = 1 / abs(mp.sin(2 * b)) if k > 2 and k < 15 else 1
        return dict(mean=(m, abs(m) * (1 + b / abs(mp.tan(b)))) if k > 1 else m, variance=(v, v * (1 + 10 * near_pole / b)) if 2 < k < 15 else v,
                    median=s, mode=s * ((k - 1) / (k + 1)) ** (1 / k) if k > 1 else mpf(0), entropy=mp.log(s) - mp.log(k) + 2)

    kl_pairs = (((1, 2), (3, 2)), ((2, 0.5), (2, 0.5)), ((5, 1), (5.5, 1)), ((0.01, 20), (100, 20)))

    def kl(self, p, q):
        value = logistic_kl(p[1] * mp.log(p[0] / q[0]))
        return value, value + p[1]


class InverseGaussian(Solved):
    name = "InverseGaussian"
    values = (0.05, 0.3, 1, 2, 20, 4)
    examples = ("InverseGaussian(1.5, 4)", "InverseGaussian(2, 0.7)", "InverseGaussian(3, 40)")
    range = (0, 40)
    bad = ("InverseGaussian(0, 1)", "InverseGaussian(1, 0)", "InverseGaussian(1, inf)", "InverseGaussian(nan, 1)")
    outside = ("0", "-1", "inf", "nan")
    allow = {"cdf": 16, "ccdf": 16, "log_cdf": 16, "log_ccdf": 16, "quantile": 32, "upper_quantile": 32, "median": 32, "path": 64}
    cases = ((1, 1), (2, 50), (0.5, 0.01), (1000, 3), (3, 3000))
    places = [lambda m, s, z=z: m * mp.exp(z * mp.sqrt(m / s) if z * z < s / m else z) for z in (-30, -3, -0.5, 0.01, 0.5, 3)]
    places += [lambda m, s: s / 1400, lambda m, s: 1200 * m * m / s + m, lambda m, s: m]
    edges = (0, -1, INF, 5e-324)

    def terms(self, x, m, s):
        return [mp.log(s) / 2, -LOG_ROOT_2_PI, -3 * mp.log(x) / 2, -s * (x - m) ** 2 / (2 * m * m * x)]

    @staticmethod
    def phi(z):
        return mp.erfc(-z / mp.sqrt(2)) / 2 if abs(z) < 1e6 else mpf(z > 0)

    def cdf(self, x, m, s):
        root = mp.sqrt(s / x)
        return self.phi(root * (x / m - 1)) + mp.exp(2 * s / m) * self.phi(-root * (x / m + 1))

    def sf(self, x, m, s):
        root = mp.sqrt(s / x)
        with mp.extradps(120):
            return self.phi(-root * (x / m - 1)) - mp.exp(2 * s / m) * self.phi(-root * (x / m + 1))

    def moments(self, m, s):
        z = 2 * s / m
        return dict(mean=m, variance=m**3 / s, median=self.quantile(mpf(0.5), m, s),
                    mode=m * (mp.sqrt(1 + (3 * m / (2 * s)) ** 2) - 3 * m / (2 * s)),
                    entropy=(mp.log(2 * mp.pi * mp.e / s) / 2 + 3 * (mp.log(m) - mp.exp(z) * mp.e1(z)) / 2,
                             2 + abs(mp.log(s)) + 2 * abs(mp.log(m)) + 2 * mp.exp(z) * mp.e1(z)))

    def kl(self, p, q):
        (m, s), (n, t) = p, q
        parts = [mp.log(s / t) / 2, mpf(-1) / 2, t / s / 2, t * (m - n) ** 2 / (2 * m * n * n)]
        return mp.fsum(parts), mp.fsum(map(abs, parts))

    def lines(self):
        yield from super().lines()
        for shape in (mpf(1) / 16, mpf(2), mpf(40)):
            for q in map(exactly, (1e-10, 0.1, 0.5, 0.97)):
                x = self.quantile(q, mpf(1), shape)
                h = shape * mpf(10) ** -15
                slope = (self.cdf(x, mpf(1), shape - h) - self.cdf(x, mpf(1), shape + h)) / (2 * h) / mp.exp(self.log_pdf(x, mpf(1), shape))
                yield ref("path", f"grad(fn(v) {{ inverse_gaussian_quantile({number(q)}, v) }}, {number(shape)})", slope, abs(slope) + x / shape)


class BetaProportion(Solved):
    name = "BetaProportion"
    values = (0.01, 0.3, 0.5, 0.7, 0.9, 0.4)
    examples = ("BetaProportion(0.3, 9)", "BetaProportion(0.5, 2.4)", "BetaProportion(0.7, 1.3)", "BetaProportion(0.4, 500)")
    range = (0, 1)
    bad = ("BetaProportion(0, 1)", "BetaProportion(1, 1)", "BetaProportion(0.5, 0)", "BetaProportion(0.5, inf)", "BetaProportion(1.5, 1)")
    outside = ("-0.5", "1.5", "inf", "-inf", "nan")
    allow = {"cdf": 8, "ccdf": 8, "log_cdf": 8, "log_ccdf": 8, "quantile": 16, "upper_quantile": 16, "median": 128, "entropy": 16,
             "partial": 16, "kl": 16}
    unit = True
    sensitive = False
    cases = ((0.5, 2), (0.25, 8), (0.5, 0.5), (0.03, 0.3), (0.6, 700), (0.001, 30))
    places = [lambda m, k, z=z: 1 / (1 + mp.exp(-mp.log(m / (1 - m)) - z * mp.sqrt(2 / k))) for z in (-30, -3, -0.5, 0.1, 0.5, 3)]
    places += [lambda m, k: mpf("1e-300"), lambda m, k: 1 - mpf(2) ** -50]
    edges = (0, 1, -0.5, 1.5, INF)

    def edge(self, x, m, k):
        if x not in (0, 1):
            return -INF
        at, other = (m * k, (1 - m) * k) if x == 0 else ((1 - m) * k, m * k)
        return INF if at < 1 else mp.log(other) if at == 1 else -INF

    def terms(self, x, m, k):
        a, b = m * k, (1 - m) * k
        log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(k)
        if k < 10:
            return [(a - 1) * mp.log(x), (b - 1) * mp.log1p(-x), -log_beta]
        constant = a * mp.log(m) + b * mp.log1p(-m) - log_beta
        return [constant, -mp.log(x), -mp.log1p(-x), -a * excess(x / m), -b * excess((1 - x) / (1 - m))]

    def cdf(self, x, m, k):
        return mp.betainc(m * k, (1 - m) * k, 0, x, regularized=True)

    def sf(self, x, m, k):
        return mp.betainc((1 - m) * k, m * k, 0, 1 - x, regularized=True) if x > 0.5 else 1 - mp.betainc(m * k, (1 - m) * k, 0, x, regularized=True)

    def moments(self, m, k):
        a, b = m * k, (1 - m) * k
        parts = [mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(k), -(a - 1) * mp.digamma(a), -(b - 1) * mp.digamma(b),
                 (k - 2) * mp.digamma(k)]
        mode = (a - 1) / (k - 2) if a > 1 and b > 1 else mpf(0.5) if a == b == 1 else mpf(1) if a > b else mpf(0)
        return dict(mean=m, variance=m * (1 - m) / (k + 1), median=self.quantile(mpf(0.5), m, k),
                    mode=(mode, mode + (1 / (k - 2) if a > 1 and b > 1 else 0)),
                    entropy=(mp.fsum(parts), 1 + mp.fsum(map(abs, parts)) / (1 + mp.log(1 + k))))

    def kl(self, p, q):
        (m, k), (n, j) = p, q
        a, b, c, d = m * k, (1 - m) * k, n * j, (1 - n) * j
        parts = [mp.loggamma(c) + mp.loggamma(d) - mp.loggamma(j), -mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(k),
                 (a - c) * mp.digamma(a), (b - d) * mp.digamma(b), (j - k) * mp.digamma(k)]
        return mp.fsum(parts), mp.fsum(map(abs, parts))


class BetaProportionLarge(BetaProportion):
    cases = ((0.25, 1e10), (0.001, 1e6))
    places = [lambda m, k, z=z: m + z * mp.sqrt(m * (1 - m) / k) for z in (-20, -2, 0, 0.5, 8)]
    edges = ()
    asks = quantiles = ()
    kl = None

    def moments(self, m, k):
        return {}


class Kumaraswamy(Solved):
    name = "Kumaraswamy"
    values = (0.01, 0.3, 0.5, 0.7, 0.9, 0.4)
    examples = ("Kumaraswamy(2.5, 4)", "Kumaraswamy(1.2, 4)", "Kumaraswamy(0.2, 0.3)", "Kumaraswamy(50, 0.7)")
    range = (0, 1)
    bad = ("Kumaraswamy(0, 1)", "Kumaraswamy(1, 0)", "Kumaraswamy(1, inf)", "Kumaraswamy(nan, 1)")
    outside = ("-0.5", "1.5", "inf", "-inf", "nan")
    allow = {"mean": 16, "variance": 32, "median": 16}
    unit = True
    cases = ((1, 1), (2, 5), (0.5, 0.5), (0.1, 3), (1, 0.25), (40, 30), (3, 1000))
    places = [lambda a, b, q=q: (1 - (1 - mpf(q)) ** (1 / b)) ** (1 / a) for q in (1e-25, 0.01, 0.3, 0.7, 0.99, 1 - 1e-9)]
    places += [lambda a, b: mpf("1e-300"), lambda a, b: 1 - mpf(2) ** -50]
    edges = (0, 1, -0.5, 1.5, INF)

    def edge(self, x, a, b):
        if x not in (0, 1):
            return -INF
        at, other = (a, b) if x == 0 else (b, a)
        return INF if at < 1 else mp.log(other) if at == 1 else -INF

    def terms(self, x, a, b):
        return [mp.log(a), mp.log(b), (a - 1) * mp.log(x), (b - 1) * mp.log(-mp.expm1(a * mp.log(x)))]

    def cdf(self, x, a, b):
        with mp.extradps(340):
            return -mp.expm1(b * mp.log1p(-(x**a)))

    def sf(self, x, a, b):
        return mp.exp(b * mp.log(-mp.expm1(a * mp.log(x))))

    def root(self, q, upper, a, b):
        with mp.extradps(340):
            return mp.exp(mp.log(-mp.expm1((mp.log(q) if upper else mp.log1p(-q)) / b)) / a)

    def quantile_size(self, x, q, *p):
        return super().quantile_size(x, q, *p) + x * abs(mp.log(x))

    def moments(self, a, b):
        m, n = b * mp.beta(1 + 1 / a, b), b * mp.beta(1 + 2 / a, b)
        much = 1 + abs(mp.log(b)) + abs(mp.log(mp.beta(1 + 2 / a, b)))
        mode = ((a - 1) / (a * b - 1)) ** (1 / a) if a > 1 and b > 1 else mpf(0.5) if a == b == 1 else mpf(1) if a > b and a >= 1 else mpf(0)
        return dict(mean=(m, m * much), variance=(n - m**2, (n + m**2) * much), median=self.quantile(mpf(0.5), a, b), mode=mode,
                    entropy=((1 - 1 / b) + (1 - 1 / a) * (mp.digamma(b + 1) + mp.euler) - mp.log(a * b),
                             2 + 1 / b + abs(1 - 1 / a) * (mp.digamma(b + 1) + 2) + abs(mp.log(a)) + abs(mp.log(b))))

    kl_pairs = (((2, 5), (2, 3)), ((0.5, 0.5), (0.5, 40)), ((3, 2), (3, 2)))

    def kl(self, p, q):
        parts = [mp.log(p[1] / q[1]), (q[1] - p[1]) / p[1]]
        return mp.fsum(parts), mp.fsum(map(abs, parts))


class LogitNormal(Solved):
    name = "LogitNormal"
    values = (0.01, 0.3, 0.5, 0.7, 0.9, 0.4)
    examples = ("LogitNormal(0.3, 0.8)", "LogitNormal(-1, 0.8)", "LogitNormal(1, 4)")
    range = (0, 1)
    bad = ("LogitNormal(0, 0)", "LogitNormal(0, -1)", "LogitNormal(nan, 1)", "LogitNormal(0, inf)")
    outside = ("0", "1", "-0.5", "1.5", "inf", "nan")
    moment_lines = ("0.3 ; LogitNormal(v, 0.8) ; logit(x) ; v", "0.8 ; LogitNormal(0.3, v) ; logit(x) ^ 2 ; 0.09 + v ^ 2")
    allow = {"cdf": 64, "ccdf": 64, "log_cdf": 16, "log_ccdf": 16, "quantile": 32, "upper_quantile": 32}
    unit = True
    cases = ((0, 1), (-2, 0.25), (3, 2), (0.5, 20))
    places = [lambda m, s, z=z: 1 / (1 + mp.exp(-(m + s * z))) for z in (-30, -8, -3, -0.5, 0.01, 0.7, 2, 8)]
    edges = (0, 1, -1, INF)

    def terms(self, x, m, s):
        logit = mp.log(x) - mp.log1p(-x)
        return [-mp.log(x), -mp.log1p(-x), -mp.log(s), -LOG_ROOT_2_PI, -(((logit - m) / s) ** 2) / 2]

    def cdf(self, x, m, s):
        return mp.erfc((m - mp.log(x) + mp.log1p(-x)) / (s * mp.sqrt(2))) / 2

    def sf(self, x, m, s):
        return mp.erfc((mp.log(x) - mp.log1p(-x) - m) / (s * mp.sqrt(2))) / 2

    def quantile_size(self, x, q, m, s):
        return super().quantile_size(x, q, m, s) + x * (1 - x) * (abs(mp.log(x) - mp.log1p(-x)) + abs(m))

    def moments(self, m, s):
        return dict(median=1 / (1 + mp.exp(-m)))

    def kl(self, p, q):
        (m, s), (n, t) = p, q
        parts = [mp.log(t / s), (s**2 - t**2) / (2 * t**2), (m - n) ** 2 / (2 * t**2)]
        return mp.fsum(parts), mp.fsum(map(abs, parts)) + (abs(m) + abs(n)) * abs(m - n) / t**2


class Triangular(Solved):
    name = "Triangular"
    values = (0.01, 0.3, 0.5, 0.7, 0.9, 0.4)
    examples = ("Triangular(0, 1, 0.35)", "Triangular(-1, 2, 0.6)", "Triangular(-0.5, 1, 1)", "Triangular(0, 3, 0)")
    range = (0, 1)
    bad = ("Triangular(1, 1, 1)", "Triangular(2, 1, 1.5)", "Triangular(0, 1, 1.5)", "Triangular(0, 1, -1)", "Triangular(0, inf, 1)")
    outside = ("0", "1", "-0.5", "1.5", "inf", "nan")
    positive = False
    cases = ((0, 1, 0.25), (-3, 5, 4), (-1, 1, 1), (2, 7, 2), (1e6, 1e6 + 8, 1e6 + 1))
    places = [lambda l, h, c, z=z: l + (c - l) * mpf(z) for z in (1e-5, 0.3, 0.6, 0.999)]
    places += [lambda l, h, c, z=z: h - (h - c) * mpf(z) for z in (1e-5, 0.3, 0.6, 0.999)]
    edges = (-100, INF)

    def density_lines(self, x, given):
        low, high, peak = given
        if low < x < high and x != peak:
            yield from super().density_lines(x, given)

    def tail_lines(self, x, given):
        low, high, peak = given
        if low < x < high and x != peak:
            yield from super().tail_lines(x, given)

    def scale(self, k, arguments):
        x, low, high, peak = arguments
        return min(d for d in (x - low, high - x, abs(x - peak), abs(high - peak), abs(peak - low)) if d > 0)

    @property
    def partials(self):
        return self._partials

    _partials = None

    def case_lines(self, given):
        # a peak at an end cannot move
        low, high, peak = given
        self._partials = None if low < peak < high else (0,)
        self.sensitive = low < peak < high
        yield from super().case_lines(given)

    def sensitivity(self, function, arguments, which=None):
        if not arguments[1] < arguments[3] < arguments[2]:
            which = (0,)
        return super().sensitivity(function, arguments, which)

    def terms(self, x, low, high, peak):
        slope = (x - low) / (peak - low) if x < peak else (high - x) / (high - peak)
        return [mp.log(2), -mp.log(high - low), mp.log(slope)]

    def cdf(self, x, low, high, peak):
        return (x - low) ** 2 / (high - low) / (peak - low) if x < peak else 1 - self.sf(x, low, high, peak)

    def sf(self, x, low, high, peak):
        return (high - x) ** 2 / (high - low) / (high - peak) if x >= peak else 1 - self.cdf(x, low, high, peak)

    def root(self, q, upper, low, high, peak):
        left = not upper and q * (high - low) < peak - low or upper and (1 - q) * (high - low) < peak - low
        if left:
            return low + mp.sqrt((1 - q if upper else q) * (high - low) * (peak - low))
        return high - mp.sqrt((q if upper else 1 - q) * (high - low) * (high - peak))

    def quantile_size(self, x, q, low, high, peak):
        return max(abs(low), abs(high))

    def moments(self, low, high, peak):
        return dict(mean=((low + high + peak) / 3, abs(low) + abs(high)), variance=((high - low) ** 2 - (peak - low) * (high - peak)) / 18,
                    median=(self.quantile(mpf(0.5), low, high, peak), abs(low) + abs(high)), mode=peak,
                    entropy=mpf(1) / 2 + mp.log((high - low) / 2))


FAMILIES = [InverseGamma(), InverseGammaLarge(), Chi2(), Chi2Large(), Weibull(), Pareto(), LogLogistic(), InverseGaussian(),
            BetaProportion(), BetaProportionLarge(), Kumaraswamy(), LogitNormal(), Triangular()]
