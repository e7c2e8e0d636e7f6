# Compiles through ccache where it is installed.
if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CAMLOSS_CCACHE ccache)
  mark_as_advanced(CAMLOSS_CCACHE)
  if(CAMLOSS_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CAMLOSS_CCACHE})
  endif()
endif()
if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache$")
  # Precompiled headers defeat ccache unless it is told that their macros and time stamps do not matter.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
