"""Runs idlist and its peers in turn, best of several rounds, and prints times, memory and ratios."""

import os
import platform
import shutil
import sys
import tempfile
import time

NODE = "console.log(JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8')).length)"
PYTHON = "import json, sys; print(len(json.load(open(sys.argv[1], encoding='utf-8'))))"
# One read and one write of the same size, to the same disk, until it is there.
COPY = "import os, shutil, sys; o = open(sys.argv[2], 'wb'); shutil.copyfileobj(open(sys.argv[1], 'rb'), o, 1 << 18); o.flush(); os.fsync(o.fileno())"


def run(command: list[str]) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and peak memory in MiB of a command."""
    null = os.open(os.devnull, os.O_WRONLY)
    begin = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    os.close(null)
    if status != 0:
        sys.exit(f"{command[0]} failed with {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def compare(title: str, commands: dict[str, list[str]], rounds: int) -> dict[str, tuple[float, float, int]]:
    """Runs all commands in turn, so that other load meets each alike. Prints and returns the best of each."""
    runs: dict[str, list[tuple[float, float, int]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    print(f"\n{title}\n{'':22} {'wall s':>8} {'cpu s':>8} {'MiB':>6}   wall ratio  cpu ratio")
    best = {name: tuple(min(values) for values in zip(*measured)) for name, measured in runs.items()}
    first = next(iter(best.values()))
    for name, (wall, cpu, peak) in best.items():
        print(f"{name:22} {wall:8.2f} {cpu:8.2f} {peak:6}   {wall / first[0]:10.1f} {cpu / first[1]:10.1f}")
    return best


def main() -> None:
    idlist = sys.argv[1]
    # Node reads no text beyond 512 MiB: 2,000,000 items are near that.
    items = sys.argv[2] if len(sys.argv) > 2 else "1000000"
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    print(f"{platform.platform()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {items} items, best of {rounds}")
    with tempfile.TemporaryDirectory() as folder:
        file, large, copy = (os.path.join(folder, name) for name in ("list.json", "large.json", "copy.json"))
        run([idlist, "new", "--rank", "nomal", "--number", items, "-o", file])
        print(f"{os.path.getsize(file) / 1e6:.0f} MB")
        peers = {
            "idlist check": [idlist, "check", "--max-items", "0", file],
            "node JSON.parse": ["node", "-e", NODE, file],
            "jq length": ["jq", "length", file],
            "python json.load": ["python3", "-c", PYTHON, file],
        }
        there = {name: command for name, command in peers.items() if os.path.exists(command[0]) or shutil.which(command[0])}
        best = compare("check, beside programs that only parse", there, rounds)
        beside = best["idlist check"][2] * 2**20 - os.path.getsize(file)
        print(f"check takes {beside / int(items):.0f} bytes an item beside the file")
        making = [idlist, "new", "--rank", "nomal", "--number", "5000000"]
        run([*making, "-o", large])
        commands = {
            "new -o FILE": [*making, "--force", "-o", large],
            "new > /dev/null": making,
            "copy to disk": ["python3", "-c", COPY, large, copy],
            "check": [idlist, "check", "--max-items", "0", large],
        }
        compare(f"5,000,000 items, {os.path.getsize(large) / 1e6:.0f} MB", commands, rounds)


main()
