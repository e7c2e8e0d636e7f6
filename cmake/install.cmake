# install and uninstall: the programs with their manual pages, the deployable page where it was built, the tools that
# work on it, the licence.
include(GNUInstallDirs)
set(share ${CMAKE_INSTALL_DATADIR}/camloss)
foreach(program trainer camloss_viewer)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()

# install_link(TARGET NAME FOLDER): NAME in FOLDER is a symbolic link to TARGET.
function(install_link target name folder)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/links)
  file(CREATE_LINK ${target} ${CMAKE_BINARY_DIR}/generated/links/${name} SYMBOLIC)
  install(FILES ${CMAKE_BINARY_DIR}/generated/links/${name} DESTINATION ${folder})
endfunction()

if(TARGET trainer)
  # The plain name is a very general one.
  install_link(trainer camloss-trainer ${CMAKE_INSTALL_BINDIR})
  # Written by the program itself, so that they know every option.
  set(completion ${CMAKE_BINARY_DIR}/generated/trainer.bash)
  add_custom_command(
    OUTPUT ${completion}
    # Leaks are the tests' business, not the build's.
    COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0 $<TARGET_FILE:trainer> completion bash > ${completion}
    DEPENDS trainer
    VERBATIM)
  set(manual ${CMAKE_BINARY_DIR}/generated/trainer.1)
  add_custom_command(
    OUTPUT ${manual}
    COMMAND ${CMAKE_COMMAND} -DTRAINER=$<TARGET_FILE:trainer> -DMANUAL=${manual} -DVERSION=${PROJECT_VERSION} -P
            ${CMAKE_SOURCE_DIR}/cmake/write-manual.cmake
    DEPENDS trainer ${CMAKE_SOURCE_DIR}/cmake/write-manual.cmake
    VERBATIM)
  add_custom_target(completion ALL DEPENDS ${completion} ${manual})
  set(completions ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${completion} DESTINATION ${completions} RENAME trainer)
  install_link(trainer camloss-trainer.bash ${completions})
  install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install_link(trainer.1 camloss-trainer.1 ${CMAKE_INSTALL_MANDIR}/man1)
endif()

install(CODE "set(SITE \"${CMAKE_SOURCE_DIR}/build/site\")
set(SHIPPED \"${CMAKE_SOURCE_DIR}/web/weights/index.json\")
set(DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${share}/site\")
include(\"${CMAKE_SOURCE_DIR}/cmake/install-site.cmake\")")

# The tools that the documents use. Node.js tells modules by their files' names, so the commands are links to them.
file(RELATIVE_PATH tools ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_DATADIR}/camloss/tools)
foreach(tool add-pair serve)
  install(PROGRAMS ${CMAKE_SOURCE_DIR}/web/tools/${tool}.mjs DESTINATION ${share}/tools)
  install_link(${tools}/${tool}.mjs camloss-${tool} ${CMAKE_INSTALL_BINDIR})
  install(FILES ${CMAKE_SOURCE_DIR}/cmake/debian/camloss-${tool}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endforeach()

# The licence as Debian wants it: its own text, indented, an empty line a dot.
file(READ ${CMAKE_SOURCE_DIR}/LICENSE terms)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]*)" _ "${terms}")
set(holder ${CMAKE_MATCH_1})
string(REGEX REPLACE "^.*Copyright [^\n]*\n\n" "" terms "${terms}")
string(STRIP "${terms}" terms)
string(REGEX REPLACE "\n\n" "\n.\n" terms "${terms}")
string(REPLACE "\n" "\n " terms " ${terms}")
configure_file(${CMAKE_SOURCE_DIR}/cmake/debian/copyright.in ${CMAKE_BINARY_DIR}/generated/copyright @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/generated/copyright ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DOCDIR})

add_custom_target(
  uninstall
  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt -P
          ${CMAKE_SOURCE_DIR}/cmake/uninstall.cmake
  VERBATIM)
