# Warnings of the project's own code, as one INTERFACE target; errors where CAMLOSS_WERROR is on.
add_library(camloss_warnings INTERFACE)
add_library(camloss::warnings ALIAS camloss_warnings)
target_compile_options(camloss_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                                  $<$<BOOL:${CAMLOSS_WERROR}>:-Werror>)
