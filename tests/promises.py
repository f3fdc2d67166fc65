"""Every test that the README names in its table of promises exists, and both languages name the same tests.

    cargo test --locked --workspace -- --list | python3 tests/promises.py
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECTIONS = {"README.md": "### What is promised", "README.ja.md": "### 約束と"}


def named(readme, heading):
    """The `module::test` names in the table under a heading."""
    section = (ROOT / readme).read_text().split(heading)[1].split("\n#")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return {name for row in rows for name in re.findall(r"`(\w+(?:::\w+)+)`", row)}


def main():
    existing = {line.removesuffix(": test") for line in sys.stdin.read().splitlines() if line.endswith(": test")}
    named_in = {readme: named(readme, heading) for readme, heading in SECTIONS.items()}
    english, japanese = named_in.values()
    if len(english) < 10 or not existing:
        sys.exit(f"promises.py: only {len(english)} tests are named and {len(existing)} are listed")
    if missing := sorted(english - existing):
        sys.exit(f"promises.py: README.md names tests that do not exist: {', '.join(missing)}")
    if english != japanese:
        sys.exit(f"promises.py: the two READMEs name different tests: {', '.join(sorted(english ^ japanese))}")
    print(f"{len(english)} tests that the README names exist")


if __name__ == "__main__":
    main()
