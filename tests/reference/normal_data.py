#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes examples/normal.csv: 10,000 draws from a normal distribution of mean 42 and standard deviation 3.

Usage: python3 tests/reference/normal_data.py > examples/normal.csv
"""

import random

random.seed(42)
print("x")
for _ in range(10_000):
    print(f"{random.gauss(42, 3):.6f}")
