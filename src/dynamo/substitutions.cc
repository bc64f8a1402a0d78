// Checks of ExpressionAttributeNames and ExpressionAttributeValues as a whole.
#include <algorithm>
#include <set>

#include "dynamo/expression.h"
#include "dynamo/lexer.h"
#include "dynamo/parser.h"

namespace spillway {
namespace {

// Source: AWS, "Quotas in Amazon DynamoDB", expression parameters.
constexpr std::size_t placeholder_bytes_max = 255;
constexpr std::size_t attribute_name_bytes_max = 65'535;

Error refused(std::string_view parameter, const std::string& detail) {
  return make_error(Code::invalid_argument, "expression", std::string(parameter), detail);
}

Result<void> check_placeholder(std::string_view parameter, std::string_view key, char sigil) {
  const std::string contains = std::string(parameter) + " contains invalid key: ";
  if (key.size() > placeholder_bytes_max) {
    return refused(parameter, contains +
                                  "The expression attribute map contains a key that is too long; "
                                  "size of key: " +
                                  std::to_string(key.size()));
  }
  if (!is_placeholder(key, sigil)) {
    return refused(parameter, contains + "Syntax error; key: \"" + std::string(key) + "\"");
  }
  return ok();
}

Result<void> check_name(const std::string& key, const std::string& name) {
  constexpr std::string_view parameter = "ExpressionAttributeNames";
  SPILLWAY_TRY(check_placeholder(parameter, key, '#'));
  const std::string contains = std::string(parameter) + " contains invalid value: ";
  if (name.empty()) {
    return refused(parameter, contains + "Empty attribute name for key " + key);
  }
  if (name.size() > attribute_name_bytes_max) {
    return refused(parameter, contains + "Attribute name is too large for key " + key);
  }
  return ok();
}

std::set<std::string_view> placeholders_used(const std::vector<std::string_view>& expressions) {
  std::set<std::string_view> used;
  for (const std::string_view expression : expressions) {
    if (expression.size() > expression_bytes_max) continue;  // its parser will refuse it
    for (const Token& token : tokenize(expression)) {
      if (token.kind == Token::Kind::name || token.kind == Token::Kind::value) {
        used.insert(token.text);
      }
    }
  }
  return used;
}

template <class Substitutions>
Result<void> check_used(std::string_view parameter, const Substitutions& substitutions,
                        const std::set<std::string_view>& used) {
  std::string unused;
  for (const auto& [key, value] : substitutions) {
    if (used.contains(key)) continue;
    if (!unused.empty()) unused += ", ";
    unused += key;
  }
  if (unused.empty()) return ok();
  return refused(parameter, "Value provided in " + std::string(parameter) +
                                " unused in expressions: keys: {" + unused + "}");
}

}  // namespace

Result<void> check_substitutions(const std::vector<std::string_view>& expressions,
                                 const Names& names, const Values& values) {
  for (const auto& [key, name] : names) {
    SPILLWAY_TRY(check_name(key, name));
  }
  for (const auto& [key, value] : values) {
    SPILLWAY_TRY(check_placeholder("ExpressionAttributeValues", key, ':'));
  }
  const bool any_expression = std::any_of(expressions.begin(), expressions.end(),
                                          [](std::string_view text) { return !text.empty(); });
  for (const auto& [parameter, given] : {std::pair{"ExpressionAttributeNames", !names.empty()},
                                         std::pair{"ExpressionAttributeValues", !values.empty()}}) {
    if (given && !any_expression) {
      return refused(parameter,
                     std::string(parameter) + " can only be specified when using expressions");
    }
  }
  const std::set<std::string_view> used = placeholders_used(expressions);
  SPILLWAY_TRY(check_used("ExpressionAttributeNames", names, used));
  return check_used("ExpressionAttributeValues", values, used);
}

}  // namespace spillway
