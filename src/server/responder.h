// The small built-in responder: answers "show log curves for WELL-001" from wells that
// are imported into the conversation or, for all, into the session `wells`.
#pragma once

#include <optional>
#include <string>

#include "spillway/sessions.h"

namespace spillway {

/// What is to be answered.
struct Reply {
  std::string session;                     ///< where the answer goes
  std::string content;                     ///< the message that asks
  std::string principal, idempotency_key;  ///< of the message that asks; the key may be empty
};

/// Posts an assistant message with the log plot of the well that `content` asks for, or with the
/// names of the wells there are. Nothing when `content` asks for no well. The same idempotency key
/// gives the same answer. Thread-safe; errors as Sessions::post and Sessions::open_artifact.
Result<std::optional<SavedMessage>> respond(Sessions& sessions, const Reply& reply,
                                            Deadline deadline);

}  // namespace spillway
