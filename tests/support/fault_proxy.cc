// Listening, and the proxy's bookkeeping.
#include "support/fault_proxy.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "support/fault_connection.h"

namespace spillway {

FaultProxy::FaultProxy(int upstream_port, int port, std::uint64_t seed)
    : upstream_port_(upstream_port), port_(port), rules_(seed) {
  listen();
}

FaultProxy::~FaultProxy() { go_down(); }

void FaultProxy::listen() {
  listener_ = listen_on_loopback(port_);
  if (listener_ < 0) {
    std::perror("fault proxy: cannot listen");
    std::abort();
  }
  port_ = port_of(listener_);
  acceptor_ = std::thread([this] { accept_all(); });
}

void FaultProxy::stop_listening() {
  if (listener_ < 0) return;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  listener_ = -1;
}

void FaultProxy::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    std::erase_if(connections_, [](const auto& connection) { return connection->is_done(); });
    connections_.push_back(std::make_unique<FaultConnection>(*this, socket));
  }
}

void FaultProxy::break_connections() {
  std::list<std::unique_ptr<FaultConnection>> broken;
  {
    const std::lock_guard lock(mutex_);
    is_down_ = true;
    breaking_.notify_all();
    for (const auto& connection : connections_) connection->shut();
    broken.swap(connections_);
  }
  broken.clear();  // joins their threads, which take the lock
}

void FaultProxy::go_down() {
  stop_listening();
  break_connections();
}

void FaultProxy::come_up() {
  {
    const std::lock_guard lock(mutex_);
    is_down_ = false;
  }
  listen();
}

void FaultProxy::set_latency(std::chrono::milliseconds time) {
  const std::lock_guard lock(mutex_);
  latency_ = time;
}

std::chrono::milliseconds FaultProxy::latency() const {
  const std::lock_guard lock(mutex_);
  return latency_;
}

bool FaultProxy::wait(std::chrono::nanoseconds time) const {
  std::unique_lock lock(mutex_);
  if (time.count() <= 0) return !is_down_;
  return !breaking_.wait_for(lock, time, [&] { return is_down_; });
}

void FaultProxy::note(const WireHead& head) {
  const std::lock_guard lock(mutex_);
  ++request_count_;
  if (requests_.size() >= requests_max) {
    requests_.erase(requests_.begin(), requests_.begin() + requests_max / 2);
  }
  requests_.push_back(head.operation.empty() ? head.method + " " + head.target : head.operation);
}

std::vector<std::string> FaultProxy::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FaultProxy::forget_requests() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
}

std::uint64_t FaultProxy::request_count() const {
  const std::lock_guard lock(mutex_);
  return request_count_;
}

}  // namespace spillway
