// Messages and artifacts as the API spells them; see docs/HTTP.md.
#pragma once

#include <string>
#include <string_view>

#include "server/json_out.h"
#include "spillway/sessions.h"

namespace spillway {

/// "/v1/sessions/…/messages/…/artifacts/a0?sha256=…": an address whose bytes never change.
std::string artifact_href(std::string_view session, std::string_view message,
                          const ArtifactInfo& artifact);

/// Values of JSON types go in as they are, others (where all are asked for) as base64.
/// `request_id` is for the problems of artifacts that could not be had.
void write_artifact(JsonWriter& out, std::string_view session, std::string_view message,
                    const ArtifactInfo& artifact, ArtifactsAs as, std::string_view request_id);
void write_message(JsonWriter& out, const Message& message, ArtifactsAs as,
                   std::string_view request_id);

}  // namespace spillway
