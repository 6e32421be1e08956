#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/families/NAME.txt, what the tests of distributions read, for the families of the given names (in lower case)
or all. Families are in the modules of tests/reference/family/, one for each group.

    tests/reference/families.py gamma beta
    tests/reference/families.py all
"""
import importlib
import pathlib
import sys
import traceback
import warnings

sys.dont_write_bytecode = True

GROUPS = ("classics", "real", "positive", "discrete", "vector", "matrix", "built")
DATA = pathlib.Path(__file__).resolve().parent.parent / "data" / "families"


def known_families():
    """Lower-case name: its objects. A group that cannot be read is shown and left out."""
    families = {}
    for group in GROUPS:
        try:
            module = importlib.import_module(f"family.{group}")
        except Exception as e:  # half-written
            if getattr(e, "name", None) != f"family.{group}":
                traceback.print_exc()
            continue
        for f in module.FAMILIES:
            families.setdefault(f.name.lower(), []).append(f)
    return families


def write(name, objects):
    lines = [f"# {objects[0].name}, written by tests/reference/families.py {name}"]
    lines += objects[0].header()
    for f in objects:
        lines += f.lines()
    (DATA / f"{name}.txt").write_text("\n".join(lines) + "\n")


def main(names):
    warnings.simplefilter("ignore")  # of first guesses
    families = known_families()
    for name in sorted(families) if names == ["all"] else names:
        if name not in families:
            sys.exit(f"{name} is in no module of tests/reference/family")
        write(name, families[name])


if __name__ == "__main__":
    main(sys.argv[1:])
