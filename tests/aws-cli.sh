#!/usr/bin/env bash
# `local up` with the stock AWS CLI: what works on AWS works here. Takes the program as its argument.
set -euo pipefail
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/tests/sam/tools.sh"
PATH=$root/target/sam-tools/sam/bin:$PATH

work=$(mktemp -d)
up=
finish() {
  [[ -z $up ]] || kill "$up" 2>/dev/null || true
  [[ -z $up ]] || wait "$up" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
fail() { printf 'aws-cli.sh: %s\n' "$*" >&2; exit 1; }
is() { [[ $1 == "$2" ]] || fail "$3: expected $2, found $1"; }

export AWS_ACCESS_KEY_ID=anything AWS_SECRET_ACCESS_KEY=goes AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
lists=000000000000-us-east-1-unprocessed-id-list-bucket
images=000000000000-us-east-1-input-image-bucket
machine=arn:aws:states:us-east-1:000000000000:stateMachine:GenerateImages

mkfifo "$work/said"
"$program" up --port 0 --data "$work/data" --picture tiny > "$work/said" &
up=$!
exec 3< "$work/said"
read -r -u 3 greeting
url=$(grep -o 'http://[0-9.:]*' <<< "$greeting") || fail "no address in: $greeting"
cat <&3 > /dev/null &
aws() { command aws --endpoint-url "$url" "$@"; }

status_of() { aws stepfunctions describe-execution --execution-arn "$1" --query status --output text; }
ended() { # ARN: waits for the end, says the status
  local status
  while status=$(status_of "$1") && [[ $status == RUNNING ]]; do :; done
  printf '%s' "$status"
}
executions() { aws stepfunctions list-executions --state-machine-arn "$machine" --query 'executions[].executionArn' --output text; }

echo "a list that is copied into the bucket runs"
aws s3 cp --quiet "$root/events/id-list.json" "s3://$lists/"
while [[ $(executions) == "" ]]; do :; done
arn=$(executions)
is "$(ended "$arn")" SUCCEEDED "the execution"

echo "its pictures are listed, and come back as they are on disk"
is "$(aws s3 ls --recursive "s3://$images/" | wc -l)" 10 "pictures"
aws s3 sync --quiet "s3://$images/" "$work/pictures"
diff -r "$work/pictures" "$work/data/s3/$images" || fail "the pictures differ"
is "$(aws s3api head-object --bucket "$images" --key vip/B3/カード.jpeg --query ContentType --output text)" image/jpeg "content type"

echo "the Map Run and the history can be read"
map_run=$(aws stepfunctions describe-execution --execution-arn "$arn" --query output --output text |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["mapRunArn"])')
is "$(aws stepfunctions describe-map-run --map-run-arn "$map_run" --query itemCounts.succeeded)" 10 "items that succeeded"
first=$(aws stepfunctions get-execution-history --execution-arn "$arn" --query 'events[0].type' --output text)
last=$(aws stepfunctions get-execution-history --execution-arn "$arn" --reverse-order --query 'events[0].type' --output text)
is "$first $last" "ExecutionStarted ExecutionSucceeded" "history"

echo "executions are started and stopped by hand"
item=$(cat "$root/events/item.json")
arn=$(aws stepfunctions start-execution --state-machine-arn "$machine" --input "{\"items\": [$item]}" --query executionArn --output text)
is "$(ended "$arn")" SUCCEEDED "the execution by hand"
aws stepfunctions stop-execution --execution-arn "$arn" > /dev/null
is "$(status_of "$arn")" SUCCEEDED "an execution that ended before it was stopped"

echo "what did not succeed is redriven"
arn=$(aws stepfunctions start-execution --state-machine-arn "$machine" --query executionArn --output text \
  --input "{\"bucketName\": \"$lists\", \"bucketKey\": \"later\"}")
is "$(ended "$arn")" FAILED "an execution without its list"
redrive_of() { aws stepfunctions describe-execution --execution-arn "$1" --query '[redriveStatus, redriveCount]' --output text; }
is "$(redrive_of "$arn")" $'REDRIVABLE\t0' "redrive status"
aws s3 cp --quiet "$root/events/id-list.json" "s3://$lists/later"
aws stepfunctions redrive-execution --execution-arn "$arn" > /dev/null
is "$(ended "$arn")" SUCCEEDED "the redriven execution"
is "$(redrive_of "$arn")" $'NOT_REDRIVABLE\t1' "redrive status afterwards"
aws stepfunctions redrive-execution --execution-arn "$arn" 2> "$work/refused" && fail "redriven although it has succeeded"
grep -q ExecutionNotRedrivable "$work/refused" || fail "$(< "$work/refused")"

echo "objects are moved, made and removed"
aws s3 mb "s3://another-bucket" > /dev/null
head -c 20000000 /dev/urandom > "$work/large"
aws s3 cp --quiet "$work/large" "s3://another-bucket/a folder/large + 100%"
aws s3 mv --quiet "s3://another-bucket/a folder/large + 100%" "s3://another-bucket/moved"
aws s3 cp --quiet s3://another-bucket/moved "$work/back"
cmp "$work/large" "$work/back" || fail "20 MB did not come back as they went"
aws s3 rm --quiet --recursive s3://another-bucket
aws s3 rb s3://another-bucket > /dev/null
echo "aws-cli.sh: all as on AWS"
