// The table of sessions, listed by activity.
#include "artifact/session_rows.h"

#include <algorithm>
#include <functional>

#include "artifact/ids.h"

namespace spillway {
namespace {

constexpr const char* all_sessions = "all";
constexpr const char* activity_index = "by_activity";

Item session_key(const std::string& session) {
  return {{"owner", all_sessions}, {"session", session}};
}

std::string text_at(const Item& item, std::string_view name) {
  const auto found = item.find(name);
  const auto* text = found == item.end() ? nullptr : found->second.as<std::string>();
  return text ? *text : std::string();
}

/// Where a session stands in the list: newest activity first, equal times by id.
using Place = std::pair<std::string, std::string>;  // last activity, session

Place place_of(const SessionInfo& session) { return {session.last_message_at, session.id}; }

/// A cursor is the place after which to go on: the time, a line feed (which neither may contain),
/// the session.
std::string cursor_of(const Place& place) {
  return base64url_encode(place.first + "\n" + place.second);
}

Result<std::optional<Place>> place_from_cursor(const std::string& cursor) {
  if (cursor.empty()) return std::optional<Place>();
  const auto bytes = base64url_decode(cursor);
  const std::size_t end = bytes ? bytes->find('\n') : std::string::npos;
  const bool valid = end != std::string::npos && is_label(bytes->substr(0, end), 64) &&
                     check_session_id(bytes->substr(end + 1)).has_value();
  if (!valid) {
    return make_error(Code::invalid_argument, "session.list", "cursor",
                      "not a cursor of this list; start again without one");
  }
  return std::optional<Place>(Place{bytes->substr(0, end), bytes->substr(end + 1)});
}

SessionInfo session_of(const Item& row) {
  return {text_at(row, "session"), text_at(row, "title"), text_at(row, "createdAt"),
          text_at(row, "lastMessageAt")};
}

bool contains(std::string_view where, std::string_view text) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  const auto same = [&](char a, char b) { return lower(a) == lower(b); };
  return std::search(where.begin(), where.end(), text.begin(), text.end(), same) != where.end() ||
         text.empty();
}

bool contains(const SessionInfo& session, const std::string& text) {
  return contains(session.title, text) || contains(session.id, text);
}

QueryRequest every_session() {
  QueryRequest request;
  request.table = sessions_table;
  request.key_condition = "#owner = :all";
  request.names = {{"#owner", "owner"}};
  request.values = {{":all", all_sessions}};
  return request;
}

/// Keeps the newest `n` sessions of all that it is shown.
class Newest {
 public:
  explicit Newest(std::size_t n) : n_(n) {}

  void offer(SessionInfo session) {
    const bool full = heap_.size() == n_;
    if (full && !newer(session, heap_.front())) return;
    if (full) {
      std::pop_heap(heap_.begin(), heap_.end(), newer);
      heap_.pop_back();
    }
    heap_.push_back(std::move(session));
    std::push_heap(heap_.begin(), heap_.end(), newer);
  }

  std::vector<SessionInfo> take() {
    std::sort_heap(heap_.begin(), heap_.end(), newer);
    return std::move(heap_);
  }

 private:
  static bool newer(const SessionInfo& a, const SessionInfo& b) {
    return place_of(a) > place_of(b);
  }

  std::size_t n_;
  std::vector<SessionInfo> heap_;  ///< the oldest of them in front
};

}  // namespace

Result<bool> SessionRows::make_table(Items& items, Deadline deadline) {
  TableDescription table;
  table.name = sessions_table;
  table.keys = {{"owner", KeyType::string}, KeyAttribute{"session", KeyType::string}};
  IndexDescription index;
  index.name = activity_index;
  index.keys = {{"owner", KeyType::string}, KeyAttribute{"lastMessageAt", KeyType::string}};
  index.local = true;
  table.indexes = {index};
  auto made = items.administer(CreateTable{table}, deadline);
  if (!made && made.error().code == Code::unsupported) {
    table.indexes.clear();
    made = items.administer(CreateTable{table}, deadline);
  }
  if (!made && made.error().code != Code::conflict) return made.error();
  // One that was there may be without: a local index comes with its table or never.
  SPILLWAY_TRY(const auto found, items.administer(DescribeTable{sessions_table}, deadline));
  return std::ranges::any_of(found.front().indexes,
                             [](const auto& one) { return one.name == activity_index; });
}

Result<void> SessionRows::touch(const std::string& session, const std::string& title,
                                const std::string& at, Deadline deadline) {
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.table = sessions_table;
  request.item = session_key(session);
  request.update =
      "SET lastMessageAt = :at, createdAt = if_not_exists(createdAt, :at), "
      "title = if_not_exists(title, :title)";
  request.values = {{":at", at}, {":title", title}};
  SPILLWAY_TRY(items_.write(request, deadline));
  remember(session);
  return ok();
}

void SessionRows::touch_later(const std::string& session, const std::string& at) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string& last = later_[session];
  last = std::max(last, at);
  changed_.notify_one();
}

