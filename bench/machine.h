// What the figures were measured on, and how steady it was.
#pragma once

#include <string>

namespace spillway {

/// Prints the machine line and, if `measure_noise`, two noise lines: a fixed computation and a
/// fixed durable write, each repeated, with the median and where the middle 80 % lie.
void print_machine(const std::string& directory, bool measure_noise);

}  // namespace spillway
