// What the four kinds of expressions have in common: tokens, paths, operands, limits, complaints.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/expression.h"
#include "dynamo/lexer.h"
#include "dynamo/operand.h"

namespace spillway {

/// Source: AWS, "Quotas in Amazon DynamoDB", expression parameters.
inline constexpr std::size_t expression_bytes_max = 4096;
inline constexpr std::size_t operators_max = 300;
inline constexpr std::size_t in_operands_max = 100;
inline constexpr std::size_t path_levels_max = 32;

/// Complaints about an expression whose grammar is right. DynamoDB words one of them: the first of
/// the kind that comes first here.
enum class Complaint {
  parentheses,
  unknown_function,
  misused_function,
  reserved,
  section,
  undefined,
  operand_count,
  distinct,
  overlap,
  type,
};
inline constexpr std::size_t complaints = static_cast<std::size_t>(Complaint::type) + 1;

/// A cursor over one expression. Grammar errors are returned at once; complaints are collected, and
/// finish() returns the gravest. One expression, one thread.
class Parser {
 public:
  /// `kind`: "ConditionExpression", "UpdateExpression", …; all views must outlive the parser.
  Parser(std::string_view kind, std::string_view text, const Names& names, const Values& values);

  /// Refuses an expression that is too long, before anything else is looked at.
  Result<void> check_size() const;
  const Token& peek(std::size_t ahead = 0) const;
  bool at_symbol(std::string_view symbol) const;
  bool accept(std::string_view symbol);
  bool accept_keyword(std::string_view keyword);
  Result<void> expect(std::string_view symbol);

  /// a.b[3].#c
  Result<Path> path();
  /// A path, a :value or a function, itself in at most one pair of parentheses.
  Result<Operand> operand();
  /// A :value.
  Result<AttributeValue> value();

  /// One more operator or function; refused above operators_max.
  Result<void> count_operator();
  /// One level deeper; refused where no sensible expression goes. Balance with leave().
  Result<void> enter();
  void leave() { --depth_; }

  void complain(Complaint complaint, const std::string& text);
  void complain_parentheses();
  /// Complains unless `first` differs from every other path.
  void check_distinct(std::string_view name, const Operand& first,
                      const std::vector<Operand>& rest);
  void complain_type(std::string_view name, std::string_view type);

  Error syntax_error() const;
  /// "Invalid <kind>: <text>"
  Error invalid(const std::string& text) const;
  /// Nothing may follow, and nothing may have been complained about.
  Result<void> finish() const;

 private:
  Result<PathStep> step();
  Result<Operand> function();
  Result<Operand> enclosed_operand();

  std::string_view kind_;
  std::string_view text_;
  const Names& names_;
  const Values& values_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t operators_ = 0;
  std::size_t depth_ = 0;
  std::array<std::string, complaints> complaints_;
};

}  // namespace spillway
