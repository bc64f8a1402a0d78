// The HTTP client against a server on the loopback.
#include <gtest/gtest.h>

#include <condition_variable>

#include "net/http_transport.h"
#include "unit/net/local_server.h"

namespace spillway {
namespace {

using std::chrono::milliseconds;
constexpr std::uint64_t body_max = 1 << 20;

Deadline soon() { return Deadline::after(std::chrono::seconds(20)); }

HttpRequest get(const LocalServer& server, const std::string& path = "/") {
  HttpRequest request;
  request.url = server.url() + path;
  return request;
}

HttpRequest post(const LocalServer& server, Repeat repeat) {
  HttpRequest request = get(server);
  request.method = "POST";
  request.body = "{}";
  request.repeat = repeat;
  return request;
}

/// Counts up from zero, so that a byte out of place shows.
class Pattern final : public ByteSource {
 public:
  explicit Pattern(std::uint64_t bytes) : left_(bytes) {}
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, left_));
    for (std::size_t i = 0; i < n; ++i) buffer[i] = static_cast<char>(next_++ % 251);
    left_ -= n;
    return n;
  }

 private:
  std::uint64_t left_;
  std::uint64_t next_ = 0;
};

TEST(Http, GivesStatusHeadersAndBodyOverOneConnection) {
  LocalServer server(
      [](const SeenRequest&) { return LocalServer::reply(404, "no", "ETag: x\r\n"); });
  HttpTransport transport;
  for (int i = 0; i < 5; ++i) {
    const auto response = transport.send(get(server), body_max, soon());
    ASSERT_TRUE(response.has_value()) << describe(response.error());
    EXPECT_EQ(response.value().status, 404);
    EXPECT_EQ(response.value().headers.find("etag"), "x");
    EXPECT_EQ(response.value().body, "no");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(Http, SendsThePathAsItIsSpelled) {
  LocalServer server([](const SeenRequest&) { return LocalServer::reply(200, ""); });
  HttpTransport transport;
  const std::string path = "/a/../b//c/./%2F%20d?x=%2B&y";
  ASSERT_TRUE(transport.send(get(server, path), body_max, soon()).has_value());
  EXPECT_TRUE(server.seen()[0].starts_with("GET " + path + " HTTP/1.1\r\n"));
}

TEST(Http, FollowsNoRedirects) {
  LocalServer server(
      [](const SeenRequest&) { return LocalServer::reply(307, "", "Location: /elsewhere\r\n"); });
  HttpTransport transport;
  EXPECT_EQ(transport.send(get(server), body_max, soon()).value().status, 307);
  EXPECT_EQ(server.seen().size(), 1u);
}

TEST(Http, StreamsABodyOut) {
  LocalServer server([](const SeenRequest&) { return LocalServer::reply(200, ""); });
  HttpTransport transport;
  HttpRequest request = get(server);
  request.method = "PUT";
  constexpr std::uint64_t bytes = 5'000'001;
  Pattern source(bytes), again(bytes);
  request.source = &source;
  request.source_bytes = bytes;
  request.repeat = Repeat::idempotent;
  ASSERT_TRUE(transport.send(request, body_max, soon()).has_value());
  EXPECT_EQ(server.seen()[0].body, read_all(again, bytes).value());
}

TEST(Http, StreamsABodyOfUnknownLengthInChunks) {
  LocalServer server([](const SeenRequest&) { return LocalServer::reply(200, ""); });
  HttpTransport transport;
  HttpRequest request = get(server);
  request.method = "PUT";
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1'000'003}}) {
    Pattern source(bytes), again(bytes);
    request.source = &source;
    request.source_bytes = std::nullopt;
    ASSERT_TRUE(transport.send(request, body_max, soon()).has_value());
    EXPECT_EQ(server.seen().back().body, read_all(again, bytes).value());
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(Http, AFailingOrShortSourceIsTheError) {
  LocalServer server([](const SeenRequest&) { return LocalServer::reply(200, ""); });
  HttpTransport transport;
  HttpRequest request = get(server);
  request.method = "PUT";
  Pattern source(10);
  request.source = &source;
  request.source_bytes = 11;
  EXPECT_EQ(transport.send(request, body_max, soon()).error().code, Code::invalid_argument);
}

TEST(Http, HoldsBackASenderThatIsFasterThanTheReader) {
  const std::string body(64 << 20, 'x');
  LocalServer server([&](const SeenRequest&) { return LocalServer::reply(200, body); });
  HttpTransport transport;
  auto stream = transport.open(get(server), soon());
  ASSERT_TRUE(stream.has_value());
  char one = 0;
  ASSERT_EQ(stream.value().body->read(&one, 1).value(), 1u);
  // What is under way sits in the client's buffer and in the kernel's, which hold a few MiB.
  EXPECT_LT(server.sent_bytes.load(), 32 << 20);
  EXPECT_EQ(read_all(*stream.value().body, body.size()).value().size(), body.size() - 1);
}

TEST(Http, ABodyCutShortIsAnErrorNotAnEnd) {
  LocalServer server([](const SeenRequest&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nonly this";
  });
  HttpTransport transport;
  const auto response = transport.send(get(server), body_max, soon());
  ASSERT_TRUE(response.has_error());
  EXPECT_EQ(response.error().code, Code::unavailable);
  EXPECT_TRUE(response.error().transient);
}

TEST(Http, CollectsNoMoreThanItsLimit) {
  LocalServer server([](const SeenRequest&) { return LocalServer::reply(200, "12345"); });
  HttpTransport transport;
  EXPECT_TRUE(transport.send(get(server), 5, soon()).has_value());
  EXPECT_EQ(transport.send(get(server), 4, soon()).error().code, Code::too_large);
}

TEST(Http, AfterAResetTheEffectIsUnknownUnlessTheRequestChangesNothing) {
  LocalServer server([](const SeenRequest&) { return std::string(); });
  HttpTransport transport;
  const auto effect = [&](Repeat repeat) {
    return transport.send(post(server, repeat), body_max, soon()).error().effect;
  };
  EXPECT_EQ(effect(Repeat::once), Effect::unknown);
  EXPECT_EQ(effect(Repeat::idempotent), Effect::unknown);
  EXPECT_EQ(effect(Repeat::safe), Effect::none);
}

TEST(Http, ARequestThatMustNotBeSentTwiceIsNot) {
  // The first request makes the connection warm; libcurl by itself would send the second again.
  std::atomic<int> posts{0};
  LocalServer server([&](const SeenRequest& seen) {
    if (seen.starts_with("GET")) return LocalServer::reply(200, "");
    ++posts;
    return std::string();
  });
  HttpTransport transport;
  ASSERT_TRUE(transport.send(get(server), body_max, soon()).has_value());
  EXPECT_TRUE(transport.send(post(server, Repeat::once), body_max, soon()).has_error());
  EXPECT_EQ(posts, 1);
}

TEST(Http, ARefusedConnectionHasNoEffect) {
  HttpRequest request;
  {
    LocalServer gone([](const SeenRequest&) { return std::string(); });
    request = post(gone, Repeat::once);
  }
  HttpTransport transport;
  const Error error = transport.send(request, body_max, soon()).error();
  EXPECT_EQ(error.code, Code::unavailable);
  EXPECT_EQ(error.effect, Effect::none);
  EXPECT_TRUE(error.transient);
}

/// Holds answers back until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

TEST(Http, GivesUpAtTheDeadline) {
  Gate gate;
  LocalServer server([&](const SeenRequest&) {
    gate.wait();
    return LocalServer::reply(200, "");
  });
  HttpTransport transport;
  const Error error =
      transport.send(post(server, Repeat::once), body_max, Deadline::after(milliseconds(100)))
          .error();
  EXPECT_EQ(error.code, Code::timeout);
  EXPECT_EQ(error.effect, Effect::unknown);
  gate.open();
}

TEST(Http, AHedgeAnswersForALateGet) {
  Gate gate;
  std::atomic<int> requests{0};
  LocalServer server([&](const SeenRequest&) {
    if (++requests == 1) gate.wait();
    return LocalServer::reply(200, "second");
  });
  HttpTransport transport;
  Hedge hedge;
  for (int i = 0; i < 40; ++i) {
    hedge.begin();
    hedge.record(milliseconds(1));
  }
  auto stream = transport.open(get(server), soon(), &hedge);
  ASSERT_TRUE(stream.has_value());
  EXPECT_EQ(read_all(*stream.value().body, 100).value(), "second");
  EXPECT_EQ(requests, 2);
  gate.open();
}

TEST(Http, RefusesHeadersThatWouldSplit) {
  LocalServer server([](const SeenRequest&) { return LocalServer::reply(200, ""); });
  HttpTransport transport;
  HttpRequest request = get(server);
  request.headers.add("X", "a\r\nAuthorization: b");
  EXPECT_EQ(transport.send(request, body_max, soon()).error().code, Code::invalid_argument);
}

TEST(Http, ErrorsDoNotRepeatQueriesOrHeaders) {
  LocalServer server([](const SeenRequest&) { return std::string(); });
  HttpTransport transport;
  HttpRequest request = get(server, "/k?X-Amz-Signature=canary");
  request.headers.add("Authorization", "canary");
  EXPECT_EQ(describe(transport.send(request, body_max, soon()).error()).find("canary"),
            std::string::npos);
}

}  // namespace
}  // namespace spillway
