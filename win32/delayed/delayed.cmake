# What Windows loads together with a program it looks for beside the program first, unless it is
# one of its KnownDLLs: a download folder may hold a crypt32.dll of anybody's. So the others are
# loaded when a function of theirs is first called, by when main() has said that DLLs come from
# the system's folder alone. One <dll>.def here for each, with the functions that are used; a
# function that is missing there does not link. Two KnownDLLs are among them, wldap32 and
# normaliz: most runs start sooner without.
function(exdiag_delay_libraries program)
  set(folder ${PROJECT_BINARY_DIR}/delayed)
  file(MAKE_DIRECTORY ${folder})
  file(GLOB definitions CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/win32/delayed/*.def)
  foreach(definition IN LISTS definitions)
    get_filename_component(name ${definition} NAME_WE)
    if(MINGW)
      add_custom_command(
        OUTPUT ${folder}/lib${name}.a
        COMMAND ${CMAKE_DLLTOOL} --machine i386:x86-64 --input-def ${definition} --output-delaylib
                ${folder}/lib${name}.a
        DEPENDS ${definition} VERBATIM)
      list(APPEND libraries ${folder}/lib${name}.a)
    else()
      target_link_options(${program} PRIVATE /DELAYLOAD:${name}.dll)
    endif()
  endforeach()
  if(MINGW) # under the names that the system's libraries have, and found before those
    add_custom_target(${program}_delayed DEPENDS ${libraries})
    add_dependencies(${program} ${program}_delayed)
    target_link_options(${program} PRIVATE -L${folder} -Wl,-u,__delayLoadHelper2)
  endif()
  target_link_libraries(${program} PRIVATE delayimp)
endfunction()
