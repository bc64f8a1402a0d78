// HTTP/1.1 over a blocking socket, raw: heads as they came, bodies by their framing (RFC 9112).
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace spillway {

/// A head, byte for byte, with what a proxy must know of it.
struct WireHead {
  std::string raw;        ///< with the empty line that ends it
  std::string method;     ///< of a request
  std::string target;     ///< of a request
  int status = 0;         ///< of a reply
  std::string operation;  ///< of a DynamoDB request: X-Amz-Target after its dot

  /// The first value of a header, without case; nullopt if it is missing.
  std::optional<std::string> find(std::string_view name) const;
  /// The head with `value` in place of the fields called `name`; an empty value leaves them out.
  std::string with(std::string_view name, std::string_view value) const;
};

/// How a body ends.
struct Framing {
  enum class Kind { none, length, chunked, to_close } kind = Kind::none;
  std::uint64_t bytes = 0;  ///< of Kind::length
};
Framing framing_of_request(const WireHead& head);
/// `method` is the request's: the reply to HEAD has no body, whatever its head says.
Framing framing_of_reply(const WireHead& head, std::string_view method);

/// One connection. Calls that fail return false or nullopt; the connection is of no use then.
/// Used by one thread, except shut(), which any thread may call.
class Wire {
 public:
  Wire() = default;
  explicit Wire(int socket);
  ~Wire() { close(); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// A connection to 127.0.0.1; false: refused.
  bool connect(int port);
  bool is_open() const { return socket_ >= 0; }
  /// Has the other side closed, or sent something unasked? Does not wait.
  bool is_stale() const;
  /// Is there something to read now?
  bool is_readable() const;
  /// Returns when the other side closes or the socket is shut.
  void wait_for_close();

  std::optional<WireHead> read_head();
  bool send(std::string_view bytes);
  /// Reads a body and gives every piece to `on_piece` as it comes, chunk framing included;
  /// `is_data` tells the two apart. False if the body was cut short or `on_piece` said so.
  using OnPiece = std::function<bool(std::string_view piece, bool is_data)>;
  bool read_body(const Framing& framing, const OnPiece& on_piece);

  /// Ends both directions; another thread that waits on the socket wakes up.
  void shut();
  void close();
  /// Closes so that the other side sees a reset.
  void reset();
  /// Says that nothing more comes, and takes in what the other side still sends until it closes,
  /// for two seconds at most: closing at once could destroy a reply that it has not read yet.
  void finish();

 private:
  bool fill();
  bool read_exactly(std::uint64_t bytes, bool is_data, const OnPiece& on_piece);
  bool read_chunks(const OnPiece& on_piece);
  std::optional<std::string> read_line();

  std::mutex closing_;  ///< keeps shut() from a number that was given to another socket
  int socket_ = -1;
  std::string in_;
};

/// Listens on 127.0.0.1; `port` 0 takes a free one. -1 with errno if it cannot.
int listen_on_loopback(int port);
int port_of(int socket);

}  // namespace spillway
