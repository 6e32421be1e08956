# SPDX-License-Identifier: GPL-3.0-or-later
"""Families that are built from other distributions: Truncated, Censored, Folded, ZeroInflated, Mixture, Independent."""
from mpmath import mp, mpf

from .common import INF, Counts, Family, Written, number, partial, ref


# ---- The distributions that they are built from ----

def normal_log(x, mu, sigma):
    return -((x - mu) / sigma) ** 2 / 2 - mp.log(sigma) - mp.log(2 * mp.pi) / 2


def normal_below(x, mu, sigma):
    z = (x - mu) / sigma
    return mpf(0) if z == -INF else mpf(1) if z == INF else mp.erfc(-z / mp.sqrt(2)) / 2


def normal_between(a, b, mu, sigma):
    if a > mu:
        a, b, mu = -b, -a, -mu
    return normal_below(b, mu, sigma) - normal_below(a, mu, sigma)


def poisson_log(x, rate):
    return x * mp.log(rate) - rate - mp.loggamma(x + 1)


class Built(Family):
    """log_density, below, above: of the distribution itself, at x and the numbers that are given. `low`, `high`: the ends of its
    support, as functions of these."""

    quantiles = (1e-300, 1e-20, 1e-5, 0.01, 0.25, 0.5, 0.75, 0.99, 1 - 1e-10)
    asks = ("cdf", "ccdf", "log_cdf", "log_ccdf", "quantile", "upper_quantile")

    def terms(self, x, *p):
        return [self.log_density(x, *p)]

    def cdf(self, x, *p):
        return self.below(x, *p)

    def sf(self, x, *p):
        return self.above(x, *p)

    def invert(self, q, upper, *p):
        """By bisection, from the tail that q is the probability of."""
        a, b = self.ends(*p)
        q = mpf(q)
        if q > 0.5:
            q, upper = 1 - q, not upper
        for _ in range(130):
            x = (a + b) / 2
            if (self.above(x, *p) <= q) if upper else (self.below(x, *p) >= q):
                b = x
            else:
                a = x
        return (a + b) / 2

    def quantile(self, q, *p):
        return self.invert(q, False, *p)

    def upper_quantile(self, q, *p):
        return self.invert(q, True, *p)

    def quantile_size(self, x, q, *p):
        f = mp.exp(self.log_density(x, *p))
        tail = min(self.below(x, *p), self.above(x, *p))
        moved = sum(abs(v) for v in p[:2])
        return abs(x) + moved + max(mpf(q), tail) / f if f > 0 else abs(x)


# ---- Truncated ----

