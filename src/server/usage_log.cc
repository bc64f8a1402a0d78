// Counters and a ring.
#include "server/usage_log.h"

#include <algorithm>

#include "base/clock.h"

namespace spillway {
namespace {

constexpr std::size_t artifacts_max = 10'000, most_read_count = 10, failures_max = 50;

}  // namespace

void UsageLog::read(const std::string& session, const std::string& message,
                    const std::string& artifact) {
  const std::lock_guard lock(mutex_);
  ++reads_[{session, message, artifact}];
  if (reads_.size() <= artifacts_max) return;
  // Halve all counts: what was read once goes, what is read often stays.
  for (auto& [key, count] : reads_) count /= 2;
  std::erase_if(reads_, [](const auto& one) { return one.second == 0; });
}

void UsageLog::failed(const std::string& request_id, const Error& error) {
  const std::lock_guard lock(mutex_);
  failures_.push_front({rfc3339(unix_millis()), request_id, error});
  if (failures_.size() > failures_max) failures_.pop_back();
}

std::vector<UsageLog::Read> UsageLog::most_read() const {
  std::vector<Read> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, count] : reads_) {
      all.push_back({key.session, key.message, key.artifact, count});
    }
  }
  const std::size_t n = std::min(all.size(), most_read_count);
  std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(n), std::greater{},
                            &Read::reads);
  all.resize(n);
  return all;
}

std::vector<UsageLog::Failure> UsageLog::failures() const {
  const std::lock_guard lock(mutex_);
  return {failures_.begin(), failures_.end()};
}

}  // namespace spillway
