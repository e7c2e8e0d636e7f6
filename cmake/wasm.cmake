# What every WebAssembly target needs: link level, the path of Emscripten's optimiser, the assembly of the site.
if(CAMLOSS_FAST_LINK)
  set(CAMLOSS_LINK_LEVEL -O1 -sASSERTIONS=1)
else()
  set(CAMLOSS_LINK_LEVEL -O3)
endif()

# Debian's Emscripten needs its JavaScript packages; a Node.js from elsewhere does not look where Debian puts them.
if(EXISTS /usr/share/nodejs/acorn AND NOT CMAKE_CXX_LINKER_LAUNCHER)
  set(CMAKE_CXX_LINKER_LAUNCHER ${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs)
endif()

set(CAMLOSS_SITE_DIR ${CMAKE_BINARY_DIR}/site CACHE PATH "Where the deployable page is assembled")
add_custom_target(site ALL)

# camloss_site_file(SOURCE NAME): NAME in the site is a copy of SOURCE.
function(camloss_site_file source name)
  add_custom_command(
    OUTPUT ${CAMLOSS_SITE_DIR}/${name}
    COMMAND ${CMAKE_COMMAND} -E copy ${source} ${CAMLOSS_SITE_DIR}/${name}
    DEPENDS ${source}
    VERBATIM)
  set_property(TARGET site APPEND PROPERTY SITE_FILES ${CAMLOSS_SITE_DIR}/${name})
endfunction()

# camloss_site_program(TARGET GLUE WASM NAME): the target's JavaScript glue and its binary, the latter as NAME.
function(camloss_site_program target glue wasm name)
  set(folder $<TARGET_FILE_DIR:${target}>)
  add_custom_command(
    OUTPUT ${CAMLOSS_SITE_DIR}/${glue} ${CAMLOSS_SITE_DIR}/${name}
    COMMAND ${CMAKE_COMMAND} -E copy ${folder}/${glue} ${CAMLOSS_SITE_DIR}/${glue}
    COMMAND ${CMAKE_COMMAND} -E copy ${folder}/${wasm} ${CAMLOSS_SITE_DIR}/${name}
    DEPENDS ${target} $<TARGET_FILE:${target}>
    VERBATIM)
  set_property(TARGET site APPEND PROPERTY SITE_FILES ${CAMLOSS_SITE_DIR}/${glue}
                                           ${CAMLOSS_SITE_DIR}/${name})
endfunction()

# camloss_finish_site(): to be called in the folder that added files, after the last of them.
function(camloss_finish_site)
  get_target_property(files site SITE_FILES)
  if(files)
    add_custom_target(site_files DEPENDS ${files})
    add_dependencies(site site_files)
  endif()
endfunction()
