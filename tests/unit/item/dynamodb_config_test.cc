// URLs of DynamoDB stores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "item/dynamodb/config.h"
#include "item/item_store.h"

namespace spillway {
namespace {

using testing::HasSubstr;

TEST(DynamoConfig, TakesEverySetting) {
  const DynamoConfig config =
      parse_dynamodb_url(
          "dynamodb://eu-central-1?endpoint=http%3A%2F%2F127.0.0.1:8001&profile=team%20a"
          "&prefix=prod-&ca_file=/etc/ca.pem")
          .value();
  EXPECT_EQ(config.region, "eu-central-1");
  EXPECT_EQ(config.endpoint, "http://127.0.0.1:8001");
  EXPECT_EQ(config.profile, "team a");
  EXPECT_EQ(config.table_prefix, "prod-");
  EXPECT_EQ(config.ca_file, "/etc/ca.pem");
}

TEST(DynamoConfig, NeedsNoneOfThem) {
  EXPECT_EQ(parse_dynamodb_url("dynamodb://").value().region, "");
  EXPECT_EQ(parse_dynamodb_url("dynamodb://?").value().endpoint, "");
  EXPECT_EQ(parse_dynamodb_url("dynamodb://us-east-1").value().region, "us-east-1");
}

TEST(DynamoConfig, RefusesWhatItDoesNotKnow) {
  for (const char* url :
       {"dynamo://us-east-1", "dynamodb://us/east", "dynamodb://user@host",
        "dynamodb://us-east-1?endpoint", "dynamodb://us-east-1?endpoint=",
        "dynamodb://us-east-1?prefix=a&prefix=b", "dynamodb://us-east-1?prefix=a/b",
        "dynamodb://us-east-1?prefix=%2", "dynamodb://us-east-1?tables=a"}) {
    const auto config = parse_dynamodb_url(url);
    ASSERT_FALSE(config) << url;
    EXPECT_EQ(config.error().code, Code::invalid_argument) << url;
  }
  EXPECT_THAT(parse_dynamodb_url("dynamodb://?region=x").error().detail,
              HasSubstr("known are endpoint=, profile=, prefix= and ca_file="));
  EXPECT_FALSE(parse_dynamodb_url("dynamodb://?prefix=" + std::string(253, 'p')));
}

TEST(DynamoConfig, IsWhatOpenItemStoreReads) {
  EXPECT_TRUE(open_item_store("dynamodb://us-east-1?endpoint=http://127.0.0.1:1"));
  EXPECT_EQ(open_item_store("dynamodb://us-east-1?endpoint=nonsense").error().code,
            Code::invalid_argument);
  EXPECT_THAT(open_item_store("redis://").error().detail, HasSubstr("dynamodb://"));
}

}  // namespace
}  // namespace spillway
