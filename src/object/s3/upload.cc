// PUT and multipart.
#include "object/s3/upload.h"

#include <algorithm>
#include <deque>
#include <future>

#include "base/random.h"
#include "net/url.h"
#include "object/s3/codec.h"
#include "object/s3/xml.h"

namespace spillway {
namespace {

constexpr const char* op = "object.put";
constexpr std::uint64_t answer_bytes_max = 1 << 20;
constexpr std::size_t first_read_bytes = 64 * 1024;

struct Upload {
  S3Client& client;
  const ObjectKey& key;
  const std::string put_id;
  const HttpHeaders& headers;
  const Deadline deadline;
};

/// Up to `bytes_max` bytes; fewer only at the end. The string grows with what arrives.
Result<std::string> read_part(const Upload& upload, ByteSource& source, std::uint64_t bytes_max) {
  std::string bytes;
  std::size_t size = 0;
  while (size < bytes_max) {
    if (upload.deadline.passed()) {
      return make_error(Code::timeout, op, upload.key, "the deadline passed while it was read");
    }
    if (size == bytes.size()) {
      bytes.resize(std::min<std::uint64_t>(std::max(first_read_bytes, size * 2), bytes_max));
    }
    SPILLWAY_TRY(const std::size_t n, source.read(bytes.data() + size, bytes.size() - size));
    if (n == 0) break;
    size += n;
  }
  bytes.resize(size);
  return bytes;
}

/// Whose is the object that stands there?
enum class Owner { nobody, ours, another };

Result<Owner> owner_of(const Upload& upload) {
  S3Request request = upload.client.request(op, "HEAD", upload.key);
  const auto answer = upload.client.call(request, answer_bytes_max, upload.deadline);
  if (answer.has_error() && answer.error().code == Code::not_found) return Owner::nobody;
  if (answer.has_error()) {
    Error error = answer.error();
    error.effect = Effect::unknown;  // the PUT was refused, maybe by our own earlier one
    return error;
  }
  const auto id = answer.value().headers.find("x-amz-meta-" + std::string(put_id_name));
  return id == upload.put_id ? Owner::ours : Owner::another;
}

Error taken(const ObjectKey& key) {
  return make_error(Code::condition_failed, op, key,
                    "an object of this key exists; objects are never overwritten");
}

/// Of an upload that is gone: S3 drops one that lost a race, others abort what looks stale.
Error aborted(const Error& error) {
  if (error.code != Code::not_found) return error;
  return make_error(Code::conflict, error.op, error.subject,
                    "somebody else ended the multipart upload: " + error.detail);
}

/// A refusal may come from our own first try, whose answer was lost (on the way to us, or on a kept
/// connection that libcurl found closed). Whose object it is, its put id says.
Result<void> settle(const Upload& upload, const Error& error) {
  if (error.code != Code::condition_failed && error.code != Code::not_found) return error;
  SPILLWAY_TRY(const Owner owner, owner_of(upload));
  if (owner == Owner::ours) return ok();
  if (error.code == Code::condition_failed) return taken(upload.key);
  return aborted(error);
}

Result<void> put_whole(const Upload& upload, std::string bytes) {
  S3Request request = upload.client.request(op, "PUT", upload.key);
  request.http.headers = upload.headers;
  request.http.headers.add("If-None-Match", "*");
  request.http.headers.add("x-amz-checksum-crc32c", crc32c_text(bytes));
  request.http.body = std::move(bytes);
  const auto answer = upload.client.call(request, answer_bytes_max, upload.deadline);
  if (answer.has_error()) return settle(upload, answer.error());
  return ok();
}

/// Begun by begin(); aborted when it goes, unless it was completed.
class Multipart {
 public:
  explicit Multipart(const Upload& upload) : upload_(upload) {}
  ~Multipart() {
    abandoned_ = true;         // no part is tried again
    parts_in_flight_.clear();  // waits: a part that arrives after the abort would stay for ever
    if (!id_.empty()) abort();
  }
  Multipart(const Multipart&) = delete;
  Multipart& operator=(const Multipart&) = delete;

  /// A lost answer leaves an empty upload behind, which the bucket's lifecycle rule removes.
  Result<void> begin() {
    S3Request request = upload_.client.request(op, "POST", upload_.key, "uploads=");
    request.http.headers = upload_.headers;
    request.http.headers.add("x-amz-checksum-algorithm", "CRC32C");
    SPILLWAY_TRY(const HttpResponse answer,
                 upload_.client.call(request, answer_bytes_max, upload_.deadline));
    SPILLWAY_TRY(id_, parse_upload_id(answer.body));
    return ok();
  }

  /// Sends it on a thread of its own, as soon as there is room.
  Result<void> send(std::string bytes) {
    while (parts_in_flight_.size() >= parts_in_flight_max) {
      SPILLWAY_TRY(await_part());
    }
    const int number = ++parts_;
    auto memory = std::make_unique<BudgetShare>(upload_.client.ahead());
    const bool goes_ahead = memory->grow_to(bytes.size());
    auto sent = std::async(std::launch::async, [this, number, body = std::move(bytes)]() mutable {
      return send_part(number, std::move(body));
    });
    parts_in_flight_.push_back({std::move(memory), std::move(sent)});
    return goes_ahead ? ok() : await_parts();
  }

