// The artifact API of a server, call by call: docs/HTTP.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_transport.h"
#include "net/secret.h"
#include "server/wells.h"
#include "spillway/sessions.h"

namespace spillway {

/// Takes bytes as they arrive; an Error ends the transfer.
using ByteSink = std::function<Result<void>(std::string_view)>;

/// One thread at a time. Errors as the server tells them; unavailable when it cannot be reached.
class Remote {
 public:
  static Result<std::unique_ptr<Remote>> open(const std::string& url, const std::string& token);

  /// A message without artifacts.
  Result<Message> post(const std::string& session, const NewMessage& message);
  Result<ArtifactInfo> put(const std::string& session, const std::string& message,
                           const NewArtifact& artifact, ByteSource& source,
                           std::optional<std::uint64_t> bytes);
  /// Its bytes into `sink`; returns their SHA-256 as the server states it (hex).
  Result<std::string> fetch(const std::string& session, const std::string& message,
                            const std::string& artifact, std::optional<ByteRange> range,
                            const ByteSink& sink);
  Result<Message> message(const std::string& session, const std::string& id);
  Result<MessagePage> messages(const std::string& session, const MessageQuery& query);
  Result<SessionPage> sessions(std::uint32_t limit, const std::string& cursor);
  /// An artifact, a message (`artifact` empty), or a session (`message` empty, too).
  Result<void> remove(const std::string& session, const std::string& message,
                      const std::string& artifact);
  Result<ImportedWell> import(const std::string& session, const std::string& file_name,
                              const std::string& bytes);
  Result<StorageStats> stats();

 private:
  Remote(std::string base_url, const std::string& token);
  HttpRequest request(const char* method, const std::string& target) const;
  /// The whole answer; one that is an error becomes the Error that its problem+json tells.
  Result<HttpResponse> call(const HttpRequest& request);
  Result<std::string> get(const std::string& target);

  HttpTransport http_;
  std::string base_url_;  ///< without a slash at the end
  Secret token_;
};

}  // namespace spillway
