// The life of one connection, as a coroutine. Arguments of co_await are named values throughout:
// g++ 12.2 destroys braced temporaries there twice.
#include "server/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <future>

namespace spillway {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t read_buffer_bytes_max = 128 * 1024;
constexpr std::size_t first_read_bytes = 4096;
constexpr std::size_t discard_bytes = 64 * 1024;

Error cut_off(std::string detail) {
  return make_error(Code::cancelled, "http.connection", "", std::move(detail));
}

Error wrong(std::string detail) {
  return make_error(Code::invalid_argument, "http.connection", "", std::move(detail));
}

Error body_error(error_code failure) {
  if (failure == beast::error::timeout) {
    Error error = make_error(Code::timeout, "http.body", "", "the body comes too slowly");
    return error;
  }
  if (failure.category() == error_code(http::error::bad_chunk).category()) {
    return wrong("the body is cut off or broken: " + failure.message());
  }
  return cut_off("the client went away: " + failure.message());
}

std::size_t count_of(const http::fields& fields, http::field name) {
  const auto range = fields.equal_range(name);
  return static_cast<std::size_t>(std::distance(range.first, range.second));
}

bool only_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

/// The body of a request, as a handler on a worker pulls it from the socket.
class SocketBody final : public ByteSource {
 public:
  SocketBody(Connection& connection, std::uint64_t bytes_max)
      : connection_(connection), bytes_max_(bytes_max) {}

  Result<std::size_t> read(char* out, std::size_t capacity) override {
    while (at_ == filled_) {
      if (last_ || capacity == 0) return std::size_t{0};
      SPILLWAY_TRY(fill());
    }
    const std::size_t n = std::min(capacity, filled_ - at_);
    std::copy_n(chunk_.data() + at_, n, out);
    at_ += n;
    return n;
  }

 private:
  /// Asks the strand for the next chunk and waits: while we wait nobody else uses the socket.
  Result<void> fill() {
    chunk_.resize(connection_.limits_.chunk_bytes);
    std::promise<Connection::Chunk> promise;
    asio::co_spawn(connection_.executor(), connection_.read_chunk(chunk_.data(), chunk_.size()),
                   [&promise](const std::exception_ptr& exception, Connection::Chunk chunk) {
                     exception ? promise.set_exception(exception)
                               : promise.set_value(std::move(chunk));
                   });
    Connection::Chunk chunk = promise.get_future().get();
    if (chunk.error) return std::move(*chunk.error);
    at_ = 0;
    filled_ = chunk.bytes;
    last_ = chunk.last;
    if (connection_.body_bytes_in_ > bytes_max_) {
      return make_error(Code::too_large, "http.body", "",
                        "the body is longer than " + std::to_string(bytes_max_) + " bytes");
    }
    return ok();
  }

