// How objects, their attributes and the calls about them look to S3. Pure. Sources: Amazon S3 API
// Reference; RFC 8187 (metadata). Described in docs/formats/objects.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/headers.h"
#include "object/object_store.h"
#include "object/s3/config.h"

namespace spillway {

/// User metadata as S3 counts it: names and values as sent.
inline constexpr std::size_t s3_metadata_bytes_max = 2 * 1024;
/// The metadata that tells the object of one put() from that of any other: 32 hex digits.
inline constexpr std::string_view put_id_name = "spillway-put";

/// A value as it stands in an x-amz-meta- header: printable ASCII as it is, all else as an RFC 8187
/// value (UTF-8''100%25%20%CE%A9). Decoding gives what is no such value back as it is.
std::string encode_metadata(std::string_view value);
std::string decode_metadata(std::string_view text);

/// The headers of a PutObject or CreateMultipartUpload. Errors: invalid_argument.
Result<HttpHeaders> put_headers(const ObjectAttributes& attributes, const S3Config& config,
                                const std::string& put_id);
/// What the headers of GetObject or HeadObject say. `put_id` is not among the metadata.
ObjectInfo read_head(const ObjectKey& key, const HttpHeaders& headers);
/// Of x-amz-checksum-crc32c: base64 of the four bytes, the highest first.
std::string crc32c_text(std::string_view bytes);
/// Of Content-MD5. Empty where this machine's OpenSSL has no MD5 (FIPS).
std::string md5_text(std::string_view bytes);

/// "bytes 0-99/1234" as 0, 100 and 1234; nullopt for anything else.
struct ContentRange {
  std::uint64_t begin = 0, end = 0, size_bytes = 0;
};
std::optional<ContentRange> parse_content_range(const HttpHeaders& headers);
/// "bytes=begin-(end - 1)"; end > begin.
std::string range_text(std::uint64_t begin, std::uint64_t end);

/// The query of a ListObjectsV2.
std::string list_query(std::string_view prefix, std::string_view after);
struct S3Page {
  std::vector<ObjectInfo> objects;
  bool more = false;
};
/// Errors: corrupt where it is no listing, or not in byte order.
Result<S3Page> parse_list(const std::string& xml);

/// May the key stand in XML 1.0, which has no characters below U+0020 but three?
bool fits_xml(const ObjectKey& key);
std::string delete_xml(const std::vector<ObjectKey>& keys);
struct S3DeleteError {
  ObjectKey key;
  std::string code, message;
};
/// What a quiet DeleteObjects could not remove. Errors: corrupt.
Result<std::vector<S3DeleteError>> parse_delete_result(const std::string& xml);

struct S3Part {
  int number = 0;
  std::string etag;
  std::string crc32c;
};
/// Errors: corrupt.
Result<std::string> parse_upload_id(const std::string& xml);
std::string complete_xml(const std::vector<S3Part>& parts);

/// Undoes the encoding of keys in answers to encoding-type=url, where ' ' may be '+'.
std::string decode_listed(std::string_view text);

}  // namespace spillway
