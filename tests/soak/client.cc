// The steps of a soak's client, and its bookkeeping.
#include "soak/client.h"

#include <simdjson.h>

#include <iostream>

#include "base/digest.h"

namespace spillway {
namespace {

constexpr std::uint64_t body_bytes_max = 256ull << 20;
constexpr std::size_t json_bytes_max = 2'000'000;
constexpr std::size_t stream_bytes_max = 20'000'000;
constexpr std::size_t large_stream_bytes = 100'000'000;
constexpr std::size_t messages_max =
    40;  ///< known at a time, so that memory and buckets stay small

std::string digest(const std::string& bytes) { return to_hex(sha256(bytes)); }

bool is_success(const Result<HttpResponse>& answer) {
  return answer && answer.value().status >= 200 && answer.value().status < 300;
}

}  // namespace

SoakClient::SoakClient(std::string url, std::string session, std::uint64_t seed, SoakCounts& counts)
    : url_(std::move(url)), session_(std::move(session)), random_(seed), counts_(counts) {}

Result<HttpResponse> SoakClient::ask(const std::string& method, const std::string& path,
                                     std::string body) {
  HttpRequest request;
  request.method = method;
  request.url = url_ + path;
  request.body = std::move(body);
  request.repeat = method == "GET" ? Repeat::safe : Repeat::once;
  if (method == "POST") request.headers.add("Content-Type", "application/json");
  return transport_.send(request, body_bytes_max, Deadline::after(std::chrono::seconds(120)));
}

std::string SoakClient::path(const std::string& message, const std::string& artifact) const {
  std::string text = "/v1/sessions/" + session_ + "/messages/" + message;
  return artifact.empty() ? text : text + "/artifacts/" + artifact;
}

/// Mostly small, now and then large, evenly spread within an order of magnitude.
std::size_t SoakClient::pick_size(std::size_t most) {
  const auto up_to = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(1'000, std::min(n, most))(random_);
  };
  const int die = std::uniform_int_distribution<int>(0, 999)(random_);
  if (die < 550) return up_to(50'000);
  if (die < 850) return up_to(700'000);
  if (die < 970) return up_to(5'000'000);
  if (die < 998 || most < large_stream_bytes) return up_to(stream_bytes_max);
  return large_stream_bytes;
}

std::string SoakClient::noise(std::size_t bytes) {
  std::string text(bytes, '\0');
  std::size_t i = 0;
  for (; i + 8 <= bytes; i += 8) {
    const std::uint64_t word = random_();
    std::memcpy(text.data() + i, &word, 8);
  }
  return text;
}

std::map<std::string, SoakClient::Known>::iterator SoakClient::pick_message() {
  auto at = messages_.begin();
  std::advance(at, std::uniform_int_distribution<std::size_t>(0, messages_.size() - 1)(random_));
  return at;
}

void SoakClient::fail(std::atomic<std::uint64_t>& count, const std::string& what) {
  ++count;
  std::cout << what << std::endl;
}

void SoakClient::step() {
  const int die = std::uniform_int_distribution<int>(0, 99)(random_);
  if (messages_.empty() || (die < 25 && messages_.size() < messages_max)) return post();
  if (die < 40) return put();
  if (die < 90) return get();
  remove();
}

void SoakClient::post() {
  std::vector<std::string> digests;
  const std::string content = session_ + "-" + std::to_string(posted_.size());
  std::string body = R"({"role":"tool","content":")" + content + R"(","artifacts":[)";
  const int artifacts = std::uniform_int_distribution<int>(1, 3)(random_);
  for (int i = 0; i < artifacts; ++i) {
    const std::string text = '"' + base64_encode(noise(pick_size(json_bytes_max) * 3 / 4)) + '"';
    digests.push_back(digest(text));
    body += (i == 0 ? "" : ",") + text;
  }
  posted_[content] = digests;
  counts_.bytes_in += body.size();
  const auto answer = ask("POST", "/v1/sessions/" + session_ + "/messages", body + "]}");
  if (!is_success(answer)) {
    ++counts_.refused;
    return;
  }
  simdjson::dom::parser parser;
  std::string_view id;
  if (parser.parse(answer.value().body)["id"].get(id) != simdjson::SUCCESS) {
    return fail(counts_.wrong, "an answer without an id: " + answer.value().body.substr(0, 200));
  }
  ++counts_.acknowledged;
  Known& known = messages_[std::string(id)];
  for (std::size_t i = 0; i < digests.size(); ++i) {
    known.artifacts["a" + std::to_string(i)] = {digests[i]};
  }
}

void SoakClient::put() {
  const auto at = pick_message();
  const std::string bytes = noise(pick_size(large_stream_bytes));
  const std::string sha = digest(bytes);
  Allowed& allowed = at->second.artifacts["extra"];
  if (allowed.empty()) allowed.insert("");
  counts_.bytes_in += bytes.size();
  const auto answer = ask("PUT", path(at->first, "extra"), bytes);
  if (is_success(answer)) {
    ++counts_.acknowledged;
    allowed = {sha};
  } else {
    ++counts_.refused;
    allowed.insert(sha);  // its answer may have been lost
  }
}

void SoakClient::get() {
  const auto at = pick_message();
  auto artifact = at->second.artifacts.begin();
  std::advance(artifact, std::uniform_int_distribution<std::size_t>(
                             0, at->second.artifacts.size() - 1)(random_));
  if (!check(at->first, at->second, artifact->first, false)) messages_.erase(at);
}

void SoakClient::remove() {
  const auto at = pick_message();
  const auto answer = ask("DELETE", path(at->first), "");
  ++counts_.removals;
  const bool gone = answer && answer.value().status == 404 && at->second.maybe_gone;
  if (is_success(answer) || gone) {
    messages_.erase(at);
  } else {
    at->second.maybe_gone = true;
  }
}

bool SoakClient::check(const std::string& message, const Known& known, const std::string& artifact,
                       bool faults_off) {
  const Allowed& allowed = known.artifacts.at(artifact);
  const std::string where = path(message, artifact);
  const auto answer = ask("GET", where, "");
  ++counts_.reads;
  if (is_success(answer)) {
    counts_.bytes_out += answer.value().body.size();
    if (!allowed.contains(digest(answer.value().body))) {
      fail(counts_.wrong, "other bytes: " + where);
    }
    return true;
  }
  const bool missing = answer && answer.value().status == 404;
  if (missing && (known.maybe_gone || allowed.contains(""))) return !known.maybe_gone;
  if (missing || faults_off) {
    fail(counts_.lost,
         "lost: " + where + ": " +
             (answer ? answer.value().body.substr(0, 400) : describe(answer.error())));
  } else {
    ++counts_.reads_refused;
  }
  return true;
}

void SoakClient::check_all() {
  for (const auto& [message, known] : messages_) {
    for (const auto& [artifact, allowed] : known.artifacts) check(message, known, artifact, true);
  }
  check_unacknowledged();
}

/// Messages whose post was not acknowledged may be there; then they are whole.
void SoakClient::check_unacknowledged() {
  std::string cursor;
  do {
    const auto answer = ask("GET",
                            "/v1/sessions/" + session_ + "/messages?limit=50" +
                                (cursor.empty() ? "" : "&cursor=" + cursor),
                            "");
    if (answer && answer.value().status == 404 && messages_.empty()) return;
    if (!is_success(answer)) return fail(counts_.lost, "the session cannot be listed: " + session_);
    simdjson::dom::parser parser;
    simdjson::dom::element page;
    if (parser.parse(answer.value().body).get(page) != simdjson::SUCCESS) {
      return fail(counts_.wrong, "the list of messages is no JSON");
    }
    for (const simdjson::dom::element message : page["messages"]) {
      const std::string id(message["id"].get_string().value());
      if (messages_.contains(id)) continue;
      const std::string content(message["content"].get_string().value());
      const auto posted = posted_.find(content);
      if (posted == posted_.end()) {
        fail(counts_.wrong, "nobody posted this: " + content);
        continue;
      }
      Known known;
      for (std::size_t i = 0; i < posted->second.size(); ++i) {
        known.artifacts["a" + std::to_string(i)] = {posted->second[i]};
      }
      for (const auto& [artifact, allowed] : known.artifacts) check(id, known, artifact, true);
    }
    std::string_view next;
    cursor = page["nextCursor"].get(next) == simdjson::SUCCESS ? std::string(next) : "";
  } while (!cursor.empty());
}

}  // namespace spillway
