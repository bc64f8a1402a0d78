// Error codes read back from where to_string(Code) was written: items and answers.
#pragma once

#include <string_view>

#include "spillway/error.h"

namespace spillway {

/// The code spelled so; `otherwise` for a spelling that is none.
Code code_from_string(std::string_view text, Code otherwise);

}  // namespace spillway
