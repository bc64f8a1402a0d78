// What DynamoDB's refusals become.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "item/dynamodb/errors.h"

namespace spillway {
namespace {

using testing::HasSubstr;
using testing::Not;

const DynamoCall conditional_put{"PutItem", "items", Repeat::once};
const DynamoCall transaction{"TransactWriteItems", "items", Repeat::idempotent};

Error refused(const std::string& type, const std::string& message = "",
              const DynamoCall& call = conditional_put, int status = 400) {
  return refusal_error(call, {status, type, message});
}

TEST(DynamoErrors, ReadsTypeAndMessageInBothSpellings) {
  const DynamoRefusal coral = parse_refusal(
      400, R"({"__type":"com.amazon.coral.validate#ValidationException","message":"no"})");
  EXPECT_EQ(coral.type, "ValidationException");
  EXPECT_EQ(coral.message, "no");
  const DynamoRefusal local = parse_refusal(
      400,
      R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","Message":"?"})");
  EXPECT_EQ(local.type, "ResourceNotFoundException");
  EXPECT_EQ(local.message, "?");
  EXPECT_EQ(parse_refusal(400, R"({"__type":"Bare"})").type, "Bare");
  for (const char* nonsense : {"", "<html>", "[]", "null", R"({"__type":7})"})
    EXPECT_EQ(parse_refusal(502, nonsense).type, "") << nonsense;
}

TEST(DynamoErrors, HaveTheCodeThatACallerActsOn) {
  const std::vector<std::pair<const char*, Code>> expected = {
      {"ResourceNotFoundException", Code::not_found},
      {"TransactionConflictException", Code::conflict},
      {"ProvisionedThroughputExceededException", Code::throttled},
      {"ThrottlingException", Code::throttled},
      {"RequestLimitExceeded", Code::throttled},
      {"ValidationException", Code::invalid_argument},
      {"SerializationException", Code::invalid_argument},
      {"ItemCollectionSizeLimitExceededException", Code::too_large},
      {"AccessDeniedException", Code::permission_denied},
      {"UnrecognizedClientException", Code::permission_denied},
      {"UnknownOperationException", Code::unsupported}};
  for (const auto& [type, code] : expected) {
    EXPECT_EQ(refused(type).code, code) << type;
    EXPECT_EQ(refused(type).effect, Effect::none) << type;
  }
}

TEST(DynamoErrors, AnItemThatIsTooLargeIsTooLarge) {
  for (const char* message : {"Item size has exceeded the maximum allowed size",
                              "Item size to update has exceeded the maximum allowed size"})
    EXPECT_EQ(refused("ValidationException", message).code, Code::too_large);
}

TEST(DynamoErrors, AServersFailureMayHaveWritten) {
  for (const char* type : {"InternalServerError", "ServiceUnavailable", ""}) {
    const Error write = refused(type, "", conditional_put, 500);
    EXPECT_EQ(write.code, Code::unavailable);
    EXPECT_TRUE(write.transient);
    EXPECT_EQ(write.effect, Effect::unknown) << type;
    EXPECT_EQ(refused(type, "", {"GetItem", "items", Repeat::safe}, 500).effect, Effect::none);
  }
}

TEST(DynamoErrors, ATableThatExistsIsNoReasonToTryAgain) {
  const Error taken = refused("ResourceInUseException", "", {"CreateTable", "items", Repeat::once});
  EXPECT_EQ(taken.code, Code::conflict);
  EXPECT_FALSE(taken.transient);
  EXPECT_TRUE(
      refused("ResourceInUseException", "", {"DeleteTable", "items", Repeat::once}).transient);
}

TEST(DynamoErrors, SayWhatToDoWithoutRepeatingWhatWasSigned) {
  const std::string words = "The canonical string was POST … key AKIACANARY";
  for (const char* type : {"InvalidSignatureException", "AccessDeniedException",
                           "UnrecognizedClientException", "ExpiredTokenException"})
    EXPECT_THAT(describe(refused(type, words)), Not(HasSubstr("CANARY"))) << type;
  EXPECT_THAT(refused("AccessDeniedException").detail, HasSubstr("dynamodb:PutItem"));
}

TEST(DynamoErrors, AnAnswerOfSomethingElsePointsToTheEndpoint) {
  const Error error = refused("", "", conditional_put, 404);
  EXPECT_FALSE(error.transient);
  EXPECT_THAT(error.detail, HasSubstr("check the endpoint"));
}

std::string cancelled(const std::string& reasons) {
  return R"({"__type":"x#TransactionCanceledException","CancellationReasons":[)" + reasons + "]}";
}
const std::string none = R"({"Code":"None"})";
const std::string condition = R"({"Code":"ConditionalCheckFailed","Message":"no"})";
const std::string conflict = R"({"Code":"TransactionConflict","Message":"busy"})";
const std::string throttle = R"({"Code":"ProvisionedThroughputExceeded"})";
const std::string invalid = R"({"Code":"ValidationError","Message":"bad operand"})";
const std::string large =
    R"({"Code":"ValidationError","Message":"Item size to update has exceeded the maximum"})";

TEST(DynamoErrors, ACancelledTransactionIsAnAnswerIfAConditionDidNotHold) {
  EXPECT_TRUE(check_cancellation(transaction, cancelled(none + "," + condition)));
  EXPECT_TRUE(check_cancellation(transaction, cancelled(conflict + "," + condition)));
}

TEST(DynamoErrors, OtherCancellationsAreErrorsThatNameTheAction) {
  const Error busy = check_cancellation(transaction, cancelled(none + "," + conflict)).error();
  EXPECT_EQ(busy.code, Code::conflict);
  EXPECT_TRUE(busy.transient);
  EXPECT_EQ(busy.effect, Effect::none);
  EXPECT_EQ(check_cancellation(transaction, cancelled(throttle)).error().code, Code::throttled);
  const Error bad =
      check_cancellation(transaction, cancelled(condition + "," + none + "," + invalid)).error();
  EXPECT_EQ(bad.code, Code::invalid_argument);
  EXPECT_THAT(bad.detail, HasSubstr("action 2: bad operand"));
  EXPECT_EQ(check_cancellation(transaction, cancelled(large)).error().code, Code::too_large);
  EXPECT_FALSE(check_cancellation(transaction, "{}"));
}

TEST(DynamoErrors, ClockAndTokenAreRecognised) {
  EXPECT_TRUE(is_clock_refusal({400, "InvalidSignatureException",
                                "Signature not yet current: 2026… is still later than 2025…"}));
  EXPECT_TRUE(is_clock_refusal({400, "InvalidSignatureException", "Signature expired: …"}));
  EXPECT_FALSE(is_clock_refusal({400, "InvalidSignatureException", "does not match"}));
  EXPECT_TRUE(is_expired_token({400, "ExpiredTokenException", ""}));
}

}  // namespace
}  // namespace spillway
