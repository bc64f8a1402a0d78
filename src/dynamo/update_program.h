// A parsed update expression. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "dynamo/operand.h"

namespace spillway {

struct UpdateAction {
  enum class Kind { set, remove, add, remove_elements };
  Kind kind = Kind::set;
  Path path;
  Operand operand;  ///< unused by remove
};

struct UpdateProgram {
  std::vector<UpdateAction> actions;
  std::vector<Path> reads;
  std::vector<Path> writes;
  bool only_removes = true;
};

struct Update::Program : UpdateProgram {};

}  // namespace spillway
