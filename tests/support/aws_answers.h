// What S3 and DynamoDB answer when they refuse, word for word as their documentation has it.
#pragma once

#include <string>

#include "support/fault_rules.h"

namespace spillway::faults {

/// An S3 error: Amazon S3 API Reference, "Error responses".
Fault s3_error(int status, const std::string& code, const std::string& message);
Fault s3_slow_down();
Fault s3_internal_error();
Fault s3_expired_token();
Fault s3_access_denied();
Fault s3_archived();
/// The server's clock is `ahead` of this machine's, and so it finds the signature too old.
Fault s3_time_too_skewed(std::chrono::seconds ahead);

/// A DynamoDB error: DynamoDB Developer Guide, "Error handling". `more` are further JSON members.
Fault dynamodb_error(int status, const std::string& type, const std::string& message,
                     const std::string& more = "");
Fault dynamodb_throttled();
Fault dynamodb_internal_error();
Fault dynamodb_expired_token();
Fault dynamodb_access_denied();
/// A plain write that met a transaction.
Fault dynamodb_conflict();
/// A transaction of two actions that met another one at its second.
Fault dynamodb_transaction_conflict();

}  // namespace spillway::faults
