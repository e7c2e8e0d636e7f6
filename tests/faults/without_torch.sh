# The tests of test_native that do not run through LibTorch or its OpenMP, which are instrumented for nothing: neither
# training nor evaluation, nor what starts the trainer.
# shellcheck shell=bash

# without_torch FILE: their names, as Catch2 reads them with --input-file.
without_torch() {
  local part
  for part in archive calibrate dataset decode files recipe split; do
    sed -nE 's/^TEST_CASE\("([^"]*)".*/\1/p' "tests/native/test_$part.cpp"
  done | sed 's/,/\\,/g; s/.*/"&"/' >"$1"
}
