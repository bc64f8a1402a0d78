// Sockets: accepts connections, reads requests, writes answers. All of Asio and Beast is behind it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/budget.h"
#include "server/app.h"
#include "server/worker_pool.h"

namespace spillway {

/// HTTP/1.1 on one address. Reads and writes are asynchronous, with a deadline each; handlers run
/// on `pool`.
class Front {
 public:
  /// Binds and listens. `port` 0 is any free one. `app`, `pool` and `budget` must outlive it.
  static Result<std::unique_ptr<Front>> listen(const std::string& address, std::uint16_t port,
                                               App& app, WorkerPool& pool, Budget& budget);
  ~Front();

  std::uint16_t port() const;
  std::size_t connections() const;

  /// Serves on this thread and another until SIGTERM or SIGINT; then stops accepting, closes idle
  /// connections, lets requests finish within limits().drain_deadline, and returns. A second signal
  /// ends the waiting. `on_drain` is called once, when draining begins.
  void run(std::function<void()> on_drain);

 private:
  struct State;
  explicit Front(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace spillway