class TruncatedNormal(Built):
    name = "Truncated"
    format = "Truncated(Normal({0}, {1}), {2}, {3})"
    cases = ((0.5, 2, -1, 3), (0, 1, 40, 40.001), (0, 1, -38.5, -38), (1, 0.5, 3, 50), (0, 1, -1, 5))
    examples = ("Truncated(Normal(0.5, 2), -1, 3)", "Truncated(Gamma(2, 1), 1, 3)", "Truncated(Laplace(0.3, 1), -1.2, 2.5)",
                "Truncated(Exponential(2), 0.5)")
    places = tuple((lambda mu, sigma, a, b, w=w: a + w * (b - a)) for w in (0.0625, 0.5, 0.875))
    values = (1.2, 1.5, 2, 2.25, 2.875, 1.75)
    range = (-1, 3)
    bad = ("Truncated(Normal(0, 1), 2, 1)", "Truncated(Normal(0, 1), 1, 1)", "Truncated(Normal(0, 1), nan, 1)", "Truncated(Normal(0, 1), 0, nan)",
           "Truncated(Gamma(2, 1), -3, -1)", "Truncated(Gamma(2, 1), high = 0)", "Truncated(Uniform(0, 1), 2, 3)",
           "Truncated(Poisson(3), 1.2, 1.8)", "Truncated(Normal(0, 1), [0, 1], [1, 1])", "wrong-type ; Truncated(3, 0, 1)",
           "wrong-type ; Truncated(Normal(0, 1), \"a\")", "shape-mismatch ; Truncated(Normal([0, 1], 1), [0, 0, 0])",
           "wrong-type ; Truncated(Dirichlet([1, 1]), 0, 1)", "Truncated(Normal(0, 1), 0, 1).quantile(1.5)")
    outside = ("-1.001", "3.001", "inf", "-inf", "nan")
    projects = ("x ; Truncated(Normal(0.5, 2), -1, 3)",)
    moment_lines = tuple(f"{v} ; Truncated(Normal({', '.join('v' if j == k else a for j, a in enumerate(['0.5', '2']))}), "
                         f"{'v' if k == 2 else '-1'}, {'v' if k == 3 else '3'}) ; x ; "
                         f"Truncated(Normal({', '.join('v' if j == k else a for j, a in enumerate(['0.5', '2']))}), "
                         f"{'v' if k == 2 else '-1'}, {'v' if k == 3 else '3'}).mean"
                         for k, v in enumerate(["0.5", "2", "-1", "3"]))
    moment_lines += ("1.3 ; Truncated(Exponential(v), 0.5) ; x ; 0.5 + 1 / v", "0.5 ; Truncated(Exponential(1.3), v) ; x ^ 2 ; v ^ 2 + 2 * v / 1.3 + 2 / 1.69",
                     "41 ; Truncated(Normal(0, 1), v) ; x ; Truncated(Normal(0, 1), v).mean")
    allow = {"cdf": 32, "ccdf": 32, "log_cdf": 32, "log_ccdf": 32, "partial": 32, "quantile": 64, "upper_quantile": 64, "log_prob": 8, "mean": 8,
             "variance": 64, "entropy": 64, "median": 32}

    def ends(self, mu, sigma, a, b):
        return a, b

    def log_density(self, x, mu, sigma, a, b):
        return normal_log(x, mu, sigma) - mp.log(normal_between(a, b, mu, sigma))

    def terms(self, x, *p):
        return [normal_log(x, p[0], p[1]), -mp.log(normal_between(p[2], p[3], p[0], p[1]))]

    def below(self, x, mu, sigma, a, b):
        return normal_between(a, x, mu, sigma) / normal_between(a, b, mu, sigma)

    def above(self, x, mu, sigma, a, b):
        return normal_between(x, b, mu, sigma) / normal_between(a, b, mu, sigma)

    def moments(self, mu, sigma, a, b):
        mass = normal_between(a, b, mu, sigma)
        alpha, beta = (a - mu) / sigma, (b - mu) / sigma
        f, g = (mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi) / mass if mp.isfinite(z) else mpf(0) for z in (alpha, beta))
        zf, zg = (z * v if v else mpf(0) for z, v in ((alpha, f), (beta, g)))
        mean, variance = mu + sigma * (f - g), sigma ** 2 * (1 + zf - zg - (f - g) ** 2)
        entropy = mp.log(mp.sqrt(2 * mp.pi * mp.e) * sigma * mass) + (zf - zg) / 2
        return {"mean": (mean, abs(mu) + abs(mean) + sigma), "variance": variance, "entropy": (entropy, max(abs(entropy), mpf(1))),
                "median": (self.invert(mpf(0.5), False, mu, sigma, a, b), abs(mu) + abs(mean)), "mode": min(max(mu, a), b)}


class TruncatedBelow(TruncatedNormal):
    format = "Truncated(Normal({0}, {1}), {2})"
    cases = ((0, 1, 40), (1, 2, 0), (0, 1, -6), (3, 0.5, 1))
    places = tuple((lambda mu, sigma, a, w=w: (a if a > mu else mu) + w * sigma ** 2 / (sigma + max(a - mu, 0))) for w in (0.01, 0.7, 3))
    moment_lines = projects = ()

    def ends(self, mu, sigma, a):
        return a, max(a, mu) + 60 * sigma

    def log_density(self, x, *p):
        return super().log_density(x, *p, INF)

    def terms(self, x, *p):
        return super().terms(x, *p, INF)

    def below(self, x, *p):
        return super().below(x, *p, INF)

    def above(self, x, *p):
        return super().above(x, *p, INF)

    def moments(self, *p):
        m = {k: v for k, v in TruncatedNormal.moments(_two_sided, *p, INF).items() if k != "median"}
        m["median"] = (self.invert(mpf(0.5), False, *p), sum(map(abs, p)))
        return m


class _TwoSided(TruncatedNormal):
    def ends(self, mu, sigma, a, b):
        return a, min(b, max(a, mu) + 60 * sigma)


_two_sided = _TwoSided()


