// Which kind of measurement a log curve is, and its usual scale.
#pragma once

#include <string_view>

#include "welllog/las.h"

namespace spillway {

enum class LogFamily { gamma, caliper, sp, resistivity, density, neutron, sonic, pef, generic };

/// Family and how typical the mnemonic is of it (0 is the standard one, such as GR).
struct LogKind {
  LogFamily family = LogFamily::generic;
  std::size_t rank = 0;
};

struct LogScale {
  double min = 0, max = 1;
  bool logarithmic = false;
};

/// By mnemonic (without ":2"), confirmed by the unit where mnemonics are ambiguous.
LogKind log_kind(const LasCurve& curve);

/// The usual scale of the family in the curve's unit (guessed from the values where it has none);
/// a scale of its own, rounded outwards, for generic curves and where no value would be visible.
LogScale log_scale(LogFamily family, const LasCurve& curve);

}  // namespace spillway
