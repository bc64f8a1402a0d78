// A Spillway on real embedded stores in a folder of its own, and makers of messages.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/random.h"
#include "item/item_store.h"
#include "object/object_store.h"
#include "spillway/spillway.h"

namespace spillway {

inline Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

/// A JSON string of exactly this many bytes that hardly compresses.
inline std::string dense_json(std::size_t bytes) {
  return '"' + base64_encode(random_bytes(bytes)).substr(0, bytes - 2) + '"';
}

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() / ("spillway-test-" + random_id())) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

class ArtifactTest : public testing::Test {
 protected:
  void SetUp() override { reopen(); }

  void reopen() {
    spillway_.reset();
    auto opened = Spillway::open_directory(folder_.path());
    ASSERT_TRUE(opened) << describe(opened.error());
    spillway_ = std::move(opened).value();
  }

  Sessions& sessions() { return spillway_->sessions(); }
  Items& items() { return spillway_->items(); }

  static NewMessage message_of(std::vector<std::string> artifacts, std::string content = "hello") {
    NewMessage message;
    message.role = "user";
    message.content = std::move(content);
    message.artifacts = std::move(artifacts);
    return message;
  }

  Message post(const std::string& session, std::vector<std::string> artifacts,
               std::string content = "hello") {
    auto saved =
        sessions().post(session, message_of(std::move(artifacts), std::move(content)), soon());
    EXPECT_TRUE(saved) << describe(saved.error());
    return saved ? std::move(saved).value().message : Message{};
  }

  Result<std::string> fetch(const Message& message, const std::string& artifact,
                            std::optional<ByteRange> range = std::nullopt) {
    SPILLWAY_TRY(const auto located,
                 sessions().locate(message.session, message.id, artifact, soon()));
    SPILLWAY_TRY(const auto source, sessions().open_artifact(located, range, soon()));
    return read_all(*source, 1ull << 30);
  }

  Result<SavedArtifact> put(const Message& message, const std::string& id, std::string bytes,
                            const std::string& content_type = "application/octet-stream",
                            const std::string& if_match = "") {
    NewArtifact artifact;
    artifact.id = id;
    artifact.content_type = content_type;
    artifact.if_match = if_match;
    StringSource source(std::move(bytes));
    return sessions().put_artifact(message.session, message.id, artifact, source, soon());
  }

  MessagePage list(const std::string& session, const MessageQuery& query = {}) {
    auto page = sessions().messages(session, query, soon());
    EXPECT_TRUE(page) << describe(page.error());
    return page ? std::move(page).value() : MessagePage{};
  }

  template <class T>
  static Code code_of(const Result<T>& result) {
    EXPECT_FALSE(result);
    return result ? Code::internal : result.error().code;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Spillway> spillway_;
};

}  // namespace spillway
