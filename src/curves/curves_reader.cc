// Every question becomes a few ranges of the stored value.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>

#include "base/parallel.h"
#include "curves/bucket.h"
#include "curves/curves_header.h"
#include "curves/layout.h"
#include "spillway/curves.h"

namespace spillway {
namespace {

/// The first read: header and overview of most, and the least that the object store fetches anyway.
constexpr std::uint64_t head_bytes = 256 * 1024;

constexpr std::size_t reads_in_parallel_max = 8;

Error not_curves(const std::string& why) {
  return make_error(Code::corrupt, "curves.open", "", "stored curves: " + why);
}

std::uint32_t u32_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// Merges groups of `ratio` stored buckets.
std::vector<Bucket> merged(const std::vector<double>& stored, std::uint64_t ratio) {
  std::vector<Bucket> out;
  for (std::size_t i = 0; i * bucket_values < stored.size(); ++i) {
    const double* at = stored.data() + i * bucket_values;
    Bucket bucket;
    bucket.first = at[0];
    bucket.min = at[1];
    bucket.max = at[2];
    bucket.last = at[3];
    bucket.nulls = at[4];
    if (i % ratio == 0) out.emplace_back();
    out.back().add(bucket);
  }
  return out;
}

std::vector<Bucket> merged_samples(const std::vector<double>& samples, std::uint64_t ratio) {
  std::vector<Bucket> out;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i % ratio == 0) out.emplace_back();
    out.back().add(samples[i]);
  }
  return out;
}

void take(CurveBuckets::Column& column, const std::vector<Bucket>& buckets) {
  for (const Bucket& bucket : buckets) {
    column.first.push_back(bucket.first);
    column.min.push_back(bucket.min);
    column.max.push_back(bucket.max);
    column.last.push_back(bucket.last);
    column.nulls.push_back(static_cast<std::uint32_t>(bucket.nulls));
  }
}

/// The coarsest stored level whose buckets are no larger than 2^k rows; 0: the samples.
unsigned level_under(std::uint64_t rows, unsigned k) {
  unsigned level = stored_levels(rows);
  while (level > 0 && level_log2(level) > k) --level;
  return level;
}

}  // namespace

unsigned CurvesInfo::levels() const {
  unsigned k = 0;
  while (buckets_of(rows, k) > tile_buckets) ++k;
  return k + 1;
}

Result<CurvesReader> CurvesReader::open(Read read, std::uint64_t stored_bytes,
                                        const std::string& sha256) {
  CurvesReader reader;
  reader.read_ = std::move(read);
  SPILLWAY_TRY(reader.head_, reader.read_({0, std::min(head_bytes, stored_bytes)}));
  if (reader.head_.size() < curves_prefix_bytes || u32_at(reader.head_, 0) != curves_magic) {
    return not_curves("they do not begin as such");
  }
  const std::uint64_t header_bytes = u32_at(reader.head_, 4);
  reader.data_offset_ = curves_prefix_bytes + header_bytes;
  if (header_bytes > curves_header_bytes_max || reader.data_offset_ > stored_bytes) {
    return not_curves("the header is longer than they are");
  }
  if (reader.data_offset_ > reader.head_.size()) {
    SPILLWAY_TRY(reader.head_, reader.read_({0, reader.data_offset_}));
  }
  SPILLWAY_TRY(reader.info_,
               parse_curves_header(
                   std::string_view(reader.head_).substr(curves_prefix_bytes, header_bytes)));
  const CurvesInfo& info = reader.info_;
  if (info.sha256 != sha256) return not_curves("they are of another version of the artifact");
  // Bounds first: the product below must not wrap.
  const std::uint64_t values_max = stored_bytes / sizeof(double);
  if (info.rows == 0 || info.curves.empty() || info.rows > values_max / info.curves.size() ||
      (level_position(info.rows, info.curves.size(), 0) + info.rows * info.curves.size()) *
                  sizeof(double) +
              reader.data_offset_ !=
          stored_bytes) {
    return not_curves("they are not as long as their header says");
  }
  return reader;
}