class TruncatedOther(Written):
    name = "Truncated"

    def references(self):
        for a, b, shape, x in ((1, 3, 2, 2), (0.25, 0.5, 0.5, 0.3125), (30, 40, 2, 31)):
            a, b, shape, x = map(mpf, (a, b, shape, x))
            mass = mp.gammainc(shape, a, b, regularized=True)
            log_p = (shape - 1) * mp.log(x) - x - mp.loggamma(shape)
            d = f"Truncated(Gamma({number(shape)}, 1), {number(a)}, {number(b)})"
            yield ref("log_prob", f"{d}.log_prob({number(x)})", log_p - mp.log(mass), 8 * (abs(log_p) + abs(mp.log(mass)) + a))
        for a, b, x in ((-0.001, 0.002, 0.001), (40, 40.000001, 40.0000005), (3, 3.0001, 3.00005)):
            a, b, x = map(mpf, (float(a), float(b), float(x)))
            yield ref("log_prob", f"Truncated(Normal(0, 1), {number(a)}, {number(b)}).log_prob({number(x)})",
                      normal_log(x, 0, 1) - mp.log(normal_between(a, b, 0, 1)), 1 + x * x)
        yield ref("log_prob", "Truncated(Exponential(2), -1).log_prob(0.5)", mp.log(2) - 1)
        weights = {k: mp.exp(poisson_log(mpf(k), mpf(3))) for k in range(1, 6)}
        mass = mp.fsum(weights.values())
        for k in range(1, 6):
            yield ref("log_prob", f"Truncated(Poisson(3), 0.5, 5.5).log_prob({k})", mp.log(weights[k] / mass), 8)
            yield ref("cdf", f"Truncated(Poisson(3), 0.5, 5.5).cdf({k})", mp.fsum(weights[j] for j in range(1, k + 1)) / mass)
        for k in (0, 6, 2.5):
            yield ref("log_prob", f"Truncated(Poisson(3), 0.5, 5.5).log_prob({k})", -INF)
        for q, k in ((0.05, 1), (0.5, 3), (0.99, 5)):
            yield ref("quantile", f"Truncated(Poisson(3), 0.5, 5.5).quantile({q})", mpf(k))


# ---- Censored ----

class Censored(Built):
    name = "Censored"
    format = "Censored(Normal({0}, {1}), {2}, {3})"
    cases = ((0.5, 2, -1, 3), (0, 1, -40, 40))
    places = tuple((lambda mu, sigma, a, b, w=w: a + w * (b - a)) for w in (0.125, 0.5, 0.875))
    examples = ("Censored(Normal(0.5, 2), -1, 3)", "Censored(Normal(0.5, 2), -1)", "Censored(Laplace(0.3, 1), -1.2, 3)")
    values = (-0.5, 0.25, 1, 1.5, 2.25, 2.875)
    total = ("(fn(d) { h = 4 / 2000; exp(d.log_prob(-1)) + exp(d.log_prob(3)) + sum(plate p(i in 0..2000) "
             "{ exp(d.log_prob(-1 + (i + 0.5 - 0.28867513459481287) * h)) + exp(d.log_prob(-1 + (i + 0.5 + 0.28867513459481287) * h)) }) * h / 2 })"
             "(Censored(Normal(0.5, 2), -1, 3))")
    bad = ("Censored(Normal(0, 1), 2, 1)", "Censored(Normal(0, 1), 1, 1)", "Censored(Normal(0, 1), nan, 1)", "wrong-type ; Censored(3, 0, 1)",
           "wrong-type ; Censored(Normal(0, 1), \"a\")", "wrong-type ; Censored(Dirichlet([1, 1]), 0, 1)")
    outside = ("-1.001", "3.001", "inf", "-inf", "nan")
    projects = ("where(x <= -1, 1, 0) ; Bernoulli(normal_cdf(-0.75))",
                "where(x >= 3, 1, 0) ; Bernoulli(normal_cdf(-1.25))", "where(x < 1, 1, 0) ; Bernoulli(normal_cdf(0.25))")
    learn = ("0.5 ; Censored(Normal(v, 2), -1, 3) ; x ; Censored(Normal(v, 2), -1, 3).mean",
             "2 ; Censored(Normal(0.5, v), -1, 3) ; x ; Censored(Normal(0.5, v), -1, 3).mean")
    allow = {"cdf": 16, "ccdf": 16, "log_cdf": 16, "log_ccdf": 16, "partial": 16, "quantile": 32, "upper_quantile": 32, "log_prob": 8, "mean": 8}

    def ends(self, mu, sigma, a, b):
        return a, b

    def log_density(self, x, mu, sigma, a, b):
        return normal_log(x, mu, sigma)

    def below(self, x, mu, sigma, a, b):
        return normal_below(x, mu, sigma) if x >= a else mpf(0)

    def above(self, x, mu, sigma, a, b):
        return normal_below(-x, -mu, sigma) if x < b else mpf(0)

    def invert(self, q, upper, mu, sigma, a, b):
        lower, higher = normal_below(a, mu, sigma), normal_below(-b, -mu, sigma)
        q = mpf(q)
        if (1 - q if upper else q) <= lower:
            return a
        if (q if upper else 1 - q) <= higher:
            return b
        return super().invert(q, upper, mu, sigma, a, b)

    def moments(self, mu, sigma, a, b):
        al, be = (a - mu) / sigma, (b - mu) / sigma

        def up(z):
            return z * normal_below(z, mpf(0), mpf(1)) + mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)
        return {"mean": (mu + sigma * (up(al) - up(-be)), abs(mu) + sigma), "median": min(max(mu, a), b)}

    def case_lines(self, given):
        yield from super().case_lines(given)
        mu, sigma, a, b = given
        call = self.call(given)
        for x, function in ((a, lambda *p: mp.log(normal_below(p[2], p[0], p[1]))), (b, lambda *p: mp.log(normal_below(-p[3], -p[0], p[1])))):
            size = abs(function(*given)) + self.sensitivity(function, given)
            yield ref("log_prob", f"{call}.log_prob({number(x)})", function(*given), size)
            yield ref("partial", f"grad(fn(v) {{ {call}.log_prob(v) }}, {number(x)})", mpf(0))
            for k in range(2):
                slope = partial(function, given, k, mpf(1))
                yield ref("partial", f"grad(fn(v) {{ {self.moving(given, k)}.log_prob({number(x)}) }}, {number(given[k])})", slope,
                          abs(slope) + self.sensitivity(lambda *p, k=k: partial(function, p, k, mpf(1)), given))


