// A fresh bucket on the S3 server that with_servers started.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "base/random.h"
#include "net/url.h"
#include "object/bucket.h"

namespace spillway {

/// Where the server is; empty where there is none.
inline std::string s3_server() {
  const char* url = std::getenv("SPILLWAY_TEST_S3");
  return url == nullptr ? "" : url;
}

enum class Style { path, virtual_host };

/// "s3://" + a new name; with `path` after the name and `more` parameters ("&a=b").
inline std::string new_bucket_url(Style style = Style::path, const std::string& path = "",
                                  const std::string& more = "") {
  std::string endpoint = s3_server();
  if (style == Style::virtual_host) endpoint.replace(endpoint.find("127.0.0.1"), 9, "s3.localhost");
  return "s3://t-" + random_id() + path + "?endpoint=" + uri_encode(endpoint) +
         (style == Style::path ? "&style=path" : "&style=virtual") + more;
}

/// Made on construction. It stays: the server itself lives as long as the tests only.
inline std::unique_ptr<Bucket> new_bucket(const std::string& url) {
  auto bucket = Bucket::open(url);
  if (!bucket) std::abort();
  const auto made = bucket.value()->create(Deadline::after(std::chrono::seconds(60)));
  if (!made) {
    std::fprintf(stderr, "%s\n", describe(made.error()).c_str());
    std::abort();
  }
  return std::move(bucket).value();
}

}  // namespace spillway
