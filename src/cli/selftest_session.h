// What the checks of the selftest work with: a session of their own, and makers of test data.
#pragma once

#include <string>
#include <vector>

#include "spillway/items.h"
#include "spillway/sessions.h"

namespace spillway {

/// A session with a fresh name, removed when it goes. Several threads may post.
class SelftestSession {
 public:
  SelftestSession(Items& items, Sessions& sessions);
  ~SelftestSession();
  SelftestSession(const SelftestSession&) = delete;
  SelftestSession& operator=(const SelftestSession&) = delete;

  const std::string& name() const { return name_; }
  Items& items() { return items_; }
  Sessions& sessions() { return sessions_; }

  Result<Message> post(std::vector<std::string> artifacts,
                       OnFailure on_failure = OnFailure::refuse);
  /// The bytes of an artifact, or of a range of it, as a reader gets them.
  Result<std::string> fetch(const Message& message, const std::string& artifact,
                            std::optional<ByteRange> range = std::nullopt);
  /// Every artifact of `message` comes back as it was sent, by SHA-256.
  Result<void> expect_identical(const Message& message, const std::vector<std::string>& sent);
  /// Messages in the session now.
  Result<std::size_t> count();

 private:
  Items& items_;
  Sessions& sessions_;
  std::string name_;
};

/// A JSON text of exactly this many bytes that compresses by a quarter at most.
std::string dense_json(std::size_t bytes);
/// The log plot of a synthetic well: 9,048 rows, about 563 KB.
Result<std::string> well_artifact(const std::string& well);

/// An Error of code internal that says what a check found instead of what it expected.
Error unexpected(const std::string& what);
/// Fails unless `result` failed with this code.
Result<void> expect_code(const char* what, Code expected, const Error* error);
template <class T>
Result<void> expect_error(const char* what, Code expected, const Result<T>& result) {
  return expect_code(what, expected, result ? nullptr : &result.error());
}

}  // namespace spillway
