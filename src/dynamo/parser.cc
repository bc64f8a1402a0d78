// The common parts of parsing expressions. Error texts are DynamoDB's own.
#include "dynamo/parser.h"

#include <charconv>
#include <cstdint>

#include "dynamo/path.h"
#include "dynamo/reserved_words.h"

namespace spillway {

Parser::Parser(std::string_view kind, std::string_view text, const Names& names,
               const Values& values)
    : kind_(kind),
      text_(text),
      names_(names),
      values_(values),
      tokens_(text.size() > expression_bytes_max ? tokenize({}) : tokenize(text)) {}

Result<void> Parser::check_size() const {
  if (text_.size() <= expression_bytes_max) return ok();
  return invalid("Expression size has exceeded the maximum allowed size; expression size: " +
                 std::to_string(text_.size()));
}

const Token& Parser::peek(std::size_t ahead) const {
  const std::size_t i = at_ + ahead;
  return i < tokens_.size() ? tokens_[i] : tokens_.back();
}

bool Parser::at_symbol(std::string_view symbol) const {
  return peek().kind == Token::Kind::symbol && peek().text == symbol;
}

bool Parser::accept(std::string_view symbol) {
  if (!at_symbol(symbol)) return false;
  ++at_;
  return true;
}

bool Parser::accept_keyword(std::string_view keyword) {
  if (peek().kind != Token::Kind::keyword || !same_word(peek().text, keyword)) return false;
  ++at_;
  return true;
}

Result<void> Parser::expect(std::string_view symbol) {
  if (!accept(symbol)) return syntax_error();
  return ok();
}

Result<PathStep> Parser::step() {
  const Token token = peek();
  if (token.kind == Token::Kind::identifier) {
    ++at_;
    if (is_reserved_word(token.text)) {
      complain(Complaint::reserved, "Attribute name is a reserved keyword; reserved keyword: " +
                                        std::string(token.text));
    }
    return PathStep(std::string(token.text));
  }
  if (token.kind != Token::Kind::name) return syntax_error();
  ++at_;
  const auto found = names_.find(token.text);
  if (found != names_.end()) return PathStep(found->second);
  complain(Complaint::undefined,
           "An expression attribute name used in the document path is not defined; attribute "
           "name: " +
               std::string(token.text));
  return PathStep(std::string(token.text));
}

Result<Path> Parser::path() {
  Path path;
  SPILLWAY_TRY(PathStep first, step());
  path.push_back(std::move(first));
  while (true) {
    if (accept(".")) {
      SPILLWAY_TRY(PathStep name, step());
      path.push_back(std::move(name));
    } else if (accept("[")) {
      const std::string_view digits = peek().text;
      if (peek().kind != Token::Kind::index) return syntax_error();
      ++at_;
      std::uint32_t index = 0;
      const auto [end, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), index);
      // Indexes are Java's int there.
      if (failure != std::errc() || index > 0x7fff'ffff) {
        return invalid("List index is not within the allowable range; index: [" +
                       std::string(digits) + "]");
      }
      path.emplace_back(std::size_t{index});
      SPILLWAY_TRY(expect("]"));
    } else {
      break;
    }
  }
  if (path.size() > path_levels_max) {
    return invalid("The document path has too many nesting levels; nesting levels: " +
                   std::to_string(path.size()));
  }
  return path;
}

Result<AttributeValue> Parser::value() {
  const Token token = peek();
  if (token.kind != Token::Kind::value) return syntax_error();
  ++at_;
  const auto found = values_.find(token.text);
  if (found != values_.end()) return found->second;
  complain(Complaint::undefined,
           "An expression attribute value used in expression is not defined; attribute value: " +
               std::string(token.text));
  return AttributeValue();
}

