# spillway_module(NAME SOURCES … [USES MODULE …] [LIBRARIES TARGET …])
# One static library a module, named spillway_NAME, with the warnings of the house.
# USES are modules whose headers this one includes; LIBRARIES are outside libraries.
function(spillway_module name)
  cmake_parse_arguments(MODULE "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  add_library(spillway_${name} STATIC ${MODULE_SOURCES})
  target_include_directories(spillway_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
                                                     ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(spillway_${name} PRIVATE spillway_warnings)
  foreach(used ${MODULE_USES})
    target_link_libraries(spillway_${name} PUBLIC spillway_${used})
  endforeach()
  target_link_libraries(spillway_${name} PRIVATE ${MODULE_LIBRARIES})
endfunction()

# g++ is the compiler of the product: its warnings stop the build, those of clang (fuzzers) do not.
add_library(spillway_warnings INTERFACE)
target_compile_options(spillway_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                                   -Wno-sign-conversion
                                                   $<$<CXX_COMPILER_ID:GNU>:-Werror>)
