// crash_driver ITEMS_URL OBJECTS_URL SESSION: saves, adds to and removes messages until it is
// killed. Before each step it says on standard output what it is about to do, and after it that it
// is done:
//
//   open                     the stores are open
//   begin post               done post MESSAGE
//   begin put MESSAGE SHA    done put      (artifact "extra")
//   begin remove MESSAGE     done remove
//
// The content of a message is the SHA-256 of each of its artifacts, so that a reader can tell
// whether it is whole.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/digest.h"
#include "base/random.h"
#include "spillway/spillway.h"

namespace spillway {
namespace {

/// One write(2): a line is in the pipe whole or not at all, whenever the process dies.
void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) _exit(3);
}

[[noreturn]] void fail(const Error& error) {
  std::fprintf(stderr, "crash_driver: %s\n", describe(error).c_str());
  _exit(4);
}

template <class T>
T value_of(Result<T> result) {
  if (!result) fail(result.error());
  return std::move(result).value();
}

std::string dense_json(std::size_t bytes) {
  return '"' + base64_encode(random_bytes(bytes)).substr(0, bytes - 2) + '"';
}

std::string post(Sessions& sessions, const std::string& session) {
  NewMessage message;
  message.role = "tool";
  message.artifacts = {dense_json(600'000), dense_json(150'000), "1"};
  for (const std::string& artifact : message.artifacts) {
    message.content += to_hex(sha256(artifact)) + " ";
  }
  say("begin post");
  auto saved = value_of(sessions.post(session, message, Deadline::never()));
  say("done post " + saved.message.id);
  return saved.message.id;
}

void put(Sessions& sessions, const std::string& session, const std::string& message) {
  const std::string bytes = random_bytes(120'000);
  say("begin put " + message + " " + to_hex(sha256(bytes)));
  NewArtifact artifact;
  artifact.id = "extra";
  StringSource source(bytes);
  value_of(sessions.put_artifact(session, message, artifact, source, Deadline::never()));
  say("done put");
}

[[noreturn]] void run(const ItemsConfig& config, const std::string& session) {
  const auto spillway = value_of(Spillway::open(config));
  say("open");
  Sessions& sessions = spillway->sessions();
  for (;;) {
    const std::string kept = post(sessions, session);
    put(sessions, session, kept);
    put(sessions, session, kept);
    const std::string removed = post(sessions, session);
    say("begin remove " + removed);
    const auto done = sessions.remove_message(session, removed, Deadline::never());
    if (!done) fail(done.error());
    say("done remove");
  }
}

}  // namespace
}  // namespace spillway

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  spillway::ItemsConfig config;
  config.items_url = argv[1];
  config.objects_url = argv[2];
  spillway::run(config, argv[3]);
}
