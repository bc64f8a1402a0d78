// Adding, replacing and removing; what is counted; what the sweep leaves.
#include "unit/artifact/artifact_test.h"

namespace spillway {
namespace {

class Change : public ArtifactTest {
 protected:
  StorageStats stats() { return sessions().stats(soon()).value(); }

  SweepReport sweep_all() {
    SweepOptions options;
    options.fence_age_millis = options.retention_millis = 0;
    auto report = sessions().sweep(options, soon());
    EXPECT_TRUE(report) << describe(report.error());
    return report ? report.value() : SweepReport{};
  }
};

/// A stream that is made while it is read.
class GeneratedSource final : public ByteSource {
 public:
  explicit GeneratedSource(std::uint64_t bytes, std::uint64_t fail_after = ~0ull)
      : left_(bytes), fail_after_(fail_after) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    if (read_ >= fail_after_) {
      return make_error(Code::cancelled, "read", "", "the sender went away");
    }
    const std::size_t n = std::min<std::uint64_t>(capacity, left_);
    for (std::size_t i = 0; i < n; ++i)
      buffer[i] = static_cast<char>((read_ + i) * 2654435761u >> 13);
    left_ -= n;
    read_ += n;
    return n;
  }
  std::uint64_t taken() const { return read_; }

 private:
  std::uint64_t left_, read_ = 0, fail_after_;
};

TEST_F(Change, TakesStreamsOfEverySizeAndType) {
  const Message saved = post("s", {"1"});
  for (const std::size_t bytes : {0, 1, 65'536, 65'537, 400'000, 5'000'000}) {
    const std::string sent = random_bytes(bytes);
    const std::string id = "b" + std::to_string(bytes);
    const auto made = put(saved, id, sent, "image/png");
    ASSERT_TRUE(made) << describe(made.error());
    EXPECT_TRUE(made.value().created);
    EXPECT_EQ(made.value().info.sha256, to_hex(sha256(sent)));
    EXPECT_EQ(made.value().info.content_type, "image/png");
    EXPECT_TRUE(fetch(saved, id).value() == sent) << bytes;
  }
  EXPECT_EQ(fetch(saved, "a0").value(), "1");
}

TEST_F(Change, ReplacesAnArtifactOfTheSameIdInItsPlace) {
  const Message saved = post("s", {"1", dense_json(900'000), "3"});
  const auto replaced = put(saved, "a1", R"({"type":"t","name":"n"})", "application/json");
  ASSERT_TRUE(replaced) << describe(replaced.error());
  EXPECT_FALSE(replaced.value().created);
  EXPECT_EQ(replaced.value().info.position, 1u);
  EXPECT_EQ(replaced.value().info.type, "t");
  EXPECT_EQ(replaced.value().info.name, "n");
  EXPECT_EQ(fetch(saved, "1").value(), R"({"type":"t","name":"n"})");
  EXPECT_EQ(fetch(saved, "a2").value(), "3");
}

TEST_F(Change, RefusesJsonThatIsNone) {
  const Message saved = post("s", {});
  EXPECT_EQ(code_of(put(saved, "j", "{\"a\":", "application/json")), Code::invalid_argument);
  EXPECT_EQ(code_of(put(saved, "j", "[" + std::string(200'000, ' ') + "}", "application/json")),
            Code::invalid_argument);
  EXPECT_TRUE(put(saved, "j", "[" + std::string(200'000, ' ') + "]", "application/geo+json"));
  EXPECT_EQ(list("s").messages[0].artifacts.size(), 1u);
}

TEST_F(Change, RefusesBadIdsAndLabels) {
  const Message saved = post("s", {});
  for (const char* id : {"", "7", "a/b", "a b", "é"}) {
    EXPECT_EQ(code_of(put(saved, id, "x")), Code::invalid_argument) << id;
  }
  EXPECT_EQ(code_of(put(saved, std::string(129, 'x'), "x")), Code::invalid_argument);
  EXPECT_EQ(code_of(put(saved, "x", "x", "a\r\nb")), Code::invalid_argument);
  EXPECT_EQ(code_of(put(saved, "x", "x", "text/plain", "not a digest")), Code::invalid_argument);
}

TEST_F(Change, HonoursIfMatch) {
  const Message saved = post("s", {"1"});
  const std::string type = "text/plain";
  EXPECT_EQ(code_of(put(saved, "new", "x", type, "*")), Code::condition_failed);
  EXPECT_EQ(code_of(put(saved, "a0", "x", type, std::string(64, '0'))), Code::condition_failed);
  ASSERT_TRUE(put(saved, "a0", "x", type, saved.artifacts[0].sha256));
  EXPECT_EQ(code_of(put(saved, "a0", "y", type, saved.artifacts[0].sha256)),
            Code::condition_failed);
  ASSERT_TRUE(put(saved, "a0", "y", type, "*"));
  EXPECT_EQ(fetch(saved, "a0").value(), "y");
}

TEST_F(Change, DoesNotReadABodyForAMessageThatIsMissing) {
  post("s", {});
  GeneratedSource source(1'000'000);
  NewArtifact artifact;
  artifact.id = "x";
  EXPECT_EQ(code_of(sessions().put_artifact("s", time_ordered_id(), artifact, source, soon())),
            Code::not_found);
  EXPECT_EQ(source.taken(), 0u);
}

TEST_F(Change, LeavesNothingOfAStreamThatBreaksOff) {
  const Message saved = post("s", {});
  NewArtifact artifact;
  artifact.id = "x";
  GeneratedSource source(10'000'000, 3'000'000);
  EXPECT_EQ(code_of(sessions().put_artifact("s", saved.id, artifact, source, soon())),
            Code::cancelled);
  EXPECT_EQ(list("s").messages[0].artifacts.size(), 0u);
  sweep_all();
  const auto report = items().fsck({.read_objects = true}, soon());
  ASSERT_TRUE(report);
  EXPECT_EQ(report.value().objects, 0u);
  EXPECT_TRUE(report.value().problems.empty());
}

TEST_F(Change, ManyWritersOfOneMessageAllGetTheirPlace) {
  const Message saved = post("s", {});
  constexpr int writers = 8;
  const auto body_of = [](int i) { return std::string(80'000, static_cast<char>('a' + i)); };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < writers; ++i) {
      threads.emplace_back([&, i] {
        const auto made = put(saved, "w" + std::to_string(i), body_of(i));
        EXPECT_TRUE(made) << describe(made.error());
      });
    }
  }
  EXPECT_EQ(list("s").messages[0].artifacts.size(), static_cast<std::size_t>(writers));
  for (int i = 0; i < writers; ++i) {
    EXPECT_EQ(fetch(saved, "w" + std::to_string(i)).value(), body_of(i));
  }
}

TEST_F(Change, TwoGatewaysDoNotOverwriteEachOthersArtifacts) {
  const Message saved = post("s", {});
  const auto other = Sessions::open(items()).value();
  constexpr int artifacts = 20;
  const auto put_by = [&](Sessions& gateway, const std::string& id, const std::string& bytes) {
    NewArtifact artifact;
    artifact.id = id;
    Result<SavedArtifact> made = make_error(Code::conflict, "", "", "");
    while (!made && made.error().code == Code::conflict) {
      StringSource source(bytes);
      made = gateway.put_artifact("s", saved.id, artifact, source, soon());
    }
    EXPECT_TRUE(made) << describe(made.error());
  };
  const auto write_all = [&](Sessions& gateway, const std::string& prefix) {
    for (int i = 0; i < artifacts; ++i) {
      put_by(gateway, prefix + std::to_string(i), prefix + std::to_string(i));
      put_by(gateway, "shared" + std::to_string(i), "one makes it, the other replaces it");
    }
  };
  {
    const std::jthread one([&] { write_all(sessions(), "a-"); });
    const std::jthread two([&] { write_all(*other, "b-"); });
  }
  const Message after = list("s").messages.at(0);
  EXPECT_EQ(after.artifacts.size(), 3u * artifacts);
  for (int i = 0; i < artifacts; ++i) {
    for (const std::string prefix : {"a-", "b-"}) {
      EXPECT_EQ(fetch(saved, prefix + std::to_string(i)).value(), prefix + std::to_string(i));
    }
  }
}

TEST_F(Change, ASessionThatAnotherGatewayRemovedIsListedAgainSoonAfterItIsUsed) {
  post("s", {});
  const auto other = Sessions::open(items()).value();
  ASSERT_TRUE(other->remove_session("s", soon()));
  post("s", {});
  EXPECT_TRUE(sessions().sessions(10, "", soon()));  // moves the last activity, of no row
  post("s", {});
  EXPECT_EQ(sessions().sessions(10, "", soon()).value().sessions.size(), 1u);
}

TEST_F(Change, AReaderOfAReplacedArtifactIsToldToLookAgain) {
  const Message saved = post("s", {dense_json(900'000)});
  const auto located = sessions().locate("s", saved.id, "a0", soon());
  const std::string later = dense_json(500'000);
  ASSERT_TRUE(put(saved, "a0", later, "application/json"));
  sweep_all();
  const auto opened = sessions().open_artifact(located.value(), std::nullopt, soon());
  const Code code = opened ? code_of(read_all(*opened.value(), 1 << 20)) : opened.error().code;
  EXPECT_EQ(code, Code::conflict);
  EXPECT_EQ(fetch(saved, "a0").value(), later);
}

TEST_F(Change, RemovesAnArtifactAMessageAndASession) {
  const Message saved = post("s", {"1", dense_json(900'000), "3"});
  ASSERT_TRUE(sessions().remove_artifact("s", saved.id, "a1", soon()));
  EXPECT_EQ(code_of(fetch(saved, "a1")), Code::not_found);
  EXPECT_EQ(fetch(saved, "1").value(), "3");
  EXPECT_EQ(code_of(sessions().remove_artifact("s", saved.id, "a1", soon())), Code::not_found);

  ASSERT_TRUE(sessions().remove_message("s", saved.id, soon()));
  EXPECT_EQ(code_of(sessions().remove_message("s", saved.id, soon())), Code::not_found);
  EXPECT_TRUE(list("s").messages.empty());  // the session is still there

  for (int i = 0; i < 5; ++i) post("s", {"1"});
  post("t", {"1"});
  ASSERT_TRUE(sessions().remove_session("s", soon()));
  EXPECT_EQ(code_of(sessions().messages("s", {}, soon())), Code::not_found);
  EXPECT_EQ(code_of(sessions().remove_session("s", soon())), Code::not_found);
  EXPECT_EQ(list("t").messages.size(), 1u);
  post("s", {"2"});
  EXPECT_EQ(list("s").messages.size(), 1u);
  EXPECT_EQ(sessions().sessions(10, "", soon()).value().sessions.size(), 2u);
}

TEST_F(Change, CountsWhatIsStored) {
  const Message first = post("s", {"1", dense_json(900'000), dense_json(5'000)});
  const Message second = post("s", {"[" + std::string(500'000, ' ') + "]"});
  StorageStats counted = stats();
  EXPECT_EQ(counted.messages, 2u);
  EXPECT_EQ(counted.in_item.count, 2u);
  EXPECT_EQ(counted.in_item.raw_bytes, 5'001u);
  EXPECT_EQ(counted.spilled.count, 1u);
  EXPECT_EQ(counted.spilled.raw_bytes, 900'000u);
  EXPECT_LT(counted.spilled.encoded_bytes, 900'000u);
  EXPECT_EQ(counted.encoded.count, 1u);
  EXPECT_EQ(counted.sizes.at(0).count, 1u);
  EXPECT_EQ(counted.sizes.at(1).count, 1u);
  EXPECT_EQ(counted.sizes.at(4).count, 2u);

  reopen();
  ASSERT_TRUE(sessions().remove_artifact("s", first.id, "a1", soon()));
  ASSERT_TRUE(put(first, "b", std::string(200'000, 'x')));
  ASSERT_TRUE(sessions().remove_message("s", second.id, soon()));
  counted = stats();
  EXPECT_EQ(counted.messages, 1u);
  EXPECT_EQ(counted.encoded.count + counted.spilled.count, 1u);
  ASSERT_TRUE(sessions().remove_session("s", soon()));
  sweep_all();
  counted = stats();
  EXPECT_EQ(counted.messages, 0u);
  EXPECT_EQ(counted.in_item.count + counted.encoded.count + counted.spilled.count, 0u);
  EXPECT_EQ(counted.in_item.raw_bytes + counted.encoded.raw_bytes + counted.spilled.raw_bytes, 0u);
  EXPECT_GE(counted.orphan_objects_reclaimed, 1u);
  for (const auto& bucket : counted.sizes) EXPECT_EQ(bucket.count, 0u);
}

TEST_F(Change, NothingIsLeftOnceAllIsRemovedAndSwept) {
  for (int i = 0; i < 5; ++i) post("s", {dense_json(900'000), dense_json(700'000)});
  ASSERT_TRUE(sessions().remove_session("s", soon()));
  sweep_all();
  sweep_all();
  const auto report = items().fsck({.read_objects = true}, soon());
  ASSERT_TRUE(report);
  EXPECT_EQ(report.value().objects, 0u);
  EXPECT_EQ(report.value().references, 0u);
  EXPECT_EQ(sweep_all().rows_seen, 0u);
}

TEST_F(Change, StreamsWhatWouldNotFitIntoMemory) {
  // The whole gibibyte is sent over HTTP by tests/wire; here a quarter, for speed.
  constexpr std::uint64_t bytes = 256ull << 20;
  const Message saved = post("s", {});
  NewArtifact artifact;
  artifact.id = "big";
  GeneratedSource source(bytes);
  const auto made = sessions().put_artifact("s", saved.id, artifact, source,
                                            Deadline::after(std::chrono::minutes(5)));
  ASSERT_TRUE(made) << describe(made.error());
  EXPECT_EQ(made.value().info.size_bytes, bytes);
  const auto located = sessions().locate("s", saved.id, "big", soon());
  const auto opened = sessions().open_artifact(located.value(), std::nullopt,
                                               Deadline::after(std::chrono::minutes(5)));
  Sha256Hasher hasher;
  std::string buffer(1 << 18, '\0');
  for (;;) {
    const auto n = opened.value()->read(buffer.data(), buffer.size());
    ASSERT_TRUE(n);
    if (n.value() == 0) break;
    hasher.update({buffer.data(), n.value()});
  }
  EXPECT_EQ(to_hex(hasher.finish()), made.value().info.sha256);
}

}  // namespace
}  // namespace spillway
