// Bucket on S3.
#include "object/bucket.h"

#include "base/clock.h"
#include "base/random.h"
#include "net/url.h"
#include "object/object_key.h"
#include "object/s3/bucket_codec.h"
#include "object/s3/codec.h"
#include "object/s3/store.h"

namespace spillway {
namespace {

constexpr const char* minimum_size_header = "x-amz-transition-default-minimum-object-size";

constexpr std::uint64_t answer_bytes_max = 4ull << 20;
constexpr const char* default_region = "us-east-1";

/// PUT of a configuration, which S3 takes with Content-MD5 only.
void set_xml(S3Request& request, std::string xml) {
  if (std::string md5 = md5_text(xml); !md5.empty()) {
    request.http.headers.add("Content-MD5", std::move(md5));
  }
  request.http.headers.add("x-amz-checksum-crc32c", crc32c_text(xml));
  request.http.headers.add("Content-Type", "application/xml");
  request.http.body = std::move(xml);
}

}  // namespace

struct Bucket::State {
  S3ObjectStore store;
  S3Client& client = store.client();

  S3Request request(const std::string& op, const std::string& method, const ObjectKey& key = "",
                    const std::string& query = "") const {
    S3Request request = client.request("bucket." + op, method, key, query);
    request.question.missing_bucket = Code::not_found;
    return request;
  }
  Result<HttpResponse> call(S3Request& request, Deadline deadline) const {
    return client.call(request, answer_bytes_max, deadline);
  }
  Result<HttpResponse> call(S3Request&& request, Deadline deadline) const {
    return call(request, deadline);
  }
  /// A configuration; nullopt where S3 answers `none`.
  Result<std::optional<std::string>> get_xml(const std::string& op, const std::string& query,
                                             std::string_view none, Deadline deadline) const {
    S3Request get = request(op, "GET", "", query);
    const auto answer = call(get, deadline);
    if (!answer.has_error()) return std::optional(answer.value().body);
    if (get.failure.code == none) return std::optional<std::string>();
    return answer.error();
  }
  /// Replaces it; removes it where `xml` is empty.
  Result<void> put_xml(const std::string& op, const std::string& query, std::string xml,
                       Deadline deadline, const HttpHeaders& headers = {}) const {
    S3Request put = request(op, xml.empty() ? "DELETE" : "PUT", "", query);
    put.http.headers = headers;
    if (!xml.empty()) set_xml(put, std::move(xml));
    SPILLWAY_TRY(call(put, deadline));
    return ok();
  }
};

Bucket::Bucket(std::unique_ptr<State> state) : state_(std::move(state)) {}
Bucket::~Bucket() = default;

Result<std::unique_ptr<Bucket>> Bucket::open(const std::string& url) {
  SPILLWAY_TRY(S3Config config, parse_s3_url(url));
  SPILLWAY_TRY(auto client, S3Client::open(std::move(config)));
  return std::unique_ptr<Bucket>(
      new Bucket(std::unique_ptr<State>(new State{S3ObjectStore(std::move(client))})));
}

const std::string& Bucket::name() const { return state_->client.config().bucket; }
const std::string& Bucket::prefix() const { return state_->client.config().prefix; }
const std::string& Bucket::endpoint() const { return state_->client.endpoint().url; }
const std::string& Bucket::profile() const { return state_->client.config().profile; }
const std::string& Bucket::region() const { return state_->client.endpoint().region; }

Result<void> Bucket::create(Deadline deadline) {
  S3Request request = state_->request("create", "PUT");
  if (region() != default_region) set_xml(request, create_bucket_xml(region()));
  auto answer = state_->call(request, deadline);
  // Servers other than AWS often have a region of a name that nobody sets.
  if (answer.has_error() && state_->client.endpoint().custom &&
      request.failure.code.ends_with("LocationConstraint")) {
    request = state_->request("create", "PUT");
    answer = state_->call(request, deadline);
  }
  if (!answer.has_error() || request.failure.code == "BucketAlreadyOwnedByYou") return ok();
  return answer.error();
}

Result<void> Bucket::check(Deadline deadline) {
  SPILLWAY_TRY(state_->call(state_->request("check", "HEAD"), deadline));
  return ok();
}

Result<std::chrono::milliseconds> Bucket::clock_skew(Deadline deadline) {
  S3Request request = state_->request("clock_skew", "HEAD");
  const std::int64_t before = unix_millis();
  SPILLWAY_TRY(const HttpResponse answer, state_->client.ask_once(request, deadline));
  const std::int64_t after = unix_millis();
  const auto date = parse_http_date(answer.headers.find("date").value_or(""));
  if (!date) {
    return make_error(Code::unsupported, "bucket.clock_skew", name(),
                      "the server's answer has no Date");
  }
  constexpr std::int64_t half_of_its_second = 500;
  return std::chrono::milliseconds((before + after) / 2 - (*date + half_of_its_second));
}

Result<Versioning> Bucket::versioning(Deadline deadline) {
  SPILLWAY_TRY(const HttpResponse answer,
               state_->call(state_->request("versioning", "GET", "", "versioning="), deadline));
  return parse_versioning(answer.body);
}

Result<std::vector<LifecycleRule>> Bucket::lifecycle(Deadline deadline) {
  SPILLWAY_TRY(
      const auto xml,
      state_->get_xml("lifecycle", "lifecycle=", "NoSuchLifecycleConfiguration", deadline));
  if (!xml) return std::vector<LifecycleRule>();
  return parse_lifecycle(*xml);
}

Result<void> Bucket::set_lifecycle(const std::vector<LifecycleRule>& rules, Deadline deadline) {
  std::string xml;
  if (!rules.empty()) {
    SPILLWAY_TRY(xml, lifecycle_xml(rules));
  }
  // The size from which objects move is of the whole configuration and stands in a header; left
  // out, a PUT would set it back to the default, for the rules of others too.
  S3Request get = state_->request("set_lifecycle", "GET", "", "lifecycle=");
  const auto before = state_->call(get, deadline);
  HttpHeaders kept;
  if (before) {
    const auto minimum = before.value().headers.find(minimum_size_header);
    if (minimum) kept.add(minimum_size_header, *minimum);
  } else if (get.failure.code != "NoSuchLifecycleConfiguration") {
    return before.error();
  }
  return state_->put_xml("set_lifecycle", "lifecycle=", std::move(xml), deadline, kept);
}

Result<std::vector<CorsRule>> Bucket::cors(Deadline deadline) {
  SPILLWAY_TRY(const auto xml,
               state_->get_xml("cors", "cors=", "NoSuchCORSConfiguration", deadline));
  if (!xml) return std::vector<CorsRule>();
  return parse_cors(*xml);
}

Result<void> Bucket::set_cors(const std::vector<CorsRule>& rules, Deadline deadline) {
  std::string xml;
  if (!rules.empty()) {
    SPILLWAY_TRY(xml, cors_xml(rules));
  }
  return state_->put_xml("set_cors", "cors=", std::move(xml), deadline);
}

std::vector<Bucket::Permission> Bucket::check_permissions(Deadline deadline) {
  const ObjectKey key = prefix() + ".spillway-check-" + random_id();
  std::vector<Permission> found;
  const auto note = [&](const char* action, const auto& result) {
    found.push_back({action, std::nullopt});
    if (result.has_error()) found.back().failed = result.error();
  };
  StringSource source("spillway");
  const auto put = state_->store.put(key, source, {}, deadline);
  note("s3:PutObject", put);
  if (put.has_error()) {
    note("s3:GetObject", put);
  } else {
    note("s3:GetObject", state_->store.get(key, std::nullopt, deadline));
  }
  note("s3:ListBucket", state_->store.list(prefix(), "", deadline));
  note("s3:DeleteObject", remove_object(state_->store, key, deadline));
  const auto begun =
      state_->call(state_->request("check_permissions", "POST", key, "uploads="), deadline);
  const auto aborted = [&]() -> Result<void> {
    if (begun.has_error()) return begun.error();
    SPILLWAY_TRY(const std::string id, parse_upload_id(begun.value().body));
    SPILLWAY_TRY(state_->call(
        state_->request("check_permissions", "DELETE", key, "uploadId=" + uri_encode(id)),
        deadline));
    return ok();
  };
  note("s3:AbortMultipartUpload", aborted());
  return found;
}

Result<std::string> Bucket::link(const ObjectKey& key, const LinkHeaders& headers,
                                 std::chrono::seconds lifetime, Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "bucket.link"));
  std::string query;
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    query += (query.empty() ? "" : "&") + std::string(name) + "=" + uri_encode(value);
  };
  add("response-content-type", headers.content_type);
  add("response-content-disposition", headers.content_disposition);
  add("response-content-encoding", headers.content_encoding);
  add("response-cache-control", headers.cache_control);
  return state_->client.presign(key, query, lifetime, deadline);
}

