// Which messages ask for the logs of a well.
#include "welllog/well_request.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

TEST(WellRequest, FindsTheWell) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"show log curves for WELL-001", "WELL-001"},
      {"SHOW LOG CURVES FOR well-001.", "well-001"},
      {"plot logs of well X", "X"},
      {"show me the log curves for 'Eastrock Lauren #1'", "Eastrock Lauren #1"},
      {"Please show me the well logs for \"25/8-7  Krap 1\", thanks", "25/8-7  Krap 1"},
      {"show me the log curves for Eastrock Lauren #1 please", "Eastrock Lauren #1"},
      {"Can you display the curves of Scorpio E1?", "Scorpio E1"},
      {"show me WELL-001 logs", "WELL-001"},
      {"plot WELL-002's log curves", "WELL-002"},
      {"open the log of well WELL-003, and zoom in", "WELL-003"},
      {"Well logs for WELL-004", "WELL-004"},
      {"log curves for WELL-005!", "WELL-005"},
      {"show log curves for “Krap 1”", "Krap 1"},
      {"show the gamma ray log from WELL-006 between 1000 and 1100 m", "WELL-006"}};
  for (const auto& [content, well] : cases) {
    EXPECT_EQ(requested_well(content).value_or("nothing"), well) << content;
  }
}

TEST(WellRequest, LeavesOtherTalkAlone) {
  for (const char* content :
       {"", "hello", "show me the map of WELL-001", "what is a log curve used for?",
        "I looked at the logs of WELL-001 yesterday", "show log curves", "show log curves for",
        "show the sonic logs", "show logs for ''", "show logs for the well"}) {
    EXPECT_EQ(requested_well(content).value_or("nothing"), "nothing") << content;
  }
  EXPECT_FALSE(requested_well("show log curves for " + std::string(10'000, 'x')));
}

}  // namespace
}  // namespace spillway
