// Saving messages: whole, exact, once.
#include "unit/artifact/artifact_test.h"

namespace spillway {
namespace {

using testing::HasSubstr;

class Post : public ArtifactTest {};

TEST_F(Post, GivesBackTheExactBytesOfEveryArtifact) {
  // 40 that only together are too large, odd spacing, escapes, large and small numbers.
  std::vector<std::string> sent{"1",
                                " {\"b\": 1,\n \"a\":1e400, \"a\":[] }",
                                "\"\\u00e9\"",
                                dense_json(299'000),
                                dense_json(301'000),
                                dense_json(10'000'000)};
  for (int i = 0; i < 40; ++i) sent.push_back(dense_json(12'000));
  const Message saved = post("s", sent);
  EXPECT_LE(saved.item_bytes, 409'600u);
  reopen();
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto bytes = fetch(saved, std::to_string(i));
    ASSERT_TRUE(bytes) << i << ": " << describe(bytes.error());
    EXPECT_TRUE(bytes.value() == sent[i]) << i;
    EXPECT_EQ(saved.artifacts[i].sha256, to_hex(sha256(sent[i])));
    EXPECT_EQ(saved.artifacts[i].size_bytes, sent[i].size());
  }
}

TEST_F(Post, KeepsASmallMessageInItsItem) {
  const Message saved = post("s", {dense_json(290'000)});
  EXPECT_EQ(saved.artifacts[0].placement.storage, Storage::in_item);
  EXPECT_GT(saved.item_bytes, 290'000u);
}

TEST_F(Post, SpillsALargeArtifactAndSaysWhere) {
  const Message saved =
      post("s", {"{\"type\":\"plot\",\"title\":\"T\",\"d\":" + dense_json(900'000) + "}"});
  const Placement& placement = saved.artifacts[0].placement;
  EXPECT_EQ(placement.storage, Storage::spilled);
  EXPECT_EQ(placement.original_type, "plot");
  EXPECT_EQ(placement.content_type, "application/json");
  EXPECT_EQ(placement.session, "s");
  EXPECT_FALSE(placement.key.empty());
  EXPECT_EQ(saved.artifacts[0].name, "T");
  EXPECT_LT(saved.item_bytes, 10'000u);
  const auto read = sessions().message("s", saved.id, ArtifactsAs::reference, soon());
  EXPECT_EQ(read.value().item_bytes, saved.item_bytes);
}

TEST_F(Post, KeepsWhatCompressesWellEncodedInTheItem) {
  const std::string sent = "[" + std::string(500'000, ' ') + "]";
  const Message saved = post("s", {sent});
  EXPECT_EQ(saved.artifacts[0].placement.storage, Storage::encoded);
  EXPECT_EQ(fetch(saved, "a0").value(), sent);
}

TEST_F(Post, HandlesManySmallArtifactsThatTogetherAreTooLarge) {
  std::vector<std::string> sent;
  for (int i = 0; i < 200; ++i) sent.push_back(dense_json(2'000));
  const Message saved = post("s", sent);
  const auto resolved = sessions().message("s", saved.id, ArtifactsAs::resolved, soon());
  ASSERT_TRUE(resolved);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    ASSERT_FALSE(resolved.value().artifacts[i].error);
    EXPECT_EQ(resolved.value().artifacts[i].value, sent[i]);
    EXPECT_EQ(fetch(saved, std::to_string(i)).value(), sent[i]);
  }
}

TEST_F(Post, RefusesBadInputAndStoresNothing) {
  const auto code = [&](const std::string& session, const NewMessage& message) {
    return code_of(sessions().post(session, message, soon()));
  };
  EXPECT_EQ(code("s", message_of({"{\"a\":"})), Code::invalid_argument);
  EXPECT_EQ(code("s", message_of({"1", "\"\xFF\""})), Code::invalid_argument);
  EXPECT_EQ(code("s", message_of({}, "\xC3\x28")), Code::invalid_argument);
  EXPECT_EQ(code("s", message_of({}, std::string(2'000'000, 'x'))), Code::too_large);
  EXPECT_EQ(code("s", message_of(std::vector<std::string>(201, "1"))), Code::too_large);
  EXPECT_EQ(code("", message_of({})), Code::invalid_argument);
  EXPECT_EQ(code("a\nb", message_of({})), Code::invalid_argument);
  EXPECT_EQ(code(std::string(257, 'x'), message_of({})), Code::invalid_argument);
  NewMessage nobody = message_of({});
  nobody.role = "robot";
  EXPECT_EQ(code("s", nobody), Code::invalid_argument);
  EXPECT_TRUE(sessions().sessions(10, "", soon()).value().sessions.empty());
  EXPECT_EQ(code_of(sessions().messages("s", {}, soon())), Code::not_found);
}

TEST_F(Post, TakesAnyContentThatIsText) {
  const std::string content = std::string(900'000, 'x') + "é\n\u0001";
  const Message saved = post("s", {}, content);
  EXPECT_EQ(sessions().message("s", saved.id, ArtifactsAs::reference, soon()).value().content,
            content);
}

TEST_F(Post, SavesARepeatedRequestOnce) {
  NewMessage message = message_of({dense_json(900'000)});
  message.principal = "p";
  message.idempotency_key = "k";
  const auto first = sessions().post("s", message, soon());
  ASSERT_TRUE(first) << describe(first.error());
  reopen();
  const auto again = sessions().post("s", message, soon());
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_FALSE(first.value().repeated);
  EXPECT_TRUE(again.value().repeated);
  EXPECT_EQ(again.value().message.id, first.value().message.id);
  EXPECT_EQ(list("s").messages.size(), 1u);

  NewMessage other = message;
  other.content = "another";
  EXPECT_EQ(code_of(sessions().post("s", other, soon())), Code::invalid_argument);
  other.principal = "somebody else";
  EXPECT_TRUE(sessions().post("s", other, soon()));
  EXPECT_TRUE(sessions().post("another session", message, soon()));
}

TEST_F(Post, GivesTheFirstAnswerAgainWhateverASecondWouldBe) {
  NewMessage answer = message_of({"1"}, "no wells yet");
  answer.idempotency_key = "k";
  answer.key_stands_for = "show WELL-001";
  const auto first = sessions().post("s", answer, soon());
  ASSERT_TRUE(first);
  answer.content = "Log curves for WELL-001.";
  answer.artifacts = {"2"};
  const auto again = sessions().post("s", answer, soon());
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_TRUE(again.value().repeated);
  EXPECT_EQ(again.value().message.id, first.value().message.id);
  answer.key_stands_for = "show WELL-002";
  EXPECT_EQ(code_of(sessions().post("s", answer, soon())), Code::invalid_argument);
}

TEST_F(Post, SavesARepeatedRequestOnceAlsoWhenBothAreAtWork) {
  NewMessage message = message_of({dense_json(900'000)});
  message.idempotency_key = "k";
  constexpr std::size_t callers = 8;
  std::array<std::string, callers> ids;
  {
    std::vector<std::jthread> threads;
    for (std::string& id : ids) {
      threads.emplace_back([&] {
        auto saved = sessions().post("s", message, soon());
        if (saved) id = saved.value().message.id;
      });
    }
  }
  for (const std::string& id : ids) EXPECT_EQ(id, ids[0]);
  EXPECT_FALSE(ids[0].empty());
  EXPECT_EQ(list("s").messages.size(), 1u);
}

TEST_F(Post, SaysWhatWentWhereAndWhy) {
  const auto saved = sessions().post("s", message_of({dense_json(900'000), "1"}), soon());
  EXPECT_THAT(saved.value().routing, HasSubstr("over the threshold of 307200 bytes"));
  EXPECT_THAT(saved.value().routing, HasSubstr("a0 (900000 bytes) spilled as "));
  EXPECT_THAT(saved.value().routing, HasSubstr("a1 (1 bytes) inline"));
}

/// An object store whose disk is full or gone.
class FailingObjects final : public ObjectStore {
 public:
  FailingObjects(std::unique_ptr<ObjectStore> inner, Code code)
      : inner_(std::move(inner)), code_(code) {}
  Result<std::uint64_t> put(const ObjectKey& key, ByteSource&, const ObjectAttributes&,
                            Deadline) override {
    return make_error(code_, "object.put", key, "as the test wants");
  }
  Result<std::unique_ptr<ByteSource>> get(const ObjectKey& key, std::optional<ByteRange> range,
                                          Deadline deadline) override {
    return inner_->get(key, range, deadline);
  }
  Result<ObjectInfo> head(const ObjectKey& key, Deadline deadline) override {
    return inner_->head(key, deadline);
  }
  std::vector<Result<void>> remove(const std::vector<ObjectKey>& keys, Deadline deadline) override {
    return inner_->remove(keys, deadline);
  }
  Result<ObjectList> list(const std::string& prefix, const std::string& after,
                          Deadline deadline) override {
    return inner_->list(prefix, after, deadline);
  }

 private:
  std::unique_ptr<ObjectStore> inner_;
  Code code_;
};

class PostWithoutObjects : public testing::TestWithParam<Code> {
 protected:
  void SetUp() override {
    const ItemsConfig config = embedded_config(folder_.path());
    items_ = Items::over(open_item_store(config.items_url).value(),
                         std::make_unique<FailingObjects>(
                             open_object_store(config.objects_url).value(), GetParam()),
                         config)
                 .value();
    sessions_ = Sessions::open(*items_).value();
  }

  NewMessage message_of(std::vector<std::string> artifacts, OnFailure on_failure) {
    NewMessage message;
    message.role = "user";
    message.artifacts = std::move(artifacts);
    message.on_failure = on_failure;
    return message;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Items> items_;
  std::unique_ptr<Sessions> sessions_;
};

INSTANTIATE_TEST_SUITE_P(Codes, PostWithoutObjects,
                         testing::Values(Code::unavailable, Code::storage_full));

TEST_P(PostWithoutObjects, RefusesTheWholeMessage) {
  const auto saved =
      sessions_->post("s", message_of({"1", dense_json(900'000)}, OnFailure::refuse), soon());
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, GetParam());
  const auto page = sessions_->messages("s", {}, soon());
  EXPECT_TRUE(!page || page.value().messages.empty());
}

TEST_P(PostWithoutObjects, PutsATypedErrorWhereTheSenderAllowsIt) {
  const auto saved = sessions_->post(
      "s", message_of({"1", dense_json(900'000), dense_json(800'000)}, OnFailure::placeholder),
      soon());
  ASSERT_TRUE(saved) << describe(saved.error());
  const auto read =
      sessions_->message("s", saved.value().message.id, ArtifactsAs::resolved, soon());
  ASSERT_TRUE(read);
  const auto& artifacts = read.value().artifacts;
  ASSERT_EQ(artifacts.size(), 3u);
  EXPECT_EQ(artifacts[0].value, "1");
  for (const std::size_t i : {1u, 2u}) {
    ASSERT_TRUE(artifacts[i].error);
    EXPECT_EQ(artifacts[i].error->code, GetParam());
    EXPECT_FALSE(artifacts[i].error->transient);
    EXPECT_FALSE(saved.value().message.artifacts[i].error->transient);
    EXPECT_FALSE(artifacts[i].value);
    EXPECT_GT(artifacts[i].size_bytes, 0u);
  }
  const auto located = sessions_->locate("s", saved.value().message.id, "a1", soon());
  const auto opened = sessions_->open_artifact(located.value(), std::nullopt, soon());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, GetParam());
}

}  // namespace
}  // namespace spillway
