// Synthetic wells: always the same, believable, of the size that started it all, and never
// unmarked.
#include "welllog/synthetic.h"

#include <cmath>

#include "base/digest.h"
#include "unit/welllog/wells.h"
#include "welllog/log_plot.h"

namespace spillway {
namespace {

TEST(Synthetic, TheSameNameGivesTheSameBytes) {
  EXPECT_EQ(synthetic_las("WELL-001"), synthetic_las("WELL-001"));
  EXPECT_NE(synthetic_las("WELL-001"), synthetic_las("WELL-002"));
  // Fixed for good: demonstrations and benchmarks on any machine speak of the same bytes.
  EXPECT_EQ(to_hex(sha256(synthetic_las("WELL-001"))),
            "618d81bf578df1341580c99193c815d529ff9c78f1c0b10b630443490f58b5e1");
}

TEST(Synthetic, TheArtifactHasTheSizeThatDidNotFit) {
  for (const char* name : {"WELL-001", "WELL-007", "WELL-999"}) {
    const LasFile file = must_parse(synthetic_las(name));
    EXPECT_EQ(file.log.row_count, 9'048u);
    EXPECT_EQ(file.log.curves.size(), 7u);
    EXPECT_EQ(file.well_name, name);
    EXPECT_TRUE(file.diagnostics.empty()) << all_diagnostics(file);
    EXPECT_NEAR(static_cast<double>(log_plot_json(file).size()), 563'000.0, 0.03 * 563'000.0);
  }
}

TEST(Synthetic, SaysSoFromTheFileToTheArtifact) {
  const std::string las = synthetic_las("WELL-001", 20);
  EXPECT_TRUE(las.starts_with("# SYNTHETIC"));
  const LasFile file = must_parse(las);
  EXPECT_TRUE(file.synthetic);
  EXPECT_NE(log_plot_json(file).find(R"("wellName":"WELL-001","synthetic":true)"),
            std::string::npos);
  EXPECT_FALSE(must_parse(las20({"DEPT.M"}, "1\n")).synthetic);
}

TEST(Synthetic, AnyNumberOfRows) {
  for (const std::size_t rows : {0u, 1u, 2u, 100u, 20'000u}) {
    EXPECT_EQ(must_parse(synthetic_las("WELL-005", rows)).log.row_count, rows);
  }
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double n = 0, sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) continue;
    n += 1, sa += a[i], sb += b[i], saa += a[i] * a[i], sbb += b[i] * b[i], sab += a[i] * b[i];
  }
  return (n * sab - sa * sb) / std::sqrt((n * saa - sa * sa) * (n * sbb - sb * sb));
}

TEST(Synthetic, LogsAreWithinNatureAndHangTogether) {
  const LasFile file = must_parse(synthetic_las("WELL-001"));
  const auto curve = [&](std::size_t i) -> const std::vector<double>& {
    return file.log.curves[i].values;
  };
  const std::vector<std::pair<double, double>> limits = {
      {1000, 3000}, {3, 200}, {1.7, 3.0}, {-0.05, 0.6}, {0.2, 2000}, {40, 190}, {8, 22}};
  for (std::size_t i = 0; i < limits.size(); ++i) {
    for (const double value : curve(i)) {
      if (std::isnan(value)) continue;
      ASSERT_GE(value, limits[i].first) << file.log.curves[i].mnemonic;
      ASSERT_LE(value, limits[i].second) << file.log.curves[i].mnemonic;
    }
  }
  EXPECT_GT(correlation(curve(1), curve(3)), 0.3);   // shale: high gamma ray, high neutron
  EXPECT_LT(correlation(curve(2), curve(5)), -0.4);  // dense is fast
  for (const std::size_t i : {2, 3, 4, 5}) EXPECT_GT(file.log.curves[i].null_count, 0u);
}

TEST(Synthetic, Names) {
  EXPECT_TRUE(is_synthetic_well_name("WELL-001"));
  EXPECT_TRUE(is_synthetic_well_name("well-999"));
  for (const char* name : {"WELL-000", "WELL-1", "WELL-0001", "WELL-01a", "", "A-1"}) {
    EXPECT_FALSE(is_synthetic_well_name(name)) << name;
  }
}

}  // namespace
}  // namespace spillway
