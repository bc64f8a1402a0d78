// The list of sessions by its index, on a real DynamoDB.
#include <algorithm>
#include <atomic>
#include <set>

#include "base/clock.h"
#include "base/parallel.h"
#include "real/tables.h"

namespace spillway {
namespace {

constexpr const char* sessions_table = "spillway_sessions";

class SessionList : public RealTables {
 protected:
  /// A row as Spillway writes it, without the message that would make it.
  void add(const std::string& session, std::int64_t at_millis) {
    WriteRequest request;
    request.table = sessions_table;
    request.item = {{"owner", "all"},
                    {"session", session},
                    {"title", "title of " + session},
                    {"createdAt", rfc3339(at_millis)},
                    {"lastMessageAt", rfc3339(at_millis)}};
    const auto written = direct_->write(request, soon());
    EXPECT_TRUE(written) << describe(written.error());
  }

  /// Session number i was active i/2 seconds after the first.
  void add_many(int count) {
    parallel_for(static_cast<std::size_t>(count), 8, [&](std::size_t i) {
      add(name_of(static_cast<int>(i)), first_millis + static_cast<std::int64_t>(i) / 2 * 1000);
    });
  }

  static std::string name_of(int i) { return "s" + std::to_string(1000 + i); }

  static SessionPage page_of(Sessions& sessions, std::uint32_t limit, const std::string& cursor) {
    auto page = sessions.sessions(limit, cursor, soon());
    EXPECT_TRUE(page) << describe(page.error());
    return page ? std::move(page).value() : SessionPage{};
  }

  static constexpr std::size_t listed_max = 300;  ///< no test has more

  static std::vector<SessionInfo> all(Sessions& sessions, std::uint32_t limit) {
    std::vector<SessionInfo> found;
    std::string cursor;
    do {
      SessionPage page = page_of(sessions, limit, cursor);
      EXPECT_LE(page.sessions.size(), limit);
      found.insert(found.end(), page.sessions.begin(), page.sessions.end());
      cursor = page.next_cursor;
    } while (!cursor.empty() && found.size() <= listed_max);
    return found;
  }

  static void expect_newest_first(const std::vector<SessionInfo>& found, std::size_t count) {
    std::vector<std::string> ids;
    for (const SessionInfo& session : found) ids.push_back(session.id);
    EXPECT_TRUE(std::ranges::is_sorted(found, std::greater{}, &SessionInfo::last_message_at));
    std::ranges::sort(ids);
    EXPECT_TRUE(std::ranges::adjacent_find(ids) == ids.end()) << "listed twice";
    EXPECT_EQ(ids.size(), count);
  }

  static constexpr std::int64_t first_millis = 1'700'000'000'000;
};

TEST_F(SessionList, HasTheIndexThatListsByActivity) {
  ASSERT_TRUE(open());
  const auto table = direct_->administer(DescribeTable{sessions_table}, soon()).value().front();
  ASSERT_EQ(table.indexes.size(), 1u);
  EXPECT_EQ(table.indexes[0].name, "by_activity");
  EXPECT_TRUE(table.indexes[0].local);
  EXPECT_EQ(table.indexes[0].keys.sort->name, "lastMessageAt");
}

TEST_F(SessionList, PagesThroughManyNewestActivityFirst) {
  const auto spillway = open();
  ASSERT_TRUE(spillway);
  add_many(300);
  for (const std::uint32_t limit : {7u, 50u, 200u}) {
    expect_newest_first(all(spillway->sessions(), limit), 300);
  }
  const SessionPage first = page_of(spillway->sessions(), 10, "");
  EXPECT_EQ(first.sessions[0].title, "title of " + first.sessions[0].id);
  EXPECT_EQ(first.sessions[9].last_message_at, rfc3339(first_millis + 145'000));
  EXPECT_EQ(page_of(spillway->sessions(), 10, "").next_cursor, first.next_cursor);
}

TEST_F(SessionList, ACursorHoldsWhileSessionsAreUsed) {
  const auto spillway = open();
  ASSERT_TRUE(spillway);
  add_many(30);
  Sessions& sessions = spillway->sessions();
  const SessionPage first = page_of(sessions, 10, "");
  // The very one that the cursor names moves to the front, and so does one that was still to come.
  add(first.sessions.back().id, first_millis + 900'000);
  add(name_of(0), first_millis + 900'000);
  std::set<std::string> seen;
  for (const SessionInfo& session : first.sessions) seen.insert(session.id);
  std::string cursor = first.next_cursor;
  for (int pages = 0; !cursor.empty() && pages < 30; ++pages) {
    const SessionPage page = page_of(sessions, 10, cursor);
    for (const SessionInfo& session : page.sessions) {
      EXPECT_TRUE(seen.insert(session.id).second) << session.id << " was shown before";
    }
    cursor = page.next_cursor;
  }
  EXPECT_EQ(seen.size(), 29u) << "all but the one that moved to the front";
}

TEST_F(SessionList, FollowsTheMessages) {
  const auto spillway = open();
  ASSERT_TRUE(spillway);
  NewMessage message;
  message.role = "user";
  for (const char* session : {"a", "b", "a"}) {
    message.content = std::string("in ") + session;
    ASSERT_TRUE(spillway->sessions().post(session, message, soon()));
    const std::int64_t now = unix_millis();
    while (unix_millis() == now) {  // times have milliseconds
    }
  }
  const SessionPage page = page_of(spillway->sessions(), 10, "");
  ASSERT_EQ(page.sessions.size(), 2u);
  EXPECT_EQ(page.sessions[0].id, "a");
  ASSERT_TRUE(spillway->sessions().remove_session("a", soon()));
  EXPECT_EQ(page_of(spillway->sessions(), 10, "").sessions.size(), 1u);
}

TEST_F(SessionList, ATableOfAnEarlierVersionIsListedWithoutTheIndex) {
  TableDescription table;
  table.name = sessions_table;
  table.keys = {{"owner", KeyType::string}, KeyAttribute{"session", KeyType::string}};
  create(table);
  if (HasFatalFailure()) return;
  const auto spillway = open();
  ASSERT_TRUE(spillway);
  add_many(30);
  expect_newest_first(all(spillway->sessions(), 7), 30);
}

TEST_F(SessionList, SeveralGatewaysMayOpenAtOnce) {
  std::atomic<int> opened = 0;
  std::vector<std::unique_ptr<Items>> items;
  for (int i = 0; i < 4; ++i) items.push_back(Items::open(config_).value());
  parallel_for(items.size(), items.size(), [&](std::size_t i) {
    const auto sessions = Sessions::open(*items[i]);
    EXPECT_TRUE(sessions) << describe(sessions.error());
    if (!sessions) return;
    const auto page = sessions.value()->sessions(10, "", soon());
    EXPECT_TRUE(page) << describe(page.error());
    ++opened;
  });
  EXPECT_EQ(opened, 4);
}

}  // namespace
}  // namespace spillway
