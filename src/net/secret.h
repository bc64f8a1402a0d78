// A string that must not be printed.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace spillway {

/// Prints as "***", never turns into a string by itself, and wipes its bytes when it goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) = default;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// The bytes, for signing and for sending; the caller keeps them out of logs and errors.
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  void wipe();
  std::string text_;
};

std::ostream& operator<<(std::ostream& out, const Secret& secret);

/// Compares in a time that depends on the lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace spillway
