// Requests as DynamoDB's JSON, and its answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "item/dynamodb/codec.h"
#include "item/dynamodb/tables.h"

namespace spillway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(DynamoCodec, SendsTheNamesAndValuesThatAreUsedAlone) {
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.item = {{"pk", "a"}};
  request.update = "SET #n = :v";
  request.condition = "#m = :w";
  request.names = {{"#n", "name"}, {"#m", "mode"}, {"#other", "x"}};
  request.values = {{":v", number(1)}, {":w", "w"}, {":vv", "unused"}};
  const std::string expected =
      R"({"TableName":"p-items","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET #n = :v",)"
      R"("ConditionExpression":"#m = :w","ExpressionAttributeNames":{"#m":"mode","#n":"name"},)"
      R"("ExpressionAttributeValues":{":v":{"N":"1"},":w":{"S":"w"}},)"
      R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD","ReturnValues":"ALL_OLD",)"
      R"("ReturnConsumedCapacity":"TOTAL"})";
  EXPECT_EQ(encode_write(request, "p-items"), expected);
  request.update = "SET a = b";
  request.condition.clear();
  EXPECT_THAT(encode_write(request, "items"), Not(HasSubstr("ExpressionAttribute")));
}

TEST(DynamoCodec, SpellsEveryActionOfATransaction) {
  std::vector<WriteRequest> actions(4);
  for (std::size_t i = 0; i < actions.size(); ++i) {
    actions[i].kind = static_cast<WriteRequest::Kind>(i);
    actions[i].table = "t";
    actions[i].item = {{"pk", "a"}};
  }
  actions[1].update = "REMOVE v";
  actions[3].condition = "pk = v";
  const std::string expected =
      R"({"ClientRequestToken":"token","ReturnConsumedCapacity":"TOTAL","TransactItems":[)"
      R"({"Put":{"TableName":"p-t","Item":{"pk":{"S":"a"}}}},)"
      R"({"Update":{"TableName":"p-t","Key":{"pk":{"S":"a"}},"UpdateExpression":"REMOVE v"}},)"
      R"({"Delete":{"TableName":"p-t","Key":{"pk":{"S":"a"}}}},)"
      R"({"ConditionCheck":{"TableName":"p-t","Key":{"pk":{"S":"a"}},)"
      R"("ConditionExpression":"pk = v",)"
      R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}]})";
  EXPECT_EQ(encode_transaction(actions, "p-", "token"), expected);
}

TEST(DynamoCodec, AsksForAScanWithoutAKeyCondition) {
  QueryRequest scan;
  scan.total_segments = 4;
  scan.segment = 3;
  scan.limit = 7;
  scan.start_after = Item{{"pk", "a"}};
  const std::string expected =
      R"({"TableName":"items","ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL",)"
      R"("Limit":7,"ExclusiveStartKey":{"pk":{"S":"a"}},"Segment":3,"TotalSegments":4})";
  EXPECT_EQ(encode_query(scan, "items"), expected);
  QueryRequest query;
  query.index = "by-date";
  query.key_condition = "pk = :p";
  query.values = {{":p", "a"}};
  query.forward = query.consistent = false;
  const std::string backward =
      R"({"TableName":"items","ConsistentRead":false,"ReturnConsumedCapacity":"TOTAL",)"
      R"("IndexName":"by-date","KeyConditionExpression":"pk = :p",)"
      R"("ExpressionAttributeValues":{":p":{"S":"a"}},"ScanIndexForward":false})";
  EXPECT_EQ(encode_query(query, "items"), backward);
}

TEST(DynamoCodec, TokensFitAndBelongToOneDeployment) {
  EXPECT_EQ(client_request_token("mine", ""), "mine");
  const std::string digest = client_request_token(std::string(100, 't'), "");
  EXPECT_EQ(digest.size(), 36u);
  EXPECT_EQ(digest, client_request_token(std::string(100, 't'), ""));
  EXPECT_NE(client_request_token("mine", "a-"), client_request_token("mine", "b-"));
  EXPECT_EQ(client_request_token("mine", "a-"), client_request_token("mine", "a-"));
  const std::string fresh = client_request_token("", "");
  EXPECT_THAT(fresh.size(), testing::AllOf(testing::Ge(1u), testing::Le(36u)));
  EXPECT_NE(fresh, client_request_token("", ""));
}

