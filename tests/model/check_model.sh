#!/bin/bash
# Searches the commit protocol's model exhaustively, and that every deliberate mistake in it is caught.
# usage: tests/model/check_model.sh [--long]      needs spin and gcc; ends with "N passed, N failed"
set -euo pipefail

model=$(realpath "$(dirname "$0")/commit_protocol.pml")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

short=("" "-DROUNDS=2" "-DUPD=1 -DRDR=1")
long=("-DROUNDS=2 -DRDR=1" "-DNSW=2" "-DNSW=2 -DRDR=1" "-DNW=3 -DDELN=2")
configurations=("${short[@]}")
if [ "${1:-}" = --long ]; then configurations+=("${long[@]}"); fi
mutants=(NO_FENCE ROW_AFTER_PUT NO_TXN BLIND_CARRY NO_REREAD ROW_BEFORE_LIST K_BEFORE_A NO_LIST
  ROW_EARLY ROW_NOT_KEPT)
passed=0
failed=0

search() {  # search OPTION…: leaves the number of errors in $errors ("" where the search did not end)
  errors=
  # shellcheck disable=SC2068  # the options of one configuration are words
  if ! { spin -a $@ "$model" && gcc -O2 -w -DSAFETY -DCOLLAPSE -DMEMLIM=6000 -o pan pan.c &&
    timeout 900 ./pan -E -m100000; } >pan.out 2>&1; then cat pan.out; return; fi
  if grep -q 'search not completed\|max search depth too small' pan.out && grep -q 'errors: 0' pan.out; then
    cat pan.out
    return
  fi
  errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.out)
}

verdict() {  # verdict TRUTH TEXT
  if "$1"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  echo "$2"
}

for options in "${configurations[@]}"; do
  search "$options"
  states=$(sed -n 's/ *\([0-9]*\) states, stored.*/\1/p' pan.out)
  good=false
  if [ "$errors" = 0 ]; then good=true; fi
  verdict $good "model ${options:-(default)}: ${states:-?} states, ${errors:-?} errors"
done
for mutant in "${mutants[@]}"; do
  case $mutant in
    NO_TXN | ROW_EARLY) options="-DROUNDS=2" ;;
    ROW_NOT_KEPT) options="-DROUNDS=3" ;;  # fence, delete, remove: then the late W0
    *) options="-DUPD=1 -DRDR=1" ;;
  esac
  search "-DM_$mutant $options"
  if [ "${errors:-0}" -ge 1 ]; then verdict true "mutant $mutant caught"; else verdict false "mutant $mutant ESCAPED"; fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