/// Best effort: a message counts whether or not its session's last activity moved.
void SessionRows::flush(Deadline deadline) {
  const std::unique_lock<std::timed_mutex> one_at_a_time(flushing_, deadline.at());
  if (!one_at_a_time) return;
  std::map<std::string, std::string> touches;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::swap(touches, later_);
  }
  for (const auto& [session, at] : touches) {
    WriteRequest request;
    request.kind = WriteRequest::Kind::update;
    request.table = sessions_table;
    request.item = session_key(session);
    request.update = "SET lastMessageAt = :at";
    // A session that was removed meanwhile stays removed; one that another gateway moved on stays
    // so.
    request.condition = "lastMessageAt <= :at";
    request.values = {{":at", at}};
    const auto reply = items_.write(request, deadline);
    // Another gateway may have removed it: the next message makes sure of the row again.
    if (reply && !reply.value().result.applied) forget(session);
  }
}

void SessionRows::run(const std::stop_token& stop) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait(lock, stop, [this] { return !later_.empty(); });
    changed_.wait_for(lock, stop, activity_delay_max, [] { return false; });
    lock.unlock();
    flush(Deadline::after(std::chrono::seconds(10)));
    lock.lock();
  }
}

SessionRows::SessionRows(Items& items, bool by_activity)
    : items_(items), by_activity_(by_activity) {
  writer_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

SessionRows::~SessionRows() {
  writer_.request_stop();
  writer_.join();
  flush(Deadline::after(std::chrono::seconds(10)));
}

bool SessionRows::is_known(const std::string& session) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return known_.contains(session);
}

void SessionRows::remember(const std::string& session) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (known_.size() >= known_sessions_max) known_.clear();
  known_.insert(session);
}

void SessionRows::forget(const std::string& session) {
  const std::lock_guard<std::mutex> lock(mutex_);
  known_.erase(session);
}

Result<bool> SessionRows::exists(const std::string& session, Deadline deadline) {
  GetRequest request;
  request.table = sessions_table;
  request.key = session_key(session);
  SPILLWAY_TRY(const auto reply, items_.get(request, Hydrate::whole, deadline));
  return reply.item.has_value();
}

Result<SessionPage> SessionRows::page(std::uint32_t limit, const std::string& cursor,
                                      const std::string& text, Deadline deadline) {
  flush(deadline);
  return by_activity_ ? page_by_activity(limit, cursor, text, deadline)
                      : page_of_all(limit, cursor, text, deadline);
}

Result<SessionPage> SessionRows::page_by_activity(std::uint32_t limit, const std::string& cursor,
                                                  const std::string& text, Deadline deadline) {
  SPILLWAY_TRY(const auto after, place_from_cursor(cursor));
  QueryRequest request = every_session();
  request.index = activity_index;
  request.forward = false;
  if (after) {
    request.start_after = session_key(after->second);
    (*request.start_after)["lastMessageAt"] = after->first;
  }
  SessionPage page;
  do {
    // One more than asked tells whether this page is the last.
    request.limit = text.empty() ? limit - static_cast<std::uint32_t>(page.sessions.size()) + 1 : 0;
    SPILLWAY_TRY(const auto found, items_.query(request, Hydrate::whole, deadline));
    for (const Item& row : found.items) {
      SessionInfo session = session_of(row);
      if (!contains(session, text)) continue;
      if (page.sessions.size() == limit) {
        page.next_cursor = cursor_of(place_of(page.sessions.back()));
        return page;
      }
      page.sessions.push_back(std::move(session));
    }
    request.start_after = found.last_key;
  } while (request.start_after);
  return page;
}

// Without the index every row is looked at, in constant memory.
Result<SessionPage> SessionRows::page_of_all(std::uint32_t limit, const std::string& cursor,
                                             const std::string& text, Deadline deadline) {
  SPILLWAY_TRY(const auto after, place_from_cursor(cursor));
  QueryRequest request = every_session();
  Newest newest(limit + std::size_t{1});  // one more tells whether this page is the last
  do {
    SPILLWAY_TRY(const auto found, items_.query(request, Hydrate::whole, deadline));
    for (const Item& row : found.items) {
      SessionInfo session = session_of(row);
      if (!contains(session, text)) continue;
      if (!after || place_of(session) < *after) newest.offer(std::move(session));
    }
    request.start_after = found.last_key;
  } while (request.start_after);
  SessionPage page;
  page.sessions = newest.take();
  if (page.sessions.size() > limit) {
    page.sessions.pop_back();
    page.next_cursor = cursor_of(place_of(page.sessions.back()));
  }
  return page;
}

Result<void> SessionRows::remove(const std::string& session, Deadline deadline) {
  forget(session);
  WriteRequest request;
  request.kind = WriteRequest::Kind::remove;
  request.table = sessions_table;
  request.item = session_key(session);
  SPILLWAY_TRY(items_.write(request, deadline));
  return ok();
}

std::shared_timed_mutex& SessionRows::lock_of(const std::string& session) {
  return stripes_[std::hash<std::string>{}(session) % stripes_.size()];
}

}  // namespace spillway
