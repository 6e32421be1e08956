# SPDX-License-Identifier: GPL-3.0-or-later
"""Families of real numbers, and those that are one of them folded at 0."""
from mpmath import mp, mpf

from .common import INF, NAN, Family, ref

ALL = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")
FAR = (-1e300, -1e160, -1e10, -40, -3, -1, -0.5, 1e-3, 0.7, 2, 8, 40, 1e10, 1e160, 1e300)
NEAR = (-40, -20, -3, -1, -0.5, 1e-3, 0.7, 2, 8, 40)


def around(*zs):
    """Places at these distances from the first parameter in units of the second."""
    return [lambda loc, scale, *rest, z=z: loc + scale * mpf(z) for z in zs]


class Located(Family):
    """A location and a scale, then others; given(z, …) are the standard member's."""

    asks = ALL
    loc, at = 0, 1  # which parameters these are
    edges = (INF, -INF)
    outside = ("inf", "-inf", "nan")

    def scale(self, k, arguments):
        size, where = arguments[1 + self.at], arguments[1 + self.loc]
        return max(size, abs(arguments[0] - where)) if k in (0, 1 + self.loc) else super().scale(k, arguments)

    def quantile_size(self, x, q, *p):
        density = mp.exp(self.log_pdf(x, *p))
        return abs(x) + q / density + abs(p[self.loc]) + abs(x - p[self.loc])

    def start(self, q, *p):
        raise NotImplementedError


class Closed(Located):
    """Quantiles are closed: of(q, 1 - q) for location 0 and scale 1."""

    def standard_quantile(self, q, rest, *others):
        raise NotImplementedError

    def quantile(self, q, loc, scale, *others):
        return loc + scale * self.standard_quantile(mpf(q), 1 - mpf(q), *others)

    def upper_quantile(self, q, loc, scale, *others):
        return loc + scale * self.standard_quantile(1 - mpf(q), mpf(q), *others)


class Cauchy(Closed):
    name = "Cauchy"
    values = (-3, 0.3, 1, 2, 20, 0.25)
    examples = ("Cauchy(0.3, 0.8)", "Cauchy(-1, 0.8)")
    range = (-1e10, 1e10)
    moment_lines = ("0.3 ; Cauchy(v, 0.8) ; 1 / (1 + x ^ 2) ; 1.8 / (1.8 ^ 2 + v ^ 2)",
                    "0.8 ; Cauchy(0.3, v) ; 1 / (1 + x ^ 2) ; (1 + v) / ((1 + v) ^ 2 + 0.3 ^ 2)")
    bad = ("Cauchy(0, 0)", "Cauchy(0, -1)", "Cauchy(nan, 1)", "Cauchy(0, inf)")
    cases = ((0, 1), (42, 1), (-3, 0.1), (1e6, 2.5), (0.3, 1e-3), (2, 1e8))
    places = around(*FAR)

    def terms(self, x, m, s):
        return [-mp.log(mp.pi), -mp.log(s), -mp.log1p(((x - m) / s) ** 2)]

    def cdf(self, x, m, s):
        return mp.atan2(s, m - x) / mp.pi

    def sf(self, x, m, s):
        return mp.atan2(s, x - m) / mp.pi

    def standard_quantile(self, q, rest):
        return -1 / mp.tan(mp.pi * q) if q < rest else 1 / mp.tan(mp.pi * rest) if rest < q else mpf(0)

    def moments(self, m, s):
        return dict(mean=NAN, variance=INF, median=m, mode=m, entropy=mp.log(4 * mp.pi * s))

    def kl(self, p, q):
        (m, s), (n, t) = p, q
        value = mp.log(((s + t) ** 2 + (m - n) ** 2) / (4 * s * t))
        return value, max(abs(value), mpf(1)) + (abs(m) + abs(n)) * abs(m - n) / ((s + t) ** 2 + (m - n) ** 2)


