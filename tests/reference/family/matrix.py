# SPDX-License-Identifier: GPL-3.0-or-later
"""Vectors and matrices made of gamma variables: Dirichlet, LKJCholesky, Wishart, InverseWishart.

An argument list holds all numbers of value and parameters; a text with {0}, {1}, … says where they stand, so a number may stand in two
places (a symmetric matrix) and moves in both."""
from mpmath import mp, mpf

from .common import INF, NAN, Written, exactly, number, ref


def partial(f, args, k):
    h = (abs(args[k]) or mpf(1)) * mpf(10) ** -16
    up, down = (f(args[:k] + [args[k] + d] + args[k + 1:]) for d in (h, -h))
    return [(a - b) / (2 * h) for a, b in zip(up, down)]


def moved(f, args):
    """How far the sum of f moves when the arguments move by a relative 1, at their rate."""
    return mp.fsum(abs(a * mp.fsum(partial(f, args, k))) for k, a in enumerate(args) if a)


def density(text, f, args):
    """Reference lines of the log density with terms f(args), and of its partials by each argument."""
    args = [exactly(a) for a in args]
    parts = f(args)
    yield ref("log_prob", text.format(*map(number, args)), mp.fsum(parts), mp.fsum(map(abs, parts)) + moved(f, args))
    for k in range(len(args)):
        if "{%d}" % k not in text:
            continue

        def slopes(a, k=k):
            return partial(f, a, k)
        parts = slopes(args)
        size = mp.fsum(map(abs, parts)) + moved(slopes, args)
        body = text.format(*("v" if j == k else number(a) for j, a in enumerate(args)))
        yield ref("partial", f"grad(fn(v) {{ {body} }}, {number(args[k])})", mp.fsum(parts), size)


def elements(name, d, value, size=None):
    """Lines for each element of a vector or matrix of mpmath; `size` of all."""
    if isinstance(value, list):
        for i, v in enumerate(value):
            yield ref(name, f"{d}.{name}[{i}]", v, size)
        return
    for i in range(value.rows):
        for j in range(value.cols):
            yield ref(name, f"{d}.{name}[{i}, {j}]", value[i, j], size)


def plain(name, d, value, argument=""):
    return ref(name, f"{d}.{name}{argument}", value, max(abs(value), mpf(1)))


# ---- Dirichlet ----

