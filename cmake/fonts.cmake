# The UI font, embedded: Inter, reduced to the letters and signs the page shows where hb-subset is installed.
find_path(CAMLOSS_INTER_DIR Inter-Regular.otf PATHS /usr/share/fonts/opentype/inter
          NO_CMAKE_FIND_ROOT_PATH REQUIRED)
find_program(CAMLOSS_HB_SUBSET hb-subset NO_CMAKE_FIND_ROOT_PATH)
mark_as_advanced(CAMLOSS_INTER_DIR CAMLOSS_HB_SUBSET)

# Latin with accents, Greek, Cyrillic, general punctuation, sub- and superscripts, arrows, mathematical signs, shapes.
set(font_letters U+20-7E,U+A0-17F,U+370-3FF,U+400-45F,U+2010-205F,U+2070-209F,U+20AC,U+2122,U+2190-21FF)
string(APPEND font_letters ,U+2200-22FF,U+2318,U+23CE,U+25A0-25FF,U+2605-2606,U+2713-2717,U+2B24)

# camloss_embed_fonts(TARGET): kFontRegular and kFontSemiBold in "ui_fonts.h", OpenType bytes.
function(camloss_embed_fonts target)
  set(pairs "")
  foreach(weight Regular SemiBold)
    set(font ${CAMLOSS_INTER_DIR}/Inter-${weight}.otf)
    if(CAMLOSS_HB_SUBSET)
      set(subset ${CMAKE_BINARY_DIR}/generated/Inter-${weight}.otf)
      add_custom_command(
        OUTPUT ${subset}
        COMMAND ${CAMLOSS_HB_SUBSET} --unicodes=${font_letters} --no-hinting
                --layout-features-= --output-file=${subset} ${font}
        DEPENDS ${font}
        VERBATIM)
      set(font ${subset})
    endif()
    list(APPEND pairs kFont${weight}=${font})
  endforeach()
  camloss_embed(${target} ui_fonts.h ${pairs})
endfunction()
