# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules of families share: numbers and reference lines as texts, and the classes Family (continuous), Counts
(discrete) and Written (whatever else), whose objects write the lines of tests/data/families/NAME.txt.

A module has a list FAMILIES of objects. Several objects may have one `name`, such as the family and its alternative ways to give
parameters: their reference lines follow one another, and the first one writes what is said of the family (example, values, …).

Everything is computed with mpmath to 60 digits, at arguments that are exactly doubles. A reference line has a `size`: how large
the terms are that make up the value, and how far it moves when its arguments move by a relative 1. Errors are judged in units of
size times epsilon.
"""
from mpmath import mp, mpf

mp.dps = 60
INF = mpf("inf")
NAN = mpf("nan")


# ---- Texts ----

def number(v):
    """A number as Elbo reads it: exactly the double."""
    if isinstance(v, bool):
        return "true" if v else "false"
    v = mpf(v)
    if mp.isnan(v):
        return "nan"
    if mp.isinf(v):
        return "inf" if v > 0 else "-inf"
    if v == mp.floor(v) and abs(v) < 1e15:
        return str(int(v))
    return repr(float(v)).replace("e+", "e")


def vector(values):
    return "[" + ", ".join(map(number, values)) + "]"


def matrix(rows):
    return "[" + ", ".join(map(vector, rows)) + "]"


def ref(quantity, expression, value, size=None):
    """A reference line. Without a size it is that of the value."""
    if size is None:
        size = abs(value) if mp.isfinite(value) else mpf(0)
    return f"{quantity} ; {expression} ; {precise(value)} ; {mp.nstr(mpf(size), 6)}"


def precise(v):
    v = mpf(v)
    return number(v) if not mp.isfinite(v) else repr(float(v))


def exactly(v):
    """The double next to v."""
    return mpf(float(v))


# ---- Derivatives ----

def partial(function, arguments, k, scale):
    """Central difference of function(arguments) with respect to argument k; function may give a list."""
    h = scale * mpf(10) ** -16
    up, down = (function(*arguments[:k], arguments[k] + d, *arguments[k + 1:]) for d in (h, -h))
    if isinstance(up, (list, tuple)):
        return [(a - b) / (2 * h) for a, b in zip(up, down)]
    return (up - down) / (2 * h)


def log_of(probability, rest):
    return mp.log(probability) if probability < 0.5 else mp.log1p(-rest)


class Family:
    """A continuous family of numbers. Methods take its own parameters p; those of a subclass for an alternative way to give
    parameters are turned into these by native()."""

    name = ""
    format = None      # "Gamma({0}, scale = {1})"; None: NAME({0}, {1}, …)
    cases = ()         # tuples of the numbers that are given
    places = ()        # functions of p: arguments in the body and in the tails
    edges = ()         # numbers at which the log density is edge(x, *p)
    quantiles = (1e-300, 1e-100, 1e-20, 1e-5, 0.01, 0.25, 0.5, 0.75, 0.99, 1 - 1e-10)
    asks = ("cdf", "quantile")  # and ccdf, log_cdf, log_ccdf, upper_quantile if the family has formulas of its own for them
    positive = unit = False     # the support is (0, inf), (0, 1): for Newton's method and differences
    partials = None    # positions among (x, *given) that have partials; None: all
    sensitive = True   # whether sizes of cdfs reckon with the parameters (if that is too slow: only with the argument)

    # What is said of the family: see the format. Texts.
    examples = ()      # none: the first two cases
    values = ()        # six numbers, or a text
    range = None       # (low, high)
    total = None
    projects = ()      # "EXPR ; DIST"
    moment_lines = ()  # "EXPR ; D ; h(x) ; value"
    learn = ()         # the same
    bad = ()
    outside = ()
    allow = {}         # quantity: epsilons

    # ---- To be given by each family ----

    def terms(self, x, *p):
        """The summands of the log density, inside the support."""
        raise NotImplementedError

    def cdf(self, x, *p):
        raise NotImplementedError

    sf = None  # the upper tail, to full precision: sf(x, *p)

    def moments(self, *p):
        """{"mean": value or (value, size), …}: all formulas without an argument."""
        return {}

    def edge(self, x, *p):
        return -INF

    def native(self, *given):
        return given

    kl = None  # kl(p, q), of two tuples of own parameters: value or (value, size)
    kl_pairs = ()  # pairs of cases; none: each case and the next one

    scipy = None  # p as floats -> a frozen distribution of scipy.stats, for first guesses of quantiles

    def start(self, q, *p):
        return self.scipy(*map(float, p)).ppf(float(q))

    def start_upper(self, q, *p):
        return self.scipy(*map(float, p)).isf(float(q)) if self.scipy else self.start(1 - q, *p)

    def scale(self, k, arguments):
        """How far argument k of (x, *given) may move: a small part of this is the step of differences."""
        if k == 0 and self.unit:
            return min(arguments[0], 1 - arguments[0])
        return abs(arguments[k]) or mpf(1)

    # ---- What follows ----

    def call(self, given):
        texts = list(map(number, given))
        return self.format.format(*texts) if self.format else f"{self.name}({', '.join(texts)})"

    def moving(self, given, k):
        """The call with parameter k (from 0) as the variable v."""
        texts = ["v" if j == k else number(g) for j, g in enumerate(given)]
        return self.format.format(*texts) if self.format else f"{self.name}({', '.join(texts)})"

    def log_pdf(self, x, *p):
        return mp.fsum(self.terms(x, *p))

    def lower(self, x, *p):
        return self.cdf(x, *p)

    def upper(self, x, *p):
        return self.sf(x, *p) if self.sf else 1 - self.cdf(x, *p)

    def solve(self, q, upper, x, *p):
        """The x whose lower (or upper) tail is q, from a first guess by Newton's method on the tail's logarithm."""
        x = mpf(x)
        tail = self.upper if upper else self.lower
        for _ in range(200):
            t = tail(x, *p)
            slope = mp.exp(self.log_pdf(x, *p)) / t * (-1 if upper else 1)
            step = (mp.log(q) - mp.log(t)) / slope
            if self.positive:
                step = max(step, -x / 2)
            if self.unit:
                step = min(step, (1 - x) / 2)
            x += step
            if abs(step) <= mpf(10) ** -35 * abs(x):
                return x
        raise ArithmeticError(f"{self.name} quantile {q} {p}")

    def quantile(self, q, *p):
        q = mpf(q)
        x = self.start(q, *p)
        return self.solve(1 - q, True, x, *p) if q > 0.5 else self.solve(q, False, x, *p)

    def upper_quantile(self, q, *p):
        q = mpf(q)
        x = self.start_upper(q, *p)
        return self.solve(1 - q, False, x, *p) if q > 0.5 else self.solve(q, True, x, *p)

    def sensitivity(self, function, arguments, which=None):
        """How far function(*arguments) moves when its arguments (of these positions) move by a relative 1, at their rate."""
        total = mpf(0)
        for k, at in enumerate(arguments):
            if at == 0 or (which is not None and k not in which):
                continue
            h = self.scale(k, arguments) * mpf(10) ** -8
            up, down = (function(*arguments[:k], at + d, *arguments[k + 1:]) for d in (h, -h))
            total += abs(at * (up - down) / (2 * h))
        return total

    def lines(self):
        for case in self.cases:
            given = tuple(exactly(v) for v in case)
            yield from self.case_lines(given)
        if self.kl:
            for one, other in self.kl_pairs or zip(self.cases, self.cases[1:]):
                one, other = (tuple(exactly(v) for v in c) for c in (one, other))
                value = self.kl(self.native(*one), self.native(*other))
                value, size = value if isinstance(value, tuple) else (value, max(abs(value), mpf(1)))
                yield ref("kl", f"{self.call(one)}.kl({self.call(other)})", value, size)

    def case_lines(self, given):
        call, p = self.call(given), self.native(*given)
        for place in self.places:
            x = exactly(place(*p))
            if not (self.positive or self.unit) or (x > 0 and not (self.unit and x >= 1)):
                yield from self.density_lines(x, given)
                yield from self.tail_lines(x, given)
        for x in self.edges:
            yield ref("log_prob", f"{call}.log_prob({number(x)})", self.edge(mpf(x), *p))
        if "quantile" in self.asks:
            yield from self.quantile_lines("quantile", self.quantile, given)
        if "upper_quantile" in self.asks:
            yield from self.quantile_lines("upper_quantile", self.upper_quantile, given)
        yield from self.moment_refs(given)

    def density_lines(self, x, given):
        call, arguments = self.call(given), (x, *given)

        def terms(y, *v):
            return self.terms(y, *self.native(*v))
        parts = terms(*arguments)
        size = mp.fsum(map(abs, parts)) + self.sensitivity(lambda *v: mp.fsum(terms(*v)), arguments)
        yield ref("log_prob", f"{call}.log_prob({number(x)})", mp.fsum(parts), size)
        for k in range(len(arguments)) if self.partials is None else self.partials:
            def slopes(*v, k=k):
                return partial(terms, v, k, self.scale(k, v))
            parts = slopes(*arguments)
            size = mp.fsum(map(abs, parts)) + self.sensitivity(lambda *v: mp.fsum(slopes(*v)), arguments)
            body = f"{self.moving(given, k - 1)}.log_prob({number(x)})" if k else f"{call}.log_prob(v)"
            yield ref("partial", f"grad(fn(v) {{ {body} }}, {number(arguments[k])})", mp.fsum(parts), size)

    def tail_lines(self, x, given):
        functions = {"cdf": self.lower, "ccdf": self.upper, "log_cdf": lambda *v: log_of(self.lower(*v), self.upper(*v)),
                     "log_ccdf": lambda *v: log_of(self.upper(*v), self.lower(*v))}
        arguments = (x, *given)
        for name, function in functions.items():
            if name not in self.asks:
                continue

            def value(y, *v, function=function):
                return function(y, *self.native(*v))
            c = value(*arguments)
            if not mp.isfinite(c) or (name in ("cdf", "ccdf") and c < mpf("1e-307")):
                continue
            size = abs(c) + self.sensitivity(value, arguments, None if self.sensitive else (0,))
            yield ref(name, f"{self.call(given)}.{name}({number(x)})", c, size)

    def quantile_lines(self, name, function, given):
        p = self.native(*given)
        for q in map(mpf, self.quantiles):
            x = function(q, *p)
            if not (mpf("1e-307") < abs(x) < mpf("1e307")) or self.unit and 1 - x < mpf(10) ** -15:
                continue
            yield ref(name, f"{self.call(given)}.{name}({number(q)})", x, self.quantile_size(x, q, *p))

    def quantile_size(self, x, q, *p):
        """How large x is and how far it moves with q; and location parameters, of families that have one."""
        return abs(x) + q / mp.exp(self.log_pdf(x, *p))

    def moment_refs(self, given):
        for name, value in self.moments(*self.native(*given)).items():
            value, size = value if isinstance(value, tuple) else (value, None)
            if size is None and name == "entropy":
                size = max(abs(value), mpf(1))
            yield ref(name, f"{self.call(given)}.{name}", mpf(value), size)

    def header(self):
        for text in self.examples or [self.call(c) for c in self.cases[:2]]:
            yield f"example {text}"
        if self.values:
            yield f"values {self.values if isinstance(self.values, str) else vector(self.values)}"
        if self.range:
            yield "range " + " ".join(map(number, self.range))
        if self.total:
            yield f"total {self.total}"
        for word, texts in (("project", self.projects), ("moment", self.moment_lines), ("learn", self.learn), ("bad", self.bad),
                            ("outside", self.outside)):
            for text in texts:
                yield f"{word} {text}"
        for quantity, epsilons in self.allow.items():
            yield f"allow {quantity} {epsilons}"


class Counts(Family):
    """Families of counts: terms(x, *p) of the log probability; counts(*p): those that are looked at; bulk(*p): the first and the
    last count worth summing."""

    edges = (-1, 0.5, INF)
    partials = (1,)
    quantiles = (1e-300, 1e-20, 1e-5, 0.01, 0.25, 0.6, 0.75, 0.99, 1 - 1e-10)

    def counts(self, *p):
        raise NotImplementedError

    def bulk(self, *p):
        raise NotImplementedError

    def probability(self, x, *p):
        return mp.exp(mp.fsum(self.terms(x, *p)))

    def support(self, *p):
        if getattr(self, "_known", (None,))[0] != p:
            low, high = self.bulk(*p)
            self._known = p, [(k, self.probability(mpf(k), *p)) for k in range(low, high + 1)]
        return self._known[1]

    def cdf(self, x, *p):
        return mp.fsum(q for k, q in self.support(*p) if k <= x)

    def upper(self, x, *p):
        return mp.fsum(q for k, q in self.support(*p) if k > x)

    def find(self, q, *p):
        """The smallest count with a cdf of q, and whether a change of q by a small part of the nearer tail would give another."""
        total, upper = mpf(0), q > 0.5
        support = self.support(*p)
        if upper:
            target = 1 - q
            for k, w in reversed(support):
                if total + w > target:
                    return k, min(abs(total - target), abs(total + w - target)) < mpf("1e-4") * target
                total += w
        for k, w in support:
            if total + w >= q:
                return k, min(abs(total - q), abs(total + w - q)) < mpf("1e-4") * q
            total += w
        raise ArithmeticError

    def find_upper(self, q, *p):
        """The smallest count that is exceeded with a probability of at most q, and whether it is a close thing."""
        total = mpf(0)
        for k, w in reversed(self.support(*p)):
            if total + w > q:  # the last count does not say what lies behind it
                return k, total == 0 or min(abs(total - q), abs(total + w - q)) < mpf("1e-4") * min(q, 1 - q)
            total += w
        return self.support(*p)[0][0], True

    def kl_by_sum(self, p, q):
        """For `kl`, where all counts of p are possible under q."""
        parts = [w * (mp.fsum(self.terms(mpf(k), *p)) - mp.fsum(self.terms(mpf(k), *q))) for k, w in self.support(*p) if w > 0]
        return mp.fsum(parts), max(mp.fsum(map(abs, parts)), mpf(1))

    def entropy(self, *p):
        return -mp.fsum(w * mp.log(w) for _, w in self.support(*p) if w > 0)

    def case_lines(self, given):
        call, p = self.call(given), self.native(*given)
        for x in self.counts(*p):
            x = mpf(x)
            yield from self.density_lines(x, given)
            yield from self.tail_lines(x, given)
        yield ref("cdf", f"{call}.cdf(-1)", mpf(0))
        for x in self.edges:
            yield ref("log_prob", f"{call}.log_prob({number(x)})", self.edge(mpf(x), *p))
        for q in map(mpf, self.quantiles):
            k, close = self.find(q, *p)
            if not close:
                yield ref("quantile", f"{call}.quantile({number(q)})", mpf(k))
            k, close = self.find_upper(q, *p) if "upper_quantile" in self.asks else (0, True)
            if not close:
                yield ref("upper_quantile", f"{call}.upper_quantile({number(q)})", mpf(k))
        yield from self.moment_refs(given)
        yield ref("median", f"{call}.median", mpf(self.find(mpf(0.5), *p)[0]))
        entropy = self.entropy(*p)
        yield ref("entropy", f"{call}.entropy", entropy, max(entropy, mpf(1)))

    def density_lines(self, x, given):
        arguments = (x, *given)

        def terms(*v):
            return self.terms(x, *self.native(*v))
        parts = terms(*given)
        moved = self.sensitivity(lambda y, *v: mp.fsum(self.terms(x, *self.native(*v))), arguments, range(1, 9))
        yield ref("log_prob", f"{self.call(given)}.log_prob({number(x)})", mp.fsum(parts), mp.fsum(map(abs, parts)) + moved)
        for k in self.partials:
            def slopes(y, *v, k=k):
                return partial(lambda *w: self.terms(x, *self.native(*w)), v, k - 1, self.scale(k, (x, *v)))
            parts = slopes(*arguments)
            size = mp.fsum(map(abs, parts)) + self.sensitivity(lambda *v: mp.fsum(slopes(*v)), arguments, range(1, 9))
            body = f"{self.moving(given, k - 1)}.log_prob({number(x)})"
            yield ref("partial", f"grad(fn(v) {{ {body} }}, {number(arguments[k])})", mp.fsum(parts), size)

    def tail_lines(self, x, given):
        p = self.native(*given)
        functions = {"cdf": self.cdf, "ccdf": self.upper, "log_cdf": lambda *v: log_of(self.cdf(*v), self.upper(*v)),
                     "log_ccdf": lambda *v: log_of(self.upper(*v), self.cdf(*v))}
        for name, function in functions.items():
            is_log = name.startswith("log")
            probability = functions[name[4:] if is_log else name](x, *p) if name in self.asks else 0
            if probability <= 0 or (not is_log and probability < mpf("1e-307")):
                continue
            c = function(x, *p)
            # the last parameter is the probability or the rate
            moved = self.sensitivity(lambda *v, f=function: f(x, *self.native(*v[1:])), (x, *given), (len(given),))
            yield ref(name, f"{self.call(given)}.{name}({number(x)})", c, abs(c) + moved)


class Written(Family):
    """A family whose reference lines are written by references(), a generator of ref(…)."""

    def references(self):
        raise NotImplementedError

    def lines(self):
        yield from self.references()
