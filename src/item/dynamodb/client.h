// Speaks DynamoDB's JSON protocol: signs, sends, checks what comes back, tries again.
// Source: Developer Guide, "DynamoDB low-level API".
#pragma once

#include <memory>
#include <string>

#include "item/dynamodb/config.h"
#include "item/dynamodb/errors.h"
#include "net/clock_skew.h"
#include "net/credentials.h"
#include "net/endpoint.h"
#include "net/http_transport.h"
#include "net/retry.h"

namespace spillway {

/// What came back: a result, or a refusal that is one as well.
struct DynamoAnswer {
  std::string refusal;  ///< empty, condition_refused_type or transaction_cancelled_type
  std::string body;
};

/// Thread-safe.
class DynamoClient {
 public:
  /// Asks nothing over the network. invalid_argument for a region, an endpoint or a profile that is
  /// missing or wrong.
  static Result<std::unique_ptr<DynamoClient>> open(const DynamoConfig& config);

  /// Sends `body`, as often as `call.repeat` and the deadline allow. An answer's X-Amz-Crc32 is
  /// verified. After a refusal for the clock's or the session token's sake it is signed anew, once.
  Result<DynamoAnswer> call(const DynamoCall& call, std::string body, Deadline deadline);

 private:
  DynamoClient(Endpoint endpoint, const DynamoConfig& config);
  Result<DynamoAnswer> attempt(const DynamoCall& call, HttpRequest& request,
                               const std::string& payload_hash, Deadline deadline);

  const Endpoint endpoint_;
  HttpTransport transport_;
  CredentialCache credentials_;
  SigningClock clock_;
  Retrier retrier_;
};

}  // namespace spillway
