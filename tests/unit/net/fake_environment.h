// Environment variables of a test's own.
#pragma once

#include <map>
#include <string>

#include "net/aws_config.h"

namespace spillway {

using Variables = std::map<std::string, std::string>;

/// HOME is set to nowhere, so that no real profile is read.
inline Environment environment_of(Variables variables) {
  variables.emplace("HOME", "/nonexistent");
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace spillway
