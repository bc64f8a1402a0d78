// The log: one JSON object a line, to standard error.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/json_out.h"
#include "spillway/error.h"

namespace spillway {

/// One line in the making: {"time", "level", "event", …}. Any bytes may be given as text.
class LogLine {
 public:
  enum class Level { info, warning, error };
  LogLine(Level level, std::string_view event);

  LogLine& text(std::string_view name, std::string_view value);
  template <std::integral T>
  LogLine& number(std::string_view name, T value) {
    json_.member(name, value);
    return *this;
  }
  /// Code, operation, subject and detail, with everything that clients are not told.
  LogLine& error(const Error& error);
  /// A value that is JSON already.
  LogLine& json(std::string_view name, std::string_view value);
  std::string take();

 private:
  JsonWriter json_;
};

/// Thread-safe. Lines are whole and flushed.
class Log {
 public:
  Log();
  ~Log();
  void write(LogLine& line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `text`, or, if it is not UTF-8, `text` with a ? for every byte that is not ASCII.
std::string clean_utf8(std::string_view text);

}  // namespace spillway
