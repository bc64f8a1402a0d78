// Where the parts of a message stand in its item, and the requests that follow from it.
//
// Spillway's own table, spillway_messages:
//   session S, id S (key) · role S · content S · createdAt S · revision N
//   artifacts L of M { id S, contentType S, size N, sha256 S (hex), type S?, name S?,
//                      body S (JSON text, byte for byte) | body B | error M { code S, detail S },
//                      curves B? (docs/formats/curves.md) }
//
// A mapped table, which is there already, under the names of MessageTable:
//   id S (key) · session S · createdAt S · updatedAt S · role S · content, a path to S
//   artifacts L of S (the text of each, byte for byte); written by others also of M and L
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dynamo/expression.h"
#include "spillway/items.h"
#include "spillway/sessions.h"

namespace spillway {

inline constexpr const char* messages_table = "spillway_messages";

inline constexpr std::array<std::string_view, 4> message_roles{"user", "assistant", "system",
                                                               "tool"};

/// What of a message as it was read must be the same when its artifacts are changed.
struct MessageVersion {
  std::optional<AttributeValue> stamp;   ///< its revision or time of change; nullopt: it has none
  std::optional<std::size_t> artifacts;  ///< how many; nullopt: it has no list of them
  bool operator==(const MessageVersion&) const = default;
};

/// Immutable: any thread may use it.
class MessageLayout {
 public:
  /// Makes Spillway's own table if it is missing; compares a mapped one with its description.
  static Result<MessageLayout> open(Items& items, const MessageTable& table, Deadline deadline);
  /// For a table that is known to fit.
  explicit MessageLayout(MessageTable table);

  bool mapped() const { return mapped_; }
  /// Names of the attributes, also of Spillway's own.
  const MessageTable& names() const { return names_; }
  const Path& content() const { return content_; }
  /// The attribute that tells one version of a message from the next.
  const std::string& stamp_name() const;

  /// Could this be the id of a message? Others are simply not found.
  bool is_message_id(std::string_view id) const;
  /// The id of an artifact that has none of its own: it goes by its position.
  static std::string artifact_id(std::size_t position) { return "a" + std::to_string(position); }
  /// "artifacts[2].body", "artifacts[2]".
  std::string body_path(std::size_t position) const;
  /// The role as the table spells it, and back.
  std::string role_there(const std::string& role) const;
  std::string role_here(const std::string& role) const;
  /// Does the item belong to the session?
  bool is_of(const Item& item, const std::string& session) const;

  Item key(const std::string& session, const std::string& id) const;
  /// Reads a message strongly.
  GetRequest get(const std::string& session, const std::string& id) const;
  /// Saves a new message; not applied in a mapped table when the id is taken.
  WriteRequest put(Item item) const;
  /// Not applied when there is no such message in the session.
  WriteRequest remove(const std::string& session, const std::string& id) const;
  /// Sets one element of the artifacts, or adds it behind the last; then the same, taking one away.
  /// Both are not applied when the message changed since. No other attribute is touched.
  WriteRequest set_artifact(const std::string& session, const std::string& id,
                            const MessageVersion& version, std::size_t position,
                            AttributeValue element) const;
  WriteRequest remove_artifact(const std::string& session, const std::string& id,
                               const MessageVersion& version, std::size_t position) const;

  /// Lists a session, oldest message first. In a mapped table it answers with entries of the index.
  QueryRequest list(const std::string& session) const;
  /// Where a list goes on behind this message, and the key for it; nullopt: not a cursor of ours.
  std::string cursor_behind(const Message& message) const;
  std::optional<Item> start_after(const std::string& session, const std::string& cursor) const;

  /// What a reference says to outside readers: content type, the artifact's type, the session.
  Labeller labels(const std::string& session) const;

 private:
  WriteRequest update(const std::string& session, const std::string& id,
                      const MessageVersion& version) const;

  MessageTable names_;
  bool mapped_ = false;
  Path content_;
  bool index_projects_all_ = false;
};

/// Does the table's description fit? invalid_argument says what to set. Pure.
Result<void> check_mapping(const MessageTable& mapping, const TableDescription& table);

/// What a text says of itself.
struct TextLabels {
  std::string content_type, type, name;
};
TextLabels labels_of_text(const std::string& text);

/// Media types of artifacts that are kept as text.
inline constexpr const char* json_media_type = "application/json";
inline constexpr const char* text_media_type = "text/plain; charset=utf-8";

/// A string attribute or member; empty when there is none.
std::string text_at(const Map& map, std::string_view name);

}  // namespace spillway