class Dirichlet(Written):
    name = "Dirichlet"
    examples = ("Dirichlet([2, 3, 4])", "Dirichlet([0.7, 0.4, 12])")
    values = "[[0.2, 0.3, 0.5], [0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [0.01, 0.9, 0.09], [0.6, 0.39, 0.01], [0.25, 0.35, 0.4]]"
    total = ("(fn(d) { sum(plate a(i in 0..71) { t = (i - 35) / 10; p = sigmoid(3 * sinh(t)); q = sigmoid(-3 * sinh(t)); w = 0.3 * cosh(t) * p * q; "
             "sum(plate b(j in 0..71) { s = (j - 35) / 10; m = sigmoid(3 * sinh(s)); n = sigmoid(-3 * sinh(s)); "
             "exp(d.log_prob([p, q * m, q * n])) * w * q * 0.3 * cosh(s) * m * n }) }) })(Dirichlet([2, 3, 4]))")
    projects = ("x[0] ; Beta(2, 7)", "x[2] ; Beta(4, 5)", "x[0] / (x[0] + x[1]) ; Beta(2, 3)")
    moment_lines = ("2 ; Dirichlet([v, 3, 4]) ; x[0] * x[1] ; 3 * v / ((v + 7) * (v + 8))",
                    "0.3 ; Dirichlet([2, v, 0.1]) ; x[1] ^ 2 + x[0] ; (v * (v + 1) / (v + 3.1) + 2) / (v + 2.1)",
                    "0.05 ; Dirichlet([v, 1]) ; x[0] ; v / (v + 1)")
    bad = ("Dirichlet([1, 0])", "Dirichlet([1, -2, 3])", "Dirichlet([nan, 1])", "Dirichlet([inf, 1])", "Dirichlet([])",
           "wrong-type ; Dirichlet(2)", "wrong-type ; Dirichlet([[1, 2], [3, 4]])")
    outside = ("[0.2, 0.3, 0.4]", "[0.2, 0.9, -0.1]", "[0, 0.5, 0.5]", "[nan, 0.5, 0.5]", "[inf, 0.5, 0.5]", "[1, 1, -inf]")
    allow = {"kl": 16, "entropy": 16}
    cases = ((2, 3, 4), (0.7, 0.4), (30, 0.5, 1.5, 8), (1e-3, 1e-3, 1e-3), (1e6, 2e6, 5e5), (1, 1), (5,))
    shares = ((0.2, 0.3, 0.5), (1e-300, 0.25, 0.75), (1e-10, 1e-20, 1), (0.9, 0.04, 0.06))

    def terms(self, a):
        n = len(a) // 2
        x, c = a[:n], a[n:]
        return [mp.loggamma(mp.fsum(c))] + [-mp.loggamma(v) for v in c] + [(v - 1) * mp.log(y) for v, y in zip(c, x)]

    def text(self, n):
        return f"Dirichlet([{', '.join('{%d}' % (n + k) for k in range(n))}]).log_prob([{', '.join('{%d}' % k for k in range(n))}])"

    def places(self, c):
        n = len(c)
        if n == 1:
            return [(1,)]
        if n == 3:
            return self.shares + (tuple(float(v / mp.fsum(c)) for v in c),)
        rest = lambda first: tuple([first] + [(1 - first) / (n - 1)] * (n - 1))
        return [rest(0.3), rest(1e-300), rest(0.999)]

    def references(self):
        for case in self.cases:
            c = [exactly(v) for v in case]
            for x in self.places(c):
                yield from density(self.text(len(c)), self.terms, list(x) + c)
            yield from self.moments(c)
        yield from self.at_edges()
        for one, other in (((2, 3, 4), (1, 1, 1)), ((0.7, 0.4), (20, 3)), ((1e-3, 5, 2), (2, 1e-3, 1))):
            yield self.kl(*([exactly(v) for v in c] for c in (one, other)))

    def call(self, c):
        return f"Dirichlet([{', '.join(map(number, c))}])"

    def moments(self, c):
        d, n, s = self.call(c), len(c), mp.fsum(c)
        m = [v / s for v in c]
        yield from elements("mean", d, m)
        yield from elements("variance", d, [v * (1 - v) / (s + 1) for v in m], mpf(1) / (s + 1))
        yield from elements("covariance", d, mp.matrix(n, n) + mp.matrix([[((m[i] if i == j else 0) - m[i] * m[j]) / (s + 1) for j in range(n)]
                                                                          for i in range(n)]), mpf(1) / (s + 1))
        inner = [max(v - 1, 0) for v in c]
        top = mp.fsum(inner)
        mode = [v / top for v in inner] if top else [mpf(1) / n] * n if min(c) == 1 else [mpf(k == c.index(max(c))) for k in range(n)]
        yield from elements("mode", d, mode, mpf(1))
        parts = [mp.loggamma(v) for v in c] + [-mp.loggamma(s), (s - n) * mp.digamma(s)] + [-(v - 1) * mp.digamma(v) for v in c]
        entropy = mp.fsum(parts)
        yield plain("entropy", d, entropy)

    def at_edges(self):
        for d, x, y in (("Dirichlet([2, 3])", "[0, 1]", -INF), ("Dirichlet([0.5, 3])", "[0, 1]", INF), ("Dirichlet([1, 3])", "[0, 1]", mp.log(3)),
                        ("Dirichlet([0.5, 3, 2])", "[0, 0, 1]", -INF), ("Dirichlet([2, 3])", "[0.3, 0.6999999]", None),
                        ("Dirichlet([2, 3])", "[0.3, 0.69999]", -INF)):
            if y is None:
                a = [exactly(v) for v in (0.3, 0.6999999, 2, 3)]
                y = mp.fsum(self.terms(a))
            yield ref("log_prob", f"{d}.log_prob({x})", y, max(abs(y), 2) if mp.isfinite(y) else 0)
        yield ref("partial", "grad(fn(v) { Dirichlet([v, 3]).log_prob([0, 1]) }, 2)", mpf(0))
        yield ref("partial", "grad(fn(v) { Dirichlet([2, 3]).log_prob([v, 1]) }, 0)", mpf(0))

    def kl(self, a, b):
        s, t = mp.fsum(a), mp.fsum(b)
        parts = [mp.loggamma(s), -mp.loggamma(t)] + [mp.loggamma(v) for v in b] + [-mp.loggamma(v) for v in a]
        parts += [(v - w) * (mp.digamma(v) - mp.digamma(s)) for v, w in zip(a, b)]
        return ref("kl", f"{self.call(a)}.kl({self.call(b)})", mp.fsum(parts), mp.fsum(map(abs, parts)))


