// Matching requests to rules.
#include "support/fault_rules.h"

namespace spillway {
namespace faults {
namespace {

Fault with_bytes(Fault::Kind kind, std::uint64_t bytes) {
  return Fault{.kind = kind, .bytes = bytes};
}

}  // namespace

Fault delay(std::chrono::milliseconds time) {
  return Fault{.kind = Fault::Kind::delay, .delay = time};
}
Fault throttle(std::uint64_t bytes_per_second) {
  return with_bytes(Fault::Kind::throttle, bytes_per_second);
}
Fault answer(int status, const std::string& body, const std::string& headers) {
  return Fault{.kind = Fault::Kind::answer,
               .answer = "HTTP/1.1 " + std::to_string(status) + " Fault\r\n" + headers +
                         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
}
Fault reset() { return Fault{.kind = Fault::Kind::reset}; }
Fault lose_reply() { return Fault{.kind = Fault::Kind::lose_reply}; }
Fault stall() { return Fault{.kind = Fault::Kind::stall}; }
Fault truncate_request(std::uint64_t at) { return with_bytes(Fault::Kind::truncate_request, at); }
Fault flip_request(std::uint64_t at) { return with_bytes(Fault::Kind::flip_request, at); }
Fault truncate_reply(std::uint64_t at) { return with_bytes(Fault::Kind::truncate_reply, at); }
Fault shorten_reply(std::uint64_t to) { return with_bytes(Fault::Kind::shorten_reply, to); }
Fault flip_reply(std::uint64_t at) { return with_bytes(Fault::Kind::flip_reply, at); }
Fault lie_about_length(std::uint64_t length) {
  return with_bytes(Fault::Kind::lie_about_length, length);
}
Fault call(std::function<void()> hook) {
  return Fault{.kind = Fault::Kind::call, .hook = std::move(hook)};
}

}  // namespace faults

FaultRules::Id FaultRules::add(Match match, Fault fault) {
  const std::lock_guard lock(mutex_);
  rules_.push_back({next_, std::move(match), std::move(fault)});
  return next_++;
}

void FaultRules::remove(Id rule) {
  const std::lock_guard lock(mutex_);
  std::erase_if(rules_, [&](const Active& active) { return active.id == rule; });
}

void FaultRules::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
}

bool FaultRules::is_hit(Active& rule, const WireHead& head, const std::string& body) {
  const Match& match = rule.match;
  if (!match.method.empty() && head.method != match.method) return false;
  if (head.target.find(match.target) == std::string::npos) return false;
  if (!match.operation.empty() && head.operation != match.operation) return false;
  if (head.raw.find(match.head) == std::string::npos) return false;
  if (body.find(match.body) == std::string::npos) return false;
  const int before = rule.seen++;
  if (before < match.skip || before - match.skip >= match.times) return false;
  return match.probability >= 1 ||
         std::uniform_real_distribution<double>(0, 1)(random_) < match.probability;
}

std::optional<Fault> FaultRules::choose(const WireHead& head, const std::string& body) {
  const std::lock_guard lock(mutex_);
  for (Active& rule : rules_) {
    if (!is_hit(rule, head, body)) continue;
    ++hits_[rule.id];
    hit_.notify_all();
    return rule.fault;
  }
  return std::nullopt;
}

int FaultRules::hits(Id rule) const {
  const std::lock_guard lock(mutex_);
  const auto found = hits_.find(rule);
  return found == hits_.end() ? 0 : found->second;
}

std::uint64_t FaultRules::hits() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [rule, times] : hits_) sum += static_cast<std::uint64_t>(times);
  return sum;
}

bool FaultRules::wait_for_hits(Id rule, int hits, std::chrono::milliseconds time) const {
  std::unique_lock lock(mutex_);
  return hit_.wait_for(lock, time, [&] {
    const auto found = hits_.find(rule);
    return found != hits_.end() && found->second >= hits;
  });
}

}  // namespace spillway
