#!/usr/bin/env bash
# The tests of the deployment, and how long each part takes. `local` must be built before: cargo build --workspace
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$PWD/target/sam-tools/sam/bin/python
export SAM_CLI_TELEMETRY=0 PATH=$PWD/target/sam-tools/sam/bin:$PATH

part() { # NAME COMMAND...
  local began=$SECONDS
  echo "== $1"
  "${@:2}"
  echo "== $1: $((SECONDS - began)) s"
}
unit() { (cd tests/sam && "$python" -m unittest "$@"); }

part "tools" tests/sam/tools.sh
part "template and definition, validated" tests/sam/validate.sh
part "permissions; template and code agree" unit iam agreement
part "sam build" sam build
part "functions under the runtime interface emulator" unit rie
part "gallery against the deployed stack, with the permissions of its policy" unit gallery
part "scenarios under local and on the emulator" unit scenarios
part "acceptance run on the emulator" unit acceptance_run
