# Training in a page: the C interface of the learning core as WebAssembly without any glue. web/train-worker.mjs loads it.

# What wasm/train/train.h declares.
set(train_exports
    alloc free error recipe setting resample scene picture start step progress state state_size restore finish judge
    judge_swapped judge_background overlay weights weights_size rules verdict)
list(TRANSFORM train_exports PREPEND _train_)
list(JOIN train_exports "," train_exports)

add_executable(camloss_train_module train/train.cpp)
camloss_target(camloss_train_module)
target_compile_options(camloss_train_module PRIVATE -fno-exceptions -fno-rtti)
target_link_libraries(camloss_train_module PRIVATE camloss_core camloss::version)
camloss_embed(
  camloss_train_module train_recipes.h
  recipe_baseline=${CMAKE_SOURCE_DIR}/native/recipes/baseline.json
  recipe_camloss=${CMAKE_SOURCE_DIR}/native/recipes/camloss.json)
target_link_options(
  camloss_train_module PRIVATE -O3 -sSTANDALONE_WASM=1 --no-entry -sFILESYSTEM=0 -sALLOW_MEMORY_GROWTH=1
  -sEXPORTED_FUNCTIONS=${train_exports})
set_target_properties(camloss_train_module PROPERTIES OUTPUT_NAME camloss-train SUFFIX .wasm)
camloss_site_file($<TARGET_FILE:camloss_train_module> camloss-train.wasm)