class Laplace(Closed):
    name = "Laplace"
    values = (-3, 0.3, 1, 2, 20, 0.25)
    examples = ("Laplace(0.4, 0.8)", "Laplace(-1, 0.8)")
    range = (-30, 31)
    bad = ("Laplace(0, 0)", "Laplace(0, -1)", "Laplace(nan, 1)", "Laplace(0, inf)")
    cases = ((0, 1), (42, 1), (-3, 0.1), (1e6, 2.5), (0.3, 1e-3), (2, 1e8))
    places = around(-1e300, -700, *NEAR, 700, 1e300)

    def terms(self, x, m, s):
        return [-mp.log(2 * s), -abs(x - m) / s]

    def cdf(self, x, m, s):
        return mp.exp((x - m) / s) / 2 if x < m else 1 - mp.exp((m - x) / s) / 2

    def sf(self, x, m, s):
        return self.cdf(-x, -m, s)

    def lower(self, x, m, s):
        return 1 - mp.exp((m - x) / s) / 2 if x > m and (x - m) / s < 130 else mpf(1) if x > m else self.cdf(x, m, s)

    def standard_quantile(self, q, rest):
        return mp.log(2 * q) if q < rest else -mp.log(2 * rest)

    def moments(self, m, s):
        return dict(mean=m, variance=2 * s**2, stddev=s * mp.sqrt(2), median=m, mode=m, entropy=1 + mp.log(2 * s))

    def kl(self, p, q):
        (m, s), (n, t) = p, q
        d = abs(m - n)
        parts = [mp.log(t / s), s * mp.exp(-d / s) / t, d / t, mpf(-1)]
        return mp.fsum(parts), mp.fsum(map(abs, parts)) + (abs(m) + abs(n)) / t


class AsymmetricLaplace(Closed):
    name = "AsymmetricLaplace"
    values = (-3, 0.3, 1, 2, 20, 0.25)
    examples = ("AsymmetricLaplace(0.4, 0.8, 0.6)", "AsymmetricLaplace(-1, 0.8, 1.5)")
    range = (-20, 45)
    bad = ("AsymmetricLaplace(0, 0, 1)", "AsymmetricLaplace(0, -1, 1)", "AsymmetricLaplace(0, 1, 0)", "AsymmetricLaplace(0, 1, inf)")
    cases = ((0, 1, 1), (0, 1, 0.5), (42, 1, 3), (-3, 0.1, 0.02), (0.3, 100, 40))
    places = around(-1e300, -10, *NEAR, 300, 1e300)

    @staticmethod
    def tails(s, a):
        return s * a, s / a

    def terms(self, x, m, s, a):
        left, right = self.tails(s, a)
        return [-mp.log(left + right), -abs(x - m) / (left if x < m else right)]

    def lower(self, x, m, s, a):
        left, right = self.tails(s, a)
        return left / (left + right) * mp.exp((x - m) / left) if x < m else 1 - self.upper(x, m, s, a)

    def upper(self, x, m, s, a):
        left, right = self.tails(s, a)
        return right / (left + right) * mp.exp((m - x) / right) if x >= m else 1 - self.lower(x, m, s, a)

    cdf = lower

    def standard_quantile(self, q, rest, a):
        left, right = self.tails(mpf(1), a)
        share = left / (left + right)
        return left * mp.log(q / share) if q < share else -right * mp.log(rest / (1 - share))

    def moments(self, m, s, a):
        left, right = self.tails(s, a)
        return dict(mean=(m + right - left, abs(m) + right + left), variance=left**2 + right**2,
                    median=(self.quantile(mpf(0.5), m, s, a), abs(m) + left + right), mode=m, entropy=1 + mp.log(left + right))

    def kl(self, p, q):
        (m, s, a), (n, t, b) = p, q
        left, right = self.tails(s, a)
        far_left, far_right = self.tails(t, b)

        def above(x):  # E (X - x)+
            if x >= m:
                return right**2 / (left + right) * mp.exp((m - x) / right)
            return m + right - left - x + left**2 / (left + right) * mp.exp((x - m) / left)
        below = above(n) - (m + right - left - n)
        parts = [mp.log((far_left + far_right) / (left + right)), mpf(-1), above(n) / far_right, below / far_left]
        return mp.fsum(parts), mp.fsum(map(abs, parts)) + (abs(m) + abs(n) + left + right) * (1 / far_left + 1 / far_right)


