// What DynamoDB's refusals mean here.
// Sources: Developer Guide, "Error handling with DynamoDB"; API Reference, "Common Errors" and
// TransactWriteItems, "CancellationReasons".
#pragma once

#include <string>
#include <string_view>

#include "net/http_request.h"
#include "spillway/error.h"

namespace spillway {

/// Types of answers that are no Error: the caller gets a result out of their body.
inline constexpr std::string_view condition_refused_type = "ConditionalCheckFailedException";
inline constexpr std::string_view transaction_cancelled_type = "TransactionCanceledException";

/// The call that was answered.
struct DynamoCall {
  std::string operation;  ///< "PutItem"
  std::string table;      ///< as DynamoDB knows it; empty: none in particular
  Repeat repeat = Repeat::safe;
};

/// An answer that is not 200. `type` without its namespace ("ResourceNotFoundException"); empty
/// where the body is not DynamoDB's.
struct DynamoRefusal {
  int status = 0;
  std::string type;
  std::string message;
};

/// Takes type and message out of a body, whatever it holds.
DynamoRefusal parse_refusal(int status, std::string_view body);

/// The Error of a refusal. Effect::unknown where the server failed while it may have written.
Error refusal_error(const DynamoCall& call, const DynamoRefusal& refusal);

/// Why a transaction was cancelled, unless the reason is a condition that did not hold: then ok,
/// and the answer is for the caller. In this order: an action that is wrong or too large; a
/// condition; a conflict with another transaction, or a throttle (both transient, Effect::none).
Result<void> check_cancellation(const DynamoCall& call, std::string_view body);

/// Does the clock, or do the credentials, seem to be why the request was refused?
bool is_clock_refusal(const DynamoRefusal& refusal);
bool is_expired_token(const DynamoRefusal& refusal);

}  // namespace spillway
