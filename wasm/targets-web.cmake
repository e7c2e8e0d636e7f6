# WebAssembly targets: camloss_module (no UI), camloss_app (the page's program) and the assembled site.
set(web_link_options
    -sMODULARIZE=1 -sEXPORT_ES6=1 -sENVIRONMENT=web,worker -sDYNAMIC_EXECUTION=0 -sFILESYSTEM=0
    -sALLOW_MEMORY_GROWTH=1 -sINCOMING_MODULE_JS_API=wasmBinary,locateFile,canvas,print,printErr,onAbort,instantiateWasm
    ${CAMLOSS_LINK_LEVEL})

include(targets-module.cmake)
include(targets-train.cmake)

if(WEB_SOURCES)
  add_executable(camloss_app ${WEB_SOURCES} ${VIEW_SOURCES})
  camloss_target(camloss_app)
  target_compile_options(camloss_app PRIVATE -fno-exceptions -fno-rtti)
  target_link_libraries(camloss_app PRIVATE camloss_core camloss_imgui)
  camloss_embed_fonts(camloss_app)
  target_link_options(camloss_app PRIVATE ${web_link_options} -sEXPORT_NAME=createCamlossApp
                      -sUSE_GLFW=3 -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2
                      -sEXPORTED_FUNCTIONS=_malloc,_free,_main
                      -sEXPORTED_RUNTIME_METHODS=UTF8ToString,stringToUTF8,lengthBytesUTF8)
  set_target_properties(camloss_app PROPERTIES OUTPUT_NAME camloss-app SUFFIX .mjs)
  camloss_site_program(camloss_app camloss-app.mjs camloss-app.wasm camloss-app.wasm)
endif()

# Everything of web/ but its tools and the npm package's own files goes into the site as it is; weights/index.json is
# merged with the demo's pair.
file(GLOB_RECURSE web_files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/web ${CMAKE_SOURCE_DIR}/web/*)
list(FILTER web_files EXCLUDE REGEX "^tools/|node_modules/|^package\\.json$|^README\\.md$|\\.d\\.mts$|^weights/index\\.json$|~$")
foreach(file IN LISTS web_files)
  camloss_site_file(${CMAKE_SOURCE_DIR}/web/${file} ${file})
endforeach()
find_program(CAMLOSS_NODE node NO_CMAKE_FIND_ROOT_PATH REQUIRED)
mark_as_advanced(CAMLOSS_NODE)
set(shipped ${CMAKE_SOURCE_DIR}/web/weights/index.json)
if(NOT EXISTS ${shipped})
  set(shipped "")
endif()
add_custom_command(
  OUTPUT ${CAMLOSS_SITE_DIR}/weights/index.json
  COMMAND ${CAMLOSS_NODE} ${CMAKE_SOURCE_DIR}/web/tools/site-index.mjs
          ${CMAKE_SOURCE_DIR}/web/weights/index.json ${CAMLOSS_SITE_DIR}
  DEPENDS ${CMAKE_SOURCE_DIR}/web/tools/site-index.mjs
          ${shipped}
  VERBATIM)
# version.json has the checksums of the program's files. The list of weights is not one of them: demo.sh and add-pair
# write it anew, and that must not make version.json older.
get_target_property(site_files site SITE_FILES)
set_property(TARGET site APPEND PROPERTY SITE_FILES ${CAMLOSS_SITE_DIR}/weights/index.json)
add_custom_command(
  OUTPUT ${CAMLOSS_SITE_DIR}/version.json
  COMMAND ${CAMLOSS_NODE} ${CMAKE_SOURCE_DIR}/web/tools/site-version.mjs ${CAMLOSS_SITE_DIR}
  DEPENDS ${CMAKE_SOURCE_DIR}/web/tools/site-version.mjs ${site_files}
  VERBATIM)
set_property(TARGET site APPEND PROPERTY SITE_FILES ${CAMLOSS_SITE_DIR}/version.json)
camloss_finish_site()

# The module as an npm package, in npm/ beside the site.
add_custom_target(
  npm_package
  COMMAND ${CAMLOSS_NODE} ${CMAKE_SOURCE_DIR}/web/tools/npm-package.mjs ${CAMLOSS_SITE_DIR}
          ${CAMLOSS_SITE_DIR}/../npm
  USES_TERMINAL VERBATIM)
add_dependencies(npm_package site)