def logistic_kl(z):
    """Of two logistic distributions with equal scales, z of these apart: in closed form, which must agree with the integral."""
    value = z * mp.coth(z / 2) - 2 if z else mpf(0)
    if 0 < abs(z) < 20:
        f = lambda x, m: -(x - m) - 2 * mp.log1p(mp.exp(m - x))
        integral = mp.quad(lambda x: mp.exp(f(x, 0)) * (f(x, 0) - f(x, z)), [-80, -20, -5, 0, 5, 20, 80])
        assert abs(integral - value) < mpf(10) ** -20, (z, value, integral)
    return value


class Logistic(Closed):
    name = "Logistic"
    values = (-3, 0.3, 1, 2, 20, 0.25)
    examples = ("Logistic(0.3, 0.8)", "Logistic(-1, 0.8)")
    range = (-30, 31)
    bad = ("Logistic(0, 0)", "Logistic(0, -1)", "Logistic(nan, 1)", "Logistic(0, inf)")
    cases = ((0, 1), (42, 1), (-3, 0.1), (1e6, 2.5), (0.3, 1e-3), (2, 1e8))
    places = around(-700, *NEAR, 700)

    def terms(self, x, m, s):
        z = abs(x - m) / s
        return [-mp.log(s), -z, -2 * mp.log1p(mp.exp(-z))]

    def cdf(self, x, m, s):
        return 1 / (1 + mp.exp((m - x) / s))

    def sf(self, x, m, s):
        return 1 / (1 + mp.exp((x - m) / s))

    def standard_quantile(self, q, rest):
        return mp.log(q / rest)

    def moments(self, m, s):
        return dict(mean=m, variance=(mp.pi * s) ** 2 / 3, stddev=mp.pi * s / mp.sqrt(3), median=m, mode=m, entropy=2 + mp.log(s))

    kl_pairs = (((0, 1), (0.5, 1)), ((1, 0.5), (1 + 2**-20, 0.5)), ((-3, 0.1), (4, 0.1)), ((0, 2), (1.0625, 2)), ((3, 1), (3, 1)), ((0, 1e-3), (1e3, 1e-3)))

    def kl(self, p, q):
        z = (p[0] - q[0]) / p[1]
        value = logistic_kl(z)
        return value, value + (2 if abs(z) > 0.5 else 0)


class Gumbel(Closed):
    name = "Gumbel"
    values = (-1, 0.3, 1, 2, 20, 0.25)
    examples = ("Gumbel(0.3, 0.8)", "Gumbel(-1, 0.8)")
    range = (-5, 32)
    bad = ("Gumbel(0, 0)", "Gumbel(0, -1)", "Gumbel(nan, 1)", "Gumbel(0, inf)")
    cases = ((0, 1), (42, 1), (-3, 0.1), (1e6, 2.5), (0.3, 1e-3), (2, 1e8))
    places = around(-600, -20, -6, -3, -1, -0.5, 1e-3, 0.7, 2, 8, 19, 21, 40, 700)

    def terms(self, x, m, s):
        z = (x - m) / s
        return [-mp.log(s), -z, -mp.exp(-z)]

    def cdf(self, x, m, s):
        return mp.exp(-mp.exp((m - x) / s))

    def sf(self, x, m, s):
        return -mp.expm1(-mp.exp((m - x) / s))

    def tail_lines(self, x, given):
        z = (x - given[0]) / given[1]
        lines = list(super().tail_lines(x, given)) if z > -30 else []
        yield from lines
        if z <= -30:
            yield ref("log_cdf", f"{self.call(given)}.log_cdf({float(x)!r})", -mp.exp(-z), mp.exp(-z) * (1 + abs(x - given[0]) / given[1] + abs(x) / given[1]))

    def standard_quantile(self, q, rest):
        return -mp.log(-mp.log(q)) if q < 0.5 else -mp.log(-mp.log1p(-rest))

    def moments(self, m, s):
        return dict(mean=(m + mp.euler * s, abs(m) + s), variance=(mp.pi * s) ** 2 / 6, stddev=mp.pi * s / mp.sqrt(6),
                    median=(m - s * mp.log(mp.log(2)), abs(m) + s), mode=m, entropy=1 + mp.euler + mp.log(s))

    kl_pairs = (((0, 1), (0.5, 2)), ((0.5, 2), (0, 1)), ((-3, 0.1), (-3, 0.1)), ((1, 3), (4, 0.8)))

    def kl(self, p, q):
        (m, s), (n, t) = p, q
        parts = [mp.log(t / s), (m - n) / t, mp.euler * (s / t - 1), mpf(-1), mp.exp((n - m) / t) * mp.gamma(1 + s / t)]
        return mp.fsum(parts), mp.fsum(map(abs, parts)) * (1 + abs(n - m) / t)


