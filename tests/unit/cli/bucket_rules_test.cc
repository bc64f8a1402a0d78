// Rules on a bucket: ours are merged in, those of others stay, and dangerous ones are noticed.
#include "cli/bucket_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace spillway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LifecycleRule foreign(const std::string& prefix, const std::string& xml) {
  LifecycleRule rule;
  rule.id = "theirs";
  rule.prefix = prefix;
  rule.xml = xml;
  return rule;
}

RulePlan<LifecycleRule> planned(std::vector<LifecycleRule> existing, const WantedRules& wanted,
                                Versioning versioning, const std::string& prefix = "spillway/") {
  return plan_lifecycle(std::move(existing), wanted, prefix, versioning).value();
}

TEST(BucketRules, AreMergedOnceAndLeaveOthersAlone) {
  const LifecycleRule theirs = foreign("logs/", "<Rule><ID>theirs</ID></Rule>");
  const auto plan = planned({theirs}, {30, 90, 35}, Versioning::enabled);
  ASSERT_EQ(plan.rules.size(), 4u);
  EXPECT_EQ(plan.rules[0].xml, theirs.xml);
  EXPECT_EQ(plan.additions.size(), 3u);
  EXPECT_EQ(plan.rules[1].abort_multipart_days, abort_multipart_days);
  EXPECT_EQ(plan.rules[2].transitions.size(), 2u);
  EXPECT_EQ(plan.rules[3].expire_noncurrent_days, 35u);
  const auto again = planned(plan.rules, {30, 90, 35}, Versioning::enabled);
  EXPECT_THAT(again.additions, IsEmpty());
  EXPECT_EQ(again.present.size(), 3u);
  EXPECT_EQ(again.rules.size(), 4u);
}

TEST(BucketRules, AChangedRuleTakesThePlaceOfTheOldOne) {
  auto first = planned({}, {{}, 90, {}}, Versioning::off).rules;
  for (LifecycleRule& rule : first) rule.xml = "<Rule/>";  // as read back
  const auto plan = planned(first, {{}, 180, {}}, Versioning::off);
  ASSERT_EQ(plan.rules.size(), 2u);
  EXPECT_EQ(plan.rules[1].transitions[0].days, 180u);
  EXPECT_THAT(plan.rules[1].xml, IsEmpty()) << "else the old rule would be sent again, verbatim";
  EXPECT_THAT(plan.additions, ElementsAre(HasSubstr("GLACIER_IR after 180 days")));
}

TEST(BucketRules, WhatIsNotAskedForAgainStaysAsItIs) {
  const auto first = planned({}, {30, {}, 400}, Versioning::enabled).rules;
  const auto again = planned(first, {}, Versioning::enabled);
  EXPECT_EQ(again.rules.size(), 3u);
  EXPECT_THAT(again.additions, IsEmpty());
  const auto more = planned(first, {{}, 60, {}}, Versioning::enabled);
  EXPECT_THAT(more.additions,
              ElementsAre(HasSubstr("STANDARD_IA after 30 days to GLACIER_IR after 60 days")));
  EXPECT_EQ(more.rules[2].expire_noncurrent_days, 400u);
}

TEST(BucketRules, StoresThatShareABucketHaveRulesOfTheirOwn) {
  const auto first = planned({}, {30, {}, 10}, Versioning::enabled, "a/").rules;
  const auto both = planned(first, {60, {}, 20}, Versioning::enabled, "b/");
  ASSERT_EQ(both.rules.size(), 6u);
  EXPECT_EQ(both.additions.size(), 3u);
  std::set<std::string> ids;
  for (const LifecycleRule& rule : both.rules) ids.insert(rule.id);
  EXPECT_EQ(ids.size(), 6u) << "S3 refuses two rules of one id";
  EXPECT_EQ(both.rules[1].transitions[0].days, 30u);
  EXPECT_EQ(both.rules[2].expire_noncurrent_days, 10u);
}

TEST(BucketRules, RulesThatAnEarlierVersionMadeAreKnown) {
  auto rules = planned({}, {}, Versioning::off).rules;
  rules[0].id = "spillway-abort-incomplete-uploads";
  EXPECT_THAT(planned(rules, {}, Versioning::off).additions, IsEmpty());
}

