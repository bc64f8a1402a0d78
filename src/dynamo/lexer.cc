// Splits expressions into tokens.
#include "dynamo/lexer.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace spillway {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_part(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool is_keyword(std::string_view word) {
  constexpr std::array<std::string_view, 9> keywords = {"ADD", "AND", "BETWEEN", "DELETE", "IN",
                                                        "NOT", "OR",  "REMOVE",  "SET"};
  return std::any_of(keywords.begin(), keywords.end(),
                     [&](std::string_view keyword) { return same_word(keyword, word); });
}

std::size_t parts_from(std::string_view text, std::size_t at) {
  std::size_t n = 0;
  while (at + n < text.size() && is_part(text[at + n])) ++n;
  return n;
}

// A whole UTF-8 character, so that error texts stay valid.
std::size_t character_bytes(std::string_view text) {
  std::size_t n = 1;
  while (n < text.size() && (static_cast<unsigned char>(text[n]) & 0xc0) == 0x80) ++n;
  return n;
}

Token next_token(std::string_view text) {
  using Kind = Token::Kind;
  const char c = text.front();
  if (is_letter(c)) {
    const std::string_view word = text.substr(0, parts_from(text, 0));
    return {is_keyword(word) ? Kind::keyword : Kind::identifier, word};
  }
  if (c == '#' || c == ':') {
    const std::size_t n = parts_from(text, 1);
    if (n == 0) return {Kind::unknown, text.substr(0, 1)};
    return {c == '#' ? Kind::name : Kind::value, text.substr(0, n + 1)};
  }
  if (is_digit(c)) {
    std::size_t n = 1;
    while (c != '0' && n < text.size() && is_digit(text[n])) ++n;
    return {Kind::index, text.substr(0, n)};
  }
  for (const std::string_view two : {"<>", "<=", ">="}) {
    if (text.starts_with(two)) return {Kind::symbol, text.substr(0, 2)};
  }
  if (std::string_view("()[],.+-=<>").find(c) != std::string_view::npos) {
    return {Kind::symbol, text.substr(0, 1)};
  }
  return {Kind::unknown, text.substr(0, character_bytes(text))};
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  while (true) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    if (text.empty()) break;
    tokens.push_back(next_token(text));
    text.remove_prefix(tokens.back().text.size());
  }
  tokens.push_back({Token::Kind::end, "<EOF>"});
  return tokens;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return upper(x) == upper(y); });
}

bool is_placeholder(std::string_view text, char sigil) {
  return text.size() > 1 && text.front() == sigil && parts_from(text, 1) == text.size() - 1;
}

}  // namespace spillway
