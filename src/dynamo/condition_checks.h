// What DynamoDB refuses about operands before it has seen any item. Pure.
#pragma once

#include "dynamo/condition_tree.h"

namespace spillway {

/// Complains about wrong counts and types of operands of the node (not of its children).
void check_condition_node(Parser& parser, const ConditionNode& node);

/// Complains about functions that are unknown or stand where only a value may: all but size().
void check_condition_operand(Parser& parser, const Operand& operand);

/// Complains unless `function` is one that may stand as a condition.
void check_condition_function(Parser& parser, const std::string& function);

}  // namespace spillway
