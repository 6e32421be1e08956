# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts, categories and vectors of them: negative binomial, beta-binomial, discrete uniform; Bernoulli, binomial and geometric by
their logits and with both tails; one-hot, ordered, multinomial. Everything by sums of probabilities, to 60 digits."""
import itertools

from mpmath import mp, mpf

from .common import INF, NAN, Written, exactly, number, ref, vector

TAILS = ("cdf", "ccdf", "log_cdf", "log_ccdf")


def log_choose(n, k):
    return mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)


class Sums(Written):
    """Families of counts by log_mass(k, *own), for the counts of own.span(): the rest are sums over these."""

    format = None
    cases = ()        # given parameters
    at = (0, 1, 3, 10)
    asks = TAILS
    real = ()         # positions of parameters with a partial
    names = ("mean", "variance", "median", "mode", "entropy", "quantile", "upper_quantile")
    levels = (1e-300, 1e-20, 0.01, 0.25, 0.6, 0.99)
    reach = {}        # how far a quantity moves: sizes are multiplied by this
    endless = False   # the span is cut off where the rest is below 1e-30
    beyond = ()       # far counts, for the log probability alone

    def own(self, *given):
        return given

    def log_mass(self, k, *own):
        raise NotImplementedError

    def span(self, *own):
        raise NotImplementedError

    def at_counts(self, *own):
        low, high = self.span(*own)
        return [k for k in self.at if low <= k <= high]

    def densities(self, case):
        call = self.call(case)
        for k in [*self.at_counts(*self.own(*case)), *self.beyond]:
            k = mpf(k)

            def f(*given):
                return self.log_mass(k, *self.own(*given))

            value = f(*case)
            parts, size = [], abs(value)
            for j in self.real:
                h = abs(case[j]) * mpf(10) ** -20 or mpf(10) ** -20
                up, down = (f(*case[:j], case[j] + d, *case[j + 1:]) for d in (h, -h))
                parts.append((j, (up - down) / (2 * h)))
                size += abs(case[j] * parts[-1][1])
            yield ref("log_prob", f"{call}.log_prob({number(k)})", value, max(size, mpf(1)))
            for j, slope in parts:
                h = abs(case[j]) * mpf(10) ** -12 or mpf(10) ** -12
                second = (f(*case[:j], case[j] + h, *case[j + 1:]) + f(*case[:j], case[j] - h, *case[j + 1:]) - 2 * value) / h ** 2
                size = abs(slope) + abs(case[j] * second) + self.slope_size(k, j, *case)
                yield ref("partial", f"grad(fn(v) {{ {self.moving(case, j)}.log_prob({number(k)}) }}, {number(case[j])})", slope, size)

    def slope_size(self, k, j, *case):
        return mpf(0)

    def sums(self, case):
        own, call = self.own(*case), self.call(case)
        low, high = self.span(*own)
        mass = [(mpf(k), mp.exp(self.log_mass(mpf(k), *own))) for k in range(low, high + 1)]
        total = mp.fsum(p for _, p in mass)
        assert abs(total - 1) < mpf("1e-30"), (call, total)
        lower, upper, sum_ = {}, {}, mpf(0)
        for k, p in mass:
            sum_ += p
            lower[k] = sum_
        sum_ = mpf(0)
        for k, p in reversed(mass):
            upper[k] = sum_
            sum_ += p
        slack = self.slack(*own)
        for x in self.at_counts(*own):
            p, q = lower[mpf(x)], upper[mpf(x)]
            answers = dict(cdf=p, ccdf=q, log_cdf=mp.log(p) if p < 0.5 else mp.log1p(-q), log_ccdf=(mp.log(q) if q < 0.5 else mp.log1p(-p)) if q else -INF)
            for name in self.asks:
                v = answers[name]
                size = (abs(v) + slack if name.startswith("log") else v * (1 + slack)) if mp.isfinite(v) else 0
                yield ref(name, f"{call}.{name}({number(x)})", v, size)
        below = mpf(low) - 1
        for name, v in (("cdf", mpf(0)), ("ccdf", mpf(1)), ("log_cdf", -INF), ("log_ccdf", mpf(0))):
            if name in self.asks:
                yield ref(name, f"{call}.{name}({number(below)})", v)
        mean = mp.fsum(k * p for k, p in mass)
        variance = mp.fsum((k - mean) ** 2 * p for k, p in mass)
        entropy = -mp.fsum(p * mp.log(p) for _, p in mass if p > 0)
        best = max(p for _, p in mass)
        mode = next(k for k, p in mass if p > best * (1 - mpf("1e-25")))

        def find(q):
            return next((k for k, _ in mass if lower[k] >= q * (1 - mpf("1e-30"))), mass[-1][0])

        def find_upper(q):
            return next((k for k, _ in mass if upper[k] <= q * (1 + mpf("1e-30"))), mass[-1][0])

        def close(values, q):
            return any(abs(v - q) < mpf("1e-9") * q for v in values)

        one = mpf(1)
        answers = dict(mean=(mean, mean * self.reach.get("mean", one)), variance=(variance, variance * self.reach.get("variance", one)),
                       median=(find(mpf(0.5)), 1), mode=(mode, 1), entropy=(entropy, max(entropy, one) * self.reach.get("entropy", one)))
        for name, (v, size) in answers.items():
            if name in self.names and not (name == "median" and close(lower.values(), mpf(0.5))):
                yield ref(name, f"{call}.{name}", v, abs(size))
        for q in map(mpf, self.levels):
            if "quantile" in self.names and not close(lower.values(), q):
                yield ref("quantile", f"{call}.quantile({number(q)})", find(q))
            if "upper_quantile" in self.names and not (self.endless and q < mpf("1e-25")) and not close(upper.values(), q):
                yield ref("upper_quantile", f"{call}.upper_quantile({number(q)})", find_upper(q))

    def slack(self, *own):
        """How much a tail moves, relatively, by a relative change of the parameters."""
        return mpf(8)

    extra = ()  # functions that give more lines

    def references(self):
        for given in self.cases:
            case = tuple(exactly(v) for v in given)
            yield from self.densities(case)
            yield from self.sums(case)
        yield from self.divergences()
        yield from self.more()

    pairs = ()  # of cases, for kl

    def divergences(self):
        for a, b in self.pairs:
            a, b = (tuple(exactly(v) for v in c) for c in (a, b))
            low, high = self.span(*self.own(*a))
            parts = []
            for k in map(mpf, range(low, high + 1)):
                log_p = self.log_mass(k, *self.own(*a))
                if mp.isfinite(log_p):
                    parts.append(mp.exp(log_p) * (log_p - self.log_mass(k, *self.own(*b))))
            size = max(mp.fsum(map(abs, parts)), mpf(1)) * 4
            yield ref("kl", f"{self.call(a)}.kl({self.call(b)})", mp.fsum(parts), size)

    def more(self):
        return iter(())


# ---- Numbers ----

class NegativeBinomial(Sums):
    name = "NegativeBinomial"
    examples = ("NegativeBinomial(5, 0.4)", "NegativeBinomial(5, 0.7)", "NegativeBinomial(0.7, 0.9)", "NegativeBinomial(mean = 3, dispersion = 2)", "NegativeBinomial(40, logit = -0.5)")
    values = (0, 3, 1, 20, 4, 7)
    range = (0, 200)
    endless = True
    learn = ("0.4 ; NegativeBinomial(5, v) ; x ^ 2 ; m = 5 * v / (1 - v); m + m ^ 2 + m ^ 2 / 5",
             "3 ; NegativeBinomial(mean = v, dispersion = 2) ; x ^ 2 ; v + v ^ 2 + v ^ 2 / 2",
             "-0.5 ; NegativeBinomial(8, logit = v) ; x ; 8 * exp(v)")
    bad = ("NegativeBinomial(0, 0.5)", "NegativeBinomial(2, 1)", "NegativeBinomial(2, -0.1)", "NegativeBinomial(inf, 0.5)", "NegativeBinomial(2, logit = inf)",
           "NegativeBinomial(mean = -1, dispersion = 1)", "NegativeBinomial(mean = 1, dispersion = 0)")
    outside = ("-1", "0.5", "inf", "nan")
    allow = {"log_prob": 8, "partial": 16, "cdf": 16, "ccdf": 16, "log_cdf": 16, "log_ccdf": 16, "entropy": 64, "variance": 8}
    asks = TAILS
    real = (0, 1)
    at = (0, 1, 3, 10, 60)
    beyond = (1000, 10**9)
    cases = ((5, 0.4), (0.01, 0.5), (100, 0.001), (3, 0.9), (0.5, 1e-300))
    pairs = (((5, 0.4), (5, 0.7)), ((3, 0.5), (3, 0.01)))

    def log_mass(self, k, n, p):
        terms = [mp.loggamma(n + k), -mp.loggamma(n), -mp.loggamma(k + 1), n * mp.log1p(-p)]
        return mp.fsum(terms) + (k * mp.log(p) if k else 0)

    def span(self, n, p):
        m = n * p / (1 - p)
        return 0, int(m + 60 * mp.sqrt(m / (1 - p)) + 150 / (1 - p) + 100)

    def slack(self, n, p):
        return 8 + n + 60 / (1 - p)

    def slope_size(self, k, j, *case):
        return mpf(1)


class NegativeBinomialLogit(NegativeBinomial):
    format = "NegativeBinomial({0}, logit = {1})"
    cases = ((5, -0.5), (3, 2), (2, -50))
    pairs = (((5, -0.5), (5, 1)),)
    reach = {"mean": mpf(8), "variance": mpf(16)}

    def own(self, n, logit):
        return n, 1 / (1 + mp.exp(-logit))

    def more(self):
        yield ref("log_prob", "NegativeBinomial(2, logit = 800).log_prob(0)", mpf(-1600))
        yield ref("log_prob", "NegativeBinomial(2, logit = -800).log_prob(1)", mp.log(2) - 800, 1600)
        p, q = mpf(0.4), 1 / (1 + mp.exp(-mpf(0.5)))
        kl = 5 * (mp.log1p(-p) - mp.log1p(-q)) + 5 * p / (1 - p) * (mp.log(p) - mp.log(q))
        yield ref("kl", "NegativeBinomial(5, 0.4).kl(NegativeBinomial(5, logit = 0.5))", kl, 8)


class NegativeBinomialMean(NegativeBinomial):
    format = "NegativeBinomial(mean = {0}, dispersion = {1})"
    cases = ((3, 2), (0.001, 0.1), (200, 1e6), (4, 1e9), (1e-300, 2))
    pairs = (((3, 2), (5, 2)), ((0.5, 2), (3, 2)))
    reach = {"mean": mpf(4), "variance": mpf(8)}

    def own(self, mean, dispersion):
        return dispersion, mean / (mean + dispersion)

    def log_mass(self, k, n, p):
        # lgamma of sizes that are much larger than the count
        rise = mp.fsum(mp.log(n + j) for j in range(int(k))) if k < 2000 else mp.loggamma(n + k) - mp.loggamma(n)
        return rise - mp.loggamma(k + 1) + n * mp.log1p(-p) + (k * mp.log(p) if k else 0)

    def slack(self, n, p):
        m = n * p / (1 - p)
        return 60 + m

    def more(self):
        for k, mean in ((0, mpf(3.5)), (2, mpf(3.5)), (1000, mpf(1000)), (10**9, mpf(10) ** 9)):
            value = (k * mp.log(mean) if k else 0) - mean - mp.loggamma(mpf(k) + 1)
            yield ref("log_prob", f"NegativeBinomial(mean = {number(mean)}, dispersion = 1e300).log_prob({k})", value, abs(value) + 1)


class BetaBinomial(Sums):
    name = "BetaBinomial"
    examples = ("BetaBinomial(2, 3, 10)", "BetaBinomial(0.5, 0.25, 10)", "BetaBinomial(30, 10, 40)")
    values = (0, 3, 1, 10, 4, 7)
    range = (0, 10)
    learn = ("2 ; BetaBinomial(v, 3, 10) ; x ; 10 * v / (v + 3)", "3 ; BetaBinomial(2, v, 10) ; x ; 20 / (2 + v)")
    bad = ("BetaBinomial(0, 1, 5)", "BetaBinomial(1, -1, 5)", "BetaBinomial(1, 1, 2.5)", "BetaBinomial(1, 1, -1)")
    outside = ("-1", "0.5", "11", "inf", "nan")
    allow = {"log_prob": 16, "partial": 16, "cdf": 64, "ccdf": 64, "log_cdf": 64, "log_ccdf": 64, "entropy": 32, "variance": 8}
    asks = ("cdf", "ccdf")
    real = (0, 1)
    at = (0, 1, 3, 7, 10, 40, 200)
    cases = ((2, 3, 10), (0.5, 0.25, 10), (1, 1, 4), (30, 10, 200), (1e6, 2e6, 40), (0.001, 5, 3), (2, 2, 0))

    def log_mass(self, k, a, b, n):
        return log_choose(n, k) + mp.log(mp.beta(k + a, n - k + b)) - mp.log(mp.beta(a, b))

    def span(self, a, b, n):
        return 0, int(n)

    def slope_size(self, k, j, *case):
        return mpf(1) / case[j]

    def more(self):
        n = mpf(10) ** 9
        for k in (0, 4 * 10**8, 10**9):
            value = log_choose(n, k) + mp.loggamma(k + 2) + mp.loggamma(n - k + 3) - mp.loggamma(n + 5) - mp.log(mp.beta(2, 3))
            yield ref("log_prob", f"BetaBinomial(2, 3, 1e9).log_prob({k})", value, abs(value))


class DiscreteUniform(Sums):
    name = "DiscreteUniform"
    examples = ("DiscreteUniform(-2, 5)", "DiscreteUniform(3, 3)", "DiscreteUniform(1, 6)")
    values = (-2, 3, 5, 0, 1, 3)
    range = (-2, 5)
    bad = ("DiscreteUniform(2, 1)", "DiscreteUniform(0.5, 3)", "DiscreteUniform(-inf, 3)")
    outside = ("-3", "0.5", "6", "inf", "nan")
    asks = ("cdf", "ccdf")
    at = (-2, 0, 3, 5)
    cases = ((-2, 5), (3, 3), (-1000, 1000))
    pairs = (((-2, 5), (-4, 10)),)

    def log_mass(self, k, low, high):
        return -mp.log(high - low + 1)

    def span(self, low, high):
        return int(low), int(high)

    def more(self):
        for j, text in ((mpf(1) / 8, "DiscreteUniform(v, 5).log_prob(1) }, -2"), (-mpf(1) / 8, "DiscreteUniform(-2, v).log_prob(1) }, 5")):
            yield ref("partial", f"grad(fn(v) {{ {text})", j)
        yield ref("kl", "DiscreteUniform(-2, 5).kl(DiscreteUniform(0, 9))", INF)
        for q in (0.125, 0.126, 0.5, 1):
            yield ref("quantile", f"DiscreteUniform(-2, 5).quantile({number(q)})", mp.ceil(q * 8) - 3)
        for q in (0, 0.125, 0.126, 1):
            yield ref("upper_quantile", f"DiscreteUniform(-2, 5).upper_quantile({number(q)})", max(5 - mp.floor(q * 8), mpf(-2)))


# ---- What is added to older families: logits, and upper tails ----

def sigmoid(a):
    return 1 / (1 + mp.exp(-a))


class BernoulliLogit(Sums):
    name = "Bernoulli"
    format = "Bernoulli(logit = {0})"
    real = (0,)
    at = (0, 1)
    cases = ((0.3,), (-2,), (30,), (-90,))
    pairs = (((0.3,), (-2,)), ((30,), (20,)))
    levels = (0.01, 0.25, 0.6, 0.99)

    def log_mass(self, k, logit):
        return -mp.log1p(mp.exp(-logit if k else logit))

    def span(self, logit):
        return 0, 1

    def slack(self, logit):
        return 4 + abs(logit)

    reach = {"mean": mpf(32), "variance": mpf(64), "entropy": mpf(1)}

    def more(self):
        yield ref("log_prob", "Bernoulli(logit = 800).log_prob(false)", mpf(-800))
        yield ref("log_prob", "Bernoulli(logit = 800).log_prob(true)", mpf(0))
        yield ref("log_prob", "Bernoulli(logit = -800).log_prob(true)", mpf(-800))
        for x, p in ((0, mpf(0.3)), (0, mpf("1e-300"))):
            p = exactly(p)
            yield ref("ccdf", f"Bernoulli({number(p)}).ccdf(0)", p)
            yield ref("log_ccdf", f"Bernoulli({number(p)}).log_ccdf(0)", mp.log(p))
            yield ref("log_cdf", f"Bernoulli({number(p)}).log_cdf(0)", mp.log1p(-p))
            yield ref("upper_quantile", f"Bernoulli({number(p)}).upper_quantile({number(p / 2)})", mpf(1))
            yield ref("upper_quantile", f"Bernoulli({number(p)}).upper_quantile({number(2 * p)})", mpf(0))
        yield ref("kl", "Bernoulli(1).kl(Bernoulli(logit = 2))", mp.log1p(mp.exp(-mpf(2))))
        yield ref("kl", "Bernoulli(logit = 800).kl(Bernoulli(0))", INF)
        yield ref("kl", "Bernoulli(0).kl(Bernoulli(logit = 800))", mpf(800))


class BinomialLogit(Sums):
    name = "Binomial"
    format = "Binomial({0}, logit = {1})"
    real = (1,)
    at = (0, 1, 3, 7, 10)
    cases = ((10, 0.3), (7, -3), (200, 1.5), (10, 40), (10, -40))
    pairs = (((10, 0.3), (10, -1)),)
    names = ("mean", "variance", "mode", "median", "entropy", "quantile", "upper_quantile")

    def log_mass(self, k, n, logit):
        return log_choose(n, k) - k * mp.log1p(mp.exp(-logit)) - (n - k) * mp.log1p(mp.exp(logit))

    def span(self, n, logit):
        return 0, int(n)

    def slack(self, n, logit):
        return 8 + n * (1 + abs(logit))

    reach = {"mean": mpf(45), "variance": mpf(45), "entropy": mpf(45)}

    def slope_size(self, k, j, *case):
        return case[0]

    def more(self):
        yield ref("log_prob", "Binomial(3, logit = 800).log_prob(1)", mp.log(3) - 1600)
        n, k = mpf(10) ** 9, mpf(4) * 10**8
        value = log_choose(n, k) + k * mp.log(mpf(0.4)) + (n - k) * mp.log1p(-mpf(0.4))
        yield ref("log_prob", "Binomial(1e9, 0.4).log_prob(4e8)", value)
        p, n = mpf(0.3), 10
        mass = [mp.exp(log_choose(n, k) + k * mp.log(p) + (n - k) * mp.log1p(-p)) for k in range(n + 1)]
        for x in (0, 3, 9):
            low, high = mp.fsum(mass[:x + 1]), mp.fsum(mass[x + 1:])
            yield ref("ccdf", f"Binomial(10, 0.3).ccdf({x})", high, high * 40)
            yield ref("log_cdf", f"Binomial(10, 0.3).log_cdf({x})", mp.log(low), 10)
            yield ref("log_ccdf", f"Binomial(10, 0.3).log_ccdf({x})", mp.log(high), 20)
        for q in (1e-300, 1e-6, 0.01, 0.3):
            x = next(k for k in range(n + 1) if mp.fsum(mass[k + 1:]) <= q)
            yield ref("upper_quantile", f"Binomial(10, 0.3).upper_quantile({number(mpf(q))})", mpf(x))
        q = mpf(0.6)
        yield ref("kl", "Binomial(10, 0.3).kl(Binomial(10, 0.6))", 10 * (p * mp.log(p / q) + (1 - p) * mp.log((1 - p) / (1 - q))), 20)


class GeometricLogit(Sums):
    name = "Geometric"
    format = "Geometric(logit = {0})"
    endless = True
    real = (0,)
    cases = ((0.3,), (-3,), (4,))
    pairs = (((0.3,), (-1,)),)
    at = (0, 1, 3, 10)
    reach = {"mean": mpf(8), "variance": mpf(16), "entropy": mpf(8)}

    def log_mass(self, k, logit):
        return -mp.log1p(mp.exp(-logit)) - k * mp.log1p(mp.exp(logit))

    def span(self, logit):
        return 0, int(160 * (1 + mp.exp(-logit)) + 10)

    def slope_size(self, k, j, *case):
        return k + 1

    asks = ("cdf", "ccdf", "log_ccdf")

    def more(self):
        yield ref("log_prob", "Geometric(logit = 800).log_prob(2)", mpf(-1600))
        yield ref("mean", "Geometric(logit = -600).mean", mp.exp(mpf(600)), 600 * mp.exp(mpf(600)))
        p = mpf(0.35)
        for x in (0, 3, 2000):
            yield ref("ccdf", f"Geometric(0.35).ccdf({x})", (1 - p) ** (x + 1), (x + 2) * (1 - p) ** (x + 1))
            yield ref("log_ccdf", f"Geometric(0.35).log_ccdf({x})", (x + 1) * mp.log1p(-p))
        for q in (1e-300, 1e-10, 0.3):
            yield ref("upper_quantile", f"Geometric(0.35).upper_quantile({number(mpf(q))})", mp.ceil(mp.log(mpf(q)) / mp.log1p(-p)) - 1)


class PoissonTails(Written):
    name = "Poisson"

    def references(self):
        yield ref("log_prob", "Poisson(0).log_prob(0)", mpf(0))
        yield ref("log_prob", "Poisson(0).log_prob(1)", -INF)
        yield ref("partial", "grad(fn(v) { Poisson(v).log_prob(0) }, 0)", mpf(-1))
        yield ref("cdf", "Poisson(0).cdf(0)", mpf(1))
        yield ref("quantile", "Poisson(0).quantile(0.9)", mpf(0))
        yield ref("entropy", "Poisson(0).entropy", mpf(0))
        yield ref("kl", "Poisson(0).kl(Poisson(2))", mpf(2))
        for rate in map(mpf, (3.5, 1000)):
            for k in (0, 2, 20, 3000):
                low, high = mp.gammainc(k + 1, rate, regularized=True), mp.gammainc(k + 1, 0, rate, regularized=True)
                call = f"Poisson({number(rate)})"
                yield ref("ccdf", f"{call}.ccdf({k})", high, high * (1 + k + rate))
                yield ref("log_cdf", f"{call}.log_cdf({k})", mp.log(low) if low < 0.5 else mp.log1p(-high), rate + k)
                yield ref("log_ccdf", f"{call}.log_ccdf({k})", mp.log(high) if high < 0.5 else mp.log1p(-low), rate + k)
            for q in map(mpf, (1e-300, 1e-20, 0.01, 0.7)):
                x = 0
                while mp.gammainc(x + 1, 0, rate, regularized=True) > q:
                    x += 1
                yield ref("upper_quantile", f"{call}.upper_quantile({number(q)})", mpf(x))
        for k, rate in ((10**6, 10**6), (10**9, 10**9), (10**9, 10**9 + 10**5), (1000, 900)):
            value = k * mp.log(mpf(rate)) - rate - mp.loggamma(mpf(k) + 1)
            yield ref("log_prob", f"Poisson({rate}).log_prob({k})", value, abs(value) + abs(k - rate))


class CategoricalTail(Written):
    name = "Categorical"

    def references(self):
        for x, value in ((-1, 1), (0, 0.75), (1, 0.25), (2, 0), (1.5, 0.25)):
            yield ref("ccdf", f"Categorical([0.25, 0.5, 0.25]).ccdf({number(mpf(x))})", mpf(value))


# ---- Categories on a scale ----

class OrderedLogistic(Written):
    name = "OrderedLogistic"
    examples = ("OrderedLogistic(0.3, [-1, 0.5, 2])", "OrderedLogistic(-2, [0])", "OrderedLogistic(1, [-3, -1, 0, 1.5])")
    values = (0, 1, 2, 3, 1, 2)
    range = (0, 3)
    learn = ("0.3 ; OrderedLogistic(v, [-1, 0.5, 2]) ; x ; sigmoid(v + 1) + sigmoid(v - 0.5) + sigmoid(v - 2)",
             "0.5 ; OrderedLogistic(0.3, [-1, v, 2]) ; x ; sigmoid(1.3) + sigmoid(0.3 - v) + sigmoid(-1.7)")
    bad = ("OrderedLogistic(0, [1, 1])", "OrderedLogistic(0, [2, 1])", "OrderedLogistic(inf, [0])", "OrderedLogistic(0, [])", "OrderedLogistic(0, [0, nan])")
    outside = ("-1", "0.5", "4", "inf", "nan")
    allow = {"log_prob": 8, "partial": 8, "kl": 16, "entropy": 8, "variance": 16}

    def masses(self, eta, cuts):
        bounds = [sigmoid(mpf(c) - eta) for c in cuts]
        return [b - a for a, b in zip([mpf(0)] + bounds, bounds + [mpf(1)])]

    def references(self):
        mp.dps = 1000
        yield from self.tails()
        mp.dps = 60
        for eta, cuts in ((mpf(0.3), (-1, 0.5, 2)), (mpf(-2), (0,)), (mpf(2.5), (-1, 0.5, 2))):
            p, call = self.masses(eta, cuts), f"OrderedLogistic({number(eta)}, {vector(map(mpf, cuts))})"
            mean = mp.fsum(k * v for k, v in enumerate(p))
            yield ref("mean", f"{call}.mean", mean, mean + 1)
            yield ref("variance", f"{call}.variance", mp.fsum((k - mean) ** 2 * v for k, v in enumerate(p)), 4)
            yield ref("mode", f"{call}.mode", mpf(max(range(len(p)), key=lambda k: p[k])))
            sums = list(itertools.accumulate(p))
            yield ref("median", f"{call}.median", mpf(next(k for k, s in enumerate(sums) if s >= 0.5)))
            yield ref("entropy", f"{call}.entropy", -mp.fsum(v * mp.log(v) for v in p), 2)
            for q in (0.01, 0.3, 0.9):
                yield ref("quantile", f"{call}.quantile({q})", mpf(next(k for k, s in enumerate(sums) if s >= q)))
            other = self.masses(mpf(1), cuts)
            yield ref("kl", f"{call}.kl(OrderedLogistic(1, {vector(map(mpf, cuts))}))", mp.fsum(v * mp.log(v / w) for v, w in zip(p, other)), 4)
            for k in range(len(cuts)):
                yield ref("probs", f"{call}.probs[{k}]", p[k])

    def tails(self):
        cuts = tuple(map(mpf, (-1, 0.5, 2)))
        for eta in map(mpf, (0.3, 40, -40, 800, -800)):
            call = f"OrderedLogistic({number(eta)}, {vector(cuts)})"
            for k in range(4):
                def f(e, *c):
                    return mp.log(self.masses(e, c)[k])
                value = f(eta, *cuts)
                yield ref("log_prob", f"{call}.log_prob({k})", value, abs(value) + abs(eta) * (abs(value) > 1))
                h = mpf(10) ** -200
                yield ref("partial", f"grad(fn(v) {{ OrderedLogistic(v, {vector(cuts)}).log_prob({k}) }}, {number(eta)})",
                          (f(eta + h, *cuts) - f(eta - h, *cuts)) / (2 * h), 1 + abs(eta) * (abs(eta) < 100))
                for j in range(3):
                    up, down = (f(eta, *cuts[:j], cuts[j] + d, *cuts[j + 1:]) for d in (h, -h))
                    moved = ", ".join("v" if i == j else number(c) for i, c in enumerate(cuts))
                    yield ref("partial", f"grad(fn(v) {{ OrderedLogistic({number(eta)}, [{moved}]).log_prob({k}) }}, {number(cuts[j])})", (up - down) / (2 * h), 2)
            for x in (-1, 0, 1, 2, 3):
                p = self.masses(eta, cuts)
                low, high = mp.fsum(p[:x + 1]), mp.fsum(p[x + 1:])
                answers = dict(cdf=low, ccdf=high, log_cdf=mp.log(low) if low else -INF, log_ccdf=mp.log(high) if high else -INF)
                for name, v in answers.items():
                    if not 0 < x < 3 and name in ("log_cdf", "log_ccdf") and abs(v) < mpf(10) ** -300 and x in (-1, 3):
                        v = mpf(0)
                    if name in ("cdf", "ccdf") and 0 < v < mpf(10) ** -300:
                        continue
                    if 0 < abs(v) < mpf(10) ** -300:
                        continue
                    size = (abs(v) * (1 + abs(eta)) if mp.isfinite(v) else 0)
                    yield ref(name, f"{call}.{name}({x})", v, size)


# ---- Vectors ----

class OneHotCategorical(Written):
    name = "OneHotCategorical"
    examples = ("OneHotCategorical([0.5, 0.3, 0.2])", "OneHotCategorical(logits = [0, 1, -2])")
    values = "[[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]]"
    total = "sum(exp(OneHotCategorical([0.5, 0.3, 0.2]).log_prob([[1, 0, 0], [0, 1, 0], [0, 0, 1]])))"
    projects = ("x @ [0, 1, 2] ; Categorical([0.5, 0.3, 0.2])", "x[1] ; Bernoulli(0.3)")
    learn = ("0.4 ; OneHotCategorical([v, 1 - v]) ; x @ [1, 3] ; v + 3 * (1 - v)", "0.4 ; OneHotCategorical(logits = [v, 0, 1]) ; x[0] ; exp(v) / (exp(v) + 1 + exp(1))")
    bad = ("OneHotCategorical([0, 0])", "OneHotCategorical([0.5, -0.5])", "OneHotCategorical(logits = [0, inf])", "OneHotCategorical([])")
    outside = ("[1, 1, 0]", "[0, 0, 0]", "[0.5, 0.5, 0]", "[2, -1, 0]", "[nan, 0, 1]")
    allow = {"log_prob": 8, "partial": 8}

    def references(self):
        p = [mpf(v) for v in (0.5, 0.3, 0.2)]
        total, call = mp.fsum(p), "OneHotCategorical([0.5, 0.3, 0.2])"
        p = [v / total for v in p]
        for k in range(3):
            x = vector([mpf(int(j == k)) for j in range(3)])
            yield ref("log_prob", f"{call}.log_prob({x})", mp.log(p[k]))
            yield ref("mean", f"{call}.mean[{k}]", p[k])
            yield ref("variance", f"{call}.variance[{k}]", p[k] * (1 - p[k]))
            yield ref("mode", f"{call}.mode[{k}]", mpf(int(k == 0)))
            for j in range(3):
                yield ref("covariance", f"{call}.covariance[{k}, {j}]", (p[k] if j == k else 0) - p[k] * p[j], p[k])
        yield ref("log_prob", "OneHotCategorical(logits = [0, 800]).log_prob([1, 0])", mpf(-800))
        yield ref("log_prob", "OneHotCategorical([0, 1]).log_prob([1, 0])", -INF)
        yield ref("log_prob", "OneHotCategorical([0, 1]).log_prob([0, 1])", mpf(0))
        yield ref("partial", "grad(fn(v) { OneHotCategorical([v, 0.5]).log_prob([1, 0]) }, 0.5)", mpf(1), 2)
        yield ref("partial", "grad(fn(v) { OneHotCategorical(logits = [v, 0]).log_prob([1, 0]) }, 0)", mpf(0.5), 1)
        yield ref("partial", "grad(fn(v) { OneHotCategorical(logits = [v, 0]).log_prob([0, 1]) }, 0)", mpf(-0.5), 1)
        yield ref("entropy", f"{call}.entropy", -mp.fsum(v * mp.log(v) for v in p))
        q = [mpf(1) / 7, mpf(2) / 7, mpf(4) / 7]
        yield ref("kl", f"{call}.kl(OneHotCategorical([1, 2, 4]))", mp.fsum(v * mp.log(v / w) for v, w in zip(p, q)), 2)


class Multinomial(Written):
    name = "Multinomial"
    examples = ("Multinomial(5, [0.5, 0.3, 0.2])", "Multinomial(5, logits = [0, 1, -2])")
    values = "[[5, 0, 0], [2, 2, 1], [0, 1, 4], [3, 1, 1], [2, 3, 0], [1, 1, 3]]"
    total = "sum(for i in 0..6 { sum(for j in 0..6 - i { exp(Multinomial(5, [0.5, 0.3, 0.2]).log_prob([i, j, 5 - i - j])) }) })"
    projects = ("x[0] ; Binomial(5, 0.5)", "x[1] ; Binomial(5, 0.3)", "x[2] ; Binomial(5, 0.2)", "x[0] + x[2] ; Binomial(5, 0.7)")
    learn = ("0.4 ; Multinomial(5, [v, 1 - v]) ; x @ [1, 3] ; 5 * (v + 3 * (1 - v))", "0.4 ; Multinomial(3, logits = [v, 0, 1]) ; x[0] ; 3 * exp(v) / (exp(v) + 1 + exp(1))")
    bad = ("Multinomial(-1, [0.5, 0.5])", "Multinomial(1.5, [0.5, 0.5])", "Multinomial(2, [0, 0])", "Multinomial(2, [-1, 2])", "Multinomial(2, logits = [0, nan])")
    outside = ("[4, 0, 0]", "[6, -1, 0]", "[2.5, 2.5, 0]", "[nan, 3, 2]", "[inf, 0, 0]")
    allow = {"log_prob": 16, "partial": 8}

    def log_mass(self, x, p):
        return mp.loggamma(mp.fsum(x) + 1) + mp.fsum((k * mp.log(v) if k else mpf(0)) - mp.loggamma(mpf(k) + 1) for k, v in zip(x, p))

    def references(self):
        given = [mpf(v) for v in (0.5, 0.3, 0.2)]
        total = mp.fsum(given)
        p = [v / total for v in given]
        call = "Multinomial(5, [0.5, 0.3, 0.2])"
        for x in ((5, 0, 0), (2, 2, 1), (0, 0, 5)):
            yield ref("log_prob", f"{call}.log_prob({vector(x)})", self.log_mass(x, p), 5)
        x = (500000000, 300000000, 200000000)
        slack = mp.fsum(abs(k - 10**9 * v) for k, v in zip(x, p)) + 200
        yield ref("log_prob", f"Multinomial(1e9, [0.5, 0.3, 0.2]).log_prob({vector(x)})", self.log_mass(x, p), slack)
        yield ref("log_prob", "Multinomial(0, [0.5, 0.5]).log_prob([0, 0])", mpf(0))
        yield ref("log_prob", "Multinomial(2, [0, 1]).log_prob([0, 2])", mpf(0))
        yield ref("log_prob", "Multinomial(2, [0, 1]).log_prob([1, 1])", -INF)
        yield ref("log_prob", "Multinomial(2, logits = [0, 800]).log_prob([2, 0])", mpf(-1600))
        yield ref("partial", "grad(fn(v) { Multinomial(5, [v, 0.5]).log_prob([2, 3]) }, 0.5)", mpf(2) / mpf(0.5) - 5, 10)
        yield ref("partial", "grad(fn(v) { Multinomial(5, logits = [v, 0]).log_prob([2, 3]) }, 0)", mpf(-0.5), 5)
        for k in range(3):
            yield ref("mean", f"{call}.mean[{k}]", 5 * p[k])
            yield ref("variance", f"{call}.variance[{k}]", 5 * p[k] * (1 - p[k]))
            for j in range(3):
                yield ref("covariance", f"{call}.covariance[{k}, {j}]", 5 * ((p[k] if j == k else 0) - p[k] * p[j]), 5 * p[k])
        q = [mpf(1) / 7, mpf(2) / 7, mpf(4) / 7]
        yield ref("kl", f"{call}.kl(Multinomial(5, [1, 2, 4]))", 5 * mp.fsum(v * mp.log(v / w) for v, w in zip(p, q)), 10)


class DirichletMultinomial(Written):
    name = "DirichletMultinomial"
    examples = ("DirichletMultinomial([2, 3, 1], 5)", "DirichletMultinomial([0.4, 0.2, 3], 5)")
    values = "[[5, 0, 0], [2, 2, 1], [0, 1, 4], [3, 1, 1], [2, 3, 0], [1, 1, 3]]"
    total = "sum(for i in 0..6 { sum(for j in 0..6 - i { exp(DirichletMultinomial([2, 3, 1], 5).log_prob([i, j, 5 - i - j])) }) })"
    projects = ("x[0] ; BetaBinomial(2, 4, 5)", "x[1] ; BetaBinomial(3, 3, 5)", "x[2] ; BetaBinomial(1, 5, 5)")
    learn = ("2 ; DirichletMultinomial([v, 3], 5) ; x @ [1, 3] ; 5 * (v + 9) / (v + 3)",)
    bad = ("DirichletMultinomial([0, 1], 5)", "DirichletMultinomial([1, 1], 2.5)", "DirichletMultinomial([1, inf], 2)", "DirichletMultinomial([], 2)")
    outside = ("[4, 0, 0]", "[6, -1, 0]", "[2.5, 2.5, 0]", "[nan, 3, 2]")
    allow = {"log_prob": 16, "partial": 16}

    def log_mass(self, x, a):
        s, n = mp.fsum(a), mp.fsum(x)
        parts = mp.fsum(mp.loggamma(k + v) - mp.loggamma(v) - mp.loggamma(mpf(k) + 1) for k, v in zip(x, a))
        return mp.loggamma(n + 1) + mp.loggamma(s) - mp.loggamma(n + s) + parts

    def references(self):
        a = [mpf(2), mpf(3), mpf(1)]
        call, s, n = "DirichletMultinomial([2, 3, 1], 5)", mpf(6), 5
        for x in ((5, 0, 0), (2, 2, 1), (0, 0, 5)):
            yield ref("log_prob", f"{call}.log_prob({vector(x)})", self.log_mass(x, a), 5)
            for k in range(3):
                h = mpf(10) ** -20
                up, down = (self.log_mass(x, [v + (d if j == k else 0) for j, v in enumerate(a)]) for d in (h, -h))
                moved = ", ".join("v" if j == k else number(v) for j, v in enumerate(a))
                yield ref("partial", f"grad(fn(v) {{ DirichletMultinomial([{moved}], 5).log_prob({vector(x)}) }}, {number(a[k])})", (up - down) / (2 * h), 2)
        x = (5 * 10**8, 2 * 10**8, 3 * 10**8)
        yield ref("log_prob", f"DirichletMultinomial([2, 3, 1], 1e9).log_prob({vector(x)})", self.log_mass(x, a))
        yield ref("log_prob", "DirichletMultinomial([1e8, 2e8], 30).log_prob([10, 20])", self.log_mass((10, 20), [mpf(10) ** 8, 2 * mpf(10) ** 8]), 10)
        yield ref("log_prob", "DirichletMultinomial([0.001, 0.002], 3).log_prob([3, 0])", self.log_mass((3, 0), [mpf(0.001), mpf(0.002)]), 8)
        yield ref("log_prob", "DirichletMultinomial([1, 1], 0).log_prob([0, 0])", mpf(0))
        p = [v / s for v in a]
        spread = n * (n + s) / (1 + s)
        for k in range(3):
            yield ref("mean", f"{call}.mean[{k}]", n * p[k])
            yield ref("variance", f"{call}.variance[{k}]", spread * p[k] * (1 - p[k]), 2 * spread * p[k])
            for j in range(3):
                yield ref("covariance", f"{call}.covariance[{k}, {j}]", spread * ((p[k] if j == k else 0) - p[k] * p[j]), 2 * spread * p[k])


FAMILIES = [NegativeBinomial(), NegativeBinomialLogit(), NegativeBinomialMean(), BetaBinomial(), DiscreteUniform(), BernoulliLogit(),
            BinomialLogit(), GeometricLogit(), PoissonTails(), CategoricalTail(), OrderedLogistic(), OneHotCategorical(), Multinomial(),
            DirichletMultinomial()]
