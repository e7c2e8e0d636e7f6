# Toolchain file: finds Emscripten's own beside em++, wherever that is installed.
find_program(CAMLOSS_EMXX em++ NO_CMAKE_FIND_ROOT_PATH)
if(NOT CAMLOSS_EMXX)
  message(FATAL_ERROR "em++ was not found — install the package emscripten, or put em++ on PATH")
endif()
file(REAL_PATH ${CAMLOSS_EMXX} camloss_emxx)
get_filename_component(camloss_emscripten_root ${camloss_emxx} DIRECTORY)
include(${camloss_emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)
