"""Measures the functions beside their peers and floors, and prints the tables of bench/README.md.

    python3 bench/lambda/measure.py --build .aws-sam/build --tools target/bench-lambda [--rounds 5]

Every round runs every program once, in turn, so that what else the machine does falls on all of them alike; the figures are medians of
the rounds. bench/run.sh builds what is measured and calls this.
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
SIZES = {"0.1 MiB": 104_858, "1.5 MiB": 1_572_864, "4 MiB": 4_194_304}
MIDDLE = "1.5 MiB"
# What 128 MB of memory buy: 1,769 MB have one processor. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
SMALLEST_SHARE = 0.072
LONG_LIST = 100_000
WARM_UP, WARM = 10, 30
# Further runs a round of the programs that are compared to a millisecond.
MORE = 6

OURS, NODE, PYTHON, HTTP, SDK, EMPTY = "ours", "TypeScript", "Python", "hand-written HTTP", "the SDK alone", "empty function"
GENERATORS = (OURS, SDK, HTTP, NODE, PYTHON)


class Bench:
    def __init__(self, build, tools, profile="release"):
        self.tools = tools
        self.harness = tools / "rust" / profile / "harness"
        self.certificates = tools / "certificates"
        subprocess.run([HERE / "certificates.sh", self.certificates], check=True)
        floors, node, python = tools / "rust/release", ["node"], [str(tools / "python/bin/python")]
        bootstrap = {"generator": build / "GeneratorFunction/bootstrap", "trigger": build / "TriggerFunction/bootstrap"}
        self.programs = {
            ("generator", HTTP): [floors / "floor-http"],
            ("generator", SDK): [tools / "sdk/release/floor-sdk"],
            ("empty", EMPTY): [floors / "floor-empty"],
        }
        for kind in ("generator", "trigger"):
            self.programs[kind, OURS] = [bootstrap[kind]]
            self.programs[kind, NODE] = [*node, tools / f"typescript/{kind}.cjs"]
            self.programs[kind, PYTHON] = [*python, HERE / f"python/{kind}.py"]

    def run(self, kind, program, *options, prefix=()):
        """One process from its start to its end."""
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
    """Medians: (what, kind, program, size) -> figures."""
    runs = {}

    def add(what, kind, program, size, *options):
        runs.setdefault((what, kind, program, size), []).append(bench.run(kind, program, *options))

    def full(kind, program, size):
        add("full", kind, program, size, "--image-bytes", SIZES.get(size, 0), "--warm-up", WARM_UP, "--warm", WARM)

    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for kind, program in bench.programs:
            for size in SIZES if kind == "generator" else [""]:
                full(kind, program, size)
            add("share", kind, program, "", "--cpu-share", SMALLEST_SHARE)
        # These are quick, and near to each other; and with a share so small a process stands still for most of every tenth of a second.
        for _ in range(MORE):
            for program in (OURS, HTTP, SDK):
                full("generator", program, MIDDLE)
                add("share", "generator", program, "", "--cpu-share", SMALLEST_SHARE)
    return {key: medians(values) for key, values in runs.items()}


def in_128_mb(bench):
    """Both functions with their largest work, many times, in a process that may have 128 MB."""
    options = ["--memory", 128, "--warm", 100, "--image-bytes", SIZES["4 MiB"]]
    return {kind: bench.run(kind, OURS, *options) for kind in ("generator", "trigger")}


def long_list(bench):
    """The trigger with a long list, in the smallest function: 128 MB and their share of a processor."""
    item = json.loads((HERE.parents[1] / "events/item.json").read_text())
    path = bench.tools / "long-list.json"
    with path.open("w") as file:
        for number in range(LONG_LIST):
            file.write(("," if number else "[") + json.dumps({**item, "id": f"A{number}"}))
        file.write("]")
    options = ["--list", path, "--env", f"MAX_ITEMS_PER_LIST={LONG_LIST}", "--memory", 128, "--cpu-share", SMALLEST_SHARE]
    return bench.run("trigger", OURS, *options)


def zip_bytes(*files):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "function.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for file in files:
                archive.write(file, file.name)
        return path.stat().st_size


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("| --- |" + " --: |" * (len(head) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def number(value):
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def report(bench, figures, limited, long):
    def of(what, kind, program, size=""):
        return figures[what, kind, program, size]

    for size in SIZES:
        print(f"Generator, image of {size}:\n")
        rows = []
        for program in GENERATORS:
            run = of("full", "generator", program, size)
            rows.append([program, *(number(run[key]) for key in ("init_ms", "cold_ms", "cold_cpu_ms", "warm_ms", "warm_cpu_ms", "peak_rss_mib"))])
        table(["", "init ms", "cold ms", "cold CPU ms", "warm ms", "warm CPU ms", "peak RSS MiB"], rows)
    print("Trigger, a list of ten items, and the empty function:\n")
    rows = []
    for kind, program in [("trigger", OURS), ("trigger", NODE), ("trigger", PYTHON), ("empty", EMPTY)]:
        run = of("full", kind, program)
        rows.append([program, *(number(run[key]) for key in ("init_ms", "cold_ms", "cold_cpu_ms", "warm_ms", "warm_cpu_ms", "peak_rss_mib"))])
    table(["", "init ms", "cold ms", "cold CPU ms", "warm ms", "warm CPU ms", "peak RSS MiB"], rows)
    print(f"With {SMALLEST_SHARE} of a processor from the start, to the first answer, ms (image of 1.5 MiB):\n")
    rows = [[kind, *(number(of("share", kind, program)["cold_ms"]) if (kind, program) in bench.programs else "" for program in GENERATORS)] for kind in ("generator", "trigger")]
    table(["", *GENERATORS], rows)

    print("Zip, bytes:\n")
    zips = {kind: zip_bytes(bench.programs[kind, OURS][0]) for kind in ("generator", "trigger")}
    rows = [[kind, f"{zips[kind]:,}", f"{zip_bytes(bench.programs[kind, NODE][1]):,}"] for kind in zips]
    table(["", OURS, NODE], rows)
    print("In a control group of 128 MiB, 101 invocations, the most MiB that the group had:", end=" ")
    print(", ".join(f"{kind} {number(run['group_peak_mib'])}" for kind, run in limited.items()), "(pages of files that earlier runs read count for those)\n")

    print(f"The trigger with a list of {LONG_LIST:,} items, 128 MiB and {SMALLEST_SHARE} of a processor:", end=" ")
    print(f"{long['cold_ms'] / 1000:.1f} s from the start to the answer, {number(long['peak_rss_mib'])} MiB resident at most\n")

    def ratio(what, kind, figure, peer, size=""):
        return of(what, kind, OURS, size)[figure] / of(what, kind, peer, size)[figure]

    targets = [
        ("generator, cold, of Node's", ratio("full", "generator", "cold_ms", NODE, MIDDLE), 1 / 20),
        ("generator, cold, of hand-written HTTP's", ratio("full", "generator", "cold_ms", HTTP, MIDDLE), 1.3),
        ("generator, cold at 0.072, of Node's", ratio("share", "generator", "cold_ms", NODE), 1 / 20),
        ("generator, cold at 0.072, of hand-written HTTP's", ratio("share", "generator", "cold_ms", HTTP), 1.3),
        ("trigger, cold, of Node's", ratio("full", "trigger", "cold_ms", NODE), 1 / 35),
        ("trigger, cold at 0.072, of Node's", ratio("share", "trigger", "cold_ms", NODE), 1 / 35),
        ("generator, warm CPU, of Node's", ratio("full", "generator", "warm_cpu_ms", NODE, MIDDLE), 1 / 6),
        ("generator, warm CPU, of Python's", ratio("full", "generator", "warm_cpu_ms", PYTHON, MIDDLE), 1 / 4),
        ("generator, warm CPU, of hand-written HTTP's", ratio("full", "generator", "warm_cpu_ms", HTTP, MIDDLE), 1.6),
        ("generator, peak RSS with 4 MiB, MiB", of("full", "generator", OURS, "4 MiB")["peak_rss_mib"], 24e6 / 2**20),
        ("generator, zip, MB", zips["generator"] / 1e6, 3),
        ("trigger, zip, MB", zips["trigger"] / 1e6, 3),
    ]
    table(["target", "at most", "measured", "met"], [[what, f"{limit:.3g}", f"{value:.3g}", "yes" if value <= limit else "**no**"] for what, value, limit in targets])
    bare = of("share", "generator", SDK)["cold_ms"] / of("share", "generator", HTTP)["cold_ms"]
    print(f"The SDK alone, cold at {SMALLEST_SHARE}: {bare:.3g} of hand-written HTTP's\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="where `sam build` put the functions")
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="where bench/run.sh put the harness and the peers")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    bench = Bench(arguments.build.resolve(), arguments.tools.resolve())
    # Python's modules are compiled once, as in Lambda's own image.
    for kind, program in bench.programs:
        bench.run(kind, program)
    figures = measure(bench, arguments.rounds)
    limited, long = in_128_mb(bench), long_list(bench)
    raw = {" / ".join(key): value for key, value in figures.items()} | {f"in 128 MiB / {kind}": run for kind, run in limited.items()} | {"long list": long}
    (bench.tools / "figures.json").write_text(json.dumps(raw, indent=1))
    report(bench, figures, limited, long)
    work = subprocess.run([bench.tools / "rust/release/floor-work"], capture_output=True, text=True, check=True)
    print("The pure work on an image of 2 MB, ms:", work.stdout)
    print(f"Load of the machine meanwhile: {os.getloadavg()[2]:.1f}")


if __name__ == "__main__":
    main()