class CensoredCounts(Written):
    name = "Censored"

    def references(self):
        w = {k: mp.exp(poisson_log(mpf(k), mpf(3))) for k in range(120)}
        yield ref("log_prob", "Censored(Poisson(3), 1, 5).log_prob(1)", mp.log(w[0] + w[1]), 4)
        yield ref("log_prob", "Censored(Poisson(3), 1, 5).log_prob(3)", mp.log(w[3]), 8)
        yield ref("log_prob", "Censored(Poisson(3), 1, 5).log_prob(5)", mp.log(mp.fsum(w[k] for k in range(5, 120))), 4)
        yield ref("log_prob", "Censored(Poisson(3), 1, 5).log_prob(6)", -INF)


# ---- Folded ----

class Folded(Built):
    name = "Folded"
    format = "Folded(Normal({0}, {1}))"
    cases = ((0.5, 2), (3, 0.5), (-40, 1), (0, 1))
    examples = ("Folded(Normal(0.5, 2))", "Folded(StudentT(4, -0.5, 1.5))", "Folded(Laplace(0.3, 1))")
    places = (lambda mu, sigma: abs(mu) + sigma / 3, lambda mu, sigma: abs(mu) + 2 * sigma, lambda mu, sigma: sigma / 16,
              lambda mu, sigma: abs(mu) + 30 * sigma)
    positive = True
    values = (0.0625, 0.25, 1, 1.5, 4, 2)
    range = (0, 40)
    bad = ("wrong-type ; Folded(3)", "wrong-type ; Folded(Dirichlet([1, 1]))", "Folded(Normal(0, 1)).quantile(2)")
    outside = ("-0.5", "-inf", "inf", "nan")
    moment_lines = ()
    projects = ("x ; Folded(Normal(0.5, 2))", "x / 2 ; Folded(Normal(0.25, 1))")
    allow = {"cdf": 16, "ccdf": 16, "log_cdf": 16, "log_ccdf": 16, "partial": 64, "quantile": 64, "upper_quantile": 64, "log_prob": 8, "mean": 8,
             "variance": 16, "median": 32}

    def ends(self, mu, sigma):
        return mpf(0), abs(mu) + 60 * sigma

    def log_density(self, x, mu, sigma):
        return mp.log(mp.exp(normal_log(x, mu, sigma)) + mp.exp(normal_log(-x, mu, sigma)))

    def below(self, x, mu, sigma):
        return normal_between(-x, x, mu, sigma)

    def above(self, x, mu, sigma):
        return normal_below(-x, mu, sigma) + normal_below(-x, -mu, sigma)

    def moments(self, mu, sigma):
        r = abs(mu) / sigma
        turned = mp.exp(-r * r / 2) / mp.sqrt(2 * mp.pi) - r * normal_below(-r, mpf(0), mpf(1))
        mean = sigma * (r + 2 * turned)
        return {"mean": mean, "variance": (mu ** 2 + sigma ** 2 - mean ** 2, sigma ** 2), "median": (self.invert(0.5, False, mu, sigma), abs(mu) + sigma)}


