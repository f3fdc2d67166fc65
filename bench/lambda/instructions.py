"""Counts the instructions of both functions with callgrind, and fails when one has grown by more than a tenth over bench/instructions.json.

    python3 bench/lambda/instructions.py             # after `sam build`
    python3 bench/lambda/instructions.py --update    # writes a new record; commit it with the reason

A cold start is everything from the start of the process to the end of its first invocation; a warm invocation is the mean of five more.
Instructions are the same on a busy machine and on an idle one, but differ a little with the C library and the processor.
BUILD in the environment: where `sam build` put the functions, if not in .aws-sam/build.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from measure import HERE, KINDS, ORDINARY, OURS, Bench

ROOT = HERE.parents[1]
RECORD = ROOT / "bench/instructions.json"
TOOLS = ROOT / "target/bench-lambda"
WARM = 5
MAX_GROWTH = 1.10
NO_VALGRIND = "instructions.py: valgrind is not installed and apt-get cannot fetch it; install it, for example with: sudo apt-get install valgrind"


def valgrind():
    """The program and the harness options it needs: the installed one, or Debian's package unpacked in target."""
    if installed := shutil.which("valgrind"):
        return installed, []
    folder = TOOLS / "valgrind"
    program = folder / "usr/bin/valgrind.bin"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if subprocess.run(["apt-get", "download", "valgrind"], cwd=folder).returncode:
                subprocess.run(["apt-get", "update"], check=True)
                subprocess.run(["apt-get", "download", "valgrind"], cwd=folder, check=True)
            (package,) = folder.glob("valgrind_*.deb")
            subprocess.run(["dpkg", "-x", package, folder], check=True)
        except (OSError, subprocess.CalledProcessError, ValueError):
            sys.exit(NO_VALGRIND)
    return str(program), [f"--env=VALGRIND_LIB={folder / 'usr/libexec/valgrind'}"]


def count(bench, kind, warm):
    """Instructions of a process that is stopped after 1 + warm invocations."""
    program, options = valgrind()
    out = TOOLS / "callgrind.out"
    out.unlink(missing_ok=True)
    prefix = [program, "--tool=callgrind", f"--callgrind-out-file={out}"]
    bench.run(kind, OURS, *options, "--warm", warm, "--image-bytes", ORDINARY, prefix=prefix)
    return int(re.search(r"^totals: (\d+)$", out.read_text(), re.MULTILINE)[1])


def main():
    build = pathlib.Path(os.environ.get("BUILD", ROOT / ".aws-sam/build")).resolve()
    command = ["cargo", "build", "--quiet", "--locked", "--bin", "harness"]
    subprocess.run(command, cwd=HERE / "rust", env=os.environ | {"CARGO_TARGET_DIR": str(TOOLS / "rust")}, check=True)
    bench = Bench(build, TOOLS, "debug")
    counted = {}
    for kind in KINDS:
        cold = count(bench, kind, 0)
        counted[kind] = {"cold": cold, "warm": (count(bench, kind, WARM) - cold) // WARM}
    if "--update" in sys.argv[1:]:
        RECORD.write_text(json.dumps(counted, indent=2) + "\n")
    recorded = json.loads(RECORD.read_text())
    grown = []
    for kind, figures in counted.items():
        for what, instructions in figures.items():
            ratio = instructions / recorded[kind][what]
            print(f"{kind}, {what}: {instructions:,} instructions, {ratio - 1:+.1%} of the record")
            if ratio > MAX_GROWTH:
                grown.append(f"{kind}, {what}")
    if grown:
        sys.exit(
            f"more than half above the record: {'; '.join(grown)}. If that is intended, run python3 bench/lambda/instructions.py --update"
            " and commit bench/instructions.json with the reason."
        )


if __name__ == "__main__":
    main()
