# SPDX-License-Identifier: GPL-3.0-or-later
"""Multivariate normals and their kin: MultivariateNormal, LowRankMultivariateNormal, MultivariateStudentT, GaussianRandomWalk,
ZeroSumNormal, LogisticNormal. An argument list holds all numbers of value and parameters, as in matrix.py."""
from mpmath import mp, mpf

from .common import INF, NAN, Written, exactly, number, ref
from .matrix import density, elements, plain

HALF_LOG_TWO_PI = mp.log(2 * mp.pi) / 2


# ---- Layouts of numbers in texts and lists ----

def slots(first, n):
    return "[" + ", ".join("{%d}" % (first + k) for k in range(n)) + "]"


def symmetric_slots(first, n):
    """n (n + 1) / 2 numbers, by rows of the lower triangle."""
    at = lambda i, j: first + i * (i + 1) // 2 + j
    return "[" + ", ".join("[" + ", ".join("{%d}" % at(max(i, j), min(i, j)) for j in range(n)) + "]" for i in range(n)) + "]"


def lower_slots(first, n):
    at = lambda i, j: first + i * (i + 1) // 2 + j
    return "[" + ", ".join("[" + ", ".join("{%d}" % at(i, j) if j <= i else "0" for j in range(n)) + "]" for i in range(n)) + "]"


def matrix_slots(first, n, m):
    return "[" + ", ".join(slots(first + i * m, m) for i in range(n)) + "]"


