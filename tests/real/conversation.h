// A conversation under faults: what was acknowledged, what was refused, and what must be there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "spillway/spillway.h"

namespace spillway {

/// Saves messages and remembers what each save answered. Not thread-safe.
class Conversation {
 public:
  explicit Conversation(std::string session) : session_(std::move(session)) {}

  /// `name` is the message's content, and is used once.
  Result<SavedMessage> save(Spillway& spillway, const std::string& name,
                            const std::vector<std::string>& artifacts, Deadline deadline,
                            OnFailure on_failure = OnFailure::refuse);
  /// A raw artifact of an acknowledged message, read to its end.
  Result<std::string> load(Spillway& spillway, const std::string& name, std::size_t artifact,
                           Deadline deadline) const;
  const std::string& session() const { return session_; }
  const std::string& id(const std::string& name) const { return saves_.at(name).id; }

  /// Expects: everything acknowledged is there, byte for byte; what was refused is not to be seen;
  /// what ended with Effect::unknown is there whole or not at all.
  void check(Spillway& spillway) const;

 private:
  enum class Outcome { acknowledged, refused, unknown };
  struct Save {
    Outcome outcome;
    std::string id;
    std::vector<std::string> artifacts;
    OnFailure on_failure;
  };
  void check_artifacts(Spillway& spillway, const Message& message, const Save& save) const;
  Result<std::string> read(Spillway& spillway, const std::string& message,
                           const std::string& artifact, Deadline deadline) const;

  std::string session_;
  std::map<std::string, Save> saves_;
};

/// A JSON text of so many bytes that compresses by a quarter at most.
std::string dense(std::size_t bytes);

}  // namespace spillway
