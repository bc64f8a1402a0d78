// Forwarding a request and its reply, and what a fault does to either.
#include "support/fault_connection.h"

#include <algorithm>

#include "net/headers.h"
#include "support/fault_proxy.h"

namespace spillway {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = Fault::Kind;

/// Well below what servers keep an idle connection for, so that none closes as it is used again.
constexpr std::chrono::seconds upstream_idle_max{3};

void flip(std::string& body, std::uint64_t at) { body[at % body.size()] ^= 1; }

std::uint64_t cut(const std::string& body, std::uint64_t at) {
  return std::min<std::uint64_t>(at, body.size() - 1);
}

bool alters_request(const Fault& fault) {
  return fault.kind == Kind::truncate_request || fault.kind == Kind::flip_request;
}
bool alters_reply(const Fault& fault) {
  return fault.kind == Kind::truncate_reply || fault.kind == Kind::shorten_reply ||
         fault.kind == Kind::flip_reply || fault.kind == Kind::lie_about_length;
}
bool closes(const WireHead& head) {
  return ascii_lower(head.find("connection").value_or("")) == "close";
}

}  // namespace

FaultConnection::FaultConnection(FaultProxy& proxy, int socket)
    : proxy_(proxy), client_(socket), thread_([this] { serve(); }) {}

FaultConnection::~FaultConnection() { thread_.join(); }

void FaultConnection::shut() {
  client_.shut();
  upstream_.shut();
}

void FaultConnection::serve() {
  const bool connected = proxy_.wait(2 * proxy_.latency());
  while (connected && serve_one()) {
  }
  if (!proxy_.wait({})) client_.reset();
  client_.close();
  upstream_.close();
  done_ = true;
}

bool FaultConnection::serve_one() {
  auto head = client_.read_head();
  if (!head) return false;
  Exchange exchange{*std::move(head)};
  if (!exchange.head.operation.empty() && !read_whole(exchange)) return false;
  exchange.fault = proxy_.rules().choose(exchange.head, exchange.body.value_or(""));
  proxy_.note(exchange.head);
  if (!proxy_.wait(proxy_.latency())) return false;
  const Next next = exchange.fault ? before_forwarding(exchange) : Next::forward;
  if (next != Next::forward) return next == Next::next_request;
  return forward_request(exchange) && forward_reply(exchange);
}

/// Takes the body in; a body in chunks goes on by its length.
bool FaultConnection::read_whole(Exchange& exchange) {
  const Framing framing = framing_of_request(exchange.head);
  if (framing.kind == Framing::Kind::none) {
    exchange.body = "";
    return true;
  }
  if (exchange.head.find("expect")) {
    exchange.head.raw = exchange.head.with("Expect", "");
    if (!client_.send("HTTP/1.1 100 Continue\r\n\r\n")) return false;
  }
  std::string body;
  const bool whole = client_.read_body(framing, [&](std::string_view piece, bool is_data) {
    if (is_data) body += piece;
    return true;
  });
  if (framing.kind == Framing::Kind::chunked) {
    exchange.head.raw = exchange.head.with("Transfer-Encoding", "");
    exchange.head.raw = exchange.head.with("Content-Length", std::to_string(body.size()));
  }
  exchange.body = std::move(body);
  return whole;
}

FaultConnection::Next FaultConnection::before_forwarding(Exchange& exchange) {
  const Fault& fault = *exchange.fault;
  switch (fault.kind) {
    case Kind::delay: return proxy_.wait(fault.delay) ? Next::forward : Next::end;
    case Kind::call: fault.hook(); return Next::forward;
    case Kind::reset: client_.reset(); return Next::end;
    case Kind::stall: client_.wait_for_close(); return Next::end;
    case Kind::answer:
      if (!exchange.body && !read_whole(exchange)) return Next::end;
      return client_.send(fault.answer) ? Next::next_request : Next::end;
    default: break;
  }
  if (alters_request(fault) && !exchange.body && !read_whole(exchange)) return Next::end;
  return Next::forward;
}

bool FaultConnection::reach_upstream() {
  const bool reusable = upstream_.is_open() && Clock::now() - upstream_used_ < upstream_idle_max &&
                        !upstream_.is_stale();
  return (reusable || upstream_.connect(proxy_.upstream_port_)) && proxy_.wait({});
}

