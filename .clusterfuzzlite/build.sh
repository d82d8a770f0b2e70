#!/usr/bin/env bash
# Builds every target for ClusterFuzzLite or OSS-Fuzz: binary, seeds, dictionary and options, into $OUT.
# The canary stays out: it is there to fail.
set -euo pipefail
cd "${SRC:?the engine sets it}/ws101"

cargo fuzz build -O --debug-assertions --features peers
# The engine may have put a wrapper around cargo: the place of the binaries is asked, not guessed.
built=$(cargo metadata --manifest-path fuzz/Cargo.toml --format-version 1 --no-deps |
  sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/x86_64-unknown-linux-gnu/release

for source in fuzz/fuzz_targets/*.rs; do
  target=$(basename "$source" .rs)
  if [ "$target" = canary ]; then continue; fi
  cp "$built/$target" "${OUT:?the engine sets it}/$target"
  cp fuzz/dict/handshake.dict "$OUT/$target.dict"
  printf '[libfuzzer]\nmax_len = 70000\ntimeout = 10\n' >"$OUT/$target.options"
  seeds=()
  # Every peer reads what the others read.
  like=${target%_peers}
  for folder in "corpus/$like" "corpus/regressions/$like"; do
    if [ -d "$folder" ]; then seeds+=("$folder"/*); fi
  done
  if [ ${#seeds[@]} -gt 0 ]; then zip -q -j "$OUT/${target}_seed_corpus.zip" "${seeds[@]}"; fi
done