  Connection& connection_;
  const std::uint64_t bytes_max_;
  std::string chunk_;
  std::size_t at_ = 0, filled_ = 0;
  bool last_ = false;
};

Connection::Connection(asio::ip::tcp::socket socket, Services& services)
    : services_(services),
      limits_(services.app.limits()),
      stream_(std::move(socket)),
      buffer_(read_buffer_bytes_max) {
  error_code ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto peer = stream_.socket().remote_endpoint(ignored);
  if (!ignored) remote_ = peer.address().to_string();
}

/// A request that arrived and was not read yet is no idleness.
bool Connection::nothing_came() {
  error_code failure;
  return buffer_.size() == 0 && stream_.socket().available(failure) == 0;
}

void Connection::close_if_idle() {
  if (idle_ && nothing_came()) abort();
}

void Connection::abort() { stream_.close(); }

void Connection::turn_away(std::string_view answer) {
  error_code ignored;
  stream_.socket().non_blocking(true, ignored);
  stream_.socket().write_some(asio::buffer(answer), ignored);
  stream_.close();
}

asio::awaitable<void> Connection::serve() {
  bool more = true;
  while (more) {
    more = co_await read_head();
    if (more) more = co_await answer();
  }
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.close();
}

/// Waits for a request. The wait for its first byte is the idle time of the connection.
asio::awaitable<bool> Connection::read_head() {
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
  parser_->body_limit(boost::none);
  continue_sent_ = false;
  body_bytes_in_ = 0;
  idle_ = true;
  if (buffer_.size() == 0) {
    if (services_.draining && nothing_came()) co_return false;
    stream_.expires_after(limits_.idle_deadline);
    const auto space = buffer_.prepare(first_read_bytes);
    const std::size_t n = co_await stream_.async_read_some(space, token);
    if (failure) co_return false;
    buffer_.commit(n);
  }
  idle_ = false;
  stream_.expires_after(limits_.header_deadline);
  co_await http::async_read_header(stream_, buffer_, *parser_, token);
  if (!failure) co_return true;
  co_await refuse_head(failure);
  co_return false;
}

/// Answers what is no HTTP request; says nothing to those who went away or were too slow.
asio::awaitable<void> Connection::refuse_head(error_code failure) {
  const bool is_http_error = failure.category() == error_code(http::error::bad_method).category();
  if (!is_http_error || failure == http::error::end_of_stream) co_return;
  Exchange exchange;
  exchange.request.id = request_id_of(exchange.request);
  exchange.request.remote = remote_;
  const bool large =
      failure == http::error::header_limit || failure == http::error::buffer_overflow;
  Response response =
      large
          ? services_.app.refuse(
                exchange,
                make_error(Code::too_large, "http.connection", "",
                           "request line and fields are longer than " +
                               std::to_string(limits_.header_bytes_max) + " bytes"),
                431)
          : services_.app.refuse(exchange, wrong("not an HTTP/1.1 request: " + failure.message()));
  Sent sent;
  co_await write(response, false, false, sent);
  services_.app.finish(exchange, sent);
  co_await discard_rest();
}

std::optional<Error> Connection::framing_error() const {
  const http::fields& fields = parser_->get();
  const std::size_t lengths = count_of(fields, http::field::content_length);
  const std::size_t codings = count_of(fields, http::field::transfer_encoding);
  // RFC 9112, 6.3 and 11.2: two opinions on where a body ends are how requests are smuggled.
  if (lengths > 1 || codings > 1 || (lengths == 1 && codings == 1)) {
    return wrong("the request says more than once how long its body is");
  }
  // Beast takes "1,1" for 1, as RFC 9112, 6.3 allows; a proxy before us may take it for something
  // else, and the rest of the body would be read as the next request.
  if (lengths == 1 && !only_digits(fields[http::field::content_length])) {
    return wrong("Content-Length is one decimal number");
  }
  if (codings == 1 && !beast::iequals(fields[http::field::transfer_encoding], "chunked")) {
    return wrong("the only transfer coding understood here is chunked");
  }
  if (codings == 1 && parser_->get().version() < 11) return wrong("HTTP/1.0 has no chunked bodies");
  const std::size_t hosts = count_of(fields, http::field::host);
  if (hosts > 1 || (hosts == 0 && parser_->get().version() >= 11)) {
    return wrong("a request has exactly one Host field");
  }
  for (const char c : parser_->get().target()) {
    if (c <= 0x20 || c == 0x7f) return wrong("the address has bytes that must be percent-encoded");
  }
  return std::nullopt;
}

Request Connection::take_request() const {
  const auto& message = parser_->get();
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.remote = remote_;
  for (const auto& field : message) {
    request.headers.emplace_back(lower_ascii(field.name_string()), field.value());
  }
  if (!parser_->chunked()) {
    const auto length = parser_->content_length();
    request.body_bytes = length ? *length : std::uint64_t{0};
  }
  return request;
}

/// One request and its answer; true when another may follow on the connection.
asio::awaitable<bool> Connection::answer() {
  std::optional<Error> unframed = framing_error();
  Exchange exchange = services_.app.begin(take_request());
  if (unframed) {
    exchange.route = nullptr;
    exchange.refused = services_.app.refuse(exchange, *unframed);
  }
  Response response = co_await respond(exchange);
  const bool head = exchange.request.method == "HEAD";
  // A client that waits for "100 Continue" may or may not send its body after a final answer.
  const bool waits = beast::iequals(exchange.request.header("expect"), "100-continue") &&
                     !continue_sent_ && !parser_->is_done();
  bool keep_alive =
      parser_->get().keep_alive() && !unframed && !waits && !services_.draining && !response.events;
  // What cannot be skipped quickly is not worth keeping the connection for.
  const bool body_left = !parser_->is_done();
  keep_alive = keep_alive && !(body_left && response.status >= 400);
  Sent sent;
  sent.status = response.status;
  sent.error_code = response.error_code;
  co_await write(response, keep_alive, head, sent);
  sent.bytes_in = body_bytes_in_;
  services_.app.finish(exchange, sent);
  if (sent.broken) {
    abort();
    co_return false;
  }
  if (waits) co_return false;
  if (body_left) keep_alive = co_await discard_rest() && keep_alive;
  co_return keep_alive;
}

asio::awaitable<Response> Connection::respond(Exchange& exchange) {
  if (exchange.refused) co_return std::move(*exchange.refused);
  const Route& route = *exchange.route;
  const std::string_view expect = exchange.request.header("expect");
  if (!expect.empty() && !beast::iequals(expect, "100-continue")) {
    co_return services_.app.refuse(exchange, wrong("the only Expect understood is 100-continue"),
                                   417);
  }
  if (exchange.request.body_bytes && *exchange.request.body_bytes > route.body_bytes_max) {
    co_return services_.app.refuse(
        exchange,
        make_error(Code::too_large, "http.body", "",
                   "the body may have " + std::to_string(route.body_bytes_max) +
                       " bytes here, and has " + std::to_string(*exchange.request.body_bytes)));
  }
  BudgetShare share(services_.budget);
  if (route.body == BodyKind::buffered) {
    std::optional<Error> error = co_await buffer_body(exchange, share);
    if (error) co_return services_.app.refuse(exchange, *error);
  }
  Response response = co_await handle(exchange);
  co_return response;
}

/// Reads a whole body before a worker is taken for it, so that slow clients hold none.
asio::awaitable<std::optional<Error>> Connection::buffer_body(Exchange& exchange,
                                                              BudgetShare& share) {
  std::string& body = exchange.request.body;
  const std::uint64_t bytes_max = exchange.route->body_bytes_max;
  bool last = parser_->is_done();
  while (!last) {
    // As it comes, not as it is announced: an announcement costs the client nothing.
    if (!share.grow_to(body.size() + limits_.chunk_bytes)) {
      co_return make_error(Code::unavailable, "http.body", "",
                           "the server holds too many bodies already");
    }
    const std::size_t begin = body.size();
    body.resize(begin + limits_.chunk_bytes);
    Chunk chunk = co_await read_chunk(body.data() + begin, limits_.chunk_bytes);
    body.resize(begin + chunk.bytes);
    if (chunk.error) co_return std::move(chunk.error);
    if (body.size() > bytes_max) {
      co_return make_error(Code::too_large, "http.body", "",
                           "the body may have " + std::to_string(bytes_max) + " bytes here");
    }
    last = chunk.last;
  }
  co_return std::nullopt;
}

/// Runs the handler on a worker; 503 when none is free soon.
asio::awaitable<Response> Connection::handle(Exchange& exchange) {
  if (exchange.route->instant) {
    StringSource none{std::string()};
    co_return services_.app.handle(exchange, none);
  }
  const bool streamed = exchange.route->body == BodyKind::streamed;
  const Error busy = make_error(Code::unavailable, "http.workers", "",
                                "the server has as many requests as it can take");
  if (streamed && services_.uploads.fetch_add(1) >= limits_.uploads_max) {
    services_.uploads.fetch_sub(1);
    co_return services_.app.refuse(exchange, busy);
  }
  std::optional<Response> response;
  const auto work = [&] {
    SocketBody body(*this, exchange.route->body_bytes_max);
    StringSource none{std::string()};
    ByteSource& source = streamed ? static_cast<ByteSource&>(body) : none;
    response = services_.app.handle(exchange, source);
  };
  const bool taken = co_await on_worker(work, false);
  if (streamed) services_.uploads.fetch_sub(1);
  if (!taken) co_return services_.app.refuse(exchange, busy);
  co_return std::move(*response);
}

/// Suspends until `work` has run on a worker. With `begun` it is the next step of a request and is
/// never refused; else false means that the queue is full.
template <class Work>
asio::awaitable<bool> Connection::on_worker(Work& work, bool begun) {
  const auto initiate = [this, &work, begun](auto handler) {
    // Shared because std::function wants to copy; there is one owner at a time.
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    WorkerPool::Job job = [this, &work, resume] {
      work();
      asio::post(executor(), [resume] { std::move (*resume)(true); });
    };
    if (begun) {
      services_.pool.go_on(std::move(job));
    } else if (!services_.pool.try_begin(job)) {
      asio::post(executor(), [resume] { std::move (*resume)(false); });
    }
  };
  const bool done = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
      initiate, asio::use_awaitable);
  co_return done;
}