def student_upper(z, df):
    """P(T > z), z > 0."""
    w = z**2 / df
    if w > mpf(10) ** 40:  # the series' first terms
        a = df / 2
        x = 1 / (1 + w)
        return x**a / (2 * a * mp.beta(a, mpf(0.5))) * (1 + a / (2 * (a + 1)) * x)
    return mp.re(mp.betainc(df / 2, mpf(0.5), 0, 1 / (1 + w), regularized=True)) / 2


class StudentT(Located):
    name = "StudentT"
    loc, at = 1, 2
    values = (-3, 0.3, 1, 2, 20, 0.25)
    examples = ("StudentT(3, 0.3, 0.8)", "StudentT(5, -1, 0.8)", "StudentT(0.7, 0.3, 2)", "StudentT(40, 2, 1)")
    range = (-1e5, 1e5)
    bad = ("StudentT(0, 0, 1)", "StudentT(-1)", "StudentT(3, 0, 0)", "StudentT(3, nan, 1)", "StudentT(inf, 0, 1)")
    cases = ((4, 0, 1), (1, 0, 1), (0.3, 42, 1), (2, -3, 0.1), (30, 0.3, 1e-3), (1e4, 2, 1e8), (3, 1e6, 2.5))
    places = [lambda df, m, s, z=z: m + s * mpf(z) for z in FAR]
    allow = {"cdf": 16, "ccdf": 16, "log_cdf": 8, "log_ccdf": 8, "quantile": 16, "upper_quantile": 16}
    quantiles = (1e-300, 1e-20, 1e-5, 0.01, 0.25, 0.5, 0.75, 0.99, 1 - 1e-10)
    moment_lines = ("4 ; StudentT(v, 0.3, 0.8) ; abs(x - 0.3) ; 0.8 * 2 * sqrt(v) / ((v - 1) * exp(log_beta(0.5 * v, 0.5)))",)

    def terms(self, x, df, m, s):
        w = ((x - m) / s) ** 2 / df
        half = df / 2
        return [mp.loggamma(half + mpf(0.5)) - mp.loggamma(half), -mp.log(df * mp.pi) / 2, -mp.log(s), -(df + 1) / 2 * mp.log1p(w)]

    def lower(self, x, df, m, s):
        z = (x - m) / s
        return mpf(0.5) if z == 0 else student_upper(-z, df) if z < 0 else 1 - student_upper(z, df)

    def upper(self, x, df, m, s):
        return self.lower(-x, df, -m, s)

    cdf = lower

    def start(self, q, df, m, s):
        p = min(mpf(q), 1 - mpf(q))
        if p == mpf(0.5):
            return m + mpf("1e-50")
        # log P(T > e^y) is concave in y
        y = mp.log(2) + max((-mp.log(p) + (df / 2) * mp.log(df)) / df, mp.log(-mp.log(p)) / 2) if p < 0.3 else mpf(-2)
        y = min(y, mp.log(40 + df) if df > 20 else y)
        for _ in range(300):
            z = mp.exp(y)
            t = student_upper(z, df)
            f = mp.exp(mp.fsum(self.terms(z, df, mpf(0), mpf(1))))
            step = (mp.log(t) - mp.log(p)) * t / (z * f)
            y += max(min(step, mpf(5)), mpf(-5))
            if abs(step) < mpf(10) ** -30:
                break
        return m + s * (mp.exp(y) if q > 0.5 else -mp.exp(y))

    def quantile(self, q, *p):
        q = mpf(q)
        return p[1] if q == 0.5 else self.exact_start(q, *p)

    def exact_start(self, q, df, m, s):
        return self.start(q, df, m, s)

    def upper_quantile(self, q, df, m, s):
        return 2 * m - self.quantile(q, df, m, s)

    def moments(self, df, m, s):
        entropy = ((df + 1) / 2 * (mp.digamma((df + 1) / 2) - mp.digamma(df / 2)) + mp.log(df) / 2
                   + mp.log(mp.beta(df / 2, mpf(0.5))) + mp.log(s))
        variance = s**2 * df / (df - 2) if df > 2 else INF if df > 1 else NAN
        return dict(mean=m if df > 1 else NAN, variance=variance, median=m, mode=m, entropy=(entropy, abs(mp.log(s)) + 2))


