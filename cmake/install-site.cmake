# Script of install.cmake: installs the page in SITE to DESTINATION. One that is not there is left out, one that is built
# half is refused: its version.json, which the build writes last, has the SHA-256 of each of its files.
if(NOT EXISTS ${SITE}/version.json)
  message(STATUS "The page is left out: ${SITE} is not built (./demo.sh --no-serve builds it)")
  return()
endif()
file(READ ${SITE}/version.json version)
string(JSON count LENGTH "${version}" files)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON name MEMBER "${version}" files ${i})
  string(JSON expected GET "${version}" files ${name})
  set(sum "")
  if(EXISTS ${SITE}/${name})
    file(SHA256 ${SITE}/${name} sum)
  endif()
  if(NOT sum STREQUAL expected)
    message(FATAL_ERROR "the page in ${SITE} is built half: ${name} is not that of its version.json — ./demo.sh --no-serve builds it")
  endif()
endforeach()

# With the shipped pairs and their list; pairs that were trained or added in this checkout stay there.
file(
  INSTALL ${SITE}/
  DESTINATION ${DESTINATION}
  TYPE DIRECTORY
  PATTERN "scenes-*.safetensors" EXCLUDE
  PATTERN "own" EXCLUDE
  PATTERN "index.json" EXCLUDE
  PATTERN "*.new" EXCLUDE)
file(INSTALL ${SHIPPED} DESTINATION ${DESTINATION}/weights TYPE FILE)
