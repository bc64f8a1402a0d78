// One bucket of a curve: what M4 draws of its rows, and how many are null.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace spillway {

struct Bucket {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  double first = none, min = none, max = none, last = none;
  double nulls = 0;

  void add(double value) {
    if (std::isnan(value)) {
      nulls += 1;
      return;
    }
    add_present(value, value, value, value);
  }
  /// Adds the rows of a later bucket.
  void add(const Bucket& later) {
    nulls += later.nulls;
    if (!std::isnan(later.first)) add_present(later.first, later.min, later.max, later.last);
  }

 private:
  void add_present(double its_first, double its_min, double its_max, double its_last) {
    if (std::isnan(first)) {
      first = its_first;
      min = its_min;
      max = its_max;
    }
    if (its_min < min) min = its_min;
    if (its_max > max) max = its_max;
    last = its_last;
  }
};

}  // namespace spillway