# ---- LKJCholesky ----

def lower(order, angles):
    """A factor from the shares of each row's rest that its elements take."""
    rows, k = [], 0
    for i in range(order):
        rest, row = mpf(1), []
        for _ in range(i):
            row.append(exactly(angles[k] * mp.sqrt(rest)))
            rest -= row[-1] ** 2
            k += 1
        rows.append(row + [exactly(mp.sqrt(rest))] + [mpf(0)] * (order - 1 - i))
    return rows


class LKJCholesky(Written):
    name = "LKJCholesky"
    examples = ("LKJCholesky(3, 2)", "LKJCholesky(3, 0.5)")
    angles = ((0.6, 0.48, 0.1), (0, 0, 0), (-0.5, 0.3, -0.9), (0.1, 0.2, 0.3), (0.9, -0.8, 0.7), (-0.2, -0.1, 0.4))
    # u, s and q are tanh of 3/2 sinh(t); the last row is (s, q r, ...) with r^2 = 1 - s^2
    total = ("(fn(d) { sum(plate a(i in 0..41) { k = 1.5 * sinh((i - 20) / 6); u = tanh(k); w = 1.5 * cosh((i - 20) / 6) / cosh(k) ^ 2 / 6; "
             "sum(plate b(j in 0..41) { k = 1.5 * sinh((j - 20) / 6); s = tanh(k); r = 1 / cosh(k); z = w * 1.5 * cosh((j - 20) / 6) * r ^ 3 / 6; "
             "sum(plate c(l in 0..41) { k = 1.5 * sinh((l - 20) / 6); q = tanh(k); p = 1 / cosh(k); "
             "exp(d.log_prob([[1, 0, 0], [u, sqrt((1 - u) * (1 + u)), 0], [s, q * r, p * r]])) * z * 1.5 * cosh((l - 20) / 6) * p ^ 2 / 6 }) }) }) })"
             "(LKJCholesky(3, 2))")
    projects = ("(x[1, 0] + 1) / 2 ; Beta(2.5, 2.5)", "(x[2, 0] + 1) / 2 ; Beta(2.5, 2.5)",
                "(x[1, 0] * x[2, 0] + x[1, 1] * x[2, 1] + 1) / 2 ; Beta(2.5, 2.5)", "x[2, 2] ^ 2 ; Beta(2, 1)")
    moment_lines = ("2 ; LKJCholesky(3, v) ; x[2, 2] ^ 2 ; v / (v + 1)", "0.4 ; LKJCholesky(3, v) ; x[1, 1] ^ 2 ; (v + 0.5) / (v + 1)",
                    "1.5 ; LKJCholesky(4, v) ; x[3, 1] ^ 2 ; 0.5 / (v + 1.5)")
    bad = ("LKJCholesky(0, 1)", "LKJCholesky(3, 0)", "LKJCholesky(3, -1)", "LKJCholesky(3, nan)", "LKJCholesky(3, inf)", "LKJCholesky(2.5, 1)")
    outside = ("[[1, 0, 0], [0.6, 0.8, 0.1], [0, 0, 1]]", "[[1, 0, 0], [0.6, 0.7, 0], [0, 0, 1]]", "[[1, 0, 0], [0.6, -0.8, 0], [0, 0, 1]]",
               "[[1, 0, 0], [1, 0, 0], [0, 0, 1]]", "[[1, 0, 0], [nan, 0.8, 0], [0, 0, 1]]", "[[inf, 0, 0], [0, 1, 0], [0, 0, 1]]")
    allow = {"mean": 32, "variance": 64, "kl": 16}

    @property
    def values(self):
        return "[" + ", ".join(self.literal(lower(3, a)) for a in self.angles) + "]"

    def literal(self, rows):
        return "[" + ", ".join("[" + ", ".join(map(number, r)) + "]" for r in rows) + "]"

    def norm(self, n, c):
        parts = []
        for i in range(1, n):
            b = c + mpf(n - 1 - i) / 2
            parts += [mp.loggamma(b + mpf(i) / 2), -mp.loggamma(b), -mpf(i) / 2 * mp.log(mp.pi)]
        return parts

    def references(self):
        for n, c, angles in self.settings():
            rows = lower(n, angles)
            diagonal = [rows[i][i] for i in range(1, n)]

            def terms(a, n=n):
                return self.norm(n, a[-1]) + [(n - 1 - i + 2 * (a[-1] - 1)) * mp.log(a[i - 1]) for i in range(1, n)] + [mpf(0)]
            places = [["{%d}" % (i - 1) if i and i == j else number(rows[i][j]) for j in range(n)] for i in range(n)]
            text = f"LKJCholesky({n}, {{{n - 1}}}).log_prob([" + ", ".join("[" + ", ".join(r) + "]" for r in places) + "])"
            yield from density(text, terms, diagonal + [c])
        for n, c in ((3, 2), (2, 0.5), (4, 1.5), (1, 2), (6, 1), (3, 1e-3), (3, 1e5)):
            yield from self.moments(n, exactly(c))
        for n, c, e in ((3, 2, 1), (4, 0.3, 6), (1, 2, 3)):
            yield self.kl(n, exactly(c), exactly(e))
        yield ref("partial", "grad(fn(v) { LKJCholesky(2, v).log_prob([[1, 0], [0.6, 0.7]]) }, 2)", mpf(0))
        yield ref("partial", "grad(fn(v) { LKJCholesky(2, 3).log_prob([[1, 0], [v, 0.8]]) }, 0.6)", mpf(0))

    def settings(self):
        for c in (2, 1, 0.5, 1e-3, 200):
            for a in self.angles[:3]:
                yield 3, exactly(c), a
        for c in (1, 3.5):
            yield 1, exactly(c), ()
            yield 2, exactly(c), (0.6,)
            yield 2, exactly(c), (0.9999999,)
            yield 5, exactly(c), (0.1, 0.2, -0.3, 0.4, -0.5, 0.1, 0.7, 0.2, 0, -0.4)

    def rows(self, n, c):
        for i in range(1, n):
            yield mpf(i), c + mpf(n - 1 - i) / 2

    def moments(self, n, c):
        d = f"LKJCholesky({n}, {number(c)})"
        mean, variance = mp.matrix(n, n), mp.matrix(n, n)
        mean[0, 0] = 1
        terms = [-v for v in self.norm(n, c)]
        for i, b in self.rows(n, c):
            m = mp.exp(mp.loggamma(b + 0.5) - mp.loggamma(b) + mp.loggamma(b + i / 2) - mp.loggamma(b + i / 2 + 0.5))
            mean[int(i), int(i)], variance[int(i), int(i)] = m, b / (b + i / 2) - m**2
            for j in range(int(i)):
                variance[int(i), j] = 1 / (2 * b + i)
            terms.append((b - 1) * (mp.digamma(b + i / 2) - mp.digamma(b)))
        size = 1 + abs(mp.loggamma(c))
        yield from elements("mean", d, mean, size)
        yield from elements("variance", d, variance, size)
        yield from elements("mode", d, mp.eye(n) if c >= 1 else mp.matrix([[NAN] * n] * n))
        yield ref("entropy", f"{d}.entropy", mp.fsum(terms), max(mp.fsum(map(abs, terms)), mpf(1)))

    def kl(self, n, c, e):
        terms = self.norm(n, c) + [-v for v in self.norm(n, e)] + [(c - e) * (mp.digamma(b) - mp.digamma(b + i / 2)) for i, b in self.rows(n, c)]
        return ref("kl", f"LKJCholesky({n}, {number(c)}).kl(LKJCholesky({n}, {number(e)}))", mp.fsum(terms), max(mp.fsum(map(abs, terms)), mpf(1)))


