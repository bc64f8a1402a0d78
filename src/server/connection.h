// One HTTP/1.1 connection. Only for the translation units that already carry Asio and Beast.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/budget.h"
#include "server/app.h"
#include "server/worker_pool.h"

namespace spillway {

/// Everything happens on the connection's strand, except what its handlers do on workers.
class Connection {
 public:
  struct Services {
    App& app;
    WorkerPool& pool;
    Budget& budget;
    std::atomic<std::size_t> uploads{0};  ///< streamed bodies that hold a worker now
    std::atomic<bool> draining{false};
  };

  Connection(boost::asio::ip::tcp::socket socket, Services& services);

  /// Serves requests until either side is done with the connection.
  boost::asio::awaitable<void> serve();
  /// On the strand: ends the wait for a next request; a running one finishes and is the last.
  void close_if_idle();
  /// On the strand: ends everything.
  void abort();
  /// Instead of serve(): sends `answer` as far as it goes without waiting, and closes.
  void turn_away(std::string_view answer);
  boost::asio::any_io_executor executor() { return stream_.get_executor(); }

 private:
  friend class SocketBody;
  using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;
  struct Chunk {
    std::size_t bytes = 0;
    bool last = false;
    std::optional<Error> error;
  };

  boost::asio::awaitable<bool> read_head();
  boost::asio::awaitable<void> refuse_head(boost::system::error_code failure);
  boost::asio::awaitable<bool> answer();
  boost::asio::awaitable<Response> respond(Exchange& exchange);
  boost::asio::awaitable<std::optional<Error>> buffer_body(Exchange& exchange, BudgetShare& share);
  boost::asio::awaitable<Response> handle(Exchange& exchange);
  boost::asio::awaitable<Chunk> read_chunk(char* data, std::size_t size);
  boost::asio::awaitable<void> write(Response& response, bool keep_alive, bool head, Sent& sent);
  boost::asio::awaitable<void> write_stream(Response& response, Sent& sent);
  boost::asio::awaitable<void> write_events(Response& response, Sent& sent);
  boost::asio::awaitable<bool> discard_rest();
  template <class Work>
  boost::asio::awaitable<bool> on_worker(Work& work, bool begun);

  bool nothing_came();
  Request take_request() const;
  /// What is wrong with how the message says where it ends; nothing when all is well.
  std::optional<Error> framing_error() const;

  Services& services_;
  const ServerLimits& limits_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::string remote_;
  std::optional<Parser> parser_;  ///< of the present request
  bool idle_ = true;              ///< no request has begun
  bool continue_sent_ = false;
  std::uint64_t body_bytes_in_ = 0;
};

}  // namespace spillway
