#!/usr/bin/env bash
# The AWS CLI against `local up`: commands that work on AWS work here. The first argument is the program.
# Without a second one, versions 1 and 2 are installed into target and both tested; a second argument is the AWS CLI to test.
set -euo pipefail
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)

if [[ $# -lt 2 ]]; then
  "$root/tests/sam/tools.sh"
  "$0" "$program" "$root/target/sam-tools/sam/bin/aws"
  if [[ $(uname -sm) != "Linux x86_64" ]]; then
    echo "aws-cli.sh: v2 was not tested, its package is for Linux on x86_64; name another AWS CLI as second argument"
    exit
  fi
  # On PyPI, AWS publishes version 2 in no other package than this one of the CDK.
  package=aws-cdk.asset-awscli-v2==2.0.198
  folder=$root/target/aws-cli-v2/$package
  if [[ ! -d $folder ]]; then
    rm -rf "${folder%/*}"
    mkdir -p "$folder.part"
    cd "$folder.part"
    "$root/target/sam-tools/sam/bin/pip" download --quiet --no-deps --disable-pip-version-check "$package"
    python3 -m zipfile -e ./*.whl .
    tar -xzf aws_cdk/asset_awscli_v2/_jsii/*.tgz
    python3 -m zipfile -e package/lib/layer.zip .
    rm -r ./*.whl ./*.dist-info aws_cdk package
    chmod +x awscli/v2/*/dist/aws
    mv "$folder.part" "$folder"
  fi
  exec "$root/tests/aws-cli.sh" "$program" "$folder"/awscli/v2/*/dist/aws
fi
cli=$2
"$cli" --version

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
aws() { "$cli" --endpoint-url "$url" "$@"; }

described() { aws stepfunctions describe-execution --execution-arn "$1" --query "$2" --output text; }
ended() { # ARN: waits for the end of an execution and prints its status
  local status end=$((SECONDS + 120))
  while status=$(described "$1" status) && [[ $status == RUNNING ]]; do
    ((SECONDS < end)) || fail "$1 does not end"
  done
  printf '%s' "$status"
}
refused() { # ERROR COMMAND...: the AWS CLI names this error, as a regular expression
  local error=$1
  shift
  aws "$@" > /dev/null 2> "$work/refused" && fail "aws $* was not refused"
  grep -Eq "\(($error)\) when calling" "$work/refused" || fail "aws $*: $(< "$work/refused")"
}
executions() { aws stepfunctions list-executions --state-machine-arn "$machine" --query 'executions[].executionArn' --output text; }
start() { aws stepfunctions start-execution --state-machine-arn "$machine" --input "$1" --query executionArn --output text; }

echo "a list that is copied into the bucket runs"
aws s3 cp --quiet "$root/events/id-list.json" "s3://$lists/"
end=$((SECONDS + 120))
until arn=$(executions) && [[ $arn != "" ]]; do
  ((SECONDS < end)) || fail "the list starts no execution"
done
is "$(ended "$arn")" SUCCEEDED "the execution"

echo "its pictures are listed, nothing else is, and they come back as they are on disk"
is "$(aws s3 ls --recursive "s3://$images/" | wc -l)" 10 "objects"
aws s3 sync --quiet "s3://$images/" "$work/pictures"
diff -r "$work/pictures" "$work/data/s3/$images" || fail "the pictures differ"
is "$(aws s3api head-object --bucket "$images" --key vip/B3/カード.jpeg --query ContentType --output text)" image/jpeg "content type"

echo "the Map Run and the history can be read"
output_of() { described "$1" output | python3 -c "import json, sys; print(json.load(sys.stdin)$2)"; }
map_run=$(output_of "$arn" '["mapRunArn"]')
is "$(aws stepfunctions describe-map-run --map-run-arn "$map_run" --query itemCounts.succeeded)" 10 "items that succeeded"
first=$(aws stepfunctions get-execution-history --execution-arn "$arn" --query 'events[0].type' --output text)
last=$(aws stepfunctions get-execution-history --execution-arn "$arn" --reverse-order --query 'events[0].type' --output text)
is "$first $last" "ExecutionStarted ExecutionSucceeded" "history"

echo "executions are started and stopped by hand"
item=$(cat "$root/events/item.json")
arn=$(start "{\"items\": [$item]}")
is "$(ended "$arn")" SUCCEEDED "the execution by hand"
aws stepfunctions stop-execution --execution-arn "$arn" > /dev/null
is "$(described "$arn" status)" SUCCEEDED "an execution that ended before it was stopped"

echo "items that were turned into text are refused"
arn=$(start '{"items": "[]"}')
is "$(ended "$arn") $(described "$arn" error)" "FAILED InvalidInput" "the execution"

echo "the list bucket keeps versions, and an execution makes the one that it is told"
version_of() { aws s3api put-object --bucket "$lists" --key versions --body "$1" --query VersionId --output text; }
first=$(version_of "$root/events/id-list.json")
second=$(version_of "$root/events/seed-list.json")
is "$(aws s3api list-object-versions --bucket "$lists" --prefix versions --query 'length(Versions)')" 2 "versions"
aws s3api get-object --bucket "$lists" --key versions --version-id "$first" "$work/first" > /dev/null
cmp "$root/events/id-list.json" "$work/first" || fail "the first version is not what was put"
for version in "$first" "$second"; do
  arn=$(start "{\"bucketName\": \"$lists\", \"bucketKey\": \"versions\", \"versionId\": \"$version\"}")
  is "$(ended "$arn")" SUCCEEDED "the execution of a version"
  is "$(output_of "$arn" '["list"]["versionId"]')" "$version" "the version in its output"
  output_of "$arn" '["items"]'
done | paste -sd ' ' > "$work/items"
is "$(< "$work/items")" "10 2" "items of the two versions"

echo "an execution that failed is redriven"
arn=$(start "{\"bucketName\": \"$lists\", \"bucketKey\": \"later\"}")
is "$(ended "$arn")" FAILED "an execution without its list"
redrive_of() { described "$1" '[redriveStatus, redriveCount]'; }
is "$(redrive_of "$arn")" $'REDRIVABLE\t0' "redrive status"
aws s3 cp --quiet "$root/events/id-list.json" "s3://$lists/later"
aws stepfunctions redrive-execution --execution-arn "$arn" > /dev/null
is "$(ended "$arn")" SUCCEEDED "the redriven execution"
is "$(redrive_of "$arn")" $'NOT_REDRIVABLE\t1' "redrive status afterwards"
refused ExecutionNotRedrivable stepfunctions redrive-execution --execution-arn "$arn"

echo "the account, the functions and the models are listed"
is "$(aws sts get-caller-identity --query '[Account, Arn]' --output text)" $'000000000000\tarn:aws:iam::000000000000:user/local' "the caller"
is "$(aws lambda list-functions --query 'Functions[].FunctionName' --output text)" $'generator\ttrigger' "the functions"
is "$(aws lambda get-function --function-name trigger --query Configuration.State --output text)" Active "the state of a function"
core=$(aws bedrock list-foundation-models --by-provider "Stability AI" --by-output-modality IMAGE --query 'modelSummaries[0].modelId' --output text)
is "$core" stability.stable-image-core-v1:1 "the first model"
refused UnknownOperationException bedrock list-guardrails

echo "functions are invoked"
invoke() { aws lambda invoke "$@" --query '[StatusCode, FunctionError]' --output text "$work/answer"; }
is "$(invoke --function-name generator --payload "fileb://$root/events/item.json")" $'200\tNone' "an invocation"
grep -q '"outcome":"existing"' "$work/answer" || fail "$(< "$work/answer")"
is "$(invoke --function-name generator --payload "fileb://$root/events/item-missing-prompt.json")" $'200\tUnhandled' "an invalid item"
grep -q '"errorType":"InvalidItem"' "$work/answer" || fail "$(< "$work/answer")"
is "$(invoke --function-name generator --invocation-type Event --payload "fileb://$root/events/item.json")" $'202\tNone' "an event"
is "$(invoke --function-name generator --invocation-type DryRun)" $'204\tNone' "a dry run"

echo "what is not served is refused in each service's own format"
refused ResourceNotFoundException lambda invoke --function-name nobody "$work/answer"
refused UnknownOperationException lambda list-layers
refused InvalidAction sts get-session-token
refused InvalidAction iam list-roles
refused InvalidAction ec2 describe-vpcs
refused InvalidAction cloudfront list-distributions
refused UnknownOperationException dynamodb list-tables
refused UnknownOperationException apigateway get-rest-apis
refused 'UnknownOperationException|InvalidAction' cloudwatch list-metrics # which protocol it speaks depends on the version

echo "objects are moved, copied and removed"
aws s3 mb "s3://another-bucket" > /dev/null
head -c 20000000 /dev/urandom > "$work/large"
aws s3 cp --quiet "$work/large" "s3://another-bucket/a folder/large + 100%"
aws s3 mv --quiet "s3://another-bucket/a folder/large + 100%" "s3://another-bucket/moved"
aws s3 cp --quiet s3://another-bucket/moved "$work/back"
cmp "$work/large" "$work/back" || fail "20 MB came back changed"
aws s3 rm --quiet --recursive s3://another-bucket
aws s3 rb s3://another-bucket > /dev/null
echo "aws-cli.sh: everything works as on AWS"
