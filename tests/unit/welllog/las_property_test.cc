// A random table, written as LAS in a random variant of the format, reads back as the same values.
#include <gtest/gtest.h>
// After gtest, whose macros it uses.
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdio>

#include "unit/welllog/wells.h"
#include "welllog/las_number.h"
#include "welllog/log_plot.h"

namespace spillway {
namespace {

struct Table {
  std::size_t columns = 0;
  std::vector<std::string> cells;  // spelled with a point; empty is null
};

std::string random_number() {
  const int decimals = *rc::gen::inRange(0, 9);
  const double magnitude = *rc::gen::element(1.0, 1e2, 1e5, 1e9);
  const double value = static_cast<double>(*rc::gen::inRange(-1'000'000'000, 1'000'000'000)) / 1e9;
  char text[64];
  const bool scientific = *rc::gen::inRange(0, 8) == 0;
  std::snprintf(text, sizeof text, scientific ? "%.*e" : "%.*f", decimals, value * magnitude);
  return text;
}

Table random_table() {
  Table table;
  table.columns = *rc::gen::inRange<std::size_t>(2, 9);
  const auto rows = *rc::gen::inRange<std::size_t>(1, 30);
  for (std::size_t i = 0; i < rows * table.columns; ++i) {
    const bool null = i % table.columns != 0 && *rc::gen::inRange(0, 6) == 0;
    table.cells.push_back(null ? "" : random_number());
  }
  return table;
}

std::string write(const Table& table) {
  const char delimiter = *rc::gen::element(' ', '\t', ',');
  const bool declared = *rc::gen::arbitrary<bool>();
  const bool wrapped = delimiter == ' ' && table.columns > 2 && *rc::gen::arbitrary<bool>();
  const bool commas = delimiter != ',' && !wrapped && *rc::gen::arbitrary<bool>();
  const std::string end = *rc::gen::element<std::string>("\n", "\r\n");
  const std::string name = delimiter == ' ' ? "SPACE" : delimiter == ',' ? "COMMA" : "TAB";
  std::string text =
      "~V" + end + "VERS. 3.0 :" + end + "WRAP. " + (wrapped ? "YES" : "NO") + " :" + end;
  if (declared) text += "DLM. " + name + " :" + end;
  text += "~W" + end + "NULL. -999.25 :" + end + "~C" + end;
  for (std::size_t i = 0; i < table.columns; ++i) text += "C" + std::to_string(i) + ". :" + end;
  text += "~A" + end;
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    std::string cell = table.cells[i].empty() ? "-999.2500" : table.cells[i];
    if (commas) std::replace(cell.begin(), cell.end(), '.', ',');
    const std::size_t column = i % table.columns;
    text += cell;
    const bool breaks = wrapped && (column == 0 || column % 3 == 0);
    if (column + 1 == table.columns || breaks) {
      text += end;
    } else {
      text += delimiter;
      if (*rc::gen::inRange(0, 4) == 0) text += ' ';
    }
  }
  return text;
}

RC_GTEST_PROP(LasProperty, WrittenTablesReadBack, ()) {
  const Table table = random_table();
  const std::string text = write(table);
  const auto file = parse_las(text);
  RC_ASSERT(file.has_value());
  const LasTable& log = file.value().log;
  RC_ASSERT(log.curves.size() == table.columns);
  RC_ASSERT(log.row_count * table.columns == table.cells.size());
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    const double value = log.curves[i % table.columns].values[i / table.columns];
    if (table.cells[i].empty()) {
      RC_ASSERT(std::isnan(value));
    } else {
      RC_ASSERT(value == std::stod(table.cells[i]));
    }
  }
}

RC_GTEST_PROP(LasProperty, AnyBytesAreReadOrRefused, (const std::string& bytes)) {
  for (const std::string& start :
       {std::string(), std::string("~V\nVERS. 2 :\n~C\nD. :\nG. :\n~A\n1 2\n")}) {
    const auto file = parse_las(start + bytes);
    if (!file) continue;
    simdjson::dom::parser parser;
    RC_ASSERT(parser.parse(log_plot_json(file.value())).error() == simdjson::SUCCESS);
  }
}

RC_GTEST_PROP(LasProperty, NumbersBecomeJsonOfTheSameValue, ()) {
  std::string text = *rc::gen::element("", "+", "-");
  text += *rc::gen::element("", "0", "00", "7", "123456789012345678901");
  text += *rc::gen::element("", ".", ",", ".5", ",25", ".000", ".12345678901234567890");
  text += *rc::gen::element("", "e3", "E-05", "d+2", "D-300", "e400");
  const auto value = parse_las_number(text);
  const std::string json = json_number(text);
  RC_ASSERT(json.empty() == !value.has_value());
  if (!value) return;
  simdjson::dom::parser parser;
  RC_ASSERT(parser.parse("[" + json + "]").error() == simdjson::SUCCESS);
  RC_ASSERT(std::stod(json) == *value);
}

}  // namespace
}  // namespace spillway
