// How the DynamoDB store behaves when the network, the server, the clock or the credentials fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "item/item_store.h"
#include "net/url.h"
#include "unit/net/local_server.h"

namespace spillway {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A server that answers as the test says, and a store on it.
class DynamoClientTest : public testing::Test {
 protected:
  using Answer = std::function<std::string(const SeenRequest&, int number)>;

  void SetUp() override {
    setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
    setenv("AWS_ACCESS_KEY_ID", "CANARYID", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "canary-secret", 1);
    unsetenv("AWS_SESSION_TOKEN");
    unsetenv("AWS_PROFILE");
    store_ = open_item_store("dynamodb://us-east-1?prefix=p-&endpoint=" + uri_encode(server_.url()))
                 .value();
  }

  static Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }
  static std::string done(const std::string& body = "{}") { return LocalServer::reply(200, body); }
  static std::string refusal(const std::string& type, const std::string& message = "",
                             const std::string& headers = "", int status = 400) {
    return LocalServer::reply(
        status, R"({"__type":"x#)" + type + R"(","message":")" + message + R"("})", headers);
  }
  /// The first answer is `first`, all others are `done()`.
  void answer_first(std::string first) {
    answer_ = [first = std::move(first)](const SeenRequest&, int number) {
      return number == 0 ? first : done();
    };
  }
  /// Requests of one operation that arrived.
  std::vector<SeenRequest> seen(const std::string& operation) {
    std::vector<SeenRequest> found;
    for (const SeenRequest& request : server_.seen())
      if (request.has("DynamoDB_20120810." + operation + "\r\n")) found.push_back(request);
    return found;
  }

  static WriteRequest put(const std::string& condition = "") {
    WriteRequest request;
    request.table = "items";
    request.item = {{"pk", "a"}};
    request.condition = condition;
    return request;
  }
  static WriteRequest conditional() { return put("attribute_not_exists(pk)"); }
  Result<GetResult> get() { return store_->get({"items", {{"pk", "a"}}, true, "", {}}, soon()); }

  Answer answer_ = [](const SeenRequest&, int) { return done(); };
  std::atomic<int> answered_{0};
  LocalServer server_{[this](const SeenRequest& request) { return answer_(request, answered_++); }};
  std::unique_ptr<ItemStore> store_;
};

TEST_F(DynamoClientTest, ThrottledWritesAreTriedAgainWhateverTheirCondition) {
  for (const char* type : {"ThrottlingException", "ProvisionedThroughputExceededException",
                           "RequestLimitExceeded", "TransactionConflictException"}) {
    answered_ = 0;
    answer_first(refusal(type));
    const auto written = store_->write(conditional(), soon());
    EXPECT_TRUE(written) << type << ": " << describe(written.error());
    EXPECT_EQ(answered_, 2) << type;
  }
}

TEST_F(DynamoClientTest, ALostReplyOfAConditionalWriteIsUnknownAndNotRepeated) {
  ASSERT_TRUE(get());  // so that the write finds a kept connection
  answer_ = [](const SeenRequest&, int) { return std::string(); };
  const auto written = store_->write(conditional(), soon());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().effect, Effect::unknown);
  EXPECT_EQ(seen("PutItem").size(), 1u);
}

TEST_F(DynamoClientTest, ALostReplyOfAnUpdateIsUnknownAndNotRepeated) {
  answer_first("");
  WriteRequest update = put();
  update.kind = WriteRequest::Kind::update;
  update.update = "ADD n :one";
  update.values = {{":one", number(1)}};
  EXPECT_EQ(store_->write(update, soon()).error().effect, Effect::unknown);
  EXPECT_EQ(seen("UpdateItem").size(), 1u);
}

TEST_F(DynamoClientTest, AnUnconditionalWriteIsRepeated) {
  answer_first("");
  EXPECT_TRUE(store_->write(put(), soon()));
  EXPECT_EQ(seen("PutItem").size(), 2u);
}

TEST_F(DynamoClientTest, ATransactionIsRepeatedWithItsToken) {
  answer_first("");
  ASSERT_TRUE(store_->transact({conditional()}, "", soon()));
  const auto requests = seen("TransactWriteItems");
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].body, requests[1].body);
  EXPECT_THAT(requests[0].body, HasSubstr("ClientRequestToken"));
}

