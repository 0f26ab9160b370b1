# What Windows loads together with a program it looks for beside the program first, unless it is
# one of its KnownDLLs: a download folder may hold a crypt32.dll of anybody's. So the others are
# loaded when a function of theirs is first called, by when main() has said that DLLs come from
# the system's folder alone. One <dll>.def here for each, with the functions that are used; a
# function that is missing there does not link. Two KnownDLLs are among them, wldap32 and
# normaliz: most runs start sooner without.
file(GLOB EXDIAG_DELAYED CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/win32/delayed/*.def)
set(EXDIAG_DELAYED_FOLDER ${PROJECT_BINARY_DIR}/delayed)

if(MINGW) # under the names that the system's libraries have, and found before those
  file(MAKE_DIRECTORY ${EXDIAG_DELAYED_FOLDER})
  foreach(definition IN LISTS EXDIAG_DELAYED)
    get_filename_component(name ${definition} NAME_WE)
    set(library ${EXDIAG_DELAYED_FOLDER}/lib${name}.a)
    add_custom_command(
      OUTPUT ${library}
      COMMAND ${CMAKE_DLLTOOL} --machine i386:x86-64 --input-def ${definition} --output-delaylib ${library}
      DEPENDS ${definition} VERBATIM)
    list(APPEND libraries ${library})
  endforeach()
  add_custom_target(exdiag_delayed DEPENDS ${libraries})
endif()

function(exdiag_delay_libraries program)
  if(MINGW)
    add_dependencies(${program} exdiag_delayed)
    target_link_options(${program} PRIVATE -L${EXDIAG_DELAYED_FOLDER} -Wl,-u,__delayLoadHelper2)
  else()
    foreach(definition IN LISTS EXDIAG_DELAYED)
      get_filename_component(name ${definition} NAME_WE)
      target_link_options(${program} PRIVATE /DELAYLOAD:${name}.dll)
    endforeach()
  endif()
  target_link_libraries(${program} PRIVATE delayimp)
endfunction()
