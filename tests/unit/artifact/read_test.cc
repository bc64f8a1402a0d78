// Reading: pages, references, resolved artifacts, ranges, and damage that stays where it is.
#include <fstream>

#include "base/clock.h"
#include "unit/artifact/artifact_test.h"

namespace spillway {
namespace {

using testing::ElementsAre;

class Read : public ArtifactTest {
 protected:
  /// The files of the object store, with their sizes.
  std::vector<std::filesystem::path> object_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder_.path() + "/objects")) {
      if (entry.is_regular_file() && entry.file_size() > 100'000) files.push_back(entry.path());
    }
    return files;
  }

  MessageQuery query(std::uint32_t limit, std::string cursor = "", bool descending = false) {
    MessageQuery asked;
    asked.limit = limit;
    asked.cursor = std::move(cursor);
    asked.descending = descending;
    return asked;
  }
};

TEST_F(Read, PagesThroughASessionInBothOrders) {
  std::vector<std::string> sent;
  for (int i = 0; i < 7; ++i) sent.push_back(post("s", {}, std::to_string(i)).content);
  for (const bool descending : {false, true}) {
    std::vector<std::string> seen;
    std::string cursor;
    std::size_t pages = 0;
    do {
      const MessagePage page = list("s", query(3, cursor, descending));
      EXPECT_LE(page.messages.size(), 3u);
      for (const Message& message : page.messages) seen.push_back(message.content);
      cursor = page.next_cursor;
      ++pages;
    } while (!cursor.empty());
    if (descending) std::reverse(seen.begin(), seen.end());
    EXPECT_EQ(seen, sent);
    EXPECT_EQ(pages, 3u);
  }
  EXPECT_EQ(list("s", query(7)).next_cursor, "");
}

TEST_F(Read, RefusesCursorsAndLimitsThatAreNone) {
  post("s", {});
  for (const char* cursor : {"x", "AAAA", "%%%", "eyJ9"}) {
    EXPECT_EQ(code_of(sessions().messages("s", query(5, cursor), soon())), Code::invalid_argument);
    EXPECT_EQ(code_of(sessions().sessions(5, cursor, soon())), Code::invalid_argument);
  }
  EXPECT_EQ(code_of(sessions().messages("s", query(0), soon())), Code::invalid_argument);
  EXPECT_EQ(code_of(sessions().messages("s", query(201), soon())), Code::invalid_argument);
  EXPECT_EQ(code_of(sessions().sessions(0, "", soon())), Code::invalid_argument);
}

TEST_F(Read, ListsSessionsNewestActivityFirst) {
  for (const char* session : {"a", "b", "c", "d"}) {
    post(session, {}, std::string("title of ") + session + "\nmore");
    const std::int64_t now = unix_millis();
    while (unix_millis() == now) {  // times have milliseconds
    }
  }
  post("b", {}, "later");
  reopen();
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const auto page = sessions().sessions(3, cursor, soon());
    ASSERT_TRUE(page);
    for (const SessionInfo& session : page.value().sessions) {
      seen.push_back(session.id);
      EXPECT_EQ(session.title, "title of " + session.id);
      EXPECT_LE(session.created_at, session.last_message_at);
    }
    cursor = page.value().next_cursor;
  } while (!cursor.empty());
  EXPECT_THAT(seen, ElementsAre("b", "d", "c", "a"));
}