class SkewNormal(Located):
    name = "SkewNormal"
    values = (-3, 0.3, 1, 2, 4, 0.25)
    examples = ("SkewNormal(0.3, 0.8, 2)", "SkewNormal(-1, 0.8, -3)", "SkewNormal(1, 2, 0)")
    range = (-10, 10)
    bad = ("SkewNormal(0, 0, 1)", "SkewNormal(0, -1, 1)", "SkewNormal(nan, 1, 1)", "SkewNormal(0, 1, inf)")
    cases = ((0, 1, 0), (0, 1, 4), (42, 1, -1), (0.3, 1e-3, 30), (2, 1e8, -0.2))
    places = around(-38, -8, -0.5, 1e-3, 0.7, 3, 38)
    quantiles = (1e-300, 1e-5, 0.25, 0.9)
    allow = {"partial": 16}
    digits = 32

    @staticmethod
    def log_phi(u):
        if u < -1000:
            return -u * u / 2 - mp.log(-u) - mp.log(2 * mp.pi) / 2 + mp.log(mp.fsum(
                (-1) ** k * mp.fac2(2 * k - 1) / u ** (2 * k) for k in range(12)))
        return mp.log1p(-mp.erfc(u / mp.sqrt(2)) / 2) if u > 0 else mp.log(mp.erfc(-u / mp.sqrt(2)) / 2)

    def terms(self, x, m, s, a):
        z = (x - m) / s
        return [mp.log(2), -mp.log(s), -mp.log(2 * mp.pi) / 2, -(z**2) / 2, self.log_phi(a * z)]

    def tail(self, z, a):
        """P(Z < z), on the side of 0 where that is no cancellation."""
        key = (z, a, mp.prec)
        known = self.__dict__.setdefault("known", {})
        if key not in known:
            top = mp.log(2) - z * z / 2 + self.log_phi(a * z)
            slope = abs(-z + a * mp.exp(-(a * z) ** 2 / 2 - self.log_phi(a * z)) / mp.sqrt(2 * mp.pi))
            width = 1 / max(slope, mpf(1))

            def integrand(t):
                y = z - t
                return mp.exp(mp.log(2) - y * y / 2 + self.log_phi(a * y) - top)
            with mp.workdps(self.digits):
                marks = [width * k for k in (0, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256)]
                known[key] = mp.exp(top) * mp.quad(integrand, marks) / mp.sqrt(2 * mp.pi)
        return known[key]

    def lower(self, x, m, s, a):
        z = (x - m) / s
        return self.tail(z, a) if z <= 0 else 1 - self.tail(-z, -a)

    def upper(self, x, m, s, a):
        return self.lower(-x, -m, s, -a)

    cdf = lower

    def quantile(self, q, m, s, a):
        q = mpf(q)
        return self.below(q, m, s, a) if q < 0.5 else 2 * m - self.below(1 - q, m, s, -a)

    def upper_quantile(self, q, m, s, a):
        return 2 * m - self.quantile(q, m, s, -a)

    def below(self, q, m, s, a):
        low, high = mpf(-45), mpf(9)
        goal = mp.log(q)
        z = mpf(0)
        for _ in range(300):
            t = self.lower(z, mpf(0), mpf(1), a)
            low, high = (z, high) if mp.log(t) < goal else (low, z)
            step = (goal - mp.log(t)) * t / mp.exp(mp.fsum(self.terms(z, mpf(0), mpf(1), a)))
            if abs(step) < mpf(10) ** -22:
                return m + s * (z + step)
            z = z + step if low < z + step < high else (low + high) / 2
        raise ArithmeticError(f"quantile {q} {a}")

    def moments(self, m, s, a):
        d = a / mp.sqrt(1 + a * a)
        median = self.quantile(mpf(0.5), m, s, a)
        mode = mpf(0)
        for _ in range(100 if a else 0):  # -z + a h(a z) is convex for a > 0
            u = abs(a) * mode
            h = mp.exp(-u * u / 2 - self.log_phi(u)) / mp.sqrt(2 * mp.pi)
            mode += (abs(a) * h - mode) / (1 + a * a * h * (u + h))
        mode *= mp.sign(a)
        return dict(mean=(m + s * d * mp.sqrt(2 / mp.pi), abs(m) + s), variance=s**2 * (1 - 2 * d * d / mp.pi),
                    median=(median, abs(m) + s), mode=(m + s * mode, abs(m) + s))


