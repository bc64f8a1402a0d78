// Headers and XML of objects.
#include "object/s3/codec.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>
#include <sstream>

#include "base/digest.h"
#include "net/clock_skew.h"
#include "net/url.h"
#include "object/object_key.h"

namespace spillway {
namespace {

constexpr std::string_view extended = "UTF-8''";  // RFC 8187: charset'language'value
constexpr std::string_view metadata_prefix = "x-amz-meta-";

Error wrong(std::string subject, std::string detail) {
  return make_error(Code::invalid_argument, "object.put", std::move(subject), std::move(detail));
}

Error no_answer(const char* op, const char* what) {
  return make_error(Code::corrupt, op, "", std::string("S3's answer is no ") + what);
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

/// HTTP loses blanks at the ends, signers runs of them inside; "=?" begins an RFC 2047 word, which
/// S3 itself decodes.
bool stands_as_it_is(std::string_view value) {
  return is_printable(value) && !value.starts_with(' ') && !value.ends_with(' ') &&
         value.find("  ") == value.npos && value.find("=?") == value.npos &&
         !value.starts_with(extended);
}

/// Upper case is lost on the way; '_' is, too, in gateways such as Ceph's, or the whole header is.
bool is_metadata_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), good);
}

Result<void> add_metadata(const ObjectAttributes& attributes, HttpHeaders& headers) {
  std::size_t bytes = put_id_name.size() + 32;
  for (const auto& [name, value] : attributes.metadata) {
    if (!is_metadata_name(name)) {
      return wrong(name, "names of metadata in S3 are lower-case letters, digits, '-' and '.'");
    }
    if (name == put_id_name) return wrong(name, "this name is Spillway's own");
    std::string text = encode_metadata(value);
    bytes += name.size() + text.size();
    headers.add(std::string(metadata_prefix) + name, std::move(text));
  }
  if (bytes <= s3_metadata_bytes_max) return ok();
  return wrong("", "the metadata take " + std::to_string(bytes) + " bytes; S3 keeps " +
                       std::to_string(s3_metadata_bytes_max));
}

template <class Node>
std::string raw_xml(const Node& node) {
  std::ostringstream out;
  node.save(out, "", pugi::format_raw | pugi::format_no_declaration);
  return out.str();
}

pugi::xml_node append_text(pugi::xml_node parent, const char* name, const std::string& text) {
  pugi::xml_node child = parent.append_child(name);
  child.text().set(text.c_str());
  return child;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string encode_metadata(std::string_view value) {
  if (stands_as_it_is(value)) return std::string(value);
  return std::string(extended) + uri_encode(value);
}

std::string decode_metadata(std::string_view text) {
  if (!text.starts_with(extended)) return std::string(text);
  return uri_decode(text.substr(extended.size())).value_or(std::string(text));
}

Result<HttpHeaders> put_headers(const ObjectAttributes& attributes, const S3Config& config,
                                const std::string& put_id) {
  HttpHeaders headers;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) headers.add(name, value);
  };
  if (!is_printable(attributes.content_type) || !is_printable(attributes.content_encoding)) {
    return wrong("", "content type and encoding are printable ASCII");
  }
  add("Content-Type", attributes.content_type);
  add("Content-Encoding", attributes.content_encoding);
  SPILLWAY_TRY(add_metadata(attributes, headers));
  headers.add(std::string(metadata_prefix) + std::string(put_id_name), put_id);
  add("x-amz-server-side-encryption", config.sse);
  add("x-amz-server-side-encryption-aws-kms-key-id", config.kms_key);
  add("x-amz-storage-class", config.storage_class);
  add("x-amz-tagging", config.tags);
  return headers;
}

ObjectInfo read_head(const ObjectKey& key, const HttpHeaders& headers) {
  ObjectInfo info;
  info.key = key;
  info.size_bytes = number(headers.find("content-length").value_or("0"));
  info.modified_millis = parse_http_date(headers.find("last-modified").value_or("")).value_or(0);
  info.attributes.content_type = headers.find("content-type").value_or("");
  info.attributes.content_encoding = headers.find("content-encoding").value_or("");
  for (const auto& [field, value] : headers.fields()) {
    const std::string name = ascii_lower(field);
    if (!name.starts_with(metadata_prefix)) continue;
    const std::string own = name.substr(metadata_prefix.size());
    if (own != put_id_name) info.attributes.metadata[own] = decode_metadata(value);
  }
  return info;
}

