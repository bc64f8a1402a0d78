// Links by which a browser fetches a spilled value from S3 itself.
#include "hybrid/items_state.h"
#include "hybrid/spilled_entry.h"

namespace spillway {

Result<std::optional<std::string>> Items::link(const Spilled& handle, const LinkRequest& request,
                                               Deadline deadline) {
  using Link = std::optional<std::string>;
  const SpilledEntry& entry = entry_of(handle);
  const StoredBytes& stored = *entry.stored;
  // Only the bytes of strings and binaries are what they stand for; others are DynamoDB JSON.
  const bool is_bytes = entry.member.empty() && (entry.type == "S" || entry.type == "B");
  const Encoding encoding = stored.index.encoding;
  const bool admitted =
      encoding == Encoding::raw || (encoding == Encoding::zstd && request.accepts_zstd);
  if (!state_->core.links || stored.object_key.empty() || !is_bytes || !admitted) return Link();
  LinkHeaders headers;
  headers.content_type = request.content_type;
  headers.content_disposition = request.content_disposition;
  if (encoding != Encoding::raw) headers.content_encoding = to_string(encoding);
  headers.cache_control = "private, no-store";
  // The key was verified to be this very item's own when the handle was made; the bucket is ours.
  SPILLWAY_TRY(std::string url,
               state_->core.links->link(stored.object_key, headers, request.lifetime, deadline));
  return Link(std::move(url));
}

}  // namespace spillway
