// What encoding answers when libzstd fails.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include "codec/encoding.h"

namespace {

bool compression_fails = false;

}  // namespace

// Found before that of libzstd.
extern "C" std::size_t ZSTD_compress2(ZSTD_CCtx* context, void* to, std::size_t to_bytes,
                                      const void* from, std::size_t from_bytes) {
  if (compression_fails) return static_cast<std::size_t>(-1);
  static const auto original =
      reinterpret_cast<decltype(&ZSTD_compress2)>(::dlsym(RTLD_NEXT, "ZSTD_compress2"));
  return original(context, to, to_bytes, from, from_bytes);
}

namespace spillway {
namespace {

TEST(EncodingSource, NeverTakesAFailureInTheLastBlockForTheEnd) {
  StringSource source("short");
  EncodingSource encoding(source, Encoding::zstd);
  char buffer[100];
  compression_fails = true;
  const auto first = encoding.read(buffer, sizeof buffer);
  const auto again = encoding.read(buffer, sizeof buffer);
  compression_fails = false;
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, Code::internal);
  EXPECT_FALSE(again);
}

}  // namespace
}  // namespace spillway
