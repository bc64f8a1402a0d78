// What the log plot artifact looks like.
#include "welllog/log_plot.h"

#include <set>

#include "unit/welllog/wells.h"

namespace spillway {
namespace {

using simdjson::dom::element;

class LogPlot : public testing::Test {
 protected:
  element plot(const std::vector<std::string>& curves, const std::string& data) {
    json_ = log_plot_json(must_parse(las20(curves, data)));
    auto result = parser_.parse(json_);
    EXPECT_EQ(result.error(), simdjson::SUCCESS) << json_;
    return result.value();
  }

  // "min max scale" of a curve, wherever it is.
  std::string scale_of(element artifact, std::string_view mnemonic) {
    for (const element track : simdjson::dom::array(artifact["tracks"])) {
      for (const element curve : simdjson::dom::array(track["curves"])) {
        if (std::string_view(curve["mnemonic"]) != mnemonic) continue;
        return simdjson::to_string(curve["min"]) + " " + simdjson::to_string(curve["max"]) + " " +
               std::string(std::string_view(curve["scale"]));
      }
    }
    return "absent";
  }

  std::string json_;
  simdjson::dom::parser parser_;
};

TEST_F(LogPlot, HasTheShapeOfTheApi) {
  const element artifact = plot({"DEPT.M", "GR.gAPI"}, "1.50 45.10\n2.50 -999.25\n3.50 50\n");
  EXPECT_EQ(json_,
            R"({"type":"logPlotViewer","messageContentType":"log_plot_viewer","wellName":"A-1",)"
            R"("tracks":[{"title":"Gamma ray","curves":[{"mnemonic":"GR","unit":"gAPI","min":0,)"
            R"("max":150,"scale":"linear","color":"#2e7d32","fill":"left"}],"crossover":null}],)"
            R"("logData":{"DEPT":[1.50,2.50,3.50],"GR":[45.10,null,50]},)"
            R"("index":{"mnemonic":"DEPT","unit":"M"},"units":{"DEPT":"M","GR":"gAPI"},)"
            R"("summary":{"totalDataPoints":3,"curveCount":1,"startDepth":1.50,"stopDepth":3.50,)"
            R"("step":1}})");
  EXPECT_TRUE(artifact.is_object());
}

TEST_F(LogPlot, ScalesFollowTheUnits) {
  element a = plot({"DEPT.M", "RHOB.g/cc", "NPHI.v/v", "DT.us/ft", "CALI.in", "RT.ohmm", "PEF.b/e"},
                   "1 2.3 0.2 90 8 5 3\n");
  EXPECT_EQ(scale_of(a, "RHOB"), "1.95 2.95 linear");
  EXPECT_EQ(scale_of(a, "NPHI"), "0.45 -0.15 linear");
  EXPECT_EQ(scale_of(a, "DT"), "240 40 linear");
  EXPECT_EQ(scale_of(a, "CALI"), "6 16 linear");
  EXPECT_EQ(scale_of(a, "RT"), "0.2 2000 log");
  EXPECT_EQ(scale_of(a, "PEF"), "0 10 linear");
  a = plot({"DEPT.M", "RHOB.K/M3", "NPHI.%", "DT.US/M", "CALI.MM"}, "1 2300 20 300 216\n");
  EXPECT_EQ(scale_of(a, "RHOB"), "1950 2950 linear");
  EXPECT_EQ(scale_of(a, "NPHI"), "45 -15 linear");
  EXPECT_EQ(scale_of(a, "DT"), "787.4 131.2 linear");
  EXPECT_EQ(scale_of(a, "CALI"), "150 400 linear");
  a = plot({"DEPT.M", "RHOB.", "NPHI.", "DT."}, "1 2300 20 300\n");
  EXPECT_EQ(scale_of(a, "RHOB"), "1950 2950 linear");
  EXPECT_EQ(scale_of(a, "NPHI"), "45 -15 linear");
  EXPECT_EQ(scale_of(a, "DT"), "787.4 131.2 linear");
}

TEST_F(LogPlot, CrossoverIsBetweenDensityAndNeutronOnly) {
  element a = plot({"DEPT.M", "NPHI.v/v", "RHOB.g/cc"}, "1 0.2 2.3\n");
  const element track = simdjson::dom::array(a["tracks"]).at(0);
  EXPECT_EQ(std::string_view(track["crossover"]["left"]), "RHOB");
  EXPECT_EQ(std::string_view(track["crossover"]["right"]), "NPHI");
  a = plot({"DEPT.M", "RHOB.g/cc"}, "1 2.3\n");
  EXPECT_TRUE(simdjson::dom::array(a["tracks"]).at(0).value()["crossover"].value().is_null());
}

TEST_F(LogPlot, EveryNumericCurveIsInExactlyOneTrack) {
  if (!have_wells()) GTEST_SKIP() << "no real LAS files beside the project";
  const LasFile file = must_parse(read_well("12_Wellington_KGS-1-32-wDST2_LASv3.las"));
  json_ = log_plot_json(file);
  const element artifact = parser_.parse(json_);
  std::multiset<std::string> drawn;
  std::multiset<std::string> expected;
  for (const element track : simdjson::dom::array(artifact["tracks"])) {
    EXPECT_LE(simdjson::dom::array(track["curves"]).size(), 4u);
    for (const element curve : simdjson::dom::array(track["curves"])) {
      drawn.emplace(std::string_view(curve["mnemonic"]));
      EXPECT_NE(double(curve["min"]), double(curve["max"]));
    }
  }
  for (std::size_t i = 1; i < file.log.curves.size(); ++i) {
    expected.insert(file.log.curves[i].mnemonic);
  }
  EXPECT_EQ(drawn, expected);
}

TEST_F(LogPlot, ACurveOffItsUsualScaleGetsItsOwn) {
  const element a = plot({"DEPT.M", "GR.gAPI", "X."}, "1 -400 7\n2 -300.5 7\n");
  EXPECT_EQ(scale_of(a, "GR"), "-400 -300 linear");
  EXPECT_EQ(scale_of(a, "X"), "3.5 10.5 linear");
}

TEST_F(LogPlot, SpKeepsItsSpanWhereverItsBaselineIs) {
  const auto sp = [&](const std::string& data) {
    return scale_of(plot({"DEPT.M", "SP.mV"}, data), "SP");
  };
  EXPECT_EQ(sp("1 -120\n2 30\n"), "-160 40 linear");
  EXPECT_EQ(sp("1 4.6\n2 191.6\n"), "0 200 linear");
  EXPECT_EQ(sp("1 -400\n2 -300.5\n"), "-450 -250 linear");
  EXPECT_EQ(sp("1 -300\n2 0\n3 300\n"), "-160 40 linear");  // no 200 mV have it all
  EXPECT_EQ(sp("1 -999.25\n"), "-160 40 linear");
}

TEST_F(LogPlot, TheBitSizeIsOverTheCaliper) {
  const element a = plot({"DEPT.M", "GR.gAPI", "BS.in", "RT.ohmm", "CALI.in"}, "1 50 8.5 3 9\n");
  const element track = simdjson::dom::array(a["tracks"]).at(0);
  EXPECT_EQ(simdjson::dom::array(track["curves"]).size(), 3);
  EXPECT_EQ(std::string_view(simdjson::dom::array(track["curves"]).at(2)["mnemonic"]), "BS");
  EXPECT_EQ(scale_of(a, "BS"), scale_of(a, "CALI"));
}

TEST_F(LogPlot, WarningsOfTheFileAreTexts) {
  plot({"DEPT.M", "GR.gAPI"}, "1 -9999\n2 50\n");
  EXPECT_NE(json_.find(R"(,"warnings":["line )"), std::string::npos) << json_;
  EXPECT_NE(json_.find("GR has 1 value of -9999"), std::string::npos) << json_;
  LasFile file = must_parse(las20({"DEPT.M"}, "1\n"));
  file.diagnostics.assign(30, {0, LasSeverity::warning, std::string(10'000, 'x')});
  file.diagnostics.push_back({0, LasSeverity::info, "of no consequence"});
  const std::string json = log_plot_json(file);
  EXPECT_NE(json.find(R"(,"and 10 more"])"), std::string::npos) << json;
  EXPECT_LT(json.size(), 6'000u);
}

TEST_F(LogPlot, TextIsDataButNoTrack) {
  const element a = plot({"DEPT.M", "LITH."}, "1 \"a\\b\"\n2 -999.25\n");
  EXPECT_EQ(scale_of(a, "LITH"), "absent");
  EXPECT_NE(json_.find(R"("LITH":["a\\b",null])"), std::string::npos) << json_;
}

TEST_F(LogPlot, AnUnnamedWellTakesTheGivenName) {
  const LasFile file = must_parse(las20({"DEPT.M"}, "1\n", ""));
  EXPECT_NE(log_plot_json(file, "file \"7\".las").find(R"("wellName":"file \"7\".las")"),
            std::string::npos);
}

TEST(JsonNumber, IsRespelledAsLittleAsPossible) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"975.05511475", "975.05511475"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"+1", "1"},
      {"007.50", "7.50"},
      {"-00", "-0"},
      {"5.", "5"},
      {"1,25", "1.25"},
      {"1.50D+03", "1.50E+03"},
      {"2.e-05", "2e-05"},
      {"1e5", "1e5"},
      {"abc", ""},
      {"", ""},
      {"-", ""},
      {"1.2.3", ""},
      {"nan", ""},
      {"0x10", ""},
      {"1e999", ""},
      {"0.00", "0.00"},
      {"1,", ""},
      {"123456789012345678901", "123456789012345678901.0"}};
  for (const auto& [text, json] : cases) EXPECT_EQ(json_number(text), json) << text;
}

}  // namespace
}  // namespace spillway
