// The five operations on S3.
#include "object/s3/store.h"

#include <algorithm>
#include <map>

#include "base/parallel.h"
#include "object/object_key.h"
#include "object/s3/codec.h"
#include "object/s3/download.h"
#include "object/s3/upload.h"

namespace spillway {
namespace {

constexpr std::uint64_t answer_bytes_max = 16ull << 20;  // a page of 1,000 keys, percent-encoded
constexpr std::size_t removals_max = 1'000;              // DeleteObjects
constexpr std::size_t removals_in_parallel_max = 8;      // of keys that XML cannot carry

}  // namespace

Result<std::uint64_t> S3ObjectStore::put(const ObjectKey& key, ByteSource& source,
                                         const ObjectAttributes& attributes, Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "object.put"));
  return upload(*client_, key, source, attributes, deadline);
}

Result<std::unique_ptr<ByteSource>> S3ObjectStore::get(const ObjectKey& key,
                                                       std::optional<ByteRange> range,
                                                       Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "object.get"));
  return open_download(*client_, key, range, deadline);
}

Result<ObjectInfo> S3ObjectStore::head(const ObjectKey& key, Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "object.head"));
  S3Request request = client_->request("object.head", "HEAD", key);
  auto answer = client_->call(request, answer_bytes_max, deadline);
  if (answer.has_error() && answer.error().code == Code::not_found) {
    // An answer to HEAD has no body that could tell a missing object from a missing bucket.
    S3Request bucket = client_->request("object.head", "HEAD", "");
    const auto there = client_->call(bucket, answer_bytes_max, deadline);
    // Who may not ask for the bucket as a whole (docs/iam) learns nothing from that.
    if (there.has_error() && there.error().code != Code::permission_denied) return there.error();
  }
  if (answer.has_error()) return answer.error();
  return read_head(key, answer.value().headers);
}

Result<void> S3ObjectStore::remove_one(const ObjectKey& key, Deadline deadline) {
  S3Request request = client_->request("object.remove", "DELETE", key);
  const auto answer = client_->call(request, answer_bytes_max, deadline);
  if (answer.has_error() && answer.error().code != Code::not_found) return answer.error();
  return ok();
}

void S3ObjectStore::remove_batch(const std::vector<ObjectKey>& keys,
                                 const std::vector<std::size_t>& which,
                                 std::vector<Result<void>>& results, Deadline deadline) {
  std::vector<ObjectKey> batch;
  for (const std::size_t i : which) batch.push_back(keys[i]);
  S3Request request = client_->request("object.remove", "POST", "", "delete=");
  request.http.body = delete_xml(batch);
  request.http.headers.add("Content-Type", "application/xml");
  request.http.headers.add("x-amz-checksum-crc32c", crc32c_text(request.http.body));
  if (std::string md5 = md5_text(request.http.body); !md5.empty()) {
    request.http.headers.add("Content-MD5", std::move(md5));
  }
  const auto errors = [&]() -> Result<std::vector<S3DeleteError>> {
    SPILLWAY_TRY(const HttpResponse answer, client_->call(request, answer_bytes_max, deadline));
    return parse_delete_result(answer.body);
  }();
  std::map<ObjectKey, Error> failed;
  std::optional<Error> of_unknown;  // of no key that was asked for: which one it means is not known
  if (!errors.has_error()) {
    for (const S3DeleteError& error : errors.value()) {
      S3Question question = request.question;
      question.subject = error.key;
      S3Failure failure;
      failure.status = 400;
      failure.code = error.code;
      failure.message = error.message;
      const bool known = std::ranges::find(batch, error.key) != batch.end();
      if (!known) of_unknown = s3_error(failure, question);
      failed.emplace(error.key, s3_error(failure, question));
    }
  }
  for (const std::size_t i : which) {
    if (errors.has_error()) results[i] = errors.error();
    const auto found = failed.find(keys[i]);
    if (found == failed.end()) {
      if (of_unknown) results[i] = *of_unknown;
    } else if (found->second.code != Code::not_found) {
      results[i] = found->second;
    }
  }
}

std::vector<Result<void>> S3ObjectStore::remove(const std::vector<ObjectKey>& keys,
                                                Deadline deadline) {
  if (keys.size() > removals_max) {
    const Error error =
        make_error(Code::invalid_argument, "object.remove", "",
                   "at most 1,000 objects at a time, not " + std::to_string(keys.size()));
    return std::vector<Result<void>>(keys.size(), error);
  }
  std::vector<Result<void>> results(keys.size(), ok());
  std::vector<std::size_t> together, alone;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    results[i] = check_object_key(keys[i], "object.remove");
    if (results[i]) (fits_xml(keys[i]) ? together : alone).push_back(i);
  }
  if (together.size() == 1) {
    alone.push_back(together.front());
    together.clear();
  }
  if (!together.empty()) remove_batch(keys, together, results, deadline);
  parallel_for(alone.size(), removals_in_parallel_max,
               [&](std::size_t i) { results[alone[i]] = remove_one(keys[alone[i]], deadline); });
  return results;
}

Result<ObjectList> S3ObjectStore::list(const std::string& prefix, const std::string& after,
                                       Deadline deadline) {
  // S3 takes UTF-8 alone; what a cut through a character leaves over is compared here.
  std::string from(utf8_prefix(after));
  for (;;) {
    S3Request request =
        client_->request("object.list", "GET", "", list_query(utf8_prefix(prefix), from));
    SPILLWAY_TRY(const HttpResponse answer, client_->call(request, answer_bytes_max, deadline));
    SPILLWAY_TRY(S3Page page, parse_list(answer.body));
    if (page.more) from = page.objects.back().key;
    ObjectList list;
    for (ObjectInfo& info : page.objects) {
      if (info.key > after && info.key.starts_with(prefix)) list.objects.push_back(std::move(info));
    }
    if (!page.more) return list;
    list.next = from;
    if (!list.objects.empty()) return list;
  }
}

Result<std::unique_ptr<S3ObjectStore>> open_s3_object_store(const std::string& url) {
  SPILLWAY_TRY(S3Config config, parse_s3_url(url));
  SPILLWAY_TRY(auto client, S3Client::open(std::move(config)));
  return std::make_unique<S3ObjectStore>(std::move(client));
}

}  // namespace spillway
