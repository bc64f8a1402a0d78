// What the command line prints and how it ends. Results go to stdout, everything else to stderr.
#pragma once

#include <string>
#include <string_view>

#include "spillway/error.h"

namespace spillway {

/// Documented in docs/CLI.md.
enum class Exit : int {
  ok = 0,
  failed = 1,
  usage = 2,        ///< the command line or a value on it is wrong
  not_found = 3,    ///< session, message, artifact or file
  partly = 4,       ///< some of several things failed, the others are done
  unavailable = 5,  ///< busy, locked, full or not reachable: later it may work
  damaged = 6,      ///< stored data are not what they should be
};

Exit exit_of(const Error& error);

/// Thread-safe only as far as stdio is.
class Console {
 public:
  Console(bool json, bool quiet);

  bool json() const { return json_; }
  /// May a line of progress be drawn over?
  bool shows_progress() const { return progress_; }

  /// A line of the result.
  void out(std::string_view line) const;
  /// A remark on stderr; not with --quiet.
  void note(std::string_view line) const;
  /// A warning on stderr; not with --quiet.
  void warn(std::string_view line) const;
  /// The error and what to do, on stderr; with --json as {"error":{…}}. Returns its exit code.
  Exit fail(const Error& error) const;

  /// `text` in green or red where stdout is a terminal and NO_COLOR is not set.
  std::string good(std::string_view text) const;
  std::string bad(std::string_view text) const;

 private:
  bool json_, quiet_, progress_, colour_out_, colour_err_;
};

/// Names come from strangers: control characters become '?'.
std::string printable(std::string_view text);

/// "563.0 KB", for people.
std::string human_bytes(std::uint64_t bytes);

}  // namespace spillway
