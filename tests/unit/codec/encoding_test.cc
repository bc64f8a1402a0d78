// What encoding promises: the very bytes back, by any way of reading; or an error, never others.
#include "codec/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <array>

#include "base/random.h"

namespace spillway {
namespace {

constexpr std::uint64_t all_bytes_max = 1u << 30;

/// Values of every kind: empty, tiny, repetitive, random, and around the ends of blocks.
rc::Gen<std::string> values() {
  return rc::gen::exec([] {
    const std::size_t block = block_raw_bytes(0);
    const auto size = *rc::gen::weightedOneOf<std::size_t>(
        {{2, rc::gen::inRange<std::size_t>(0, 2000)},
         {2, rc::gen::inRange<std::size_t>(block - 2, block + 3)},
         {2, rc::gen::inRange<std::size_t>(2 * block - 2, 2 * block + 3)},
         {1, rc::gen::inRange<std::size_t>(0, 4 * block)}});
    switch (*rc::gen::inRange(0, 3)) {
      case 0: return std::string(size, *rc::gen::arbitrary<char>());
      case 1: return random_bytes(size);
      default: {
        std::string text;
        for (int i = 0; text.size() < size; ++i) text += std::to_string(i * 0.1524) + ",";
        return text.substr(0, size);
      }
    }
  });
}

rc::Gen<Encoding> encodings() { return rc::gen::element(Encoding::raw, Encoding::zstd); }

/// A source that gives its bytes in pieces of all sizes.
class ChunkedSource final : public ByteSource {
 public:
  explicit ChunkedSource(std::string bytes) : bytes_(std::move(bytes)), random_(random_bytes(64)) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    const auto wish = static_cast<unsigned char>(random_[step_++ % random_.size()]);
    const std::size_t piece = wish < 128 ? wish + 1u : wish * 1000u;
    const std::size_t n = std::min({capacity, piece, bytes_.size() - offset_});
    std::copy_n(bytes_.data() + offset_, n, buffer);
    offset_ += n;
    return n;
  }

