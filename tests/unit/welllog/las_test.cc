// What the reader of LAS files promises about formats, oddities and broken files.
#include <cmath>

#include "unit/welllog/wells.h"

namespace spillway {
namespace {

using Values = std::vector<double>;

TEST(Las, ReadsHeaders) {
  const LasFile file = must_parse(
      "~V\nVERS.   2.0: CWLS\nWRAP. NO:\n~W\nDATE.  2020-08-09 20:01:31   : Export {HH:mm:ss}\n"
      "NULL.  -9999 : null\nWELL.  25/8-7  Krap 1 : WELL\nLOC .  C,NW, 28-30S-39W: WHERE\n"
      "ETIM.hh:mm:ss 12:30:00 : End\nNOVAL.M: Depth: measured\n~C\nDEPT.M : D\nGR .gAPI 45 310 : "
      "G\n"
      "~O\nStuck at 625 m. See: note.\n~A\n1 2\n");
  EXPECT_EQ(file.well_name, "25/8-7  Krap 1");
  EXPECT_EQ(file.header('W', "date")->value, "2020-08-09 20:01:31");
  EXPECT_EQ(file.header('W', "LOC")->value, "C,NW, 28-30S-39W");
  EXPECT_EQ(file.header('W', "ETIM")->value, "12:30:00");
  EXPECT_EQ(file.header('W', "ETIM")->unit, "hh:mm:ss");
  EXPECT_EQ(file.header('W', "NOVAL")->unit, "M");
  EXPECT_EQ(file.header('W', "NOVAL")->description, "Depth: measured");
  EXPECT_EQ(file.header('W', "NULL")->line, 6u);
  EXPECT_EQ(file.header('W', "NONE"), nullptr);
  EXPECT_EQ(file.sections.back().text, "Stuck at 625 m. See: note.\n");
  EXPECT_EQ(file.log.curves[1].unit, "gAPI");
}

TEST(Las, Las12HasTheValueAfterTheColon) {
  const std::string version = "VERS. 1.2 :\nWRAP. NO :\n";
  const LasFile swapped = must_parse(las20(
      {"DEPT.M"}, "1\n", "STRT.M 1 : first\nNULL. -999.25 :\nWELL. WELL : ANY #12\n", version));
  EXPECT_EQ(swapped.well_name, "ANY #12");
  EXPECT_EQ(swapped.header('W', "STRT")->value, "1");
  const LasFile kept =
      must_parse(las20({"DEPT.M"}, "1\n", "NULL. -999.25 :\nWELL. ANY #12 : WELL\n", version));
  EXPECT_EQ(kept.well_name, "ANY #12");
}

TEST(Las, NullsAreNanExceptInTheIndex) {
  const LasFile file =
      must_parse(las20({"DEPT.M", "GR.gAPI"}, "0 0.0\n1 7\n2 -0\n", "NULL. 0 :\n"));
  EXPECT_EQ(file.log.curves[0].values, (Values{0, 1, 2}));
  EXPECT_TRUE(std::isnan(file.log.curves[1].values[0]));
  EXPECT_EQ(file.log.curves[1].values[1], 7);
  EXPECT_EQ(file.log.curves[1].null_count, 2u);
}

TEST(Las, UndeclaredNullsAreReportedAndKept) {
  const LasFile file = must_parse(las20({"DEPT.M", "GR.gAPI"}, "1 5\n2 -9999\n3 -9999.0\n"));
  EXPECT_EQ(file.log.curves[1].values, (Values{5, -9999, -9999}));
  EXPECT_TRUE(reports(file, 12, "GR has 2 values of -9999")) << all_diagnostics(file);
  EXPECT_TRUE(reports(must_parse(las20({"DEPT.M"}, "1\n", "")), 0, "declares no NULL"));
}

struct Delimited {
  const char* name;
  std::string data;
  char delimiter;
};

class Delimiters : public testing::TestWithParam<Delimited> {};

TEST_P(Delimiters, GiveTheSameTable) {
  const LasFile file = must_parse(las20({"DEPT.M", "GR.gAPI", "RHOB.g/cc"}, GetParam().data));
  EXPECT_EQ(file.delimiter, GetParam().delimiter);
  EXPECT_EQ(file.log.curves[0].values, (Values{100.5, 101}));
  EXPECT_EQ(file.log.curves[1].values, (Values{-45.25, 46}));
  EXPECT_EQ(file.log.curves[2].values, (Values{2.5, 2600}));
}

INSTANTIATE_TEST_SUITE_P(
    Las, Delimiters,
    testing::Values(Delimited{"blanks", " 100.5   -45.25 2.5\n101 +46. 2.6E3\n", ' '},
                    Delimited{"commas", "100.5,-45.25,2.5\n101 , 46,2.6d+03\n", ','},
                    Delimited{"commas_and_blanks", "100.5, -45.25, 2.5\n101, 46, 2600,\n", ','},
                    Delimited{"tabs", "100.5\t-45.25\t2.5\n101\t46\t2600\n", '\t'},
                    Delimited{"decimal_commas", "100,5 -45,25 2,5\n101,0 46 2600\n", ' '},
                    Delimited{"crlf", "100.5 -45.25 2.5\r\n101 46 2600\r\n", ' '},
                    Delimited{"no_last_line_end", "100.5 -45.25 2.5\n# note\n\n101 46 2600", ' '}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Las, EmptyFieldsKeepTheirColumn) {
  for (const std::string& data : {std::string("1,,3\n2,5,\n"), std::string("1\t\t3\n2\t5\t\n")}) {
    const LasFile file = must_parse(las20({"DEPT.M", "A.", "B."}, data));
    EXPECT_TRUE(std::isnan(file.log.curves[1].values[0]));
    EXPECT_EQ(file.log.curves[2].values[0], 3);
    EXPECT_EQ(file.log.curves[1].values[1], 5);
    EXPECT_TRUE(std::isnan(file.log.curves[2].values[1]));
  }
}

TEST(Las, AWrongDlmIsReported) {
  const LasFile file = must_parse(las20({"DEPT.M", "A."}, "1 2\n3 4\n", "NULL. -1 :\n",
                                        "VERS. 3.0 :\nWRAP. NO :\nDLM. COMMA :\n"));
  EXPECT_EQ(file.log.curves[1].values, (Values{2, 4}));
  EXPECT_TRUE(reports(file, 10, "DLM")) << all_diagnostics(file);
}

TEST(Las, RunOnNumbersAreSplitOrReported) {
  const LasFile file =
      must_parse(las20({"DEPT.M", "A.", "B."},
                       "1.0-999.25-999.25\n2.0 123.45-999.25\n3.0 0.15012.40\n4.0 0.1 12.4\n"
                       "5.0 0.250113.70\n"));
  EXPECT_TRUE(std::isnan(file.log.curves[1].values[0]));
  EXPECT_EQ(file.log.curves[0].values[0], 1);
  EXPECT_EQ(file.log.curves[1].values[1], 123.45);
  EXPECT_TRUE(std::isnan(file.log.curves[2].values[1]));
  // Row 4 shows one decimal in column A, so 0.1|5012.40 is what the columns say.
  EXPECT_EQ(file.log.curves[2].values[2], 5012.40);
  EXPECT_EQ(file.log.curves[1].values[4], 0.2);
  EXPECT_EQ(file.log.curves[2].values[4], 50113.70);
  for (const std::uint64_t line : {12u, 13u, 14u, 16u})
    EXPECT_TRUE(reports(file, line, "split")) << line;
}

TEST(Las, ARunOnWithoutEvidenceIsNotGuessed) {
  const LasFile file = must_parse(las20({"DEPT.M", "A.", "B."}, "3.0 0.15012.40\n"));
  EXPECT_TRUE(std::isnan(file.log.curves[1].values[0]) || file.log.curves[1].is_text);
  EXPECT_TRUE(reports(file, 12, "2 of 3 values"));
  EXPECT_EQ(file.text(file.log, 0, 1), "0.15012.40");
}

TEST(Las, DatesAreNotRunOnNumbers) {
  const LasFile file =
      must_parse(las20({"DEPT.M", "DATE.", "B.", "C."}, "1 2020-08-09 2 5\n2 2020-08-10 3\n"));
  EXPECT_TRUE(file.log.curves[1].is_text);
  EXPECT_EQ(file.text(file.log, 1, 1), "2020-08-10");
  EXPECT_TRUE(reports(file, 14, "3 of 4 values")) << all_diagnostics(file);
}

TEST(Las, WrappedRows) {
  const std::string wrap = "VERS. 2.0 :\nWRAP. YES :\n";
  const LasFile file = must_parse(las20({"DEPT.M", "A.", "B.", "C."},
                                        "1\n10 11\n12\n2\n20 21-999.25\n3\n30 31\n4\n40 41\n42\n",
                                        "NULL. -999.25 :\n", wrap));
  EXPECT_EQ(file.log.curves[0].values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(file.log.curves[2].values, (Values{11, 21, 31, 41}));
  EXPECT_TRUE(std::isnan(file.log.curves[3].values[1]));
  EXPECT_TRUE(std::isnan(file.log.curves[3].values[2]));
  EXPECT_EQ(file.log.curves[3].values[3], 42);
  EXPECT_TRUE(reports(file, 17, "3 of 4 values")) << all_diagnostics(file);
}

TEST(Las, WrappingThatIsNotDeclaredIsSeen) {
  const LasFile file =
      must_parse(las20({"DEPT.M", "A.", "B.", "C."}, "1\n10 11\n12\n2\n20 21\n22\n"));
  EXPECT_EQ(file.log.curves[3].values, (Values{12, 22}));
  EXPECT_TRUE(reports(file, 12, "wrapped"));
}

TEST(Las, DuplicateMnemonicsAreNumbered) {
  const LasFile file =
      must_parse(las20({"DEPT.M", "GR.", "SFLU.", "SFLU.", "SFLU:1."}, "1 2 3 4 5\n"));
  EXPECT_EQ(file.log.curves[1].mnemonic, "GR");
  // SFLU:1 is taken.
  EXPECT_EQ(file.log.curves[2].mnemonic, "SFLU:2");
  EXPECT_EQ(file.log.curves[3].mnemonic, "SFLU:3");
  std::vector<std::string> names;
  for (const auto& curve : file.log.curves) names.push_back(curve.mnemonic);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
}

TEST(Las, IndexComesFromTheData) {
  const std::string claims = "STRT.M 5 :\nSTOP.M 1 :\nSTEP.M -1 :\nNULL. -1 :\n";
  const LasFile down = must_parse(las20({"DEPT.M"}, "5\n4\n3\n2\n1\n", claims));
  EXPECT_TRUE(down.index.descending);
  EXPECT_EQ(down.index.step, -1);
  EXPECT_TRUE(down.diagnostics.empty()) << all_diagnostics(down);

  const LasFile wrong = must_parse(las20({"DEPT.FT"}, "1\n2\n3\n2.5\n", claims));
  EXPECT_TRUE(wrong.index.irregular);
  EXPECT_EQ(wrong.index.step, 0);
  EXPECT_TRUE(reports(wrong, 5, "STRT is 5, but the data have 1"));
  EXPECT_TRUE(reports(wrong, 5, "STRT is in \"M\", the index curve in \"FT\""));
  EXPECT_TRUE(reports(wrong, 6, "STOP"));
  EXPECT_TRUE(reports(wrong, 7, "no constant step"));
  EXPECT_TRUE(reports(wrong, 15, "turns back")) << all_diagnostics(wrong);
}

TEST(Las, StepZeroMeansIrregular) {
  const LasFile file = must_parse(
      las20({"DEPT.M"}, "1\n2\n2.7\n9\n", "STRT.M 1 :\nSTOP.M 9 :\nSTEP.M 0 :\nNULL. -1 :\n"));
  EXPECT_TRUE(file.index.irregular);
  EXPECT_TRUE(file.diagnostics.empty()) << all_diagnostics(file);
}

TEST(Las, ARoundedIndexIsRegular) {
  std::string data;
  for (int i = 0; i < 200; ++i) {
    char line[32];
    std::snprintf(line, sizeof line, "%.2f\n", 1000 + 0.1524 * i);
    data += line;
  }
  const LasFile file = must_parse(
      las20({"DEPT.M"}, data, "STRT.M 1000 :\nSTOP.M 1030.33 :\nSTEP.M 0.1524 :\nNULL. -1 :\n"));
  EXPECT_FALSE(file.index.irregular);
  EXPECT_TRUE(file.diagnostics.empty()) << all_diagnostics(file);
}

TEST(Las, TextColumnsKeepTheirText) {
  const LasFile file = must_parse(
      las20({"DEPT.M", "LITH.", "GR."}, "1 SAND 5\n2 \"SHALE, GREY\" x7\n3 -999.25 6\n"));
  EXPECT_TRUE(file.log.curves[1].is_text);
  EXPECT_EQ(file.text(file.log, 1, 1), "SHALE, GREY");
  EXPECT_TRUE(file.is_null(file.log, 2, 1));
  EXPECT_FALSE(file.log.curves[2].is_text);
  EXPECT_TRUE(std::isnan(file.log.curves[2].values[1]));
  EXPECT_TRUE(reports(file, 13, "GR: \"x7\" is no number")) << all_diagnostics(file);
}

TEST(Las, ShortAndLongRowsAreReportedByLine) {
  const LasFile file =
      must_parse(las20({"DEPT.M", "A.", "B."}, "1 2 3\n2 5\n3 6 7 88 99\n4 5 6\n"));
  EXPECT_EQ(file.log.row_count, 4u);
  EXPECT_TRUE(reports(file, 13, "2 of 3 values"));
  EXPECT_TRUE(reports(file, 14, "left out: 88 99")) << all_diagnostics(file);
  const LasFile wide = must_parse(las20({"DEPT.M", "A."}, "1 2 3\n2 5 6\n"));
  ASSERT_EQ(wide.log.curves.size(), 3u);
  EXPECT_EQ(wide.log.curves[2].values, (Values{3, 6}));
}

std::string utf16(const std::string& ascii, bool big_endian, bool mark) {
  std::string out = !mark ? "" : big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) {
    const std::string pair = {'\0', c};
    out += big_endian ? pair : std::string(pair.rbegin(), pair.rend());
  }
  return out;
}

TEST(Las, Encodings) {
  const std::string text = las20({"DEPT.M", "T.C"}, "1 2\n2 3\n");
  for (const bool big_endian : {false, true}) {
    for (const bool mark : {false, true}) {
      const LasFile file = must_parse(utf16(text, big_endian, mark));
      EXPECT_EQ(file.log.curves[1].values, (Values{2, 3}));
    }
  }
  EXPECT_EQ(must_parse("\xEF\xBB\xBF" + text).log.row_count, 2u);
  EXPECT_EQ(must_parse(las20({"DEPT.M",
                              "T.\xB0"
                              "C"},
                             "1 2\n"))
                .log.curves[1]
                .unit,
            "°C");
  EXPECT_EQ(must_parse(las20({"DEPT.M", "T.°C"}, "1 2\n")).log.curves[1].unit, "°C");
  std::string old_mac = text;
  std::replace(old_mac.begin(), old_mac.end(), '\n', '\r');
  EXPECT_EQ(must_parse(old_mac).log.row_count, 2u);
}

TEST(Las, Las3PairsOfDefinitionAndData) {
  const LasFile file = must_parse(
      "~Version\nVERS. 3.0 :\nWRAP. NO :\nDLM. COMMA :\n~Well\nNULL. -999.25 :\n"
      "~Log_Definition[1]\nDEPT.M : {F}\nGR.gAPI : Gamma {F10.4}\nLITH. : {S}\n"
      "~Log_Data[1] | Log_Definition[1]\n1,5,\"a, b\"\n2,6,7\n"
      "~Log_Definition[2]\nTIME.S : {F}\nP.KPA : {F}\n~Log_Data[2] | Log_Definition[2]\n9,8\n");
  ASSERT_EQ(file.log.curves.size(), 3u);
  EXPECT_EQ(file.log.curves[1].description, "Gamma");
  EXPECT_EQ(file.log.curves[1].format, "F10.4");
  EXPECT_TRUE(file.log.curves[2].is_text);
  EXPECT_EQ(file.text(file.log, 0, 2), "a, b");
  ASSERT_EQ(file.tables.size(), 1u);
  EXPECT_EQ(file.tables[0].curves[1].values, (Values{8}));
}

TEST(Las, MissingSections) {
  const LasFile bare = must_parse("~A  DEPT  GR\n1 2\n3 4\n");
  EXPECT_EQ(bare.log.curves[1].mnemonic, "GR");
  EXPECT_EQ(bare.log.curves[1].values, (Values{2, 4}));
  EXPECT_TRUE(reports(bare, 1, "no ~Curve"));
  EXPECT_TRUE(reports(must_parse(las20({"DEPT.M"}, "")), 9, "empty"));
}

void expect_refused(std::string_view text, std::string_view subject, std::string_view detail) {
  const auto file = parse_las(text);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::invalid_argument);
  EXPECT_EQ(file.error().subject, subject);
  EXPECT_NE(file.error().detail.find(detail), std::string::npos) << file.error().detail;
}

TEST(Las, BrokenFilesAreRefusedWithTheirLine) {
  using namespace std::string_view_literals;
  expect_refused("", "line 1", "no section");
  expect_refused("depth,gr\n1,2\n", "line 1", "no section");
  expect_refused("~V\nVERS. 2.0 :\n~C\nDEPT.M :\n", "line 5", "without a data section");
  expect_refused("~V\nVERS. 2.0 :\n~A\n1 2\n", "line 3", "no ~Curve section");
  expect_refused("~V\nVERS. 2.0 :\n~A\n1 \0 2\n"sv, "line 4", "NUL");
  expect_refused(
      "\x7F"
      "ELF\x02\x01\x01\0\0\0\0"sv,
      "line 1", "NUL");
}

TEST(Las, SmallFilesCannotAskForMuchMemory) {
  std::vector<std::string> curves(9'000, "C.");
  std::string data;
  for (int i = 0; i < 2'000; ++i) data += "1\n1 2\n";
  const auto file = parse_las(las20(curves, data));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::too_large);
}

TEST(Las, EveryTruncationIsReadOrRefused) {
  const std::string whole = las20({"DEPT.M", "A.", "B."}, "1 2 3\n2 5-999.25\n3,5 6 \"x\n");
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const auto file = parse_las(std::string_view(whole).substr(0, length));
    if (!file) {
      EXPECT_FALSE(file.error().detail.empty());
    }
  }
}

TEST(Las, DiagnosticsAreLimited) {
  std::string data = "1 2 3\n";
  for (int i = 0; i < 5'000; ++i) data += "1 2\n";
  const LasFile file = must_parse(las20({"DEPT.M", "A.", "B."}, data));
  EXPECT_EQ(file.diagnostics.size(), las_diagnostics_max);
  EXPECT_NE(file.diagnostics.back().text.find("more diagnostics"), std::string::npos);
}

}  // namespace
}  // namespace spillway
