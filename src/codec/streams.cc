// Encoding and decoding as streams, a block at a time.
#include <algorithm>
#include <cassert>
#include <cstring>

#include "codec/block_encoder.h"
#include "codec/block_index.h"
#include "codec/encoding.h"

namespace spillway {

namespace {

/// Reserved for a value ahead of its bytes; beyond, it grows only as blocks prove their sizes.
constexpr std::uint64_t reserved_bytes_max = std::uint64_t{16} << 20;

/// Hands out a block in pieces of any size.
class Outgoing {
 public:
  bool empty() const { return offset_ == block_.size(); }
  void refill(std::string block) {
    block_ = std::move(block);
    offset_ = 0;
  }
  std::size_t take(char* buffer, std::size_t capacity) {
    const std::size_t n = std::min(capacity, block_.size() - offset_);
    std::memcpy(buffer, block_.data() + offset_, n);
    offset_ += n;
    return n;
  }

 private:
  std::string block_;
  std::size_t offset_ = 0;
};

}  // namespace

struct EncodingSource::State {
  State(ByteSource& raw_source, Encoding encoding) : source(raw_source), encoder(encoding) {}

  Result<void> next_block() {
    SPILLWAY_TRY(check_encoding(encoder.index().encoding, "codec.encode"));
    block.resize(encoder.next_block_bytes());
    SPILLWAY_TRY(const std::size_t n, read_full(source, block.data(), block.size()));
    source_ended = n < block.size();
    if (n > 0) {
      SPILLWAY_TRY(std::string encoded, encoder.add(std::string_view(block).substr(0, n)));
      outgoing.refill(std::move(encoded));
    }
    if (source_ended) digest = encoder.finish();
    return ok();
  }

  ByteSource& source;
  BlockEncoder encoder;
  std::string block;
  Outgoing outgoing;
  bool source_ended = false;
  std::optional<Error> failure;  // a stream that failed keeps failing
  Sha256 digest{};
};

EncodingSource::EncodingSource(ByteSource& source, Encoding encoding)
    : state_(std::make_unique<State>(source, encoding)) {}
EncodingSource::~EncodingSource() = default;

Result<std::size_t> EncodingSource::read(char* buffer, std::size_t capacity) {
  State& state = *state_;
  while (state.outgoing.empty() && !state.source_ended && !state.failure) {
    const Result<void> next = state.next_block();
    if (!next) state.failure = next.error();
  }
  // Before the end: the last block may be the one that failed.
  if (state.failure) return *state.failure;
  return state.outgoing.take(buffer, capacity);
}

const BlockIndex& EncodingSource::index() const {
  assert(state_->source_ended);
  return state_->encoder.index();
}

const Sha256& EncodingSource::digest() const {
  assert(state_->source_ended);
  return state_->digest;
}

struct DecodingSource::State {
  Result<void> check() {
    checked = true;
    assert(next <= last && last <= index.blocks.size());
    assert(!digest || (next == 0 && last == index.blocks.size()));
    return check_index(index);
  }

  /// Appends it to `raw`.
  Result<void> next_block(std::string& raw) {
    if (next < last) {
      const std::size_t i = next++;
      block.resize(index.blocks[i].encoded_bytes);
      SPILLWAY_TRY(const std::size_t n, read_full(*encoded, block.data(), block.size()));
      block.resize(n);
      const std::size_t before = raw.size();
      SPILLWAY_TRY(decode_into(raw, i));
      if (digest) hasher.update(std::string_view(raw).substr(before));
    }
    if (next == last) return finish();
    return ok();
  }

  Result<void> refill() {
    std::string raw;
    SPILLWAY_TRY(next_block(raw));
    outgoing.refill(std::move(raw));
    return ok();
  }

  Result<void> decode_into(std::string& raw, std::size_t i) {
    const std::size_t before = raw.size();
    auto decoded = append_block(block, index, i, decompressor, raw);
    if (decoded || !refetch) return decoded;
    auto again = refetch({index.blocks[i].encoded_offset, index.blocks[i].encoded_bytes});
    if (!again) return decoded;
    raw.resize(before);
    return append_block(again.value(), index, i, decompressor, raw);
  }

  /// What can be known only at the end, and must be before the last block leaves.
  Result<void> finish() {
    ended = true;
    char extra = 0;
    SPILLWAY_TRY(const std::size_t n, encoded->read(&extra, 1));
    if (n > 0) {
      return make_error(Code::corrupt, "codec.decode", "", "longer than its index says");
    }
    if (digest && hasher.finish() != *digest) {
      return make_error(Code::corrupt, "codec.decode", "",
                        "the SHA-256 of the value does not match");
    }
    return ok();
  }

  std::unique_ptr<ByteSource> encoded;
  BlockIndex index;
  std::size_t next, last;
  std::optional<Sha256> digest;
  Refetch refetch;
  Sha256Hasher hasher{};
  std::optional<ZstdDecompressor> decompressor{};
  std::string block{};
  Outgoing outgoing{};
  bool checked = false;
  bool ended = false;
  std::optional<Error> failure{};  // a stream that failed keeps failing
};

DecodingSource::DecodingSource(std::unique_ptr<ByteSource> encoded, BlockIndex index,
                               std::size_t first, std::size_t last, std::optional<Sha256> digest,
                               Refetch refetch)
    : state_(new State{std::move(encoded), std::move(index), first, last, digest,
                       std::move(refetch)}) {}
DecodingSource::~DecodingSource() = default;

Result<std::size_t> DecodingSource::read(char* buffer, std::size_t capacity) {
  State& state = *state_;
  while (state.outgoing.empty() && !state.failure && !state.ended) {
    Result<void> step = state.checked ? state.refill() : state.check();
    if (!step) state.failure = step.error();
  }
  if (state.failure) return *state.failure;
  return state.outgoing.take(buffer, capacity);
}

Result<std::string> DecodingSource::read_whole() {
  State& state = *state_;
  std::string raw;
  SPILLWAY_TRY(state.check());
  raw.reserve(std::min(state.index.raw_bytes, reserved_bytes_max));
  while (!state.ended) {
    SPILLWAY_TRY(state.next_block(raw));
  }
  return raw;
}

}  // namespace spillway
