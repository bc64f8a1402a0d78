// libcurl's easy interface. Source: https://curl.se/libcurl/c/
#include "cli/http_client.h"

#include <curl/curl.h>

#include <algorithm>

#include "artifact/error_code.h"
#include "cli/remote_json.h"

namespace spillway {
namespace {

constexpr std::size_t reply_bytes_max = std::size_t{512} << 20;
constexpr long connect_seconds_max = 10;
/// A transfer slower than this for so long is given up.
constexpr long stalled_bytes_per_second = 1, stalled_seconds_max = 120;

struct FreeCurl {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// What libcurl's callbacks work on. An Error that one of them meets wins over libcurl's own.
struct Transfer {
  CURL* handle;
  const HttpCall& call;
  HttpReply reply;
  std::optional<Error> failure;

  bool is_error() const {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status >= 400;
  }
};

std::size_t take_body(char* bytes, std::size_t, std::size_t n, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (transfer.call.sink && !transfer.is_error()) {
    const auto taken = transfer.call.sink({bytes, n});
    if (taken) return n;
    transfer.failure = taken.error();
    return 0;
  }
  if (transfer.reply.body.size() + n > reply_bytes_max) {
    transfer.failure = make_error(Code::too_large, "http", transfer.call.target,
                                  "the answer is too long; ask for a smaller page");
    return 0;
  }
  transfer.reply.body.append(bytes, n);
  return n;
}

std::size_t give_body(char* buffer, std::size_t, std::size_t capacity, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (!transfer.call.body) return 0;
  const auto n = transfer.call.body->read(buffer, capacity);
  if (n) return n.value();
  transfer.failure = n.error();
  return CURL_READFUNC_ABORT;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t n, void* context) {
  const std::string_view line(bytes, n);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return n;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
  static_cast<Transfer*>(context)->reply.headers[name] = value;
  return n;
}

Error transfer_error(CURLcode code, const std::string& url) {
  const bool unsure = code != CURLE_COULDNT_CONNECT && code != CURLE_COULDNT_RESOLVE_HOST;
  Error error = make_error(code == CURLE_OPERATION_TIMEDOUT ? Code::timeout : Code::unavailable,
                           "http", url, curl_easy_strerror(code));
  error.effect = unsure ? Effect::unknown : Effect::none;
  return error;
}

}  // namespace

struct HttpClient::State {
  std::string base_url, token;
  std::unique_ptr<CURL, FreeCurl> handle;

  /// Options of every call; they are reset in between.
  void set_common() {
    CURL* const h = handle.get();
    curl_easy_reset(h);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);  // a session may be called ".."
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, connect_seconds_max);
    curl_easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, stalled_bytes_per_second);
    curl_easy_setopt(h, CURLOPT_LOW_SPEED_TIME, stalled_seconds_max);
    // What is on this machine is never asked for through a proxy.
    const bool here = base_url.find("://127.") != std::string::npos ||
                      base_url.find("://localhost") != std::string::npos ||
                      base_url.find("://[::1]") != std::string::npos;
    if (here) curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
  }

  void set_method(const HttpCall& call) {
    CURL* const h = handle.get();
    if (call.body) {
      curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
      const auto bytes = call.body_bytes ? static_cast<curl_off_t>(*call.body_bytes) : -1;
      curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes));
    }
    if (call.method == "HEAD") curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  }

  std::unique_ptr<curl_slist, FreeCurl> header_list(const HttpCall& call) const {
    std::unique_ptr<curl_slist, FreeCurl> list;
    const auto append = [&](const std::string& line) {
      list.reset(curl_slist_append(list.release(), line.c_str()));
    };
    append("Expect:");  // libcurl would wait a second for an answer that may not come
    if (!token.empty()) append("Authorization: Bearer " + token);
    for (const std::string& header : call.headers) append(header);
    return list;
  }
};

HttpClient::HttpClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::open(const std::string& base_url,
                                                     const std::string& token) {
  if (!base_url.starts_with("http://") && !base_url.starts_with("https://")) {
    return make_error(Code::invalid_argument, "http", base_url,
                      "an address begins with http:// or https://");
  }
  if (token.find_first_of("\r\n") != std::string::npos) {
    return make_error(Code::invalid_argument, "http", "token", "a token is one line");
  }
  auto state = std::make_unique<State>();
  state->base_url = base_url.substr(0, base_url.find_last_not_of('/') + 1);
  state->token = token;
  state->handle.reset(curl_easy_init());
  if (!state->handle) {
    return make_error(Code::internal, "http", base_url, "libcurl does not start");
  }
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(state)));
}

Result<HttpReply> HttpClient::call(const HttpCall& call) {
  CURL* const h = state_->handle.get();
  state_->set_common();
  state_->set_method(call);
  const auto headers = state_->header_list(call);
  const std::string url = state_->base_url + call.target;
  Transfer transfer{h, call, {}, std::nullopt};
  curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(h, CURLOPT_URL, url.c_str());
  curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(h, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(h, CURLOPT_READFUNCTION, give_body);
  curl_easy_setopt(h, CURLOPT_READDATA, &transfer);
  curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(h, CURLOPT_HEADERDATA, &transfer);
  const CURLcode code = curl_easy_perform(h);
  curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &transfer.reply.status);
  if (transfer.failure) return *transfer.failure;
  // A refusal that comes before the body was sent says more than the broken transfer.
  const bool refused = transfer.reply.status >= 400 && !transfer.reply.body.empty();
  if (code != CURLE_OK && !refused) return transfer_error(code, url);
  if (transfer.reply.status >= 400) return error_from_reply(transfer.reply);
  return std::move(transfer.reply);
}

}  // namespace spillway
