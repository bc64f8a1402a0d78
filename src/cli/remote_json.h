// The server's JSON answers as the types of the library. Pure.
#pragma once

#include <string>

#include "net/http_request.h"
#include "server/wells.h"
#include "spillway/sessions.h"

namespace spillway {

/// Errors: corrupt when the text is not what docs/HTTP.md says.
Result<Message> message_from_json(const std::string& json);
Result<MessagePage> messages_from_json(const std::string& json);
Result<SessionPage> sessions_from_json(const std::string& json);
Result<ArtifactInfo> artifact_from_json(const std::string& json);
Result<ImportedWell> import_from_json(const std::string& json);
Result<StorageStats> stats_from_json(const std::string& json);

/// The Error that a problem+json tells, or one by the status alone.
Error error_from_reply(const HttpResponse& reply);

}  // namespace spillway
