# Libraries the project builds on, each as one target; only those that the chosen parts need.
find_package(Threads)

# Header-only libraries of the host that the WebAssembly build uses too. /usr/include as a whole would put the host's
# C library before Emscripten's, so single folders are linked into an include directory of their own.
set(CAMLOSS_HOST_INCLUDE ${CMAKE_BINARY_DIR}/hostinc)
function(camloss_host_headers target folder header)
  find_path(CAMLOSS_${folder}_DIR ${header} PATHS /usr/include /usr/local/include
            NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  mark_as_advanced(CAMLOSS_${folder}_DIR)
  add_library(${target} INTERFACE)
  if(EMSCRIPTEN)
    file(MAKE_DIRECTORY ${CAMLOSS_HOST_INCLUDE})
    file(CREATE_LINK ${CAMLOSS_${folder}_DIR}/${folder} ${CAMLOSS_HOST_INCLUDE}/${folder} SYMBOLIC)
    target_include_directories(${target} SYSTEM INTERFACE ${CAMLOSS_HOST_INCLUDE})
  else()
    target_include_directories(${target} SYSTEM INTERFACE ${CAMLOSS_${folder}_DIR})
  endif()
endfunction()

camloss_host_headers(camloss_json nlohmann nlohmann/json.hpp)
if(CAMLOSS_TESTS)
  camloss_host_headers(camloss_catch2 catch2 catch2/catch.hpp)
endif()

if(CAMLOSS_NATIVE AND NOT EMSCRIPTEN)
  include(dependencies-native)
endif()
if(EMSCRIPTEN OR CAMLOSS_VIEWER)
  include(imgui)
endif()
