// The one thread that writes: group commit, checkpoints, and the removal of dropped tables' items.
#include "item/embedded/writer.h"

#include <algorithm>

#include "item/embedded/wait.h"

namespace spillway {
namespace {

constexpr std::size_t queued_writes_max = 4096;
constexpr std::size_t group_writes_max = 256;
constexpr std::size_t group_bytes_max = std::size_t{16} << 20;
/// How much the WAL grows between two checkpoints; it is written over from its start afterwards.
constexpr std::int64_t checkpoint_bytes = std::int64_t{32} << 20;
/// Readers that always overlap keep a WAL from starting over; beyond this they are made to wait.
constexpr std::int64_t wal_bytes_max = std::int64_t{256} << 20;
constexpr auto linger_max = std::chrono::microseconds(500);

}  // namespace

Result<WriteConnection> WriteConnection::open(const std::string& path) {
  SPILLWAY_TRY(Database database, open_for_writing(path));
  SPILLWAY_TRY(ItemRows items, ItemRows::prepare(database));
  SPILLWAY_TRY(TableRows tables, TableRows::prepare(database));
  SPILLWAY_TRY(TokenRows tokens, TokenRows::prepare(database));
  return WriteConnection{std::move(database), std::move(items), std::move(tables),
                         std::move(tokens)};
}

Writer::Writer(WriteConnection& connection, Readers& readers)
    : connection_(connection), readers_(readers) {
  sqlite3_wal_hook(connection_.database.handle(), &Writer::on_commit, this);
  thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    arrived_.notify_all();
  }
  thread_.join();
}

Result<void> Writer::run(WriteTask& task, Deadline deadline) {
  const auto late = [] {
    return make_error(Code::timeout, "item.write", "",
                      "the deadline passed while the write waited for its turn");
  };
  if (deadline.passed()) return late();
  Entry entry(task);
  std::unique_lock lock(mutex_);
  if (queue_.size() >= queued_writes_max)
    return make_error(Code::throttled, "item.write", "",
                      "more than " + std::to_string(queued_writes_max) + " writes wait already");
  queue_.push_back(&entry);
  arrived_.notify_one();
  wait_until(entry.changed, lock, deadline, [&] { return entry.done; });
  if (!entry.done && !entry.taken) {
    queue_.erase(std::find(queue_.begin(), queue_.end(), &entry));
    return late();
  }
  entry.changed.wait(lock, [&] { return entry.done; });
  if (entry.error) return std::move(*entry.error);
  return ok();
}

void Writer::loop() {
  for (;;) {
    const Group group = take();
    if (!group.empty()) commit(group);
    tidy_up();
    const std::lock_guard lock(mutex_);
    if (stopping_ && queue_.empty()) break;
  }
  checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
}

/// Waits for work; empty when there is none but to purge, or to stop.
Writer::Group Writer::take() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return stopping_ || connection_.dropped_items || !queue_.empty(); });
  linger(lock);
  Group group;
  std::size_t bytes = 0;
  while (!queue_.empty() && group.size() < group_writes_max) {
    bytes += queue_.front()->task->weight_bytes();
    if (!group.empty() && bytes > group_bytes_max) break;
    queue_.front()->taken = true;
    group.push_back(queue_.front());
    queue_.pop_front();
  }
  return group;
}

/// Callers that were just answered tend to write again at once. A short wait for as many as last
/// time spares the first of them a sync of its own that all others would have to sit out.
void Writer::linger(std::unique_lock<std::mutex>& lock) {
  if (queue_.empty() || queue_.size() >= last_group_size_) return;
  const auto patience =
      std::min<std::chrono::steady_clock::duration>(linger_max, last_commit_time_ / 4);
  arrived_.wait_for(lock, patience,
                    [this] { return stopping_ || queue_.size() >= last_group_size_; });
}