class VonMises(Family):
    name = "VonMises"
    asks = ("cdf", "ccdf", "quantile", "upper_quantile")
    values = (-3, 0.3, 1, 2, 3, 0.25)
    examples = ("VonMises(0.3, 2)", "VonMises(-1, 3)", "VonMises(0, 0.2)", "VonMises(2, 50)", "VonMises(0.5, 1e6)")
    range = (-mp.pi, mp.pi)
    bad = ("VonMises(0, 0)", "VonMises(0, -1)", "VonMises(nan, 1)", "VonMises(0, inf)")
    outside = ("3.2", "-4", "inf", "-inf", "nan")
    cases = ((0, 1), (0, 1e-3), (0.5, 4), (-3, 0.3), (2, 100), (0.25, 1e6), (40, 2))
    places = [lambda m, c, x=x: mpf(x) for x in (-3.14159, -3, -1, -0.5, 0.3, 1.5, 3)]
    places += [lambda m, c, z=z: m + mpf(z) / mp.sqrt(c) if abs(m + mpf(z) / mp.sqrt(c)) < mp.pi else mpf(0.7) for z in (-6, -1, 0.5, 2)]
    edges = (INF, -INF, 3.5)
    quantiles = (1e-5, 0.01, 0.25, 0.6, 0.99)
    # mean and variance are those of the circle: the derivatives of draws by the concentration, of a distribution around 0
    moment_lines = tuple(f"{c} ; VonMises(0, v) ; cos(x) ; 1 - bessel_gap(v)" for c in (0.2, 2, 20, 400)) + (
        "0.4 ; VonMises(v, 3) ; cos(x - 1) ; (1 - bessel_gap(3)) * cos(v - 1)",)

    def scale(self, k, arguments):
        return 1 / mp.sqrt(arguments[2]) if k in (0, 1) else super().scale(k, arguments)

    def terms(self, x, m, c):
        return [-c * (1 - mp.cos(x - m)), -mp.log(2 * mp.pi * mp.besseli(0, c)) + c]

    def between(self, low, high, m, c):
        """The probability of (low, high)."""
        key = (low, high, m, c, mp.prec)
        known = self.__dict__.setdefault("known", {})
        if key not in known:
            centre = m - 2 * mp.pi * mp.floor((m + mp.pi) / (2 * mp.pi))
            width = 1 / mp.sqrt(c)
            marks = sorted({low, high} | {centre + turn * 2 * mp.pi + k * width for turn in (-1, 0, 1) for k in range(-60, 61, 3)
                                          if low < centre + turn * 2 * mp.pi + k * width < high})
            with mp.workdps(40):
                norm = 2 * mp.pi * mp.besseli(0, c) * mp.exp(-c)
                known[key] = mp.quad(lambda t: mp.exp(-2 * c * mp.sin((t - m) / 2) ** 2), marks) / norm
        return known[key]

    def lower(self, x, m, c):
        return self.between(-mp.pi, x, m, c)

    def upper(self, x, m, c):
        return self.between(x, +mp.pi, m, c)

    cdf = lower

    def tail_lines(self, x, given):
        """Probabilities are differences of a periodic function: what is small beside 1 has not all of its digits unless loc is 0."""
        m, c = given
        for name, function in (("cdf", self.lower), ("ccdf", self.upper)):
            value = function(x, m, c)
            if value > mpf("1e-307"):
                moved = (abs(x) + abs(m)) * mp.exp(self.log_pdf(x, m, c)) + (abs(m) + 4) * mp.exp(self.log_pdf(mp.pi, m, c))
                yield ref(name, f"{self.call(given)}.{name}({float(x)!r})", value, value + moved)

    def quantile(self, q, m, c):
        return self.root(mpf(q), False, m, c)

    def upper_quantile(self, q, m, c):
        return self.root(mpf(q), True, m, c)

    def root(self, q, upper, m, c):
        low, high = -mp.pi, +mp.pi
        x = min(max(m - 2 * mp.pi * mp.floor((m + mp.pi) / (2 * mp.pi)), mpf(-3.1)), mpf(3.1))
        for _ in range(200):
            excess = q - self.upper(x, m, c) if upper else self.lower(x, m, c) - q
            step = excess / mp.exp(self.log_pdf(x, m, c))
            low, high = (low, x) if excess > 0 else (x, high)
            if abs(step) < mpf(10) ** -25:
                return x
            x = x - step if low < x - step < high else (low + high) / 2
        raise ArithmeticError

    def quantile_size(self, x, q, m, c):
        density = mp.exp(self.log_pdf(x, m, c))
        return abs(x) + abs(m) + (q + (abs(m) + 4) * mp.exp(self.log_pdf(mp.pi, m, c))) / density

    def moments(self, m, c):
        at = m - 2 * mp.pi * mp.floor((m + mp.pi) / (2 * mp.pi))
        ratio = mp.besseli(1, c) / mp.besseli(0, c)
        entropy = mp.log(2 * mp.pi * mp.besseli(0, c)) - c * ratio
        return dict(mean=(at, abs(m)), variance=1 - ratio, median=(at, abs(m)), mode=(at, abs(m)), entropy=entropy)

    def kl(self, p, q):
        (m, c), (n, d) = p, q
        ratio = mp.besseli(1, c) / mp.besseli(0, c)
        value = mp.log(mp.besseli(0, d) / mp.besseli(0, c)) + ratio * (c - d * mp.cos(m - n))
        return value, max(abs(value), mpf(1)) + d * abs(mp.sin(m - n)) * (abs(m) + abs(n))


