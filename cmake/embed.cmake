# Turns files into byte arrays of the program.
#
# camloss_embed(TARGET HEADER NAME=FILE…): generates HEADER (under generated/) and its .cpp with
# `extern const std::span<const std::uint8_t> NAME;` in namespace camloss for every FILE, and adds them to TARGET.
add_custom_target(camloss_generated)
add_dependencies(camloss_generated camloss_version_header)

function(camloss_embed target header)
  set(header_path ${CMAKE_BINARY_DIR}/generated/${header})
  string(REGEX REPLACE "\\.h$" ".cpp" source_path ${header_path})
  set(files "")
  foreach(pair IN LISTS ARGN)
    string(REGEX REPLACE "^[^=]*=" "" file ${pair})
    list(APPEND files ${file})
  endforeach()
  list(JOIN ARGN "|" pairs)
  add_custom_command(
    OUTPUT ${header_path} ${source_path}
    COMMAND ${CMAKE_COMMAND} -DHEADER=${header_path} -DSOURCE=${source_path} -DPAIRS=${pairs} -P
            ${CMAKE_SOURCE_DIR}/cmake/write-embedded.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/write-embedded.cmake
    VERBATIM)
  add_custom_target(${target}_embedded DEPENDS ${source_path} ${header_path})
  add_dependencies(camloss_generated ${target}_embedded)
  add_dependencies(${target} ${target}_embedded)
  target_sources(${target} PRIVATE ${source_path} ${header_path})
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated)
endfunction()
