// Who the credentials are, as STS says it. Source: AWS STS API Reference, GetCallerIdentity.
#pragma once

#include <string>

#include "net/endpoint.h"
#include "net/http_transport.h"
#include "net/sigv4.h"
#include "spillway/deadline.h"

namespace spillway {

struct CallerIdentity {
  std::string arn;      ///< "arn:aws:iam::123456789012:user/spillway"
  std::string account;  ///< "123456789012"
};

/// Needs no permission in IAM. Errors: permission_denied where the credentials are refused, naming
/// STS's code; those of HttpTransport where STS cannot be reached.
Result<CallerIdentity> ask_caller_identity(HttpTransport& transport, const Credentials& credentials,
                                           const Endpoint& sts, Deadline deadline);

}  // namespace spillway
