// Signed requests, one by one.
#include "by_hand.h"

#include "base/clock.h"
#include "base/digest.h"
#include "measure.h"
#include "net/credentials.h"

namespace spillway {
namespace {

constexpr std::uint64_t answer_bytes_max = 64 << 20;
constexpr const char* region = "us-east-1";
constexpr std::chrono::seconds patience{60};

}  // namespace

ByHand::ByHand(std::string dynamodb, std::string s3, std::string bucket)
    : dynamodb_(std::move(dynamodb)),
      bucket_(std::move(bucket)),
      s3_{.url = std::move(s3), .region = region, .custom = true},
      credentials_(
          value_of(find_credentials(transport_, CredentialSettings{}, Deadline::after(patience)))) {
}

HttpResponse ByHand::send(HttpRequest request, const char* service) {
  const SigningScope scope{region, service};
  value_of(sign(request, credentials_, scope, to_hex(sha256(request.body)), unix_millis()));
  HttpResponse response =
      value_of(transport_.send(request, answer_bytes_max, Deadline::after(patience)));
  if (response.status / 100 != 2) die(request.url + ": " + response.body);
  return response;
}

std::string ByHand::dynamodb(const std::string& operation, const std::string& body) {
  HttpRequest request;
  request.method = "POST";
  request.url = dynamodb_ + "/";
  request.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                     {"X-Amz-Target", "DynamoDB_20120810." + operation}};
  request.body = body;
  request.repeat = Repeat::once;
  return send(std::move(request), "dynamodb").body;
}

void ByHand::create_bucket() {
  HttpRequest request;
  request.method = "PUT";
  request.url = s3_.url + "/" + bucket_;
  send(std::move(request), "s3");
}

void ByHand::put_object(const std::string& key, const std::string& bytes) {
  HttpRequest request;
  request.method = "PUT";
  request.url = object_url(s3_, AddressStyle::path, bucket_, key);
  request.body = bytes;
  request.repeat = Repeat::idempotent;
  send(std::move(request), "s3");
}

std::string ByHand::get_object(const std::string& key) {
  HttpRequest request;
  request.url = object_url(s3_, AddressStyle::path, bucket_, key);
  return send(std::move(request), "s3").body;
}

}  // namespace spillway
