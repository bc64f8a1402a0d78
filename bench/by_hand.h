// What an application pays that keeps one item and one object by itself: a signed request for each
// step and nothing else. The yardstick of real.cc.
#pragma once

#include <memory>
#include <string>

#include "net/endpoint.h"
#include "net/http_transport.h"
#include "net/sigv4.h"

namespace spillway {

/// Ends the program on any answer but success. One thread at a time; connections are kept.
class ByHand {
 public:
  /// `dynamodb` and `s3` are endpoints like "http://127.0.0.1:8001"; credentials come from the
  /// environment.
  ByHand(std::string dynamodb, std::string s3, std::string bucket);

  /// One operation of DynamoDB's JSON protocol; returns the answer's body.
  /// Source: Amazon DynamoDB API Reference.
  std::string dynamodb(const std::string& operation, const std::string& body);
  void create_bucket();
  /// PutObject with the payload's SHA-256, and GetObject. Source: Amazon S3 API Reference.
  void put_object(const std::string& key, const std::string& bytes);
  std::string get_object(const std::string& key);

 private:
  HttpResponse send(HttpRequest request, const char* service);

  const std::string dynamodb_, bucket_;
  const Endpoint s3_;
  Credentials credentials_;
  HttpTransport transport_;
};

}  // namespace spillway
