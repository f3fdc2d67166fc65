"""The documents are true: links resolve, commands run and print what is shown, and options, parameters, errors and fields are those of the code.

    python3 tests/documents.py target/debug              # the folder with local, idlist and gallery
    python3 tests/documents.py target/debug --update     # writes docs/commands.md anew

Code blocks: `sh` runs here, `sh fails` runs and exits with 1, `sh aws` needs an AWS account, `sh setup` installs something, `sh manual` takes long or
needs other programs. A `text` block behind one that runs is what it prints; … stands for anything.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path("target/debug")  # main() replaces it
PAIRS = [("README.md", "README.ja.md")] + [(f"docs/{name}.md", f"docs/ja/{name}.md") for name in ("list-format", "second-step", "deploy", "operate", "reliability")]
LIMITS = {"README.md": 180, "README.ja.md": 180, "bench/README.md": 150}
TOOLS = ("local", "idlist", "gallery")
# The documents with the table of the services that start from a picture, and the heading it stands under.
SERVICES = {"docs/second-step.md": "Services", "docs/ja/second-step.md": "サービス"}
MARKS = {"", "fails", "aws", "setup", "manual"}
SKIPPED_FOLDERS = {"target", "node_modules", "local-data", ".git", ".aws-sam", ".venv"}
# Options of other programs that the documents name.
FOREIGN_OPTIONS = {"--all-targets", "--check", "--example", "--help", "--parameter-overrides", "--release", "--stack-name", "--test", "--update", "--version", "--workspace"}
# Phrases that native readers stumble over; each has a plain form: "cannot", "is not a", the plural.
FORBIDDEN = re.compile(r"\bcan not\b|(?<!here )\bis no (?!longer)[a-z]+[ ,.;]|\bwho(ever)? .* (he|him)\b")
WORDED = {".rs", ".md", ".py", ".sh", ".yaml", ".toml", ".json", ".js", ".ts", ".html"}


def read(name):
    return (ROOT / name).read_text()


def files(*suffixes):
    """Files of the repository with one of these suffixes, as relative paths."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            if pathlib.Path(name).suffix in suffixes:
                yield (pathlib.Path(folder) / name).relative_to(ROOT).as_posix()


def blocks(text):
    """(info string, content) of every fenced code block."""
    return re.findall(r"(?ms)^```([^\n]*)\n(.*?)^```$", text)


def prose(text):
    """A document without its code blocks."""
    return re.sub(r"(?ms)^```.*?^```$", "", text)


def anchors(text):
    """What GitHub makes of the headings."""
    found = set()
    for heading in re.findall(r"(?m)^#+ (.+)$", prose(text)):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = next(n for n in range(1000) if (f"{slug}-{n}" if n else slug) not in found)
        found.add(f"{slug}-{number}" if number else slug)
    return found


def rows(text, heading):
    """The first cells of the tables under a heading, each with its line."""
    section = re.split(r"(?m)^#+ ", text.split(f"\n## {heading}\n")[1])[0]
    return [line for line in section.splitlines() if re.match(r"\| `", line)]


def named(lines):
    """The names in backticks of the first cells."""
    return [name for line in lines for name in re.findall(r"`([^`]+)`", line.split("|")[1])]


def help_of(tool, *command):
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run([BIN / tool, *command, "-h"], capture_output=True, text=True, env=environment, check=True)
    return done.stdout


def options(text):
    """(option, what it does) of each option in a help text. The text continues in the lines below."""
    found = []
    for line in text.splitlines():
        if start := re.match(r" +(?:-\w, |    )?(--[\w-]+(?:,? ?<[^>]+>)?(?:\.\.\.)?)(?: {2,}(.*))?$", line):
            found.append([start[1], start[2] or ""])
        elif found and re.match(r" {8,}\S", line):
            found[-1][1] += " " + line.strip()
        elif not line.strip() or not line.startswith(" "):
            found.append(None) if found and found[-1] else None
    return [tuple(option) for option in found if option and option[0] not in ("--help", "--version")]


