#!/usr/bin/env bash
# The gallery's page in a real browser, against `local up`. The argument is the program local. Pictures of the page go to docs/.
#
# Chromium, its driver and Japanese type come from Debian where they are missing; axe-core from npm, at one version.
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
axe_version=4.14.1

if ! command -v chromium chromedriver > /dev/null || ! fc-list :lang=ja | grep -q .; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver fonts-noto-cjk > /dev/null
fi
tools=$PWD/target/gallery-tools
axe=$tools/node_modules/axe-core/axe.min.js
if [[ ! -f $axe ]] || ! grep -q "\"version\": \"$axe_version\"" "$tools/node_modules/axe-core/package.json"; then
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools" "axe-core@$axe_version"
fi

GALLERY_TEST_LOCAL=$program GALLERY_TEST_AXE=$axe GALLERY_TEST_SCREENSHOTS=$PWD/docs \
  cargo test --quiet --locked -p gallery --test browser -- --ignored --test-threads 1
