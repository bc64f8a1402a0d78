// Every fault of the proxy is seen from both sides: what the client gets, and what the server got.
#include "support/fault_proxy.h"

#include <gtest/gtest.h>

#include <future>

#include "net/http_transport.h"
#include "support/aws_answers.h"
#include "unit/net/local_server.h"

namespace spillway {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
constexpr std::uint64_t body_max = 64 << 20;

int port_in(const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); }

/// A server that answers with the body it got (of GET: "hello"), a proxy in front, a client.
class Proxy : public testing::Test {
 protected:
  static Deadline soon() { return Deadline::after(std::chrono::seconds(20)); }

  HttpRequest request(const std::string& method, const std::string& body = "",
                      const std::string& operation = "") {
    HttpRequest made;
    made.method = method;
    made.url = proxy_.url() + "/bucket/key?a=b";
    made.body = body;
    made.repeat = Repeat::idempotent;
    if (!operation.empty()) made.headers.add("X-Amz-Target", "DynamoDB_20120810." + operation);
    return made;
  }
  Result<HttpResponse> send(const HttpRequest& made) {
    return transport_.send(made, body_max, soon());
  }
  Result<HttpResponse> get() { return send(request("GET")); }
  void expect_hello() {
    const auto response = get();
    ASSERT_TRUE(response) << describe(response.error());
    EXPECT_EQ(response.value().body, "hello");
  }
  Code failure(const HttpRequest& made) {
    const auto response = send(made);
    EXPECT_FALSE(response.has_value());
    return response ? Code::internal : response.error().code;
  }

  LocalServer server_{[](const SeenRequest& seen) {
    if (seen.starts_with("HEAD")) return std::string("HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\n");
    if (seen.has("/chunks")) {
      return std::string(
          "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
          "4\r\nabcd\r\n3;x=y\r\nefg\r\n0\r\nTrailer: t\r\n\r\n");
    }
    return LocalServer::reply(200, seen.starts_with("GET") ? "hello" : seen.body, "ETag: x\r\n");
  }};
  FaultProxy proxy_{port_in(server_.url())};
  HttpTransport transport_;
};

TEST_F(Proxy, PassesRequestsAndRepliesOnByteForByte) {
  const std::string head =
      "PUT /b/a%2Fb?x=%20 HTTP/1.1\r\nhost: proxy:1\r\nX-Odd:  two  spaces \r\n"
      "Authorization: AWS4-HMAC-SHA256 x\r\nContent-Length: 3\r\n\r\n";
  Wire wire;
  ASSERT_TRUE(wire.connect(port_in(proxy_.url())));
  ASSERT_TRUE(wire.send(head + "abc"));
  const auto reply = wire.read_head();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->raw, "HTTP/1.1 200 X\r\nETag: x\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(server_.seen().at(0).head + "\r\n", head);
  EXPECT_EQ(server_.seen().at(0).body, "abc");
  EXPECT_EQ(proxy_.requests(), std::vector<std::string>{"PUT /b/a%2Fb?x=%20"});
}

TEST_F(Proxy, KeepsConnectionsOnBothSides) {
  for (int i = 0; i < 5; ++i) expect_hello();
  EXPECT_EQ(server_.connections(), 1);
  EXPECT_EQ(proxy_.request_count(), 5u);
}

TEST_F(Proxy, PassesChunksHeadsAndLargeBodiesOn) {
  HttpRequest chunks = request("GET");
  chunks.url = proxy_.url() + "/chunks";
  EXPECT_EQ(send(chunks).value().body, "abcdefg");
  const auto head = send(request("HEAD"));
  ASSERT_TRUE(head) << describe(head.error());
  EXPECT_EQ(head.value().headers.find("content-length"), "9");
  const std::string large(20'000'000, 'x');
  StringSource source(large);  // a streamed body waits for 100 Continue
  HttpRequest put = request("PUT");
  put.source = &source;
  put.source_bytes = large.size();
  EXPECT_TRUE(send(put).value().body == large);
  EXPECT_TRUE(send(request("POST", large, "PutItem")).value().body == large);
}

