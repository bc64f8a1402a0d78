// Opening curves, wherever they are.
#include "artifact/curves.h"

#include "artifact/json_inspector.h"
#include "artifact/limits.h"
#include "artifact/message_item.h"
#include "artifact/service.h"
#include "curves/layout.h"

namespace spillway {
namespace {

constexpr const char* op = "artifact.curves";
constexpr std::size_t read_bytes = 256 * 1024;

Error no_curves(const std::string& artifact) {
  return make_error(Code::not_found, op, artifact,
                    "there are no long arrays of numbers in it; fetch it whole");
}

CurvesReader::Read reads_of(std::string stored) {
  return [stored = std::move(stored)](ByteRange range) -> Result<std::string> {
    return stored.substr(range.offset, range.length);
  };
}

/// Through the whole text, which has few numbers or is of a table of other programs.
Result<CurvesReader> curves_of_text(Sessions& sessions, const LocatedArtifact& artifact,
                                    Deadline deadline) {
  SPILLWAY_TRY(auto source, sessions.open_artifact(artifact, std::nullopt, deadline));
  ArrayCollector collected;
  JsonInspector inspector(&collected);
  std::string piece(read_bytes, '\0');
  for (;;) {
    SPILLWAY_TRY(const std::size_t n, source->read(piece.data(), piece.size()));
    if (n == 0) break;
    SPILLWAY_TRY(inspector.feed(std::string_view(piece).substr(0, n)));
  }
  SPILLWAY_TRY(inspector.finish());
  auto frame = choose_frame(collected);
  if (!frame) return no_curves(artifact.info.id);
  SPILLWAY_TRY(const auto writer,
               CurvesWriter::make(std::move(*frame), collected.values(), artifact.info.sha256));
  const std::uint64_t stored_bytes = writer->size_bytes();
  SPILLWAY_TRY(auto stored, read_all(*writer, stored_bytes));
  return CurvesReader::open(reads_of(std::move(stored)), stored_bytes, artifact.info.sha256);
}

}  // namespace

Result<std::unique_ptr<CurvesWriter>> curves_to_store(const ArrayCollector& collected,
                                                      const std::string& sha256) {
  auto frame = choose_frame(collected);
  if (!frame || frame->info.rows * frame->info.curves.size() < stored_curves_values_min) {
    return std::unique_ptr<CurvesWriter>();
  }
  SPILLWAY_TRY(auto writer, CurvesWriter::make(std::move(*frame), collected.values(), sha256));
  if (writer->header_bytes() > curves_header_bytes_max) return std::unique_ptr<CurvesWriter>();
  return writer;
}

Result<CurvesReader> Sessions::open_curves(const LocatedArtifact& artifact, Deadline deadline) {
  const ArtifactInfo& info = artifact.info;
  if (info.error) return *info.error;
  if (!is_json(info.content_type)) {
    return make_error(Code::invalid_argument, op, info.id,
                      "it is " + info.content_type + "; only JSON has curves");
  }
  if (const auto* handle = artifact.curves.as<Spilled>()) {
    const auto read = [&items = state_->items, owner = artifact.owner, handle = *handle,
                       deadline](ByteRange range) -> Result<std::string> {
      SPILLWAY_TRY(auto source, items.open(owner, handle, range, deadline));
      return read_all(*source, range.length);
    };
    return CurvesReader::open(read, Items::describe(*handle).raw_bytes, info.sha256);
  }
  if (const auto* stored = artifact.curves.as<Binary>()) {
    return CurvesReader::open(reads_of(stored->bytes), stored->bytes.size(), info.sha256);
  }
  if (info.size_bytes > curves_text_bytes_max) {
    return make_error(Code::unsupported, op, info.id,
                      "it was saved without its curves and is too large to look through; save it "
                      "again, or fetch it whole");
  }
  return curves_of_text(*this, artifact, deadline);
}

}  // namespace spillway