TEST(DynamoCodec, ReadsItemsAndCapacity) {
  const GetResult got = decode_get(R"({"Item":{"pk":{"S":"a"},"n":{"N":"1.50"}},)"
                                   R"("ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}})")
                            .value();
  EXPECT_EQ(got.item, (Item{{"pk", "a"}, {"n", Number{"1.5"}}}));
  EXPECT_EQ(got.capacity.read_units, 0.5);
  EXPECT_FALSE(decode_get("{}").value().item);
  const WriteResult written =
      decode_write(R"({"ConsumedCapacity":{"CapacityUnits":3.0}})", false).value();
  EXPECT_TRUE(written.applied);
  EXPECT_EQ(written.capacity.write_units, 3);
  const WriteResult refused = decode_write(R"({"Item":{"pk":{"S":"a"}}})", true).value();
  EXPECT_FALSE(refused.applied);
  EXPECT_EQ(refused.prior, (Item{{"pk", "a"}}));
}

TEST(DynamoCodec, SumsTheCapacityOfATransactionByKind) {
  const std::string body =
      R"({"ConsumedCapacity":[{"TableName":"a","CapacityUnits":4.0,"WriteCapacityUnits":4.0},)"
      R"({"TableName":"b","CapacityUnits":2.0,"ReadCapacityUnits":2.0}]})";
  const TransactResult result = decode_transaction(body, false).value();
  EXPECT_EQ(result.capacity.write_units, 4);
  EXPECT_EQ(result.capacity.read_units, 2);
}

TEST(DynamoCodec, ReadsPages) {
  const QueryPage page =
      decode_page(R"({"Items":[{"pk":{"S":"a"}},{"pk":{"S":"b"}}],"Count":2,"ScannedCount":5,)"
                  R"("LastEvaluatedKey":{"pk":{"S":"b"}}})")
          .value();
  EXPECT_THAT(page.items, ElementsAre(Item{{"pk", "a"}}, Item{{"pk", "b"}}));
  EXPECT_EQ(page.scanned_count, 5u);
  EXPECT_EQ(page.last_key, (Item{{"pk", "b"}}));
}

TEST(DynamoCodec, RefusesAnswersThatAreNone) {
  for (const char* body : {"", "[]", "{", R"({"Item":{"pk":"a"}})", R"({"Item":[]})"})
    EXPECT_EQ(decode_get(body).error().code, Code::corrupt) << body;
  EXPECT_EQ(decode_page("{}").error().code, Code::corrupt);
  EXPECT_EQ(decode_transaction("{}", true).error().code, Code::corrupt);
  EXPECT_EQ(decode_table("{}").error().code, Code::corrupt);
  EXPECT_EQ(decode_table(R"({"Table":{"TableName":"t"}})").error().code, Code::corrupt);
}

TEST(DynamoCodec, TablesAreBilledByTheRequestAndDefineEachKeyOnce) {
  TableDescription table{"t", {{"pk", KeyType::string}, KeyAttribute{"at", KeyType::number}}, {}};
  table.indexes.push_back({"local",
                           {{"pk", KeyType::string}, KeyAttribute{"b", KeyType::binary}},
                           true,
                           IndexDescription::Projects::all,
                           {}});
  table.indexes.push_back({"global",
                           {{"b", KeyType::binary}, std::nullopt},
                           false,
                           IndexDescription::Projects::include,
                           {"x"}});
  const std::string expected =
      R"({"TableName":"p-t","AttributeDefinitions":[{"AttributeName":"at","AttributeType":"N"},)"
      R"({"AttributeName":"b","AttributeType":"B"},{"AttributeName":"pk","AttributeType":"S"}],)"
      R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},)"
      R"({"AttributeName":"at","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST",)"
      R"("LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[)"
      R"({"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],)"
      R"("Projection":{"ProjectionType":"ALL"}}],"GlobalSecondaryIndexes":[{"IndexName":"global",)"
      R"("KeySchema":[{"AttributeName":"b","KeyType":"HASH"}],)"
      R"("Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}}]})";
  EXPECT_EQ(encode_create_table(table, "p-t"), expected);
}

}  // namespace
}  // namespace spillway