TEST(BucketRules, ARuleThatWasSwitchedOffIsSwitchedOn) {
  auto rules = planned({}, {}, Versioning::off).rules;
  rules[0].enabled = false;
  const auto plan = planned(rules, {}, Versioning::off);
  EXPECT_EQ(plan.additions.size(), 1u);
  EXPECT_TRUE(plan.rules[0].enabled);
}

TEST(BucketRules, WithoutAPrefixThereAreNone) {
  const auto plan = plan_lifecycle({}, {}, "", Versioning::off);
  ASSERT_TRUE(plan.has_error());
  EXPECT_EQ(plan.error().code, Code::invalid_argument);
  EXPECT_THAT(plan.error().detail, HasSubstr("s3://BUCKET/spillway"));
}

TEST(BucketRules, DaysThatS3RefusesAreRefusedHere) {
  const auto fits = [](std::vector<LifecycleRule> existing, const WantedRules& wanted) {
    return plan_lifecycle(std::move(existing), wanted, "p/", Versioning::off).has_value();
  };
  EXPECT_TRUE(fits({}, {30, 60, {}}));
  EXPECT_TRUE(fits({}, {{}, 1, {}}));
  EXPECT_FALSE(fits({}, {29, {}, {}}));
  EXPECT_FALSE(fits({}, {30, 59, {}}));
  EXPECT_FALSE(fits(planned({}, {40, {}, {}}, Versioning::off, "p/").rules, {{}, 60, {}}));
}

TEST(BucketRules, AnExpirationOfObjectsUnderThePrefixIsADanger) {
  const std::string deletes = "<Rule><Expiration><Days>30</Days></Expiration></Rule>";
  const auto dangers = dangers_of({foreign("", deletes)}, "spillway/");
  ASSERT_EQ(dangers.size(), 1u);
  EXPECT_TRUE(dangers[0].loses_data);
  EXPECT_EQ(dangers_of({foreign("spillway/store/", deletes)}, "spillway/").size(), 1u);
  EXPECT_THAT(dangers_of({foreign("logs/", deletes)}, "spillway/"), IsEmpty());
  LifecycleRule off = foreign("", deletes);
  off.enabled = false;
  EXPECT_THAT(dangers_of({off}, "spillway/"), IsEmpty());
  // Markers of what was removed already are nobody's data.
  EXPECT_THAT(dangers_of({foreign("",
                                  "<Expiration><ExpiredObjectDeleteMarker>true"
                                  "</ExpiredObjectDeleteMarker></Expiration>")},
                         "spillway/"),
              IsEmpty());
}

TEST(BucketRules, ATierThatCannotBeReadAtOnceIsToldButLosesNothing) {
  LifecycleRule rule = foreign("", "");
  rule.transitions = {{90, "DEEP_ARCHIVE"}};
  const auto dangers = dangers_of({rule}, "spillway/");
  ASSERT_EQ(dangers.size(), 1u);
  EXPECT_FALSE(dangers[0].loses_data);
  rule.transitions = {{90, "GLACIER_IR"}};
  EXPECT_THAT(dangers_of({rule}, "spillway/"), IsEmpty());
}

TEST(BucketRules, TheFirstCorsRuleThatMatchesDecides) {
  const auto plan = plan_cors({}, {"https://app.example"});
  EXPECT_TRUE(cors_allows(plan.rules, "https://app.example"));
  EXPECT_FALSE(cors_allows(plan.rules, "https://other.example"));
  EXPECT_THAT(plan_cors(plan.rules, {"https://app.example"}).additions, IsEmpty());
  CorsRule narrow;
  narrow.allowed_origins = {"*"};
  narrow.allowed_methods = {"GET"};
  EXPECT_FALSE(cors_allows({narrow}, "https://app.example"));
  const auto mended = plan_cors({narrow}, {"https://app.example"});
  EXPECT_EQ(mended.rules.size(), 2u);
  EXPECT_TRUE(cors_allows(mended.rules, "https://app.example"));
}

}  // namespace
}  // namespace spillway
