#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/adam.csv: Adam's steps up the function -(k - 3)^2 - cosh(k / 2) from k = 0.5, in 50 digits.

The recurrence is algorithm 1 of Kingma and Ba (2015) for ascent. PyTorch's torch.optim.Adam is the same, up to rounding:
its denominator is sqrt(v) / sqrt(1 - beta2^t) + eps, its step lr / (1 - beta1^t)."""
from mpmath import cosh, mp, mpf, sinh, sqrt

mp.dps = 50
SETTINGS = [("0.1", "0.9", "0.999", "1e-8"), ("0.005", "0.95", "0.999", "1e-8"), ("0.3", "0.5", "0.9", "0.01"), ("0.02", "0", "0.99", "1e-8")]
STEPS = 60


def steps(lr, beta1, beta2, eps):
    # The settings as a program reads them: the nearest doubles.
    lr, beta1, beta2, eps = (mpf(float(x)) for x in (lr, beta1, beta2, eps))
    k, m, v = mpf(0.5), mpf(0), mpf(0)
    for t in range(1, STEPS + 1):
        g = -2 * (k - 3) - sinh(k / 2) / 2
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        k += lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)
        yield k, (k - 3) ** 2 + cosh(k / 2)


with open("adam.csv", "w") as file:
    file.write("run,lr,beta1,beta2,eps,step,k\n")
    for run, setting in enumerate(SETTINGS):
        for t, (k, _) in enumerate(steps(*setting), 1):
            file.write(f"{run},{','.join(setting)},{t},{mp.nstr(k, 17)}\n")