TEST_F(Read, ShowsSmallValuesAndReferencesUnlessAskedToResolve) {
  const std::string small = dense_json(100), large = dense_json(900'000);
  const Message saved = post("s", {small, large});
  ASSERT_TRUE(put(saved, "binary", std::string("\xFF\0", 2)));
  const auto reference = list("s").messages.at(0);
  EXPECT_EQ(reference.artifacts[0].value, small);
  EXPECT_FALSE(reference.artifacts[1].value);
  EXPECT_EQ(reference.artifacts[1].placement.storage, Storage::spilled);
  EXPECT_FALSE(reference.artifacts[2].value);
  MessageQuery resolve;
  resolve.artifacts = ArtifactsAs::resolved;
  const auto resolved = list("s", resolve).messages.at(0);
  EXPECT_EQ(resolved.artifacts[0].value, small);
  EXPECT_EQ(resolved.artifacts[1].value, large);
  EXPECT_EQ(resolved.artifacts[2].value, std::string("\xFF\0", 2));
}

TEST_F(Read, EndsAResolvedPageBeforeItGrowsTooLarge) {
  for (int i = 0; i < 3; ++i) {
    const Message saved = post("s", {});
    ASSERT_TRUE(put(saved, "big", random_bytes(30'000'000)));
  }
  MessageQuery resolve;
  resolve.artifacts = ArtifactsAs::resolved;
  const MessagePage page = list("s", resolve);
  EXPECT_EQ(page.messages.size(), 2u);
  resolve.cursor = page.next_cursor;
  EXPECT_EQ(list("s", resolve).messages.size(), 1u);
}

TEST_F(Read, EndsAPageOfLongTextsBeforeItGrowsTooLarge) {
  constexpr std::size_t messages = 70;
  for (std::size_t i = 0; i < messages; ++i) post("s", {}, std::string(1 << 20, 'x'));
  MessageQuery query;
  query.limit = 200;
  const MessagePage page = list("s", query);
  EXPECT_LT(page.messages.size(), messages);
  query.cursor = page.next_cursor;
  EXPECT_EQ(list("s", query).messages.size(), messages - page.messages.size());
}

TEST_F(Read, GivesRangesOfEveryKindOfStorage) {
  const std::string text = "[" + std::string(500'000, ' ') + "1]";
  const std::vector<std::string> sent{dense_json(100'000), dense_json(3'000'000), text};
  const Message saved = post("s", sent);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const std::string id = std::to_string(i);
    const std::uint64_t size = sent[i].size();
    for (const ByteRange range :
         {ByteRange{0, 1}, ByteRange{size - 1, 1}, ByteRange{99, 77'777}, ByteRange{0, size}}) {
      EXPECT_EQ(fetch(saved, id, range).value(), sent[i].substr(range.offset, range.length));
    }
    for (const ByteRange range : {ByteRange{0, size + 1}, ByteRange{size, 1},
                                  ByteRange{1, std::numeric_limits<std::uint64_t>::max()}}) {
      EXPECT_EQ(code_of(fetch(saved, id, range)), Code::invalid_argument);
    }
  }
}

TEST_F(Read, SaysNotFoundForWhatIsNotThere) {
  const Message saved = post("s", {"1"});
  EXPECT_EQ(code_of(sessions().messages("t", {}, soon())), Code::not_found);
  EXPECT_EQ(code_of(sessions().message("s", "nonsense", ArtifactsAs::reference, soon())),
            Code::not_found);
  EXPECT_EQ(code_of(sessions().message("t", saved.id, ArtifactsAs::reference, soon())),
            Code::not_found);
  for (const char* artifact : {"1", "a1", "99999999999999999999999", "-1", ""}) {
    EXPECT_EQ(code_of(fetch(saved, artifact)), Code::not_found) << artifact;
  }
}

TEST_F(Read, DamageToOneArtifactLeavesItsNeighboursUnharmed) {
  const std::string good = dense_json(350'000), bad = dense_json(500'000);
  const Message saved = post("s", {good, bad});
  for (const auto& file : object_files()) {
    if (std::filesystem::file_size(file) < 370'000) continue;  // zstd takes a quarter off
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(200'000);
    bytes.put('\0').put('\1').put('\2');
  }
  MessageQuery resolve;
  resolve.artifacts = ArtifactsAs::resolved;
  const auto message = list("s", resolve).messages.at(0);
  EXPECT_EQ(message.artifacts[0].value, good);
  EXPECT_FALSE(message.artifacts[0].error);
  ASSERT_TRUE(message.artifacts[1].error);
  EXPECT_EQ(message.artifacts[1].error->code, Code::corrupt);
  EXPECT_FALSE(message.artifacts[1].value);
  EXPECT_EQ(code_of(fetch(saved, "a1")), Code::corrupt);
  EXPECT_EQ(fetch(saved, "a0").value(), good);
}

TEST_F(Read, ReportsAMissingObjectAsCorrupt) {
  const Message saved = post("s", {dense_json(500'000)});
  for (const auto& file : object_files()) std::filesystem::remove(file);
  EXPECT_EQ(code_of(fetch(saved, "a0")), Code::corrupt);
}

}  // namespace
}  // namespace spillway
