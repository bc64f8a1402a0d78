// The stream of events on a connection: the one answer that has no end of its own.
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "server/connection.h"
#include "server/events.h"

namespace spillway {

namespace asio = boost::asio;
using boost::system::error_code;

/// Sends events as they come, and a comment where none comes for a while: that also shows whether
/// the listener is still there. Ends when it is not, or when the server drains.
asio::awaitable<void> Connection::write_events(Response& response, Sent& sent) {
  error_code failure;
  auto token = asio::redirect_error(asio::use_awaitable, failure);
  // Shared: a call to wake may be under way when the connection is gone.
  const auto timer = std::make_shared<asio::steady_timer>(executor());
  std::string text = ": welcome\n\n";
  while (true) {
    stream_.expires_after(limits_.chunk_deadline);
    const auto next = asio::buffer(text);
    co_await asio::async_write(stream_, next, token);
    if (failure) {
      sent.broken = make_error(Code::cancelled, "http.connection", "",
                               "the listener went away: " + failure.message());
      co_return;
    }
    sent.bytes_out += text.size();
    text = response.events->take();
    if (!text.empty()) continue;
    if (response.events->closed()) co_return;
    timer->expires_after(limits_.event_heartbeat);
    response.events->wait(
        [timer, strand = executor()] { asio::post(strand, [timer] { timer->cancel(); }); });
    co_await timer->async_wait(token);
    failure = {};  // cancelled: there is something to send
    text = response.events->take();
    if (text.empty()) text = ":\n\n";
  }
}

}  // namespace spillway
