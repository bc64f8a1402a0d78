// How keys become file names, and attributes a file. Pure. Described in docs/formats/objects.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "object/object_store.h"

namespace spillway {

inline constexpr std::size_t object_attributes_bytes_max = 8 * 1024;

/// Where an object lies beneath the root. No name holds '/', none is "." or "..".
struct ObjectPath {
  std::vector<std::string> directories;
  std::string object;      ///< name of the file with the bytes
  std::string attributes;  ///< name of the file with the attributes, beside it
};

/// The same key always gives the same path, and different keys different ones.
ObjectPath object_path(const ObjectKey& key);

/// What a directory entry stands for. The key is the concatenation of the parts along the path.
struct ObjectName {
  enum class Kind {
    object,
    directory,     ///< every key under it starts with the parts up to here
    continuation,  ///< a directory only because the part is too long for one name
  };
  Kind kind;
  std::string part;
};

/// nullopt for names that object_path never makes, such as those of attributes and foreign files.
std::optional<ObjectName> parse_object_name(std::string_view name);

/// Lines of text; empty for attributes that are all the default. invalid_argument when a name is
/// not printable ASCII or everything together is over object_attributes_bytes_max.
Result<std::string> format_attributes(const ObjectAttributes& attributes);
/// corrupt when `text` was not made by format_attributes.
Result<ObjectAttributes> parse_attributes(std::string_view text);

}  // namespace spillway
