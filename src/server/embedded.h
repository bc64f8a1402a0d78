// Files that CMake built into the binary: the viewer and the description of the API.
#pragma once

#include <span>
#include <string_view>

namespace spillway {

struct EmbeddedFile {
  std::string_view path;    ///< "index.html", "assets/index-4f9a.js"
  std::string_view sha256;  ///< hex, of the bytes
  std::string_view bytes;
};

/// The viewer's files, by path; empty when it was left out (SPILLWAY_VIEWER=OFF).
std::span<const EmbeddedFile> viewer_files();

/// OpenAPI 3.1, JSON.
std::string_view openapi_document();

}  // namespace spillway
