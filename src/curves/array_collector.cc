// The stack of what is open, and the text of what is not collected.
#include "curves/array_collector.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "base/json_text.h"

namespace spillway {
namespace {

/// The nearest float64, as JavaScript's JSON.parse has it (ECMA-262, 7.1.4.1); infinite beyond.
double parse(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc()) return value;
  return std::strtod(std::string(text).c_str(), nullptr);  // too large or too small for from_chars
}

}  // namespace

std::string pointer_step(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

/// The array under way is long and all numbers: it will be collected, and is not written.
bool ArrayCollector::elides() const {
  return !levels_.empty() && levels_.back().numeric && levels_.back().children > array_values_min;
}

void ArrayCollector::write(std::string_view text) {
  if (skeleton_lost_ || elides()) return;
  if (skeleton_.size() + text.size() > skeleton_bytes_max) {
    // An array being collected takes its text back at its end; it is short so far.
    skeleton_lost_ = true;
    skeleton_.clear();
    skeleton_.shrink_to_fit();
    return;
  }
  skeleton_ += text;
}

void ArrayCollector::write_string(std::string_view text) {
  if (!skeleton_lost_) write(json_string(text));
}

void ArrayCollector::begin_value() {
  if (levels_.empty()) return;
  Level& level = levels_.back();
  ++level.children;
  if (!level.object && level.children > 1) write(",");
}

void ArrayCollector::not_numeric() {
  if (levels_.empty() || !levels_.back().numeric) return;
  if (elides()) {
    skeleton_lost_ = true;
    skeleton_.clear();
  }
  levels_.back().numeric = false;
  values_.truncate(levels_.back().first);
}

void ArrayCollector::give_up() {
  given_up_ = true;
  levels_.clear();
  arrays_.clear();
  values_.truncate(0);
  skeleton_.clear();
  text_.clear();
}

void ArrayCollector::begin(bool object) {
  if (given_up_) return;
  not_numeric();
  begin_value();
  Level level;
  level.object = object;
  level.numeric = !object && arrays_.size() < arrays_max;
  level.first = values_.size();
  level.skeleton_at = skeleton_.size();
  levels_.push_back(std::move(level));
  write(object ? "{" : "[");
}

void ArrayCollector::end() {
  if (given_up_) return;
  const Level level = std::move(levels_.back());
  levels_.pop_back();
  const bool collected =
      level.numeric && level.any_number && level.children >= array_values_min && !levels_.empty();
  if (collected) {
    collect(level);
    if (!skeleton_lost_) skeleton_.resize(level.skeleton_at);
    write("null");
    return;
  }
  if (level.numeric) {
    if (level.children > array_values_min && !skeleton_lost_) {  // nothing but nulls, unwritten
      skeleton_.resize(level.skeleton_at);
      write("[");
      for (std::uint64_t i = 0; i < level.children; ++i) write(i == 0 ? "null" : ",null");
    }
    values_.truncate(level.first);
  }
  write(level.object ? "}" : "]");
}

void ArrayCollector::collect(const Level& level) {
  NumberArray array;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const Level& holder = levels_[i];
    std::string step = holder.object ? holder.key : std::to_string(holder.children - 1);
    if (i + 1 == levels_.size()) {
      array.name = std::move(step);
    } else {
      array.parent += "/" + pointer_step(step);
    }
  }
  array.first = level.first;
  array.count = level.children;
  arrays_.push_back(std::move(array));
}

void ArrayCollector::key(std::string_view part, bool last) {
  if (given_up_) return;
  text_ += part;
  if (text_.size() > key_bytes_max) return give_up();
  if (!last) return;
  Level& level = levels_.back();
  if (level.children > 0) write(",");
  write_string(text_);
  write(":");
  level.key = std::move(text_);
  text_.clear();
}

void ArrayCollector::string(std::string_view part, bool last) {
  if (given_up_) return;
  not_numeric();
  // Of a string that the skeleton cannot hold no more is kept than shows it.
  if (!skeleton_lost_ && text_.size() <= skeleton_bytes_max) text_ += part;
  if (!last) return;
  begin_value();
  write_string(text_);
  text_.clear();
}

void ArrayCollector::number(std::string_view text) {
  if (given_up_) return;
  if (values_.size() == values_max) return give_up();
  if (!levels_.empty() && levels_.back().numeric) {
    const double value = parse(text);
    if (std::isfinite(value)) {
      begin_value();
      levels_.back().any_number = true;
      values_.append(value);
      write(text);
      return;
    }
    not_numeric();  // neither our answers nor JSON can say it
  }
  begin_value();
  write(text);
}

void ArrayCollector::literal(std::string_view text) {
  if (given_up_) return;
  if (values_.size() == values_max) return give_up();
  const bool null = text == "null";
  if (!null) not_numeric();
  begin_value();
  if (null && !levels_.empty() && levels_.back().numeric) {
    values_.append(std::numeric_limits<double>::quiet_NaN());
  }
  write(text);
}

}  // namespace spillway
