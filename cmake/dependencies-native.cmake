# Libraries of the trainer: LibTorch, OpenCV, CLI11, fmt, libarchive, giflib.
if(NOT CAMLOSS_FUZZ)
  find_package(Torch REQUIRED)
endif()
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(LibArchive REQUIRED)
find_package(GIF REQUIRED)

# Debian's libopencv-*-dev packages come without a CMake configuration unless all of OpenCV is installed.
find_path(CAMLOSS_OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
add_library(camloss_opencv INTERFACE)
target_include_directories(camloss_opencv SYSTEM INTERFACE ${CAMLOSS_OPENCV_INCLUDE})
foreach(part core imgproc imgcodecs)
  find_library(CAMLOSS_OPENCV_${part} opencv_${part} REQUIRED)
  mark_as_advanced(CAMLOSS_OPENCV_${part})
  target_link_libraries(camloss_opencv INTERFACE ${CAMLOSS_OPENCV_${part}})
endforeach()
mark_as_advanced(CAMLOSS_OPENCV_INCLUDE)
