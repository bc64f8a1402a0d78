// Makes believable wells. Only + − × ÷ are used (no exp, no sin), so that every machine with IEEE
// doubles makes the same bytes.
#include "welllog/synthetic.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

#include "welllog/las_text.h"

namespace spillway {
namespace {

constexpr double step_m = 0.1524;
constexpr double bit_size_in = 8.5;
constexpr double null_value = -999.25;

/// splitmix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  double uniform() { return static_cast<double>(next() >> 11) / 9007199254740992.0; }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  /// Bell-shaped, mean 0, standard deviation 1, never beyond 3.5 (a sum of four uniforms).
  double bell() {
    return (uniform() + uniform() + uniform() + uniform() - 2.0) * 1.7320508075688772;
  }

 private:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }

  std::uint64_t state_;
};

// FNV-1a of the name, so that every well has its own geology.
std::uint64_t seed_of(std::string_view well_name) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : upper_ascii(well_name)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }
  return hash;
}

enum class Rock { shale, sand, carbonate };

/// One bed, or the state of the rock at a depth: fractions of one, densities in g/cm3.
struct Bed {
  Rock rock = Rock::shale;
  double shale = 0.8;
  double porosity = 0.1;
  double water = 1.0;  ///< saturation; the rest is hydrocarbon
  double gas = 0.0;    ///< share of gas in the hydrocarbon
  double matrix_density = 2.65;
  double matrix_us_ft = 55.0;
  double thickness_m = 5;
};

Bed next_bed(Random& random, Rock previous, double depth_m) {
  // Shale separates the beds more often than not, as in a stack of deltas.
  const double choice = random.uniform();
  const double compaction = 1.0 / (1.0 + depth_m / 4000.0);
  Bed bed;
  if (previous != Rock::shale && choice < 0.7) {
    bed.rock = Rock::shale;
  } else {
    bed.rock = choice < 0.62 ? Rock::sand : choice < 0.85 ? Rock::carbonate : Rock::shale;
  }
  switch (bed.rock) {
    case Rock::shale:
      bed.shale = random.between(0.7, 0.98);
      bed.porosity = random.between(0.08, 0.16) * compaction;
      bed.matrix_density = 2.68;
      bed.matrix_us_ft = 62;
      bed.thickness_m = random.between(4, 32);
      break;
    case Rock::sand:
      bed.shale = random.between(0.02, 0.3);
      bed.porosity = random.between(0.2, 0.38) * compaction;
      bed.thickness_m = random.between(2, 22);
      if (random.uniform() < 0.35) {
        bed.water = random.between(0.12, 0.45);
        bed.gas = random.uniform() < 0.4 ? random.between(0.6, 1.0) : 0.0;
      }
      break;
    case Rock::carbonate:
      bed.shale = random.between(0.0, 0.12);
      bed.porosity = random.between(0.01, 0.18) * compaction;
      bed.matrix_density = random.between(2.71, 2.85);
      bed.matrix_us_ft = 47;
      bed.thickness_m = random.between(2, 18);
      if (random.uniform() < 0.15) bed.water = random.between(0.3, 0.6);
      break;
  }
  return bed;
}

struct Row {
  double gr, rhob, nphi, rt, dt, cali;
};

/// Walks down the hole. The tools average over some decimetres, so the state follows the beds with
/// a lag, and within a bed properties wander slowly.
class Borehole {
 public:
  Borehole(std::uint64_t seed, double top_m) : random_(seed), depth_m_(top_m) {
    bed_ = next_bed(random_, Rock::sand, depth_m_);
    seen_ = bed_;
    left_m_ = bed_.thickness_m;
  }

  Row next() {
    if ((left_m_ -= step_m) < 0) {
      bed_ = next_bed(random_, bed_.rock, depth_m_);
      left_m_ = bed_.thickness_m;
    }
    depth_m_ += step_m;
    wander_ = 0.97 * wander_ + 0.08 * random_.bell();
    follow(seen_.shale, bed_.shale + 0.06 * wander_);
    follow(seen_.porosity, bed_.porosity * (1.0 - 0.1 * wander_));
    follow(seen_.water, bed_.water);
    follow(seen_.gas, bed_.gas);
    follow(seen_.matrix_density, bed_.matrix_density);
    follow(seen_.matrix_us_ft, bed_.matrix_us_ft);
    // Shale caves in; sand takes a thin mud cake.
    const double caving = bed_.rock == Rock::shale && random_.uniform() < 0.02 ? 4.0 : 0.0;
    washout_in_ = 0.94 * washout_in_ + caving * random_.uniform();
    return logs();
  }

 private:
  static void follow(double& seen, double target) { seen += 0.35 * (target - seen); }

