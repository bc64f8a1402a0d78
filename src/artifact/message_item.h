// A message as an item, and back. message_layout.h shows the attributes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "artifact/message_layout.h"
#include "spillway/deadline.h"
#include "spillway/items.h"
#include "spillway/sessions.h"

namespace spillway {

/// application/json or …+json, with or without parameters: such a body is kept as text.
bool is_json(std::string_view content_type);

/// What is kept of one artifact besides its description.
struct ArtifactValues {
  AttributeValue body;                       ///< text, bytes, a handle; NULL: it has none
  AttributeValue curves = AttributeValue();  ///< bytes or a handle; NULL: none
};

/// One artifact as an element of the list: a map with its values, or with its error when
/// `info.error` is set; in a mapped table the body alone.
AttributeValue artifact_element(const MessageLayout& layout, const ArtifactInfo& info,
                                ArtifactValues values);

/// The item of a message; `values` are those of its artifacts, in order.
Item message_item(const MessageLayout& layout, const Message& message,
                  std::vector<ArtifactValues> values);

/// A message read, with the values of each artifact.
struct LoadedMessage {
  Message message;
  std::vector<ArtifactValues> values;
  MessageVersion version;
};

/// From an item read with handles. What left its place together with others (content, several small
/// artifacts) is fetched here, as are artifacts that are no text in a mapped table; a group of
/// artifacts that cannot be had becomes artifacts with errors. corrupt when the item is not a
/// message of ours; a mapped table's is whatever it is.
Result<LoadedMessage> load_message(Items& items, const MessageLayout& layout, const Item& item,
                                   Deadline deadline);

/// Completes what only an artifact's text tells, where an object's labels were all that was known.
void add_labels(ArtifactInfo& info);

/// DynamoDB's size of an item read with handles as it is stored, with references and manifest.
std::uint64_t stored_item_bytes(const Item& item);

/// Puts what a write reports into the artifacts concerned; the others are in the item as they are.
void apply_placements(const MessageLayout& layout, const std::vector<Placement>& placements,
                      std::vector<ArtifactInfo>& artifacts);

/// Bytes of a body that is in memory; empty for handles and none.
const std::string* body_bytes(const AttributeValue& body);
std::string* body_bytes(AttributeValue& body);

}  // namespace spillway