/// The next bytes of the body, at least one unless it is the end.
asio::awaitable<Connection::Chunk> Connection::read_chunk(char* data, std::size_t size) {
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  Chunk chunk;
  stream_.expires_after(limits_.chunk_deadline);
  if (!continue_sent_ && beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
    continue_sent_ = true;
    const auto interim = asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n"));
    co_await asio::async_write(stream_, interim, token);
  }
  if (!failure && !parser_->is_done()) {
    auto& body = parser_->get().body();
    body.data = data;
    body.size = size;
    body.more = true;
    co_await http::async_read(stream_, buffer_, *parser_, token);
    if (failure == http::error::need_buffer) failure = {};
    chunk.bytes = size - parser_->get().body().size;
  }
  body_bytes_in_ += chunk.bytes;
  chunk.last = parser_->is_done();
  if (failure) chunk.error = body_error(failure);
  co_return chunk;
}

asio::awaitable<void> Connection::write(Response& response, bool keep_alive, bool head,
                                        Sent& sent) {
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  sent.status = response.status;
  const std::string head_text = serialize_head(response, keep_alive);
  std::string_view body = head ? std::string_view() : std::string_view(response.body);
  std::string_view part = body.substr(0, limits_.chunk_bytes);
  stream_.expires_after(limits_.chunk_deadline);
  const std::array<asio::const_buffer, 2> first{asio::buffer(head_text), asio::buffer(part)};
  co_await asio::async_write(stream_, first, token);
  while (!failure) {
    sent.bytes_out += part.size();
    body.remove_prefix(part.size());
    if (body.empty()) break;
    part = body.substr(0, limits_.chunk_bytes);
    stream_.expires_after(limits_.chunk_deadline);
    const auto next = asio::buffer(part);
    co_await asio::async_write(stream_, next, token);
  }
  if (failure) {
    sent.broken = cut_off("the answer was not taken: " + failure.message());
  } else if (response.stream && !head) {
    co_await write_stream(response, sent);
  } else if (response.events && !head) {
    co_await write_events(response, sent);
  }
}

