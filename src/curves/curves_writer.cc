// Levels are computed in one pass, each from the one below it as its buckets fill.
#include "curves/curves_writer.h"

#include <algorithm>
#include <cstring>

#include "curves/bucket.h"
#include "curves/curves_header.h"
#include "curves/layout.h"

namespace spillway {
namespace {

constexpr std::uint64_t chunk_values = 32 * 1024;

void append(ValueSpool& spool, const Bucket& bucket) {
  for (const double value : {bucket.first, bucket.min, bucket.max, bucket.last, bucket.nulls}) {
    spool.append(value);
  }
}

/// Follows the values of an index.
class OrderWatch {
 public:
  void add(double value) {
    if (std::isnan(value)) up_ = down_ = false;
    if (value < last_) up_ = false;
    if (value > last_) down_ = false;
    last_ = value;
  }
  IndexOrder order() const {
    return up_ ? IndexOrder::ascending : down_ ? IndexOrder::descending : IndexOrder::none;
  }

 private:
  double last_ = Bucket::none;  // compares as neither less nor greater
  bool up_ = true, down_ = true;
};

/// The buckets under way, one for each level.
class Cascade {
 public:
  explicit Cascade(std::vector<std::unique_ptr<ValueSpool>>& levels)
      : levels_(levels), open_(levels.size()) {}

  void add(double value) {
    open_[0].add(value);
    ++rows_;
    for (std::size_t i = 0; i < open_.size() && rows_ % (1ull << log2_of(i)) == 0; ++i) close(i);
  }
  /// Closes what the last row left open; returns the whole curve as one bucket.
  Bucket finish() {
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (rows_ % (1ull << log2_of(i)) != 0) close(i);
    }
    return whole_;
  }

 private:
  static unsigned log2_of(std::size_t i) { return level_log2(static_cast<unsigned>(i) + 1); }
  void close(std::size_t i) {
    append(*levels_[i], open_[i]);
    (i + 1 < open_.size() ? open_[i + 1] : whole_).add(open_[i]);
    open_[i] = Bucket();
  }

  std::vector<std::unique_ptr<ValueSpool>>& levels_;
  std::vector<Bucket> open_;
  Bucket whole_;
  std::uint64_t rows_ = 0;
};

}  // namespace

Result<std::unique_ptr<CurvesWriter>> CurvesWriter::make(Frame frame, const ValueSpool& values,
                                                         const std::string& sha256) {
  std::unique_ptr<CurvesWriter> writer(new CurvesWriter(std::move(frame), values));
  writer->frame_.info.sha256 = sha256;
  SPILLWAY_TRY(writer->build());
  return writer;
}

Result<void> CurvesWriter::build() {
  CurvesInfo& info = frame_.info;
  for (unsigned level = 0; level < stored_levels(info.rows); ++level) {
    levels_.push_back(std::make_unique<ValueSpool>());
  }
  for (std::size_t i = 0; i < info.curves.size(); ++i) {
    SPILLWAY_TRY(build_curve(i));
  }
  chunk_ = curves_header(info);
  size_bytes_ = header_bytes_ = chunk_.size();
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    parts_.push_back({level->get(), 0, (*level)->size()});
  }
  for (const NumberArray& array : frame_.arrays) {
    parts_.push_back({&values_, array.first, array.count});
  }
  for (const Part& part : parts_) size_bytes_ += part.count * sizeof(double);
  return ok();
}

Result<void> CurvesWriter::build_curve(std::size_t curve) {
  const NumberArray& array = frame_.arrays[curve];
  CurvesInfo& info = frame_.info;
  Cascade cascade(levels_);
  OrderWatch watch;
  for (std::uint64_t done = 0; done < array.count; done += chunk_values) {
    const std::uint64_t n = std::min(chunk_values, array.count - done);
    SPILLWAY_TRY(const auto values, values_.read(array.first + done, n));
    for (const double value : values) {
      cascade.add(value);
      watch.add(value);
    }
  }
  const Bucket whole = cascade.finish();
  info.curves[curve].nulls = static_cast<std::uint64_t>(whole.nulls);
  info.curves[curve].extent = Curve::Extent{whole.min, whole.max, whole.first, whole.last};
  if (info.index == curve) info.order = watch.order();
  return ok();
}

Result<void> CurvesWriter::refill() {
  while (part_ < parts_.size() && part_values_ == parts_[part_].count) {
    ++part_;
    part_values_ = 0;
  }
  chunk_.clear();
  at_ = 0;
  if (part_ == parts_.size()) return ok();
  const Part& part = parts_[part_];
  const std::uint64_t n = std::min(chunk_values, part.count - part_values_);
  SPILLWAY_TRY(const auto values, part.spool->read(part.first + part_values_, n));
  chunk_.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
  part_values_ += n;
  return ok();
}

Result<std::size_t> CurvesWriter::read(char* buffer, std::size_t capacity) {
  if (at_ == chunk_.size()) {
    SPILLWAY_TRY(refill());
  }
  const std::size_t n = std::min(capacity, chunk_.size() - at_);
  std::memcpy(buffer, chunk_.data() + at_, n);
  at_ += n;
  return n;
}

}  // namespace spillway
