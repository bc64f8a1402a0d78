// A bounded pool of connections that read, each from a snapshot that holds every acknowledged
// write.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "item/embedded/rows.h"
#include "spillway/deadline.h"

namespace spillway {

/// Thread-safe.
class Readers {
 public:
  static Result<std::unique_ptr<Readers>> open(const std::string& path);

  /// A connection on loan; it goes back when this leaves its scope.
  class Loan {
   public:
    Loan(Readers& readers, std::size_t index) : readers_(&readers), index_(index) {}
    Loan(Loan&& other) noexcept
        : readers_(std::exchange(other.readers_, nullptr)), index_(other.index_) {}
    Loan& operator=(Loan&&) = delete;
    ~Loan();
    ItemRows& items() { return readers_->connections_[index_].items; }

   private:
    Readers* readers_;
    std::size_t index_;
  };

  /// Waits for a free connection; timeout when the deadline passes first.
  Result<Loan> borrow(Deadline deadline);

  /// Runs `work` while nobody reads: only then can a checkpoint start the WAL over. Reads are of
  /// one page at most, so that this waits briefly.
  template <class Work>
  void quiesced(const Work& work) {
    pause();
    work();
    resume();
  }

 private:
  struct Connection {
    Database database;
    ItemRows items;  // after `database`: statements are finalised before the handle closes
  };

  void pause();
  void resume();

  std::vector<Connection> connections_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> free_;
  bool paused_ = false;
};

}  // namespace spillway
