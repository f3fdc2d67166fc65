#!/usr/bin/env bash
# The template and the state machine definition, judged by tools that know nothing of this project.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/sam/tools.sh
tools=target/sam-tools
export SAM_CLI_TELEMETRY=0

echo "sam validate --lint"
"$tools/sam/bin/sam" validate

echo "cfn-lint"
"$tools/sam/bin/cfn-lint" --non-zero-exit-code informational sam/template.yaml

echo "checkov (what it may skip is justified beside the resource, in the template)"
"$tools/checkov/bin/checkov" --file sam/template.yaml --framework cloudformation --compact --quiet --skip-download

echo "asl-validator"
rendered=$(mktemp --suffix .json)
trap 'rm -f "$rendered"' EXIT
python3 tests/sam/definition.py > "$rendered"
"$tools/asl-validator/node_modules/.bin/asl-validator" --json-path "$rendered"
