# Writes generated/camloss_version.h (version and commit) at every build, touching it only when it changes.
set(CAMLOSS_GENERATED_DIR ${CMAKE_BINARY_DIR}/generated)
set(CAMLOSS_VERSION_HEADER ${CAMLOSS_GENERATED_DIR}/camloss_version.h)
add_custom_target(
  camloss_version_header
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${CMAKE_SOURCE_DIR} -DVERSION=${PROJECT_VERSION}
          -DOUTPUT=${CAMLOSS_VERSION_HEADER} -P ${CMAKE_SOURCE_DIR}/cmake/write-version.cmake
  BYPRODUCTS ${CAMLOSS_VERSION_HEADER}
  VERBATIM)
add_library(camloss_version INTERFACE)
add_library(camloss::version ALIAS camloss_version)
target_include_directories(camloss_version INTERFACE ${CAMLOSS_GENERATED_DIR})
add_dependencies(camloss_version camloss_version_header)
