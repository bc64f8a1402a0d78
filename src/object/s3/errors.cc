// Which of S3's error codes mean what. By code; by status only where there is none.
#include "object/s3/errors.h"

#include <algorithm>
#include <array>
#include <pugixml.hpp>

namespace spillway {
namespace {

constexpr std::size_t message_bytes_max = 300;

std::string printable(std::string text) {
  if (text.size() > message_bytes_max) text.resize(message_bytes_max);
  // Cutting may split a character, and a server may send anything: a log line stays one line.
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c >= 0x7f; }, ' ');
  return text;
}

struct Meaning {
  std::string_view s3_code;
  Code code;
  bool transient;
  std::string_view advice;  ///< empty: what S3 says
};

constexpr std::string_view wrong_keys =
    "S3 does not accept the credentials: check the access key and its secret";
constexpr std::string_view altered = "the bytes were altered on the way";

constexpr std::array meanings = std::to_array<Meaning>({
    {"NoSuchKey", Code::not_found, false, "no such object"},
    {"NoSuchVersion", Code::not_found, false, "no such object"},
    {"NoSuchUpload", Code::not_found, false, "no such multipart upload"},
    {"PreconditionFailed", Code::condition_failed, false, ""},
    {"ConditionalRequestConflict", Code::conflict, true, ""},
    {"OperationAborted", Code::conflict, true, ""},
    {"ConcurrentModification", Code::conflict, true, ""},
    {"BucketAlreadyExists", Code::conflict, false, "the name is taken by somebody else's bucket"},
    {"BucketAlreadyOwnedByYou", Code::conflict, false, ""},
    {"RestoreAlreadyInProgress", Code::conflict, false, ""},
    {"SlowDown", Code::throttled, true, "S3 asks for fewer requests"},
    {"Throttling", Code::throttled, true, "S3 asks for fewer requests"},
    {"ThrottlingException", Code::throttled, true, "S3 asks for fewer requests"},
    {"RequestLimitExceeded", Code::throttled, true, "S3 asks for fewer requests"},
    {"TooManyRequests", Code::throttled, true, "S3 asks for fewer requests"},
    {"InternalError", Code::unavailable, true, ""},
    {"ServiceUnavailable", Code::unavailable, true, ""},
    {"RequestTimeout", Code::unavailable, true, ""},
    {"IncompleteBody", Code::unavailable, true, altered},
    {"BadDigest", Code::unavailable, true, altered},
    {"XAmzContentSHA256Mismatch", Code::unavailable, true, altered},
    {"XAmzContentChecksumMismatch", Code::unavailable, true, altered},
    {"RequestTimeTooSkewed", Code::permission_denied, false,
     "the clocks of this machine and of S3 differ too much: set this machine's clock (NTP)"},
    {"ExpiredToken", Code::permission_denied, false,
     "the session token has expired: get fresh temporary credentials"},
    {"TokenRefreshRequired", Code::permission_denied, false,
     "the session token has expired: get fresh temporary credentials"},
    {"InvalidToken", Code::permission_denied, false, wrong_keys},
    {"InvalidAccessKeyId", Code::permission_denied, false, wrong_keys},
    {"SignatureDoesNotMatch", Code::permission_denied, false, wrong_keys},
    {"AccessDenied", Code::permission_denied, false, ""},
    {"AllAccessDisabled", Code::permission_denied, false, ""},
    {"AccountProblem", Code::permission_denied, false, ""},
    {"QuotaExceeded", Code::storage_full, false, ""},
    {"NoSpace", Code::storage_full, false, ""},
    {"InsufficientStorage", Code::storage_full, false, ""},
    {"XMinioStorageFull", Code::storage_full, false, ""},
    {"InvalidObjectState", Code::archived, false,
     "the object lies in an archive tier: bring it back with `spillway restore`, then read again"},
    {"InvalidRange", Code::invalid_argument, false, "the range reaches beyond the object"},
    {"EntityTooLarge", Code::too_large, false, ""},
    {"NotImplemented", Code::unsupported, false, ""},
    {"MethodNotAllowed", Code::unsupported, false, ""},
});

