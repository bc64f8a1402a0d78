// What a block index promises: one spelling, and a refusal of everything else.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "codec/encoding.h"

namespace spillway {
namespace {

TEST(BlockRawBytes, GrowsFourfoldEvery256BlocksUpTo16MiB) {
  constexpr std::uint64_t kib = 1024;
  EXPECT_EQ(block_raw_bytes(0), 256 * kib);
  EXPECT_EQ(block_raw_bytes(255), 256 * kib);
  EXPECT_EQ(block_raw_bytes(256), 1024 * kib);
  EXPECT_EQ(block_raw_bytes(511), 1024 * kib);
  EXPECT_EQ(block_raw_bytes(512), 4096 * kib);
  EXPECT_EQ(block_raw_bytes(768), 16384 * kib);
  EXPECT_EQ(block_raw_bytes(1'000'000), 16384 * kib);
}

TEST(Encoding, SpellingsGoBothWays) {
  for (const char* text : {"raw", "gzip", "zstd", "columnar"}) {
    const auto encoding = encoding_from_string(text);
    ASSERT_TRUE(encoding);
    EXPECT_EQ(to_string(*encoding), text);
  }
  EXPECT_FALSE(encoding_from_string("ZSTD"));
  EXPECT_FALSE(encoding_from_string(""));
}

std::string index_of(std::string_view raw, Encoding encoding) {
  return encode(raw, encoding).value().index.serialize();
}

/// `body` with the checksum that makes it a well-formed index, whatever it says.
std::string signed_index(std::string body) {
  const std::uint32_t crc = crc32c(body);
  for (int shift = 0; shift < 32; shift += 8) body += static_cast<char>(crc >> shift);
  return body;
}

TEST(BlockIndex, HasTheDocumentedBytes) {
  // docs/formats/encodings.md gives this very example.
  const std::string crc_of_digits = "\x83\x92\x06\xe3";  // CRC32C of "123456789" is 0xe3069283
  EXPECT_EQ(index_of("123456789", Encoding::raw),
            signed_index(std::string("\x01\x00\x09", 3) + crc_of_digits));
  EXPECT_EQ(index_of("", Encoding::raw), signed_index(std::string("\x01\x00\x00", 3)));
}

TEST(BlockIndex, StaysShort) {
  EXPECT_LE(index_of(std::string(563'000, 'x'), Encoding::zstd).size(), 32u);
  EXPECT_LE(index_of(random_bytes(10'000'000), Encoding::raw).size(), 256u);
}

RC_GTEST_PROP(BlockIndex, SurvivesItsBytes, (const std::string& piece, bool zstd)) {
  std::string raw;
  const int pieces = *rc::gen::inRange(0, 3);
  for (int i = 0; i < pieces; ++i) raw += piece + random_bytes(300'000);
  const BlockIndex index = encode(raw, zstd ? Encoding::zstd : Encoding::raw).value().index;
  const auto parsed = BlockIndex::parse(index.serialize());
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed.value().encoding == index.encoding);
  RC_ASSERT(parsed.value().raw_bytes == raw.size());
  RC_ASSERT(parsed.value().encoded_bytes == index.encoded_bytes);
  RC_ASSERT(parsed.value().serialize() == index.serialize());
}

RC_GTEST_PROP(BlockIndex, IsCorruptWithAnyBitFlipped, ()) {
  const std::string good = index_of(std::string(600'000, 'x'), Encoding::zstd);
  const auto bit = *rc::gen::inRange<std::size_t>(0, good.size() * 8);
  std::string bad = good;
  bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
  const auto parsed = BlockIndex::parse(bad);
  RC_ASSERT(!parsed);
  RC_ASSERT(parsed.error().code == Code::corrupt);
}

TEST(BlockIndex, IsCorruptWhenCutOrPadded) {
  const std::string good = index_of(std::string(600'000, 'x'), Encoding::zstd);
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_FALSE(BlockIndex::parse(good.substr(0, n)));
    const std::string body = good.substr(0, std::min(n, good.size() - 5));
    EXPECT_FALSE(BlockIndex::parse(signed_index(body))) << "cut to " << body.size();
  }
  EXPECT_FALSE(BlockIndex::parse(good + '\0'));
  EXPECT_FALSE(BlockIndex::parse(signed_index(good.substr(0, good.size() - 4) + '\0')));
}

Code parse_error(const std::string& body) {
  const auto parsed = BlockIndex::parse(signed_index(body));
  return parsed ? Code::internal : parsed.error().code;
}

TEST(BlockIndex, RefusesLiesUnderAValidChecksum) {
  const std::string crc(4, '\0'), huge = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
  const std::string zstd("\x01\x02", 2);
  // A claim of 2^64 - 1 raw bytes allocates nothing like it.
  EXPECT_EQ(parse_error(zstd + huge), Code::corrupt);
  EXPECT_EQ(parse_error(std::string("\x01\x00", 2) + huge + crc + crc), Code::corrupt);
  // A block of 9 raw bytes that takes 2^64 - 1, none, or more than any frame of ours.
  EXPECT_EQ(parse_error(zstd + "\x09" + huge + crc), Code::corrupt);
  EXPECT_EQ(parse_error(zstd + "\x09" + std::string(1, '\0') + crc), Code::corrupt);
  EXPECT_EQ(parse_error(zstd + "\x09\xff\x01" + crc), Code::corrupt);
  // Sizes not in their shortest form, or too long for 64 bits.
  EXPECT_EQ(parse_error(zstd + std::string("\x80\x00", 2)), Code::corrupt);
  EXPECT_EQ(parse_error(zstd + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), Code::corrupt);
  // Encodings and versions.
  EXPECT_EQ(parse_error(std::string("\x01\x04\x00", 3)), Code::corrupt);
  EXPECT_EQ(parse_error(std::string("\x01\x01\x00", 3)), Code::unsupported);
  EXPECT_EQ(parse_error(std::string("\x01\x03\x00", 3)), Code::unsupported);
  EXPECT_EQ(parse_error(std::string("\x02\x00\x00", 3)), Code::unsupported);
}

TEST(BlockIndex, FindsTheBlocksOfARange) {
  const BlockIndex index = encode(std::string(1'000'000, 'x'), Encoding::zstd).value().index;
  ASSERT_EQ(index.blocks.size(), 4u);
  using Blocks = std::pair<std::size_t, std::size_t>;
  EXPECT_EQ(index.covering({0, 1}), Blocks(0, 1));
  EXPECT_EQ(index.covering({0, 1'000'000}), Blocks(0, 4));
  EXPECT_EQ(index.covering({262'143, 1}), Blocks(0, 1));
  EXPECT_EQ(index.covering({262'143, 2}), Blocks(0, 2));
  EXPECT_EQ(index.covering({262'144, 262'144}), Blocks(1, 2));
  EXPECT_EQ(index.covering({999'999, 1}), Blocks(3, 4));
  const auto nothing = index.covering({1'000'000, 0});
  EXPECT_EQ(nothing.first, nothing.second);
  const auto empty = BlockIndex{}.covering({0, 0});
  EXPECT_EQ(empty.first, empty.second);
}

}  // namespace
}  // namespace spillway
