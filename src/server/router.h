// Which handler answers which address.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/http.h"

namespace spillway {

/// How a handler takes the body of its requests.
enum class BodyKind {
  none,      ///< a body is refused
  buffered,  ///< whole, in Request::body, before the handler runs
  streamed,  ///< piece by piece, from the ByteSource
};

/// Runs on a worker and may block, unless its route is instant.
using Handler = std::function<Result<Response>(Request&, ByteSource& body)>;

struct Route {
  std::string method;   ///< "GET" answers HEAD too
  std::string pattern;  ///< "/v1/sessions/{session}/messages"
  Handler handler;
  BodyKind body = BodyKind::none;
  std::uint64_t body_bytes_max = 0;
  bool open = false;     ///< needs no token: it tells nothing that is stored
  bool instant = false;  ///< never blocks: needs no worker, so it is answered however busy they are
  bool long_transfer = false;  ///< may take as long as bytes flow
};

/// Immutable once built; any thread.
class Router {
 public:
  struct NotFound {};
  struct WrongMethod {
    std::string allow;  ///< for the Allow header
  };
  struct Match {
    const Route* route;
    NameValues parameters;
  };
  using Answer = std::variant<NotFound, WrongMethod, Match>;

  void add(Route route);
  /// The first that matches, in the order added. `segments` are decoded.
  Answer find(std::string_view method, const std::vector<std::string>& segments) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;  ///< "{name}" is a parameter, "{name*}" the whole rest
  };
  std::vector<Entry> entries_;
};

}  // namespace spillway