class HalfCauchy(Closed):
    name = "HalfCauchy"
    positive = True
    loc = None
    values = (0, 0.1, 0.5, 1, 3, 2)
    examples = ("HalfCauchy(1.5)", "HalfCauchy(0.4)")
    range = (0, 1e10)
    moment_lines = ("1.5 ; HalfCauchy(v) ; 1 / (1 + x ^ 2) ; 1 / (1 + v)",)
    bad = ("HalfCauchy(0)", "HalfCauchy(-1)", "HalfCauchy(inf)")
    outside = ("-1", "inf", "nan")
    cases = ((1,), (0.01,), (30,), (1e8,))
    places = [lambda s, z=z: s * mpf(z) for z in (1e-300, 1e-10, 0.1, 0.7, 2, 8, 40, 1e10, 1e160, 1e280)]
    edges = (-1, INF)
    asks = ("cdf", "ccdf", "log_ccdf", "quantile", "upper_quantile")

    def scale(self, k, arguments):
        return abs(arguments[k])

    def terms(self, x, s):
        return [mp.log(2 / mp.pi), -mp.log(s), -mp.log1p((x / s) ** 2)]

    def cdf(self, x, s):
        return 2 / mp.pi * mp.atan2(x, s)

    def sf(self, x, s):
        return 2 / mp.pi * mp.atan2(s, x)

    def quantile(self, q, s):
        return s * mp.tan(mp.pi * mpf(q) / 2)

    def upper_quantile(self, q, s):
        return s / mp.tan(mp.pi * mpf(q) / 2)

    def quantile_size(self, x, q, s):
        return x + q / mp.exp(self.log_pdf(x, s))

    def moments(self, s):
        return dict(mean=INF, variance=INF, median=s, mode=mpf(0), entropy=mp.log(2 * mp.pi * s))

    def kl(self, p, q):
        (s,), (t,) = p, q
        value = mp.log((s + t) ** 2 / (4 * s * t))
        return value, max(value, mpf(1))


