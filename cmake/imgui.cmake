# Dear ImGui as the static library camloss_imgui: from IMGUI_DIR, else Debian's source package, else upstream.
set(IMGUI_DIR "" CACHE PATH "Folder with imgui.cpp and backends/ (fetched where empty)")

set(imgui_fetched ${CMAKE_SOURCE_DIR}/build/imgui/imgui-1.90.1)
if(IMGUI_DIR)
  set(imgui_dir ${IMGUI_DIR})
else()
  set(imgui_dir ${imgui_fetched})
  if(NOT EXISTS ${imgui_dir}/imgui.cpp)
    message(STATUS "Fetching Dear ImGui from the Debian source package")
    execute_process(COMMAND bash ${CMAKE_SOURCE_DIR}/cmake/fetch-imgui.sh ${imgui_dir}
                    RESULT_VARIABLE failed)
    if(failed)
      message(STATUS "That failed; fetching Dear ImGui from upstream")
      include(FetchContent)
      FetchContent_Declare(
        imgui
        URL https://github.com/ocornut/imgui/archive/refs/tags/v1.90.1.tar.gz
        URL_HASH SHA256=21dcc985bb2ae8fe48047c86135dbc438d6980a8f2e08babbda5be820592f282
        DOWNLOAD_EXTRACT_TIMESTAMP ON)
      FetchContent_MakeAvailable(imgui)
      set(imgui_dir ${imgui_SOURCE_DIR})
    endif()
  endif()
endif()
if(NOT EXISTS ${imgui_dir}/imgui.cpp)
  message(FATAL_ERROR "no imgui.cpp in ${imgui_dir} — give a Dear ImGui source folder with -DIMGUI_DIR=")
endif()

add_library(
  camloss_imgui STATIC
  ${imgui_dir}/imgui.cpp ${imgui_dir}/imgui_draw.cpp ${imgui_dir}/imgui_tables.cpp
  ${imgui_dir}/imgui_widgets.cpp ${imgui_dir}/backends/imgui_impl_glfw.cpp
  ${imgui_dir}/backends/imgui_impl_opengl3.cpp)
# Each file by itself also where others are compiled together: in one unit it grows by a fortieth of the page.
set_target_properties(camloss_imgui PROPERTIES UNITY_BUILD OFF)
target_include_directories(camloss_imgui SYSTEM PUBLIC ${imgui_dir} ${imgui_dir}/backends)
target_compile_definitions(camloss_imgui PUBLIC IMGUI_DISABLE_OBSOLETE_FUNCTIONS
                                                IMGUI_DISABLE_FILE_FUNCTIONS)
target_link_libraries(camloss_imgui PUBLIC camloss::options PRIVATE camloss::sanitizers)
if(EMSCRIPTEN)
  target_compile_definitions(camloss_imgui PUBLIC IMGUI_IMPL_OPENGL_ES3)
  target_compile_options(camloss_imgui PRIVATE -fno-exceptions -fno-rtti)
  set_source_files_properties(
    ${imgui_dir}/backends/imgui_impl_opengl3.cpp
    PROPERTIES COMPILE_OPTIONS "-include;${CMAKE_SOURCE_DIR}/wasm/browser/gl_queries.h"
               OBJECT_DEPENDS ${CMAKE_SOURCE_DIR}/wasm/browser/gl_queries.h)
else()
  find_package(glfw3 REQUIRED)
  find_package(OpenGL REQUIRED)
  target_link_libraries(camloss_imgui PUBLIC glfw OpenGL::GL ${CMAKE_DL_LIBS})
endif()

include(fonts)
