// spillway ls, rm and stats.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <limits>

#include "base/counted.h"
#include "cli/commands.h"
#include "cli/place.h"
#include "server/message_json.h"

namespace spillway {
namespace {

constexpr std::uint32_t page_items = 100;
constexpr std::size_t content_shown_bytes = 60;

std::string beginning(const std::string& text) {
  const std::string line = text.substr(0, text.find('\n'));
  if (line.size() <= content_shown_bytes) return printable(line);
  std::size_t end = content_shown_bytes;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return printable(line.substr(0, end)) + "…";
}

Result<void> list_sessions(const Console& console, Place& place) {
  JsonWriter json;
  json.begin_object().key("sessions").begin_array();
  std::string cursor;
  do {
    SPILLWAY_TRY(const auto page, place.sessions(page_items, cursor));
    for (const SessionInfo& session : page.sessions) {
      json.begin_object()
          .member("id", session.id)
          .member("title", session.title)
          .member("createdAt", session.created_at)
          .member("lastMessageAt", session.last_message_at)
          .end_object();
      if (console.json()) continue;
      console.out(session.last_message_at + "  " + printable(session.id) + "  " +
                  beginning(session.title));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  json.end_array().end_object();
  if (console.json()) console.out(json.take());
  return ok();
}

void show_message(const Console& console, const Message& message) {
  std::uint64_t bytes = 0;
  for (const ArtifactInfo& artifact : message.artifacts) bytes += artifact.size_bytes;
  std::string line = message.id + "  " + message.created_at + "  " + printable(message.role) +
                     "  " + beginning(message.content);
  if (!message.artifacts.empty()) {
    line += "  [" + counted(message.artifacts.size(), "artifact") + ", " + human_bytes(bytes) + "]";
  }
  console.out(line);
}

Result<void> list_messages(const Console& console, Place& place, const std::string& session) {
  JsonWriter json;
  json.begin_object().key("messages").begin_array();
  MessageQuery query;
  query.limit = page_items;
  do {
    SPILLWAY_TRY(const auto page, place.messages(session, query));
    for (const Message& message : page.messages) {
      if (console.json()) {
        write_message(json, message, ArtifactsAs::reference, "");
      } else {
        show_message(console, message);
      }
    }
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  json.end_array().end_object();
  if (console.json()) console.out(json.take());
  return ok();
}

std::string artifact_line(const ArtifactInfo& artifact) {
  const Placement& placement = artifact.placement;
  std::string line = printable(artifact.id) + "  " + human_bytes(artifact.size_bytes) + "  " +
                     std::string(to_string(placement.storage));
  if (placement.storage != Storage::in_item) {
    line += " (" + placement.encoding + ", " + human_bytes(placement.encoded_bytes) + ")";
  }
  line += "  " + printable(artifact.content_type);
  if (!artifact.type.empty()) line += "  " + printable(artifact.type);
  if (!artifact.name.empty()) line += "  " + beginning(artifact.name);
  if (artifact.error) line += "  could not be stored: " + printable(artifact.error->detail);
  return line;
}

Result<void> list_artifacts(const Console& console, Place& place, const LsOptions& options) {
  SPILLWAY_TRY(const auto message, place.message(options.session, options.message));
  if (console.json()) {
    JsonWriter json;
    write_message(json, message, ArtifactsAs::reference, "");
    console.out(json.take());
    return ok();
  }
  show_message(console, message);
  for (const ArtifactInfo& artifact : message.artifacts) {
    console.out("  " + artifact_line(artifact));
  }
  return ok();
}

bool confirmed(const RmOptions& options) {
  const std::string what = !options.artifact.empty() ? "artifact " + options.artifact
                           : !options.message.empty()
                               ? "message " + options.message
                               : "session " + options.session + " with all its messages";
  std::fprintf(stderr, "Remove %s? [y/N] ", printable(what).c_str());
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// "300 KiB": the bounds of the size classes are whole binary units.
std::string binary_bytes(std::uint64_t bytes) {
  const bool mebibytes = bytes >= 1 << 20;
  return std::to_string(bytes >> (mebibytes ? 20 : 10)) + (mebibytes ? " MiB" : " KiB");
}

void show_stats(const Console& console, const StorageStats& stats) {
  const auto show = [&](const char* name, const StorageStats::Class& kept) {
    console.out(std::string(name) + std::to_string(kept.count) + " artifacts, " +
                human_bytes(kept.raw_bytes) + " stored in " + human_bytes(kept.encoded_bytes));
  };
  console.out("messages  " + std::to_string(stats.messages));
  show("inline    ", stats.in_item);
  show("encoded   ", stats.encoded);
  show("spilled   ", stats.spilled);
  console.out("fallbacks " + std::to_string(stats.fallbacks));
  console.out("reclaimed " + std::to_string(stats.orphan_objects_reclaimed) + " objects, " +
              human_bytes(stats.orphan_bytes_reclaimed));
  for (const StorageStats::Bucket& bucket : stats.sizes) {
    const bool last = bucket.up_to_bytes == std::numeric_limits<std::uint64_t>::max();
    console.out("  " +
                (last ? std::string("larger") : "up to " + binary_bytes(bucket.up_to_bytes)) +
                ": " + std::to_string(bucket.count));
  }
}

void write_class(JsonWriter& json, const char* name, const StorageStats::Class& kept) {
  json.key(name)
      .begin_object()
      .member("count", kept.count)
      .member("rawBytes", kept.raw_bytes)
      .member("encodedBytes", kept.encoded_bytes)
      .end_object();
}

std::string stats_json(const StorageStats& stats) {
  JsonWriter json;
  json.begin_object().member("messages", stats.messages).key("artifacts").begin_object();
  write_class(json, "inline", stats.in_item);
  write_class(json, "encoded", stats.encoded);
  write_class(json, "spilled", stats.spilled);
  json.end_object().key("sizes").begin_array();
  for (const StorageStats::Bucket& bucket : stats.sizes) {
    json.begin_object().key("upToBytes");
    if (bucket.up_to_bytes == std::numeric_limits<std::uint64_t>::max()) {
      json.null();
    } else {
      json.value(bucket.up_to_bytes);
    }
    json.member("count", bucket.count).end_object();
  }
  json.end_array()
      .member("fallbacks", stats.fallbacks)
      .key("orphansReclaimed")
      .begin_object()
      .member("objects", stats.orphan_objects_reclaimed)
      .member("bytes", stats.orphan_bytes_reclaimed)
      .end_object()
      .end_object();
  return json.take();
}

}  // namespace

Exit run_ls(const Console& console, const Settings& settings, const LsOptions& options) {
  auto place = Place::open(settings, IfMissing::refuse);
  if (!place) return console.fail(place.error());
  const auto done = options.session.empty() ? list_sessions(console, place.value())
                    : options.message.empty()
                        ? list_messages(console, place.value(), options.session)
                        : list_artifacts(console, place.value(), options);
  return done ? Exit::ok : console.fail(done.error());
}

Exit run_rm(const Console& console, const Settings& settings, const RmOptions& options) {
  if (!options.yes && !isatty(STDIN_FILENO)) {
    return console.fail(
        make_error(Code::invalid_argument, "rm", "", "nobody is there to ask; confirm with --yes"));
  }
  if (!options.yes && !confirmed(options)) {
    console.note("nothing was removed");
    return Exit::failed;
  }
  auto place = Place::open(settings, IfMissing::refuse);
  if (!place) return console.fail(place.error());
  const auto done = place.value().remove(options.session, options.message, options.artifact);
  return done ? Exit::ok : console.fail(done.error());
}

Exit run_stats(const Console& console, const Settings& settings) {
  auto place = Place::open(settings, IfMissing::refuse);
  if (!place) return console.fail(place.error());
  const auto stats = place.value().stats();
  if (!stats) return console.fail(stats.error());
  if (console.json()) {
    console.out(stats_json(stats.value()));
  } else {
    show_stats(console, stats.value());
  }
  return Exit::ok;
}

}  // namespace spillway