  Result<void> complete() {
    SPILLWAY_TRY(await_parts());
    // Ceph 16 ignores the condition below, and then the last to complete wins. Asking first leaves
    // it only the moment between; AWS has no such gap.
    SPILLWAY_TRY(const Owner before, owner_of(upload_));
    if (before == Owner::another) return taken(upload_.key);
    S3Request request =
        upload_.client.request(op, "POST", upload_.key, "uploadId=" + uri_encode(id_));
    request.http.headers.add("If-None-Match", "*");
    request.http.headers.add("Content-Type", "application/xml");
    request.http.body = complete_xml(done_);
    const auto answer = upload_.client.call(request, answer_bytes_max, upload_.deadline);
    if (answer.has_error()) {
      SPILLWAY_TRY(settle(upload_, answer.error()));
    } else {
      SPILLWAY_TRY(check_completed(answer.value().body));
    }
    id_.clear();
    return ok();
  }

  int next_number() const { return parts_ + 1; }

 private:
  /// A 200 begins before S3 knows how it ends: only its document, or the object, is the proof.
  Result<void> check_completed(const std::string& body) {
    pugi::xml_document document;
    if (load_xml(document, body, "CompleteMultipartUploadResult", op)) return ok();
    SPILLWAY_TRY(const Owner owner, owner_of(upload_));
    if (owner == Owner::ours) return ok();
    return make_error(Code::unavailable, op, upload_.key,
                      "S3 answered without saying that the upload is complete; save again");
  }

  Result<S3Part> send_part(int number, std::string bytes) {
    S3Request request = upload_.client.request(
        op, "PUT", upload_.key,
        "partNumber=" + std::to_string(number) + "&uploadId=" + uri_encode(id_));
    S3Part part{number, "", crc32c_text(bytes)};
    request.abandoned = &abandoned_;
    request.http.headers.add("x-amz-checksum-crc32c", part.crc32c);
    request.http.body = std::move(bytes);
    const auto answer = upload_.client.call(request, answer_bytes_max, upload_.deadline);
    if (answer.has_error()) return aborted(answer.error());
    part.etag = answer.value().headers.find("etag").value_or("");
    return part;
  }

  Result<void> await_parts() {
    while (!parts_in_flight_.empty()) {
      SPILLWAY_TRY(await_part());
    }
    return ok();
  }

  Result<void> await_part() {
    Result<S3Part> part = parts_in_flight_.front().sent.get();
    parts_in_flight_.pop_front();
    if (part.has_error()) return part.error();
    done_.push_back(std::move(part).value());
    return ok();
  }

  void abort() {
    S3Request request =
        upload_.client.request(op, "DELETE", upload_.key, "uploadId=" + uri_encode(id_));
    // What a failure leaves is removed by the bucket's lifecycle rule, or abort_stale_uploads().
    (void)upload_.client.call(request, answer_bytes_max, Deadline::after(abort_max));
  }

  const Upload& upload_;
  std::string id_;
  int parts_ = 0;
  std::vector<S3Part> done_;  // in order: the parts are awaited as they were sent
  std::atomic<bool> abandoned_ = false;
  struct InFlight {
    std::unique_ptr<BudgetShare> memory;
    std::future<Result<S3Part>> sent;
  };
  std::deque<InFlight> parts_in_flight_;
};

Result<std::uint64_t> put_parts(const Upload& upload, std::string first, ByteSource& source) {
  const std::uint64_t first_bytes = first.size();
  std::uint64_t size_bytes = first_bytes;
  Multipart multipart(upload);
  SPILLWAY_TRY(multipart.begin());
  SPILLWAY_TRY(multipart.send(std::move(first)));
  for (;;) {
    const int number = multipart.next_number();
    if (number > parts_max) {
      return make_error(Code::too_large, op, upload.key, "more than 10,000 parts");
    }
    const std::uint64_t part_bytes = bytes_of_part(number, first_bytes);
    SPILLWAY_TRY(std::string part, read_part(upload, source, part_bytes));
    if (part.empty()) break;
    const bool last = part.size() < part_bytes;
    size_bytes += part.size();
    SPILLWAY_TRY(multipart.send(std::move(part)));
    if (last) break;
  }
  SPILLWAY_TRY(multipart.complete());
  return size_bytes;
}

}  // namespace

std::uint64_t bytes_of_part(int number, std::uint64_t first_bytes) {
  return first_bytes << ((number - 1) / parts_of_one_size);
}

Result<std::uint64_t> upload(S3Client& client, const ObjectKey& key, ByteSource& source,
                             const ObjectAttributes& attributes, Deadline deadline) {
  const std::string put_id = random_id();
  SPILLWAY_TRY(const HttpHeaders headers, put_headers(attributes, client.config(), put_id));
  const Upload job{client, key, put_id, headers, deadline};
  const std::uint64_t part_bytes = client.config().part_bytes;
  SPILLWAY_TRY(std::string first, read_part(job, source, part_bytes));
  if (first.size() == part_bytes) return put_parts(job, std::move(first), source);
  const std::uint64_t size_bytes = first.size();
  SPILLWAY_TRY(put_whole(job, std::move(first)));
  return size_bytes;
}

}  // namespace spillway
