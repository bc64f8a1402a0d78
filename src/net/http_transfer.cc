// One transfer: the options of libcurl, its callbacks and what its results mean.
#include "net/http_transfer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace spillway {

HttpTransfer::HttpTransfer() : easy_(curl_easy_init()) {
  if (!easy_) std::abort();  // out of memory
}

namespace {

/// Milliseconds for libcurl, where 0 means no limit.
long millis_left(Deadline deadline) {
  if (deadline.at() == Deadline::never().at()) return 0;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline.at() - std::chrono::steady_clock::now());
  return static_cast<long>(std::max<std::int64_t>(left.count(), 1));
}

bool is_header_safe(const HttpHeaders::Field& field) {
  const auto splits = [](const std::string& text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
  };
  return !field.first.empty() && !splits(field.first) && !splits(field.second);
}

}  // namespace

Result<void> HttpTransfer::prepare(const HttpRequest& request, const HttpSettings& settings,
                                   const std::string& no_proxy, Deadline deadline) {
  curl_easy_reset(easy_.get());  // keeps the connections
  request_ = &request;
  repeat_ = request.repeat;
  sent_bytes_ = 0;
  source_error_.reset();
  buffer_bytes_max_ = settings.stream_buffer_bytes_max;
  buffer_.clear();
  buffer_begin_ = 0;
  paused_ = false;
  status_ = 0;
  headers_ = {};
  headers_done_ = false;
  result_.reset();
  SPILLWAY_TRY(const Url url, parse_url(request.url));
  subject_ = request.method + " " + url.authority + url.path;
  curl_slist* list = nullptr;
  const auto append = [&](const std::string& line) {
    list = curl_slist_append(list, line.c_str());
  };
  for (const HttpHeaders::Field& field : request.headers.fields()) {
    if (!is_header_safe(field)) {
      curl_slist_free_all(list);
      return make(Code::invalid_argument, "a header holds a line break");
    }
    // An empty value is spelled "Name;", or libcurl would drop the header.
    append(field.second.empty() ? field.first + ";" : field.first + ": " + field.second);
  }
  // Waiting for 100 Continue spares large streams that are refused; elsewhere it is a round trip.
  if (request.source == nullptr) append("Expect:");
  if (!request.headers.find("content-type")) append("Content-Type:");
  if (!request.headers.find("accept")) append("Accept:");
  header_list_.reset(list);
  set_request_options(request);
  set_safety_options(settings, no_proxy);
  curl_easy_setopt(easy_.get(), CURLOPT_TIMEOUT_MS, millis_left(deadline));
  return ok();
}

void HttpTransfer::set_request_options(const HttpRequest& request) {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, header_list_.get());
  body_bytes_ = request.body.size();
  if (request.source != nullptr) body_bytes_ = request.source_bytes;
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (body_bytes_ != 0 || request.method == "PUT" || request.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    const curl_off_t size = body_bytes_ ? static_cast<curl_off_t>(*body_bytes_) : curl_off_t{-1};
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, size);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &HttpTransfer::on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, this);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &HttpTransfer::on_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_write);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
}

void HttpTransfer::set_safety_options(const HttpSettings& settings, const std::string& no_proxy) {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!settings.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, settings.ca_file.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_NOPROXY, no_proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(settings.connect_max.count()));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, static_cast<long>(settings.idle_max.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, settings.speed_bytes_per_s_min);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.slow_max.count()));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "spillway");
}

std::size_t HttpTransfer::on_read(char* buffer, std::size_t size, std::size_t n, void* user) {
  auto& self = *static_cast<HttpTransfer*>(user);
  if (self.sent_bytes_ == self.body_bytes_) return 0;
  if (self.request_ == nullptr) return CURL_READFUNC_ABORT;  // answered before the body was sent
  const HttpRequest& request = *self.request_;
  if (request.source == nullptr) {
    const std::size_t part = std::min(size * n, request.body.size() - self.sent_bytes_);
    std::memcpy(buffer, request.body.data() + self.sent_bytes_, part);
    self.sent_bytes_ += part;
    return part;
  }
  const std::uint64_t left = self.body_bytes_ ? *self.body_bytes_ - self.sent_bytes_ : size * n;
  const auto capacity = static_cast<std::size_t>(std::min<std::uint64_t>(size * n, left));
  Result<std::size_t> got = request.source->read(buffer, capacity);
  if (got.has_error()) {
    self.source_error_ = got.error();
  } else if (got.value() == 0 && !self.body_bytes_) {
    self.body_bytes_ = self.sent_bytes_;
    return 0;
  } else if (got.value() == 0) {
    self.source_error_ = self.make(Code::invalid_argument, "the body ended before its length");
  } else {
    self.sent_bytes_ += got.value();
    return got.value();
  }
  return CURL_READFUNC_ABORT;
}

