#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/json_values.json: doubles as Python writes them, and their bits; tests/check_json.c reads them."""
import json
import random
import struct

random.seed(5)


def bits(x):
    return struct.pack(">d", x).hex()


values = [0.0, -0.0, 0.1, 1 / 3, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993.0, 123456789012345680.0]
while len(values) < 400:
    x = struct.unpack(">d", random.randbytes(8))[0]
    if x == x and abs(x) != float("inf"):
        values.append(x)
    values.append(random.gauss(0, 1))
text = {"numbers": values, "bits": [bits(x) for x in values], "strings": ["", "é\u2028\U0001f600", "\"\\/\b\f\n\r\t\u0001\u007f"], "deep": [[[1], [2]], {"a": None}]}
with open("tests/data/json_values.json", "w") as file:
    json.dump(text, file, indent=1)
