// pugixml as S3 wants it.
#include "object/s3/xml.h"

#include <sstream>

namespace spillway {

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
  root.append_attribute("xmlns") = "http://s3.amazonaws.com/doc/2006-03-01/";
  return root;
}

Result<pugi::xml_node> load_xml(pugi::xml_document& document, std::string_view xml,
                                const char* name, const char* op) {
  // White space alone may be a key.
  const bool parsed = static_cast<bool>(document.load_buffer(
      xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single));
  const pugi::xml_node root = document.child(name);
  if (parsed && root) return root;
  return make_error(Code::corrupt, op, "", std::string("S3's answer is no ") + name);
}

}  // namespace spillway