  Row logs() {
    const double shale = std::clamp(seen_.shale, 0.0, 1.0);
    const double porosity = std::clamp(seen_.porosity, 0.005, 0.45);
    const double gas = seen_.gas * (1.0 - seen_.water);
    const double fluid_density = 1.02 - 0.2 * (1.0 - seen_.water) - 0.55 * gas;
    const double bad_hole = std::max(0.0, washout_in_ - 1.0);
    Row row{};
    row.gr = std::max(3.0, 18.0 + 112.0 * shale + 3.0 * random_.bell() - 2.0 * bad_hole);
    row.rhob = seen_.matrix_density * (1.0 - porosity) + fluid_density * porosity - 0.12 * shale -
               0.06 * bad_hole + 0.012 * random_.bell();
    row.nphi = porosity * (1.0 - 0.6 * gas) + 0.24 * shale -
               (bed_.rock == Rock::sand ? 0.03 : 0.0) + 0.02 * bad_hole + 0.006 * random_.bell();
    // Archie (a = 1, m = n = 2, Rw = 0.06 ohm.m) with the shale (2.5 ohm.m) in parallel.
    const double clean = porosity * porosity * seen_.water * seen_.water / 0.06;
    const double conductivity = clean * (1.0 - shale) + shale / 2.5 + 0.0008;
    row.rt = std::min(1950.0, 1.0 / conductivity) * (1.0 + 0.02 * random_.bell());
    row.dt = seen_.matrix_us_ft * (1.0 - porosity) + 189.0 * porosity + 28.0 * shale + 8.0 * gas +
             4.0 * bad_hole + 0.8 * random_.bell();
    const double cake = bed_.rock == Rock::sand ? 0.12 : 0.0;
    row.cali = bit_size_in + 0.05 + washout_in_ - cake + 0.02 * random_.bell();
    return row;
  }

  Random random_;
  double depth_m_;
  double left_m_ = 0;
  double wander_ = 0;
  double washout_in_ = 0;
  Bed bed_, seen_;
};

/// Rows [begin, end) where a tool has no data.
struct Gap {
  std::size_t begin, end;
  bool has(std::size_t row) const { return begin <= row && row < end; }
};

__attribute__((format(printf, 2, 3))) void append(std::string& out, const char* format, ...) {
  std::array<char, 256> line{};
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
  va_end(arguments);
  out.append(line.data(), std::min(static_cast<std::size_t>(length), line.size() - 1));
}

void append_header(std::string& out, std::string_view well_name, double top_m, std::size_t rows) {
  const double stop_m = top_m + step_m * static_cast<double>(rows == 0 ? 0 : rows - 1);
  out +=
      "# SYNTHETIC: no such well was drilled; made by Spillway for demonstrations and tests\n"
      "~Version\n"
      " VERS.   2.0 : CWLS LOG ASCII STANDARD - VERSION 2.0\n"
      " WRAP.    NO : ONE LINE PER DEPTH STEP\n"
      "~Well\n";
  append(out, " STRT.M  %.4f : START DEPTH\n STOP.M  %.4f : STOP DEPTH\n", top_m, stop_m);
  append(out, " STEP.M  %.4f : STEP\n NULL.   %.2f : NULL VALUE\n", step_m, null_value);
  out += " COMP.   SYNTHETIC : COMPANY\n WELL.   ";
  out += well_name;
  out +=
      " : WELL\n"
      " FLD .   SYNTHETIC : FIELD\n"
      "~Curve\n"
      " DEPT.M      : MEASURED DEPTH\n"
      " GR  .gAPI   : GAMMA RAY\n"
      " RHOB.g/cm3  : BULK DENSITY\n"
      " NPHI.v/v    : NEUTRON POROSITY (LIMESTONE)\n"
      " RT  .ohm.m  : TRUE RESISTIVITY\n"
      " DT  .us/ft  : COMPRESSIONAL SLOWNESS\n"
      " CALI.in     : CALIPER\n"
      "~Other\n"
      " SYNTHETIC data: layered sand, shale and carbonate.\n"
      "~Ascii\n";
}

}  // namespace

std::string synthetic_las(std::string_view well_name, std::size_t rows) {
  const std::uint64_t seed = seed_of(well_name);
  Random random(seed);
  // Tops lie on a whole metre between 1,000 and 1,400.
  const double top_m = 1000.0 + static_cast<double>(seed % 400);
  const auto part = [rows](double share) {
    return static_cast<std::size_t>(static_cast<double>(rows) * share);
  };
  // The pad tools start below the casing shoe, tools high in the string end above total depth, and
  // the sonic lost its signal for a while.
  const Gap shoe{0, part(random.between(0.004, 0.008))};
  const Gap bottom{rows - part(random.between(0.002, 0.005)), rows};
  const std::size_t lost = part(random.between(0.3, 0.7));
  const Gap signal{lost, lost + part(0.004)};

  Borehole hole(seed + 1, top_m);
  std::string out;
  out.reserve(1024 + rows * 80);
  append_header(out, well_name, top_m, rows);
  for (std::size_t i = 0; i < rows; ++i) {
    Row row = hole.next();
    if (shoe.has(i)) row.rhob = row.nphi = row.rt = null_value;
    if (bottom.has(i)) row.gr = row.dt = null_value;
    if (signal.has(i)) row.dt = null_value;
    append(out, "%11.4f %11.6f %10.5f %10.5f %11.5f %10.5f %10.5f\n",
           top_m + step_m * static_cast<double>(i), row.gr, row.rhob, row.nphi, row.rt, row.dt,
           row.cali);
  }
  return out;
}

bool is_synthetic_well_name(std::string_view well_name) {
  if (well_name.size() != 8 || upper_ascii(well_name.substr(0, 5)) != "WELL-") return false;
  const std::string_view number = well_name.substr(5);
  return number.find_first_not_of("0123456789") == std::string_view::npos && number != "000";
}

}  // namespace spillway
