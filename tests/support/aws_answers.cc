// Error documents of S3 (XML) and DynamoDB (JSON).
#include "support/aws_answers.h"

#include <isa-l/crc.h>

#include <ctime>

namespace spillway::faults {
namespace {

std::string http_date(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

Fault s3_answer(int status, const std::string& code, const std::string& message,
                const std::string& headers) {
  return answer(
      status,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" +
          message +
          "</Message><RequestId>4442587FB7D0A2F9</RequestId><HostId>fault</HostId></Error>",
      "Content-Type: application/xml\r\nx-amz-request-id: 4442587FB7D0A2F9\r\n" + headers);
}

}  // namespace

Fault s3_error(int status, const std::string& code, const std::string& message) {
  return s3_answer(status, code, message, "");
}
Fault s3_slow_down() { return s3_error(503, "SlowDown", "Please reduce your request rate."); }
Fault s3_internal_error() {
  return s3_error(500, "InternalError", "We encountered an internal error. Please try again.");
}
Fault s3_expired_token() {
  return s3_error(400, "ExpiredToken", "The provided token has expired.");
}
Fault s3_access_denied() { return s3_error(403, "AccessDenied", "Access Denied"); }
Fault s3_archived() {
  return s3_error(403, "InvalidObjectState",
                  "The operation is not valid for the object's storage class");
}
Fault s3_time_too_skewed(std::chrono::seconds ahead) {
  return s3_answer(403, "RequestTimeTooSkewed",
                   "The difference between the request time and the current time is too large.",
                   "Date: " + http_date(std::time(nullptr) + ahead.count()) + "\r\n");
}

Fault dynamodb_error(int status, const std::string& type, const std::string& message,
                     const std::string& more) {
  const std::string body = R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + type +
                           R"(","message":")" + message + '"' + more + "}";
  const std::uint32_t crc =  // zlib's
      crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(body.data()), body.size());
  return answer(status, body,
                "Content-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: FAULT\r\n"
                "x-amz-crc32: " +
                    std::to_string(crc) + "\r\n");
}
Fault dynamodb_throttled() {
  return dynamodb_error(
      400, "ProvisionedThroughputExceededException",
      "The level of configured provisioned throughput for the table was exceeded.");
}
Fault dynamodb_internal_error() {
  return dynamodb_error(500, "InternalServerError", "Internal server error");
}
Fault dynamodb_expired_token() {
  return dynamodb_error(400, "ExpiredTokenException",
                        "The security token included in the request is expired");
}
Fault dynamodb_access_denied() {
  return dynamodb_error(400, "AccessDeniedException", "User is not authorized to perform this");
}
Fault dynamodb_conflict() {
  return dynamodb_error(400, "TransactionConflictException", "Transaction is ongoing for the item");
}
Fault dynamodb_transaction_conflict() {
  return dynamodb_error(
      400, "TransactionCanceledException",
      "Transaction cancelled, please refer cancellation reasons for specific reasons "
      "[None, TransactionConflict]",
      R"(,"CancellationReasons":[{"Code":"None"},)"
      R"({"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}])");
}

}  // namespace spillway::faults
