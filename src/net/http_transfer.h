// One transfer on one libcurl easy handle, as callbacks see it. Private to net.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

#include "net/http_transport.h"
#include "net/url.h"

namespace spillway {

struct EasyDelete {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDelete {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// Owned by the thread that drives it. Never moves: libcurl holds its address.
class HttpTransfer {
 public:
  HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  /// Makes the handle ready; a former transfer is forgotten. `request` stays until
  /// release_request().
  Result<void> prepare(const HttpRequest& request, const HttpSettings& settings,
                       const std::string& no_proxy, Deadline deadline);

  CURL* easy() const { return easy_.get(); }
  bool headers_done() const { return headers_done_; }
  /// The headers are here, and the request's body is sent or not wanted any more.
  bool answered() const;
  void release_request() { request_ = nullptr; }
  bool done() const { return result_.has_value(); }
  void finish(CURLcode result) { result_ = result; }
  /// The error of a finished transfer; nullopt if it went well.
  std::optional<Error> error() const;

  int status() const { return status_; }
  HttpHeaders take_headers() { return std::move(headers_); }
  /// Moves up to `capacity` buffered bytes out, and lets the network go on.
  std::size_t take(char* buffer, std::size_t capacity);

 private:
  static std::size_t on_read(char* buffer, std::size_t size, std::size_t n, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static std::size_t on_header(char* line, std::size_t size, std::size_t n, void* self);
  static std::size_t on_write(char* bytes, std::size_t size, std::size_t n, void* self);
  void set_request_options(const HttpRequest& request);
  void set_safety_options(const HttpSettings& settings, const std::string& no_proxy);
  bool may_have_been_sent() const;
  Error make(Code code, std::string detail) const;

  std::unique_ptr<CURL, EasyDelete> easy_;
  std::unique_ptr<curl_slist, ListDelete> header_list_;
  const HttpRequest* request_ = nullptr;
  Repeat repeat_ = Repeat::safe;
  std::string subject_;
  std::optional<std::uint64_t> body_bytes_;  ///< nullopt: as long as the source does not end
  std::uint64_t sent_bytes_ = 0;
  std::optional<Error> source_error_;
  std::size_t buffer_bytes_max_ = 0;
  std::string buffer_;
  std::size_t buffer_begin_ = 0;
  bool paused_ = false;
  int status_ = 0;
  HttpHeaders headers_;
  bool headers_done_ = false;
  std::optional<CURLcode> result_;
};

}  // namespace spillway
