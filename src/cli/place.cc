// Passes each call on to the stores or to the server.
#include "cli/place.h"

#include <filesystem>

#include "artifact/idempotency.h"
#include "artifact/message_layout.h"
#include "artifact/session_rows.h"

namespace spillway {
namespace {

constexpr int fetch_tries_max = 3;
constexpr std::size_t copy_bytes = 256 * 1024;

Deadline no_bound() { return Deadline::never(); }

Result<std::string> fetch_once(Sessions& sessions, const LocatedArtifact& located,
                               std::optional<ByteRange> range, const ByteSink& sink) {
  SPILLWAY_TRY(const auto source, sessions.open_artifact(located, range, no_bound()));
  std::string buffer(copy_bytes, '\0');
  for (bool first = true;; first = false) {
    auto n = source->read(buffer.data(), buffer.size());
    if (!n) {
      Error error = n.error();
      // Half of it has been handed out: starting again would splice two versions.
      if (!first && error.code == Code::conflict) error.code = Code::unavailable;
      return error;
    }
    if (n.value() == 0) return located.info.sha256;
    SPILLWAY_TRY(sink({buffer.data(), n.value()}));
  }
}

}  // namespace

Result<std::unique_ptr<Spillway>> open_stores(const Settings& settings, IfMissing if_missing) {
  std::error_code failure;
  const bool in_directory = settings.stores.items_url == embedded_config(settings.data).items_url;
  if (in_directory && if_missing == IfMissing::refuse &&
      !std::filesystem::exists(settings.data, failure)) {
    return make_error(Code::not_found, "open", settings.data,
                      "there is no such data directory; name another with --data, or make it with "
                      "spillway put, import or serve");
  }
  if (in_directory) std::filesystem::create_directories(settings.data, failure);
  if (failure) {
    return make_error(Code::permission_denied, "open", settings.data,
                      "cannot make the data directory: " + failure.message());
  }
  return Spillway::open(settings.stores, settings.messages);
}

FsckOptions fsck_options(const Settings& settings, bool read_objects,
                         const std::vector<std::string>& tables_gone) {
  FsckOptions options{.read_objects = read_objects};
  options.tables_gone = {tables_gone.begin(), tables_gone.end()};
  if (!is_remote_items(settings.stores)) return options;
  options.tables = {sessions_table, idempotency_table,
                    settings.messages.table.empty() ? messages_table : settings.messages.table};
  return options;
}

Result<Place> Place::open(const Settings& settings, IfMissing if_missing) {
  Place place;
  if (!settings.to.empty()) {
    SPILLWAY_TRY(place.remote_, Remote::open(settings.to, settings.token));
  } else {
    SPILLWAY_TRY(place.local_, open_stores(settings, if_missing));
  }
  return place;
}

Result<Message> Place::post(const std::string& session, const NewMessage& message) {
  if (remote_) return remote_->post(session, message);
  SPILLWAY_TRY(auto saved, local_->sessions().post(session, message, no_bound()));
  return std::move(saved.message);
}

Result<ArtifactInfo> Place::put(const std::string& session, const std::string& message,
                                const NewArtifact& artifact, ByteSource& source,
                                std::optional<std::uint64_t> bytes) {
  if (remote_) return remote_->put(session, message, artifact, source, bytes);
  SPILLWAY_TRY(auto saved,
               local_->sessions().put_artifact(session, message, artifact, source, no_bound()));
  return std::move(saved.info);
}

Result<std::string> Place::fetch(const std::string& session, const std::string& message,
                                 const std::string& artifact, std::optional<ByteRange> range,
                                 const ByteSink& sink) {
  if (remote_) return remote_->fetch(session, message, artifact, range, sink);
  for (int tries = 1;; ++tries) {
    SPILLWAY_TRY(const auto located,
                 local_->sessions().locate(session, message, artifact, no_bound()));
    auto digest = fetch_once(local_->sessions(), located, range, sink);
    const bool again = !digest && digest.error().code == Code::conflict && tries < fetch_tries_max;
    if (!again) return digest;
  }
}

Result<Message> Place::message(const std::string& session, const std::string& id) {
  if (remote_) return remote_->message(session, id);
  return local_->sessions().message(session, id, ArtifactsAs::reference, no_bound());
}

Result<MessagePage> Place::messages(const std::string& session, const MessageQuery& query) {
  if (remote_) return remote_->messages(session, query);
  return local_->sessions().messages(session, query, no_bound());
}

Result<SessionPage> Place::sessions(std::uint32_t limit, const std::string& cursor) {
  if (remote_) return remote_->sessions(limit, cursor);
  return local_->sessions().sessions(limit, cursor, no_bound());
}

Result<void> Place::remove(const std::string& session, const std::string& message,
                           const std::string& artifact) {
  if (remote_) return remote_->remove(session, message, artifact);
  Sessions& sessions = local_->sessions();
  if (!artifact.empty()) return sessions.remove_artifact(session, message, artifact, no_bound());
  if (!message.empty()) return sessions.remove_message(session, message, no_bound());
  return sessions.remove_session(session, no_bound());
}

Result<ImportedWell> Place::import(const std::string& session, const std::string& file_name,
                                   const std::string& bytes) {
  if (remote_) return remote_->import(session, file_name, bytes);
  return import_las(local_->sessions(), session, file_name, bytes, no_bound());
}

Result<StorageStats> Place::stats() {
  if (remote_) return remote_->stats();
  return local_->sessions().stats(no_bound());
}

}  // namespace spillway
