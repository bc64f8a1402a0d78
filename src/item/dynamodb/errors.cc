// The table of DynamoDB's error types.
#include "item/dynamodb/errors.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

namespace spillway {
namespace {

using Element = simdjson::dom::element;

/// What a type means. `unknown_effect`: the server may have gone on all the same.
struct Meaning {
  std::string_view type;
  Code code;
  bool unknown_effect = false;
};

constexpr std::array<Meaning, 33> meanings = {{
    {"ResourceNotFoundException", Code::not_found},
    {"TableNotFoundException", Code::not_found},
    {"ResourceInUseException", Code::conflict},
    {"TableInUseException", Code::conflict},
    {"TransactionConflictException", Code::conflict},
    {"TransactionConflict", Code::conflict},
    // The same token is being worked on: an earlier try of ours may land.
    {"TransactionInProgressException", Code::conflict, true},
    {"ReplicatedWriteConflictException", Code::conflict},
    {"ProvisionedThroughputExceededException", Code::throttled},
    {"ProvisionedThroughputExceeded", Code::throttled},
    {"ThrottlingException", Code::throttled},
    {"ThrottlingError", Code::throttled},
    {"RequestLimitExceeded", Code::throttled},
    {"LimitExceededException", Code::throttled},
    {"KMSThrottlingException", Code::throttled},
    {"InternalServerError", Code::unavailable, true},
    {"InternalFailure", Code::unavailable, true},
    {"InternalServerException", Code::unavailable, true},
    {"ServiceUnavailable", Code::unavailable, true},
    {"ServiceUnavailableException", Code::unavailable, true},
    {"ItemCollectionSizeLimitExceededException", Code::too_large},
    {"ItemCollectionSizeLimitExceeded", Code::too_large},
    {"IdempotentParameterMismatchException", Code::invalid_argument},
    {"ValidationException", Code::invalid_argument},
    {"ValidationError", Code::invalid_argument},
    {"SerializationException", Code::invalid_argument},
    {"UnknownOperationException", Code::unsupported},
    {"UnrecognizedClientException", Code::permission_denied},
    {"InvalidSignatureException", Code::permission_denied},
    {"IncompleteSignatureException", Code::permission_denied},
    {"MissingAuthenticationTokenException", Code::permission_denied},
    {"AccessDeniedException", Code::permission_denied},
    {"ExpiredTokenException", Code::permission_denied},
}};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Sources: messages of PutItem, UpdateItem and TransactWriteItems.
bool is_item_too_large(std::string_view message) {
  return contains(message, "Item size has exceeded") ||
         contains(message, "Item size to update has exceeded");
}

/// The sentence for the operator. DynamoDB's own words of a refused signature hold the canonical
/// request and the access key's id; they are not repeated.
std::string advice(const DynamoCall& call, const DynamoRefusal& refusal) {
  if (refusal.type == "AccessDeniedException") {
    return "the credentials do not allow it: allow dynamodb:" + call.operation +
           " on this table in their IAM policy";
  }
  if (refusal.type == "ExpiredTokenException")
    return "the session token has expired: renew the credentials";
  if (is_clock_refusal(refusal))
    return "the signature's time is refused: set this machine's clock (NTP)";
  if (refusal.type == "InvalidSignatureException")
    return "the signature is refused: the secret access key does not belong to its id";
  return "the credentials are not known there: check the access key, the account and the region";
}

std::string text_of(Element object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return "";
  return std::string(text);
}

Error error_of(const DynamoCall& call, const DynamoRefusal& refusal, const Meaning& meaning) {
  const std::string op = "dynamodb." + call.operation;
  Code code = meaning.code;
  std::string detail = refusal.type + ": " + refusal.message;
  if (code == Code::invalid_argument && is_item_too_large(refusal.message)) code = Code::too_large;
  if (code == Code::permission_denied) detail = advice(call, refusal);
  Error error = make_error(code, op, call.table, std::move(detail));
  if (meaning.unknown_effect && call.repeat != Repeat::safe) error.effect = Effect::unknown;
  // A table that exists will still exist.
  if (code == Code::conflict && call.operation == "CreateTable") error.transient = false;
  return error;
}

const Meaning* meaning_of(std::string_view type) {
  const auto* found = std::find_if(meanings.begin(), meanings.end(),
                                   [&](const Meaning& known) { return known.type == type; });
  return found == meanings.end() ? nullptr : found;
}

struct Reason {
  std::size_t action = 0;
  std::string code, message;
};

/// Those that are not "None".
std::vector<Reason> reasons_of(std::string_view body) {
  std::vector<Reason> reasons;
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(body.data(), body.size())["CancellationReasons"].get(array) != simdjson::SUCCESS)
    return reasons;
  std::size_t action = 0;
  for (const Element one : array) {
    Reason reason{action++, text_of(one, "Code"), text_of(one, "Message")};
    if (reason.code != "None") reasons.push_back(std::move(reason));
  }
  return reasons;
}

Error reason_error(const DynamoCall& call, const Reason& reason) {
  const DynamoRefusal refusal{400, reason.code,
                              "action " + std::to_string(reason.action) + ": " + reason.message};
  return refusal_error(call, refusal);
}

}  // namespace

