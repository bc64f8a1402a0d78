// spillway import: LAS files, or wells that are made up and say so.
#include <fstream>
#include <iterator>

#include "base/counted.h"
#include "cli/commands.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "server/message_json.h"
#include "welllog/synthetic.h"

namespace spillway {
namespace {

constexpr std::uint64_t synthetic_wells_max = 999;
constexpr std::uint64_t synthetic_rows_max = 10'000'000;

/// What is to be imported: a file, or the n-th synthetic well.
struct Source {
  std::string name;
  std::uint64_t synthetic = 0;
};

Result<std::string> bytes_of(const Source& source, const ImportOptions& options) {
  if (source.synthetic > 0) {
    return options.rows > 0 ? synthetic_las(source.name, options.rows) : synthetic_las(source.name);
  }
  std::ifstream file(source.name, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  if (!file.is_open() || file.bad()) {
    return make_error(Code::not_found, "import", source.name,
                      "cannot be read; check the path and permissions");
  }
  return bytes;
}

void write_result(JsonWriter& json, const std::string& name, const ImportedWell& well) {
  json.begin_object()
      .member("file", name)
      .member("well", well.well)
      .member("rows", well.rows)
      .member("curves", well.curves)
      .key("warnings")
      .begin_array();
  for (const LasDiagnostic& warning : well.warnings) {
    json.begin_object().member("line", warning.line).member("text", warning.text).end_object();
  }
  json.end_array();
  write_message(json.key("message"), well.message, ArtifactsAs::reference, "");
  json.end_object();
}

void show_result(const Console& console, const std::string& name, const ImportedWell& well) {
  console.out(printable(name) + ": " + printable(well.well) + ", " + counted(well.rows, "row") +
              ", " + counted(well.curves, "curve") + ", message " + well.message.id);
  for (const LasDiagnostic& warning : well.warnings) {
    console.warn(printable(name) + ":" + std::to_string(warning.line) + ": " +
                 printable(warning.text));
  }
}

std::vector<Source> sources_of(const ImportOptions& options) {
  std::vector<Source> sources;
  for (const std::string& file : options.files) sources.push_back({file, 0});
  for (std::uint64_t i = 1; i <= options.synthetic; ++i) {
    std::string number = std::to_string(i);
    number.insert(0, number.size() < 3 ? 3 - number.size() : 0, '0');
    sources.push_back({"WELL-" + number, i});
  }
  return sources;
}

}  // namespace

Exit run_import(const Console& console, const Settings& settings, const ImportOptions& options) {
  const std::vector<Source> sources = sources_of(options);
  if (sources.empty() || options.synthetic > synthetic_wells_max ||
      options.rows > synthetic_rows_max) {
    return console.fail(make_error(Code::invalid_argument, "import", "",
                                   "name LAS files, or make wells with --synthetic 1 to 999 and "
                                   "--rows up to 10000000"));
  }
  auto place = Place::open(settings, IfMissing::make);
  if (!place) return console.fail(place.error());
  JsonWriter json;
  json.begin_object().key("wells").begin_array();
  std::size_t failed = 0;
  Exit last_failure = Exit::ok;
  for (const Source& source : sources) {
    const std::string label = source.synthetic > 0 ? source.name + ".las" : source.name;
    auto imported = [&]() -> Result<ImportedWell> {
      const Progress progress(console, "importing " + label, std::nullopt);
      SPILLWAY_TRY(const auto bytes, bytes_of(source, options));
      return place.value().import(options.session, label, bytes);
    }();
    if (!imported) {
      Error error = imported.error();
      error.subject = label;  // the detail names the line
      last_failure = console.fail(error);
      ++failed;
    } else if (console.json()) {
      write_result(json, label, imported.value());
    } else {
      show_result(console, label, imported.value());
    }
  }
  json.end_array().member("failed", failed).end_object();
  if (console.json()) console.out(json.take());
  if (failed == 0) return Exit::ok;
  console.note(std::to_string(failed) + " of " + std::to_string(sources.size()) +
               " could not be imported");
  return sources.size() == 1 ? last_failure : Exit::partly;
}

}  // namespace spillway
