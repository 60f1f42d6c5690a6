#!/usr/bin/env bash
# Gradescope runs this once, as root, to make the image that submissions are judged in: Rust, Python
# and the course, built.
set -euo pipefail

course=https://github.com/OWNER/COURSE # <- your copy of this course

apt-get update
apt-get install --yes --no-install-recommends build-essential ca-certificates curl git python3
# Where also the user can read it who has no rights, and who compiles the submissions.
export RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo
curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://sh.rustup.rs |
  sh -s -- -y --profile minimal --no-modify-path
git clone --depth 1 "$course" /autograder/source/course
cd /autograder/source/course
export PATH="$CARGO_HOME/bin:$PATH"
cargo build --quiet --locked --package practice
# What submissions in Rust depend on is compiled now, once, rather than for each of them.
target/debug/practice grade --one crates/tools/practice/exercises/bind-any-port/solution.rs \
  --exercise bind-any-port
