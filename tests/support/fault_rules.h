// What a fault proxy does to which request.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/wire.h"

namespace spillway {

/// Which requests a rule is for. An empty text fits every request.
struct Match {
  std::string method = {};                      ///< "PUT"
  std::string target = {};                      ///< a part of path and query, as they are spelled
  std::string operation = {};                   ///< of DynamoDB: "PutItem"
  std::string head = {};                        ///< a part of the head, as it is spelled
  std::string body = {};                        ///< a part of the body; only of DynamoDB's requests
  int skip = 0;                                 ///< so many that fit are let through first
  int times = std::numeric_limits<int>::max();  ///< so many are hit after that
  double probability = 1;                       ///< each time, by the proxy's seed
};

/// What happens to a request. Made by the functions in `faults`.
struct Fault {
  enum class Kind {
    delay,             ///< wait, then go on as ever
    throttle,          ///< both bodies at `bytes` a second
    answer,            ///< the proxy answers; the server never sees it
    reset,             ///< reset before anything is forwarded
    lose_reply,        ///< the server does it, and the connection is reset instead of its reply
    stall,             ///< never answered; the server never sees it
    truncate_request,  ///< the server gets `bytes` of the body, then the end of the connection
    flip_request,      ///< one bit of byte `bytes` is changed on the way there
    truncate_reply,    ///< `bytes` of the body, then the end of the connection
    shorten_reply,     ///< `bytes` of the body, and a Content-Length that says so
    flip_reply,        ///< one bit of byte `bytes` is changed on the way back
    lie_about_length,  ///< Content-Length is `bytes`, the body what it is; then the end
    call,              ///< `hook`, then go on as ever
  };
  Kind kind = Kind::delay;
  std::chrono::milliseconds delay{};
  std::uint64_t bytes = 0;
  std::string answer = {};  ///< byte for byte
  std::function<void()> hook = {};
};

namespace faults {
Fault delay(std::chrono::milliseconds time);
Fault throttle(std::uint64_t bytes_per_second);
/// `headers` are whole lines, each with its line break. The connection stays open.
Fault answer(int status, const std::string& body, const std::string& headers = "");
Fault reset();
Fault lose_reply();
Fault stall();
Fault truncate_request(std::uint64_t at);
Fault flip_request(std::uint64_t at);
Fault truncate_reply(std::uint64_t at);
Fault shorten_reply(std::uint64_t to);
Fault flip_reply(std::uint64_t at);
Fault lie_about_length(std::uint64_t length);
/// Runs on the connection's thread, before the request is forwarded.
Fault call(std::function<void()> hook);
}  // namespace faults

/// The rules in force, and how often each was applied. Thread-safe.
class FaultRules {
 public:
  using Id = std::uint64_t;

  explicit FaultRules(std::uint64_t seed) : random_(seed) {}

  Id add(Match match, Fault fault);
  void remove(Id rule);
  void clear();
  /// The first rule that fits, in the order they were added; it counts as hit.
  std::optional<Fault> choose(const WireHead& head, const std::string& body);
  /// Also of a rule that was removed.
  int hits(Id rule) const;
  std::uint64_t hits() const;
  /// Waits until the rule has hit so often; false after `time`.
  bool wait_for_hits(Id rule, int hits, std::chrono::milliseconds time) const;

 private:
  struct Active {
    Id id;
    Match match;
    Fault fault;
    int seen = 0;  ///< requests that fitted
  };
  bool is_hit(Active& rule, const WireHead& head, const std::string& body);

  mutable std::mutex mutex_;
  mutable std::condition_variable hit_;
  std::mt19937_64 random_;
  std::vector<Active> rules_;
  std::map<Id, int> hits_;
  Id next_ = 1;
};

}  // namespace spillway