TEST_F(DynamoClientTest, AServersFailureIsUnknownForWritesAndRepeatedForReads) {
  answer_first(refusal("InternalServerError", "", "", 500));
  EXPECT_EQ(store_->write(conditional(), soon()).error().effect, Effect::unknown);
  EXPECT_EQ(answered_, 1);
  answered_ = 0;
  EXPECT_TRUE(get());
  EXPECT_EQ(answered_, 2);
}

TEST_F(DynamoClientTest, AWriteThatWasNeverSentHasNoEffect) {
  const auto nobody = open_item_store("dynamodb://us-east-1?endpoint=http://127.0.0.1:1").value();
  const auto written =
      nobody->write(conditional(), Deadline::after(std::chrono::milliseconds(300)));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().effect, Effect::none);
}

std::string with_crc(const std::string& body, std::uint32_t crc) {
  return LocalServer::reply(200, body, "x-amz-crc32: " + std::to_string(crc) + "\r\n");
}

TEST_F(DynamoClientTest, ADamagedAnswerIsNoAnswer) {
  const std::string item = R"({"Item":{"pk":{"S":"a"}}})";
  answer_ = [&](const SeenRequest&, int number) {
    return with_crc(item, crc32(item) + (number == 0 ? 1 : 0));
  };
  EXPECT_EQ(get().value().item, (Item{{"pk", "a"}}));
  EXPECT_EQ(answered_, 2);
  answered_ = 0;
  const auto written = store_->write(conditional(), soon());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().effect, Effect::unknown);
}

TEST_F(DynamoClientTest, ASkewedClockIsLearnedAndSignedByOnce) {
  answer_first(refusal("InvalidSignatureException",
                       "Signature not yet current: 20261125T000000Z is still later than now",
                       "Date: Wed, 25 Nov 2020 12:00:00 GMT\r\n"));
  ASSERT_TRUE(store_->write(conditional(), soon()));
  const auto requests = seen("PutItem");
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_THAT(requests[1].head, HasSubstr("20201125T12"));
  // A server that never agrees is asked twice, not for ever.
  answered_ = 0;
  answer_ = [](const SeenRequest&, int) {
    return refusal("InvalidSignatureException", "Signature expired: …",
                   "Date: Wed, 25 Nov 2015 12:00:00 GMT\r\n");
  };
  const auto refused = store_->write(conditional(), soon());
  EXPECT_EQ(refused.error().code, Code::permission_denied);
  EXPECT_THAT(refused.error().detail, HasSubstr("clock"));
  EXPECT_EQ(answered_, 2);
}

TEST_F(DynamoClientTest, AnExpiredTokenIsRenewedOnce) {
  setenv("AWS_SESSION_TOKEN", "old", 1);
  answer_ = [](const SeenRequest& request, int) {
    if (!request.has("X-Amz-Security-Token: old")) return done();
    setenv("AWS_SESSION_TOKEN", "new", 1);  // the client waits for this answer
    return refusal("ExpiredTokenException");
  };
  EXPECT_TRUE(store_->write(conditional(), soon()));
  EXPECT_EQ(answered_, 2);
  answered_ = 0;
  answer_ = [](const SeenRequest&, int) { return refusal("ExpiredTokenException"); };
  EXPECT_EQ(store_->write(conditional(), soon()).error().code, Code::permission_denied);
  EXPECT_EQ(answered_, 2);
}

TEST_F(DynamoClientTest, ErrorsNeverHoldTheKeys) {
  for (const char* type : {"InvalidSignatureException", "UnrecognizedClientException",
                           "AccessDeniedException", "MissingAuthenticationTokenException"}) {
    answer_ = [type](const SeenRequest&, int) {
      return refusal(type, "the canonical string of CANARYID should have been … canary-secret");
    };
    const std::string text = describe(store_->write(conditional(), soon()).error());
    EXPECT_THAT(text, Not(HasSubstr("CANARY")));
    EXPECT_THAT(text, Not(HasSubstr("canary")));
  }
}

TEST_F(DynamoClientTest, ACancellationByAnotherTransactionIsTriedAgain) {
  for (const char* reason :
       {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}) {
    answered_ = 0;
    answer_first(LocalServer::reply(
        400, R"({"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":")" +
                 std::string(reason) + R"("}]})"));
    EXPECT_TRUE(store_->transact({conditional()}, "", soon()).value().applied);
    EXPECT_EQ(answered_, 2);
  }
}

