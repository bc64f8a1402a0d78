// HTTP header fields in order, their names compared without case (RFC 9110, section 5.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway {

/// ASCII lower case; other bytes stay.
std::string ascii_lower(std::string_view text);

/// A value type. A name may stand several times.
class HttpHeaders {
 public:
  using Field = std::pair<std::string, std::string>;

  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value);
  /// Replaces every field of that name.
  void set(const std::string& name, std::string value);
  void remove(std::string_view name);
  /// The first value; nullopt if there is none.
  std::optional<std::string> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

}  // namespace spillway
