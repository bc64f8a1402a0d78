// The default tracks of a log plot, as petrophysicists lay them out.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "welllog/las.h"

namespace spillway {

/// How a curve is drawn: `min` at the left edge, `max` at the right (so a neutron log has 0.45 and
/// −0.15), linear or logarithmic.
struct PlotCurve {
  std::size_t column = 0;
  double min = 0, max = 1;
  bool logarithmic = false;
  std::string_view color;
  bool fill_left = false;
};

struct PlotTrack {
  std::string title;
  std::vector<PlotCurve> curves;
  /// Columns of density and neutron, between which gas is shaded.
  std::optional<std::pair<std::size_t, std::size_t>> crossover;
};

/// Tracks that together have every numeric curve except the index once: gamma ray with caliper, bit
/// size and SP, resistivity, density–neutron, sonic, photoelectric, then the rest on scales of
/// their own. Scales follow the units (g/cm3 or kg/m3, us/ft or us/m, fraction or %, in or mm).
std::vector<PlotTrack> default_tracks(const LasTable& log);

}  // namespace spillway