# ---- ZeroInflated ----

class ZeroInflated(Counts):
    name = "ZeroInflated"
    format = "ZeroInflated(Poisson({0}), {1})"
    cases = ((3, 0.4), (0.5, 0.01), (40, 1e-20))
    examples = ("ZeroInflated(Poisson(3), 0.4)", "ZeroInflated(Binomial(9, 0.3), 0.25)", "ZeroInflated(NegativeBinomial(3, 0.4), logit = -1)")
    asks = ("cdf", "ccdf")
    partials = (1, 2)
    values = (0, 1, 2, 4, 6, 3)
    range = (0, 60)
    bad = ("ZeroInflated(Poisson(3), 1.5)", "ZeroInflated(Poisson(3), -0.1)", "ZeroInflated(Poisson(3), nan)", "ZeroInflated(Poisson(3), logit = inf)",
           "ZeroInflated(Poisson(3), 0.2, logit = 1)", "missing-argument ; ZeroInflated(Poisson(3))", "wrong-type ; ZeroInflated(Normal(0, 1), 0.2)",
           "wrong-type ; ZeroInflated(3, 0.2)", "shape-mismatch ; ZeroInflated(Poisson([1, 2]), [0.1, 0.2, 0.3])")
    outside = ("-1", "0.5", "inf", "nan")
    learn = ("0.4 ; ZeroInflated(Poisson(3), v) ; x ^ 2 ; (1 - v) * 12", "3 ; ZeroInflated(Poisson(v), 0.4) ; x ; 0.6 * v",
             "-1 ; ZeroInflated(Poisson(3), logit = v) ; x ; 3 * (1 - sigmoid(v))")
    allow = {"log_prob": 32, "partial": 32, "cdf": 32, "ccdf": 32}

    def counts(self, rate, p):
        return (0, 1, 3, 60)

    def bulk(self, rate, p):
        return 0, int(rate) + 200

    def split(self, given):
        return given[0], given[1]

    def terms(self, x, rate, p):
        if x == 0:
            return [mp.log(p + (1 - p) * mp.exp(-rate))]
        return [mp.log(1 - p), x * mp.log(rate), -rate, -mp.loggamma(x + 1)]

    def moments(self, rate, p):
        mode = mp.floor(rate)
        if self.probability(mpf(0), rate, p) >= self.probability(mode, rate, p):
            mode = mpf(0)
        return {"mean": (1 - p) * rate, "variance": (1 - p) * rate * (1 + p * rate), "mode": mode}

    def case_lines(self, given):
        for line in super().case_lines(given):
            if not line.startswith("entropy"):
                yield line


class ZeroInflatedLogit(ZeroInflated):
    format = "ZeroInflated(Poisson({0}), logit = {1})"
    cases = ((3, -1), (2, 50), (2, -800))
    quantiles = ()

    def native(self, rate, logit):
        return rate, 1 / (1 + mp.exp(-logit))

    def terms(self, x, rate, p):
        return super().terms(x, rate, p)

    def moments(self, rate, p):
        return {}

    def bulk(self, rate, p):
        return 0, 200

    def tail_lines(self, x, given):
        return ()

    def case_lines(self, given):
        for line in super().case_lines(given):
            if not line.startswith(("median", "cdf")):
                yield line


# ---- Mixture ----

