// Every limit of the server, with its unit last. The defaults suit one machine of modest size.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace spillway {

struct ServerLimits {
  using Millis = std::chrono::milliseconds;

  std::size_t connections_max = 1024;
  std::size_t connections_per_address_max = 512;
  std::size_t header_bytes_max = 16 * 1024;  ///< request line and header fields
  Millis header_deadline{10'000};            ///< from the first byte of a request to its last field
  Millis idle_deadline{60'000};              ///< between the requests of one connection
  /// Bodies move in chunks; each must be through within the deadline, in either direction. Together
  /// they are the minimum rate: 256 KiB in 30 s.
  std::size_t chunk_bytes = 256 * 1024;
  Millis chunk_deadline{30'000};
  Millis linger_deadline{3'000};  ///< for the rest of a body that nobody wants any more

  std::uint64_t json_body_bytes_max = 64ull << 20;
  std::uint64_t import_body_bytes_max = 64ull << 20;
  std::uint64_t artifact_bytes_max = 5ull << 40;           ///< S3's largest object
  std::uint64_t buffered_bodies_bytes_max = 192ull << 20;  ///< of all requests together
  std::size_t json_depth_max = 64;                         ///< of a request body

  std::size_t workers = 16;               ///< threads that run handlers
  std::size_t requests_queued_max = 256;  ///< waiting for a worker; beyond: 503
  std::size_t uploads_max = 12;           ///< streamed bodies at once: each holds a worker
  Millis request_deadline{60'000};        ///< of a handler without streams
  Millis transfer_deadline{3'600'000};    ///< of a streamed artifact, either way

  Millis event_heartbeat{15'000};  ///< a sign of life where no event is sent

  Millis drain_deadline{30'000};  ///< for running requests after SIGTERM
  Millis ready_cache{1'000};      ///< how long an answer of /readyz is repeated
};

}  // namespace spillway
