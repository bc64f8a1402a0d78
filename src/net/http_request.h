// What is sent and what comes back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/headers.h"
#include "spillway/bytes.h"

namespace spillway {

/// What it means to send the same request twice.
enum class Repeat {
  safe,        ///< It changes nothing (GET, HEAD, Query): its failures have Effect::none.
  idempotent,  ///< Twice is as once (PUT of the same bytes, DELETE).
  once,        ///< Twice is not as once: never repeated after Effect::unknown.
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;                 ///< sent as it is spelled: percent-encode it first (uri_encode)
  HttpHeaders headers;             ///< without Content-Length
  std::string body;                ///< what is sent, unless `source` is set
  ByteSource* source = nullptr;    ///< read once, from where it stands; outlives the transfer
  /// Exactly how many bytes of `source` are sent; nullopt: all there are, in chunks.
  std::optional<std::uint64_t> source_bytes = 0;
  Repeat repeat = Repeat::safe;
};

/// An answer whose body is in memory. Any status is an answer, not an Error.
struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;
};

/// An answer whose body is still coming. Destroying `body` before its end closes the connection.
struct HttpStream {
  int status = 0;
  HttpHeaders headers;
  std::unique_ptr<ByteSource> body;
};

}  // namespace spillway
