// What the parts of Sessions share.
#pragma once

#include <functional>

#include "artifact/idempotency.h"
#include "artifact/message_item.h"
#include "artifact/session_rows.h"
#include "artifact/statistics.h"
#include "spillway/sessions.h"

namespace spillway {

/// Thread-safe.
struct Service {
  Service(Items& the_items, MessageLayout the_layout, bool rows_by_activity)
      : items(the_items),
        layout(std::move(the_layout)),
        rows(the_items, rows_by_activity),
        statistics(the_items),
        old_tokens(the_items) {}

  /// A strong read of one message; not_found when there is none.
  Result<LoadedMessage> load(const std::string& session, const std::string& id, Deadline deadline);
  /// After the answer to a write was lost that is conditional on `before.version`. True if the
  /// message is as `is_done` wants it. False if it is as it was before: the same condition lets the
  /// write be applied once, however often it is sent. `unknown` where neither can be said.
  Result<bool> find_out(const LoadedMessage& before,
                        const std::function<bool(const LoadedMessage&)>& is_done, Error unknown,
                        Deadline deadline);
  /// A page of layout.list(session), with handles. In a mapped table each message that the index
  /// names is read strongly: those gone meanwhile are left out, so a page may be short.
  Result<QueryPage> query(const QueryRequest& request, const std::string& session,
                          Deadline deadline);
  /// Puts every artifact's bytes into its `value`, side by side; an error into the one that cannot
  /// be had. At most `bytes_max` bytes in all: those beyond get too_large. `loaded.values` are
  /// spent.
  void resolve(LoadedMessage& loaded, std::uint64_t bytes_max, Deadline deadline);
  /// Changes of one message's artifacts by this process wait here for each other.
  std::mutex& lock_of_message(const std::string& id);

  Items& items;
  const MessageLayout layout;
  SessionRows rows;
  Statistics statistics;
  OldTokens old_tokens;
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