TEST_F(Proxy, RulesChooseByMethodTargetOperationBodyAndTurn) {
  const auto status = [&](const HttpRequest& made) { return send(made).value().status; };
  const auto rule = proxy_.rules().add(
      {.method = "POST", .operation = "PutItem", .body = "ledger", .skip = 1, .times = 2},
      faults::answer(503, ""));
  EXPECT_EQ(status(request("GET", "")), 200);
  EXPECT_EQ(status(request("POST", "ledger", "GetItem")), 200);
  EXPECT_EQ(status(request("POST", "messages", "PutItem")), 200);
  EXPECT_EQ(status(request("POST", "the ledger", "PutItem")), 200);  // the one that is skipped
  EXPECT_EQ(status(request("POST", "the ledger", "PutItem")), 503);
  EXPECT_EQ(status(request("POST", "the ledger", "PutItem")), 503);
  EXPECT_EQ(status(request("POST", "the ledger", "PutItem")), 200);
  EXPECT_EQ(proxy_.rules().hits(rule), 2);
  proxy_.rules().add({.target = "/bucket/"}, faults::answer(404, ""));
  proxy_.rules().add({.target = "/bucket/"}, faults::answer(405, ""));
  EXPECT_EQ(status(request("GET")), 404);  // the first that fits
  proxy_.rules().clear();
  proxy_.rules().add({.head = "X-Token: old"}, faults::answer(403, ""));
  HttpRequest old = request("GET");
  EXPECT_EQ(status(old), 200);
  old.headers.add("X-Token", "old");
  EXPECT_EQ(status(old), 403);
}

TEST_F(Proxy, AProbabilityHitsSomeAndTheSeedSaysWhich) {
  const auto pattern = [&](std::uint64_t seed) {
    FaultProxy seeded(port_in(server_.url()), 0, seed);
    seeded.rules().add({.probability = 0.5}, faults::answer(503, ""));
    std::string statuses;
    for (int i = 0; i < 40; ++i) {
      HttpRequest made = request("GET");
      made.url = seeded.url() + "/";
      statuses += send(made).value().status == 503 ? '1' : '0';
    }
    return statuses;
  };
  const std::string first = pattern(7);
  EXPECT_NE(first.find('0'), std::string::npos);
  EXPECT_NE(first.find('1'), std::string::npos);
  EXPECT_EQ(pattern(7), first);
  EXPECT_NE(pattern(8), first);
}

TEST_F(Proxy, AnswersItself) {
  proxy_.rules().add({.times = 1}, faults::answer(503, "<Code>SlowDown</Code>", "X-Why: test\r\n"));
  const auto refused = send(request("PUT", "body"));
  ASSERT_TRUE(refused) << describe(refused.error());
  EXPECT_EQ(refused.value().status, 503);
  EXPECT_EQ(refused.value().headers.find("x-why"), "test");
  EXPECT_EQ(refused.value().body, "<Code>SlowDown</Code>");
  EXPECT_TRUE(server_.seen().empty());
  expect_hello();
}

TEST_F(Proxy, ResetsBeforeOrAfterTheServerDidIt) {
  const auto before = proxy_.rules().add({.method = "PUT"}, faults::reset());
  EXPECT_EQ(failure(request("PUT", "a")), Code::unavailable);
  EXPECT_TRUE(server_.seen().empty());
  proxy_.rules().remove(before);
  const auto after = proxy_.rules().add({.method = "PUT"}, faults::lose_reply());
  EXPECT_EQ(failure(request("PUT", "b")), Code::unavailable);
  ASSERT_EQ(server_.seen().size(), 1u);
  EXPECT_EQ(server_.seen()[0].body, "b");
  EXPECT_EQ(proxy_.rules().hits(before), 1);
  EXPECT_EQ(proxy_.rules().hits(after), 1);
  expect_hello();
}

TEST_F(Proxy, StallsUntilTheClientGivesUp) {
  const auto rule = proxy_.rules().add({.times = 1}, faults::stall());
  const auto response =
      transport_.send(request("GET"), body_max, Deadline::after(milliseconds(100)));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::timeout);
  EXPECT_EQ(proxy_.rules().hits(rule), 1);
  EXPECT_TRUE(server_.seen().empty());
  expect_hello();
}

