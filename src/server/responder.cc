// Finds the well that a message asks for and answers with a copy of its log plot.
#include "server/responder.h"

#include <algorithm>
#include <iterator>

#include "server/wells.h"
#include "welllog/well_request.h"

namespace spillway {
namespace {

constexpr std::uint64_t answer_bytes_max = 128ull << 20;
constexpr std::size_t names_listed_max = 20;
constexpr int reads_max = 3;

/// The exact bytes of the log plot. It may be replaced while it is read: then the new one is.
Result<std::string> read_log_plot(Sessions& sessions, const FoundWell& well, Deadline deadline) {
  for (int tries = 1;; ++tries) {
    SPILLWAY_TRY(auto located,
                 sessions.locate(well.session, well.message, well.artifact, deadline));
    auto source = sessions.open_artifact(located, std::nullopt, deadline);
    auto bytes = source.has_value() ? read_all(*source.value(), answer_bytes_max)
                                    : Result<std::string>(source.error());
    if (bytes.has_value() || bytes.error().code != Code::conflict || tries == reads_max) {
      return bytes;
    }
  }
}

std::string not_found_text(std::string_view asked, const std::vector<std::string>& names) {
  std::string text = "I know no well named " + std::string(asked) + ". ";
  if (names.empty()) {
    return text +
           "No well is imported in this conversation or for all: drop a LAS file here, or use "
           "spillway import FILE.las or POST /v1/import.";
  }
  text += "There " + std::string(names.size() == 1 ? "is" : "are") + ": ";
  for (std::size_t i = 0; i < std::min(names.size(), names_listed_max); ++i) {
    text += (i > 0 ? ", " : "") + names[i];
  }
  if (names.size() > names_listed_max) {
    text += " and " + std::to_string(names.size() - names_listed_max) + " more";
  }
  return text + ".";
}

// The page imports into the conversation it shows; what is imported for all is in `wells`.
Result<WellSearch> find_near(Sessions& sessions, const std::string& session, std::string_view name,
                             Deadline deadline) {
  const std::string for_all(wells_session);
  SPILLWAY_TRY(auto here, find_well(sessions, session, name, deadline));
  if (here.found || session == for_all) return here;
  SPILLWAY_TRY(auto there, find_well(sessions, for_all, name, deadline));
  if (there.found) return there;
  std::vector<std::string> names;
  std::set_union(here.names.begin(), here.names.end(), there.names.begin(), there.names.end(),
                 std::back_inserter(names));
  return WellSearch{std::nullopt, std::move(names)};
}

}  // namespace

Result<std::optional<SavedMessage>> respond(Sessions& sessions, const Reply& reply,
                                            Deadline deadline) {
  const std::optional<std::string> well = requested_well(reply.content);
  if (!well) return std::optional<SavedMessage>();
  SPILLWAY_TRY(auto search, find_near(sessions, reply.session, *well, deadline));
  NewMessage message;
  message.role = "assistant";
  // A principal of its own, so that the answer's key never meets one of the client's.
  message.principal = "responder:" + reply.principal;
  message.idempotency_key = reply.idempotency_key;
  message.key_stands_for = reply.content;  // wells come and go between a request and its repeat
  if (search.found) {
    SPILLWAY_TRY(auto log_plot, read_log_plot(sessions, *search.found, deadline));
    message.content = "Log curves for " + search.found->name + ".";
    message.artifacts.push_back(std::move(log_plot));
  } else {
    message.content = not_found_text(*well, search.names);
  }
  SPILLWAY_TRY(auto saved, sessions.post(reply.session, message, deadline));
  return std::optional<SavedMessage>(std::move(saved));
}

}  // namespace spillway
