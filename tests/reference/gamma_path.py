#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/gamma_path.csv: d log(g) / d shape of a Gamma(shape, 1) number g that keeps its probability, by mpmath to 60
digits. scipy only chooses the places.

    tests/reference/gamma_path.py > tests/data/gamma_path.csv
"""
import scipy.stats as st
from mpmath import mp, mpf

mp.dps = 60

print("g,shape,value")
for a in (0.01, 0.1, 0.3, 0.9, 1, 1.7, 3, 8, 15, 29.9, 30, 60, 200, 1000, 10000):
    for q in (1e-100, 1e-20, 1e-5, 0.01, 0.2, 0.45, 0.5, 0.55, 0.8, 0.99, 1 - 1e-6, 1 - 1e-12):
        x, shape = mpf(float(st.gamma(a).ppf(q))), mpf(a)
        if x < mpf("1e-300"):
            continue
        h = shape * mpf(10) ** -16
        ends = (x, mp.inf) if q > 0.5 else (0, x)
        change = (mp.gammainc(shape + h, *ends, regularized=True) - mp.gammainc(shape - h, *ends, regularized=True)) / (2 * h)
        value = abs(change) / mp.exp(shape * mp.log(x) - x - mp.loggamma(shape))
        print(f"{float(x)!r},{float(shape)!r},{float(value)!r}")
