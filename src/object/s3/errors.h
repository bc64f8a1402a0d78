// S3's answers to Error. Source: Amazon S3 API Reference, "Error responses".
#pragma once

#include <string>
#include <string_view>

#include "net/http_request.h"
#include "spillway/error.h"

namespace spillway {

/// An answer that says no. Of what S3 writes, only this is ever read: other elements repeat what
/// was signed, and access keys.
struct S3Failure {
  int status = 0;
  std::string code;     ///< "NoSuchKey"; empty where the answer has no body
  std::string message;  ///< shortened, printable
  std::string region;   ///< where the bucket really is, if S3 said so
};

/// `body` as far as it was read.
S3Failure read_failure(int status, const HttpHeaders& headers, std::string_view body);

/// Does the clock differ from the server's? An answer to HEAD has no code, so that a 403 may mean
/// it.
bool may_be_skew(const S3Failure& failure);
/// Have the credentials run out, so that asking their source anew may help?
bool may_be_expired(const S3Failure& failure);

/// What was asked, as far as the meaning of an answer depends on it.
struct S3Question {
  std::string op;       ///< "object.put"
  std::string subject;  ///< the key, or the bucket where there is none
  std::string bucket;
  bool of_bucket = false;  ///< of the bucket itself, not of an object in it
  bool of_head = false;    ///< by HEAD, whose answers have no body that could name a code
  Repeat repeat = Repeat::safe;
  /// What a bucket that does not exist is: to whom keeps objects an outage, or a removed bucket
  /// would look as if its objects had been removed one by one.
  Code missing_bucket = Code::unavailable;
};

Error s3_error(const S3Failure& failure, const S3Question& question);

}  // namespace spillway
