#!/usr/bin/env bash
# How well lists use a quota: the deployed definition and the rate limiter in virtual time. Fails if a figure exceeds its target.
# Usage: bench/quota.sh [ITEMS]   (without ITEMS: 100, 1,000 and 10,000)
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --locked --release -p generator --example quota
quota() {
  printf '\n$ quota %s\n' "$*"
  target/release/examples/quota "$@"
}
quota ${1:+--items "$1"} --max-time 1.15 --max-throttled 0.12
quota --items 1000 --quota 600 --max-time 1.3
quota --items 1000 --stray 0.03 --max-time 1.4
quota --items 1000 --quota 600 --stray 0.03 --max-time 1.5
quota --items 100 --images-per-minute 60 --max-time 1.055 --max-throttled 0.03
quota --items 1000 --images-per-minute 60 --max-time 1.055 --max-throttled 0.03