Result<void> Bucket::restore(const ObjectKey& key, std::uint32_t days, RestoreTier tier,
                             Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "bucket.restore"));
  S3Request request = state_->request("restore", "POST", key, "restore=");
  set_xml(request, restore_xml(days, tier));
  const auto answer = state_->call(request, deadline);
  if (!answer.has_error()) return ok();
  if (request.failure.code == "RestoreAlreadyInProgress") return ok();
  if (answer.error().code != Code::archived) return answer.error();
  return make_error(Code::invalid_argument, "bucket.restore", key,
                    "the object is not archived: it can be read as it is");
}

Result<Bucket::Archive> Bucket::archive_state(const ObjectKey& key, Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "bucket.archive_state"));
  SPILLWAY_TRY(const HttpResponse answer,
               state_->call(state_->request("archive_state", "HEAD", key), deadline));
  return parse_archive(answer.headers);
}

Result<std::uint64_t> Bucket::abort_stale_uploads(std::chrono::hours older_than,
                                                  Deadline deadline) {
  const std::string op = "abort_stale_uploads";
  SPILLWAY_TRY(const std::chrono::milliseconds ahead, clock_skew(deadline));
  const std::int64_t limit =
      unix_millis() - ahead.count() - std::chrono::milliseconds(older_than).count();
  const std::string query =
      "uploads=&encoding-type=url&max-uploads=1000&prefix=" + uri_encode(prefix());
  std::string marker;
  for (std::uint64_t aborted = 0;;) {
    SPILLWAY_TRY(const HttpResponse answer,
                 state_->call(state_->request(op, "GET", "", query + marker), deadline));
    SPILLWAY_TRY(const S3UploadPage page, parse_uploads(answer.body));
    for (const S3Upload& upload : page.uploads) {
      if (upload.begun_millis > limit) continue;
      const auto gone = state_->call(
          state_->request(op, "DELETE", upload.key, "uploadId=" + uri_encode(upload.id)), deadline);
      if (!gone.has_error()) ++aborted;
      // Somebody completed or aborted it meanwhile.
      if (gone.has_error() && gone.error().code != Code::not_found) return gone.error();
    }
    if (!page.more) return aborted;
    marker = "&key-marker=" + uri_encode(page.next_key) +
             "&upload-id-marker=" + uri_encode(page.next_id);
  }
}

}  // namespace spillway