 private:
  std::string bytes_, random_;
  std::size_t offset_ = 0, step_ = 0;
};

Result<std::string> decode_stream(const Encoded& encoded, std::string bytes) {
  DecodingSource decoding(std::make_unique<ChunkedSource>(std::move(bytes)), encoded.index, 0,
                          encoded.index.blocks.size(), encoded.digest);
  return read_all(decoding, all_bytes_max);
}

Result<std::string> decode_whole(const Encoded& encoded, std::string bytes) {
  DecodingSource decoding(std::make_unique<ChunkedSource>(std::move(bytes)), encoded.index, 0,
                          encoded.index.blocks.size(), encoded.digest);
  return decoding.read_whole();
}

RC_GTEST_PROP(Encode, GivesBackTheVeryBytes, ()) {
  const std::string raw = *values();
  const Encoded encoded = encode(raw, *encodings()).value();
  RC_ASSERT(encoded.digest == sha256(raw));
  RC_ASSERT(encoded.index.raw_bytes == raw.size());
  RC_ASSERT(encoded.index.encoded_bytes == encoded.bytes.size());
  RC_ASSERT(encoded.bytes.size() <= raw.size());
  RC_ASSERT(decode(encoded.bytes, encoded.index, encoded.digest).value() == raw);
  RC_ASSERT(decode_stream(encoded, encoded.bytes).value() == raw);
  RC_ASSERT(decode_whole(encoded, encoded.bytes).value() == raw);
}

RC_GTEST_PROP(EncodingSource, IsTheSameInAnyChunking, ()) {
  const std::string raw = *values();
  const Encoding encoding = *encodings();
  ChunkedSource source(raw);
  EncodingSource encoding_source(source, encoding);
  const std::string bytes = read_all(encoding_source, all_bytes_max).value();
  RC_ASSERT(encoding_source.digest() == sha256(raw));
  RC_ASSERT(encoding_source.index().encoded_bytes == bytes.size());
  RC_ASSERT(decode(bytes, encoding_source.index(), sha256(raw)).value() == raw);
}

RC_GTEST_PROP(Encode, AnyRangeIsTheSubstring, ()) {
  const std::string raw = *values();
  const Encoded encoded = encode(raw, *encodings()).value();
  const auto offset = *rc::gen::inRange<std::size_t>(0, raw.size() + 1);
  const auto length = *rc::gen::inRange<std::size_t>(0, raw.size() - offset + 1);
  const auto [first, last] = encoded.index.covering({offset, length});
  std::string blocks, stream_bytes;
  for (std::size_t i = first; i < last; ++i) {
    const auto& block = encoded.index.blocks[i];
    const auto bytes = encoded.bytes.substr(block.encoded_offset, block.encoded_bytes);
    blocks += decode_block(bytes, encoded.index, i).value();
    stream_bytes += bytes;
  }
  const std::size_t skip = first < last ? offset - encoded.index.blocks[first].raw_offset : 0;
  RC_ASSERT(blocks.substr(skip, length) == raw.substr(offset, length));
  DecodingSource stream(std::make_unique<ChunkedSource>(stream_bytes), encoded.index, first, last,
                        std::nullopt);
  RC_ASSERT(read_all(stream, all_bytes_max).value() == blocks);
}

RC_GTEST_PROP(Decode, NoticesAnyFlippedBit, ()) {
  const std::string raw = *values();
  RC_PRE(!raw.empty());
  const Encoded encoded = encode(raw, *encodings()).value();
  const auto bit = *rc::gen::inRange<std::size_t>(0, encoded.bytes.size() * 8);
  std::string bad = encoded.bytes;
  bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
  const auto decoded = decode(bad, encoded.index, encoded.digest);
  RC_ASSERT(!decoded);
  RC_ASSERT(decoded.error().code == Code::corrupt);
  const auto streamed = decode_stream(encoded, bad);
  RC_ASSERT(!streamed);
  RC_ASSERT(streamed.error().code == Code::corrupt);
  const auto whole = decode_whole(encoded, bad);
  RC_ASSERT(!whole);
  RC_ASSERT(whole.error().code == Code::corrupt);
}

TEST(Decode, NoticesCutPaddedAndForeignBytes) {
  const Encoded encoded = encode(std::string(600'000, 'x'), Encoding::zstd).value();
  for (const std::string& bad :
       {encoded.bytes.substr(1), encoded.bytes.substr(0, encoded.bytes.size() - 1),
        encoded.bytes + "x", std::string()}) {
    EXPECT_EQ(decode(bad, encoded.index, encoded.digest).error().code, Code::corrupt);
    EXPECT_EQ(decode_stream(encoded, bad).error().code, Code::corrupt);
  }
  const auto other = decode(encoded.bytes, encoded.index, sha256("another value"));
  EXPECT_EQ(other.error().code, Code::corrupt);
}

TEST(Decode, NoticesAnIndexThatDisagreesWithItself) {
  const Encoded good = encode(std::string(600'000, 'x'), Encoding::zstd).value();
  const auto refuses = [&](auto&& spoil) {
    BlockIndex index = good.index;
    spoil(index);
    const auto decoded = decode(good.bytes, index, good.digest);
    const Encoded spoilt{good.bytes, index, good.digest};
    const auto streamed = decode_stream(spoilt, good.bytes);
    return !decoded && decoded.error().code == Code::corrupt && !streamed &&
           streamed.error().code == Code::corrupt;
  };
  EXPECT_TRUE(refuses([](BlockIndex& index) { index.raw_bytes = ~0ull; }));
  EXPECT_TRUE(refuses([](BlockIndex& index) { index.encoded_bytes += 1; }));
  EXPECT_TRUE(refuses([](BlockIndex& index) { index.blocks.pop_back(); }));
  EXPECT_TRUE(refuses([](BlockIndex& index) { index.blocks[1].raw_bytes = 1ull << 40; }));
  EXPECT_TRUE(refuses([](BlockIndex& index) { index.blocks[1].raw_offset = ~0ull - 5; }));
  EXPECT_TRUE(refuses([](BlockIndex& index) { index.blocks[1].encoded_bytes = ~0ull; }));
  EXPECT_TRUE(refuses([](BlockIndex& index) { index.blocks[1].encoded_offset = 0; }));
  EXPECT_TRUE(refuses([](BlockIndex& index) { std::swap(index.blocks[0], index.blocks[2]); }));
}

TEST(Decode, RefusesAFrameThatUnpacksToMoreThanItsBlock) {
  // A frame of 64 MiB of zeros where the index promises 9 bytes, under a valid checksum.
  const std::string zeros(1u << 26, '\0');
  std::string bomb(ZSTD_compressBound(zeros.size()), '\0');
  bomb.resize(ZSTD_compress(bomb.data(), bomb.size(), zeros.data(), zeros.size(), 1));
  std::string frame = bomb.substr(0, 60);  // as much as a frame of 9 bytes could take
  BlockIndex index;
  index.encoding = Encoding::zstd;
  index.raw_bytes = 9;
  index.encoded_bytes = frame.size();
  index.blocks = {{0, 9, 0, frame.size(), crc32c(frame)}};
  EXPECT_EQ(decode_block(frame, index, 0).error().code, Code::corrupt);
  index.encoded_bytes = bomb.size();
  index.blocks = {{0, 9, 0, bomb.size(), crc32c(bomb)}};
  EXPECT_EQ(decode_block(bomb, index, 0).error().code, Code::corrupt);
}

TEST(Decode, RefusesTwoFramesAndSkippableOnesInABlock) {
  const auto frame_of = [](std::string_view raw) {
    std::string frame(ZSTD_compressBound(raw.size()), '\0');
    frame.resize(ZSTD_compress(frame.data(), frame.size(), raw.data(), raw.size(), 3));
    return frame;
  };
  const std::string skippable("\x50\x2a\x4d\x18\x01\x00\x00\x00x", 9);
  for (const std::string& bytes :
       {frame_of("12345") + frame_of("6789"), skippable + frame_of("123456789"),
        frame_of("123456789") + skippable}) {
    const BlockIndex index{
        Encoding::zstd, 9, bytes.size(), {{0, 9, 0, bytes.size(), crc32c(bytes)}}};
    EXPECT_EQ(decode_block(bytes, index, 0).error().code, Code::corrupt);
  }
}

TEST(DecodingSource, GivesNothingOfABadBlockAndKeepsFailing) {
  const std::string raw = random_bytes(600'000);
  const Encoded encoded = encode(raw, Encoding::raw).value();
  std::string bad = encoded.bytes;
  bad[300'000] = static_cast<char>(bad[300'000] ^ 1);  // in the second block of three
  DecodingSource source(std::make_unique<StringSource>(bad), encoded.index, 0, 3, encoded.digest);
  std::string got(600'000, '\0');
  const std::size_t first_block = block_raw_bytes(0);
  EXPECT_EQ(read_full(source, got.data(), first_block).value(), first_block);
  EXPECT_TRUE(got.substr(0, first_block) == raw.substr(0, first_block));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(source.read(got.data(), 1).error().code, Code::corrupt);
}

TEST(DecodingSource, AsksOnceMoreForABlockThatWasAlteredOnTheWay) {
  const Encoded encoded = encode(random_bytes(700'000), Encoding::raw).value();
  int fetched = 0;
  const auto refetch = [&](ByteRange range) -> Result<std::string> {
    ++fetched;
    return encoded.bytes.substr(range.offset, range.length);
  };
  for (const std::size_t at : {std::size_t{5}, std::size_t{300'000}, std::size_t{699'999}}) {
    std::string altered = encoded.bytes;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    DecodingSource source(std::make_unique<StringSource>(altered), encoded.index, 0, 3,
                          encoded.digest, refetch);
    EXPECT_EQ(read_all(source, 700'000).value(), encoded.bytes);
    DecodingSource whole(std::make_unique<StringSource>(altered), encoded.index, 0, 3,
                         encoded.digest, refetch);
    EXPECT_EQ(whole.read_whole().value(), encoded.bytes);
  }
  EXPECT_EQ(fetched, 6);
  const auto bad = [&](ByteRange range) -> Result<std::string> {
    return std::string(range.length, 'x');
  };
  DecodingSource source(std::make_unique<StringSource>(encoded.bytes.substr(0, 300'000)),
                        encoded.index, 0, 3, encoded.digest, bad);
  EXPECT_EQ(read_all(source, 700'000).error().code, Code::corrupt);
}

TEST(DecodingSource, HoldsBackTheLastBlockUntilTheDigestIsKnown) {
  const Encoded encoded = encode(random_bytes(600'000), Encoding::raw).value();
  DecodingSource source(std::make_unique<StringSource>(encoded.bytes), encoded.index, 0, 3,
                        sha256("another value"));
  std::string got(600'000, '\0');
  const std::size_t two_blocks = 2 * block_raw_bytes(0);
  EXPECT_EQ(read_full(source, got.data(), two_blocks).value(), two_blocks);
  EXPECT_EQ(source.read(got.data(), 1).error().code, Code::corrupt);
}

TEST(DecodingSource, VerifiesTheDigestOfAnEmptyValueToo) {
  DecodingSource good(std::make_unique<StringSource>(""), BlockIndex{}, 0, 0, sha256(""));
  EXPECT_EQ(read_all(good, 1).value(), "");
  DecodingSource bad(std::make_unique<StringSource>(""), BlockIndex{}, 0, 0, sha256("x"));
  EXPECT_EQ(read_all(bad, 1).error().code, Code::corrupt);
}

class FailingSource final : public ByteSource {
 public:
  Result<std::size_t> read(char*, std::size_t) override {
    return make_error(Code::unavailable, "test", "", "the network went away");
  }
};

TEST(Streams, PassOnTheErrorOfTheirSource) {
  FailingSource source;
  EncodingSource encoding(source, Encoding::zstd);
  EXPECT_EQ(read_all(encoding, 1).error().code, Code::unavailable);
  const Encoded encoded = encode("x", Encoding::raw).value();
  DecodingSource decoding(std::make_unique<FailingSource>(), encoded.index, 0, 1, encoded.digest);
  EXPECT_EQ(read_all(decoding, 1).error().code, Code::unavailable);
}

TEST(Encode, KeepsIncompressibleBytesRaw) {
  const std::string raw = random_bytes(300'000);
  const Encoded encoded = encode(raw, Encoding::zstd).value();
  EXPECT_EQ(encoded.index.encoding, Encoding::raw);
  EXPECT_TRUE(encoded.bytes == raw);
}

TEST(Encode, DoesNotOfferGzipAndColumnar) {
  StringSource source("x");
  for (const Encoding encoding : {Encoding::gzip, Encoding::columnar}) {
    EXPECT_EQ(encode("x", encoding).error().code, Code::unsupported);
    EncodingSource stream(source, encoding);
    EXPECT_EQ(read_all(stream, 1).error().code, Code::unsupported);
    BlockIndex index{encoding, 1, 1, {{0, 1, 0, 1, crc32c("x")}}};
    EXPECT_EQ(decode("x", index, sha256("x")).error().code, Code::unsupported);
    EXPECT_EQ(decode_block("x", index, 0).error().code, Code::unsupported);
  }
}

TEST(Encode, MakesWhatAnyZstdReaderReadsAsOneStream) {
  std::string raw;
  for (int i = 0; raw.size() < 1'500'000; ++i) raw += std::to_string(i * 0.1524) + ",";
  const Encoded encoded = encode(raw, Encoding::zstd).value();
  ASSERT_EQ(encoded.index.encoding, Encoding::zstd);
  ASSERT_GT(encoded.index.blocks.size(), 5u);
  for (const auto& block : encoded.index.blocks) {
    EXPECT_EQ(
        ZSTD_getFrameContentSize(encoded.bytes.data() + block.encoded_offset, block.encoded_bytes),
        block.raw_bytes);
  }
  // As `zstd -d` does it: streaming, knowing nothing of blocks.
  ZSTD_DStream* stream = ZSTD_createDStream();
  std::string all;
  std::array<char, 10'000> piece{};
  ZSTD_inBuffer in{encoded.bytes.data(), encoded.bytes.size(), 0};
  std::size_t wants = 0;
  while (in.pos < in.size || wants > 0) {
    ZSTD_outBuffer out{piece.data(), piece.size(), 0};
    wants = ZSTD_decompressStream(stream, &out, &in);
    ASSERT_FALSE(ZSTD_isError(wants));
    all.append(piece.data(), out.pos);
    if (out.pos == 0 && in.pos == in.size) break;
  }
  ZSTD_freeDStream(stream);
  EXPECT_EQ(wants, 0u);
  EXPECT_TRUE(all == raw);
}

/// Counts, and never holds, what passes through it: values larger than any block step.
class PatternSource final : public ByteSource {
 public:
  explicit PatternSource(std::uint64_t size) : left_(size) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, left_));
    std::fill_n(buffer, n, static_cast<char>(left_ >> 20));
    left_ -= n;
    return n;
  }

 private:
  std::uint64_t left_;
};

TEST(EncodingSource, GrowsBlocksForLargeValues) {
  const std::uint64_t size = (256u * 256 + 256u * 1024 + 3u * 4096) * 1024ull + 5;
  PatternSource source(size);
  EncodingSource encoding(source, Encoding::zstd);
  const std::string bytes = read_all(encoding, all_bytes_max).value();
  EXPECT_EQ(encoding.index().raw_bytes, size);
  EXPECT_EQ(encoding.index().blocks.size(), 516u);
  EXPECT_EQ(encoding.index().blocks.back().raw_bytes, 5u);
  const auto parsed = BlockIndex::parse(encoding.index().serialize());
  ASSERT_TRUE(parsed);
  DecodingSource decoding(std::make_unique<StringSource>(bytes), parsed.value(), 0, 516,
                          encoding.digest());
  std::string buffer(1 << 20, '\0');
  std::uint64_t total = 0;
  for (;;) {
    const auto n = decoding.read(buffer.data(), buffer.size());
    ASSERT_TRUE(n) << describe(n.error());
    if (n.value() == 0) break;
    total += n.value();
  }
  EXPECT_EQ(total, size);
}

}  // namespace
}  // namespace spillway
