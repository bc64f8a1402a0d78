// One call after the other to DynamoDB.
#include "item/dynamodb/client.h"

#include <charconv>

#include "base/digest.h"

namespace spillway {
namespace {

/// Source: Developer Guide, "Quotas": requests of up to 16 MB.
constexpr std::size_t request_bytes_max = 16 << 20;
/// A page of 1 MB and one item more, where every byte may be spelled "\u0001".
constexpr std::uint64_t answer_bytes_max = 32 << 20;

HttpSettings http_settings(const DynamoConfig& config) {
  HttpSettings settings;
  settings.ca_file = config.ca_file;
  return settings;
}

/// Does the body match the checksum that came with it, if one did?
Result<void> check_body(const DynamoCall& call, const HttpResponse& response) {
  const std::optional<std::string> header = response.headers.find("x-amz-crc32");
  if (!header) return ok();
  std::uint32_t expected = 0;
  const auto [end, failure] =
      std::from_chars(header->data(), header->data() + header->size(), expected);
  if (failure == std::errc() && end == header->data() + header->size() &&
      expected == crc32(response.body))
    return ok();
  Error error = make_error(Code::unavailable, "dynamodb." + call.operation, call.table,
                           "the answer was damaged on its way: its CRC-32 differs");
  if (call.repeat != Repeat::safe) error.effect = Effect::unknown;
  return error;
}

/// What the transport says, told of this call.
Error under(const DynamoCall& call, Error error) {
  error.detail += " (" + error.subject + ")";
  error.op = "dynamodb." + call.operation;
  error.subject = call.table;
  return error;
}

}  // namespace

DynamoClient::DynamoClient(Endpoint endpoint, const DynamoConfig& config)
    : endpoint_(std::move(endpoint)),
      transport_(http_settings(config)),
      credentials_(transport_, {.given = std::nullopt, .profile = config.profile}),
      retrier_("dynamodb", RetryLimits{}, make_retry_world()) {}

Result<std::unique_ptr<DynamoClient>> DynamoClient::open(const DynamoConfig& config) {
  const Environment environment = process_environment();
  SPILLWAY_TRY(const ProfileSettings profile, load_profile(config.profile, environment));
  const EndpointChoice choice{config.endpoint, config.region};
  SPILLWAY_TRY(Endpoint endpoint, resolve_endpoint("dynamodb", choice, profile, environment));
  return std::unique_ptr<DynamoClient>(new DynamoClient(std::move(endpoint), config));
}

Result<DynamoAnswer> DynamoClient::call(const DynamoCall& call, std::string body,
                                        Deadline deadline) {
  const std::string op = "dynamodb." + call.operation;
  if (body.size() > request_bytes_max)
    return make_error(Code::too_large, op, call.table,
                      "a request to DynamoDB is at most 16 MiB of JSON");
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint_.url + "/";
  request.headers.add("Content-Type", "application/x-amz-json-1.0");
  request.headers.add("X-Amz-Target", "DynamoDB_20120810." + call.operation);
  request.body = std::move(body);
  request.repeat = call.repeat;
  const std::string payload_hash = to_hex(sha256(request.body));
  return retrier_.run(call.repeat, deadline,
                      [&] { return attempt(call, request, payload_hash, deadline); });
}

Result<DynamoAnswer> DynamoClient::attempt(const DynamoCall& call, HttpRequest& request,
                                           const std::string& payload_hash, Deadline deadline) {
  const SigningScope scope{endpoint_.region, "dynamodb"};
  bool clock_learned = false, token_renewed = false;
  for (;;) {
    SPILLWAY_TRY(const Credentials credentials, credentials_.get(deadline));
    SPILLWAY_TRY(sign(request, credentials, scope, payload_hash, clock_.now_millis()));
    auto sent = transport_.send(request, answer_bytes_max, deadline);
    if (!sent) return under(call, std::move(sent).error());
    HttpResponse& response = sent.value();
    SPILLWAY_TRY(check_body(call, response));
    if (response.status == 200) return DynamoAnswer{"", std::move(response.body)};
    DynamoRefusal refusal = parse_refusal(response.status, response.body);
    if (refusal.type == condition_refused_type)
      return DynamoAnswer{std::move(refusal.type), std::move(response.body)};
    if (refusal.type == transaction_cancelled_type) {
      SPILLWAY_TRY(check_cancellation(call, response.body));
      return DynamoAnswer{std::move(refusal.type), std::move(response.body)};
    }
    if (is_clock_refusal(refusal) && !clock_learned && clock_.learn(response.headers)) {
      clock_learned = true;
    } else if (is_expired_token(refusal) && !token_renewed) {
      credentials_.forget();
      token_renewed = true;
    } else {
      return refusal_error(call, refusal);
    }
  }
}

}  // namespace spillway
