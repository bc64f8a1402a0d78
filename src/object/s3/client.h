// Signed calls to one bucket: credentials, clock, retries and hedges around net's transport.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/budget.h"
#include "net/clock_skew.h"
#include "net/credentials.h"
#include "net/http_transport.h"
#include "net/retry.h"
#include "object/object_store.h"
#include "object/s3/config.h"
#include "object/s3/errors.h"

namespace spillway {

inline constexpr std::uint64_t ahead_bytes_max = 64ull << 20;

/// One call. Made by S3Client::request(); headers and body are then filled in.
struct S3Request {
  S3Question question;
  HttpRequest http;
  S3Failure failure = {};  ///< the last answer that said no, for callers who know its codes
  /// Once true, the call ends early with `cancelled`; outlives the call. May be null.
  const std::atomic<bool>* abandoned = nullptr;
};

/// Thread-safe. Errors are those of s3_error() and of the transport, under the name of the call.
class S3Client {
 public:
  /// Reads the environment and the profile; asks no server. Errors: invalid_argument.
  static Result<std::unique_ptr<S3Client>> open(S3Config config);

  /// `key` empty: the bucket itself. `query` is percent-encoded, without '?'. What is not a GET or
  /// HEAD is Repeat::idempotent: everything this store does may be done twice.
  S3Request request(std::string op, std::string method, const ObjectKey& key,
                    const std::string& query = "") const;

  /// An answer of 2xx with its whole body; too_large above `body_bytes_max`. Repeated while that
  /// may help, also where the body breaks off, or where a 200 carries an error (as
  /// CompleteMultipartUpload's and DeleteObjects' may).
  Result<HttpResponse> call(S3Request& request, std::uint64_t body_bytes_max, Deadline deadline);
  /// An answer of 2xx whose body is still coming; of late GETs a second is sent (Hedge).
  Result<HttpStream> open_stream(S3Request& request, Deadline deadline);
  /// One signed try; any status is an answer.
  Result<HttpResponse> ask_once(S3Request& request, Deadline deadline);

  /// A link for a browser; see presign_get().
  Result<std::string> presign(const ObjectKey& key, const std::string& query,
                              std::chrono::seconds lifetime, Deadline deadline);

  /// Memory for parts and segments that are moved before the one before them is through: of all
  /// transfers together, so that many at once need no more than few.
  Budget& ahead() { return ahead_; }

  const S3Config& config() const { return config_; }
  const Endpoint& endpoint() const { return endpoint_; }

 private:
  S3Client(S3Config config, Endpoint endpoint, AddressStyle style);
  SigningScope scope() const { return {endpoint_.region, "s3"}; }
  Result<HttpStream> send_signed(S3Request& request, const std::string& payload_hash,
                                 Deadline deadline, Hedge* hedge);
  Result<HttpStream> try_open(S3Request& request, const std::string& payload_hash,
                              Deadline deadline, Hedge* hedge);
  Result<HttpResponse> try_call(S3Request& request, const std::string& payload_hash,
                                std::uint64_t body_bytes_max, Deadline deadline);
  bool remedy(const S3Failure& failure, const HttpHeaders& headers);

  const S3Config config_;
  const Endpoint endpoint_;
  const AddressStyle style_;
  HttpTransport transport_;
  CredentialCache credentials_;
  SigningClock clock_;
  Retrier retrier_;
  Hedge hedge_;
  Budget ahead_{ahead_bytes_max};
};

}  // namespace spillway
