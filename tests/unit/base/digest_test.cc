// Digests and spellings against their published vectors.
#include "base/digest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace spillway {
namespace {

TEST(Sha256, MatchesThePublishedVectors) {
  // NIST, "SHA-256" examples with intermediate values, and the long message of RFC 6234.
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

RC_GTEST_PROP(Sha256, IsTheSameInAnyChunking, (const std::vector<std::string>& chunks)) {
  Sha256Hasher hasher;
  std::string whole;
  for (const std::string& chunk : chunks) {
    hasher.update(chunk);
    whole += chunk;
  }
  RC_ASSERT(hasher.finish() == sha256(whole));
}

TEST(Crc32, MatchesTheCheckValueOfEveryCatalogue) {
  EXPECT_EQ(crc32(""), 0u);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926u);
}

TEST(Crc32c, MatchesThePublishedVectors) {
  // RFC 3720 B.4, and the check value of every CRC catalogue.
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string up, down;
  for (int i = 0; i < 32; ++i) up += static_cast<char>(i);
  down.assign(up.rbegin(), up.rend());
  EXPECT_EQ(crc32c(up), 0x46dd794eu);
  EXPECT_EQ(crc32c(down), 0x113fdb5cu);
}

RC_GTEST_PROP(Crc32c, ContinuesFromItsSeed, (const std::string& a, const std::string& b)) {
  RC_ASSERT(crc32c(b, crc32c(a)) == crc32c(a + b));
}

TEST(Hex, TakesOnlyWholeLowerCaseDigests) {
  const Sha256 digest = sha256("abc");
  EXPECT_EQ(sha256_from_hex(to_hex(digest)), digest);
  EXPECT_EQ(sha256_from_bytes(to_bytes(digest)), digest);
  std::string hex = to_hex(digest);
  EXPECT_FALSE(sha256_from_hex(hex.substr(1)));
  EXPECT_FALSE(sha256_from_hex(hex + "0"));
  EXPECT_FALSE(sha256_from_hex(""));
  hex[0] = 'B';
  EXPECT_FALSE(sha256_from_hex(hex));
  hex[0] = 'g';
  EXPECT_FALSE(sha256_from_hex(hex));
  EXPECT_FALSE(sha256_from_bytes("short"));
  EXPECT_EQ(to_hex(std::string_view("\x00\xff\x1a", 3)), "00ff1a");
}

TEST(Base64, MatchesThePublishedVectors) {
  // RFC 4648 section 10.
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text), bytes);
  }
}

TEST(Base64, IsStrict) {
  for (const char* bad :
       {"Zg", "Zg=", "Z", "Zg==Zg==", "Zg== ", " Zg==", "Zm9v\n", "Zm9v\nZm9v",
        "Zh==", "Zm9=", "====", "Z===", "=Zg=", "Zm-_", "Zm9v====", "\xff\xff\xff\xff", "Zm9\0"}) {
    EXPECT_FALSE(base64_decode(bad)) << bad;
  }
  EXPECT_FALSE(base64_decode(std::string_view("Zm9\0", 4)));
}

RC_GTEST_PROP(Base64, GoesBothWays, (const std::string& bytes)) {
  RC_ASSERT(base64_decode(base64_encode(bytes)) == bytes);
}

}  // namespace
}  // namespace spillway
