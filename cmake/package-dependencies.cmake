# Read by CPack as it makes the package: the dependencies are told from the programs where dpkg-shlibdeps is there.
find_program(CAMLOSS_DPKG_SHLIBDEPS dpkg-shlibdeps)
if(CAMLOSS_DPKG_SHLIBDEPS)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
