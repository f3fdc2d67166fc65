#!/usr/bin/env bash
# Deploys the project to the AWS account of your credentials, tries it with six pictures, and removes everything again.
# It says what it will spend (at most 0.50 USD) and asks. `--help` lists the options.
# Exit code: 0 everything works; 1 a check failed, it was interrupted, or something is left; 2 nothing was done.
set -euo pipefail
sam=$(cd "$(dirname "$0")/../sam" && pwd)
bin=$(dirname "$(dirname "$sam")")/target/sam-tools/sam/bin
"$sam/tools.sh" sam
export SAM_CLI_TELEMETRY=0 PATH=$bin:$PATH PYTHONPATH=$sam PYTHONDONTWRITEBYTECODE=1
exec "$bin/python" "$(dirname "$0")/acceptance.py" "$@"
