#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/constraints.txt: images and log volumes of the maps of constraints, by mpmath with 40 digits.

Each set is computed from its definition, not by logarithms: the simplex by breaking a stick, correlations by canonical partial
correlations (Stan reference manual, transforms), the zero sum by a Householder reflection, the sphere by the line through the
south pole. The log volume is the determinant of the derivative by mpmath's differentiation, in the coordinates that the manual
names; on the sphere and in the plane of zero sums it is half the log determinant of the Gram matrix.

Lines: constraint ; bounds ; unconstrained numbers ; image, by rows ; log volume"""
import os

from mpmath import diff, exp, log, log1p, matrix, mp, mpf, sqrt, tanh

mp.dps = 60


def simplex(u):
    n, rest, x = len(u) + 1, mpf(1), []
    for k, v in enumerate(u):
        z = 1 / (1 + exp(-(v - log(mpf(n - 1 - k)))))
        x.append(rest * z)
        rest -= x[-1]
    return x + [rest]


def ordered(u):
    x = [u[0]]
    for v in u[1:]:
        x.append(x[-1] + exp(v))
    return x


def positive_ordered(u):
    x, sum = [], mpf(0)
    for v in u:
        sum += exp(v)
        x.append(sum)
    return x


def sphere(u):
    """Where the line from (0, …, 0, -1) through the point (u, 0) meets the sphere again."""
    q = sum(v * v for v in u)
    t = 2 / (q + 1)
    return [t * v for v in u] + [t - 1]


def zero_sum(u):
    """The reflection that takes the last axis to (-1, …, -1) / sqrt(n), of (u, 0): that of NumPyro and PyMC."""
    n = len(u) + 1
    w = [1 / sqrt(mpf(n))] * (n - 1) + [1 + 1 / sqrt(mpf(n))]
    y = list(u) + [mpf(0)]
    factor = 2 * sum(a * b for a, b in zip(w, y)) / sum(a * a for a in w)
    return [b - factor * a for a, b in zip(w, y)]


def side(count, full):
    n = 0 if full else 1
    while n * (n + 1 if full else n - 1) // 2 < count:
        n += 1
    return n


def lower_cholesky(u):
    n, u = side(len(u), True), list(u)
    l = [[mpf(0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            v = u.pop(0)
            l[i][j] = exp(v) if i == j else v
    return flat(l)


def corr_cholesky(u):
    n, u = side(len(u), False), list(u)
    l = [[mpf(0)] * n for _ in range(n)]
    for i in range(n):
        rest = mpf(1)
        for j in range(i):
            l[i][j] = tanh(u.pop(0)) * sqrt(rest)
            rest -= l[i][j] ** 2
        l[i][i] = sqrt(rest)
    return flat(l)


def flat(m):
    return [x for row in m for x in row]


def squared(l):
    n = int(round(len(l) ** 0.5))
    return [sum(l[i * n + k] * l[j * n + k] for k in range(n)) for i in range(n) for j in range(n)]


def cov_matrix(u):
    return squared(lower_cholesky(u))


def corr_matrix(u):
    return squared(corr_cholesky(u))


def number(f):
    return lambda u, *bounds: [f(v, *bounds) for v in u]


def below_diagonal(n):
    return [i * n + j for i in range(n) for j in range(i)]


def lower_triangle(n):
    return [i * n + j for i in range(n) for j in range(i + 1)]


SQUARE = {"lower_cholesky": lower_triangle, "cov_matrix": lower_triangle, "corr_cholesky": below_diagonal, "corr_matrix": below_diagonal}

MAPS = {
    "real": number(lambda u: u),
    "real_vector": number(lambda u: u),
    "positive": number(exp),
    "softplus_positive": number(lambda u: log1p(exp(u))),
    "nonnegative": number(exp),
    "negative": number(lambda u: -exp(u)),
    "less_than": number(lambda u, b: b - exp(u)),
    "greater_than": number(lambda u, a: a + exp(u)),
    "interval": number(lambda u, a, b: a + (b - a) / (1 + exp(-u))),
    "unit_interval": number(lambda u: 1 / (1 + exp(-u))),
    "simplex": simplex,
    "ordered": ordered,
    "positive_ordered": positive_ordered,
    "sphere": sphere,
    "zero_sum": zero_sum,
    "lower_cholesky": lower_cholesky,
    "cov_matrix": cov_matrix,
    "corr_cholesky": corr_cholesky,
    "corr_matrix": corr_matrix,
}

BOUNDS = {"less_than": [(2,), (-1e6,)], "greater_than": [(-1,), (1e6,)], "interval": [(2, 5), (-1e6, 0.001)]}

NUMBERS = [[0], [1.5], [-30], [30]]
VECTORS = [[0, 0], [0.3, -0.7, 1.2], [2.5, -1.25, 0.125, 3, -4], [-20, 15, 4]]
TRIANGLES = [[0.5], [0.3, -0.7, 1.2], [0.1, -0.2, 0.3, 1.4, -1.5, 0.6]]


def determinant_rows(name, n):
    """Which elements of the image are the volume's coordinates; None: all, by the Gram matrix."""
    if name == "simplex":
        return list(range(n))
    if name in SQUARE:
        side_ = int(round(n ** 0.5))
        return SQUARE[name](side_)
    return None


def log_volume(name, u, bounds):
    f, n = MAPS[name], len(u)
    image = f(u, *bounds)
    jacobian = matrix(len(image), n)
    for k in range(n):
        for i in range(len(image)):
            jacobian[i, k] = diff(lambda v: f(u[:k] + [v] + u[k + 1:], *bounds)[i], u[k])
    rows = determinant_rows(name, len(image))
    if name == "simplex":
        rows = rows[:-1]
    if rows is not None:
        square = matrix(n, n)
        for i, r in enumerate(rows):
            for k in range(n):
                square[i, k] = jacobian[r, k]
        return log(abs(mp.det(square)))
    return log(mp.det(jacobian.T * jacobian)) / 2


def text(x):
    return mp.nstr(x, 20)


def main():
    path = os.path.join(os.path.dirname(__file__), "..", "data", "constraints.txt")
    with open(path, "w") as out:
        out.write("# Written by tests/reference/constraints.py\n# constraint ; bounds ; unconstrained numbers ; image, by rows ; log volume\n")
        for name in MAPS:
            whole = name in SQUARE or name in ("simplex", "ordered", "positive_ordered", "sphere", "zero_sum", "real_vector")
            inputs = TRIANGLES if name in SQUARE else VECTORS if whole else NUMBERS
            for bounds in BOUNDS.get(name, [()]):
                for given in inputs:
                    u, b = [mpf(v) for v in given], [mpf(v) for v in bounds]
                    fields = [name, " ".join(repr(float(v)) for v in bounds), " ".join(repr(float(v)) for v in given),
                              " ".join(text(x) for x in MAPS[name](u, *b)), text(log_volume(name, u, b))]
                    out.write(" ; ".join(fields) + "\n")


if __name__ == "__main__":
    main()