# ---- Wishart and its inverse ----

def symmetric(n, a):
    """A matrix from its lower triangle, row by row."""
    m, k = mp.matrix(n, n), 0
    for i in range(n):
        for j in range(i + 1):
            m[i, j] = m[j, i] = a[k]
            k += 1
    return m


def triangle(n, a):
    m, k = mp.matrix(n, n), 0
    for i in range(n):
        for j in range(i + 1):
            m[i, j] = a[k]
            k += 1
    return m


def places(n, start, full=True):
    """The text of such a matrix."""
    at = {}
    k = start
    for i in range(n):
        for j in range(i + 1):
            at[i, j] = "{%d}" % k
            if full:
                at[j, i] = at[i, j]
            k += 1
    return "[" + ", ".join("[" + ", ".join(at.get((i, j), "0") for j in range(n)) + "]" for i in range(n)) + "]"


def log_multigamma(a, p):
    return [mpf(p * (p - 1)) / 4 * mp.log(mp.pi)] + [mp.loggamma(a - mpf(j) / 2) for j in range(p)]


def trace(m):
    return mp.fsum(m[i, i] for i in range(m.rows))


class Wishart(Written):
    name = "Wishart"
    inverse = False
    examples = ("Wishart(5, [[2, 0.5], [0.5, 1]])", "Wishart(3.5, cholesky = [[2, 0], [0.3, 0.7]])", "Wishart(4, precision = [[2, -0.5], [-0.5, 3]])")
    values = ("[[[3, 1], [1, 2]], [[10, 2.5], [2.5, 5]], [[0.1, 0], [0, 0.2]], [[8, -1], [-1, 1]], [[20, 7], [7, 6]], [[5, 2], [2, 1]]]")
    total = ("(fn(d) { sum(plate a(i in 0..56) { l = exp(i / 6 - 7); "
             "sum(plate b(j in 0..56) { m = exp(j / 6 - 7); "
             "sum(plate c(k in 0..61) { z = 0.25 * l + (k - 30) / 4; "
             "exp(d.log_prob([[l * l, l * z], [l * z, z * z + m * m]])) * 4 * l ^ 3 * m ^ 2 / 144 }) }) }) })(Wishart(5, [[2, 0.5], [0.5, 1]]))")
    projects = ("x[0, 0] ; Gamma(2.5, 0.25)", "x[1, 1] ; Gamma(2.5, 0.5)", "x[0, 0] - x[0, 1] ^ 2 / x[1, 1] ; Gamma(2, 0.2857142857142857)",
                "(x[0, 1] / x[0, 0] - 0.25) * sqrt(x[0, 0]) ; Normal(0, 0.9354143466934853)")
    moment_lines = ("5 ; Wishart(v, [[2, 0.5], [0.5, 1]]) ; x[0, 1] * x[0, 0] ; v * (v + 2)",
                    "0.5 ; Wishart(5, [[2, v], [v, 1]]) ; x[0, 1] ^ 2 ; 5 * (v ^ 2 + 2) + 25 * v ^ 2",
                    "2 ; Wishart(5, cholesky = [[v, 0], [0.3, 1]]) ; x[0, 0] ; 5 * v ^ 2",
                    "2 ; Wishart(5, precision = [[v, 0.5], [0.5, 1]]) ; x[0, 0] ; 5 / (v - 0.25)")
    bad = ("Wishart(1, [[1, 0], [0, 1]])", "Wishart(-1, [[2]])", "Wishart(nan, [[2]])", "Wishart(inf, [[2]])",
           "Wishart(5, cholesky = [[1, 1], [0, 1]])", "Wishart(5, cholesky = [[1, 0], [1, -1]])", "Wishart(5, cholesky = [[1, 0], [nan, 1]])",
           "not-positive-definite ; Wishart(5, [[1, 2], [2, 1]])", "not-positive-definite ; Wishart(5, [[1, 0.5], [0.4, 1]])",
           "not-positive-definite ; Wishart(5, precision = [[1, 2], [2, 1]])", "not-positive-definite ; Wishart(5, [[nan]])",
           "shape-mismatch ; Wishart(5, [[1, 0, 0], [0, 1, 0]])", "wrong-type ; Wishart(5, [1, 2])",
           "Wishart(5, [[2]], cholesky = [[1]])", "missing-argument ; Wishart(5)")
    outside = ("[[1, 2], [2, 1]]", "[[1, 0.5], [0.4, 1]]", "[[-1, 0], [0, -1]]", "[[0, 0], [0, 0]]", "[[nan, 0], [0, 1]]", "[[inf, 0], [0, 1]]")
    allow = {"kl": 16}

    cases = (  # order, df, lower triangles of scale and value
        (2, 5, (2, 0.5, 1), (3, 1, 2)), (2, 1.001, (2, 0.5, 1), (3, 1, 2)), (2, 5, (2, 1.4, 1), (1e-10, 1e-12, 3e-11)),
        (2, 1e4, (1, 0.1, 2), (1e4, 900, 21000)), (1, 3, (2,), (0.7,)), (1, 0.5, (1e-3,), (1e-200,)), (1, 3, (1,), (800,)),
        (3, 4.5, (2, 0.5, 1, -0.3, 0.2, 1.5), (5, 1, 3, 0.5, -1, 4)), (2, 3, (1, 0, 1), (1, 0.9999999, 1)))

    def terms(self, n, df, scale, x):
        sign = -1 if self.inverse else 1
        product = trace(scale * x**-1) if self.inverse else trace(scale**-1 * x)
        half = df / 2
        return ([(sign * df - n - 1) / 2 * mp.log(mp.det(x)), -product / 2, -half * n * mp.log(2), -sign * half * mp.log(mp.det(scale))]
                + [-v for v in log_multigamma(half, n)])

    def references(self):
        for n, df, scale, x in self.cases:
            size = n * (n + 1) // 2
            args = [df, *scale, *x]
            f = lambda a: self.terms(n, a[0], symmetric(n, a[1:1 + size]), symmetric(n, a[1 + size:]))
            yield from density(f"{self.name}({{0}}, {places(n, 1)}).log_prob({places(n, 1 + size)})", f, args)
            yield from self.moments(n, exactly(df), [exactly(v) for v in scale])
        yield from self.by_other_ways()
        yield self.kl(2, (5, (2, 0.5, 1)), (3, (1, 0.2, 4)))
        yield self.kl(3, (4.5, (2, 0.5, 1, -0.3, 0.2, 1.5)), (8, (1, 0, 1, 0, 0, 1)))
        d = self.call(2, 5, (2, 0.5, 1))
        yield ref("partial", f"grad(fn(v) {{ {d}.log_prob([[v, 2], [2, 1]]) }}, 1)", mpf(0))

    def by_other_ways(self):
        factor, x = (2, 0.3, 0.7), (3, 1, 2)
        f = lambda a: self.terms(2, a[0], triangle(2, a[1:4]) * triangle(2, a[1:4]).T, symmetric(2, a[4:]))
        yield from density(f"{self.name}({{0}}, cholesky = {places(2, 1, False)}).log_prob({places(2, 4)})", f, [3.5, *factor, *x])
        if not self.inverse:
            f = lambda a: self.terms(2, a[0], symmetric(2, a[1:4])**-1, symmetric(2, a[4:]))
            yield from density(f"Wishart({{0}}, precision = {places(2, 1)}).log_prob({places(2, 4)})", f, [4, 2, -0.5, 3, *x])

    def call(self, n, df, scale):
        return f"{self.name}({number(df)}, {places(n, 0).format(*map(number, scale))})"

    def moments(self, n, df, s):
        d, v = self.call(n, df, s), symmetric(n, s)
        mean, variance, mode = self.first_moments(n, df, v)
        yield from elements("mean", d, mean)
        yield from elements("variance", d, variance)
        yield from elements("mode", d, mode)
        yield self.entropy(n, df, s)

    def first_moments(self, n, df, v):
        variance = mp.matrix(n, n)
        for i in range(n):
            for j in range(n):
                variance[i, j] = df * (v[i, j] ** 2 + v[i, i] * v[j, j])
        return df * v, variance, (df - n - 1) * v if df >= n + 1 else mp.matrix([[NAN] * n] * n)

    def entropy(self, n, df, s):
        sign = -1 if self.inverse else 1

        def terms(a):
            return ([mpf(n + 1) / 2 * mp.log(mp.det(symmetric(n, a[1:]))), sign * mpf(n * (n + 1)) / 2 * mp.log(2), a[0] * n / 2]
                    + log_multigamma(a[0] / 2, n) + [-(a[0] - sign * (n + 1)) / 2 * mp.digamma((a[0] - j) / 2) for j in range(n)])
        args = [df, *s]
        parts = terms(args)
        return ref("entropy", f"{self.call(n, df, s)}.entropy", mp.fsum(parts), mp.fsum(map(abs, parts)) + moved(terms, args))

    def kl(self, n, one, other):
        (a, v), (b, w) = ((exactly(df), symmetric(n, [exactly(y) for y in s])) for df, s in (one, other))
        product = trace(v**-1 * w) if self.inverse else trace(w**-1 * v)
        sign = -1 if self.inverse else 1
        parts = log_multigamma(b / 2, n) + [-y for y in log_multigamma(a / 2, n)] + [(a - b) / 2 * mp.digamma((a - j) / 2) for j in range(n)]
        parts += [a / 2 * product, -a / 2 * n, sign * b / 2 * mp.log(mp.det(w)), -sign * b / 2 * mp.log(mp.det(v))]
        return ref("kl", f"{self.call(n, *one)}.kl({self.call(n, *other)})", mp.fsum(parts), mp.fsum(map(abs, parts)))


