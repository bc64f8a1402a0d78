// HTTP requests to a Spillway server, through libcurl.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spillway/bytes.h"
#include "spillway/error.h"

namespace spillway {

/// Takes bytes as they arrive; an Error ends the transfer.
using ByteSink = std::function<Result<void>(std::string_view)>;

struct HttpCall {
  std::string method = "GET";
  std::string target;                ///< path and query, percent-encoded
  std::vector<std::string> headers;  ///< "Name: value"
  ByteSource* body = nullptr;
  std::optional<std::uint64_t> body_bytes;  ///< nullopt: sent in chunks
  ByteSink sink;  ///< for a body that may be long; else it is in the reply
};

struct HttpReply {
  long status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// One connection, kept alive; one thread at a time. TLS is always verified, redirects are not
/// followed. A reply that is an error becomes the Error that its problem+json tells.
class HttpClient {
 public:
  /// `base_url` "http://host:port"; `token` is sent as a bearer token unless empty.
  static Result<std::unique_ptr<HttpClient>> open(const std::string& base_url,
                                                  const std::string& token);
  ~HttpClient();
  Result<HttpReply> call(const HttpCall& call);

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace spillway
