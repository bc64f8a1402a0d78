// The default tracks of a log plot, as petrophysicists lay them out.
#include "welllog/log_layout.h"

#include <algorithm>
#include <array>

#include "welllog/las_text.h"
#include "welllog/log_family.h"

namespace spillway {
namespace {

constexpr std::size_t track_curves_max = 4;

// Dark enough on white, light enough on black, apart in hue for colour-blind eyes.
constexpr std::array<std::string_view, 4> resistivity_colors = {"#c62828", "#ef6c00", "#6a1b9a",
                                                                "#00838f"};
constexpr std::array<std::string_view, 4> other_colors = {"#3949ab", "#00897b", "#d81b60",
                                                          "#8d6e63"};

std::string_view color_of(LogFamily family, std::size_t position) {
  switch (position == 0 ? family : LogFamily::generic) {
    case LogFamily::gamma: return "#2e7d32";
    case LogFamily::caliper: return "#6d4c41";
    case LogFamily::sp: return "#1e88e5";
    case LogFamily::density: return "#d32f2f";
    case LogFamily::neutron: return "#1565c0";
    case LogFamily::sonic: return "#7b1fa2";
    case LogFamily::pef: return "#00838f";
    default: break;
  }
  if (family == LogFamily::resistivity) return resistivity_colors[position % 4];
  return other_colors[position % 4];
}

std::string_view title_of(LogFamily family) {
  switch (family) {
    case LogFamily::gamma: return "Gamma ray";
    case LogFamily::caliper: return "Caliper";
    case LogFamily::sp: return "SP";
    case LogFamily::resistivity: return "Resistivity";
    case LogFamily::density: return "Density";
    case LogFamily::neutron: return "Neutron";
    case LogFamily::sonic: return "Sonic";
    case LogFamily::pef: return "Photoelectric";
    case LogFamily::generic: break;
  }
  return "Other";
}

class Layout {
 public:
  explicit Layout(const LasTable& log) : log_(log) {
    for (std::size_t column = 1; column < log.curves.size(); ++column) {
      if (log.curves[column].is_text) continue;
      const LogKind kind = log_kind(log.curves[column]);
      members(kind.family).push_back({column, kind.rank});
    }
    for (auto& family : members_) {
      std::stable_sort(family.begin(), family.end(),
                       [](const auto& a, const auto& b) { return a.rank < b.rank; });
    }
  }

  std::vector<PlotTrack> tracks() {
    combine({LogFamily::gamma, LogFamily::caliper, LogFamily::sp});
    family_tracks(LogFamily::resistivity);
    combine({LogFamily::density, LogFamily::neutron});
    for (const auto family :
         {LogFamily::sonic, LogFamily::pef, LogFamily::gamma, LogFamily::caliper, LogFamily::sp,
          LogFamily::density, LogFamily::neutron}) {
      family_tracks(family);
    }
    generic_tracks();
    return std::move(tracks_);
  }

 private:
  struct Member {
    std::size_t column;
    std::size_t rank;
  };

  std::vector<Member>& members(LogFamily family) {
    return members_[static_cast<std::size_t>(family)];
  }

  PlotCurve plot_curve(std::size_t column, LogFamily family, std::size_t position) const {
    const LogScale scale = log_scale(family, log_.curves[column]);
    return {column,
            scale.min,
            scale.max,
            scale.logarithmic,
            color_of(family, position),
            family == LogFamily::gamma && position == 0};
  }

  // One track of the most typical curve of each family.
  void combine(std::initializer_list<LogFamily> families) {
    PlotTrack track;
    for (const auto family : families) {
      auto& candidates = members(family);
      if (candidates.empty()) continue;
      track.title += (track.title.empty() ? "" : ", ") + std::string(title_of(family));
      track.curves.push_back(plot_curve(candidates.front().column, family, 0));
      candidates.erase(candidates.begin());
      if (family == LogFamily::caliper) bit_size(track);
    }
    if (track.curves.size() == 2 && *families.begin() == LogFamily::density) {
      track.crossover = {track.curves[0].column, track.curves[1].column};
    }
    if (!track.curves.empty()) tracks_.push_back(std::move(track));
  }

  // Over the caliper, where washouts and mud cake are read as the difference of the two.
  void bit_size(PlotTrack& track) {
    auto& rest = members(LogFamily::caliper);
    const auto found = std::find_if(rest.begin(), rest.end(), [&](const Member& member) {
      return upper_ascii(log_.curves[member.column].mnemonic) == "BS";
    });
    if (found == rest.end()) return;
    track.curves.push_back(plot_curve(found->column, LogFamily::caliper, 1));
    rest.erase(found);
  }

  void family_tracks(LogFamily family) {
    auto& rest = members(family);
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (i % track_curves_max == 0) tracks_.push_back({std::string(title_of(family)), {}, {}});
      auto& curves = tracks_.back().curves;
      curves.push_back(plot_curve(rest[i].column, family, curves.size()));
    }
    rest.clear();
  }

  // Neighbours in the file with the same unit share a track.
  void generic_tracks() {
    for (const auto& [column, rank] : members(LogFamily::generic)) {
      const LasCurve& curve = log_.curves[column];
      const bool shared = open_ && curve.unit == unit_ && !curve.unit.empty() &&
                          tracks_.back().curves.size() < track_curves_max;
      if (!shared) tracks_.push_back({});
      auto& track = tracks_.back();
      track.title += (shared ? ", " : "") + curve.mnemonic;
      track.curves.push_back(plot_curve(column, LogFamily::generic, track.curves.size()));
      unit_ = curve.unit;
      open_ = true;
    }
  }

  const LasTable& log_;
  std::array<std::vector<Member>, static_cast<std::size_t>(LogFamily::generic) + 1> members_;
  std::vector<PlotTrack> tracks_;
  std::string unit_;
  bool open_ = false;
};

}  // namespace

std::vector<PlotTrack> default_tracks(const LasTable& log) { return Layout(log).tracks(); }

}  // namespace spillway
