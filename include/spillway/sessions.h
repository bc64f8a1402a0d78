// Sessions, messages and artifacts: conversations whose artifacts may be of any size.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spillway/bytes.h"
#include "spillway/curves.h"
#include "spillway/deadline.h"
#include "spillway/error.h"
#include "spillway/items.h"

namespace spillway {

struct ArtifactInfo {
  std::string id;
  std::size_t position = 0;
  std::string type;  ///< the artifact's own; may be empty
  std::string name;
  std::string content_type;
  std::uint64_t size_bytes = 0;
  std::string sha256;                ///< hex, of the exact bytes that were sent
  Placement placement;               ///< where it is
  std::optional<std::string> value;  ///< the exact bytes: small inline ones, and all when resolved
  std::optional<Error> error;  ///< resolved, but it could not be had; or saved as a placeholder
};

struct Message {
  std::string id;  ///< of ours: 26 characters, ascending in time
  std::string session;
  std::string role;
  std::string content;
  std::string created_at;  ///< RFC 3339
  std::vector<ArtifactInfo> artifacts;
  std::uint64_t item_bytes = 0;  ///< the message's item as stored, in DynamoDB's measure
};

enum class OnFailure {
  refuse,       ///< the whole message is refused
  placeholder,  ///< an artifact that cannot be stored is replaced by a typed error
};

struct NewMessage {
  std::string role;  ///< user, assistant, system, tool
  std::string content;
  std::vector<std::string> artifacts;  ///< JSON texts, kept byte for byte
  OnFailure on_failure = OnFailure::refuse;
  std::string principal;        ///< who asks; owns the idempotency key
  std::string idempotency_key;  ///< empty: none
  /// What a repeat of the key must have in common with the first; empty: all that is above. For an
  /// answer, which comes out of what is stored at the time: the question.
  std::string key_stands_for;
};

struct SavedMessage {
  Message message;
  bool repeated = false;  ///< the idempotency key was seen before: this is the first one's message
  std::string routing;    ///< one sentence: what went where and why
};

enum class ArtifactsAs {
  reference,  ///< small ones with their value, large ones as references
  resolved,   ///< all whole; an error in place of one that cannot be had
};

struct MessageQuery {
  std::uint32_t limit = 50;  ///< 1 to 200
  std::string cursor;        ///< from a former page
  bool descending = false;
  ArtifactsAs artifacts = ArtifactsAs::reference;
};
struct MessagePage {
  std::vector<Message> messages;
  std::string next_cursor;  ///< empty at the end
};

struct SessionInfo {
  std::string id;
  std::string title;  ///< the beginning of the first message
  std::string created_at, last_message_at;
};
struct SessionPage {
  std::vector<SessionInfo> sessions;
  std::string next_cursor;
};

/// An artifact found, not yet read.
struct LocatedArtifact {
  ArtifactInfo info;
  GetRequest owner;
  AttributeValue body;
  AttributeValue curves;  ///< stored with it when it has many numbers
};

struct NewArtifact {
  std::string id;  ///< [A-Za-z0-9._-]{1,128}, not digits alone
  std::string content_type = "application/octet-stream";
  std::string type, name;
  std::string if_match;  ///< hex sha256 that must be the present one; "*": must exist; empty: any
};
struct SavedArtifact {
  ArtifactInfo info;
  bool created = false;
  std::string routing;
};

struct StorageStats {
  struct Class {
    std::uint64_t count = 0, raw_bytes = 0, encoded_bytes = 0;
  };
  std::uint64_t messages = 0;
  Class in_item, encoded, spilled;
  struct Bucket {
    std::uint64_t up_to_bytes, count;
  };
  std::vector<Bucket> sizes;    ///< artifacts by raw size; the last bucket is unbounded
  std::uint64_t fallbacks = 0;  ///< artifacts that are to move out once objects can be put
  std::uint64_t orphan_objects_reclaimed = 0, orphan_bytes_reclaimed = 0;
  /// What was stored at the end of a day (UTC) on which that changed; ascending, of late.
  struct Day {
    std::string date;  ///< "2026-11-25"
    std::uint64_t messages = 0, in_item_bytes = 0, encoded_bytes = 0, spilled_bytes = 0;
  };
  std::vector<Day> history;
  struct Artifact {
    std::string session, message;
    ArtifactInfo info;  ///< without its value
  };
  std::vector<Artifact> largest;  ///< by raw size, of those saved since this was kept; descending
};

/// Where messages are kept. Without a table: in Spillway's own, which is made if it is missing.
/// With one: in a table that exists and that other programs read and write, too; it is never made
/// or changed. Its key is `id` alone, and an index lists a session's messages: partition `session`,
/// sort `created_at`. docs/existing-tables.md says how messages look there.
struct MessageTable {
  std::string table;
  std::string index;
  // Names of attributes; all but artifacts are strings.
  std::string id = "id", session = "session", role = "role";
  std::string created_at = "createdAt", updated_at = "updatedAt";  ///< RFC 3339
  std::string content = "content";  ///< an attribute, or a path into one: "content.text"
  std::string artifacts = "artifacts";
  std::map<std::string, std::string> roles;  ///< our name -> the table's, where it is another
};

/// Thread-safe. Session ids are 1 to 256 bytes of UTF-8 without control characters.
class Sessions {
 public:
  /// Makes its own tables if they are missing. `items` must outlive it. invalid_argument when
  /// `messages` does not fit the table that it names, and says what to set.
  static Result<std::unique_ptr<Sessions>> open(Items& items, const MessageTable& messages = {});
  ~Sessions();