/// A worker fills one chunk, then it is written: a slow reader holds a chunk, and no worker.
asio::awaitable<void> Connection::write_stream(Response& response, Sent& sent) {
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  std::string chunk(limits_.chunk_bytes, '\0');
  std::uint64_t left = *response.stream_bytes;
  while (left > 0) {
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(left, chunk.size()));
    Result<std::size_t> got = std::size_t{0};
    const auto work = [&] { got = read_full(*response.stream, chunk.data(), wanted); };
    co_await on_worker(work, true);
    if (got.has_error()) {
      sent.broken = got.error();
    } else if (got.value() < wanted) {
      sent.broken = make_error(Code::corrupt, "http.stream", "", "the stream ended early");
    }
    if (sent.broken) co_return;
    stream_.expires_after(limits_.chunk_deadline);
    const auto next = asio::buffer(chunk.data(), wanted);
    co_await asio::async_write(stream_, next, token);
    if (failure) {
      sent.broken = cut_off("the answer was not taken: " + failure.message());
      co_return;
    }
    sent.bytes_out += wanted;
    left -= wanted;
  }
}

/// Reads what is left of a request, so that the answer arrives: a close with bytes unread resets
/// the connection under it. True when the request was read to its end in time.
asio::awaitable<bool> Connection::discard_rest() {
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  std::string rest(discard_bytes, '\0');
  stream_.expires_after(limits_.linger_deadline);
  if (!parser_->is_header_done()) {  // no telling where it ends: until the client closes
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, failure);
    while (!failure) {
      const auto space = asio::buffer(rest);
      co_await stream_.async_read_some(space, token);
    }
    co_return false;
  }
  while (!failure && !parser_->is_done()) {
    auto& body = parser_->get().body();
    body.data = rest.data();
    body.size = rest.size();
    co_await http::async_read(stream_, buffer_, *parser_, token);
    if (failure == http::error::need_buffer) failure = {};
  }
  co_return !failure;
}

}  // namespace spillway