class InverseWishart(Wishart):
    name = "InverseWishart"
    inverse = True
    examples = ("InverseWishart(6, [[2, 0.5], [0.5, 1]])", "InverseWishart(3.5, cholesky = [[2, 0], [0.3, 0.7]])")
    values = ("[[[3, 1], [1, 2]], [[0.7, 0.2], [0.2, 0.3]], [[0.1, 0], [0, 0.2]], [[0.8, -0.1], [-0.1, 0.1]], [[2, 0.7], [0.7, 0.6]], "
              "[[0.5, 0.2], [0.2, 0.1]]]")
    # over the factor of the inverse, [[l, 0], [z, m]]
    total = ("(fn(d) { sum(plate a(i in 0..56) { l = exp(i / 6 - 7); "
             "sum(plate b(j in 0..56) { m = exp(j / 6 - 7); "
             "sum(plate c(k in 0..61) { z = -0.5 * l + (k - 30) / 4; e = (l * m) ^ 2; "
             "exp(d.log_prob([[(z * z + m * m) / e, -l * z / e], [-l * z / e, l * l / e]]) - 3 * log(e)) * 4 * l ^ 3 * m ^ 2 / 144 }) }) }) })"
             "(InverseWishart(6, [[2, 0.5], [0.5, 1]]))")
    projects = ("1 / x[0, 0] ; Gamma(2.5, 1)", "1 / x[1, 1] ; Gamma(2.5, 0.5)", "1 / (x[0, 0] - x[0, 1] ^ 2 / x[1, 1]) ; Gamma(3, 0.875)")
    moment_lines = ("9 ; InverseWishart(v, [[2, 0.5], [0.5, 1]]) ; x[0, 0] + x[0, 1] ; 2.5 / (v - 3)",
                    "2 ; InverseWishart(9, [[v, 0.5], [0.5, 1]]) ; x[0, 0] ; v / 6",
                    "0.3 ; InverseWishart(9, cholesky = [[2, 0], [v, 1]]) ; x[0, 1] + x[1, 1] ; (2 * v + v ^ 2 + 1) / 6")
    bad = tuple(b.replace("Wishart", "InverseWishart") for b in Wishart.bad if "precision" not in b)
    cases = (
        (2, 6, (2, 0.5, 1), (3, 1, 2)), (2, 1.001, (2, 0.5, 1), (3, 1, 2)), (2, 5, (2, 1.4, 1), (1e10, 1e8, 3e9)),
        (2, 1e4, (1, 0.1, 2), (1e-4, 1e-5, 2e-4)), (1, 3, (2,), (0.7,)), (1, 0.5, (1e-3,), (1e200,)), (1, 6, (1,), (1e-3,)),
        (3, 7.5, (2, 0.5, 1, -0.3, 0.2, 1.5), (5, 1, 3, 0.5, -1, 4)), (2, 4, (1, 0, 1), (1, 0.999, 1)))

    def first_moments(self, n, df, v):
        none = mp.matrix([[NAN] * n] * n)
        d = df - n
        variance = mp.matrix(n, n)
        for i in range(n):
            for j in range(n):
                variance[i, j] = ((d + 1) * v[i, j] ** 2 + (d - 1) * v[i, i] * v[j, j]) / (d * (d - 1) ** 2 * (d - 3)) if d > 3 else NAN
        return v / (df - n - 1) if df > n + 1 else none, variance, v / (df + n + 1)


FAMILIES = [Dirichlet(), LKJCholesky(), Wishart(), InverseWishart()]
