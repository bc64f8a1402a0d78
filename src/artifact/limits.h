// Every limit of the artifact service, with its unit last.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace spillway {

inline constexpr std::size_t session_id_bytes_max = 256;
inline constexpr std::size_t artifact_id_bytes_max = 128;
/// DynamoDB's own limit of a partition key: in a mapped table others make the ids.
inline constexpr std::size_t mapped_message_id_bytes_max = 2048;
inline constexpr std::size_t time_bytes_max = 64;
inline constexpr std::size_t content_bytes_max = std::size_t{1} << 20;
/// Each artifact keeps about 1 KiB in the item when it spills; all must stay below 400 KB.
inline constexpr std::size_t artifacts_per_message_max = 200;
/// Content and artifacts of one post together: they are held in memory.
inline constexpr std::size_t message_bytes_max = std::size_t{128} << 20;
inline constexpr std::size_t json_depth_max = 512;
inline constexpr std::size_t content_type_bytes_max = 255;
inline constexpr std::size_t type_bytes_max = 256;
inline constexpr std::size_t name_bytes_max = 512;
inline constexpr std::size_t principal_bytes_max = 1024;
inline constexpr std::size_t idempotency_key_bytes_max = 256;
inline constexpr std::int64_t idempotency_hours_min = 24;
inline constexpr std::size_t title_bytes_max = 80;

/// Streamed bodies up to this many bytes are written with the item; longer ones are uploaded first.
inline constexpr std::size_t streamed_inline_bytes_max = 64 * 1024;
inline constexpr int commit_tries_max = 8;

inline constexpr std::uint32_t page_items_max = 200;
/// Artifacts up to this size are looked through for curves that were not kept beside them.
inline constexpr std::uint64_t curves_text_bytes_max = std::uint64_t{16} << 20;
/// A page ends before the message that would take its texts and values beyond; a larger artifact is
/// to be fetched at its own address.
inline constexpr std::uint64_t page_bytes_max = std::uint64_t{64} << 20;
inline constexpr std::size_t hydrations_in_parallel_max = 8;
inline constexpr int hydration_tries_max = 3;

inline constexpr std::size_t known_sessions_max = 65'536;
/// The stored last activity of a session may be behind by as much.
inline constexpr std::chrono::milliseconds activity_delay_max{1000};
inline constexpr std::size_t session_stripes = 64;
inline constexpr std::chrono::milliseconds statistics_delay_max{1000};

}  // namespace spillway
