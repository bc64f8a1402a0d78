// Curves: the long arrays of numbers in a JSON artifact, read in part. docs/formats/curves.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "spillway/bytes.h"
#include "spillway/error.h"

namespace spillway {

struct Curve {
  std::string name;     ///< the key of its array, or its position
  std::string pointer;  ///< of the array in the document (RFC 6901)
  std::string unit;     ///< as the document says; may be empty
  std::uint64_t nulls = 0;
  /// Of the values that are there; absent when all are null.
  struct Extent {
    double min = 0, max = 0, first = 0, last = 0;
  };
  std::optional<Extent> extent;
};

/// How the values of the index go from row to row.
enum class IndexOrder { ascending, descending, none };

/// Arrays of the same length side by side: a table of `rows` rows with a column for each curve.
struct CurvesInfo {
  std::string sha256;  ///< of the artifact, hex
  std::uint64_t rows = 0;
  std::optional<std::size_t> index;  ///< the curve that the others are plotted over
  IndexOrder order = IndexOrder::none;
  std::vector<Curve> curves;
  std::string document;  ///< the artifact's JSON with null for each of its long arrays; or empty
  /// Levels of tiles: level k has buckets of 2^k rows. At the last one a tile holds them all.
  unsigned levels() const;
};

/// Buckets in a tile.
inline constexpr std::uint64_t tile_buckets = 1024;

/// Consecutive buckets of some curves. A bucket says of its rows the first, smallest, largest and
/// last value that is there (NaN: none is) and how many are null. With one row a bucket is its
/// value.
struct CurveBuckets {
  std::uint64_t rows_per_bucket = 1;  ///< a power of two
  std::uint64_t first_row = 0, rows = 0;
  std::size_t buckets = 0;
  struct Column {
    std::size_t curve = 0;
    std::vector<double> first, min, max, last;  ///< with one row a bucket, `first` alone
    std::vector<std::uint32_t> nulls;           ///< empty with one row a bucket
  };
  std::vector<Column> columns;
};

/// Reads parts of stored curves: of the range it needs, and no more. One thread at a time.
class CurvesReader {
 public:
  /// Some bytes of the stored value, exactly as many as asked. Called by several threads at once.
  using Read = std::function<Result<std::string>(ByteRange)>;
  /// corrupt when what is stored is not curves of the artifact with this digest.
  static Result<CurvesReader> open(Read read, std::uint64_t stored_bytes,
                                   const std::string& sha256);

  const CurvesInfo& info() const { return info_; }
  /// The window [from, to] of the index, or of row numbers where there is no index, with one bucket
  /// more on either side; buckets are as large as leaves at least `rows_min` of them within.
  /// `curves` are positions; the index is put first. invalid_argument when the index goes up and
  /// down.
  Result<CurveBuckets> window(const std::vector<std::size_t>& curves, std::optional<double> from,
                              std::optional<double> to, std::uint32_t rows_min);
  /// Buckets [1024·i, 1024·(i+1)) of level k, as far as there are; not_found beyond.
  Result<CurveBuckets> tile(unsigned k, std::uint64_t i, const std::vector<std::size_t>& curves);

 private:
  CurvesReader() = default;
  Result<CurveBuckets> buckets(unsigned k, std::uint64_t first, std::uint64_t count,
                               const std::vector<std::size_t>& curves);
  Result<CurveBuckets::Column> column(std::size_t curve, unsigned k, std::uint64_t first_row,
                                      std::uint64_t rows);
  Result<std::vector<double>> doubles(std::uint64_t position, std::uint64_t count);
  Result<std::uint64_t> row_of(double at, bool behind);
  Result<std::vector<double>> stored_buckets(unsigned level, std::size_t curve, std::uint64_t first,
                                             std::uint64_t count);
  Result<std::vector<double>> samples(std::size_t curve, std::uint64_t first, std::uint64_t count);

  Read read_;
  CurvesInfo info_;
  std::uint64_t data_offset_ = 0;  ///< bytes
  std::string head_;               ///< the beginning of the value, which every reader needs
};

}  // namespace spillway
