# The JavaScript module's binary: the C interface of the core as WebAssembly without any glue, with SIMD and without.
# web/camloss.mjs is its hand-written loader.

# What wasm/module/module.h declares.
set(module_exports
    alloc free error load dispose count text number explain figures map features heat overlay release kernels version)
list(TRANSFORM module_exports PREPEND _camloss_)
list(JOIN module_exports "," module_exports)

# camloss_add_module(TARGET CORE FILE): FILE in the site.
function(camloss_add_module target core file)
  add_executable(${target} module/module.cpp)
  camloss_target(${target})
  get_target_property(plain ${core} CAMLOSS_PLAIN)
  if(plain)
    set_target_properties(${target} PROPERTIES CAMLOSS_PLAIN ON)
  endif()
  target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti)
  target_link_libraries(${target} PRIVATE ${core} camloss::version)
  target_link_options(${target} PRIVATE -O3 -sSTANDALONE_WASM=1 --no-entry -sFILESYSTEM=0 -sALLOW_MEMORY_GROWTH=1
                      -sEXPORTED_FUNCTIONS=${module_exports})
  get_filename_component(name ${file} NAME_WE)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} SUFFIX .wasm)
  camloss_site_file($<TARGET_FILE:${target}> ${file})
endfunction()

camloss_add_module(camloss_module camloss_core camloss.wasm)
camloss_add_module(camloss_module_plain camloss_core_plain camloss-plain.wasm)
