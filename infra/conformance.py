#!/usr/bin/env python3
"""Replays real activity with `hearth replay` and compares every cell with the expected files.

The expected numbers were computed by independent scripts and lie beside the data, outside the
project. Fails, never skips: a missing file is an error.
"""

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path

TOLERANCE = 1e-6
# What the project promises of this replay on two cores.
MAX_SECONDS = 90
MAX_MEMORY = 300 * 1000 * 1000
MAX_WRITE_UNITS_PER_MESSAGE = 0.7

TABLES = {
    "weekly.csv": "expected_weekly_messages.csv",
    "retention_classic.csv": "expected_retention_classic_messages.csv",
    "retention_bracket.csv": "expected_retention_bracket_messages.csv",
    "retention_rolling.csv": "expected_retention_rolling_messages.csv",
}


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def same(expected, found):
    if expected == found:
        return True
    try:
        return abs(float(expected) - float(found)) <= TOLERANCE
    except ValueError:
        return False


def compare(name, expected_path, found_path):
    """The cells that differ, as text."""
    columns, expected = read(expected_path)
    found_columns, found = read(found_path)
    if columns != found_columns:
        return 0, [f"{name}: columns {found_columns}, expected {columns}"]
    if len(expected) != len(found):
        return 0, [f"{name}: {len(found)} rows, expected {len(expected)}"]
    wrong = []
    for want, got in zip(expected, found):
        for column, a, b in zip(columns, want, got):
            if not same(a, b):
                wrong.append(f"{name}: {want[0]} {column}: {b!r}, expected {a!r}")
    return len(expected) * len(columns), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hearth", required=True, help="the command")
    parser.add_argument("--shared", required=True, type=Path, help="the folder with data/uci_social")
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()

    data = args.shared / "data" / "uci_social"
    out = args.out / "uci"
    command = [args.hearth, "replay", str(data / "events.csv.gz"), "--community", "uci", "--zone", "UTC", "--out", str(out)]
    subprocess.run(command, check=True)

    failures = []
    print(f"{'table':<24}{'cells':>8}{'wrong':>8}")
    for name, expected in TABLES.items():
        cells, wrong = compare(name, data / expected, out / name)
        print(f"{name:<24}{cells:>8}{len(wrong):>8}")
        failures += wrong

    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    limits = [
        ("seconds", run["seconds"], MAX_SECONDS),
        ("peak_memory_bytes", run["peak_memory_bytes"], MAX_MEMORY),
        ("write_units_per_message", run["write_units_per_message"], MAX_WRITE_UNITS_PER_MESSAGE),
        ("dead_letters", run["dead_letters"], 0),
    ]
    print(f"{'measure':<24}{'found':>14}{'at most':>14}")
    for name, found, most in limits:
        print(f"{name:<24}{found:>14,.3f}{most:>14,.1f}")
        if found > most:
            failures.append(f"{name}: {found}, expected at most {most}")

    for failure in failures[:50]:
        print(failure, file=sys.stderr)
    passed = len(TABLES) + len(limits)
    print(f"{passed if not failures else 0} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
