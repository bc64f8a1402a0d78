// The thirteen real LAS files, against their manifest and a plain second reading of their data.
#include "unit/welllog/wells.h"

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "welllog/las_text.h"
#include "welllog/log_plot.h"

namespace spillway {
namespace {

struct Expected {
  std::string file, version, wrap, well, null, unit;
  std::size_t rows;
  std::vector<std::string> curves;
};

std::vector<Expected> manifest() {
  simdjson::dom::parser parser;
  const std::string path = wells_folder + "MANIFEST.json";
  const simdjson::dom::array entries = parser.load(path);
  std::vector<Expected> all;
  for (const simdjson::dom::element entry : entries) {
    Expected e;
    const auto text = [&](const char* key) { return std::string(std::string_view(entry[key])); };
    e.file = text("file");
    e.version = text("las_version");
    e.wrap = text("wrap");
    e.well = text("well");
    e.null = text("null");
    e.unit = text("index_unit");
    e.rows = std::uint64_t(entry["lasio_rows"]);
    // The manifest's reader took the commas of this file for nothing; its data lines are right.
    if (e.file.starts_with("12_")) e.rows = std::uint64_t(entry["data_lines"]);
    for (const simdjson::dom::element curve : simdjson::dom::array(entry["curves"])) {
      e.curves.emplace_back(std::string_view(curve));
    }
    all.push_back(std::move(e));
  }
  return all;
}

class Wells : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_wells()) GTEST_SKIP() << "no real LAS files beside the project";
  }
};

TEST_F(Wells, MatchTheirManifest) {
  std::size_t files = 0;
  for (const auto& expected : manifest()) {
    SCOPED_TRACE(expected.file);
    ++files;
    const LasFile file = must_parse(read_well(expected.file));
    EXPECT_EQ(file.version, expected.version);
    EXPECT_EQ(file.wrapped, expected.wrap == "YES");
    EXPECT_EQ(file.well_name, expected.well);
    EXPECT_EQ(std::stod(file.null_value), std::stod(expected.null));
    EXPECT_EQ(file.log.row_count, expected.rows);
    EXPECT_EQ(file.log.curves.front().unit, expected.unit);
    std::vector<std::string> curves;
    for (const auto& curve : file.log.curves) {
      curves.push_back(upper_ascii(curve.mnemonic));
      EXPECT_FALSE(curve.is_text) << curve.mnemonic;
      EXPECT_EQ(curve.values.size(), expected.rows);
    }
    EXPECT_EQ(curves, expected.curves);
  }
  EXPECT_EQ(files, 13u);
}

// The values of the last section, read the plainest way there is.
std::vector<std::string> plain_values(std::string text) {
  std::replace(text.begin(), text.end(), '\r', ' ');
  text = text.substr(text.rfind("\n~") + 2);
  std::istringstream lines(text.substr(text.find('\n') + 1));
  std::vector<std::string> values;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream fields(line);
    for (std::string field; fields >> field;) values.push_back(field);
  }
  return values;
}

// Row by row, the JSON tokens of logData.
std::vector<std::string> artifact_values(const std::string& json,
                                         const std::vector<LasCurve>& curves) {
  simdjson::dom::parser checker;
  EXPECT_EQ(checker.parse(json).error(), simdjson::SUCCESS);
  const simdjson::padded_string padded(json);
  simdjson::ondemand::parser parser;
  auto document = parser.iterate(padded);
  simdjson::ondemand::object data = document["logData"];
  std::vector<std::string> values;
  std::size_t column = 0;
  for (auto field : data) {
    EXPECT_EQ(std::string_view(field.unescaped_key()), curves[column].mnemonic);
    std::size_t row = 0;
    for (simdjson::ondemand::value value : field.value().get_array()) {
      const std::size_t at = row++ * curves.size() + column;
      if (values.size() <= at) values.resize(at + 1);
      values[at] = trim(value.raw_json_token());
    }
    ++column;
  }
  EXPECT_EQ(column, curves.size());
  return values;
}

