// What DynamoDB refuses about operands before it has seen any item. Pure.
#pragma once

#include "dynamo/condition_tree.h"

namespace spillway {

/// Complains about wrong counts and types of operands of the node (not of its children), and
/// about functions that are unknown or stand where only a value may: all but size().
void check_condition_node(Parser& parser, const ConditionNode& node);

}  // namespace spillway
