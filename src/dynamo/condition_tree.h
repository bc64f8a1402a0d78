// The syntax tree of condition, filter and key condition expressions. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dynamo/operand.h"
#include "dynamo/parser.h"

namespace spillway {

struct ConditionNode {
  enum class Kind {
    conjunction,  ///< every child
    disjunction,  ///< any child
    negation,     ///< not the only child
    comparison,   ///< two operands; `name` is "=", "<>", "<", "<=", ">" or ">="
    between,      ///< three operands
    in,           ///< the first operand among the others
    function,     ///< `name` of the operands
  };
  Kind kind = Kind::comparison;
  std::string name;
  std::vector<ConditionNode> children;
  std::vector<Operand> operands;
};

/// Parses a whole condition; `kind` is the word for error texts ("ConditionExpression").
Result<ConditionNode> parse_condition(std::string_view kind, std::string_view text,
                                      const Names& names, const Values& values);

}  // namespace spillway