TEST_F(Wells, EveryNumberOfTheArtifactIsSpelledAsInTheFile) {
  for (const auto& expected : manifest()) {
    // These two have commas and run-on numbers, which the plain reading cannot know: see below.
    if (expected.file.starts_with("34_") || expected.file.starts_with("35_")) continue;
    SCOPED_TRACE(expected.file);
    const std::string text = read_well(expected.file);
    const LasFile file = must_parse(text);
    const auto plain = plain_values(text);
    const auto written = artifact_values(log_plot_json(file), file.log.curves);
    ASSERT_EQ(written.size(), plain.size());
    const double null = std::stod(expected.null);
    std::size_t different = 0;
    for (std::size_t i = 0; i < plain.size(); ++i) {
      const bool is_null = i % expected.curves.size() != 0 && std::stod(plain[i]) == null;
      if (written[i] != (is_null ? "null" : plain[i]) && ++different < 5) {
        ADD_FAILURE() << "value " << i << ": " << plain[i] << " became " << written[i];
      }
      const double value =
          file.log.curves[i % expected.curves.size()].values[i / expected.curves.size()];
      if (is_null ? !std::isnan(value) : value != std::stod(plain[i])) ++different;
    }
    EXPECT_EQ(different, 0u);
  }
}

TEST_F(Wells, RunOnNumbersAreSplitWhereTheColumnsDecimalsSay) {
  const LasFile file = must_parse(read_well("35_null_policy_runon.las"));
  const auto row = [&](std::size_t i) {
    std::vector<double> values;
    for (const auto& curve : file.log.curves) values.push_back(curve.values[i]);
    return values;
  };
  EXPECT_EQ(row(1), (std::vector{7685.5, 69.004, 0.151, 0.412, 7.020, 101130.188, 10.560}));
  EXPECT_EQ(row(2), (std::vector{7685.0, 68.809, 0.150, 0.411, 7.330, -19508.961, 10.424}));
  EXPECT_EQ(row(3), (std::vector{7684.5, 68.633, 0.149, 0.402, 7.345, 116238.453, 10.515}));
  EXPECT_TRUE(reports(file, 33, "split"));
}

TEST_F(Wells, ADecimalCommaKeepsItsValue) {
  const LasFile file = must_parse(read_well("34_comma_decimal_mark.las"));
  EXPECT_EQ(file.log.curves[4].values, (std::vector{123.45, 123.42, 123.45}));
  EXPECT_NE(log_plot_json(file).find("\"SFLU\":[123.450,123.420,123.450]"), std::string::npos);
  EXPECT_TRUE(reports(file, 45, "decimal comma"));
}

TEST_F(Wells, TheOtherTablesOfLas3AreRead) {
  const LasFile file = must_parse(read_well("12_Wellington_KGS-1-32-wDST2_LASv3.las"));
  ASSERT_EQ(file.tables.size(), 8u);
  EXPECT_EQ(file.delimiter, ',');
  const LasTable& tops = file.tables[1];
  EXPECT_EQ(tops.row_count, 17u);
  EXPECT_EQ(file.text(tops, 15, 4), "Lamotte (Reagan) Sandstone");
  EXPECT_TRUE(file.is_null(tops, 0, 5));
  const std::string json = log_plot_json(file);
  EXPECT_NE(json.find(R"("tops":[{"name":"Heebner Shale","depth":2406.0},)"), std::string::npos);
  EXPECT_TRUE(reports(file, 10, "STOP is 5252.0, but the data have 5247.5"));
  EXPECT_TRUE(reports(file, 11, "no constant step"));
}

TEST_F(Wells, Latin1UnitsBecomeUtf8) {
  const LasFile file = must_parse(read_well("22_1610001023940.las"));
  EXPECT_EQ(file.log.curves[3].unit, "°F");
  EXPECT_EQ(file.log.curves[5].unit, "µS/CM");
}

}  // namespace
}  // namespace spillway