class Mixture(Built):
    name = "Mixture"
    format = "Mixture([{0}, {1}], [Normal({2}, {3}), Normal({4}, {5})])"
    cases = ((0.25, 0.75, -1, 1, 2, 0.5), (1, 3, -1, 1.5, 3, 2), (0.5, 0.5, 0, 1, 0, 3))
    examples = ("Mixture([0.25, 0.75], [Normal(-1, 1), Normal(2, 0.5)])", "Mixture(logits = [0.3, -0.4], components = [Laplace(-1, 1), Normal(2, 0.5)])",
                "Mixture([2, 1, 1], [Truncated(Normal(0, 1), 0), Gamma(2, 1), Folded(Normal(1, 2))])")
    places = (lambda *p: p[2] + p[3] / 4, lambda *p: p[4] + p[5] / 8, lambda *p: (p[2] + p[4]) / 2, lambda *p: p[4] + 2 * p[5])
    values = (0.25, 1.5, 2.25, 0.75, 4, 2)
    range = (-12, 12)
    bad = ("Mixture([1, -1], [Normal(0, 1), Normal(1, 1)])", "Mixture([0, 0], [Normal(0, 1), Normal(1, 1)])", "Mixture([nan, 1], [Normal(0, 1), Normal(1, 1)])",
           "Mixture(logits = [inf, 0], components = [Normal(0, 1), Normal(1, 1)])", "wrong-type ; Mixture([1], [])",
           "Mixture([1, 1], [Normal(0, 1), Normal(1, 1)], logits = [0, 0])", "shape-mismatch ; Mixture([1, 1, 1], [Normal(0, 1), Normal(1, 1)])",
           "shape-mismatch ; Mixture([1, 1], [Normal([0, 1], 1), Normal([1, 2, 3], 1)])", "wrong-type ; Mixture([1, 1], [Normal(0, 1), Poisson(1)])",
           "wrong-type ; Mixture([1, 1], [Normal(0, 1), Dirichlet([1, 1])])", "wrong-type ; Mixture([1, 1], [1, 2])", "wrong-type ; Mixture(1, [Normal(0, 1)])",
           "missing-argument ; Mixture(components = [Normal(0, 1)])")
    outside = ("inf", "-inf", "nan")
    projects = ("x ; Mixture([0.25, 0.75], [Normal(-1, 1), Normal(2, 0.5)])",)
    allow = {"cdf": 16, "ccdf": 16, "log_cdf": 16, "log_ccdf": 16, "partial": 32, "quantile": 64, "upper_quantile": 64, "log_prob": 8, "mean": 8,
             "variance": 8, "median": 32}

    def weights(self, a, b):
        return a / (a + b), b / (a + b)

    def ends(self, a, b, *p):
        return min(p[0] - 60 * p[1], p[2] - 60 * p[3]), max(p[0] + 60 * p[1], p[2] + 60 * p[3])

    def log_density(self, x, a, b, *p):
        u, v = self.weights(a, b)
        return mp.log(u * mp.exp(normal_log(x, p[0], p[1])) + v * mp.exp(normal_log(x, p[2], p[3])))

    def below(self, x, a, b, *p):
        u, v = self.weights(a, b)
        return u * normal_below(x, p[0], p[1]) + v * normal_below(x, p[2], p[3])

    def above(self, x, a, b, *p):
        u, v = self.weights(a, b)
        return u * normal_below(-x, -p[0], p[1]) + v * normal_below(-x, -p[2], p[3])

    def quantile_size(self, x, q, *p):
        return super().quantile_size(x, q, *p) + abs(p[2]) + abs(p[4])

    def moments(self, a, b, *p):
        u, v = self.weights(a, b)
        mean = u * p[0] + v * p[2]
        variance = u * (p[1] ** 2 + (p[0] - mean) ** 2) + v * (p[3] ** 2 + (p[2] - mean) ** 2)
        return {"mean": (mean, abs(u * p[0]) + abs(v * p[2])), "variance": variance,
                "median": (self.invert(0.5, False, a, b, *p), abs(p[0]) + abs(p[2]) + p[1] + p[3])}


class MixtureOther(Written):
    name = "Mixture"

    def references(self):
        pair = "Mixture([1, 3], [Independent(Normal([0, 0], 1)), Independent(Normal([3, 3], 2))])"

        def both(*x):
            parts = [mp.fsum(normal_log(v, mpf(m), mpf(s)) for v in x) for m, s in ((0, 1), (3, 2))]
            return mp.log(mp.exp(parts[0]) / 4 + 3 * mp.exp(parts[1]) / 4)
        for x in ((0.25, 0.5), (3, -1), (100, 50)):
            x = tuple(map(mpf, x))
            yield ref("log_prob", f"{pair}.log_prob([{number(x[0])}, {number(x[1])}])", both(*x), 4 * abs(both(*x)))
        counts = "Mixture([0.5, 0.5], [Poisson(2), Binomial(3, 0.25)])"
        binomial = [mpf(27) / 64, mpf(27) / 64, mpf(9) / 64, mpf(1) / 64]
        for k in (0, 2, 3, 7):
            p = mp.exp(poisson_log(mpf(k), mpf(2))) / 2 + (binomial[k] / 2 if k < 4 else 0)
            yield ref("log_prob", f"{counts}.log_prob({k})", mp.log(p), 16)
        yield ref("partial", f"grad(fn(v) {{ Mixture([v, 0.5], [Poisson(2), Binomial(3, 0.25)]).log_prob(7) }}, 0.5)", mpf(1), 8)
        yield ref("log_prob", "Mixture([0, 1], [Normal(0, 1), Normal(1, 2)]).log_prob(1)", normal_log(mpf(1), mpf(1), mpf(2)), 4)


