// What the parts of Sessions share.
#pragma once

#include "artifact/message_item.h"
#include "artifact/session_rows.h"
#include "artifact/statistics.h"
#include "spillway/sessions.h"

namespace spillway {

/// Thread-safe.
struct Service {
  explicit Service(Items& the_items) : items(the_items), rows(the_items), statistics(the_items) {}

  /// A strong read of one message; not_found when there is none.
  Result<LoadedMessage> load(const std::string& session, const std::string& id, Deadline deadline);
  /// Puts every artifact's bytes into its `value`, side by side; an error into the one that cannot
  /// be had. At most `bytes_max` bytes in all: those beyond get too_large.
  void resolve(LoadedMessage& loaded, std::uint64_t bytes_max, Deadline deadline);
  /// Changes of one message's artifacts by this process wait here for each other.
  std::mutex& lock_of_message(const std::string& id);

  Items& items;
  SessionRows rows;
  Statistics statistics;
  std::array<std::mutex, session_stripes> message_stripes;
};

struct Sessions::State final : Service {
  using Service::Service;
};

/// The position of an artifact named by id or by position; nullopt when there is none.
std::optional<std::size_t> find_artifact(const Message& message, const std::string& artifact);

/// Error not_found for a message or an artifact.
Error no_such_message(const std::string& session, const std::string& id);
Error no_such_artifact(const std::string& message, const std::string& artifact);

/// "a0 (563000 bytes) spilled as zstd, 187000 bytes; …": what went where, for logs.
std::string routing_of(const Message& message, std::uint64_t logical_bytes,
                       const SpillPolicy& policy);
std::string routing_of(const ArtifactInfo& artifact);

}  // namespace spillway
