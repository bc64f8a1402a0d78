// The bytes of a stored item: what goes in comes out, and nothing hostile gets through.
#include "item/embedded/item_encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/dynamo/generators.h"

namespace spillway {
namespace {

RC_GTEST_PROP(ItemEncoding, GivesBackEveryItem, ()) {
  const Item item = *test::any_item();
  RC_ASSERT(decode_item(encode_item(item)).value() == item);
}

RC_GTEST_PROP(ItemEncoding, RefusesEveryTruncation, ()) {
  const std::string bytes = encode_item(*test::any_item());
  const auto size = *rc::gen::inRange<std::size_t>(0, bytes.size());
  const auto decoded = decode_item(std::string_view(bytes).substr(0, size));
  RC_ASSERT(!decoded && decoded.error().code == Code::corrupt);
}

RC_GTEST_PROP(ItemEncoding, AnswersArbitraryBytes, ()) {
  const auto bytes = *rc::gen::arbitrary<std::string>();
  const auto decoded = decode_item("\x01" + bytes);
  if (decoded) RC_ASSERT(encode_item(decoded.value()).size() <= bytes.size() + 1);
}

RC_GTEST_PROP(ItemEncoding, AnswersDamagedItems, ()) {
  std::string bytes = encode_item(*test::any_item());
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = *rc::gen::arbitrary<char>();
  const auto decoded = decode_item(bytes);
  const bool answered = decoded || decoded.error().code == Code::corrupt;
  RC_ASSERT(answered);
}

TEST(ItemEncoding, IsWhatTheFormatDocumentSays) {
  const Item item{{"a", "hi"}, {"n", Number{"-1"}}, {"z", List{true, Null{}}}};
  EXPECT_EQ(encode_item(item), std::string("\x01\x03"
                                           "\x01"
                                           "a\x03\x02hi"
                                           "\x01"
                                           "n\x04\x02-1"
                                           "\x01"
                                           "z\x06\x02\x02\x00",
                                           20));
}

TEST(ItemEncoding, RefusesHostileBytes) {
  const std::string deep = "\x01\x01\x01x" + std::string(2 * 100'000, '\x06');
  const std::vector<std::string> hostile = {
      "",
      std::string("\x02\x00", 2),                // a version of the future
      std::string("\x01\x00\x00", 3),            // bytes left over
      "\x01\xff\xff\xff\xff\x0f",                // four thousand million attributes
      "\x01\x80\x80\x80\x80\x80\x01",            // a length without end
      std::string("\x01\x01\x01x\x06\xff\x7f"),  // a list of more than there is
      std::string("\x01\x02\x01"
                  "b\x02\x01"
                  "a\x02"),              // names out of order
      std::string("\x01\x01\x01x\x63"),  // an unknown tag
      deep,
  };
  for (const std::string& bytes : hostile) {
    const auto decoded = decode_item(bytes);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, Code::corrupt);
  }
}

}  // namespace
}  // namespace spillway
