// Rules on a bucket: ours are merged in, those of others stay, and dangerous ones are noticed.
#include "cli/bucket_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(BucketRules, AreMergedOnceAndLeaveOthersAlone) {
  const LifecycleRule theirs = foreign("logs/", "<Rule><ID>theirs</ID></Rule>");
  const auto plan = plan_lifecycle({theirs}, {30, 90, 35}, "spillway/", Versioning::enabled);
  ASSERT_EQ(plan.rules.size(), 4u);
  EXPECT_EQ(plan.rules[0].xml, theirs.xml);
  EXPECT_EQ(plan.additions.size(), 3u);
  EXPECT_EQ(plan.rules[1].abort_multipart_days, abort_multipart_days);
  EXPECT_EQ(plan.rules[2].transitions.size(), 2u);
  EXPECT_EQ(plan.rules[3].expire_noncurrent_days, 35u);
  const auto again = plan_lifecycle(plan.rules, {30, 90, 35}, "spillway/", Versioning::enabled);
  EXPECT_THAT(again.additions, IsEmpty());
  EXPECT_EQ(again.present.size(), 3u);
  EXPECT_EQ(again.rules.size(), 4u);
}

TEST(BucketRules, AChangedRuleTakesThePlaceOfTheOldOne) {
  auto first = plan_lifecycle({}, {0, 90, 35}, "", Versioning::off).rules;
  for (LifecycleRule& rule : first) rule.xml = "<Rule/>";  // as read back
  const auto plan = plan_lifecycle(first, {0, 180, 35}, "", Versioning::off);
  ASSERT_EQ(plan.rules.size(), 2u);
  EXPECT_EQ(plan.rules[1].transitions[0].days, 180u);
  EXPECT_THAT(plan.rules[1].xml, IsEmpty()) << "else the old rule would be sent again, verbatim";
  EXPECT_THAT(plan.additions, ElementsAre(HasSubstr("GLACIER_IR after 180 days")));
}

TEST(BucketRules, WhatIsNotAskedForAgainStays) {
  const auto first = plan_lifecycle({}, {30, 0, 35}, "", Versioning::off).rules;
  EXPECT_EQ(plan_lifecycle(first, {}, "", Versioning::off).rules.size(), 2u);
}

TEST(BucketRules, DaysThatS3RefusesAreRefusedHere) {
  EXPECT_TRUE(check_rules({30, 60, 35}));
  EXPECT_TRUE(check_rules({0, 1, 35}));
  EXPECT_FALSE(check_rules({29, 0, 35}));
  EXPECT_FALSE(check_rules({30, 59, 35}));
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
