// Reading and writing the XML of buckets.
#include "object/s3/bucket_codec.h"

#include <pugixml.hpp>
#include <sstream>

#include "net/clock_skew.h"
#include "object/s3/codec.h"

namespace spillway {
namespace {

constexpr const char* xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

std::string raw_xml(const pugi::xml_node& node) {
  std::ostringstream out;
  node.print(out, "", pugi::format_raw | pugi::format_no_declaration);
  return out.str();
}

void append_text(pugi::xml_node parent, const char* name, const std::string& text) {
  parent.append_child(name).text().set(text.c_str());
}

pugi::xml_node append_root(pugi::xml_document& document, const char* name) {
  pugi::xml_node root = document.append_child(name);
  root.append_attribute("xmlns") = xml_namespace;
  return root;
}

/// The document's root, which must be of that name. White space inside rules is kept.
Result<pugi::xml_node> load(pugi::xml_document& document, const std::string& xml, const char* name,
                            const char* op) {
  const bool parsed = static_cast<bool>(document.load_buffer(xml.data(), xml.size()));
  const pugi::xml_node root = document.child(name);
  if (parsed && root) return root;
  return make_error(Code::corrupt, op, "", std::string("S3's answer is no ") + name);
}

/// Copies a rule as it stood in the bucket.
Result<void> append_verbatim(pugi::xml_node parent, const std::string& xml, const char* op) {
  const auto parsed = parent.append_buffer(xml.data(), xml.size(), pugi::parse_full);
  if (parsed) return ok();
  return make_error(Code::invalid_argument, op, "", "the xml of a rule is not well-formed");
}

std::vector<std::string> texts(const pugi::xml_node& parent, const char* name) {
  std::vector<std::string> all;
  for (const pugi::xml_node node : parent.children(name)) all.push_back(node.child_value());
  return all;
}

LifecycleRule read_rule(const pugi::xml_node& node) {
  LifecycleRule rule;
  rule.xml = raw_xml(node);
  rule.id = node.child_value("ID");
  rule.enabled = std::string_view(node.child_value("Status")) == "Enabled";
  const pugi::xml_node filter = node.child("Filter");
  // A rule's prefix stood in the rule itself once, and stands under And beside tags and sizes.
  for (const pugi::xml_node& place : {filter, filter.child("And"), node}) {
    if (place.child("Prefix")) rule.prefix = place.child_value("Prefix");
  }
  for (const pugi::xml_node transition : node.children("Transition")) {
    rule.transitions.push_back(
        {transition.child("Days").text().as_uint(), transition.child_value("StorageClass")});
  }
  if (const auto days = node.child("AbortIncompleteMultipartUpload").child("DaysAfterInitiation")) {
    rule.abort_multipart_days = days.text().as_uint();
  }
  if (const auto days = node.child("NoncurrentVersionExpiration").child("NoncurrentDays")) {
    rule.expire_noncurrent_days = days.text().as_uint();
  }
  return rule;
}

void append_rule(pugi::xml_node root, const LifecycleRule& rule) {
  pugi::xml_node node = root.append_child("Rule");
  if (!rule.id.empty()) append_text(node, "ID", rule.id);
  append_text(node.append_child("Filter"), "Prefix", rule.prefix);
  append_text(node, "Status", rule.enabled ? "Enabled" : "Disabled");
  for (const LifecycleRule::Transition& transition : rule.transitions) {
    pugi::xml_node child = node.append_child("Transition");
    append_text(child, "Days", std::to_string(transition.days));
    append_text(child, "StorageClass", transition.storage_class);
  }
  if (rule.expire_noncurrent_days) {
    append_text(node.append_child("NoncurrentVersionExpiration"), "NoncurrentDays",
                std::to_string(*rule.expire_noncurrent_days));
  }
  if (rule.abort_multipart_days) {
    append_text(node.append_child("AbortIncompleteMultipartUpload"), "DaysAfterInitiation",
                std::to_string(*rule.abort_multipart_days));
  }
}

}  // namespace

std::string create_bucket_xml(const std::string& region) {
  pugi::xml_document document;
  append_text(append_root(document, "CreateBucketConfiguration"), "LocationConstraint", region);
  return raw_xml(document);
}

Result<Versioning> parse_versioning(const std::string& xml) {
  pugi::xml_document document;
  SPILLWAY_TRY(const pugi::xml_node root,
               load(document, xml, "VersioningConfiguration", "bucket.versioning"));
  const std::string_view status = root.child_value("Status");
  if (status == "Enabled") return Versioning::enabled;
  return status == "Suspended" ? Versioning::suspended : Versioning::off;
}

Result<std::vector<LifecycleRule>> parse_lifecycle(const std::string& xml) {
  pugi::xml_document document;
  SPILLWAY_TRY(const pugi::xml_node root,
               load(document, xml, "LifecycleConfiguration", "bucket.lifecycle"));
  std::vector<LifecycleRule> rules;
  for (const pugi::xml_node node : root.children("Rule")) rules.push_back(read_rule(node));
  return rules;
}

Result<std::string> lifecycle_xml(const std::vector<LifecycleRule>& rules) {
  pugi::xml_document document;
  pugi::xml_node root = append_root(document, "LifecycleConfiguration");
  for (const LifecycleRule& rule : rules) {
    if (rule.xml.empty()) {
      append_rule(root, rule);
    } else {
      SPILLWAY_TRY(append_verbatim(root, rule.xml, "bucket.set_lifecycle"));
    }
  }
  return raw_xml(document);
}

Result<std::vector<CorsRule>> parse_cors(const std::string& xml) {
  pugi::xml_document document;
  SPILLWAY_TRY(const pugi::xml_node root, load(document, xml, "CORSConfiguration", "bucket.cors"));
  std::vector<CorsRule> rules;
  for (const pugi::xml_node node : root.children("CORSRule")) {
    rules.push_back({texts(node, "AllowedOrigin"), texts(node, "AllowedMethod"),
                     texts(node, "AllowedHeader"), texts(node, "ExposeHeader"), raw_xml(node)});
  }
  return rules;
}

Result<std::string> cors_xml(const std::vector<CorsRule>& rules) {
  pugi::xml_document document;
  pugi::xml_node root = append_root(document, "CORSConfiguration");
  for (const CorsRule& rule : rules) {
    if (!rule.xml.empty()) {
      SPILLWAY_TRY(append_verbatim(root, rule.xml, "bucket.set_cors"));
      continue;
    }
    pugi::xml_node node = root.append_child("CORSRule");
    for (const auto& text : rule.allowed_origins) append_text(node, "AllowedOrigin", text);
    for (const auto& text : rule.allowed_methods) append_text(node, "AllowedMethod", text);
    for (const auto& text : rule.allowed_headers) append_text(node, "AllowedHeader", text);
    for (const auto& text : rule.expose_headers) append_text(node, "ExposeHeader", text);
  }
  return raw_xml(document);
}

std::string restore_xml(std::uint32_t days, Bucket::RestoreTier tier) {
  pugi::xml_document document;
  pugi::xml_node root = append_root(document, "RestoreRequest");
  append_text(root, "Days", std::to_string(days));
  const char* name = tier == Bucket::RestoreTier::expedited  ? "Expedited"
                     : tier == Bucket::RestoreTier::standard ? "Standard"
                                                             : "Bulk";
  append_text(root.append_child("GlacierJobParameters"), "Tier", name);
  return raw_xml(document);
}

Bucket::Archive parse_archive(const HttpHeaders& headers) {
  const std::string restore = headers.find("x-amz-restore").value_or("");
  if (restore.find("ongoing-request=\"true\"") != restore.npos) return Bucket::Archive::restoring;
  if (restore.find("ongoing-request=\"false\"") != restore.npos) return Bucket::Archive::restored;
  // Intelligent-Tiering says so by another header, and has no copy that expires.
  const std::string tier = headers.find("x-amz-storage-class").value_or("");
  const bool archived = tier == "GLACIER" || tier == "DEEP_ARCHIVE" ||
                        headers.find("x-amz-archive-status").has_value();
  return archived ? Bucket::Archive::archived : Bucket::Archive::none;
}

Result<S3UploadPage> parse_uploads(const std::string& xml) {
  pugi::xml_document document;
  SPILLWAY_TRY(const pugi::xml_node root,
               load(document, xml, "ListMultipartUploadsResult", "bucket.abort_stale_uploads"));
  S3UploadPage page;
  page.more = std::string_view(root.child_value("IsTruncated")) == "true";
  page.next_key = decode_listed(root.child_value("NextKeyMarker"));
  page.next_id = root.child_value("NextUploadIdMarker");
  for (const pugi::xml_node node : root.children("Upload")) {
    const auto begun = parse_iso8601(node.child_value("Initiated"));
    if (!begun) {
      return make_error(Code::corrupt, "bucket.abort_stale_uploads", "",
                        "an upload has no date that can be read");
    }
    page.uploads.push_back(
        {decode_listed(node.child_value("Key")), node.child_value("UploadId"), *begun});
  }
  return page;
}

}  // namespace spillway
