# install and uninstall: the programs, the deployable page where it was built, the licence.
include(GNUInstallDirs)
foreach(program trainer camloss_viewer)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET trainer)
  # Written by the program itself, so that it knows every option.
  set(CAMLOSS_COMPLETION ${CMAKE_BINARY_DIR}/generated/trainer.bash)
  add_custom_command(
    OUTPUT ${CAMLOSS_COMPLETION}
    # Leaks are the tests' business, not the build's.
    COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0 $<TARGET_FILE:trainer> completion bash >
            ${CAMLOSS_COMPLETION}
    DEPENDS trainer
    VERBATIM)
  add_custom_target(completion ALL DEPENDS ${CAMLOSS_COMPLETION})
  install(FILES ${CAMLOSS_COMPLETION} DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME trainer)
endif()
install(
  DIRECTORY ${CMAKE_SOURCE_DIR}/build/site/
  DESTINATION ${CMAKE_INSTALL_DATADIR}/camloss/site
  OPTIONAL
  PATTERN "scenes-*.safetensors" EXCLUDE)

add_custom_target(
  uninstall
  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt -P
          ${CMAKE_SOURCE_DIR}/cmake/uninstall.cmake
  VERBATIM)