  /// Saves a message with all its artifacts or nothing; durable when it returns. A new session is
  /// made.
  Result<SavedMessage> post(const std::string& session, const NewMessage& message,
                            Deadline deadline);
  Result<MessagePage> messages(const std::string& session, const MessageQuery& query,
                               Deadline deadline);
  Result<Message> message(const std::string& session, const std::string& id, ArtifactsAs artifacts,
                          Deadline deadline);
  Result<void> remove_message(const std::string& session, const std::string& id, Deadline deadline);
  /// Newest activity first.
  /// With `text` only those whose title or id contains it; ASCII letters match in either case.
  Result<SessionPage> sessions(std::uint32_t limit, const std::string& cursor, Deadline deadline,
                               const std::string& text = {});
  /// The session and all its messages; repeatable after an error.
  Result<void> remove_session(const std::string& session, Deadline deadline);

  /// The long arrays of numbers in a JSON artifact, to be read in part; valid as long as this.
  /// not_found: it has none. invalid_argument: it is not JSON. Others as open_artifact().
  Result<CurvesReader> open_curves(const LocatedArtifact& artifact, Deadline deadline);

  /// `artifact` is an id or a position.
  Result<LocatedArtifact> locate(const std::string& session, const std::string& message,
                                 const std::string& artifact, Deadline deadline);
  /// Its exact bytes or a range of them. conflict: replaced since it was located; locate again.
  Result<std::unique_ptr<ByteSource>> open_artifact(const LocatedArtifact& artifact,
                                                    std::optional<ByteRange> range,
                                                    Deadline deadline);
  /// Adds an artifact to a message that exists, or replaces the one of that id, in constant memory.
  /// unsupported in a mapped table for what is not text. Effect::unknown only where the store's
  /// answer was lost and reading the message again does not tell.
  Result<SavedArtifact> put_artifact(const std::string& session, const std::string& message,
                                     const NewArtifact& artifact, ByteSource& source,
                                     Deadline deadline);
  Result<void> remove_artifact(const std::string& session, const std::string& message,
                               const std::string& artifact, Deadline deadline);

  /// What is stored, counted as it is written; events counted since the store was made.
  Result<StorageStats> stats(Deadline deadline);
  /// Sweeps, and counts what was reclaimed.
  Result<SweepReport> sweep(const SweepOptions& options, Deadline deadline);

 private:
  struct State;
  explicit Sessions(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace spillway
