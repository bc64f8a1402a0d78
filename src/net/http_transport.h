// The one HTTP client, on libcurl: pooled connections, verified TLS, deadlines, streams both ways.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "net/hedge.h"
#include "net/http_request.h"
#include "spillway/deadline.h"

namespace spillway {

struct HttpSettings {
  std::chrono::milliseconds connect_max{3'000};
  /// A transfer slower than `speed_bytes_per_s_min` for `slow_max` is ended as a timeout.
  long speed_bytes_per_s_min = 64;
  std::chrono::seconds slow_max{30};
  /// A connection idle for longer is not used again: servers close theirs without a word.
  std::chrono::seconds idle_max{15};
  std::size_t idle_lines_max = 64;                ///< kept between transfers
  std::size_t stream_buffer_bytes_max = 1 << 20;  ///< of a body that the reader has not taken
  std::string ca_file;                            ///< instead of the system's authorities, if set
};

/// Thread-safe; must outlive the streams it gave. Every transfer runs on its caller's thread. TLS
/// is 1.2 at least and always verified; redirects are not followed; paths are sent as spelled;
/// proxies come from the environment, never for the loopback and the metadata addresses.
///
/// Errors: timeout, unavailable (both transient), invalid_argument for a URL, too_large, and the
/// error of `source`. Effect::unknown where bytes of a request that is not Repeat::safe may have
/// been sent. The subject is method, host and path, without the query.
class HttpTransport {
 public:
  explicit HttpTransport(HttpSettings settings = {});
  ~HttpTransport();
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;

  /// Sends and collects the whole answer; too_large above `body_bytes_max` bytes of body.
  Result<HttpResponse> send(const HttpRequest& request, std::uint64_t body_bytes_max,
                            Deadline deadline);

  /// Returns once the answer's headers are here. The body is read from the network as the caller
  /// reads it (back-pressure); a body cut short is an Error from read(), never an early end. With
  /// `hedge`, a Repeat::safe request without body that is late is sent a second time, and whichever
  /// answers first is taken. `request` may go once open() returns.
  Result<HttpStream> open(const HttpRequest& request, Deadline deadline, Hedge* hedge = nullptr);

 private:
  class Stream;
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace spillway
