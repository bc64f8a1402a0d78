// A proxy in front of a real server that makes it slow, wrong or silent, as a test says.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/fault_rules.h"

namespace spillway {

class FaultConnection;

/// Listens on 127.0.0.1 and forwards to one server there. What it does not alter goes through byte
/// for byte, Host and signature included, so that SigV4 stays valid. One thread a connection.
/// Thread-safe: rules may change at any time, and hold for requests that come after.
///
/// Bodies that a fault alters are read whole first; an empty body and the reply to HEAD pass as
/// they are. A server that is not there shows as a reset.
class FaultProxy {
 public:
  /// `port` 0 takes a free one. Aborts if it cannot listen.
  explicit FaultProxy(int upstream_port, int port = 0, std::uint64_t seed = 1);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  FaultRules& rules() { return rules_; }

  /// Every request and every reply is late by `time`, and a new connection by both.
  void set_latency(std::chrono::milliseconds time);

  /// Breaks every connection and refuses new ones, until come_up().
  void go_down();
  void come_up();

  /// "PUT /bucket/key" or "PutItem": the latest requests, at most `requests_max`, oldest first.
  static constexpr std::size_t requests_max = 10'000;
  std::vector<std::string> requests() const;
  void forget_requests();
  std::uint64_t request_count() const;

 private:
  friend class FaultConnection;

  void listen();
  void stop_listening();
  void accept_all();
  void break_connections();
  void note(const WireHead& head);
  /// False at once when the proxy stops or the connections are broken meanwhile.
  bool wait(std::chrono::nanoseconds time) const;
  std::chrono::milliseconds latency() const;

  const int upstream_port_;
  int port_;
  int listener_ = -1;
  std::thread acceptor_;
  FaultRules rules_;

  mutable std::mutex mutex_;
  mutable std::condition_variable breaking_;
  bool is_down_ = false;
  std::chrono::milliseconds latency_{0};
  std::vector<std::string> requests_;
  std::uint64_t request_count_ = 0;
  std::list<std::unique_ptr<FaultConnection>> connections_;
};

}  // namespace spillway
