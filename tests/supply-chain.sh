#!/usr/bin/env bash
# Checks the dependencies by the rules of deny.toml, and that no crate of the project has unsafe code.
#
# Known vulnerabilities (advisories) are those of https://github.com/RustSec/advisory-db. If it cannot be reached and there is no earlier
# copy, advisories are not checked, and the last line says so; everything else is always checked.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.20.2
root=$PWD/target/supply-chain-tools/cargo-deny-$version
if [[ ! -x $root/bin/cargo-deny ]]; then
  echo "building cargo-deny $version into target/supply-chain-tools (once)" >&2
  # Without optimisation: it is built in half the time, and runs for seconds.
  cargo install --quiet --debug --locked --version "$version" --root "$root" --target-dir "$root/build" cargo-deny
  rm -rf "$root/build"
fi
deny() { "$root/bin/cargo-deny" --log-level error --locked "$@"; }

# `unsafe_code = "forbid"` is a lint of the workspace: it holds for the members that take the workspace's lints.
grep -qx 'unsafe_code = "forbid"' Cargo.toml
cargo metadata --locked --no-deps --format-version 1 | python3 -c '
import json, sys, tomllib
for package in json.load(sys.stdin)["packages"]:
    with open(package["manifest_path"], "rb") as manifest:
        if tomllib.load(manifest).get("lints") != {"workspace": True}:
            sys.exit("%s does not take the lints of the workspace: [lints] workspace = true" % package["name"])
'

deny check --hide-inclusion-graph bans licenses sources

if deny fetch db 2>/dev/null; then
  deny check --hide-inclusion-graph advisories
elif compgen -G "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs/*/crates" >/dev/null; then
  echo "github.com cannot be reached; advisories are those of an earlier copy"
  deny --offline check --hide-inclusion-graph advisories
else
  echo "NOT CHECKED: advisories. github.com cannot be reached, and there is no earlier copy of the database"
fi
