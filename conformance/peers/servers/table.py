# The table of .ci/real-servers: table.py DIR reads DIR/versions and the two reports of each server, and prints Markdown.
# Exit status 1 if a control did not open, a case is a harness error or was not run, or two runs differ in a verdict.
import datetime
import json
import pathlib
import platform
import sys

STANDINGS = ["pass", "fail", "non-strict", "informational", "permitted", "unsupported"]


def verdict(case):
    """What has to be the same in both runs: neither durations nor dates in octets are in it."""
    return case["standing"], [(fault["failing"], fault["requirement"], fault["message"]) for fault in case["faults"]]


def complaints(name, runs):
    """Why the runs do not count."""
    for number, run in enumerate(runs, 1):
        if not run["control"]["opened"]:
            yield f"{name}: the control of run {number} did not open"
        if run["ended"] != {"how": "complete"}:
            yield f"{name}: run {number} ended {run['ended']}"
        for case in run["cases"]:
            if case["standing"] not in STANDINGS:
                yield f"{name}: run {number}: {case['id']} is {case['standing']}: {'; '.join(case['notes'])}"
    for first, second in zip(*(run["cases"] for run in runs), strict=True):
        if verdict(first) != verdict(second):
            yield f"{name}: the runs differ in {first['id']}: {verdict(first)} and {verdict(second)}"


def main(folder):
    rows, faults, found = [], {}, []
    servers = [line.split("\t") for line in (folder / "versions").read_text().splitlines()]
    for name, version, seconds in servers:
        try:
            runs = [json.loads((folder / f"{name}.{number}.json").read_text()) for number in (1, 2)]
        except (OSError, ValueError) as error:
            found.append(f"{name}: no report: {error}")
            continue
        found.extend(complaints(name, runs))
        cases = runs[0]["cases"]
        counts = [sum(case["standing"] == standing for case in cases) for standing in STANDINGS]
        rows.append([name, version, *map(str, counts), seconds.replace(" ", ", ")])
        for case in cases:
            for key in {(f["requirement"], f["level"], f["failing"]) for f in case["faults"]}:
                faults.setdefault(key, {}).setdefault(name, []).append(case["id"])

    def table(head, body):
        for row in [head, ["---"] * len(head), *body]:
            print("| " + " | ".join(row) + " |")

    names = [name for name, _, _ in servers]
    python = platform.python_version()
    print("# Real servers\n")
    print(f"Written by `.ci/real-servers` on {datetime.date.today()}, on {platform.system()} with Python {python}.")
    print("Each server was tried twice, with the same verdicts. Every figure counts cases; seconds are of both runs.\n")
    table(["server", "version", *STANDINGS, "seconds"], rows)
    print("\n## What they depart from\n")
    print("For each requirement, the level of the fault and its kind: how many cases of each server show it.\n")
    body = []
    for (requirement, level, failing), shown in sorted(faults.items()):
        counts = [str(len(shown[name])) if name in shown else "" for name in names]
        body.append([f"`{requirement}`", level, failing, *counts])
    table(["requirement", "level", "kind", *names], body)
    for complaint in found:
        print(f"real-servers: {complaint}", file=sys.stderr)
    return 1 if found else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
