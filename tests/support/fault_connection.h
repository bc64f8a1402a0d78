// One client's connection through a fault proxy, and the connection behind it.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "support/fault_rules.h"
#include "support/wire.h"

namespace spillway {

class FaultProxy;

/// Serves requests one after another on a thread of its own until either side ends.
class FaultConnection {
 public:
  FaultConnection(FaultProxy& proxy, int socket);
  ~FaultConnection();
  FaultConnection(const FaultConnection&) = delete;
  FaultConnection& operator=(const FaultConnection&) = delete;

  bool is_done() const { return done_; }
  /// Wakes the thread up, which then ends.
  void shut();

 private:
  /// A request on its way. `body` is there if it was read whole.
  struct Exchange {
    WireHead head;
    std::optional<std::string> body = std::nullopt;
    std::optional<Fault> fault = std::nullopt;
    std::optional<WireHead> early_reply = std::nullopt;  ///< before the body was all sent

    bool has(Fault::Kind kind) const { return fault && fault->kind == kind; }
  };
  enum class Next { forward, next_request, end };

  void serve();
  bool serve_one();
  bool read_whole(Exchange& exchange);
  Next before_forwarding(Exchange& exchange);
  bool reach_upstream();
  bool forward_request(Exchange& exchange);
  bool send_body(Exchange& exchange);
  bool stream_body(Exchange& exchange);
  bool forward_reply(Exchange& exchange);
  bool send_altered(WireHead head, std::string body, const Fault& fault);
  bool pace(const Exchange& exchange, std::size_t bytes);

  FaultProxy& proxy_;
  Wire client_;
  Wire upstream_;
  std::chrono::steady_clock::time_point upstream_used_{};
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace spillway
