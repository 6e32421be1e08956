#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/elementwise.csv: values and partial derivatives of the elementwise functions, by mpmath with 50 digits.

Columns: name, a, b, value, partial by a, partial by b; empty where there is none. Needs mpmath.
Run: python3 tests/reference/elementwise.py > tests/data/elementwise.csv
"""
from mpmath import (acos, asin, atan, atan2, cos, cosh, digamma, erf, erfc, erfinv, exp, expm1, log, log1p,
                    loggamma, mp, mpf, nstr, pi, polygamma, sin, sinh, sqrt, tan, tanh)

mp.dps = 50

WIDE = ["-700.5", "-30.25", "-5", "-1.5", "-1", "-0.75", "-0.1", "-1e-5", "-1e-12", "1e-300", "1e-9", "0.001", "0.2", "0.5", "0.9",
        "1", "1.75", "3", "8.5", "20", "100.25", "700.5"]
SMALL = [x for x in WIDE if abs(float(x)) <= 20]
POSITIVE = [x for x in WIDE if float(x) > 0] + ["5e-324", "2.5e-310", "1e10", "1e200", "1.0000001", "0.9999999", "2"]
UNIT = ["-1", "-0.99", "-0.5", "-1e-8", "1e-8", "0.25", "0.75", "0.999"]
SHARE = ["1e-300", "1e-12", "0.001", "0.02425", "0.0749", "0.0751", "0.2", "0.25", "0.4999", "0.50000001", "0.6", "0.75", "0.9249", "0.9251",
         "0.999", "0.99999999"]
LOG_SHARE = ["-1e300", "-1e100", "-1e10", "-1e5", "-1000", "-730", "-701", "-699", "-200", "-30", "-20", "-5", "-2.7", "-2.5", "-1.5", "-0.8",
             "-0.7", "-0.6931", "-0.69", "-0.5", "-0.1", "-0.08", "-0.07", "-0.01", "-1e-5", "-1e-12", "-1e-100", "-1e-300"]
GAMMA = ["1e-300", "1e-10", "0.001", "0.1", "0.3", "0.4999", "0.5", "0.7", "0.99", "0.999999", "1.000001", "1.01", "1.3", "1.4616321449683623",
         "1.4999", "1.5", "1.9", "1.999999", "2.000001", "2.1", "2.4999", "2.5", "3", "3.7", "4.5", "5.5", "6.4999", "7.5", "8.25", "9.4999",
         "9.5", "9.9999", "10", "10.5", "15", "33.3", "100", "1000.5", "1e6", "1e15", "1e100"]
NEGATIVE = ["-0.1", "-0.5", "-0.9", "-1.3", "-2.7", "-5.25", "-20.5", "-100.7"]


def lgamma(x):
    return log(abs(mp.gamma(x))) if x < 0 else loggamma(x)


def quantile(p):
    # Newton's method from erfinv's answer, in the tail's own precision
    low = p if p < 0.5 else 1 - p
    with mp.workdps(340 if low < mpf("1e-40") else 60):
        y = -sqrt(mpf(2)) * erfinv(1 - 2 * low)
    return +(y if p < 0.5 else -y)


def mills_series(x):
    return sum((-1) ** k * mp.fac2(2 * k - 1) / x ** (2 * k) for k in range(12))


def log_normal_cdf(x):
    if x < -1e3:
        return -x * x / 2 - log(-x) - log(2 * pi) / 2 + log(mills_series(x))
    return log1p(-erfc(x / root_2) / 2) if x > 0 else log(erfc(-x / root_2) / 2)


def normal_hazard(x):
    if x < -1e3:
        return -x / mills_series(x)
    return exp(-x * x / 2 - log_normal_cdf(x)) / sqrt(2 * pi)


def quantile_of_log(p):
    if p > -2:
        return -quantile(-expm1(p)) if p > -0.7 else quantile(exp(p))
    x = -sqrt(-2 * p)
    with mp.workdps(70):
        for _ in range(60):
            step = (log_normal_cdf(x) - p) / normal_hazard(x)
            x -= step
            if abs(step) < abs(x) * mpf("1e-40"):
                break
    return +x


root_2, root_pi = sqrt(mpf(2)), sqrt(pi)
UNARY = [
    ("exp", exp, exp, WIDE + ["-745", "709.7"]),
    ("expm1", expm1, exp, WIDE),
    ("log", log, lambda x: 1 / x, POSITIVE),
    ("log1p", log1p, lambda x: 1 / (1 + x), [x for x in WIDE if float(x) > -1]),
    ("log1m_exp", lambda x: log1p(-exp(x)) if x < -1 else log(-expm1(x)), lambda x: -1 / expm1(-x), LOG_SHARE[7:]),
    ("log2", lambda x: log(x) / log(2), lambda x: 1 / (x * log(2)), POSITIVE),
    ("log10", lambda x: log(x) / log(10), lambda x: 1 / (x * log(10)), POSITIVE),
    ("sqrt", sqrt, lambda x: 1 / (2 * sqrt(x)), POSITIVE),
    ("abs", abs, lambda x: 1 if x > 0 else -1, WIDE),
    ("sin", sin, cos, WIDE + ["1e5"]),
    ("cos", cos, lambda x: -sin(x), WIDE + ["1e5"]),
    ("tan", tan, lambda x: 1 / cos(x) ** 2, WIDE),
    ("asin", asin, lambda x: 1 / sqrt(1 - x * x), UNIT[1:]),
    ("acos", acos, lambda x: -1 / sqrt(1 - x * x), UNIT[1:]),
    ("atan", atan, lambda x: 1 / (1 + x * x), WIDE),
    ("sinh", sinh, cosh, WIDE),
    ("cosh", cosh, sinh, WIDE),
    ("tanh", tanh, lambda x: 1 / cosh(x) ** 2, SMALL),
    ("sigmoid", lambda x: 1 / (1 + exp(-x)), lambda x: exp(-abs(x)) / (1 + exp(-abs(x))) ** 2, WIDE),
    ("logit", lambda p: log(p / (1 - p)), lambda p: 1 / (p * (1 - p)), SHARE),
    ("softplus", lambda x: log1p(exp(x)), lambda x: 1 / (1 + exp(-x)), WIDE),
    ("erf", erf, lambda x: 2 / root_pi * exp(-x * x), SMALL),
    ("erfc", erfc, lambda x: -2 / root_pi * exp(-x * x), SMALL),
    ("lgamma", lgamma, digamma, GAMMA + NEGATIVE),
    ("digamma", digamma, lambda x: polygamma(1, x), GAMMA + NEGATIVE),
    ("trigamma", lambda x: polygamma(1, x), lambda x: polygamma(2, x), [x for x in GAMMA if float(x) > 1e-50] + NEGATIVE),
    ("normal_cdf", lambda x: erfc(-x / root_2) / 2, lambda x: exp(-x * x / 2) / sqrt(2 * pi), SMALL),
    ("normal_quantile", quantile, lambda p: sqrt(2 * pi) * exp(quantile(p) ** 2 / 2), SHARE),
    ("log_normal_cdf", log_normal_cdf, normal_hazard, SMALL + ["-3", "-10", "-20", "-37", "-39", "-40", "-200", "-1e5", "-1e10", "-1e100", "38"]),
    ("normal_quantile_log", quantile_of_log, lambda p: 1 / normal_hazard(quantile_of_log(p)), LOG_SHARE),
]
PAIRS = [("2", "3"), ("2.5", "-1.5"), ("0.1", "10"), ("1e-5", "0.5"), ("7", "2"), ("7.25", "0.75"), ("100", "-3"), ("3", "1"), ("3", "0")]
MIXED = PAIRS + [("-7", "3"), ("7", "-3"), ("-2", "3"), ("-2", "2"), ("-0.5", "-0.25")]
BINARY = [
    ("+", lambda a, b: a + b, lambda a, b: 1, lambda a, b: 1, MIXED),
    ("-", lambda a, b: a - b, lambda a, b: 1, lambda a, b: -1, MIXED),
    ("*", lambda a, b: a * b, lambda a, b: b, lambda a, b: a, MIXED),
    ("/", lambda a, b: a / b, lambda a, b: 1 / b, lambda a, b: -a / b ** 2, [p for p in MIXED if p[1] != "0"]),
    ("%", lambda a, b: a - b * mp.floor(a / b), lambda a, b: 1, lambda a, b: -mp.floor(a / b), [p for p in MIXED if p[1] != "0"]),
    ("^", lambda a, b: a ** b, lambda a, b: b * a ** (b - 1), lambda a, b: a ** b * log(a), PAIRS),
    ("atan2", atan2, lambda a, b: b / (a * a + b * b), lambda a, b: -a / (a * a + b * b), MIXED),
]


def text(x):
    return nstr(mpf(x), 20, min_fixed=0, max_fixed=0)


print("name,a,b,value,partial_a,partial_b")
for name, f, slope, points in UNARY:
    for p in points:
        x = mpf(float(p))
        print(f"{name},{float(p)!r},,{text(f(x))},{text(slope(x))},")
for name, f, by_a, by_b, points in BINARY:
    for p, q in points:
        a, b = mpf(float(p)), mpf(float(q))
        print(f"{name},{float(p)!r},{float(q)!r},{text(f(a, b))},{text(by_a(a, b))},{text(by_b(a, b))}")
