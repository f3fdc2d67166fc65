"""Measures the functions beside their peers in TypeScript and Python, and prints the tables of bench/README.md.

    python3 bench/lambda/measure.py --build .aws-sam/build --tools target/bench-lambda [--rounds 5]

Each round runs every program once, in turn, so that what else the machine does slows all of them alike; the figures are medians of the
rounds. Exits with 1 when a target is missed. bench/run.sh builds what is measured and calls this.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20
# Sizes of the image: an ordinary one and a large one.
ORDINARY, LARGE = 3 * MIB // 2, 4 * MIB
# The share of a processor that comes with 128 MB, as 1,769 MB have one. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
SMALLEST_SHARE = 0.072
LONG_LIST = 100_000
WARM_UP, WARM = 10, 30
OURS, NODE, PYTHON = PROGRAMS = "ours", "TypeScript", "Python"
KINDS = "generator", "trigger"


class Bench:
    """The built functions, their peers, and the harness that runs them."""

    def __init__(self, build, tools, profile="release"):
        self.tools = tools
        self.harness = tools / "rust" / profile / "harness"
        self.certificates = tools / "certificates"
        subprocess.run([HERE / "certificates.sh", self.certificates], check=True)
        self.programs = {}
        for kind in KINDS:
            self.programs[kind, OURS] = [build / f"{kind.title()}Function/bootstrap"]
            self.programs[kind, NODE] = ["node", tools / f"typescript/{kind}.cjs"]
            self.programs[kind, PYTHON] = [tools / "python/bin/python", HERE / f"python/{kind}.py"]

    def run(self, kind, program, *options, prefix=()):
        """The figures of one process, from its start to its end."""
        command = [self.harness, "--kind", kind, "--certificates", self.certificates, "--log", self.tools / "log"]
        command += [*options, "--", *prefix, *self.programs[kind, program]]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if done.returncode:
            log = (self.tools / "log").read_text(errors="replace")[-2000:]
            sys.exit(f"{kind}, {program}: {done.stderr}{log}")
        return json.loads(done.stdout)


def medians(runs):
    keys = [key for key, value in runs[0].items() if value is not None]
    return {key: statistics.median(run[key] for run in runs) for key in keys}


def measure(bench, rounds):
    """Medians by kind, program and run."""
    runs = {}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for kind, program in bench.programs:
            options = {
                "full": ["--image-bytes", ORDINARY, "--warm-up", WARM_UP, "--warm", WARM],
                "large": ["--image-bytes", LARGE, "--warm", WARM],
                "share": ["--image-bytes", ORDINARY, "--cpu-share", SMALLEST_SHARE],
            }
            for what, run in options.items():
                if what != "large" or kind == "generator":
                    runs.setdefault((kind, program, what), []).append(bench.run(kind, program, *run))
    return {key: medians(values) for key, values in runs.items()}


def in_128_mb(bench):
    """Both functions with their largest work in a process that may have 128 MB: a hundred large images, and a long list."""
    item = json.loads((HERE.parents[1] / "events/item.json").read_text())
    path = bench.tools / "long-list.json"
    with path.open("w") as file:
        for number in range(LONG_LIST):
            file.write(("," if number else "[") + json.dumps({**item, "id": f"A{number}"}))
        file.write("]")
    images = ["--memory", 128, "--image-bytes", LARGE, "--warm", 99]
    long_list = ["--memory", 128, "--list", path, "--env", f"MAX_ITEMS_PER_LIST={LONG_LIST}", "--cpu-share", SMALLEST_SHARE]
    return {"generator": bench.run("generator", OURS, *images), "trigger": bench.run("trigger", OURS, *long_list)}


def zip_megabytes(file):
    """The size of a zip as `sam deploy` makes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "function.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(file, file.name)
        return path.stat().st_size / 1e6


def number(value):
    return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def fraction(value):
    return f"1/{1 / value:.3g}"


def table(*rows):
    head, *rows = rows
    print("| " + " | ".join(head) + " |\n| --- |" + " --: |" * (len(head) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


ROWS = [
    ("cold, ms", "full", "cold_ms"),
    (f"cold at {SMALLEST_SHARE} of a processor, ms", "share", "cold_ms"),
    ("warm, ms", "full", "warm_ms"),
    ("warm, processor ms", "full", "warm_cpu_ms"),
    ("resident, MiB", "full", "peak_rss_mib"),
    ("resident with an image of 4 MiB, MiB", "large", "peak_rss_mib"),
]


def report(bench, figures, limited):
    """Prints the tables, and returns the targets that are missed."""
    columns = list(bench.programs)
    zips = {(kind, program): zip_megabytes(bench.programs[kind, program][-1]) for kind, program in columns if program != PYTHON}
    rows = [(name, *(number(figures.get((*column, what), {}).get(key)) for column in columns)) for name, what, key in ROWS]
    rows.append(("zip, MB", *(number(zips.get(column)) for column in columns)))
    table(["", *(kind if program == OURS else program for kind, program in columns)], *rows)

    targets = []

    def ratio(name, kind, what, key, peer, most):
        targets.append((f"{kind}, {name}, of {peer}'s", figures[kind, OURS, what][key] / figures[kind, peer, what][key], most, fraction))

    for peer in (NODE, PYTHON):
        ratio("cold", "generator", "full", "cold_ms", peer, 1 / 12)
        ratio(f"cold at {SMALLEST_SHARE}", "generator", "share", "cold_ms", peer, 1 / 7)
        ratio("warm processor time", "generator", "full", "warm_cpu_ms", peer, {NODE: 1 / 4, PYTHON: 1 / 2}[peer])
    ratio("cold", "trigger", "full", "cold_ms", NODE, 1 / 15)
    targets.append(("generator, resident with an image of 4 MiB, MiB", figures["generator", OURS, "large"]["peak_rss_mib"], 32, number))
    for kind in KINDS:
        targets.append((f"{kind} in 128 MB, the most MiB that it had", limited[kind]["group_peak_mib"], 128, number))
        targets.append((f"{kind}, zip, MB", zips[kind, OURS], 4.8, number))
    table(["target", "at most", "measured", "met"], *((name, show(most), show(value), "yes" if value <= most else "**no**") for name, value, most, show in targets))
    seconds, mib = limited["trigger"]["cold_ms"] / 1000, limited["trigger"]["peak_rss_mib"]
    print(f"The trigger with a list of {LONG_LIST:,} items, 128 MB and {SMALLEST_SHARE} of a processor: {seconds:.1f} s from start to answer, {number(mib)} MiB resident.")
    return [name for name, value, most, _ in targets if value > most]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="where `sam build` put the functions")
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="where bench/run.sh put the harness and the peers")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    bench = Bench(arguments.build.resolve(), arguments.tools.resolve())
    # Python compiles its modules once, as in Lambda's own image.
    for kind, program in bench.programs:
        bench.run(kind, program)
    figures = measure(bench, arguments.rounds)
    limited = in_128_mb(bench)
    raw = {" / ".join(key): value for key, value in figures.items()} | {f"{kind} / in 128 MB": run for kind, run in limited.items()}
    (bench.tools / "figures.json").write_text(json.dumps(raw, indent=1))
    missed = report(bench, figures, limited)
    print(f"Load of the machine meanwhile: {os.getloadavg()[2]:.1f}")
    if missed:
        sys.exit(f"missed: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
