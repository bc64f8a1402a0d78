// Wells as messages: LAS files become log plots in a session, and are found there again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spillway/sessions.h"
#include "welllog/las.h"

namespace spillway {

inline constexpr std::string_view wells_session = "wells";
inline constexpr std::size_t las_name_bytes_max = 255;
inline constexpr std::uint32_t well_messages_searched_max = 10'000;

struct ImportedWell {
  Message message;  ///< artifacts: the log plot, then "source", the file as it was
  std::string well;
  std::size_t rows = 0, curves = 0;  ///< the index is no curve
  std::vector<LasDiagnostic> warnings;
  std::string routing;  ///< one sentence: what went where and why
};

/// Reads a LAS file and saves it as a message of `session` (made when new). `file_name` is a label.
/// All or nothing: without the source the message is removed again. Errors: as parse_las, with the
/// line in the detail, and as Sessions::post. Thread-safe.
Result<ImportedWell> import_las(Sessions& sessions, const std::string& session,
                                std::string_view file_name, std::string_view bytes,
                                Deadline deadline);

struct FoundWell {
  std::string session, message, artifact, name;
};
struct WellSearch {
  std::optional<FoundWell> found;  ///< the one imported last
  std::vector<std::string> names;  ///< when not found: those there are, ascending, without repeats
};

/// Looks for a log plot of that name (case does not matter) in `session`. Reads at most
/// well_messages_searched_max messages, newest first. Answers of assistants are copies, which a
/// later import makes stale: only the session `wells` has them searched.
Result<WellSearch> find_well(Sessions& sessions, const std::string& session, std::string_view name,
                             Deadline deadline);

}  // namespace spillway
