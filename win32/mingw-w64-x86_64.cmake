# CMake toolchain file: 64-bit Windows, with the mingw-w64 cross compiler of Debian and Ubuntu.
#
#   EXDIAG_WINDOWS_LIBRARIES=$(win32/libraries.sh) cmake --preset mingw
#
# EXDIAG_WINDOWS_LIBRARIES is a folder with include/ and lib/ of libraries built for Windows.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(triple x86_64-w64-mingw32)

# The compiler whose programs need no DLL of another thread library.
find_program(EXDIAG_MINGW_GCC NAMES ${triple}-gcc-win32 ${triple}-gcc REQUIRED)
set(CMAKE_C_COMPILER ${EXDIAG_MINGW_GCC})
set(CMAKE_RC_COMPILER ${triple}-windres)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")

# Nothing of the building machine is taken for something of the target's.
set(CMAKE_FIND_ROOT_PATH /usr/${triple})
if(EXDIAG_WINDOWS_LIBRARIES)
  list(PREPEND CMAKE_FIND_ROOT_PATH ${EXDIAG_WINDOWS_LIBRARIES})
  list(PREPEND CMAKE_PREFIX_PATH ${EXDIAG_WINDOWS_LIBRARIES})
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES EXDIAG_WINDOWS_LIBRARIES)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_DIR} "")
set(ENV{PKG_CONFIG_LIBDIR} "${EXDIAG_WINDOWS_LIBRARIES}/lib/pkgconfig")

# ctest runs the programs through this.
set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/../tests/windows/wine.sh CACHE STRING "")
