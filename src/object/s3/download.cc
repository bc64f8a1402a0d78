// Streams, segments and resuming.
#include "object/s3/download.h"

#include <algorithm>
#include <cstring>

#include "object/s3/codec.h"

namespace spillway {
namespace {

constexpr const char* op = "object.get";

/// Bytes [begin, end) of an object of that ETag.
struct Span {
  std::uint64_t begin = 0, end = 0;
};

struct Target {
  S3Client& client;
  ObjectKey key;
  std::string etag;  ///< empty: not known
  Deadline deadline;
};

S3Request ranged(const Target& target, Span span) {
  S3Request request = target.client.request(op, "GET", target.key);
  request.http.headers.add("Range", range_text(span.begin, span.end));
  if (!target.etag.empty()) request.http.headers.add("If-Match", target.etag);
  return request;
}

/// The answer to If-Match. Keys are fresh and never written again, so this is no ordinary change.
Error explained(const Target& target, Error error) {
  if (error.code != Code::condition_failed) return error;
  return make_error(Code::corrupt, op, target.key, "it was replaced by another while it was read");
}

/// What a server said of the bytes it sends; they must be those that were asked for.
Result<void> check_span(const Target& target, const HttpHeaders& headers, Span span) {
  const auto sent = parse_content_range(headers);
  if (sent && sent->begin == span.begin && sent->end == span.end) return ok();
  Error error = make_error(Code::unavailable, op, target.key, "S3 sent another range than asked");
  error.transient = false;
  return error;
}

/// All bytes of `span`: a body that comes short, whatever its length said, is asked for again.
Result<std::string> fetch(const Target& target, Span span, const std::atomic<bool>& abandoned) {
  S3Request request = ranged(target, span);
  request.abandoned = &abandoned;
  for (int tries = 1;; ++tries) {
    auto answer = target.client.call(request, span.end - span.begin, target.deadline);
    if (answer.has_error()) return explained(target, answer.error());
    SPILLWAY_TRY(check_span(target, answer.value().headers, span));
    if (answer.value().body.size() == span.end - span.begin) {
      return std::move(answer.value().body);
    }
    if (tries == resumes_max || target.deadline.passed()) {
      return make_error(Code::unavailable, op, target.key, "the body ended early");
    }
  }
}

class Download final : public ByteSource {
 public:
  /// `live` carries the bytes of `span`; more are fetched up to `end`.
  Download(Target target, HttpStream live, Span span, std::uint64_t end)
      : target_(std::move(target)),
        live_(std::move(live.body)),
        position_(span.begin),
        live_end_(span.end),
        ahead_from_(span.end),
        end_(end) {}
  ~Download() override { abandoned_ = true; }  // the futures then wait for little
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    if (failed_) return *failed_;
    if (capacity == 0 || position_ == end_) return 0;
    fetch_ahead();
    auto got = position_ < live_end_ ? read_live(buffer, capacity) : read_segment(buffer, capacity);
    if (got.has_error()) {
      failed_ = got.error();
    } else {
      position_ += got.value();
    }
    return got;
  }

 private:
  void fetch_ahead() {
    while (ahead_.size() < segments_ahead_max && ahead_from_ < end_) {
      const Span span{ahead_from_, std::min(ahead_from_ + segment_bytes, end_)};
      auto memory = std::make_unique<BudgetShare>(target_.client.ahead());
      const bool needed_now = position_ == span.begin;
      if (!memory->grow_to(span.end - span.begin) && !needed_now) return;
      auto bytes =
          std::async(std::launch::async, [this, span] { return fetch(target_, span, abandoned_); });
      ahead_.push_back({std::move(memory), std::move(bytes)});
      ahead_from_ = span.end;
    }
  }