/// By a code that is new to us, or by none: to HEAD S3 says none; else (not `of_s3`) the answer is
/// somebody's on the way, and its 404 says nothing of the object.
Meaning by_status(int status, bool of_s3) {
  switch (status) {
    case 401:
    case 403:
      return {"", Code::permission_denied, false,
              "not allowed: the credentials are wrong, or lack a permission on this bucket"};
    case 404:
      if (of_s3) return {"", Code::not_found, false, "no such object"};
      return {"", Code::unavailable, true,
              "this is not an answer of S3: look at the endpoint, and at proxies before it"};
    case 409: return {"", Code::conflict, true, ""};
    case 412: return {"", Code::condition_failed, false, ""};
    case 416: return {"", Code::invalid_argument, false, "the range reaches beyond the object"};
    case 429: return {"", Code::throttled, true, "S3 asks for fewer requests"};
    case 501: return {"", Code::unsupported, false, ""};
    case 507: return {"", Code::storage_full, false, ""};
    default: break;
  }
  if (status >= 500) return {"", Code::unavailable, true, ""};
  return {"", Code::invalid_argument, false, ""};
}

Meaning meaning_of(const S3Failure& failure, bool of_head) {
  for (const Meaning& meaning : meanings) {
    if (meaning.s3_code == failure.code) return meaning;
  }
  return by_status(failure.status, of_head || !failure.code.empty());
}

bool is_elsewhere(const S3Failure& failure) {
  static constexpr std::array<std::string_view, 6> codes = {"PermanentRedirect",
                                                            "TemporaryRedirect",
                                                            "Redirect",
                                                            "AuthorizationHeaderMalformed",
                                                            "IllegalLocationConstraintException",
                                                            "AuthorizationQueryParametersError"};
  return (failure.status >= 300 && failure.status < 400) ||
         std::find(codes.begin(), codes.end(), failure.code) != codes.end();
}

std::string elsewhere(const S3Failure& failure) {
  if (failure.region.empty()) {
    return "the bucket is not at this endpoint: set the region and endpoint it was made in (" +
           failure.message + ")";
  }
  return "the bucket lies in region " + failure.region + ": set region=" + failure.region +
         " in the URL, or AWS_REGION";
}

/// May the request have been carried out all the same? 503 and 429 are refusals.
bool is_effect_unknown(const S3Failure& failure, const Error& error) {
  return error.code == Code::unavailable && failure.status != 503 && failure.status != 400;
}

}  // namespace

S3Failure read_failure(int status, const HttpHeaders& headers, std::string_view body) {
  S3Failure failure;
  failure.status = status;
  pugi::xml_document document;
  if (document.load_buffer(body.data(), body.size())) {
    const pugi::xml_node error = document.child("Error");
    failure.code = printable(error.child_value("Code"));
    failure.message = printable(error.child_value("Message"));
    failure.region = printable(error.child_value("Region"));
  }
  const auto region = headers.find("x-amz-bucket-region");
  if (failure.region.empty() && region) failure.region = printable(*region);
  return failure;
}

bool may_be_skew(const S3Failure& failure) {
  return failure.code == "RequestTimeTooSkewed" || failure.code == "RequestExpired" ||
         (failure.status == 403 && failure.code.empty());
}

bool may_be_expired(const S3Failure& failure) {
  return failure.code == "ExpiredToken" || failure.code == "TokenRefreshRequired" ||
         (failure.status == 400 && failure.code.empty());
}

Error s3_error(const S3Failure& failure, const S3Question& question) {
  // An answer to HEAD names no code.
  const bool no_bucket = question.of_bucket && question.of_head && failure.status == 404;
  if (no_bucket || failure.code == "NoSuchBucket") {
    Error error = make_error(question.missing_bucket, question.op, question.subject,
                             "the bucket " + question.bucket +
                                 " does not exist (any more): make it with `spillway init`, or "
                                 "correct the URL");
    error.transient = false;
    return error;
  }
  if (is_elsewhere(failure)) {
    return make_error(Code::invalid_argument, question.op, question.subject, elsewhere(failure));
  }
  const Meaning meaning = meaning_of(failure, question.of_head);
  std::string detail(meaning.advice.empty() ? std::string_view(failure.message) : meaning.advice);
  const std::string answer = "S3 answered " + std::to_string(failure.status) +
                             (failure.code.empty() ? std::string() : " " + failure.code);
  detail = detail.empty() ? answer : detail + " (" + answer + ")";
  Error error = make_error(meaning.code, question.op, question.subject, std::move(detail));
  error.transient = meaning.transient;
  if (question.repeat != Repeat::safe && is_effect_unknown(failure, error)) {
    error.effect = Effect::unknown;
  }
  return error;
}

}  // namespace spillway
