// The tokens of DynamoDB expressions. Pure.
#pragma once

#include <string_view>
#include <vector>

namespace spillway {

struct Token {
  enum class Kind {
    identifier,
    keyword,  ///< ADD AND BETWEEN DELETE IN NOT OR REMOVE SET, in any case
    name,     ///< #placeholder
    value,    ///< :placeholder
    index,    ///< 0, 17
    symbol,   ///< ( ) [ ] , . + - = <> < <= > >=
    unknown,  ///< no token at all: one character
    end,
  };
  Kind kind = Kind::end;
  std::string_view text;  ///< a part of the expression; "<EOF>" at the end
};

/// All tokens of `text`, the last of kind end. Unknown characters are tokens, too: the parser words
/// the complaint. The tokens view into `text`.
std::vector<Token> tokenize(std::string_view text);

/// Are the words equal but for ASCII case?
bool same_word(std::string_view a, std::string_view b);

/// Is it "#" or ":" (`sigil`) and at least one letter, digit or underscore?
bool is_placeholder(std::string_view text, char sigil);

}  // namespace spillway
