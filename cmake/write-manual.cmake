# Script of install.cmake: writes the manual page of the trainer, MANUAL, from what TRAINER --help says of each command.
set(ENV{ASAN_OPTIONS} detect_leaks=0)  # leaks are the tests' business

# help(RESULT [COMMAND]): the help as lines that troff sets as they are; RESULT_plain as it was printed.
function(help result)
  execute_process(COMMAND ${TRAINER} ${ARGN} --help OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  set(${result}_plain "${text}" PARENT_SCOPE)
  string(REPLACE "\\" "\\e" text "${text}")
  string(REPLACE "-" "\\-" text "${text}")
  string(REPLACE "`" "\\(ga" text "${text}")
  string(REGEX REPLACE "(^|\n)([.'])" "\\1\\\\&\\2" text "${text}")
  set(${result} ".nf\n${text}.fi\n" PARENT_SCOPE)
endfunction()

help(main)
string(REGEX MATCH "Subcommands:\n(([^\n]+\n)+)" _ "${main_plain}")  # up to the first empty line
string(REGEX MATCHALL "(^|\n)  [a-z]+ " commands "${CMAKE_MATCH_1}")
if(NOT commands)
  message(FATAL_ERROR "the help of ${TRAINER} names no commands")
endif()
set(sections "")
foreach(command IN LISTS commands)
  string(STRIP "${command}" command)
  help(text ${command})
  string(APPEND sections ".SH COMMAND ${command}\n${text}")
endforeach()
file(WRITE ${MANUAL} ".\\\" Manual page of camloss' trainer; written from its help.
.TH TRAINER 1 \"\" \"camloss ${VERSION}\" \"User commands\"
.SH NAME
trainer, camloss\\-trainer \\- train photo classifiers that look at the subject, not the background
.SH DESCRIPTION
Both names are the same program.
.PP
${main}${sections}.SH SEE ALSO
.BR camloss\\-add\\-pair (1),
.BR camloss\\-serve (1)
")
