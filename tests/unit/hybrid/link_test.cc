// Links to spilled values: to the value's own object and nothing else, and only where they help.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/random.h"
#include "unit/hybrid/stores.h"

namespace spillway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Objects in a folder under the name of a bucket that nothing asks: signing needs no network.
class LinkTest : public testing::Test {
 protected:
  LinkTest() {
    ::setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "the-secret", 1);
  }
  ~LinkTest() override {
    ::unsetenv("AWS_ACCESS_KEY_ID");
    ::unsetenv("AWS_SECRET_ACCESS_KEY");
  }

  std::unique_ptr<Items> open(bool raw) {
    ItemsConfig config;
    config.objects_url = "s3://bucket/p?endpoint=http://127.0.0.1:9&region=eu-central-1";
    config.policy.raw_encoding = raw;
    auto items =
        Items::over(open_item_store("embedded://" + folder_.path() + "/items").value(),
                    open_object_store("file://" + folder_.path() + "/objects").value(), config)
            .value();
    CreateTable create;
    create.table.name = "things";
    create.table.keys.partition = {"id", KeyType::string};
    const auto made = items->administer(create, never_);
    EXPECT_TRUE(made) << (made ? "" : describe(made.error()));
    return items;
  }

  /// The attribute "body" of an item that was written with this value.
  static AttributeValue stored(Items& items, AttributeValue value) {
    WriteRequest write;
    write.table = "things";
    write.item = {{"id", "1"}, {"body", std::move(value)}};
    EXPECT_TRUE(items.write(write, Deadline::never()).value().result.applied);
    GetRequest get;
    get.table = "things";
    get.key = {{"id", "1"}};
    return items.get(get, Hydrate::handles, Deadline::never()).value().item->at("body");
  }

  TemporaryFolder folder_;
  const Deadline never_ = Deadline::never();
};

TEST_F(LinkTest, NamesTheValuesOwnObjectAndWhatTheAnswerShallSay) {
  const auto items = open(true);
  const AttributeValue body = stored(*items, Binary{random_bytes(500'000)});
  const auto& handle = *body.as<Spilled>();
  LinkRequest request;
  request.content_type = "video/mp4";
  request.content_disposition = "attachment; filename*=UTF-8''a";
  const std::string link = items->link(handle, request, never_).value().value();
  EXPECT_THAT(link, StartsWith("http://127.0.0.1:9/bucket/" + Items::describe(handle).key + "?"));
  EXPECT_THAT(link, HasSubstr("response-content-type=video%2Fmp4"));
  EXPECT_THAT(link, HasSubstr("response-content-disposition=attachment%3B"));
  EXPECT_THAT(link, HasSubstr("X-Amz-Expires=60"));
  EXPECT_THAT(link, Not(HasSubstr("response-content-encoding")));
  EXPECT_THAT(link, Not(HasSubstr("the-secret")));
  request.lifetime = std::chrono::seconds(301);
  EXPECT_FALSE(items->link(handle, request, never_)) << "a link lives for five minutes at most";
}

TEST_F(LinkTest, AnEncodedObjectIsForClientsThatAcceptItsEncoding) {
  const auto items = open(false);
  std::string text;
  while (text.size() < 2'000'000) text += random_id() + "\n";
  const AttributeValue body = stored(*items, text);
  const auto& handle = *body.as<Spilled>();
  ASSERT_EQ(Items::describe(handle).encoding, "zstd");
  LinkRequest request;
  EXPECT_FALSE(items->link(handle, request, never_).value());
  request.accepts_zstd = true;
  EXPECT_THAT(items->link(handle, request, never_).value().value(),
              HasSubstr("response-content-encoding=zstd"));
}

TEST_F(LinkTest, ThereIsNoneForWhatIsNotTheBytesOfOneObject) {
  const auto items = open(true);
  List numbers;
  for (int i = 0; i < 200'000; ++i) numbers.push_back(number(i));
  const AttributeValue list = stored(*items, numbers);
  ASSERT_EQ(Items::describe(*list.as<Spilled>()).storage, Storage::spilled);
  EXPECT_FALSE(items->link(*list.as<Spilled>(), {}, never_).value()) << "it is DynamoDB JSON";
}

TEST_F(LinkTest, ThereIsNoneForWhatIsInItsItem) {
  const auto items = open(false);
  const AttributeValue text = stored(*items, std::string(400'000, 'x'));
  ASSERT_EQ(Items::describe(*text.as<Spilled>()).storage, Storage::encoded);
  EXPECT_FALSE(items->link(*text.as<Spilled>(), {}, never_).value());
}

}  // namespace
}  // namespace spillway
