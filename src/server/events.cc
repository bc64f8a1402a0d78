// Feeds hold text: the connection has nothing left to do but to send it.
#include "server/events.h"

#include <utility>

#include "server/json_out.h"

namespace spillway {
namespace {

/// What a feed holds for its listener: some thousand events.
constexpr std::size_t feed_bytes_max = 256 * 1024;
constexpr std::string_view reset = "event: reset\ndata: {}\n\n";

std::string text_of(const Event& event, std::uint64_t id) {
  JsonWriter data;
  data.begin_object().member("sessionId", event.session);
  if (!event.message.empty()) data.member("messageId", event.message);
  if (!event.artifact.empty()) data.member("artifactId", event.artifact);
  data.end_object();
  return "id: " + std::to_string(id) + "\nevent: " + std::string(event.kind) +
         "\ndata: " + data.take() + "\n\n";
}

}  // namespace

std::string EventFeed::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(text_, {});
}

bool EventFeed::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void EventFeed::wait(std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    if (text_.empty() && !closed_) {
      wake_ = std::move(wake);
      return;
    }
    wake_ = nullptr;
  }
  wake();
}

void EventFeed::wake_up() {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    wake = std::exchange(wake_, nullptr);
  }
  if (wake) wake();
}

void EventFeed::add(const Event& event, const std::string& text) {
  if (!session_.empty() && session_ != event.session) return;
  {
    const std::lock_guard lock(mutex_);
    if (text_.size() + text.size() > feed_bytes_max) text_ = reset;
    text_ += text;
  }
  wake_up();
}

void EventFeed::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_up();
}

std::shared_ptr<EventFeed> EventHub::subscribe(std::string session) {
  auto feed = std::make_shared<EventFeed>(std::move(session));
  const std::lock_guard lock(mutex_);
  if (closed_) feed->close();
  std::erase_if(feeds_, [](const std::weak_ptr<EventFeed>& one) { return one.expired(); });
  feeds_.push_back(feed);
  return feed;
}

void EventHub::publish(const Event& event) {
  const std::lock_guard lock(mutex_);
  const std::string text = text_of(event, ++last_id_);
  std::erase_if(feeds_, [&](const std::weak_ptr<EventFeed>& weak) {
    const auto feed = weak.lock();
    if (feed) feed->add(event, text);
    return !feed;
  });
}

void EventHub::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& weak : feeds_) {
    if (const auto feed = weak.lock()) feed->close();
  }
}

}  // namespace spillway
