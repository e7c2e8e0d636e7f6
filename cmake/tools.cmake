# Targets that look after the sources: format, format-check, tidy, coverage. Each is a script that also runs by itself.
foreach(tool format format-check tidy coverage)
  string(REPLACE "-check" ";--check" command ${tool})
  list(POP_FRONT command script)
  add_custom_target(
    ${tool}
    COMMAND bash ${CMAKE_SOURCE_DIR}/cmake/${script}.sh ${command}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    USES_TERMINAL VERBATIM)
endforeach()