def symmetric(a, n):
    m = mp.matrix(n, n)
    for i in range(n):
        for j in range(i + 1):
            m[i, j] = m[j, i] = a[i * (i + 1) // 2 + j]
    return m


def lower(a, n):
    m = mp.matrix(n, n)
    for i in range(n):
        for j in range(i + 1):
            m[i, j] = a[i * (i + 1) // 2 + j]
    return m


def fill(text, a):
    return text.format(*map(number, a))


# ---- Computations ----

def quadratic(s, left):
    x = mp.lu_solve(s, mp.matrix(left))
    return mp.fsum(a * b for a, b in zip(left, x))


def normal_terms(s, left):
    """Of the log density of a normal vector, with the sizes of what cancels within the form kept apart."""
    n = len(left)
    return [-n * HALF_LOG_TWO_PI, -mp.log(mp.det(s)) / 2, -quadratic(s, left) / 2]


def normal_kl(mu, s, other_mu, other_s):
    n = len(mu)
    inverse = other_s ** -1
    both = inverse * s
    trace = mp.fsum(both[i, i] for i in range(n))
    return (trace + quadratic(other_s, [a - b for a, b in zip(mu, other_mu)]) - n + mp.log(mp.det(other_s)) - mp.log(mp.det(s))) / 2


SIGMAS = {1: (2.5,), 2: (2, 0.5, 1), 3: (2, 0.5, 1, 0.3, -0.2, 0.8)}
MUS = {1: (0.5,), 2: (1, -0.5), 3: (1, -1, 0.5)}


class MultivariateNormal(Written):
    name = "MultivariateNormal"
    examples = ("MultivariateNormal([1, -0.5], [[2, 0.5], [0.5, 1]])", "MultivariateNormal([0, 3], precision = [[2, 0.5], [0.5, 1]])",
                "MultivariateNormal([1e6, -1e6], cholesky = [[1.5, 0], [-0.5, 0.3]])")
    values = "[[0.2, 0.3], [1, -0.5], [-2, 1.5], [4, 0], [0.7, -3], [1.5, 0.25]]"
    total = ("(fn(d) { sum(plate a(i in 0..121) { sum(plate b(j in 0..121) { exp(d.log_prob([1 + (i - 60) / 5, -0.5 + (j - 60) / 7])) / 35 }) }) })"
             "(MultivariateNormal([1, -0.5], [[2, 0.5], [0.5, 1]]))")
    projects = ("x[0] ; Normal(1, sqrt(2))", "x[1] ; Normal(-0.5, 1)", "x[0] - x[1] ; Normal(1.5, sqrt(2))", "x[0] - 4 * x[1] ; Normal(3, sqrt(14))")
    moment_lines = ("0.5 ; MultivariateNormal([v, 1], [[2, v], [v, 1]]) ; x[0] ^ 2 * x[1] ; (v ^ 2 + 2) + 2 * v * v",
                    "0.5 ; MultivariateNormal([0, 1], cholesky = [[v, 0], [0.3, 1]]) ; x[0] ^ 2 + x[1] ; v ^ 2 + 1",
                    "2 ; MultivariateNormal([0, 0], precision = [[v, 0.5], [0.5, 1]]) ; x[0] ^ 2 ; 1 / (v - 0.25)")
    bad = ("MultivariateNormal([nan, 0], eye(2))", "MultivariateNormal([0, inf], eye(2))", "MultivariateNormal([0, 0], [[1, nan], [nan, 1]])",
           "MultivariateNormal([0, 0], cholesky = [[1, 0.5], [0, 1]])", "MultivariateNormal([0, 0], cholesky = [[1, 0], [0, -1]])",
           "MultivariateNormal([0, 0], cholesky = [[1, 0], [2, 0]])", "MultivariateNormal([0, 0], eye(2), cholesky = eye(2))",
           "not-positive-definite ; MultivariateNormal([0, 0], [[1, 2], [2, 1]])", "not-positive-definite ; MultivariateNormal([0, 0], [[1, 0], [0.5, 1]])",
           "not-positive-definite ; MultivariateNormal([0, 0], precision = [[1, 1], [1, 1]])", "shape-mismatch ; MultivariateNormal([0, 0], eye(3))",
           "shape-mismatch ; MultivariateNormal([0, 0], [[1, 0, 0], [0, 1, 0]])", "wrong-type ; MultivariateNormal([0, 0], 1)",
           "wrong-type ; MultivariateNormal(\"a\", eye(2))", "missing-argument ; MultivariateNormal([0, 0])")
    outside = ("[nan, 0]", "[inf, 0]", "[0, -inf]", "[-inf, inf]")
    allow = {"partial": 32, "log_prob": 16, "kl": 16, "mean": 4}

    # form: the text of the matrix, the covariance from the numbers, and the numbers from the covariance
    def forms(self):
        return (("{0}", symmetric_slots, symmetric, lambda s: s),
                ("precision = {0}", symmetric_slots, lambda a, n: symmetric(a, n) ** -1, lambda s: s ** -1),
                ("cholesky = {0}", lower_slots, lambda a, n: lower(a, n) * lower(a, n).T, mp.cholesky))

    def numbers(self, m, n):
        return [exactly(m[i, j]) for i in range(n) for j in range(i + 1)]

    def places(self, mu, s):
        n = len(mu)
        yield [mpf(0.25)] * n
        yield list(mu)
        for z in (40, 1e-8, 1e20):
            yield [m + z * mp.sqrt(s[k, k]) * (1 if k % 2 else -1) for k, m in enumerate(mu)]

    def references(self):
        for n in (1, 2, 3):
            s = symmetric([mpf(v) for v in SIGMAS[n]], n)
            for form, text_of, covariance, given in self.forms():
                a = self.numbers(given(s), n)
                text = f"MultivariateNormal({slots(n, n)}, {form.replace('{0}', text_of(2 * n, n))}).log_prob({slots(0, n)})"

                def terms(v, n=n, covariance=covariance):
                    return normal_terms(covariance(v[2 * n:], n), [x - m for x, m in zip(v[:n], v[n:2 * n])])
                for x in self.places([mpf(v) for v in MUS[n]], s):
                    yield from density(text, terms, list(x) + list(MUS[n]) + a)
                d = fill(f"MultivariateNormal({slots(0, n)}, {form.replace('{0}', text_of(n, n))})", list(MUS[n]) + a)
                yield from self.moments(d, [mpf(v) for v in MUS[n]], covariance(a, n))
        yield from self.extremes()
        yield from self.kls()

    def moments(self, d, mu, s):
        n, size = len(mu), max(abs(v) for v in s)
        inverse = s ** -1
        for name in ("mean", "median", "mode"):
            yield from elements(name, d, mu)
        yield from elements("variance", d, [s[k, k] for k in range(n)], 8 * size)
        yield from elements("covariance", d, s, 8 * size)
        yield from elements("precision", d, inverse, 8 * max(abs(v) for v in inverse) ** 2 * size)
        yield from elements("cholesky", d, mp.cholesky(s), 8 * mp.sqrt(size) * max(abs(v) for v in inverse) * size)
        yield ref("entropy", f"{d}.entropy", n * (HALF_LOG_TWO_PI + mpf(0.5)) + mp.log(mp.det(s)) / 2, 4 * n)

    def extremes(self):
        """Variances of very different sizes, which covariance and factor keep apart."""
        for a, b in ((1e-150, 1e150), (1e-10, 1e10)):
            x, l = [exactly(v) for v in (3 * a, -2 * b)], [exactly(a), exactly(b) / 2, exactly(b)]
            z = x[0] / l[0]
            terms = [-2 * HALF_LOG_TWO_PI, -mp.log(l[0]), -mp.log(l[2]), -z ** 2 / 2, -((x[1] - l[1] * z) / l[2]) ** 2 / 2]
            yield ref("log_prob", fill(f"MultivariateNormal([0, 0], cholesky = {lower_slots(2, 2)}).log_prob({slots(0, 2)})", x + l), mp.fsum(terms),
                      mp.fsum(map(abs, terms)) * 4)

    def kls(self):
        for one, other in (((2, 0.5, 1), (1, 0, 1)), ((2, 0.5, 1), (3, -0.5, 0.5)), ((2, 0.5, 1), (2, 0.5, 1))):
            mu, nu = [mpf(1), mpf(-0.5)], [mpf(0.5), mpf(2)]
            if one == other:
                nu = mu
            s, t = symmetric([mpf(v) for v in one], 2), symmetric([mpf(v) for v in other], 2)
            text = [fill(f"MultivariateNormal({slots(0, 2)}, {symmetric_slots(2, 2)})", list(m) + list(map(mpf, v))) for m, v in ((mu, one), (nu, other))]
            yield ref("kl", f"{text[0]}.kl({text[1]})", normal_kl(mu, s, nu, t), max(normal_kl(mu, s, nu, t), mpf(4)))


class LowRankMultivariateNormal(Written):
    name = "LowRankMultivariateNormal"
    examples = ("LowRankMultivariateNormal([1, -0.5], [[1], [0.5]], [0.5, 0.25])", "LowRankMultivariateNormal(0, [[1, 2], [0.5, 0]], 2)")
    values = "[[0.2, 0.3], [1, -0.5], [-2, -1.5], [4, 0], [0.7, -1], [1.5, 0.25]]"
    total = ("(fn(d) { sum(plate a(i in 0..121) { sum(plate b(j in 0..121) { exp(d.log_prob([1 + (i - 60) / 6, -0.5 + (j - 60) / 9])) / 54 }) }) })"
             "(LowRankMultivariateNormal([1, -0.5], [[1], [0.5]], [0.5, 0.25]))")
    projects = ("x[0] ; Normal(1, sqrt(1.5))", "x[1] ; Normal(-0.5, sqrt(0.5))", "x[0] - 2 * x[1] ; Normal(2, sqrt(1.5))", "x[0] + x[1] ; Normal(0.5, sqrt(3))")
    moment_lines = ("0.5 ; LowRankMultivariateNormal([v, 1], [[v], [2]], [1, v]) ; x[0] * x[1] + x[1] ^ 2 ; v + 2 * v + 1 + 4 + v",)
    bad = ("LowRankMultivariateNormal([0, nan], [[1], [2]], 1)", "LowRankMultivariateNormal([0, 0], [[1], [inf]], 1)",
           "LowRankMultivariateNormal([0, 0], [[1], [2]], [1, 0])", "LowRankMultivariateNormal([0, 0], [[1], [2]], -1)",
           "shape-mismatch ; LowRankMultivariateNormal([0, 0], [[1], [2], [3]], 1)", "shape-mismatch ; LowRankMultivariateNormal([0, 0], [[1], [2]], [1, 2, 3])",
           "wrong-type ; LowRankMultivariateNormal([0, 0], [1, 2], 1)")
    outside = ("[nan, 0]", "[inf, 0]", "[0, -inf]")
    allow = {"partial": 1024, "log_prob": 32}  # the slope by a small diagonal is a difference of large numbers in the determinant lemma
    cases = (((1, -0.5), ((1,), (0.5,)), (0.5, 0.25)), ((1, 0, 2), ((1, 0.5), (0.3, -2), (0, 1)), (0.5, 1, 3)), ((0.5,), ((2,),), (1e-3,)))

    def references(self):
        for mu, w, diagonal in self.cases:
            n, r = len(mu), len(w[0])
            given = [exactly(v) for v in (*mu, *(v for row in w for v in row), *diagonal)]

            def call(at, n=n, r=r):
                return f"LowRankMultivariateNormal({slots(at, n)}, {matrix_slots(at + n, n, r)}, {slots(at + n + n * r, n)})"
            text = call(n) + f".log_prob({slots(0, n)})"

            def covariance(a, n=n, r=r):
                m = mp.matrix(n, r)
                for i in range(n):
                    for k in range(r):
                        m[i, k] = a[i * r + k]
                return m * m.T + mp.diag(a[n * r:])

            def terms(v, n=n, covariance=covariance):
                return normal_terms(covariance(v[2 * n:]), [x - m for x, m in zip(v[:n], v[n:2 * n])])
            s = covariance(given[n:])
            for x in ([mpf(0.25)] * n, list(given[:n]), [m + 40 * mp.sqrt(s[k, k]) for k, m in enumerate(given[:n])]):
                yield from density(text, terms, list(x) + given)
            d = fill(call(0), given)
            for name in ("mean", "median", "mode"):
                yield from elements(name, d, given[:n])
            yield from elements("variance", d, [s[k, k] for k in range(n)])
            yield from elements("covariance", d, s, max(abs(v) for v in s))
            yield ref("entropy", f"{d}.entropy", n * (HALF_LOG_TWO_PI + mpf(0.5)) + mp.log(mp.det(s)) / 2, 8 * n)
            other = [exactly(v + mpf(0.25) * (k + 1)) for k, v in enumerate(given)]
            kl = normal_kl(given[:n], s, other[:n], covariance(other[n:]))
            yield ref("kl", f"{d}.kl({fill(call(0), other)})", kl, max(kl, mpf(4)))
            yield ref("kl", f"{d}.kl({d})", mpf(0), 4)


class MultivariateStudentT(Written):
    name = "MultivariateStudentT"
    examples = ("MultivariateStudentT(5, [1, -0.5], [[2, 0.5], [0.5, 1]])", "MultivariateStudentT(0.8, [0, 3], cholesky = [[1.5, 0], [-0.5, 0.3]])",
                "MultivariateStudentT(1e6, 0, [[2, 0.5], [0.5, 1]])")
    values = "[[0.2, 0.3], [1, -0.5], [-2, 1.5], [40, 0], [0.7, -3], [1.5, 0.25]]"
    total = ("(fn(d) { sum(plate a(i in 0..161) { s = (i - 80) / 32; sum(plate b(j in 0..161) { t = (j - 80) / 32; "
             "exp(d.log_prob([1 + sinh(1.5 * sinh(s)), -0.5 + sinh(1.5 * sinh(t))])) * 0.002197265625 * cosh(s) * cosh(1.5 * sinh(s)) * cosh(t) * cosh(1.5 * sinh(t)) }) }) })"
             "(MultivariateStudentT(5, [1, -0.5], [[2, 0.5], [0.5, 1]]))")
    projects = ("x[0] ; StudentT(5, 1, sqrt(2))", "x[1] ; StudentT(5, -0.5, 1)", "x[0] - x[1] ; StudentT(5, 1.5, sqrt(2))",
                "x[0] - 4 * x[1] ; StudentT(5, 3, sqrt(14))")
    moment_lines = ("8 ; MultivariateStudentT(v, [1, 0], [[1, 0.5], [0.5, 2]]) ; x[0] ^ 2 + x[1] ; v / (v - 2) + 1",
                    "0.5 ; MultivariateStudentT(9, [v, 1], [[2, v], [v, 1]]) ; x[0] * x[1] ; v + 9 / 7 * v")
    bad = ("MultivariateStudentT(0, [0, 0], eye(2))", "MultivariateStudentT(-1, [0, 0], eye(2))", "MultivariateStudentT(inf, [0, 0], eye(2))",
           "MultivariateStudentT(3, [nan, 0], eye(2))", "MultivariateStudentT(3, [0, 0], cholesky = [[1, 1], [0, 1]])",
           "not-positive-definite ; MultivariateStudentT(3, [0, 0], [[1, 2], [2, 1]])", "shape-mismatch ; MultivariateStudentT(3, [0, 0], eye(3))",
           "wrong-type ; MultivariateStudentT([1, 2], [0, 0], eye(2))", "missing-argument ; MultivariateStudentT(3, [0, 0])")
    outside = ("[nan, 0]", "[inf, 0]", "[0, -inf]")
    allow = {"partial": 64, "log_prob": 32, "entropy": 64}

    def references(self):
        for n in (1, 2, 3):
            s = [exactly(v) for v in SIGMAS[n]]
            for df in (0.5, 3, 30, 1e8) if n == 2 else (2.5,):
                for form, text_of, matrix_of in (("{0}", symmetric_slots, symmetric), ("cholesky = {0}", lower_slots, lambda a, n: lower(a, n) * lower(a, n).T)):
                    a = s if form == "{0}" else [exactly(v) for v in (lambda m: [m[i, j] for i in range(n) for j in range(i + 1)])(mp.cholesky(symmetric(s, n)))]
                    yield from self.case(n, exactly(df), form.replace("{0}", text_of(2 * n + 1, n)), matrix_of, a)
                    d = fill(f"MultivariateStudentT({{0}}, {slots(1, n)}, {form.replace('{0}', text_of(n + 1, n))})", [exactly(df), *MUS[n], *a])
                    yield from self.moments(d, exactly(df), [mpf(v) for v in MUS[n]], matrix_of(a, n))

    def case(self, n, df, form, matrix_of, a):
        text = f"MultivariateStudentT({{{n}}}, {slots(n + 1, n)}, {form}).log_prob({slots(0, n)})"

        def terms(v):
            m = matrix_of(v[2 * n + 1:], n)
            q = quadratic(m, [x - c for x, c in zip(v[:n], v[n + 1:2 * n + 1])])
            return [mp.loggamma((v[n] + n) / 2) - mp.loggamma(v[n] / 2), -mpf(n) / 2 * mp.log(v[n] * mp.pi), -mp.log(mp.det(m)) / 2,
                    -(v[n] + n) / 2 * mp.log1p(q / v[n])]
        for x in ([mpf(0.25)] * n, [exactly(v) for v in MUS[n]], [mpf(40 + k) for k in range(n)], [mpf(10) ** 15 + k for k in range(n)]):
            yield from density(text, terms, list(x) + [df, *MUS[n], *a])

    def moments(self, d, df, mu, s):
        n, size = len(mu), max(abs(v) for v in s)
        factor = df / (df - 2) if df > 2 else INF if df > 1 else NAN
        yield from elements("mean", d, mu if df > 1 else [NAN] * n)
        for name in ("median", "mode"):
            yield from elements(name, d, mu)
        yield from elements("variance", d, [s[k, k] * factor for k in range(n)], size * (factor if df > 2 else 1) * 8)
        if df > 2:
            yield from elements("covariance", d, s * factor, size * factor * 8)
        yield from elements("scale", d, s, 8 * size)
        yield from elements("cholesky", d, mp.cholesky(s), 8 * size)
        h, k = df / 2, mpf(n) / 2
        entropy = mp.log(mp.det(s)) / 2 + k * mp.log(df * mp.pi) - mp.loggamma(h + k) + mp.loggamma(h) + (h + k) * (mp.digamma(h + k) - mp.digamma(h))
        yield ref("entropy", f"{d}.entropy", entropy, max(abs(entropy), mpf(4)))


class GaussianRandomWalk(Written):
    name = "GaussianRandomWalk"
    examples = ("GaussianRandomWalk(0.5, 2)", "GaussianRandomWalk([0.5, 2], 2)", "GaussianRandomWalk(3, 2)")
    values = "[[0.2, 0.3], [1, -0.5], [-0.5, -1.5], [0.75, 0], [0.7, 0], [1.5, 0.25]]"
    total = ("(fn(d) { sum(plate a(i in 0..121) { sum(plate b(j in 0..121) { exp(d.log_prob([(i - 60) / 12, (j - 60) / 9])) / 108 }) }) })"
             "(GaussianRandomWalk(0.5, 2))")
    projects = ("x[0] ; Normal(0, 0.5)", "x[1] ; Normal(0, sqrt(0.5))", "x[1] - x[0] ; Normal(0, 0.5)", "x[0] + x[1] ; Normal(0, sqrt(1.25))")
    moment_lines = ("0.5 ; GaussianRandomWalk(v, 3) ; x[0] * x[2] + x[1] ^ 2 ; 3 * v ^ 2", "0.5 ; GaussianRandomWalk([1, v], 2) ; x[1] ^ 2 ; 1 + v ^ 2")
    bad = ("GaussianRandomWalk(0, 3)", "GaussianRandomWalk([1, -1], 2)", "GaussianRandomWalk(nan, 3)", "GaussianRandomWalk(1, 2.5)",
           "shape-mismatch ; GaussianRandomWalk([1, 2], 3)", "wrong-type ; GaussianRandomWalk([[1, 2]], 2)")
    outside = ("[nan, 0]", "[inf, 0]", "[0, -inf]", "[inf, inf]")
    allow = {"partial": 16, "log_prob": 8}

    def references(self):
        for scales, one in (((0.5,), True), ((0.5, 2), False), ((3,) * 4, True), ((1e-100, 1, 1e100), False), ((2, 0.25, 1, 7), False)):
            n = len(scales)
            given = [exactly(v) for v in (scales[:1] if one else scales)]
            call = f"GaussianRandomWalk({'{%d}' if one else '%s'}, {n})"
            text = (f"GaussianRandomWalk({{{n}}}, {n})" if one else f"GaussianRandomWalk({slots(n, n)}, {n})") + f".log_prob({slots(0, n)})"

            def terms(v, n=n):
                s = v[n:] * n if len(v) == n + 1 else v[n:]
                steps = [x - before for x, before in zip(v[:n], [mpf(0)] + v[:n])]
                return [-n * HALF_LOG_TWO_PI] + [-mp.log(a) for a in s] + [-(x / a) ** 2 / 2 for x, a in zip(steps, s)]
            all_scales = [exactly(v) for v in scales]
            for z in (0.25, -40, 1):
                walk = [mpf(z) * mp.fsum(all_scales[:k + 1]) * (1 + mpf(k) / 7) for k in range(n)]
                yield from density(text, terms, walk + given)
            d = fill(f"GaussianRandomWalk({'{0}' if one else slots(0, n)}, {n})", given)
            v = [mp.fsum(a * a for a in all_scales[:k + 1]) for k in range(n)]
            for name in ("mean", "median", "mode"):
                yield from elements(name, d, [mpf(0)] * n)
            yield from elements("variance", d, v)
            yield from elements("covariance", d, mp.matrix([[v[min(i, j)] for j in range(n)] for i in range(n)]))
            parts = [n * (HALF_LOG_TWO_PI + mpf(0.5))] + [mp.log(a) for a in all_scales]
            yield ref("entropy", f"{d}.entropy", mp.fsum(parts), mp.fsum(map(abs, parts)))
        for a, b in ((0.5, 2), (3, 0.25), (1, 1)):
            r = (mpf(a) / b) ** 2
            yield ref("kl", f"GaussianRandomWalk({number(a)}, 3).kl(GaussianRandomWalk({number(b)}, 3))", 3 * (r - 1 - mp.log(r)) / 2, 3 * (r + 1))


class ZeroSumNormal(Written):
    name = "ZeroSumNormal"
    examples = ("ZeroSumNormal(1.5, 3)", "ZeroSumNormal(0.25, 3)")
    values = "[[1, -1.5, 0.5], [0, 0, 0], [0.25, 0.25, -0.5], [-2, 1, 1], [3, -1.5, -1.5], [0, 1, -1]]"
    total = ("(fn(d) { sum(plate a(i in 0..121) { sum(plate b(j in 0..121) { s = (i - 60) / 4; t = (j - 60) / 4; "
             "exp(d.log_prob([s / sqrt(2) + t / sqrt(6), t / sqrt(6) - s / sqrt(2), -2 * t / sqrt(6)])) / 16 }) }) })(ZeroSumNormal(1.5, 3))")
    projects = ("x[0] ; Normal(0, sqrt(1.5))", "x[2] ; Normal(0, sqrt(1.5))", "x[0] - x[1] ; Normal(0, sqrt(4.5))", "x[0] + x[1] ; Normal(0, sqrt(1.5))")
    moment_lines = ("0.5 ; ZeroSumNormal(v, 4) ; x[0] ^ 2 + x[0] * x[1] ; v ^ 2 / 2",)
    bad = ("ZeroSumNormal(0, 3)", "ZeroSumNormal(-1, 3)", "ZeroSumNormal(inf, 3)", "ZeroSumNormal(1, 1)", "ZeroSumNormal(1, 2.5)",
           "wrong-type ; ZeroSumNormal([1, 2], 2)")
    outside = ("[1, 1, 1]", "[1, -1, 0.01]", "[nan, 0, 0]", "[inf, -inf, 0]", "[0, inf, 0]")
    allow = {"partial": 16, "log_prob": 8}

    def references(self):
        for scale in (1.5, 0.25, 1e-100, 1e100):
            s = exactly(scale)
            for x in ((0.75, -1.5, 0.75), (1, -1), (0.5, 0.25, 0.25, -1), (40, -40, 0)):
                n = len(x)
                v = [exactly(a) * s if scale in (1e-100, 1e100) and n == 2 else mpf(a) for a in x]
                if scale in (1e-100, 1e100) and n != 2:
                    continue
                parts = [-(n - 1) * HALF_LOG_TWO_PI, -(n - 1) * mp.log(s), -mp.fsum(a * a for a in v) / (2 * s * s)]
                size = mp.fsum(map(abs, parts)) + 2 * abs(parts[2]) + n
                values = "[" + ", ".join(map(number, v)) + "]"
                yield ref("log_prob", f"ZeroSumNormal({number(s)}, {n}).log_prob({values})", mp.fsum(parts), size)
                slope = -(n - 1) / s + mp.fsum(a * a for a in v) / s ** 3
                yield ref("partial", f"grad(fn(v) {{ ZeroSumNormal(v, {n}).log_prob({values}) }}, {number(s)})", slope,
                          (n - 1) / s + 4 * mp.fsum(a * a for a in v) / s ** 3)
                for k in range(n):
                    yield ref("partial", f"grad(fn(v) {{ ZeroSumNormal({number(s)}, {n}).log_prob(v) }}, {values})[{k}]", -v[k] / s ** 2, 2 * max(abs(a) for a in v) / s ** 2)
            d, n = f"ZeroSumNormal({number(s)}, 3)", 3
            for name in ("mean", "median", "mode"):
                yield from elements(name, d, [mpf(0)] * n)
            yield from elements("variance", d, [s * s * 2 / 3] * n)
            yield from elements("covariance", d, mp.matrix([[s * s * ((i == j) - mpf(1) / 3) for j in range(n)] for i in range(n)]), s * s)
            yield ref("entropy", f"{d}.entropy", 2 * (mp.log(s) + HALF_LOG_TWO_PI + mpf(0.5)), 2 * abs(mp.log(s)) + 4)
        for a, b in ((0.5, 2), (3, 0.25), (1, 1)):
            r = (mpf(a) / b) ** 2
            yield ref("kl", f"ZeroSumNormal({number(a)}, 3).kl(ZeroSumNormal({number(b)}, 3))", r - 1 - mp.log(r), 2 * (r + 1))


class LogisticNormal(Written):
    """By the stick breaking of torch.distributions.StickBreakingTransform."""
    name = "LogisticNormal"
    examples = ("LogisticNormal([0.3, -0.2], [0.5, 0.7])", "LogisticNormal([0.3, -0.2], 1.5)", "LogisticNormal([0, 0], covariance = [[1, 0.5], [0.5, 2]])",
                "LogisticNormal([0.5, -1], cholesky = [[0.5, 0], [-0.5, 1]])")
    values = "[[0.2, 0.5, 0.3], [0.5, 0.25, 0.25], [0.125, 0.125, 0.75], [0.3, 0.6, 0.1], [0.6, 0.3, 0.1], [0.25, 0.35, 0.4]]"
    total = ("(fn(d) { sum(plate a(i in 0..121) { t = (i - 60) / 5; p = sigmoid(t); q = sigmoid(-t); w = 0.2 * p * q; "
             "sum(plate b(j in 0..121) { s = (j - 60) / 5; m = sigmoid(s); n = sigmoid(-s); "
             "exp(d.log_prob([p, q * m, q * n])) * w * q * 0.2 * m * n }) }) })(LogisticNormal([0.3, -0.2], [0.5, 0.7]))")
    projects = ("log(x[0] / (x[1] + x[2])) + log(2) ; Normal(0.3, 0.5)", "log(x[1] / x[2]) ; Normal(-0.2, 0.7)")
    moment_lines = ("0.5 ; LogisticNormal([v, 0.2], [1, v]) ; (log(x[1] / x[2])) ^ 2 + log(x[0] / (1 - x[0])) ; 0.04 + v ^ 2 + v - log(2)",)
    bad = ("LogisticNormal([0, nan], 1)", "LogisticNormal([0, 0], 0)", "LogisticNormal([0, 0], [1, -1])", "LogisticNormal([0, 0], 1, covariance = eye(2))",
           "not-positive-definite ; LogisticNormal([0, 0], covariance = [[1, 2], [2, 1]])", "shape-mismatch ; LogisticNormal([0, 0], [1, 2, 3])",
           "missing-argument ; LogisticNormal([0, 0])", "wrong-type ; LogisticNormal(0, 1)")
    outside = ("[0.2, 0.3, 0.4]", "[0, 0.5, 0.5]", "[0.5, 0.5, 0]", "[-0.5, 1, 0.5]", "[nan, 0.5, 0.5]", "[inf, 0, 0]")
    allow = {"partial": 64, "log_prob": 32}

    def places(self, n):
        yield from [[exactly(v) for v in x] for x in ({3: ((0.2, 0.5, 0.3), (1e-300, 0.25, 0.75), (0.5, 0.5, 1e-200), (0.9, 0.04, 0.06)),
                                                       2: ((0.3, 0.7), (1e-100, 1)), 4: ((0.1, 0.2, 0.3, 0.4),)}[n])]

    @staticmethod
    def normal(y):
        n = len(y) - 1
        return [mp.log(y[k]) - mp.log(mp.fsum(y[k + 1:])) + mp.log(n - k) for k in range(n)]

    def references(self):
        for mu in ((0.3, -0.2), (0.5,), (1, 0, -1)):
            n = len(mu)
            m = n + 1
            forms = [("{0}", lambda f, n: slots(f, n), lambda a, n: mp.diag([v * v for v in a]), (0.5, 0.7, 2)[:n])]
            if n == 2:
                forms += [("covariance = {0}", symmetric_slots, symmetric, (1, 0.5, 2)), ("cholesky = {0}", lower_slots, lambda a, n: lower(a, n) * lower(a, n).T, (0.5, -0.5, 1))]
            for form, text_of, covariance, given in forms:
                text = f"LogisticNormal({slots(m, n)}, {form.replace('{0}', text_of(m + n, n))}).log_prob({slots(0, m)})"

                def terms(v, n=n, m=m, covariance=covariance):
                    x = self.normal(v[:m])
                    return normal_terms(covariance(v[m + n:], n), [a - b for a, b in zip(x, v[m:m + n])]) + [-mp.log(y) for y in v[:m]]
                for y in self.places(m):
                    yield from density(text, terms, list(y) + [exactly(v) for v in (*mu, *given)])
        a, b = "LogisticNormal([0.5, -1], 0.5)", "LogisticNormal([0, 1], covariance = [[2, 0.5], [0.5, 1]])"
        s, t = mp.diag([mpf(0.25)] * 2), symmetric([mpf(2), mpf(0.5), mpf(1)], 2)
        for one, other, p, q in ((a, b, (([mpf(0.5), mpf(-1)], s)), ([mpf(0), mpf(1)], t)), (b, a, ([mpf(0), mpf(1)], t), ([mpf(0.5), mpf(-1)], s))):
            kl = normal_kl(p[0], p[1], q[0], q[1])
            yield ref("kl", f"{one}.kl({other})", kl, max(kl, mpf(4)))


FAMILIES = [MultivariateNormal(), LowRankMultivariateNormal(), MultivariateStudentT(), GaussianRandomWalk(), ZeroSumNormal(), LogisticNormal()]
