// JSON bodies of requests, read strictly and with their artifacts kept byte for byte.
#pragma once

#include <cstddef>
#include <string>

#include "spillway/sessions.h"

namespace spillway {

struct PostBody {
  NewMessage message;
  bool respond = false;
};

/// Reads {"role", "content", "artifacts", "onFailure", "respond"}. Each artifact is the very slice
/// of the body, without the white space around it. The whole text is checked: grammar, UTF-8,
/// depth, no member twice at the top, none unknown. Errors: invalid_argument that names the member.
/// `body` gains capacity for the parser. Pure; any thread.
Result<PostBody> parse_post_body(std::string& body, std::size_t depth_max);

}  // namespace spillway
