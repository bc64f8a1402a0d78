// Import of LAS files and the search among them.
#include "server/wells.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "artifact/ids.h"
#include "base/counted.h"
#include "server/http.h"
#include "welllog/log_plot.h"

namespace spillway {
namespace {

constexpr std::string_view log_plot_type = "logPlotViewer";
constexpr std::uint32_t search_page_items = 200;

/// The last part of a path, as a label without control characters.
std::string label_of(std::string_view file_name) {
  const std::size_t slash = file_name.find_last_of("/\\");
  if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);
  return is_label(file_name, las_name_bytes_max) && !file_name.empty() ? std::string(file_name)
                                                                       : "file.las";
}

std::string stem_of(const std::string& label) { return label.substr(0, label.rfind('.')); }

std::string describe_import(const ImportedWell& imported, const std::string& label) {
  std::string text = "Imported " + imported.well + " from " + label + ": " +
                     counted(imported.curves, "curve") + ", " + counted(imported.rows, "row");
  if (!imported.warnings.empty()) text += ", " + counted(imported.warnings.size(), "warning");
  return text + ".";
}

Result<void> save_source(Sessions& sessions, ImportedWell& imported, const std::string& label,
                         std::string_view bytes, Deadline deadline) {
  NewArtifact artifact;
  artifact.id = "source";
  artifact.name = label;
  artifact.type = "las";
  const bool is_text = is_utf8(bytes) && bytes.find('\0') == std::string_view::npos;
  artifact.content_type = is_text ? "text/plain; charset=utf-8" : "application/octet-stream";
  StringSource source{std::string(bytes)};
  const Message& message = imported.message;
  SPILLWAY_TRY(auto saved,
               sessions.put_artifact(message.session, message.id, artifact, source, deadline));
  imported.routing += "; " + saved.routing;
  SPILLWAY_TRY(imported.message,
               sessions.message(message.session, message.id, ArtifactsAs::reference, deadline));
  return ok();
}

bool is_log_plot(const ArtifactInfo& artifact) {
  return artifact.type == log_plot_type && !artifact.name.empty();
}

}  // namespace

Result<ImportedWell> import_las(Sessions& sessions, const std::string& session,
                                std::string_view file_name, std::string_view bytes,
                                Deadline deadline) {
  const std::string label = label_of(file_name);
  auto parsed = parse_las(bytes);
  if (parsed.has_error()) {
    Error error = std::move(parsed).error();
    if (!error.subject.empty()) error.detail = error.subject + ": " + error.detail;
    return error;
  }
  ImportedWell imported;
  {
    const LasFile las = std::move(parsed).value();
    imported.well = las.well_name.empty() ? stem_of(label) : las.well_name;
    imported.rows = las.log.row_count;
    imported.curves = las.log.curves.size() - !las.log.curves.empty();
    std::copy_if(las.diagnostics.begin(), las.diagnostics.end(),
                 std::back_inserter(imported.warnings),
                 [](const LasDiagnostic& d) { return d.severity == LasSeverity::warning; });
    NewMessage message;
    message.role = "tool";
    message.content = describe_import(imported, label);
    message.artifacts.push_back(log_plot_json(las, imported.well));
    SPILLWAY_TRY(auto saved, sessions.post(session, message, deadline));
    imported.message = std::move(saved.message);
    imported.routing = std::move(saved.routing);
  }
  auto source = save_source(sessions, imported, label, bytes, deadline);
  if (source.has_error()) {
    // Best effort: if this fails too, the log plot is there without its source, and says so.
    (void)sessions.remove_message(imported.message.session, imported.message.id, deadline);
    return std::move(source).error();
  }
  return imported;
}

Result<WellSearch> find_well(Sessions& sessions, const std::string& session, std::string_view name,
                             Deadline deadline) {
  MessageQuery query;
  query.limit = search_page_items;
  query.descending = true;
  std::set<std::string> names;
  for (std::uint32_t seen = 0; seen < well_messages_searched_max; seen += search_page_items) {
    auto page = sessions.messages(session, query, deadline);
    if (page.has_error() && page.error().code == Code::not_found) break;
    if (page.has_error()) return std::move(page).error();
    for (const Message& message : page.value().messages) {
      if (message.role == "assistant" && session != wells_session) continue;
      for (const ArtifactInfo& artifact : message.artifacts) {
        if (!is_log_plot(artifact)) continue;
        if (equals_ignoring_case(artifact.name, name)) {
          return WellSearch{FoundWell{session, message.id, artifact.id, artifact.name}, {}};
        }
        names.insert(artifact.name);
      }
    }
    query.cursor = page.value().next_cursor;
    if (query.cursor.empty()) break;
  }
  return WellSearch{std::nullopt, {names.begin(), names.end()}};
}

}  // namespace spillway
