// The listener, the set of connections, and the drain.
#include "server/front.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <mutex>
#include <thread>

#include "server/connection.h"

namespace spillway {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int io_threads = 2;
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::string_view too_many_connections =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n";

/// The connections that are open. Thread-safe.
class Connections {
 public:
  explicit Connections(const ServerLimits& limits) : limits_(limits) {}

  /// False when there are too many, of all or of this address.
  bool add(const std::shared_ptr<Connection>& connection, const std::string& address) {
    const std::lock_guard lock(mutex_);
    if (open_.size() >= limits_.connections_max ||
        addresses_[address] >= limits_.connections_per_address_max) {
      return false;
    }
    ++addresses_[address];
    open_.emplace(connection.get(), connection);
    return true;
  }
  void remove(Connection* connection, const std::string& address) {
    const std::lock_guard lock(mutex_);
    open_.erase(connection);
    if (--addresses_[address] == 0) addresses_.erase(address);
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }
  /// Calls a member function of each on its strand.
  void post_to_all(void (Connection::*call)()) {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, weak] : open_) {
      auto connection = weak.lock();
      if (!connection) continue;
      auto executor = connection->executor();
      asio::post(executor, [connection, call] { ((*connection).*call)(); });
    }
  }

 private:
  const ServerLimits& limits_;
  mutable std::mutex mutex_;
  /// Weak: a connection belongs to its coroutine.
  std::map<Connection*, std::weak_ptr<Connection>> open_;
  std::map<std::string, std::size_t> addresses_;
};

}  // namespace

struct Front::State {
  State(App& app, WorkerPool& pool, Budget& budget)
      : services{app, pool, budget}, connections(app.limits()) {}

  asio::awaitable<void> accept();
  void start(tcp::socket socket);
  void watch_signals();
  void drain();
  /// Lets run() return once the last connection is gone.
  void finish_if_drained();
  bool drained = false;  ///< on the control strand only

  asio::io_context io{io_threads};
  asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
  /// Everything but connections: the acceptor, signals, the drain's timer.
  asio::strand<asio::io_context::executor_type> control{io.get_executor()};
  tcp::acceptor acceptor{control};
  asio::signal_set signals{control, SIGTERM, SIGINT};
  asio::steady_timer drain_timer{control};
  Connection::Services services;
  Connections connections;
  std::function<void()> on_drain;
  std::uint16_t port = 0;
};

asio::awaitable<void> Front::State::accept() {
  while (acceptor.is_open()) {
    error_code failure;
    auto token = asio::redirect_error(asio::use_awaitable, failure);
    asio::any_io_executor strand = asio::make_strand(io);
    tcp::socket socket = co_await acceptor.async_accept(strand, token);
    if (!failure) {
      start(std::move(socket));
    } else if (acceptor.is_open()) {
      // Out of file descriptors, most likely: wait for some to be closed.
      asio::steady_timer pause(control, accept_pause);
      co_await pause.async_wait(token);
    }
  }
}

void Front::State::start(tcp::socket socket) {
  error_code failure;
  const auto peer = socket.remote_endpoint(failure);
  if (failure) return;  // gone already
  const std::string address = peer.address().to_string();
  // Shared: its coroutine owns it, and the drain borrows it for the time of a call.
  auto connection = std::make_shared<Connection>(std::move(socket), services);
  if (!connections.add(connection, address)) {
    connection->turn_away(too_many_connections);
    return;
  }
  auto executor = connection->executor();
  auto* key = connection.get();
  asio::co_spawn(executor, connection->serve(),
                 [this, connection, key, address](const std::exception_ptr& exception) {
                   if (exception) key->abort();
                   connections.remove(key, address);
                   finish_if_drained();
                 });
}

void Front::State::watch_signals() {
  signals.async_wait([this](error_code failure, int) {
    // A signal may already be on its way here when the wait for it is cancelled.
    if (failure || drained) return;
    if (services.draining) {
      connections.post_to_all(&Connection::abort);
    } else {
      drain();
    }
    watch_signals();
  });
}

void Front::State::drain() {
  services.draining = true;
  if (on_drain) on_drain();
  error_code ignored;
  acceptor.close(ignored);
  connections.post_to_all(&Connection::close_if_idle);
  drain_timer.expires_after(services.app.limits().drain_deadline);
  drain_timer.async_wait([this](error_code failure) {
    if (!failure) connections.post_to_all(&Connection::abort);
  });
  finish_if_drained();
}

void Front::State::finish_if_drained() {
  if (!services.draining) return;
  asio::post(control, [this] {
    if (connections.size() > 0) return;
    drained = true;
    drain_timer.cancel();
    signals.cancel();
    guard.reset();
  });
}

Front::Front(std::unique_ptr<State> state) : state_(std::move(state)) {}
Front::~Front() = default;

Result<std::unique_ptr<Front>> Front::listen(const std::string& address, std::uint16_t port,
                                             App& app, WorkerPool& pool, Budget& budget) {
  const auto cannot = [&](const error_code& failure) {
    return make_error(Code::unavailable, "server.listen", address + ":" + std::to_string(port),
                      failure.message());
  };
  error_code failure;
  const auto ip = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, failure);
  if (failure) {
    return make_error(Code::invalid_argument, "server.listen", address, "not an IP address");
  }
  auto state = std::make_unique<State>(app, pool, budget);
  const tcp::endpoint endpoint(ip, port);
  tcp::acceptor& acceptor = state->acceptor;
  acceptor.open(endpoint.protocol(), failure);
  if (!failure) acceptor.set_option(asio::socket_base::reuse_address(true), failure);
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) return cannot(failure);
  state->port = acceptor.local_endpoint(failure).port();
  return std::unique_ptr<Front>(new Front(std::move(state)));
}

std::uint16_t Front::port() const { return state_->port; }
std::size_t Front::connections() const { return state_->connections.size(); }

void Front::run(std::function<void()> on_drain) {
  state_->on_drain = std::move(on_drain);
  state_->watch_signals();
  asio::co_spawn(state_->control, state_->accept(), [](const std::exception_ptr&) {});
  std::vector<std::jthread> threads;
  for (int i = 1; i < io_threads; ++i) threads.emplace_back([this] { state_->io.run(); });
  state_->io.run();
}

}  // namespace spillway