def commands(tool):
    """(command, what it does) of each command of a tool."""
    listed = help_of(tool).split("Commands:\n")[1].split("\n\n")[0]
    joined = re.sub(r"\n {6,}", " ", listed)
    return [tuple(re.split(r" {2,}", line.strip(), maxsplit=1)) for line in joined.splitlines() if not line.strip().startswith("help ")]


def commands_page():
    """docs/commands.md, from the help of the tools."""
    page = [
        "# Commands and options",
        "",
        "For whoever looks up an option. This page is written by `python3 tests/documents.py target/debug --update` from the help of the tools; `--help` of a",
        "command also has examples and exit statuses.",
    ]
    for tool in TOOLS:
        of_all = options(help_of(tool))
        by_command = {name: [o for o in options(help_of(tool, name)) if o not in of_all] for name, _ in commands(tool)}
        if tool == "local":  # both commands take the settings of the pipeline
            of_all = [o for o in by_command["run"] if o in by_command["up"]]
        page += ["", f"## {tool}", "", "| command | |", "| --- | --- |"]
        page += [f"| `{tool} {name}` | {what} |" for name, what in commands(tool)]
        page += ["", "| command | option | |", "| --- | --- | --- |"]
        for name, of in {"(all)": of_all, **by_command}.items():
            page += [f"| {name} | `{escaped(o)}` | {escaped(what)} |" for o, what in of if name == "(all)" or (o, what) not in of_all]
    return "\n".join(page) + "\n"


def models():
    """The table of models."""
    return json.loads(subprocess.run([BIN / "idlist", "models", "--json"], capture_output=True, text=True, check=True).stdout)


def services():
    """The rows of the table of services in docs/second-step.md, from the table of models."""

    def listed(fields):
        return ", ".join(f"`{field}`" for field in fields if not field.startswith("source")) or "–"

    of = [model for model in models() if "sourceKeyName" in model["needs"]]
    return [f"| `{m['name']}` | `{m['id']}` | {m['usdPerImage']:.2f} | {listed(m['needs'])} | {listed(m['takes'])} |" for m in of]


def escaped(text):
    """Text for a cell of a table."""
    return text.strip().replace("|", "\\|")


def pattern(shown):
    """A regular expression for an output: … is anything in a line, alone in a line any lines."""
    parts = [".*" if line == "…" else ".*".join(re.escape(part) for part in line.split("…")) for line in shown.rstrip("\n").split("\n")]
    text = ""
    for index, part in enumerate(parts):
        whole = part == ".*"
        text += (r"(?s:.*)" if whole else part) + ("" if index == len(parts) - 1 else (r"\n?" if whole else r"\n"))
    return re.compile(text + r"\n*$")


