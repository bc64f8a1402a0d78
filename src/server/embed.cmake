# cmake -DFILES=a;b|-DFOLDER=dist -DKIND=viewer|openapi -DOUT=prefix -P embed.cmake
# Writes OUT.S, which holds the bytes of the files, and OUT.cc, which names them. Both are touched
# only when they change; OUT.S carries the digests, so that it is assembled again when a file does.
if(KIND STREQUAL "viewer")
  if(VIEWER AND NOT EXISTS "${FOLDER}/index.html")
    message(FATAL_ERROR
      "The viewer is not built: ${FOLDER}/index.html is missing.\n"
      "Run ./dev build, or (cd web && npm ci && npm run build), "
      "or configure with -DSPILLWAY_VIEWER=OFF to leave it out.")
  endif()
  set(names)
  if(VIEWER)
    file(GLOB_RECURSE names RELATIVE "${FOLDER}" "${FOLDER}/*")
    list(SORT names)
  endif()
else()
  set(names openapi.json)
endif()

set(assembly ".section .note.GNU-stack,\"\",@progbits\n.section .rodata\n")
set(declarations "")
set(rows "")
set(count 0)
foreach(name IN LISTS names)
  file(SHA256 "${FOLDER}/${name}" digest)
  set(symbol "spillway_${KIND}_${count}")
  string(APPEND assembly
    "# ${digest}\n.global ${symbol}_begin\n.global ${symbol}_end\n"
    "${symbol}_begin:\n.incbin \"${FOLDER}/${name}\"\n${symbol}_end:\n.byte 0\n")
  string(APPEND declarations "extern const char ${symbol}_begin[], ${symbol}_end[];\n")
  string(APPEND rows
    "    {\"${name}\", \"${digest}\", std::string_view(${symbol}_begin, "
    "static_cast<std::size_t>(${symbol}_end - ${symbol}_begin))},\n")
  math(EXPR count "${count} + 1")
endforeach()

set(code "#include <array>\n\n#include \"server/embedded.h\"\n\nextern \"C\" {\n${declarations}}\n\n")
string(APPEND code "namespace spillway {\n\n")
if(KIND STREQUAL "viewer")
  string(APPEND code
    "std::span<const EmbeddedFile> viewer_files() {\n"
    "  static const std::array<EmbeddedFile, ${count}> files{{\n${rows}  }};\n"
    "  return files;\n}\n")
else()
  string(APPEND code
    "std::string_view openapi_document() {\n"
    "  return std::string_view(spillway_openapi_0_begin,\n"
    "                          static_cast<std::size_t>(spillway_openapi_0_end - "
    "spillway_openapi_0_begin));\n}\n")
endif()
string(APPEND code "\n}  // namespace spillway\n")

file(WRITE "${OUT}.S.new" "${assembly}")
file(WRITE "${OUT}.cc.new" "${code}")
foreach(suffix S cc)
  file(COPY_FILE "${OUT}.${suffix}.new" "${OUT}.${suffix}" ONLY_IF_DIFFERENT)
endforeach()
