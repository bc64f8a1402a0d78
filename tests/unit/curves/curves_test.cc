// Every window and tile of stored curves is what brute force makes of the samples.
#include "spillway/curves.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <random>

#include "curves/array_collector.h"
#include "curves/curves_writer.h"
#include "curves/frame.h"
#include "spillway/bytes.h"

namespace spillway {
namespace {

constexpr double null = std::numeric_limits<double>::quiet_NaN();

std::string spelled(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

/// {"logData": {NAME: values, …}, "index": {"mnemonic": "DEPT"}} as events.
void feed(ArrayCollector& to, const std::vector<std::vector<double>>& columns) {
  to.begin(true);
  to.key("index", true);
  to.begin(true);
  to.key("mnemonic", true);
  to.string("DEPT", true);
  to.end();
  to.key("logData", true);
  to.begin(true);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    to.key(i == 0 ? "DEPT" : "C" + std::to_string(i), true);
    to.begin(false);
    for (const double value : columns[i]) {
      std::isnan(value) ? to.literal("null") : to.number(spelled(value));
    }
    to.end();
  }
  to.end();
  to.end();
}

/// A descending or ascending index with steps of any size (also none), and curves with gaps.
std::vector<std::vector<double>> random_columns(std::mt19937& random, std::size_t rows,
                                                std::size_t curves, bool ascending) {
  std::vector<std::vector<double>> columns(curves, std::vector<double>(rows));
  double at = 1000;
  for (double& depth : columns[0]) {
    depth = at;
    at += (ascending ? 0.125 : -0.125) * static_cast<double>(random() % 4);
  }
  for (std::size_t c = 1; c < curves; ++c) {
    std::size_t gap = 0;
    for (double& value : columns[c]) {
      if (gap == 0 && random() % 500 == 0) gap = random() % 300;
      value = gap > 0 ? null : std::ldexp(static_cast<double>(random()), -20) - 2000;
      if (gap > 0) --gap;
    }
  }
  columns.back()[rows / 2] = 5;  // not a curve without values
  return columns;
}

/// Stored curves in memory, and how many bytes were read of them.
struct Stored {
  explicit Stored(const std::vector<std::vector<double>>& columns) {
    feed(collected, columns);
    auto frame = choose_frame(collected);
    auto writer = CurvesWriter::make(std::move(*frame), collected.values(), "digest");
    const std::uint64_t size = writer.value()->size_bytes();
    bytes = read_all(*writer.value(), size).value();
    EXPECT_EQ(bytes.size(), size);
  }
  CurvesReader open() {
    const auto read = [this](ByteRange range) -> Result<std::string> {
      bytes_read += range.length;
      return bytes.substr(range.offset, range.length);
    };
    return CurvesReader::open(read, bytes.size(), "digest").value();
  }
  ArrayCollector collected;
  std::string bytes;
  std::atomic<std::uint64_t> bytes_read = 0;
};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void check_against(const CurveBuckets& got, const std::vector<std::vector<double>>& columns) {
  ASSERT_EQ(got.buckets, (got.rows + got.rows_per_bucket - 1) / got.rows_per_bucket);
  ASSERT_LE(got.first_row + got.rows, columns[0].size());
  for (const CurveBuckets::Column& column : got.columns) {
    const std::vector<double>& values = columns[column.curve];
    ASSERT_EQ(column.first.size(), got.buckets);
    for (std::size_t b = 0; b < got.buckets; ++b) {
      double first = null, min = null, max = null, last = null;
      std::uint32_t nulls = 0;
      const std::uint64_t from = got.first_row + b * got.rows_per_bucket;
      const std::uint64_t to = std::min(from + got.rows_per_bucket, got.first_row + got.rows);
      for (std::uint64_t row = from; row < to; ++row) {
        const double value = values[row];
        if (std::isnan(value)) {
          ++nulls;
          continue;
        }
        if (std::isnan(first)) first = min = max = value;
        min = std::min(min, value);
        max = std::max(max, value);
        last = value;
      }
      ASSERT_TRUE(same(column.first[b], first)) << b;
      if (got.rows_per_bucket == 1) continue;
      ASSERT_TRUE(same(column.min[b], min) && same(column.max[b], max)) << b;
      ASSERT_TRUE(same(column.last[b], last)) << b;
      ASSERT_EQ(column.nulls[b], nulls) << b;
    }
  }
}

TEST(Curves, TilesOfEveryLevelAreWhatBruteForceMakes) {
  std::mt19937 random(1);
  for (const std::size_t rows : {64u, 65u, 1000u, 1024u, 4097u, 70'000u}) {
    const auto columns = random_columns(random, rows, 3, true);
    Stored stored(columns);
    CurvesReader reader = stored.open();
    ASSERT_EQ(reader.info().rows, rows);
    for (unsigned k = 0; k < reader.info().levels(); ++k) {
      const std::uint64_t tiles = (((rows - 1) >> k) / tile_buckets) + 1;
      for (std::uint64_t i = 0; i < tiles; ++i) {
        const auto tile = reader.tile(k, i, {0, 1, 2});
        ASSERT_TRUE(tile);
        ASSERT_EQ(tile.value().first_row, (i * tile_buckets) << k);
        check_against(tile.value(), columns);
      }
      EXPECT_EQ(reader.tile(k, tiles, {1}).error().code, Code::not_found);
    }
    EXPECT_EQ(reader.tile(reader.info().levels(), 0, {1}).error().code, Code::not_found);
    EXPECT_EQ(reader.tile(0, ~std::uint64_t{0}, {1}).error().code, Code::not_found);
  }
}

TEST(Curves, WindowsHoldTheirRowsAndOneBucketMoreAndEnoughBuckets) {
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    const std::size_t rows = 64 + random() % 30'000;
    const bool ascending = round % 2 == 0;
    const auto columns = random_columns(random, rows, 2, ascending);
    Stored stored(columns);
    CurvesReader reader = stored.open();
    const auto& depth = columns[0];
    double from = depth[random() % rows] - (random() % 2 == 0 ? 0.0625 : 0);
    double to = depth[random() % rows];
    if (from > to) std::swap(from, to);
    const auto wanted = static_cast<std::uint32_t>(1 + random() % 900);
    const auto got = reader.window({1}, from, to, wanted);
    ASSERT_TRUE(got);
    const CurveBuckets& window = got.value();
    check_against(window, columns);
    ASSERT_EQ(window.columns[0].curve, 0u);
    std::size_t first = rows, last = 0, inside = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      if (depth[row] < from || depth[row] > to) continue;
      first = std::min(first, row);
      last = std::max(last, row);
      ++inside;
    }
    if (inside == 0) continue;
    ASSERT_LE(window.first_row, first);
    ASSERT_GT(window.first_row + window.rows, last);
    if (first > 0 && window.first_row > 0) {
      ASSERT_LE(window.first_row + window.rows_per_bucket, first);
    }
    const std::uint64_t k = window.rows_per_bucket;
    ASSERT_TRUE(k == 1 || inside / k >= wanted) << inside << " rows, " << k << " a bucket";
    ASSERT_LT(inside / (2 * k), wanted);
  }
}

TEST(Curves, AWindowReadsLittleOfALongLog) {
  std::mt19937 random(3);
  const auto columns = random_columns(random, 600'000, 4, true);
  Stored stored(columns);
  CurvesReader reader = stored.open();
  ASSERT_TRUE(reader.window({1}, std::nullopt, std::nullopt, 900));
  const double middle = columns[0][300'000];
  ASSERT_TRUE(reader.window({1}, middle, middle + 100, 900));
  EXPECT_LT(stored.bytes_read, stored.bytes.size() / 10);
}

TEST(Curves, TheHeaderSaysWhatTheDocumentSays) {
  std::vector<std::vector<double>> columns(2, std::vector<double>(100, null));
  for (std::size_t i = 0; i < 100; ++i) columns[0][i] = 0.1 * static_cast<double>(i);
  columns[1][7] = 3.25;
  columns[1][8] = -1e-300;
  Stored stored(columns);
  CurvesReader reader = stored.open();
  const CurvesInfo& info = reader.info();
  EXPECT_EQ(info.order, IndexOrder::ascending);
  ASSERT_EQ(info.index, 0u);
  EXPECT_EQ(info.curves[1].pointer, "/logData/C1");
  EXPECT_EQ(info.curves[1].nulls, 98u);
  EXPECT_EQ(info.curves[1].extent->min, -1e-300);
  EXPECT_EQ(info.curves[1].extent->last, -1e-300);
  EXPECT_EQ(info.document, R"({"index":{"mnemonic":"DEPT"},"logData":{"DEPT":null,"C1":null}})");
}

TEST(Curves, AnIndexThatGoesUpAndDownHasTilesAndNoWindows) {
  std::vector<std::vector<double>> columns(2, std::vector<double>(100, 1.0));
  columns[0][50] = 2;
  Stored stored(columns);
  CurvesReader reader = stored.open();
  EXPECT_EQ(reader.window({1}, 1.0, 2.0, 10).error().code, Code::invalid_argument);
  EXPECT_TRUE(reader.window({1}, std::nullopt, std::nullopt, 10));
  EXPECT_TRUE(reader.tile(0, 0, {1}));
}

TEST(Curves, WhatIsNotTheirsOrDamagedIsRefused) {
  std::mt19937 random(4);
  const auto columns = random_columns(random, 5000, 2, true);
  Stored stored(columns);
  const std::string good = stored.bytes;
  const auto open = [&](std::string bytes, const std::string& digest) {
    const std::uint64_t size = bytes.size();
    return CurvesReader::open(
        [bytes = std::move(bytes)](ByteRange range) -> Result<std::string> {
          return bytes.substr(range.offset, range.length);
        },
        size, digest);
  };
  EXPECT_EQ(open(good, "another").error().code, Code::corrupt);
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{7}, std::size_t{100}, good.size() - 8}) {
    EXPECT_EQ(open(good.substr(0, cut), "digest").error().code, Code::corrupt) << cut;
  }
  for (std::size_t at = 0; at < 400; ++at) {  // any answer, as long as it is one
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x15);
    auto reader = open(bad, "digest");
    if (!reader) continue;
    EXPECT_TRUE(reader.value().info().rows > 0);
  }
}

TEST(Curves, ALogThatIsLongerThanMemoryAllowsIsTheSameFromTheTemporaryFile) {
  std::mt19937 random(5);
  const auto columns = random_columns(random, 400'000, 2, false);
  Stored stored(columns);
  CurvesReader reader = stored.open();
  EXPECT_EQ(reader.info().order, IndexOrder::descending);
  for (unsigned k = 0; k < reader.info().levels(); ++k) {
    check_against(reader.tile(k, 0, {0, 1}).value(), columns);
  }
}

}  // namespace
}  // namespace spillway
