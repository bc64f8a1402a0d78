// A message as an item of table spillway_messages, and back.
//
//   session S, id S (key) · role S · content S · createdAt S · revision N
//   artifacts L of M { id S, contentType S, size N, sha256 S (hex), type S?, name S?,
//                      body S (JSON text, byte for byte) | body B | error M { code S, detail S } }
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spillway/deadline.h"
#include "spillway/items.h"
#include "spillway/sessions.h"

namespace spillway {

inline constexpr const char* messages_table = "spillway_messages";

/// The primary key of a message, and the request that reads it strongly.
Item message_key(const std::string& session, const std::string& id);
GetRequest message_request(const std::string& session, const std::string& id);

/// application/json or …+json, with or without parameters: such a body is kept as text.
bool is_json(std::string_view content_type);

/// The map of one artifact with its body, or with its error when `info.error` is set.
AttributeValue artifact_value(const ArtifactInfo& info, AttributeValue body);

/// The item of a message; `bodies` are those of its artifacts, in order.
Item message_item(const Message& message, std::vector<AttributeValue> bodies);

/// A message read, with the body of each artifact: text, bytes, a handle, or NULL if it has none.
struct LoadedMessage {
  Message message;
  std::vector<AttributeValue> bodies;
  std::int64_t revision = 0;  ///< changes with every change of its artifacts
};

/// From an item read with handles. What left its place together with others (content, several small
/// artifacts) is fetched here; a group of artifacts that cannot be had becomes artifacts with
/// errors. corrupt when the item is not a message of ours.
Result<LoadedMessage> load_message(Items& items, const Item& item, Deadline deadline);

/// DynamoDB's size of an item read with handles as it is stored, with references and manifest.
std::uint64_t stored_item_bytes(const Item& item);

/// Names of the reference for outside readers: content type, the artifact's type, the session.
Labeller labels_of(const std::string& session);

/// Puts what a write reports into the artifacts concerned; the others are in the item as they are.
void apply_placements(const std::vector<Placement>& placements,
                      std::vector<ArtifactInfo>& artifacts);

/// Bytes of a body that is in memory; empty for handles and none.
const std::string* body_bytes(const AttributeValue& body);

}  // namespace spillway
