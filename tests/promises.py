"""Every test that docs/reliability.md names in its table of promises exists.

    cargo test --locked --workspace -- --list | python3 tests/promises.py
"""

import pathlib
import re
import sys

DOCUMENT = "docs/reliability.md"
HEADING = "## What is promised"


def main():
    existing = {line.removesuffix(": test") for line in sys.stdin.read().splitlines() if line.endswith(": test")}
    section = (pathlib.Path(__file__).resolve().parent.parent / DOCUMENT).read_text().split(HEADING)[1].split("\n#")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    named = {name for row in rows for name in re.findall(r"`(\w+(?:::\w+)+)`", row)}
    if len(named) < 10 or not existing:
        sys.exit(f"promises.py: only {len(named)} tests are named and {len(existing)} are listed")
    if missing := sorted(named - existing):
        sys.exit(f"promises.py: {DOCUMENT} names tests that do not exist: {', '.join(missing)}")
    print(f"{len(named)} tests that {DOCUMENT} names exist")


if __name__ == "__main__":
    main()
