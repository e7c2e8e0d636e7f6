# One kernel source compiled once per instruction set; the core picks one at run time.
#
# camloss_add_kernels(TARGET FILE…): each FILE is compiled for every level with CAMLOSS_SIMD_LEVEL defined to the
# level's name (baseline, avx2, avx512; wasm: baseline only), which the file uses as the name of its namespace.
# Such a file must define everything it emits inside that namespace (no inline functions of other headers that the
# linker could merge across levels).
function(camloss_add_kernels target)
  set(levels baseline)
  set(flags_baseline "")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT EMSCRIPTEN)
    list(APPEND levels avx2 avx512)
    set(flags_baseline -msse4.1)
    set(flags_avx2 -mavx2 -mfma -mf16c)
    set(flags_avx512 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mf16c
                     -mprefer-vector-width=512)
  endif()
  get_target_property(options ${target} COMPILE_OPTIONS)
  list(REMOVE_ITEM options -Os)  # with it em++ inlines nothing, whatever comes after
  foreach(level IN LISTS levels)
    add_library(${target}_${level} OBJECT ${ARGN})
    get_target_property(plain ${target} CAMLOSS_PLAIN)
    if(plain)
      set_target_properties(${target}_${level} PROPERTIES CAMLOSS_PLAIN ON)
    endif()
    camloss_target(${target}_${level})
    if(options)
      target_compile_options(${target}_${level} PRIVATE ${options})
    endif()
    # A multiply and an add may become one instruction; the build type must not decide how fast this code is.
    target_compile_options(${target}_${level} PRIVATE -O3 -ffp-contract=fast ${flags_${level}})
    target_compile_definitions(${target}_${level} PRIVATE CAMLOSS_SIMD_LEVEL=${level})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_${level}>)
  endforeach()
endfunction()