Result<Operand> Parser::operand() {
  if (at_symbol("(")) return enclosed_operand();
  if (peek().kind == Token::Kind::identifier && peek(1).kind == Token::Kind::symbol &&
      peek(1).text == "(") {
    return function();
  }
  Operand operand;
  if (peek().kind == Token::Kind::value) {
    SPILLWAY_TRY(operand.value, value());
    return operand;
  }
  operand.kind = Operand::Kind::path;
  SPILLWAY_TRY(operand.path, path());
  return operand;
}

Result<Operand> Parser::enclosed_operand() {
  std::size_t pairs = 0;
  while (accept("(")) ++pairs;
  if (pairs > 1) complain_parentheses();
  SPILLWAY_TRY(Operand inner, operand());
  for (; pairs > 0; --pairs) {
    SPILLWAY_TRY(expect(")"));
  }
  return inner;
}

Result<Operand> Parser::function() {
  Operand operand;
  operand.kind = Operand::Kind::function;
  operand.function = std::string(peek().text);
  at_ += 2;
  SPILLWAY_TRY(count_operator());
  SPILLWAY_TRY(enter());
  do {
    SPILLWAY_TRY(Operand argument, this->operand());
    operand.arguments.push_back(std::move(argument));
  } while (accept(","));
  leave();
  SPILLWAY_TRY(expect(")"));
  return operand;
}

Result<void> Parser::count_operator() {
  if (++operators_ <= operators_max) return ok();
  return invalid("The expression contains too many operators; operator count: " +
                 std::to_string(operators_));
}

// Each level that is not redundant holds an operator of its own, so none is deeper than their
// limit.
Result<void> Parser::enter() {
  if (++depth_ <= operators_max) return ok();
  return invalid("The expression has redundant parentheses;");
}

void Parser::complain(Complaint complaint, const std::string& text) {
  std::string& kept = complaints_[static_cast<std::size_t>(complaint)];
  if (kept.empty()) kept = text;
}

void Parser::complain_parentheses() {
  complain(Complaint::parentheses, "The expression has redundant parentheses;");
}

void Parser::check_distinct(std::string_view name, const Operand& first,
                            const std::vector<Operand>& rest) {
  if (first.kind != Operand::Kind::path) return;
  for (const Operand& other : rest) {
    if (other.kind != Operand::Kind::path || other.path != first.path) continue;
    complain(Complaint::distinct,
             "The first operand must be distinct from the remaining operands for this operator or "
             "function; operator: " +
                 std::string(name) + ", first operand: " + bracketed(first.path));
  }
}

void Parser::complain_type(std::string_view name, std::string_view type) {
  complain(Complaint::type,
           "Incorrect operand type for operator or function; operator or function: " +
               std::string(name) + ", operand type: " + std::string(type));
}

// "near" is the token, the one before and the one after, as they stand in the expression.
Error Parser::syntax_error() const {
  const auto whole = [this](const Token& token, bool its_end) {
    const char* at = its_end ? token.text.data() + token.text.size() : token.text.data();
    return static_cast<std::size_t>(at - text_.data());
  };
  const bool at_end = peek().kind == Token::Kind::end;
  const std::size_t i = at_end ? tokens_.size() - 1 : at_;
  const std::size_t from = i == 0 ? 0 : whole(tokens_[i - 1], false);
  std::size_t to = text_.size();
  if (at_end) {
    if (i > 0) to = whole(tokens_[i - 1], true);
  } else {
    to = whole(peek(1).kind == Token::Kind::end ? peek() : peek(1), true);
  }
  return invalid("Syntax error; token: \"" + std::string(peek().text) + "\", near: \"" +
                 std::string(text_.substr(from, to - from)) + "\"");
}

Error Parser::invalid(const std::string& text) const {
  return make_error(Code::invalid_argument, "expression", std::string(kind_),
                    "Invalid " + std::string(kind_) + ": " + text);
}

Result<void> Parser::finish() const {
  if (peek().kind != Token::Kind::end) return syntax_error();
  for (const std::string& complaint : complaints_) {
    if (!complaint.empty()) return invalid(complaint);
  }
  return ok();
}

}  // namespace spillway
