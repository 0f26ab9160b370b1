/* The version comes from CMakeLists.txt. */
#ifndef EXDIAG_VERSION
#error "the build defines EXDIAG_VERSION"
#endif
