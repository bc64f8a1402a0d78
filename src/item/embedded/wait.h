// Waiting for a condition until a deadline.
#pragma once

#include <condition_variable>
#include <mutex>

#include "spillway/deadline.h"

namespace spillway {

/// True as soon as `ready` holds (under `lock`), false when the deadline passes first. A deadline
/// that has passed already still succeeds if `ready` holds.
template <class Ready>
bool wait_until(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                Deadline deadline, const Ready& ready) {
  if (deadline.at() != Deadline::never().at())
    return changed.wait_until(lock, deadline.at(), ready);
  changed.wait(lock, ready);  // wait_until overflows on "never" with some C++ libraries
  return true;
}

}  // namespace spillway
