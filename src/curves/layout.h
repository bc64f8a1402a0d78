// Where everything stands in stored curves. docs/formats/curves.md describes it.
#pragma once

#include <bit>
#include <cstdint>

namespace spillway {

static_assert(std::endian::native == std::endian::little, "stored numbers are little endian");

/// "SPCF"
inline constexpr std::uint32_t curves_magic = 0x46435053;
inline constexpr std::size_t curves_prefix_bytes = 8;
/// A header longer than this is not one of ours.
inline constexpr std::uint32_t curves_header_bytes_max = 4u << 20;

/// A stored bucket is five float64: first, min, max, last, and how many are null.
inline constexpr std::uint64_t bucket_values = 5;
/// Stored level 1 has buckets of 64 rows, each further one 16 times as many.
inline constexpr unsigned level_base_log2 = 6;
inline constexpr unsigned level_step_log2 = 4;

/// log2 of the rows in a bucket of stored level `level`, from 1.
constexpr unsigned level_log2(unsigned level) {
  return level_base_log2 + level_step_log2 * (level - 1);
}

constexpr std::uint64_t buckets_of(std::uint64_t rows, unsigned log2) {
  return (rows + (std::uint64_t{1} << log2) - 1) >> log2;
}

/// Stored levels: as many as have more than one bucket, and one at least.
constexpr unsigned stored_levels(std::uint64_t rows) {
  unsigned level = 1;
  while (buckets_of(rows, level_log2(level)) > 256) ++level;
  return level;
}

/// Position, in float64 from the first one, of stored level `level`; 0 is the samples. The coarsest
/// comes first, the samples last. Within a level the curves follow each other.
constexpr std::uint64_t level_position(std::uint64_t rows, std::uint64_t curves, unsigned level) {
  std::uint64_t position = 0;
  for (unsigned other = stored_levels(rows); other > level; --other) {
    position += curves * buckets_of(rows, level_log2(other)) * bucket_values;
  }
  return position;
}

}  // namespace spillway
