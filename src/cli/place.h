// Where a command works: the stores of this machine or a server, behind the same calls.
#pragma once

#include <memory>
#include <string>

#include "cli/remote.h"
#include "cli/settings.h"
#include "spillway/spillway.h"

namespace spillway {

/// What to do about a data directory that is not there: commands that only look do not make one.
enum class IfMissing { make, refuse };

/// One thread at a time.
class Place {
 public:
  static Result<Place> open(const Settings& settings, IfMissing if_missing);

  Result<Message> post(const std::string& session, const NewMessage& message);
  Result<ArtifactInfo> put(const std::string& session, const std::string& message,
                           const NewArtifact& artifact, ByteSource& source,
                           std::optional<std::uint64_t> bytes);
  /// The bytes into `sink`; returns the SHA-256 (hex) that the whole artifact has. A conflict comes
  /// only before the first byte, and is tried again.
  Result<std::string> fetch(const std::string& session, const std::string& message,
                            const std::string& artifact, std::optional<ByteRange> range,
                            const ByteSink& sink);
  Result<Message> message(const std::string& session, const std::string& id);
  Result<MessagePage> messages(const std::string& session, const MessageQuery& query);
  Result<SessionPage> sessions(std::uint32_t limit, const std::string& cursor);
  Result<void> remove(const std::string& session, const std::string& message,
                      const std::string& artifact);
  Result<ImportedWell> import(const std::string& session, const std::string& file_name,
                              const std::string& bytes);
  Result<StorageStats> stats();

 private:
  // One of the two.
  std::unique_ptr<Spillway> local_;
  std::unique_ptr<Remote> remote_;
};

/// The stores of `settings`, for commands that no server offers.
Result<std::unique_ptr<Spillway>> open_stores(const Settings& settings, IfMissing if_missing);

/// In an AWS account only Spillway's tables and the mapped one are looked at, and those that
/// objects are named after: it has others, and listing them takes another permission.
FsckOptions fsck_options(const Settings& settings, bool read_objects,
                         const std::vector<std::string>& tables_gone);

}  // namespace spillway
