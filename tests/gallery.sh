#!/usr/bin/env bash
# The gallery's page in a real browser, against `local up`. The argument is the program local.
#
#   GALLERY_SCREENSHOTS=docs tests/gallery.sh target/debug/local    also takes the pictures for the documentation, into that folder
#
# Chromium, its driver and Japanese type come from Debian where they are missing; axe-core from npm, at one version.
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
axe_version=4.14.1
if [[ -n ${GALLERY_SCREENSHOTS-} ]]; then
  GALLERY_TEST_SCREENSHOTS=$(realpath "$GALLERY_SCREENSHOTS")
  export GALLERY_TEST_SCREENSHOTS
fi

if ! command -v chromium > /dev/null || ! command -v chromedriver > /dev/null || ! fc-list :lang=ja | grep -q .; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver fonts-noto-cjk > /dev/null
fi
tools=$PWD/target/gallery-tools
axe=$tools/node_modules/axe-core/axe.min.js
if [[ ! -f $axe ]] || ! grep -q "\"version\": \"$axe_version\"" "$tools/node_modules/axe-core/package.json"; then
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools" "axe-core@$axe_version"
fi

# --workspace: with the features that the other tests are built with, so that nothing is built twice.
GALLERY_TEST_LOCAL=$program GALLERY_TEST_AXE=$axe \
  cargo test --quiet --locked --workspace --test browser -- --ignored --test-threads 1
