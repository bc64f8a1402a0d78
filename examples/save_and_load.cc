// The ten lines of the README as a program: saves a message with an artifact and reads it back.
// usage: save_and_load; works in ./data
#include <iostream>

#include "spillway/spillway.h"

int main() {
  // [readme
  auto spillway = spillway::Spillway::open_directory("data").value();
  spillway::NewMessage message;
  message.role = "assistant";
  message.content = "Here are the curves.";
  message.artifacts = {R"({"type": "logPlotViewer", "logData": {"DEPT": [1000.0], "GR": [85.3]}})"};
  const auto deadline = spillway::Deadline::after(std::chrono::seconds(10));
  auto saved = spillway->sessions().post("chat-7", message, deadline).value();
  auto artifact = spillway->sessions().locate("chat-7", saved.message.id, "0", deadline).value();
  auto stream = spillway->sessions().open_artifact(artifact, std::nullopt, deadline).value();
  std::string bytes = spillway::read_all(*stream, artifact.info.size_bytes).value();
  // readme]
  std::cout << bytes << '\n';
  return bytes == message.artifacts[0] ? 0 : 1;
}
