// From the types of the library to JSON.
#include "server/message_json.h"

#include "artifact/message_item.h"
#include "base/digest.h"
#include "server/http.h"
#include "server/problem.h"
#include "server/target.h"

namespace spillway {
namespace {

/// The typed reference of a spilled value, as it stands in the item.
void write_reference(JsonWriter& out, const ArtifactInfo& artifact, std::string_view session) {
  const Placement& placement = artifact.placement;
  out.begin_object()
      .member("type", "s3_reference")
      .member("bucket", placement.bucket)
      .member("key", placement.key)
      .member("size", placement.raw_bytes)
      .member("contentType", artifact.content_type)
      .member_or_null("originalType", artifact.type)
      .member("uploadedAt", placement.uploaded_at)
      .member("chatSessionId", session)
      .member("sha256", artifact.sha256)
      .member("encoding", placement.encoding)
      .member("encodedSize", placement.encoded_bytes)
      .end_object();
}

/// Whatever says that it is JSON was checked when it was saved, and its digest when it was read.
void write_value(JsonWriter& out, const ArtifactInfo& artifact, ArtifactsAs as) {
  const std::string& bytes = *artifact.value;
  if (is_json(artifact.content_type)) {
    out.key("value").raw(bytes);
  } else if (as == ArtifactsAs::resolved) {
    out.member("valueBase64", base64_encode(bytes));
  }
}

}  // namespace

std::string artifact_href(std::string_view session, std::string_view message,
                          const ArtifactInfo& artifact) {
  return "/v1/sessions/" + percent_encode(session) + "/messages/" + percent_encode(message) +
         "/artifacts/" + percent_encode(artifact.id) + "?sha256=" + artifact.sha256;
}

void write_artifact(JsonWriter& out, std::string_view session, std::string_view message,
                    const ArtifactInfo& artifact, ArtifactsAs as, std::string_view request_id) {
  const Placement& placement = artifact.placement;
  out.begin_object()
      .member("id", artifact.id)
      .member("position", artifact.position)
      .member_or_null("type", artifact.type)
      .member_or_null("name", artifact.name)
      .member("contentType", artifact.content_type)
      .member("size", artifact.size_bytes)
      .member("sha256", artifact.sha256)
      .member("href", artifact_href(session, message, artifact))
      .member("storage", to_string(placement.storage))
      .member("encoding", placement.encoding)
      .member("encodedSize", placement.encoded_bytes)
      .member("fallback", placement.fallback);
  if (artifact.error) {
    write_problem(out.key("error"), *artifact.error, status_of(artifact.error->code), request_id);
  } else if (artifact.value) {
    write_value(out, artifact, as);
  } else if (placement.storage == Storage::spilled) {
    write_reference(out.key("reference"), artifact, session);
  }
  out.end_object();
}

void write_message(JsonWriter& out, const Message& message, ArtifactsAs as,
                   std::string_view request_id) {
  out.begin_object()
      .member("id", message.id)
      .member("sessionId", message.session)
      .member("role", message.role)
      .member("content", message.content)
      .member("createdAt", message.created_at);
  out.key("artifacts").begin_array();
  for (const ArtifactInfo& artifact : message.artifacts) {
    write_artifact(out, message.session, message.id, artifact, as, request_id);
  }
  out.end_array();
  out.key("storage")
      .begin_object()
      .member("itemBytes", message.item_bytes)
      .member("itemBytesMax", item_bytes_max)
      .end_object();
  out.end_object();
}

}  // namespace spillway
