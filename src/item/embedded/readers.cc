// A bounded pool of connections that read.
#include "item/embedded/readers.h"

#include "item/embedded/wait.h"

namespace spillway {
namespace {

constexpr std::size_t read_connections_max = 8;

}  // namespace

Result<std::unique_ptr<Readers>> Readers::open(const std::string& path) {
  auto readers = std::make_unique<Readers>();
  for (std::size_t i = 0; i < read_connections_max; ++i) {
    SPILLWAY_TRY(Database database, open_for_reading(path));
    SPILLWAY_TRY(ItemRows items, ItemRows::prepare(database));
    readers->connections_.push_back({std::move(database), std::move(items)});
    readers->free_.push_back(i);
  }
  return readers;
}

Readers::Loan::~Loan() {
  if (!readers_) return;
  const std::lock_guard lock(readers_->mutex_);
  readers_->free_.push_back(index_);
  readers_->changed_.notify_all();
}

Result<Readers::Loan> Readers::borrow(Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return !paused_ && !free_.empty(); };
  if (!wait_until(changed_, lock, deadline, ready))
    return make_error(Code::timeout, "item.read", "",
                      "the deadline passed while every read connection was busy");
  const std::size_t index = free_.back();
  free_.pop_back();
  return Loan(*this, index);
}

void Readers::pause() {
  std::unique_lock lock(mutex_);
  paused_ = true;
  changed_.wait(lock, [this] { return free_.size() == connections_.size(); });
}

void Readers::resume() {
  const std::lock_guard lock(mutex_);
  paused_ = false;
  changed_.notify_all();
}

}  // namespace spillway