DynamoRefusal parse_refusal(int status, std::string_view body) {
  DynamoRefusal refusal{status, "", ""};
  simdjson::dom::parser parser;
  Element root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) return refusal;
  // "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
  const std::string type = text_of(root, "__type");
  refusal.type = type.substr(type.find('#') + 1);
  refusal.message = text_of(root, "message");
  if (refusal.message.empty()) refusal.message = text_of(root, "Message");
  return refusal;
}

Error refusal_error(const DynamoCall& call, const DynamoRefusal& refusal) {
  if (const Meaning* meaning = meaning_of(refusal.type)) return error_of(call, refusal, *meaning);
  const std::string op = "dynamodb." + call.operation;
  const std::string status = "HTTP status " + std::to_string(refusal.status);
  if (refusal.status == 413)
    return make_error(Code::too_large, op, call.table, "the request is too large: " + status);
  if (refusal.status == 429)
    return make_error(Code::throttled, op, call.table, "too many requests: " + status);
  const std::string type = refusal.type.empty() ? "" : " " + refusal.type + ": " + refusal.message;
  Error error = make_error(Code::unavailable, op, call.table, status + type);
  if (refusal.status >= 500) {
    if (call.repeat != Repeat::safe) error.effect = Effect::unknown;
    return error;
  }
  error.transient = false;
  if (refusal.type.empty()) error.detail += ", not DynamoDB's answer: check the endpoint";
  return error;
}

Result<void> check_cancellation(const DynamoCall& call, std::string_view body) {
  const std::vector<Reason> reasons = reasons_of(body);
  const auto find = [&](auto wanted) {
    return std::find_if(reasons.begin(), reasons.end(), wanted);
  };
  const auto fatal = find([](const Reason& reason) {
    const Meaning* meaning = meaning_of(reason.code);
    return meaning && meaning->code != Code::conflict && meaning->code != Code::throttled;
  });
  if (fatal != reasons.end()) return reason_error(call, *fatal);
  const auto condition =
      find([](const Reason& reason) { return reason.code == "ConditionalCheckFailed"; });
  if (condition != reasons.end()) return ok();
  if (!reasons.empty()) return reason_error(call, reasons.front());
  return make_error(Code::unavailable, "dynamodb." + call.operation, call.table,
                    "the transaction was cancelled without a reason");
}

bool is_clock_refusal(const DynamoRefusal& refusal) {
  if (refusal.type == "RequestTimeTooSkewed" || refusal.type == "RequestExpired") return true;
  return refusal.type == "InvalidSignatureException" &&
         (contains(refusal.message, "Signature not yet current") ||
          contains(refusal.message, "Signature expired"));
}

bool is_expired_token(const DynamoRefusal& refusal) {
  return refusal.type == "ExpiredTokenException";
}

}  // namespace spillway
