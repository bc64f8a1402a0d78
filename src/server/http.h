// Requests and answers as handlers see them: no sockets, no types of the HTTP library.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spillway/bytes.h"
#include "spillway/deadline.h"
#include "spillway/error.h"

namespace spillway {

class EventFeed;

using NameValue = std::pair<std::string, std::string>;
using NameValues = std::vector<NameValue>;

struct Request {
  std::string id;         ///< the request's own, for logs and errors
  std::string method;     ///< "GET"
  std::string target;     ///< as it came: path and query, percent-encoded
  NameValues headers;     ///< names in lower case
  std::string remote;     ///< the peer's address, without its port
  std::string principal;  ///< whose token it carries; "local" without tokens

  NameValues parameters;                    ///< of the path, decoded
  NameValues query;                         ///< decoded
  std::string body;                         ///< where the route asks for buffered bodies
  std::optional<std::uint64_t> body_bytes;  ///< as declared; nothing for a chunked body
  Deadline deadline = Deadline::never();

  /// The value of a header (name in lower case), or empty.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  /// A path parameter; it must be one of the route's.
  const std::string& parameter(std::string_view name) const;
  /// A query parameter, if given.
  const std::string* query_value(std::string_view name) const;
};

/// An answer: headers, then `body`, or `stream`, of which `stream_bytes` are sent, or `events`
/// until either side is done.
struct Response {
  int status = 200;
  NameValues headers;
  std::string body;
  std::unique_ptr<ByteSource> stream;
  /// Length of the body where it is not body.size(): of a stream, or of what HEAD leaves out.
  std::optional<std::uint64_t> stream_bytes;
  std::shared_ptr<EventFeed> events;
  std::string error_code;  ///< of a problem, for metrics and logs

  /// Instead of a header of that name, if there is one: no field is sent twice.
  void set(std::string name, std::string value);
  std::uint64_t content_bytes() const { return stream_bytes ? *stream_bytes : body.size(); }
};

Response json_response(int status, std::string json);

/// "Not Found" for 404. Source: RFC 9110, section 15.
std::string_view reason_of(int status);

/// Status line and header fields with the blank line. Bytes that no field value may have are
/// dropped, so that no value can start a field of its own (RFC 9110, section 5.5).
std::string serialize_head(const Response& response, bool keep_alive);

bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lower_ascii(std::string_view text);
/// Without blanks and tabs around it.
std::string_view trim_blanks(std::string_view text);
/// A whole unsigned decimal number, or nothing.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

}  // namespace spillway