/// One transaction for all; if that fails, one for each, so that a write that cannot be stored (too
/// large for the space left) does not take the others with it.
void Writer::commit(const Group& group) {
  const auto started = std::chrono::steady_clock::now();
  Result<void> together = try_commit(group);
  if (!together && group.size() == 1) group.front()->error = std::move(together).error();
  if (!together && group.size() > 1) {
    for (Entry* entry : group) {
      entry->error.reset();
      Result<void> alone = try_commit({entry});
      if (!alone) entry->error = std::move(alone).error();
    }
  }
  last_commit_time_ = std::chrono::steady_clock::now() - started;
  last_group_size_ = group.size();
  finish(group);
}

Result<void> Writer::try_commit(const Group& group) {
  Database& database = connection_.database;
  SPILLWAY_TRY(database.execute("BEGIN IMMEDIATE"));
  Result<void> written = write_all(group);
  if (written) {
    written = database.execute("COMMIT");
    // Part of the WAL may have been written, and a crash now would find it whole or not.
    if (!written && written.error().code != Code::storage_full)
      written.error().effect = Effect::unknown;
  }
  // Some failures roll back by themselves; the error of rolling back again would say nothing new.
  if (!written && !database.autocommit()) (void)database.execute("ROLLBACK");
  return written;
}

Result<void> Writer::write_all(const Group& group) {
  for (Entry* entry : group) {
    Result<void> prepared = entry->task->prepare(connection_);
    if (!prepared) {
      if (connection_.database.autocommit()) return prepared;
      entry->error = std::move(prepared).error();
      continue;
    }
    SPILLWAY_TRY(entry->task->apply(connection_));
  }
  return ok();
}

void Writer::finish(const Group& group) {
  for (Entry* entry : group)
    if (!entry->error) entry->task->committed();
  const std::lock_guard lock(mutex_);
  for (Entry* entry : group) {
    entry->done = true;
    entry->changed.notify_one();  // under the lock: without it the entry could be gone by now
  }
}

/// What nobody waits for, between two groups.
void Writer::tidy_up() {
  bool idle = false;
  {
    const std::lock_guard lock(mutex_);
    idle = queue_.empty() && !stopping_;
  }
  // A failure (no space, damage) is not for the next caller; the next start tries again.
  if (idle && connection_.dropped_items && !purge()) connection_.dropped_items = false;
  if (wal_bytes_ - checkpointed_wal_bytes_ < checkpoint_bytes) return;
  if (wal_bytes_ < wal_bytes_max) return checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  readers_.quiesced([this] { checkpoint(SQLITE_CHECKPOINT_TRUNCATE); });
}

/// Some of the items of dropped tables, in a transaction of their own.
Result<void> Writer::purge() {
  Database& database = connection_.database;
  SPILLWAY_TRY(database.execute("BEGIN IMMEDIATE"));
  Result<bool> purged = connection_.tables.purge();
  Result<void> written = ok();
  if (purged) written = database.execute("COMMIT");
  if (!database.autocommit()) (void)database.execute("ROLLBACK");
  if (!purged) return std::move(purged).error();
  connection_.dropped_items = purged.value();
  return written;
}

/// Copies the WAL into the database file. A failed sync aborts the process; any other failure
/// leaves the WAL as it is, valid, and a later checkpoint tries again.
void Writer::checkpoint(int mode) {
  sqlite3* handle = connection_.database.handle();
  const int status = sqlite3_wal_checkpoint_v2(handle, "main", mode, nullptr, nullptr);
  if (status != SQLITE_OK) (void)connection_.database.error(status);
  checkpointed_wal_bytes_ = wal_bytes_;
  if (mode == SQLITE_CHECKPOINT_TRUNCATE && status == SQLITE_OK)
    wal_bytes_ = checkpointed_wal_bytes_ = 0;
}

int Writer::on_commit(void* self, sqlite3*, const char*, int wal_pages) {
  Writer& writer = *static_cast<Writer*>(self);
  const std::int64_t wal_bytes = std::int64_t{wal_pages} * page_bytes;
  if (wal_bytes < writer.wal_bytes_) writer.checkpointed_wal_bytes_ = 0;  // it started over
  writer.wal_bytes_ = wal_bytes;
  return SQLITE_OK;
}

}  // namespace spillway
