// Sockets and framing for the fault proxy.
#include "support/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "net/headers.h"

namespace spillway {
namespace {

constexpr std::size_t head_bytes_max = 256 * 1024;
constexpr std::size_t piece_bytes_max = 64 * 1024;

/// Head and body go out in two pieces: Nagle's algorithm would hold the second one back.
void send_at_once(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

/// Calls `visit` with every header line of a head, without its line break.
template <class Visit>
void for_each_field(std::string_view raw, const Visit& visit) {
  std::size_t at = raw.find("\r\n");
  while (at != std::string_view::npos && at + 2 < raw.size()) {
    const std::size_t begin = at + 2;
    at = raw.find("\r\n", begin);
    if (at == begin || at == std::string_view::npos) return;
    visit(raw.substr(begin, at - begin));
  }
}

bool is_named(std::string_view field, std::string_view name) {
  return field.size() > name.size() && field[name.size()] == ':' &&
         ascii_lower(field.substr(0, name.size())) == ascii_lower(name);
}

std::string_view value_of(std::string_view field, std::string_view name) {
  field.remove_prefix(name.size() + 1);
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ')) field.remove_suffix(1);
  return field;
}

Framing framing_by_fields(const WireHead& head, Framing::Kind otherwise) {
  if (const auto coding = head.find("transfer-encoding"); coding && *coding != "identity") {
    return {Framing::Kind::chunked};
  }
  if (const auto length = head.find("content-length")) {
    return {Framing::Kind::length, std::strtoull(length->c_str(), nullptr, 10)};
  }
  return {otherwise};
}

}  // namespace

std::optional<std::string> WireHead::find(std::string_view name) const {
  std::optional<std::string> found;
  for_each_field(raw, [&](std::string_view field) {
    if (!found && is_named(field, name)) found = value_of(field, name);
  });
  return found;
}

std::string WireHead::with(std::string_view name, std::string_view value) const {
  std::string out = raw.substr(0, raw.find("\r\n") + 2);
  for_each_field(raw, [&](std::string_view field) {
    if (!is_named(field, name)) out.append(field).append("\r\n");
  });
  if (!value.empty()) out.append(name).append(": ").append(value).append("\r\n");
  return out + "\r\n";
}

Framing framing_of_request(const WireHead& head) {
  return framing_by_fields(head, Framing::Kind::none);
}

Framing framing_of_reply(const WireHead& head, std::string_view method) {
  if (method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304) return {};
  return framing_by_fields(head, Framing::Kind::to_close);
}

Wire::Wire(int socket) : socket_(socket) { send_at_once(socket); }

bool Wire::connect(int port) {
  close();
  in_.clear();
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    return false;
  }
  send_at_once(socket);
  const std::lock_guard lock(closing_);
  socket_ = socket;
  return true;
}

bool Wire::is_stale() const { return !is_open() || is_readable(); }

bool Wire::is_readable() const {
  pollfd look{socket_, POLLIN | POLLRDHUP, 0};
  return ::poll(&look, 1, 0) > 0;
}

void Wire::wait_for_close() {
  pollfd look{socket_, POLLRDHUP, 0};
  while (::poll(&look, 1, -1) < 0 && errno == EINTR) {
  }
}

bool Wire::fill() {
  char buffer[piece_bytes_max];
  ssize_t n = 0;
  do {
    n = ::recv(socket_, buffer, sizeof buffer, 0);
  } while (n < 0 && errno == EINTR);
  if (n > 0) in_.append(buffer, static_cast<std::size_t>(n));
  return n > 0;
}

std::optional<WireHead> Wire::read_head() {
  std::size_t end = 0;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
    if (in_.size() > head_bytes_max || !fill()) return std::nullopt;
  }
  WireHead head;
  head.raw = in_.substr(0, end + 4);
  in_.erase(0, end + 4);
  std::istringstream first(head.raw.substr(0, head.raw.find('\r')));
  if (head.raw.starts_with("HTTP/")) {
    std::string version;
    first >> version >> head.status;
  } else {
    first >> head.method >> head.target;
  }
  if (const auto target = head.find("x-amz-target")) {
    head.operation = target->substr(target->find('.') + 1);
  }
  return head;
}

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool Wire::read_body(const Framing& framing, const OnPiece& on_piece) {
  switch (framing.kind) {
    case Framing::Kind::none: return true;
    case Framing::Kind::length: return read_exactly(framing.bytes, true, on_piece);
    case Framing::Kind::chunked: return read_chunks(on_piece);
    case Framing::Kind::to_close: break;
  }
  do {
    if (!in_.empty() && !on_piece(in_, true)) return false;
    in_.clear();
  } while (fill());
  return true;
}

bool Wire::read_exactly(std::uint64_t bytes, bool is_data, const OnPiece& on_piece) {
  while (bytes > 0) {
    if (in_.empty() && !fill()) return false;
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, in_.size()));
    if (!on_piece(std::string_view(in_).substr(0, n), is_data)) return false;
    in_.erase(0, n);
    bytes -= n;
  }
  return true;
}

bool Wire::read_chunks(const OnPiece& on_piece) {
  for (;;) {
    const auto size_line = read_line();
    if (!size_line || !on_piece(*size_line, false)) return false;
    const std::uint64_t size = std::strtoull(size_line->c_str(), nullptr, 16);
    if (size == 0) break;
    if (!read_exactly(size, true, on_piece) || !read_exactly(2, false, on_piece)) return false;
  }
  for (;;) {  // trailers, and the empty line that ends them
    const auto line = read_line();
    if (!line || !on_piece(*line, false)) return false;
    if (*line == "\r\n") return true;
  }
}

std::optional<std::string> Wire::read_line() {
  std::size_t end = 0;
  while ((end = in_.find("\r\n")) == std::string::npos) {
    if (in_.size() > head_bytes_max || !fill()) return std::nullopt;
  }
  std::string line = in_.substr(0, end + 2);
  in_.erase(0, end + 2);
  return line;
}

void Wire::shut() {
  const std::lock_guard lock(closing_);
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

void Wire::close() {
  const std::lock_guard lock(closing_);
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void Wire::reset() {
  const linger at_once{1, 0};
  if (socket_ >= 0) ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void Wire::finish() {
  const timeval two_seconds{2, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &two_seconds, sizeof two_seconds);
  ::shutdown(socket_, SHUT_WR);
  do {
    in_.clear();
  } while (fill());
  close();
}

int listen_on_loopback(int port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener, 256) == 0) {
    return listener;
  }
  const int why = errno;
  ::close(listener);
  errno = why;
  return -1;
}

int port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace spillway
