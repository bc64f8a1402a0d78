// Sessions as rows: one for each, listed by their last activity.
//
// Table spillway_sessions: owner S, session S (key) · title S · createdAt S · lastMessageAt S.
// Owner "all" holds the sessions, owner "stats" one row of counters. Where the store takes it, the
// local index by_activity (owner, lastMessageAt) lists them in their order; else a list reads all.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_set>

#include "artifact/limits.h"
#include "spillway/deadline.h"
#include "spillway/items.h"
#include "spillway/sessions.h"

namespace spillway {

inline constexpr const char* sessions_table = "spillway_sessions";

/// Thread-safe.
class SessionRows {
 public:
  SessionRows(Items& items, bool by_activity);
  /// Writes what touch_later() left.
  ~SessionRows();

  /// Makes the table if it is missing; says whether it has the index. Several processes may do so
  /// at once.
  static Result<bool> make_table(Items& items, Deadline deadline);

  /// Makes the row, or moves its last activity to `at`.
  Result<void> touch(const std::string& session, const std::string& title, const std::string& at,
                     Deadline deadline);
  /// Moves the last activity of a session that exists, within activity_delay_max and at once for
  /// page(): many messages then cost one write. A crash may lose that last second of activity.
  void touch_later(const std::string& session, const std::string& at);
  /// Was it touched by this process, and not removed since? Forgetting costs one write, no more.
  bool is_known(const std::string& session) const;
  Result<bool> exists(const std::string& session, Deadline deadline);
  /// Of those whose title or id contains `text`, where it is not empty.
  Result<SessionPage> page(std::uint32_t limit, const std::string& cursor, const std::string& text,
                           Deadline deadline);
  Result<void> remove(const std::string& session, Deadline deadline);

  /// Saves into a session hold this shared; its removal holds it alone, for the moment in which it
  /// makes sure that no message is left. Sessions share few locks.
  std::shared_timed_mutex& lock_of(const std::string& session);

 private:
  Result<SessionPage> page_by_activity(std::uint32_t limit, const std::string& cursor,
                                       const std::string& text, Deadline deadline);
  Result<SessionPage> page_of_all(std::uint32_t limit, const std::string& cursor,
                                  const std::string& text, Deadline deadline);
  void remember(const std::string& session);
  void forget(const std::string& session);
  void flush(Deadline deadline);
  void run(const std::stop_token& stop);

  Items& items_;
  const bool by_activity_;
  std::array<std::shared_timed_mutex, session_stripes> stripes_;
  std::timed_mutex flushing_;  ///< before `mutex_`: a page waits for what another flush has taken
  mutable std::mutex mutex_;   ///< guards what follows
  std::unordered_set<std::string> known_;
  std::map<std::string, std::string> later_;  ///< session -> last activity, not yet written
  std::condition_variable_any changed_;
  std::jthread writer_;  ///< last: it uses all the others
};

}  // namespace spillway
