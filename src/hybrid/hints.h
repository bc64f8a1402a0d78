// Tells the ledger, in the background, which attempts' objects a write has superseded, so that the
// routine sweep looks at them. Best effort: what is lost here is found by a full sweep.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "hybrid/core.h"

namespace spillway {

/// Thread-safe; no call waits or fails. Where the ledger has no index nothing is done. Destroying
/// it writes what is waiting, for at most two seconds more.
class Hints {
 public:
  explicit Hints(Core& core) : core_(core) {}
  ~Hints();
  Hints(const Hints&) = delete;
  Hints& operator=(const Hints&) = delete;

  /// Nothing refers to these objects any more.
  void superseded(const std::set<ObjectKey>& objects);
  /// The same of everything that a stored item referred to which is gone now.
  void gone(const std::optional<Item>& stored);

 private:
  void run(const std::stop_token& stop);

  Core& core_;
  std::mutex mutex_;  ///< guards what follows
  std::condition_variable_any wake_;
  std::set<std::string> attempts_;  ///< that wait; at most waiting_max
  std::jthread writer_;             ///< from the first hint on
};

}  // namespace spillway
