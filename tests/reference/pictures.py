#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/pictures.csv: kernel densities, lines of least squares, correlations, quantiles and bins, as SciPy and NumPy
compute them. tests/check_pictures.c has the same numbers for its own: data_of is number_of there.

Usage: python3 tests/reference/pictures.py"""
import math
import pathlib

import numpy
from scipy import stats

OUT = pathlib.Path(__file__).resolve().parents[1] / "data" / "pictures.csv"


def data_of(kind, n):
    """The same numbers everywhere: k * golden ratio modulo 1, moved and stretched."""
    u = [(k + 1) * 0.6180339887498949 % 1 for k in range(n)]
    if kind == "uniform":
        return numpy.array(u)
    if kind == "skewed":
        return numpy.array([-math.log1p(-v) for v in u])
    if kind == "far":
        return numpy.array([1e6 + 10 * v ** 3 for v in u])
    if kind == "counts":
        return numpy.array([math.floor(12 * v * v) for v in u], dtype=float)
    raise ValueError(kind)


def main():
    lines = ["what;data;n;arguments;value"]

    def line(what, kind, n, arguments, value):
        lines.append(f"{what};{kind};{n};{' '.join(repr(float(a)) for a in arguments)};{float(value)!r}")

    for kind in ["uniform", "skewed", "far", "counts"]:
        for n in [7, 100, 2000]:
            x = data_of(kind, n)
            line("mean", kind, n, [], x.mean())
            line("sd", kind, n, [], x.std(ddof=1))
            for p in [0, 0.025, 0.25, 0.5, 0.975, 1]:
                line("quantile", kind, n, [p], numpy.quantile(x, p))
            quartiles = numpy.subtract(*numpy.quantile(x, [0.75, 0.25]))
            bandwidth = 0.9 * min(x.std(ddof=1), quartiles / 1.34) * n ** -0.2
            line("bandwidth", kind, n, [], bandwidth)
            for b in [bandwidth, 0.5 * bandwidth]:
                kernels = stats.gaussian_kde(x, bw_method=b / x.std(ddof=1))
                for p in [0, 0.1, 0.5, 0.9]:
                    at = numpy.quantile(x, p)
                    line("density", kind, n, [b, at], kernels(at)[0])
            if kind != "counts":
                counts, edges = numpy.histogram(x, bins="fd")
                if len(counts) <= 100:
                    line("bins", kind, n, [], len(counts))
                    line("share of the first bin", kind, n, [], counts[0] / n)
            y = numpy.sin(7 * data_of("uniform", n + 3)[3:]) + 0.25 * x
            line("correlation", kind, n, [], numpy.corrcoef(x, y)[0, 1])
            fit = stats.linregress(x, y)
            line("slope", kind, n, [], fit.slope)
            line("slope's error", kind, n, [], fit.stderr)
            line("intercept", kind, n, [], fit.intercept)
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