bool FaultConnection::forward_request(Exchange& exchange) {
  if (!reach_upstream()) {
    client_.reset();
    return false;
  }
  // A server that refuses a request may answer and close before all of it is sent: then its answer
  // counts, not that the rest could not be sent.
  if (!upstream_.send(exchange.head.raw)) return true;
  return exchange.body ? send_body(exchange) : stream_body(exchange);
}

bool FaultConnection::send_body(Exchange& exchange) {
  std::string& body = *exchange.body;
  if (!body.empty() && exchange.has(Kind::flip_request)) flip(body, exchange.fault->bytes);
  if (!body.empty() && exchange.has(Kind::truncate_request)) {
    upstream_.send(std::string_view(body).substr(0, cut(body, exchange.fault->bytes)));
    upstream_.close();
    client_.reset();
    return false;
  }
  if (!pace(exchange, body.size())) return false;
  upstream_.send(body);
  return true;
}

bool FaultConnection::stream_body(Exchange& exchange) {
  if (exchange.head.find("expect")) {
    auto reply = upstream_.read_head();
    if (!reply) return false;
    if (reply->status >= 200) {
      exchange.early_reply = std::move(reply);
      return true;
    }
    if (!client_.send(reply->raw)) return false;
  }
  bool answered = false;
  const auto forward = [&](std::string_view piece, bool) {
    answered = upstream_.is_readable() || !upstream_.send(piece);
    return !answered && pace(exchange, piece.size());
  };
  if (client_.read_body(framing_of_request(exchange.head), forward)) return true;
  if (!answered) return false;  // the client went away
  exchange.early_reply = upstream_.read_head();
  return exchange.early_reply.has_value();
}

bool FaultConnection::forward_reply(Exchange& exchange) {
  auto reply = exchange.early_reply ? exchange.early_reply : upstream_.read_head();
  while (reply && reply->status < 200) {
    if (!client_.send(reply->raw)) return false;
    reply = upstream_.read_head();
  }
  if (!reply) return false;
  const Framing framing = framing_of_reply(*reply, exchange.head.method);
  if (!proxy_.wait(proxy_.latency())) return false;
  const bool lost = exchange.has(Kind::lose_reply);
  if (lost ||
      (exchange.fault && alters_reply(*exchange.fault) && framing.kind != Framing::Kind::none)) {
    std::string body;
    const auto collect = [&](std::string_view piece, bool is_data) {
      if (is_data) body += piece;
      return true;
    };
    if (!upstream_.read_body(framing, collect)) return false;
    if (lost) client_.reset();
    if (lost) return false;
    if (!body.empty()) return send_altered(*std::move(reply), std::move(body), *exchange.fault);
    return client_.send(reply->raw);
  }
  if (!client_.send(reply->raw)) return false;
  const auto forward = [&](std::string_view piece, bool) {
    return client_.send(piece) && pace(exchange, piece.size());
  };
  if (!upstream_.read_body(framing, forward)) return false;
  upstream_used_ = Clock::now();
  const bool ends = framing.kind == Framing::Kind::to_close || closes(*reply) ||
                    closes(exchange.head) || exchange.early_reply;
  if (ends) client_.finish();
  return !ends;
}

bool FaultConnection::send_altered(WireHead head, std::string body, const Fault& fault) {
  std::uint64_t length = body.size();
  if (fault.kind == Kind::flip_reply) flip(body, fault.bytes);
  if (fault.kind == Kind::shorten_reply) length = cut(body, fault.bytes);
  if (fault.kind == Kind::lie_about_length) length = fault.bytes;
  if (fault.kind == Kind::truncate_reply || fault.kind == Kind::shorten_reply) {
    body.resize(cut(body, fault.bytes));
  }
  head.raw = head.with("Transfer-Encoding", "");
  head.raw = head.with("Content-Length", std::to_string(length));
  if (!client_.send(head.raw + body)) return false;
  if (length == body.size()) return true;
  client_.finish();
  return false;
}

/// Waits as long as so many bytes take under a throttle.
bool FaultConnection::pace(const Exchange& exchange, std::size_t bytes) {
  if (!exchange.has(Kind::throttle)) return true;
  const double seconds = static_cast<double>(bytes) / static_cast<double>(exchange.fault->bytes);
  return proxy_.wait(std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
}

}  // namespace spillway