  Result<std::size_t> read_live(char* buffer, std::size_t capacity) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(capacity, live_end_ - position_));
    for (;;) {
      Result<std::size_t> got = live_->read(buffer, wanted);
      if (got && got.value() > 0) {
        if (position_ + got.value() == live_end_) finish_live();
        return got;
      }
      Error error = got ? make_error(Code::unavailable, op, target_.key, "the body ended early")
                        : got.error();
      error.op = op;
      error.subject = target_.key;
      if (!error.transient || resumes_++ >= resumes_max || target_.deadline.passed()) return error;
      SPILLWAY_TRY(resume());
    }
  }

  Result<void> resume() {
    const Span rest{position_, live_end_};
    live_.reset();
    S3Request request = ranged(target_, rest);
    auto stream = target_.client.open_stream(request, target_.deadline);
    if (stream.has_error()) return explained(target_, stream.error());
    SPILLWAY_TRY(check_span(target_, stream.value().headers, rest));
    live_ = std::move(stream.value().body);
    return ok();
  }

  /// Lets the transfer see its end, so that its connection is kept.
  void finish_live() {
    char nothing = 0;
    (void)live_->read(&nothing, 1);
    live_.reset();
  }

  Result<std::size_t> read_segment(char* buffer, std::size_t capacity) {
    if (taken_ == segment_.size()) {
      Result<std::string> next = ahead_.front().bytes.get();
      segment_memory_ = std::move(ahead_.front().memory);
      ahead_.pop_front();
      if (next.has_error()) return next.error();
      segment_ = std::move(next.value());
      taken_ = 0;
      fetch_ahead();
    }
    const std::size_t n = std::min(capacity, segment_.size() - taken_);
    std::memcpy(buffer, segment_.data() + taken_, n);
    taken_ += n;
    if (taken_ == segment_.size()) {
      segment_ = std::string();
      taken_ = 0;
      segment_memory_.reset();
    }
    return n;
  }

  const Target target_;
  std::unique_ptr<ByteSource> live_;
  std::uint64_t position_;
  const std::uint64_t live_end_;
  std::uint64_t ahead_from_;
  const std::uint64_t end_;
  int resumes_ = 0;
  std::string segment_;
  std::size_t taken_ = 0;
  std::unique_ptr<BudgetShare> segment_memory_;
  std::optional<Error> failed_;
  std::atomic<bool> abandoned_ = false;
  struct Segment {
    std::unique_ptr<BudgetShare> memory;
    std::future<Result<std::string>> bytes;
  };
  std::deque<Segment> ahead_;  // last: its end waits for those who use all
};

Error beyond(const ObjectKey& key, std::uint64_t size_bytes) {
  return make_error(
      Code::invalid_argument, op, key,
      "the range reaches beyond the " + std::to_string(size_bytes) + " bytes of the object");
}

/// The object's length as a 200 says it: without it nothing tells a whole body from a part.
Result<std::uint64_t> length_of(const Target& target, const HttpStream& stream) {
  const auto text = stream.headers.find("content-length");
  const bool digits =
      text && !text->empty() && text->find_first_not_of("0123456789") == std::string::npos;
  if (digits) return read_head(target.key, stream.headers).size_bytes;
  return make_error(Code::unavailable, op, target.key, "S3 answered without the object's length");
}

/// The whole body of a 200: of an empty object, or from a server that knows no ranges.
Result<std::unique_ptr<ByteSource>> whole(Target target, HttpStream stream) {
  SPILLWAY_TRY(const std::uint64_t size, length_of(target, stream));
  return std::make_unique<Download>(std::move(target), std::move(stream), Span{0, size}, size);
}

/// A range without bytes cannot be asked for.
Result<std::unique_ptr<ByteSource>> empty_range(const Target& target, std::uint64_t offset) {
  S3Request request = target.client.request(op, "GET", target.key);
  SPILLWAY_TRY(const HttpStream stream, target.client.open_stream(request, target.deadline));
  SPILLWAY_TRY(const std::uint64_t size, length_of(target, stream));
  if (offset > size) return beyond(target.key, size);
  return std::make_unique<StringSource>("");
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_download(S3Client& client, const ObjectKey& key,
                                                  std::optional<ByteRange> range,
                                                  Deadline deadline) {
  Target target{client, key, "", deadline};
  const std::uint64_t begin = range ? range->offset : 0;
  if (range && range->length == 0) return empty_range(target, begin);
  const std::uint64_t wanted = range ? range->length : segment_bytes;
  if (wanted > ~begin) return beyond(key, begin);
  const Span first{begin, begin + std::min(wanted, segment_bytes)};
  S3Request request = ranged(target, first);
  auto opened = client.open_stream(request, deadline);
  if (opened.has_error() && opened.error().code == Code::invalid_argument && !range) {
    // 416: an empty object has no first byte.
    S3Request plain = client.request(op, "GET", key);
    SPILLWAY_TRY(HttpStream stream, client.open_stream(plain, deadline));
    return whole(std::move(target), std::move(stream));
  }
  if (opened.has_error()) return opened.error();
  HttpStream stream = std::move(opened).value();
  target.etag = stream.headers.find("etag").value_or("");
  if (stream.status == 200 && !range) return whole(std::move(target), std::move(stream));
  const auto sent = parse_content_range(stream.headers);
  if (stream.status != 206 || !sent || sent->begin != begin || sent->end > first.end) {
    return make_error(Code::unsupported, op, key, "the server does not know ranges");
  }
  if (range && begin + range->length > sent->size_bytes) return beyond(key, sent->size_bytes);
  const std::uint64_t end = range ? begin + range->length : sent->size_bytes;
  if (target.etag.empty() && end > sent->end) {
    return make_error(Code::unavailable, op, key,
                      "S3 sent no ETag, so parts could be of different objects");
  }
  return std::make_unique<Download>(std::move(target), std::move(stream), Span{begin, sent->end},
                                    end);
}

}  // namespace spillway
