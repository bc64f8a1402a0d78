// Signed calls to one bucket.
#include "object/s3/client.h"

#include <algorithm>
#include <cstdlib>

#include "base/digest.h"

namespace spillway {
namespace {

/// Of an answer that says no; S3's own are under 1 KB.
constexpr std::uint64_t error_bytes_max = 64 * 1024;
constexpr std::size_t read_bytes = 256 * 1024;

HttpSettings http_settings(const S3Config& config) {
  HttpSettings settings;
  settings.ca_file = config.ca_file;
  return settings;
}

CredentialSettings credential_settings(const S3Config& config) {
  CredentialSettings settings;
  settings.profile = config.profile;
  return settings;
}

/// What the transport or a source of credentials says, told of this call.
Error under(const S3Question& question, Error error) {
  if (!error.subject.empty()) error.detail += " (" + error.subject + ")";
  error.op = question.op;
  error.subject = question.subject;
  return error;
}

/// As much of an error's body as is of use; it may break off.
std::string read_some(ByteSource& source) {
  std::string text(error_bytes_max, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const Result<std::size_t> n = source.read(text.data() + size, text.size() - size);
    if (!n || n.value() == 0) break;
    size += n.value();
  }
  text.resize(size);
  return text;
}

bool is_success(int status) { return status >= 200 && status < 300; }

bool is_abandoned(const S3Request& request) {
  return request.abandoned != nullptr && request.abandoned->load();
}

Error nobody_waits() { return make_error(Code::cancelled, "", "", "nobody waits for it any more"); }

Result<std::string> collect(const S3Request& request, HttpStream& stream, std::uint64_t bytes_max) {
  std::string body;
  const auto length = stream.headers.find("content-length");
  if (length && request.http.method != "HEAD") {
    body.reserve(std::min<std::uint64_t>(std::strtoull(length->c_str(), nullptr, 10), bytes_max));
  }
  const auto buffer = std::make_unique_for_overwrite<char[]>(read_bytes);
  for (;;) {
    if (is_abandoned(request)) return nobody_waits();
    SPILLWAY_TRY(const std::size_t n, stream.body->read(buffer.get(), read_bytes));
    if (n == 0) return body;
    if (body.size() + n > bytes_max) {
      return make_error(Code::too_large, "", "",
                        "the answer has more than " + std::to_string(bytes_max) + " bytes");
    }
    body.append(buffer.get(), n);
  }
}

}  // namespace

S3Client::S3Client(S3Config config, Endpoint endpoint, AddressStyle style)
    : config_(std::move(config)),
      endpoint_(std::move(endpoint)),
      style_(style),
      transport_(http_settings(config_)),
      credentials_(transport_, credential_settings(config_)),
      retrier_("s3://" + config_.bucket, {}, make_retry_world()) {}

Result<std::unique_ptr<S3Client>> S3Client::open(S3Config config) {
  const Environment environment = process_environment();
  SPILLWAY_TRY(const ProfileSettings profile, load_profile(config.profile, environment));
  SPILLWAY_TRY(Endpoint endpoint, resolve_endpoint("s3", config.endpoint, profile, environment));
  AddressStyle style = config.style;
  const auto said = profile.find("s3.addressing_style");
  if (style == AddressStyle::automatic && said != profile.end()) {
    if (said->second == "path") style = AddressStyle::path;
    if (said->second == "virtual") style = AddressStyle::virtual_host;
  }
  return std::unique_ptr<S3Client>(new S3Client(std::move(config), std::move(endpoint), style));
}

S3Request S3Client::request(std::string op, std::string method, const ObjectKey& key,
                            const std::string& query) const {
  S3Request request;
  request.question.op = std::move(op);
  request.question.subject = key.empty() ? config_.bucket : key;
  request.question.bucket = config_.bucket;
  request.question.of_bucket = key.empty();
  request.question.of_head = method == "HEAD";
  const bool reads = method == "GET" || method == "HEAD";
  request.question.repeat = reads ? Repeat::safe : Repeat::idempotent;
  request.http.repeat = request.question.repeat;
  request.http.method = std::move(method);
  request.http.url = object_url(endpoint_, style_, config_.bucket, key);
  if (!query.empty()) request.http.url += "?" + query;
  return request;
}

Result<HttpStream> S3Client::send_signed(S3Request& request, const std::string& payload_hash,
                                         Deadline deadline, Hedge* hedge) {
  Result<Credentials> credentials = credentials_.get(deadline);
  if (credentials.has_error()) {
    Error error = under(request.question, credentials.error());
    error.effect = Effect::none;  // the request itself never left
    return error;
  }
  SPILLWAY_TRY(sign(request.http, credentials.value(), scope(), payload_hash, clock_.now_millis()));
  Result<HttpStream> answer = transport_.open(request.http, deadline, hedge);
  if (answer.has_error()) return under(request.question, answer.error());
  return answer;
}

bool S3Client::remedy(const S3Failure& failure, const HttpHeaders& headers) {
  if (may_be_skew(failure)) return clock_.learn(headers);
  if (!may_be_expired(failure)) return false;
  credentials_.forget();
  return true;
}

Result<HttpStream> S3Client::try_open(S3Request& request, const std::string& payload_hash,
                                      Deadline deadline, Hedge* hedge) {
  for (bool again = false;; again = true) {
    SPILLWAY_TRY(HttpStream stream, send_signed(request, payload_hash, deadline, hedge));
    if (is_success(stream.status)) return stream;
    request.failure = read_failure(stream.status, stream.headers, read_some(*stream.body));
    if (again || !remedy(request.failure, stream.headers)) {
      return s3_error(request.failure, request.question);
    }
  }
}

Result<HttpResponse> S3Client::try_call(S3Request& request, const std::string& payload_hash,
                                        std::uint64_t body_bytes_max, Deadline deadline) {
  if (is_abandoned(request)) return under(request.question, nobody_waits());
  SPILLWAY_TRY(HttpStream stream, try_open(request, payload_hash, deadline, nullptr));
  Result<std::string> body = collect(request, stream, body_bytes_max);
  if (body.has_error()) return under(request.question, body.error());
  if (request.question.repeat != Repeat::safe) {
    // CompleteMultipartUpload begins its 200 before it knows how it ends.
    S3Failure failure = read_failure(stream.status, stream.headers, body.value());
    if (!failure.code.empty()) {
      request.failure = std::move(failure);
      return s3_error(request.failure, request.question);
    }
  }
  return HttpResponse{stream.status, std::move(stream.headers), std::move(body.value())};
}

Result<HttpResponse> S3Client::call(S3Request& request, std::uint64_t body_bytes_max,
                                    Deadline deadline) {
  const std::string payload_hash = to_hex(sha256(request.http.body));
  return retrier_.run(request.question.repeat, deadline,
                      [&] { return try_call(request, payload_hash, body_bytes_max, deadline); });
}

Result<HttpStream> S3Client::open_stream(S3Request& request, Deadline deadline) {
  const std::string payload_hash = to_hex(sha256(""));
  return retrier_.run(request.question.repeat, deadline,
                      [&] { return try_open(request, payload_hash, deadline, &hedge_); });
}

Result<HttpResponse> S3Client::ask_once(S3Request& request, Deadline deadline) {
  SPILLWAY_TRY(HttpStream stream,
               send_signed(request, to_hex(sha256(request.http.body)), deadline, nullptr));
  std::string body = read_some(*stream.body);
  return HttpResponse{stream.status, std::move(stream.headers), std::move(body)};
}

Result<std::string> S3Client::presign(const ObjectKey& key, const std::string& query,
                                      std::chrono::seconds lifetime, Deadline deadline) {
  SPILLWAY_TRY(const Credentials credentials, credentials_.get(deadline));
  const std::string url = object_url(endpoint_, style_, config_.bucket, key);
  return presign_get(query.empty() ? url : url + "?" + query, credentials, scope(), lifetime,
                     clock_.now_millis());
}

}  // namespace spillway
