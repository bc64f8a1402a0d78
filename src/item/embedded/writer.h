// The one thread that writes: it takes all waiting writes as a group into one transaction, so that
// one sync of the disk serves them all (group commit).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "item/embedded/readers.h"
#include "item/embedded/rows.h"
#include "item/embedded/schema.h"
#include "item/embedded/tokens.h"
#include "spillway/deadline.h"

namespace spillway {

/// The connection that writes, and the only one that checkpoints.
struct WriteConnection {
  Database database;
  ItemRows items;
  TableRows tables;
  TokenRows tokens;
  bool dropped_items = true;  ///< tables dropped (perhaps before the last stop) left items behind

  static Result<WriteConnection> open(const std::string& path);
};

/// Something to write. All of it runs on the writer's thread.
class WriteTask {
 public:
  virtual ~WriteTask() = default;
  /// Reads and decides. An Error fails this task alone. May run again if its group fails.
  virtual Result<void> prepare(WriteConnection& connection) = 0;
  /// Writes what prepare decided. An Error rolls the whole group back.
  virtual Result<void> apply(WriteConnection& connection) = 0;
  /// It is durable; nobody has been told yet.
  virtual void committed() = 0;
  virtual std::size_t weight_bytes() const = 0;
};

/// Thread-safe. Its destructor first writes everything that waits.
class Writer {
 public:
  /// Borrows both, which must outlive it.
  Writer(WriteConnection& connection, Readers& readers);
  ~Writer();

  /// Returns when the task is durable, or with the Error that kept it from being written (then
  /// nothing was). The deadline ends the wait for a turn (timeout, Effect::none); a task whose turn
  /// has come is waited for. throttled when too many wait already.
  Result<void> run(WriteTask& task, Deadline deadline);

 private:
  struct Entry {
    explicit Entry(WriteTask& what) : task(&what) {}
    WriteTask* task;
    bool taken = false;
    bool done = false;
    std::condition_variable changed;
    std::optional<Error> error;
  };
  using Group = std::vector<Entry*>;

  void loop();
  Group take();
  void linger(std::unique_lock<std::mutex>& lock);
  void commit(const Group& group);
  Result<void> try_commit(const Group& group);
  Result<void> write_all(const Group& group);
  void finish(const Group& group);
  void tidy_up();
  Result<void> purge();
  void checkpoint(int mode);
  static int on_commit(void* self, sqlite3* database, const char* schema, int wal_pages);

  WriteConnection& connection_;
  Readers& readers_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Entry*> queue_;
  bool stopping_ = false;
  // Of the writer's thread alone:
  std::int64_t wal_bytes_ = 0, checkpointed_wal_bytes_ = 0;
  std::size_t last_group_size_ = 0;
  std::chrono::steady_clock::duration last_commit_time_{};
  std::thread thread_;  // last: it uses everything above
};

}  // namespace spillway