TEST_F(DynamoClientTest, ARequestThatIsTooLargeIsNotSent) {
  WriteRequest large = put();
  large.item["v"] = std::string(17 << 20, 'x');
  EXPECT_EQ(store_->write(large, soon()).error().code, Code::too_large);
  EXPECT_EQ(answered_, 0);
}

std::string table(const std::string& status, const std::string& index_status) {
  return R"({"Table":{"TableName":"p-items","TableId":"id-1","TableStatus":")" + status +
         R"(","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
         R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"GlobalSecondaryIndexes":[)"
         R"({"IndexName":"i","IndexStatus":")" +
         index_status +
         R"(","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
         R"("Projection":{"ProjectionType":"KEYS_ONLY"}}]}})";
}

const TableDescription items_table{"items", {{"pk", KeyType::string}, std::nullopt}, {}};

TEST_F(DynamoClientTest, ANewTableIsAwaitedWithItsIndexes) {
  answer_ = [](const SeenRequest&, int number) {
    if (number == 0) return done();
    if (number == 1) return refusal("ResourceNotFoundException");
    return done(table(number < 4 ? "CREATING" : "ACTIVE", number < 6 ? "CREATING" : "ACTIVE"));
  };
  const TableReply made = store_->administer(CreateTable{items_table}, soon()).value();
  EXPECT_EQ(made[0].name, "items");
  EXPECT_EQ(made[0].id, "id-1");
  EXPECT_EQ(made[0].indexes[0].projects, IndexDescription::Projects::keys_only);
  EXPECT_GE(answered_, 7);
}

TEST_F(DynamoClientTest, AConflictIsToldOnceTheTableOfTheOtherIsUsable) {
  answer_ = [](const SeenRequest&, int number) {
    if (number == 0) return refusal("ResourceInUseException");
    return done(table(number < 3 ? "CREATING" : "ACTIVE", "ACTIVE"));
  };
  const auto made = store_->administer(CreateTable{items_table}, soon());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::conflict);
  EXPECT_EQ(answered_, 4);
}

TEST_F(DynamoClientTest, ATableWhoseFirstAnswerWasLostIsThere) {
  answer_ = [](const SeenRequest&, int number) {
    if (number == 0) return std::string();  // made, and the connection broke
    if (number == 1) return refusal("ResourceInUseException");
    return done(table("ACTIVE", "ACTIVE"));
  };
  const auto made = store_->administer(CreateTable{items_table}, soon());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::conflict) << describe(made.error());
  EXPECT_EQ(answered_, 3);
}

TEST_F(DynamoClientTest, ATableThatIsNotReadyInTimeIsUnknown) {
  answer_ = [](const SeenRequest&, int number) {
    return done(number == 0 ? "{}" : table("CREATING", "CREATING"));
  };
  const auto late =
      store_->administer(CreateTable{items_table}, Deadline::after(std::chrono::milliseconds(200)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::timeout);
  EXPECT_EQ(late.error().effect, Effect::unknown);
}

TEST_F(DynamoClientTest, TablesAreListedAcrossPagesWithoutThePrefixOfOthers) {
  answer_ = [](const SeenRequest& request, int) {
    if (request.body == "{}")
      return done(R"({"TableNames":["a","p-two","q-x"],"LastEvaluatedTableName":"q-x"})");
    return done(R"({"TableNames":["p-one","p-three"]})");
  };
  const auto names = [&](const ListTables& list) {
    std::vector<std::string> found;
    const TableReply reply = store_->administer(list, soon()).value();
    for (const TableDescription& one : reply) found.push_back(one.name);
    return found;
  };
  EXPECT_THAT(names({}), testing::ElementsAre("one", "three", "two"));
  EXPECT_THAT(names({"one", 1}), testing::ElementsAre("three"));
}

TEST_F(DynamoClientTest, AnAnswerThatCannotBeReadMayHaveWritten) {
  answer_ = [](const SeenRequest&, int) { return done("<html>"); };
  const auto written = store_->write(put(), soon());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::corrupt);
  EXPECT_EQ(written.error().effect, Effect::unknown);
}

}  // namespace
}  // namespace spillway
