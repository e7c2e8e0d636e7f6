# install and uninstall: the programs, the deployable page where it was built, the licence.
include(GNUInstallDirs)
foreach(program trainer camloss_viewer)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
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