int HttpTransfer::on_seek(void* user, curl_off_t offset, int origin) {
  // libcurl rewinds when a kept connection turns out to be closed. It may do that only where
  // sending twice does no harm: a streamed body cannot be read twice.
  auto& self = *static_cast<HttpTransfer*>(user);
  const bool may =
      self.sent_bytes_ == 0 || (self.request_ != nullptr && self.request_->source == nullptr &&
                                self.repeat_ != Repeat::once);
  if (!may || origin != SEEK_SET || offset != 0) return CURL_SEEKFUNC_FAIL;
  self.sent_bytes_ = 0;
  return CURL_SEEKFUNC_OK;
}

std::size_t HttpTransfer::on_header(char* line, std::size_t size, std::size_t n, void* user) {
  auto& self = *static_cast<HttpTransfer*>(user);
  std::string_view text(line, size * n);
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (text.starts_with("HTTP/")) {  // 100 Continue and a proxy's answer come before the real one
    self.headers_ = {};
    return size * n;
  }
  if (text.empty()) {
    long status = 0;
    curl_easy_getinfo(self.easy(), CURLINFO_RESPONSE_CODE, &status);
    self.status_ = static_cast<int>(status);
    self.headers_done_ = status >= 200;
    return size * n;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return size * n;
  std::string_view value = text.substr(colon + 1);
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
  self.headers_.add(std::string(text.substr(0, colon)), std::string(value));
  return size * n;
}

std::size_t HttpTransfer::on_write(char* bytes, std::size_t size, std::size_t n, void* user) {
  auto& self = *static_cast<HttpTransfer*>(user);
  self.headers_done_ = true;
  const std::size_t buffered = self.buffer_.size() - self.buffer_begin_;
  if (buffered > 0 && buffered + size * n > self.buffer_bytes_max_) {
    self.paused_ = true;
    return CURL_WRITEFUNC_PAUSE;  // the same bytes come again once take() has made room
  }
  self.buffer_.append(bytes, size * n);
  return size * n;
}

std::size_t HttpTransfer::take(char* buffer, std::size_t capacity) {
  const std::size_t n = std::min(capacity, buffer_.size() - buffer_begin_);
  std::memcpy(buffer, buffer_.data() + buffer_begin_, n);
  buffer_begin_ += n;
  if (buffer_begin_ == buffer_.size()) {
    buffer_.clear();
    buffer_begin_ = 0;
    if (paused_) {
      paused_ = false;
      curl_easy_pause(easy_.get(), CURLPAUSE_CONT);  // may call on_write
    }
  }
  return n;
}

bool HttpTransfer::may_have_been_sent() const {
  long request_bytes = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &request_bytes);
  return request_bytes > 0 || sent_bytes_ > 0;
}

Error HttpTransfer::make(Code code, std::string detail) const {
  Error error = make_error(code, "net.http", subject_, std::move(detail));
  if (repeat_ != Repeat::safe && may_have_been_sent()) error.effect = Effect::unknown;
  return error;
}

bool HttpTransfer::answered() const {
  return headers_done_ && (done() || sent_bytes_ == body_bytes_ || status_ >= 300);
}

std::optional<Error> HttpTransfer::error() const {
  if (!result_ || *result_ == CURLE_OK) return std::nullopt;
  if (source_error_) {
    Error error = *source_error_;
    error.effect = make(error.code, "").effect;
    return error;
  }
  const std::string detail = curl_easy_strerror(*result_);
  switch (*result_) {
    case CURLE_OPERATION_TIMEDOUT: return make(Code::timeout, "no answer in time: " + detail);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CONNECT_ERROR: {
      Error error = make(Code::unavailable, "TLS: " + detail);
      error.transient = *result_ == CURLE_SSL_CONNECT_ERROR;  // a wrong certificate stays wrong
      return error;
    }
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return make(Code::invalid_argument, detail);
    default: return make(Code::unavailable, detail);
  }
}

}  // namespace spillway
