#!/usr/bin/env bash
# Installs the tools of the SAM tests into target/sam-tools, at exactly the versions in requirements/ and asl-validator/.
# Does nothing for what is there already. The arguments name the tools, if not all are wanted: sam checkov ministack asl-validator
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/target/sam-tools
mkdir -p "$tools"
(($#)) || set -- sam checkov ministack asl-validator

exec 9>"$tools/.lock"
flock 9 # two runs at once would spoil each other's environments

is_there() { # NAME FILES...: whether NAME was installed from exactly these files
  local name=$1
  shift
  [[ -f $tools/$name.installed-from ]] && cat "$@" | cmp -s - "$tools/$name.installed-from"
}

for name in "$@"; do
  from=$here/requirements/$name.txt
  [[ -f $from ]] || continue
  is_there "$name" "$from" && continue
  echo "installing $name into target/sam-tools (once)" >&2
  rm -rf "${tools:?}/$name" "$tools/$name.installed-from"
  python3 -m venv "$tools/$name"
  "$tools/$name/bin/pip" install --quiet --no-deps --disable-pip-version-check -r "$from" >&2
  cp "$from" "$tools/$name.installed-from"
done

if [[ " $* " == *" asl-validator "* ]] && ! is_there asl-validator "$here"/asl-validator/package*.json; then
  echo "installing asl-validator into target/sam-tools (once)" >&2
  rm -rf "$tools/asl-validator" "$tools/asl-validator.installed-from"
  cp -r "$here/asl-validator" "$tools/asl-validator"
  npm ci --prefix "$tools/asl-validator" --silent --no-audit --no-fund --ignore-scripts >&2
  cat "$here"/asl-validator/package*.json > "$tools/asl-validator.installed-from"
fi
