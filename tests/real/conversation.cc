// Keeping book of saves.
#include "real/conversation.h"

#include <gtest/gtest.h>

#include <set>

#include "base/digest.h"
#include "base/random.h"

namespace spillway {
namespace {

Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }
constexpr std::uint64_t artifact_bytes_max = 64 << 20;

}  // namespace

std::string dense(std::size_t bytes) {
  return '"' + base64_encode(random_bytes(bytes)).substr(0, bytes - 2) + '"';
}

Result<SavedMessage> Conversation::save(Spillway& spillway, const std::string& name,
                                        const std::vector<std::string>& artifacts,
                                        Deadline deadline, OnFailure on_failure) {
  NewMessage message;
  message.role = "tool";
  message.content = name;
  message.artifacts = artifacts;
  message.on_failure = on_failure;
  auto saved = spillway.sessions().post(session_, message, deadline);
  const Outcome outcome = saved                                     ? Outcome::acknowledged
                          : saved.error().effect == Effect::unknown ? Outcome::unknown
                                                                    : Outcome::refused;
  EXPECT_FALSE(saves_.contains(name));
  saves_[name] = {outcome, saved ? saved.value().message.id : "", artifacts, on_failure};
  return saved;
}

Result<std::string> Conversation::read(Spillway& spillway, const std::string& message,
                                       const std::string& artifact, Deadline deadline) const {
  SPILLWAY_TRY(const auto located,
               spillway.sessions().locate(session_, message, artifact, deadline));
  SPILLWAY_TRY(const auto source,
               spillway.sessions().open_artifact(located, std::nullopt, deadline));
  return read_all(*source, artifact_bytes_max);
}

Result<std::string> Conversation::load(Spillway& spillway, const std::string& name,
                                       std::size_t artifact, Deadline deadline) const {
  return read(spillway, id(name), std::to_string(artifact), deadline);
}

void Conversation::check(Spillway& spillway) const {
  std::set<std::string> seen;
  MessageQuery query;
  query.limit = 200;
  do {
    const auto page = spillway.sessions().messages(session_, query, soon());
    if (!page && page.error().code == Code::not_found) break;  // no message at all
    ASSERT_TRUE(page) << describe(page.error());
    for (const Message& message : page.value().messages) {
      const auto save = saves_.find(message.content);
      ASSERT_NE(save, saves_.end()) << "nobody saved this: " << message.content;
      EXPECT_TRUE(seen.insert(message.content).second) << "twice: " << message.content;
      EXPECT_NE(save->second.outcome, Outcome::refused)
          << "refused, but there: " << message.content;
      check_artifacts(spillway, message, save->second);
    }
    query.cursor = page.value().next_cursor;
  } while (!query.cursor.empty());
  for (const auto& [name, save] : saves_) {
    EXPECT_TRUE(save.outcome != Outcome::acknowledged || seen.contains(name))
        << "acknowledged, but lost: " << name;
  }
}

void Conversation::check_artifacts(Spillway& spillway, const Message& message,
                                   const Save& save) const {
  ASSERT_EQ(message.artifacts.size(), save.artifacts.size()) << message.content;
  for (std::size_t i = 0; i < save.artifacts.size(); ++i) {
    const auto& error = message.artifacts[i].error;
    if (error && save.on_failure == OnFailure::placeholder) continue;
    const auto bytes = read(spillway, message.id, std::to_string(i), soon());
    ASSERT_TRUE(bytes) << message.content << ": " << describe(bytes.error());
    EXPECT_EQ(to_hex(sha256(bytes.value())), to_hex(sha256(save.artifacts[i])))
        << message.content << ", artifact " << i;
  }
}

}  // namespace spillway