# ---- Independent ----

class Independent(Written):
    name = "Independent"
    examples = ("Independent(Normal([0.5, -1], [2, 0.25]))", "Independent(Gamma([2, 3], 1.5))")
    values = "[[0.25, 1], [1, 0.5], [2, 1.5], [0.5, 3], [0.125, 0.75], [4, 2]]"
    total = ("(fn(d) { sum(plate a(i in 0..201) { sum(plate b(j in 0..201) { exp(d.log_prob([0.5 + (i - 100) / 5, -1 + (j - 100) / 40])) / 200 }) }) })"
             "(Independent(Normal([0.5, -1], [2, 0.25])))")
    projects = ("x[0] ; Normal(0.5, 2)", "x[1] ; Normal(-1, 0.25)", "x[0] + 8 * x[1] ; Normal(-7.5, sqrt(8))")
    moment_lines = ("0.5 ; Independent(Normal([v, -1], [2, 0.25])) ; x[0] ^ 2 * x[1] ; -(v ^ 2 + 4)",
                    "2 ; Independent(Normal([0.5, -1], [v, 0.25])) ; x[0] ^ 2 ; v ^ 2 + 0.25")
    bad = ("shape-mismatch ; Independent(Normal(0, 1))", "wrong-type ; Independent(3)")
    outside = ("[inf, 0]", "[0, nan]", "[-inf, inf]")
    allow = {"partial": 8, "kl": 8}

    def references(self):
        p = ((mpf("0.5"), mpf(2)), (mpf(-1), mpf("0.25")))
        call = "Independent(Normal([0.5, -1], [2, 0.25]))"
        for x in ((0.25, 1), (60, -1.5)):
            parts = [normal_log(mpf(v), *q) for v, q in zip(x, p)]
            size = mp.fsum(abs(t) for t in parts) * 4
            yield ref("log_prob", f"{call}.log_prob([{number(x[0])}, {number(x[1])}])", mp.fsum(parts), size)
            slope = -(mpf(x[0]) - p[0][0]) / 4
            yield ref("partial", f"grad(fn(v) {{ {call}.log_prob([v, {number(x[1])}]) }}, {number(x[0])})", slope)
            yield ref("partial", f"grad(fn(v) {{ Independent(Normal([v, -1], [2, 0.25])).log_prob([{number(x[0])}, {number(x[1])}]) }}, 0.5)", -slope)
        yield ref("mean", f"{call}.mean[0]", mpf("0.5"))
        yield ref("variance", f"{call}.variance[0]", mpf(4))
        yield ref("variance", "Independent(Normal([0, 1], 3)).variance[1]", mpf(9))
        yield ref("stddev", f"{call}.stddev[0]", mpf(2))
        yield ref("median", f"{call}.median[1]", mpf(-1))
        yield ref("mode", f"{call}.mode[1]", mpf(-1))
        yield ref("entropy", f"{call}.entropy", 1 + mp.log(2 * mp.pi) + mp.log(mpf("0.5")), 4)
        kl = mp.fsum((s / t) ** 2 / 2 + ((m - n) / t) ** 2 / 2 - mpf(1) / 2 - mp.log(s / t) for (m, s), (n, t) in zip(p, ((0, 1), (0, 2))))
        yield ref("kl", f"{call}.kl(Independent(Normal([0, 0], [1, 2])))", kl, 8)


FAMILIES = [TruncatedNormal(), TruncatedBelow(), TruncatedOther(), Censored(), CensoredCounts(), Folded(), ZeroInflated(), ZeroInflatedLogit(), Mixture(),
            MixtureOther(), Independent()]
