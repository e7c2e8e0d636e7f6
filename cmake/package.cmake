# The target `package`: a Debian package of what `install` installs, its dependencies told from the programs themselves.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME camloss)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "trains photo classifiers that look at the subject, not the background")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "The trainer compares a plain classifier with one whose loss makes it pay for
evidence away from the picture's centre, and reports where both look. A static
web page shows their predictions and heat maps side by side for any photo.")
set(CPACK_PACKAGE_CONTACT "camloss maintainers <camloss@localhost>")
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# Asked when the package is made: dpkg-dev may have been installed after this folder was configured.
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/package-dependencies.cmake)
# Without the first Debian's LibTorch runs its linear layers on the reference BLAS, several times slower; camloss-serve
# and camloss-add-pair are run by the second.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libopenblas0-openmp, nodejs")
include(CPack)
