// Included before ImGui's OpenGL backend in the browser: its questions about the state that it is
// going to restore are answered here. Each would wait until the graphics card has done all it was
// told to, and nothing but the backend relies on that state.
#pragma once

#include <GLES3/gl3.h>

#ifdef __cplusplus
extern "C" {
#endif

/// As glGetIntegerv, but with WebGL's initial values for bindings, blending, viewport and scissor
/// box.
void camloss_gl_get_integer(GLenum name, GLint* value);

#ifdef __cplusplus
}
#endif

#define glGetIntegerv camloss_gl_get_integer
