// The routing lines of the log: for every save, what went where and why.
#include "server/context.h"
#include "server/message_json.h"

namespace spillway {
namespace {

void write_artifact_line(JsonWriter& out, const ArtifactInfo& artifact) {
  const Placement& placement = artifact.placement;
  out.begin_object()
      .member("id", artifact.id)
      .member("sizeBytes", artifact.size_bytes)
      .member("storage", to_string(placement.storage))
      .member("encoding", placement.encoding)
      .member("encodedBytes", placement.encoded_bytes)
      .member("fallback", placement.fallback);
  if (artifact.error) out.member("error", to_string(artifact.error->code));
  out.end_object();
}

/// {"inline":{"count","bytes"},…} over the artifacts of one message.
std::string storage_statistics(const Message& message) {
  JsonWriter out;
  out.begin_object();
  for (const Storage storage : {Storage::in_item, Storage::encoded, Storage::spilled}) {
    std::uint64_t count = 0, raw = 0, encoded = 0;
    for (const ArtifactInfo& artifact : message.artifacts) {
      if (artifact.placement.storage != storage) continue;
      ++count;
      raw += artifact.size_bytes;
      encoded += artifact.placement.encoded_bytes;
    }
    out.key(to_string(storage))
        .begin_object()
        .member("count", count)
        .member("rawBytes", raw)
        .member("encodedBytes", encoded)
        .end_object();
  }
  out.end_object();
  return out.take();
}

}  // namespace

void log_saved(Context& context, const Request& request, const Message& message,
               std::string_view routing) {
  JsonWriter artifacts;
  artifacts.begin_array();
  for (const ArtifactInfo& artifact : message.artifacts) {
    write_artifact_line(artifacts, artifact);
    context.metrics.count_artifact(artifact.placement);
  }
  artifacts.end_array();
  LogLine line(LogLine::Level::info, "message_saved");
  line.text("requestId", request.id)
      .text("session", message.session)
      .text("message", message.id)
      .json("artifacts", artifacts.take())
      .json("storage", storage_statistics(message))
      .number("itemBytes", message.item_bytes)
      .number("itemBytesMax", item_bytes_max)
      .number("withinLimit", message.item_bytes <= item_bytes_max)
      .text("routing", routing);
  context.log.write(line);
}

void log_saved_artifact(Context& context, const Request& request, const SavedArtifact& saved) {
  JsonWriter artifact;
  write_artifact_line(artifact, saved.info);
  context.metrics.count_artifact(saved.info.placement);
  LogLine line(LogLine::Level::info, "artifact_saved");
  line.text("requestId", request.id)
      .text("session", request.parameter("session"))
      .text("message", request.parameter("message"))
      .json("artifact", artifact.take())
      .number("created", saved.created)
      .text("routing", saved.routing);
  context.log.write(line);
}

}  // namespace spillway