class HalfStudentT(Family):
    name = "HalfStudentT"
    positive = True
    values = (0, 0.1, 0.5, 1, 3, 2)
    examples = ("HalfStudentT(3, 1.5)", "HalfStudentT(5, 0.4)", "HalfStudentT(0.7, 0.4)", "HalfStudentT(40, 2)")
    range = (0, 1e5)
    bad = ("HalfStudentT(0, 1)", "HalfStudentT(3, 0)", "HalfStudentT(3, -1)", "HalfStudentT(inf, 1)")
    outside = ("-1", "inf", "nan")
    cases = ((4, 1), (1, 0.01), (0.3, 30), (30, 1), (1e4, 1e8))
    places = [lambda df, s, z=z: s * mpf(z) for z in (1e-300, 1e-10, 0.1, 0.7, 2, 8, 40, 1e10, 1e160, 1e280)]
    edges = (-1, INF)
    asks = ("cdf", "ccdf", "log_ccdf", "quantile", "upper_quantile")
    quantiles = StudentT.quantiles
    allow = StudentT.allow | {"median": 16}
    moment_lines = ("4 ; HalfStudentT(v, 0.8) ; x ; 0.8 * 2 * sqrt(v) / ((v - 1) * exp(log_beta(0.5 * v, 0.5)))",)

    def terms(self, x, df, s):
        return [mp.log(2), *StudentT().terms(x, df, mpf(0), s)]

    def cdf(self, x, df, s):
        w = (x / s) ** 2 / df
        return mp.re(mp.betainc(mpf(0.5), df / 2, 0, w / (1 + w), regularized=True)) if w < 1 else 1 - self.sf(x, df, s)

    def sf(self, x, df, s):
        return 2 * student_upper(x / s, df)

    def quantile(self, q, df, s):
        q = mpf(q)
        if q < 0.05:
            f0 = mp.exp(mp.fsum(StudentT().terms(mpf(0), df, mpf(0), mpf(1))))
            z = q / 2 / f0
            for _ in range(100):
                step = (q - self.cdf(z, df, mpf(1))) / mp.exp(self.log_pdf(z, df, mpf(1)))
                z += step
                if abs(step) < mpf(10) ** -35 * z:
                    break
            return s * z
        return StudentT().start((1 + q) / 2, df, mpf(0), s)

    def upper_quantile(self, q, df, s):
        q = mpf(q)
        return -StudentT().start(q / 2, df, mpf(0), s)

    def moments(self, df, s):
        mean = 2 * s * mp.sqrt(df) / ((df - 1) * mp.beta(df / 2, mpf(0.5))) if df > 1 else INF
        variance = s**2 * df / (df - 2) - mean**2 if df > 2 else INF
        entropy = StudentT().moments(df, mpf(0), s)["entropy"]
        return dict(mean=mean, variance=(variance, variance + mean**2), median=self.quantile(mpf(0.5), df, s), mode=mpf(0),
                    entropy=(entropy[0] - mp.log(2), entropy[1]))


FAMILIES = [Cauchy(), Laplace(), AsymmetricLaplace(), Logistic(), Gumbel(), StudentT(), SkewNormal(), VonMises(), HalfCauchy(),
            HalfStudentT()]
