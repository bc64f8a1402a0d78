// The words that may not stand bare for an attribute in an expression.
#pragma once

#include <string_view>

namespace spillway {

/// Is it one of DynamoDB's 573 reserved words, in any case? Source: Amazon DynamoDB Developer
/// Guide, "Reserved words in DynamoDB".
bool is_reserved_word(std::string_view word);

}  // namespace spillway
