// Looks for a tag.
#include "net/xml_element.h"

namespace spillway {

std::string xml_element(std::string_view xml, const std::string& name) {
  const std::string open = "<" + name + ">";
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return "";
  const std::size_t text = begin + open.size();
  const std::size_t end = xml.find("</" + name + ">", text);
  return end == std::string_view::npos ? "" : std::string(xml.substr(text, end - text));
}

}  // namespace spillway
