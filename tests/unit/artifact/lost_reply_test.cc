// Writes to a message whose answers are lost: applied once, and said to be.
#include "unit/artifact/artifact_test.h"

namespace spillway {
namespace {

/// An item store that loses updates of messages, or the answers to them, as often as a test wants.
class LossyItems final : public ItemStore {
 public:
  explicit LossyItems(std::shared_ptr<ItemStore> inner) : inner_(std::move(inner)) {}
  Result<GetResult> get(const GetRequest& request, Deadline deadline) override {
    return inner_->get(request, deadline);
  }
  Result<WriteResult> write(const WriteRequest& request, Deadline deadline) override {
    if (request.kind != WriteRequest::Kind::update || lost_requests + lost_answers == 0) {
      return inner_->write(request, deadline);
    }
    if (lost_answers > 0) {
      --lost_answers;
      EXPECT_TRUE(inner_->write(request, deadline));
      if (afterwards) afterwards();
    } else {
      --lost_requests;
    }
    Error error = make_error(Code::unavailable, "item.write", "", "as the test wants");
    error.effect = Effect::unknown;
    return error;
  }
  Result<TransactResult> transact(const std::vector<WriteRequest>& actions,
                                  const std::string& token, Deadline deadline) override {
    return inner_->transact(actions, token, deadline);
  }
  Result<QueryPage> query(const QueryRequest& request, Deadline deadline) override {
    return inner_->query(request, deadline);
  }
  Result<TableReply> administer(const TableRequest& request, Deadline deadline) override {
    return inner_->administer(request, deadline);
  }

  int lost_requests = 0, lost_answers = 0;
  std::function<void()> afterwards;

 private:
  std::shared_ptr<ItemStore> inner_;  // shared with other gateways
};

class LostReply : public testing::Test {
 protected:
  void SetUp() override {
    shared_ = open_item_store(embedded_config(folder_.path()).items_url).value();
    auto lossy = std::make_unique<LossyItems>(shared_);
    store_ = lossy.get();
    items_ = over(std::move(lossy));
    sessions_ = Sessions::open(*items_).value();
    NewMessage message;
    message.role = "user";
    message.artifacts = {"1"};
    id_ = sessions_->post("s", message, soon()).value().message.id;
  }

  std::unique_ptr<Items> over(std::unique_ptr<ItemStore> items) {
    ItemsConfig config = embedded_config(folder_.path());
    config.sole_owner = false;
    return Items::over(std::move(items), open_object_store(config.objects_url).value(), config)
        .value();
  }
  Result<SavedArtifact> put(const std::string& id, const std::string& bytes,
                            const std::string& if_match = "") {
    return put(*sessions_, id, bytes, if_match);
  }
  Result<SavedArtifact> put(Sessions& sessions, const std::string& id, const std::string& bytes,
                            const std::string& if_match = "") {
    NewArtifact artifact;
    artifact.id = id;
    artifact.content_type = "application/json";
    artifact.if_match = if_match;
    StringSource source(bytes);
    return sessions.put_artifact("s", id_, artifact, source, soon());
  }
  std::vector<ArtifactInfo> artifacts() {
    return sessions_->message("s", id_, ArtifactsAs::resolved, soon()).value().artifacts;
  }

  TemporaryFolder folder_;
  std::shared_ptr<ItemStore> shared_;
  LossyItems* store_ = nullptr;  // of items_
  std::unique_ptr<Items> items_;
  std::unique_ptr<Sessions> sessions_;
  std::string id_;
};

TEST_F(LostReply, ArtifactThatIsThereIsSaidToBe) {
  store_->lost_answers = 1;
  const auto saved = put("new", R"({"a":1})");
  ASSERT_TRUE(saved) << describe(saved.error());
  EXPECT_TRUE(saved.value().created);
  EXPECT_EQ(saved.value().info.sha256, to_hex(sha256(R"({"a":1})")));
  ASSERT_EQ(artifacts().size(), 2u);
  EXPECT_EQ(artifacts()[1].value, R"({"a":1})");
}

TEST_F(LostReply, ArtifactThatNeverArrivedIsSentAgain) {
  store_->lost_requests = 3;
  ASSERT_TRUE(put("new", "2"));
  ASSERT_EQ(artifacts().size(), 2u);
  EXPECT_EQ(artifacts()[1].value, "2");
}

TEST_F(LostReply, ReplacementWithAConditionIsNotTakenForSomebodyElses) {
  store_->lost_answers = 1;
  ASSERT_TRUE(put("a0", "2", to_hex(sha256("1"))));
  EXPECT_EQ(artifacts()[0].value, "2");
}

TEST_F(LostReply, ArtifactThatAnotherReplacedMeanwhileIsLeftToTheCaller) {
  const auto other_items = over(std::make_unique<LossyItems>(shared_));
  const auto other = Sessions::open(*other_items).value();
  store_->lost_answers = 1;
  store_->afterwards = [&] { EXPECT_TRUE(put(*other, "a0", "3")); };
  const auto saved = put("a0", "2");
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().effect, Effect::unknown);
  EXPECT_EQ(artifacts()[0].value, "3");
}

TEST_F(LostReply, RemovalIsAppliedOnce) {
  store_->lost_requests = 1;
  ASSERT_TRUE(sessions_->remove_artifact("s", id_, "a0", soon()));
  EXPECT_TRUE(artifacts().empty());
  ASSERT_TRUE(put("b", "2"));
  store_->lost_answers = 1;
  ASSERT_TRUE(sessions_->remove_artifact("s", id_, "b", soon()));
  EXPECT_TRUE(artifacts().empty());
}

}  // namespace
}  // namespace spillway