TEST_F(Proxy, AltersRepliesOnTheWay) {
  proxy_.rules().add({.times = 1}, faults::truncate_reply(2));
  EXPECT_EQ(failure(request("GET")), Code::unavailable);  // "he", of five promised
  proxy_.rules().add({.times = 1}, faults::shorten_reply(2));
  EXPECT_EQ(get().value().body, "he");
  proxy_.rules().add({.times = 1}, faults::flip_reply(1));
  EXPECT_EQ(get().value().body, "hdllo");
  proxy_.rules().add({.times = 1}, faults::lie_about_length(4));
  EXPECT_EQ(get().value().body, "hell");
  proxy_.rules().add({.times = 1}, faults::lie_about_length(6));
  EXPECT_EQ(failure(request("GET")), Code::unavailable);
  HttpRequest chunks = request("GET");
  chunks.url = proxy_.url() + "/chunks";
  proxy_.rules().add({.times = 1}, faults::flip_reply(0));
  EXPECT_EQ(send(chunks).value().body, "`bcdefg");
  expect_hello();
}

TEST_F(Proxy, AltersRequestsOnTheWay) {
  proxy_.rules().add({.times = 1}, faults::flip_request(2));
  EXPECT_EQ(send(request("PUT", "abc")).value().body, "abb");
  proxy_.rules().add({.times = 1}, faults::truncate_request(2));
  HttpRequest cut = request("PUT", "abc");
  cut.repeat = Repeat::once;  // else libcurl sends it again when a kept connection breaks
  EXPECT_EQ(failure(cut), Code::unavailable);
  EXPECT_EQ(server_.seen().size(), 1u);  // it never saw a whole second one
  expect_hello();
}

TEST_F(Proxy, IsSlow) {
  const auto time = [&](auto&& call) {
    const auto start = Clock::now();
    call();
    return Clock::now() - start;
  };
  expect_hello();  // connects
  proxy_.set_latency(milliseconds(40));
  EXPECT_GE(time([&] { expect_hello(); }), milliseconds(80));
  proxy_.set_latency(milliseconds(0));
  proxy_.rules().add({.times = 1}, faults::delay(milliseconds(70)));
  EXPECT_GE(time([&] { expect_hello(); }), milliseconds(70));
  proxy_.rules().add({.times = 1}, faults::throttle(10'000'000));
  const std::string megabyte(1'000'000, 'x');  // there and back
  EXPECT_GE(
      time([&] { EXPECT_EQ(send(request("PUT", megabyte)).value().body.size(), 1'000'000u); }),
      milliseconds(200));
}

TEST_F(Proxy, CallsBackBeforeItForwards) {
  std::size_t seen = 99;
  proxy_.rules().add({.times = 1}, faults::call([&] { seen = server_.seen().size(); }));
  expect_hello();
  EXPECT_EQ(seen, 0u);
}

TEST_F(Proxy, GoesDownInTheMiddleAndComesUpAgain) {
  const auto rule = proxy_.rules().add({.times = 1}, faults::stall());
  auto stalled = std::async(std::launch::async, [&] { return failure(request("GET")); });
  ASSERT_TRUE(proxy_.rules().wait_for_hits(rule, 1, std::chrono::seconds(10)));
  proxy_.go_down();
  EXPECT_EQ(stalled.get(), Code::unavailable);
  EXPECT_EQ(failure(request("GET")), Code::unavailable);
  EXPECT_TRUE(server_.seen().empty());
  proxy_.come_up();
  expect_hello();
}

TEST(ProxyAlone, ShowsAServerThatIsNotThereAsAReset) {
  int port = 0;
  {
    const int listener = listen_on_loopback(0);
    port = port_of(listener);
    ::close(listener);
  }
  FaultProxy proxy(port);
  HttpTransport transport;
  HttpRequest get;
  get.url = proxy.url() + "/";
  const auto response = transport.send(get, body_max, Deadline::after(std::chrono::seconds(10)));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::unavailable);
}

TEST(AwsAnswers, CarryTheChecksumThatRealOnesCarry) {
  const Fault throttled = faults::dynamodb_throttled();  // its CRC-32 by Python's zlib
  EXPECT_NE(throttled.answer.find("x-amz-crc32: 3433006207\r\n"), std::string::npos)
      << throttled.answer;
}

}  // namespace
}  // namespace spillway