std::string crc32c_text(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  const char big_endian[] = {static_cast<char>(crc >> 24), static_cast<char>(crc >> 16),
                             static_cast<char>(crc >> 8), static_cast<char>(crc)};
  return base64_encode({big_endian, sizeof big_endian});
}

std::string md5_text(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_md5(), nullptr) != 1) return "";
  return base64_encode({reinterpret_cast<const char*>(digest), size});
}

std::optional<ContentRange> parse_content_range(const HttpHeaders& headers) {
  const std::string text = headers.find("content-range").value_or("");
  unsigned long long first = 0, last = 0, size = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "bytes %llu-%llu/%llu%n", &first, &last, &size, &used) != 3 ||
      static_cast<std::size_t>(used) != text.size() || first > last || last >= size) {
    return std::nullopt;
  }
  return ContentRange{first, last + 1, size};
}

std::string range_text(std::uint64_t begin, std::uint64_t end) {
  return "bytes=" + std::to_string(begin) + "-" + std::to_string(end - 1);
}

std::string decode_listed(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return uri_decode(spaced).value_or(std::string(text));
}

std::string list_query(std::string_view prefix, std::string_view after) {
  std::string query = "list-type=2&max-keys=1000&encoding-type=url&prefix=" + uri_encode(prefix);
  if (!after.empty()) query += "&start-after=" + uri_encode(after);
  return query;
}

Result<S3Page> parse_list(const std::string& xml) {
  pugi::xml_document document;
  const bool parsed = static_cast<bool>(document.load_buffer(xml.data(), xml.size()));
  const pugi::xml_node root = document.child("ListBucketResult");
  if (!parsed || !root) return no_answer("object.list", "listing");
  S3Page page;
  page.more = std::string_view(root.child_value("IsTruncated")) == "true";
  for (const pugi::xml_node node : root.children("Contents")) {
    ObjectInfo info;
    info.key = decode_listed(node.child_value("Key"));
    info.size_bytes = number(node.child_value("Size"));
    info.modified_millis = parse_iso8601(node.child_value("LastModified")).value_or(0);
    info.attributes.content_type.clear();
    if (!page.objects.empty() && info.key <= page.objects.back().key) {
      return make_error(Code::corrupt, "object.list", info.key,
                        "the listing is not in byte order: this is no S3 that can be swept");
    }
    page.objects.push_back(std::move(info));
  }
  if (page.more && page.objects.empty()) return no_answer("object.list", "whole listing");
  return page;
}

bool fits_xml(const ObjectKey& key) {
  const bool controls = std::any_of(key.begin(), key.end(), [](unsigned char c) {
    return c < ' ' && c != '\t' && c != '\n' && c != '\r';
  });
  return !controls && key.find("\xef\xbf\xbe") == key.npos && key.find("\xef\xbf\xbf") == key.npos;
}

std::string delete_xml(const std::vector<ObjectKey>& keys) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("Delete");
  append_text(root, "Quiet", "true");
  for (const ObjectKey& key : keys) append_text(root.append_child("Object"), "Key", key);
  return raw_xml(document);
}

Result<std::vector<S3DeleteError>> parse_delete_result(const std::string& xml) {
  pugi::xml_document document;
  // White space may be a key.
  const bool parsed = static_cast<bool>(document.load_buffer(
      xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single));
  const pugi::xml_node root = document.child("DeleteResult");
  if (!parsed || !root) return no_answer("object.remove", "result of a removal");
  std::vector<S3DeleteError> errors;
  for (const pugi::xml_node node : root.children("Error")) {
    errors.push_back(
        {node.child_value("Key"), node.child_value("Code"), node.child_value("Message")});
  }
  return errors;
}

Result<std::string> parse_upload_id(const std::string& xml) {
  pugi::xml_document document;
  document.load_buffer(xml.data(), xml.size());
  std::string id = document.child("InitiateMultipartUploadResult").child_value("UploadId");
  if (id.empty()) return no_answer("object.put", "multipart upload");
  return id;
}

std::string complete_xml(const std::vector<S3Part>& parts) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("CompleteMultipartUpload");
  root.append_attribute("xmlns") = "http://s3.amazonaws.com/doc/2006-03-01/";
  for (const S3Part& part : parts) {
    pugi::xml_node node = root.append_child("Part");
    append_text(node, "ETag", part.etag);
    append_text(node, "ChecksumCRC32C", part.crc32c);
    append_text(node, "PartNumber", std::to_string(part.number));
  }
  return raw_xml(document);
}

}  // namespace spillway
