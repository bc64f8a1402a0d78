// Which kind of measurement a log curve is, and its usual scale.
#include "welllog/log_family.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "welllog/las_text.h"

namespace spillway {
namespace {

struct FamilyNames {
  LogFamily family;
  std::string_view names;  // blanks on both sides of each; the standard one first
};

constexpr std::array<FamilyNames, 8> families = {{
    {LogFamily::gamma,
     " GR SGR CGR HSGR HCGR HGR ECGR EHGR GRC GRD GRS GRR GRGC GRTO GRTC GAM GAMMA GAMN GAM(NAT) "
     "GSGR IDGR "},
    {LogFamily::caliper,
     " CALI CAL HCAL CALX CALY CALS LCAL MCAL CALIPER DLCL ACCL1 ACCL2 C1 C2 BS "},
    {LogFamily::sp, " SP SSP SPC SPBL IDSP "},
    {LogFamily::resistivity,
     " RT ILD LLD RDEP RD RES RESD AT90 AF90 AHT90 RT90 RMED ILM LLS RS AT60 AF60 RT60 RSHA AT30 "
     "AF30 RT30 AT20 AF20 RT20 AT10 AF10 RT10 SFLU SFLA SFL MSFL LL8 LL3 RXO RXOZ RMIC MINV MNOR "},
    {LogFamily::density, " RHOB RHOZ ZDEN DEN DENS RHOM DLDN "},
    {LogFamily::neutron,
     " NPHI TNPH NPOR CNC CNCF PHIN NPHI_LIM NPHI_SAN NPHI_DOL NPHL NPHS NPHD NCNPL "},
    {LogFamily::sonic, " DT DTC DTCO DT4P DTP AC ACTC SON DTLN DTS DTSM "},
    {LogFamily::pef, " PEF PE PEFZ PEF8 PEFL PDPE DLPE "},
}};

bool unit_is(std::string_view unit, std::string_view wanted) {
  return (" " + std::string(wanted) + " ").find(" " + std::string(unit) + " ") != std::string::npos;
}

std::vector<double> values_present(const LasCurve& curve) {
  std::vector<double> values;
  std::copy_if(curve.values.begin(), curve.values.end(), std::back_inserter(values),
               [](double value) { return !std::isnan(value); });
  return values;
}

// Half of the values are below it; 0 without values.
double median(const LasCurve& curve) {
  std::vector<double> values = values_present(curve);
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool is_metric_density(const std::string& unit, const LasCurve& curve) {
  if (unit_is(unit, "KG/M3 K/M3 KG/M^3 KGM3 KG/CM")) return true;
  return !unit_is(unit, "G/CM3 G/CC G/C3 GM/CC GM/C3 GM/CM3 G/CM^3") && median(curve) > 100;
}

bool is_percent(const std::string& unit, const LasCurve& curve) {
  if (unit_is(unit, "% PU PERCNT PERCENT PCT P.U.")) return true;
  return !unit_is(unit, "V/V M3/M3 DEC FRAC CFCF FT3/FT3 DECIMAL") && median(curve) > 1.5;
}

bool is_metric_sonic(const std::string& unit, const LasCurve& curve) {
  if (unit_is(unit, "US/M USEC/M USM")) return true;
  return !unit_is(unit, "US/FT US/F USEC/FT USEC/F US/FEET") && median(curve) > 250;
}

// Digits beyond double's would only make ugly numbers of 0.30000000000000004.
double rounded(double value, double unit) { return std::round(value / unit) * unit; }

// From the least to the greatest value, moved outwards to round numbers.
LogScale own_scale(const LasCurve& curve) {
  double low = INFINITY;
  double high = -INFINITY;
  for (const double value : curve.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high) || !std::isfinite(high - low)) return {};
  if (low == high) {
    const double around = low == 0 ? 1 : std::abs(low) / 2;
    return {low - around, high + around, false};
  }
  const double unit = std::pow(10.0, std::floor(std::log10(high - low)) - 1);
  return {rounded(std::floor(low / unit), 1) * unit, rounded(std::ceil(high / unit), 1) * unit,
          false};
}

// The usual 200 mV of SP, where they are usual; the baseline drifts and is set by hand, so a log
// off them has 200 mV around its middle. Spikes do not count for it.
LogScale sp_scale(const LasCurve& curve) {
  constexpr LogScale usual{-160, 40, false};
  std::vector<double> values = values_present(curve);
  if (values.empty()) return usual;
  std::sort(values.begin(), values.end());
  const std::size_t spikes = values.size() / 50;
  const double low = values[spikes];
  const double high = values[values.size() - 1 - spikes];
  const double span = usual.max - usual.min;
  if ((low >= usual.min && high <= usual.max) || !(high - low <= span)) return usual;
  const double left = rounded((low + high - span) / 2, 10);
  return {left, left + span, false};
}

LogScale usual_scale(LogFamily family, const LasCurve& curve) {
  const std::string unit = upper_ascii(curve.unit);
  switch (family) {
    case LogFamily::gamma: return {0, 150, false};
    case LogFamily::sp: return sp_scale(curve);
    case LogFamily::resistivity: return {0.2, 2000, true};
    case LogFamily::pef: return {0, 10, false};
    case LogFamily::caliper:
      if (unit_is(unit, "CM")) return {15, 40, false};
      if (unit_is(unit, "MM") || (unit.empty() && median(curve) > 60)) return {150, 400, false};
      return {6, 16, false};
    case LogFamily::density:
      if (is_metric_density(unit, curve)) return {1950, 2950, false};
      return {1.95, 2.95, false};
    case LogFamily::neutron:
      if (is_percent(unit, curve)) return {45, -15, false};
      return {0.45, -0.15, false};
    case LogFamily::sonic:
      if (is_metric_sonic(unit, curve))
        return {787.4, 131.2, false};  // the 240 to 40 us/ft of others
      return {240, 40, false};
    case LogFamily::generic: break;
  }
  return own_scale(curve);
}

}  // namespace

LogKind log_kind(const LasCurve& curve) {
  std::string name = upper_ascii(curve.mnemonic);
  name = name.substr(0, name.find(':'));
  const std::string unit = upper_ascii(curve.unit);
  if (name.empty() || name.find(' ') != std::string::npos) return {};
  for (const auto& [family, names] : families) {
    const std::size_t at = names.find(" " + name + " ");
    if (at == std::string_view::npos) continue;
    const auto rank = static_cast<std::size_t>(
        std::count(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(at) + 1, ' '));
    return {family, rank - 1};
  }
  constexpr std::size_t untypical = 1'000;
  if (unit_is(unit, "OHMM OHM.M OHM-M OHM/M OHM*M")) return {LogFamily::resistivity, untypical};
  if (name.starts_with("DT") && unit_is(unit, "US/FT US/F US/M")) {
    return {LogFamily::sonic, untypical};
  }
  if (name.starts_with("GR") && unit_is(unit, "GAPI API")) return {LogFamily::gamma, untypical};
  return {};
}

LogScale log_scale(LogFamily family, const LasCurve& curve) {
  const LogScale scale = usual_scale(family, curve);
  const double low = std::min(scale.min, scale.max);
  const double high = std::max(scale.min, scale.max);
  const bool visible = std::any_of(curve.values.begin(), curve.values.end(),
                                   [&](double value) { return low <= value && value <= high; });
  const bool empty = curve.null_count == curve.values.size();
  return visible || empty || scale.logarithmic ? scale : own_scale(curve);
}

}  // namespace spillway
