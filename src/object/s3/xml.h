// The little that is common to all XML that S3 reads and writes. Pure.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "spillway/error.h"

namespace spillway {

/// Without declaration and indentation.
std::string raw_xml(const pugi::xml_node& node);
/// <name>text</name> as the last child.
void append_text(pugi::xml_node parent, const char* name, const std::string& text);
/// The root of a new document, in S3's namespace.
pugi::xml_node append_root(pugi::xml_document& document, const char* name);

/// The root of an answer, which must be of that name: else corrupt. `document` owns it.
Result<pugi::xml_node> load_xml(pugi::xml_document& document, std::string_view xml,
                                const char* name, const char* op);

}  // namespace spillway
