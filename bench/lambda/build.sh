#!/bin/sh
# Builds the harness and the floors into target/bench-lambda/rust.
set -eu
cd "$(dirname "$0")/rust"
CARGO_TARGET_DIR=../../../target/bench-lambda/rust cargo build --quiet --release --locked
