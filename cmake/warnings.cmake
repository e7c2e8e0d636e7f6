# Warnings of the project's own code, as one INTERFACE target; errors where CAMLOSS_WERROR is on.
add_library(camloss_warnings INTERFACE)
add_library(camloss::warnings ALIAS camloss_warnings)
# Sizes are signed (shared/base/index.h) where the standard library has unsigned ones: GCC takes that in C++, clang is told.
target_compile_options(camloss_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                                  -Wno-sign-conversion
                                                  $<$<BOOL:${CAMLOSS_WERROR}>:-Werror>)
# GCC 12 warns of impossible overlaps in std::string at -O3 (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(camloss_warnings INTERFACE -Wno-restrict)
endif()
