// Checks JSON as it streams by and notes what an artifact calls itself.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "spillway/error.h"

namespace spillway {

class ArrayCollector;

/// What an artifact says of itself: strings at the top level of its JSON object, or empty.
struct JsonLabels {
  std::string type;  ///< "type", else "messageContentType"
  std::string name;  ///< "name", else "title", else "wellName"
};

/// A strict JSON text (RFC 8259) in pieces of any size, in constant memory: numbers of any length
/// are accepted, for the text is kept and not the number. One thread at a time.
class JsonInspector {
 public:
  /// `collector`, if any, is told of everything in the text.
  explicit JsonInspector(ArrayCollector* collector = nullptr);
  ~JsonInspector();

  /// invalid_argument with the byte position when the text is malformed, too deep or not UTF-8.
  Result<void> feed(std::string_view piece);
  /// invalid_argument when the text is not complete.
  Result<void> finish();
  /// Those seen so far.
  JsonLabels labels() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A whole text at once.
Result<JsonLabels> inspect_json(std::string_view text, ArrayCollector* collector = nullptr);

}  // namespace spillway
