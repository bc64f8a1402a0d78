// Digests and their spellings: SHA-256 (OpenSSL), CRC32C and CRC-32 (ISA-L), hex, base64.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace spillway {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 of a stream (FIPS 180-4). One thread at a time.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;
  void update(std::string_view bytes);
  /// The digest of everything so far; the hasher is spent afterwards.
  Sha256 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Sha256 sha256(std::string_view bytes);
/// CRC32C (Castagnoli, RFC 3720 B.4) of `bytes`; pass a former result as `seed` to continue it.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);
/// CRC-32 as zlib and gzip compute it (RFC 1952, section 8).
std::uint32_t crc32(std::string_view bytes);

std::string to_hex(std::string_view bytes);  // lower case
std::string to_hex(const Sha256& digest);
std::optional<Sha256> sha256_from_hex(std::string_view hex);
/// The digest as 32 raw bytes and back; nullopt when `bytes` are not 32.
std::string to_bytes(const Sha256& digest);
std::optional<Sha256> sha256_from_bytes(std::string_view bytes);

std::string base64_encode(std::string_view bytes);  // RFC 4648 section 4, padded
/// Strict: refuses white space, missing padding, non-zero trailing bits.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace spillway
