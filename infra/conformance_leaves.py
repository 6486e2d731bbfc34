#!/usr/bin/env python3
"""Replays a community with thousands of leaves and returns, and counts its members again from the file.

What each week must say is read here from the events alone, in a few lines that share nothing with the
project: who is a member follows from the last join or leave, and who never had one joined with their first
event. Fails, never skips: a missing file is an error.
"""

import argparse
import collections
import csv
import datetime
import gzip
import json
import subprocess
import sys
from pathlib import Path

DAY = 24 * 60 * 60
# The Monday before 1970-01-01, a Thursday.
FIRST_MONDAY = -3


def week_of(seconds):
    """Weeks are counted from a Monday, in UTC."""
    return (seconds // DAY - FIRST_MONDAY) // 7


def monday_of(week):
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=FIRST_MONDAY + 7 * week)


def iso(week):
    year, number, _ = monday_of(week).isocalendar()
    return f"{year}-W{number:02d}"


def history(path):
    """Of each member the week of their first event, and whether the last change of a week left them in."""
    first, changes, last = {}, collections.defaultdict(dict), 0
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            week, member = week_of(int(row["ts_unix_seconds"])), row["user_id"]
            first.setdefault(member, week)
            last = max(last, week)
            if row["kind"] in ("join", "leave"):
                changes[member][week] = row["kind"] == "join"
    return first, changes, last


def by_week(first, changes, last):
    """Members at the end of each week, and how the week before turned into it."""
    state = {}
    for week in range(min(first.values()), last + 1):
        before = dict(state)
        for member, began in first.items():
            if began > week:
                continue
            state[member] = changes[member].get(week, state.get(member, True))
        new = {member for member, began in first.items() if began == week}
        yield week, {
            "members_total": sum(state.values()),
            "new": len(new),
            "left": sum(1 for m, is_in in state.items() if not is_in and (before.get(m) or m in new)),
            "returned": sum(1 for m, is_in in state.items() if is_in and before.get(m) is False),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hearth", required=True, help="the command")
    parser.add_argument("--shared", required=True, type=Path, help="the folder with data/duraspace_irc")
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()

    events = args.shared / "data" / "duraspace_irc" / "events.csv.gz"
    out = args.out / "irc"
    command = [args.hearth, "replay", str(events), "--community", "irc", "--zone", "UTC", "--out", str(out)]
    subprocess.run(command, check=True)

    first, changes, last = history(events)
    checked, failures, total_before = 0, [], 0

    def expect(what, found, wanted):
        nonlocal checked
        checked += 1
        if found != wanted:
            failures.append(f"{what}: {found}, expected {wanted}")

    weeks = list(by_week(first, changes, last))
    shelf = (out / "reports" / "index.html").read_text(encoding="utf-8")
    for week, wanted in weeks:
        name = iso(week)
        numbers = json.loads((out / "reports" / f"{name}.json").read_text(encoding="utf-8"))["numbers"]
        for key, value in wanted.items():
            expect(f"{name} {key}", numbers[key], value)
        expect(f"{name} in the index", f'href="{name}.html"' in shelf, True)
        change = numbers["new"] + numbers["returned"] - numbers["left"]
        expect(f"{name} new + returned - left", change, numbers["members_total"] - total_before)
        total_before = numbers["members_total"]

    # Who comes back stays in the cohort of the first time.
    cohorts = collections.Counter(monday_of(week).isoformat() for week in first.values())
    cohorts["ALL"] = len(first)
    with open(out / "retention_classic.csv", newline="", encoding="utf-8") as file:
        sizes = {row["cohort_week"]: int(row["cohort_size"]) for row in csv.DictReader(file)}
    expect("cohorts", sorted(sizes), sorted(cohorts))
    for name, size in sizes.items():
        expect(f"cohort {name}", size, cohorts[name])

    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    expect("dead letters", run["dead_letters"], 0)
    returns = sum(wanted["returned"] for _, wanted in weeks)
    print(f"{len(weeks)} weeks, {len(first)} members, {returns} returns, {run['seconds']:.1f} s")
    for failure in failures[:50]:
        print(failure, file=sys.stderr)
    print(f"{checked - len(failures)} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
