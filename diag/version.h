/* The version comes from CMakeLists.txt; the day that the manual page bears is that of its text. */
#ifndef EXDIAG_VERSION
#error "the build defines EXDIAG_VERSION"
#endif
#define EXDIAG_DATE "2026-11-23"
