# camloss_viewer: the page's views as a desktop window through GLFW.
add_executable(camloss_viewer ${DESKTOP_SOURCES} ${VIEW_SOURCES})
camloss_target(camloss_viewer)
target_link_libraries(camloss_viewer PRIVATE camloss_core camloss_json camloss_imgui camloss_io)
camloss_embed_fonts(camloss_viewer)
