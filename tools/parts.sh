# Parts of the test run and their sum. A part is a command that prints a line
# "N passed, N failed[, N skipped]" of its own; the sum comes last, alone on its line. Sourced by ./dev.
sum_passed=0
sum_failed=0
sum_skipped=0
part_lines=()
count_pattern='^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$'

# run_part NAME COMMAND…: its output goes indented to the terminal and whole to build/log/NAME.log.
run_part() {
  local name=$1 log=build/log/$1.log code=0 passed=0 failed=0 skipped=0 line started=$SECONDS
  shift
  mkdir -p build/log
  say "$name"
  set +e  # in the condition of an "if" or "||" bash would ignore errors inside the part as well
  (set -e && "$@") 2>&1 </dev/null | tee "$log" | sed -u 's/^/    /'
  code=${PIPESTATUS[0]}
  set -e
  line=$(grep -E "$count_pattern" "$log" | tail -n 1) || true
  if [[ $line =~ $count_pattern ]]; then
    passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]} skipped=${BASH_REMATCH[4]:-0}
  fi
  # A part that ends badly, or counts nothing at all, has failed whatever its line says.
  if [ "$failed" -eq 0 ] && { [ "$code" -ne 0 ] || [ $((passed + skipped)) -eq 0 ]; }; then failed=1; fi
  add_counts "$name" "$passed" "$failed" "$skipped" "$((SECONDS - started)) s, $log"
}

add_counts() {  # add_counts NAME PASSED FAILED SKIPPED REMARK
  sum_passed=$((sum_passed + $2))
  sum_failed=$((sum_failed + $3))
  sum_skipped=$((sum_skipped + $4))
  part_lines+=("$(printf '  %-14s %5d passed  %3d failed  %3d skipped   %s' "$@")")
}

skip_part() {  # skip_part NAME WHY
  say "$1: SKIPPED, $2"
  add_counts "$1" 0 0 1 "$2"
}

# The closing lines; false if anything failed.
sum_up() {
  local skips=
  echo
  printf '%s\n' "${part_lines[@]}"
  if [ "$sum_skipped" -gt 0 ]; then skips=", $sum_skipped skipped"; fi
  echo "$sum_passed passed, $sum_failed failed$skips"
  [ "$sum_failed" -eq 0 ]
}

# run_ctest PRESET OPTION…: ctest with our count line.
run_ctest() {
  local preset=$1 report code=0 tests failures disabled skipped
  shift
  report=$PWD/build/log/ctest-$preset.xml
  rm -f "$report"
  ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j "$(nproc)" --output-junit "$report" "$@" || code=$?
  attribute() { grep -m 1 -o "\b$1=\"[0-9]*\"" "$report" | grep -o '[0-9]*'; }
  tests=$(attribute tests) failures=$(attribute failures) disabled=$(attribute disabled) skipped=$(attribute skipped)
  skipped=$((skipped + disabled))
  skipped_tests "$report"
  count_line $((tests - failures - skipped)) "$failures" "$skipped"
  return "$code"
}

skipped_tests() {  # names of the tests that ctest skipped, and the reasons they gave
  awk -F'"' '/<testcase /  { name = $2; skipped = /status="(notrun|disabled)"/; if (skipped) print "skipped: " name }
             skipped && told { print "    " $0 }
             { told = /: Skipped$/ }' "$1"
}

count_line() {  # count_line PASSED FAILED [SKIPPED]
  local skips=
  if [ "${3:-0}" -gt 0 ]; then skips=", $3 skipped"; fi
  echo "$1 passed, $2 failed$skips"
}
