# The tests of test_native that do not run through LibTorch or its OpenMP, which are instrumented for nothing: neither
# training nor evaluation, nor what starts the trainer.
# shellcheck shell=bash

# without_torch FILE: their names, as Catch2 reads them with --input-file.
without_torch() { catch_names tests/native/test_{archive,calibrate,dataset,recipe,split}.cpp >"$1"; }
