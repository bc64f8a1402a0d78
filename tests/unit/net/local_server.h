// A tiny HTTP server on 127.0.0.1 and a free port, for what the client must get right.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/headers.h"

namespace spillway {

/// One request as it came: its head, and its body by Content-Length.
struct SeenRequest {
  std::string head;
  std::string body;
  bool starts_with(std::string_view text) const { return head.starts_with(text); }
  bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

/// Answers every request with what `answer` returns, byte for byte; an empty answer closes the
/// connection. `answer` is called by one thread a connection.
class LocalServer {
 public:
  using Answer = std::function<std::string(const SeenRequest&)>;

  explicit LocalServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 64);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~LocalServer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    for (const int connection : connections_) close(connection);
    close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connections() {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(connections_.size());
  }
  std::vector<SeenRequest> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

  static std::string reply(int status, const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

 private:
  void accept_all() {
    for (;;) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      const std::lock_guard lock(mutex_);
      connections_.push_back(connection);
      threads_.emplace_back([this, connection] { serve(connection); });
    }
  }
  void serve(int connection) {
    std::string in;
    for (;;) {
      SeenRequest request;
      std::size_t end = 0;
      while ((end = in.find("\r\n\r\n")) == std::string::npos) {
        if (!receive(connection, in)) return;
      }
      request.head = in.substr(0, end + 2);
      in.erase(0, end + 4);
      std::size_t length = 0;
      const std::string lower = ascii_lower(request.head);
      if (const std::size_t at = lower.find("\r\ncontent-length:"); at != std::string::npos) {
        length = std::stoul(lower.substr(at + 17));
      }
      if (lower.find("expect: 100-continue") != std::string::npos) {
        transmit(connection, "HTTP/1.1 100 Continue\r\n\r\n");
      }
      if (lower.find("\r\ntransfer-encoding: chunked") != std::string::npos) {
        if (!receive_chunks(connection, in, request.body)) return;
      }
      while (in.size() < length) {
        if (!receive(connection, in)) return;
      }
      request.body += in.substr(0, length);
      in.erase(0, length);
      {
        const std::lock_guard lock(mutex_);
        seen_.push_back(request);
      }
      const std::string out = answer_(request);
      if (out.empty() || !transmit(connection, out) || out.find("Connection: close") != out.npos) {
        shutdown(connection, SHUT_RDWR);
        return;
      }
    }
  }
  static bool receive(int connection, std::string& in) {
    char buffer[65536];
    const ssize_t n = recv(connection, buffer, sizeof buffer, 0);
    if (n > 0) in.append(buffer, static_cast<std::size_t>(n));
    return n > 0;
  }
  /// A body in chunks (RFC 9112, section 7.1), without trailers.
  static bool receive_chunks(int connection, std::string& in, std::string& body) {
    for (;;) {
      while (in.find("\r\n") == std::string::npos) {
        if (!receive(connection, in)) return false;
      }
      const std::size_t length = std::stoul(in, nullptr, 16);
      in.erase(0, in.find("\r\n") + 2);
      while (in.size() < length + 2) {
        if (!receive(connection, in)) return false;
      }
      body += in.substr(0, length);
      in.erase(0, length + 2);
      if (length == 0) return true;
    }
  }
  bool transmit(int connection, std::string_view out) {
    while (!out.empty()) {
      const ssize_t n =
          send(connection, out.data(), std::min<std::size_t>(out.size(), 65536), MSG_NOSIGNAL);
      if (n <= 0) return false;
      sent_bytes += n;
      out.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::thread acceptor_;
  std::mutex mutex_;
  std::vector<int> connections_;
  std::list<std::thread> threads_;
  std::vector<SeenRequest> seen_;

 public:
  std::atomic<std::int64_t> sent_bytes{0};
};

}  // namespace spillway
