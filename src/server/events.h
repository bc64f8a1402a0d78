// What changes, told to pages as it happens: Server-Sent Events (WHATWG HTML, section 9.2).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace spillway {

/// Something that changed, through this process. Members that do not apply are empty.
struct Event {
  std::string_view kind;  ///< "message", "artifact-removed", …; see docs/HTTP.md
  std::string session, message, artifact;
};

/// The events of one listener until it takes them. Thread-safe.
class EventFeed {
 public:
  explicit EventFeed(std::string session) : session_(std::move(session)) {}

  /// The events since the last call as text/event-stream; empty when there are none. A listener
  /// that falls far behind gets "reset" in their place: it is to read again what it shows.
  std::string take();
  /// Calls `wake` once there is something to take, or nothing will come any more: at once if so
  /// already. Replaces a former call's.
  void wait(std::function<void()> wake);
  bool closed() const;

 private:
  friend class EventHub;
  void add(const Event& event, const std::string& text);
  void close();
  void wake_up();

  const std::string session_;  ///< empty: of all
  mutable std::mutex mutex_;   ///< guards what follows
  std::string text_;
  bool closed_ = false;
  std::function<void()> wake_;
};

/// Those who listen. Thread-safe.
class EventHub {
 public:
  /// A feed of one session's events, or of all when `session` is empty. It ends with its last
  /// owner.
  std::shared_ptr<EventFeed> subscribe(std::string session);
  void publish(const Event& event);
  /// Ends every feed, those to come included.
  void close();

 private:
  std::mutex mutex_;  ///< guards what follows
  std::vector<std::weak_ptr<EventFeed>> feeds_;
  std::uint64_t last_id_ = 0;
  bool closed_ = false;
};

}  // namespace spillway
