// Writing an object: in one PUT where it fits into a part, else as a multipart upload.
#pragma once

#include <cstdint>
#include <string>

#include "object/s3/client.h"

namespace spillway {

/// Sent at a time, each from memory, so that it can be sent again; fewer where the client's memory
/// for what is moved ahead is taken, but one at least.
inline constexpr std::size_t parts_in_flight_max = 4;
inline constexpr int parts_max = 10'000;
/// Parts double every so many: 5 TiB, S3's largest object, need 10,000 parts of 525 MiB on average.
inline constexpr int parts_of_one_size = 1'000;
/// For taking back what was begun, beyond the deadline that may be why.
inline constexpr std::chrono::seconds abort_max{5};

/// The size of part `number`, counted from 1, where the first has `first_bytes`.
std::uint64_t bytes_of_part(int number, std::uint64_t first_bytes);

/// See ObjectStore::put. Source: Amazon S3 User Guide, "Uploading and copying objects using
/// multipart upload" and "Add preconditions to S3 operations".
Result<std::uint64_t> upload(S3Client& client, const ObjectKey& key, ByteSource& source,
                             const ObjectAttributes& attributes, Deadline deadline);

}  // namespace spillway
