# The options every target of the project is compiled with, as one INTERFACE target.
add_library(camloss_options INTERFACE)
add_library(camloss::options ALIAS camloss_options)
target_compile_features(camloss_options INTERFACE cxx_std_20)
target_include_directories(camloss_options INTERFACE ${CMAKE_SOURCE_DIR})
if(EMSCRIPTEN)
  # Targets with the property CAMLOSS_PLAIN run in engines without SIMD. Those that have it have bulk memory, too: large
  # copies are instructions of the engine.
  target_compile_options(camloss_options INTERFACE $<$<NOT:$<BOOL:$<TARGET_PROPERTY:CAMLOSS_PLAIN>>>:-msimd128$<SEMICOLON>-mbulk-memory>)
endif()

# Links options, warnings and sanitizers to a target of the project.
function(camloss_target target)
  target_link_libraries(${target} PRIVATE camloss::warnings PUBLIC camloss::options
                                                                   camloss::sanitizers)
endfunction()