class Documents(unittest.TestCase):
    maxDiff = None

    def test_links_and_anchors_resolve(self):
        for name in files(".md"):
            for target in re.findall(r"\]\(([^)\s]+)\)", prose(read(name))):
                if re.match(r"\w+:", target):
                    continue
                path, _, anchor = target.partition("#")
                file = (ROOT / name).parent / path if path else ROOT / name
                self.assertTrue(file.exists(), f"{name}: {target} does not exist")
                if anchor:
                    self.assertIn(anchor, anchors(file.read_text()), f"{name}: {target}")

    def test_documents_are_short(self):
        for name in files(".md"):
            limit = LIMITS.get(name, 200)
            self.assertLessEqual(len(read(name).splitlines()), limit, name)

    def test_documents_open_with_whom_they_are_for(self):
        for name in files(".md"):
            if re.match(r"docs/\w", name):
                opening = read(name).split("\n\n")[1]
                self.assertRegex(opening, r"^For |^.*(方|人)(に|のため|へ|向け)", name)

    def test_both_languages_have_the_same_commands(self):
        def lines(name):
            kept = [(info, line) for info, text in blocks(read(name)) if not info.startswith("mermaid") for line in text.splitlines()]
            return [(info, re.sub(r"\s+#.*", "", line)) for info, line in kept if info.startswith("sh") and not line.startswith("#")]

        for english, japanese in PAIRS:
            self.assertEqual(lines(english), lines(japanese), japanese)

    def test_both_languages_have_the_same_tables(self):
        for english, japanese in PAIRS:
            cells = [[re.findall(r"`([^`]+)`", line.split("|")[1]) for line in read(n).splitlines() if line.startswith("| `")] for n in (english, japanese)]
            self.assertEqual(cells[0], cells[1], japanese)

    def test_japanese_has_full_width_parentheses(self):
        for name in files(".md"):
            if name == "README.ja.md" or name.startswith("docs/ja/"):
                text = re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]*>", "", prose(read(name)))
                self.assertEqual([], [line for line in text.splitlines() if re.search(r"[ぁ-んァ-ヶ一-龠。、] ?\(|\) ?[ぁ-んァ-ヶ一-龠]", line)], name)

    def test_wording_is_plain(self):
        for name in files(*WORDED):
            if name in ("tests/documents.py", "CONTRIBUTING.md") or name.endswith("package-lock.json"):
                continue
            for number, line in enumerate(read(name).splitlines(), 1):
                self.assertIsNone(FORBIDDEN.search(line), f"{name}:{number}: {line.strip()}")

    # ------------------------------------------------------------ documents and code

    def test_the_errors_are_those_of_the_code(self):
        kinds = re.findall(r'Self::\w+ => "(\w+)",', read("generator/src/error.rs"))
        self.assertEqual(kinds, named(rows(read("README.md"), "What can go wrong")))

    def test_the_parameters_outputs_and_alarms_are_those_of_the_template(self):
        template, deploy = read("sam/template.yaml"), read("docs/deploy.md")

        def keys(section):
            return re.findall(r"(?m)^  (\w+):$", re.split(r"(?m)^(?=\w)", template.split(f"\n{section}:\n")[1])[0])

        self.assertEqual(sorted(keys("Parameters")), sorted(named(rows(deploy, "Parameters"))))
        self.assertEqual(sorted(keys("Outputs")), sorted(named(rows(deploy, "Outputs"))))
        alarms = re.findall(r"(?m)^  (\w+):\n    Type: AWS::CloudWatch::Alarm$", template)
        self.assertEqual(alarms, named(rows(read("docs/operate.md"), "Alarms")))

    def test_the_fields_and_models_are_those_of_idlist(self):
        first, second = read("docs/list-format.md"), read("docs/second-step.md")
        source = re.search(r"FIELDS: \[&str; \d+\] = \[(.*?)\];", read("idlist/src/item/fields.rs"), re.S)
        fields = set(re.findall(r'"(\w+)"', source[1]))
        self.assertEqual(set(), set(named(rows(first, "Fields"))) - fields)
        self.assertEqual(set(), fields - set(named(rows(first, "Fields"))) - set(named(rows(second, "Fields"))))
        for name, heading in SERVICES.items():
            self.assertEqual(services(), rows(read(name), heading), "run python3 tests/documents.py target/debug --update")
        painters = {model["id"]: model["usdPerImage"] for model in models() if "sourceKeyName" not in model["needs"]}
        self.assertEqual(painters, {cells[1].strip(" `"): float(cells[2]) for cells in (line.split("|") for line in rows(first, "Models"))})

    def test_the_options_are_those_of_the_tools(self):
        self.assertEqual(read("docs/commands.md"), commands_page(), "run python3 tests/documents.py target/debug --update")
        known = {name.split()[0] for tool in TOOLS for c in [(), *[(n,) for n, _ in commands(tool)]] for name, _ in options(help_of(tool, *c))}
        for name in files(".md"):
            if re.match(r"docs/|README|CONTRIBUTING", name):
                mentioned = {m for code in re.findall(r"`([^`\n]+)`", prose(read(name))) for m in re.findall(r"(?<!\S)--[a-z][\w-]*", code)}
                self.assertEqual(set(), mentioned - known - FOREIGN_OPTIONS, name)

    def test_the_version_is_that_of_the_changelog(self):
        version = re.search(r'(?m)^version = "([^"]+)"', read("Cargo.toml"))[1]
        self.assertEqual(version, re.search(r"(?m)^## \[([0-9.]+)\]", read("CHANGELOG.md"))[1])
        for tool in TOOLS:
            said = subprocess.run([BIN / tool, "--version"], capture_output=True, text=True, check=True).stdout
            self.assertRegex(said, rf"^{tool} {re.escape(version)}( \([0-9a-f]+(-dirty)?\))?\n$")

    # ------------------------------------------------------------ commands

    def test_commands_run_and_print_what_is_shown(self):
        for name in files(".md"):
            if re.match(r"README.md|CONTRIBUTING|docs/[\w-]+\.md", name):
                with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                    self.walk(name, pathlib.Path(folder))

    def walk(self, name, folder):
        """Runs the blocks of a document in one folder, in their order."""
        for shared in ("events", "docs", "samconfig.toml"):
            (folder / shared).symlink_to(ROOT / shared)
        up, address = None, "127.0.0.1:4566"
        found = blocks(read(name))
        try:
            for (info, text), (next_info, shown) in zip(found, [*found[1:], ("", "")]):
                language, _, mark = info.partition(" ")
                if language != "sh":
                    continue
                self.assertIn(mark, MARKS, name)
                if mark not in ("", "fails"):
                    subprocess.run(["bash", "-n"], input=re.sub(r"<[\w ]+>", "x", text), text=True, check=True)
                elif re.search(r"-p local -- up$", text, re.M):
                    up, address = serve(folder)
                else:
                    self.run_block(name, folder, text.replace("127.0.0.1:4566", address), mark == "fails", shown if next_info == "text" else None)
        finally:
            if up:
                up.terminate()
                up.communicate()

    def run_block(self, name, folder, text, fails, shown):
        tools = ROOT / "target/sam-tools/sam/bin"
        path = f"{BIN}:{os.environ['PATH']}:{tools}"
        # `cargo run --release -p TOOL -- ARGUMENTS` runs the tool that is built already.
        cargo = 'cargo() { "$BIN/$4" "${@:6}"; }\n'
        environment = {"PATH": path, "BIN": str(BIN), "HOME": str(folder), "LC_ALL": "C.UTF-8", "AWS_PAGER": "", "AWS_CONFIG_FILE": "/dev/null"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", cargo + text], cwd=folder, env=environment, capture_output=True, text=True, timeout=600
        )  # fmt: skip
        said = f"{name}:\n{text}\nprinted\n{done.stdout}{done.stderr}"
        self.assertEqual(1 if fails else 0, done.returncode, said)
        if shown is not None:
            self.assertRegex(done.stdout, pattern(shown), said)


def serve(folder):
    """Starts `local up` on free ports and returns it with its address."""
    ports = ["--port", "0"] + (["--gallery-port", "0"] if "--gallery-port" in help_of("local", "up") else [])
    up = subprocess.Popen([BIN / "local", "up", *ports], cwd=folder, stdout=subprocess.PIPE, text=True)
    return up, re.search(r"http://([0-9.:]+)", up.stdout.readline())[1]


def main():
    global BIN
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    BIN = pathlib.Path(sys.argv[1]).resolve()
    if "--update" in sys.argv:
        (ROOT / "docs/commands.md").write_text(commands_page())
        for name, heading in SERVICES.items():
            text, old = read(name), rows(read(name), heading)
            (ROOT / name).write_text(text.replace("\n".join(old), "\n".join(services())))
        return
    # Some commands are those of the AWS CLI.
    subprocess.run([ROOT / "tests/sam/tools.sh", "sam"], check=True)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])


if __name__ == "__main__":
    main()