Result<std::vector<double>> CurvesReader::doubles(std::uint64_t position, std::uint64_t count) {
  const ByteRange range{data_offset_ + position * sizeof(double), count * sizeof(double)};
  std::vector<double> values(static_cast<std::size_t>(count));
  if (range.offset + range.length <= head_.size()) {
    std::memcpy(values.data(), head_.data() + range.offset, range.length);
    return values;
  }
  SPILLWAY_TRY(const std::string bytes, read_(range));
  if (bytes.size() != range.length) return not_curves("a part of them is missing");
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

Result<std::vector<double>> CurvesReader::samples(std::size_t curve, std::uint64_t first,
                                                  std::uint64_t count) {
  const std::uint64_t begin = level_position(info_.rows, info_.curves.size(), 0);
  return doubles(begin + curve * info_.rows + first, count);
}

Result<std::vector<double>> CurvesReader::stored_buckets(unsigned level, std::size_t curve,
                                                         std::uint64_t first, std::uint64_t count) {
  const std::uint64_t of_curve = buckets_of(info_.rows, level_log2(level));
  const std::uint64_t begin = level_position(info_.rows, info_.curves.size(), level);
  return doubles(begin + (curve * of_curve + first) * bucket_values, count * bucket_values);
}

Result<CurveBuckets::Column> CurvesReader::column(std::size_t curve, unsigned k,
                                                  std::uint64_t first_row, std::uint64_t rows) {
  CurveBuckets::Column column;
  column.curve = curve;
  const unsigned level = level_under(info_.rows, k);
  if (level > 0) {
    const unsigned finer = level_log2(level);
    SPILLWAY_TRY(const auto stored,
                 stored_buckets(level, curve, first_row >> finer, buckets_of(rows, finer)));
    take(column, merged(stored, std::uint64_t{1} << (k - finer)));
    return column;
  }
  SPILLWAY_TRY(auto values, samples(curve, first_row, rows));
  if (k == 0) {
    column.first = std::move(values);
  } else {
    take(column, merged_samples(values, std::uint64_t{1} << k));
  }
  return column;
}

Result<CurveBuckets> CurvesReader::buckets(unsigned k, std::uint64_t first, std::uint64_t count,
                                           const std::vector<std::size_t>& curves) {
  CurveBuckets out;
  out.rows_per_bucket = std::uint64_t{1} << k;
  out.first_row = first << k;
  out.rows = std::min(info_.rows - out.first_row, count << k);
  out.buckets = static_cast<std::size_t>(buckets_of(out.rows, k));
  out.columns.resize(curves.size());
  // Each is a range of its own: behind a network they are fetched side by side.
  std::mutex mutex;
  std::optional<Error> failure;
  parallel_for(curves.size(), reads_in_parallel_max, [&](std::size_t i) {
    auto got = column(curves[i], k, out.first_row, out.rows);
    const std::lock_guard lock(mutex);
    if (got) {
      out.columns[i] = std::move(got).value();
    } else if (!failure) {
      failure = std::move(got).error();
    }
  });
  if (failure) return std::move(*failure);
  return out;
}

/// The first row that is not before `at` (`behind`: that is behind it) as the index goes.
Result<std::uint64_t> CurvesReader::row_of(double at, bool behind) {
  const bool up = info_.order == IndexOrder::ascending;
  const auto is_before = [at, behind, up](double value) {
    return value == at ? behind : up ? value < at : value > at;
  };
  // Down the levels: in each, the first bucket whose last row is not before it.
  std::uint64_t first = 0;  // row
  for (unsigned level = stored_levels(info_.rows); level > 0; --level) {
    const unsigned log2 = level_log2(level);
    const bool top = level == stored_levels(info_.rows);
    const std::uint64_t all = buckets_of(info_.rows, log2);
    const std::uint64_t from = first >> log2;
    const std::uint64_t count =
        top ? all : std::min<std::uint64_t>(all - from, 1u << level_step_log2);
    SPILLWAY_TRY(const auto stored, stored_buckets(level, *info_.index, from, count));
    std::uint64_t i = 0;
    while (i < count && is_before(stored[i * bucket_values + 3])) ++i;
    first = (from + i) << log2;
    if (first >= info_.rows) return info_.rows;
  }
  const std::uint64_t count = std::min<std::uint64_t>(1u << level_base_log2, info_.rows - first);
  SPILLWAY_TRY(const auto values, samples(*info_.index, first, count));
  const auto found = std::ranges::find_if_not(values, is_before);
  return first + static_cast<std::uint64_t>(found - values.begin());
}

Result<CurveBuckets> CurvesReader::window(const std::vector<std::size_t>& curves,
                                          std::optional<double> from, std::optional<double> to,
                                          std::uint32_t rows_min) {
  std::uint64_t begin = 0, end = info_.rows;  // rows
  std::vector<std::size_t> wanted = curves;
  if (info_.index) {
    std::erase(wanted, *info_.index);
    wanted.insert(wanted.begin(), *info_.index);
    if (info_.order == IndexOrder::none && (from || to)) {
      return make_error(Code::invalid_argument, "curves.window", info_.curves[*info_.index].name,
                        "the index goes up and down, so there is no window of it; ask for tiles");
    }
    if (info_.order == IndexOrder::descending) std::swap(from, to);
    if (from) {
      SPILLWAY_TRY(begin, row_of(*from, false));
    }
    if (to) {
      SPILLWAY_TRY(end, row_of(*to, true));
    }
  } else {
    const auto row = [this](double at) {
      return at <= 0 ? 0
                     : static_cast<std::uint64_t>(std::min(at, static_cast<double>(info_.rows)));
    };
    if (from) begin = row(std::ceil(*from));
    if (to) end = row(std::floor(*to) + 1);
  }
  end = std::max(begin, end);
  unsigned k = 0;
  while (((end - begin) >> (k + 1)) >= rows_min) ++k;
  const std::uint64_t all = buckets_of(info_.rows, k);
  const std::uint64_t first = std::min(begin >> k, all - 1);
  const std::uint64_t last = std::min(end > begin ? (end - 1) >> k : first, all - 1);
  const std::uint64_t lead = first > 0 ? first - 1 : 0;
  return buckets(k, lead, std::min(last + 2, all) - lead, wanted);
}

Result<CurveBuckets> CurvesReader::tile(unsigned k, std::uint64_t i,
                                        const std::vector<std::size_t>& curves) {
  const std::uint64_t all = k < 64 ? buckets_of(info_.rows, k) : 0;
  if (k >= info_.levels() || i > all / tile_buckets || i * tile_buckets >= all) {
    return make_error(
        Code::not_found, "curves.tile", std::to_string(k) + "/" + std::to_string(i),
        "there is no such tile; levels are 0 to " + std::to_string(info_.levels() - 1));
  }
  return buckets(k, i * tile_buckets, tile_buckets, curves);
}

}  // namespace spillway
