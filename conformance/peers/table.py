# The table of .ci/real-servers and .ci/real-clients: table.py ROLE DIR reads DIR/versions and the two reports of each peer,
# and prints Markdown. A failure counts as one, whether a baseline knows it or not. Exit status 1 if a control did not open, a
# case is a harness error or was not run, or two runs differ in a verdict.
import datetime
import json
import pathlib
import platform
import sys

STANDINGS = ["pass", "fail", "contested", "non-strict", "informational", "permitted", "unsupported"]


def standing(case):
    return "fail" if case["standing"] == "known" else case["standing"]


def verdict(case):
    """What has to be the same in both runs: neither durations nor dates in octets are in it."""
    return standing(case), [(fault["failing"], fault["requirement"], fault["message"]) for fault in case["faults"]]


def complaints(name, runs):
    """Why the runs do not count."""
    for number, run in enumerate(runs, 1):
        if not run["control"]["opened"]:
            yield f"{name}: the control of run {number} did not open"
        if run["ended"] != {"how": "complete"}:
            yield f"{name}: run {number} ended {run['ended']}"
        for case in run["cases"]:
            if standing(case) not in STANDINGS:
                yield f"{name}: run {number}: {case['id']} is {case['standing']}: {'; '.join(case['notes'])}"
    for first, second in zip(*(run["cases"] for run in runs), strict=True):
        if verdict(first) != verdict(second):
            yield f"{name}: the runs differ in {first['id']}: {verdict(first)} and {verdict(second)}"


def main(role, folder):
    rows, faults, found = [], {}, []
    peers = [line.split("\t") for line in (folder / "versions").read_text().splitlines()]
    for name, version, seconds in peers:
        try:
            runs = [json.loads((folder / f"{name}.{number}.json").read_text()) for number in (1, 2)]
        except (OSError, ValueError) as error:
            found.append(f"{name}: no report: {error}")
            continue
        found.extend(complaints(name, runs))
        cases = runs[0]["cases"]
        counts = [sum(standing(case) == its for case in cases) for its in STANDINGS]
        rows.append([name, version, *map(str, counts), seconds.replace(" ", ", ")])
        for case in cases:
            for key in {(f["requirement"], f["level"], f["standing"], f["failing"]) for f in case["faults"]}:
                faults.setdefault(key, {}).setdefault(name, []).append(case["id"])

    def table(head, body):
        for row in [head, ["---"] * len(head), *body]:
            print("| " + " | ".join(row) + " |")

    names = [name for name, _, _ in peers]
    python = platform.python_version()
    print(f"# Real {role}s\n")
    print(f"Written by `.ci/real-{role}s` on {datetime.date.today()}, on {platform.system()} with Python {python}.")
    print(f"Each {role} was tried twice, with the same verdicts. Every figure counts cases; seconds are of both runs.\n")
    table([role, "version", *STANDINGS, "seconds"], rows)
    print("\n## What they depart from\n")
    print(f"For each requirement, its level, how a fault under it stands, and its kind: how many cases of each {role} show it.")
    print("`ws101 explain ID` prints the words of the clause, both readings of what is contested, and how to fix it.\n")
    body = []
    for (requirement, level, stands, failing), shown in sorted(faults.items()):
        counts = [str(len(shown[name])) if name in shown else "" for name in names]
        body.append([f"`{requirement}`", level, stands, failing, *counts])
    table(["requirement", "level", "standing", "kind", *names], body)
    for complaint in found:
        print(f"real-{role}s: {complaint}", file=sys.stderr)
    return 1 if found else 0


sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
